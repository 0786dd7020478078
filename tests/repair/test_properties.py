"""Whatever the text: repair does not crash, keeps lines and blanks, NFC and every digit."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.vietnamese import LETTERS
from pipeline.repair import Repairer, guard

relaxed = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

WORD_LIST = (
    "Liên đoàn Lao động tỉnh các cấp công đoàn thực hiện Chương trình sáng kiến nỗ lực vượt khó "
    "Lien doan Lao dong tinh thue hién Chuong trinh sang kién nd luc s6 t6 c4 b?mg tri€u v&i "
    "120/LĐLĐ LDLD 31/5/2022 8.818 577% 14 1am 01tridu COVID-19 UBND a@b.vn *m* ea» ?_’]; - – . ; "
    "the quick report hoà hòa"
)
WORDS = WORD_LIST.split()

lines = st.lists(
    st.one_of(
        st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
        st.text(alphabet=LETTERS + "abcdehinot 0146.,-/\t", max_size=60),
        st.text(alphabet=st.characters(exclude_characters="\n\r", codec="utf-8"), max_size=40),
    ),
    max_size=8,
)


def guarded(text: str) -> list[str]:
    """Tokens with their digits, damaged words apart (those are the ones that may lose one)."""
    return [
        guard.digits(token)
        for token in text.split()
        if guard.judge(token) != "mixed" and guard.digits(token)
    ]


@given(lines)
@relaxed
def test_lines_and_blanks_stay(bold_repairer: Repairer, text: list[str]) -> None:
    out, edits = bold_repairer.repair_lines(text)
    assert len(out) == len(text)
    for before, after in zip(text, out, strict=True):
        assert re.findall(r"\s+", before) == re.findall(r"\s+", after)
    touched = {edit.line for edit in edits if edit.status == "applied"}
    assert all(out[i] == text[i] for i in range(len(text)) if i not in touched)


@given(lines)
@relaxed
def test_no_digit_is_changed_removed_or_added(bold_repairer: Repairer, text: list[str]) -> None:
    out, edits = bold_repairer.repair_lines(text)
    cut = {(e.line, e.word): e.repaired for e in edits if e.status == "applied"}
    for row, (before, after) in enumerate(zip(text, out, strict=True)):
        words = after.split()
        for column, raw in enumerate(before.split()):
            # A word that had lost its blank comes back as two.
            size = len(cut[row, column].split()) if (row, column) in cut else 1
            repaired = " ".join(words[:size])
            del words[:size]
            kept = unicodedata.normalize("NFC", raw)
            if guard.judge(kept) == "mixed":
                assert len(guard.digits(repaired)) <= len(guard.digits(raw)) <= 1
            elif guard.judge(kept, foreign=True) == "mixed":
                # B6, $6: words in a text that was read by an engine without Vietnamese.
                digits = guard.digits(raw)
                assert len(digits) <= 2
                assert guard.digits(repaired) in {digits, *digits, ""}
            else:
                assert guard.digits(repaired) == guard.digits(raw)
        assert not words


@given(lines)
@relaxed
def test_repaired_words_are_composed(bold_repairer: Repairer, text: list[str]) -> None:
    out, edits = bold_repairer.repair_lines(text)
    for edit in edits:
        assert unicodedata.is_normalized("NFC", edit.repaired)
        if edit.status == "applied":
            assert out[edit.line].split()[edit.word] == edit.repaired


@given(st.lists(st.sampled_from(WORDS[:16]), min_size=6, max_size=30))
@relaxed
def test_clean_output_is_left_alone_the_second_time(repairer: Repairer, words: list[str]) -> None:
    once, _ = repairer.repair_lines([" ".join(words)])
    twice, _ = repairer.repair_lines(once)
    assert twice == once
