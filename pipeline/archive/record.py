"""From a directive to the rows that hold it. Pure: no database here."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from typing import Any

from models.directive import Directive, FieldValue
from models.finding import Evidence
from models.text import PageText
from pipeline.archive import dates
from pipeline.archive.words import key, number_key

Row = dict[str, Any]


def document(directive: Directive) -> str:
    """The record without its paths: those are joined when it is read."""
    source = directive.source.model_copy(update={"path": "", "other_paths": ()})
    return directive.model_copy(update={"source": source}).model_dump_json(by_alias=True)


def restored(stored: str, paths: Sequence[str]) -> Directive:
    """The opposite of :func:`document`; ``paths`` in code-point order."""
    data = json.loads(stored)
    data["source"]["path"] = paths[0] if paths else ""
    data["source"]["other_paths"] = list(paths[1:])
    return Directive.model_validate(data)


def page_document(page: PageText) -> bytes:
    """A page as JSON; stored compressed."""
    return page.model_dump_json(by_alias=True).encode()


def restored_page(stored: bytes) -> PageText:
    """A page from its compressed JSON."""
    return PageText.model_validate_json(zlib.decompress(stored))


def content_hash(stored: str, pages: Sequence[bytes]) -> str:
    """Equal for equal content, whatever the compression library did."""
    digest = hashlib.sha256(stored.encode())
    for page in pages:
        digest.update(b"\0" + page)
    return digest.hexdigest()


def directive_row(directive: Directive) -> Row:
    """The columns that lists filter and sort by."""
    first, last = dates.bounds(directive.issued.value)
    campaign = directive.campaign
    return {
        "id": directive.id,
        "sha256": directive.source.sha256,
        "number": directive.number.value,
        "number_status": directive.number.status,
        "number_key": number_key(directive.number.value),
        "serial": directive.serial.value,
        "serial_status": directive.serial.status,
        "issuer": directive.issuer.value,
        "issuer_status": directive.issuer.status,
        "issuer_key": key(directive.issuer.value),
        "doc_type": directive.doc_type.value,
        "doc_type_status": directive.doc_type.status,
        "doc_type_key": key(directive.doc_type.value),
        "issued": directive.issued.value,
        "issued_status": directive.issued.status,
        "issued_first": first,
        "issued_last": last,
        "subject": directive.subject.value,
        "subject_status": directive.subject.status,
        "campaign_id": campaign.id if campaign else None,
        "campaign_name": campaign.name if campaign else None,
        "state": directive.review.state,
        "reasons": json.dumps(directive.review.reasons, ensure_ascii=False),
        "reason_count": len(directive.review.reasons),
    }


def search_row(directive: Directive, pages: Sequence[PageText]) -> Row:
    """What is searched: the number in a column of its own, because it weighs most."""
    number = directive.number
    title: list[str | None] = [
        field.value
        for field in (
            directive.doc_type,
            directive.subject,
            directive.issuer,
            directive.parent_issuer,
            directive.signer.name,
        )
    ]
    title.append(directive.campaign.name if directive.campaign else None)
    return {
        "number": key(number.value),
        "title": " ".join(filter(None, map(key, title))),
        "body": search_body([page.text for page in pages]),
    }


def search_body(texts: Sequence[str]) -> str:
    """Tokens of all pages, one after the other: a phrase may run over the end of a page."""
    return " ".join(filter(None, map(key, texts)))


def page_rows(pages: Sequence[PageText], documents: Sequence[bytes]) -> list[Row]:
    """The rows of ``pages``, whose JSON is at hand."""
    return [
        {
            "page": page.page,
            "read_by": page.read_by,
            "engine": page.engine,
            "text_raw": page.raw_text,
            "text": page.text,
            "document": zlib.compress(stored, 6),
        }
        for page, stored in zip(pages, documents, strict=True)
    ]


def list_rows(directive: Directive) -> dict[str, list[Row]]:
    """The rows of a directive's lists, by table."""
    return {
        "recipients": [
            *_recipient_rows("to", directive.recipients),
            *_recipient_rows("copied", directive.copied_to),
        ],
        "citations": _citation_rows(directive),
        "targets": _target_rows(directive),
        "deadlines": _deadline_rows(directive),
        "findings": _finding_rows(directive),
    }


def _recipient_rows(kind: str, fields: Sequence[FieldValue]) -> list[Row]:
    return [
        {
            "kind": kind,
            "position": position,
            "value": field.value,
            "raw": field.raw,
            "value_key": key(field.value),
            "status": field.status,
            "page": _page(field.evidence),
        }
        for position, field in enumerate(fields)
    ]


def _citation_rows(directive: Directive) -> list[Row]:
    return [
        {
            "position": position,
            "number": cited.number.value,
            "number_status": cited.number.status,
            "number_key": number_key(cited.number.value),
            "doc_type": cited.doc_type.value,
            "doc_type_status": cited.doc_type.status,
            "issued": cited.issued.value,
            "issued_status": cited.issued.status,
            "issuer": cited.issuer.value,
            "issuer_status": cited.issuer.status,
            "relation": cited.relation,
            "resolved_id": cited.resolved_id,
            "page": _page(cited.evidence),
        }
        for position, cited in enumerate(directive.citations)
    ]


def _target_rows(directive: Directive) -> list[Row]:
    names = (
        "kind", "text", "value", "comparator", "unit", "population", "period", "breakdown_of",
        "status",
    )  # fmt: skip
    return [
        {name: getattr(target, name) for name in names}
        | {"position": position, "value": _figure(target.value), "page": _page(target.evidence)}
        for position, target in enumerate(directive.targets)
    ]


def _figure(value: float | int | None) -> float | None:
    """As a database's number; a misread figure of 400 digits stays in the document only."""
    try:
        return None if value is None else float(value)
    except OverflowError:
        return None


def _deadline_rows(directive: Directive) -> list[Row]:
    names = ("text", "date", "operator", "recurrence", "action", "responsible", "status")
    rows: list[Row] = []
    for position, deadline in enumerate(directive.deadlines):
        first, last = dates.bounds(deadline.date)
        row: Row = {name: getattr(deadline, name) for name in names}
        row |= {"position": position, "date_first": first, "date_last": last}
        rows.append(row | {"page": _page(deadline.evidence)})
    return rows


def _finding_rows(directive: Directive) -> list[Row]:
    return [
        {
            "position": position,
            "code": finding.code,
            "severity": finding.severity,
            "message": finding.message,
            "page": _page(finding.evidence),
        }
        for position, finding in enumerate(directive.findings)
    ]


def _page(evidence: Sequence[Evidence]) -> int | None:
    return next((seen.page for seen in evidence if seen.page is not None), None)
