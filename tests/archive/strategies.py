"""Directives, pages and sources for tests of the archive and of what is published."""

from __future__ import annotations

import hashlib
from typing import Any

from models.directive import (
    Campaign,
    Citation,
    Deadline,
    Directive,
    FieldValue,
    Review,
    Source,
    Target,
)
from models.failure import Failure
from models.finding import Evidence, Finding
from models.source import SourceDocument, SourcePage
from models.text import Block, Line, PageText, Word


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def field(value: str | None, **more: Any) -> FieldValue:
    status = "accepted" if value is not None else "absent"
    return FieldValue(**{"value": value, "raw": value, "status": status} | more)


def source(name: str, *, pages: int = 1) -> SourceDocument:
    return SourceDocument(
        sha256=sha(name),
        byte_size=10,
        media_type="application/pdf",
        kind="scan",
        pages=tuple(SourcePage(number=n, kind="scan") for n in range(1, pages + 1)),
    )


def page(text: str, number: int = 1) -> PageText:
    lines = tuple(
        Line(words=tuple(Word(text=word) for word in line.split(" "))) for line in text.split("\n")
    )
    return PageText(page=number, read_by="ocr", engine="test 1", blocks=(Block(lines=lines),))


def directive(name: str, **fields: Any) -> Directive:
    """A directive whose content is that of ``name``; its path here is never stored."""
    texts = {
        key: field(value) if isinstance(value, str) else value for key, value in fields.items()
    }
    return Directive(
        **{
            "id": f"d-{name}",
            "source": Source(
                path="elsewhere.pdf",
                sha256=sha(name),
                media_type="application/pdf",
                pages=1,
                kind="scan",
            ),
        }
        | texts
    )


def full_directive(name: str = "full") -> Directive:
    """One with something in every list."""
    seen = (Evidence(page=1, bbox=(0.1, 0.1, 0.2, 0.2), text="120/LĐLĐ", origin="ocr"),)
    return directive(
        name,
        number=field("120/LĐLĐ", evidence=seen, rule="number.line"),
        serial="120",
        issued="2022-04-25",
        issuer="Liên đoàn Lao động tỉnh Cà Mau",
        doc_type="Công văn",
        subject="đẩy mạnh phong trào thi đua",
        campaign=Campaign(id="01-trieu", name="01 triệu sáng kiến", evidence=seen),
        recipients=(field("Công đoàn cơ sở trực thuộc"),),
        copied_to=(field("Lưu VT"),),
        citations=(Citation(number=field("3259/CTr-TLĐ"), relation="implements"),),
        targets=(
            Target(kind="quota", text="5.091 sáng kiến", value=5091, unit="sáng kiến"),
            Target(kind="coverage", text="90,5 %", value=90.5, comparator=">=", unit="%"),
        ),
        deadlines=(
            Deadline(text="trước ngày 30/6", date="2022-06-30", operator="before"),
            Deadline(text="hằng tháng", recurrence="FREQ=MONTHLY"),
        ),
        findings=(
            Finding(code="page.blank", severity="info", message="Page 2 is blank.", evidence=seen),
        ),
        review=Review(reasons=("number: handwritten",)),
    )


def failure(category: Any = "bad_input", **more: Any) -> Failure:
    return Failure(
        **{
            "category": category,
            "stage": "ingest",
            "reason": "The file is damaged.",
            "advice": "Scan it again.",
        }
        | more
    )
