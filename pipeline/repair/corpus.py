"""The training text: what is read, how much of it, with what weight, and what is held out."""

from __future__ import annotations

import lzma
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models.vietnamese import unify

#: One document of this many is held out of training, by its index (file order is fixed).
HELD_OUT_EVERY: Final = 20
_HELD_OUT_AT: Final = 7


@dataclass(frozen=True, slots=True)
class Source:
    """A corpus file, each of its lines counted ``weight`` times."""

    name: str
    weight: int
    documents: bool = False


#: Nearest to the domain first.
SOURCES: Final = (
    Source("administrative.txt.xz", 8, documents=True),
    Source("legal_documents.tar.xz", 3, documents=True),
    Source("news_on_unions.txt.xz", 3),
    Source("laws.txt.xz", 1),
    Source("legal_articles.txt.xz", 1),
    Source("news.txt.xz", 1),
    Source("wikipedia.txt.xz", 1),
)


def _documents(path: Path) -> Iterator[str]:
    if path.name.endswith(".tar.xz"):
        with tarfile.open(path, "r:xz") as archive:
            names = sorted(m.name for m in archive.getmembers() if m.name.endswith(".txt"))
        texts: dict[str, str] = {}
        with tarfile.open(path, "r:xz") as archive:
            for member in archive:
                if member.name.endswith(".txt") and (file := archive.extractfile(member)):
                    texts[member.name] = file.read().decode("utf-8", "replace")
        yield from (texts[name] for name in names)
    else:
        with lzma.open(path, "rt", encoding="utf-8", errors="replace") as whole:
            yield from whole.read().split("\f")


def read(corpora: Path, source: Source, *, held_out: bool = False) -> Iterator[str]:
    """The lines of one source; with ``held_out`` the documents that training never sees."""
    path = corpora / source.name
    if source.documents:
        for index, text in enumerate(_documents(path)):
            if (index % HELD_OUT_EVERY == _HELD_OUT_AT) == held_out:
                yield from unify(text).splitlines()
        return
    if held_out:
        return
    with lzma.open(path, "rt", encoding="utf-8", errors="replace") as file:
        for line in file:
            yield unify(line)
