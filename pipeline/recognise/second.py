"""TrueOCR as a second opinion: it reads the lines that the first engine found, piece by piece.

Its small model (8 MB, inside its wheel) reads a strip some 24 letter heights wide at most; wider
ones are squeezed until marks touch. So a line is read in pieces cut between words, which also lets
the pieces follow a line that rises or falls.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from models.vietnamese import nfc
from pipeline.errors import EngineFailure, EnvironmentProblem, OutOfMemory
from pipeline.recognise.alphabet import missing_from
from pipeline.recognise.engine import EngineLine

Grey = npt.NDArray[np.uint8]

#: A piece is about so many letter heights wide.
_PIECE_EMS: Final = 10.0
#: A blank this many letter heights wide always ends a piece.
_BLANK_EMS: Final = 1.5
_BATCH: Final = 32
#: Strips in memory at a time.
_AT_A_TIME: Final = 128
#: What the model was trained with: white above and below, left and right, in letter heights.
_PAD_Y: Final = 0.25
_PAD_X: Final = 0.3
_MAX_WIDTH: Final = 768


@dataclass(frozen=True)
class Heard:
    """A word as the second engine heard it, with its span in fractions of the page's width."""

    text: str
    x0: float
    x1: float
    confidence: float


class SecondReader(Protocol):
    """Reads lines that another engine has found."""

    name: str

    def read_lines(self, image: Grey, lines: Sequence[EngineLine]) -> list[tuple[Heard, ...]]:
        """What stands in each of ``lines``, left to right; boxes are fractions of the page."""
        ...


class TrueOcr:
    """The line recogniser of TrueOCR on one thread."""

    def __init__(self) -> None:
        package = importlib.import_module("trueocr")
        self._tools: Any = importlib.import_module("trueocr.preprocess")
        folder = Path(str(package.__file__)).parent / "models"
        self._model: Any = package.Recognizer(folder, threads=1)
        self._characters = [nfc(c) for c in self._model.chars]
        self.name = f"trueocr {package.__version__}"
        missing = missing_from(frozenset("".join(self._characters)))
        if missing:
            raise EnvironmentProblem(
                f"TrueOCR cannot write {len(missing)} letters of the alphabet ({missing[:12]}…).",
                advice="Set VANTHU_RECOGNISE__SECOND_ENGINE=none.",
            )

    def read_lines(self, image: Grey, lines: Sequence[EngineLine]) -> list[tuple[Heard, ...]]:
        pieces = [(n, box) for n, line in enumerate(lines) for box in pieces_of(line, image.shape)]
        heard: list[list[Heard]] = [[] for _ in lines]
        for start in range(0, len(pieces), _AT_A_TIME):
            part = pieces[start : start + _AT_A_TIME]
            for (number, box), answer in zip(
                part, self._answers(image, [b for _, b in part]), strict=True
            ):
                heard[number] += self._words(answer, box, image.shape[1])
        return [tuple(sorted(line, key=lambda w: w.x0)) for line in heard]

    def _answers(self, image: Grey, boxes: Sequence[tuple[float, ...]]) -> list[tuple[Any, Any]]:
        try:
            return self._run(
                [
                    self._tools.crop_line(
                        image, box, window=3, max_width=_MAX_WIDTH, pad_y=_PAD_Y, pad_x=_PAD_X
                    )
                    for box in boxes
                ]
            )
        except MemoryError as error:
            raise OutOfMemory("The second engine ran out of memory on this page.") from error
        except Exception as error:  # the runtime has exceptions of its own, of no common base
            raise EngineFailure("TrueOCR failed on this page.", detail=repr(error)) from error

    def _run(self, strips: list[Any]) -> list[tuple[Any, Any]]:
        """Symbols and their confidence for each strip, step by step."""
        answers: list[tuple[Any, Any]] = [([], [])] * len(strips)
        for chosen in self._tools.width_batches([s.shape[1] for s in strips], max_batch=_BATCH):
            tensor, widths = self._tools.pad_batch([strips[i] for i in chosen])
            symbols, sure, lengths = self._model.session.run(
                ["ids", "conf", "lengths"], {"x": tensor, "widths": widths}
            )
            for row, index in enumerate(chosen):
                steps = int(lengths[row])
                answers[index] = (symbols[row, :steps], sure[row, :steps])
        return answers

    def _words(
        self, answer: tuple[Any, Any], box: tuple[float, ...], page_width: int
    ) -> list[Heard]:
        """Words of a strip: a new symbol is a letter, 0 is none (CTC)."""
        symbols, sure = answer
        margin = _PAD_X * (box[3] - box[1])
        start, span = box[0] - margin, box[2] - box[0] + 2 * margin
        words: list[Heard] = []
        letters: list[tuple[str, int, float]] = []
        last = 0
        for step, symbol in enumerate([*symbols, 0]):
            letter = self._characters[symbol - 1] if symbol and symbol != last else ""
            last = symbol
            if letter.strip():
                letters.append((letter, step, float(sure[step])))
            if letters and (letter == " " or step == len(symbols)):
                x0 = (start + span * letters[0][1] / len(symbols)) / page_width
                x1 = (start + span * (letters[-1][1] + 1) / len(symbols)) / page_width
                text = nfc("".join(c for c, _, _ in letters))
                words.append(Heard(text, x0, x1, min(p for _, _, p in letters)))
                letters = []
        return words


def pieces_of(line: EngineLine, shape: Sequence[int]) -> list[tuple[float, float, float, float]]:
    """Boxes in pixels of the pieces in which ``line`` is read."""
    height, width = shape[:2]
    boxes = [
        (b[0] * width, b[1] * height, b[2] * width, b[3] * height)
        for b in (word.bbox for word in line)
        if b is not None and b[2] > b[0] and b[3] > b[1]
    ]
    if not boxes:
        return []
    em = median(b[3] - b[1] for b in boxes)
    whole = boxes[-1][2] - boxes[0][0]
    wanted = whole / max(1, -(-whole // (_PIECE_EMS * em)))
    groups = [[boxes[0]]]
    for before, box in pairwise(boxes):
        far = box[2] - groups[-1][0][0] > 1.15 * wanted
        if far or box[0] - before[2] > _BLANK_EMS * em:
            groups.append([box])
        else:
            groups[-1].append(box)
    return [
        (g[0][0], min(b[1] for b in g), max(b[2] for b in g), max(b[3] for b in g)) for g in groups
    ]


def load_second() -> TrueOcr | None:
    """The second engine; ``None`` where its package is not installed."""
    try:
        return TrueOcr()
    except ImportError:
        return None


@lru_cache(maxsize=1)
def second_hash() -> str:
    """Version and model of TrueOCR; says so where it cannot be had."""
    try:
        package = importlib.import_module("trueocr")
        folder = Path(str(package.__file__)).parent / "models"
        data = b"".join((folder / name).read_bytes() for name in ("rec.onnx", "meta.json"))
    except (ImportError, OSError):
        return "none"
    return f"trueocr-{package.__version__}-{hashlib.sha256(data).hexdigest()}"
