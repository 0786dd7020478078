"""Who has which document open, so that two people are not led to the same one.

In memory and for a short while: no decision is refused for it. Whoever comes to a document that is
open elsewhere is told so, and decisions of both are kept or shown as a conflict by the archive.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple

#: A page that is open says so more often than this.
SECONDS: Final = 90.0
_MOST: Final = 10_000


class _Open(NamedTuple):
    person: str
    at: float


class Presence:
    """Open documents by session."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: OrderedDict[tuple[str, str], _Open] = OrderedDict()

    def here(self, directive_id: str, session: str, person: str) -> None:
        """A session has a document open."""
        with self._lock:
            self._open.pop((directive_id, session), None)
            self._open[directive_id, session] = _Open(person, self._clock())
            while len(self._open) > _MOST:
                self._open.popitem(last=False)

    def claim(self, directive_id: str, session: str, person: str) -> bool:
        """Take a document that no other session has open; whether that was so."""
        since = self._clock() - SECONDS
        with self._lock:
            for (other, whose), one in self._open.items():
                if other == directive_id and whose != session and one.at >= since:
                    return False
            self._open.pop((directive_id, session), None)
            self._open[directive_id, session] = _Open(person, self._clock())
        return True

    def gone(self, directive_id: str, session: str) -> None:
        """It has it open no more."""
        with self._lock:
            self._open.pop((directive_id, session), None)

    def others(self, session: str) -> dict[str, str]:
        """What other sessions have open, with the name of one person (empty: not told yet)."""
        since = self._clock() - SECONDS
        with self._lock:
            while self._open and next(iter(self._open.values())).at < since:
                self._open.popitem(last=False)
            return {
                directive_id: one.person
                for (directive_id, whose), one in self._open.items()
                if whose != session
            }
