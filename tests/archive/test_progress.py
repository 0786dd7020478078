"""Results against quotas: what may be compared, and what is said where it may not."""

from __future__ import annotations

from typing import Any

import pytest

from models.directive import Campaign, Target
from models.finding import Evidence
from pipeline.archive import Archive, Filter, ProgressRow
from tests.archive.conftest import Put
from tests.archive.strategies import field

CAMPAIGN = Campaign(id="01-trieu", name="01 triệu sáng kiến")


def quota(value: float, **more: Any) -> Target:
    given = {"kind": "quota", "unit": "sáng kiến", "status": "accepted", "text": f"giao {value}"}
    return Target(**{**given, "value": value} | more)


def result(value: float, **more: Any) -> Target:
    return quota(value, **({"kind": "result", "text": f"đạt {value}"} | more))


def one_row(archive: Archive, **more: Any) -> ProgressRow:
    (row,) = archive.progress(**more)
    return row


@pytest.fixture
def tell(put: Put) -> Any:
    def of(name: str, *targets: Target, issued: str = "2022-04-25", **more: Any) -> None:
        given = {"issuer": "Liên đoàn Lao động tỉnh Cà Mau", "campaign": CAMPAIGN}
        put(name, issued=issued, targets=targets, **(given | more))

    return of


def test_a_result_is_held_against_its_quota_with_both_places(archive: Archive, tell: Any) -> None:
    seen = (Evidence(page=2, text="đạt"),)
    tell(
        "a", quota(5091), result(2660, period="2022-04-25", evidence=seen),
        result(52.2, unit="%", period="2022-04-25"), number="120/LĐLĐ",
    )  # fmt: skip
    row = one_row(archive)
    assert (row.ratio, row.standing, row.met, row.status) == (0.522491, "below", False, "accepted")
    assert row.goal is not None
    assert row.result is not None
    assert (row.goal.directive_number, row.goal.text) == ("120/LĐLĐ", "giao 5091")
    assert (row.result.page, row.result.last, row.result.dated_by_document) == (
        2, "2022-04-25", False,
    )  # fmt: skip
    assert (row.stated_percent, row.campaign, row.unit) == (52.2, "01-trieu", "sáng kiến")


def test_a_ratio_that_rests_on_an_unconfirmed_value_says_so(archive: Archive, tell: Any) -> None:
    tell("a", quota(100), result(50, status="review"))
    assert (one_row(archive).ratio, one_row(archive).status) == (0.5, "review")


def test_an_issuer_that_is_not_confirmed_makes_the_row_unconfirmed(
    archive: Archive, tell: Any
) -> None:
    tell("a", quota(100), result(50), issuer=field("LĐLĐ tỉnh", status="review"))
    assert one_row(archive).status == "review"


def test_the_latest_result_of_another_document_of_the_campaign_counts(
    archive: Archive, tell: Any
) -> None:
    tell("a", quota(100))
    tell("b", result(20, period="2022-05-01"), issued="2022-05-02")
    tell("c", result(70), issued="2022-07-14")
    row = one_row(archive)
    assert row.result is not None
    assert (row.ratio, row.result.directive_id) == (0.7, "d-c")
    assert row.result.dated_by_document
    assert [r.ratio for r in archive.progress(every=True)] == [0.2, 0.7]


@pytest.mark.parametrize(
    ("goal", "reached", "reason"),
    [
        (quota(9, period="2022"), result(5, period="2023-01-31"), "later time"),
        (quota(9, period="2022"), result(5, period="2021-12-31"), "earlier time"),
        (quota(9, period="2022-06/2022-12"), result(5, period="2022-01/2022-12"),
         "begins before"),
        (quota(9, kind="per_unit"), result(5), "each unit"),
    ],
)  # fmt: skip
def test_a_result_of_another_time_is_shown_apart_with_the_reason(
    archive: Archive, tell: Any, goal: Target, reached: Target, reason: str
) -> None:
    tell("a", goal, reached)
    first, second = archive.progress()
    assert (first.goal is None, first.result, first.ratio) == (False, None, None)
    assert (second.goal, second.result is None, second.ratio) == (None, False, None)
    assert reason in first.reason
    assert reason in second.reason


@pytest.mark.parametrize(
    "other",
    [
        {"unit": "căn nhà"}, {"population": "đoàn viên nữ"},
    ],
)  # fmt: skip
def test_other_units_and_populations_are_never_compared(
    archive: Archive, tell: Any, other: dict[str, str]
) -> None:
    tell("a", quota(100), result(50, **other))
    assert [(r.ratio, r.reason) for r in archive.progress()] == [
        (None, "no result"), (None, "no goal"),
    ] or [(r.ratio, r.reason) for r in archive.progress()] == [
        (None, "no goal"), (None, "no result"),
    ]  # fmt: skip


def test_documents_without_a_campaign_are_not_joined(archive: Archive, tell: Any) -> None:
    tell("a", quota(100), campaign=None)
    tell("b", result(50), campaign=None)
    assert all(row.ratio is None for row in archive.progress())


def test_a_goal_set_later_does_not_take_an_older_result(archive: Archive, tell: Any) -> None:
    tell("old", result(50, period="2021-12-31"), issued="2022-01-05")
    tell("new", quota(100), issued="2023-01-05")
    assert {row.reason for row in archive.progress()} == {"the result is older than the goal"}


def test_parts_follow_their_whole_and_take_no_figure_from_before(
    archive: Archive, tell: Any
) -> None:
    tell(
        "a", quota(1041), quota(520, period="../2022-05-31", breakdown_of=0),
        quota(521, period="2022-06-01/2023-09-01", breakdown_of=0),
        result(300, period="2022-05-20"),
    )  # fmt: skip
    tell("b", result(800, period="2022-12-31"), issued="2023-01-02")
    tell("c", result(260, period="2022-06-01/2022-12-31"), issued="2023-01-03")
    rows = [r for r in archive.progress() if r.goal]
    assert [(r.part, r.goal and r.goal.value) for r in rows] == [(0, 1041), (1, 520), (1, 521)]
    whole, first, second = rows
    assert whole.result is not None
    assert whole.result.value in (800, 260)
    assert first.ratio == round(300 / 520, 6)
    assert second.result is not None
    assert (second.result.value, second.ratio) == (260, round(260 / 521, 6))


@pytest.mark.parametrize(
    ("goal", "reached", "standing", "met"),
    [
        (("=", 100), ("=", 100), "at", True),
        ((">=", 100), ("=", 99), "below", False),
        ((">", 100), ("=", 100), "at", False),
        (("<=", 10), ("=", 8), "below", True),
        (("<=", 10), ("=", 10), "at", True),
        (("<", 10), ("=", 10), "at", False),
        (("<=", 10), ("=", 12), "above", False),
        ((">=", 100), (">=", 120), "above", True),
        ((">=", 100), (">=", 80), None, None),
        ((">=", 100), (">=", 100), None, True),
        (("=", 100), (">", 100), "above", True),
        (("=", 100), ("<=", 90), None, None),
    ],
)
def test_comparators_are_honoured(
    archive: Archive,
    tell: Any,
    goal: tuple[Any, float],
    reached: tuple[Any, float],
    standing: str | None,
    met: bool | None,
) -> None:
    tell(
        "a", quota(goal[1], comparator=goal[0]), result(reached[1], comparator=reached[0]),
    )  # fmt: skip
    row = one_row(archive)
    assert (row.standing, row.met) == (standing, met)
    assert row.at_least == (reached[0] in (">", ">="))


def test_a_goal_of_nothing_has_no_ratio(archive: Archive, tell: Any) -> None:
    tell("a", quota(0), result(3))
    assert (one_row(archive).ratio, one_row(archive).reason) == (
        None, "the goal is no positive figure",
    )  # fmt: skip


def test_progress_takes_filters(archive: Archive, tell: Any) -> None:
    tell("a", quota(1), result(1))
    assert archive.progress(Filter(issuer="tra vinh")) == []
    assert one_row(archive, filter=Filter(province="ca mau", level="province")).ratio == 1.0
    assert one_row(archive, filter=Filter(target_kind="quota", campaign="01-trieu")).ratio == 1.0
