from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytesseract
import pytest

from models.text import PageText, Word
from pipeline.errors import EngineFailure, EnvironmentProblem, OutOfMemory, PageTimeout
from pipeline.recognise import Recogniser, engine_hash, load, recogniser
from pipeline.recognise.calibration import alone
from pipeline.recognise.engine import EngineLine
from pipeline.recognise.tesseract import Tesseract, at_reading_size, parse_table
from pipeline.settings import RecogniseSettings
from tests.recognise.printed import words

PAGE = np.full((200, 140), 255, np.uint8)
HEAD = (
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
)

has_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed"
)


def read_with(monkeypatch: pytest.MonkeyPatch, outcome: Exception | str) -> PageText:
    def image_to_data(*args: Any, **kwargs: Any) -> str:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(pytesseract, "image_to_data", image_to_data)
    reader = Recogniser(Tesseract(RecogniseSettings(), version="5.3.0"))
    return reader.read_page(PAGE, page=4, dpi=72, timeout_seconds=5)


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        (RuntimeError("Tesseract process timeout"), PageTimeout),
        (pytesseract.TesseractError(1, "Error in pixRead"), EngineFailure),
        (pytesseract.TesseractError(-11, ""), EngineFailure),
        (pytesseract.TesseractError(-9, ""), OutOfMemory),
        (pytesseract.TesseractError(-6, "what():  std::bad_alloc"), OutOfMemory),
        (MemoryError(), OutOfMemory),
        (OSError(28, "No space left on device"), EngineFailure),
    ],
)
def test_failures_come_in_our_terms_with_the_page(
    monkeypatch: pytest.MonkeyPatch, outcome: Exception, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        read_with(monkeypatch, outcome)
    assert getattr(caught.value, "page", None) == 4


def test_words_carry_box_and_confidence(monkeypatch: pytest.MonkeyPatch) -> None:
    row = "5\t1\t1\t1\t1\t1\t70\t50\t35\t10\t91.5\tCà"
    page = read_with(monkeypatch, f"{HEAD}\n{row}\n")
    ((_, line),) = page.lines()
    word = Word(text="Cà", bbox=(0.2, 0.1, 0.3, 0.12), confidence=alone(0.915))
    assert line.words[0] == word
    assert page.engine == "tesseract 5.3.0/vie"
    assert page.read_by == "ocr"


def test_an_empty_page_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_with(monkeypatch, f"{HEAD}\n").text == ""


def test_quotes_and_blanks_in_the_table_do_no_harm() -> None:
    rows = [
        '5\t1\t1\t1\t1\t1\t0\t0\t10\t10\t90\t"Quy',
        "5\t1\t1\t1\t1\t2\t20\t0\t60\t10\t80\tmột hai",
        "5\t1\t1\t1\t2\t1\t0\t20\t10\t10\t-1\t ",
        '5\t1\t1\t1\t2\t1\t0\t20\t10\t10\t70\tchế"',
    ]
    lines = list(parse_table("\n".join([HEAD, *rows]), width=100, height=100))
    assert [[w.text for w in line] for line in lines] == [['"Quy', "một", "hai"], ['chế"']]
    assert lines[0][1].bbox is not None
    assert lines[0][2].bbox is not None
    assert lines[0][1].bbox[2] < lines[0][2].bbox[0]


@pytest.mark.parametrize(("dpi", "width"), [(300, 600), (100, 1800), (180, 1000), (20, 2500)])
def test_pages_are_read_at_the_size_that_suits_the_engine(dpi: float, width: int) -> None:
    image, _ = at_reading_size(np.full((100, 1000), 255, np.uint8), dpi)
    assert image.shape[1] == width


class Scripted:
    """An engine that gives one prepared reading after the other."""

    name = "scripted"

    def __init__(self, *readings: list[EngineLine] | Exception) -> None:
        self.readings = list(readings)

    def read(self, *_: Any, **__: Any) -> list[EngineLine]:
        outcome = self.readings.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def reading(sure: float) -> list[EngineLine]:
    return [tuple(words("một hai ba bốn năm sáu bảy", 0.1, 0.3, sure=sure))]


def test_a_bad_reading_is_tried_once_more_and_the_better_one_kept() -> None:
    page = Recogniser(Scripted(reading(0.3), reading(0.9))).read_page(
        PAGE, page=1, dpi=72, timeout_seconds=60
    )
    assert page.findings == ()
    page = Recogniser(Scripted(reading(0.4), reading(0.3))).read_page(
        PAGE, page=1, dpi=72, timeout_seconds=60
    )
    assert [f.code for f in page.findings] == ["ocr.poor"]


def test_a_second_reading_that_times_out_leaves_the_first() -> None:
    engine = Scripted(reading(0.4), PageTimeout("slow"))
    page = Recogniser(engine).read_page(PAGE, page=1, dpi=72, timeout_seconds=60)
    assert page.word_count == 7


def test_print_that_was_passed_over_is_told() -> None:
    image = np.full((1100, 800), 255, np.uint8)
    for y in range(200, 900, 40):
        for x in range(100, 700, 14):
            image[y : y + 9, x : x + 7] = 0
    engine = Scripted(reading(0.9), reading(0.9), [])
    page = Recogniser(engine).read_page(image, page=1, dpi=100, timeout_seconds=60)
    assert [f.code for f in page.findings] == ["ocr.unread_area"]


def test_a_missing_program_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    recogniser._version.cache_clear()
    with pytest.raises(EnvironmentProblem) as caught:
        load(RecogniseSettings())
    assert caught.value.advice == "sudo apt-get install tesseract-ocr tesseract-ocr-vie"


@has_tesseract
def test_a_missing_language_is_told_with_the_command() -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        load(RecogniseSettings(language="xyz"))
    assert caught.value.advice == "sudo apt-get install tesseract-ocr-xyz"


@pytest.mark.parametrize("language", ["vie;rm", "../vie", ""])
def test_odd_language_names_are_refused(language: str) -> None:
    with pytest.raises(EnvironmentProblem):
        recogniser._traineddata(language)


@has_tesseract
def test_english_data_is_refused() -> None:
    settings = RecogniseSettings(language="eng")
    try:
        recogniser._traineddata("eng")
    except EnvironmentProblem:
        pytest.skip("no English language data here")
    with pytest.raises(EnvironmentProblem, match="lacks"):
        load(settings)


@has_tesseract
def test_the_engine_is_known_by_version_and_data() -> None:
    first = engine_hash(RecogniseSettings())
    assert first == engine_hash(RecogniseSettings())
    assert first.startswith("tesseract-")


@pytest.mark.slow
@has_tesseract
def test_a_typeset_page_is_read(tmp_path: Path) -> None:
    pil = pytest.importorskip("PIL.ImageFont")
    font = Path("/usr/share/fonts/truetype/croscore/Tinos-Regular.ttf")
    if not font.exists():
        pytest.skip("the Tinos font (fonts-croscore) is not installed")
    from PIL import Image, ImageDraw

    page = Image.new("L", (1240, 700), 255)
    draw = ImageDraw.Draw(page)
    face = pil.truetype(str(font), 28)
    draw.text((150, 150), "Thực hiện kế hoạch của Liên đoàn Lao động tỉnh", font=face, fill=0)
    draw.text((150, 200), "trước ngày 31 tháng 5 năm 2022.", font=face, fill=0)
    text = load(RecogniseSettings()).read_page(
        np.asarray(page), page=1, dpi=150, timeout_seconds=60
    )
    assert "Liên đoàn Lao động tỉnh" in text.text
    assert "31 tháng 5 năm 2022" in text.text
