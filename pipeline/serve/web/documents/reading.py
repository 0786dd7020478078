"""The text of a page as it is read on the screen: lines of words, repaired ones told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.text import Line, PageText, Word
from models.vietnamese import nfc
from pipeline.serve.masking import masked_text
from pipeline.serve.ports import Holdings


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of a line; ``was``: what was read there before repair."""

    text: str
    was: str | None = None


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line; ``on``: it is where the field in question was seen."""

    pieces: tuple[Piece, ...]
    on: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a page: blocks of lines, how many words repair changed, whether it is raw."""

    blocks: tuple[tuple[TextLine, ...], ...]
    edits: int
    raw: bool


def reading(page: PageText, *, raw: bool, marked: Sequence[str] = ()) -> Reading:
    """A page's own text; lines that have one of the texts ``marked`` are told apart."""
    wanted = [plain for text in marked if (plain := _plain(text))]
    blocks = tuple(
        tuple(_line(line, raw, wanted) for line in block.lines if line.words)
        for block in page.blocks
        if block.kind != "overlay"
    )
    edits = sum(1 for _, line in page.lines() for word in line.words if _changed(word))
    return Reading(tuple(block for block in blocks if block), edits, raw)


def masked_reading(holdings: Holdings, id_: str, page: PageText) -> Reading:
    """The repaired text without personal data; words alone cannot be masked, so none is marked."""
    text = masked_text(page.text, holdings.personal_words([id_]), id_)
    lines = tuple(TextLine((Piece(line),)) for line in text.splitlines() if line.strip())
    return Reading((lines,) if lines else (), 0, raw=False)


def _line(line: Line, raw: bool, wanted: Sequence[str]) -> TextLine:
    said = _plain(line.text)
    on = bool(said) and any(text in said or said in text for text in wanted)
    return TextLine(tuple(_pieces(line, raw)), on)


def _pieces(line: Line, raw: bool) -> Iterator[Piece]:
    """Words that repair left alone go together: a page has hundreds."""
    plain: list[str] = []
    for word in line.words:
        text = word.as_read if raw else word.text
        if not text:
            continue
        if raw or not _changed(word):
            plain.append(text)
            continue
        if plain:
            yield Piece(" ".join(plain))
            plain = []
        yield Piece(text, word.raw)
    if plain:
        yield Piece(" ".join(plain))


def _changed(word: Word) -> bool:
    return word.raw is not None and word.raw != word.text


def _plain(text: str) -> str:
    return " ".join(nfc(text).split())


def texts_of(item: Mapping[str, Any] | None) -> list[str]:
    """The texts that a field was seen as."""
    return [] if item is None else [one["text"] for one in item["evidence"] if one["text"]]
