"""Lists in pages and records as they are stored, the same on every database."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from models.directive import Citation, Directive
from pipeline.archive import Archive, Filter, paging, paging_bodies, paging_relations, runs, stored
from pipeline.archive.paging import Key
from pipeline.archive.questions import (
    DueQuestion,
    FindingQuestion,
    ProgressQuestion,
    due_answer,
    finding_answer,
    progress_answer,
)
from pipeline.errors import UsageProblem
from tests.archive.conftest import Put
from tests.archive.strategies import failure, field, full_directive, page, source

SliceOf = Callable[..., paging.Slice[Any]]
LISTS: dict[str, tuple[SliceOf, Any]] = {
    "directives": (paging.directive_slice, Filter()),
    "targets": (paging.target_slice, paging.TargetFilter()),
    "deadlines": (paging.deadline_slice, paging.DeadlineFilter()),
    "citations": (paging.citation_slice, paging.CitationFilter()),
    "findings": (paging.finding_slice, paging.FindingFilter()),
    "quarantine": (paging.quarantine_slice, paging.QuarantineFilter()),
    "runs": (runs.run_slice, runs.RunFilter()),
    "told": (paging_relations.told_slice, paging_relations.ToldFilter()),
    "merges": (paging_relations.merge_slice, paging_relations.MergeFilter()),
    "organisations": (paging_bodies.organisation_slice, paging_bodies.OrganisationFilter()),
    "campaigns": (paging_bodies.campaign_slice, paging_bodies.CampaignFilter()),
}


def walked(archive: Archive, slice_of: SliceOf, wanted: Any, limit: int) -> list[Any]:
    found: list[Any] = []
    after: Key | None = None
    while True:
        part = archive.read(partial(slice_of, wanted=wanted, after=after, limit=limit))
        assert len(part.rows) <= limit
        found += part.rows
        if part.next is None:
            return found
        after = part.next


@pytest.fixture
def filled(archive: Archive, put: Put, run_id: int) -> Archive:
    """Two with everything, two that may be one, dated and undated ones, two in quarantine."""
    for name in ("full", "more"):
        archive.record_source(f"in/{name}.pdf", source(name))
        made = full_directive(name)
        archive.put_directive(made, [page(f"đổi mới {name}")], result_key="k", run_id=run_id)
    text = " ".join(f"chữ{number}" for number in range(300))
    above = {
        "recipients": (field("Liên đoàn Lao động các huyện"), field("Công đoàn ngành Y tế")),
        "copied_to": (field("Như trên"), field("Lưu: VT")),
    }
    for name in ("a", "b", "c"):
        put(name, text, issued="2022-03", issuer="Liên đoàn Lao động tỉnh Cà Mau", **above)
    for name in ("x", "y", "z"):
        put(name, citations=(Citation(number=field("9/KH")), Citation(number=field("8/KH"))))
    for name in ("p", "q"):
        archive.quarantine(f"in/{name}.pdf", failure(), sha256=None, run_id=run_id)
    archive.begin_run("retry", "0.1.0")
    return archive


@pytest.mark.parametrize("name", LISTS)
def test_a_list_in_pages_is_the_whole_list(filled: Archive, name: str) -> None:
    slice_of, wanted = LISTS[name]
    whole = walked(filled, slice_of, wanted, 1000)
    assert len(whole) >= (1 if name == "campaigns" else 2)
    for limit in (1, 2, 3):
        assert walked(filled, slice_of, wanted, limit) == whole


def test_lists_in_pages_are_the_lists_of_the_archive(filled: Archive) -> None:
    def paged(name: str) -> list[Any]:
        return walked(filled, *LISTS[name], 2)

    assert paged("directives") == filled.list()
    assert paged("told") == filled.told()
    assert paged("merges") == filled.merges()
    assert paged("deadlines") == filled.deadlines()
    assert paged("targets") == filled.targets()


def test_filters_hold_on_every_page(filled: Archive) -> None:
    def found(slice_of: SliceOf, wanted: Any) -> list[Any]:
        return walked(filled, slice_of, wanted, 1)

    o, told = paging_bodies.OrganisationFilter, paging_relations.ToldFilter
    bodies = found(
        paging_bodies.organisation_slice, o(name="lao dong tinh", level="province", kind="union")
    )
    assert [(b.name, b.province, b.issued) for b in bodies] == [
        ("Liên đoàn Lao động tỉnh Cà Mau", "Cà Mau", 5)
    ]
    assert found(paging_bodies.organisation_slice, o(province="ca mau", level="central")) == []
    named = found(paging_relations.told_slice, told(organisation="y te"))
    assert [(r.directive_id, r.as_above) for r in named] == [
        (f"d-{n}", above) for n in "abc" for above in (False, True)
    ]
    merge = paging_relations.MergeFilter
    assert len(found(paging_relations.merge_slice, merge(directive_id="d-a"))) == 2
    assert found(paging_relations.merge_slice, merge(state="accepted")) == []
    campaign = paging_bodies.CampaignFilter
    assert [c.directives for c in found(paging_bodies.campaign_slice, campaign(name="SÁNG"))] == [2]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("key", [(), ("x",) * 9, (2**63, 2**63), (True,), ({},)])
def test_a_key_of_another_list_is_refused(archive: Archive, name: str, key: Any) -> None:
    slice_of, wanted = LISTS[name]
    with pytest.raises(UsageProblem):
        archive.read(partial(slice_of, wanted=wanted, after=key, limit=5))


def test_records_are_read_as_they_are_stored(filled: Archive) -> None:
    after, found = "", []
    while part := filled.read(partial(stored.records, after=after, limit=3)):
        found += part
        after = part[-1].id
    whole = list(filled.directives())
    assert [Directive.model_validate_json(record.json) for record in found] == whole
    assert [record.id for record in found] == [record.id for record in whole]
    assert all(record.paths and record.size_bytes == 10 for record in found)
    some = filled.read(partial(stored.records, ids=["d-x", "d-none", "d-a"], limit=9))
    assert [record.id for record in some] == ["d-a", "d-x"]
    named = Filter(issuer="ca mau")
    dated = filled.read(partial(stored.records, wanted=named, limit=9))
    assert [record.id for record in dated] == [row.id for row in whole if row.issuer.value]


def test_answers_without_pages_say_whether_they_are_whole(filled: Archive) -> None:
    def ask(answer: Any, question: Any, limit: int) -> Any:
        return filled.read(partial(answer, asked=question, limit=limit))

    around = DueQuestion.model_validate({"on": "2022-06-20", "recurring": False})
    whole = ask(due_answer, around, 2)
    assert ([r.days for r in whole.rows], whole.truncated) == ([9, 9], False)
    cut = ask(due_answer, around, 1)
    assert (len(cut.rows), cut.truncated) == (1, True)
    assert ask(progress_answer, ProgressQuestion(), 4).truncated is False
    assert ask(progress_answer, ProgressQuestion(), 3).truncated is True
    counted = ask(finding_answer, FindingQuestion(code="page"), 5)
    assert [(r.code, r.findings, r.documents) for r in counted.rows] == [("page.blank", 2, 2)]
