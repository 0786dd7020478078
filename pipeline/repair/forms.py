"""Candidates of the commonest misread forms, found once in training and looked up here.

Walking the tree of syllables costs milliseconds a word; a damaged text consists mostly of forms
that the training pages had as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from pipeline.repair.modelfile import Array

#: Log probabilities are stored in steps of 1/12 nat, down to -21.
_STEP: Final = 12.0

Candidates = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Forms:
    """A read-only map from forms to candidates, unpacked form by form as they are asked for."""

    index: Mapping[str, int] = field(default_factory=dict)
    starts: Array = field(default_factory=lambda: np.zeros(1, np.int64))
    ids: Array = field(default_factory=lambda: np.zeros(0, np.uint16))
    values: Array = field(default_factory=lambda: np.zeros(0, np.uint8))

    def get(self, form: str) -> Candidates | None:
        """Identifiers with log P(form | syllable), in the order in which they were found."""
        at = self.index.get(form)
        if at is None:
            return None
        part = slice(int(self.starts[at]), int(self.starts[at + 1]))
        values = (self.values[part] / -_STEP).tolist()
        return list(zip(self.ids[part].tolist(), values, strict=True))


def pack(name: str, found: Iterable[tuple[str, Candidates]]) -> tuple[str, dict[str, Array]]:
    """The forms as text and the arrays that :func:`unpack` reads."""
    forms: list[str] = []
    sizes: list[int] = []
    ids: list[int] = []
    values: list[float] = []
    for form, candidates in found:
        forms.append(form)
        sizes.append(len(candidates))
        ids.extend(i for i, _ in candidates)
        values.extend(value for _, value in candidates)
    steps = np.clip(np.rint(np.array(values) * -_STEP), 0, 255)
    return " ".join(forms), {
        f"forms.{name}.sizes": np.array(sizes, dtype=np.uint8),
        f"forms.{name}.ids": np.array(ids, dtype=np.uint16),
        f"forms.{name}.values": steps.astype(np.uint8),
    }


def unpack(name: str, meta: Mapping[str, Any], arrays: Mapping[str, Array]) -> Forms:
    """The table of one channel; empty where the model has none."""
    text = meta.get("forms", {}).get(name)
    if text is None:
        return Forms()
    sizes = arrays[f"forms.{name}.sizes"].astype(np.int64)
    return Forms(
        {form: at for at, form in enumerate(text.split(" "))},
        np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]),
        arrays[f"forms.{name}.ids"],
        arrays[f"forms.{name}.values"],
    )
