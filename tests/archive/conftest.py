"""An archive to work on, and a way to fill it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models.directive import Directive
from pipeline.archive import Archive
from tests.archive.strategies import directive, page, source

Put = Callable[..., Directive]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def archive(root: Path) -> Iterator[Archive]:
    with Archive.open(root, create=True) as opened:
        yield opened


@pytest.fixture
def run_id(archive: Archive) -> int:
    return archive.begin_run("ingest", "0.1.0")


@pytest.fixture
def put(archive: Archive, run_id: int) -> Put:
    """Put a directive with one page, or with ``pages``, under ``path``."""

    def put_one(
        name: str, text: str = "", *, path: str = "", pages: Any = None, **fields: Any
    ) -> Directive:
        made = directive(name, **fields)
        archive.record_source(path or f"in/{name}.pdf", source(name))
        archive.put_directive(made, pages or [page(text)], result_key="key-1", run_id=run_id)
        return made

    return put_one
