"""The campaign that a document belongs to: one id for all spellings of its name.

"01 triệu sáng kiến" is known under many spellings, with and without "nỗ lực", with dashes or
commas, "Covid – 19" or "COVID-19"; other movements that sound alike are kept apart ("75 nghìn sáng
kiến"). A movement that is not known gets an id made of its own quoted name. Names with digits are
no targets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from models.directive import Campaign
from models.vietnamese import fold
from pipeline.extract.context import Context

MILLION_ID = "01-trieu-sang-kien"
MILLION_NAME = (
    "01 triệu sáng kiến - nỗ lực vượt khó, sáng tạo, quyết tâm chiến thắng đại dịch Covid-19"
)
#: The campaign's own number; nothing inside it is a target.
MILLION = re.compile(r"(?<![\w.,])(?:0?1|mot)\s{0,2}trieu\s{1,3}sang\s{1,2}kien")
_NEAR = re.compile(r"(?<![\w.,])0?1\s{0,2}tr[^\s]{2,4}\s{1,3}s[^\s]{2,4}\s{1,3}k[^\s]{2,4}")
#: Movements of the confederation that offices name in many ways: id, name, folded beginnings.
_KNOWN: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (MILLION_ID, MILLION_NAME, ("01 trieu sang kien", "mot trieu sang kien")),
    ("75-nghin-sang-kien", "75 nghìn sáng kiến, vượt khó, phát triển",
     ("75 nghin sang kien", "75.000 sang kien")),
    ("lao-dong-gioi-lao-dong-sang-tao", "Lao động giỏi, lao động sáng tạo",
     ("lao dong gioi lao dong sang tao",)),
    ("xanh-sach-dep", "Xanh - Sạch - Đẹp, bảo đảm an toàn vệ sinh lao động",
     ("xanh sach dep bao dam an toan ve sinh lao dong", "xanh sach dep")),
    ("mai-am-cong-doan", "Mái ấm Công đoàn", ("mai am cong doan",)),
    ("tet-sum-vay", "Tết Sum vầy", ("tet sum vay",)),
    ("gioi-viec-nuoc-dam-viec-nha", "Giỏi việc nước, đảm việc nhà",
     ("gioi viec nuoc dam viec nha",)),
)  # fmt: skip
_QUOTED = re.compile(
    r"(?:phong\s+trao(?:\s+thi\s+dua)?(?:\s+dac\s+biet)?|chuong\s+trinh(?:\s+thi\s+dua)?|"
    r"chien\s+dich|cuoc\s+van\s+dong)\s{0,3}[:,]?\s{0,3}[“\"«](?P<name>[^”\"»“]{12,240})[”\"»]"
)
_MAX_EVIDENCE = 10
_SAME = 88
_DAMAGED = 75
#: A name in the subject says more about the document than one in its text.
_IN_SUBJECT = 4


@dataclass(slots=True)
class _Named:
    """One campaign with every place that names it."""

    id: str
    name: str
    key: str
    score: int = 0
    places: list[tuple[int, int]] = field(default_factory=list)


def _slug(name: str) -> str:
    words = re.findall(r"[a-z0-9]+", fold(name))
    return "-".join(words)[:80].strip("-")


def known(name: str) -> tuple[str, str] | None:
    """Id and name of the known campaign that a quoted name means, if any.

    A campaign may be cut short or carry an addition; its beginning names it.
    """
    key = " ".join(re.findall(r"[a-z0-9.]+", fold(name)))
    for id_, canonical, aliases in _KNOWN:
        for alias in aliases:
            if fuzz.ratio(key[: len(alias) + 2].strip(), alias) >= _SAME:
                return id_, canonical
    return None


def extract_campaign(context: Context) -> Campaign | None:
    """The campaign named most, names in the subject counting for several."""
    view, zones = context.view, context.zones
    if not view.lines:
        return None
    head = max(zones.header[1], zones.kinh_gui, zones.type_line + zones.type_lines + 1)
    head_end = view.lines[min(max(head, 1), len(view.lines)) - 1].end
    named: list[_Named] = []
    for start, end, id_, name in _mentions(context):
        key = fold(name)
        one = next((n for n in named if n.id == id_ or fuzz.ratio(n.key, key) >= _SAME), None)
        if one is None:
            one = _Named(id_, name, key)
            named.append(one)
        one.places.append((start, end))
        one.score += _IN_SUBJECT if end <= head_end else 1
    if not named:
        return None
    best = min(named, key=lambda n: (-n.score, n.places[0]))
    evidence = tuple(e for s, e_ in best.places[:_MAX_EVIDENCE] for e in view.evidence(s, e_))
    return Campaign(id=best.id, name=best.name, evidence=evidence)


def _mentions(context: Context) -> Iterator[tuple[int, int, str, str]]:
    """Every name with its place, in reading order."""
    view = context.view
    last = view.lines[min(context.zones.end, len(view.lines)) - 1].end
    found: list[tuple[int, int, str, str]] = []
    million = list(MILLION.finditer(view.folded, 0, last)) or [
        m for m in _NEAR.finditer(view.folded, 0, last)
        if fuzz.ratio(m[0].replace(" ", ""), "01trieusangkien") >= _DAMAGED
    ]  # fmt: skip
    found.extend((m.start(), m.end(), MILLION_ID, MILLION_NAME) for m in million)
    for match in _QUOTED.finditer(view.folded, 0, last):
        if MILLION.search(match["name"]) or _NEAR.search(match["name"]):
            continue
        name = view.plain(*match.span("name")).strip(" .,;-–")
        id_, canonical = known(name) or (_slug(name), name)
        found.append((match.start(), match.end(), id_, canonical))
    yield from sorted(found)
