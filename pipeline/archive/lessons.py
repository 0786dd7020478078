"""What a decision teaches. Pure: a decision and the record it led to in, lexicon entries out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from models.decision import Made
from models.decision_paths import Path, UndecidableError, field_at, items_of, parse, place_of
from models.decision_values import split_number
from models.directive import Citation, Directive, FieldValue
from models.review import LexiconKind
from models.vietnamese import fold

_TEACHING: Final = frozenset({"accept", "choose", "correct", "add"})
_BODIES: Final = frozenset({"issuer", "parent_issuer", "incoming.office"})
_WORD: Final = re.compile(r"[^\W\d_]{2,40}")
_EDGES: Final = ".,:;()“”\"'’!?-…*/"
#: "LĐLĐVN" may stand for many words, and three letters for two.
_ABBREVIATION: Final = re.compile(r"[^\W\d_]{2,12}")


class Lesson(NamedTuple):
    """An entry of the lexicon: ``text`` is right, or means ``replacement``."""

    kind: LexiconKind
    text: str
    replacement: str = ""
    issuer: str = ""
    detail: tuple[tuple[str, str], ...] = ()


def lessons(made: Made, directive: Directive) -> tuple[Lesson, ...]:
    """What ``made`` teaches, ``directive`` being the record with it; each once."""
    try:
        path = parse(made.path)
    except UndecidableError:
        return ()
    if made.action == "approve":
        return tuple(dict.fromkeys(_whole(directive)))
    if path.kind == "word":
        return tuple(_word(made))
    if made.action not in _TEACHING or not isinstance(made.value, str):
        return ()
    return tuple(dict.fromkeys(_field(made, path, directive)))


def _whole(directive: Directive) -> Iterator[Lesson]:
    for name in ("signer.name", "issuer", "symbol"):
        field = field_at(directive, name)
        if field.status == "accepted" and field.value is not None:
            yield from _of_value(name, field.value, field, directive)


def _field(made: Made, path: Path, directive: Directive) -> Iterator[Lesson]:
    value = str(made.value)
    if path.kind == "field":
        name, field = path.field, field_at(directive, path.field)
        if name == "number":
            parts = split_number(value)
            if parts is not None:
                yield from _of_value("symbol", parts[1], field, directive)
            return
        yield from _of_value(name, value, field, directive)
    elif path.field in ("recipients", "copied_to"):
        place = place_of(items_of(directive, path.field), made.before, path.index)
        item = items_of(directive, path.field)[place] if place is not None else None
        field = item if isinstance(item, FieldValue) else FieldValue()
        yield from _of_value("issuer", value, field, directive)
    elif path.field == "citations" and path.part == "issuer":
        place = place_of(directive.citations, made.before, path.index)
        item = directive.citations[place] if place is not None else None
        field = item.issuer if isinstance(item, Citation) else FieldValue()
        yield from _of_value("issuer", value, field, directive)


def _of_value(name: str, value: str, field: FieldValue, directive: Directive) -> Iterator[Lesson]:
    issuer = directive.issuer.value or ""
    if name == "signer.name":
        signer = directive.signer
        detail = tuple(
            (part, found.value)
            for part, found in (("position", signer.position), ("authority", signer.authority))
            if found.value
        )
        yield Lesson("signer", value, issuer=issuer, detail=detail)
    elif name == "symbol":
        yield Lesson("symbol", value, issuer=issuer)
    elif name in _BODIES:
        yield Lesson("organisation", value)
        printed = " ".join((field.raw or "").split()).strip(_EDGES)
        if _stands_for(printed, value):
            yield Lesson("abbreviation", printed, value)


def _stands_for(printed: str, value: str) -> bool:
    """Whether capitals in one word are the first letters of a name."""
    if not _ABBREVIATION.fullmatch(printed) or not printed.isupper():
        return False
    return fold("".join(word[0] for word in value.split())) == fold(printed)


def _word(made: Made) -> Iterator[Lesson]:
    word = str(made.value or "").strip(_EDGES)
    before = made.before if isinstance(made.before, dict) else {}
    read = str(before.get("raw") or "").strip(_EDGES)
    if not _WORD.fullmatch(word):
        return
    changed = read and read.lower() != word.lower()
    detail = (("read", read),) if changed and _WORD.fullmatch(read) else ()
    yield Lesson("word", word.lower(), detail=detail)
