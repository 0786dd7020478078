"""Taking personal data out of a record before it leaves the house.

The checks mark e-mail addresses, telephone and identity numbers and bank accounts as findings whose
evidence holds the exact text (``pii.*``); this puts a word in its place wherever the record has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.directive import Directive

PREFIX = "pii."
_WORDS = {
    "pii.email": "[e-mail]",
    "pii.phone": "[phone]",
    "pii.identity_number": "[identity number]",
    "pii.bank_account": "[bank account]",
}


#: What is to be masked, with the word in its place; the longest first, because one number may stand
#: inside another.
Words = tuple[tuple[str, str], ...]


def words_of(record: Mapping[str, Any]) -> Words:
    """What the findings of a record (as JSON) mark."""
    texts = {
        evidence["text"]: _WORDS.get(finding["code"], "[personal data]")
        for finding in record.get("findings", ())
        if finding["code"].startswith(PREFIX)
        for evidence in finding["evidence"]
        if evidence["text"]
    }
    return tuple(sorted(texts.items(), key=lambda item: (-len(item[0]), item[0])))


def mask(value: Any, words: Words) -> Any:
    """``value`` (as JSON) with every marked text replaced."""
    if isinstance(value, str):
        for text, word in words:
            value = value.replace(text, word)
        return value
    if isinstance(value, list):
        return [mask(item, words) for item in value]
    if isinstance(value, dict):
        return {key: mask(item, words) for key, item in value.items()}
    return value


def masked_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record (as JSON) with every marked text replaced; the findings stay, without the text."""
    words = words_of(record)
    kept = {"id", "source"}
    return {k: v if k in kept or not words else mask(v, words) for k, v in record.items()}


def masked(directive: Directive) -> Directive:
    """The directive with every marked text replaced; the findings stay, without the text."""
    if not any(finding.code.startswith(PREFIX) for finding in directive.findings):
        return directive
    record = directive.model_dump(mode="json", by_alias=True)
    return Directive.model_validate(masked_record(record))
