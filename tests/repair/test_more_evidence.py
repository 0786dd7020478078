"""Evidence beyond the letters: the document's own words, the reader's doubts, the code list."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text import Block, Line, PageText, Reading, Word
from pipeline.repair import Repairer, codes, forms, guard, mine_codes, model
from pipeline.repair.decoder import Slot
from pipeline.repair.document import revote
from pipeline.repair.glued import cut_glued
from pipeline.repair.model import RepairModel
from pipeline.repair.text import Unit
from pipeline.repair.tokens import Piece


@pytest.fixture(scope="module")
def shipped() -> RepairModel:
    return model.load()


def unit(text: str, at: int) -> Unit:
    return Unit(0, at, Piece(text, 0), 1)


def test_a_phrase_of_the_document_votes_for_its_damaged_copy() -> None:
    bao, dam, dim = 11, 12, 13
    units = [unit(text, at) for at, text in enumerate(["bao", "dam"] * 3 + ["bao", "dim"])]
    slots = [Slot((bao,), (0.0,)), Slot((dam, dim), (-1.0, -1.0))] * 4
    sure, torn = np.array([0.99, 0.01]), np.array([0.45, 0.55])
    chances = [np.array([1.0]), sure] * 3 + [np.array([1.0]), torn]
    voted = revote(units, slots, chances)
    assert voted[-1][0] > 0.7
    assert float(voted[-1].sum()) == pytest.approx(1.0)
    assert voted[1] is sure


def test_no_word_votes_for_itself() -> None:
    units = [unit("bao", 0), unit("dim", 1)]
    slots = [Slot((11,), (0.0,)), Slot((12, 13), (-1.0, -1.0))]
    chances = [np.array([1.0]), np.array([0.92, 0.08])]
    assert revote(units, slots, chances)[1].tolist() == chances[1].tolist()


def page_of(text: str, doubted: str, word: Word) -> PageText:
    words = tuple(word if w == doubted else Word(text=w, confidence=0.99) for w in text.split())
    block = Block(kind="body", lines=(Line(words=words),))
    return PageText(page=1, read_by="ocr", blocks=(block,))


def test_what_the_other_engine_read_is_a_candidate(repairer: Repairer) -> None:
    text = "Ban Chấp hành Công đoàn cơ sở phái cử cán bộ tham gia lớp tập huấn"
    heard = Word(
        text="phái", confidence=0.3, reading=Reading(source="first", alternatives=("phải",))
    )
    page = repairer.repair_page(page_of(text, "phái", heard))
    edit = next(e for e in page.edits if e.raw == "phái")
    assert edit.repaired == "phải"


def test_a_guess_at_handwriting_is_not_mended(repairer: Repairer) -> None:
    text = "Ban Chấp hành Công đoàn cơ sở có đoàn viên tham gia lớp tập huấn"
    scrawl = Word(text="tham", confidence=0.1, reading=Reading(handwritten=True))
    page = repairer.repair_page(page_of(text, "tham", scrawl))
    assert page.text == page_of(text, "tham", scrawl).text


@pytest.mark.parametrize(
    ("read", "code"),
    [
        ("103/2024/ND-CP", "103/2024/NĐ-CP"),
        ("225/2025/ND-", "225/2025/NĐ-"),
        ("45/QD-TLD", "45/QĐ-TLĐ"),
        ("12/NQ-HPND", "12/NQ-HĐND"),
        ("96/CD-BXD", "96/CĐ-BXD"),
        ("15/HD-TLD", "15/HD-TLĐ"),
    ],
)
def test_a_symbol_gets_its_d_back_where_the_engine_has_none(read: str, code: str) -> None:
    assert codes.restore_in(read, foreign=True) == code
    assert guard.allows(read, code, foreign=True)
    assert guard.digits(read) == guard.digits(code)


@pytest.mark.parametrize("token", ["103/2024/ND-CP", "12/NQ-HPND", "5/CD", "ND", "CD"])
def test_it_does_not_where_the_engine_knows_the_letter(token: str) -> None:
    assert codes.restore_in(token) == token


@pytest.mark.parametrize("token", ["B6", "$6", "¢6", "S6", "1a", "4p", "du6i"])
def test_letters_with_digits_are_words_in_a_text_without_vietnamese(token: str) -> None:
    assert guard.judge(token, foreign=True) == "mixed"


@pytest.mark.parametrize(
    "token", ["6a", "14a", "A4", "B12", "K60", "50kg", "QH15", "16", "461", "2b"]
)
def test_labels_sizes_measures_and_numbers_stay_there_too(token: str) -> None:
    assert guard.judge(token, foreign=True) == "number"


@given(st.text(alphabet="abđ6148$¢SBK.,-/()", min_size=1, max_size=8))
def test_freedom_never_adds_a_digit(token: str) -> None:
    for digit in "0123456789":
        assert not guard.allows(token, token + digit, foreign=True)


def test_codes_are_mined_by_how_they_are_spelt() -> None:
    lines = ["theo NQ-HĐND của HĐND và HDV"] * 4 + ["SƠ KẾT CÔNG TÁC HDND"] * 9 + ["GĐT và GDT"] * 9
    assert mine_codes.mine(lines) == ["HĐND"]


def test_forms_come_back_as_they_were_stored() -> None:
    found = [("dam", [(7, -1.0), (9, -2.5)]), ("bo", [(3, -0.25)])]
    text, arrays = forms.pack("x", found)
    table = forms.unpack("x", {"forms": {"x": text}}, arrays)
    assert table.get("bo") == [(3, -0.25)]
    assert table.get("dam") == [(7, -1.0), (9, -2.5)]
    assert table.get("ba") is None


def test_two_words_that_lost_their_blank_are_cut(shipped: RepairModel) -> None:
    glued = Unit(0, 0, Piece("HOLCHU", 0), 1)
    whole = Unit(0, 1, Piece("nhiing", 0), 1)
    parts = list(cut_glued(shipped.lm, [glued, whole], lambda _: shipped.foreign_upper))
    assert [u.piece.text for u in parts if u.piece] == ["HOL", "CHU", "nhiing"]


def test_a_name_is_changed_only_where_the_document_has_it_otherwise(repairer: Repairer) -> None:
    once = ["Đề nghị đồng chí Trần Thị Thuý Hông báo cáo Ban Thường vụ Liên đoàn Lao động tỉnh."]
    assert repairer.repair_lines(once)[0] == once
    often = [
        "Đồng chí Trần Thị Thuý Hồng, Chủ tịch Công đoàn cơ sở, chủ trì hội nghị tổng kết.",
        "Giao đồng chí Trần Thị Thúy Hồng theo dõi, đôn đốc việc thực hiện kế hoạch này.",
        *once,
    ]
    out, edits = repairer.repair_lines(often)
    assert out[2] == once[0].replace("Hông", "Hồng")
    assert [e.raw for e in edits if e.status == "applied"] == ["Hông"]
