"""What a decision about one document changes in the findings of those around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from models.decision import Decision
from models.directive import Directive
from pipeline.archive import Archive
from pipeline.compare import compare, renew
from pipeline.serving_desk import Desk
from tests.archive.strategies import directive, page, source

ISSUER = "Liên đoàn Lao động tỉnh Cà Mau"
Series = Callable[..., list[str]]


def one_of(name: str, serial: int, issued: str) -> Directive:
    return directive(
        name, number=f"{serial}/LĐLĐ", serial=str(serial), symbol="LĐLĐ", issued=issued,
        issuer=ISSUER, doc_type="Công văn",
    )  # fmt: skip


@pytest.fixture
def series(archive: Archive) -> list[str]:
    """Five documents of one series; the third is out of it and bears the number of the second."""
    run_id = archive.begin_run("ingest", "0.1.0")
    ids = []
    dated = (
        (100, "2022-03-01"),
        (110, "2022-03-10"),
        (110, "2022-01-05"),
        (130, "2022-04-01"),
        (90, "2022-02-15"),
    )
    for place, (serial, issued) in enumerate(dated):
        made = one_of(f"s{place}", serial, issued)
        archive.record_source(f"in/s{place}.pdf", source(f"s{place}"))
        archive.put_directive(made, [page("words")], result_key="k", run_id=run_id)
        ids.append(made.id)
    compare(archive, run_id)
    return ids


@pytest.fixture
def desk(archive: Archive) -> Iterator[Desk]:
    made = Desk(archive)
    yield made
    made.close()


def codes(archive: Archive, id_: str) -> set[str]:
    return {f.code for f in archive.get(id_).findings if f.code.startswith("archive.")}


def settled(archive: Archive, run_id: int) -> bool:
    """Whether a look across all would change nothing."""
    before = [archive.version(one.id).change_seq for one in archive.directives()]
    compare(archive, run_id)
    return before == [archive.version(one.id).change_seq for one in archive.directives()]


def decide(desk: Desk, id_: str, path: str, value: str) -> Any:
    one = Decision(path=path, action="correct", value=value)
    return desk.decide(id_, [one], by="Người soát A", expected=None)


def test_findings_that_a_decision_makes_untrue_go_at_once_everywhere(
    archive: Archive, desk: Desk, series: list[str]
) -> None:
    assert codes(archive, series[1]) == {"archive.same_key"}
    assert codes(archive, series[2]) == {"archive.same_key", "archive.number_order"}
    made = decide(desk, series[2], "number", "60/LĐLĐ")
    desk.close()
    assert [codes(archive, id_) for id_ in series] == [set()] * 5
    assert archive.get(series[2]).number.value == "60/LĐLĐ"
    assert settled(archive, archive.begin_run("ingest", "0.1.0"))
    again = Desk(archive)
    again.undo(made.decisions[0].id, by="Người soát A")
    again.close()
    assert codes(archive, series[2]) == {"archive.same_key", "archive.number_order"}
    assert codes(archive, series[1]) == {"archive.same_key"}
    assert settled(archive, archive.begin_run("ingest", "0.1.0"))


def test_findings_that_a_decision_makes_true_come(
    archive: Archive, desk: Desk, series: list[str]
) -> None:
    decide(desk, series[3], "issued", "2022-02-01")
    desk.close()
    assert codes(archive, series[3]) == {"archive.number_order"}
    assert "finding: archive.number_order" in archive.get(series[3]).review.reasons
    assert settled(archive, archive.begin_run("ingest", "0.1.0"))


def test_what_nothing_depends_on_changes_nothing(archive: Archive, series: list[str]) -> None:
    before = archive.get(series[0])
    one = Decision(path="subject", action="correct", value="Về việc khác")
    archive.review(series[0], [one], by="Người soát A", expected=None)
    assert renew(archive, before) == []


def test_decisions_of_neighbours_stand_when_their_findings_are_renewed(
    archive: Archive, desk: Desk, series: list[str]
) -> None:
    archive.review(series[1], [Decision(action="approve")], by="Người soát B", expected=None)
    approved = archive.get(series[1])
    assert approved.review.state == "approved"
    decide(desk, series[2], "number", "90/LĐLĐ")
    desk.close()
    now = archive.get(series[1])
    assert now.review.state == "approved"
    assert now.number == approved.number
    assert codes(archive, series[1]) == set()
