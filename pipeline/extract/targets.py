"""Targets and results as typed claims.

Quotas and their breakdowns, coverage, per-unit minima, results, ratios and aspirations. Names with
digits ("01 triệu sáng kiến", "5K", "Siêu thị 0 đồng"), dates and article numbers are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.directive import Comparator, FieldStatus, Target
from pipeline.extract.campaign import MILLION
from pipeline.extract.context import Context
from pipeline.extract.dates import find_dates
from pipeline.extract.fields import confidence_of, status_of
from pipeline.extract.figures import FIGURE, number
from pipeline.extract.sentences import Sentence, sentences

_UNIT = (
    r"(?P<unit>sang\s+kien|de\s+tai|giai\s+phap|phong\s+trao|mo\s+hinh|cong\s+trinh|doan\s+vien|"
    r"nguoi|don\s+vi|trieu\s+dong|ty\s+dong|dong|cuoc|lop|tap\s+the|ca\s+nhan|can\s+nha|can|nha|"
    r"suat\s+qua|suat|cong\s+doan\s+co\s+so|cdcs|doanh\s+nghiep|lao\s+dong|ho)(?!\w)"
)
_QUOTA = re.compile(
    rf"chi\s+tieu(?:\s+(?:la|dat|giao|dang\s+ky|duoc\s+giao))*\s*:?\s+{FIGURE}\s+{_UNIT}"
)
#: A minimum that no "mỗi …" hands out to units: "đăng ký ít nhất 150 sáng kiến".
_AT_LEAST = re.compile(
    rf"(?<!\w)(?P<op>it\s+nhat|toi\s+thieu|khong\s+duoi)\s+(?:la\s+)?{FIGURE}\s+{_UNIT}"
)
_IS = re.compile(rf"(?<!\w)la\s+{FIGURE}\s+{_UNIT}")
_PER_UNIT = re.compile(
    rf"(?<!\w)moi\s+(?P<who>[^,;.\n\d]{{3,70}}?)\s+(?:phai\s+)?(?:co|dat|xay\s+dung|to\s+chuc)?\s*"
    rf"(?P<op>it\s+nhat|toi\s+thieu|tu)\s+{FIGURE}\s+{_UNIT}"
)
_COVERAGE = re.compile(
    r"(?P<op>it\s+nhat|toi\s+thieu|tren|duoi|tu|khong\s+duoi|khong\s+qua)?\s*"
    r"(?<![\w/.,])(?P<value>\d{1,3}(?:,\d{1,2})?)\s?%(?P<up>\s+tro\s+len)?\s+"
    r"(?P<who>(?:so\s+|cac\s+)?(?:cong\s+doan|cdcs|doan\s+vien|cnvcld|can\s+bo|nguoi\s+lao\s+dong|"
    r"don\s+vi|doanh\s+nghiep|co\s+quan|cong\s+chuc|nld|ldld|cap)[^,;.\n\d]{0,60}?)"
    r"(?=\s+(?:co|duoc|xay|to|phoi|thuc|tham|dat|dang|trien|hoan|ky|phai|tuyen|hieu)\s|[,;.\n]|$)"
)
_RATIO = re.compile(
    r"(?<![\w/.,])(?P<done>\d{1,3}(?:\.\d{3})+|\d{1,6})\s?/\s?(?P<goal>\d{1,3}(?:\.\d{3})+|\d{1,6})"
    r"(?![\d/])(?P<unit0>\s+[^\d,;.\n]{2,30}?)?[\s,]{0,3}(?:\(?dat|bang|chiem|\()\s*"
    r"(?P<share>\d{1,4}(?:,\d{1,2})?)\s?%"
)
_RESULT = re.compile(rf"(?:moi\s+co|da\s+co|chi\s+co|hien\s+co|duoc)\s+{FIGURE}\s+{_UNIT}")
_SHARE_DONE = re.compile(r"(?<!\w)dat\s+(?P<value>\d{1,4}(?:,\d{1,2})?)\s?%\s+(?P<unit>chi\s+tieu)")
_ASPIRATION = re.compile(
    r"(?:phan\s+dau|quyet\s+tam|thi\s+dua)\s+(?:\w+\s+){0,4}?(?:vuot|hoan\s+thanh)[^.;\n]{0,40}?"
    r"chi\s+tieu"
)
_AS_OF = re.compile(r"(?:tinh\s+)?den\s+(?:het\s+)?(?:ngay\s+)?$")
_PARTS = re.compile(r"trong\s+do")
_COMPARE: dict[str, Comparator] = {
    "it nhat": ">=", "toi thieu": ">=", "tu": ">=", "khong duoi": ">=", "tren": ">",
    "duoi": "<", "khong qua": "<=", "toi da": "<=",
}  # fmt: skip


@dataclass(slots=True)
class _Found:
    start: int
    end: int
    target: Target


def extract_targets(context: Context) -> tuple[Target, ...]:
    """All claims about figures in the body, in reading order, each stated once."""
    view = context.view
    first, last = context.body_span()
    out: list[Target] = []
    for sentence in sentences(view.text, first, last):
        taken: list[tuple[int, int]] = [
            m.span() for m in MILLION.finditer(view.folded, sentence.start, sentence.end)
        ]
        found: list[_Found] = []
        for reader in (_ratios, _per_unit, _coverage, _quotas, _minima, _results, _aspirations):
            for one in reader(context, sentence):
                if not any(one.start < e and s < one.end for s, e in taken):
                    taken.append((one.start, one.end))
                    found.append(one)
        found.sort(key=lambda one: one.start)
        _with_breakdown(context, sentence, found, len(out))
        out.extend(one.target for one in found)
    return _distinct(out)


def _distinct(found: list[Target]) -> tuple[Target, ...]:
    """The same claim said twice is one; references of breakdowns are kept right."""
    seen: dict[tuple[object, ...], int] = {}
    index_of: dict[int, int] = {}
    out: list[Target] = []
    for old, target in enumerate(found):
        parent = target.breakdown_of
        wording = target.text if target.kind == "coverage" or target.value is None else ""
        key = (target.kind, target.value, target.unit, target.population, target.period, wording)
        if key in seen:
            index_of[old] = seen[key]
            kept = out[seen[key]]
            out[seen[key]] = kept.model_copy(
                update={"evidence": (*kept.evidence, *target.evidence)[:10]}
            )
            continue
        seen[key] = index_of[old] = len(out)
        if parent is not None:
            target = target.model_copy(update={"breakdown_of": index_of.get(parent)})
        out.append(target)
    return tuple(out)


def _make(
    context: Context,
    sentence: Sentence,
    span: tuple[int, int],
    reliability: float,
    **fields: object,
) -> _Found:
    view = context.view
    confidence = confidence_of(view, *span, reliability, closed=False)
    status: FieldStatus = status_of(view, *span, confidence, context.accept)
    text = view.plain(sentence.start, sentence.end)
    if len(text) > 400:
        text = view.plain(max(sentence.start, span[0] - 160), min(sentence.end, span[1] + 160))
    target = Target.model_validate(
        {
            "text": text, "confidence": confidence, "status": status,
            "evidence": view.evidence(*span), **fields,
        }
    )  # fmt: skip
    return _Found(*span, target)


def _words(context: Context, match: re.Match[str], group: str) -> str | None:
    if match[group] is None:
        return None
    text = context.view.plain(match.start(group), match.end(group)).strip(" ,.;:")
    return text or None


def _quotas(context: Context, sentence: Sentence) -> list[_Found]:
    folded = context.view.folded
    out = []
    quota = re.search(r"chi\s+tieu|trong\s+do", folded[sentence.start : sentence.end])
    patterns = (_QUOTA, _IS) if quota else (_QUOTA,)
    for pattern in patterns:
        for match in pattern.finditer(folded, sentence.start, sentence.end):
            value = number(match["value"], match["scale"])
            out.append(
                _make(context, sentence, match.span(), 0.93, kind="quota", value=value,
                      unit=_words(context, match, "unit"),
                      period=_period(folded, sentence, match.start()))
            )  # fmt: skip
    return out


def _minima(context: Context, sentence: Sentence) -> list[_Found]:
    return [
        _make(context, sentence, match.span(), 0.92, kind="quota",
              value=number(match["value"], match["scale"]), comparator=">=",
              unit=_words(context, match, "unit"))
        for match in _AT_LEAST.finditer(context.view.folded, sentence.start, sentence.end)
    ]  # fmt: skip


def _period(folded: str, sentence: Sentence, before: int) -> str | None:
    """The dates between the last stage word and the figure."""
    stage = max(folded.rfind("giai doan", sentence.start, before), sentence.start)
    if stage == sentence.start:
        return None
    found = [d for d in find_dates(folded, stage, before) if d.full]
    if len(found) == 1:
        return f"../{found[0].value}"
    if len(found) >= 2 and found[0].value <= found[1].value:
        return f"{found[0].value}/{found[1].value}"
    return None


def _with_breakdown(context: Context, sentence: Sentence, found: list[_Found], offset: int) -> None:
    """Quotas after "trong đó" are parts of the quota before it."""
    parts = _PARTS.search(context.view.folded, sentence.start, sentence.end)
    if parts is None:
        return
    parents = [i for i, f in enumerate(found)
               if f.target.kind == "quota" and f.end <= parts.start()]  # fmt: skip
    if not parents:
        return
    for one in found:
        if one.target.kind == "quota" and one.start >= parts.end():
            one.target = one.target.model_copy(update={"breakdown_of": offset + parents[-1]})


def _per_unit(context: Context, sentence: Sentence) -> list[_Found]:
    return [
        _make(context, sentence, match.span(), 0.93, kind="per_unit",
              value=number(match["value"], match["scale"]), comparator=">=",
              unit=_words(context, match, "unit"), population=_words(context, match, "who"))
        for match in _PER_UNIT.finditer(context.view.folded, sentence.start, sentence.end)
    ]  # fmt: skip


def _coverage(context: Context, sentence: Sentence) -> list[_Found]:
    out = []
    for match in _COVERAGE.finditer(context.view.folded, sentence.start, sentence.end):
        operator = " ".join((match["op"] or "").split())
        compare: Comparator = ">=" if match["up"] else _COMPARE.get(operator, "=")
        out.append(
            _make(context, sentence, match.span(), 0.93, kind="coverage",
                  value=number(match["value"]), comparator=compare, unit="%",
                  population=_words(context, match, "who"))
        )  # fmt: skip
    return out


def _ratios(context: Context, sentence: Sentence) -> list[_Found]:
    """ "8.818/1.527 đạt 577%" is one result: the share, with its ratio as the population."""
    return [
        _make(
            context, sentence, match.span(), 0.93, kind="result", value=number(match["share"]),
            unit="%", population=f"{match['done']}/{match['goal']}",
        )
        for match in _RATIO.finditer(context.view.folded, sentence.start, sentence.end)
    ]  # fmt: skip


def _results(context: Context, sentence: Sentence) -> list[_Found]:
    folded = context.view.folded
    dates = list(find_dates(folded, sentence.start, sentence.end))
    as_of = next((d.value for d in dates if _AS_OF.search(folded[max(0, d.start - 20) : d.start])),
                 None)  # fmt: skip
    out = []
    for pattern in (_RESULT, _SHARE_DONE):
        for match in pattern.finditer(folded, sentence.start, sentence.end):
            scale = match["scale"] if pattern is _RESULT else None
            unit = _words(context, match, "unit")
            out.append(
                _make(context, sentence, match.span(), 0.92, kind="result",
                      value=number(match["value"], scale), period=as_of,
                      unit=unit if pattern is _RESULT else "%")
            )  # fmt: skip
    return out


def _aspirations(context: Context, sentence: Sentence) -> list[_Found]:
    return [
        _make(context, sentence, match.span(), 0.9, kind="aspiration",
              comparator=">" if "vuot" in match[0] else ">=")
        for match in _ASPIRATION.finditer(context.view.folded, sentence.start, sentence.end)
    ]  # fmt: skip
