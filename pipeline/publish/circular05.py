"""The descriptive metadata of Circular 05/2025/TT-BNV, Annex II: package and document.

``EAD.xml`` has the four fields of a package of single documents (AIP_tailieu), ``EAD_doc_*.xml``
the nineteen of a document; both are ``simpledc`` without a namespace, and no EAD in spite of their
names. Fields are in the order of the annex. One that the document does not show, that waits for a
person, or that only the archive's keeper can say, is left out: nothing here is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from models.directive import Directive, FieldValue
from models.source import SourceKind
from models.vietnamese import fold
from pipeline.publish.dublincore import dc_fields
from pipeline.publish.layout import fit
from pipeline.settings import CustodySettings

#: Codes of the types of documents (typeName).
_TYPES: Final = (
    "Nghị quyết", "Quyết định", "Chỉ thị", "Quy chế", "Quy định", "Thông cáo", "Thông báo",
    "Hướng dẫn", "Chương trình", "Kế hoạch", "Phương án", "Đề án", "Dự án", "Báo cáo", "Tờ trình",
    "Giấy ủy quyền", "Phiếu gửi", "Phiếu chuyển", "Phiếu báo", "Biên bản", "Hợp đồng", "Công văn",
    "Công điện", "Bản ghi nhớ", "Bản thỏa thuận", "Giấy mời", "Giấy giới thiệu", "Giấy nghỉ phép",
    "Thư công", "Bản đồ", "Bản vẽ kỹ thuật",
)  # fmt: skip
_TYPE_CODES: Final = {fold(name): f"{code:02}" for code, name in enumerate(_TYPES, start=1)}
_OTHER_TYPE: Final = "32"
#: Vietnamese in the list of languages.
_VIETNAMESE: Final = "01"
#: Born digital, digitised, both (confidenceLevel).
_ORIGINS: Final[dict[SourceKind, str]] = {
    "born_digital": "01", "text": "01", "scan": "02", "mixed": "03",
}  # fmt: skip
_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
#: The longest that a field may be, in characters.
LENGTHS: Final = {
    "arcFileCode": 100, "title": 1000, "keyword": 100, "codeNumber": 11, "codeNotation": 30,
    "organName": 200, "subject": 500,
}  # fmt: skip
#: A part of a code is another code: one that is too long is left out, never cut.
_CODES: Final = frozenset({"arcFileCode", "codeNumber", "codeNotation"})
#: "description" of a document, and of a package.
_NOTE, _PACKAGE_NOTE = 500, 2000
_WAITING: Final = {
    "doc_type": "tên loại", "serial": "số", "symbol": "ký hiệu", "issued": "ngày tháng",
    "issuer": "cơ quan ban hành", "subject": "trích yếu",
}  # fmt: skip


def package_fields(directive: Directive, custody: CustodySettings) -> list[tuple[str, str]]:
    """The fields of ``EAD.xml`` that are known, in the annex's order."""
    title = next((text for name, text in dc_fields(directive) if name == "title"), "")
    fields = [
        ("arcFileCode", custody.package_code),
        ("title", title),
        ("source", custody.origin),
    ]
    return _fitted(fields, [], _PACKAGE_NOTE)


def document_fields(directive: Directive, custody: CustodySettings) -> list[tuple[str, str]]:
    """The fields of ``EAD_doc_*.xml`` that are known, in the annex's order."""
    before = [
        ("arcFileCode", custody.package_code),
        ("mode", "03" if _accepted(directive.secrecy) else custody.access_mode),
        ("language", _VIETNAMESE),
        ("keyword", directive.campaign.name if directive.campaign else ""),
        ("numberOfPage", str(directive.source.pages)),
        ("confidenceLevel", _ORIGINS[directive.source.kind]),
    ]
    after = [
        ("typeName", _type_code(directive.doc_type)),
        ("codeNumber", _accepted(directive.serial)),
        ("codeNotation", _accepted(directive.symbol)),
        ("issuedDate", _day(directive.issued)),
        ("organName", _accepted(directive.issuer)),
        ("subject", _accepted(directive.subject)),
    ]
    told = _fitted([*before, *after], list(_remarks(directive)), _NOTE)
    # The annex has the remark between the two halves.
    names = {name for name, _ in after}
    first = [field for field in told if field[0] not in names and field[0] != "description"]
    note = [field for field in told if field[0] == "description"]
    return [*first, *note, *(field for field in told if field[0] in names)]


def simpledc(fields: list[tuple[str, str]]) -> etree._Element:
    """Fields as the circular writes them."""
    root = etree.Element("simpledc")
    for name, text in fields:
        etree.SubElement(root, name).text = text
    return root


def _fitted(
    fields: list[tuple[str, str]], remarks: list[str], note_chars: int
) -> list[tuple[str, str]]:
    """Fields with a text, each as short as it must be; the remarks say which were cut."""
    kept, cut, too_long = [], [], []
    for name, raw in fields:
        text = fit(" ".join(raw.split()))
        limit = LENGTHS.get(name, len(text))
        if len(text) > limit and name in _CODES:
            too_long.append(name)
        elif text:
            kept.append((name, _shortened(text, limit)))
            if len(text) > limit:
                cut.append(name)
    if cut:
        remarks = [*remarks, f"Rút gọn theo độ dài quy định: {', '.join(cut)}."]
    if too_long:
        remarks = [*remarks, f"Dài hơn quy định nên không ghi: {', '.join(too_long)}."]
    note = fit(" ".join(" ".join(remarks).split()))
    return [*kept, ("description", _shortened(note, note_chars))] if note else kept


def _shortened(text: str, chars: int) -> str:
    return text if len(text) <= chars else text[: chars - 1].rstrip() + "…"


def _remarks(directive: Directive) -> Iterator[str]:
    signer = directive.signer
    named = [_accepted(part) for part in (signer.authority, signer.position, signer.name)]
    if named[2]:
        yield f"Người ký: {', '.join(part for part in named if part)}."
    waiting = [
        name
        for key, name in _WAITING.items()
        if getattr(directive, key).status in ("review", "unreadable")
    ]
    if waiting:
        yield f"Chưa được xác nhận nên không ghi: {', '.join(waiting)}."


def _accepted(field: FieldValue) -> str:
    return (field.value or "") if field.status == "accepted" else ""


def _type_code(field: FieldValue) -> str:
    name = _accepted(field)
    return _TYPE_CODES.get(fold(name), _OTHER_TYPE) if name else ""


def _day(field: FieldValue) -> str:
    """``DD/MM/YYYY``; nothing for a date that is not a day."""
    found = _DAY.fullmatch(_accepted(field))
    return "/".join(reversed(found.groups())) if found else ""
