"""What every extractor is given."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.extract.fields import Accept
from pipeline.extract.view import View
from pipeline.extract.zones import Piece, Zones, pieces
from pipeline.settings import ExtractSettings


@dataclass(frozen=True, slots=True)
class Context:
    """The document, its parts, and when a value counts as accepted."""

    view: View
    zones: Zones
    settings: ExtractSettings

    @property
    def accept(self) -> Accept:
        return Accept(self.settings.accept_confidence, self.settings.accept_probability)

    def header_pieces(self) -> list[Piece]:
        """The header line by line, columns cut apart."""
        start, end = self.zones.header
        out: list[Piece] = []
        for index in range(start, end):
            out.extend(pieces(self.view, index, header=True))
        return out

    def body_span(self) -> tuple[int, int]:
        """Offsets of the text after the header, before attachments."""
        lines = self.view.lines
        first, last = self.zones.header[1], self.zones.end
        if not lines or first >= last or first >= len(lines):
            return (0, 0)
        return lines[first].start, lines[min(last, len(lines)) - 1].end
