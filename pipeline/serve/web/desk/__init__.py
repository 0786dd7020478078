"""The review desk: the queue, a document with its pages, decisions, and what they have taught."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from pipeline.serve.web.desk import deciding, document, lexicon, queue
from pipeline.serve.web.desk.deciding import Kept
from pipeline.serve.web.desk.presence import Presence

router = APIRouter()
for _part in (queue, lexicon, document, deciding):  # fixed paths before those with an id in them
    router.include_router(_part.router)


def prepare(app: FastAPI) -> None:
    """What the desk remembers while the server runs."""
    app.state.presence = Presence()
    app.state.kept = Kept()


__all__ = ["prepare", "router"]
