"""An archive to work on, in each database, and a way to fill it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models.directive import Directive
from pipeline.archive import Archive
from tests.archive.cluster import Cluster, started
from tests.archive.places import Databases, PostgresqlPlace, SqlitePlace
from tests.archive.stores import memory, s3, s3_server
from tests.archive.strategies import directive, page, source

#: Here once for all modules, so that there is one server for a test process.
__all__ = ["memory", "s3", "s3_server"]

Put = Callable[..., Directive]
Place = SqlitePlace | PostgresqlPlace

DATABASES = ("sqlite", "postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs an archive on both databases.

    A test that asks for ``root`` looks into the folder of an archive, so it is about SQLite.
    """
    for name in _SCOPES:
        if name in metafunc.fixturenames:
            only_folder = "root" in metafunc.fixturenames
            which = ("sqlite",) if only_folder else DATABASES
            metafunc.parametrize(name, which, indirect=True, scope=_SCOPES[name])


_SCOPES: dict[str, Any] = {"place": "function", "new_place": "function", "shared_place": "module"}


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server."""
    with started() as running:
        yield running


@pytest.fixture(scope="session")
def databases(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Empty archives in it."""
    return Databases(cluster, tmp_path_factory.mktemp("template"))


def _made(
    kind: str, request: pytest.FixtureRequest, folder: Path, schema: str = ""
) -> Iterator[Place]:
    if kind == "sqlite":
        yield SqlitePlace(folder / "archive")
        return
    databases: Databases = request.getfixturevalue("databases")
    place = databases.take(folder / "files", schema)
    yield place
    databases.give_back(place)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where an archive may be: a folder, or a database with a folder for the files."""
    yield from _made(request.param, request, tmp_path)


@pytest.fixture
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where no archive is yet: a folder or a schema that does not exist."""
    yield from _made(request.param, request, tmp_path, schema="new")


@pytest.fixture(scope="module")
def shared_place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """One for all tests of a module."""
    yield from _made(request.param, request, tmp_path_factory.mktemp("shared"))


@pytest.fixture
def root(place: Place) -> Path:
    """The folder of an archive in SQLite."""
    return place.files


@pytest.fixture
def archive(place: Place) -> Iterator[Archive]:
    with place.open(create=True) as opened:
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


@pytest.fixture(autouse=True)
def _no_server_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the person's own PG… variables say must not decide a test."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
