"""Findings flag, they never fix: what a careful clerk would note in the margin."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from models.base import BBox, Model, Origin


class Evidence(Model):
    """Where a value was seen: page (1-based), box, the text there and how it was read."""

    page: int | None = None
    bbox: BBox | None = None
    text: str = ""
    origin: Origin = Field(default="ocr", alias="from")


Severity = Literal["info", "warning", "error"]


class Finding(Model):
    """A remark about a page or a document.

    ``code`` is a stable dotted name (``page.blank``, ``date.before_citation``); ``message`` is one
    English sentence for people.
    """

    code: str
    severity: Severity = "warning"
    message: str
    evidence: tuple[Evidence, ...] = ()
