"""Every field of the seeds against a reference read by eye (``data/seeds.json``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.common import same
from models.directive import Directive
from models.vietnamese import fold
from tests.extract.builders import SHARED, read

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="no reference material"),
]
REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data" / "seeds.json").read_text(encoding="utf-8")
)["seeds"]
CLEAN = ("001", "002", "003", "004")
#: 000 is read after repair only; its claims are digits, which repair leaves alone.
EVERY = ("000", *CLEAN)


def seed(name: str) -> Directive:
    return read(next((SHARED / "seeds").glob(f"{name}_*.txt")).read_text())


def fits(found: str | None, wanted: Any) -> bool:
    options = wanted if isinstance(wanted, list) else [wanted]
    return any(
        found is None if w is None else found is not None and same(found, w) for w in options
    )


@pytest.mark.parametrize("name", CLEAN)
def test_the_header(name: str) -> None:
    directive, wanted = seed(name), REFERENCE[name]
    for key in ("issuer", "parent_issuer", "number", "serial", "symbol", "place", "issued",
                "doc_type", "subject"):  # fmt: skip
        assert fits(getattr(directive, key).value, wanted[key]), key
    for key in ("name", "authority", "position"):
        assert fits(getattr(directive.signer, key).value, wanted["signer"][key]), key
    assert directive.campaign is not None
    assert directive.campaign.id == wanted["campaign"]


@pytest.mark.parametrize("name", CLEAN)
def test_the_lists(name: str) -> None:
    directive, wanted = seed(name), REFERENCE[name]
    for key in ("recipients", "copied_to"):
        found = [item.value or "" for item in getattr(directive, key)]
        assert len(found) == len(wanted[key])
        assert all(same(a, b) for a, b in zip(found, wanted[key], strict=True)), found
    assert len(directive.citations) == len(wanted["citations"])
    for cited, gold in zip(directive.citations, wanted["citations"], strict=True):
        assert (cited.number.value, cited.issued.value) == (gold["number"], gold["issued"])
        assert cited.doc_type.value == gold["doc_type"]
        assert cited.title.value == gold.get("title")
        assert fits(cited.relation, gold["relation"])


@pytest.mark.parametrize("name", EVERY)
def test_the_claims(name: str) -> None:
    directive, wanted = seed(name), REFERENCE[name]
    found = [(t.kind, t.value, t.comparator, t.breakdown_of) for t in directive.targets]
    assert found == [
        (t["kind"], t["value"], t["comparator"], t.get("breakdown_of")) for t in wanted["targets"]
    ]
    if name != "000":
        said = [(t.unit, t.population, t.period) for t in directive.targets]
        assert said == [(t["unit"], t["population"], t["period"]) for t in wanted["targets"]]
    dues = [(d.date, d.operator, d.recurrence, fold(d.responsible)) for d in directive.deadlines]
    assert dues == [
        (d["date"], d["operator"], d["recurrence"], fold(d["responsible"]))
        for d in wanted["deadlines"]
    ]
    assert all(t.evidence and t.text for t in (*directive.targets, *directive.deadlines))
