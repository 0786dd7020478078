"""The lists of the archive in pages, search, exports and the feed of changes.

Their models come with the archive that is handed in, so these routes are made when the application
is.
"""

# No 'from __future__ import annotations': the models in the signatures below are known only here,
# and FastAPI reads them from the functions.

from collections.abc import Callable, Iterator
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field, create_model
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import StreamingResponse

from pipeline.serve import cursor
from pipeline.serve.access import Unmasked, needs, visitor_of
from pipeline.serve.answers import VARY, accepts_gzip, answer, dumps, gzipped, produces
from pipeline.serve.api.context import PREFIX, Archive
from pipeline.serve.masking import line_json, record_json, row_dicts
from pipeline.serve.ports import Changed, Collection, Holdings, Question, Search
from pipeline.serve.shapes import Changes, Next
from pipeline.settings import ServeSettings

#: Records that an export reads at a time: each batch is a view of its own of the archive, so that
#: a slow reader keeps none open.
_BATCH = 100
_PERSONAL: Any = (
    bool | None,
    Field(None, description="Show marked personal data instead of masking it."),
)


def _parameters(name: str, filters: type[BaseModel], **more: Any) -> Any:
    """The query parameters of a list: its filter's fields and ``more``."""
    return create_model(name, __base__=filters, **more, personal_data=_PERSONAL)


def _wanted(parameters: BaseModel, filters: type[BaseModel]) -> BaseModel:
    return filters.model_validate({f: getattr(parameters, f) for f in filters.model_fields})


def _asking(parameters: Any) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """A decorator: ``asked`` of the route's function is a model made while the program runs."""

    def told(function: Callable[..., Response]) -> Callable[..., Response]:
        function.__annotations__["asked"] = Annotated[parameters, Query()]
        return function

    return told


def _title(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def add_collection(router: APIRouter, collection: Collection, settings: ServeSettings) -> None:
    """The route of one list."""
    title = _title(collection.name)
    asked_for = _parameters(
        f"{title}Parameters",
        collection.filters,
        limit=(int, Field(settings.page_rows, ge=1, le=settings.page_rows_most)),
        cursor=(str | None, Field(None, description="'next' of the page before.")),
    )
    page_model = create_model(f"{title}Page", items=(list[collection.row], ...), next=(Next, None))  # type: ignore[name-defined]

    @router.get(
        f"/{collection.name}",
        response_model=page_model,
        dependencies=[Depends(needs(collection.scope)), Depends(produces("application/json"))],
        summary=collection.summary,
        description=collection.description,
        operation_id=collection.name,
        tags=["lists"],
    )
    @_asking(asked_for)
    def listed(request: Request, archive: Archive, asked: Any) -> Response:
        unmasked = visitor_of(request).sees_personal_data(asked.personal_data)
        wanted = _wanted(asked, collection.filters)
        question = cursor.question(collection.name, wanted)
        after = None if asked.cursor is None else cursor.decode(question, asked.cursor)
        found = collection.ask(wanted, after, asked.limit)
        following = None if found.next is None else cursor.encode(question, found.next)
        items = row_dicts(archive, found.rows, collection.owners, unmasked)
        headers = {} if following is None else {"Link": _next_link(request, cursor=following)}
        body = dumps({"items": items, "next": following})
        return answer(request, body, secret=unmasked, headers=headers)


def _next_link(request: Request, **changed: str) -> str:
    """A Link header (RFC 8288) to this address with other parameters."""
    query = {k: v for k, v in request.query_params.multi_items() if k not in changed} | changed
    return f'<{request.url.path}?{urlencode(query, errors="replace")}>; rel="next"'


def add_search(router: APIRouter, search: Search, settings: ServeSettings) -> None:
    """The route of full-text search."""
    most = settings.search_rows_most
    words = Field(
        min_length=1,
        max_length=1000,
        description='Words, "a phrase", a prefix*, a number; marks are optional, đ is d.',
        examples=["sang kien", "120/ldld"],
    )
    limit = (int, Field(min(20, most), ge=1, le=most))
    asked_for = _parameters("SearchParameters", search.filters, q=(str, words), limit=limit)
    hits = create_model("Hits", items=(list[search.hit], ...))  # type: ignore[name-defined]

    @router.get(
        "/search",
        response_model=hits,
        dependencies=[Depends(produces("application/json"))],
        summary="Search as Vietnamese users type",
        description="Hits come best first. `snippet` is text of the document and `marks` are the "
        "spans of it (in code points) that were asked for.",
        operation_id="search",
        tags=["lists"],
    )
    @_asking(asked_for)
    def found(request: Request, archive: Archive, asked: Any) -> Response:
        unmasked = visitor_of(request).sees_personal_data(asked.personal_data)
        rows = search.ask(asked.q, _wanted(asked, search.filters), asked.limit)
        body = dumps({"items": row_dicts(archive, rows, ("id",), unmasked)})
        return answer(request, body, secret=unmasked)


def add_export(router: APIRouter, filters: type[BaseModel], settings: ServeSettings) -> None:
    """The route of the whole archive as JSON Lines."""
    asked_for = _parameters("ExportParameters", filters)

    @router.get(
        "/exports/directives.jsonl",
        response_class=Response,
        responses={
            200: {
                "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
                "description": "One directive a line, by id.",
            }
        },
        dependencies=[Depends(produces("application/x-ndjson"))],
        summary="Whole records as JSON Lines",
        description="As `vanthu export --format jsonl`, masked unless personal data may be seen. "
        "Take the cursor of `/changes` first, and ask for the changes behind it afterwards: then "
        "nothing that changes meanwhile is missed.",
        operation_id="export_jsonl",
        tags=["lists"],
    )
    @_asking(asked_for)
    def export(request: Request, archive: Archive, asked: Any) -> Response:
        unmasked = visitor_of(request).sees_personal_data(asked.personal_data)
        lines = export_lines(archive, _wanted(asked, filters), unmasked, settings.request_seconds)
        headers = {"Content-Disposition": 'attachment; filename="directives.jsonl"', "Vary": VARY}
        if accepts_gzip(request):
            lines = gzipped(lines)
            headers["Content-Encoding"] = "gzip"
        media_type = "application/x-ndjson"
        return StreamingResponse(
            iterate_in_threadpool(lines), headers=headers, media_type=media_type
        )


def export_lines(
    archive: Holdings, wanted: BaseModel, unmasked: bool, seconds: float
) -> Iterator[bytes]:
    """Lines of the export, some at a time; ``seconds`` for each batch."""
    after = ""
    while True:
        with archive.within(seconds):
            records = archive.export(wanted, after, _BATCH)
        if not records:
            return
        yield b"".join(one_line(record_json(record, unmasked)) for record in records)
        after = records[-1].id


#: Legal in JSON, and taken for line ends by readers that split into lines before they parse.
_ESCAPED = {c: f"\\u{c:04x}" for c in (*range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF)}


def one_line(record: bytes) -> bytes:
    """A record as a line that every reader takes for one."""
    return record.decode().translate(_ESCAPED).encode() + b"\n"


def add_changes(router: APIRouter, settings: ServeSettings) -> None:
    """The route of the feed."""
    most = settings.page_rows_most

    @router.get(
        "/changes",
        response_model=Changes,
        dependencies=[Depends(produces("application/json"))],
        summary="What was created, changed or withdrawn",
        description="In order, complete, each directive once, at its latest change. Begin without "
        "`since`; ask again with `cursor` of the answer, at once while `more` is true. A cursor "
        "that is not of this archive is refused with 422: begin again without one.",
        operation_id="changes",
        tags=["feed"],
    )
    def changes(
        request: Request,
        archive: Archive,
        unmasked: Unmasked,
        since: Annotated[str | None, Query(max_length=500, description="A cursor.")] = None,
        limit: Annotated[int, Query(ge=1, le=most)] = min(settings.page_rows, most),
    ) -> Response:
        page = archive.changes(since, limit)
        items = b",".join(_change_json(change, unmasked) for change in page.changes)
        rest = dumps({"cursor": page.cursor, "more": page.more})
        headers = {"Link": _next_link(request, since=page.cursor)} if page.more else {}
        body = b'{"items":[' + items + b"]," + rest[1:]
        return answer(request, body, secret=unmasked, headers=headers)


def _change_json(change: Changed, unmasked: bool) -> bytes:
    """A change, its record as it stands in the archive: reading it would take many times longer."""
    told = {"cursor": change.cursor, "id": change.id, "change": change.change, "at": change.at}
    record = b"null" if change.directive is None else line_json(change.directive, unmasked)
    return dumps(told)[:-1] + b',"directive":' + record + b"}"


def add_question(router: APIRouter, question: Question, settings: ServeSettings) -> None:
    """The route of a question whose answer has no pages."""
    title = _title(question.name)
    most = 10 * settings.page_rows_most
    limit = (int, Field(settings.page_rows_most, ge=1, le=most, description=question.limit))
    asked_for = _parameters(f"{title}Parameters", question.parameters, limit=limit)
    truncated = (bool, Field(description="There were more: ask for less at a time."))
    model = create_model(f"{title}Answer", items=(list[question.row], ...), truncated=truncated)  # type: ignore[name-defined]

    @router.get(
        f"/{question.path}",
        response_model=model,
        dependencies=[Depends(produces("application/json"))],
        summary=question.summary,
        description=question.description,
        operation_id=question.name,
        tags=["questions"],
    )
    @_asking(asked_for)
    def told(request: Request, archive: Archive, asked: Any) -> Response:
        unmasked = visitor_of(request).sees_personal_data(asked.personal_data)
        found = question.ask(_wanted(asked, question.parameters), asked.limit)
        items = row_dicts(archive, found.rows, question.owners, unmasked)
        return answer(
            request, dumps({"items": items, "truncated": found.truncated}), secret=unmasked
        )


__all__ = [
    "PREFIX", "add_changes", "add_collection", "add_export", "add_question", "add_search",
    "export_lines",
]  # fmt: skip
