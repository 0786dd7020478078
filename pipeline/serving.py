"""The wiring of the server: an archive, its page images and its forms, as the serve room asks.

A new list is one :class:`Collection` in ``serving_lists``.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from pydantic import BaseModel

from models.geometry import Frame
from models.personal import Words
from models.source import SourceDocument
from models.text import PageText
from pipeline import publish, serving_lists, serving_tables
from pipeline.archive import (
    Ambiguous,
    Archive,
    Chain,
    Filter,
    Merge,
    SearchHit,
    around,
    feed,
    merging,
    patience,
    runs,
    stored,
)
from pipeline.archive.rows import HistoryRow
from pipeline.errors import NotFound, Unsupported
from pipeline.plan import Plan
from pipeline.pool import WorkerPool
from pipeline.publish.folder import name_of
from pipeline.reviewing import Guided
from pipeline.serve.ports import (
    Blob,
    Caller,
    Chains,
    ChangePage,
    Collection,
    Decision,
    Direction,
    Form,
    Language,
    Merging,
    PageImage,
    Question,
    Record,
    Relation,
    Search,
    TableForm,
)
from pipeline.serve.problems import ProblemError
from pipeline.serving_desk import Desk
from pipeline.serving_intake import Taking
from pipeline.serving_kept import Kept
from pipeline.serving_pictures import Pictures
from pipeline.settings import Settings

#: Ids that are named where a number is not enough.
_NAMED: Final = 10


class Served:
    """An archive as the server sees it; keeps the promises of ``pipeline.serve.ports.Holdings``."""

    def __init__(self, archive: Archive, settings: Settings) -> None:
        self.archive = archive
        self.settings = settings
        archive.guidance = Guided(settings)
        self._plan = Plan(settings=settings, repair_model="")
        self._pool: WorkerPool | None = None
        self._lock = threading.Lock()
        self._desk = Desk(archive)
        self._kept = Kept(lambda: archive.read(feed.latest))
        self._pictures = Pictures(archive, settings, self._worker)

    def close(self) -> None:
        """End the processes that make files, and what follows decisions."""
        self._desk.close()
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=True, cancel_futures=True)
                self._pool = None

    # -- lists -------------------------------------------------------------------------------

    @property
    def filters(self) -> type[BaseModel]:
        return Filter

    @property
    def collections(self) -> Sequence[Collection]:
        return serving_lists.collections(self.archive)

    @property
    def questions(self) -> Sequence[Question]:
        return serving_lists.questions(self.archive, self._kept)

    @property
    def search(self) -> Search:
        return Search(hit=SearchHit, filters=Filter, ask=self._search)

    def _search(self, query: str, wanted: Filter, limit: int) -> Sequence[SearchHit]:
        return self.archive.search(query, limit=limit, filter=wanted)

    def changes(self, since: str | None, limit: int) -> ChangePage:
        return self.archive.changes_json(since, limit)

    # -- how documents belong together -------------------------------------------------------

    @property
    def chains(self) -> Chains:
        return Chains(model=Chain, ask=self._chain)

    def _chain(
        self,
        document: str,
        direction: Direction,
        depth: int | None,
        relations: Sequence[Relation],
        most: int | None,
    ) -> Chain:
        try:
            return self.archive.chain(
                document, direction=direction, depth=depth, relations=relations, most=most
            )
        except Ambiguous as error:
            ids = ", ".join(error.detail.split("\n")[:_NAMED])
            raise ProblemError(404, error.reason, advice=f"Give an id: {ids}.") from None

    @property
    def merging(self) -> Merging:
        return Merging(model=Merge, get=self._merge, decide=self._decide)

    def _merge(self, merge_id: int) -> Merge:
        found = self.archive.read(lambda connection: merging.listed(connection, ids=[merge_id]))
        if not found:
            raise NotFound(f"There is no pair {merge_id}.")
        return found[0]

    def _decide(self, merge_id: int, decision: Decision, by: str, main: str | None) -> Merge:
        return self.archive.decide_merge(merge_id, decision, by=by, main=main)

    @property
    def reviewing(self) -> Desk:
        return self._desk

    def around(self, directive_id: str, most: int) -> around.Around:
        return self.archive.read(partial(around.around, directive_id=directive_id, most=most))

    def counted(self, query: str, wanted: BaseModel, most: int) -> int:
        which = cast(Filter, wanted)
        return self.archive.read(partial(around.counted, query=query, wanted=which, most=most))

    def history(self, directive_id: str) -> tuple[str, Sequence[HistoryRow]]:
        return self.archive.provenance(directive_id)

    # -- the archive -------------------------------------------------------------------------

    def within(self, seconds: float) -> AbstractContextManager[None]:
        return patience.within(seconds)

    def caller(self, secret: str) -> Caller | None:
        found = self.archive.check_token(secret)
        return None if found is None else Caller(found.id, found.scope, found.name)

    def counts(self) -> dict[str, int]:
        return self.archive.counts()

    def schema(self) -> dict[str, Any]:
        return publish.directive_schema()

    # -- records -----------------------------------------------------------------------------

    def _records(self, wanted: Filter | None = None, **more: Any) -> list[stored.Stored]:
        return self.archive.read(partial(stored.records, wanted=wanted, **more))

    def run(self, run_id: int) -> runs.RunRow:
        return self.archive.read(partial(runs.one, run_id=run_id))

    def record(self, directive_id: str) -> Record:
        found = self._records(ids=[directive_id], limit=1)
        if not found:
            raise NotFound(f"No document has the id {directive_id!r}.")
        return found[0]

    def records(self, ids: Sequence[str]) -> Sequence[Record]:
        return self._records(ids=ids, limit=len(ids))

    def export(self, wanted: BaseModel, after: str, limit: int) -> Sequence[Record]:
        return self._records(cast(Filter, wanted), after=after, limit=limit)

    def personal_words(self, ids: Sequence[str]) -> Mapping[str, Words]:
        return self.archive.read(partial(stored.personal_texts, ids=ids))

    def table(
        self, form: TableForm, documents: Iterable[bytes], language: Language, name: str
    ) -> Blob:
        return serving_tables.table(form, documents, language, name)

    # -- pages and files -----------------------------------------------------------------------

    def pages(self, directive_id: str) -> Sequence[PageText]:
        return self.archive.pages(directive_id)

    def page_image(self, record: Record, page: int) -> PageImage | None:
        source = self._source(record)
        here = next((p for p in source.pages if p.number == page), None)
        text = next((p for p in self.pages(record.id) if p.page == page), None)
        if here is None or text is None or not text.width_px or not text.height_px:
            return None
        data = self.archive.files.get("clean", self._plan.clean(source, here))
        if data is None:
            return None
        return PageImage(data, Frame(text.width_px, text.height_px, text.turn))

    def page_picture(self, record: Record, page: int, width: int) -> bytes:
        return self._pictures.get(self._source(record), page, width)

    def _source(self, record: Record) -> SourceDocument:
        source = self.archive.source(record.sha256)
        if source is None:
            raise NotFound("The source of the document is not known.")
        return source

    def original(self, record: Record) -> Blob:
        name = record.paths[0] if record.paths else record.id
        return Blob(self._opened(record), record.size_bytes, record.media_type, name)

    def _opened(self, record: Record) -> BinaryIO:
        try:
            with self.archive.files.original(record.sha256) as file:
                return file.open("rb")  # open, it stays readable without its name
        except OSError:
            raise NotFound("The original is not stored, or cannot be read.") from None

    def render(self, form: Form, record: Record, page: int | None) -> Blob:
        """Made in a process of its own: a hostile original costs that process, not the server."""
        source = self._source(record)
        pages = self.pages(record.id)
        if page is not None and not 1 <= page <= len(pages):
            raise NotFound(f"The document has no page {page}.")
        if source.kind == "text":
            raise Unsupported("A text file has no pages to show.")
        if form == "pdfa":
            self._opened(record).close()
        directive = self.archive.get(record.id)
        handle, target = tempfile.mkstemp(prefix="vanthu-")
        os.close(handle)
        try:
            seconds = self.settings.serve.render_seconds
            with self.archive.files.original(source.sha256) as original:
                item = publish.ExportItem(directive, source, pages, original)
                self._worker().submit(
                    make_file, form, item, page, target, timeout_seconds=seconds
                ).result()
            file = Path(target).open("rb")  # noqa: SIM115 - whoever sends it closes it
        finally:
            Path(target).unlink()  # an open file stays readable without its name
        suffix, media_type = _FORMS[form]
        name = f"{name_of(directive)}{'' if page is None else f'-{page:04d}'}{suffix}"
        return Blob(file, os.fstat(file.fileno()).st_size, media_type, name)

    def _worker(self) -> WorkerPool:
        with self._lock:
            if self._pool is None:
                self._pool = WorkerPool(
                    self.settings.serve.concurrent_renderings,
                    memory_megabytes=self.settings.limits.worker_memory_megabytes,
                )
            return self._pool


_FORMS: Final[dict[Form, tuple[str, str]]] = {
    "pdfa": (".pdf", "application/pdf"),
    "hocr": (".hocr.html", "text/vnd.hocr+html"),
    "alto": (".alto.xml", "application/alto+xml"),
}


def make_file(form: Form, item: publish.ExportItem, page: int | None, target: str) -> None:
    """Write a form of a document to ``target``; runs in a worker process."""
    from pipeline.publish.alto import write_alto
    from pipeline.publish.hocr import write_hocr
    from pipeline.publish.pdfa import check_pages, write_pdfa

    with Path(target).open("wb") as out:
        if form == "pdfa":
            write_pdfa(item.original, item.source, item.pages, item.directive, out)
            return
        check_pages(item.source, item.pages)
        if form == "hocr":
            write_hocr(item.source, item.pages, item.directive, out)
        else:
            write_alto(item.source, item.pages[(page or 1) - 1], item.directive, out)


def serve(
    archive: Archive,
    settings: Settings,
    *,
    named: str,
    host: str | None = None,
    port: int | None = None,
    say: Callable[[str], None],
) -> None:
    """Serve ``archive`` until a signal; ``say`` is told where, once somebody can ask.

    ``named`` is how it was named to us, for the runs that we start.

    :raises UsageProblem: no such address; :raises EnvironmentProblem: the port is taken
    """
    from pipeline.serve import create_app, listen, run
    from pipeline.serve.guard import is_loopback
    from pipeline.serve.server import address_of

    where = host or settings.serve.host
    with listen(where, settings.serve.port if port is None else port) as listening:
        served = Served(archive, settings)
        intake = Taking(archive, settings, named)
        try:
            app = create_app(served, settings.serve, host=where, intake=intake)
            app.openapi()  # made once, before somebody waits for it
            open_here = is_loopback(where) and not settings.serve.token_on_loopback
            who = "this machine only, no token" if open_here else "with a token"
            say(f"listening on {address_of(listening)}/api/v1 ({who}); stop with Ctrl-C")
            intake.open_up()
            run(app, listening, settings.serve)
        finally:
            intake.close()
            served.close()
