"""How good the archive is: what is accepted, what a person must look at, how well pages were read.

An archive may have a million records, and statuses stand in each. So counts come from indexes, and
what only the records and pages tell is measured on documents drawn evenly over all that are wanted:
``of`` says of how many, and the answer says whether they were drawn. Drawn twice they are the same.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sqlalchemy import Connection, and_, func, select

from models.base import Model
from models.text import PageText
from pipeline.archive import gone, page_form, reading
from pipeline.archive.conditions import conditions, standing, standing_conditions
from pipeline.archive.questions import Answer
from pipeline.archive.rows import Filter
from pipeline.archive.schema import directives, pages, sources

Measure = Literal["state", "field", "reason", "confidence", "repaired"]
FIELDS: Final = (
    "issuer", "number", "issued", "doc_type", "subject", "place", "signer.name", "signer.position",
    "recipients", "copied_to", "citations", "targets", "deadlines",
)  # fmt: skip
#: Documents of which a part of an archive is drawn at most, and how many pages of each are read.
_LISTED: Final = 50_000
_READ: Final = 200
#: Of so many that are drawn, one is read.
_OF_DRAWN: Final = 8
_PAGES: Final = 3
_BATCH: Final = 200
_DAY: Final = re.compile(r"\d{4}-\d\d")


class QualityQuestion(Filter):
    """Of which directives."""


class QualityRow(Model):
    """One figure: ``count`` out of ``of``, or, of ``confidence`` and ``repaired``, a ``value``.

    ========== ================================ ======================== =======================
    measure    name                             part                     count, of, value
    ========== ================================ ======================== =======================
    state      review state                                              documents, all
    field      name of a field or list          status                   values, values in all
    reason     the reason without its values                             documents, documents
    confidence month (``2022-07``)              issued or ingested       words, documents, mean
    repaired   month                            issued or ingested       words changed, words,
                                                                         share
    ========== ================================ ======================== =======================
    """

    measure: Measure
    name: str
    part: str = ""
    count: int
    of: int
    value: float | None = None


def quality_answer(
    connection: Connection, asked: QualityQuestion, limit: int
) -> Answer[QualityRow]:
    """By measure; ``truncated``: measured on documents that were drawn."""
    return Answer(*quality(connection, asked, limit))


def quality(connection: Connection, wanted: Filter, limit: int) -> tuple[list[QualityRow], bool]:
    """All figures, by measure; and whether they rest on documents that were drawn.

    :param limit: documents whose records are looked at
    """
    pks, states, whole = _drawn(connection, standing(wanted), limit)
    tally = _Tally()
    for batch in _batches(pks):
        _look(connection, batch, tally)
    step = max(1, -(-len(pks) // (_READ if whole else min(_READ, max(1, limit // _OF_DRAWN)))))
    for batch in _batches(pks[::step]):
        _read(connection, batch, tally)
    rows = [
        QualityRow(measure="state", name=name, count=many, of=sum(states.values()))
        for name, many in sorted(states.items())
    ]
    return [*rows, *tally.rows()], not whole or step > 1


def _drawn(
    connection: Connection, wanted: Filter, limit: int
) -> tuple[list[int], Counter[str], bool]:
    """Row numbers to look at, how many documents are in each state, and whether that is all."""
    d = directives.c
    if wanted != standing(None):
        where = standing_conditions(connection, wanted)
        query = select(d.pk, d.state).where(where).limit(_LISTED + 1)
        found = connection.execute(query).all()
        pks = sorted(row.pk for row in found[:_LISTED])
        step = max(1, -(-len(pks) // limit))
        states = Counter(row.state for row in found[:_LISTED])
        return pks[::step], states, step == 1 and len(found) <= _LISTED
    states = _states(connection)
    if sum(states.values()) <= limit:
        return list(connection.scalars(select(d.pk).where(conditions(wanted)))), states, True
    first, last = connection.execute(select(func.min(d.pk), func.max(d.pk))).one()
    even = {first + (last - first) * place // (limit - 1 or 1) for place in range(limit)}
    return sorted(even), states, False


def _states(connection: Connection) -> Counter[str]:
    """From the index alone, and without the few that no file has any more."""
    d = directives.c
    counted = select(d.state, func.count().label("many")).group_by(d.state)
    states = Counter({row.state: row.many for row in connection.execute(counted)})
    for pks in gone.batches(connection):
        fewer = connection.execute(counted.where(d.pk.in_(pks)))
        states.subtract({row.state: row.many for row in fewer})
    return +states


def _batches(pks: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(pks), _BATCH):
        yield pks[start : start + _BATCH]


@dataclass
class _Tally:
    documents: int = 0
    fields: dict[str, Counter[str]] = field(default_factory=lambda: {n: Counter() for n in FIELDS})
    reasons: Counter[str] = field(default_factory=Counter)
    #: (part, month) -> words with a confidence, its sum, words, words changed, documents
    months: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def rows(self) -> Iterator[QualityRow]:
        for name, statuses in self.fields.items():
            for status in ("accepted", "review", "unreadable", "absent"):
                if many := statuses[status]:
                    yield QualityRow(
                        measure="field", name=name, part=status, count=many, of=statuses.total()
                    )
        for reason, many in sorted(self.reasons.items(), key=lambda item: (-item[1], item[0])):
            yield QualityRow(measure="reason", name=reason, count=many, of=self.documents)
        for (part, month), (sure, total, words, changed, documents) in sorted(self.months.items()):
            if sure:
                yield QualityRow(
                    measure="confidence", name=month, part=part, count=int(sure),
                    of=int(documents), value=round(total / sure, 6),
                )  # fmt: skip
            if words:
                yield QualityRow(
                    measure="repaired", name=month, part=part, count=int(changed), of=int(words),
                    value=round(changed / words, 6),
                )  # fmt: skip


def _look(connection: Connection, pks: Sequence[int], tally: _Tally) -> None:
    """Take the records of some documents in."""
    d = directives.c
    there = and_(d.pk.in_(pks), d.live_seq.is_not(None))
    for row in connection.execute(select(reading.DOCUMENT, d.reasons).where(there)):
        told = json.loads(row.document)
        tally.documents += 1
        tally.reasons.update({_cause(reason) for reason in json.loads(row.reasons)})
        for name, statuses in tally.fields.items():
            statuses.update(_statuses(told, name))


def _statuses(told: Any, name: str) -> Iterator[str]:
    for step in name.split("."):
        told = told[step]
    for one in told if isinstance(told, list) else [told]:
        yield one["number"]["status"] if name == "citations" else one["status"]


def _cause(reason: str) -> str:
    """A reason without the values of its document: they are many, and may be personal."""
    if reason.startswith("finding: "):
        return reason
    cause = re.split(r";| on ", reason, maxsplit=1)[0]
    return re.sub(r"\d+ of \d+ ", "", cause).strip()


def _read(connection: Connection, pks: Sequence[int], tally: _Tally) -> None:
    """Take the pages of some documents in, the first few of each."""
    d, s = directives.c, sources.c
    rows = connection.execute(
        select(d.pk, d.issued_first, s.first_seen_at, pages.c.document, pages.c.text)
        .join_from(directives, pages, pages.c.directive_pk == d.pk)
        .join(sources, s.sha256 == d.sha256)
        .where(d.pk.in_(pks), d.live_seq.is_not(None), pages.c.page <= _PAGES)
    )
    seen: set[int] = set()
    for row in rows:
        counted = _words(page_form.page(row.document, row.text))
        of_page = [*counted, 0 if row.pk in seen else 1]
        seen.add(row.pk)
        for part, day in (("issued", row.issued_first), ("ingested", row.first_seen_at)):
            if day and _DAY.match(day):
                sums = tally.months.setdefault((part, day[:7]), [0.0] * len(of_page))
                sums[:] = [old + new for old, new in zip(sums, of_page, strict=True)]


def _words(page: PageText) -> tuple[int, float, int, int]:
    """Words with a confidence, its sum, words, words that repair changed."""
    words = [word for _, line in page.lines() for word in line.words]
    sure = [word.confidence for word in words if word.confidence is not None]
    return len(sure), sum(sure), len(words), sum(word.raw is not None for word in words)
