"""Examples for the OpenAPI description: an invented document, none of a real office."""

from __future__ import annotations

from typing import Any, Final

_DIRECTIVE: Final = {
    "directive_id": "vt-4f0c1d2e3a5b6978",
    "directive_number": "45/CĐN",
    "directive_issuer": "Công đoàn ngành Y tế tỉnh Hà Giang",
    "directive_issued": "2022-05-12",
    "path": "scans/45-cdn.pdf",
    "position": 0,
}

#: A row of each list.
EXAMPLES: Final[dict[str, dict[str, Any]]] = {
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
    "targets": _DIRECTIVE
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
    "deadlines": _DIRECTIVE
    | {
        "text": "trước ngày 30/6/2022",
        "date": "2022-06-30",
        "operator": "before",
        "recurrence": None,
        "action": "gửi báo cáo",
        "responsible": "các công đoàn cơ sở",
        "status": "accepted",
    },
    "citations": _DIRECTIVE
    | {
        "number": "12/KH-LĐLĐ",
        "number_status": "accepted",
        "doc_type": "Kế hoạch",
        "issued": "2022-04-05",
        "issuer": "Liên đoàn Lao động tỉnh Hà Giang",
        "relation": "implements",
        "resolved_id": None,
    },
    "findings": _DIRECTIVE
    | {
        "code": "date.before_citation",
        "severity": "warning",
        "message": "The document is older than one that it cites.",
        "page": 1,
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
        "counts": {"created": 12},
    },
}
