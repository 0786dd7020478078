"""Search: one box, filters, cards; the address says all that was asked."""

from __future__ import annotations

from pipeline.serve.web.search.routes import router

__all__ = ["router"]
