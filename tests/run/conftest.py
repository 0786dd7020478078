"""A tiny folder of documents, and the installed command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import makers

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A scan of two pages, a born-digital PDF, a TIFF, and two texts."""
    return documents(tmp_path / "in")


def documents(inbox: Path) -> Path:
    """Make the documents of ``folder``."""
    inbox.mkdir()
    second = makers.page_image("2\n\nTrang thứ hai của văn bản, có nội dung riêng.")
    makers.scanned_pdf(inbox / "scan.pdf", [makers.page_image(), second])
    makers.text_pdf(inbox / "digital.pdf")
    makers.page_image(makers.CONG_VAN.replace("45", "46")).save(inbox / "fax.tif", dpi=(150, 150))
    (inbox / "one.txt").write_text(makers.CONG_VAN.replace("45", "47"), encoding="utf-8")
    (inbox / "two.md").write_text(makers.CONG_VAN.replace("45", "48"), encoding="utf-8")
    return inbox


def environment() -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("VANTHU_")}
    return clean | {"PYTHONFAULTHANDLER": "1", "COLUMNS": "200"}


@pytest.fixture
def vanthu(tmp_path: Path) -> Command:
    """Run ``vanthu`` as a user does, in ``tmp_path``."""

    def call(*args: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pipeline", *map(str, args)],
            cwd=tmp_path, env=environment() | settings, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL, timeout=600,
        )  # fmt: skip

    return call
