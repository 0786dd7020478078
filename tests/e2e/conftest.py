"""A real server, real samples and a real browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from pipeline.archive import Archive
from tests.archive.cluster import free_port
from tests.conftest import ROOT

#: Nothing of the browser's own goes to the network.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass
class Server:
    """A running ``vanthu serve`` and its archive."""

    address: str
    archive: Path


def vanthu(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command line, as a person would run it."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *words],
        cwd=cwd, env=_environment(cwd), text=True, capture_output=True, timeout=300, check=True,
    )  # fmt: skip


def _environment(cwd: Path) -> dict[str, str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith("VANTHU_")}
    return own | {"PYTHONPATH": str(ROOT), "HOME": str(cwd)}


def serve(archive: Path, log: Path, *words: str) -> tuple[subprocess.Popen[bytes], str]:
    """Start a server and wait until it answers."""
    port = free_port()
    command = [sys.executable, "-m", "pipeline", "serve", "--archive", str(archive),
               "--port", str(port), *words]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=log.parent, env=_environment(log.parent), stdout=out, stderr=out
        )
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            httpx.get(f"{address}/api/v1/ready", timeout=5)
        except httpx.TransportError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
        else:
            return process, address
    process.kill()
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")  # its event loop would stand in the way of other tests' own
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An empty archive that is served."""
    folder = tmp_path_factory.mktemp("served")
    archive = folder / "archive"
    Archive.open(archive, create=True).close()
    process, address = serve(archive, folder / "server.log")
    try:
        yield Server(address, archive)
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def context(chromium: Browser, server: Server) -> Iterator[BrowserContext]:
    made = chromium.new_context(
        base_url=server.address, locale="vi-VN", viewport={"width": 1366, "height": 850}
    )
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test where its script does or where the policy refuses something."""
    made = context.new_page()
    troubles: list[str] = []
    made.on("pageerror", lambda error: troubles.append(str(error)))
    made.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    yield made
    assert not troubles
