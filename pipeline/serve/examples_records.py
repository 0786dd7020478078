"""Examples of whole answers for the OpenAPI description, by the operation that gives them.

The record is made by its own model, so it is always a record of this version.
"""

from __future__ import annotations

from typing import Any, Final

from models.base import BBox
from models.directive import (
    Campaign,
    Citation,
    Deadline,
    Directive,
    FieldValue,
    Review,
    Signer,
    Source,
    Target,
)
from models.finding import Evidence, Finding
from models.text import Block, Line, PageText, Word
from pipeline import __version__
from pipeline.serve import examples_review, examples_uploads
from pipeline.serve.examples import DIRECTIVE, EXAMPLES

_ID: Final = DIRECTIVE["directive_id"]
_ISSUER: Final = DIRECTIVE["directive_issuer"]
_BASE: Final = f"/api/v1/directives/{_ID}"
_BOX: Final[BBox] = (0.12, 0.13, 0.31, 0.15)
_CURSOR: Final = "AU8MHS46W2l4AAAAAAAAAAAAAAAAAAAADA"


def _seen(text: str, box: BBox | None = None, page: int = 1) -> tuple[Evidence, ...]:
    return (Evidence(page=page, bbox=box, text=text, origin="ocr"),)


def _value(text: str, raw: str | None = None, *, rule: str, box: BBox | None = None) -> FieldValue:
    raw = raw or text
    return FieldValue(
        value=text, raw=raw, confidence=0.97, status="accepted", evidence=_seen(raw, box), rule=rule
    )


def _record() -> Directive:
    cited = "Kế hoạch số 12/KH-LĐLĐ ngày 05/4/2022"
    quota, day = "đăng ký ít nhất 150 sáng kiến", "trước ngày 30/6/2022"
    return Directive(
        id=_ID,
        source=Source(
            path="scans/45-cdn.pdf",
            sha256="4f0c1d2e3a5b6978" * 4,
            media_type="application/pdf",
            pages=2,
            kind="scan",
        ),
        issuer=_value(_ISSUER, _ISSUER.upper(), rule="header.issuer"),
        number=_value("45/CĐN", "Số: 45/CĐN", rule="header.number", box=_BOX),
        serial=_value("45", rule="header.number", box=_BOX),
        issued=_value("2022-05-12", "ngày 12 tháng 5 năm 2022", rule="header.date"),
        doc_type=_value("Công văn", "V/v", rule="header.type"),
        subject=_value("đẩy mạnh phong trào thi đua", rule="header.subject"),
        campaign=Campaign(id="01-trieu-sang-kien", name="01 triệu sáng kiến"),
        recipients=(_value("Các công đoàn cơ sở trực thuộc", rule="recipients.to"),),
        signer=Signer(position=_value("CHỦ TỊCH", rule="signature.position")),
        citations=(
            Citation(
                number=_value("12/KH-LĐLĐ", cited, rule="citation.number"),
                doc_type=_value("Kế hoạch", cited, rule="citation.type"),
                issued=_value("2022-04-05", cited, rule="citation.date"),
                relation="implements",
                evidence=_seen(cited),
            ),
        ),
        targets=(
            Target(
                kind="quota", text=quota, value=150, comparator=">=", unit="sáng kiến",
                period="2022", confidence=0.95, status="accepted", evidence=_seen(quota),
            ),
        ),
        deadlines=(
            Deadline(
                text=day, date="2022-06-30", operator="before", action="gửi báo cáo",
                confidence=0.95, status="accepted", evidence=_seen(day, page=2),
            ),
        ),
        findings=(
            Finding(
                code="date.before_citation",
                message="The document is older than one that it cites.",
                evidence=_seen(cited),
            ),
        ),
        review=Review(reasons=("date.before_citation",)),
    )  # fmt: skip


def _page() -> PageText:
    words = (Word(text="Số:", bbox=_BOX, confidence=0.99), Word(text="45/CĐN", confidence=0.97))
    return PageText(
        page=1, read_by="ocr", engine="tesseract 5.3.0", width_px=2480, height_px=3508,
        blocks=(Block(kind="header_left", lines=(Line(words=words),)),),
    )  # fmt: skip


def operations() -> dict[str, Any]:
    """The answer of each operation that has none of its list."""
    model = _record()
    record = model.model_dump(mode="json", by_alias=True)
    number = record["number"]
    change = {
        "cursor": _CURSOR, "id": _ID, "change": "created",
        "at": "2026-03-02T08:15:00.000000Z", "directive": record,
    }  # fmt: skip
    place = number["evidence"][0] | {
        "page_text": f"{_BASE}/pages/1",
        "picture": f"{_BASE}/evidence/number/0/image",
    }
    evidence = {"directive_id": _ID, "field": "number", "evidence": [place]} | {
        name: number[name] for name in ("value", "raw", "status", "confidence", "rule")
    }
    page = _page().model_dump(mode="json", by_alias=True)
    info = {
        "page": 1, "read_by": "ocr", "engine": "tesseract 5.3.0", "words": 412, "edits": 3,
        "findings": [], "width_px": 2480, "height_px": 3508, "rotation": 0,
        "levelled_degrees": 0.0,
    }  # fmt: skip
    text = "Số: 45/CĐN\nKính gửi: Các công đoàn cơ sở trực thuộc\n"
    pair = EXAMPLES["duplicates"]
    hit = {name: EXAMPLES["duplicates"]["one"][name] for name in pair["one"]} | {
        "page": 1, "snippet": "…đăng ký ít nhất 150 sáng kiến…", "marks": [[21, 30]], "score": 7.5,
    }  # fmt: skip
    return (
        examples_review.operations()
        | examples_uploads.operations()
        | {
            "index": {
                "name": "vanthu",
                "version": __version__,
                "links": {"counts": "/api/v1/counts"},
            },
            "health": {"status": "ok"},
            "ready": {"status": "ok"},
            "counts": {"directives": 12, "needs_review": 3, "superseded": 0, "sources": 12},
            "schema": {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"},
            "search": {"items": [hit]},
            "export_jsonl": model.model_dump_json(by_alias=True) + "\n",
            "changes": {"items": [change], "cursor": _CURSOR, "more": False},
            "directive": record,
            "lookup": {"items": [record], "missing": ["vt-0000000000000000"]},
            **{
                f"directive_{name}": record[name]
                for name in ("citations", "targets", "deadlines", "findings")
            },
            "evidence": evidence,
            "pages": {"items": [info]},
            "page": page,
            "text": text,
            "page_text": text,
            "directive_chain": _chain(),
            "chain": _chain(),
            "duplicate": pair,
            "decide_duplicate": pair
            | {
                "state": "rejected",
                "decided_by": "Nguyễn Văn A",
                "decided_at": "2026-03-03T09:00:00.000000Z",
            },
            "directive_history": {
                "first_seen_at": "2026-03-02T08:15:00.000000Z",
                "items": [
                    {
                        "at": "2026-03-02T08:15:01.000000Z",
                        "change": "created",
                        "actor": "machine",
                        "version": __version__,
                    }
                ],
            },
        }
    )


def _chain() -> dict[str, Any]:
    this = {
        "key": _ID, "id": _ID, "number": "45/CĐN", "issued": "2022-05-12", "issuer": _ISSUER,
        "level": "sector", "province": "Hà Giang", "doc_type": "Công văn",
        "subject": "đẩy mạnh phong trào thi đua", "depth": 0,
    }  # fmt: skip
    cited = {
        "key": "?12khldld|2022-04-05|7", "id": None, "number": "12/KH-LĐLĐ",
        "issued": "2022-04-05", "issuer": "Liên đoàn Lao động tỉnh Hà Giang", "level": None,
        "province": None, "doc_type": "Kế hoạch", "subject": None, "depth": 1,
    }  # fmt: skip
    edge = {"citing": _ID, "cited": cited["key"], "relation": "implements", "resolved": False}
    return {
        "root": _ID, "direction": "up", "nodes": [this, cited], "edges": [edge],
        "truncated": False,
    }  # fmt: skip
