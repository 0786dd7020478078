"""Personal names: whether a line can be one."""

from __future__ import annotations

import re
from typing import Final

from models.vietnamese import fold

#: Family names (Kinh, Khmer, Hoa and others) by frequency; marks as written.
_BY_FREQUENCY: Final = """
    Nguyễn Trần Lê Phạm Võ Huỳnh Phan Bùi Hoàng Vũ Trương Đỗ Đặng Hồ Ngô Dương Đoàn Đinh Trịnh Cao
    Đào Mai Lương Lưu Lâm Hà Thái Phùng Tạ Lý Văn Tô Vương Châu Chu Từ Quách Lã Tôn Tống Đồng Hứa
    Tăng Đậu Diệp Đàm Kiều Triệu La Lại Thạch Chung Lữ Nông Dư Bạch Hồng Trang Âu Giang Nhan Thân
    Bành Danh Vy Phó Mã Hàn Quang Nghiêm Nhữ Trà Cù Khương Ông Ung Mạc Sầm Tưởng Vi Ôn Hàng Liêu
    Tiết Lục Ninh Vòng Thi Uông Trình Lăng Trầm Doãn Phù Lư Lộ Mạch Kỷ Khổng Chế Quản Khưu Thiều
    Mông Biện Viên Kim Sơn Mạnh Hoa Cung Đan Đới Hầu Kha Khúc Lò Lường Hoàn Hạ Bá Cầm Quàng Tòng
    Giàng Vàng Thào Sùng Lầu Rơ Siu Nay Ksor Y H Điểu Chau Neàng Tào Thang Tiêu Trác Tri Bồ Nhâm
    """.split()  # noqa: SIM905 - a list of words reads better so
FAMILY_NAMES: Final = frozenset(_BY_FREQUENCY)
#: The commonest family name of each spelling without marks.
_COMMONEST: Final = {fold(name): name for name in reversed(_BY_FREQUENCY)}
_FOLDED_FAMILY: Final = frozenset(fold(name) for name in FAMILY_NAMES)
_SYLLABLE = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)?")
_TITLES = re.compile(
    r"^(?:(?:PGS|GS|TS|ThS|BS|CN|KS|CK\s?I{1,2}|BSCK\s?I{1,2}|Ths|Đ/c|Ông|Bà)\s?[.,]?\s{0,2})+"
)


def without_titles(text: str) -> str:
    """A name without academic titles (Decree 30: none stand before the name)."""
    return _TITLES.sub("", text).strip()


def looks_like_name(text: str) -> bool:
    """Two to six syllables, each with a capital and otherwise small letters."""
    words = text.split()
    if not 2 <= len(words) <= 6:
        return False
    if any(not _SYLLABLE.fullmatch(word) for word in words):
        return False
    if not all(word[0].isupper() and (word[1:].islower() or len(word) == 1) for word in words):
        return False
    pairs = {"noi nhan", "nhu tren", "chu tich", "pho chu", "giam doc", "da ky", "thu tuong"}
    return fold(" ".join(words[:2])) not in pairs


def family_known(text: str) -> bool:
    """Whether the first syllable is a family name, marks aside."""
    words = text.split()
    return bool(words) and fold(words[0]) in _FOLDED_FAMILY


def with_family_marks(text: str) -> str | None:
    """The name with its family name as the list spells it; ``None`` where it already is one.

    "Nguyên Văn A" was read without a mark: no family is called Nguyên.
    """
    first, _, rest = text.partition(" ")
    known = _COMMONEST.get(fold(first))
    return f"{known} {rest}" if known and rest and first not in FAMILY_NAMES else None


def family_exact(text: str) -> bool:
    """Whether the first syllable is a family name, marks included."""
    words = text.split()
    return bool(words) and words[0] in FAMILY_NAMES
