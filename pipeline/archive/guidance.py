"""What reviewing needs of rooms that the archive does not know; the wiring hands it in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import JsonValue

from models.deciding import without_reasons_of_decided
from models.decision_paths import Path
from models.directive import Directive
from models.text import PageText
from models.vietnamese import nfc


class Guidance(Protocol):
    """The grammar of values, and the look at a record that was changed."""

    def normalised(self, path: Path, value: JsonValue, directive: Directive) -> JsonValue:
        """A typed value in the form of the contract.

        :raises UnfitValue: it is none, and why
        """
        ...

    def rechecked(
        self, machine: Directive, decided: Directive, pages: Sequence[PageText]
    ) -> Directive:
        """``decided`` with the findings and reasons for review that it has now."""
        ...


class Plain:
    """Takes text as it is typed; knows only that what was decided needs no look."""

    def normalised(self, path: Path, value: JsonValue, directive: Directive) -> JsonValue:
        """The text in NFC, with single blanks."""
        del path, directive
        return " ".join(nfc(value).split()) if isinstance(value, str) else value

    def rechecked(
        self, machine: Directive, decided: Directive, pages: Sequence[PageText]
    ) -> Directive:
        """The machine's findings, and its reasons but for those of decided fields."""
        del pages
        return without_reasons_of_decided(machine, decided)
