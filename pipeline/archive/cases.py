"""Decisions as labelled cases for the benchmarks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Connection, select

from models import personal
from models.case import LabelledCase
from models.decision import Made
from models.decision_paths import Path as DecisionPath
from models.decision_paths import (
    UndecidableError,
    as_dict,
    field_at,
    items_of,
    parse,
    place_of,
    value_of,
)
from models.decision_words import edit_at
from models.directive import Directive
from models.text import PageText
from pipeline.archive import overlay, queries, reading
from pipeline.archive.schema import decisions, directives


def cases(connection: Connection, *, personal_data: bool = False) -> Iterator[LabelledCase]:
    """Every decision that is in force, by directive; approvals of whole documents are none.

    Personal data that is marked in a document is masked unless ``personal_data``.
    """
    wanted = (
        select(decisions)
        .where(decisions.c.undone_at.is_(None))
        .order_by(decisions.c.directive_id, decisions.c.id)
    )
    made = [overlay.made_of(row._mapping) for row in connection.execute(wanted)]
    for id_, of_this in groupby(made, key=lambda one: one.directive_id):
        in_force = {one.path: one for one in of_this if one.path}
        if in_force:
            found = _of_directive(connection, id_, list(in_force.values()))
            yield from found if personal_data else _masked(connection, id_, found)


def _of_directive(connection: Connection, id_: str, made: Sequence[Made]) -> list[LabelledCase]:
    d = directives.c
    row = connection.execute(select(d.pk, reading.DOCUMENT, d.sha256).where(d.id == id_)).one()
    shown = Directive.model_validate_json(row.document)
    shown_pages: list[PageText] = []
    if any(one.path.startswith("pages/") for one in made):
        shown_pages = queries.own_pages(connection, row.pk)
    machine, machine_pages = overlay.machine_of(connection, shown, shown_pages)
    found = []
    for one in made:
        facts = _facts(one, machine, machine_pages)
        found.append(
            LabelledCase.model_validate(
                {
                    "id": f"{id_}.{one.id}", "directive_id": id_, "sha256": row.sha256,
                    "action": one.action, "person": _person(one), **facts,
                }
            )
        )  # fmt: skip
    return found


def _person(one: Made) -> JsonValue:
    return None if one.action in ("unreadable", "absent", "remove") else one.value


def _facts(one: Made, machine: Directive, machine_pages: Sequence[PageText]) -> dict[str, Any]:
    """What the machine says at the decision's place."""
    path = parse(one.path)
    if path.kind == "word":
        return _word(path, machine_pages)
    if path.kind == "list":
        return {"field": path.field}
    stood: JsonValue = one.before
    if path.kind == "field":
        stood = as_dict(field_at(machine, path.field))
    else:
        place = place_of(items_of(machine, path.field), one.before, path.index)
        if place is not None:
            stood = as_dict(items_of(machine, path.field)[place])
    whole: dict[str, Any] = dict(stood) if isinstance(stood, dict) else {}
    part: Any = whole.get(path.part) if path.part else whole
    if not isinstance(part, dict):  # of targets and deadlines
        part = whole
    evidence: list[Any] = part.get("evidence") or whole.get("evidence") or []
    seen: dict[str, Any] = next((e for e in evidence if e.get("page") is not None), {})
    name = f"{path.field}/{path.part}" if path.part else path.field
    return {
        "field": name, "page": seen.get("page"), "bbox": seen.get("bbox"),
        "raw": part.get("raw") or part.get("text") or whole.get("text"),
        "machine": value_of(stood, path), "status": part.get("status"),
        "confidence": part.get("confidence"), "rule": part.get("rule") or "",
    }  # fmt: skip


def _word(path: DecisionPath, machine_pages: Sequence[PageText]) -> dict[str, Any]:
    page = path.word[0]
    facts: dict[str, Any] = {"field": "word", "page": page}
    try:
        word, edit = edit_at(machine_pages, path)
    except UndecidableError:
        return facts
    text = next(p for p in machine_pages if p.page == page)
    return facts | {
        "bbox": text.on_page(word.bbox) if word.bbox is not None else None,
        "raw": word.as_read, "machine": word.text, "confidence": word.confidence,
        "rule": edit.reason if edit is not None else "",
    }  # fmt: skip


def _masked(
    connection: Connection, id_: str, found: Sequence[LabelledCase]
) -> Iterator[LabelledCase]:
    document = connection.scalar(select(reading.DOCUMENT).where(directives.c.id == id_))
    words = personal.words_of(json.loads(document or "{}"))
    for one in found:
        facts = one.model_dump(mode="json", by_alias=True)
        for name in ("raw", "machine", "person"):
            facts[name] = personal.mask(facts[name], words, name)
        yield LabelledCase.model_validate(facts)
