"""Pictures of the pages for the README and the guides, made from the samples alone.

Run it with the interpreter of .venv: it ingests the samples into a new archive, serves it, opens
each page in a headless Chromium, and writes ``docs/images/NAME.png``.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PORT = 8431
ADDRESS = f"http://127.0.0.1:{PORT}"
WIDE, SMALL = {"width": 1366, "height": 850}, {"width": 390, "height": 800}
#: A browser under root needs the first; the others keep it off the network.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
#: A scan whose number is written by hand, and a plan with targets.
_SCAN, _PLAN = "10-cong-van-tinh-uy.pdf", "08-ke-hoach-dao-trang.pdf"


def main() -> None:
    """Make all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        archive = str(Path(folder) / "archive")
        vanthu = [sys.executable, "-m", "pipeline"]
        samples = ["samples/finished", "samples/seeds"]
        subprocess.run([*vanthu, "ingest", *samples, "--archive", archive], cwd=ROOT, check=False)
        server = subprocess.Popen(
            [*vanthu, "serve", "--archive", archive, "--port", str(PORT)], cwd=ROOT
        )
        try:
            _wait()
            _take()
        finally:
            server.terminate()
            server.wait(30)


def _wait() -> None:
    for _ in range(300):
        try:
            httpx.get(f"{ADDRESS}/api/v1/ready", timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


def _take() -> None:
    rows = httpx.get(f"{ADDRESS}/api/v1/directives", timeout=60).json()["items"]
    ids = {Path(row["path"]).name: row["id"] for row in rows}
    pages = {
        "inbox": "/inbox",
        "queue": "/review",
        "desk": f"/review/{ids[_SCAN]}",
        "document": f"/documents/{ids[_PLAN]}",
        "search": "/search?q=sang+kien",
        "dashboard": "/dashboard",
    }
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for name, address in pages.items():
            page = browser.new_page(base_url=ADDRESS, viewport=WIDE, locale="vi-VN")
            _open(page, address)
            _keep(page.screenshot(), name)
            page.close()
        page = browser.new_page(base_url=ADDRESS, viewport=SMALL, locale="vi-VN")
        _open(page, pages["desk"])
        _keep(page.screenshot(), "desk-small")
        page.close()
        page = browser.new_page(base_url=ADDRESS, viewport=WIDE, locale="vi-VN")
        for panel in ("progress", "deadlines", "chain", "coverage", "quality"):
            _open(page, f"/dashboard/{panel}")
            _keep(page.locator("main").screenshot(), f"dashboard-{panel}")
        browser.close()


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(700)  # the viewer glides to the place of a field


def _keep(picture: bytes, name: str) -> None:
    """With as many colours as the eye needs: a third of the bytes."""
    target = ROOT / "docs" / "images" / f"{name}.png"
    target.parent.mkdir(exist_ok=True)
    small = Image.open(io.BytesIO(picture)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(target, optimize=True)
    print(target.relative_to(ROOT), target.stat().st_size // 1024, "kB")


if __name__ == "__main__":
    main()
