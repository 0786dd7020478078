"""Whether the server lives, what it holds, and what its records look like."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from pipeline import __version__
from pipeline.serve.answers import answer, dumps, produces
from pipeline.serve.api.context import PREFIX, Archive
from pipeline.serve.shapes import Health, Index

router = APIRouter(tags=["service"], dependencies=[Depends(produces("application/json"))])


@router.get("", response_model=Index, operation_id="index", summary="Where to begin")
def index(request: Request, archive: Archive) -> Response:
    """The version, and the addresses of the lists and questions."""
    names = ["counts", "search", "openapi.json", "schemas/directive.json"]
    names += ["chain", "changes", "exports/directives.jsonl"]
    names += ["queue/counts", "queue/next"]
    names += [collection.name for collection in archive.collections]
    names += [question.path for question in archive.questions]
    links = {name: f"{PREFIX}/{name}" for name in sorted(names)}
    return answer(request, dumps(Index(version=__version__, links=links).model_dump()))


@router.get("/health", operation_id="health", summary="Whether the server lives")
async def health() -> Health:
    """The server lives; needs no token and asks nothing of the archive."""
    return Health()


@router.get("/ready", operation_id="ready", summary="Whether the archive answers")
def ready(archive: Archive) -> Health:
    """The archive answers; needs no token. 503 where it does not."""
    archive.caller("")  # a question to the database that costs next to nothing
    return Health()


@router.get(
    "/counts", response_model=dict[str, int], operation_id="counts", summary="How much there is"
)
def counts(request: Request, archive: Archive) -> Response:
    """How much there is of everything."""
    return answer(request, dumps(archive.counts()))


@router.get(
    "/schemas/directive.json",
    response_model=dict[str, Any],
    operation_id="schema",
    summary="The JSON Schema of a record",
)
def schema(request: Request, archive: Archive) -> Response:
    """JSON Schema (2020-12) of a directive, as 'vanthu schema' prints it."""
    return answer(request, dumps(archive.schema()))


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> Response:
    """This description."""
    return answer(request, dumps(request.app.openapi()))
