"""Document types, their codes and the codes of issuing bodies.

Types and codes: Decree 30/2020/ND-CP, Annex III; norms: Law on the promulgation of legal documents;
Party types: Guidance 36-HD/VPTW. Body codes are those met in union, State and Party numbers.
"""

from __future__ import annotations

import re
from typing import Final

from models.vietnamese import fold

#: Type code -> type name (Decree 30, Annex III), then norms and Party types.
TYPE_OF_CODE: Final[dict[str, str]] = {
    "NQ": "Nghị quyết", "QĐ": "Quyết định", "CT": "Chỉ thị", "QC": "Quy chế", "QyĐ": "Quy định",
    "TC": "Thông cáo", "TB": "Thông báo", "HD": "Hướng dẫn", "CTr": "Chương trình",
    "KH": "Kế hoạch", "PA": "Phương án", "ĐA": "Đề án", "DA": "Dự án", "BC": "Báo cáo",
    "BB": "Biên bản", "TTr": "Tờ trình", "HĐ": "Hợp đồng", "CĐ": "Công điện",
    "BGN": "Bản ghi nhớ", "BTT": "Bản thỏa thuận", "GUQ": "Giấy ủy quyền", "GM": "Giấy mời",
    "GGT": "Giấy giới thiệu", "GNP": "Giấy nghỉ phép", "PG": "Phiếu gửi", "PC": "Phiếu chuyển",
    "PB": "Phiếu báo",
    "NĐ": "Nghị định", "TT": "Thông tư", "TTLT": "Thông tư liên tịch", "PL": "Pháp lệnh",
    "L": "Lệnh", "CV": "Công văn", "KL": "Kết luận", "CL": "Chiến lược",
    "KHLT": "Kế hoạch liên tịch", "HDLT": "Hướng dẫn liên tịch", "CTLT": "Chương trình liên tịch",
    "NQLT": "Nghị quyết liên tịch", "VBHN": "Văn bản hợp nhất", "TTR": "Tờ trình",
    "CTR": "Chương trình", "TLB": "Thông báo",
    # Several offices together, without "liên tịch": phối hợp, liên sở, liên ngành.
    "CTPH": "Chương trình", "CTrPH": "Chương trình", "KHPH": "Kế hoạch", "QCPH": "Quy chế",
    "KHLN": "Kế hoạch", "HDLN": "Hướng dẫn", "KHLS": "Kế hoạch", "HDLS": "Hướng dẫn",
}  # fmt: skip

#: Codes that also name a body (Cục Thuế, Công đoàn, hội đồng ...): the type line must confirm.
AMBIGUOUS_CODES: Final = frozenset({"CT", "CĐ", "TC", "HĐ", "TT", "L", "PC", "PB", "PG", "PL"})

TYPE_NAMES: Final[tuple[str, ...]] = tuple(
    sorted(
        {
            *TYPE_OF_CODE.values(), "Thư công", "Công văn", "Luật", "Bộ luật", "Hiến pháp",
            "Thông tri", "Sắc lệnh", "Lời kêu gọi", "Điều lệ", "Giấy chứng nhận", "Thư ngỏ",
        },
        key=lambda name: (-len(name), name),
    )
)  # fmt: skip
FOLDED_TYPES: Final[dict[str, str]] = {fold(name): name for name in TYPE_NAMES}

#: Types as cited: these stand before "số".
CITED_TYPES: Final[dict[str, str]] = {
    **FOLDED_TYPES,
    "cong van": "Công văn", "van ban": "Công văn", "cong thu": "Công văn", "dieu le": "Điều lệ",
}  # fmt: skip

_BODY_CODES: Final = [
    "LĐLĐ",
    "TLĐ",
    "CĐCS",
    "CĐN",
    "CĐVC",
    "CĐVCVN",
    "CĐGD",
    "CĐYT",
    "CĐCT",
    "CĐXD",
    "CĐGTVT",
    "CĐNN",
    "CĐKCN",
    "CĐKKT",
    "CĐCKCN",
    "ĐCT",
    "BTV",
    "UBND",
    "HĐND",
    "SGDĐT",
    "PGDĐT",
    "LĐTBXH",
    "SLĐTBXH",
    "BLĐTBXH",
    "TWĐTN",
    "BGDĐT",
    "CĐNV",
    "CĐCTTTCS",
    "CĐTCT",
    "CĐTĐ",
    "CĐBP",
    "HĐTĐKT",
    "HĐTV",
    "BQLĐ",
    "STNMT",
    "UBMTTQ",
    "CĐLĐ",
    "VPHĐND",
    "SLĐ",
]


def skeleton(code: str) -> str:
    """A code without the differences that readers make: Đ, P and B as D, I, l and 1 as L."""
    return fold(code).upper().translate(str.maketrans("PB1I", "DDLL"))


def _only_d(code: str) -> str:
    return fold(code).upper()


_BY_D: Final = {_only_d(code): code for code in _BODY_CODES}
_BY_SKELETON: Final = {skeleton(code): code for code in reversed(_BODY_CODES)}
_TYPES_BY_D: Final[dict[str, str]] = {}
for _code in TYPE_OF_CODE:
    _TYPES_BY_D.setdefault(_only_d(_code), _code)


def restore_d(group: str) -> str | None:
    """``LDLD`` -> ``LĐLĐ`` where the code list knows exactly that body; else ``None``."""
    known = _BY_D.get(_only_d(group))
    return known if known is not None and known != group else None


#: Types whose code the law runs together with the body in practice: "154/2020/NĐCP".
_GLUED: Final = re.compile(r"(NĐ|NQ|QĐ|CT|CĐ)(CP|TTg|UBND|HĐND|TLĐ|LĐLĐ)")


def unglue(group: str) -> str:
    """``NĐCP`` -> ``NĐ-CP``; other groups as they are."""
    match = _GLUED.fullmatch(group)
    return f"{match[1]}-{match[2]}" if match else group


def nearest_type(group: str, name: str) -> str | None:
    """The code of the type ``name`` if ``group`` is it but for one lost or misread letter."""
    for code, full in TYPE_OF_CODE.items():
        if full == name and code != group and abs(len(code) - len(group)) <= 1:
            shorter, longer = sorted((code, group), key=len)
            lost = len(longer) > len(shorter) and any(
                longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))
            )
            misread = len(code) == len(group) > 2 and (
                sum(a != b for a, b in zip(code, group, strict=True)) == 1
            )
            if lost or misread:
                return code
    return None


def restore_damaged(group: str) -> str | None:
    """``1PLD`` -> ``LĐLĐ``: a candidate only, never accepted."""
    return _BY_SKELETON.get(skeleton(group)) if len(group) >= 3 else None


#: Ministries and offices whose abbreviation is theirs alone (Decree 30, Annex VI; practice).
ISSUER_OF_OFFICE: Final[dict[str, str]] = {
    "VPCP": "Văn phòng Chính phủ", "BNV": "Bộ Nội vụ", "BTC": "Bộ Tài chính", "BXD": "Bộ Xây dựng",
    "BTP": "Bộ Tư pháp", "BYT": "Bộ Y tế", "BCT": "Bộ Công Thương", "BNG": "Bộ Ngoại giao",
    "BGDĐT": "Bộ Giáo dục và Đào tạo", "BKHCN": "Bộ Khoa học và Công nghệ",
    "BNNMT": "Bộ Nông nghiệp và Môi trường", "BGTVT": "Bộ Giao thông vận tải",
    "BTNMT": "Bộ Tài nguyên và Môi trường", "BTTTT": "Bộ Thông tin và Truyền thông",
    "BKHĐT": "Bộ Kế hoạch và Đầu tư", "BVHTTDL": "Bộ Văn hóa, Thể thao và Du lịch",
    "BLĐTBXH": "Bộ Lao động - Thương binh và Xã hội", "BNNPTNT":
    "Bộ Nông nghiệp và Phát triển nông thôn", "TTCP": "Thanh tra Chính phủ",
    "NHNN": "Ngân hàng Nhà nước Việt Nam", "UBDT": "Ủy ban Dân tộc",
    "TLĐ": "Tổng Liên đoàn Lao động Việt Nam", "BCA": "Bộ Công an", "BQP": "Bộ Quốc phòng",
    "BNN": "Bộ Nông nghiệp và Phát triển nông thôn", "TANDTC": "Tòa án nhân dân tối cao",
    "VKSNDTC": "Viện kiểm sát nhân dân tối cao", "TLĐLĐVN": "Tổng Liên đoàn Lao động Việt Nam",
}  # fmt: skip

#: Issuers that follow from the code by definition.
ISSUER_OF_TAIL: Final[dict[str, str]] = {
    "NĐ-CP": "Chính phủ", "NQ-CP": "Chính phủ", "QĐ-TTg": "Thủ tướng Chính phủ",
    "CT-TTg": "Thủ tướng Chính phủ", "CĐ-TTg": "Thủ tướng Chính phủ",
}  # fmt: skip
#: Types that several bodies issue together; each has its group: "TTLT-BYT-BTC".
_JOINT_TYPES: Final = frozenset({"TTLT", "KHLT", "HDLT", "CTLT", "NQLT"})
_SECOND = re.compile(r"-\d{1,6}[a-zđ]?[/-]")
_NATIONAL_ASSEMBLY = re.compile(r"QH\d{1,2}")
_SPLIT = re.compile(r"[-/.]")


def issuer_of_code(symbol: str) -> str | None:
    """The body that a symbol names by definition; of a joint document all of them, or ``None``."""
    if _NATIONAL_ASSEMBLY.fullmatch(symbol):
        return "Quốc hội"
    if symbol in ISSUER_OF_TAIL:
        return ISSUER_OF_TAIL[symbol]
    groups = _SPLIT.split(symbol)
    if groups[0] in _JOINT_TYPES:
        offices = [ISSUER_OF_OFFICE.get(group) for group in groups[1:]]
        known = [office for office in offices if office]
        return "; ".join(known) if known and len(known) == len(offices) else None
    office = groups[1] if len(groups) > 1 and groups[0] in TYPE_OF_CODE else groups[0]
    return ISSUER_OF_OFFICE.get(office)


def is_joint(symbol: str) -> bool:
    """Whether several offices issue together: by the type, or by a second number in the symbol."""
    return _SECOND.search(symbol) is not None or type_code_of(symbol) in _JOINT_TYPES


def type_code_of(symbol: str) -> str | None:
    """The type code: the first group after the serial (State and union) or the hyphen (Party)."""
    groups = _SPLIT.split(symbol)
    if groups and groups[0].isdigit():
        groups = groups[1:]
    return groups[0] if groups and groups[0] in TYPE_OF_CODE and len(groups) > 1 else None


def is_listed(symbol: str) -> bool:
    """Whether every group of a symbol is a type or a body of the lists."""
    groups = [group for group in _SPLIT.split(symbol) if not group.isdigit()]
    return bool(groups) and all(g in TYPE_OF_CODE or g in _BODY_SET for g in groups)


_BODY_SET: Final = frozenset({*_BODY_CODES, "CP", "TTg", "TU", "HU", "TW", "VPCP", "BNV", "BTC"})
