"""What stands around a directive, and how many answer a question."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from models.directive import Citation
from pipeline.archive import Archive, Filter, around, narrowing
from pipeline.errors import NotFound
from tests.archive.conftest import Put
from tests.archive.strategies import field, page

PLAN: dict[str, Any] = {
    "number": "3259/CTr-TLĐ", "issued": "2021-09-01", "doc_type": "Chương trình",
    "issuer": "Tổng Liên đoàn Lao động Việt Nam",
}  # fmt: skip
CITES = (
    Citation(number=field("99/KH-TLĐ")),
    Citation(number=field("3259/CTr-TLĐ"), issued=field("2021-09-01"), relation="implements"),
)


def look(archive: Archive, id_: str, most: int = 10) -> around.Around:
    return archive.read(partial(around.around, directive_id=id_, most=most))


def count(archive: Archive, query: str, most: int = 10, **wanted: Any) -> int:
    filter_ = Filter(**wanted)
    return archive.read(partial(around.counted, query=query, wanted=filter_, most=most))


def test_who_cites_one_and_what_one_cites(archive: Archive, put: Put) -> None:
    put("plan", **PLAN)
    put("old", number="1/KH", issued="2022-01-01", citations=CITES)
    put("new", number="2/KH", issued="2023-01-01", citations=CITES)
    found = look(archive, "d-plan")
    assert [(c.id, c.relation, c.position) for c in found.citing] == [
        ("d-new", "implements", 1),
        ("d-old", "implements", 1),
    ]
    assert (found.truncated, found.cited, found.versions) == (False, (), ())
    assert [(c.id, c.number) for c in look(archive, "d-old").cited] == [("d-plan", "3259/CTr-TLĐ")]
    few = look(archive, "d-plan", most=1)
    assert ([c.id for c in few.citing], few.truncated) == (["d-new"], True)


def test_versions_are_told_from_every_side(archive: Archive, put: Put) -> None:
    text = [page(" ".join(f"chữ{number}" for number in range(300)))]
    for name in ("one", "two"):
        put(name, number="9/TB", issued="2023-03-01", pages=text)
    (pair,) = archive.merges()
    archive.decide_merge(pair.id, "accepted", by="Nguyễn Văn A", main="d-one")
    assert [v.id for v in look(archive, "d-one").versions] == ["d-two"]
    assert [v.id for v in look(archive, "d-two").versions] == ["d-one"]


def test_there_is_nothing_around_what_is_not_there(archive: Archive) -> None:
    with pytest.raises(NotFound):
        look(archive, "d-nothing")


def test_counting_stops(archive: Archive, put: Put) -> None:
    for number in range(5):
        put(f"n{number}", number=f"{number}/KH", doc_type="Kế hoạch" if number else "Công văn",
            pages=[page("sáng kiến" if number < 4 else "thi đua")])  # fmt: skip
    assert count(archive, "") == 5
    assert count(archive, "", most=3) == 4
    assert count(archive, "sang kien") == 4
    assert count(archive, "sang kien", most=2) == 3
    assert count(archive, "sang kien", doc_type="ke hoach") == 3
    assert count(archive, "", doc_type="cong van") == 1
    assert count(archive, "khong co") == 0


def test_counting_goes_through_many(archive: Archive, put: Put, monkeypatch: Any) -> None:
    monkeypatch.setattr(narrowing, "FEW", 1)
    for number in range(4):
        put(f"n{number}", doc_type="Kế hoạch", pages=[page("sáng kiến")])
    assert count(archive, "sang kien", doc_type="ke hoach") == 4
    assert count(archive, "sang kien", most=2, doc_type="ke hoach") == 3
