"""Tesseract, called through pytesseract: one page image in, lines of words out."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import pytesseract

from models.text import Word
from pipeline.errors import EngineFailure, OutOfMemory, PageTimeout
from pipeline.recognise.engine import EngineLine
from pipeline.settings import RecogniseSettings

Grey = npt.NDArray[np.uint8]

#: The resolution at which the ``vie`` model reads best: its lines are 36 pixels high inside, so
#: 300 dpi is shrunk anyway, and reading the smaller page is faster and, measured, more accurate.
READING_DPI: Final = 180.0
#: A page within these bounds is read as it is.
_GOOD_DPI: Final = (150.0, 205.0)
#: Nothing is blown up further than this: a scan below 72 dpi has nothing more to show.
_MAX_ENLARGEMENT: Final = 2.5

_OUT_OF_MEMORY_SIGNS: Final = ("bad_alloc", "annot allocate memory", "memory limit", "pix_malloc")
_KILLED: Final = (-9, 137)


class Tesseract:
    """The default engine. One process a page, one thread a process."""

    def __init__(self, settings: RecogniseSettings, *, version: str) -> None:
        self.name = f"tesseract {version}/{settings.language}"
        self._language = settings.language
        self._psm = settings.page_segmentation_mode
        # More threads gain little on one page and cost all when pages are read in parallel.
        os.environ["OMP_THREAD_LIMIT"] = "1"

    def read(
        self,
        image: Grey,
        *,
        dpi: float,
        timeout_seconds: float,
        reading_dpi: float = READING_DPI,
        segmentation: int | None = None,
    ) -> list[EngineLine]:
        """The lines of the page in the engine's order, boxes in fractions of the page."""
        scaled, scaled_dpi = at_reading_size(image, dpi, reading_dpi)
        with tempfile.TemporaryDirectory(prefix="vanthu-page-") as folder:
            # A bare PGM: pytesseract would spend longer on packing a PNG than on the rest.
            path = Path(folder) / "page.pgm"
            path.write_bytes(
                b"P5 %d %d 255\n" % (scaled.shape[1], scaled.shape[0])
                + np.ascontiguousarray(scaled).tobytes()
            )
            table = self._run(path, scaled_dpi, timeout_seconds, segmentation or self._psm)
        return list(parse_table(table, width=scaled.shape[1], height=scaled.shape[0]))

    def _run(self, path: Path, dpi: float, timeout_seconds: float, psm: int) -> str:
        try:
            table = pytesseract.image_to_data(
                str(path),
                lang=self._language,
                config=f"--psm {psm} --dpi {round(dpi)}",
                timeout=max(timeout_seconds, 0.1),
            )
        except pytesseract.TesseractError as error:
            raise _told(error.status, str(error.message)) from error
        except MemoryError as error:
            raise OutOfMemory("The page image needs more memory than there is.") from error
        except (OSError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and "timeout" in str(error).lower():
                raise PageTimeout(
                    f"Reading the page took longer than {timeout_seconds:.0f} seconds."
                ) from error
            raise EngineFailure("Tesseract could not be run.", detail=repr(error)) from error
        return str(table)


def _told(status: int, message: str) -> EngineFailure | OutOfMemory:
    """Tesseract's own failure in our terms."""
    if status in _KILLED or any(sign in message for sign in _OUT_OF_MEMORY_SIGNS):
        return OutOfMemory("Tesseract ran out of memory on this page.", detail=message)
    return EngineFailure(
        "Tesseract failed on this page.", detail=f"exit status {status}: {message}"
    )


def at_reading_size(image: Grey, dpi: float, wanted: float = READING_DPI) -> tuple[Grey, float]:
    """``image`` at the resolution that suits the engine, and that resolution."""
    good = _GOOD_DPI[0] <= dpi <= _GOOD_DPI[1] if wanted == READING_DPI else dpi == wanted
    if good or dpi <= 0:
        return image, max(dpi, 70.0)
    factor = min(wanted / dpi, _MAX_ENLARGEMENT)
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=how), dtype=np.uint8), dpi * factor


def parse_table(table: str, *, width: int, height: int) -> Iterator[EngineLine]:
    """Lines of words from Tesseract's TSV, boxes in fractions of the page."""
    key: tuple[str, ...] | None = None
    words: list[Word] = []
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row.get("text") or "").strip()
        if row.get("level") != "5" or not text:
            continue
        line_key = (row["block_num"], row["par_num"], row["line_num"])
        if line_key != key and words:
            yield tuple(words)
            words = []
        key = line_key
        words.extend(_words(text, row, width, height))
    if words:
        yield tuple(words)


def _words(text: str, row: dict[str, str], width: int, height: int) -> Iterator[Word]:
    """The word of a row; more than one where the engine left a blank inside."""
    left, top = int(row["left"]), int(row["top"])
    right, bottom = left + int(row["width"]), top + int(row["height"])
    parts = text.split()
    length = sum(map(len, parts)) + len(parts) - 1
    done = 0
    for part in parts:
        x0 = left + (right - left) * done / length
        done += len(part)
        x1 = left + (right - left) * done / length
        done += 1
        box = (x0 / width, top / height, x1 / width, bottom / height)
        yield Word(
            text=part,
            bbox=(_unit(box[0]), _unit(box[1]), _unit(box[2]), _unit(box[3])),
            confidence=_unit(float(row["conf"]) / 100.0),
        )


def _unit(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 5)
