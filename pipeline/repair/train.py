"""``python -m pipeline.repair.train --corpora DIR --out DIR``: from corpora to the shipped model.

A pure function of the corpora, the Tesseract in use and a fixed seed. Only derived numbers are
written: counts as log probabilities, and confusion tables; no text.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pipeline.repair import channel, corpus, counts, modelfile, parallel
from pipeline.repair.align import Confusions
from pipeline.repair.channel import Table
from pipeline.repair.model import FILE_NAME

SEED: Final = 20261121
#: Lines that are typeset, worn and read with both engines; about three minutes on one core.
TYPESET_LINES: Final = 1140

_log = logging.getLogger(__name__)


def learn_channels(corpora: Path, lines: int = TYPESET_LINES) -> dict[str, Table]:
    """The error tables, from real readings of typeset corpus lines."""
    domain = [line for source in corpus.SOURCES[:3] for line in corpus.read(corpora, source)]
    chosen = parallel.choose_lines(domain, lines, SEED)
    seen = parallel.learn(parallel.pairs(chosen, ("eng", "vie"), SEED))
    for name, confusions in sorted(seen.items()):
        _log.info("%s: %d of %d words wrong", name, confusions.wrong, confusions.words)
    return tables(seen)


def tables(seen: dict[str, Confusions]) -> dict[str, Table]:
    """From counts to the tables that are shipped."""
    return {
        "foreign": channel.from_confusions(seen["eng"], marked=0.6, lookalike=2e-3),
        "foreign_upper": channel.from_confusions(seen["eng.upper"], marked=0.9, lookalike=8e-3),
        "sound": channel.light(seen["vie"]),
    }


def train(corpora: Path, out: Path) -> Path:
    """Train and write the model; the path of the file."""
    text = counts.Text()
    for source in corpus.SOURCES:
        text.add(corpus.read(corpora, source), source.weight)
        _log.info("%s: %d word types so far", source.name, len(text.types))
    meta, arrays = counts.build(text)
    meta["channels"] = learn_channels(corpora)
    out.mkdir(parents=True, exist_ok=True)
    path = out / FILE_NAME
    modelfile.write(path, meta, arrays)
    _log.info("%s: %d bytes", path, path.stat().st_size)
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.repair.train", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of training text")
    parser.add_argument("--out", type=Path, required=True, help="folder for the model file")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    train(options.corpora, options.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
