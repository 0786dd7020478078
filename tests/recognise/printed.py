"""Printed lines as an engine would box them."""

from __future__ import annotations

from collections.abc import Sequence

from models.text import Block, Word

#: Height of a line of 13-point text, as a share of the page.
LINE = 0.014
#: Width of a character, as a share of the page.
CHARACTER = 0.0105


def words(text: str, x: float, y: float, *, slope: float = 0.0, sure: float = 0.95) -> list[Word]:
    """A printed line that begins at (x, y); ``slope`` is its fall over the page's width."""
    line = []
    for text_word in text.split():
        x1 = x + CHARACTER * len(text_word)
        top = y + slope * (x + x1) / 2
        box = (min(x, 1.0), min(top, 1.0), min(x1, 1.0), min(top + LINE, 1.0))
        line.append(Word(text=text_word, bbox=box, confidence=sure))
        x = x1 + 0.6 * CHARACTER
    return line


def kinds(blocks: Sequence[Block]) -> dict[str, str]:
    """The text of each kind of block, body blocks joined."""
    found: dict[str, list[str]] = {}
    for block in blocks:
        found.setdefault(block.kind, []).append(block.text)
    return {kind: "\n".join(texts) for kind, texts in found.items()}
