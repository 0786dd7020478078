"""The provinces as a map of tiles, roughly where they lie: the 63 until 30 June 2025, the 34 since.

Borders are not drawn, so a small province is seen as well as a large one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TILE_WIDTH_PX: Final = 78
TILE_HEIGHT_PX: Final = 50

#: Rows from north to south; the number is the column of the first name, "-" leaves one out.
_THEN: Final = """
2 Hà Giang|Cao Bằng
0 Lai Châu|Lào Cai|Tuyên Quang|Bắc Kạn|Lạng Sơn
0 Điện Biên|Yên Bái|Phú Thọ|Thái Nguyên|Bắc Giang|Quảng Ninh
0 Sơn La|Hòa Bình|Vĩnh Phúc|Bắc Ninh|Hải Dương|Hải Phòng
2 Hà Nội|Hưng Yên|Thái Bình
2 Hà Nam|Nam Định
1 Thanh Hóa|Ninh Bình
1 Nghệ An
2 Hà Tĩnh
2 Quảng Bình
2 Quảng Trị
3 Thừa Thiên Huế|Đà Nẵng
3 Quảng Nam|Quảng Ngãi
3 Kon Tum|Bình Định
3 Gia Lai|Phú Yên
2 Bình Phước|Đắk Lắk|Khánh Hòa
1 Tây Ninh|Bình Dương|Đắk Nông|Ninh Thuận
1 Long An|Hồ Chí Minh|Lâm Đồng|Bình Thuận
0 An Giang|Đồng Tháp|Tiền Giang|Đồng Nai|Bà Rịa - Vũng Tàu
0 Kiên Giang|Cần Thơ|Vĩnh Long|Bến Tre
1 Hậu Giang|Sóc Trăng|Trà Vinh
0 Cà Mau|Bạc Liêu
"""
_NOW: Final = """
2 Tuyên Quang|Cao Bằng
0 Lai Châu|Lào Cai|Thái Nguyên|Lạng Sơn
0 Điện Biên|Phú Thọ|Bắc Ninh|Quảng Ninh
0 Sơn La|Hà Nội|Hưng Yên|Hải Phòng
1 Thanh Hóa|Ninh Bình
1 Nghệ An
1 Hà Tĩnh
2 Quảng Trị
2 Huế
3 Đà Nẵng
3 Quảng Ngãi
3 Gia Lai
3 Đắk Lắk
2 Đồng Nai|Lâm Đồng|Khánh Hòa
1 Tây Ninh|Hồ Chí Minh
0 An Giang|Đồng Tháp
1 Cần Thơ|Vĩnh Long
0 Cà Mau
"""


@dataclass(frozen=True, slots=True)
class Tile:
    """A province and its place in pixels from the top left."""

    province: str
    x: int
    y: int


def tiles(*, now: bool) -> tuple[Tile, ...]:
    """The provinces as of today, or as they were before 1 July 2025; from north to south."""
    made: list[Tile] = []
    for row, text in enumerate((_NOW if now else _THEN).split("\n")[1:-1]):
        begin, _, names = text.partition(" ")
        for column, name in enumerate(names.split("|"), int(begin)):
            made.append(Tile(name, column * TILE_WIDTH_PX, row * TILE_HEIGHT_PX))
    return tuple(made)


def size_px(placed: tuple[Tile, ...]) -> tuple[int, int]:
    """Width and height of the whole map."""
    return (
        max(tile.x for tile in placed) + TILE_WIDTH_PX,
        max(tile.y for tile in placed) + TILE_HEIGHT_PX,
    )
