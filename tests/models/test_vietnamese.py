"""The alphabet, folding, tone placement and the grammar of syllables."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vietnamese import (
    HOMOGLYPHS,
    LETTERS,
    LOWER,
    fold,
    is_syllable,
    strip_marks,
    tone_key,
    unify,
    vietnamese_share,
)

vietnamese_text = st.text(alphabet=LETTERS + "abcdeghiklmnopqrstuvxy ABCD 0123456789-/.,")


def test_alphabet_has_134_marked_letters_each_one_code_point() -> None:
    assert len(LETTERS) == len(set(LETTERS)) == 134
    assert len(LOWER) == 67
    assert all(unicodedata.normalize("NFC", c) == c for c in LETTERS)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Số: 120/LĐLĐ", "so: 120/ldld"),
        ("ĐỒNG THÁP", "dong thap"),
        ("Ð", "d"),
        ("ngày 1 – 2 tháng", "ngay 1 - 2 thang"),
        ("Thuỷ", "thuy"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_fold_is_idempotent_and_ignores_normal_form(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


@given(vietnamese_text)
def test_fold_keeps_offsets(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(vietnamese_text)
def test_folding_leaves_no_mark(text: str) -> None:
    assert not set(fold(text)) & set(LETTERS)
    assert not set(strip_marks(text)) & set(LETTERS)


@pytest.mark.parametrize(
    ("one", "other"),
    [("hòa", "hoà"), ("Thủy", "Thuỷ"), ("ỦY", "UỶ"), ("khỏe", "khoẻ"), ("úy", "uý")],
)
def test_tone_placement_does_not_matter_in_open_rimes(one: str, other: str) -> None:
    assert tone_key(one) == tone_key(other)


@pytest.mark.parametrize("word", ["hoàn", "quý", "của", "mía", "tòan"])
def test_tone_key_leaves_other_rimes_alone(word: str) -> None:
    assert tone_key(word) == word


@given(st.text())
def test_tone_key_is_idempotent(text: str) -> None:
    assert tone_key(tone_key(text)) == tone_key(text)


def test_homoglyphs_map_one_to_one() -> None:
    assert all(len(k) == len(v) == 1 for k, v in HOMOGLYPHS.items())
    assert unify("LÐLÐ") == "LĐLĐ"


@pytest.mark.parametrize(
    "word",
    ["giếng", "quyết", "nghiêng", "gì", "gìn", "quốc", "khuya", "thuở", "Đồng", "y", "uỷ", "ủy"],
)
def test_real_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word", ["tri€u", "nhiing", "Website", "cacp", "mát́", "bac", "LĐLĐ", "", "ngh"]
)
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)


def test_a_stopped_rime_bears_only_sharp_or_heavy_tone() -> None:
    assert is_syllable("các")
    assert is_syllable("cạc")
    assert not is_syllable("càc")


def test_share_tells_vietnamese_from_what_lost_its_marks() -> None:
    good = "Ban Thường vụ Liên đoàn Lao động tỉnh đề nghị các cấp công đoàn"
    assert vietnamese_share(good) > 0.95
    assert vietnamese_share(strip_marks(good)) == 0.0
    assert vietnamese_share("Lieân ñoaøn Lao ñoäng tænh ñeà nghò caùc caáp coâng ñoaøn") < 0.5
    assert vietnamese_share("") == 0.0


@given(st.text())
def test_nothing_crashes_on_any_text(text: str) -> None:
    is_syllable(text)
    assert 0.0 <= vietnamese_share(text) <= 1.0
    assert unify(unify(text)) == unify(text)
