"""Files sent by browsers, each in a request of its own, written to disk as they come.

A page begins a batch, sends its files (``application/octet-stream``, the name in the address), and
starts it; or cancels it. The body of a request never lies in memory as a whole.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Path, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from pipeline.serve import receiving
from pipeline.serve.intake import STATUSES, Refused
from pipeline.serve.web.site import FromOurPage, Here, Reviewers, Visit

router = APIRouter(prefix="/inbox/uploads", dependencies=[Reviewers, FromOurPage])

BatchName = Annotated[str, Path(max_length=100)]


def refusal(visit: Visit, error: Refused) -> Response:
    """Why it is not taken, in the language of the page."""
    told = {"why": error.why, "detail": visit.say("inbox.refused." + error.why, **error.values)}
    status = STATUSES.get(error.why, 409)
    return JSONResponse(told, status, {"Retry-After": "2"} if status == 503 else None)


@router.post("")
async def begin(visit: Here) -> Response:
    """A new batch."""
    try:
        name = await anyio.to_thread.run_sync(visit.intake.begin)
    except Refused as error:
        return refusal(visit, error)
    return JSONResponse({"batch": name}, 201)


@router.post("/{batch}/file")
async def receive(
    visit: Here, request: Request, batch: BatchName, name: Annotated[str, Query(max_length=4000)]
) -> Response:
    """One file of a batch."""
    try:
        kept = await receiving.receive(request, visit.intake, batch, name)
    except Refused as error:
        return refusal(visit, error)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    return JSONResponse({"name": kept}, 201)


@router.post("/{batch}/start")
async def start(visit: Here, batch: BatchName) -> Response:
    """All files are there: have them ingested."""
    try:
        count = await anyio.to_thread.run_sync(partial(visit.intake.start, batch))
    except Refused as error:
        return refusal(visit, error)
    return JSONResponse({"files": count})


@router.post("/{batch}/cancel")
async def cancel(visit: Here, batch: BatchName) -> Response:
    """Forget the batch with what was sent of it."""
    try:
        await anyio.to_thread.run_sync(partial(visit.intake.cancel, batch))
    except Refused as error:
        return refusal(visit, error)
    return Response(status_code=204)
