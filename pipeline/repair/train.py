"""``python -m pipeline.repair.train --corpora DIR --out DIR``: from corpora to the shipped model.

A pure function of the corpora, the Tesseract in use and a fixed seed. Only derived numbers are
written: counts as log probabilities, and confusion tables; no text.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from pipeline.repair import (
    channel,
    corpus,
    counts,
    forms,
    mine_codes,
    modelfile,
    parallel,
)
from pipeline.repair.align import Confusions
from pipeline.repair.channel import Channel, Table
from pipeline.repair.codes import MINED_FILE
from pipeline.repair.correct import CANDIDATES
from pipeline.repair.model import FILE_NAME, bind
from pipeline.repair.modelfile import Array
from pipeline.repair.text import examine

SEED: Final = 20261122
#: Lines that are typeset, worn and read with both engines; some 30 minutes on one core.
TYPESET_LINES: Final = 9500
#: Lines of each source that are drawn from, so that the longest does not crowd out the nearest.
_MOST_OF_A_SOURCE: Final = 60_000

_log = logging.getLogger(__name__)


def read_parallel(corpora: Path, kept: Path | None) -> list[tuple[str, str, str]]:
    """(language, line as read, true line) of typeset corpus lines.

    Reading takes most of the training time; ``kept`` of an earlier run is used as it is.
    """
    if kept is not None and kept.exists():
        return [tuple(json.loads(row)) for row in kept.read_text(encoding="utf-8").splitlines()]
    domain: list[str] = []
    for source in corpus.SOURCES[:3]:
        lines = list(corpus.read(corpora, source))
        random.Random(SEED).shuffle(lines)  # noqa: S311 - reproducible sampling, no secret
        domain.extend(lines[:_MOST_OF_A_SOURCE])
    chosen = parallel.choose_lines(domain, TYPESET_LINES, SEED)
    found = list(parallel.pairs(chosen, ("eng", "vie"), SEED))
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        rows = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found)
        kept.write_text(rows, encoding="utf-8")
    return found


def tables(seen: dict[str, Confusions]) -> dict[str, Table]:
    """From counts to the tables that are shipped."""
    return {
        "foreign": channel.from_confusions(seen["eng"], marked=0.6, lookalike=2e-3),
        "foreign_upper": channel.from_confusions(seen["eng.upper"], marked=0.9, lookalike=8e-3),
        "sound": channel.light(seen["vie"]),
    }


def known_forms(
    meta: dict[str, Any], arrays: dict[str, Array], read: Iterable[tuple[str, str, str]]
) -> None:
    """Add the candidates of every form that was met to the model, channel by channel."""
    bare = bind(meta, arrays)
    met: dict[str, set[str]] = {"foreign": set(), "foreign_upper": set()}
    for language, line, _ in read:
        for token in line.split() if language == "eng" else ():
            for piece in examine(token, True).pieces:
                upper = len(piece.text) > 1 and piece.text.isupper()
                met["foreign_upper" if upper else "foreign"].add(piece.text.lower())
    met["no_marks"] = set(bare.skeletons)
    met["sound"] = set(bare.syllables)
    meta["forms"] = {}
    for name, words in sorted(met.items()):
        channel: Channel = getattr(bare, name)
        found = ((word, channel.candidates(word, CANDIDATES)) for word in sorted(words))
        packed = forms.pack(name, (pair for pair in found if pair[1] and " " not in pair[0]))
        meta["forms"][name] = packed[0]
        arrays.update(packed[1])


def train(corpora: Path, out: Path, kept: Path | None = None) -> Path:
    """Train and write the model; the path of the file."""
    text = counts.Text()
    for source in corpus.SOURCES:
        text.add(corpus.read(corpora, source), source.weight)
        _log.info("%s: %d word types so far", source.name, len(text.types))
    meta, arrays = counts.build(text)
    read = read_parallel(corpora, kept)
    seen = parallel.learn(read)
    for name, confusions in sorted(seen.items()):
        _log.info("%s: %d of %d words wrong", name, confusions.wrong, confusions.words)
    meta["channels"] = tables(seen)
    known_forms(meta, arrays, read)
    out.mkdir(parents=True, exist_ok=True)
    official = (line for source in corpus.SOURCES[:5] for line in corpus.read(corpora, source))
    codes = mine_codes.mine(official)
    (out / MINED_FILE.name).write_text("\n".join(codes) + "\n", encoding="utf-8")
    path = out / FILE_NAME
    modelfile.write(path, meta, arrays)
    _log.info("%s: %d bytes", path, path.stat().st_size)
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.repair.train", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of training text")
    parser.add_argument("--out", type=Path, required=True, help="folder for the model file")
    parser.add_argument("--kept", type=Path, help="file that keeps what the engines read")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    train(options.corpora, options.out, options.kept)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
