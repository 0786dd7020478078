"""What a person types, in the form of the contract: the same grammar as for what is read.

A person may type as people write (``25/4/2022``, ``120/kh-ldld``, ``5.091``); what is no date, no
number, is refused with the reason. A person knows more than our lists: a type or a body that no
list has is taken as it is typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, get_args

from pydantic import JsonValue

from models.codes import FOLDED_TYPES, TYPE_OF_CODE
from models.decision_paths import PARTS, Path
from models.decision_values import joined_number
from models.directive import Citation, Deadline, Directive, Target
from models.orgs import proper_name
from models.places import canonical_place
from models.vietnamese import fold, unify
from pipeline.errors import UnfitValue
from pipeline.extract.dates import DATE, edtf, read_date
from pipeline.extract.figures import number
from pipeline.extract.grammar import normalise_symbol
from pipeline.extract.names import without_titles

_LONGEST: Final = 2000
_LONGEST_NAME: Final = 300


def _text(value: JsonValue, longest: int = _LONGEST) -> str:
    """One line in NFC, blanks single.

    :raises UnfitValue: it is no text, empty, or too long
    """
    if not isinstance(value, str):
        raise UnfitValue(f"{value!r} is no text.")
    text = " ".join(unify(value).split())
    if not text or not text.isprintable():
        raise UnfitValue("The value is empty, or has signs that cannot be printed.")
    if len(text) > longest:
        raise UnfitValue(f"The value is longer than {longest} characters.")
    return text


# -- dates ---------------------------------------------------------------------------------------

_ISO: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_YEAR: Final = re.compile(r"(?:nam\s+)?((?:19|20)\d{2})")
_PREFIX: Final = re.compile(r"^ngay\s+")


def _one_date(text: str) -> str:
    iso = _ISO.fullmatch(text)
    if iso is not None:
        year, month, day = (int(part) if part else None for part in iso.groups())
        if month is None and year is not None and 1900 <= year <= 2100:
            return f"{year:04d}"
        value = edtf(year or 0, month or 0, day)
        if value is None:
            raise UnfitValue(f"{text} is no date.", advice="No calendar has such a day.")
        return value
    folded = _PREFIX.sub("", fold(text))
    found = DATE.fullmatch(folded)
    if found is not None:
        date = read_date(found)
        if date is None:
            raise UnfitValue(f"{text} is no date.", advice="No calendar has such a day.")
        return date.value
    year_only = _YEAR.fullmatch(folded)
    if year_only is not None:
        return year_only[1]
    raise UnfitValue(
        f"{text!r} is no date.", advice="Type it as 25/4/2022, 2022-04-25, 4/2022 or 2022."
    )


def date_value(value: JsonValue) -> str:
    """A day, month or year as EDTF.

    :raises UnfitValue: it is none
    """
    return _one_date(_text(value, 60))


def period_value(value: JsonValue) -> str:
    """A date, or an interval in EDTF: ``2022-04-25/2022-05-31``, ``2021-09/..``.

    :raises UnfitValue: it is none
    """
    text = _text(value, 60)
    begin, slash, end = text.partition("/")
    if not slash or not (_ISO.fullmatch(begin) or begin == ".."):
        return _one_date(text)
    ends = ["..", ".."]
    for place, part in enumerate((begin, end)):
        if part not in ("..", ""):
            ends[place] = _one_date(part)
    if ends == ["..", ".."] or (".." not in ends and ends[0] > ends[1]):
        raise UnfitValue(f"{text} is no period.", advice="Its end lies before its beginning.")
    return "/".join(ends)


# -- numbers -------------------------------------------------------------------------------------

_WHOLE: Final = re.compile(r"(\d{1,6}[a-zđ]?)\s*([/–—-])\s*(\S.*)")
_SYMBOL: Final = re.compile(r"[^\W_][\w&]*(?:[-/.][^\W_][\w&]*){0,8}")


def serial_value(value: JsonValue) -> str:
    """The serial of a number: digits, at most with a letter.

    :raises UnfitValue: it is none
    """
    text = _text(value, 20).replace(" ", "")
    if not re.fullmatch(r"\d{1,6}[a-zđ]?", text):
        raise UnfitValue(
            f"{text!r} is no serial.", advice="A serial has one to six digits: 120, 05, 12a."
        )
    return text


def symbol_value(value: JsonValue) -> str:
    """The symbol of a number: ``KH-LĐLĐ``, ``2011/NQ-HĐND``.

    :raises UnfitValue: it is none
    """
    text = re.sub(r"\s*([-–—/.])\s*", lambda m: m[1].replace("–", "-").replace("—", "-"),
                  _text(value, 80)).strip("-/. ")  # fmt: skip
    if text == text.lower():
        text = text.upper()
    if not _SYMBOL.fullmatch(text):
        raise UnfitValue(
            f"{text!r} is no symbol.", advice="A symbol has letters: KH-LĐLĐ, LĐLĐ, CV/VPHU."
        )
    year, slash, rest = text.partition("/")
    dated = slash and re.fullmatch(r"(?:19|20)\d{2}", year)
    known, _ = normalise_symbol(rest if dated else text)
    whole = f"{year}/{known}" if dated else known
    # What no list knows is taken as it is typed.
    same = len(re.split(r"[-/.]", whole)) >= len(re.split(r"[-/.]", text))
    return whole if known and same else text


def number_value(value: JsonValue, symbol: str | None) -> str:
    """A whole number; a serial alone is completed with the symbol that is known.

    :raises UnfitValue: it is none
    """
    text = _text(value, 100)
    if re.fullmatch(r"\d{1,6}[a-zđ]?", text.replace(" ", "")) and symbol:
        return joined_number(serial_value(text), symbol)
    found = _WHOLE.fullmatch(text)
    if found is None:
        raise UnfitValue(
            f"{text!r} is no number of a document.",
            advice="Type serial and symbol: 120/KH-LĐLĐ, 259-CV/VPHU.",
        )
    whole = symbol_value(found[3])
    if found[2] != "/" and "/" not in whole:
        raise UnfitValue(
            f"{text!r} is no number of a document.",
            advice="A stroke stands between serial and symbol (120/KH-LĐLĐ); only the Party's "
            "numbers have a dash there (259-CV/VPHU).",
        )
    return f"{found[1]}{'/' if found[2] == '/' else '-'}{whole}"


def figure_value(value: JsonValue) -> float | int:
    """A figure; typed as people here write it: ``5.091`` is five thousand, ``12,5`` twelve and a
    half.

    :raises UnfitValue: it is none
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = _text(value, 40).replace("%", "").replace(" ", "")
    found = number(text.removeprefix("-"))
    if found is None:
        raise UnfitValue(f"{text!r} is no figure.", advice="Type digits: 5.091 or 12,5.")
    return -found if text.startswith("-") else found


# -- words ---------------------------------------------------------------------------------------


def type_value(value: JsonValue) -> str:
    """A type of document by its full name; its code (``KH``) is understood.

    :raises UnfitValue: it has signs that no name of a type has
    """
    text = _text(value, 80)
    known = FOLDED_TYPES.get(fold(text)) or TYPE_OF_CODE.get(text) or TYPE_OF_CODE.get(text.upper())
    if known:
        return known
    if not all(part.isalpha() for part in text.split()):
        raise UnfitValue(f"{text!r} is no type of document.", advice="Công văn, Kế hoạch, …")
    return text[:1].upper() + (text[1:].lower() if text.isupper() else text[1:])


def body_value(value: JsonValue) -> str:
    """A body by its full name in proper case.

    :raises UnfitValue: it is no name
    """
    text = _text(value, _LONGEST_NAME)
    if sum(c.isalpha() for c in text) < 2:
        raise UnfitValue(f"{text!r} is no name of a body.")
    return proper_name(text).strip(" ;,")


def person_value(value: JsonValue) -> str:
    """A person's name without titles, each word with a capital.

    :raises UnfitValue: it is no name
    """
    text = without_titles(_text(value, 100)).strip(" .,;")
    if sum(c.isalpha() for c in text) < 2 or any(c.isdigit() for c in text):
        raise UnfitValue(f"{text!r} is no name of a person.")
    if text in (text.lower(), text.upper()):
        text = " ".join(word[:1].upper() + word[1:].lower() for word in text.split())
    return text


def place_value(value: JsonValue) -> str:
    """A place as the gazetteer spells it, or as it is typed.

    :raises UnfitValue: it has digits
    """
    text = _text(value, 60).strip(" ,.;")
    if not text or any(c.isdigit() for c in text):
        raise UnfitValue(f"{text!r} is no place.")
    known = canonical_place(text)
    return known if known is not None and fold(known) == fold(text) else text


def _one_of(*names: str) -> Callable[[JsonValue], str]:
    by_fold = {fold(name): name for name in names}

    def choose(value: JsonValue) -> str:
        found = by_fold.get(fold(str(value)))
        if found is None:
            raise UnfitValue(f"{value!r} is none of {', '.join(names)}.")
        return found

    return choose


def _literals(model: type, part: str) -> Callable[[JsonValue], str]:
    return _one_of(*get_args(model.model_fields[part].annotation))  # type: ignore[attr-defined]


_Form = Callable[[JsonValue], JsonValue]
_BY_FIELD: Final[dict[str, _Form]] = {
    "issued": date_value, "incoming.received": date_value, "serial": serial_value,
    "symbol": symbol_value, "issuer": body_value, "parent_issuer": body_value,
    "incoming.office": body_value, "recipients": body_value, "copied_to": body_value,
    "doc_type": type_value, "place": place_value, "signer.name": person_value,
    "urgency": _one_of("Hỏa tốc", "Thượng khẩn", "Khẩn"),
    "secrecy": _one_of("Tuyệt mật", "Tối mật", "Mật"),
}  # fmt: skip
_BY_PART: Final[dict[tuple[str, str], _Form]] = {
    ("citations", "number"): lambda value: number_value(value, None),
    ("citations", "issued"): date_value,
    ("citations", "doc_type"): type_value,
    ("citations", "issuer"): body_value,
    ("citations", "relation"): _literals(Citation, "relation"),
    ("targets", "kind"): _literals(Target, "kind"),
    ("targets", "value"): figure_value,
    ("targets", "comparator"): _literals(Target, "comparator"),
    ("targets", "period"): period_value,
    ("deadlines", "date"): period_value,
    ("deadlines", "operator"): _literals(Deadline, "operator"),
}


def typed(path: Path, value: JsonValue, directive: Directive) -> JsonValue:
    """The value that a person typed for a path, in the form of the contract.

    :raises UnfitValue: it is none, and why
    """
    if path.kind == "list" and isinstance(value, dict):
        unknown = sorted(set(value) - set(PARTS[path.field]))
        if unknown:
            raise UnfitValue(f"An item of {path.field} has no {unknown[0]!r}.")
        return {
            part: _part(path.field, part, one) for part, one in value.items() if one is not None
        }
    if path.kind == "list" and path.field == "citations":
        return number_value(value, None)
    if path.kind == "part":
        return _part(path.field, path.part, value)
    if path.kind == "field" and path.field == "number":
        return number_value(value, directive.symbol.value)
    return _BY_FIELD.get(path.field, _text)(value)


def _part(name: str, part: str, value: JsonValue) -> JsonValue:
    return _BY_PART.get((name, part), _text)(value)
