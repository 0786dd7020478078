"""Sessions of browsers: who has come in with which token, until they go or stay away.

A session lives in the memory of the server and ends with it; the cookie holds nothing but a random
name. The token is looked up anew for each request, so a revoked one shuts its sessions at once.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Final

COOKIE: Final = "vanthu_session"
#: Longer names are not ours.
_LONGEST: Final = 64


@dataclass(slots=True)
class Session:
    """One browser. ``secret``: the token it came in with (``None``: on this machine, without)."""

    id: str
    csrf: str
    begun: float
    seen: float
    secret: str | None = None
    #: Who decides at this browser, for the history.
    person: str = ""
    #: What the next page tells once (keys of the catalogue with their values).
    notices: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def bears(self, csrf: str) -> bool:
        """Whether a request was made by a page of ours in this session."""
        return hmac.compare_digest(self.csrf.encode(), csrf.encode("utf-8", "replace"))


class Sessions:
    """The sessions of one server; the longest unseen is forgotten where there are too many.

    :param idle_seconds: a session that is not seen for so long has ended
    :param whole_seconds: and so has one that is this old
    """

    def __init__(
        self,
        *,
        idle_seconds: float,
        whole_seconds: float,
        most: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.idle_seconds = idle_seconds
        self.whole_seconds = whole_seconds
        self.most = most
        self.clock = clock
        self._lock = threading.Lock()
        self._open: OrderedDict[str, Session] = OrderedDict()

    def begin(self, secret: str | None = None, person: str = "") -> Session:
        """A new session under a new name."""
        now = self.clock()
        made = Session(
            secrets.token_urlsafe(32), secrets.token_urlsafe(32), now, now, secret, person
        )
        with self._lock:
            self._open[made.id] = made
            while len(self._open) > self.most:
                self._open.popitem(last=False)
        return made

    def find(self, name: str, *, seen: bool = True) -> Session | None:
        """The session of that name if it has not ended; it is ``seen`` now, where a person asks."""
        now = self.clock()
        with self._lock:
            found = self._open.get(name)
            if found is None:
                return None
            if now - found.seen > self.idle_seconds or now - found.begun > self.whole_seconds:
                del self._open[name]
                return None
            if seen:
                found.seen = now
                self._open.move_to_end(name)
            return found

    def end(self, name: str) -> None:
        """Forget a session."""
        with self._lock:
            self._open.pop(name, None)


def named_in(header: bytes) -> str:
    """The name of a session in a Cookie header; empty where there is none."""
    try:
        morsel = SimpleCookie(header.decode("latin-1")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel is not None and len(morsel.value) <= _LONGEST else ""
