"""What a person may mean who began to type: known bodies, symbols and signers.

What people confirmed comes first, then what the documents of the same issuer use, then the rest.
Asked at every key, so each question touches an index or a few hundred rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from sqlalchemy import ColumnElement, Connection, or_, select

from models.codes import TYPE_NAMES
from models.decision_paths import UndecidableError, parse
from models.decision_values import split_number
from models.places import PROVINCES
from models.review import Completion, LexiconKind
from models.vietnamese import fold, nfc
from pipeline.archive import reading
from pipeline.archive.schema import directives, lexicon, organisations
from pipeline.archive.words import key

#: Documents of one issuer that are looked at for its symbols and signers, newest first.
_DOCUMENTS: Final = 200
_MOST: Final = 50
_LONGEST: Final = 100

_BODIES: Final = frozenset(
    {"issuer", "parent_issuer", "recipients", "copied_to", "incoming.office"}
)


def completions(
    connection: Connection, field: str, typed: str, directive_id: str | None, limit: int
) -> list[Completion]:
    """Values that begin as was typed; so many at most, none twice."""
    try:
        path = parse(field)
    except UndecidableError:
        return []
    typed = nfc(typed)[:_LONGEST].strip()
    name = f"{path.field}.{path.part}" if path.part else path.field
    found: Iterator[Completion] = iter(())
    if name in _BODIES or name == "citations.issuer":
        found = _bodies(connection, typed)
    elif name == "signer.name":
        found = _of_issuer(connection, typed, "signer", directive_id, _signer)
    elif name in ("symbol", "number"):
        found = _of_issuer(connection, typed, "symbol", directive_id, _symbol)
    elif name in ("doc_type", "citations.doc_type"):
        found = _listed(typed, TYPE_NAMES)
    elif name == "place":
        found = _listed(typed, PROVINCES)
    best: dict[str, Completion] = {}
    for one in found:
        best.setdefault(one.value, one)
        if len(best) >= min(limit, _MOST):
            break
    return list(best.values())


def _begins(value: str, typed: str) -> bool:
    """Whether a word of ``value`` begins as typed: with its marks where marks were typed."""
    if fold(typed) == typed.lower():
        value, typed = fold(value), fold(typed)
    value, typed = value.lower(), typed.lower()
    return value.startswith(typed) or f" {typed}" in value


def _taught(connection: Connection, kind: LexiconKind, typed: str) -> Iterator[Completion]:
    c = lexicon.c
    wanted = (
        select(c.text, c.replacement, c.count)
        .where(c.kind == kind, c.count > 0, c.revoked_at.is_(None))
        .where(_starts(c.key, key(typed)))
        .order_by(c.count.desc(), c.text)
        .limit(_MOST)
    )
    for row in connection.execute(wanted):
        value = row.replacement or row.text
        if _begins(value, typed) or _begins(row.text, typed):
            yield Completion(value=value, source="lexicon", count=row.count)


def _starts(column: ColumnElement[str], folded: str) -> ColumnElement[bool]:
    """That a word of a folded column begins so."""
    return or_(
        column.startswith(folded, autoescape=True),
        column.contains(f" {folded}", autoescape=True),
    )


def _bodies(connection: Connection, typed: str) -> Iterator[Completion]:
    yield from _taught(connection, "organisation", typed)
    o = organisations.c
    folded = key(typed)
    for condition in (
        o.key.startswith(folded, autoescape=True),
        o.key.contains(f" {folded}", autoescape=True),
    ):
        wanted = select(o.name).where(condition).order_by(o.key).limit(_MOST)
        for name in connection.scalars(wanted):
            if _begins(name, typed):
                yield Completion(value=name, source="archive")


def _listed(typed: str, names: Iterable[str]) -> Iterator[Completion]:
    first = [n for n in names if fold(n).startswith(fold(typed)) and _begins(n, typed)]
    rest = [n for n in names if n not in first and _begins(n, typed)]
    for name in sorted(first) + sorted(rest):
        yield Completion(value=name, source="list")


def _symbol(number: str | None, _: str) -> str | None:
    parts = split_number(number or "")
    return parts[1] if parts else None


def _signer(_: str | None, document: str) -> str | None:
    name = json.loads(document)["signer"]["name"]
    return name["value"] if name["status"] == "accepted" else None


def _of_issuer(
    connection: Connection,
    typed: str,
    kind: LexiconKind,
    directive_id: str | None,
    read: Callable[[str | None, str], str | None],
) -> Iterator[Completion]:
    """What was taught, then what stands in the latest documents of the same issuer."""
    yield from _taught(connection, kind, typed)
    d = directives.c
    issuer = None
    if directive_id is not None:
        issuer = connection.scalar(select(d.issuer_org).where(d.id == directive_id))
    if issuer is None:
        return
    document = reading.DOCUMENT if kind == "signer" else d.id
    wanted = (
        select(d.number, document)
        .where(d.issuer_org == issuer)
        .order_by(d.issued_first.desc())
        .limit(_DOCUMENTS)
    )
    counted: dict[str, int] = {}
    for number, text in connection.execute(wanted).all():
        value = read(number, text)
        if value:
            counted[value] = counted.get(value, 0) + 1
    for value in sorted(counted, key=lambda v: (-counted[v], v)):
        if _begins(value, typed):
            yield Completion(value=value, source="archive")
