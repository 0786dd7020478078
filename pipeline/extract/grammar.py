"""The grammar of numbers and symbols: ``120/LĐLĐ``, ``39/2011/NQ-HĐND``, ``259-CV/VPHU``.

Decree 30/2020/ND-CP, Annex I, II.3 (State, unions); Guidance 36-HD/VPTW (Party). Bounded
repetition only: matching is linear in the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from models.codes import TYPE_OF_CODE, restore_d, unglue
from models.vietnamese import LETTERS

UPPER: Final = "A-Z" + "".join(c for c in LETTERS if c.isupper())
_GROUP = r"[A-ZĐƯƠÂÊÔĂ][A-Za-zĐđƯƠÂÊÔĂ0-9&]{0,15}(?!\w)"
_SYMBOL = rf"{_GROUP}(?:(?:\s{{0,2}}[-–—/]\s{{0,2}}|\.){_GROUP}){{0,4}}"

#: A whole number with its symbol.
CODE: Final = re.compile(
    rf"(?<![\w/.,])(?P<serial>\d{{1,6}}[a-zđ]?)\s{{0,3}}(?P<sep>[/–—-])\s{{0,2}}"
    rf"(?:(?P<year>(?:19|20)\d{{2}})\s?[/–—-]\s?)?(?P<symbol>{_SYMBOL})(?![\w%])"
)
#: The symbol alone, at the slash of an empty or unreadable serial.
SYMBOL: Final = re.compile(rf"(?:(?P<year>(?:19|20)\d{{2}})\s?/\s?)?(?P<symbol>{_SYMBOL})(?![\w%])")

#: Two offices that issue together may each give its own number: "15/LĐLĐ - 27/SNV". A dash at the
#: head of a line begins an item of a list and joins nothing.
_JOINT: Final = re.compile(r"[ \t]{0,2}[-–—+]\s{0,2}")

_DASHES = re.compile(r"\s*[–—-]\s*")
_OTHERS = re.compile(r"\s*([/.])\s*")


@dataclass(frozen=True, slots=True)
class Code:
    """A parsed number; ``symbol`` holds the year where the law puts it there.

    ``joint``: two numbers of two offices; the second stands in ``symbol`` (``LĐLĐ-27/SNV``).
    """

    serial: str
    symbol: str
    party: bool
    restored: bool
    start: int
    end: int
    joint: bool = False

    @property
    def value(self) -> str:
        return f"{self.serial}{'-' if self.party else '/'}{self.symbol}"


def _plausible(group: str) -> bool:
    if group in TYPE_OF_CODE or group == "TTg":
        return True
    return sum(c.islower() for c in group) <= 1 and any(c.isupper() for c in group)


def normalise_symbol(printed: str) -> tuple[str, bool]:
    """Blanks out, dashes alike, a lost Đ put back; implausible last groups are dropped.

    The second value says whether a Đ was put back.
    """
    text = _OTHERS.sub(r"\1", _DASHES.sub("-", " ".join(printed.split())))
    parts = re.split(r"([-/.])", text)
    kept: list[str] = []
    restored = False
    for index in range(0, len(parts), 2):
        group = parts[index]
        if not _plausible(group):
            break
        better = restore_d(group)
        restored = restored or better is not None
        if kept:
            kept.append(parts[index - 1])
        parted = unglue(better or group)
        restored = restored or parted != (better or group)
        kept.append(parted)
    return "".join(kept), restored


def parse_code(match: re.Match[str]) -> Code | None:
    """The code of a :data:`CODE` match; ``None`` where its symbol is not plausible.

    The second number of a joint one belongs to it: ``end`` may lie behind the match.
    """
    code = _single(match)
    if code is None:
        return None
    dash = _JOINT.match(match.string, code.end)
    following = CODE.match(match.string, dash.end()) if dash else None
    other = _single(following) if following else None
    # "15/LĐLĐ - 27/LĐLĐ" is a range of one office's numbers.
    if other is None or other.symbol == code.symbol:
        return code
    return replace(
        code,
        symbol=f"{code.symbol}-{other.value}",
        restored=code.restored or other.restored,
        end=other.end,
        joint=True,
    )


def _single(match: re.Match[str]) -> Code | None:
    symbol, restored = normalise_symbol(match["symbol"])
    if not symbol:
        return None
    party = match["sep"] != "/" and "/" in symbol and not match["year"]
    if match["sep"] != "/" and not party and not match["year"]:
        return None
    if match["year"]:
        symbol = f"{match['year']}/{symbol}"
    end = match.end()
    if symbol.count("-") + symbol.count("/") == 0 and " " in match["symbol"]:
        end = match.start("symbol") + len(symbol)
    return Code(match["serial"], symbol, party, restored, match.start(), end)


def mostly_upper(text: str) -> bool:
    """Whether the letters of a line are capitals, but for some readers' slips."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 2 and sum(c.isupper() for c in letters) >= 0.8 * len(letters)
