"""The pages as lines of text with a way back, as the checks need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.base import Origin
from models.finding import Evidence
from models.text import Block, Line, PageText, ReadBy
from models.vietnamese import fold, unify

_ORIGINS: dict[ReadBy, Origin] = {
    "ocr": "ocr",
    "text_layer": "text_layer",
    "text": "text",
    "person": "person",
}


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line that is not blank."""

    page: int
    block: Block
    line: Line
    text: str
    folded: str
    origin: Origin

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (
            Evidence(page=self.page, bbox=self.line.bbox, text=self.text[:300], origin=self.origin),
        )


def check_lines(pages: Sequence[PageText]) -> list[CheckLine]:
    """All lines that are not blank, overlays left out, Markdown marks taken out."""
    out: list[CheckLine] = []
    for page in pages:
        for block, line in page.lines():
            text = line.text
            if page.read_by == "text":
                text = text.replace("*", "").lstrip("# ")
            text = " ".join(unify(text).split())
            if text:
                origin = _ORIGINS[page.read_by]
                out.append(CheckLine(page.page, block, line, text, fold(text), origin))
    return out
