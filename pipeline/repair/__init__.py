"""The repair room: gives back the marks that scanning lost, and never touches a digit.

A noisy channel over tokens: an error model proposes syllables, a language model weighs them in
their sentence, a guard keeps numbers, codes and addresses as they are. Every change is an
:class:`models.text.Edit`; where the model is not sure the raw form stands.
"""

from __future__ import annotations

from models.lexicon import Lexicon
from pipeline.repair import model as _model
from pipeline.repair.repairer import Repairer
from pipeline.settings import RepairSettings

__all__ = ["STAGE_VERSION", "Repairer", "load", "model_hash"]

#: Raised whenever the same model and settings would give another result.
STAGE_VERSION = "2"


def model_hash() -> str:
    """SHA-256 of the shipped model, part of the key of stored results."""
    return _model.model_hash()


def load(settings: RepairSettings, lexicon: Lexicon | None = None) -> Repairer:
    """The repairer with the shipped model; called once in a worker process.

    :param lexicon: what people taught: words that stand as they are, and how words were misread
    """
    return Repairer(_model.load(), settings, lexicon)
