from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from samples.fonts import FontUnfit, font_file
from samples.make import TRUTH


@pytest.fixture(autouse=True, scope="session")
def tinos() -> None:
    try:
        font_file("Regular")
    except FontUnfit as missing:
        pytest.skip(str(missing))


def finished_truths() -> list[Path]:
    return sorted(TRUTH.glob("*.truth.json"))


def load(path: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return truth
