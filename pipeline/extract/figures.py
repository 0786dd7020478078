"""Numbers as Vietnamese writes them: ``.`` parts thousands, ``,`` parts decimals, scale words."""

from __future__ import annotations

import re

#: A figure in folded text; ``scale`` multiplies.
FIGURE = (
    r"(?<![\w/.,])(?P<value>\d{1,3}(?:\.\d{3}){1,4}(?:,\d{1,3})?|\d{1,9}(?:,\d{1,3})?)"
    r"(?![\d/]|[.,]\d)(?:\s(?P<scale>nghin|ngan|trieu|ty)(?!\w|\s+dong))?"
)
_SCALE = {"nghin": 1e3, "ngan": 1e3, "trieu": 1e6, "ty": 1e9}


def number(text: str, scale: str | None = None) -> int | float | None:
    """``2.660`` -> 2660, ``52,2`` -> 52.2, ``02`` -> 2; ``None`` where it is no figure."""
    if not re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?", text):
        return None
    value = float(text.replace(".", "").replace(",", "."))
    value *= _SCALE.get(scale or "", 1.0)
    value = round(value, 6)
    return int(value) if value.is_integer() else value
