"""Make ``syllables.txt`` anew: ``python -m pipeline.ingest.encodings.derive CORPORA``.

The table holds how rare each common syllable is, in natural logarithms rounded to a half, learned
from the corpora beside the repository. It ships; the texts do not.
"""

from __future__ import annotations

import lzma
import math
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

from models.vietnamese import is_syllable, nfc
from pipeline.ingest.encodings.likelihood import TABLE

#: Register of the archive first; the encyclopaedia brings names and everyday words.
_CORPORA = {"administrative": None, "laws": 200_000, "news_on_unions": None, "wikipedia": 150_000}
_KEPT = 4000
_TRIMMED = "\"'“”‘’.,;:!?()[]…-–/*"


def count(folder: Path) -> Counter[str]:
    """How often each possible syllable occurs, in lower case."""
    counts: Counter[str] = Counter()
    for name, lines in _CORPORA.items():
        with lzma.open(folder / f"{name}.txt.xz", "rt", encoding="utf-8") as file:
            for line in islice(file, lines):
                counts.update(word.strip(_TRIMMED) for word in nfc(line).lower().split())
    return Counter({word: n for word, n in counts.items() if is_syllable(word)})


def main(folder: Path) -> None:
    """Write the table: one line for each rarity, the syllables of that rarity behind it."""
    counts = count(folder)
    total = sum(counts.values())
    rows: dict[float, list[str]] = {}
    for word, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_KEPT]:
        rows.setdefault(round(-2 * math.log(n / total)) / 2, []).append(word)
    TABLE.write_text(
        "".join(f"{rarity} {' '.join(sorted(words))}\n" for rarity, words in rows.items()),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
