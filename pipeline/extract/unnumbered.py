"""Documents that are named without a number: laws, appeals, resolutions of congresses.

A law is cited by name and day of passing or year (Decree 30/2020/ND-CP, Annex I, II.6); appeals and
resolutions of congresses have no number at all. Each is listed once, at its most complete mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.directive import ABSENT, Citation, Relation
from models.vietnamese import fold
from pipeline.extract.context import Context
from pipeline.extract.dates import DATE, read_date
from pipeline.extract.fields import make_field
from pipeline.extract.view import View

_LAW = r"(?P<law>Hiến pháp|Bộ luật|Luật|Pháp lệnh)"
_OTHER = r"(?P<other>Lời kêu gọi|Thư kêu gọi|Nghị quyết|Kết luận|Chỉ thị|Điều lệ)"
_HEAD = re.compile(rf"(?<!\w)(?:{_LAW}|{_OTHER})(?=\s)")
_TYPES = {
    "Hiến pháp": "Hiến pháp", "Bộ luật": "Bộ luật", "Luật": "Luật", "Pháp lệnh": "Pháp lệnh",
    "Lời kêu gọi": "Lời kêu gọi", "Thư kêu gọi": "Lời kêu gọi", "Nghị quyết": "Nghị quyết",
    "Kết luận": "Kết luận", "Chỉ thị": "Chỉ thị", "Điều lệ": "Điều lệ",
}  # fmt: skip
#: Where a name surely ends.
_END = re.compile(r"[;.:()“”\"]|\n\s*\n|(?<!\w)so\s+\d")
_DATED = re.compile(r"\s*,?\s*(?:ngay\s+|nam\s+(?=(?:19|20)\d{2}(?!\d))|(?=(?:19|20)\d{2}(?!\d)))")
_YEAR = re.compile(r"(?:19|20)\d{2}(?!\d)")
#: Words that no name of a law goes on with, where it bears no date.
_STOP = re.compile(
    r"\s(?:(?:ngay|nam|so|duoc|quy dinh|co|da|thi|la|tren|theo|den|de|tai|nay|hien hanh|khoa"
    r"|bao gom|va\s+(?:nghi|thong|quyet|cac|luat|van ban|bo luat))(?!\w)|(?=\d))"
    r"|,\s(?!ve sinh|the thao)"
)
_CONGRESS = re.compile(r"(?:lan thu\s+\w+\s+)?(?:dai hoi|hoi nghi)(?!\w)")
_OF = re.compile(
    r"\s*cua\s+(?P<who>[^;.,:()]{4,80}?)"
    r"(?=\s+(?:ve|ngay|gui|keu goi|tai|trong|doi voi|nham|va\s+(?:thuc hien|trien khai))(?!\w)"
    r"|\s*(?:[;.,:()]|\n\s*\n|$))"
)
_RELATION: tuple[tuple[Relation, re.Pattern[str]], ...] = (
    ("replaces", re.compile(r"(?:thay the|bai bo)\s*$")),
    ("amends", re.compile(r"(?:sua doi|bo sung)\s*$")),
    ("based_on", re.compile(r"(?:can cu|tren co so)[^;.]{0,60}$")),
    ("implements", re.compile(r"(?:thuc hien|thi hanh|trien khai|theo|huong ung)[^;.]{0,60}$")),
)
_ANOTHER = re.compile(r"\d|nghi dinh|nghi quyet|thong tu|quyet dinh|cong van|ke hoach")
_NEXT_IN_LIST = re.compile(r"[\s,;+-]*(?:va\s)?\s*")
_LONGEST = 170
_LOOK_BACK = 90


@dataclass(frozen=True, slots=True)
class _Named:
    """A document by its name; ``date`` is EDTF."""

    start: int
    end: int
    doc_type: str
    name: str
    date: str | None
    date_span: tuple[int, int] | None
    who: tuple[int, int] | None


def extract_unnumbered(
    context: Context, numbered: Sequence[tuple[int, int]]
) -> tuple[Citation, ...]:
    """Every named document that bears no number; ``numbered``: spans of those that do."""
    best: dict[str, _Named] = {}
    for named in _find(context, numbered):
        key = fold(f"{named.doc_type} {named.name}")
        known = best.get(key)
        if known is None or (known.date is None and named.date is not None):
            best[key] = named
    found = sorted(best.values(), key=lambda named: named.start)
    out: list[Citation] = []
    end = -1
    for named in found:
        made = _citation(context, named)
        follows = end >= 0 and _NEXT_IN_LIST.fullmatch(context.view.folded, end, named.start)
        if follows and made.relation == "mentions":
            made = made.model_copy(update={"relation": out[-1].relation})
        out.append(made)
        end = named.end
    return tuple(out)


def _find(context: Context, numbered: Sequence[tuple[int, int]]) -> Iterator[_Named]:
    view = context.view
    first, last = context.body_span()
    at = first
    while True:
        match = _HEAD.search(view.text, at, last)
        if match is None:
            return
        at = match.end()
        if any(start <= match.start() < end for start, end in numbered):
            continue
        named = _law(context, match, last) if match["law"] else _other(context, match, last)
        if named is not None and not any(
            named.start < end and start < named.end for start, end in numbered
        ):
            at = named.end
            yield named


def _law(context: Context, match: re.Match[str], last: int) -> _Named | None:
    view = context.view
    limit = min(last, match.end() + _LONGEST)
    stop = _END.search(view.folded, match.end(), limit)
    limit = stop.start() if stop else limit
    for dated in _DATED.finditer(view.folded, match.end(), limit):
        span = _date_at(view.folded, dated.end())
        between = view.folded[match.end() : dated.start()]
        if span is None or _ANOTHER.search(between):
            continue
        return _made(context, match, dated.start(), span, None)
    if stop and stop[0].startswith("so") and not _ANOTHER.search(view.folded[match.end() : limit]):
        return None  # "Luật ... số 21/2017/QH14" is listed by its number
    word = view.text[match.end() :].lstrip()[:1]
    if not word.isupper():
        return None
    cut = _STOP.search(view.folded, match.end() + 1, limit)
    return _made(context, match, cut.start() if cut else limit, None, None)


def _date_at(folded: str, at: int) -> tuple[int, int, str] | None:
    match = DATE.match(folded, at)
    found = read_date(match) if match else None
    if found is not None:
        return found.start, found.end, found.value
    year = _YEAR.match(folded, at)
    return (year.start(), year.end(), year[0]) if year else None


def _who(view: View, start: int, last: int, *, anywhere: bool = False) -> tuple[int, int] | None:
    """Whose it is, after ``của``: at ``start``, or anywhere before ``last``.

    Sought in folded text with its capitals: a name may be called like a preposition (Trọng, Tài).
    """
    pairs = zip(view.folded[start:last], view.text[start:last], strict=True)
    cased = "".join(f.upper() if t.isupper() else f for f, t in pairs)
    found = _OF.search(cased) if anywhere else _OF.match(cased)
    return (start + found.start("who"), start + found.end("who")) if found else None


def _other(context: Context, match: re.Match[str], last: int) -> _Named | None:
    """Appeals by anyone, resolutions of a congress, what a body concluded on something."""
    view = context.view
    limit = min(last, match.end() + _LONGEST)
    stop = _END.search(view.folded, match.end(), limit)
    limit = stop.start() if stop else limit
    rest = view.folded[match.end() : limit].lstrip()
    who = _who(view, match.end(), limit)
    appeal = _TYPES[match["other"]] == "Lời kêu gọi"
    if match["other"] == "Nghị quyết":
        if not _CONGRESS.match(rest):
            return None
    elif match["other"] == "Điều lệ":
        if not rest.startswith(("cong doan", "dang")):
            return None
    elif not appeal and (who is None or not view.text[who[0]].isupper()):
        return None
    dated = None
    for found in _DATED.finditer(view.folded, match.end(), limit):
        dated = _date_at(view.folded, found.end())
        if dated is not None:
            break
    cut = dated[0] if dated else limit
    comma = view.folded.find(",", match.end(), cut)
    end = comma if comma >= 0 and not appeal else cut
    name_end = min(end, who[1]) if who and not appeal else end
    if appeal and who is None:
        after = dated[1] if dated else match.end()
        who = _who(view, after, min(last, limit + 60), anywhere=True)
    return _made(context, match, name_end, dated, who)


def _made(
    context: Context,
    match: re.Match[str],
    name_end: int,
    dated: tuple[int, int, str] | None,
    who: tuple[int, int] | None,
) -> _Named | None:
    head = match["law"] or match["other"]
    name = context.view.plain(match.end(), name_end).strip(" ,-–")
    name = re.sub(r"\s+(?:ngày|năm)$", "", name)
    if (not name and head != "Hiến pháp") or len(name) > 160:
        return None
    end = max(name_end, dated[1] if dated else 0)
    span = (dated[0], dated[1]) if dated else None
    return _Named(match.start(), end, _TYPES[head], name, dated[2] if dated else None, span, who)


def _citation(context: Context, named: _Named) -> Citation:
    view = context.view
    doc_type = make_field(
        view, named.start, named.end, named.doc_type, "citation.unnumbered", reliability=0.95,
        accept=context.accept, closed=True,
    )  # fmt: skip
    issued = issuer = ABSENT
    if named.date is not None and named.date_span is not None:
        issued = make_field(view, *named.date_span, named.date, "citation.date",
                            reliability=0.95, accept=context.accept)  # fmt: skip
    if named.who is not None:
        issuer = make_field(view, *named.who, view.plain(*named.who), "citation.issuer",
                            reliability=0.85, accept=context.accept, free=True)  # fmt: skip
    elif named.doc_type in ("Luật", "Bộ luật", "Hiến pháp"):
        issuer = make_field(view, named.start, named.end, "Quốc hội", "citation.issuer_of_type",
                            reliability=0.95, accept=context.accept, closed=True)  # fmt: skip
    before = view.folded[max(0, named.start - _LOOK_BACK) : named.start]
    relation = next((r for r, pattern in _RELATION if pattern.search(before)), "mentions")
    title = make_field(view, named.start, named.end, named.name, "citation.title",
                       reliability=0.9, accept=context.accept, free=True)  # fmt: skip
    return Citation(
        title=title, doc_type=doc_type, issued=issued, issuer=issuer, relation=relation,
        evidence=view.evidence(named.start, named.end),
    )  # fmt: skip
