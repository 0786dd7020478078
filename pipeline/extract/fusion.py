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
from dataclasses import dataclass
from datetime import date, timedelta

from models.base import Origin
from models.directive import Directive
from models.finding import Evidence
from models.source import SourceDocument
from models.text import PageText
from pipeline.extract.context import Context
from pipeline.extract.fusion_beliefs import (
    DAY_SPREAD,
    SERIAL_SPREAD,
    Saying,
    after_signature,
    table,
    trust_of,
)
from pipeline.extract.fusion_fields import (
    Verdict,
    judge,
    make_fused,
    name_evidence,
    point_evidence,
    signature_evidence,
    who_names,
)
from pipeline.extract.fusion_names import clue_of_names
from pipeline.extract.fusion_series import (
    Band,
    Neighbours,
    Point,
    expected,
    fits,
    neighbours_of,
    same_body,
    series_key,
)
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
#: Stamps of arrival are read by engines; a wrong reading of one must not outweigh all others.
_STAMPED_BEFORE = 0.1
#: Now and then a number is reserved, or given later than its date.
_OUT_OF_SERIES = 0.1
#: A date cited later than the document's own is an error of the document, and rare.
_CITED_LATER = 0.05
_OPEN = ("unreadable", "review")


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


def is_open(directive: Directive) -> bool:
    """Whether serial or date were seen and are not sure."""
    return any(f.status in _OPEN for f in (directive.serial, directive.issued))


def series_of(directive: Directive) -> tuple[str, str]:
    """The key of the series that an open document belongs to; its points have the same."""
    return series_key(directive.symbol.value or "", str(_year(directive) or ""))


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
        made = _with_date(made, directive, source, scene, Neighbours(), settings)
    if open_serial and directive.symbol.value and directive.symbol.status != "unreadable":
        made = _with_serial(made, scene, around, settings)
    neighbours = neighbours_of(made, around.points)
    if open_date and neighbours is not None:
        made = _with_date(made, directive, source, scene, neighbours, settings)
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
    verdict = judge(sayings, prior, SERIAL_SPREAD, 2)
    if verdict.value is not None and line is not None and line.supports(verdict.value):
        verdict.origins.add("citation")
    texts = _serial_texts(verdict.ranked)
    evidence = (
        *scene.serial_place,
        *name_evidence(clue),
        *point_evidence([in_month[v] for v in sorted(in_month.keys() & named)]),
        *point_evidence(line.points if line is not None else ()),
    )

    def said_by(value: int) -> Origin:
        return who_names(value, sayings)

    open_serial = make_fused(
        directive.serial, verdict, texts, evidence, "serial", said_by, settings
    )
    party = "/" in symbol and not symbol[:4].isdigit()
    mark = "-" if party else "/"
    numbers = {value: f"{text}{mark}{symbol}" for value, text in texts.items()}
    number = make_fused(directive.number, verdict, numbers, evidence, "number", said_by, settings)
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
    cited = set(in_month.values())
    points = [p for p in own if p not in cited]
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
    others: Neighbours,
    settings: ExtractSettings,
) -> Directive:
    """``made`` with the date that ``directive`` left open."""
    months = _months(directive, source, scene)
    if not months:
        return made
    days = {
        (date(y, m, 1) + timedelta(days=d)).toordinal(): date(y, m, 1) + timedelta(days=d)
        for y, m in months
        for d in range(_length(y, m))
    }
    signed = _signed_on(source)
    received = _received_on(directive)
    bounds = [(_latest_cited(directive), None, _CITED_LATER), (None, received, _STAMPED_BEFORE),
              (others.after, others.before, _OUT_OF_SERIES)]  # fmt: skip
    weights: dict[int, float] = {}
    for key, day in days.items():
        weight = after_signature((signed - day).days) if signed is not None else 1.0
        for low, high, outside in bounds:
            if (low is not None and day < low) or (high is not None and day > high):
                weight *= outside
        weights[key] = weight
    total = sum(weights.values())
    prior = {key: weight / total for key, weight in weights.items()}
    sayings = trust_of("day", scene.days, 2)
    chances = _posterior_of_days(sayings, prior, days, scene, len(months) > 1)
    told = others.dated.toordinal() if others.dated is not None else None
    if told in chances:
        chances = _told(chances, told)
    ranked = sorted(chances.items(), key=lambda item: (-item[1], item[0]))
    best, probability = ranked[0]
    verdict = Verdict(best, probability, ranked=ranked)
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
        *signature_evidence(source, signed),
        *(directive.incoming.received.evidence if received is not None else ()),
        *point_evidence(others.points),
    )

    def said_by(key: int) -> Origin:
        read = any(s.names(days[key].day, 2) for s in sayings)
        return "ocr" if read or signed is None else "digital_signature"

    issued = make_fused(directive.issued, verdict, texts, evidence, "date", said_by, settings)
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


def _received_on(directive: Directive) -> date | None:
    """The day of arrival on the incoming stamp, as far as it was read: an upper bound."""
    try:
        return date.fromisoformat(directive.incoming.received.value or "")
    except ValueError:
        return None
