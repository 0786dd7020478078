from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text import Block, Line, Word
from pipeline.recognise import calibration
from pipeline.recognise.second import Heard
from pipeline.recognise.voting import difference, pair, pair_all, trust_one, vote
from tests.recognise.printed import words


def heard(line: Sequence[Word], *texts: str, sure: float = 0.99) -> list[Heard]:
    """Other readings in the places of the words of ``line``."""
    return [
        Heard(text, word.bbox[0], word.bbox[2], sure)
        for word, text in zip(line, texts, strict=True)
        if word.bbox is not None
    ]


def voted(first: str, second: str, *, sure: float = 0.8, other: float = 0.99) -> Word:
    """The vote on one word between two that both engines read alike."""
    line = words(f"của {first} và", 0.2, 0.3, sure=sure)
    others = pair_all([tuple(line)], [heard(line, "của", second, "và", sure=other)])
    ((block,)) = vote([Block(lines=(Line(words=tuple(line)),))], others)
    return block.lines[0].words[1]


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("hòa", "hoà", "none"),
        ("TLÐ", "TLĐ", "none"),
        ("–", "-", "none"),
        ("gia.", "gia", "punctuation"),
        ("Sở", "sở", "case"),
        ("tô", "tổ", "marks"),
        ("Nøãi", "Ngãi", "letters"),
        ("1ao", "lao", "digits"),
        ("12/CT", "72/CT", "digits"),
    ],
)
def test_differences_are_told_apart(first: str, second: str, what: str) -> None:
    assert difference(first, second) == what


def test_words_are_paired_by_place_and_each_once() -> None:
    line = tuple(words("Liên đoàn Lao động tỉnh", 0.1, 0.3))
    others = heard(line, "Liên", "doàn", "Lao", "đông", "tinh")
    assert [p.text if p else None for p in pair(line, others)] == [
        "Liên", "doàn", "Lao", "đông", "tinh",
    ]  # fmt: skip
    assert [p.text if p else None for p in pair(line, others[1:4])] == [
        None, "doàn", "Lao", "đông", None,
    ]  # fmt: skip


def test_a_blank_that_one_engine_missed_is_no_difference() -> None:
    line = tuple(words("1. Về việc", 0.1, 0.3))
    first, second = line[0].bbox, line[1].bbox
    assert first is not None
    assert second is not None
    joined = [Heard("1.Về", first[0], second[2], 0.9)]
    assert [p.text if p else None for p in pair(line, joined)] == ["1.", "Về", None]
    one = tuple(words("VNPTPAY", 0.1, 0.3))
    box = one[0].bbox
    assert box is not None
    middle = (box[0] + box[2]) / 2
    parts = [Heard("VNPT", box[0], middle - 0.001, 0.9), Heard("PAY", middle, box[2], 0.9)]
    assert [p.text if p else None for p in pair(one, parts)] == ["VNPTPAY"]


def test_agreement_raises_confidence_and_leaves_no_trace() -> None:
    word = voted("đoàn", "đoàn")
    assert word.text == "đoàn"
    assert word.reading is None
    assert word.confidence == calibration.agreed(0.8, 0.99) > 0.8


def test_what_is_no_syllable_gives_way_to_what_is_one() -> None:
    word = voted("Nøãi", "Ngãi")
    assert word.text == "Ngãi"
    assert word.reading is not None
    assert (word.reading.source, word.reading.alternatives) == ("second", ("Nøãi",))


def test_what_lies_over_the_page_stays_as_first_read() -> None:
    line = words("Nøãi", 0.2, 0.3, sure=0.8)
    others = pair_all([tuple(line)], [heard(line, "Ngãi")])
    ((block,)) = vote([Block(kind="overlay", lines=(Line(words=tuple(line)),))], others)
    (word,) = block.lines[0].words
    assert word.text == "Nøãi"
    assert word.reading is not None
    assert word.reading.alternatives == ("Ngãi",)
    assert word.confidence is not None
    assert word.confidence < 0.5


def test_a_sure_first_reading_stands_against_an_unsure_second() -> None:
    word = voted("điều", "diêu", sure=0.96, other=0.5)
    assert word.text == "điều"
    assert word.reading is not None
    assert (word.reading.source, word.reading.alternatives) == ("first", ("diêu",))


def test_the_language_model_decides_between_two_syllables() -> None:
    line = words("các tô chức", 0.2, 0.3, sure=0.96)
    others = pair_all([tuple(line)], [heard(line, "các", "tổ", "chức", sure=0.84)])
    blocks = [Block(lines=(Line(words=tuple(line)),))]
    (alone,) = vote(blocks, others)
    assert alone.lines[0].text == "các tô chức"

    def prefers(sequence: Sequence[str]) -> float:
        return 0.0 if "tổ" in sequence else -8.0

    (asked,) = vote(blocks, others, prefers)
    assert asked.lines[0].text == "các tổ chức"


def test_digits_are_kept_doubted_and_the_other_reading_shown() -> None:
    word = voted("31/5/2022", "31/8/2022", sure=0.96)
    assert word.text == "31/5/2022"
    assert word.reading is not None
    assert word.reading.alternatives == ("31/8/2022",)
    assert word.confidence is not None
    assert word.confidence <= calibration.DOUBTED_DIGITS


def test_digits_are_never_believed_more_than_the_first_engine_does() -> None:
    assert calibration.agreed(0.7, 0.99, digits=True) == 0.7
    assert calibration.agreed(0.7, 0.99) > 0.7
    assert calibration.unheard(0.97, digits=True) <= calibration.UNHEARD_DIGITS


def test_agreement_of_an_unsure_engine_is_worth_less() -> None:
    assert calibration.agreed(0.95, 0.3) < calibration.agreed(0.95, 0.99)
    assert calibration.agreed(0.5, 0.9) < calibration.agreed(0.95, 0.9)


def test_where_engines_differ_by_letters_both_are_doubted() -> None:
    for n in range(50, 101):
        assert calibration.doubted(n / 100, letters=True) < calibration.doubted(n / 100)


@pytest.mark.parametrize(
    "points",
    [
        calibration.ALONE,
        calibration.AGREED,
        calibration.UNHEARD,
        calibration.DOUBTED,
        calibration.DOUBTED_LETTERS,
    ],
)
def test_calibration_never_falls(points: calibration.Points) -> None:
    values = [calibration._between(points, n / 200) for n in range(201)]
    assert values == sorted(values)
    assert 0 <= values[0] <= values[-1] <= 1


TEXT = st.text(st.sampled_from("aăâđêôơưtnhổẩ.,;-/0123456789 "), min_size=1, max_size=9)
TEXTS = st.lists(TEXT.map(lambda t: t.replace(" ", "") or "a"), min_size=1, max_size=8)
SURE = st.floats(0, 1, allow_nan=False)
HEARD = st.lists(
    st.builds(Heard, TEXT, st.floats(0, 0.5), st.floats(0.5, 1), SURE), max_size=8
) | st.just([])


@given(texts=TEXTS, others=HEARD, near=TEXTS, sure=SURE, gain=st.floats(-50, 50))
def test_no_word_is_lost_doubled_or_given_other_digits(
    texts: list[str], others: list[Heard], near: list[str], sure: float, gain: float
) -> None:
    line = words(" ".join(texts), 0.05, 0.3, sure=sure)
    both = [*others, *heard(line[: len(near)], *near[: len(line)])]
    pairs = pair_all([tuple(line)], [both])
    (block,) = vote(
        [Block(lines=(Line(words=tuple(line)),))], pairs, lambda s: gain if s[-1:] else 0.0
    )
    result = block.lines[0].words
    assert [w.bbox for w in result] == [w.bbox for w in line]
    for before, after in zip(line, result, strict=True):
        digits = [c for c in before.text if c.isdigit()]
        assert [c for c in after.text if c.isdigit()] == digits
        if digits:
            assert after.text == before.text
        assert after.confidence is not None
        assert 0 <= after.confidence <= 1
        if after.text != before.text:
            assert after.reading is not None
            assert before.text in after.reading.alternatives


@given(texts=TEXTS, sure=SURE)
def test_one_engine_alone_changes_no_text(texts: list[str], sure: float) -> None:
    line = words(" ".join(texts), 0.05, 0.3, sure=sure)
    (block,) = trust_one([Block(lines=(Line(words=tuple(line)),))])
    assert [w.text for w in block.lines[0].words] == [w.text for w in line]
    assert all(w.reading is None for w in block.lines[0].words)


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("ky", "kỵ", "kỵ"),
        ("Ty.", "Tỵ", "Tỵ."),
        ("ly,", "lỵ;", "lỵ,"),
        ("khuyu", "khuỵu", "khuỵu"),
        ("LY", "LỴ", "LỴ"),
    ],
)
def test_a_letter_that_the_first_engine_lacks_is_taken_from_the_second(
    first: str, second: str, whole: str
) -> None:
    line = words(f"của {first} và", 0.2, 0.3, sure=0.96)
    others = pair_all([tuple(line)], [heard(line, "của", second, "và", sure=0.6)])
    blocks = [Block(lines=(Line(words=tuple(line)),))]
    ((block,)) = vote(blocks, others, None, "ỵỴ")
    word = block.lines[0].words[1]
    assert word.text == whole
    assert word.reading is not None
    assert (word.reading.source, word.reading.alternatives) == ("second", (first,))
    assert word.confidence is not None
    assert word.confidence <= calibration.ONE_WITNESS
    ((block,)) = vote(blocks, others, None, "")
    assert block.lines[0].words[1].text != whole or first == "khuyu"


@pytest.mark.parametrize(
    ("first", "second", "sure"),
    [("ty", "ty", 0.9), ("ty", "tý", 0.4), ("ty", "tỵ", 0.1)],
)
def test_no_other_difference_passes_for_a_missing_letter(
    first: str, second: str, sure: float
) -> None:
    line = words(f"của {first} và", 0.2, 0.3, sure=0.96)
    others = pair_all([tuple(line)], [heard(line, "của", second, "và", sure=sure)])
    ((block,)) = vote([Block(lines=(Line(words=tuple(line)),))], others, None, "ỵỴ")
    assert block.lines[0].words[1].text == first


def test_a_tilde_where_an_item_begins_is_its_dash() -> None:
    line = words("~ Lưu: VT.", 0.2, 0.3)
    for others in ([], heard(line[:1], "-")):
        pairs = pair_all([tuple(line)], [[*others, *heard(line[1:], "Lưu:", "VT.")]])
        ((block,)) = vote([Block(lines=(Line(words=tuple(line)),))], pairs)
        dash = block.lines[0].words[0]
        assert dash.text == "-"
        assert dash.reading is None or "~" in dash.reading.alternatives
    inside = words("từ ~ đến", 0.2, 0.3)
    ((block,)) = vote([Block(lines=(Line(words=tuple(inside)),))], {})
    assert block.lines[0].text == "từ ~ đến"
