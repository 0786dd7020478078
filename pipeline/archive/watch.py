"""How long work tells how far it is: the work calls, whoever started it shows."""

from __future__ import annotations

from collections.abc import Callable

#: Called with what is being done, how many are done, and of how many (``None``: not known).
Watch = Callable[[str, int, int | None], None]


def unwatched(what: str, done: int, total: int | None) -> None:
    """Nobody looks."""
