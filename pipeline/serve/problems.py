"""Errors as problem+json (RFC 9457): what is wrong, and what to do about it.

Nothing of the inside leaves the house: an error of ours is logged, and the asker is told that there
was one.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from pipeline.errors import (
    ArchiveProblem,
    EnvironmentProblem,
    InputError,
    NoSpace,
    NotFound,
    PageTimeout,
    TooSlow,
    Unsupported,
    UsageProblem,
    VanthuError,
)

MEDIA_TYPE: Final = "application/problem+json"
_TYPE: Final = "urn:vanthu:problem:"
_SHOWN_CHARS: Final = 300
log = logging.getLogger("vanthu.serve")


class Mistake(BaseModel):
    """One thing that is wrong with a request: where, and what."""

    where: str
    what: str


class ChangeSince(BaseModel):
    """A change of a record since somebody looked; ``by`` is a person, or ``machine``."""

    seq: int
    at: str
    by: str
    change: str


class Conflicting(BaseModel):
    """What was decided about had changed: who changed it when, and the record as it stands now.

    ``path`` is empty where it is the whole document.
    """

    path: str
    change_seq: int
    changes: list[ChangeSince]
    record: dict[str, Any]


class Problem(BaseModel):
    """Why there is no answer (RFC 9457). ``advice`` says what to do about it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": _TYPE + "not-found",
                "title": "Not found",
                "status": 404,
                "detail": "No document has the id 'vt-0000000000000000'.",
                "instance": "/api/v1/directives/vt-0000000000000000",
                "advice": "GET /api/v1/directives lists what the archive holds.",
            }
        }
    )

    type: str
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    instance: str
    advice: str
    errors: list[Mistake] | None = None
    conflict: Conflicting | None = None


#: Name (never changed: programs tell problems by it), title, and the advice where the error brings
#: none, by status.
KINDS: Final[dict[int, tuple[str, str, str]]] = {
    400: ("bad-request", "Bad request", "Correct the request."),
    401: (
        "unauthorised",
        "A token is needed",
        "Send 'Authorization: Bearer TOKEN'; 'vanthu token add' makes one.",
    ),
    403: ("forbidden", "Not allowed", "Use a token with a wider scope."),
    404: ("not-found", "Not found", "GET /api/v1/directives lists what the archive holds."),
    405: (
        "method-not-allowed",
        "Method not allowed",
        "The Allow header names the methods that are.",
    ),
    406: (
        "not-acceptable",
        "Not in that form",
        "Ask for a media type that this address has, or for */*.",
    ),
    409: ("impossible", "Not possible for this document", "Ask for another form of the document."),
    413: ("body-too-large", "The body is too large", "Send less at a time."),
    414: ("address-too-long", "The address is too long", "Ask for less at a time."),
    415: (
        "unsupported-media-type",
        "Not a media type that is read here",
        "Send JSON with Content-Type: application/json.",
    ),
    416: ("no-such-range", "No such range", "Ask for a range inside the file."),
    421: (
        "misdirected",
        "Not this server",
        "Use the name or the address that the server listens on.",
    ),
    422: ("invalid-request", "The request is wrong", "Correct what 'errors' names."),
    429: ("too-many-requests", "Too many requests", "Wait as long as Retry-After says."),
    431: ("headers-too-large", "The headers are too large", "Send fewer or shorter headers."),
    500: ("internal", "A defect of ours", "Report this with the request that you sent."),
    503: ("unavailable", "Not now", "Try again after a while."),
    504: ("too-slow", "It took too long", "Ask for less: fewer rows, or a narrower filter."),
}


class ProblemError(HTTPException):
    """A request that cannot be answered, with the reason for the asker."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        advice: str | None = None,
        headers: Mapping[str, str] | None = None,
        errors: list[Mistake] | None = None,
        conflict: Conflicting | None = None,
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.conflict = conflict
        self.advice = advice or kind(status)[2]
        self.errors = errors


def kind(status: int) -> tuple[str, str, str]:
    """Name, title and general advice for a status."""
    return KINDS.get(status) or KINDS[400 if status < 500 else 500]


def response(path: str, error: ProblemError) -> Response:
    """The error as an answer about ``path``: as a page for people outside of the API."""
    if not path.startswith("/api"):
        from pipeline.serve.web.trouble import trouble  # it needs to know what a problem is

        return trouble(error)
    name, title, _ = kind(error.status_code)
    problem = Problem(
        type=_TYPE + name,
        title=title,
        status=error.status_code,
        detail=error.detail,
        instance=path[:_SHOWN_CHARS],
        advice=error.advice,
        errors=error.errors,
        conflict=error.conflict,
    )
    body = problem.model_dump(exclude_none=True)
    return Response(
        json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
        error.status_code,
        {"Cache-Control": "no-store", **(error.headers or {})},
        MEDIA_TYPE,
    )


def of_ours(error: VanthuError) -> ProblemError:
    """One of our errors as an answer. Reasons of the machine may name its paths: not told."""
    if isinstance(error, NotFound):
        return ProblemError(404, error.reason)
    if isinstance(error, UsageProblem):
        return ProblemError(422, error.reason, advice=error.advice)
    if isinstance(error, Unsupported):
        return ProblemError(404, error.reason, advice=KINDS[409][2])
    if isinstance(error, TooSlow | PageTimeout):
        return ProblemError(504, error.reason)
    if isinstance(error, InputError) and error.category not in ("internal", "engine_failure"):
        return ProblemError(409, error.reason)
    log.error("%s (%s) %s", error.reason, error.advice, error.detail, exc_info=error)
    if isinstance(error, ArchiveProblem | NoSpace | EnvironmentProblem):
        return ProblemError(
            503, "The archive cannot be asked at the moment.", headers={"Retry-After": "5"}
        )
    return unexpected()


def unexpected() -> ProblemError:
    """What is told of a defect: that there was one."""
    return ProblemError(500, "The server met a defect of its own. It is written to its log.")


async def on_ours(request: Request, error: Exception) -> Response:
    """Handler of :class:`VanthuError`."""
    assert isinstance(error, VanthuError)  # noqa: S101 - registered for it
    return response(request.url.path, of_ours(error))


async def on_http(request: Request, error: Exception) -> Response:
    """Handler of the framework's own errors (404, 405) and of ours."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    if not isinstance(error, ProblemError):
        error = ProblemError(error.status_code, _told(request, error), headers=error.headers)
    return response(request.url.path, error)


def _told(request: Request, error: HTTPException) -> str:
    if error.status_code == 404:
        return f"There is nothing at {request.url.path[:_SHOWN_CHARS]!r}."
    if error.status_code == 405:
        return f"{request.method} is not possible here."
    return str(error.detail)


async def on_validation(request: Request, error: Exception) -> Response:
    """Handler of requests that do not fit their description; what was sent is not sent back."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    found: list[Any] = list(error.errors())
    mistakes = [
        Mistake(where=".".join(map(str, e["loc"]))[:_SHOWN_CHARS], what=str(e["msg"]))
        for e in found[:20]
    ]
    where = ", ".join(dict.fromkeys(m.where for m in mistakes))
    return response(
        request.url.path,
        ProblemError(422, f"This is wrong: {where}."[:1000], errors=mistakes),
    )
