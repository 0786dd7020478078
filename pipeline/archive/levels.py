"""Whom the words of an address mean: one body, a group of bodies at a level, or nobody new.

"Liên đoàn Lao động các huyện, thị xã, thành phố" is every federation of a district in the issuer's
province; "Như trên" is whoever stands under "Kính gửi"; "Lưu: VT" is nobody. Pure: words in,
meaning out. Names of single bodies are left to ``organisations``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from pipeline.archive.words import key

#: ``body``: one. ``group``: all of a kind at a level. ``as_above``: the list under "Kính gửi".
#: ``article``: whom an article of the document names. ``own``: a unit or leaders of the issuer.
#: ``public``: a website, gazette or newspaper. ``file``: the registry's copy.
Addressee = Literal["body", "group", "as_above", "article", "own", "public", "file"]
Kind = Literal["union", "party", "state", "other"]
#: The levels of organisations, and ``every`` for "các cấp công đoàn".
GroupLevel = Literal[
    "central", "province", "district", "commune", "sector", "grassroots", "unknown", "every"
]
#: ``country``; ``province``: that of the issuer; ``issuer``: what stands directly under it.
Scope = Literal["country", "province", "issuer"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an address means; ``kind`` and ``level`` of a group, and where its members are."""

    addressee: Addressee
    kind: Kind = "other"
    level: GroupLevel = "unknown"
    scope: Scope | None = None


_NOTE: Final = re.compile(r"\([^()]*\)?")
_AS_ABOVE: Final = re.compile(r"nhu (?:tren|kinh gui)|cac noi nhan tren")
_ARTICLE: Final = re.compile(r"nhu (?:dieu|muc|khoan|phan|dinh kem)(?!\w)")
_FILE: Final = re.compile(r"luu(?!\w)|vt(?!\w)|van thu(?!\w)")
_PUBLIC: Final = re.compile(
    r"(?:trang )?(?:website|web)(?!\w)|(?:cong|trang) (?:ttdt|tt dt|thong tin)|cong bao|"
    r"(?:cac )?(?:bao|tap chi|dai phat thanh|dai truyen hinh|dai ptth|co quan bao chi|"
    r"co quan thong tan)(?! cao)(?!\w)"
)
_OWN: Final = re.compile(
    r"(?:cac )?(?:lanh dao(?: co quan| don vi| van phong)?|thuong truc|ban thuong vu|chu tich|"
    r"(?:cac )?pho chu tich|(?:cac )?uy vien(?: ban .*)?|(?:cac )?ban chuyen de|"
    r"(?:cac )?(?:ban|phong)(?: chuyen mon| nghiep vu)?(?:,? van phong)?)"
    r"(?: (?:ldld|lien doan lao dong|co quan)(?: (?:tinh|huyen|thanh pho))?)?"
)
_UNION: Final = r"(?:ldld|lien doan lao dong|cong doan|cd|nghiep doan|cdcs|to cong doan)"
_COMMITTEE: Final = r"(?:ubnd|hdnd|uy ban nhan dan|hoi dong nhan dan)(?: cac)?(?: cap)?"
_PLURAL: Final = re.compile(r"(?<!\w)(?:cac|nhung|toan the|tat ca|moi)(?!\w)")
_LIST: Final = re.compile(
    r"(?:tinh|huyen|quan|thi xa|xa|phuong) (?:va )?"
    r"(?:quan|huyen|thi xa|thi tran|thanh pho|tp|phuong|xa)(?!\w)"
)


def _rules(
    *rows: tuple[str, Kind, GroupLevel],
) -> tuple[tuple[re.Pattern[str], Kind, GroupLevel], ...]:
    return tuple(
        (re.compile(rf"(?<!\w)(?:{words})(?!\w)"), kind, level) for words, kind, level in rows
    )


#: Kind and level of a group by words in the folded address; the first that fits.
_GROUPS: Final = _rules(
        (r"cac cap cong doan|cong doan cac cap|cap cong doan", "union", "every"),
        (r"(?:cdcs|cong doan co so|nghiep doan|to cong doan|cong doan bo phan|"
         r"cong doan (?:cong ty|doanh nghiep|co quan|don vi|truong))", "union", "grassroots"),
        (r"cong doan cap tren(?: truc tiep)?(?: co so)?", "union", "district"),
        (r"(?:ldld|lien doan lao dong) (?:cac )?(?:cap )?(?:huyen|quan|thi xa|tx)", "union",
         "district"),
        (r"(?:ldld|lien doan lao dong) (?:cac )?(?:cap )?(?:tinh|thanh pho|tp)", "union",
         "province"),
        (r"cong doan (?:cac )?(?:xa|phuong|thi tran)", "union", "commune"),
        (r"cong doan (?:cac )?(?:nganh|tong cong ty|tap doan|khu|kcn|kkt)|cdn", "union", "sector"),
        (rf"{_COMMITTEE} (?:huyen|quan|thi xa)", "state", "district"),
        (rf"{_COMMITTEE} (?:tinh|thanh pho|tp)", "state", "province"),
        (rf"{_COMMITTEE} (?:xa|phuong|thi tran)", "state", "commune"),
        (r"huyen uy|quan uy|thi uy", "party", "district"),
        (r"tinh uy|thanh uy", "party", "province"),
        (r"dang uy (?:cac )?(?:xa|phuong)", "party", "commune"),
        (r"bo|co quan ngang bo", "state", "central"),
        (r"so", "state", "province"),
        (r"phong", "state", "district"),
)  # fmt: skip
_UNDER: Final = re.compile(r"(?<!\w)truc thuoc(?!\w)")


@lru_cache(maxsize=1 << 15)  # the same addresses stand on thousands of documents
def meaning(address: str | None) -> Meaning:
    """What ``address`` means in a document, whoever issued it."""
    folded = key(_NOTE.sub(" ", address or ""))
    for pattern, addressee in ((_AS_ABOVE, "as_above"), (_ARTICLE, "article"), (_FILE, "file"),
                               (_PUBLIC, "public")):  # fmt: skip
        if pattern.match(folded):
            return Meaning(addressee)  # type: ignore[arg-type]
    if _OWN.fullmatch(folded):
        return Meaning("own")
    if not (_PLURAL.search(folded) or _LIST.search(folded)):
        return Meaning("body")
    scope: Scope = "issuer" if _UNDER.search(folded) else "province"
    for group, kind, level in _GROUPS:
        if group.search(folded):
            if level in ("province", "central") or (level == "sector" and "trung uong" in folded):
                scope = "country" if scope == "province" else scope
            return Meaning("group", kind, level, scope)
    kind = "union" if re.search(_UNION, folded) else "other"
    return Meaning("group", kind, "unknown", scope)
