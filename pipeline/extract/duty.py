"""Who must act, and what is to be done: the clause around a due.

Whoever is asked ("Đề nghị các CĐCS báo cáo ..."), else the body that the clause or its paragraph
begins with, else the heading that it stands under ("2. Sở Tài chính:"), else whoever the sentence
that opens the list asks (domain notes, 2.2). Nobody is named where the text names nobody.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.extract.sentences import Sentence
from pipeline.extract.view import View

_VERB = (
    r"(?:trien\s+khai|thuc\s+hien|bao\s+cao|gui|ra\s+soat|to\s+chuc|xay\s+dung|hoan\s+thanh|"
    r"tham\s+muu|phoi\s+hop|nghien\s+cuu|tap\s+trung|chu\s+tri|khan\s+truong|chu\s+dong|can\s+cu|"
    r"quan\s+tam|co\s+trach\s+nhiem|chiu\s+trach\s+nhiem|nghiem\s+tuc|kip\s+thoi|tiep\s+(?:tuc|thu|nhan)|phan\s+cong|"
    r"chi\s+dao|huong\s+dan|tong\s+hop|dang\s+ky|lap\s|cu\s(?!the)|tang\s+cuong|day\s+manh|phai|can\s+(?!bo|su)|"
    r"thuong\s+xuyen|theo\s+doi|kiem\s+tra|quan\s+triet|cap\s+nhat|bo\s+tri|trinh\s|ban\s+hanh|"
    r"phan\s+dau|duoc\s|chuan\s+bi|de\s+xuat|so\s+ket|tong\s+ket|danh\s+gia|phat\s+dong|"
    r"hang\s+(?:nam|quy|thang)|dinh\s+ky|co\s+(?:y\s+kien|ke\s+hoach|van\s+ban)|de\s+nghi|theo\s+chuc"
    r"|dam\s+bao|bao\s+dam|quyet\s+dinh|xem\s+xet|thong\s+bao|tuyen\s+truyen|van\s+dong|nop\s|tra\s+loi"
    r"|chua\s|tham\s+gia|dua\s|truoc\s+ngay|de\s|va\s+bao\s+cao|se\s|rat\s+mong|tran\s+trong"
    r"|hoac\s+dot\s+xuat|day\s+nhanh|ban\s+giao|khan\s|som\s|nhanh\s)"
)
#: Bodies begin so, in any case; what follows a body's name is a verb in small letters.
_NAME = (
    r"(?i:(?:(?:tat\s+ca\s+)?(?:cac|ca|moi|tung|nhung)\s+)?(?:dong\s+chi\s+)?"
    r"(?:ubnd|ub\s?mttq|uy\s+ban|so(?!\s+(?:luong|lieu|ket|voi|huu))|cuc|tong\s+(?!hop|so|ket)|chi\s+cuc|"
    r"cong\s+doan|cd|lien\s+doan|ldld|cdcs|nghiep\s+doan|ban(?!\s+(?:hanh|than))|bo(?!\s+(?:tri|sung))|"
    r"van\s+phong|phong(?!\s+trao|\s+chong)|hoi(?!\s+(?:nghi|thi))|doan(?!\s+ket)|chu\s+tich|"
    r"pho\s+chu\s+tich|giam\s+doc|thu\s+truong|truong(?!\s+hop)|nguoi\s+dung\s+dau|don\s+vi|co\s+quan|"
    r"cap\s+(?:uy|cong\s+doan)|(?<=cac\s)cap|dia\s+phuong|doanh\s+nghiep|cong\s+ty|chi\s+nhanh|"
    r"trung\s+tam|thanh\s+(?:vien|tra|uy)|huyen\s+(?:uy|doan)|tinh\s+(?:uy|doan)|dang\s+uy|"
    r"mat\s+tran|to\s+chuc\s+(?:dang|doan|cong)|kho\s+bac|ngan\s+hang|bao\s+hiem|cong\s+an|hdnd|"
    r"hoi\s+dong|xa|phuong|khoi|chi\s+bo|nganh|huyen|thanh\s+pho))(?!\w)"
)
_ASKED = re.compile(
    rf"(?<!\w)(?i:(?:de\s+nghi|yeu\s+cau|giao\s+cho|giao|phan\s+cong|chi\s+dao)\s+)"
    rf"(?P<who>{_NAME}[^;:.\n]{{0,200}}?)\s*[,:]?\s+(?={_VERB})"
)
_MARK = r"[\s\"“]{0,3}(?:\d{1,2}(?:\.\d{1,2}){0,2}[.)]|[IVX]{1,4}\.|[a-z]\)|[-–+•*])?\s{0,3}"
_SUBJECT = re.compile(rf"{_MARK}(?i:giao\s+)?(?P<who>{_NAME}[^;:.\n]{{0,160}}?)\s*,?\s+(?={_VERB})")
_HEADED = re.compile(rf"{_MARK}(?i:giao\s+)?(?P<who>{_NAME}[^;:.\n]{{0,120}}?)\s*:")
_HEADING = re.compile(
    r"\s{0,3}(?:\d{1,2}(?:\.\d{1,2}){0,2}[.)]|[IVX]{1,4}\.|[a-z]\))\s{0,3}(?i:giao\s+)?"
    rf"(?P<who>{_NAME}[^;:.]{{0,110}}?)\s*:?\s*"
)
_LIST_OPENS = re.compile(r"(?:sau|nhu\s+sau|sau\s+day)\s*:?\s*$")
_NO_BODY = re.compile(
    r"(?i:(?:cac|so|ban|bo|moi|cap|nganh|xa|ca|hoi|phong|truong|doan|cd|co\s+quan)$)"
)
_LIST_MARK = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,2}[.)]|[a-zđ]\)|[-–+•])\s+")
_LONGEST = 180
_LONGEST_ACTION = 600
_LINES_BACK = 40
_BACK = 1500
_LONGEST_HEADING = 160


def responsible(view: View, sentence: Sentence, first: int, due_end: int) -> str:
    """Who must act, as the text names it; empty where it names nobody.

    :param first: where the body begins
    """
    folded = _with_capitals(view)
    stop = min(sentence.end, max(due_end + 160, sentence.start + 400))
    found = (
        _span(_ASKED.search(folded, sentence.start, stop))
        or _span(_SUBJECT.match(folded, sentence.start, sentence.end))
        or _span(_HEADED.match(folded, sentence.start, sentence.end))
        or _of_paragraph(folded, sentence)
        or _of_heading(view, folded, sentence.start, first)
    )
    if found is None:
        return ""
    return view.plain(*found).strip(" ,;:-–()")


@lru_cache(maxsize=2)
def _capitals(text: str, folded: str) -> str:
    return "".join(f.upper() if t.isupper() else f for t, f in zip(text, folded, strict=True))


def _with_capitals(view: View) -> str:
    """The text without its marks but with its capitals: "Xây dựng" in a name is no verb."""
    return _capitals(view.text, view.folded)


def _span(match: re.Match[str] | None) -> tuple[int, int] | None:
    if match is None:
        return None
    who = " ".join(match["who"].split())
    if len(who) > _LONGEST or _NO_BODY.fullmatch(who):
        return None
    return match.span("who")


def _of_paragraph(folded: str, sentence: Sentence) -> tuple[int, int] | None:
    """The body that the paragraph asks or begins with."""
    if sentence.paragraph >= sentence.start:
        return None
    low = max(sentence.paragraph, sentence.start - _BACK)
    asked = list(_ASKED.finditer(folded, low, sentence.start))
    return (
        _span(_SUBJECT.match(folded, sentence.paragraph, sentence.start))
        or (_span(asked[-1]) if asked else None)
        or _span(_HEADED.match(folded, sentence.paragraph, sentence.start))
    )


def _of_heading(view: View, text: str, position: int, first: int) -> tuple[int, int] | None:
    """A numbered heading that is a body's name, or the sentence that opens the list."""
    index = view.line_at(position)
    for line in reversed(view.lines[max(0, index - _LINES_BACK) : index]):
        if line.start < first:
            return None
        # A heading is short, and a list is opened by the end of a line.
        folded = text[max(line.start, line.end - _LONGEST_HEADING) : line.end]
        short = line.end - line.start <= _LONGEST_HEADING
        heading = _HEADING.fullmatch(folded) if short else None
        if heading is not None and not re.search(_VERB, heading["who"]):
            found = _span(heading)
            return (line.start + found[0], line.start + found[1]) if found else None
        if _LIST_OPENS.search(folded):
            begin = max(first, line.start - 400)
            asked = list(_ASKED.finditer(text, begin, line.end))
            return _span(asked[-1]) if asked else None
    return None


def action(view: View, sentence: Sentence, due: tuple[int, int]) -> str:
    """The clause, without the mark of its list; of a very long one the part around the due."""
    start, end = sentence.start, sentence.end
    mark = _LIST_MARK.match(view.text, start, end)
    if mark:
        start = mark.end()
    if end - start > _LONGEST_ACTION:
        start = max(start, due[0] - 2 * _LONGEST_ACTION // 3)
        end = min(end, start + _LONGEST_ACTION)
        # Whole words only.
        start = view.text.find(" ", start) + 1 if start > sentence.start else start
    return view.plain(start, end)
