"""The formats of ``vanthu export``: a name, and the function that writes it.

A format is one line in :data:`FORMATS`. Its function takes directives and a binary stream and says
how many it wrote; it is imported when it is asked for, so that a library for one format costs
nothing to the others. The same directives in the same order give the same bytes, always.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import BinaryIO, Final, Protocol, cast

from models.directive import Directive
from pipeline.errors import UsageProblem


class Writer(Protocol):
    """Writes directives to a stream; how many."""

    def __call__(self, directives: Iterable[Directive], out: BinaryIO) -> int: ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format of export. ``target`` is ``module:function`` of its :class:`Writer`.

    ``binary``: not for a terminal.
    """

    name: str
    suffix: str
    media_type: str
    description: str
    target: str
    binary: bool = False

    @property
    def write(self) -> Writer:
        """The function that writes it."""
        module, _, function = self.target.partition(":")
        return cast(Writer, getattr(import_module(module), function))


_ALL: Final = (
    Format(
        name="jsonl",
        suffix=".jsonl",
        media_type="application/x-ndjson",
        description="one directive a line, complete, after 'vanthu schema'",
        target="pipeline.publish.jsonl:write_jsonl",
    ),
)

#: By name, in the order in which they are offered.
FORMATS: Final[dict[str, Format]] = {known.name: known for known in _ALL}


def format_named(name: str) -> Format:
    """The format of that name.

    :raises UsageProblem: there is none
    """
    try:
        return FORMATS[name.strip().lower()]
    except KeyError:
        raise UsageProblem(
            f"There is no format {name!r}.", advice=f"Formats: {', '.join(FORMATS)}."
        ) from None


def writer(name: str) -> Writer:
    """The function that writes the format of that name."""
    return format_named(name).write
