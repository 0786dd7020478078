"""Taking personal data out of a record before it leaves the house.

The checks mark e-mail addresses, telephone and identity numbers and bank accounts as findings whose
evidence holds the exact text (``pii.*``); :func:`masked` puts a word in its place wherever the
record has it: spaced otherwise, in other case, with the country's code, cut off at the end of a
field, as a figure, in a file's name. E-mail addresses go wherever they stand, marked or not.

Names of signers are official and stay. Ids and hashes stay, for records are joined by them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from models.directive import Directive
from models.vietnamese import nfc

PREFIX: Final = "pii."
_WORDS: Final = {
    "pii.email": "[e-mail]",
    "pii.phone": "[phone]",
    "pii.identity_number": "[identity number]",
    "pii.bank_account": "[bank account]",
}
_OTHER: Final = "[personal data]"
_PLACEHOLDERS: Final = frozenset([*_WORDS.values(), _OTHER])

#: Keys whose value is made of a list of our own, or joins records.
_KEPT: Final = frozenset(
    {"schema", "id", "resolved_id", "sha256", "media_type", "kind", "status", "from", "relation",
     "comparator", "operator", "severity", "code", "state", "signed_at"}
)  # fmt: skip
#: Characters that part digits without ending a number, besides blanks and what cannot be seen.
_SEPARATORS: Final = frozenset(".-–—()/_")
_INVISIBLE: Final = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_AT: Final = "@＠﹫"
_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
#: In file names and in signatures, which the checks do not read. National numbers: 0 or 84 and nine
#: or ten digits that begin as numbers of lines and mobiles do.
_PHONE: Final = re.compile(r"(?<![\d.,])(?:\+?84|0)(?:[ ._-]?[235789])(?:[ ._-]?\d){8,9}(?!\d)")
_UNREAD: Final = frozenset({"path", "other_paths", "signatures"})
#: A date that only happens to have the digits of a marked number stays one.
_EDTF: Final = re.compile(r"[~?%]?\d{4}-\d\d(-\d\d)?[~?%]?(/(\.\.|\d{4}-\d\d(-\d\d)?)?)?")
#: How much of a marked text at the end (or the beginning) of a field is told to be a piece of it.
_PIECE_CHARS: Final = 6
_PIECE_DIGITS: Final = 5
_FIGURE_DIGITS: Final = 7


def masked(directive: Directive) -> Directive:
    """The record with all personal data replaced; the findings stay, without the text.

    Masking what is masked changes nothing. Where there is no personal data it is the same record.
    """
    marks = _marks(
        (finding.code, evidence.text)
        for finding in directive.findings
        for evidence in finding.evidence
    )
    if not marks and not _may_hold(directive):
        return directive
    record = directive.model_dump(by_alias=True)
    hidden = _masked(record, marks, "", unread=False)
    return Directive.model_validate(hidden) if hidden != record else directive


def masked_json(record: str) -> str:
    """A record as JSON without personal data; one that can have none is passed on unread."""
    if not may_hold(record):
        return record
    return masked(Directive.model_validate_json(record)).model_dump_json(by_alias=True)


def may_hold(record: str) -> bool:
    """Whether there can be personal data in a record as JSON; quick, and never wrongly false."""
    if f'"code":"{PREFIX}' in record or any(sign in record for sign in _AT):
        return True
    head, tail = record.partition('"issuer"')[0], record.rpartition('"signatures"')[2]
    if _PHONE.search(head) is None and _PHONE.search(tail) is None:
        return False
    # One hash in some thousands has the digits of a telephone number.
    return any(map(_PHONE.search, _unread_texts(json.loads(record), "", unread=False)))


def words_of(record: Mapping[str, Any]) -> Words:
    """What the findings of a record (as JSON) mark, for :func:`mask` and :func:`spans`."""
    return _marks(
        (finding["code"], evidence["text"])
        for finding in record.get("findings", ())
        for evidence in finding["evidence"]
    )


def mask(value: Any, words: Words, key: str = "") -> Any:
    """``value`` (as JSON, under ``key`` of a record or of a row of one) without personal data."""
    return _masked(value, words, key, unread=key in _UNREAD)


def spans(text: str, words: Words) -> list[tuple[int, int, str]]:
    """Where a text (NFC) has personal data, from left to right, with the word for each place."""
    taken: list[tuple[int, int, str]] = []
    for begin, end, word in _found(text, words, unread=False):
        if all(end <= b or e <= begin for b, e, _ in taken):
            taken.append((begin, end, word))
    return sorted(taken)


def masked_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record (as JSON) without personal data; the findings stay, without the text."""
    words = words_of(record)
    return {key: mask(value, words, key) for key, value in record.items()}


def _marks(found: Iterator[tuple[str, str]]) -> Words:
    """(code of a finding, text that it marks) as what is looked for."""
    marks = {
        _Mark.of(text, _WORDS.get(code, _OTHER))
        for code, text in found
        if code.startswith(PREFIX) and text and text not in _PLACEHOLDERS
    }
    # The longest first: one number may stand inside another.
    return tuple(sorted(marks, key=lambda mark: (-len(mark.text), mark.text, mark.word)))


@dataclass(frozen=True, slots=True)
class _Mark:
    """A marked text in the forms in which it is looked for, and the word for its place."""

    text: str
    word: str
    #: Without blanks, in one case.
    plain: str
    #: Its digits, where it has nothing else: also without the country's code.
    digits: tuple[str, ...]

    @classmethod
    def of(cls, text: str, word: str) -> _Mark:
        plain = "".join(letter for letter, _ in _letters(text))
        digits = "".join(c for c in plain if c.isdecimal())
        only_digits = bool(digits) and all(
            c.isdecimal() or c in _SEPARATORS or c == "+" for c in plain
        )
        forms: tuple[str, ...] = ()
        if only_digits:
            forms = (digits,)
            if word == _WORDS["pii.phone"]:
                bare = digits.removeprefix("84") if "+" in plain else digits.removeprefix("0")
                forms = tuple(dict.fromkeys((digits, "0" + bare, "84" + bare, "840" + bare)))
        return cls(text, word, plain, forms)


#: What is looked for in a record, the longest first.
Words = tuple[_Mark, ...]


def _may_hold(directive: Directive) -> bool:
    """Whether there can be an address, or a number in a name, that nothing marks."""
    unread = [directive.source.path, *directive.source.other_paths]
    for fact in directive.signatures:
        unread += [fact.signer or "", fact.organisation or "", *(e.text for e in fact.evidence)]
    try:
        record = directive.model_dump_json()
    except ValueError:  # a lone surrogate; whoever writes the record has to do with it
        return True
    return any(map(_PHONE.search, unread)) or any(sign in record for sign in _AT)


def nfkc(text: str) -> str:
    """Compatibility composition: full-width digits and signs become plain ones."""
    return unicodedata.normalize("NFKC", text)


def _masked(value: Any, marks: Sequence[_Mark], key: str, *, unread: bool) -> Any:
    if isinstance(value, str):
        return value if key in _KEPT else _masked_text(value, marks, unread=unread)
    if isinstance(value, tuple | list):
        return tuple(_masked(item, marks, key, unread=unread) for item in value)
    if isinstance(value, dict):
        return {
            name: _masked(item, marks, name, unread=unread or name in _UNREAD)
            for name, item in value.items()
        }
    if key == "value" and value is not None and _is_marked_figure(value, marks):
        return None
    return value


def _unread_texts(value: Any, key: str, *, unread: bool) -> Iterator[str]:
    """The texts of a record (as JSON) in which numbers are masked that nothing marks."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _unread_texts(item, name, unread=unread or name in _UNREAD)
    elif isinstance(value, list):
        for item in value:
            yield from _unread_texts(item, key, unread=unread)
    elif unread and isinstance(value, str) and key not in _KEPT:
        yield value


def _is_marked_figure(value: float, marks: Sequence[_Mark]) -> bool:
    if value != value or value in (float("inf"), float("-inf")) or value != int(value):
        return False
    digits = str(abs(int(value)))
    return len(digits) >= _FIGURE_DIGITS and any(
        digits == form.lstrip("0") for mark in marks for form in mark.digits
    )


def _masked_text(text: str, marks: Sequence[_Mark], *, unread: bool) -> str:
    composed = nfc(text)
    taken: list[tuple[int, int, str]] = []
    for begin, end, word in _found(composed, marks, unread=unread):
        if all(end <= b or e <= begin for b, e, _ in taken):
            taken.append((begin, end, word))
    if not taken:
        return text
    for begin, end, word in sorted(taken, reverse=True):
        composed = composed[:begin] + word + composed[end:]
    return composed


def _found(text: str, marks: Sequence[_Mark], *, unread: bool) -> Iterator[tuple[int, int, str]]:
    """Where ``text`` has personal data: spans and words, what is surest first."""
    letters = _letters(text)
    plain = "".join(letter for letter, _ in letters)
    places = [place for _, place in letters]
    runs = [] if _EDTF.fullmatch(text) else list(_digit_runs(text))
    for mark in marks:
        for begin, end in _occurrences(plain, mark.plain):
            yield places[begin], places[end - 1] + 1, mark.word
        for begin, end in _number_spans(runs, mark):
            while begin and text[begin - 1] in "+(":
                begin -= 1
            yield begin, end, mark.word
    for match in _EMAIL.finditer(nfkc(text) if len(nfkc(text)) == len(text) else text):
        yield *match.span(), _WORDS["pii.email"]
    if unread:
        for match in _PHONE.finditer(text):
            yield *match.span(), _WORDS["pii.phone"]
    for mark in marks:
        for begin, end in _pieces(text, plain, places, runs, mark):
            yield begin, end, mark.word


def _letters(text: str) -> list[tuple[str, int]]:
    """Letters in one case and width with their places, without blanks and what cannot be seen."""
    return [
        (letter, place)
        for place, char in enumerate(text)
        if not char.isspace() and char not in _INVISIBLE
        for letter in nfkc(char).casefold()
        if not letter.isspace()
    ]


def _occurrences(text: str, part: str) -> Iterator[tuple[int, int]]:
    begin = text.find(part) if part else -1
    while begin >= 0:
        yield begin, begin + len(part)
        begin = text.find(part, begin + len(part))


#: The digits of a number as they are written, with the places of each.
_Run = tuple[str, list[int]]


def _digit_runs(text: str) -> Iterator[_Run]:
    """Numbers with whatever parts their digits."""
    digits: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        plain = nfkc(char)
        if len(plain) == 1 and plain.isdecimal():
            digits.append(str(int(plain)))
            places.append(place)
        elif digits and not (char.isspace() or char in _SEPARATORS or char in _INVISIBLE):
            yield "".join(digits), places
            digits, places = [], []
    if digits:
        yield "".join(digits), places


def _number_spans(runs: list[_Run], mark: _Mark) -> Iterator[tuple[int, int]]:
    """The marked number, however it is spaced: not as a part of a longer one without a gap."""
    for digits, places in runs:
        for form in mark.digits:
            for begin, end in _occurrences(digits, form):
                before = begin == 0 or places[begin] - places[begin - 1] > 1
                behind = end == len(digits) or places[end] - places[end - 1] > 1
                if before and behind:
                    yield places[begin], places[end - 1] + 1


def _pieces(
    text: str, plain: str, places: list[int], runs: list[_Run], mark: _Mark
) -> Iterator[tuple[int, int]]:
    """A piece of the marked text at the very end or beginning: the rest is in another field."""
    if mark.digits:
        for form in mark.digits:
            yield from _pieces_of_number(text, runs, form)
        return
    for size in range(min(len(mark.plain) - 1, len(plain)), _PIECE_CHARS - 1, -1):
        begin = len(plain) - size
        if plain.endswith(mark.plain[:size]) and (begin == 0 or _parted(text, places, begin)):
            yield places[begin], len(text)
            break
    for size in range(min(len(mark.plain) - 1, len(plain)), _PIECE_CHARS - 1, -1):
        if plain.startswith(mark.plain[-size:]) and (
            size == len(plain) or _parted(text, places, size)
        ):
            yield 0, places[size - 1] + 1
            break


def _parted(text: str, places: list[int], index: int) -> bool:
    """Whether a word can begin at the letter ``index``."""
    before = text[places[index] - 1]
    return not (before.isalnum() and text[places[index]].isalnum())


def _pieces_of_number(text: str, runs: list[_Run], form: str) -> Iterator[tuple[int, int]]:
    if not runs:
        return
    digits, places = runs[-1]
    if not text[places[-1] + 1 :].strip(" .-–—()/_"):
        for size in range(min(len(form) - 1, len(digits)), _PIECE_DIGITS - 1, -1):
            begin = len(digits) - size
            if digits.endswith(form[:size]) and (
                begin == 0 or places[begin] - places[begin - 1] > 1
            ):
                yield places[begin], places[-1] + 1
                break
    digits, places = runs[0]
    if not text[: places[0]].strip(" .-–—()/_"):
        for size in range(min(len(form) - 1, len(digits)), _PIECE_DIGITS - 1, -1):
            if digits.startswith(form[-size:]) and (
                size == len(digits) or places[size] - places[size - 1] > 1
            ):
                yield places[0], places[size - 1] + 1
                break
