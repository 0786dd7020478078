"""What a person should look at, in a form that sorts and stays the same."""

from __future__ import annotations

from collections.abc import Iterator

from models.decision_values import is_decided, is_looked_at
from models.directive import Deadline, Directive, FieldValue, Target
from models.finding import Finding

_FIELDS = (
    "issuer", "parent_issuer", "number", "serial", "symbol", "place", "issued", "doc_type",
    "subject",
)  # fmt: skip
#: Fields that every document has: their absence needs a look.
_EXPECTED = frozenset({"issuer", "number", "issued", "doc_type"})


#: How a person calls the places that candidates come from.
_CALLED: dict[str, str] = {
    "ocr": "reading", "filename": "file name", "digital_signature": "time of signing",
    "citation": "other documents", "stamp": "incoming stamp", "text_layer": "text layer",
}  # fmt: skip
_MOST_CANDIDATES = 3


def _of_field(name: str, field: FieldValue) -> Iterator[str]:
    if is_decided(field):  # a person has looked
        return
    fused = _candidates(field) if field.rule.startswith("fusion.") else []
    if field.status == "unreadable":
        seen = f"; candidates {', '.join(fused)}" if fused else ""
        yield f"{name}: unreadable{seen}"
    elif field.status == "absent":
        if name in _EXPECTED:
            yield f"{name}: not found"
    elif field.status == "review" and fused:
        others = f", not {', '.join(fused[1:])}" if len(fused) > 1 else ""
        yield f"{name}: not enough witnesses agree on {fused[0]}{others}"
    elif field.status == "review":
        yield f"{name}: {_why(field)}"


def _candidates(field: FieldValue) -> list[str]:
    """The values that fusion weighed, the likeliest first, and which witnesses name each."""
    said = []
    if field.value is not None:
        said.append((field.value, field.rule.rpartition(".")[2].split("+")))
    said += [(a.value, [a.origin]) for a in field.alternatives]
    return [
        f"{value} ({', '.join(_CALLED.get(o, 'no witness') for o in origins)})"
        for value, origins in said[:_MOST_CANDIDATES]
    ]


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
        unsure = sum(item.status != "accepted" and not is_decided(item) for item in items)
        if unsure:
            reasons.add(f"{name}: {unsure} of {len(items)} uncertain")
    cited = tuple(c.number for c in directive.citations if not is_looked_at(c))
    unsure = sum(number.status != "accepted" for number in cited)
    if unsure:
        reasons.add(f"citations: {unsure} of {len(directive.citations)} uncertain")
    claims: tuple[tuple[str, tuple[Target | Deadline, ...]], ...] = (
        ("targets", directive.targets),
        ("deadlines", directive.deadlines),
    )
    for name, found in claims:
        unsure = sum(i.status != "accepted" and not is_decided(i) for i in found)
        if unsure:
            reasons.add(f"{name}: {unsure} of {len(found)} uncertain")
    reasons.update(f"finding: {finding.code}" for finding in findings if finding.severity != "info")
    return tuple(sorted(reasons))
