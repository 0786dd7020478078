"""The machine's records with people's decisions on top: what is shown, and what lies beneath.

The machine's record is kept in ``machine_records`` while a decision stands, so each can be undone
by itself, and a new result of the machine (:func:`overlaid`) loses none of them.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select

from models.deciding import apply, reviewed
from models.decision import Made
from models.directive import Directive
from models.text import PageText
from pipeline.archive import record
from pipeline.archive.guidance import Guidance
from pipeline.archive.schema import decisions, history, machine_records

_PAGES = TypeAdapter(list[PageText])


def made_of(row: Mapping[Any, Any]) -> Made:
    """A row of ``decisions``."""
    values = {str(name): value for name, value in row.items() if name != "taught"}
    for name in ("value", "before", "machine"):
        values[name] = json.loads(values[name])
    return Made.model_validate(values)


def of_directive(connection: Connection, directive_id: str) -> list[Made]:
    """Every decision about a directive, in order, undone ones too."""
    wanted = select(decisions).where(decisions.c.directive_id == directive_id)
    return [made_of(row._mapping) for row in connection.execute(wanted.order_by(decisions.c.id))]


def decided_about(connection: Connection, decision_id: int) -> str | None:
    """The directive that a decision is about; ``None``: there is no such decision."""
    if not 0 < decision_id < 2**31:  # no key of the table
        return None
    wanted = select(decisions.c.directive_id).where(decisions.c.id == decision_id)
    return connection.scalar(wanted)


def reviewed_ids(connection: Connection) -> set[str]:
    """The directives about which a decision of a person stands."""
    return set(connection.scalars(select(machine_records.c.directive_id)))


def machine_of(
    connection: Connection, shown: Directive, shown_pages: Sequence[PageText]
) -> tuple[Directive, list[PageText]]:
    """The machine's own record and pages of a directive that is shown so."""
    m = machine_records.c
    kept = connection.execute(
        select(m.document, m.pages).where(m.directive_id == shown.id)
    ).one_or_none()
    if kept is None:
        return shown, list(shown_pages)
    machine = Directive.model_validate_json(kept.document)
    if kept.pages is None:
        return machine, list(shown_pages)
    return machine, _PAGES.validate_json(zlib.decompress(kept.pages))


def keep_machine(
    connection: Connection,
    machine: Directive,
    machine_pages: Sequence[PageText],
    every: Sequence[Made],
) -> None:
    """Keep the machine's record beside what is shown, while a decision stands."""
    of_this = machine_records.c.directive_id == machine.id
    connection.execute(delete(machine_records).where(of_this))
    stands = [one for one in every if one.stands]
    if not stands:
        return
    words = any(one.path.startswith("pages/") for one in stands)
    row = {
        "directive_id": machine.id,
        "document": record.document(machine),
        "pages": zlib.compress(_PAGES.dump_json(list(machine_pages), by_alias=True), 6)
        if words
        else None,
    }
    connection.execute(insert(machine_records).values(row))


def on_top(
    connection: Connection,
    machine: Directive,
    machine_pages: Sequence[PageText],
    every: Sequence[Made],
    guidance: Guidance,
) -> tuple[Directive, list[PageText]]:
    """The machine's record and pages with the decisions that stand."""
    if not any(one.stands for one in every):
        return machine, list(machine_pages)
    applied = apply(machine, machine_pages, every, _approved(connection, every))
    checked = guidance.rechecked(machine, applied.directive, applied.pages)
    return reviewed(replace(applied, directive=checked), every), list(applied.pages)


def _approved(connection: Connection, every: Sequence[Made]) -> tuple[int, Directive] | None:
    """The last approval that the history knows, and the record that was approved."""
    last = next(
        (o for o in reversed(every) if o.stands and o.action == "approve" and o.seq > 0), None
    )
    if last is None:
        return None
    kept = connection.scalar(select(history.c.after).where(history.c.seq == last.seq))
    return (last.id, Directive.model_validate_json(zlib.decompress(kept))) if kept else None


def overlaid(
    connection: Connection,
    directive: Directive,
    page_texts: Sequence[PageText],
    guidance: Guidance,
) -> tuple[Directive, Sequence[PageText]]:
    """A new result of the machine with the decisions that people made; the result itself is kept.

    Without decisions it is given back as it is.
    """
    m = machine_records.c
    if connection.scalar(select(m.directive_id).where(m.directive_id == directive.id)) is None:
        return directive, page_texts
    every = of_directive(connection, directive.id)
    keep_machine(connection, directive, page_texts, every)
    return on_top(connection, directive, page_texts, every, guidance)
