"""Lists, filters, look-ups and the rows that analysts ask for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.directive import Review
from models.finding import Finding
from pipeline.archive import Ambiguous, Archive, Filter
from pipeline.errors import NotFound
from tests.archive.conftest import Put
from tests.archive.strategies import field, full_directive, page, source


@pytest.fixture
def filled(archive: Archive, put: Put, run_id: int) -> Archive:
    archive.record_source("in/full.pdf", source("full"))
    archive.put_directive(full_directive(), [page("đổi mới")], result_key="k", run_id=run_id)
    put("month", "chữ", issued="2022-07", issuer="Công đoàn ngành Y tế 100%", doc_type="Kế hoạch")
    put("span", "chữ", issued="2021-09/..", number="05/KH_CĐN", serial="05")
    put("none", "chữ", review=Review(state="approved", reasons=("number: otherwise",)))
    return archive


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, "full month none span"),
        ({"issuer": "CA MAU"}, "full"),
        ({"issuer": "cà mau"}, "full"),
        ({"issuer": "100%"}, "month"),
        ({"issuer": "_"}, "full month none span"),
        ({"doc_type": "cong van"}, "full"),
        ({"doc_type": "công"}, ""),
        ({"number": "120-ldld"}, "full"),
        ({"number": "5/kh-cdn"}, "span"),
        ({"issued_from": date(2022, 7, 15)}, "month span"),
        ({"issued_to": date(2022, 7, 15)}, "full month span"),
        ({"issued_from": date(2022, 4, 25), "issued_to": date(2022, 4, 25)}, "full span"),
        ({"issued_to": date(2021, 1, 1)}, ""),
        ({"state": "approved"}, "none"),
        ({"state": "pending"}, "full month span"),
        ({"needs_review": True}, "full none"),
        ({"needs_review": False}, "month span"),
        ({"finding": "page.blank"}, "full"),
        ({"finding": "page"}, ""),
        ({"campaign": "01-trieu"}, "full"),
        ({"superseded": True}, ""),
        ({"superseded": False, "text": "doi moi"}, "full"),
        ({"text": "chu"}, "month none span"),
        ({"text": "'\" OR 1=1 --"}, ""),
        ({"issuer": "cà mau", "state": "approved"}, ""),
        ({"id": "d-span"}, "span"),
        ({"level": "province"}, "full"),
        ({"level": "province", "province": "Cà Mau"}, "full"),
        ({"province": "ca mau"}, "full"),
        ({"province_now": "cà mau"}, "full"),
        ({"province": "nowhere"}, ""),
        ({"target_kind": "coverage"}, "full"),
        ({"target_kind": "result"}, ""),
        ({"deadline_from": date(2022, 6, 30), "deadline_to": date(2022, 6, 30)}, "full"),
        ({"deadline_from": date(2022, 7, 1)}, ""),
        ({"deadline_to": date(2022, 6, 29)}, ""),
    ],
)
def test_a_filter_names_the_directives_that_meet_all_of_it(
    filled: Archive, conditions: dict[str, Any], expected: str
) -> None:
    wanted = Filter(**conditions)
    ids = [f"d-{name}" for name in expected.split()]
    assert sorted(row.id for row in filled.list(wanted)) == ids
    assert [d.id for d in filled.directives(wanted)] == ids


def test_a_list_is_newest_first_and_can_be_read_in_parts(filled: Archive) -> None:
    ids = [row.id for row in filled.list()]
    assert ids == ["d-month", "d-full", "d-span", "d-none"]
    assert [row.id for row in filled.list(limit=2, offset=1)] == ids[1:3]
    assert [row.id for row in filled.list(offset=3)] == ids[3:]


def test_a_row_says_what_a_table_needs(filled: Archive) -> None:
    row = filled.list(Filter(campaign="01-trieu"))[0]
    assert (row.number, row.number_status, row.issued) == ("120/LĐLĐ", "accepted", "2022-04-25")
    assert (row.state, row.reasons, row.path) == (
        "pending",
        ("number: handwritten",),
        "in/full.pdf",
    )


@pytest.mark.parametrize(
    "asked",
    ["d-full", "120/LĐLĐ", "120-ldld", "120 LDLD", " 120ldld ", "0120/LĐLĐ", "120", "d-f"],
)
def test_a_document_is_found_as_people_name_it(filled: Archive, asked: str) -> None:
    assert filled.get(asked).id == "d-full"


def test_a_serial_is_found_with_and_without_its_zero(filled: Archive) -> None:
    assert filled.get("5").id == filled.get("05").id == "d-span"


@pytest.mark.parametrize("asked", ["", "d-x", "999/LĐLĐ", "%", "_", "' OR 1=1 --", "\ud800", "\0"])
def test_what_is_not_there_is_not_found(filled: Archive, asked: str) -> None:
    with pytest.raises(NotFound) as error:
        filled.get(asked)
    assert not isinstance(error.value, Ambiguous)


def test_two_documents_under_one_number_are_both_named(filled: Archive, put: Put) -> None:
    put("other", number="120/LĐLĐ", issued="2023-01-05")
    with pytest.raises(Ambiguous) as error:
        filled.get("120/ldld")
    assert error.value.detail.splitlines() == ["d-full", "d-other"]
    assert "2023-01-05" in error.value.reason
    assert filled.get("d-full").id == "d-full"


def test_an_id_is_preferred_to_ids_that_begin_with_it(put: Put, archive: Archive) -> None:
    put("a")
    put("ab")
    put("ac")
    assert archive.get("d-a").id == "d-a"
    with pytest.raises(Ambiguous):
        archive.get("d-")


def test_lists_of_items_take_filters_on_the_same_items(filled: Archive) -> None:
    assert len(filled.targets(Filter(target_kind="quota"))) == 2
    assert len(filled.deadlines(Filter(deadline_to=date(2022, 12, 31)))) == 2
    assert len(filled.findings(Filter(finding="page.blank"))) == 1


def test_targets_say_which_document_sets_them(filled: Archive) -> None:
    quota, coverage = filled.targets()
    assert (quota.value, quota.unit, quota.kind) == (5091, "sáng kiến", "quota")
    assert isinstance(quota.value, int)
    assert (coverage.value, coverage.comparator, coverage.position) == (90.5, ">=", 1)
    assert quota.directive_number == "120/LĐLĐ"
    assert quota.directive_issuer == "Liên đoàn Lao động tỉnh Cà Mau"
    assert quota.path == "in/full.pdf"
    assert filled.targets(Filter(state="approved")) == []


def test_deadlines_come_earliest_first_and_undated_last(filled: Archive) -> None:
    assert [d.date for d in filled.deadlines()] == ["2022-06-30", None]
    assert filled.deadlines()[1].recurrence == "FREQ=MONTHLY"
    assert filled.deadlines(Filter(issuer="y te")) == []


def test_citations_say_what_cites_what(filled: Archive) -> None:
    (cited,) = filled.citations()
    assert (cited.directive_id, cited.number, cited.relation) == (
        "d-full", "3259/CTr-TLĐ", "implements",
    )  # fmt: skip


def test_counts_count(filled: Archive, put: Put) -> None:
    put("warned", findings=(Finding(code="x", severity="error", message="X."),))
    counts = filled.counts()
    expected = {
        "directives": 5, "needs_review": 2, "pending": 4, "approved": 1, "targets": 2,
        "deadlines": 2, "citations": 1, "findings": 1, "pages": 5, "paths": 5,
    }  # fmt: skip
    assert {key: counts[key] for key in expected} == expected


def test_the_pages_of_no_document_are_not_found(filled: Archive) -> None:
    with pytest.raises(NotFound):
        filled.pages("d-x")


def test_a_figure_too_large_for_a_column_stays_in_the_record(put: Put, archive: Archive) -> None:
    made = full_directive("big")
    huge = made.targets[0].model_copy(update={"value": 10**400})
    put("big", targets=(huge,), number=field("1/X"))
    assert archive.get("d-big").targets[0].value == 10**400
    assert archive.targets()[0].value is None


def test_every_row_bears_the_path_of_its_own_document(filled: Archive) -> None:
    own = {record.id: record.source.path for record in filled.directives()}
    assert len(set(own.values())) > 1, "one path for all would hide a row that has another's"
    assert {row.id: row.path for row in filled.list()} == own
    rows = [*filled.targets(), *filled.deadlines(), *filled.citations()]
    assert {row.directive_id: row.path for row in rows}.items() <= own.items()
