"""Files that programs send, what becomes of them, and another try for what failed."""

# No 'from __future__ import annotations': see lists.

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, Final, TypeVar

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from starlette.requests import ClientDisconnect

from pipeline.serve.access import needs
from pipeline.serve.answers import answer, dumps, produces, takes_json
from pipeline.serve.api.context import Archive
from pipeline.serve.intake import STATUSES, Intake, Refused, Why
from pipeline.serve.problems import ProblemError
from pipeline.serve.receiving import receive
from pipeline.serve.shapes_uploads import (
    Cancelled,
    JobList,
    NewUpload,
    QueuedAgain,
    Received,
    Retry,
    RetryCounts,
    Run,
    Start,
    Started,
    Upload,
)

_OCTETS: Final = "application/octet-stream"
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {_OCTETS: {"schema": {"type": "string", "format": "binary"}}},
    }
}
#: Why something is not taken, for the one who sent it.
_SAID: Final[Mapping[Why, str]] = {
    "name": "The name of the file cannot be used.",
    "size": "The file is larger than {limit} MB.",
    "files": "An upload has {limit} files at most.",
    "total": "All files of the upload are larger than {limit} MB together.",
    "empty": "The file is empty.",
    "sidecar": "This is a system or data file, no document.",
    "batch": "There is no such upload, or it has ended.",
    "busy": "The server is receiving as many files as it takes at a time.",
    "space": "The disk of the archive is full.",
    "disk": "The folder for uploads cannot be written to.",
    "nowhere": "This server takes no files in.",
}
_Made = TypeVar("_Made")
_json: Final = Depends(produces("application/json"))
_sent: Final = [Depends(takes_json)]
router = APIRouter(tags=["intake"], dependencies=[Depends(needs("review")), _json])


async def _intake(request: Request) -> Intake:
    intake: Intake | None = request.app.state.intake
    if intake is None:
        raise ProblemError(503, "This server takes no files in.")
    return intake


async def _takes_octets(request: Request) -> None:
    """That a file is sent. Not left out either: pages of other sites could send it so."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent != _OCTETS:
        raise ProblemError(
            415, "The body must be a file.",
            advice=f"Send the file itself with Content-Type: {_OCTETS}.",
            headers={"Accept-Post": _OCTETS},
        )  # fmt: skip


Taking = Annotated[Intake, Depends(_intake)]
UploadId = Annotated[
    str, Path(max_length=100, description="The upload.", examples=["2026-03-02-081500-3fa9"])
]


async def _done(ask: Callable[[], _Made]) -> _Made:
    """What the intake says; :raises ProblemError: it refuses."""
    try:
        return await anyio.to_thread.run_sync(ask)
    except Refused as refused:
        raise _problem(refused) from None


def _problem(refused: Refused) -> ProblemError:
    status = 404 if refused.why == "batch" else STATUSES.get(refused.why, 409)
    if status == 422:  # the request is one; this file cannot be taken
        status = 409
    detail = _SAID[refused.why].format(**refused.values)
    headers = {"Retry-After": "2"} if status == 503 else None
    advice = {413: "Send less at a time, or raise the limit (serve.upload_…).",
              404: "POST /api/v1/uploads begins one."}  # fmt: skip
    return ProblemError(status, detail, advice=advice.get(status), headers=headers)


@router.post(
    "/uploads",
    response_model=Upload,
    dependencies=_sent,
    operation_id="begin_upload",
    summary="Begin an upload",
)
async def begin(request: Request, intake: Taking, new: NewUpload) -> Response:
    """Then send its files and start it. Left alone, what has arrived is started after a while."""
    del new
    name = await _done(intake.begin)
    return answer(request, dumps({"id": name, **intake.limits._asdict()}))


@router.post(
    "/uploads/{upload}/files",
    response_model=Received,
    dependencies=[Depends(_takes_octets)],
    operation_id="upload_file",
    summary="Send a file of an upload",
    openapi_extra=_BODY,
)
async def file(
    request: Request,
    intake: Taking,
    upload: UploadId,
    name: Annotated[
        str,
        Query(
            min_length=1,
            max_length=1000,
            examples=["Quý I/Công văn 45.pdf"],
            description="Its name, with folders where it has any; a number in it is a witness.",
        ),
    ],
) -> Response:
    """The body is the file, written to disk as it comes. `name` in the answer is the path by which
    the archive will know it. 413 over a limit, 503 where too many are sent at a time."""
    try:
        kept = await receive(request, intake, upload, name)
    except Refused as refused:
        raise _problem(refused) from None
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    return answer(request, dumps({"name": kept}))


@router.post(
    "/uploads/{upload}/start",
    response_model=Started,
    dependencies=_sent,
    operation_id="start_upload",
    summary="All files are there: have them ingested",
)
async def start(request: Request, intake: Taking, upload: UploadId, now: Start) -> Response:
    """One upload is ingested after the other; `/jobs` tells which waits, `/runs` how far it is."""
    del now
    count = await _done(partial(intake.start, upload))
    return answer(request, dumps({"id": upload, "files": count}))


@router.delete(
    "/uploads/{upload}",
    response_model=Cancelled,
    operation_id="cancel_upload",
    summary="Forget an upload that was not started",
)
async def cancel(request: Request, intake: Taking, upload: UploadId) -> Response:
    """Nothing of what was sent stays."""
    await _done(partial(intake.cancel, upload))
    return answer(request, dumps({"id": upload, "state": "cancelled"}))


@router.get(
    "/jobs",
    response_model=JobList,
    operation_id="jobs",
    summary="What is ingested, waits for it, or failed",
)
async def jobs(request: Request, intake: Taking) -> Response:
    """In this order; what is done is not here any more. While one is `running`, the newest of
    `/runs` tells its progress."""
    found = await anyio.to_thread.run_sync(intake.jobs)
    names = ("id", "kind", "state", "files", "since", "message")
    items = [{name: getattr(job, name) for name in names} for job in found]
    return answer(request, dumps({"items": items}))


@router.post(
    "/jobs/{job}/retry",
    response_model=QueuedAgain,
    dependencies=_sent,
    operation_id="retry_job",
    summary="Try a failed job again",
)
async def again(
    request: Request,
    intake: Taking,
    job: Annotated[str, Path(max_length=100, examples=["2026-03-02-081500-3fa9"])],
    now: Start,
) -> Response:
    """It waits for its turn once more; 404 where no such job has failed."""
    del now
    await _done(partial(intake.again, job))
    return answer(request, dumps({"id": job, "state": "waiting"}))


@router.post(
    "/quarantine/retry",
    response_model=RetryCounts,
    dependencies=_sent,
    responses={404: {}},
    operation_id="retry_quarantined",
    summary="Try files in quarantine again",
)
async def retry(request: Request, intake: Taking, what: Retry) -> Response:
    """One by its `path`, those of a `category`, or all. They are read from where they lay; `gone`
    are those that are no longer there. 404 where none is in quarantine."""
    made = await _done(partial(intake.retry, path=what.path, category=what.category))
    return answer(request, dumps({"queued": made.queued, "gone": made.gone}))


@router.get(
    "/runs/{run_id}",
    response_model=Run,
    operation_id="run",
    summary="How far a run is",
)
def run(
    request: Request,
    archive: Archive,
    run_id: Annotated[int, Path(ge=1, lt=2**31, description="Its number.", examples=[1])],
) -> Response:
    """`counts` are written again and again while it works: `files` found, `created`, `changed`,
    `unchanged`, `quarantined`; `seconds` since its beginning is its sign of life."""
    return answer(request, dumps(archive.run(run_id).model_dump(mode="json")))
