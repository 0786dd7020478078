"""Which way SQLite goes to the directives of a filter, and that every way leads to the same."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from pipeline.archive import Archive, Filter, narrowing
from pipeline.archive.conditions import conditions
from pipeline.archive.narrowing import Narrowed, among, narrowed
from pipeline.archive.rows import DirectiveRow, ToldRow
from pipeline.archive.schema import directives, recipients
from tests.archive.conftest import Put
from tests.archive.strategies import field

PROVINCES = ("Đồng Tháp", "Trà Vinh")
#: So many directives there are; an office of a province issued every second one.
COUNT = 12
ONE_BODY = Filter(level="province", province="Đồng Tháp")
FILTERS = (
    Filter(),
    ONE_BODY,
    Filter(level="district"),
    Filter(level="province", province="Nghệ An"),
    Filter(issuer="lien doan"),
    Filter(issuer="tinh dong thap", doc_type="Kế hoạch"),
    Filter(issuer="tinh dong thap", issued_to=date(2020, 1, 8)),
    Filter(issued_from=date(2020, 1, 3), issued_to=date(2020, 1, 6)),
    Filter(doc_type="Kế hoạch", level="province"),
    Filter(number="3/KH"),
    Filter(text="sang kien"),
    Filter(text="sang kien", level="district", province="Trà Vinh"),
    Filter(needs_review=True),
    Filter(superseded=True),
)
#: Values of FEW, MANY and _PASSED with which each way is taken somewhere.
THRESHOLDS = [
    pytest.param(5_000, 50_000, 2, id="as they are"),
    pytest.param(5_000, 50_000, 0, id="a set"),
    pytest.param(1, 50_000, 0, id="many, and a set"),
    pytest.param(1, 1, 0, id="many everywhere"),
    pytest.param(3, 4, 1, id="some"),
]


@pytest.fixture
def filled(archive: Archive, put: Put) -> Archive:
    for number in range(COUNT):
        province = PROVINCES[number // 2 % 2]
        body = f"tỉnh {province}" if number % 2 else f"huyện {province} {number % 4}"
        group = "Liên đoàn Lao động các huyện, thị xã, thành phố"
        put(
            f"n{number:02}",
            "sáng kiến" if number % 3 else "tiền lương",
            issuer=f"Liên đoàn Lao động {body}",
            place=province,
            number=f"{number}/KH",
            doc_type="Kế hoạch" if number % 4 else "Công văn",
            recipients=(field(f"Liên đoàn Lao động huyện {province} 0" if number % 3 else group),),
            **({} if number == 5 else {"issued": f"2020-01-{number + 1:02}"}),
        )
    return archive


def rows(archive: Archive) -> tuple[list[list[DirectiveRow]], list[list[ToldRow]]]:
    told = [
        archive.told(wanted, organisation=part, limit=50)
        for wanted in (None, Filter(doc_type="Kế hoạch"))
        for part in (None, "huyen Dong Thap", "Lien doan lao dong", "tinh Tra Vinh", "Nghệ An")
    ]
    return [archive.list(wanted) for wanted in FILTERS], told


@pytest.mark.parametrize(("few", "many", "passed"), THRESHOLDS)
def test_every_way_leads_to_the_same_rows(
    filled: Archive, few: int, many: int, passed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists, told = rows(filled)
    assert [len(found) for found in lists] == [12, 3, 6, 0, 12, 3, 1, 3, 6, 1, 8, 2, 0, 0]
    assert [len(found) for found in told] == [12, 6, 12, 0, 0, 9, 3, 9, 0, 0]
    monkeypatch.setattr(narrowing, "FEW", few)
    monkeypatch.setattr(narrowing, "MANY", many)
    monkeypatch.setattr(narrowing, "_PASSED", passed)
    assert rows(filled) == (lists, told)


# -- which way (SQLite: PostgreSQL finds its own) -------------------------------------------------


def way(connection: Connection, found: Narrowed) -> str:
    """What SQLite does to show the newest."""
    d = directives.c
    query = select(d.subject).where(found.where).order_by(d.issued_first.desc(), d.id).limit(3)
    plan = str(query.compile(connection.engine, compile_kwargs={"literal_binds": True}))
    steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {plan}").all()
    return str(next(step.detail for step in steps if "directives" in step.detail))


@pytest.mark.usefixtures("root")
def test_the_rows_of_a_condition_are_fetched_first_up_to_a_few(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = Filter(doc_type="Kế hoạch", level="province", province="Đồng Tháp")
    with filled._database.read() as connection:
        monkeypatch.setattr(narrowing, "FEW", 3)  # that body issued three
        assert narrowed(connection, wanted).few
        monkeypatch.setattr(narrowing, "FEW", 2)
        assert not narrowed(connection, wanted).few


@pytest.mark.usefixtures("root")
def test_what_more_bodies_issued_is_met_in_the_order_of_dates_from_some_on(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = Filter(level="province")  # two bodies with six directives of twelve
    with filled._database.read() as connection:
        monkeypatch.setattr(narrowing, "_PASSED", 3)  # 6 * 6 <= 3 * 12
        found = narrowed(connection, many, newest=True)
        assert found.few
        assert "INTEGER PRIMARY KEY" in way(connection, found)
        monkeypatch.setattr(narrowing, "_PASSED", 2)
        found = narrowed(connection, many, newest=True)
        assert not found.few
        assert "ix_directives_issued" in way(connection, found)


@pytest.mark.usefixtures("root")
def test_one_body_s_directives_are_met_in_the_order_of_its_own_index(filled: Archive) -> None:
    with filled._database.read() as connection:
        found = narrowed(connection, ONE_BODY, newest=True)
        assert "ix_directives_issuer_org" in way(connection, found)


@pytest.mark.usefixtures("root")
def test_the_smallest_of_the_sets_is_gone_by_unless_all_are_too_large(
    filled: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    r = recipients.c
    every = select(r.directive_pk.label("pk"))
    some = every.where(r.directive_pk <= 4)
    monkeypatch.setattr(narrowing, "_PASSED", 0)
    standing = Filter(superseded=False)
    with filled._database.read() as connection:
        monkeypatch.setattr(narrowing, "MANY", 4)
        where = among(connection, standing, [every, some])
        assert "directive_pk <=" in str(where)
        monkeypatch.setattr(narrowing, "MANY", 3)
        assert "recipients" not in str(among(connection, standing, [every, some]))


def test_postgresql_is_told_no_way(filled: Archive) -> None:
    with filled._database.read() as connection:
        lite = connection.dialect.name == "sqlite"
        assert narrowed(connection, ONE_BODY).few is lite


TOLD = (
    *FILTERS,
    Filter(issuer="tinh dong thap", doc_type="Kế hoạch", issued_from=date(2020, 1, 4)),
    Filter(doc_type="Công văn", level="district", superseded=False),
    Filter(campaign="01-trieu-sang-kien", doc_type="Kế hoạch", province_now="Đồng Tháp"),
    Filter(issuer="nobody"),
)


@pytest.mark.parametrize(
    ("through", "told"), [(100_000, 20_000), (5, 20_000), (100_000, 2), (0, 0)]
)
def test_keys_that_an_index_tells_are_those_that_the_rows_tell(
    filled: Archive, through: int, told: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrowing, "_THROUGH", through)
    monkeypatch.setattr(narrowing, "_TOLD", told)
    with filled._database.read() as connection:
        for wanted in TOLD:
            by_rows = connection.scalars(select(directives.c.pk).where(conditions(wanted))).all()
            found = narrowing.keys_of(connection, wanted)
            assert found is None or sorted(found) == sorted(by_rows), wanted


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Filter(issuer="tinh dong thap", issued_from=date(2020, 1, 4)), "issuer_key"),
        (Filter(doc_type="Công văn", level="district", superseded=False), "type"),
        (Filter(campaign="01-trieu-sang-kien", province="Đồng Tháp"), "campaign"),
        (Filter(province="Đồng Tháp", issued_to=date(2020, 1, 4)), "issuer_org"),
    ],
)
def test_what_an_index_tells_needs_no_row(filled: Archive, wanted: Filter, index: str) -> None:
    asked: list[tuple[str, Any]] = []
    with filled._database.read() as connection:
        note = partial(_note, asked)
        event.listen(connection, "before_cursor_execute", note)
        assert narrowing.keys_of(connection, wanted) is not None
        event.remove(connection, "before_cursor_execute", note)
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1][0]}", asked[-1][1]).all()
    assert f"COVERING INDEX ix_directives_{index} " in steps[0].detail


def _note(asked: list[tuple[str, Any]], _: Connection, __: Any, query: str, *more: Any) -> None:
    asked.append((query, more[0]))
