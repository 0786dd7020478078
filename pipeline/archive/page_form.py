"""A page as it is stored: its text, its text before repair and its JSON, in one look at its words.

The same strings as :attr:`PageText.text`, :attr:`PageText.raw_text` and ``model_dump_json``. Going
over the words of a page is what storing a document costs most, and each of the three goes over them
anew. Words of a page that has no geometry (a text file, a record from elsewhere) say nothing but
their text, and their JSON is put together here; all others are left to pydantic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, Final

from pydantic_core import to_json

from models.text import Block, PageText


@dataclass(frozen=True, slots=True)
class PageForm:
    """What is stored of a page; ``document`` is its JSON, not compressed yet."""

    page: PageText
    text: str
    text_raw: str
    document: bytes


#: From the fields of a word: by its own methods a model gives them in three times the time.
_SAID: Final = itemgetter("text", "bbox", "confidence", "raw", "reading")
_LINE: Final = attrgetter("words")
_BEGIN: Final = b'{"text":"'
_END: Final = b'","bbox":null,"confidence":null,"raw":null,"reading":null}'
#: Between words, between lines, and for a line without words, until JSON is put in their place:
#: characters that no text has by then, for what JSON does not take as it stands is quoted first.
_WORD, _NEXT, _NONE = "\x1f", "\x1e", "\x1d"
_ESCAPED: Final = re.compile(r'["\\\x00-\x1f]')
_BLOCKS: Final = b'"blocks":[]'


def form(page: PageText) -> PageForm:
    """See :class:`PageForm`."""
    words = chain.from_iterable(chain.from_iterable(map(_LINE, b.lines) for b in page.blocks))
    columns = tuple(zip(*map(_SAID, map(vars, words)), strict=True))
    texts, *rest = columns or ((), (), (), (), ())
    has_raw = rest[2].count(None) < len(texts)
    text = _text(page.blocks, texts)
    if not has_raw and all(column.count(None) == len(texts) for column in rest):
        document = _document(page, texts)
    else:
        document = page.model_dump_json(by_alias=True).encode()
    return PageForm(page, text, page.raw_text if has_raw else text, document)


def _lines(block: Block, texts: Sequence[str], start: int) -> Iterator[Sequence[str]]:
    for line in block.lines:
        end = start + len(line.words)
        yield texts[start:end]
        start = end


def _text(blocks: Sequence[Block], texts: Sequence[str]) -> str:
    """:attr:`PageText.text`, from the texts of all words."""
    empty = "" in texts
    found: list[str] = []
    start = 0
    for block in blocks:
        lines = list(_lines(block, texts, start))
        start += sum(map(len, lines))
        if block.kind == "overlay":
            continue
        if empty:
            lines = [[word for word in line if word] for line in lines]
        own = "\n".join(map(" ".join, lines))
        if own.strip():
            found.append(own)
    return "\n\n".join(found)


def _document(page: PageText, texts: Sequence[str]) -> bytes:
    """``model_dump_json``, where words have nothing but ``texts``."""
    if _may_escape("".join(texts)):
        texts = [_quoted(text) if _ESCAPED.search(text) else text for text in texts]
    start = 0
    blocks: list[bytes] = []
    for block in page.blocks:
        lines = list(_lines(block, texts, start))
        start += sum(map(len, lines))
        overlay = f'"{block.overlay}"' if block.overlay is not None else "null"
        head = f'{{"kind":"{block.kind}","overlay":{overlay},"lines":['
        blocks.append(head.encode() + _lines_json(lines) + b"]}")
    bare = page.model_copy(update={"blocks": ()}).model_dump_json(by_alias=True)
    # The first is the field: inside a string these quotes would have a backslash before them.
    before, found, after = bare.encode().partition(_BLOCKS)
    if not found:
        raise AssertionError(f"the JSON of a page has no {_BLOCKS!r}")
    return b"".join((before, _BLOCKS[:-1], b",".join(blocks), b"]", after))


def _lines_json(lines: Sequence[Sequence[str]]) -> bytes:
    """The JSON of ``lines``, by replacing what stands between their words."""
    if not lines:
        return b""
    joined = _NEXT.join([_WORD.join(line) if line else _NONE for line in lines]).encode()
    words = joined.replace(_WORD.encode(), _END + b"," + _BEGIN)
    inside = words.replace(_NEXT.encode(), _END + b']},{"words":[' + _BEGIN)
    said = b'{"words":[' + _BEGIN + inside + _END + b"]}"
    return said.replace(_BEGIN + _NONE.encode() + _END, b"")


def _may_escape(text: str) -> bool:
    return '"' in text or "\\" in text or not text.isprintable()


def _quoted(text: str) -> str:
    return to_json(text).decode()[1:-1]


def forms(pages: Sequence[PageText]) -> list[PageForm]:
    """The forms of ``pages``, by page."""
    return [form(page) for page in sorted(pages, key=_number)]


_number: Any = attrgetter("page")
