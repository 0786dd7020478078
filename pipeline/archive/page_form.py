"""A page as it is stored: its text, its text before repair, and all else that it says.

Going over the words of a page is what storing a document costs most, and most of its bytes. So it
is done once; and of a page whose words say nothing but their text (a text file, a record from
elsewhere: no geometry, no confidences) only the text is stored, and beside it how it is parted into
blocks. All other pages are stored as their JSON, packed.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from operator import attrgetter
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import to_json

from models.text import Block, PageText, ReadBy

#: Level 6 takes three times as long for a tenth less.
_PACKING: Final = 1
#: How the parts of a plain page begin; a packed page never begins so.
_PLAIN: Final = b"["


@dataclass(frozen=True, slots=True)
class PageForm:
    """What is stored of a page.

    ``text_raw`` is ``None`` where repair changed nothing. ``content`` is what the hash of a
    document takes of the page.
    """

    page: PageText
    text: str
    text_raw: str | None
    document: bytes
    content: bytes


_LINES: Final = attrgetter("lines")
_LINE: Final = attrgetter("words")


def form(page: PageText) -> PageForm:
    """See :class:`PageForm`."""
    lines = list(map(_LINE, chain.from_iterable(map(_LINES, page.blocks))))
    texts = _bare_texts(lines)
    if texts is not None:
        text = _text(page.blocks, lines, texts)
        if text is not None:
            document = _parts(page.blocks) + b"\n" + _rest(page)
            return PageForm(page, text, None, document, content(document, text))
    said = page.model_dump_json(by_alias=True).encode()
    text, raw = page.text, page.raw_text
    return PageForm(page, text, raw if raw != text else None, zlib.compress(said, _PACKING), said)


def forms(pages: Sequence[PageText]) -> list[PageForm]:
    """The forms of ``pages``, by page."""
    return [form(page) for page in sorted(pages, key=_number)]


_number: Any = attrgetter("page")


def content(document: bytes, text: str) -> bytes:
    """What the hash of a document takes of a stored page: all that it says."""
    if document.startswith(_PLAIN):
        return document + b"\0" + text.encode()
    return zlib.decompress(document)


def page(document: bytes, text: str) -> PageText:
    """The opposite of :func:`form`."""
    if not document.startswith(_PLAIN):
        return PageText.model_validate_json(zlib.decompress(document))
    parts, _, rest = document.partition(b"\n")
    return PageText.model_validate(json.loads(rest) | {"blocks": _blocks(json.loads(parts), text)})


def _blocks(parts: Sequence[tuple[str, str | None, int]], text: str) -> list[dict[str, Any]]:
    lines = text.split("\n")
    blocks, start = [], 0
    for kind, overlay, count in parts:
        own = [
            {"words": [{"text": word} for word in line.split(" ")] if line else []}
            for line in lines[start : start + count]
        ]
        blocks.append({"kind": kind, "overlay": overlay, "lines": own})
        start += count + 1  # a blank line parts two blocks
    return blocks


# -- plain pages ---------------------------------------------------------------------------------


#: The fields of a model, past the way by which a model is asked for an attribute: words are many.
_FIELDS: Final[Any] = BaseModel.__dict__["__dict__"].__get__


def _bare_texts(lines: Sequence[Sequence[Any]]) -> list[str] | None:
    """The texts of all words, where these say nothing else."""
    words = list(map(_FIELDS, chain.from_iterable(lines)))
    texts = [
        word["text"]
        for word in words
        if word["bbox"] is None
        and word["confidence"] is None
        and word["raw"] is None
        and word["reading"] is None
    ]
    return texts if len(texts) == len(words) else None


def _text(blocks: Sequence[Block], lines: Sequence[Sequence[Any]], texts: list[str]) -> str | None:
    """:attr:`PageText.text`, if the blocks can be told from it again; otherwise ``None``."""
    # No database takes a NUL; a word that is empty or has blanks inside could not be told again.
    letters = "".join(texts)
    if not all(texts) or "\0" in letters or (letters and letters.split(None, 1) != [letters]):
        return None
    rest = iter(texts)
    said = [" ".join(islice(rest, len(line))) for line in lines]
    found: list[str] = []
    at = 0
    for block in blocks:
        count = len(block.lines)
        own = "\n".join(said[at : at + count])
        at += count
        if block.kind == "overlay" or not own or own.isspace():
            return None
        found.append(own)
    return "\n\n".join(found)


def _parts(blocks: Sequence[Block]) -> bytes:
    """Kind, overlay and number of lines of each block."""
    return to_json([(block.kind, block.overlay, len(block.lines)) for block in blocks])


def _rest(page: PageText) -> bytes:
    """All that ``page`` says besides its blocks, as JSON."""
    if page.edits or page.findings or page.stamps or page.zones:
        return page.model_copy(update={"blocks": ()}).model_dump_json(by_alias=True).encode()
    return _usual_rest(
        page.page, page.read_by, page.engine,
        page.width_px, page.height_px, page.rotation, page.levelled_degrees,
    )  # fmt: skip


@lru_cache(maxsize=1 << 10)
def _usual_rest(
    number: int, read_by: ReadBy, engine: str,
    width: int | None, height: int | None, rotation: Any, levelled: float,
) -> bytes:  # fmt: skip
    page = PageText(
        page=number, read_by=read_by, engine=engine, width_px=width, height_px=height,
        rotation=rotation, levelled_degrees=levelled,
    )  # fmt: skip
    return page.model_dump_json(by_alias=True).encode()
