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

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Literal

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from pipeline.archive import likeness
from pipeline.archive.dialects import POSTGRESQL
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
_BATCH: Final = 500


def band_rows(pk: int, signature: bytes | None) -> list[dict[str, int]]:
    """The rows of ``text_bands`` of a directive; none where there is too little text."""
    bands = dict.fromkeys(likeness.bands(signature)) if signature is not None else ()
    return [{"band": band, "directive_pk": pk} for band in bands]


def move_bands(connection: Connection, pk: int, old: bytes | None, new: bytes | None) -> None:
    """Bring the index of texts up to date for a directive."""
    if old == new:
        return
    if old is not None:
        of_this = text_bands.c.directive_pk == pk
        gone = text_bands.c.band.in_(likeness.bands(old))
        connection.execute(delete(text_bands).where(gone, of_this))
    if new is not None:
        connection.execute(insert(text_bands), band_rows(pk, new))


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


def propose(
    connection: Connection,
    pks: Collection[int],
    *,
    fresh: bool = False,
    by_band: Mapping[int, Sequence[int]] | None = None,
) -> None:
    """Make the proposals anew that directives are part of.

    :param fresh: they were put just now, so that there are no older proposals of them
    :param by_band: who of them has which band, where that is known; else it is looked up
    """
    near = _alike(connection, _by_band(connection, pks) if by_band is None else by_band)
    numbered = _same_number(connection, pks)
    # What is fresh and like nothing else has no proposals that could be out of date.
    concerned = near.keys() | numbered.keys() if fresh else pks
    rows = _facts(connection, concerned, live=False)
    known = {row.pk: row for row in _facts(connection, set().union(*near.values()))}
    for own in rows:
        others = {pk: known[pk] for pk in sorted(near.get(own.pk, ())) if pk in known}
        if _numbered(own):
            others |= {row.pk: row for row in numbered.get(own.pk, ())}
        scores = _scores(connection, own, list(others.values()))
        found: dict[str, _Found] = {}
        for row in others.values():
            score = scores.get(row.pk, 0.0)
            kind = _kind(own, row, score)
            if kind is not None:
                found[row.id] = _Found(kind, round(score, 4))
        if found or not fresh:
            best = sorted(found, key=lambda id_: (-found[id_].score, id_))[:_MOST]
            _store(connection, own.id, {id_: found[id_] for id_ in best})


def _batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(values)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _facts(connection: Connection, pks: Collection[int], *, live: bool = True) -> list[Any]:
    """What is compared of directives; ``live``: only of those that a file still has."""
    d = directives.c
    found: list[Any] = []
    for batch in _batches(sorted(pks)):
        query = select(*_FACTS).where(d.pk.in_(batch))
        found += connection.execute(query.where(d.live_seq.is_not(None)) if live else query).all()
    return sorted(found, key=lambda row: str(row.id))


def _by_band(connection: Connection, pks: Collection[int]) -> dict[int, list[int]]:
    """Those of directives with a signature that a file still has, by the bands of it."""
    by_band: dict[int, list[int]] = {}
    d = directives.c
    for batch in _batches(sorted(pks)):
        signed = d.live_seq.is_not(None) & d.signature.is_not(None)
        query = select(d.pk, d.signature).where(d.pk.in_(batch), signed)
        for pk, signature in connection.execute(query).all():
            for band in likeness.bands(signature):
                by_band.setdefault(band, []).append(pk)
    return by_band


def _alike(connection: Connection, by_band: Mapping[int, Sequence[int]]) -> dict[int, set[int]]:
    """By directive, those that share a band of the signature."""
    near: dict[int, set[int]] = {}
    for batch in _batches(sorted(by_band)):
        for band, other in _sharing(connection, {band: by_band[band] for band in batch}):
            for pk in by_band[band]:
                if other == pk:
                    continue
                others = near.setdefault(pk, set())
                if len(others) < _CANDIDATES:
                    others.add(other)
    return near


def _sharing(connection: Connection, owners: Mapping[int, Sequence[int]]) -> Iterable[Any]:
    """Bands with the directives that have them; none of those that only their one owner has."""
    t = text_bands.c
    query = select(t.band, t.directive_pk).limit(_BATCH * _CANDIDATES)
    if connection.dialect.name == POSTGRESQL:
        return connection.execute(query.where(t.band.in_(owners)))
    pairs = [(band, pks[0] if len(pks) == 1 else -1) for band, pks in owners.items()]
    asked = func.json_each(json.dumps(pairs)).table_valued("value", name="asked")
    band, owner = (func.json_extract(asked.c.value, f"$[{place}]") for place in range(2))
    joined = query.select_from(asked).join(text_bands, t.band == band)
    return connection.execute(joined.where(t.directive_pk != owner)).all()


def _same_number(connection: Connection, pks: Collection[int]) -> dict[int, list[Any]]:
    """By directive, live ones of the same issuer, number, year and type, all of it sure."""
    d = directives.c
    mine = directives.alias("mine")
    found: dict[int, list[Any]] = {}
    for batch in _batches(sorted(pks)):
        query = (
            select(*_FACTS, mine.c.pk.label("of"))
            .join_from(
                mine,
                directives,
                and_(
                    d.number_key == mine.c.number_key,
                    # Numbers tell most; without statistics SQLite takes another index, so that
                    # one is kept out of its sight.
                    d.issuer_org.op("+")(0) == mine.c.issuer_org,
                    func.substr(d.issued, 1, 4) == func.substr(mine.c.issued, 1, 4),
                    d.doc_type_key.concat("") == mine.c.doc_type_key,
                    d.pk != mine.c.pk,
                ),
            )
            .where(mine.c.pk.in_(batch), mine.c.live_seq.is_not(None), d.live_seq.is_not(None))
            .where(mine.c.number_status == "accepted", mine.c.issued_status == "accepted")
            .order_by(d.id)
            .limit(_BATCH * _CANDIDATES)
        )
        for row in connection.execute(query).all():
            if _numbered(row):
                found.setdefault(row.of, []).append(row)
    return found


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
