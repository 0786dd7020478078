"""Serial and day from everything that speaks of them: fusion of evidence.

On scans both are written by hand and no reading of them is accepted by itself. Other sources speak
of them too: the file's name, the time of the digital signature, the dates cited in the text,
citations in other documents, the office's other numbers. Each is evidence with its weight
(:mod:`pipeline.extract.fusion_beliefs`). A value is accepted where sources of at least two origins
agree and the posterior passes ``fuse_confidence``; where they disagree it is left to review with
all candidates. A pure function of the document and its :class:`Surroundings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from models.base import Origin
from models.directive import Alternative, Directive, FieldStatus, FieldValue
from models.finding import Evidence
from models.source import SourceDocument
from models.text import PageText
from pipeline.extract.context import Context
from pipeline.extract.fusion_beliefs import (
    DAY_SPREAD,
    SERIAL_SPREAD,
    Saying,
    after_signature,
    posterior,
    table,
    trust_of,
)
from pipeline.extract.fusion_names import NameClue, clue_of_names
from pipeline.extract.fusion_series import Band, Point, expected, fits, same_body
from pipeline.extract.handwriting import (
    Reading,
    date_readings,
    month_is_written,
    serial_readings,
)
from pipeline.extract.issued import dateline_span
from pipeline.extract.number import number_slot
from pipeline.extract.view import build_view
from pipeline.extract.zones import find_zones
from pipeline.settings import ExtractSettings

#: A month can hold several documents of one series: a citation that fits it may mean another.
_CITED_MONTH = 0.4
#: The very document is cited, with serial, symbol and body: its date is printed there.
_CITED_DATE = 0.97
#: The signature speaks for a day if it makes it this much likelier than any other day.
_SPEAKS_FOR = 2.0
#: A date cited later than the document's own is an error of the document, and rare.
_CITED_LATER = 0.05
_MOST_ALTERNATIVES = 6
_OPEN = ("unreadable", "review")
#: Less likely days are not listed.
_LIKELY = 0.05


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known beyond the content: its names, and what other documents say.

    ``points``: numbers with dates of documents of the archive and of those that they cite.
    """

    names: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """What the head of the scan shows, read once more for all that engines made of it."""

    serials: tuple[Reading, ...] = ()
    days: tuple[Reading, ...] = ()
    months: tuple[Reading, ...] = ()
    serial_place: tuple[Evidence, ...] = ()
    date_place: tuple[Evidence, ...] = ()
    month_written: bool = False


@dataclass(slots=True)
class _Verdict:
    """The best value, how probable it is, and which origins name it."""

    value: int | None = None
    probability: float = 0.0
    origins: set[Origin] = field(default_factory=set)
    ranked: list[tuple[int, float]] = field(default_factory=list)


def is_open(directive: Directive) -> bool:
    """Whether serial or date were seen and are not sure."""
    return any(f.status in _OPEN for f in (directive.serial, directive.issued))


def fuse(
    directive: Directive,
    source: SourceDocument,
    scene: Scene,
    around: Surroundings,
    settings: ExtractSettings,
) -> Directive:
    """``directive`` (as extracted) with serial, number and date as all evidence tells them."""
    if not settings.enabled:
        return directive
    open_serial = bool(scene.serial_place) and directive.serial.status in _OPEN
    open_date = bool(scene.date_place) and directive.issued.status in _OPEN
    made = directive
    if open_date:
        made = _with_date(made, directive, source, scene, None, settings)
    if open_serial and directive.symbol.value and directive.symbol.status != "unreadable":
        made = _with_serial(made, scene, around, settings)
    cited = _own_citation(made, around)
    if open_date and cited is not None:
        made = _with_date(made, directive, source, scene, cited, settings)
    return made


def head_pages(directive: Directive) -> int:
    """The last page that the document's head stands on."""
    places = (*directive.symbol.evidence, *directive.number.evidence, *directive.issued.evidence)
    return max((e.page for e in places if e.page is not None), default=0)


def look(directive: Directive, pages: Sequence[PageText], settings: ExtractSettings) -> Scene:
    """Read the head of a scan once more; only the pages up to it are laid out."""
    last = head_pages(directive)
    view = build_view([page for page in pages if page.page <= last])
    if not view.words:
        return Scene()
    context = Context(view, find_zones(view), settings)
    serials: tuple[Reading, ...] = ()
    serial_place: tuple[Evidence, ...] = ()
    slot = number_slot(context)
    if slot is not None and view.is_ocr(slot[0]):
        serials = serial_readings(context, *slot)
        serial_place = view.evidence(*slot)
    span = dateline_span(context)
    if span is None or not view.is_ocr(span[0]):
        return Scene(serials=serials, serial_place=serial_place)
    days, months = date_readings(context, *span)
    written = month_is_written(context, *span)
    return Scene(serials, days, months, serial_place, view.evidence(*span), written)


# -- the serial ---------------------------------------------------------------------------------


def _with_serial(
    directive: Directive, scene: Scene, around: Surroundings, settings: ExtractSettings
) -> Directive:
    symbol = directive.symbol.value or ""
    clue = clue_of_names(around.names, symbol)
    sayings = trust_of("serial", scene.serials, 2)
    if clue is not None:
        sayings.append(Saying("filename", table()["name"][clue.kind], value=clue.serial))
    own = [p for p in around.points if same_body(p, directive)]
    month = (directive.issued.value or "")[:7]
    in_month = {
        p.serial: p
        for p in own
        if p.cited and p.id != directive.id and month and p.issued[:7] == month
    }
    named = {s.value for s in sayings if s.value is not None}
    named |= {w for s in sayings if s.reading and (w := s.reading.whole)}
    for serial in sorted(in_month.keys() & named):
        sayings.append(Saying("citation", _CITED_MONTH, value=serial))
    named |= in_month.keys()
    named = {value for value in named if value}
    if not named:
        return directive
    line = _series(own, directive, in_month)
    prior = {value: fits(line, value) / SERIAL_SPREAD for value in named}
    verdict = _judge(sayings, prior, SERIAL_SPREAD, 2)
    if verdict.value is not None and line is not None and line.supports(verdict.value):
        verdict.origins.add("citation")
    texts = _serial_texts(verdict.ranked)
    evidence = (
        *scene.serial_place,
        *_name_evidence(clue),
        *_point_evidence([in_month[v] for v in sorted(in_month.keys() & named)]),
        *_point_evidence(line.points if line is not None else ()),
    )
    open_serial = _field(directive.serial, verdict, texts, evidence, "serial", sayings, settings)
    party = "/" in symbol and not symbol[:4].isdigit()
    mark = "-" if party else "/"
    numbers = {value: f"{text}{mark}{symbol}" for value, text in texts.items()}
    number = _field(directive.number, verdict, numbers, evidence, "number", sayings, settings)
    if directive.symbol.status != "accepted" and number.status == "accepted":
        number = number.model_copy(update={"status": "review"})
    number = number.model_copy(
        update={"confidence": round(number.confidence * directive.symbol.confidence, 4)}
    )
    return directive.model_copy(update={"serial": open_serial, "number": number})


def _serial_texts(ranked: Iterable[tuple[int, float]]) -> dict[int, str]:
    """Numbers below ten are written with a nought (Decree 30, Annex I, II.3)."""
    return {value: f"{value:02d}" for value, _ in ranked}


def _series(own: Sequence[Point], directive: Directive, in_month: dict[int, Point]) -> Band | None:
    """The band of the series on the document's day, or around the middle of its month.

    A citation that may mean this very document is no neighbour of it.
    """
    points = [p for p in own if p not in in_month.values()]
    value = directive.issued.value or ""
    if len(value) == 10:
        return expected(points, date.fromisoformat(value), 0)
    return expected(points, date.fromisoformat(f"{value}-15"), 16) if len(value) == 7 else None


# -- the date -----------------------------------------------------------------------------------


def _with_date(
    made: Directive,
    directive: Directive,
    source: SourceDocument,
    scene: Scene,
    cited: Point | None,
    settings: ExtractSettings,
) -> Directive:
    """``made`` with the date that ``directive`` left open; ``cited``: where others date it."""
    months = _months(directive, source, scene)
    if not months:
        return made
    days = {
        (date(y, m, 1) + timedelta(days=d)).toordinal(): date(y, m, 1) + timedelta(days=d)
        for y, m in months
        for d in range(_length(y, m))
    }
    signed = _signed_on(source)
    later = _latest_cited(directive)
    weights: dict[int, float] = {}
    for key, day in days.items():
        weight = after_signature((signed - day).days) if signed is not None else 1.0
        if later is not None and day < later:
            weight *= _CITED_LATER
        weights[key] = weight
    total = sum(weights.values())
    prior = {key: weight / total for key, weight in weights.items()}
    sayings = trust_of("day", scene.days, 2)
    chances = _posterior_of_days(sayings, prior, days, scene, len(months) > 1)
    told = date.fromisoformat(cited.issued).toordinal() if cited is not None else None
    if told in chances:
        chances = _told(chances, told)
    ranked = sorted(chances.items(), key=lambda item: (-item[1], item[0]))
    best, probability = ranked[0]
    verdict = _Verdict(best, probability, ranked=ranked)
    verdict.origins |= {s.origin for s in sayings if s.names(days[best].day, 2)}
    if told == best:
        verdict.origins.add("citation")
    # Without a reading or a citation of it the time of signing names no day.
    named = bool(verdict.origins)
    speaks = prior[best] * len(prior) >= _SPEAKS_FOR
    if speaks and signed is not None and named:
        verdict.origins.add("digital_signature")
    texts = {key: day.isoformat() for key, day in days.items()}
    evidence = (
        *scene.date_place,
        *_signature_evidence(source, signed),
        *_point_evidence([cited] if cited is not None else []),
    )
    issued = _field(directive.issued, verdict, texts, evidence, "date", sayings, settings)
    if issued.value is None and directive.issued.value:
        month = {
            "value": directive.issued.value[:7],
            "alternatives": issued.alternatives,
            "evidence": issued.evidence,
            "rule": "header.date.month_only",
            "status": "review",
        }
        issued = directive.issued.model_copy(update=month)
    return made.model_copy(update={"issued": issued})


def _length(year: int, month: int) -> int:
    return ((date(year + month // 12, month % 12 + 1, 1)) - date(year, month, 1)).days


def _months(directive: Directive, source: SourceDocument, scene: Scene) -> list[tuple[int, int]]:
    """The month as printed; where it cannot be read, the months of the year up to the signature."""
    value = directive.issued.value or ""
    if len(value) >= 7 and not scene.month_written:
        return [(int(value[:4]), int(value[5:7]))]
    year = _year(directive)
    if year is None:
        return []
    signed = _signed_on(source)
    last = 12
    if signed is not None and signed.year == year:
        last = signed.month
    return [(year, month) for month in range(1, last + 1)]


def _year(directive: Directive) -> int | None:
    value = directive.issued.value
    if value is None and directive.issued.alternatives:
        value = directive.issued.alternatives[0].value
    return int(value[:4]) if value and value[:4].isdigit() else None


def _posterior_of_days(
    sayings: Sequence[Saying],
    prior: dict[int, float],
    days: dict[int, date],
    scene: Scene,
    months_open: bool,
) -> dict[int, float]:
    """Probability of each date; the month's own readings count where it is written by hand too."""
    by_month = trust_of("day", scene.months, 1) if months_open else []
    weights = {}
    for key, before in prior.items():
        weight = before
        for saying in sayings:
            weight *= saying.likelihood(days[key].day, DAY_SPREAD, 2)
        for saying in by_month:
            weight *= saying.likelihood(days[key].month, 12, 2)
        weights[key] = weight
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()} if total else dict(prior)


def _told(chances: dict[int, float], told: int) -> dict[int, float]:
    """One source more, that names this date."""
    spread = len(chances)
    weights = {
        key: chance * (_CITED_DATE if key == told else (1 - _CITED_DATE) / spread)
        for key, chance in chances.items()
    }
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()}


def _signed_on(source: SourceDocument) -> date | None:
    """The day of the first digital signature, in the time that the signature states."""
    days = []
    for signature in source.signatures:
        try:
            days.append(date.fromisoformat((signature.signed_at or "")[:10]))
        except ValueError:
            continue
    return min(days, default=None)


def _latest_cited(directive: Directive) -> date | None:
    """The latest day that an accepted citation in the text names."""
    found = [
        date.fromisoformat(c.issued.value)
        for c in directive.citations
        if c.issued.value and len(c.issued.value) == 10 and c.issued.status == "accepted"
    ]
    return max(found, default=None)


def _own_citation(directive: Directive, around: Surroundings) -> Point | None:
    """The citation that dates this very document, once its serial is known; all must agree."""
    if directive.serial.status != "accepted" or not directive.serial.value:
        return None
    serial = int(directive.serial.value)
    month = (directive.issued.value or "")[:7]
    found = [
        p
        for p in around.points
        if p.cited and p.serial == serial and same_body(p, directive) and p.id != directive.id
        and (not month or p.issued[:7] == month)
    ]  # fmt: skip
    return found[0] if len({p.issued for p in found}) == 1 else None


# -- what is written down -----------------------------------------------------------------------


def _judge(sayings: Sequence[Saying], prior: dict[int, float], spread: int, width: int) -> _Verdict:
    chances = posterior(sayings, prior, spread, width)
    ranked = sorted(chances.items(), key=lambda item: (-item[1], item[0]))
    best, probability = ranked[0]
    return _Verdict(
        best,
        probability,
        {s.origin for s in sayings if s.names(best, width)},
        ranked,
    )


def _field(
    before: FieldValue,
    verdict: _Verdict,
    texts: dict[int, str],
    evidence: tuple[Evidence, ...],
    name: str,
    sayings: Sequence[Saying],
    settings: ExtractSettings,
) -> FieldValue:
    """Accepted on agreement, proposed where it is likely, else open with the candidates."""
    agreed = len(verdict.origins) >= 2
    status: FieldStatus = "unreadable"
    if verdict.probability >= settings.fuse_confidence and agreed:
        status = "accepted"
    elif verdict.probability >= settings.propose_confidence and (
        verdict.origins if name == "date" else verdict.origins - {"ocr"}
    ):  # of a serial that only engines read the candidates are listed and none is chosen
        status = "review"
    chosen = verdict.value if status != "unreadable" else None
    alternatives = tuple(
        Alternative(value=texts[value], confidence=round(chance, 4), origin=_origin(value, sayings))
        for value, chance in verdict.ranked[:_MOST_ALTERNATIVES]
        if value != chosen and (name != "date" or chance >= _LIKELY)
    )
    return FieldValue(
        value=texts[chosen] if chosen is not None else None,
        raw=before.raw,
        confidence=round(min(1.0, verdict.probability), 4) if chosen is not None else 0.0,
        status=status,
        alternatives=alternatives,
        evidence=evidence or before.evidence,
        rule=f"fusion.{name}.{'+'.join(sorted(verdict.origins)) or 'none'}",
    )


def _origin(value: int, sayings: Sequence[Saying]) -> Origin:
    return next((s.origin for s in sayings if s.reading is None and s.value == value), "ocr")


def _name_evidence(clue: NameClue | None) -> tuple[Evidence, ...]:
    return () if clue is None else (Evidence(text=clue.name[:400], origin="filename"),)


def _point_evidence(points: Iterable[Point]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(text=f"{p.serial:02d}/{p.symbol}, {p.issued}", origin="citation")
        for p in list(points)[:4]
    )


def _signature_evidence(source: SourceDocument, signed: date | None) -> tuple[Evidence, ...]:
    if signed is None:
        return ()
    for signature in source.signatures:
        if (signature.signed_at or "")[:10] == signed.isoformat():
            return (
                Evidence(
                    page=signature.page,
                    bbox=signature.bbox,
                    text=signature.signed_at or "",
                    origin="digital_signature",
                ),
            )
    return ()
