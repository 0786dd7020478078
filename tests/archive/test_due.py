"""What is due on a day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.directive import Deadline
from models.finding import Evidence
from pipeline.archive import Archive, Filter
from pipeline.archive.recurrence import occurrences
from tests.archive.conftest import Put

ON = date(2022, 5, 1)


def days(archive: Archive, **more: Any) -> list[tuple[str, int]]:
    return [(row.due.isoformat(), row.days) for row in archive.due(ON, **more)]


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [
        ({"date": "2022-05-31", "operator": "by"}, ["2022-05-31"]),
        ({"date": "2022-05-31", "operator": "before"}, ["2022-05-30"]),
        ({"date": "2022-05", "operator": "by"}, ["2022-05-31"]),
        ({"date": "2022-05", "operator": "before"}, ["2022-04-30"]),
        ({"date": "2022-04-25/2022-05-31", "operator": "within"}, ["2022-05-31"]),
        ({"date": "2022-04-25/2022-05-31", "operator": "before"}, ["2022-05-31"]),
        ({"date": "../2022-05-10", "operator": "by"}, ["2022-05-10"]),
        ({"date": "2022-05-02/..", "operator": "from"}, []),
        ({"date": "2022-05-02", "operator": "from"}, []),
        ({"date": "2022-06-01", "operator": "by"}, []),
        ({"date": "2022-06-01", "operator": "before"}, ["2022-05-31"]),
        ({"date": "P7D", "operator": "within"}, []),
        ({"recurrence": "FREQ=MONTHLY;BYMONTHDAY=20", "operator": "by"}, ["2022-05-20"]),
        ({"recurrence": "FREQ=MONTHLY;BYMONTHDAY=20", "operator": "before"}, ["2022-05-19"]),
        ({"recurrence": "FREQ=MONTHLY;BYMONTHDAY=-1", "operator": "by"},
         ["2022-04-30", "2022-05-31"]),
        ({"recurrence": "FREQ=WEEKLY;BYDAY=FR", "operator": "by"},
         ["2022-05-06", "2022-05-13", "2022-05-20", "2022-05-27"]),
        ({"recurrence": "R/P1M", "operator": "within"}, ["2022-04-30", "2022-05-31"]),
        ({"recurrence": "R/P6M", "operator": "within"}, []),
        ({"recurrence": "FREQ=NONSENSE", "operator": "by"}, []),
        ({"recurrence": "weekly, if possible", "operator": "by"}, []),
    ],
)  # fmt: skip
def test_the_last_day_in_time_is_told(
    archive: Archive, put: Put, deadline: dict[str, Any], expected: list[str]
) -> None:
    put("a", issued="2022-01-01", deadlines=(Deadline(text="hạn", **deadline),))
    found = days(archive, ahead_days=30, passed_days=1)
    assert [day for day, _ in found] == expected


def test_days_are_counted_from_the_day_that_is_asked_for(archive: Archive, put: Put) -> None:
    seen = (Evidence(page=2, text="hạn"),)
    put("a", number="5/KH", deadlines=(
        Deadline(text="a", date="2022-05-04", responsible="các đơn vị", evidence=seen),
        Deadline(text="b", date="2022-04-29", action="gửi", status="accepted"),
    ))  # fmt: skip
    assert days(archive) == [("2022-05-04", 3)]
    assert days(archive, passed_days=5) == [("2022-04-29", -2), ("2022-05-04", 3)]
    assert days(archive, passed_days=5, ahead_days=0) == [("2022-04-29", -2)]
    (row,) = archive.due(ON)
    assert (row.responsible, row.page, row.status, row.directive_number, row.basis) == (
        "các đơn vị", 2, "review", "5/KH", "date",
    )  # fmt: skip


def test_a_recurrence_begins_with_its_document_and_ends_with_its_action(
    archive: Archive, put: Put
) -> None:
    monthly = Deadline(text="hằng tháng", recurrence="FREQ=MONTHLY;BYMONTHDAY=10")
    action = Deadline(text="thời gian", date="2022-01-01/2022-05-05", operator="within")
    put("ended", issued="2022-01-01", deadlines=(monthly, action))
    put("later", issued="2022-05-12", deadlines=(monthly,))
    put("runs", issued="2021-05-12", deadlines=(monthly,))
    found = archive.due(ON, ahead_days=30)
    assert [(r.directive_id, r.due.day, r.basis) for r in found] == [
        ("d-ended", 5, "date"), ("d-runs", 10, "day"),
    ]  # fmt: skip
    assert [r.basis for r in archive.due(ON, recurring=False)] == ["date"]


def test_what_no_file_has_any_more_is_not_due(archive: Archive, put: Put, run_id: int) -> None:
    due = (Deadline(text="a", date="2022-05-04"),)
    put("a", path="in/x.pdf", deadlines=due)
    put("b", path="in/x.pdf", deadlines=due)
    assert [r.directive_id for r in archive.due(ON)] == ["d-b"]
    assert [r.directive_id for r in archive.due(ON, filter=Filter(superseded=True))] == ["d-a"]


def test_the_limit_keeps_the_earliest(archive: Archive, put: Put) -> None:
    for day in (9, 3, 7, 5):
        put(str(day), deadlines=(Deadline(text="a", date=f"2022-05-0{day}"),))
    assert [r.due.day for r in archive.due(ON, limit=2)] == [3, 5]


@pytest.mark.parametrize("on", [date.min, date.max])
def test_the_ends_of_time_are_no_trouble(archive: Archive, put: Put, on: date) -> None:
    put("a", deadlines=(Deadline(text="a", recurrence="R/P1M"),))
    archive.due(on, ahead_days=40, passed_days=40)


@given(day=st.integers(1, 31), first=st.dates(date(2000, 1, 1), date(2040, 1, 1)))
def test_a_day_of_every_month_comes_once_a_month(day: int, first: date) -> None:
    begin = first.replace(day=1)
    end = begin + timedelta(days=364)
    found = [d for d, _ in occurrences(f"FREQ=MONTHLY;BYMONTHDAY={day}", begin, end)]
    assert all(d.day == min(day, monthrange(d.year, d.month)[1]) for d in found)
    assert len({(d.year, d.month) for d in found}) == len(found)
    assert len(found) >= 11


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("R/P3M", ["03-31", "06-30", "09-30", "12-31"]),
        ("R/P6M, R/P1Y", ["06-30", "12-31"]),
        ("R/P1Y", ["12-31"]),
        ("FREQ=YEARLY;BYMONTH=2", ["02-28"]),
        ("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=15", ["11-15"]),
        ("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=20", ["03-20", "06-20", "09-20", "12-20"]),
        ("FREQ=YEARLY", ["12-31"]),
        ("R/P2W", []),
        ("R/P0M", []),
        ("R/", []),
        ("", []),
    ],
)
def test_rules_of_documents_become_days(rule: str, expected: list[str]) -> None:
    found = occurrences(rule, date(2022, 1, 1), date(2022, 12, 31))
    assert [d.isoformat()[5:] for d, _ in found] == expected
