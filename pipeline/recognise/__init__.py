"""The recognise room: a page image goes in, words with boxes come out, in reading order.

The engine reads (:mod:`.tesseract`), junk is set aside (:mod:`.noise`) and the lines are put in the
order in which the document means them (:mod:`.layout`): the head and the foot of the page stand in
two columns, and what is laid over the page is no text of its own. A second engine reads the same
lines (:mod:`.second`), both vote on each word (:mod:`.voting`), and what was written by hand is
marked (:mod:`.handwriting`, :mod:`.blanks`) and kept as pictures (:mod:`.crops`). Words of a text
layer go through :func:`layout_page` alone.
"""

from __future__ import annotations

from typing import Final

from pipeline.recognise.crops import crop_of
from pipeline.recognise.engine import Engine, EngineLine
from pipeline.recognise.layout import layout_page, order_words
from pipeline.recognise.recogniser import Recogniser, engine_hash, load
from pipeline.recognise.second import Heard, SecondReader
from pipeline.recognise.voting import Scorer

#: Part of the key under which results are stored: raise it when results would differ.
STAGE_VERSION: Final = "4"

__all__ = [
    "STAGE_VERSION",
    "Engine",
    "EngineLine",
    "Heard",
    "Recogniser",
    "Scorer",
    "SecondReader",
    "crop_of",
    "engine_hash",
    "layout_page",
    "load",
    "order_words",
]
