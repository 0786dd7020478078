"""How good the archive is, in five charts."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from pipeline.serve.web.charts import Axis, bars, line
from pipeline.serve.web.charts.bars import Look, stacked
from pipeline.serve.web.dashboard.asked import Asked, ask
from pipeline.serve.web.dashboard.tables import Column, Table, rounded
from pipeline.serve.web.site import Visit

#: Documents whose records are looked at, of a larger archive drawn evenly.
_RECORDS: Final = 800
_KINDS: Final = 200
_REASONS: Final = 12
_LOOKS: Final[dict[str, Look]] = {
    "accepted": "full", "review": "doubt", "unreadable": "bad", "absent": "none",
}  # fmt: skip
_STATES: Final = ("pending", "approved", "corrected")
#: What an absent field says of the archive is nothing: the document does not have it.
_SEVERITY_LOOK: Final[dict[str, Look]] = {"error": "bad", "warning": "full", "info": "told"}


def show(visit: Visit, asked: Asked) -> dict[str, Any]:
    """What the panel shows."""
    found = ask(visit, "quality", asked, _RECORDS)
    by: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found.rows:
        by[row["measure"]].append(row)
    kinds = ask(visit, "finding_counts", asked, _KINDS)
    fields = _fields(by["field"])
    read = {part: _months(by, part) for part in ("issued", "ingested")}
    looked = max((row["of"] for row in by["reason"]), default=0)
    return {
        "drawn": found.whole.truncated,
        "records": _RECORDS,
        "at": found.whole.at,
        "states": _states(by["state"]),
        "documents": max((row["of"] for row in by["state"]), default=0),
        "fields": fields,
        "accepted": _share(fields),
        "reasons": _counted(by["reason"][:_REASONS], "count"),
        "reasons_all": len(by["reason"]),
        "looked": looked,
        "findings": _counted(kinds.rows[:_REASONS], "findings"),
        "findings_all": len(kinds.rows),
        "read": read,
        "confidence": _mean(by["confidence"]),
        "repaired": _repaired(by["repaired"]),
        "tables": _tables(by, kinds.rows, fields),
    }


def _states(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    counts = {row["name"]: row["count"] for row in rows}
    axis = Axis.from_zero(max(counts.values(), default=0))
    names = [name for name in _STATES if name in counts]
    looks: dict[str, Look] = {"pending": "doubt"}
    drawn = bars(axis, [(counts[name], looks.get(name, "full")) for name in names])
    total = sum(counts.values())
    return [
        {"name": name, "count": counts[name], "share": counts[name] / total, "bar": bar}
        for name, bar in zip(names, drawn, strict=True)
    ]


def _fields(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By field: how many values are in each status; the worst first. Absent ones are no values."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        counts[row["name"]][row["part"]] = row["count"]
    made = []
    for name, by_status in counts.items():
        there = {s: by_status.get(s, 0) for s in ("accepted", "review", "unreadable")}
        values = sum(there.values())
        if values:
            made.append({
                "name": name, "counts": there, "absent": by_status.get("absent", 0),
                "values": values, "share": there["accepted"] / values,
                "bars": stacked([(many, _LOOKS[status]) for status, many in there.items()]),
            })  # fmt: skip
    return sorted(made, key=lambda one: (one["share"], one["name"]))


def _share(fields: list[dict[str, Any]]) -> float | None:
    values = sum(one["values"] for one in fields)
    return sum(one["counts"]["accepted"] for one in fields) / values if values else None


def _counted(rows: list[dict[str, Any]], by: str) -> list[dict[str, Any]]:
    axis = Axis.from_zero(max((row[by] for row in rows), default=0))
    looks = [_SEVERITY_LOOK.get(row.get("severity", ""), "full") for row in rows]
    drawn = bars(axis, [(row[by], look) for row, look in zip(rows, looks, strict=True)])
    return [row | {"bar": bar} for row, bar in zip(rows, drawn, strict=True)]


def _months(by: dict[str, list[dict[str, Any]]], part: str) -> dict[str, Any] | None:
    """Word confidence by month as a line; the axis is of the figures and does not begin at 0."""
    rows = {row["name"]: row for row in by["confidence"] if row["part"] == part}
    if not rows:
        return None
    values = {month: 100 * row["value"] for month, row in rows.items()}
    axis = Axis.between(min(values.values()), max(values.values()))
    if axis.end > 100:
        axis = Axis.between(min(axis.begin, 100 - (axis.end - axis.begin)), 100)
    return {"line": line(values, axis), "rows": rows, "latest": max(values)}


def _mean(rows: list[dict[str, Any]]) -> float | None:
    """Over all words; by month of ingest every word is counted once."""
    once = [row for row in rows if row["part"] == "ingested"]
    words = sum(row["count"] for row in once)
    return sum(row["value"] * row["count"] for row in once) / words if words else None


def _repaired(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    once = [row for row in rows if row["part"] == "ingested"]
    words, changed = sum(row["of"] for row in once), sum(row["count"] for row in once)
    return {"words": words, "changed": changed, "share": changed / words} if words else None


def _tables(
    by: dict[str, list[dict[str, Any]]],
    kinds: list[dict[str, Any]],
    fields: list[dict[str, Any]],
) -> list[Table]:
    return [
        Table("quality-states", (Column("state", "code", "states"), Column("documents", "number"),
                                 Column("of", "number")),
              [[row["name"], row["count"], row["of"]] for row in by["state"]]),
        Table("quality-fields", (
            Column("field", "code", "field"), Column("accepted", "number"),
            Column("review", "number"), Column("unreadable", "number"), Column("absent", "number"),
            Column("percent", "percent")),
              [[one["name"], *one["counts"].values(), one["absent"], rounded(100 * one["share"])]
               for one in fields]),
        Table("quality-reasons", (Column("reason", "code", "reason"), Column("documents", "number"),
                                  Column("of", "number")),
              [[row["name"], row["count"], row["of"]] for row in by["reason"]]),
        Table("quality-reading", (
            Column("by", "code", "by"), Column("month", "day"), Column("percent", "percent"),
            Column("words", "number"), Column("documents", "number")),
              [[row["part"], row["name"], rounded(100 * row["value"]), row["count"], row["of"]]
               for row in by["confidence"]]),
        Table("quality-repair", (
            Column("by", "code", "by"), Column("month", "day"), Column("percent", "percent"),
            Column("changed", "number"), Column("words", "number")),
              [[row["part"], row["name"], rounded(100 * row["value"]), row["count"], row["of"]]
               for row in by["repaired"]]),
        Table("quality-findings", (
            Column("code", "code", "finding"), Column("severity", "code", "severity"),
            Column("findings", "number"), Column("documents", "number")),
              [[row["code"], row["severity"], row["findings"], row["documents"]] for row in kinds]),
    ]  # fmt: skip
