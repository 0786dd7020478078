"""The names of people who decide something."""

from __future__ import annotations

from typing import Final

from pipeline.archive.log import Author
from pipeline.errors import UsageProblem

_MOST_CHARS: Final = 200


def person(by: str) -> str:
    """The name as the history keeps it.

    :raises UsageProblem: it is none, or one that the history uses for the program itself
    """
    name = " ".join(by.split())
    if not name or len(name) > _MOST_CHARS or not name.isprintable():
        raise UsageProblem("A decision needs a name.", advice="Say who decides: --by NAME.")
    if name.casefold() == Author().actor:
        raise UsageProblem(
            f"{name!r} is how the history names the program itself.",
            advice="Give the name of the person who decides.",
        )
    return name
