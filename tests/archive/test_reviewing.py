"""Decisions of people: written, undone, kept when the machine reads again, never lost."""

from __future__ import annotations

from typing import Any

import pytest

from models.decision import Decision, Seen
from models.directive import Alternative, FieldValue, Review
from models.finding import Evidence
from models.text import Block, Edit, Line, PageText, Word
from pipeline.archive import Archive
from pipeline.errors import Conflict, NotFound, UsageProblem
from tests.archive.conftest import Put
from tests.archive.strategies import directive, field, page

BOX = (0.1, 0.1, 0.3, 0.12)
OPEN = FieldValue(
    value="12/KH-LĐLĐ", raw="12/KH-LĐLĐ", confidence=0.6, status="review", rule="header.number",
    evidence=(Evidence(page=1, bbox=BOX, text="12/KH-LĐLĐ"),),
    alternatives=(Alternative(value="72/KH-LĐLĐ", confidence=0.2),),
)  # fmt: skip
LOST = FieldValue(
    raw="l2", status="unreadable", rule="header.number.unreadable",
    alternatives=(Alternative(value="12", confidence=0.1),),
)  # fmt: skip
PENDING = Review(reasons=("number: may be handwritten", "serial: may be handwritten"))


def decide(archive: Archive, id_: str, *decisions: Decision, by: str = "Lan", **more: Any) -> Any:
    expected = more.pop("expected", archive.version(id_).change_seq)
    return archive.review(id_, decisions, by=by, expected=expected, **more)


def say(path: str, action: Any, value: Any = None, **more: Any) -> Decision:
    return Decision(path=path, action=action, value=value, **more)


@pytest.fixture
def one(put: Put) -> str:
    """A document whose number waits for a person."""
    return put(
        "one", "words of it", number=OPEN, serial=field("12", status="review"),
        symbol="KH-LĐLĐ", issued="2022-04-25", issuer="Liên đoàn Lao động tỉnh Cà Mau",
        recipients=(field("Ban A", status="review"), field("Ban B"), field("Ban C")),
        review=PENDING,
    ).id  # fmt: skip


def test_a_corrected_number_takes_its_serial_and_symbol_along(archive: Archive, one: str) -> None:
    outcome = decide(archive, one, say("number", "correct", "120/CV-LĐLĐ"))
    made = archive.get(one)
    assert [made.number.value, made.serial.value, made.symbol.value] == [
        "120/CV-LĐLĐ", "120", "CV-LĐLĐ",
    ]  # fmt: skip
    number = made.number
    assert (number.status, number.confidence, number.rule) == ("accepted", 1.0, "person")
    assert [e.origin for e in number.evidence] == ["ocr", "person"]
    assert number.evidence[1].bbox is None
    assert [a.value for a in number.alternatives] == ["12/KH-LĐLĐ", "72/KH-LĐLĐ"]
    assert number.raw == "12/KH-LĐLĐ"
    assert outcome.review.state == "corrected"
    assert outcome.review.reasons == ()
    assert outcome.change_seq == archive.version(one).change_seq
    assert [row.id for row in archive.list() if row.number == "120/CV-LĐLĐ"] == [one]


def test_a_corrected_serial_changes_the_number(archive: Archive, one: str) -> None:
    decide(archive, one, say("serial", "correct", "77"))
    assert archive.get(one).number.value == "77/KH-LĐLĐ"
    assert archive.get(one).number.status == "accepted"


def test_accept_and_choose_make_a_value_certain(archive: Archive, one: str) -> None:
    decide(archive, one, say("number", "choose", "72/KH-LĐLĐ"))
    assert archive.get(one).serial.value == "72"
    decide(archive, one, say("recipients/0", "accept"))
    assert archive.get(one).recipients[0].status == "accepted"


def test_what_a_person_cannot_read_stays_open_and_needs_no_look(archive: Archive, put: Put) -> None:
    id_ = put("lost", number=LOST, serial=LOST, review=Review(reasons=("number: unreadable",))).id
    outcome = decide(archive, id_, say("number", "unreadable"))
    made = archive.get(id_)
    assert (made.number.value, made.number.status, made.serial.status) == (
        None, "unreadable", "unreadable",
    )  # fmt: skip
    assert outcome.review == Review(state="corrected", reasons=())


def test_items_are_added_removed_and_found_again(archive: Archive, one: str) -> None:
    decide(archive, one, say("recipients/1", "remove"), say("recipients/2", "correct", "Ban Đ"))
    assert [r.value for r in archive.get(one).recipients] == ["Ban A", "Ban Đ"]
    decide(archive, one, say("recipients", "add", "Ban G"))
    assert [r.value for r in archive.get(one).recipients] == ["Ban A", "Ban Đ", "Ban G"]
    claim = {"kind": "quota", "text": "5.091 sáng kiến", "value": 5091, "unit": "sáng kiến"}
    decide(archive, one, say("targets", "add", claim))
    decide(archive, one, say("targets/0/value", "correct", 5092))
    (target,) = archive.get(one).targets
    assert (target.value, target.status, target.unit) == (5092, "accepted", "sáng kiến")


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (say("nowhere", "accept"), "nothing that can be decided"),
        (say("number", "remove"), "no action"),
        (say("place", "accept"), "no value"),
        (say("number", "choose", "99/KH-LĐLĐ"), "no candidate"),
        (say("recipients/9", "accept"), "no recipients/9"),
        (say("", "accept"), "no action"),
        (say("targets", "add", {"kind": "quota"}), "words"),
        (say("number", "correct"), "needs a value"),
    ],
)
def test_what_cannot_be_decided_says_why(
    archive: Archive, one: str, decision: Decision, told: str
) -> None:
    with pytest.raises(UsageProblem, match=told):
        decide(archive, one, decision)
    assert archive.decisions(one) == []


def test_a_decision_needs_a_person(archive: Archive, one: str) -> None:
    for by in ("", "  ", "machine"):
        with pytest.raises(UsageProblem):
            decide(archive, one, say("number", "accept"), by=by)


def test_two_people_decide_different_fields_of_what_both_saw(archive: Archive, one: str) -> None:
    seen = archive.version(one).change_seq
    decide(archive, one, say("number", "correct", "120/KH-LĐLĐ"), expected=seen)
    decide(archive, one, say("subject", "correct", "Về công tác"), by="Minh", expected=seen)
    made = archive.get(one)
    assert (made.number.value, made.subject.value) == ("120/KH-LĐLĐ", "Về công tác")


@pytest.mark.parametrize("second", ["number", "serial", "symbol"])
def test_the_second_of_two_who_decide_one_field_is_told(
    archive: Archive, one: str, second: str
) -> None:
    seen = archive.version(one).change_seq
    decide(archive, one, say("number", "correct", "120/CV-LĐLĐ"), expected=seen)
    with pytest.raises(Conflict) as met:
        decide(archive, one, say(second, "correct", "9"), by="Minh", expected=seen)
    assert "Lan" in met.value.reason
    assert [(c.by, c.change) for c in met.value.changes] == [("Lan", "reviewed")]
    assert "120/CV-LĐLĐ" in met.value.record
    assert met.value.change_seq == archive.version(one).change_seq
    assert len(archive.decisions(one)) == 1


def test_who_decides_the_same_is_not_bothered(archive: Archive, one: str) -> None:
    seen = archive.version(one).change_seq
    for by in ("Lan", "Minh"):
        decide(archive, one, say("number", "correct", "120/KH-LĐLĐ"), by=by, expected=seen)
    assert [d.actor for d in archive.decisions(one)] == ["Lan", "Minh"]


def test_an_approval_is_of_what_was_seen(archive: Archive, one: str) -> None:
    seen = archive.version(one).change_seq
    decide(archive, one, say("number", "correct", "120/KH-LĐLĐ"), expected=seen)
    with pytest.raises(Conflict):
        decide(archive, one, say("", "approve"), by="Minh", expected=seen)
    decide(archive, one, say("", "approve"), by="Minh")
    assert archive.get(one).review.state == "corrected"


def test_an_item_that_moved_is_decided_where_it_is_now(archive: Archive, one: str) -> None:
    seen = archive.version(one).change_seq
    decide(archive, one, say("recipients/0", "remove"), expected=seen)
    decide(archive, one, say("recipients/2", "correct", "Ban Đ"), by="Minh", expected=seen)
    assert [r.value for r in archive.get(one).recipients] == ["Ban B", "Ban Đ"]
    with pytest.raises(Conflict):
        decide(archive, one, say("recipients/0", "accept"), by="Minh", expected=seen)


def test_the_content_s_hash_and_what_was_shown_are_guards_too(archive: Archive, one: str) -> None:
    before = archive.version(one).content_hash
    decide(archive, one, say("number", "accept"), expected=before)
    with pytest.raises(Conflict):
        decide(archive, one, say("place", "correct", "Cà Mau"), expected=before)
    shown = Seen(value="11/KH-LĐLĐ")
    with pytest.raises(Conflict):
        decide(archive, one, say("number", "correct", "1/KH-LĐLĐ", seen=shown))
    with pytest.raises(UsageProblem, match="no version"):
        decide(archive, one, say("number", "accept"), expected=10**6)


def test_an_approval_accepts_what_has_a_value_and_leaves_the_rest_open(
    archive: Archive, put: Put
) -> None:
    id_ = put("whole", number=LOST, issuer=field("Ban A", status="review"),
              review=Review(reasons=("finding: x", "number: unreadable"))).id  # fmt: skip
    outcome = decide(archive, id_, say("", "approve"))
    made = archive.get(id_)
    assert (made.issuer.status, made.number.status) == ("accepted", "unreadable")
    assert outcome.review == Review(state="approved", reasons=())


def test_undone_it_is_as_the_machine_read_it_and_done_again_as_before(
    archive: Archive, one: str
) -> None:
    machine = archive.get(one)
    first = decide(archive, one, say("number", "correct", "120/KH-LĐLĐ")).decisions[0]
    second = decide(archive, one, say("subject", "correct", "Về công tác")).decisions[0]
    corrected = archive.get(one)
    undone = archive.undo(first.id, by="Minh")
    assert archive.get(one).number == machine.number
    assert archive.get(one).subject.value == "Về công tác"
    assert undone.decisions[0].undone_by == "Minh"
    archive.undo(second.id, by="Minh")
    assert archive.get(one) == machine
    archive.undo(second.id, by="Lan")
    archive.undo(first.id, by="Lan")
    assert archive.get(one) == corrected
    assert all(d.stands for d in archive.decisions(one))


def test_two_who_take_back_the_same_do_not_make_it_again(archive: Archive, one: str) -> None:
    made = decide(archive, one, say("number", "correct", "120/KH-LĐLĐ")).decisions[0]
    for by in ("Lan", "Minh"):
        archive.undo(made.id, by=by, undone=True)
    assert archive.decisions(one)[0].undone_by == "Lan"
    for by in ("Lan", "Minh"):
        archive.undo(made.id, by=by, undone=False)
    assert archive.get(one).number.value == "120/KH-LĐLĐ"


def test_what_was_approved_after_is_undone_with_it(archive: Archive, one: str) -> None:
    first = decide(archive, one, say("number", "correct", "120/KH-LĐLĐ")).decisions[0]
    decide(archive, one, say("", "approve"))
    archive.undo(first.id, by="Lan")
    assert archive.get(one).review == PENDING
    assert not any(d.stands for d in archive.decisions(one))


def test_the_history_keeps_both_states_and_the_names(archive: Archive, one: str) -> None:
    made = decide(archive, one, say("number", "accept"), token_id=7).decisions[0]
    archive.undo(made.id, by="Minh")
    _, events = archive.provenance(one)
    assert [(e.change, e.actor) for e in events] == [
        ("created", "machine"), ("reviewed", "Lan"), ("review_undone", "Minh"),
    ]  # fmt: skip
    assert archive.decisions(one)[0].token_id == 7
    with pytest.raises(NotFound):
        archive.undo(99, by="Lan")


def test_a_new_reading_of_the_machine_loses_no_decision(
    archive: Archive, one: str, run_id: int
) -> None:
    decide(archive, one, say("number", "correct", "120/KH-LĐLĐ"),
           say("recipients/2", "correct", "Ban Đ"), say("recipients/1", "remove"))  # fmt: skip
    anew = directive(
        "one", number=field("12/KH-LĐLĐ", status="review"), serial="12", symbol="KH-LĐLĐ",
        subject="Về việc khác",
        recipients=(field("Ban X"), field("Ban A"), field("Ban B"), field("Ban C")), review=PENDING,
    )  # fmt: skip
    archive.put_directive(anew, [page("other words")], result_key="k2", run_id=run_id)
    made = archive.get(one)
    assert (made.number.value, made.subject.value) == ("120/KH-LĐLĐ", "Về việc khác")
    assert [r.value for r in made.recipients] == ["Ban X", "Ban A", "Ban Đ"]
    assert not any("machine_reads_otherwise" in r for r in made.review.reasons)
    for decision in archive.decisions(one):
        archive.undo(decision.id, by="Lan")
    assert archive.get(one).model_copy(update={"source": anew.source}) == anew


def test_where_the_machine_reads_otherwise_a_reason_says_so(
    archive: Archive, one: str, run_id: int
) -> None:
    decide(archive, one, say("number", "correct", "120/KH-LĐLĐ"))
    for read, told in (("72/KH-LĐLĐ", True), ("120/KH-LĐLĐ", False), ("12/KH-LĐLĐ", False)):
        anew = directive("one", number=field(read, status="review"), review=PENDING)
        archive.put_directive(anew, [page("x")], result_key="k2", run_id=run_id)
        made = archive.get(one)
        assert made.number.value == "120/KH-LĐLĐ"
        assert ("number: machine_reads_otherwise" in made.review.reasons) is told


def test_what_was_approved_stays_whatever_the_machine_reads(
    archive: Archive, one: str, run_id: int
) -> None:
    decide(archive, one, say("", "approve"))
    approved = archive.get(one)
    anew = directive("one", number=field("99/KH-LĐLĐ"), subject="Về việc khác", review=PENDING)
    archive.put_directive(anew, [page("x")], result_key="k2", run_id=run_id)
    made = archive.get(one)
    assert made.number == approved.number
    assert made.recipients == approved.recipients
    assert made.subject == approved.subject
    assert made.review.state == "approved"
    assert set(made.review.reasons) == {
        "number: machine_reads_otherwise", "subject: machine_reads_otherwise",
    }  # fmt: skip


REPAIRED = PageText(
    page=1, read_by="ocr",
    blocks=(
        Block(kind="overlay", lines=(Line(words=(Word(text="DEN"),)),)),
        Block(lines=(Line(words=(Word(text="thẩm", raw="thâm"), Word(text="chuyên"))),)),
    ),
    edits=(
        Edit(line=1, word=0, raw="thâm", repaired="thẩm", probability=0.9, reason="model"),
        Edit(line=1, word=1, raw="chuyên", repaired="chuyển", probability=0.6, reason="model",
             status="review"),
    ),
)  # fmt: skip


def test_repairs_of_words_are_undone_accepted_and_typed(archive: Archive, put: Put) -> None:
    id_ = put("words", pages=[REPAIRED]).id
    done = decide(archive, id_, say("pages/1/1/0", "revert"), say("pages/1/1/1", "accept"))
    (text,) = archive.pages(id_)
    assert (text.text, text.raw_text) == ("thâm chuyển", "thâm chuyên")
    assert [(e.status, e.reason) for e in text.edits] == [
        ("rejected", "person"), ("applied", "person"),
    ]  # fmt: skip
    assert [hit.id for hit in archive.search("chuyển")] == [id_]
    decide(archive, id_, say("pages/1/1/0", "correct", "thậm"))
    assert archive.pages(id_)[0].text == "thậm chuyển"
    for made in (*done.decisions, archive.decisions(id_)[-1]):
        archive.undo(made.id, by="Lan")
    assert archive.pages(id_) == [REPAIRED]
    with pytest.raises(UsageProblem, match="no word"):
        decide(archive, id_, say("pages/1/9/0", "revert"))


def test_two_who_decide_one_word_are_told(archive: Archive, put: Put) -> None:
    id_ = put("words", pages=[REPAIRED]).id
    seen = archive.version(id_).change_seq
    decide(archive, id_, say("pages/1/1/0", "revert"), expected=seen)
    decide(archive, id_, say("pages/1/1/1", "accept"), by="Minh", expected=seen)
    with pytest.raises(Conflict):
        decide(archive, id_, say("pages/1/1/0", "accept"), by="Minh", expected=seen)


def test_an_archive_with_decisions_agrees_with_itself(archive: Archive, one: str, put: Put) -> None:
    words = put("words", pages=[REPAIRED]).id
    decide(archive, words, say("pages/1/1/0", "revert"))
    decide(archive, one, say("number", "correct", "120/KH-LĐLĐ"), say("targets", "add", {
        "kind": "quota", "text": "x", "value": 3}))  # fmt: skip
    decide(archive, one, say("", "approve"))
    assert {d.kind for d in archive.verify()} == {"original.missing"}
