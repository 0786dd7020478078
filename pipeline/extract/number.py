"""The document's own number: serial and symbol (Decree 30, Annex I, II.3).

On scanned pages the serial is as a rule written by hand and the engine's reading of it often looks
valid and is wrong; it is therefore never accepted there, however sure the engine is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.codes import (
    AMBIGUOUS_CODES,
    TYPE_OF_CODE,
    is_listed,
    restore_damaged,
    type_code_of,
)
from models.directive import ABSENT, Alternative, FieldStatus, FieldValue
from pipeline.extract.context import Context
from pipeline.extract.fields import make_field, unreadable
from pipeline.extract.grammar import CODE, SYMBOL, normalise_symbol, parse_code
from pipeline.extract.zones import NUMBER_LINE

_LABEL = re.compile(r"\W{0,3}s[o06]\s?[:.;]?\s*")
#: Where a Party number begins its symbol: the type of the document, before the slash.
_PARTY = re.compile(r"[–-]\s?(?P<type>[A-Za-zĐđ]{1,4})\s?/")
#: A dash and letters before the slash that are no type: the symbol behind it is not the whole one.
_TORN = re.compile(r"[–—-]\s?(?=\d*[^\W\d_])\w{1,6}\s?$")
_SMALL_TYPE = re.compile(r"(?P<type>[a-zđ]{2,4})\s?/\s?")
_SERIAL = re.compile(r"\d{1,6}[a-zđ]?")
_MIN_WORD_CONFIDENCE = 0.6


@dataclass(frozen=True, slots=True)
class NumberFields:
    """The three fields that one slot fills."""

    number: FieldValue = ABSENT
    serial: FieldValue = ABSENT
    symbol: FieldValue = ABSENT


def number_slot(context: Context) -> tuple[int, int] | None:
    """The span after "Số:" in the header."""
    view = context.view
    for piece in context.header_pieces():
        folded = view.folded[piece.start : piece.end]
        if not NUMBER_LINE.match(folded):
            continue
        label = _LABEL.match(folded)
        start = piece.start + (label.end() if label else 0)
        if CODE.match(view.text, start) or "/" in folded or re.match(r"\W*s[o06]\s?:", folded):
            return start, piece.end
    return _unlabelled(context)


def _unlabelled(context: Context) -> tuple[int, int] | None:
    """A number alone on a line of a scan's left column, its label lost."""
    view = context.view
    for piece in context.header_pieces():
        line = view.lines[piece.line]
        if line.kind == "header_left" and view.is_ocr(piece.start):
            match = CODE.search(view.text, piece.start, piece.end)
            if match and match.start() - piece.start <= 4 and piece.end - match.end() <= 2:
                return match.start(), piece.end
    return None


def extract_number(context: Context) -> NumberFields:
    """Number, serial and symbol with what is known of each."""
    slot = number_slot(context)
    if slot is None:
        return _missing(context)
    start, end = slot
    view = context.view
    match = CODE.match(view.text, start)
    code = parse_code(match) if match and match.end() <= end + 40 else None
    if match is None or code is None:
        return _damaged(context, start, end)
    rest = view.text[code.end : end].strip(" .,;:-")
    ocr = view.is_ocr(start)
    cap: FieldStatus | None = "review" if ocr or rest else None
    rule = "header.number.d_restored" if code.restored else "header.number"
    # The symbol of a joint number holds the second serial, which may be handwritten too.
    symbol_start = match.start("year") if match["year"] else match.start("symbol")
    symbol = make_field(
        view, symbol_start, code.end, code.symbol, rule, reliability=0.98 if not code.restored
        else 0.93, accept=context.accept, cap="review" if rest or (ocr and code.joint) else None,
        closed=is_listed(code.symbol),
    )  # fmt: skip
    seen = view.confidences(start, match.end("serial"))
    if ocr and seen and min(seen) < _MIN_WORD_CONFIDENCE:
        lost = unreadable(view, start, code.end, "header.number.low_confidence", [code.value])
        serial = unreadable(
            view, start, match.end("serial"), "header.number.low_confidence", [code.serial]
        )
        return NumberFields(lost, serial, symbol)
    reliability = 0.6 if ocr else symbol.confidence
    return NumberFields(
        make_field(view, start, code.end, code.value, rule,
                   reliability=reliability, accept=context.accept, cap=cap),
        make_field(view, start, match.end("serial"), code.serial, rule,
                   reliability=0.6 if ocr else 0.98, accept=context.accept, cap=cap),
        symbol,
    )  # fmt: skip


def confirmed(fields: NumberFields, doc_type: FieldValue) -> NumberFields:
    """On a scan a type code that contradicts the type line may be misread: then it is reviewed."""
    symbol = fields.symbol
    code = type_code_of(symbol.value or "")
    read = any(e.origin == "ocr" for e in symbol.evidence)
    if symbol.status != "accepted" or not read or not doc_type.value or code in AMBIGUOUS_CODES:
        return fields
    if code is None or TYPE_OF_CODE[code] == doc_type.value:
        return fields
    return NumberFields(
        fields.number, fields.serial, symbol.model_copy(update={"status": "review"})
    )


def _missing(context: Context) -> NumberFields:
    """No slot: a scan may hide it, a text has none."""
    start, end = context.zones.header
    lines = context.view.lines[start:end]
    if context.zones.motto >= 0 and lines and context.view.is_ocr(lines[0].start):
        field = FieldValue(status="unreadable", rule="header.number.not_found")
        return NumberFields(field, field, field)
    return NumberFields()


def _party_mark(text: str) -> re.Match[str] | None:
    """The dash of a Party number; a type in small letters (``-cv/TU``) only if it is one."""
    for match in _PARTY.finditer(text):
        if match["type"][0].isupper() or match["type"].upper() in TYPE_OF_CODE:
            return match
    return None


def _symbol_after(context: Context, start: int, end: int) -> tuple[FieldValue, str | None]:
    """The symbol behind the slash of an unreadable serial."""
    view = context.view
    small = _SMALL_TYPE.match(view.text, start, end)
    if small is not None and small["type"].upper() in TYPE_OF_CODE:
        return _with_small_type(context, small, end)
    match = SYMBOL.search(view.text, start, end)
    if match is None:
        return unreadable(view, start, end, "header.symbol.unreadable"), None
    symbol, restored = normalise_symbol(match["symbol"])
    if not symbol:
        return unreadable(view, start, end, "header.symbol.unreadable"), None
    if match["year"]:
        symbol = f"{match['year']}/{symbol}"
    field = make_field(
        view, match.start(), match.end(), symbol, "header.symbol",
        reliability=0.93 if restored else 0.98, accept=context.accept, closed=is_listed(symbol),
    )  # fmt: skip
    return field, symbol


def _with_small_type(
    context: Context, small: re.Match[str], end: int
) -> tuple[FieldValue, str | None]:
    """A Party symbol whose type was read in small letters; never accepted as it stands."""
    field, symbol = _symbol_after(context, small.end(), end)
    if symbol is None:
        return field, None
    view = context.view
    found = SYMBOL.search(view.text, small.end(), end)
    stop = found.end() if found else end
    whole = f"{small['type'].upper()}/{symbol}"
    made = make_field(
        view, small.start(), stop, whole, "header.symbol.small_letters",
        reliability=0.9, accept=context.accept, cap="review", closed=is_listed(whole),
    )  # fmt: skip
    return made, whole


def _damaged(context: Context, start: int, end: int) -> NumberFields:
    """An empty or unreadable slot: the candidates are listed, none is chosen."""
    view = context.view
    text = view.text[start:end]
    party = _party_mark(text)
    slash = party.start() if party else text.find("/")
    before = text if slash < 0 else text[:slash]
    if slash >= 0:
        symbol, value = _symbol_after(context, start + slash + 1, end)
    else:
        symbol, value = _guess_symbol(context, start, end)
    if party is None and symbol.status == "accepted" and _TORN.search(before):
        symbol = symbol.model_copy(update={"status": "review"})
    empty = not any(c.isalnum() for c in before)
    rule = "header.number.empty" if empty else "header.number.unreadable"
    digits = [m[0] for m in _SERIAL.finditer(before)]
    mark = "-" if party else "/"
    candidates = [f"{d}{mark}{value}" if value else d for d in digits]
    return NumberFields(
        unreadable(view, start, end, rule, candidates),
        unreadable(view, start, start + len(before), rule, digits),
        symbol,
    )


def _guess_symbol(context: Context, start: int, end: int) -> tuple[FieldValue, str | None]:
    """A symbol without its slash (``1PLD``): a candidate from the code list, never a value."""
    view = context.view
    for word in view.words_in(start, end):
        known = restore_damaged(view.text[word.start : word.end].strip(".,;:"))
        if known:
            field = unreadable(view, word.start, word.end, "header.symbol.code_list")
            return field.model_copy(
                update={"alternatives": (Alternative(value=known, confidence=0.3),)}
            ), known
    return unreadable(view, start, end, "header.symbol.unreadable"), None
