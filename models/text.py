"""Words, lines and blocks of a page, raw and repaired."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from models.base import BBox, Model, Probability, union_of
from models.finding import Finding
from models.geometry import Rotation, Turn, turned_back

#: What part of the page a block is (Decree 30/2020/NĐ-CP, Annex I). ``overlay`` is text laid over
#: the document that is not its own: incoming stamps, signature marks, margin notes.
BlockKind = Literal[
    "header_left",
    "header_right",
    "body",
    "recipients",
    "signature",
    "page_number",
    "footnote",
    "table",
    "overlay",
]

#: What an overlay is: the stamp of an office that received the document, another stamp (urgency,
#: draft), the visible mark of a digital signature, what someone wrote into the margin.
OverlayKind = Literal["incoming_stamp", "stamp", "signature_mark", "margin_note"]

ReadBy = Literal["ocr", "text_layer", "text", "person"]


class Reading(Model):
    """How a word was read, where there is more to tell than that the engines agreed.

    ``source`` is ``first`` where the first engine's reading stands against another, ``second``
    where the other engine's was taken, ``again`` where the line was read once more. What was read
    instead is in ``alternatives``. ``handwritten``: the word stands where people write by hand and
    nothing proves it printed; its text is a guess.
    """

    source: Literal["first", "second", "again"] = "first"
    alternatives: tuple[str, ...] = ()
    handwritten: bool = False


class Word(Model):
    """One word as it stands between blanks.

    ``text`` is the current reading; ``raw`` the reading before repair where repair changed it
    (``None``: unchanged). ``confidence`` is the probability that the reading is right, ``None``
    where the reader gives none. ``reading`` is ``None`` where all engines agree.
    """

    text: str
    bbox: BBox | None = None
    confidence: Probability | None = None
    raw: str | None = None
    reading: Reading | None = None

    @property
    def as_read(self) -> str:
        """The raw reading, before any repair."""
        return self.text if self.raw is None else self.raw


class Line(Model):
    """A line of words in reading order; a line without words is a blank line."""

    words: tuple[Word, ...] = ()

    @property
    def text(self) -> str:
        return " ".join([word.text for word in self.words if word.text])

    @property
    def raw_text(self) -> str:
        return " ".join(word.as_read for word in self.words if word.as_read)

    @property
    def bbox(self) -> BBox | None:
        return union_of([word.bbox for word in self.words if word.bbox is not None])


class Block(Model):
    """Lines that belong together, in reading order; ``overlay`` tells which overlay it is."""

    kind: BlockKind = "body"
    overlay: OverlayKind | None = None
    lines: tuple[Line, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def bbox(self) -> BBox | None:
        return union_of([line.bbox for line in self.lines if line.bbox is not None])


class StampValue(Model):
    """A value written or stamped into an incoming stamp: never more than a proposal.

    ``unreadable`` where the reading makes no value; ``raw`` is what was read and ``alternatives``
    what else. ``bbox`` is the slot behind the label, for people to look at.
    """

    value: str | None = None
    raw: str = ""
    status: Literal["review", "unreadable"] = "unreadable"
    alternatives: tuple[str, ...] = ()
    bbox: BBox | None = None


class IncomingStamp(Model):
    """What the stamp of a receiving office says: its own number and the day of arrival."""

    bbox: BBox | None = None
    number: StampValue = StampValue()
    date: StampValue = StampValue()


class Zone(Model):
    """A place where people write by hand: a slot of the head, or a blank that was filled in.

    ``text`` is what engines for print made of it, a guess; ``bbox`` refers to the image that was
    read. ``crop`` names the stored picture of it (result ``crop``, a PNG, by its SHA-256).
    """

    kind: Literal["serial", "day", "month", "blank"]
    bbox: BBox | None = None
    text: str = ""
    crop: str | None = None


class Edit(Model):
    """One change that repair made or proposes, reversible.

    ``line`` and ``word`` count from 0 within the page (lines in reading order, over all blocks).
    ``status`` is ``applied`` where the text was changed, ``review`` where the margin was too small
    and the raw form stands, ``noise`` where the token is layout junk and the raw form stands,
    ``rejected`` where a person undid it. ``reason`` is ``person`` where a person decided.
    """

    page: int = 1
    line: int
    word: int
    raw: str
    repaired: str
    probability: Probability
    alternatives: tuple[tuple[str, float], ...] = ()
    reason: str
    status: Literal["applied", "review", "noise", "rejected"] = "applied"


class PageText(Model):
    """The text of one page: blocks in reading order.

    The result of ``recognise`` (or of a text layer, or of a text file) and, with ``edits``, of
    ``repair``. ``page`` is 1-based; ``width_px`` and ``height_px`` are those of the image read.
    Boxes refer to that image; where it was turned before it was read, ``rotation`` is the clockwise
    quarter turn and ``levelled_degrees`` the slope of the lines that was undone after it.
    """

    page: int
    read_by: ReadBy
    engine: str = ""
    blocks: tuple[Block, ...] = ()
    edits: tuple[Edit, ...] = ()
    findings: tuple[Finding, ...] = ()
    stamps: tuple[IncomingStamp, ...] = ()
    zones: tuple[Zone, ...] = ()
    width_px: int | None = None
    height_px: int | None = None
    rotation: Rotation = 0
    levelled_degrees: float = 0.0

    def lines(self, *, overlays: bool = False) -> Iterator[tuple[Block, Line]]:
        """Every line with its block, in reading order; overlays only when asked for."""
        for block in self.blocks:
            if block.kind == "overlay" and not overlays:
                continue
            for line in block.lines:
                yield block, line

    @property
    def text(self) -> str:
        """The page's own text (no overlays), a blank line between blocks."""
        texts = (block.text for block in self.blocks if block.kind != "overlay")
        return "\n\n".join(text for text in texts if text.strip())

    @property
    def raw_text(self) -> str:
        """As :attr:`text`, before repair."""
        if all(w.raw is None for b in self.blocks for line in b.lines for w in line.words):
            return self.text
        return "\n\n".join(
            "\n".join(line.raw_text for line in b.lines)
            for b in self.blocks
            if b.kind != "overlay" and b.text.strip()
        )

    @property
    def turn(self) -> Turn:
        """How the page was turned before it was read."""
        return Turn(self.rotation, self.levelled_degrees)

    def on_page(self, box: BBox) -> BBox:
        """``box`` of the image read in fractions of the page as it lies in its file."""
        return turned_back(
            box, self.width_px or 1, self.height_px or 1, self.rotation, self.levelled_degrees
        )

    @property
    def word_count(self) -> int:
        return sum(1 for _, line in self.lines() for word in line.words if word.text.strip())
