"""A document at the desk: its pages beside what was read on them, and what was decided about it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from pipeline.serve.web.desk.common import Document, Id, presence_of
from pipeline.serve.web.site import FromOurPage, Here, Reviewers

router = APIRouter(dependencies=[Reviewers])


@router.get("/review/{id}")
def document(visit: Here, request: Request, id: Id) -> Response:
    """A document; ``at`` names the row that is opened (else the first that needs a look)."""
    doc = Document(visit, id)
    presence = presence_of(request)
    presence.here(id, visit.session.id, visit.session.person)
    return visit.page(
        "desk/document.html",
        counts=visit.holdings.reviewing.counts(),
        also=presence.others(visit.session.id).get(id),
        **doc.context(),
    )


@router.get("/review/{id}/rows")
def rows(visit: Here, id: Id) -> Response:
    """The rows alone, as they stand now."""
    return visit.page("desk/rows.html", **Document(visit, id).context())


@router.get("/review/{id}/history")
def history(visit: Here, id: Id) -> Response:
    """Every decision about a document."""
    doc = Document(visit, id)
    made = visit.holdings.reviewing.decisions(id)
    return visit.page("desk/history.html", made=list(reversed(made)), **doc.context())


@router.post("/review/{id}/here", dependencies=[FromOurPage])
async def here(visit: Here, request: Request, id: Id, gone: bool = False) -> Response:
    """The page is still open, or was left."""
    presence = presence_of(request)
    if gone:
        presence.gone(id, visit.session.id)
    else:
        presence.here(id, visit.session.id, visit.session.person)
    return Response(status_code=204)
