"""Legacy encodings told and read, by the length of the text; and what is none, never taken for one.

Text comes from the corpora (pages of directives), is written in each encoding with our own tables
and read again. Right means: every letter as it was (TCVN3 has no marked capitals: case aside). The
tables themselves are held against other people's in the tests. The rules for VIQR without escapes
were written with an eye on these texts; on others they read a few pages in a hundred fewer.
"""

from __future__ import annotations

import lzma
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from benchmarks.common import need_shared, share, show, write
from models.vietnamese import LETTERS, nfc, strip_marks
from pipeline.errors import Unsupported
from pipeline.ingest.encodings import Decoded, decode_bytes, decode_text, viqr
from pipeline.ingest.encodings.tables import ENCODINGS, TCVN3, Encoding, codes

_LENGTHS = {"60 letters": 60, "one line": 90, "five lines": 450, "page": 2200}
_TEXTS = 300
#: The table of syllables has not seen the first two.
_SOURCES = ("news", "legal_articles", "administrative")
_NONE_OF_IT = ("news", "legal_articles", "laws", "wikipedia", "administrative", "news_on_unions")
#: What none of the encodings can write; a real text in one of them has the plain form.
_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "..."})
_WRITABLE = frozenset(LETTERS) | {chr(c) for c in range(0x20, 0x7F)} | {"\n"}


def lines_of(path: Path, start: int, count: int) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in islice(file, start, start + count):
            yield nfc(line.strip())


def texts(folder: Path, letters: int) -> list[str]:
    """Stretches of running text, each of some ``letters`` letters."""
    made: list[str] = []
    for name in _SOURCES:
        part: list[str] = []
        size = 0
        wanted = len(made) + _TEXTS // len(_SOURCES)
        for line in lines_of(
            folder / f"{name}.txt.xz", 200_000 if name == "news" else 20_000, 40_000
        ):
            line = line.translate(_PLAIN)
            if not _WRITABLE.issuperset(line) or len(line) < 40:
                continue
            for word in line.split():
                part.append(word)
                size += len(word) + 1
                if size >= letters:
                    made.append(" ".join(part))
                    part, size = [], 0
            part.append("\n") if part else None
            if len(made) >= wanted:
                break
        made = made[:wanted]
    return [text.replace(" \n ", "\n").strip() for text in made]


Reader = Callable[[str], Decoded]


def as_text(encoding: Encoding) -> Reader:
    return lambda text: decode_text(encoding.write(text))


def as_file(encoding: Encoding) -> Reader:
    return lambda text: decode_bytes(codes(encoding.write(text)).encode("latin-1"))


def measure(
    read: Reader, samples: list[str], *, case: bool = True
) -> dict[str, float | int | None]:
    right = wrong = left = 0
    started = time.perf_counter()
    for text in samples:
        try:
            made = read(text)
        except Unsupported:
            left += 1
            continue
        same = made.text == text if case else made.text.lower() == text.lower()
        right += same
        left += not same and not made.encodings
        wrong += not same and bool(made.encodings)
    spent = time.perf_counter() - started
    n = len(samples)
    return {
        "texts": n,
        "right_percent": share(right, n),
        "left_percent": share(left, n),
        "wrong_percent": share(wrong, n),
        "milliseconds": round(1000 * spent / n, 2),
    }


def false_alarms(folder: Path) -> dict[str, dict[str, int]]:
    """Lines and pages that are Unicode or plain ASCII, and how many were touched or doubted."""
    counts: dict[str, dict[str, int]] = {}
    for name in _NONE_OF_IT:
        lines = list(lines_of(folder / f"{name}.txt.xz", 0, 40_000))[::8]
        pages = ["\n".join(lines[i : i + 40]) for i in range(0, len(lines), 40)]
        made = {"texts": 0, "taken": 0, "doubted": 0}
        for text in (*lines, *pages, *map(strip_marks, lines), *map(strip_marks, pages)):
            decoded = decode_text(text)
            made["texts"] += 1
            made["taken"] += bool(decoded.encodings)
            made["doubted"] += any("doubtful" in f.code for f in decoded.findings)
        counts[name] = made
    return counts


def readers() -> dict[str, tuple[Reader, bool]]:
    made: dict[str, tuple[Reader, bool]] = {}
    for encoding in ENCODINGS:
        made[f"{encoding.title}, text"] = (as_text(encoding), encoding is not TCVN3)
        if not encoding.name.startswith("utf-8"):
            made[f"{encoding.title}, bytes"] = (as_file(encoding), encoding is not TCVN3)
    made["VIQR"] = (lambda text: decode_text(viqr.write(text)), True)
    made["VIQR without escapes"] = (
        lambda text: decode_text(viqr.write(text).replace("\\", "")),
        True,
    )
    return made


def main() -> None:
    folder = need_shared() / "corpora"
    samples = {name: texts(folder, letters) for name, letters in _LENGTHS.items()}
    figures: dict[str, dict[str, dict[str, float | int | None]]] = {}
    rows: list[list[object]] = []
    for title, (read, case) in readers().items():
        figures[title] = {n: measure(read, many, case=case) for n, many in samples.items()}
        cells: list[object] = []
        for figure in figures[title].values():
            cells += [figure["right_percent"], figure["wrong_percent"]]
        rows.append([title, *cells, figures[title]["page"]["milliseconds"]])
    heads = [head for name in _LENGTHS for head in (name, "wrong")]
    show("Texts read right, % (and wrong; the rest was left)", ["", *heads, "ms/page"], rows)
    alarms = false_alarms(folder)
    show(
        "Unicode and ASCII taken for something else",
        ["corpus", "texts", "taken", "doubted"],
        [[name, *made.values()] for name, made in alarms.items()],
    )
    write("encodings", {"read": figures, "none_of_it": alarms})
