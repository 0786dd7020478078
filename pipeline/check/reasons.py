"""What a person should look at, in a form that sorts and stays the same."""

from __future__ import annotations

from collections.abc import Iterator

from models.directive import Directive, FieldValue
from models.finding import Finding

_FIELDS = (
    "issuer", "parent_issuer", "number", "serial", "symbol", "place", "issued", "doc_type",
    "subject",
)  # fmt: skip
#: Fields that every document has: their absence needs a look.
_EXPECTED = frozenset({"issuer", "number", "issued", "doc_type"})


def _of_field(name: str, field: FieldValue) -> Iterator[str]:
    if field.status == "unreadable":
        yield f"{name}: unreadable"
    elif field.status == "absent":
        if name in _EXPECTED:
            yield f"{name}: not found"
    elif field.status == "review":
        yield f"{name}: {_why(field)}"


def _why(field: FieldValue) -> str:
    if field.rule.startswith("derived"):
        return "derived, not printed"
    if field.rule.startswith("header.date"):
        return "day may be handwritten"
    if field.rule.startswith("header.number") and field.evidence:
        origin = field.evidence[0].origin
        return "may be handwritten" if origin == "ocr" else "uncertain"
    if "disagrees" in field.rule:
        return "type line and code disagree"
    return "uncertain"


def review_reasons(directive: Directive, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """Sorted, each once."""
    reasons: set[str] = set()
    for name in _FIELDS:
        if name in {"serial", "symbol"} and directive.number.status != "accepted":
            continue
        reasons.update(_of_field(name, getattr(directive, name)))
    for name in ("name", "authority", "position"):
        reasons.update(_of_field(f"signer.{name}", getattr(directive.signer, name)))
    for name, items in (
        ("recipients", directive.recipients),
        ("copied_to", directive.copied_to),
    ):
        unsure = sum(item.status != "accepted" for item in items)
        if unsure:
            reasons.add(f"{name}: {unsure} of {len(items)} uncertain")
    for name, statuses in (
        ("citations", [c.number.status for c in directive.citations]),
        ("targets", [t.status for t in directive.targets]),
        ("deadlines", [d.status for d in directive.deadlines]),
    ):
        unsure = sum(status != "accepted" for status in statuses)
        if unsure:
            reasons.add(f"{name}: {unsure} of {len(statuses)} uncertain")
    reasons.update(f"finding: {finding.code}" for finding in findings if finding.severity != "info")
    return tuple(sorted(reasons))
