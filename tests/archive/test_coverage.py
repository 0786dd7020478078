"""Documents by province, and the documents that others hang on."""

from __future__ import annotations

from typing import Any

import pytest

from models.directive import Campaign, Citation, Target
from pipeline.archive import Archive
from pipeline.archive.questions import Answer
from pipeline.archive.questions_coverage import (
    CoverageQuestion,
    CoverageRow,
    HeadRow,
    HeadsQuestion,
    coverage_answer,
    heads_answer,
)
from tests.archive.conftest import Put
from tests.archive.strategies import field, source

ONE, OTHER = Campaign(id="one", name="Một"), Campaign(id="other", name="Hai")
GOAL = Target(kind="quota", text="giao 10", value=10, unit="nhà")
RESULT = Target(kind="result", text="đạt 7", value=7, unit="nhà")


def covered(archive: Archive, limit: int = 100, **asked: Any) -> list[CoverageRow]:
    return archive.read(lambda c: coverage_answer(c, CoverageQuestion(**asked), limit)).rows


def test_documents_targets_and_results_are_counted_by_province(archive: Archive, put: Put) -> None:
    issuer = "Liên đoàn Lao động tỉnh Cà Mau"
    put("a", issuer=issuer, issued="2022-04-25", targets=(GOAL, GOAL, RESULT), campaign=ONE)
    put("b", issuer=field(issuer, status="review"), issued="2022-05", campaign=ONE)
    put("c", issuer="Liên đoàn Lao động tỉnh Bạc Liêu", targets=(RESULT,), campaign=OTHER)
    put("d", issuer="Tổng Liên đoàn Lao động Việt Nam")
    assert [tuple(row.model_dump().values()) for row in covered(archive)] == [
        ("Bạc Liêu", 1, 0, 1, None),
        ("Cà Mau", 2, 1, 1, "2022-05-01"),
        (None, 1, 0, 0, None),
    ]
    assert [row.province for row in covered(archive, campaign="one")] == ["Cà Mau"]


def test_provinces_that_became_one_are_counted_together_as_of_today(
    archive: Archive, put: Put
) -> None:
    put("a", issuer="Liên đoàn Lao động tỉnh Cà Mau", issued="2022-04-25")
    put("b", issuer="Liên đoàn Lao động tỉnh Bạc Liêu", issued="2022-04-25")
    rows = covered(archive, now=True)
    assert [(row.province, row.documents) for row in rows] == [("Cà Mau", 2)]


def test_a_target_without_a_figure_is_none(archive: Archive, put: Put) -> None:
    wish = Target(kind="aspiration", text="nhiều nhà hơn", value=None)
    put("a", issuer="Liên đoàn Lao động tỉnh Cà Mau", targets=(wish,))
    assert covered(archive)[0].targets == 0


def test_of_a_part_the_newest_documents_are_looked_at_and_it_is_said(
    archive: Archive, put: Put
) -> None:
    for year in (2020, 2021, 2022):
        put(str(year), issuer="Liên đoàn Lao động tỉnh Cà Mau", issued=f"{year}-01-01",
            campaign=ONE)  # fmt: skip

    def answer(limit: int, **asked: Any) -> Answer[CoverageRow]:
        return archive.read(lambda c: coverage_answer(c, CoverageQuestion(**asked), limit))

    part = answer(2, campaign="one")
    assert part.truncated
    assert (part.rows[0].documents, part.rows[0].latest) == (2, "2022-01-01")
    assert not answer(3, campaign="one").truncated
    whole = answer(2)
    assert (whole.rows[0].documents, whole.truncated) == (3, False)


@pytest.mark.parametrize("asked", [{}, {"campaign": "one"}])
def test_documents_that_no_file_has_any_more_are_left_out(
    archive: Archive, put: Put, asked: dict[str, Any]
) -> None:
    issuer = "Liên đoàn Lao động tỉnh Cà Mau"
    put("old", issuer=issuer, targets=(GOAL, RESULT), campaign=ONE, path="in/one.pdf")
    put("only", issuer="Liên đoàn Lao động tỉnh An Giang", campaign=ONE, path="in/two.pdf")
    put("new", issuer=issuer, campaign=ONE)
    archive.record_source("in/one.pdf", source("newer"))
    archive.record_source("in/two.pdf", source("newest"))
    (row,) = covered(archive, **asked)
    assert (row.province, row.documents, row.targets, row.results) == ("Cà Mau", 1, 0, 0)


def cites(number: str, relation: Any = "implements", **more: Any) -> Citation:
    fields = {key: field(value) for key, value in more.items()}
    return Citation(number=field(number), relation=relation, **fields)


def heads(archive: Archive, **asked: Any) -> list[HeadRow]:
    return archive.read(lambda c: heads_answer(c, HeadsQuestion(**asked), 100)).rows


def test_what_most_documents_carry_out_comes_first(archive: Archive, put: Put) -> None:
    tld = "Tổng Liên đoàn Lao động Việt Nam"
    put("plan", number="5/KH-TLĐ", issuer=tld, issued="2022-01-01", campaign=ONE)
    for name in "ab":
        put(
            name,
            campaign=ONE,
            citations=(cites("5/KH-TLĐ", issuer=tld, issued="2022-01-01"), cites("9/NQ")),
        )
    put("c", campaign=ONE, citations=(cites("9/NQ", "mentions"), cites("9/NQ")))
    put("e", campaign=OTHER, citations=(cites("1/CT"),))
    first, second = heads(archive, campaign="one")
    assert (first.key, first.id, first.carried_out, first.cited) == ("9/NQ", None, 3, 3)
    assert (second.key, second.campaign, second.carried_out) == ("d-plan", True, 2)
    assert (second.number, second.issuer) == ("5/KH-TLĐ", tld)
    assert len(heads(archive)) == 3
    assert len(heads(archive, most=1)) == 1


def test_a_mere_mention_carries_nothing_out(archive: Archive, put: Put) -> None:
    put("a", citations=(cites("1/CT", "mentions"),))
    (row,) = heads(archive)
    assert (row.carried_out, row.cited, row.cited_by) == (0, 1, "d-a")


def test_the_same_number_of_two_offices_is_counted_apart_and_told_once(
    archive: Archive, put: Put
) -> None:
    for name, place in (("a", "Cà Mau"), ("b", "Cà Mau"), ("c", "An Giang")):
        issuer = f"Liên đoàn Lao động tỉnh {place}"
        put(name, citations=(cites("05/KH-LĐLĐ", issuer=issuer),))
    (row,) = heads(archive)
    assert (row.carried_out, row.issuer) == (2, "Liên đoàn Lao động tỉnh Cà Mau")
