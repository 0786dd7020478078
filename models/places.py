"""Provinces by name: the 63 until 30 June 2025 and the 34 since (all among the 63, and Huế).

Only names are kept; a code without its date is ambiguous.
"""

from __future__ import annotations

import re
from typing import Final

from rapidfuzz import fuzz

from models.vietnamese import fold

PROVINCES: Final[tuple[str, ...]] = tuple(
    name.strip()
    for name in """
    Hà Nội, Hà Giang, Cao Bằng, Bắc Kạn, Tuyên Quang, Lào Cai, Điện Biên, Lai Châu, Sơn La,
    Yên Bái, Hòa Bình, Thái Nguyên, Lạng Sơn, Quảng Ninh, Bắc Giang, Phú Thọ, Vĩnh Phúc, Bắc Ninh,
    Hải Dương, Hải Phòng, Hưng Yên, Thái Bình, Hà Nam, Nam Định, Ninh Bình, Thanh Hóa, Nghệ An,
    Hà Tĩnh, Quảng Bình, Quảng Trị, Thừa Thiên Huế, Huế, Đà Nẵng, Quảng Nam, Quảng Ngãi, Bình Định,
    Phú Yên, Khánh Hòa, Ninh Thuận, Bình Thuận, Kon Tum, Gia Lai, Đắk Lắk, Đắk Nông, Lâm Đồng,
    Bình Phước, Tây Ninh, Bình Dương, Đồng Nai, Bà Rịa - Vũng Tàu, Hồ Chí Minh, Long An,
    Tiền Giang, Bến Tre, Trà Vinh, Vĩnh Long, Đồng Tháp, An Giang, Kiên Giang, Cần Thơ, Hậu Giang,
    Sóc Trăng, Bạc Liêu, Cà Mau
    """.replace("\n", " ").split(",")
)
_BY_FOLD: Final = {fold(name): name for name in PROVINCES}
CITIES: Final = frozenset({"Hà Nội", "Hải Phòng", "Đà Nẵng", "Hồ Chí Minh", "Cần Thơ", "Huế"})
_UNIT = re.compile(r"(?i)(tỉnh|thành phố|thành phô|tp\.?|huyện|thị xã|quận)\s+")


def province_named(text: str) -> str | None:
    """The province with exactly this name, marks aside."""
    return _BY_FOLD.get(fold(" ".join(text.split())))


def canonical_place(printed: str) -> str | None:
    """A dateline's place as the gazetteer spells it: exact but for marks, or very close."""
    text = " ".join(printed.split())
    unit = _UNIT.match(text)
    prefix = text[: unit.end()] if unit else ""
    name = text[len(prefix) :]
    exact = province_named(name)
    if exact is not None:
        return prefix + exact
    folded = fold(name)
    for known_folded, known in _BY_FOLD.items():
        if len(folded) >= 6 and fuzz.ratio(folded, known_folded) >= 90:
            return prefix + known
    for known_folded, known in _BY_FOLD.items():
        if (
            len(known_folded) >= 6
            and folded.endswith(f" {known_folded}")
            and len(folded) <= len(known_folded) + 4
        ):
            return known
    return None
