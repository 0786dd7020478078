"""The shipped model: language model and error tables, loaded once a process."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from models.vietnamese import strip_marks
from pipeline.errors import EnvironmentProblem
from pipeline.repair import forms, modelfile
from pipeline.repair.channel import Channel, Table, prefix_tree, stripped
from pipeline.repair.lm import LanguageModel, from_arrays
from pipeline.repair.modelfile import Array

FILE_NAME: Final = "repair.bin"
MODEL_FILE: Final = Path(__file__).parent / "model" / FILE_NAME


@dataclass(frozen=True, slots=True)
class RepairModel:
    """Everything that was learned."""

    lm: LanguageModel
    syllables: Mapping[str, int]
    skeletons: frozenset[str]
    #: Read by an engine without Vietnamese; its words in capitals; typed without marks; read by a
    #: good engine.
    foreign: Channel
    foreign_upper: Channel
    no_marks: Channel
    sound: Channel


@lru_cache(maxsize=4)
def model_hash(path: Path = MODEL_FILE) -> str:
    """SHA-256 of the model file, for the keys of stored results."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise EnvironmentProblem(
            "The language model of the repair stage is missing.",
            advice="Install vanthu again.",
            detail=str(error),
        ) from error


def load(path: Path = MODEL_FILE) -> RepairModel:
    """Read the model file and bind its tables to the vocabulary."""
    return bind(*modelfile.read(path))


def bind(meta: dict[str, Any], arrays: dict[str, Array]) -> RepairModel:
    """The model from the contents of its file."""
    lm = from_arrays(meta, arrays)
    syllables = lm.syllable_ids()
    prefixes = prefix_tree(syllables)
    prior = [float(value) for value in lm.unigram]
    tables: dict[str, Table] = {
        name: {read: [(true, value) for true, value in row] for read, row in table.items()}
        for name, table in meta["channels"].items()
    }
    tables["no_marks"] = stripped()

    def channel(name: str, *, lossy: bool = False) -> Channel:
        known = forms.unpack(name, meta, arrays)
        return Channel(tables[name], prefixes, syllables, lossy, prior, known)

    return RepairModel(
        lm=lm,
        syllables=syllables,
        skeletons=frozenset(strip_marks(word) for word in syllables),
        foreign=channel("foreign", lossy=True),
        foreign_upper=channel("foreign_upper", lossy=True),
        no_marks=channel("no_marks"),
        sound=channel("sound"),
    )
