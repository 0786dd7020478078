"""What figures count, and of whom: units after a figure, populations after a share.

Union directives count sáng kiến, đoàn viên, CĐCS; a unit that is not in the list is none, so that
"5K", "40 ngày" and article numbers stay out (domain notes, 2.4).
"""

from __future__ import annotations

import re
from typing import Final

_HEADS = (
    r"sang\s+kien|de\s+tai|giai\s+phap|phong\s+trao|mo\s+hinh|cong\s+trinh|san\s+pham|de\s+an|"
    r"doan\s+vien|dang\s+vien|hoi\s+vien|thanh\s+vien|cnvcld|cnvc|cong\s+nhan(?:\s+lao\s+dong)?|"
    r"nguoi\s+lao\s+dong|lao\s+dong|nld|can\s+bo(?:\s+cong\s+doan)?|luot\s+nguoi|nguoi|chau|em|"
    r"hoc\s+sinh|gia\s+dinh|ho\s+gia\s+dinh|ho|don\s+vi|doanh\s+nghiep|co\s+so|chi\s+nhanh|xa|phuong|"
    r"cong\s+doan\s+co\s+so|cdcs|to\s+chuc\s+cong\s+doan|nghiep\s+doan|to\s+cong\s+doan|ldld|"
    r"thoa\s+uoc(?:\s+lao\s+dong\s+tap\s+the)?|tuld|hoi\s+nghi|cuoc|lop|buoi|hoi\s+thao|dot|tap\s+the|"
    r"thoa\s+thuan(?:\s+hop\s+tac)?|hop\s+dong|chuong\s+trinh|cau\s+lac\s+bo|"
    r"ca\s+nhan|can\s+nha|ngoi\s+nha|can|nha|mai\s+am|suat\s+qua|phan\s+qua|suat|tin(?:,?\s+bai)?|"
    r"bai(?:\s+viet)?|van\s+ban|y\s+kien|kien\s+nghi|"
    r"(?:trieu|ty|nghin|ngan)\s+dong|dong|bang\s+khen|giay\s+khen|don\s+vi\s+mau|cong\s+viec"
)
#: "phong trào, mô hình điển hình": things counted together, and what they must be like.
_JOINED = rf"(?:,\s(?:{_HEADS})(?!\w))?(?:\s(?:dien\s+hinh|tieu\s+bieu)(?!\w))?"
#: For folded text, after a figure and a blank.
UNIT: Final = rf"(?P<unit>(?:{_HEADS})(?!\w){_JOINED})"

_PEOPLE = (
    r"(?:so\s+(?!voi|thue|tien)|cac\s+|can\s+bo|doan\s+vien|dang\s+vien|hoi\s+vien|cong\s+doan|cdcs|cnvcld|cnld|"
    r"cnvc|nld|nguoi|lao\s+dong|cong\s+nhan|cong\s+chuc|vien\s+chuc|don\s+vi|doanh\s+nghiep|dn\s|"
    r"co\s+quan|co\s+so|ldld|lien\s+doan|nghiep\s+doan|cap|to\s+chuc|to\s+cong|uy\s+ban|uy\s+vien|"
    r"chi\s+bo|chi\s+doan|doan|thanh\s+nien|nu\s|nganh|dia\s+phuong|xa|phuong|thi\s+tran|huyen|khu|"
    r"truong|giao\s+vien|hoc\s+sinh|ho\s|gia\s+dinh|nha\s+giao|y\s+bac|thanh\s+vien|tap\s+the|ca\s+nhan)"
)
#: Who a share is a share of, right after the per cent sign (folded text).
POPULATION_HEAD: Final = re.compile(rf"\s{{1,3}}(?={_PEOPLE})")
_GOES_ON = re.compile(rf"(?:,|\s+va)\s+(?={_PEOPLE})")
_ENDS = re.compile(r"[.;:()\n]|,|\s[-–]\s")
#: Words that begin what the population does; with their marks, for "cơ sở" is no "có".
_VERBS: Final = frozenset(
    re.findall(
        r"\w+",
        "có được đạt ký phải là đã sẽ đều không bị vào trở đủ vượt nộp hưởng biết chưa",
    )
)
_COMPOUND_VERBS: Final = frozenset(
    re.findall(
        r"\w+ \w+",
        "tổ chức, vận động, thành lập, kết nạp, hỗ trợ, bố trí, xét chọn, giới thiệu, tập huấn, "
        "xây dựng, phối hợp, thực hiện, tham gia, đăng ký, triển khai, hoàn thành, tuyên truyền, "
        "hiểu biết, nắm vững, nắm bắt, học tập, hưởng ứng, cam kết, tiếp cận, tiếp tục, gia nhập, "
        "báo cáo, cập nhật, sử dụng, đảm bảo, bảo đảm, phấn đấu, trích nộp, duy trì, lập kế, "
        "phát động, phát huy, đóng góp, chăm lo, ứng dụng, quan tâm, chấp hành, đánh giá, "
        "quán triệt, cung cấp, áp dụng, nhận thức, đưa vào, kiểm tra, công khai, ban hành, "
        "ký kết, chuyển đổi",
    )
)
_WORD = re.compile(r"[^\s,.;:()]+")
_MOST_WORDS = 16


def population(text: str, folded: str, start: int, end: int) -> int:
    """Where the population that begins at ``start`` ends: before its verb or its clause's end."""
    position = last = start
    words = 0
    opened = True
    while position < end and words < _MOST_WORDS:
        stop = _ENDS.match(folded, position)
        if stop is not None:
            on = _GOES_ON.match(folded, position)
            if on is None:
                break
            position = on.end()
            opened = True
            continue
        match = _WORD.match(text, position)
        if match is None:
            position += 1
            continue
        # The first word names who it is: "tổ chức công đoàn" organises nothing.
        if not opened and _is_verb(text, match, end):
            break
        opened = False
        words += 1
        position = last = match.end()
    return last


def _is_verb(text: str, match: re.Match[str], end: int) -> bool:
    word = match[0].lower()
    if word in _VERBS:
        return True
    following = _WORD.search(text, match.end(), end)
    return following is not None and f"{word} {following[0].lower()}" in _COMPOUND_VERBS
