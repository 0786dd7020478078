"""Examples of uploads and runs for the OpenAPI description: invented, as all of them are."""

from __future__ import annotations

from typing import Any, Final

from pipeline.serve.examples import EXAMPLES

_UPLOAD: Final = "2026-03-02-081500-3fa9"


def operations() -> dict[str, Any]:
    """The answer of each operation."""
    job = {
        "id": _UPLOAD, "kind": "upload", "state": "running", "files": 12,
        "since": "2026-03-02T08:15:00Z", "message": "",
    }  # fmt: skip
    working = {
        "ended_at": None, "outcome": None, "state": "running",
        "seen_at": "2026-03-02T08:16:30.000000Z",
        "counts": {"files": 12, "created": 5, "unchanged": 1, "quarantined": 1, "seconds": 90},
    }  # fmt: skip
    return {
        "begin_upload": {
            "id": _UPLOAD, "file_bytes": 536870912, "files": 2000, "total_bytes": 20971520000,
        },
        "upload_file": {"name": f"incoming/{_UPLOAD}/Quý I/Công văn 45.pdf"},
        "start_upload": {"id": _UPLOAD, "files": 12},
        "cancel_upload": {"id": _UPLOAD, "state": "cancelled"},
        "jobs": {"items": [job]},
        "retry_job": {"id": _UPLOAD, "state": "waiting"},
        "retry_quarantined": {"queued": 3, "gone": 1},
        "run": EXAMPLES["runs"] | working,
    }  # fmt: skip
