"""The base of every model, and the small types they share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

#: x0, y0, x1, y1 in fractions of the page (0..1), origin at the top left.
BBox = tuple[float, float, float, float]

#: A probability, 0..1.
Probability = Annotated[float, Field(ge=0.0, le=1.0)]

#: Where a reading comes from.
Origin = Literal[
    "ocr", "text_layer", "text", "digital_signature", "filename", "citation", "stamp", "person"
]


class Model(BaseModel):
    """Immutable, closed to unknown keys: a misspelt key is an error, not a silent loss."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def union_of(boxes: list[BBox]) -> BBox | None:
    """The smallest box around ``boxes``; ``None`` where there is none."""
    if not boxes:
        return None
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )
