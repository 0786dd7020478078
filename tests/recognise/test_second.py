from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.text import Word
from pipeline.errors import EngineFailure, EnvironmentProblem
from pipeline.recognise import engine_hash, load, recogniser, second
from pipeline.recognise.second import TrueOcr, load_second, pieces_of, second_hash
from pipeline.settings import RecogniseSettings
from tests.recognise.printed import words
from tests.recognise.test_engine import has_tesseract

SHAPE = (1400, 1000)
TINOS = Path("/usr/share/fonts/truetype/croscore/Tinos-Regular.ttf")


def without_trueocr(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.import_module

    def import_module(name: str, *args: Any) -> Any:
        if name.startswith("trueocr"):
            raise ImportError(name)
        return real(name, *args)

    monkeypatch.setattr(importlib, "import_module", import_module)


def test_a_line_is_read_in_pieces_that_cover_it() -> None:
    line = tuple(words("Thực hiện kế hoạch của Liên đoàn Lao động tỉnh về việc tổ chức", 0.1, 0.3))
    pieces = pieces_of(line, SHAPE)
    assert len(pieces) > 1
    for word in line:
        assert word.bbox is not None
        x0, x1 = word.bbox[0] * 1000, word.bbox[2] * 1000
        assert sum(p[0] <= x0 + 0.01 and x1 - 0.01 <= p[2] for p in pieces) == 1
    height = pieces[0][3] - pieces[0][1]
    assert all(p[2] - p[0] < 16 * height for p in pieces)


def test_columns_are_never_in_one_piece() -> None:
    line = (*words("Số: 12", 0.1, 0.3), *words("Cà Mau", 0.6, 0.3))
    assert len(pieces_of(line, SHAPE)) == 2


def test_words_without_extent_are_no_piece() -> None:
    assert pieces_of((), SHAPE) == []
    assert pieces_of((Word(text="a"),), SHAPE) == []
    assert pieces_of((Word(text="a", bbox=(0.1, 0.1, 0.1, 0.2)),), SHAPE) == []


def test_without_the_package_one_engine_reads_on(monkeypatch: pytest.MonkeyPatch) -> None:
    without_trueocr(monkeypatch)
    second_hash.cache_clear()
    assert load_second() is None
    assert second_hash() == "none"
    second_hash.cache_clear()


@has_tesseract
def test_a_missing_second_engine_is_said_and_changes_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = RecogniseSettings()
    second_hash.cache_clear()
    whole = engine_hash(settings)
    without_trueocr(monkeypatch)
    second_hash.cache_clear()
    assert engine_hash(settings) != whole
    assert engine_hash(settings) == engine_hash(RecogniseSettings(second_engine="none"))
    reader = load(settings)
    assert [f.code for f in reader.remarks] == ["ocr.one_engine"]
    assert load(RecogniseSettings(second_engine="none")).remarks == ()
    second_hash.cache_clear()


def test_a_model_without_the_alphabet_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("trueocr")
    monkeypatch.setattr(second, "missing_from", lambda _: "ằẳ")
    with pytest.raises(EnvironmentProblem, match="2 letters"):
        TrueOcr()


def test_failures_of_the_runtime_come_in_our_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("trueocr")
    engine = TrueOcr()

    def fail(*_: Any) -> Any:
        raise ValueError("bad shape")

    monkeypatch.setattr(engine, "_run", fail)
    with pytest.raises(EngineFailure):
        engine.read_lines(np.full(SHAPE, 255, np.uint8), [tuple(words("một hai", 0.1, 0.3))])


@pytest.mark.skipif(not TINOS.exists(), reason="fonts-croscore is not installed")
def test_printed_words_are_heard_where_they_stand() -> None:
    pytest.importorskip("trueocr")
    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("L", (1240, 400), 255)
    draw = ImageDraw.Draw(page)
    face = ImageFont.truetype(str(TINOS), 30)
    x, line = 100.0, []
    printed = ["Liên", "đoàn", "Lao", "động", "tỉnh", "thực", "hiện", "kế", "hoạch", "năm", "2022"]
    for text in printed:
        draw.text((x, 100), text, font=face, fill=0)
        x0, y0, x1, y1 = draw.textbbox((x, 100), text, font=face)
        line.append(Word(text=text, bbox=(x0 / 1240, y0 / 400, x1 / 1240, y1 / 400)))
        x = x1 + 9
    (answer,) = TrueOcr().read_lines(np.asarray(page), [tuple(line)])
    assert [w.text for w in answer] == printed
    for word, other in zip(line, answer, strict=True):
        assert word.bbox is not None
        assert word.bbox[0] - 0.01 <= other.x0 < other.x1 <= word.bbox[2] + 0.015


def test_no_lines_need_no_reading() -> None:
    pytest.importorskip("trueocr")
    assert TrueOcr().read_lines(np.full(SHAPE, 255, np.uint8), []) == []
    assert recogniser.load_second is load_second


@has_tesseract
@pytest.mark.slow
@pytest.mark.skipif(not TINOS.exists(), reason="fonts-croscore is not installed")
def test_syllables_with_the_letter_that_tesseract_lacks_are_read() -> None:
    pytest.importorskip("trueocr")
    from PIL import Image, ImageDraw, ImageFont

    printed = [
        "Những điều cấm kỵ trong sinh hoạt tại nơi làm việc;",
        "Phòng chống bệnh kiết lỵ cho người lao động ở huyện lỵ;",
        "Năm Kỷ Tỵ, năm Quý Tỵ và năm Ất Tỵ.",
        "Công ty gửi báo cáo đúng kỳ, kỹ và đủ.",
    ]
    page = Image.new("L", (1654, 900), 255)
    draw, face = ImageDraw.Draw(page), ImageFont.truetype(str(TINOS), 38)
    for number, text in enumerate(printed):
        draw.text((160, 160 + 80 * number), text, font=face, fill=20)
    read = load(RecogniseSettings()).read_page(
        np.asarray(page), page=1, dpi=200, timeout_seconds=60
    )
    found = read.text.split()
    for word in ("kỵ", "lỵ", "lỵ;", "Tỵ,", "Tỵ", "Tỵ.", "ty", "kỳ,", "kỹ"):
        assert word in found, word
