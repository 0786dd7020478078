"""The application: routes behind the door, whatever archive is handed in.

From the outside in: :class:`Shell` (security headers, HEAD, no error without an answer),
:class:`Guard` (sizes, Host), CORS where it is asked for, :class:`Access` (rates, tokens),
:class:`Patience` (time, places), then the routes. Pages for people join ``/api/v1`` in the same
application and stand behind the same door.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import anyio.to_thread
from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from pipeline import __version__
from pipeline.errors import VanthuError
from pipeline.serve import problems
from pipeline.serve.access import Access, Buckets
from pipeline.serve.api import directives, files, lists, pages, relations, review, service, uploads
from pipeline.serve.api.context import PREFIX
from pipeline.serve.description import describe, only_described
from pipeline.serve.guard import Guard, Shell, hosts_of, is_loopback
from pipeline.serve.intake import Intake
from pipeline.serve.patience import Patience
from pipeline.serve.ports import Holdings
from pipeline.serve.sessions import Sessions
from pipeline.serve.web import add_pages
from pipeline.settings import ServeSettings


def create_app(
    holdings: Holdings,
    settings: ServeSettings,
    *,
    host: str | None = None,
    intake: Intake | None = None,
) -> FastAPI:
    """The application for one archive.

    :param host: the address that it will listen on, where it is not that of the settings: bound
        anywhere but to loopback, it demands a token
    :param intake: takes files in; without one the inbox is not there
    """
    bound = settings.host if host is None else host
    app = FastAPI(
        title="vanthu",
        version=__version__,
        openapi_url=None,  # ours is among the routes: behind the door, with a tag
        docs_url=None,  # their assets come from a CDN
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        strict_content_type=True,
    )
    app.state.holdings = holdings
    app.state.intake = intake
    app.state.settings = settings
    app.state.sessions = Sessions(
        idle_seconds=60 * settings.session_idle_minutes,
        whole_seconds=3600 * settings.session_hours,
        most=settings.clients_remembered,
    )
    refusals = settings.refusals_per_minute
    app.state.refusals = Buckets(refusals, refusals, settings.clients_remembered)
    for router in _routers(holdings, settings):
        app.include_router(router, prefix=PREFIX, dependencies=[Depends(only_described)])
    add_pages(app)
    app.openapi = describe(app)  # type: ignore[method-assign]
    app.add_exception_handler(VanthuError, problems.on_ours)
    app.add_exception_handler(HTTPException, problems.on_http)
    app.add_exception_handler(RequestValidationError, problems.on_validation)
    # The last that is added is the first that is met.
    app.add_middleware(Patience, settings=settings, holdings=holdings)
    needed = settings.token_on_loopback or not is_loopback(bound)
    app.add_middleware(
        Access,
        settings=settings,
        holdings=holdings,
        sessions=app.state.sessions,
        refusals=app.state.refusals,
        token_needed=needed,
    )
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.allowed_origins),
            allow_methods=["GET", "HEAD", "POST", "DELETE"],
            allow_headers=["Authorization", "If-None-Match", "Content-Type", "Range"],
            expose_headers=["ETag", "Link", "Retry-After", "Content-Range"],
            max_age=600,
        )
    app.add_middleware(Guard, settings=settings, hosts=hosts_of(bound, settings))
    app.add_middleware(Shell)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Limits that belong to the running loop."""
    settings: ServeSettings = app.state.settings
    anyio.to_thread.current_default_thread_limiter().total_tokens = settings.threads
    app.state.renderings = anyio.CapacityLimiter(settings.concurrent_renderings)
    yield


def _routers(holdings: Holdings, settings: ServeSettings) -> tuple[APIRouter, ...]:
    """Fixed paths before those with a place in them."""
    made = APIRouter()
    for collection in holdings.collections:
        lists.add_collection(made, collection, settings)
    lists.add_search(made, holdings.search, settings)
    lists.add_export(made, holdings.filters, settings)
    lists.add_changes(made, settings)
    for question in holdings.questions:
        lists.add_question(made, question, settings)
    relations.add_chains(made, holdings.chains)
    relations.add_merging(made, holdings.merging)
    relations.add_history(made)
    return (
        service.router,
        made,
        uploads.router,
        review.router,
        directives.router,
        pages.router,
        files.router,
    )
