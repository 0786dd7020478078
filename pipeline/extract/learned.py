"""Names and symbols that people confirmed in other documents, as a witness of what was read here.

The rule of every witness holds: alone it accepts nothing. A reading that is letter for letter a
confirmed name of the same office has two witnesses and is accepted; one that is nearly such a name
is proposed as that name; where nothing was read nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from rapidfuzz.distance import Levenshtein

from models.codes import skeleton
from models.decision_values import joined_number
from models.directive import Alternative, Directive, FieldValue
from models.lexicon import Lexicon
from models.vietnamese import fold, nfc

#: So many letters in a hundred may be misread, marks not counted.
_NEAR: Final = 12
_MOST: Final = 3
_RULE: Final = "lexicon"
#: What is printed in a text that no engine read needs no witness.
_READ: Final = frozenset({"ocr", "stamp"})


def with_learned(directive: Directive, lexicon: Lexicon) -> Directive:
    """The extracted directive with what people taught; the same where nothing fits."""
    if lexicon == Lexicon():
        return directive
    made = directive.model_copy(
        update={
            "issuer": _body(directive.issuer, lexicon),
            "parent_issuer": _body(directive.parent_issuer, lexicon),
            "recipients": tuple(_body(item, lexicon) for item in directive.recipients),
            "copied_to": tuple(_body(item, lexicon) for item in directive.copied_to),
            "citations": tuple(
                c.model_copy(update={"issuer": _body(c.issuer, lexicon)})
                for c in directive.citations
            ),
        }
    )
    office = fold(made.issuer.value or "")
    if not office:
        return made
    names = [s.name for s in lexicon.signers if fold(s.issuer) == office]
    signer = made.signer.model_copy(update={"name": _named(made.signer.name, names, fold)})
    symbols = [s.symbol for s in lexicon.symbols if fold(s.issuer) == office]
    return _numbered(made.model_copy(update={"signer": signer}), symbols)


def _body(field: FieldValue, lexicon: Lexicon) -> FieldValue:
    printed = " ".join((field.raw or field.value or "").split()).strip(" .,;:-")
    meant = lexicon.abbreviations.get(printed)
    if meant is not None and field.value is not None and fold(field.value) != fold(meant):
        return _proposed(field, meant)
    return _named(field, lexicon.organisations, fold)


def _numbered(directive: Directive, symbols: list[str]) -> Directive:
    """The number follows its symbol."""
    symbol = _named(directive.symbol, symbols, skeleton)
    if symbol == directive.symbol:
        return directive
    made = directive.model_copy(update={"symbol": symbol})
    serial, number = directive.serial.value, directive.number
    if symbol.value == directive.symbol.value or serial is None or number.value is None:
        return made
    if symbol.value is None:
        return made
    return made.model_copy(
        update={"number": _proposed(number, joined_number(serial, symbol.value))}
    )


def _was_read(field: FieldValue) -> bool:
    derived = field.rule.startswith("derived") or field.rule.startswith("digital_signature")
    return not derived and any(seen.origin in _READ for seen in field.evidence)


def _named(field: FieldValue, names: Iterable[str], keyed: Callable[[str], str]) -> FieldValue:
    """A reading held against confirmed names."""
    if not _was_read(field):
        return field
    read = nfc(field.value or " ".join((field.raw or "").split()))
    near = _nearest(keyed(read), names, keyed) if read else []
    if not near:
        return field
    if field.status == "unreadable":
        return _with_candidates(field, near)
    if field.value in near:
        alone = len([name for name in near if keyed(name) == keyed(read)]) == 1
        if field.status == "review" and alone:
            update = {"status": "accepted", "confidence": max(field.confidence, 0.97)}
            return field.model_copy(update=update | {"rule": f"{field.rule}.{_RULE}"})
        return field
    same = [name for name in near if keyed(name) == keyed(read)]
    if len(near) > 1 and len(same) != 1:
        return field if field.status == "accepted" else _with_candidates(field, near)
    if field.status == "accepted" and not same:
        return field  # another name that is written nearly so
    return _proposed(field, (same or near)[0])


def _nearest(read: str, names: Iterable[str], keyed: Callable[[str], str]) -> list[str]:
    """Confirmed names that may be what was read, the nearest first."""
    most = min(_MOST, len(read) * _NEAR // 100)
    found = []
    for name in dict.fromkeys(names):
        distance = Levenshtein.distance(read, keyed(name), score_cutoff=most)
        if distance <= most:
            found.append((distance, name))
    return [name for _, name in sorted(found)]


def _proposed(field: FieldValue, value: str) -> FieldValue:
    """The field with a confirmed value in place of the reading, for a person to look at."""
    others = field.alternatives
    if field.value is not None:
        origin = field.evidence[0].origin if field.evidence else "ocr"
        read = Alternative(value=field.value, confidence=field.confidence, origin=origin)
        others = (read, *(other for other in others if other.value not in (field.value, value)))
    return field.model_copy(
        update={
            "value": value, "status": "review", "confidence": min(field.confidence, 0.9),
            "alternatives": others, "rule": f"{field.rule}.{_RULE}",
        }
    )  # fmt: skip


def _with_candidates(field: FieldValue, names: list[str]) -> FieldValue:
    known = {other.value for other in field.alternatives} | {field.value}
    fresh = [
        Alternative(value=name, confidence=0.3, origin="person")
        for name in names[:3]
        if name not in known
    ]
    return field.model_copy(update={"alternatives": (*field.alternatives, *fresh)})
