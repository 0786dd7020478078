"""Directives in whose company another one is judged."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.archive import Archive
from pipeline.errors import NotFound

ISSUER = "Liên đoàn Lao động tỉnh Cà Mau"


def test_a_series_has_its_issuer_year_and_symbol(archive: Archive, put: Any) -> None:
    for name, number, issued, issuer in (
        ("a", "1/KH-LĐLĐ", "2022-01-05", ISSUER),
        ("b", "2/KH-LĐLĐ", "2022-12-31", ISSUER),
        ("year", "3/KH-LĐLĐ", "2023-01-01", ISSUER),
        ("symbol", "4/CV-LĐLĐ", "2022-02-01", ISSUER),
        ("issuer", "5/KH-LĐLĐ", "2022-02-01", "Công đoàn Y tế Việt Nam"),
    ):
        put(name, number=number, issued=issued, issuer=issuer)
    found = archive.series(ISSUER.lower(), "2022", "KH-LĐLĐ", most=10)
    assert found is not None
    assert [one.id for one in found] == ["d-a", "d-b"]
    assert archive.series(ISSUER, "2022", "KH-LĐLĐ", most=1) is None
    assert archive.series(ISSUER, "2022", "%", most=10) is not None


def test_the_machines_record_is_amended_in_one_step(archive: Archive, put: Any) -> None:
    made = put("a", number="1/KH-LĐLĐ")
    assert not archive.amend(made.id, lambda one: one)
    changed = made.review.model_copy(update={"reasons": ("number: uncertain",)})
    assert archive.amend(made.id, lambda one: one.model_copy(update={"review": changed}))
    assert archive.get(made.id).review.reasons == ("number: uncertain",)
    with pytest.raises(NotFound):
        archive.amend("d-none", lambda one: one)
