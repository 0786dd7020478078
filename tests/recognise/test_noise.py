from __future__ import annotations

import pytest

from models.text import Word
from pipeline.recognise.noise import drop_noise, drop_unheard, noise_finding
from tests.recognise.printed import words


def test_lone_doubtful_marks_go() -> None:
    line = (
        words("- Lưu: VT.", 0.15, 0.6)
        + words("`", 0.7, 0.6, sure=0.1)
        + words("x", 0.9, 0.6, sure=0.2)
    )
    kept, dropped = drop_noise([line])
    assert [w.text for w in kept[0]] == ["-", "Lưu:", "VT."]
    assert [w.text for w in dropped] == ["`", "x"]


@pytest.mark.parametrize("text", ["2", "25", "12/LĐLĐ", "1."])
def test_a_doubtful_number_never_goes(text: str) -> None:
    kept, dropped = drop_noise([words(text, 0.5, 0.5, sure=0.01)])
    assert kept
    assert not dropped


def test_doubtful_words_among_others_stay() -> None:
    line = words("Uỷ ban nhân dân", 0.15, 0.4, sure=0.02)
    assert drop_noise([line])[0] == [tuple(line)]


@pytest.mark.parametrize("label", ["Số:", "Số", "TM.", "Về"])
def test_a_label_before_handwriting_stays(label: str) -> None:
    line = words(label, 0.17, 0.1, sure=0.0) + words("/LĐLĐ", 0.3, 0.1)
    assert drop_noise([line])[1] == []


@pytest.mark.parametrize("bullet", ["-", "–", "~", "+", "¬"])
def test_bullets_stay_however_doubtful(bullet: str) -> None:
    line = words(bullet, 0.15, 0.4, sure=0.1) + words("Như trên;", 0.165, 0.4)
    assert len(drop_noise([line])[0][0]) == 3


def test_a_text_layer_has_no_noise() -> None:
    line = [Word(text="`", bbox=(0.1, 0.1, 0.11, 0.11))]
    assert drop_noise([line])[1] == []


def test_what_is_dropped_is_told() -> None:
    _, dropped = drop_noise([words("^", 0.5, 0.5, sure=0.0)])
    (finding,) = noise_finding(dropped, 3)
    assert finding.code == "ocr.noise"
    assert finding.evidence[0].page == 3
    assert finding.evidence[0].text == "^"
    assert noise_finding([], 3) == ()


def test_ruled_lines_between_cells_are_no_text() -> None:
    line = [*words("1", 0.15, 0.3), *words("| ||", 0.2, 0.3), *words("Công đoàn huyện", 0.25, 0.3)]
    kept, dropped = drop_noise([line])
    assert [w.text for w in kept[0]] == ["1", "Công", "đoàn", "huyện"]
    assert [w.text for w in dropped] == ["|", "||"]


def test_a_stroke_that_only_one_engine_took_for_a_sign_goes() -> None:
    line = tuple(words("| Nơi nhận: |", 0.1, 0.3))
    alone = tuple(words("|", 0.1, 0.4))
    heard = {id(word) for word in line[1:]}
    kept, dropped = drop_unheard([line, alone], heard)
    assert kept == [line[1:]]
    assert [w.text for w in dropped] == ["|", "|"]


def test_no_word_dash_or_digit_goes_unheard() -> None:
    line = tuple(words("- 1 / l | a", 0.1, 0.3))
    kept, _ = drop_unheard([line], set())
    assert [w.text for w in kept[0]] == ["-", "1", "/", "l", "a"]
