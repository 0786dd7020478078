"""The pages that people see, asked of the real server over loopback, on an archive at size.

``python -m benchmarks pages``; ``VANTHU_BENCH_DIRECTIVES`` and ``VANTHU_BENCH_ARCHIVE`` as for
``archive``. A server is started anew for every page, twice: once with the database dropped from
the system's file cache (``cold``), once with it there (``first``); both times it is the first
request that the server is ever asked. What follows is asked warm. The bytes are those of the page
itself, as it is sent: without images, styles and scripts, which are asked for apart.
A page that comes with an error (a question that took too long, 504) is counted as ``failed``.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx

from benchmarks import loading
from benchmarks.archive import at_size
from benchmarks.archive_questions import SEED
from benchmarks.common import ROOT, scratch, show, write

#: Requests that are counted after the first.
_TIMES: Final = 20
_PATIENCE_SECONDS: Final = 60.0
_HTMX: Final = {"HX-Request": "true"}
_PANELS: Final = ("progress", "deadlines", "chain", "coverage", "quality")


@dataclass(frozen=True, slots=True)
class Asked:
    """One page: what it is called here, its address, and what is sent along with it."""

    name: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)


def asked(document: str) -> list[Asked]:
    """Each area's first page, and each part of the dashboard as its frame asks for it.

    :param document: id of the document that is shown and reviewed
    """
    return [
        Asked("inbox", "/inbox"),
        Asked("review", "/review"),
        Asked("search", "/search"),
        Asked("search: words", "/search?q=lien+doan+lao+dong"),
        Asked("search: a level", "/search?level=province"),
        Asked("document", f"/documents/{document}"),
        Asked("desk", f"/review/{document}"),
        Asked("dashboard", "/dashboard"),
        Asked("dashboard, English", "/dashboard", {"Cookie": "vanthu_language=en"}),
        *(Asked(f"dashboard: {name}", f"/dashboard/{name}", _HTMX) for name in _PANELS),
    ]


def main() -> None:
    count = int(os.environ.get("VANTHU_BENCH_DIRECTIVES", "100000"))
    with at_size() as archive, scratch() as home:
        loading.load(archive, SEED, count)
        document = _a_document(archive, home)
        figures = [_measured(archive, home, page) for page in asked(document)]
    show(
        f"Pages of {count:,} directives, ms",
        ("page", "cold", "first", "median", "p95", "kB", "failed"),
        [
            (
                f["page"],
                f["cold_ms"],
                f["first_ms"],
                f["median_ms"],
                f["p95_ms"],
                f["bytes"] / 1000,
                f["failed"],
            )
            for f in figures
        ],
    )
    write("pages", {"directives": count, "load_average": _load(), "pages": figures})


def _a_document(archive: Path, home: Path) -> str:
    with server(archive, home) as client:
        listed = client.get("/api/v1/directives", params={"limit": 1}).raise_for_status().json()
    return str(listed["items"][0]["id"])


def _measured(archive: Path, home: Path, page: Asked) -> dict[str, Any]:
    forget(archive / "vanthu.db")
    with server(archive, home) as client:
        cold = _once(client, page)
    with server(archive, home) as client:
        first = _once(client, page)
        following = [_once(client, page) for _ in range(_TIMES)]
    times = [one.milliseconds for one in following]
    return {
        "page": page.name,
        "cold_ms": round(cold.milliseconds, 1),
        "first_ms": round(first.milliseconds, 1),
        "median_ms": round(quantile(times, 0.5), 1),
        "p95_ms": round(quantile(times, 0.95), 1),
        "bytes": max(one.size for one in following),
        "failed": sum(one.status != httpx.codes.OK for one in (cold, first, *following)),
    }


class Answer(NamedTuple):
    """What one request took, and what came."""

    milliseconds: float
    size: int
    status: int


def _once(client: httpx.Client, page: Asked) -> Answer:
    began = time.perf_counter()
    response = client.get(page.path, headers=page.headers)
    took = 1000 * (time.perf_counter() - began)
    return Answer(took, len(response.content), response.status_code)


def quantile(times: Sequence[float], share: float) -> float:
    """The smallest of them that ``share`` of all do not exceed."""
    ordered = sorted(times)
    return ordered[max(0, -(-len(ordered) * round(1000 * share) // 1000) - 1)]


def forget(file: Path) -> None:
    """Drop what the system keeps of a file in memory, as far as it is written and nobody maps it.

    Only Linux and its like have this; elsewhere "cold" is as the system has it.
    """
    if not hasattr(os, "posix_fadvise"):
        return
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


@contextmanager
def server(archive: Path, home: Path) -> Iterator[httpx.Client]:
    """``vanthu serve`` as it is by default, and a client that knows no page of it yet."""
    port = _free_port()
    command = [sys.executable, "-m", "pipeline", "serve",
               "--archive", str(archive.absolute()), "--port", str(port)]  # fmt: skip
    own = {key: value for key, value in os.environ.items() if not key.startswith("VANTHU_")}
    environment = own | {"PYTHONPATH": str(ROOT), "HOME": str(home)}
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        with httpx.Client(
            base_url=address, follow_redirects=True, timeout=_PATIENCE_SECONDS
        ) as client:
            _wait(client, process, home / "server.log")
            yield client
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def _wait(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    last = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < last and process.poll() is None:
        try:
            if client.get("/api/v1/ready").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise SystemExit(f"The server did not start:\n{log.read_text('utf-8', 'replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _load() -> float:
    return round(os.getloadavg()[0], 1)
