"""Administrative units by date: 63 provinces and their districts until 30 June 2025, 34 since.

Resolution 202/2025/QH15 merged the provinces on 1 July 2025 and districts ceased to be; with them
the district federations of the unions (Law 97/2025/QH15). A name is read as of the document's date,
never by its code, which changed owners. Names of districts repeat (Châu Thành ten times): one that
is not unique tells no province by itself.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from importlib import resources
from typing import Final

from models.places import CITIES, province_named
from models.vietnamese import fold

#: From this day 34 provinces, no districts, and three levels of the union.
REFORM: Final = date(2025, 7, 1)

#: The provinces of 2021 that bear another province's name since the reform.
SUCCESSOR: Final[dict[str, str]] = {
    "Hà Giang": "Tuyên Quang", "Yên Bái": "Lào Cai", "Bắc Kạn": "Thái Nguyên",
    "Bắc Giang": "Bắc Ninh", "Hòa Bình": "Phú Thọ", "Vĩnh Phúc": "Phú Thọ",
    "Hải Dương": "Hải Phòng", "Thái Bình": "Hưng Yên", "Hà Nam": "Ninh Bình",
    "Nam Định": "Ninh Bình", "Quảng Bình": "Quảng Trị", "Thừa Thiên Huế": "Huế",
    "Quảng Nam": "Đà Nẵng", "Kon Tum": "Quảng Ngãi", "Bình Định": "Gia Lai",
    "Ninh Thuận": "Khánh Hòa", "Phú Yên": "Đắk Lắk", "Bình Thuận": "Lâm Đồng",
    "Đắk Nông": "Lâm Đồng", "Bình Phước": "Đồng Nai", "Bình Dương": "Hồ Chí Minh",
    "Bà Rịa - Vũng Tàu": "Hồ Chí Minh", "Long An": "Tây Ninh", "Tiền Giang": "Đồng Tháp",
    "Bến Tre": "Vĩnh Long", "Trà Vinh": "Vĩnh Long", "Kiên Giang": "An Giang",
    "Hậu Giang": "Cần Thơ", "Sóc Trăng": "Cần Thơ", "Bạc Liêu": "Cà Mau",
}  # fmt: skip

_KINDS: Final = {"p": "thành phố", "q": "quận", "x": "thị xã", "h": "huyện"}


@cache
def _districts() -> dict[str, tuple[tuple[str, str, str], ...]]:
    """Folded name -> (kind, name, province)."""
    path = resources.files("models") / "units_2021.tsv"
    found: dict[str, list[tuple[str, str, str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        province, _, names = line.partition("\t")
        for entry in names.split("|"):
            kind, _, name = entry.partition(":")
            key = fold(name)
            found.setdefault(key, []).append((_KINDS[kind], name, province))
    return {key: tuple(units) for key, units in found.items()}


def districts_named(name: str, kind: str | None = None) -> tuple[tuple[str, str, str], ...]:
    """Districts of this name (marks aside) as (kind, name, province)."""
    units = _districts().get(fold(" ".join(name.split())), ())
    return tuple(unit for unit in units if kind is None or unit[0] == kind)


def province_of_district(name: str, kind: str | None = None) -> str | None:
    """The one province that had a district of this name."""
    provinces = {unit[2] for unit in districts_named(name, kind)}
    return provinces.pop() if len(provinces) == 1 else None


def existed(province: str, day: date) -> bool:
    """Whether a province of this name existed on ``day``."""
    if province == "Huế":
        return day >= date(2025, 1, 1)
    if province == "Thừa Thiên Huế":
        return day < date(2025, 1, 1)
    return day < REFORM or province not in SUCCESSOR


def with_unit(province: str) -> str:
    """``tỉnh Cà Mau``, ``thành phố Cần Thơ``."""
    return f"{'thành phố' if province in CITIES else 'tỉnh'} {province}"


_UNIT = re.compile(r"(?<!\w)(tinh|thanh pho|tp\.?|huyen|quan|thi xa)\s+(\S.*)$")
_KIND_OF: Final = {"huyen": "huyện", "quan": "quận", "thi xa": "thị xã"}


def province_in(name: str | None) -> str | None:
    """The province that the name of a body or a place tells: its own, or its district's."""
    if not name:
        return None
    folded = fold(name)
    match = _UNIT.search(folded)
    tail = name[match.start(2) :] if match and len(folded) == len(name) else name
    kind = _KIND_OF.get(match[1]) if match else None
    if kind is None:
        known = province_named(tail)
        if known is not None:
            return known
    words = tail.split()
    if kind is None:
        for length in range(min(5, len(words)), 0, -1):
            known = province_named(" ".join(words[-length:]))
            if known is not None and length < len(words):
                return known
    return province_of_district(tail, kind)


_FEDERATION: Final = "Liên đoàn Lao động"
_DISTRICT: Final = re.compile(rf"{_FEDERATION} (huyện|quận|thị xã|thành phố) (.+)")
_SECTOR: Final = re.compile(r"Công đoàn (?:ngành|Viên chức|các Khu công nghiệp)\b.*")


def parent_of_union(name: str, place: str | None, day: date | None) -> str | None:
    """The next higher body of the union (Law on Trade Unions 2012 and 2024, Article 8).

    Until 30 June 2025 a district's federation stood under its province's, since then there is none.
    """
    if name == "Tổng Liên đoàn Lao động Việt Nam" or day is None:
        return None
    district = _DISTRICT.fullmatch(name)
    if district and province_named(district[2]) not in CITIES:
        if day >= REFORM:
            return None
        province = province_of_district(district[2], district[1]) or province_in(place)
        return f"{_FEDERATION} {with_unit(province)}" if province else None
    if name.startswith(f"{_FEDERATION} "):
        return "Tổng Liên đoàn Lao động Việt Nam" if province_in(name) else None
    if _SECTOR.fullmatch(name):
        province = province_in(name) or province_in(place)
        return f"{_FEDERATION} {with_unit(province)}" if province else None
    return None
