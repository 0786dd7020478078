"""Texts in the cells of tables: what a cell can hold, and no formula.

A spreadsheet takes a cell of a CSV file for a formula where it begins with ``=``, ``+``, ``-`` or
``@`` (full-width ones too), or with a tab or a return before them; where the list separator is
``;``, as with decimal commas, it cuts an unquoted comma file at other places, and what stands
behind a ``;``, a tab or a line end begins a cell as well. :func:`guarded` puts an apostrophe before
such a character, and before an apostrophe at such a place; :func:`unguarded` takes it away again.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any, Final

#: What a cell of a table can hold.
Cell = str | int | float | None

_STARTS: Final = "=+\\-@\t\r＝＋－＠﹢﹣﹦﹫−"
_GUARDED: Final = re.compile(rf"((?:^|(?<=[;\t\r\n]))[ \"]*)(?=['{_STARTS}])")
_UNGUARDED: Final = re.compile(rf"((?:^|(?<=[;\t\r\n]))[ \"]*)'(?=['{_STARTS}])")

#: Control characters have pictures of their own; what is no character at all has none.
_PICTURES: Final = {c: 0x2400 + c for c in range(0x20) if chr(c) not in "\t\n\r"} | {0x7F: 0x2421}
_NO_TEXT: Final = re.compile("[\x80-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def plain(text: str) -> str:
    """``text`` without what breaks readers of tables: NUL becomes ``␀``, a lone surrogate ``�``."""
    return _NO_TEXT.sub("\ufffd", text.translate(_PICTURES))


def well_formed(value: Any) -> Any:
    """A record as nested dicts and lists whose every text can be written in UTF-8."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: well_formed(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [well_formed(item) for item in value]
    return value


def guarded(text: str) -> str:
    """``text`` with an apostrophe wherever a spreadsheet would see the beginning of a formula."""
    return _GUARDED.sub(r"\1'", text)


def unguarded(text: str) -> str:
    """The opposite of :func:`guarded`."""
    return _UNGUARDED.sub(r"\1", text)


def figure(value: float) -> str:
    """A number as digits with a decimal point, never with an exponent; nothing for no number."""
    if isinstance(value, int):
        return str(value)
    return format(Decimal(repr(value)), "f") if math.isfinite(value) else ""
