"""The pages for people: inbox, review desk, documents, search, dashboard.

Each area is a module with a ``router`` (and its templates, words, styles and scripts in folders of
its name); :func:`add_pages` puts them into the application, behind the same door as the API. Pages
ask the same :class:`~pipeline.serve.ports.Holdings` as the API does.
"""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from pipeline.serve.web import (
    dashboard,
    desk,
    documents,
    entrance,
    inbox,
    search,
    uploads,
)

#: The areas, in the order of the navigation.
ROUTERS: tuple[APIRouter, ...] = (
    entrance.router,
    inbox.router,
    uploads.router,
    desk.router,
    documents.router,
    search.router,
    dashboard.router,
)


def add_pages(app: FastAPI) -> None:
    """Put all pages into the application."""
    desk.prepare(app)
    for router in ROUTERS:
        app.include_router(router, include_in_schema=False)


__all__ = ["ROUTERS", "add_pages"]
