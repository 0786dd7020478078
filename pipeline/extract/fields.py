"""How a span becomes a field: confidence, status, evidence.

``confidence = reliability of the rule x confidence of the weakest word``; words for which the
reader gives no confidence (a text layer, a text file) count as 1. Where the value was found in a
closed list (a type name, a province), the mean of the words counts and half of its doubt is taken
away: the list is a second witness. Both rise with their inputs. Of kinds of read values of which
enough were labelled, this is turned into a probability (:mod:`pipeline.extract.confidence`).

A field is accepted from ``settings.accept_confidence`` on (``accept_probability`` where it is a
probability), never on a page whose text is damaged, and never where ``cap`` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.directive import Alternative, FieldStatus, FieldValue
from models.vietnamese import nfc
from pipeline.extract.confidence import calibrated
from pipeline.extract.view import View


@dataclass(frozen=True, slots=True)
class Accept:
    """From where on values are accepted: rules' own confidences, and probabilities."""

    confidence: float
    probability: float


def confidence_of(view: View, start: int, end: int, reliability: float, *, closed: bool) -> float:
    """The confidence of a reading; see the module's docstring."""
    seen = view.confidences(start, end)
    words = min(seen) if seen else 1.0
    if closed and seen:
        words = sum(seen) / len(seen)
    words = min(1.0, max(0.0, words))
    if closed:
        words = 1.0 - (1.0 - words) / 2
    return round(min(1.0, max(0.0, reliability * words)), 4)


def judged(
    view: View, start: int, end: int, rule: str, confidence: float, accept: Accept
) -> tuple[float, FieldStatus]:
    """Confidence and status of a value that ``rule`` made."""
    known = calibrated(rule, confidence) if view.is_ocr(start) else None
    if known is not None:
        return known, status_of(view, start, end, known, accept.probability)
    return confidence, status_of(view, start, end, confidence, accept.confidence)


def status_of(view: View, start: int, end: int, confidence: float, accept: float) -> FieldStatus:
    """Accepted from ``accept`` on, but nothing on a damaged page is."""
    return "accepted" if confidence >= accept and not view.is_damaged(start, end) else "review"


def make_field(
    view: View,
    start: int,
    end: int,
    value: str,
    rule: str,
    *,
    reliability: float,
    accept: Accept,
    closed: bool = False,
    free: bool = False,
    cap: FieldStatus | None = None,
    alternatives: Iterable[Alternative] = (),
) -> FieldValue:
    """A field with a value; ``cap`` is the best status that it may get.

    ``free`` marks running text: read by an engine it is never accepted, for a mark misread in some
    twenty words is usual and the engine does not notice.
    """
    confidence = confidence_of(view, start, end, reliability, closed=closed)
    confidence, status = judged(view, start, end, rule, confidence, accept)
    if not value:
        status = "review"
    if free and status == "accepted" and view.is_ocr(start):
        status = "review"
    if cap is not None and status == "accepted":
        status = cap
    return FieldValue(
        value=nfc(value),
        raw=view.raw(start, end),
        confidence=confidence,
        status=status,
        alternatives=tuple(alternatives),
        evidence=view.evidence(start, end),
        rule=rule,
    )


def unreadable(
    view: View, start: int, end: int, rule: str, candidates: Iterable[str] = ()
) -> FieldValue:
    """Something stands there and cannot be read; the candidates are listed, none is chosen."""
    alternatives = tuple(
        Alternative(
            value=nfc(candidate),
            confidence=0.1,
            origin=view.evidence(start, end)[0].origin if view.words_in(start, end) else "ocr",
        )
        for candidate in dict.fromkeys(candidates)
        if candidate
    )
    return FieldValue(
        raw=view.raw(start, end),
        status="unreadable",
        alternatives=alternatives,
        evidence=view.evidence(start, end),
        rule=rule,
    )
