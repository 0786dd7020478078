"""How long a question may take: a server must get its threads back.

The limit belongs to the context (a request and the threads that work for it), so no query has to
hand it on. SQLite looks at it while it works; another database is told before it begins.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Final

_until: Final[ContextVar[float | None]] = ContextVar("vanthu_until", default=None)
#: Instructions of SQLite's machine between two looks at the clock: some milliseconds.
_INSTRUCTIONS: Final = 100_000


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Questions asked in this context fail with ``TooSlow`` once ``seconds`` have passed."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def seconds_left() -> float | None:
    """How long the context still has, never below 0; ``None``: as long as it takes."""
    until = _until.get()
    return None if until is None else max(0.0, until - time.monotonic())


def watch(connection: sqlite3.Connection) -> None:
    """Let ``connection`` interrupt what it does when its time is over."""
    connection.set_progress_handler(_is_over, _INSTRUCTIONS)


def _is_over() -> bool:
    left = seconds_left()
    return left is not None and left <= 0
