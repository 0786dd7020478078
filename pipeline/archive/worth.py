"""How much a look at a document is worth to whoever reviews: what is uncertain, and how much of it
matters. Pure.

Key fields come first (a number that cannot be read weighs more than all that is not key), then
other fields, lists and findings; of equals the one with the least confidence.
"""

from __future__ import annotations

from typing import Final

from models.decision_paths import FIELDS, RULE, field_at
from models.directive import Directive, FieldValue

#: What is asked for first: a document cannot be found without these.
_KEY: Final = {
    "number": 32, "issued": 32, "issuer": 28, "doc_type": 24, "subject": 20, "signer.name": 20,
}  # fmt: skip
_OTHER: Final = 2
#: ``unreadable`` and ``absent`` have nothing to accept: a person must type.
_STATUS: Final = {"unreadable": 4, "absent": 3, "review": 3, "accepted": 0}
_LEAST_SURE: Final = 100
#: More reasons than this are no more urgent.
_MOST: Final = 99


def worth(directive: Directive) -> int:
    """0 where there is nothing to look at; larger is sooner. Fits 32 bits."""
    reasons = directive.review.reasons
    if not reasons:
        return 0
    named = {reason.partition(":")[0] for reason in reasons}
    weight = 0
    doubt = 0.0
    for name in FIELDS:
        if name in named:
            field = field_at(directive, name)
            weight += _KEY.get(name, _OTHER) * _weight(field)
            doubt = max(doubt, 1.0 - field.confidence)
    rest = min(len(reasons), _MOST)
    return (weight * (_MOST + 1) + rest) * _LEAST_SURE + round(doubt * (_LEAST_SURE - 1))


def _weight(field: FieldValue) -> int:
    return 1 if field.rule == RULE else _STATUS[field.status]
