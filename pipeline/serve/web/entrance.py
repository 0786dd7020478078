"""Coming in and going out, the language, who is here, and the assets."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

import anyio.to_thread
from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from pipeline.serve.access import address_of, slow_down
from pipeline.serve.problems import ProblemError
from pipeline.serve.sessions import COOKIE, Sessions
from pipeline.serve.web.catalogue import Language
from pipeline.serve.web.site import AREAS, FromOurPage, Here, inside, set_language, site

router = APIRouter()
_NAME_CHARS: Final = 100
Next = Annotated[str, Form(alias="next", max_length=2000)]


@router.get("/static/{name}")
async def static(request: Request, name: str, v: str = "") -> Response:
    """An asset; kept for ever under the address that has its mark."""
    found = site().assets.get(name)
    if found is None:
        raise ProblemError(404, "There is no such asset.")
    kept = "public, max-age=31536000, immutable" if v == found.mark else "no-cache"
    headers = {"Cache-Control": kept, "ETag": f'"{found.mark}"', "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == f'"{found.mark}"':
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.packed, headers=headers, media_type=found.media_type)
    return Response(found.body, headers=headers, media_type=found.media_type)


@router.get("/")
async def home(visit: Here) -> Response:
    """Where the day begins: the inbox for who may review, the search for others."""
    where = next(path for _, path, scope in AREAS if visit.visitor.may(scope))
    return visit.go(where)


@router.get("/login")
async def login_page(visit: Here, next: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    """Where a token is asked for."""
    return visit.page("login.html", next=inside(next), wrong=False)


@router.post("/login", dependencies=[FromOurPage])
async def login(
    visit: Here,
    token: Annotated[str, Form(max_length=300)],
    person: Annotated[str, Form(max_length=_NAME_CHARS)] = "",
    next: Next = "/",
) -> Response:
    """Come in with a token: a new session, so that a name planted before is worth nothing."""
    secret = token.strip()
    refusals, address = visit.request.app.state.refusals, address_of(visit.request.scope)
    slow_down(refusals, address, 0)
    caller = await anyio.to_thread.run_sync(partial(visit.holdings.caller, secret))
    if caller is None:
        refusals.wait_seconds(address)
        return visit.page("login.html", status=401, next=inside(next), wrong=True)
    sessions: Sessions = visit.request.app.state.sessions
    sessions.end(visit.session.id)
    visit.session = sessions.begin(secret, " ".join(person.split()))
    return visit.go(inside(next))


@router.post("/logout", dependencies=[FromOurPage])
async def logout(visit: Here) -> Response:
    """Go out; the session is no more."""
    sessions: Sessions = visit.request.app.state.sessions
    sessions.end(visit.session.id)
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE)
    return answer


@router.post("/language", dependencies=[FromOurPage])
async def language(visit: Here, to: Annotated[Language, Form()], next: Next = "/") -> Response:
    """Switch the language."""
    answer = visit.go(inside(next))
    set_language(answer, to)
    return answer


@router.post("/person", dependencies=[FromOurPage])
async def person(
    visit: Here, name: Annotated[str, Form(max_length=_NAME_CHARS)], next: Next = "/"
) -> Response:
    """Say who decides at this browser, for the history."""
    clean = " ".join(name.split())
    if not clean or not clean.isprintable():
        raise ProblemError(422, "A name has printable characters.")
    visit.session.person = clean
    return visit.go(inside(next))
