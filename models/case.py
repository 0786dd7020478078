"""A labelled case: what stood on a page, what the machine made of it, what a person says it is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from models.base import BBox, Model
from models.decision import Action
from models.directive import FieldStatus

CASE_SCHEMA: Literal["vanthu.case/1"] = "vanthu.case/1"


class LabelledCase(Model):
    """One decision that stands, as a case for measuring. Nobody is named.

    ``field`` is a path (see :mod:`models.decision`); words have ``word``. ``page`` is 1-based and
    ``bbox`` in fractions of the page as it lies in its file; both are null where the machine saw
    no place. ``machine`` is the machine's value and ``person`` the person's; null where there is
    none (unreadable, absent, removed).
    """

    schema_: Literal["vanthu.case/1"] = Field(default=CASE_SCHEMA, alias="schema")
    id: str
    directive_id: str
    sha256: str
    field: str
    action: Action
    page: int | None = None
    bbox: BBox | None = None
    raw: str | None = None
    machine: JsonValue = None
    status: FieldStatus | None = None
    confidence: float | None = None
    rule: str = ""
    person: JsonValue = None
