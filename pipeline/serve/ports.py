"""What the server asks of an archive, and what it is told that the archive has.

The room knows no other room: the wiring (``pipeline.serving``) hands in something that keeps these
promises, and for each list the models of its rows and filters. So a new list is one more
:class:`Collection` in the wiring, and nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Final, Literal, NamedTuple, Protocol

from pydantic import BaseModel

from models.base import BBox
from models.directive import Relation
from models.geometry import Frame
from models.personal import Words
from models.text import PageText
from pipeline.serve.ports_reviewing import Reviewing as Reviewing

#: Each includes those before it.
Scope = Literal["read", "review", "admin"]
SCOPES: Final[tuple[Scope, ...]] = ("read", "review", "admin")

#: The files that can be made of a document; ``alto`` is of one page.
Form = Literal["pdfa", "hocr", "alto"]
TableForm = Literal["csv", "xlsx"]
Language = Literal["vi", "en"]
#: Values of the columns a list is ordered by.
Key = tuple[str | int | None, ...]
Owners = tuple[str, ...] | None
Direction = Literal["down", "up"]
Decision = Literal["accepted", "rejected", "undone"]


class Caller(NamedTuple):
    """Who holds a token, and what it allows; ``name`` is what the token was made for."""

    token_id: int
    scope: Scope
    name: str = ""


class Record(Protocol):
    """A stored directive; ``json`` is the contract as it stands in the archive."""

    @property
    def id(self) -> str: ...
    @property
    def json(self) -> str: ...
    @property
    def content_hash(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def paths(self) -> tuple[str, ...]: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def personal(self) -> bool: ...


class Blob(NamedTuple):
    """A file to send: an open stream (closed by who sends it), its size and a name for it."""

    file: BinaryIO
    size_bytes: int
    media_type: str
    name: str


class PageImage(NamedTuple):
    """A stored page image (PNG or JPEG) as it was read, and how it lies on the page."""

    data: bytes
    frame: Frame


class Slice(NamedTuple):
    """Some rows of a list, and the key after which there are more."""

    rows: Sequence[BaseModel]
    next: Key | None


@dataclass(frozen=True, slots=True)
class Collection:
    """A list that can be asked for at ``/{name}``, in pages.

    :param ask: rows that meet the filter (a ``filters``), behind a key, so many at most
    :param owners: the fields of a row (``one.id`` inside another) that name the directives whose
        personal data it may show; none: what looks like an address or a number is masked; ``None``:
        there is nothing to mask
    :param scope: what a token must allow
    """

    name: str
    summary: str
    description: str
    row: type[BaseModel]
    filters: type[BaseModel]
    ask: Callable[[Any, Key | None, int], Slice]
    owners: Owners = ("directive_id",)
    scope: Scope = "read"
    example: Mapping[str, Any] = field(default_factory=dict)


class Whole(NamedTuple):
    """The rows of an answer that has no pages; ``truncated``: there were more than were wanted.

    ``at``: when it was made, where it is kept while the archive does not change.
    """

    rows: Sequence[BaseModel]
    truncated: bool
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question with one answer, at ``/{path}``: its rows depend on each other or on a day.

    :param parameters: what may be asked
    :param ask: the rows, with so many looked at (or told) at most
    :param limit: what that number means
    :param owners: as of :class:`Collection`
    """

    name: str
    path: str
    summary: str
    description: str
    row: type[BaseModel]
    parameters: type[BaseModel]
    ask: Callable[[Any, int], Whole]
    limit: str
    owners: Owners = ("directive_id",)
    example: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chains:
    """The graph of citations: the model of an answer, and the function that answers.

    ``ask``: a document (an id or a number), ``down`` to those that cite it or ``up`` to those that
    it cites, how far (``None``: to the end), by which relations (none: all), and how many documents
    at most (``None``: as many as are ever told).
    """

    model: type[BaseModel]
    ask: Callable[[str, Direction, int | None, Sequence[Relation], int | None], BaseModel]


@dataclass(frozen=True, slots=True)
class Merging:
    """Pairs of directives that may be one: the model of one, how to ask for it and to decide it.

    ``decide``: a pair, what, by whom (a person's name), and which is the main one. One that cannot
    be decided so raises ``UsageProblem``.
    """

    model: type[BaseModel]
    get: Callable[[int], BaseModel]
    decide: Callable[[int, Decision, str, str | None], BaseModel]


@dataclass(frozen=True, slots=True)
class Search:
    """Full-text search: the models of its hits and filters, and the function that answers."""

    hit: type[BaseModel]
    filters: type[BaseModel]
    ask: Callable[[str, Any, int], Sequence[BaseModel]]


class Surroundings(Protocol):
    """What stands around a directive: rows with ``id`` and what names a document.

    ``citing`` says besides how (``relation``), on which ``page`` and in which citation
    (``position``); ``truncated``: there are more of them.
    """

    @property
    def citing(self) -> Sequence[BaseModel]: ...
    @property
    def truncated(self) -> bool: ...
    @property
    def cited(self) -> Sequence[BaseModel]: ...
    @property
    def versions(self) -> Sequence[BaseModel]: ...


class Changed(Protocol):
    """One change of the feed; ``directive`` is the record as JSON, ``None`` if withdrawn."""

    @property
    def cursor(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def change(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def directive(self) -> str | None: ...


class ChangePage(Protocol):
    """Some changes in order, the cursor behind the last, and whether there are more by now."""

    @property
    def changes(self) -> Sequence[Changed]: ...
    @property
    def cursor(self) -> str: ...
    @property
    def more(self) -> bool: ...


class Holdings(Protocol):
    """An archive as the server sees it. Every method may be called from several threads at once.

    What is not there raises ``NotFound``; a question that takes too long raises ``TooSlow``.
    """

    @property
    def filters(self) -> type[BaseModel]:
        """Which directives."""
        ...

    @property
    def collections(self) -> Sequence[Collection]:
        """The lists, the one of directives among them."""
        ...

    @property
    def questions(self) -> Sequence[Question]: ...

    @property
    def search(self) -> Search: ...

    @property
    def chains(self) -> Chains: ...

    @property
    def merging(self) -> Merging: ...

    @property
    def reviewing(self) -> Reviewing: ...

    def changes(self, since: str | None, limit: int) -> ChangePage:
        """The feed: what changed behind a cursor (``None``: from the beginning), in order."""
        ...

    def around(self, directive_id: str, most: int) -> Surroundings:
        """The newest ``most`` directives that cite one, those it cites, and its other versions."""
        ...

    def counted(self, query: str, wanted: BaseModel, most: int) -> int:
        """How many directives have all words of ``query`` (all: none) and meet a filter.

        Counted as far as ``most``; one more says that there are more.
        """
        ...

    def history(self, directive_id: str) -> tuple[str, Sequence[BaseModel]]:
        """When a directive's content was first met, and every change of it, in order."""
        ...

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """A context in which questions take no longer."""
        ...

    def caller(self, secret: str) -> Caller | None:
        """Whose token this is, if it is anybody's."""
        ...

    def counts(self) -> dict[str, int]:
        """How much there is of everything; the quickest proof that the archive answers."""
        ...

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the contract."""
        ...

    def run(self, run_id: int) -> BaseModel:
        """A run and how far it is; raises ``NotFound``."""
        ...

    def record(self, directive_id: str) -> Record: ...

    def records(self, ids: Sequence[str]) -> Sequence[Record]:
        """Those of ``ids`` that are there, by id."""
        ...

    def export(self, wanted: BaseModel, after: str, limit: int) -> Sequence[Record]:
        """Records by id, those behind ``after``."""
        ...

    def personal_words(self, ids: Sequence[str]) -> Mapping[str, Words]:
        """What must be masked in these directives."""
        ...

    def pages(self, directive_id: str) -> Sequence[PageText]: ...

    def page_image(self, record: Record, page: int) -> PageImage | None:
        """The image of a page, where it is stored."""
        ...

    def page_picture(self, record: Record, page: int, width: int) -> bytes:
        """A page as it lies in its file, drawn for people: WebP, so many pixels wide."""
        ...

    def original(self, record: Record) -> Blob: ...

    def table(
        self, form: TableForm, documents: Iterable[bytes], language: Language, name: str
    ) -> Blob:
        """A table of documents (JSON of the contract, masked already); ``name`` has no suffix."""
        ...

    def render(self, form: Form, record: Record, page: int | None) -> Blob:
        """A file made of the document, or of one page of it."""
        ...


__all__ = [
    "SCOPES", "BBox", "Blob", "Caller", "Chains", "ChangePage", "Changed", "Collection", "Decision",
    "Direction", "Form", "Holdings", "Key", "Merging", "Owners", "PageImage", "Question", "Record",
    "Relation", "Reviewing", "Scope", "Search", "Slice", "Surroundings", "Whole",
]  # fmt: skip
