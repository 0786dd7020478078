"""Pictures of pages for people: drawn from the original in a worker process, and kept.

Small ones are kept with the archive's results, so that cards of a search show at once; all of them
in a bounded part of the memory.
"""

from __future__ import annotations

import contextlib
import io
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Final

from models.source import SourceDocument
from pipeline.archive import Archive
from pipeline.errors import NotFound, Unsupported, VanthuError
from pipeline.plan import key_of
from pipeline.pool import WorkerPool
from pipeline.settings import Limits, Settings

#: Raised when pictures are made otherwise: kept ones are made anew then.
_VERSION: Final = "1"
_STAGE: Final = "picture"
#: Up to this width pictures are kept on the disk: some 8 kilobytes each.
_KEPT_WIDTH: Final = 480
_QUALITY: Final = 78


class Pictures:
    """Pictures of an archive's pages as WebP."""

    def __init__(
        self, archive: Archive, settings: Settings, worker: Callable[[], WorkerPool]
    ) -> None:
        self._archive = archive
        self._settings = settings
        self._worker = worker
        self._near = Recent(settings.serve.picture_megabytes * 2**20)

    def get(self, source: SourceDocument, page: int, width: int) -> bytes:
        """A page, ``width`` pixels wide, as it lies in its file.

        :raises NotFound: no such page; :raises Unsupported: a text has no pages to show
        """
        if source.kind == "text":
            raise Unsupported("A text file has no pages to show.")
        if not 1 <= page <= len(source.pages):
            raise NotFound(f"The document has no page {page}.")
        key = key_of(_STAGE, _VERSION, None, source.sha256, str(page), str(width))
        found = self._near.get(key)
        if found is None and width <= _KEPT_WIDTH:
            found = self._archive.files.get(_STAGE, key)
        if found is None:
            found = self._made(source, page, width)
            if width <= _KEPT_WIDTH and not self._archive.read_only:
                with contextlib.suppress(VanthuError):  # a full disk costs time, not the picture
                    self._archive.files.put(_STAGE, key, found)
        self._near.put(key, found)
        return found

    def _made(self, source: SourceDocument, page: int, width: int) -> bytes:
        with self._archive.files.original(source.sha256) as original:
            if not original.exists():
                raise NotFound("The original is not stored, or cannot be read.")
            made: bytes = (
                self._worker()
                .submit(
                    make_picture, original, source, page, width, self._settings.limits,
                    timeout_seconds=self._settings.serve.render_seconds,
                )
                .result()
            )  # fmt: skip
        return made


def make_picture(
    original: Path, source: SourceDocument, page: int, width: int, limits: Limits
) -> bytes:
    """A page as WebP; runs in a worker process."""
    from PIL import Image

    from pipeline.ingest.raster import draw_page

    # Small print drawn small is grey: drawn twice as large and brought down it can be told.
    drawn = draw_page(original, source, source.pages[page - 1], _drawn_width(width), limits)
    if drawn.width != width:
        height = max(1, round(drawn.height * width / drawn.width))
        drawn = drawn.resize((width, height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    drawn.convert("RGB").save(out, "WEBP", quality=_QUALITY, method=2)
    return out.getvalue()


def _drawn_width(width: int) -> int:
    return 2 * width if width <= _KEPT_WIDTH else width


class Recent:
    """What was used last, up to so many bytes in all."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """What was put under a key, if it is still there."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: str, data: bytes) -> None:
        """Hold it; what was not used for longest goes."""
        with self._lock:
            self._bytes += len(data) - len(self._held.pop(key, b""))
            self._held[key] = data
            while self._bytes > self._most:
                _, gone = self._held.popitem(last=False)
                self._bytes -= len(gone)
