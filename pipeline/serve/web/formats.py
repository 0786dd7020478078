"""Numbers, days and times as each language writes them."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from pipeline.serve.web.catalogue import Language

_DAY: Final = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


class Formats:
    """How one language writes figures. Vietnamese: 1.041 and 52,2 %, days as 31/8/2023."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def number(self, value: float | int | None, digits: int = 2) -> str:
        """A number with its thousands parted, and no more decimals than it needs."""
        if value is None:
            return "–"
        exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        text = f"{exact:,f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        if self.language == "vi":
            text = text.translate(str.maketrans(",.", ".,"))
        return text

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share (0 to 1) in hundredths; never rounded up to all of it or down to nothing."""
        if share is None:
            return "–"
        value = 100 * share
        shown = round(value, digits)
        if shown >= 100 > value:
            shown = 100 - 10**-digits
        elif shown <= 0 < value:
            shown = 10**-digits
        return f"{self.number(shown, digits)}{' ' if self.language == 'vi' else ''}%"

    def day(self, edtf: str | None) -> str:
        """A date (EDTF): ``2023-08-31``, ``2022-07``, intervals; what is none stays as it is."""
        if not edtf:
            return "–"
        return " – ".join(self._day(part) for part in edtf.split("/"))

    def _day(self, text: str) -> str:
        plain = text.strip("~?%")
        match = _DAY.fullmatch(plain)
        if match is None:
            return "…" if plain in ("", "..") else text
        year, month, day = match.groups()
        about = "" if plain == text else ("khoảng " if self.language == "vi" else "about ")
        if self.language == "vi":
            return (
                about
                + "/".join(str(int(p)) for p in (day, month) if p)
                + ("/" if month else "")
                + year
            )
        named = _MONTHS[int(month) - 1] + " " if month and 1 <= int(month) <= 12 else ""
        return about + (f"{int(day)} " if day else "") + named + year

    def span(self, seconds: float) -> str:
        """How long something took, in its two largest units."""
        whole = round(seconds)
        vi = self.language == "vi"
        units = ((3600, "giờ" if vi else "h"), (60, "phút" if vi else "min"),
                 (1, "giây" if vi else "s"))  # fmt: skip
        parts: list[str] = []
        for size, name in units:
            count, whole = divmod(whole, size)
            if count or (size == 1 and not parts):
                parts.append(f"{self.number(count)} {name}")
        return " ".join(parts[:2])

    def moment(self, iso: str | None) -> str:
        """A time of the machine (ISO 8601, UTC) in this machine's own zone."""
        if not iso:
            return "–"
        try:
            at = datetime.fromisoformat(iso).astimezone()
        except ValueError:
            return iso
        if self.language == "vi":
            return f"{at:%H:%M} {at.day}/{at.month}/{at.year}"
        return f"{at.day} {_MONTHS[at.month - 1]} {at.year} {at:%H:%M}"


FORMATS: Final[dict[Language, Formats]] = {"vi": Formats("vi"), "en": Formats("en")}
