"""Examples for the OpenAPI description: an invented document, none of a real office."""

from __future__ import annotations

from typing import Any, Final

from pipeline.serve.examples_review import ROWS

DIRECTIVE: Final[dict[str, Any]] = {
    "directive_id": "vt-4f0c1d2e3a5b6978",
    "directive_number": "45/CĐN",
    "directive_issuer": "Công đoàn ngành Y tế tỉnh Hà Giang",
    "directive_issued": "2022-05-12",
    "path": "scans/45-cdn.pdf",
    "position": 0,
}

_SIDE: Final = {
    "id": "vt-4f0c1d2e3a5b6978",
    "number": "45/CĐN",
    "issued": "2022-05-12",
    "issuer": "Công đoàn ngành Y tế tỉnh Hà Giang",
    "doc_type": "Công văn",
    "subject": "đẩy mạnh phong trào thi đua",
    "path": "scans/45-cdn.pdf",
}

_CLAIM: Final = DIRECTIVE | {
    "kind": "quota",
    "value": 150,
    "comparator": ">=",
    "unit": "sáng kiến",
    "population": None,
    "period": "2022",
    "first": "2022-01-01",
    "last": "2022-12-31",
    "dated_by_document": False,
    "status": "accepted",
    "text": "đăng ký ít nhất 150 sáng kiến",
    "page": 1,
}

#: A row of each list and of each answer to a question.
EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    **ROWS,
    "directives": {
        "id": "vt-4f0c1d2e3a5b6978",
        "number": "45/CĐN",
        "number_status": "accepted",
        "issued": "2022-05-12",
        "issued_status": "accepted",
        "issuer": "Công đoàn ngành Y tế tỉnh Hà Giang",
        "doc_type": "Công văn",
        "subject": "đẩy mạnh phong trào thi đua",
        "campaign": None,
        "state": "pending",
        "reasons": [],
        "superseded": False,
        "path": "scans/45-cdn.pdf",
    },
    "targets": DIRECTIVE
    | {
        "kind": "quota",
        "text": "đăng ký ít nhất 150 sáng kiến",
        "value": 150,
        "comparator": ">=",
        "unit": "sáng kiến",
        "population": None,
        "period": "2022",
        "breakdown_of": None,
        "status": "accepted",
    },
    "deadlines": DIRECTIVE
    | {
        "text": "trước ngày 30/6/2022",
        "date": "2022-06-30",
        "operator": "before",
        "recurrence": None,
        "action": "gửi báo cáo",
        "responsible": "các công đoàn cơ sở",
        "status": "accepted",
    },
    "citations": DIRECTIVE
    | {
        "number": "12/KH-LĐLĐ",
        "number_status": "accepted",
        "doc_type": "Kế hoạch",
        "issued": "2022-04-05",
        "issuer": "Liên đoàn Lao động tỉnh Hà Giang",
        "relation": "implements",
        "resolved_id": None,
    },
    "findings": DIRECTIVE
    | {
        "code": "date.before_citation",
        "severity": "warning",
        "message": "The document is older than one that it cites.",
        "page": 1,
    },
    "told": DIRECTIVE
    | {
        "kind": "to",
        "name": "Các công đoàn cơ sở trực thuộc",
        "status": "accepted",
        "as_above": False,
        "addressee": "group",
        "body_kind": "union",
        "level": "grassroots",
        "scope": "issuer",
        "province": "Hà Giang",
        "province_now": "Tuyên Quang",
        "organisation_id": None,
        "members": [],
        "page": 1,
    },
    "organisations": {
        "id": "lien-doan-lao-dong-tinh-ha-giang",
        "name": "Liên đoàn Lao động tỉnh Hà Giang",
        "kind": "union",
        "level": "province",
        "province": "Hà Giang",
        "province_now": "Tuyên Quang",
        "parent": "tong-lien-doan-lao-dong-viet-nam",
        "issued": 12,
    },
    "campaigns": {
        "id": "01-trieu-sang-kien",
        "name": "01 triệu sáng kiến",
        "spellings": ["01 triệu sáng kiến", "1 triệu sáng kiến"],
        "directives": 8,
    },
    "duplicates": {
        "id": 1,
        "kind": "near_duplicate",
        "one": _SIDE,
        "two": _SIDE | {"id": "vt-9b8a7c6d5e4f3021", "path": "scans/45-cdn-ban-sao.pdf"},
        "score": 0.97,
        "state": "proposed",
        "main_id": None,
        "proposed_at": "2026-03-02T08:15:00.000000Z",
        "decided_by": None,
        "decided_at": None,
    },
    "due": DIRECTIVE
    | {
        "due": "2022-06-29",
        "days": 8,
        "basis": "date",
        "status": "accepted",
        "operator": "before",
        "date": "2022-06-30",
        "recurrence": None,
        "until": None,
        "action": "gửi báo cáo",
        "responsible": "các công đoàn cơ sở",
        "text": "trước ngày 30/6/2022",
        "page": 2,
        "directive_number_status": "accepted",
    },
    "progress": {
        "campaign": "01-trieu-sang-kien",
        "campaign_name": "01 triệu sáng kiến",
        "organisation": "Công đoàn ngành Y tế tỉnh Hà Giang",
        "unit": "sáng kiến",
        "population": None,
        "part": 0,
        "goal": _CLAIM,
        "result": _CLAIM
        | {
            "directive_id": "vt-9b8a7c6d5e4f3021",
            "directive_number": "98/BC-CĐN",
            "directive_issued": "2022-12-05",
            "path": "scans/98-bc.pdf",
            "kind": "result",
            "value": 120,
            "comparator": "=",
            "text": "đã có 120 sáng kiến",
        },
        "ratio": 0.8,
        "at_least": False,
        "stated_percent": 80,
        "standing": "below",
        "met": False,
        "status": "accepted",
        "reason": "",
    },
    "finding_counts": {
        "code": "date.before_citation",
        "severity": "warning",
        "findings": 3,
        "documents": 2,
    },
    "quarantine": {
        "path": "scans/damaged.pdf",
        "sha256": None,
        "attempts": 1,
        "first_at": "2026-03-02T08:15:00.000000Z",
        "last_at": "2026-03-02T08:15:00.000000Z",
        "failure": {
            "category": "bad_input",
            "stage": "ingest",
            "page": None,
            "reason": "The file is damaged.",
            "advice": "Open the file in a viewer; if it is damaged, scan or export it again.",
            "detail": "",
        },
    },
    "runs": {
        "id": 1,
        "command": "ingest",
        "version": "0.1.0",
        "started_at": "2026-03-02T08:15:00.000000Z",
        "ended_at": "2026-03-02T08:20:00.000000Z",
        "outcome": "finished",
        "counts": {"created": 12, "files": 12, "pages": 31, "pages_read": 31, "seconds": 300},
        "state": "finished",
        "seen_at": "2026-03-02T08:20:00.000000Z",
    },
}
