"""Files to take away: the original, and what is made of a document."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import anyio.to_thread
from fastapi import APIRouter, Request, Response

from pipeline.serve.access import Unmasked, must_show
from pipeline.serve.answers import accepts, current, send_file
from pipeline.serve.api.context import Archive, DirectiveId, PageNumber
from pipeline.serve.api.directives import record_tag
from pipeline.serve.ports import Form, Holdings, Record

router = APIRouter(tags=["files"])
_MEDIA: Final[dict[Form, str]] = {
    "pdfa": "application/pdf",
    "hocr": "text/vnd.hocr+html",
    "alto": "application/alto+xml",
}


def _content(*media_types: str) -> dict[int | str, dict[str, Any]]:
    content: dict[str, Any] = {media: {} for media in media_types}
    return {200: {"content": content, "description": "The file."}}


@router.get(
    "/directives/{id}/original",
    response_class=Response,
    responses=_content(
        "application/pdf", "image/tiff", "image/jpeg", "image/png", "text/plain", "text/markdown"
    )
    | {206: {"description": "The part that was asked for."}},
    operation_id="original",
    summary="The file that was ingested",
)
def original(request: Request, archive: Archive, id: DirectiveId, unmasked: Unmasked) -> Response:
    """The file that was ingested, byte for byte. Parts of it by Range."""
    record = archive.record(id)
    must_show(record, unmasked)
    accepts(request, record.media_type)
    tag = f'"{record.sha256}"'
    return send_file(request, archive.original(record), tag, secret=record.personal)


async def _made(
    request: Request,
    archive: Holdings,
    id: str,
    form: Form,
    unmasked: bool,
    page: int | None = None,
) -> Response:
    """A file made of a document, a few at a time: each takes a process and its memory."""
    record: Record = await anyio.to_thread.run_sync(partial(archive.record, id))
    must_show(record, unmasked)
    accepts(request, _MEDIA[form])
    tag = record_tag(record, unmasked, form, page).removeprefix("W/")
    if current(request, tag):
        return Response(
            status_code=304, headers={"ETag": tag, "Cache-Control": "private, no-cache"}
        )
    blob = await anyio.to_thread.run_sync(
        partial(archive.render, form, record, page), limiter=request.app.state.renderings
    )
    return send_file(request, blob, tag, secret=record.personal)


@router.get(
    "/directives/{id}/pdfa",
    response_class=Response,
    responses=_content("application/pdf"),
    operation_id="pdfa",
    summary="A directive as searchable PDF/A",
)
async def pdfa(request: Request, archive: Archive, id: DirectiveId, unmasked: Unmasked) -> Response:
    """A searchable PDF/A-2b with our text as an invisible layer. Not of text files."""
    return await _made(request, archive, id, "pdfa", unmasked)


@router.get(
    "/directives/{id}/hocr",
    response_class=Response,
    responses=_content("text/vnd.hocr+html"),
    operation_id="hocr",
    summary="A directive as hOCR",
)
async def hocr(request: Request, archive: Archive, id: DirectiveId, unmasked: Unmasked) -> Response:
    """The words with their boxes as hOCR 1.2. Not of text files."""
    return await _made(request, archive, id, "hocr", unmasked)


@router.get(
    "/directives/{id}/pages/{page}/alto",
    response_class=Response,
    responses=_content("application/alto+xml"),
    operation_id="alto",
    summary="A page as ALTO",
)
async def alto(
    request: Request, archive: Archive, id: DirectiveId, page: PageNumber, unmasked: Unmasked
) -> Response:
    """The words of a page with their boxes as ALTO 4.4. Not of text files."""
    return await _made(request, archive, id, "alto", unmasked, page)
