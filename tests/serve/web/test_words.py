"""Every code that the program can write about a document has words in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from models import directive as contract
from models.base import Origin
from models.decision import Action
from models.finding import Severity
from pipeline.archive.identity import MergeKind, MergeState
from pipeline.archive.log import Event
from pipeline.archive.rows import Level
from pipeline.serve.web.catalogue import Catalogue
from pipeline.serve.web.documents import view
from tests.conftest import ROOT

ROOMS = ("ingest", "clean", "recognise", "repair", "extract", "check")
_CODE = re.compile(r"[a-z]+(?:\.[a-z_]+)+")
KEYS = Catalogue.load().keys


def codes_in(file: Path) -> set[str]:
    """Codes of the findings that a module makes; where one comes in a variable, all it has."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    prefix = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    found: set[str] = set()
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Finding"):
            continue
        code = next(word.value for word in call.keywords if word.arg == "code")
        if isinstance(code, ast.Name):
            found.update(constants(tree))
        elif isinstance(code, ast.JoinedStr):
            first, rest = code.values
            assert isinstance(first, ast.FormattedValue)
            assert isinstance(first.value, ast.Name)
            assert isinstance(rest, ast.Constant)
            found.add(f"{prefix[first.value.id]}{rest.value}")
        else:
            found.update(constants(code))
    return found


def constants(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and _CODE.fullmatch(value):
            yield value


CODES = sorted(
    {c for room in ROOMS for f in (ROOT / "pipeline" / room).rglob("*.py") for c in codes_in(f)}
)


def test_the_codes_are_found() -> None:
    assert {"pii.phone", "page.blank", "archive.same_key", "sum.contradicts"} <= set(CODES)
    assert len(CODES) > 50


@pytest.mark.parametrize("code", CODES)
def test_a_finding_is_said_in_a_sentence(code: str) -> None:
    assert f"findings.{code}" in KEYS
    for language in ("vi", "en"):
        said = Catalogue.load().say(language, f"findings.{code}")  # type: ignore[arg-type]
        assert said.endswith(".")
        assert said[0].isupper()


def test_no_words_for_what_nobody_writes() -> None:
    assert {key.removeprefix("findings.") for key in KEYS if key.startswith("findings.")} == set(
        CODES
    )


@pytest.mark.parametrize(
    ("lead", "codes"),
    [("origin", Origin), ("severity", Severity), ("relation", contract.Relation),
     ("kind", contract.Target.model_fields["kind"].annotation),
     ("operator", contract.Deadline.model_fields["operator"].annotation),
     ("source", contract.Source.model_fields["kind"].annotation),
     ("level", Level), ("change", Event), ("action", Action),
     ("pair", MergeState), ("pair_kind", MergeKind)],
)  # fmt: skip
def test_every_value_of_a_list_of_ours_has_a_name(lead: str, codes: object) -> None:
    named = {key.rpartition(".")[2] for key in KEYS if key.startswith(f"terms.{lead}.")}
    assert named == set(get_args(codes))


def test_every_field_has_a_name() -> None:
    for key in (*view.HEAD, "campaign", *(f"{name}.0" for name in view.LISTS)):
        assert view.label_of(key) in KEYS
