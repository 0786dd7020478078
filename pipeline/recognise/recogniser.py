"""The recogniser of a worker: proves the engine once, then reads pages with it."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from models.base import BBox
from models.finding import Finding
from models.text import Block, PageText
from pipeline.errors import EngineFailure, EnvironmentProblem, OutOfMemory, PageTimeout, VanthuError
from pipeline.recognise.alphabet import KNOWN_GAPS, NotTrainedData, characters_of, missing_from
from pipeline.recognise.coverage import uncovered_share, unread_regions
from pipeline.recognise.engine import Engine, EngineLine
from pipeline.recognise.frames import (
    body_print,
    find_frames,
    stamp_picture,
    turned_with,
    without_stamp,
)
from pipeline.recognise.handwriting import mark_handwriting
from pipeline.recognise.layout import layout_page
from pipeline.recognise.noise import drop_noise, drop_unheard, noise_finding
from pipeline.recognise.regions import read_region
from pipeline.recognise.second import Heard, SecondReader, load_second, second_hash
from pipeline.recognise.stamps import (
    incoming_stamp,
    is_surely_incoming,
    read_stamp,
    stamp_finding,
)
from pipeline.recognise.tesseract import READING_DPI, Tesseract
from pipeline.recognise.voting import Scorer, pair_all, trust_one, vote
from pipeline.settings import RecogniseSettings

#: Below this mean confidence a page was not read but guessed at (real pages: 0.90 and more).
_POOR_CONFIDENCE: Final = 0.6
#: Share of letter-sized marks outside of all words above which lines were passed over.
_POOR_COVERAGE: Final = 0.05
#: Above this share the parts that were passed over are read by themselves, so many of them.
_SOME_UNREAD: Final = 0.02
_MOST_REGIONS: Final = 2
#: A page that came out badly is read once more at this resolution.
_SECOND_DPI: Final = 150.0
#: The type of a framed stamp is small: at the resolution for pages its labels were lost.
_STAMP_DPI: Final = 240.0
#: Fewer words than this say nothing about a page: a cover, a stamp.
_FEW_WORDS: Final = 5

_ONE_ENGINE: Final = Finding(
    code="ocr.one_engine",
    severity="info",
    message="Read by one engine only: the package trueocr is not installed.",
)


class Recogniser:
    """Reads cleaned page images; one in each worker."""

    def __init__(
        self,
        engine: Engine,
        *,
        missing_letters: str = "",
        second: SecondReader | None = None,
        scorer: Scorer | None = None,
        remarks: tuple[Finding, ...] = (),
    ) -> None:
        self.engine = engine
        self.second = second
        self.scorer = scorer
        #: What is to be said of every page: that an engine is missing.
        self.remarks = remarks
        #: Letters that the engine cannot write, for whoever repairs its text.
        self.missing_letters = missing_letters

    def read_page(
        self,
        image: npt.NDArray[np.uint8],
        *,
        page: int,
        dpi: float,
        timeout_seconds: float,
        stamps: Sequence[tuple[BBox, npt.NDArray[np.uint8]]] = (),
    ) -> PageText:
        """The text of one cleaned grey page image, in reading order.

        ``stamps`` are the stamps that were taken off it, each with its place and its own picture.
        """
        started = time.monotonic()
        height, width = image.shape[:2]
        try:
            image, framed = self._without_black_stamps(image, dpi, timeout_seconds)
            left = timeout_seconds - (time.monotonic() - started)
            lines, findings = self._read(image, dpi, left)
        except VanthuError as error:
            raise error.blamed("recognise", page) from error
        except (MemoryError, cv2.error) as error:
            raise OutOfMemory(
                "The page image needs more memory than there is.", page=page, detail=repr(error)
            ) from error
        kept, dropped = drop_noise(lines, aspect=height / width)
        others: dict[int, Heard] = {}
        if self.second is not None:
            others = pair_all(kept, self.second.read_lines(image, kept))
            kept, unheard = drop_unheard(kept, others)
            dropped += unheard
        text = layout_page(
            kept,
            page=page,
            read_by="ocr",
            engine=" + ".join(e.name for e in (self.engine, self.second) if e is not None),
            width_px=width,
            height_px=height,
            findings=(*self.remarks, *findings, *noise_finding(dropped, page)),
        )
        text = mark_handwriting(self._voted(text, others), image)
        left = timeout_seconds - (time.monotonic() - started)
        return self._with_stamps(text, stamps, framed, dpi, left)

    def _without_black_stamps(
        self, image: npt.NDArray[np.uint8], dpi: float, timeout_seconds: float
    ) -> tuple[npt.NDArray[np.uint8], list[Block]]:
        """The page without framed stamps of arrival in black, and those as overlays.

        They are read first: only what surely is such a stamp is taken off, for a frame of the
        document's own must stay in its text.
        """
        blocks: list[Block] = []
        ends = time.monotonic() + timeout_seconds / 4
        for frame in find_frames(image, dpi):
            body = body_print(image, frame, dpi)
            if body is None:
                continue
            left = ends - time.monotonic()
            # The page stands, should the stamp fail.
            with contextlib.suppress(PageTimeout, EngineFailure):
                if left > 1.0:
                    picture, place = stamp_picture(image, frame, body, dpi)
                    block = read_stamp(
                        self.engine,
                        picture,
                        place,
                        dpi=dpi,
                        timeout_seconds=left,
                        second=self.second,
                        reading_dpi=_STAMP_DPI,
                    )
                    if block is not None and is_surely_incoming(block.lines):
                        blocks.append(turned_with(block, frame, image.shape))
                        image = without_stamp(image, frame, body, dpi)
        return image, [b.model_copy(update={"overlay": "incoming_stamp"}) for b in blocks]

    def _with_stamps(
        self,
        text: PageText,
        stamps: Sequence[tuple[BBox, npt.NDArray[np.uint8]]],
        framed: Sequence[Block],
        dpi: float,
        timeout_seconds: float,
    ) -> PageText:
        """``text`` with the stamps read as overlays, and what incoming stamps say as data."""
        blocks = [*text.blocks, *framed]
        ends = time.monotonic() + timeout_seconds
        for place, layer in stamps:
            left = ends - time.monotonic()
            # The page stands, should a stamp fail.
            with contextlib.suppress(PageTimeout, EngineFailure):
                if left > 1.0:
                    block = read_stamp(
                        self.engine,
                        layer,
                        place,
                        dpi=dpi,
                        timeout_seconds=left,
                        second=self.second,
                    )
                    blocks += [block] if block is not None else []
        aspect = (text.height_px or 1) / (text.width_px or 1)
        arrived = [
            (block, incoming_stamp(block, aspect=aspect))
            for block in blocks
            if block.overlay == "incoming_stamp"
        ]
        if len(blocks) == len(text.blocks) and not arrived:
            return text
        found = tuple(stamp_finding(stamp, block, text.page) for block, stamp in arrived)
        return text.model_copy(
            update={
                "blocks": tuple(blocks),
                "stamps": tuple(stamp for _, stamp in arrived),
                "findings": (*text.findings, *found),
            }
        )

    def _voted(self, text: PageText, others: dict[int, Heard]) -> PageText:
        """``text`` after the second engine was heard, each word with its probability."""
        if self.second is None:
            return text.model_copy(update={"blocks": trust_one(text.blocks)})
        blocks = vote(text.blocks, others, self.scorer, self.missing_letters)
        return text.model_copy(update={"blocks": blocks})

    def _read(
        self, image: npt.NDArray[np.uint8], dpi: float, timeout_seconds: float
    ) -> tuple[list[EngineLine], tuple[Finding, ...]]:
        """One reading; a second one only of a page that came out badly, and the better of both."""
        started = time.monotonic()
        best = self._read_at(image, dpi, timeout_seconds, READING_DPI)
        left = timeout_seconds - (time.monotonic() - started)
        if best.is_poor and left > 1.0:
            # The first reading stands, should the second one fail.
            with contextlib.suppress(PageTimeout):
                again = self._read_at(image, dpi, left, _SECOND_DPI)
                best = max(best, again, key=lambda reading: reading.score)
        left = timeout_seconds - (time.monotonic() - started)
        if best.uncovered > _SOME_UNREAD and left > 1.0:
            best = self._filled(best, image, dpi, left)
        return best.lines, best.findings()

    def _filled(
        self, reading: _Reading, image: npt.NDArray[np.uint8], dpi: float, timeout_seconds: float
    ) -> _Reading:
        """``reading`` with what stands in the parts of the page that it passed over."""
        ends = time.monotonic() + timeout_seconds
        lines = list(reading.lines)
        for box in unread_regions(image, lines, dpi=dpi)[:_MOST_REGIONS]:
            left = ends - time.monotonic()
            with contextlib.suppress(PageTimeout, EngineFailure):
                if left > 1.0:
                    lines += read_region(
                        self.engine, image, box, lines, dpi=dpi, timeout_seconds=left
                    )
        if len(lines) == len(reading.lines):
            return reading
        return _Reading(lines, _confidence(lines), uncovered_share(image, lines, dpi=dpi))

    def _read_at(
        self, image: npt.NDArray[np.uint8], dpi: float, timeout_seconds: float, reading_dpi: float
    ) -> _Reading:
        lines = self.engine.read(
            image, dpi=dpi, timeout_seconds=timeout_seconds, reading_dpi=reading_dpi
        )
        return _Reading(lines, _confidence(lines), uncovered_share(image, lines, dpi=dpi))


@dataclass(frozen=True)
class _Reading:
    """One reading of a page and how well it went."""

    lines: list[EngineLine]
    confidence: float | None
    uncovered: float

    @property
    def is_poor(self) -> bool:
        doubtful = self.confidence is not None and self.confidence < _POOR_CONFIDENCE
        return doubtful or self.uncovered > _POOR_COVERAGE

    @property
    def score(self) -> float:
        words = 1.0 if self.confidence is None else self.confidence
        return words * (1.0 - self.uncovered)

    def findings(self) -> tuple[Finding, ...]:
        found: list[Finding] = []
        if self.confidence is not None and self.confidence < _POOR_CONFIDENCE:
            message = f"The page could hardly be read: mean confidence {self.confidence:.2f} of 1."
            found.append(Finding(code="ocr.poor", severity="warning", message=message))
        if self.uncovered > _POOR_COVERAGE:
            message = f"About {self.uncovered:.0%} of the marks on the page were not read."
            found.append(Finding(code="ocr.unread_area", severity="warning", message=message))
        return tuple(found)


def _confidence(lines: list[EngineLine]) -> float | None:
    """Mean confidence of the words; ``None`` where there are too few to judge by."""
    values = [w.confidence for line in lines for w in line if w.confidence is not None]
    return sum(values) / len(values) if len(values) >= _FEW_WORDS else None


def load(settings: RecogniseSettings, *, scorer: Scorer | None = None) -> Recogniser:
    """Find the engines, prove that they know the alphabet. Once in each worker.

    ``scorer`` is a language model that the vote may ask; results depend on it, so its hash belongs
    in the key beside :func:`engine_hash`.
    """
    # Pages are read in parallel, a worker each: threads inside of a worker only contend.
    cv2.setNumThreads(1)
    version = _version()
    missing = _guard(_traineddata(settings.language), settings.language)
    wanted = settings.second_engine == "trueocr"
    second = load_second() if wanted else None
    return Recogniser(
        Tesseract(settings, version=version),
        missing_letters=missing,
        second=second,
        scorer=scorer,
        remarks=(_ONE_ENGINE,) if wanted and second is None else (),
    )


def engine_hash(settings: RecogniseSettings) -> str:
    """What the results depend on: the engines, their versions and their models."""
    first = _engine_hash(_version(), str(_traineddata(settings.language)))
    second = second_hash() if settings.second_engine == "trueocr" else "none"
    return f"{first}+{second}"


@lru_cache(maxsize=8)
def _engine_hash(version: str, path: str) -> str:
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return f"tesseract-{version}-{digest}"


@lru_cache(maxsize=1)
def _version() -> str:
    lines = _ask("--version").splitlines()
    match = re.search(r"(\d+(?:\.\d+)+)", lines[0]) if lines else None
    return match.group(1) if match else "unknown"


@lru_cache(maxsize=8)
def _traineddata(language: str) -> Path:
    """The language file that the engine would use."""
    if not re.fullmatch(r"[A-Za-z0-9_]+(/[A-Za-z0-9_]+)?", language):
        raise EnvironmentProblem(
            f"'{language}' names no single language of the engine.",
            advice="Set VANTHU_RECOGNISE__LANGUAGE=vie.",
        )
    listing = _ask("--list-langs")
    folder = re.search(r'"([^"]+)"', listing)
    path = Path(folder.group(1) if folder else ".") / f"{language}.traineddata"
    if language not in listing.split() or not path.is_file():
        raise EnvironmentProblem(
            f"Tesseract has no language data '{language}'.",
            advice=f"sudo apt-get install tesseract-ocr-{language.replace('_', '-')}",
            detail=listing,
        )
    return path


def _ask(option: str) -> str:
    """What ``tesseract`` answers to one of its own options."""
    program = shutil.which("tesseract")
    if program is None:
        raise EnvironmentProblem(
            "The program 'tesseract' is not installed.",
            advice="sudo apt-get install tesseract-ocr tesseract-ocr-vie",
        )
    try:
        done = subprocess.run(
            [program, option], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentProblem("Tesseract does not run.", detail=repr(error)) from error
    if done.returncode:
        raise EnvironmentProblem("Tesseract does not run.", detail=done.stderr)
    return done.stdout or done.stderr


def _guard(path: Path, language: str) -> str:
    """Refuse language data that cannot write Vietnamese; tell the letters whose lack is borne."""
    try:
        missing = missing_from(characters_of(path))
    except (OSError, NotTrainedData) as error:
        raise EnvironmentProblem(
            f"The language data '{language}' of Tesseract cannot be read.",
            advice="sudo apt-get install --reinstall tesseract-ocr-vie",
            detail=f"{path}: {error}",
        ) from error
    if set(missing) - KNOWN_GAPS:
        raise EnvironmentProblem(
            f"The language data '{language}' lacks {len(missing)} letters of the Vietnamese "
            f"alphabet ({missing[:12]}…).",
            advice="sudo apt-get install tesseract-ocr-vie, and read with language 'vie'.",
            detail=str(path),
        )
    return missing
