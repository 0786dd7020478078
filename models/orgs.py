"""Names of organisations: from capitals and abbreviations to proper case and full form.

Capitals as Decree 30/2020/ND-CP, Annex II, prescribes: the first letter of the name, of the words
that say kind, function and field, and of every syllable of a proper name.
"""

from __future__ import annotations

import re
from typing import Final

from rapidfuzz import fuzz, process

from models.places import CITIES, PROVINCES
from models.vietnamese import fold, nfc

#: Phrases in their right case; the longest match wins.
_PHRASES: Final = """
Ủy ban nhân dân|Hội đồng nhân dân|Tổng Liên đoàn Lao động Việt Nam|Tổng Liên đoàn Lao động|
Liên đoàn Lao động|Công đoàn ngành|Công đoàn Viên chức|Công đoàn cơ sở|Công đoàn Giáo dục|
Công đoàn Y tế|Công đoàn Công Thương|Công đoàn Xây dựng|Công đoàn Giao thông vận tải|
Công đoàn Việt Nam|Công đoàn các khu công nghiệp|Công đoàn các Khu công nghiệp|Công đoàn|
Nghiệp đoàn|Ban Thường vụ|Ban Chấp hành|Đoàn Chủ tịch|Ủy ban Kiểm tra|Ban Chỉ đạo|
Ban Thi đua - Khen thưởng|Ban Tổ chức|Ban Tuyên giáo|Ban Dân vận|Ban Nội chính|Ban Quản lý|
Văn phòng Chính phủ|Văn phòng Quốc hội|Văn phòng Chủ tịch nước|Văn phòng Trung ương Đảng|
Văn phòng|Thủ tướng Chính phủ|Chính phủ|Quốc hội|Ủy ban Thường vụ Quốc hội|Chủ tịch nước|
Tỉnh ủy|Thành ủy|Huyện ủy|Quận ủy|Thị ủy|Đảng ủy|Đảng bộ|Chi bộ|Ban Chấp hành Trung ương|
Bộ Nông nghiệp và Môi trường|Bộ Nông nghiệp và Phát triển nông thôn|Bộ Giáo dục và Đào tạo|
Bộ Tài chính|Bộ Nội vụ|Bộ Xây dựng|Bộ Tư pháp|Bộ Y tế|Bộ Công Thương|Bộ Công an|Bộ Quốc phòng|
Bộ Ngoại giao|Bộ Khoa học và Công nghệ|Bộ Giao thông vận tải|Bộ Kế hoạch và Đầu tư|
Bộ Lao động - Thương binh và Xã hội|Bộ Tài nguyên và Môi trường|Bộ Thông tin và Truyền thông|
Bộ Văn hóa, Thể thao và Du lịch|Bộ Dân tộc và Tôn giáo|Ủy ban Dân tộc|Thanh tra Chính phủ|
Ngân hàng Nhà nước Việt Nam|Ngân hàng Nhà nước|Tổng cục Thuế|Cục Thuế|Tổng cục Hải quan|
Cục Hải quan|Kho bạc Nhà nước|Bảo hiểm xã hội Việt Nam|Bảo hiểm xã hội|
Giáo dục và Đào tạo|Tài chính|Nội vụ|Xây dựng|Tư pháp|Y tế|Công Thương|Nông nghiệp và Môi trường|
Nông nghiệp và Phát triển nông thôn|Khoa học và Công nghệ|Kế hoạch và Đầu tư|
Lao động - Thương binh và Xã hội|Lao động, Thương binh và Xã hội|Tài nguyên và Môi trường|
Thông tin và Truyền thông|Văn hóa, Thể thao và Du lịch|Văn hóa và Thể thao|Giao thông vận tải|
Dân tộc và Tôn giáo|Dân tộc - Tôn giáo|Quy hoạch - Kiến trúc|Du lịch|Ngoại vụ|
Sở|Cục|Tổng cục|Vụ|Chi cục|Phòng|Trung tâm|Trường|Đại học|Học viện|Viện|Bệnh viện|Công ty|
Tổng công ty|Tập đoàn|Hội|Đoàn|Ban|Bộ|Liên hiệp|Hội Liên hiệp Phụ nữ|Hội Nông dân|
Hội Cựu chiến binh|Đoàn Thanh niên Cộng sản Hồ Chí Minh|Mặt trận Tổ quốc Việt Nam|
Ủy ban Mặt trận Tổ quốc Việt Nam|Tòa án nhân dân|Viện kiểm sát nhân dân|Thanh tra tỉnh|
Cục Thi hành án dân sự|Bộ Chỉ huy Quân sự|Công an|Khu kinh tế|khu công nghiệp|nhân dân|
Phục vụ hành chính công|Hành chính công|Việt Nam|Trung ương|Nhà nước|
Văn hóa - Xã hội|Kinh tế - Xã hội|
Chính sách - Pháp luật|Tuyên giáo - Nữ công|Thi đua - Khen thưởng|Công ty Cổ phần|
Công ty Trách nhiệm hữu hạn|Công ty TNHH|Một thành viên|Cấp nước|Môi trường|Thương mại|Dịch vụ|
Sản xuất|Xuất nhập khẩu|Đầu tư|Trung học phổ thông|Trung học cơ sở|Tiểu học|Mầm non|Mẫu giáo|
Cao đẳng|Đa khoa khu vực|Đa khoa tỉnh|Đa khoa huyện|Đa khoa|Khu vực|Trung học
""".replace("\n", "")
_CASE: Final = {fold(p): p for p in reversed(_PHRASES.split("|")) if p}
#: Kinds that are followed by a name: "Trường Trung học phổ thông Nguyễn Trãi".
_NAMED: Final = frozenset(
    {"Trung học phổ thông", "Trung học cơ sở", "Tiểu học", "Mầm non", "Mẫu giáo", "Đa khoa"}
)
_UNITS: Final = {
    "tinh": "tỉnh", "thanh pho": "thành phố", "huyen": "huyện", "quan": "quận",
    "thi xa": "thị xã", "thi tran": "thị trấn", "xa": "xã", "phuong": "phường",
    "dac khu": "đặc khu",
}  # fmt: skip
_SMALL: Final = frozenset(
    [
        "và",
        "của",
        "các",
        "cho",
        "tại",
        "thuộc",
        "trực",
        "ngành",
        "khu",
        "vực",
        "cấp",
        "về",
        "trên",
        "cơ",
        "sở",
        "nhân",
        "dân",
    ]
)
_PROVINCE_CASE: Final = {fold(p): p for p in PROVINCES}

#: Abbreviations in headers, signatures and numbers, written out. Matched in capitals only.
_WRITTEN_OUT: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(rf"(?<!\w){pattern}(?!\w)"), full)
    for pattern, full in (
        (r"TLĐLĐ\s?VN|TLĐLĐVN|TLĐ", "Tổng Liên đoàn Lao động Việt Nam"),
        (r"LĐLĐ", "Liên đoàn Lao động"),
        (r"CĐCS", "Công đoàn cơ sở"),
        (r"CĐN", "Công đoàn ngành"),
        (r"CĐ", "Công đoàn"),
        (r"UBND", "Ủy ban nhân dân"),
        (r"HĐND", "Hội đồng nhân dân"),
        (r"BCH", "Ban Chấp hành"),
        (r"BTV", "Ban Thường vụ"),
        (r"ĐCT", "Đoàn Chủ tịch"),
        (r"TP\.?", "thành phố"),
        (r"TX\.?", "thị xã"),
    )
)

_SHORTENED: Final = re.compile("|".join(pattern.pattern for pattern, _ in _WRITTEN_OUT))

#: How the first words of a body's name may read, folded: a new line so begun starts a new body.
BODY_HEAD = re.compile(
    r"(?:(?:tong )?cuc|bo|so|uy ban|ubnd|hdnd|ldld|tong lien doan|lien doan|cong doan|cdcs|ban|"
    r"van phong|hoi dong|truong|trung tam|chi cuc|phong|dang bo|dang uy|tinh uy|huyen uy|thanh uy|"
    r"quan uy|thi uy|chi bo|chinh phu|thu tuong|quoc hoi|toa an|vien|tong cong ty|cong ty|hoc vien|"
    r"thanh tra|kho bac|ngan hang|doan|hoi|mat tran|bao hiem|benh vien|nghiep doan|tap doan|"
    r"chu tich|dai hoc|bao|dai|bch|btv|uy)(?!\w)"
)
_WORD = re.compile(r"\w+|[^\w\s]+")


def write_out(text: str) -> str:
    """``UBND THÀNH PHỐ HÀ NỘI`` -> ``Ủy ban nhân dân THÀNH PHỐ HÀ NỘI``."""
    if _SHORTENED.search(text):  # few names are
        for pattern, full in _WRITTEN_OUT:
            text = pattern.sub(full, text)
    return " ".join(text.split())


#: Marks that may follow a word of a name.
_STOPS: Final = ",.;:"
#: Units that their letters tell, whatever became of the marks (TÌNH, HUYEN); the letters of the
#: others are common words of their own: cơ quan, quản lý, địa phương.
_TOLD_BY_LETTERS: Final = frozenset(_UNITS) - {"quan", "xa", "phuong"}
#: After these comes a unit, so QUÂN, XA and PHƯƠNG are units too whose marks were misread.
_BEFORE_UNITS: Final = ("nhan dan", "lao dong", "cong doan", "cong an", "dang uy", "to quoc")


def _longest(table: dict[str, str]) -> dict[str, int]:
    """The number of words of the longest name, by the first word."""
    found: dict[str, int] = {}
    for name in table:
        words = name.split()
        found[words[0]] = max(len(words), found.get(words[0], 0))
    return found


#: Names by their folded form, with their longest.
_Known = tuple[dict[str, str], dict[str, int]]
_ANYWHERE: Final[_Known] = (_CASE, _longest(_CASE))
_IN_PLACE: Final[_Known] = (_PROVINCE_CASE, _longest(_PROVINCE_CASE))


def _known_case(words: list[str], index: int, names: _Known) -> tuple[int, str] | None:
    table, longest_by_first = names
    # Folding takes words one by one, so the first of them tells how many there can be.
    longest = longest_by_first.get(fold(words[index]), 0)
    for length in range(min(longest, len(words) - index), 0, -1):
        printed = " ".join(words[index : index + length])
        bare = printed.rstrip(_STOPS) if length > 1 else printed
        folded = fold(printed)
        known = table.get(folded)
        if known is None and bare != printed:
            known = table.get(fold(bare))
        if known is not None:
            return length, known + ("" if fold(known) == folded else printed[len(bare) :])
    return None


def _unit_at(words: list[str], index: int, before: str) -> tuple[int, str] | None:
    """How many words from ``index`` on are a unit, and the unit with the marks that follow it."""
    after_body = fold(before).endswith(_BEFORE_UNITS)
    for length in (2, 1):
        printed = " ".join(words[index : index + length])
        bare = printed.rstrip(_STOPS)
        unit = _UNITS.get(fold(bare))
        if unit is None or (length == 2 and words[index][-1] in _STOPS):
            continue
        if unit == "xã" and _is_society(words[index : index + 3], after_body=after_body):
            continue
        told = bare.isupper() and fold(bare) in _TOLD_BY_LETTERS
        if told or after_body or nfc(bare).lower() == unit:
            return length, unit + printed[len(bare) :]
    return None


def _is_society(words: list[str], *, after_body: bool) -> bool:
    """Whether ``xã`` begins the word "xã hội", not the name of a commune (xã Hội Nga)."""
    if len(words) < 2 or fold(words[1].rstrip(_STOPS)) != "hoi":
        return False
    if words[1].isupper() == words[0].isupper():  # "XÃ HỘI", "xã hội"
        return not (after_body and words[1].isupper() and len(words) > 2)
    return words[0][0].isupper()  # "Xã hội", but "xã Hội Nga"


def proper_name(printed: str) -> str:
    """The name in proper case; idempotent, words that are not in capitals keep their case.

    Commas stay; marks after a province that ends the name go.
    """
    words = write_out(printed).replace(" – ", " - ").split()
    out: list[str] = []
    index = 0
    in_place = False
    while index < len(words):
        word = words[index]
        hit = _known_case(words, index, _IN_PLACE if in_place else _ANYWHERE)
        # "Huyện ủy" is a body, "huyện Tam Bình" a place
        longer = hit is not None and hit[0] > 1
        unit = None if longer else _unit_at(words, index, " ".join(out[-2:]))
        if unit is not None:
            out.extend(unit[1].split())
            index += unit[0]
            in_place = not unit[1].endswith(",")
            continue
        rest = _PROVINCE_CASE.get(fold(" ".join(words[index:]).strip(" .,;")))
        if rest is not None and out:
            out.extend(rest.split())
            break
        if hit is not None and (longer or word.strip(_STOPS).isupper()):
            out.extend(hit[1].split())
            index += hit[0]
            in_place = hit[1] in _NAMED  # what follows is a proper name
            continue
        out.append(_word_case(word, first=not out, place=in_place, previous=out[-1:]))
        in_place = in_place and not word.endswith(",")
        index += 1
    text = " ".join(out)
    return text[:1].upper() + text[1:] if out and out[0].islower() else text


def _word_case(word: str, *, first: bool, place: bool, previous: list[str]) -> str:
    letters = [c for c in word if c.isalpha()]
    if not letters or not all(c.isupper() for c in letters):
        return word
    if any(c.isdigit() for c in word) or (len(letters) == 1 and place):
        return word
    lower = word.lower()
    if lower.strip(",.;") in _SMALL and not place:
        return lower
    opens = first or place or (previous and previous[0] in {"-", "và", "ngành"})
    if opens or (previous and fold(previous[0]) in _HEADS):
        return _WORD.sub(lambda m: m[0][:1].upper() + m[0][1:], lower)
    return lower


_HEADS: Final = frozenset(
    [
        "so",
        "cuc",
        "vu",
        "phong",
        "truong",
        "vien",
        "hoc",
        "ban",
        "bo",
        "hoi",
        "doan",
        "trung",
        "tam",
        "cong",
        "ty",
        "benh",
        "dai",
    ]
)


def casing_in(text: str, folded: str, name: str) -> str | None:
    """The case in which the running text writes a name, where it does."""
    key = fold(name)
    if len(key) < 8:
        return None
    counts: dict[str, int] = {}
    at = folded.find(key)
    while at >= 0 and len(counts) < 50:
        seen = text[at : at + len(key)]
        bounded = (
            not folded[at - 1 : at].isalnum()
            and not folded[at + len(key) : at + len(key) + 1].isalnum()
        )
        if bounded and "\n" not in seen and not seen.isupper() and seen[:1].isupper():
            counts[seen] = counts.get(seen, 0) + 1
        at = folded.find(key, at + len(key))
    return max(sorted(counts), key=lambda seen: counts[seen]) if counts else None


def _known_bodies() -> dict[str, str]:
    names = ["Tổng Liên đoàn Lao động Việt Nam", "Chính phủ", "Thủ tướng Chính phủ"]
    for head in ("Liên đoàn Lao động", "Ủy ban nhân dân", "Hội đồng nhân dân"):
        names.extend(
            f"{head} {'thành phố' if place in CITIES else 'tỉnh'} {place}" for place in PROVINCES
        )
    return {fold(name): name for name in names}


_BODIES: Final = _known_bodies()
_TIGHT: Final = {folded.replace(" ", ""): name for folded, name in _BODIES.items()}


def respaced(name: str) -> str | None:
    """The known body whose name this is but for blanks (``VIETNAM``), if it is not so already."""
    folded = fold(name)
    return None if folded in _BODIES else _TIGHT.get(folded.replace(" ", ""))


#: What never stands in the name of a body.
_FOREIGN: Final = re.compile(r"[=<>@#$%^*{}\[\]|~\\_!?;°®©]|[ˆ˜¨´`]")


def is_junk(word: str) -> bool:
    """Whether a word cannot belong to a body's name: signs, or digits inside of letters."""
    bare = word.strip(".,:-–'\"()")
    if not bare:
        return False
    mixed = any(c.isdigit() for c in bare) and any(c.isalpha() for c in bare)
    return mixed or _FOREIGN.search(bare) is not None


def without_junk(words: list[str], junk: list[bool]) -> str | None:
    """A name whose junk words the list of phrases fills in; ``None`` where it cannot.

    ``CÔNG TY =1 PHẦN`` has one phrase of the list around its junk word: Công ty Cổ phần.
    """
    words = list(words)
    for index, bad in enumerate(junk):
        if not bad:
            continue
        filled = _fill(words, index)
        if filled is None:
            return None
        words[index] = filled
    return proper_name(" ".join(words))


def _fill(words: list[str], index: int) -> str | None:
    found: dict[str, int] = {}
    for phrase in _CASE.values():
        parts = phrase.split()
        for at in range(len(parts)):
            start = index - at
            window = words[start : start + len(parts)] if start >= 0 else []
            if len(parts) < 3 or len(window) != len(parts):
                continue
            if all(fold(w) == fold(p) for i, (w, p) in enumerate(zip(window, parts, strict=True))
                   if i != at):  # fmt: skip
                found[parts[at].upper()] = max(found.get(parts[at].upper(), 0), len(parts))
    return max(sorted(found), key=lambda word: found[word]) if found else None


def nearest_body(name: str) -> str | None:
    """The one known body that a damaged name stands for; ``None`` where two are about as near."""
    found = process.extract(fold(name), list(_BODIES), scorer=fuzz.ratio, limit=2, score_cutoff=84)
    if not found or found[0][1] == 100:
        return None
    if len(found) > 1 and found[0][1] - found[1][1] < 3:
        return None
    return _BODIES[found[0][0]]
