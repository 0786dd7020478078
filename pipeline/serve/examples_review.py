"""Examples of the review desk for the OpenAPI description: invented, as all of them are."""

from __future__ import annotations

from typing import Any, Final

_ID: Final = "vt-4f0c1d2e3a5b6978"
_AT: Final = "2026-03-03T09:00:00.000000Z"
_WHO: Final = "Nguyễn Văn A"
_REVIEW: Final = {"state": "corrected", "reasons": []}

_QUEUED: Final[dict[str, Any]] = {
    "directive_id": _ID,
    "number": None,
    "number_status": "unreadable",
    "issued": "2022-05",
    "issued_status": "review",
    "issuer": "Công đoàn ngành Y tế tỉnh Hà Giang",
    "doc_type": "Công văn",
    "subject": "đẩy mạnh phong trào thi đua",
    "path": "scans/45-cdn.pdf",
    "state": "pending",
    "reasons": ["issued: day may be handwritten", "number: unreadable"],
    "worth": 2240299,
    "change_seq": 17,
    "waiting_since": "2026-03-02T08:15:01.000000Z",
}
_MADE: Final[dict[str, Any]] = {
    "id": 1,
    "directive_id": _ID,
    "path": "number",
    "action": "correct",
    "value": "45/CĐN",
    "before": {"value": None, "raw": "Số:   /CĐN", "status": "unreadable"},
    "machine": {"value": None},
    "actor": _WHO,
    "token_id": None,
    "at": _AT,
    "seq": 18,
    "undone_at": None,
    "undone_by": None,
    "undone_seq": None,
}
_LEARNED: Final[dict[str, Any]] = {
    "id": 1,
    "kind": "symbol",
    "text": "CĐN",
    "replacement": "",
    "issuer": "Công đoàn ngành Y tế tỉnh Hà Giang",
    "detail": {},
    "count": 3,
    "first_at": _AT,
    "last_at": _AT,
    "by": _WHO,
    "revoked_at": None,
    "revoked_by": None,
}

#: Rows of the lists.
ROWS: Final[dict[str, dict[str, Any]]] = {
    "queue": _QUEUED,
    "decisions": _MADE,
    "lexicon": _LEARNED,
}


def operations() -> dict[str, Any]:
    """The answer of each operation that has none of its list."""
    outcome = {"directive_id": _ID, "change_seq": 18, "review": _REVIEW, "decisions": [_MADE]}
    approved = _MADE | {"path": "", "action": "approve", "value": None, "before": None}
    undone = _MADE | {"undone_at": _AT, "undone_by": _WHO, "undone_seq": 19}
    return {
        "review_counts": {
            "pending": 3, "approved": 7, "corrected": 2, "documents_today": 4,
            "decisions_today": 11,
        },
        "review_next": {"document": _QUEUED},
        "directive_decisions": {
            "directive_id": _ID, "change_seq": 18, "content_hash": "4f0c1d2e3a5b6978" * 4,
            "review": _REVIEW, "items": [_MADE],
        },
        "review": outcome,
        "approve": outcome | {"decisions": [approved]},
        "undo_decision": outcome | {"decisions": [undone]},
        "completions": {
            "items": [{"value": "Công đoàn ngành Y tế tỉnh Hà Giang", "source": "archive",
                       "count": 0}]
        },
        "revoke_lexicon": _LEARNED | {"revoked_at": _AT, "revoked_by": _WHO},
    }  # fmt: skip
