"""Documents made ready to be loaded: all that costs time and needs no database.

What is prepared goes from one process to another in small space: rows as tuples, by table, with the
places of documents and of bodies in it where a database puts its own numbers. So many processes can
prepare while one writes.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from models.directive import Campaign, Directive
from models.source import SourceDocument
from models.text import PageText
from pipeline.archive import likeness, organisations, page_form, paths, record
from pipeline.archive.dialects import packed, unpacked, without_nul
from pipeline.archive.organisations import Body
from pipeline.archive.words import distinct

Values = tuple[Any, ...]
#: Documents whose texts are taken together; of more, the texts leave the processor's cache.
_AT_ONCE: Final = 32
#: How JSON says a NUL character, which no database is given (see ``dialects``).
_NUL: Final = "\\u0000"


@dataclass(frozen=True, slots=True)
class Item:
    """A document to put, as for ``record_source`` and ``put_directive``."""

    path: str
    source: SourceDocument
    directive: Directive
    pages: Sequence[PageText]
    result_key: str
    location: Path | None = None


@dataclass(slots=True)
class Rows:
    """Rows of one table, all with the same columns."""

    columns: tuple[str, ...] = ()
    values: list[Values] = field(default_factory=list)

    def add(self, row: record.Row) -> None:
        """Add a row."""
        if not self.columns:
            self.columns = tuple(row)
        self.values.append(tuple(row.values()))

    def add_of(self, place: int, rows: Sequence[record.Row]) -> None:
        """Add rows of the document at ``place``, with that in front."""
        if not self.columns:
            self.columns = tuple(rows[0])
        self.values += [(place, *row.values()) for row in rows]


@dataclass(slots=True)
class Prepared:
    """Documents as rows, but for what a database gives.

    ``ids``, ``names`` and ``contents`` are those of the documents, in order. ``tables`` has their
    rows: of ``sources``, ``source_paths``, ``directives`` and ``records`` one a document, in order;
    of all others any number. All but the first three have the place of their document in front.
    Where a row names an organisation, it has the place in ``bodies``, in which parents come first.
    ``orgs`` has those of the directives themselves (issuer, parent). ``words`` are all that search
    looks at.
    """

    ids: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    tables: dict[str, Rows] = field(default_factory=dict)
    bodies: list[Body] = field(default_factory=list)
    orgs: list[tuple[int | None, int | None]] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    words: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.ids)

    def item(self, place: int) -> Item:
        """The document at ``place`` as it was before: for one that is in an archive already."""
        source, path, own = (
            dict(zip(rows.columns, rows.values[place], strict=True))
            for rows in (self.tables[n] for n in ("sources", "source_paths", "directives"))
        )
        _, stored = self.tables["records"].values[place]
        pages = self.tables.get("pages", Rows())
        own_pages = (
            dict(zip(pages.columns, values[1:], strict=True))
            for values in pages.values
            if values[0] == place
        )
        return Item(
            path=path["path"],
            source=SourceDocument.model_validate_json(source["document"]),
            directive=Directive.model_validate_json(unpacked(stored)),
            pages=[page_form.page(page["document"], page["text"]) for page in own_pages],
            result_key=own["result_key"],
            location=Path(os.fsdecode(path["location"])),
        )


def prepare(items: Iterable[Item]) -> Prepared:
    """The rows of ``items``; pure, and the same whatever was prepared before."""
    return _Preparing().all(items)


#: Gives documents where it is called; picklable, if that is to be in another process.
Piece = Callable[[], Iterable[Item]]


def prepared_by(
    executor: Executor | None, pieces: Iterable[Piece], ahead: int
) -> Iterator[Prepared]:
    """What ``pieces`` give, prepared, in their order; at most ``ahead`` of them in memory.

    ``executor`` is of processes; without one it is all done here.
    """
    if executor is None:
        yield from map(_prepared, pieces)
        return
    waiting: deque[Future[Prepared]] = deque()
    try:
        for piece in pieces:
            waiting.append(executor.submit(_prepared, piece))
            if len(waiting) >= max(1, ahead):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _prepared(piece: Piece) -> Prepared:
    return prepare(piece())


class _Preparing:
    """One batch on its way."""

    def __init__(self) -> None:
        self._made = Prepared()
        self._places: dict[str, int] = {}
        self._campaigns: dict[Values, Campaign] = {}

    def all(self, items: Iterable[Item]) -> Prepared:
        """See :func:`prepare`."""
        rest = iter(items)
        while some := list(islice(rest, _AT_ONCE)):
            contents = [record.Content(item.directive, item.pages) for item in some]
            searched = record.searched_of(contents)
            texts: list[str] = []
            for item, content, found in zip(some, contents, searched, strict=True):
                texts += self._add(item, content, found)
            self._made.words |= distinct(texts)
        made = self._made
        made.campaigns = list(self._campaigns.values())
        return made

    def _add(self, item: Item, content: record.Content, searched: record.Searched) -> Iterable[str]:
        """Add a document; what is searched of it."""
        made, place = self._made, len(self._made.ids)
        directive = item.directive
        row, pages, search = content.rows(item.result_key, searched)
        bodies = organisations.bodies_of(directive)
        local = {body.id: self._place(body) for body in bodies.every()}
        path = {
            "path": paths.stored_name(item.path),
            "sha256": item.source.sha256,
            "current": 1,
            "location": paths.location_of(item.path, item.location),
        }
        one = {
            "sources": [paths.source_row(item.source, "")],
            "source_paths": [path],
            "directives": [row],
        }
        bands = likeness.bands(row["signature"]) if row["signature"] is not None else ()
        many = record.list_rows(directive, bodies, local) | {
            "records": [{"document": packed(content.document)}],
            "pages": pages,
            "search_texts": [search],
            "text_bands": [{"band": band} for band in dict.fromkeys(bands)],
        }
        if _may_have_nul(item, content.document, pages):
            one, many = _without_nul(one), _without_nul(many)
        for name, rows in one.items():
            self._rows(name).add(rows[0])
        for name, rows in many.items():
            if rows:
                self._rows(name).add_of(place, rows)
        columns = bodies.columns(local)
        made.orgs.append((columns["issuer_org"], columns["parent_org"]))
        made.ids.append(directive.id)
        made.names.append(one["source_paths"][0]["path"])
        made.contents.append(item.source.sha256)
        if (campaign := directive.campaign) is not None:
            spelled = (campaign.id, campaign.name, *(seen.text for seen in campaign.evidence))
            self._campaigns.setdefault(spelled, campaign)
        return search.values()

    def _rows(self, name: str) -> Rows:
        tables = self._made.tables
        return tables[name] if name in tables else tables.setdefault(name, Rows())

    def _place(self, body: Body) -> int:
        place = self._places.get(body.id)
        if place is None:
            place = self._places[body.id] = len(self._made.bodies)
            self._made.bodies.append(body)
        return place


def _may_have_nul(item: Item, document: str, pages: Sequence[record.Row]) -> bool:
    """Whether some text of the rows may have a NUL character; rarely true of one that has none."""
    names = [item.path, item.result_key, item.source.media_type]
    texts = (page[name] for page in pages for name in ("text", "text_raw", "engine"))
    return _NUL in document or any(text and "\0" in text for text in (*names, *texts))


def _without_nul(tables: dict[str, list[record.Row]]) -> dict[str, list[record.Row]]:
    return {
        table: [
            {name: without_nul(v) if isinstance(v, str) else v for name, v in row.items()}
            for row in rows
        ]
        for table, rows in tables.items()
    }
