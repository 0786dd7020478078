"""The tables of an archive: directives, and what they say, joined by the directive's id.

One definition serves CSV with its metadata, XLSX and the docs. Names of tables and columns are
stable; titles are in English and Vietnamese. Every field has a column ``…_status`` beside it: rely
on ``accepted`` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from models.cells import Cell
from models.directive import (
    Citation,
    Comparator,
    Deadline,
    Directive,
    FieldStatus,
    FieldValue,
    Relation,
    Review,
    Source,
    Target,
)
from models.finding import Evidence, Finding

Kind = Literal["text", "list", "code", "date", "integer", "number"]
Row = tuple[Cell, ...]
#: Between the parts of a cell that holds a list.
SEPARATOR: Final = "; "


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name for programs, its titles for people, what it holds.

    ``values`` are all that a ``code`` can be; ``width`` is in characters, for a spreadsheet;
    ``status_of`` names the column that this one tells the status of.
    """

    name: str
    en: str
    vi: str
    kind: Kind = "text"
    width: int = 16
    values: tuple[str, ...] = ()
    status_of: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: ``rows`` gives those of one directive. ``key`` is its primary key."""

    name: str
    en: str
    vi: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Callable[[Directive], Iterator[Row]]


def _field(name: str, en: str, vi: str, kind: Kind = "text", width: int = 16) -> tuple[Column, ...]:
    return (
        Column(name, en, vi, kind, width),
        Column(f"{name}_status", f"{en}: status", f"{vi}: trạng thái", "code", 11,
               get_args(FieldStatus), name),
    )  # fmt: skip


def _values(model: type, name: str) -> tuple[str, ...]:
    return get_args(model.model_fields[name].annotation)  # type: ignore[attr-defined]


#: In words, for no cell begins with "=".
_COMPARED: Final[dict[Comparator, str]] = {"=": "eq", ">=": "ge", ">": "gt", "<=": "le", "<": "lt"}

_STATUS: Final = Column(
    "status", "Status", "Trạng thái", "code", 11, get_args(FieldStatus), "value"
)
_CONFIDENCE: Final = Column("confidence", "Confidence", "Độ tin cậy", "number", 10)
_PAGE: Final = Column("page", "Page", "Trang", "integer", 7)
_ITEM: Final = (
    Column("directive_id", "Directive", "Mã văn bản", "text", 22),
    Column("position", "Position", "Thứ tự", "integer", 8),
)

_DIRECTIVES: Final = (
    Column("id", "Id", "Mã văn bản", "text", 22),
    *_field("number", "Number", "Số, ký hiệu", width=18),
    *_field("serial", "Serial", "Số", width=8),
    *_field("symbol", "Symbol", "Ký hiệu", width=14),
    *_field("doc_type", "Document type", "Tên loại văn bản", width=14),
    *_field("issued", "Date of issue (EDTF)", "Ngày ban hành", "date", 13),
    *_field("place", "Place", "Địa danh", width=14),
    *_field("issuer", "Issuer", "Cơ quan ban hành", width=34),
    *_field("parent_issuer", "Parent issuer", "Cơ quan chủ quản", width=34),
    *_field("subject", "Subject", "Trích yếu nội dung", width=60),
    *_field("signer", "Signer", "Người ký", width=22),
    *_field("signer_authority", "Authority of the signer", "Quyền hạn ký", width=22),
    *_field("signer_position", "Position of the signer", "Chức vụ người ký", width=18),
    *_field("urgency", "Urgency", "Độ khẩn", width=12),
    *_field("secrecy", "Secrecy", "Độ mật", width=12),
    *_field("incoming_number", "Incoming number", "Số đến", width=10),
    *_field("incoming_received", "Day of arrival (EDTF)", "Ngày đến", "date", 13),
    *_field("incoming_office", "Receiving office", "Cơ quan nhận", width=28),
    Column("campaign_id", "Campaign's id", "Mã phong trào", "text", 20),
    Column("campaign", "Campaign", "Phong trào, chương trình", "text", 34),
    Column("recipients", "Recipients (accepted)", "Kính gửi", "list", 40),
    Column("copied_to", "Copied to (accepted)", "Nơi nhận", "list", 40),
    Column("review_state", "Review", "Kiểm tra", "code", 11, _values(Review, "state")),
    Column("review_reasons", "Reasons for review", "Lý do cần kiểm tra", "list", 40),
    Column("path", "File", "Tệp", "text", 40),
    Column("sha256", "SHA-256 of the file", "SHA-256 của tệp", "text", 20),
    Column("media_type", "Media type", "Định dạng tệp", "code", 16, _values(Source, "media_type")),
    Column("pages", "Pages", "Số trang", "integer", 8),
    Column("source_kind", "Kind of file", "Loại tệp", "code", 13, _values(Source, "kind")),
)
_RECIPIENTS: Final = (
    *_ITEM,
    Column("kind", "To or copied", "Kính gửi hay nơi nhận", "code", 10, ("to", "copied")),
    Column("value", "Recipient", "Nơi nhận", "text", 60),
    Column("raw", "As printed", "Nguyên văn", "text", 60),
    _STATUS,
    _CONFIDENCE,
    _PAGE,
)
_CITATIONS: Final = (
    *_ITEM,
    Column("relation", "Relation", "Quan hệ", "code", 13, get_args(Relation)),
    *_field("number", "Number", "Số, ký hiệu", width=18),
    *_field("title", "Title", "Tên văn bản", width=40),
    *_field("doc_type", "Document type", "Tên loại văn bản", width=14),
    *_field("issued", "Date of issue (EDTF)", "Ngày ban hành", "date", 13),
    *_field("issuer", "Issuer", "Cơ quan ban hành", width=34),
    Column("resolved_id", "Directive that is cited", "Mã văn bản được viện dẫn", "text", 22),
    _PAGE,
)
_TARGETS: Final = (
    *_ITEM,
    Column("kind", "Kind", "Loại chỉ tiêu", "code", 11, _values(Target, "kind")),
    Column("text", "Text", "Nguyên văn", "text", 70),
    Column("comparator", "Comparator", "So sánh", "code", 9, tuple(_COMPARED.values())),
    Column("value", "Value", "Giá trị", "number", 12),
    Column("unit", "Unit", "Đơn vị tính", "text", 16),
    Column("population", "Population", "Đối tượng", "text", 30),
    Column("period", "Period (EDTF)", "Thời kỳ", "date", 14),
    Column("breakdown_of", "Part of the target at position", "Thuộc chỉ tiêu ở thứ tự", "integer",
           9),
    _STATUS,
    _CONFIDENCE,
    _PAGE,
)  # fmt: skip
_DEADLINES: Final = (
    *_ITEM,
    Column("operator", "Operator", "Cách tính", "code", 9, _values(Deadline, "operator")),
    Column("date", "Date (EDTF)", "Thời hạn", "date", 14),
    Column("recurrence", "Recurrence (RFC 5545, ISO 8601)", "Định kỳ", "text", 22),
    Column("text", "Text", "Nguyên văn", "text", 60),
    Column("action", "Action", "Việc phải làm", "text", 60),
    Column("responsible", "Responsible", "Đơn vị thực hiện", "text", 34),
    Column("status", "Status", "Trạng thái", "code", 11, get_args(FieldStatus), "date"),
    _CONFIDENCE,
    _PAGE,
)
_FINDINGS: Final = (
    *_ITEM,
    Column("code", "Code", "Mã nhận xét", "text", 26),
    Column("severity", "Severity", "Mức độ", "code", 9, _values(Finding, "severity")),
    Column("message", "Message", "Nội dung", "text", 80),
    _PAGE,
)


def _directive_rows(d: Directive) -> Iterator[Row]:
    fields = (
        d.number, d.serial, d.symbol, d.doc_type, d.issued, d.place, d.issuer, d.parent_issuer,
        d.subject, d.signer.name, d.signer.authority, d.signer.position, d.urgency, d.secrecy,
        d.incoming.number, d.incoming.received, d.incoming.office,
    )  # fmt: skip
    yield (
        d.id,
        *(cell for field in fields for cell in (field.value, field.status)),
        d.campaign.id if d.campaign else None,
        d.campaign.name if d.campaign else None,
        _joined(d.recipients),
        _joined(d.copied_to),
        d.review.state,
        SEPARATOR.join(d.review.reasons) or None,
        d.source.path,
        d.source.sha256,
        d.source.media_type,
        d.source.pages,
        d.source.kind,
    )


def _joined(fields: Iterable[FieldValue]) -> str | None:
    return SEPARATOR.join(f.value or "" for f in fields if f.status == "accepted") or None


def _page(evidence: Iterable[Evidence]) -> int | None:
    return next((seen.page for seen in evidence if seen.page is not None), None)


def _recipient_rows(d: Directive) -> Iterator[Row]:
    both = [("to", field) for field in d.recipients] + [("copied", field) for field in d.copied_to]
    for position, (kind, f) in enumerate(both):
        yield (
            d.id, position, kind, f.value, f.raw, f.status, f.confidence, _page(f.evidence)
        )  # fmt: skip


def _citation_rows(d: Directive) -> Iterator[Row]:
    for position, cited in enumerate(d.citations):
        yield (
            d.id,
            position,
            cited.relation,
            *(cell for field in _cited(cited) for cell in (field.value, field.status)),
            cited.resolved_id,
            _page(cited.evidence),
        )


def _cited(cited: Citation) -> tuple[FieldValue, ...]:
    return cited.number, cited.title, cited.doc_type, cited.issued, cited.issuer


def _target_rows(d: Directive) -> Iterator[Row]:
    for position, t in enumerate(d.targets):
        yield (
            d.id, position, t.kind, t.text, _COMPARED[t.comparator], t.value, t.unit, t.population,
            t.period, t.breakdown_of, t.status, t.confidence, _page(t.evidence),
        )  # fmt: skip


def _deadline_rows(d: Directive) -> Iterator[Row]:
    for position, due in enumerate(d.deadlines):
        yield (
            d.id, position, due.operator, due.date, due.recurrence, due.text, due.action,
            due.responsible, due.status, due.confidence, _page(due.evidence),
        )  # fmt: skip


def _finding_rows(d: Directive) -> Iterator[Row]:
    for position, found in enumerate(d.findings):
        yield (
            d.id, position, found.code, found.severity, found.message, _page(found.evidence)
        )  # fmt: skip


_PART: Final = ("directive_id", "position")

#: In the order in which they are written; the others refer to the first.
TABLES: Final = (
    Table("directives", "Directives", "Văn bản", ("id",), _DIRECTIVES, _directive_rows),
    Table("recipients", "Recipients", "Nơi nhận", _PART, _RECIPIENTS, _recipient_rows),
    Table("citations", "Citations", "Viện dẫn", _PART, _CITATIONS, _citation_rows),
    Table("targets", "Targets", "Chỉ tiêu", _PART, _TARGETS, _target_rows),
    Table("deadlines", "Deadlines", "Thời hạn", _PART, _DEADLINES, _deadline_rows),
    Table("findings", "Findings", "Nhận xét", _PART, _FINDINGS, _finding_rows),
)
