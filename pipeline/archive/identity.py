"""Which directives may be one document: proposed to a person, never decided by the machine.

* ``exact`` -- the same words in two files; ``near_duplicate`` -- nearly the same words (two scans
  of one paper), and neither number nor date nor issuer speak against it.
* ``new_version`` -- the same issuer, number, date and type, another text.
* ``same_number`` -- the same issuer, number, year and type on another day: two documents under one
  number, or a misread date.

Proposals follow from the contents and are made anew at every change; what a person decided stays.
An accepted merge makes one the main version and the other a version of it. It can be undone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, delete, insert, or_, select, update

from pipeline.archive import likeness
from pipeline.archive.log import utc_now
from pipeline.archive.schema import directives, merges, search_texts, text_bands

MergeKind = Literal["exact", "near_duplicate", "new_version", "same_number"]
MergeState = Literal["proposed", "accepted", "rejected", "undone"]

#: So much of two texts must be the same for one document read twice.
_NEAR: Final = 0.8
#: Below this estimate from the signatures the texts themselves are not compared.
_WORTH_A_LOOK: Final = 0.6
#: A form letter sent a thousand times is alike to all of them; the best are enough to show it.
_MOST: Final = 20
_CANDIDATES: Final = 200

signature = likeness.signature


def move_bands(connection: Connection, pk: int, old: bytes | None, new: bytes | None) -> None:
    """Bring the index of texts up to date for a directive."""
    if old == new:
        return
    if old is not None:
        of_this = text_bands.c.directive_pk == pk
        gone = text_bands.c.band.in_(likeness.bands(old))
        connection.execute(delete(text_bands).where(gone, of_this))
    if new is not None:
        rows = [{"band": band, "directive_pk": pk} for band in dict.fromkeys(likeness.bands(new))]
        connection.execute(insert(text_bands), rows)


_FACTS: Final = (
    directives.c.pk,
    directives.c.id,
    directives.c.number_key,
    directives.c.number_status,
    directives.c.issued,
    directives.c.issued_status,
    directives.c.issuer_org,
    directives.c.issuer_status,
    directives.c.doc_type_key,
    directives.c.signature,
    directives.c.live_seq,
)


@dataclass(frozen=True, slots=True)
class _Found:
    kind: MergeKind
    score: float


def propose(connection: Connection, pk: int) -> None:
    """Make the proposals anew that a directive is part of."""
    own = connection.execute(select(*_FACTS).where(directives.c.pk == pk)).one()
    found: dict[str, _Found] = {}
    if own.live_seq is not None:
        rows = {row.pk: row for row in (*_alike(connection, own), *_same_number(connection, own))}
        scores = _scores(connection, own, list(rows.values()))
        for row in rows.values():
            kind = _kind(own, row, scores.get(row.pk, 0.0))
            if kind is not None:
                found[row.id] = _Found(kind, round(scores.get(row.pk, 0.0), 4))
    best = sorted(found, key=lambda id_: (-found[id_].score, id_))[:_MOST]
    _store(connection, own.id, {id_: found[id_] for id_ in best})


def _alike(connection: Connection, own: Any) -> list[Any]:
    if own.signature is None:
        return []
    of_others = select(text_bands.c.directive_pk).where(
        text_bands.c.band.in_(likeness.bands(own.signature)),
        text_bands.c.directive_pk != own.pk,
    )
    pks = set(connection.scalars(of_others.limit(_CANDIDATES)))
    return _live(connection, pks)


def _live(connection: Connection, pks: Collection[int]) -> list[Any]:
    if not pks:
        return []
    d = directives.c
    found = select(*_FACTS).where(d.pk.in_(pks), d.live_seq.is_not(None)).order_by(d.id)
    return list(connection.execute(found))


def _same_number(connection: Connection, own: Any) -> list[Any]:
    """Live directives of the same issuer, number, year and type, all of it sure."""
    d = directives.c
    if not _numbered(own):
        return []
    year = own.issued[:4]
    found = connection.execute(
        select(*_FACTS)
        .where(
            d.number_key == own.number_key,
            d.issued >= year,
            d.issued < f"{int(year) + 1:04d}",
            d.issuer_org == own.issuer_org,
            d.doc_type_key == own.doc_type_key,
            d.pk != own.pk,
            d.live_seq.is_not(None),
        )
        .order_by(d.id)
        .limit(_CANDIDATES)
    )
    return [row for row in found if _numbered(row)]


def _numbered(row: Any) -> bool:
    return (
        bool(row.number_key)
        and row.number_status == "accepted"
        and row.issued_status == "accepted"
        and row.issuer_org is not None
        and str(row.issued)[:4].isdecimal()
    )


def _scores(connection: Connection, own: Any, rows: list[Any]) -> dict[int, float]:
    """How alike the texts are; those that cannot be are left out."""
    if own.signature is None:
        return {}
    known = [row for row in rows if row.signature is not None]
    shares = likeness.estimates(own.signature, [row.signature for row in known])
    close = sorted(zip(shares, known, strict=True), key=lambda pair: (-pair[0], pair[1].id))
    scores = {row.pk: share for share, row in close if share < _WORTH_A_LOOK}
    looked = [row.pk for share, row in close if share >= _WORTH_A_LOOK][:_MOST]
    if looked:
        s = search_texts.c
        rows_of = connection.execute(select(s.pk, s.body).where(s.pk.in_([own.pk, *looked])))
        bodies = {row.pk: row.body for row in rows_of}
        scores |= {pk: likeness.likeness(bodies[own.pk], bodies[pk]) for pk in looked}
    return scores


def _kind(own: Any, other: Any, score: float) -> MergeKind | None:
    sure_numbers = own.number_status == other.number_status == "accepted"
    sure_dates = own.issued_status == other.issued_status == "accepted"
    sure_issuers = own.issuer_status == other.issuer_status == "accepted"
    same_number = own.number_key == other.number_key
    same_day = own.issued == other.issued
    against = (
        (sure_numbers and not same_number)
        or (sure_dates and not same_day)
        or (sure_issuers and own.issuer_org != other.issuer_org)
    )
    if score >= _NEAR and not against:
        return "exact" if score == 1.0 else "near_duplicate"
    if _numbered(own) and _numbered(other) and same_number:
        if own.issuer_org != other.issuer_org or own.doc_type_key != other.doc_type_key:
            return None
        if own.issued[:4] == other.issued[:4]:
            return "new_version" if same_day else "same_number"
    return None


def _store(connection: Connection, id_: str, found: dict[str, _Found]) -> None:
    """What was found, in place of the undecided proposals that there were."""
    m = merges.c
    known: dict[str, Any] = {}
    of_this = or_(m.one_id == id_, m.two_id == id_)
    for row in connection.execute(
        select(m.id, m.one_id, m.two_id, m.kind, m.score, m.state).where(of_this)
    ):
        known[row.two_id if row.one_id == id_ else row.one_id] = row
    gone = [r.id for other, r in known.items() if r.state == "proposed" and other not in found]
    if gone:
        connection.execute(delete(merges).where(m.id.in_(gone)))
    for other, new in found.items():
        values: dict[str, Any] = {"kind": new.kind, "score": new.score}
        old = known.get(other)
        if old is None:
            one, two = sorted((id_, other))
            values |= {"one_id": one, "two_id": two, "state": "proposed", "proposed_at": utc_now()}
            connection.execute(insert(merges).values(values))
        elif old.state == "proposed" and (old.kind, old.score) != (new.kind, new.score):
            connection.execute(update(merges).where(m.id == old.id).values(values))
