"""Targets against results: a bar for each that can be held against its goal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.serve.web.charts import Axis
from pipeline.serve.web.charts.bars import Bar, Look, bars
from pipeline.serve.web.dashboard.asked import Asked, ask
from pipeline.serve.web.dashboard.tables import Column, Table, rounded
from pipeline.serve.web.site import Visit

#: Claims that are looked at; more are those of older documents.
_CLAIMS: Final = 1_500
#: Bars on one page; the table and the CSV have all.
_BARS: Final = 60
_OTHERS: Final = 60
#: Beyond this bars are cut off, or the others could not be told apart.
_CUT_PERCENT: Final = 650.0
#: A share that the document states may be rounded or cut: by less than one of its last digit.
_ROUNDED: Final = 1 + 1e-6
_COLUMNS: Final = (
    Column("campaign"), Column("organisation"), Column("unit"), Column("population"),
    Column("goal", "number"), Column("goal_comparator", printed=False), Column("result", "number"),
    Column("result_comparator", printed=False), Column("percent", "percent"),
    Column("percent_of", "code", "base", printed=False),
    Column("stated_percent", "percent", printed=False), Column("as_of", "day"),
    Column("met", "code", "met"), Column("status", "code", "standing"),
    Column("reason", "code", "why"), Column("goal_line", "link", printed=False),
    Column("result_line", "link", printed=False), Column("lines", "number", printed=False),
)  # fmt: skip


@dataclass
class Measured:
    """A goal with its result. ``percent`` is of the goal, or what a document states (``stated``).

    ``look``: ``full`` is confirmed, ``doubt`` needs confirming, ``told`` is stated by a document
    and held against nothing. ``also``: rows that say the same.
    """

    row: dict[str, Any]
    percent: float | None
    stated: bool
    look: Look
    reasons: tuple[str, ...]
    also: int = 0
    bar: Bar | None = None

    @property
    def claim(self) -> dict[str, Any]:
        """The claim that the figure is read from."""
        return self.row["result"] or self.row["goal"]  # type: ignore[no-any-return]

    @property
    def as_of(self) -> str | None:
        return self.row["result"]["last"] if self.row["result"] else None


def line_of(claim: dict[str, Any] | None, field: str = "targets") -> str | None:
    """The address of the line of a document that says so."""
    if claim is None:
        return None
    page = f"page={claim['page']}&" if claim["page"] else ""
    return f"/documents/{claim['directive_id']}?{page}field={field}.{claim['position']}"


def show(visit: Visit, asked: Asked) -> dict[str, Any]:
    """What the panel shows."""
    found = ask(visit, "progress", asked, _CLAIMS)
    measured = _merged([_measured(row) for row in found.rows])
    drawn = [one for one in measured if one.percent is not None]
    groups = _groups(drawn)
    axis = _drawn([one for group in groups for one in group.rows])
    sure = [one for one in drawn if one.look == "full" and one.row["met"] is not None]
    others = [one for one in measured if one.percent is None]
    return {
        "axis": axis,
        "groups": groups,
        "more": max(0, len(drawn) - _BARS),
        "undecided": sum(one.look == "full" and one.row["met"] is None for one in drawn),
        "others": others[:_OTHERS],
        "others_all": len(others),
        "met": sum(one.row["met"] for one in sure),
        "compared": len(sure),
        "doubtful": sum(one.look == "doubt" for one in drawn),
        "truncated": found.whole.truncated,
        "claims": _CLAIMS,
        "documents": len({id_ for one in measured for id_ in _documents(one.row)}),
        "line_of": line_of,
        "tables": [_table(measured)],
    }


def _drawn(shown: Sequence[Measured]) -> Axis:
    """Give each its bar; the axis that they share."""
    highest = max((one.percent or 0.0 for one in shown), default=0.0)
    axis = Axis.from_zero(max(highest, 100.0), most=6, cut_at=_CUT_PERCENT)
    figures = [(one.percent or 0.0, one.look) for one in shown]
    for one, bar in zip(shown, bars(axis, figures), strict=True):
        one.bar = bar
    return axis


def _documents(row: dict[str, Any]) -> set[str]:
    return {row[side]["directive_id"] for side in ("goal", "result") if row[side]}


def _measured(row: dict[str, Any]) -> Measured:
    result = row["result"]
    reasons = tuple(part for part in row["reason"].split("; ") if part)
    if row["ratio"] is not None:
        percent = 100 * row["ratio"]
        stated = row["stated_percent"]
        # The document measures its result against something else than this goal.
        differs = stated is not None and differ(stated, percent)
        sure = row["status"] == "accepted" and not differs
        more = (*reasons, *(["differs"] if differs else []))
        return Measured(row, percent, False, "full" if sure else "doubt", more)
    # A figure that is personal data comes masked, as a word.
    is_share = row["goal"] is None and result is not None and row["unit"] == "%"
    if is_share and isinstance(result["value"], int | float):
        look: Look = "told" if row["status"] == "accepted" else "doubt"
        return Measured(row, float(result["value"]), True, look, reasons)
    return Measured(row, None, False, "none", reasons)


def _merged(measured: Sequence[Measured]) -> list[Measured]:
    """Each figure once: copies of a document and documents that repeat it say the same."""
    kept: dict[tuple[Any, ...], Measured] = {}
    for one in measured:
        row = one.row
        said = [(row[s]["value"], row[s]["last"]) if row[s] else None for s in ("goal", "result")]
        names = ("campaign", "organisation", "unit", "population", "part")
        key = (*(row[name] for name in names), *said)
        if (known := kept.get(key)) is None:
            kept[key] = one
        else:
            better = known.look == "doubt" and one.look in ("full", "told")
            if better:
                one.also, kept[key] = known.also, one
            kept[key].also += 1
    return list(kept.values())


def differ(stated: float, percent: float) -> bool:
    """Whether a share that a document states is another than ``percent``, beyond rounding.

    39.7 says one decimal, so 39.66 and 39.79 (cut) are alike, 39.48 is not.
    """
    _, _, decimals = f"{stated:.6f}".rstrip("0").partition(".")
    step: float = 10.0 ** -len(decimals)
    return abs(stated - percent) >= step * _ROUNDED


@dataclass
class Group:
    """What is drawn of a campaign: all in its order or, of too many, the lowest first."""

    campaign: str | None
    name: str | None
    rows: list[Measured]
    more: int = 0


def _groups(drawn: Sequence[Measured]) -> list[Group]:
    """By campaign, in the order in which they come; together at most :data:`_BARS`."""
    groups: dict[str | None, Group] = {}
    for one in drawn:
        campaign = one.row["campaign"]
        new = Group(campaign, one.row["campaign_name"], [])
        groups.setdefault(campaign, new).rows.append(one)
    room = _BARS
    for place, group in enumerate(sorted(groups.values(), key=lambda group: len(group.rows))):
        share = room // (len(groups) - place)
        if (more := len(group.rows) - share) > 0:
            lowest = sorted(group.rows, key=lambda one: (one.row["part"], one.percent or 0.0))
            group.rows, group.more = lowest[:share], more
        room -= len(group.rows)
    return [group for group in groups.values() if group.rows]


def _table(measured: Sequence[Measured]) -> Table:
    rows = []
    for one in measured:
        row, goal, result = one.row, one.row["goal"], one.row["result"]
        rows.append([
            row["campaign_name"], row["organisation"], row["unit"], row["population"],
            goal and goal["value"], goal and goal["comparator"], result and result["value"],
            result and result["comparator"],
            None if one.percent is None else rounded(one.percent),
            None if one.percent is None else "stated" if one.stated else "goal",
            row["stated_percent"], one.as_of,
            None if row["met"] is None else "yes" if row["met"] else "no",
            {"full": "confirmed", "doubt": "to_confirm", "told": "stated"}.get(one.look, "open"),
            "; ".join(one.reasons), line_of(goal), line_of(result), 1 + one.also,
        ])  # fmt: skip
    return Table("progress", _COLUMNS, rows)
