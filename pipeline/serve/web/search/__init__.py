"""Search: one box, filters, cards; the address says all that was asked."""

from __future__ import annotations

from fastapi import APIRouter

from pipeline.serve.web.search import download, routes

router = APIRouter()
router.include_router(download.router)
router.include_router(routes.router)

__all__ = ["router"]
