"""What fusion writes down: a verdict as a field, with its candidates and where each comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from models.base import Origin
from models.directive import Alternative, FieldStatus, FieldValue
from models.finding import Evidence
from models.source import SourceDocument
from pipeline.extract.fusion_beliefs import Saying, posterior
from pipeline.extract.fusion_names import NameClue
from pipeline.extract.fusion_series import Point
from pipeline.settings import ExtractSettings

_MOST_ALTERNATIVES = 6
#: Less likely days are not listed.
_LIKELY = 0.05


@dataclass(slots=True)
class Verdict:
    """The best value, how probable it is, and which origins name it."""

    value: int | None = None
    probability: float = 0.0
    origins: set[Origin] = field(default_factory=set)
    ranked: list[tuple[int, float]] = field(default_factory=list)


def judge(sayings: Sequence[Saying], prior: dict[int, float], spread: int, width: int) -> Verdict:
    """The likeliest value of ``prior`` after all have spoken."""
    chances = posterior(sayings, prior, spread, width)
    ranked = sorted(chances.items(), key=lambda item: (-item[1], item[0]))
    best, probability = ranked[0]
    return Verdict(
        best,
        probability,
        {s.origin for s in sayings if s.names(best, width)},
        ranked,
    )


def make_fused(
    before: FieldValue,
    verdict: Verdict,
    texts: dict[int, str],
    evidence: tuple[Evidence, ...],
    name: str,
    origin: Callable[[int], Origin],
    settings: ExtractSettings,
) -> FieldValue:
    """Accepted on agreement, proposed where it is likely, else open with the candidates.

    :param texts: how each value is written
    :param origin: who names a candidate that was not chosen
    """
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
        Alternative(value=texts[value], confidence=round(chance, 4), origin=origin(value))
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


def who_names(value: int, sayings: Sequence[Saying]) -> Origin:
    """The first witness that says the value outright, else the reading that fits it."""
    return next((s.origin for s in sayings if s.reading is None and s.value == value), "ocr")


def name_evidence(clue: NameClue | None) -> tuple[Evidence, ...]:
    """The file's name."""
    return () if clue is None else (Evidence(text=clue.name[:400], origin="filename"),)


def point_evidence(points: Iterable[Point]) -> tuple[Evidence, ...]:
    """Other documents, as they give number and date."""
    return tuple(
        Evidence(text=f"{p.serial:02d}/{p.symbol}, {p.issued}", origin="citation")
        for p in list(points)[:4]
    )


def signature_evidence(source: SourceDocument, signed: date | None) -> tuple[Evidence, ...]:
    """The mark of the signature of the day ``signed``."""
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
