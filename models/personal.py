"""Taking personal data out of a record before it leaves the house.

The checks mark e-mail addresses, telephone and identity numbers and bank accounts as findings whose
evidence holds the exact text (``pii.*``); this puts a word in its place wherever the record has it.
"""

from __future__ import annotations

from typing import Any

from models.directive import Directive

PREFIX = "pii."
_WORDS = {
    "pii.email": "[e-mail]",
    "pii.phone": "[phone]",
    "pii.identity_number": "[identity number]",
    "pii.bank_account": "[bank account]",
}


def masked(directive: Directive) -> Directive:
    """The record with every marked text replaced; the findings stay, without the text."""
    texts = {
        evidence.text: _WORDS.get(finding.code, "[personal data]")
        for finding in directive.findings
        if finding.code.startswith(PREFIX)
        for evidence in finding.evidence
        if evidence.text
    }
    if not texts:
        return directive
    # The longest first: one number may stand inside another.
    ordered = sorted(texts.items(), key=lambda item: (-len(item[0]), item[0]))

    def mask(value: Any) -> Any:
        if isinstance(value, str):
            for text, word in ordered:
                value = value.replace(text, word)
            return value
        if isinstance(value, list):
            return [mask(item) for item in value]
        if isinstance(value, dict):
            return {key: mask(item) for key, item in value.items()}
        return value

    kept = {"id", "source"}
    record = directive.model_dump(mode="json", by_alias=True)
    return Directive.model_validate({k: v if k in kept else mask(v) for k, v in record.items()})
