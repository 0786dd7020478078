"""Whether a title that was read from an image is whole: seals and pens take words off it.

"PHÓ CHỦ TỊCH" without its first word is another title, and reads as surely. So a read title is
accepted only where all its words are words of titles, where it says what such a line must say,
and where its lines stand centred under each other, as Decree 30 has them (Annex I, II.7): a word
lost at one end moves the middle.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.base import union_of
from models.directive import FieldValue
from models.vietnamese import fold
from pipeline.extract.view import View
from pipeline.extract.zones import Piece

#: Middles of lines further apart than this share of the page's width are not centred.
_CENTRED = 0.012
#: What TM. and T/M stand before: a body that decides together; behind it whose body it is.
_COLLECTIVE = re.compile(
    r"(?:tm|t/m)[. ]+(?:ban thuong vu|ban chap hanh|doan chu tich|thuong truc|ban can su(?: dang)?|"
    r"ban quan ly|ban chi dao|ban to chuc|ban giam doc|ban lanh dao|uy ban|ubnd|hdnd|hdqt|bch|btv|"
    r"uy ban nhan dan|hoi dong(?: nhan dan| quan tri| thanh vien)?|chinh phu|quoc hoi|bo chinh tri|"
    r"ban bi thu|dang uy|uy ban thuong vu quoc hoi|uy ban mat tran to quoc|uy ban kiem tra)"
    r"(?: (?:tinh|thanh pho|huyen|quan|thi xa|xa|phuong|thi tran|dac khu|lien doan|cong doan|"
    r"tong lien doan|mat tran|truong|cong ty|viet nam|lam thoi)(?: .+)?)?"
)
_BY_ORDER = re.compile(
    r"(?:tl|t/l|tuq)[. ]+(?:chu tich|bo truong|giam doc|tong giam doc|cuc truong|vu truong|"
    r"truong ban|truong phong|hieu truong|chanh van phong|bo truong, chu nhiem|thu tuong|"
    r"ban thuong vu|ban chap hanh|doan chu tich|tong cuc truong|chu nhiem|bi thu|vien truong)"
    r"(?: .+)?"
)
#: Words of titles; a read word that is none of them is a part of one, or misread.
_TITLE_WORDS = """
tm kt tl tuq q t m k l tp ubnd hđnd lđlđ tlđ btv bch vp quyền chủ tịch phó thường trực vụ ban chấp
hành đoàn ủy uỷ viên bí thư chánh văn phòng trưởng giám đốc tổng bộ thứ cục hiệu nhiệm kiểm tra thủ
tướng viện án thanh thống phụ trách tổ đội kê công liên lao động nhân dân hội đồng quản trị thành
sở tỉnh huyện quận xã phường thị phố trấn đảng và của các khu nghiệp ngành giáo dục đào tạo y tế nội
tài chính sách pháp luật tuyên nữ chức cán kinh xây dựng tư nông môi trường khoa học nghệ thông tin
truyền giao vận tải thương binh văn hóa hoá thể thao du lịch quốc việt nam tham mưu hợp nghiên cứu
đối ngoại mặt trận kế hoạch chuyên lâm thời tại cơ
"""
_WORDS = frozenset(_TITLE_WORDS.split())


def may_lack_words(view: View, *parts: Sequence[Piece]) -> bool:
    """Whether the lines of a signature are not centred under each other."""
    middles = []
    for piece in (piece for pieces in parts for piece in pieces):
        if not view.is_ocr(piece.start):
            return False
        box = union_of(
            [e.bbox for e in view.evidence(piece.start, piece.end) if e.bbox is not None]
        )
        if box is not None:
            middles.append((box[0] + box[2]) / 2)
    return len(middles) > 1 and max(middles) - min(middles) > _CENTRED


def confirmed_authority(found: FieldValue, *, whole: bool) -> FieldValue:
    """Accepted of an image only if it names a body or a head, and nothing is amiss."""
    folded = fold(found.value or "")
    said = _COLLECTIVE.fullmatch(folded) or _BY_ORDER.fullmatch(folded)
    return _unless(found, whole=whole and said is not None and _begins(found))


def confirmed_position(found: FieldValue, *, whole: bool) -> FieldValue:
    """Accepted of an image only if every word is one of a title; KT. must be followed by whose
    deputy signs."""
    words = re.findall(r"\w+", (found.value or "").lower())
    known = all(word in _WORDS for word in words)
    deputy = re.match(r"(?:kt|k/t)\W", fold(found.value or "")) is not None
    complete = not deputy or " / " in (found.value or "")
    return _unless(found, whole=whole and known and complete and _begins(found))


def _begins(found: FieldValue) -> bool:
    """Nothing was read before the first letter, which may be what is left of a mark."""
    return (found.raw or "A").lstrip()[:1].isalpha()


def _unless(found: FieldValue, *, whole: bool) -> FieldValue:
    read = any(e.origin == "ocr" for e in found.evidence)
    if whole or not read or found.status != "accepted":
        return found
    return found.model_copy(update={"status": "review"})
