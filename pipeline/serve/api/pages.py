"""The pages of a directive: text, words with boxes, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import partial
from typing import Annotated, Literal

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request, Response

from models.text import PageText
from pipeline.serve import images
from pipeline.serve.access import Unmasked, must_show
from pipeline.serve.answers import accepts, answer, current, dumps, etag, produces
from pipeline.serve.api.context import Archive, DirectiveId, PageNumber
from pipeline.serve.api.directives import no_image, record_tag
from pipeline.serve.masking import masked_text
from pipeline.serve.ports import Holdings
from pipeline.serve.problems import ProblemError
from pipeline.serve.shapes import PageInfo, PageList

router = APIRouter(tags=["pages"])
Stage = Annotated[
    Literal["raw", "repaired"], Query(description="Before or after repair (raw: unmasked only).")
]


def _page(pages: Sequence[PageText], number: int) -> PageText:
    for page in pages:
        if page.page == number:
            return page
    raise ProblemError(404, f"The document has no page {number}.")


@router.get(
    "/directives/{id}/pages",
    response_model=PageList,
    dependencies=[Depends(produces("application/json"))],
    operation_id="pages",
    summary="The pages of a directive",
)
def pages(request: Request, archive: Archive, id: DirectiveId) -> Response:
    """Which pages there are and how they were read."""
    items = [
        PageInfo(
            page=page.page,
            read_by=page.read_by,
            engine=page.engine,
            words=page.word_count,
            edits=len(page.edits),
            findings=tuple(finding.code for finding in page.findings),
            width_px=page.width_px,
            height_px=page.height_px,
            rotation=page.rotation,
            levelled_degrees=page.levelled_degrees,
        )
        for page in archive.pages(id)
    ]
    return answer(request, dumps(PageList(items=items).model_dump(mode="json")))


@router.get(
    "/directives/{id}/pages/{page}",
    response_model=PageText,
    dependencies=[Depends(produces("application/json"))],
    operation_id="page",
    summary="The words of a page with their boxes",
)
def page(
    request: Request, archive: Archive, id: DirectiveId, page: PageNumber, unmasked: Unmasked
) -> Response:
    """The words of a page with their boxes, raw and repaired, and every edit.

    Words cannot be masked: where personal data is marked, this needs leave to see it.
    """
    record = archive.record(id)
    must_show(record, unmasked)
    found = _page(archive.pages(id), page)
    tag = record_tag(record, unmasked, "page", page)
    return answer(
        request,
        lambda: dumps(found.model_dump(mode="json", by_alias=True)),
        tag=tag,
        secret=record.personal,
    )


def _text(archive: Holdings, id: str, number: int | None, stage: str, unmasked: bool) -> str:
    """The text of a page, or of all with a form feed between."""
    record = archive.record(id)
    if stage == "raw":
        must_show(record, unmasked)
    pages = archive.pages(id)
    chosen = pages if number is None else [_page(pages, number)]
    text = "\n\f".join(p.raw_text if stage == "raw" else p.text for p in chosen) + "\n"
    if unmasked or not record.personal:
        return text
    return masked_text(text, archive.personal_words([id]), id)


_TEXT = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Text."}}


@router.get(
    "/directives/{id}/text",
    response_class=Response,
    responses=_TEXT,  # type: ignore[arg-type] # FastAPI asks for a wider key
    dependencies=[Depends(produces("text/plain"))],
    operation_id="text",
    summary="The text of a directive",
)
def text(
    request: Request,
    archive: Archive,
    id: DirectiveId,
    unmasked: Unmasked,
    stage: Stage = "repaired",
) -> Response:
    """The text of all pages, a form feed between them."""
    body = _text(archive, id, None, stage, unmasked).encode("utf-8", "replace")
    return answer(request, body, media_type="text/plain", secret=unmasked)


@router.get(
    "/directives/{id}/pages/{page}/text",
    response_class=Response,
    responses=_TEXT,  # type: ignore[arg-type] # FastAPI asks for a wider key
    dependencies=[Depends(produces("text/plain"))],
    operation_id="page_text",
    summary="The text of a page",
)
def page_text(
    request: Request,
    archive: Archive,
    id: DirectiveId,
    page: PageNumber,
    unmasked: Unmasked,
    stage: Stage = "repaired",
) -> Response:
    """Lines as they stand on the page; `raw` is before repair."""
    body = _text(archive, id, page, stage, unmasked).encode("utf-8", "replace")
    return answer(request, body, media_type="text/plain", secret=unmasked)


@router.get(
    "/directives/{id}/pages/{page}/image",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}, "image/jpeg": {}}, "description": "The picture."}
    },
    operation_id="page_image",
    summary="The picture of a page",
)
def page_image(
    request: Request,
    archive: Archive,
    id: DirectiveId,
    page: PageNumber,
    unmasked: Unmasked,
    lies: Annotated[
        Literal["as_read", "in_file"],
        Query(
            description="as_read: turned as it was read, to which the boxes of words refer; "
            "in_file: as it lies in its file, to which the boxes of evidence refer."
        ),
    ] = "as_read",
) -> Response:
    """The cleaned image of a page, where it is stored."""
    record = archive.record(id)
    must_show(record, unmasked)
    image = archive.page_image(record, page)
    if image is None:
        raise no_image(page)
    turn_back = lies == "in_file" and images.is_turned(image.frame)
    media_type = "image/png" if turn_back else images.media_type(image.data)
    accepts(request, media_type)
    tag = record_tag(record, unmasked, "image", page, turn_back)
    return answer(
        request,
        lambda: images.whole(image) if turn_back else image.data,
        media_type=media_type,
        tag=tag,
        secret=record.personal,
    )


class PictureWidth(IntEnum):
    """How wide pictures are made, in pixels: few sizes, so that kept ones are met again."""

    SMALL = 240
    MIDDLE = 480
    LARGE = 960
    LARGER = 1440
    LARGEST = 1920


@router.get(
    "/directives/{id}/pages/{page}/picture",
    response_class=Response,
    responses={200: {"content": {"image/webp": {}}, "description": "The picture."}},
    dependencies=[Depends(produces("image/webp"))],
    operation_id="page_picture",
    summary="A page as people see it",
)
async def page_picture(
    request: Request,
    archive: Archive,
    id: DirectiveId,
    page: PageNumber,
    unmasked: Unmasked,
    width: Annotated[PictureWidth, Query(description="In pixels.")] = PictureWidth.LARGE,
) -> Response:
    """A page as it lies in its file, drawn from the original. Not of text files."""
    record = await anyio.to_thread.run_sync(partial(archive.record, id))
    must_show(record, unmasked)
    tag = etag("picture", record.sha256, page, int(width), strong=True)
    if current(request, tag):
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        return Response(status_code=304, headers=headers)
    made = await anyio.to_thread.run_sync(
        partial(archive.page_picture, record, page, int(width)),
        limiter=request.app.state.renderings,
    )
    return answer(request, made, media_type="image/webp", tag=tag, secret=record.personal)
