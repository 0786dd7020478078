"""Errors as pages: what is wrong and what to do, in both languages.

Made without a session, for some errors come before one is known.
"""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response

from pipeline.serve.problems import ProblemError, kind
from pipeline.serve.web.site import POLICY, site


def trouble(error: ProblemError) -> Response:
    """The page for an error."""
    name, title, _ = kind(error.status_code)
    text = site().text(
        "trouble.html", "vi", name=name, title_en=title, error=error, status=error.status_code
    )
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": POLICY}
    return HTMLResponse(
        text.encode("utf-8", "replace"), error.status_code, headers | dict(error.headers or {})
    )
