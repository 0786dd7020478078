"""The files that pages need, shipped in the package: styles, scripts, icons."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file; ``mark`` changes with its content, so that browsers may keep it for ever."""

    body: bytes
    packed: bytes
    media_type: str
    mark: str


def load() -> dict[str, Asset]:
    """Every asset by its name."""
    found = {}
    for file in files(__package__).joinpath("static").iterdir():
        kind = _TYPES.get(f".{file.name.rpartition('.')[2]}")
        if kind is not None:
            body = file.read_bytes()
            mark = hashlib.sha256(body).hexdigest()[:16]
            found[file.name] = Asset(body, gzip.compress(body, 9, mtime=0), kind, mark)
    return found
