"""The small protocol that every engine meets."""

from __future__ import annotations

from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from models.text import Word

#: A line as the engine grouped it: words with boxes in fractions of the page, left to right.
EngineLine: TypeAlias = tuple[Word, ...]


class Engine(Protocol):
    """Reads a grey page image.

    ``reading_dpi`` asks for another resolution than the engine's own choice: a page that came out
    badly is read once more at another size. ``segmentation`` is a page segmentation mode for what
    is no whole page: a stamp is one block of text.
    """

    name: str

    def read(
        self,
        image: npt.NDArray[np.uint8],
        *,
        dpi: float,
        timeout_seconds: float,
        reading_dpi: float = ...,
        segmentation: int | None = ...,
    ) -> list[EngineLine]:
        """The lines of the page in the engine's order."""
        ...
