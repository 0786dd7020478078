"""Decisions as labelled cases, and the benchmark that reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.cases import load, scores
from models.directive import Review
from models.finding import Evidence, Finding
from pipeline.archive import Archive
from tests.archive.conftest import Put
from tests.archive.strategies import field
from tests.archive.test_reviewing import BOX, OPEN, REPAIRED, decide, say

PHONE = "0912 345 678"


def test_a_case_has_the_place_the_reading_and_both_values(archive: Archive, put: Put) -> None:
    id_ = put("one", number=OPEN, recipients=(field("Ban A"),), pages=[REPAIRED]).id
    decide(archive, id_, say("number", "correct", "13/KH-LĐLĐ"))
    decide(archive, id_, say("number", "correct", "120/KH-LĐLĐ"), say("recipients/0", "remove"),
           say("pages/1/1/0", "revert"), say("recipients", "add", "Ban B"))  # fmt: skip
    undone = decide(archive, id_, say("subject", "correct", "x")).decisions[0]
    archive.undo(undone.id, by="Lan")
    decide(archive, id_, say("", "approve"))
    found = {case.field: case for case in archive.cases() if case.action != "add"}
    assert set(found) == {"number", "recipients", "word"}
    number = found["number"]
    assert (number.machine, number.person, number.raw) == (
        "12/KH-LĐLĐ", "120/KH-LĐLĐ", "12/KH-LĐLĐ",
    )  # fmt: skip
    assert (number.page, number.bbox, number.rule, number.status) == (
        1, BOX, "header.number", "review",
    )  # fmt: skip
    word = found["word"]
    assert (word.raw, word.machine, word.person, word.page) == ("thâm", "thẩm", "thâm", 1)
    assert (found["recipients"].machine, found["recipients"].person) == ("Ban A", None)
    assert "Lan" not in number.model_dump_json()


def test_personal_data_is_masked_unless_it_is_asked_for(archive: Archive, put: Put) -> None:
    marked = Finding(code="pii.phone", severity="info", message="A number.",
                     evidence=(Evidence(text=PHONE),))  # fmt: skip
    id_ = put("private", subject=f"gọi {PHONE}", findings=(marked,)).id
    decide(archive, id_, say("subject", "correct", f"Hỏi {PHONE} ngay"))
    (masked,) = archive.cases()
    assert PHONE not in masked.model_dump_json()
    assert str(masked.person).startswith("Hỏi ")
    (clear,) = archive.cases(personal_data=True)
    assert clear.person == f"Hỏi {PHONE} ngay"


def test_the_benchmark_reads_them_and_counts(archive: Archive, put: Put, tmp_path: Path) -> None:
    for name, sure in (("a", "accepted"), ("b", "review"), ("c", "review")):
        value = field("12/KH-LĐLĐ", status=sure)
        id_ = put(name, number=value, review=Review(reasons=("number: uncertain",))).id
        new = say("number", "accept") if name == "c" else say("number", "correct", "13/KH-LĐLĐ")
        decide(archive, id_, new)
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(f"{c.model_dump_json(by_alias=True)}\n" for c in archive.cases()))
    score = scores(load(file))["number"]
    assert (score.decided, score.right, score.accepted_wrong) == (3, 1, 1)
    assert score.share == pytest.approx(1 / 3)
    file.write_text("{}\n")
    with pytest.raises(ValueError, match="line 1"):
        list(load(file))
