"""The wiring of reviewing: the archive keeps decisions, extract knows the grammar, check looks."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from models.decision_paths import Path
from models.directive import Directive
from models.text import PageText
from pipeline import check
from pipeline.extract.typed import typed
from pipeline.settings import Settings


class Guided:
    """Keeps the promises of ``pipeline.archive.guidance.Guidance``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings.check

    def normalised(self, path: Path, value: JsonValue, directive: Directive) -> JsonValue:
        """A typed value in the form of the contract; :raises UnfitValue: it is none."""
        return typed(path, value, directive)

    def rechecked(
        self, machine: Directive, decided: Directive, pages: Sequence[PageText]
    ) -> Directive:
        """``decided`` with the findings and reasons that it has now."""
        return check.rechecked(machine, decided, pages, self._settings)
