"""The page of one document: its picture beside what was read from it, with everything around it."""

from __future__ import annotations

from pipeline.serve.web.documents.routes import router

__all__ = ["router"]
