"""What a file's name says of the document's number.

Offices keep files under names such as ``51 QĐ UB.signed.pdf`` or ``2352 (07-CT-UBND).pdf``: the
number with its code, or something else altogether (the number in the incoming register, a draft's,
an upload's time). Only a number that stands beside the document's own printed code tells much; a
bare number tells little, and nothing where other letters stand at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from models.codes import TYPE_OF_CODE
from models.vietnamese import fold

#: ``full``: the whole symbol stands there; ``code``: its type or its office; ``bare``: no letters.
NameKind = Literal["full", "code", "bare"]

_RANK: dict[NameKind, int] = {"full": 2, "code": 1, "bare": 0}
#: Moments that programs append, copies' numbers, and what signing software adds.
_APPENDED = re.compile(
    r"[_-]?(?:19|20)\d{6}(?:[_-]?\d{4,6})?|\(\d{1,2}\)$|[._ -]*(?:da)?\s?(?:signed|ky\s?so)"
    r"|(?<!\d)\d{1,2}[._-]\d{1,2}[._-](?:19|20)\d{2}(?!\d)"
)
_PART = re.compile(r"\d+|[a-z]+")
_MOST_DIGITS = 5


@dataclass(frozen=True, slots=True)
class NameClue:
    """The number that a name gives, and how it stands there."""

    serial: int
    kind: NameKind
    name: str


def _groups(symbol: str) -> list[str]:
    """``2011/NQ-HĐND`` -> ``["nq", "hdnd"]``."""
    return [g for g in re.split(r"[^a-z0-9]+", fold(symbol)) if g and not g.isdigit()]


def clue_of_name(path: str, symbol: str) -> NameClue | None:
    """The number that the last part of ``path`` gives for a document with this symbol.

    ``None`` where it gives none, or two that are as good.
    """
    name = PurePosixPath(path.replace("\\", "/")).name
    stem = name.rsplit(".", 1)[0] if re.search(r"\.[A-Za-z0-9]{2,5}$", name) else name
    parts = _PART.findall(_APPENDED.sub(" ", fold(stem)))
    groups = _groups(symbol)
    found: dict[int, NameKind] = {}
    for index, part in enumerate(parts):
        if not part.isdigit() or len(part) > _MOST_DIGITS or int(part) == 0:
            continue
        if _is_year(part) and index and parts[index - 1].isdigit():
            continue  # the year of "39-2011-NQ-HDND"
        kind = _kind(parts, index, groups)
        if kind is not None:
            before = found.get(int(part))
            found[int(part)] = max(kind, before, key=_RANK.__getitem__) if before else kind
    if not found:
        return None
    best = max(found.values(), key=_RANK.__getitem__)
    serials = [serial for serial, kind in found.items() if kind == best]
    return NameClue(serials[0], best, name) if len(serials) == 1 else None


def _kind(parts: list[str], index: int, groups: list[str]) -> NameKind | None:
    after = [p for p in parts[index + 1 : index + 5] if not _is_year(p)]
    letters = ""
    for part in after:
        if part.isdigit():
            break
        letters += part
    before = parts[index - 1] if index else ""
    whole = "".join(groups)
    if whole and len(whole) >= 3 and letters.startswith(whole):
        return "full"
    first = groups[0] if groups else ""
    if len(first) >= 2 and (after[:1] == [first] or _begins(letters, groups)):
        return "code"
    if before and not before.isdigit():
        coded = before == first and len(first) >= 2
        untyped = before in {"cv", "congvan"} and not _is_type(groups)
        if coded or untyped:
            return "code"
        return "bare" if before == "so" and not letters else None
    return "bare" if not letters and len(parts) == 1 and len(parts[index]) >= 2 else None


def _begins(letters: str, groups: list[str]) -> bool:
    """``tbub`` and ``ub`` as they abbreviate ``TB-UBND`` and ``UBND-KTTH``."""
    if _is_type(groups):
        rest = letters.removeprefix(groups[0])
        return rest != letters and len(rest) >= 2 and "".join(groups[1:]).startswith(rest)
    return len(letters) >= 2 and groups[0].startswith(letters)


def _is_type(groups: list[str]) -> bool:
    return bool(groups) and groups[0] in _TYPE_CODES


_TYPE_CODES = frozenset(fold(code) for code in TYPE_OF_CODE)


def _is_year(part: str) -> bool:
    return part.isdigit() and len(part) == 4 and part[:2] in {"19", "20"}


def clue_of_names(paths: Iterable[str], symbol: str) -> NameClue | None:
    """The clue of all names of one content; ``None`` where they contradict each other."""
    clues = [clue for path in sorted(paths) if (clue := clue_of_name(path, symbol)) is not None]
    if len({clue.serial for clue in clues}) != 1:
        return None
    return max(clues, key=lambda clue: _RANK[clue.kind])
