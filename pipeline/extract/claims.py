"""Claims about figures in one sentence: quota, coverage, minimum per unit, result, aspiration.

Each reader takes a sentence and gives what it is sure to have understood; readers come in the order
of their certainty, and no two claims share a stretch of text (domain notes, 2.4 and 2.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from models.directive import Comparator
from pipeline.extract.dates import find_dates
from pipeline.extract.figures import FIGURE, number
from pipeline.extract.quantities import POPULATION_HEAD, UNIT, population
from pipeline.extract.sentences import Sentence
from pipeline.extract.view import View

Kind = Literal["quota", "coverage", "per_unit", "result", "aspiration"]

_OP = (
    r"(?P<op>it\s+nhat|toi\s+thieu|khong\s+duoi|khong\s+it\s+hon|tren|hon|vuot|tu|dat\s+tu|khong\s+qua|"
    r"toi\s+da|duoi|khong\s+vuot\s+qua)\s+"
)
_UP = r"(?P<up>\s+(?:\w+\s+){0,2}?tro\s+len(?!\w))?"
_COMPARE: dict[str, Comparator] = {
    "it nhat": ">=", "toi thieu": ">=", "tu": ">=", "dat tu": ">=", "khong duoi": ">=",
    "khong it hon": ">=", "tren": ">", "hon": ">", "vuot": ">", "duoi": "<", "khong qua": "<=",
    "toi da": "<=", "khong vuot qua": "<=",
}  # fmt: skip
_GOAL = re.compile(
    rf"(?<!\w)chi\s+tieu(?:\s+(?:la|dat|giao|dang\s+ky|duoc\s+giao|phan\s+dau|ca\s+nam))*\s*:?\s+"
    rf"(?:{_OP})?{FIGURE}\s+{UNIT}{_UP}"
)
_STRIVE = re.compile(
    rf"(?<!\w)(?:phan\s+dau|muc\s+tieu|giao|dang\s+ky)(?!\w)(?:\s+[^\W\d]+){{0,7}}?\s+"
    rf"(?:{_OP})?{FIGURE}\s+{UNIT}{_UP}"
)
_LIMIT = re.compile(
    rf"(?<!\w)(?P<op>it\s+nhat|toi\s+thieu|khong\s+duoi|toi\s+da|khong\s+qua)\s+(?:la\s+)?{FIGURE}\s+"
    rf"{UNIT}{_UP}"
)
_IS = re.compile(rf"(?<!\w)la\s+{FIGURE}\s+{UNIT}")
_EACH = re.compile(
    rf"(?<!\w)moi\s+(?P<who>[^,;.:\n\d]{{2,80}}?)\s+(?:phai\s+)?(?:(?:co|dat|xay\s+dung|to\s+chuc|"
    rf"dang\s+ky|gioi\s+thieu|ket\s+nap|thuc\s+hien|lua\s+chon|hoan\s+thanh)\s+)*"
    rf"(?P<op>it\s+nhat|toi\s+thieu|khong\s+duoi|tu)\s+{FIGURE}\s+{UNIT}{_UP}"
)
_EACH_ONE = re.compile(
    rf"(?<!\w)moi\s+(?P<who>[^,;.:\n\d]{{2,80}}?)\s+(?:phai\s+)?(?:co|dat|dang\s+ky|xay\s+dung)\s+"
    rf"{FIGURE}\s+{UNIT}{_UP}"
)
_SHARE = re.compile(
    rf"(?<![\w/.,])(?:{_OP}|dat\s+)?(?<![\w/.,])(?P<value>\d{{1,3}}(?:,\d{{1,2}})?)\s?%(?P<up>\s+tro\s+len)?"
)
_SHARE_AT_END = re.compile(
    rf"(?<!\w)(?:ty|ti)\s+le\s+(?P<who>[^;.:\n\d%]{{5,120}}?)\s+(?:phan\s+dau\s+)?"
    rf"(?:dat|len|chiem)\s+(?:khoang\s+)?(?:{_OP})?"
    r"(?<![\w/.,])(?P<value>\d{1,3}(?:,\d{1,2})?)\s?%(?P<up>\s+tro\s+len)?"
)
_RATIO = re.compile(
    r"(?<![\w/.,])(?P<done>\d{1,3}(?:\.\d{3})+|\d{1,6})\s?/\s?(?P<goal>\d{1,3}(?:\.\d{3})+|\d{1,6})"
    r"(?![\d/])(?:\s+[^\d,;.\n]{2,30}?)?[\s,]{0,3}(?:\(?dat|bang|chiem|\()(?:\s+ty\s+le)?\s*"
    r"(?P<share>\d{1,4}(?:,\d{1,2})?)\s?%"
)
_DONE = re.compile(
    rf"(?<!\w)(?:(?:moi|da|chi|hien)\s+co|co\s+duoc|duoc|dat\s+duoc|"
    rf"(?<!toi\s)da\s+(?:[^\W\d]+\s+){{1,5}}?(?:duoc\s+)?)(?:\s*(?:tren|hon|gan)\s+)?\s*{FIGURE}\s+{UNIT}"
)
_SHARE_DONE = re.compile(
    r"(?<!\w)dat\s+(?:ty\s+le\s+)?(?P<value>\d{1,4}(?:,\d{1,2})?)\s?%\s+(?:so\s+voi\s+)?"
    r"(?:chi\s+tieu|ke\s+hoach|muc\s+tieu)"
)
_GROWTH = re.compile(
    r"(?<!\w)(?P<way>tang|giam)\s+(?:them\s+)?(?:(?P<op>it\s+nhat|toi\s+thieu|tren|hon|tu)\s+)?"
    r"(?P<value>\d{1,3}(?:,\d{1,2})?)\s?%(?P<up>\s+tro\s+len)?\s+(?P<base>so\s+voi\s+[^,;.\n]{3,60})"
)
_WISH = re.compile(
    r"(?<!\w)(?:phan\s+dau|quyet\s+tam|thi\s+dua)\s+(?:\w+\s+){0,4}?(?:vuot|hoan\s+thanh)[^.;\n]{0,40}?"
    r"chi\s+tieu(?:\s+(?:duoc\s+giao|de\s+ra|da\s+de\s+ra))?"
)
_AS_OF = re.compile(r"(?<!\w)(?:tinh\s+)?(?:den|toi)\s+(?:het\s+)?(?:ngay\s+|thang\s+)?$")
_PAST = re.compile(
    r"(?<!\w)(?:da|den\s+nay|tinh\s+den|ket\s+qua|hien\s+(?:nay|co)|nam\s+qua|"
    r"dat\s+duoc|moi\s+chi)(?!\w)"
)
_AIM = re.compile(
    r"(?<!\w)(?:phan\s+dau|chi\s+tieu|muc\s+tieu|bao\s+dam|dam\s+bao|quyet\s+tam|yeu\s+cau)(?!\w)"
)
_YEAR = re.compile(
    r"(?<!\w)(?P<how>den|het|trong|cuoi|truoc)?\s*(?:het\s+|cuoi\s+)?nam\s+(?P<y>20\d{2})(?!\s?[-–/]?\d)"
)
_TERM = re.compile(
    r"(?<!\w)(?:giai\s+doan|nhiem\s+ky)\s+(?P<a>20\d{2})\s?[-–]\s?(?P<b>20\d{2})(?!\d)"
)
#: What the growth or the share of a rule is about: fees, prices and taxes set no target.
_RULE = re.compile(
    r"(?<!\w)(?:muc\s+(?:phi|thu|chi|gia|ho\s+tro|boi\s+thuong)|thue\s+suat|gia\s+tri)(?!\w)"
)


#: "mỗi năm" hands out to no unit.
_TIME = re.compile(r"(?:nam|thang|quy|tuan|ngay|dot|lan|loai|ky)(?:\s.*)?", re.DOTALL)


@dataclass(slots=True)
class Claim:
    """A figure with what it says; spans are offsets into the view."""

    start: int
    end: int
    kind: Kind
    value: float | int | None = None
    comparator: Comparator = "="
    unit: str | None = None
    population: str | None = None
    period: str | None = None
    reliability: float = 0.93


def claims_of(view: View, sentence: Sentence) -> Iterator[Claim]:
    """Every reader's claims; the caller keeps the first of those that overlap."""
    for reader in (_ratios, _each, _results, _growth, _shares, _quotas, _limits, _wishes):
        yield from reader(view, sentence)


def _find(pattern: re.Pattern[str], view: View, sentence: Sentence) -> Iterator[re.Match[str]]:
    return pattern.finditer(view.folded, sentence.start, sentence.end)


def _words(view: View, match: re.Match[str], group: str) -> str | None:
    if match[group] is None:
        return None
    return view.plain(*match.span(group)).strip(" ,.;:") or None


def _compare(match: re.Match[str]) -> Comparator:
    groups = match.groupdict()
    if groups.get("up"):
        return ">="
    return _COMPARE.get(" ".join((groups.get("op") or "").split()), "=")


def _ratios(view: View, sentence: Sentence) -> Iterator[Claim]:
    """ "8.818/1.527 đạt 577%" is one result: the share, with its ratio as the population."""
    for match in _find(_RATIO, view, sentence):
        yield Claim(*match.span(), "result", number(match["share"]), unit="%",
                    population=f"{match['done']}/{match['goal']}",
                    period=_as_of(view.folded, sentence, match.start()))  # fmt: skip


def _each(view: View, sentence: Sentence) -> Iterator[Claim]:
    for pattern in (_EACH, _EACH_ONE):
        for match in _find(pattern, view, sentence):
            if _TIME.fullmatch(match["who"]):
                continue
            if pattern is _EACH_ONE and not _AIM.search(_whole(view, sentence)):
                continue
            comparator = _compare(match) if pattern is _EACH or match["up"] else "="
            yield Claim(*match.span(), "per_unit", number(match["value"], match["scale"]),
                        comparator, _words(view, match, "unit"), _words(view, match, "who"),
                        _period(view.folded, sentence, match.start()))  # fmt: skip


def _results(view: View, sentence: Sentence) -> Iterator[Claim]:
    """What was reached, with the day of the count."""
    for match in _find(_DONE, view, sentence):
        told = match[0].startswith("duoc")
        if told and not _PAST.search(_whole(view, sentence)):
            continue
        at = match.start("value")
        comparator: Comparator = (
            ">" if re.search(r"(?:tren|hon)\s+$", match[0][: at - match.start()]) else "="
        )
        period = _as_of(view.folded, sentence, match.start())
        yield Claim(*match.span(), "result", number(match["value"], match["scale"]), comparator,
                    _words(view, match, "unit"), period=period, reliability=0.92)  # fmt: skip
    for match in _find(_SHARE_DONE, view, sentence):
        period = _as_of(view.folded, sentence, match.start())
        yield Claim(*match.span(), "result", number(match["value"]), unit="%", period=period,
                    reliability=0.92)  # fmt: skip


def _growth(view: View, sentence: Sentence) -> Iterator[Claim]:
    """ "tăng 10% so với cùng kỳ": relative to a baseline, which stands as the population."""
    for match in _find(_GROWTH, view, sentence):
        aimed = _AIM.search(view.folded, sentence.start, match.start())
        value = number(match["value"])
        if match["way"] == "giam" and value is not None:
            value = -value
        yield Claim(*match.span(), "quota" if aimed else "result", value, _compare(match), "%",
                    _words(view, match, "base"), reliability=0.85)  # fmt: skip


def _shares(view: View, sentence: Sentence) -> Iterator[Claim]:
    if _RULE.search(_whole(view, sentence)):
        return
    for match in _find(_SHARE, view, sentence):
        head = POPULATION_HEAD.match(view.folded, match.end())
        if head is None or head.end() >= sentence.end:
            continue
        end = population(view.text, view.folded, head.end(), sentence.end)
        yield _share(view, sentence, match, (match.start(), end), (head.end(), end))
    for match in _find(_SHARE_AT_END, view, sentence):
        yield _share(view, sentence, match, match.span(), match.span("who"))


def _share(
    view: View,
    sentence: Sentence,
    match: re.Match[str],
    span: tuple[int, int],
    who: tuple[int, int],
) -> Claim:
    before = view.folded[sentence.start : match.start()]
    told = _PAST.search(before) is not None and not _AIM.search(before)
    kind: Kind = "result" if told else "coverage"
    period = _as_of(view.folded, sentence, match.start()) if told else None
    return Claim(*span, kind, number(match["value"]), _compare(match), "%",
                 view.plain(*who).strip(" ,") or None,
                 period or _period(view.folded, sentence, match.start()))  # fmt: skip


def _quotas(view: View, sentence: Sentence) -> Iterator[Claim]:
    whole = _whole(view, sentence)
    set_here = re.search(r"chi\s+tieu|trong\s+\w{1,2}o(?!\w)", whole) is not None
    patterns = [_GOAL, _IS] if set_here else [_GOAL]
    if not _PAST.search(whole):
        patterns.append(_STRIVE)
    for pattern in patterns:
        for match in _find(pattern, view, sentence):
            start = match.start("op") if pattern is _STRIVE and match["op"] else match.start()
            yield Claim(start, match.end(), "quota", number(match["value"], match["scale"]),
                        _compare(match), _words(view, match, "unit"),
                        period=_period(view.folded, sentence, match.start()),
                        reliability=0.85 if pattern is _STRIVE else 0.93)  # fmt: skip


def _limits(view: View, sentence: Sentence) -> Iterator[Claim]:
    """A minimum that no "mỗi ..." hands out to units: "đăng ký ít nhất 150 sáng kiến"."""
    for match in _find(_LIMIT, view, sentence):
        # "không quá 03 người" is a rule of law unless a target is spoken of.
        if match["op"].startswith(("khong qua", "toi da")) and not _AIM.search(
            _whole(view, sentence)
        ):
            continue
        period = _period(view.folded, sentence, match.start())
        yield Claim(*match.span(), "quota", number(match["value"], match["scale"]), _compare(match),
                    _words(view, match, "unit"), period=period, reliability=0.92)  # fmt: skip


def _wishes(view: View, sentence: Sentence) -> Iterator[Claim]:
    for match in _find(_WISH, view, sentence):
        yield Claim(*match.span(), "aspiration", comparator=">" if "vuot" in match[0] else ">=",
                    reliability=0.9)  # fmt: skip


def _whole(view: View, sentence: Sentence) -> str:
    return view.folded[sentence.start : sentence.end]


def _as_of(folded: str, sentence: Sentence, before: int) -> str | None:
    """The day of the count: "tính đến ngày ..." before the figure."""
    found = None
    for date in find_dates(folded, sentence.start, before):
        if _AS_OF.search(
            folded[max(sentence.start, date.start - 24) : date.start].replace("\n", " ")
        ):
            found = date.value
    return found


def _period(folded: str, sentence: Sentence, before: int) -> str | None:
    """The dates between the last stage word and the figure, else the year or term named."""
    stage = folded.rfind("giai doan", sentence.start, before)
    if stage >= 0:
        found = [d for d in find_dates(folded, stage, before) if d.full]
        if len(found) == 1:
            return f"../{found[0].value}"
        if len(found) >= 2 and found[-2].value <= found[-1].value:
            return f"{found[-2].value}/{found[-1].value}"
    terms = list(_TERM.finditer(folded, sentence.start, before))
    if terms and terms[-1]["a"] <= terms[-1]["b"]:
        return f"{terms[-1]['a']}/{terms[-1]['b']}"
    years = list(_YEAR.finditer(folded, sentence.start, before))
    if not years:
        return None
    year, how = years[-1]["y"], years[-1]["how"]
    return f"../{year}" if how in {"den", "het", "cuoi", "truoc"} else year
