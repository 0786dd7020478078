"""The campaign that a document belongs to: one id for all spellings of its name.

"01 triệu sáng kiến" is known under many spellings; other emulation movements get an id made of
their own quoted name. Names with digits are no targets.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from models.directive import Campaign
from models.vietnamese import fold
from pipeline.extract.context import Context

MILLION_ID = "01-trieu-sang-kien"
MILLION_NAME = (
    "01 triệu sáng kiến - nỗ lực vượt khó, sáng tạo, quyết tâm chiến thắng đại dịch Covid-19"
)
#: The campaign's own number; nothing inside it is a target.
MILLION = re.compile(r"(?<![\w.,])0?1\s{0,2}trieu\s{1,3}sang\s{1,2}kien")
_NEAR = re.compile(r"(?<![\w.,])0?1\s{0,2}tr[^\s]{2,4}\s{1,3}s[^\s]{2,4}\s{1,3}k[^\s]{2,4}")
_QUOTED = re.compile(
    r"(?:phong\s+trao(?:\s+thi\s+dua)?(?:\s+dac\s+biet)?|chuong\s+trinh(?:\s+thi\s+dua)?|"
    r"chien\s+dich|cuoc\s+van\s+dong)\s{0,3}[:,]?\s{0,3}[“\"«](?P<name>[^”\"»“]{12,240})[”\"»]"
)
_MAX_EVIDENCE = 10
_SAME = 88


def _slug(name: str) -> str:
    words = re.findall(r"[a-z0-9]+", fold(name))
    return "-".join(words)[:80].strip("-")


def extract_campaign(context: Context) -> Campaign | None:
    """The campaign, by the subject first, then by the most frequent name."""
    view, zones = context.view, context.zones
    last = view.lines[min(zones.end, len(view.lines)) - 1].end if view.lines else 0
    exact = list(MILLION.finditer(view.folded, 0, last))
    near = exact or [
        m for m in _NEAR.finditer(view.folded, 0, last)
        if fuzz.ratio(m[0].replace(" ", ""), "01trieusangkien") >= 75
    ]  # fmt: skip
    groups: list[tuple[str, list[re.Match[str]]]] = []
    for match in _QUOTED.finditer(view.folded, 0, last):
        name = " ".join(match["name"].split())
        if MILLION.search(name):
            continue
        for key, found in groups:
            if fuzz.ratio(key, name) >= _SAME:
                found.append(match)
                break
        else:
            groups.append((name, [match]))
    if near:
        return Campaign(
            id=MILLION_ID,
            name=MILLION_NAME,
            evidence=tuple(
                e for m in near[:_MAX_EVIDENCE] for e in view.evidence(m.start(), m.end())
            ),
        )
    if not groups:
        return None
    _, found = min(groups, key=lambda g: (-len(g[1]), g[1][0].start()))
    first = found[0]
    name = view.plain(first.start("name"), first.end("name")).strip(" .,;-–")
    evidence = tuple(e for m in found[:_MAX_EVIDENCE] for e in view.evidence(m.start(), m.end()))
    return Campaign(id=_slug(name), name=name, evidence=evidence)
