"""Which provinces the archive has documents, targets and results of."""

from __future__ import annotations

from typing import Any, Final, Literal

from pipeline.serve.web.charts import wrapped
from pipeline.serve.web.charts.tiles import TILE_HEIGHT_PX, TILE_WIDTH_PX, size_px, tiles
from pipeline.serve.web.dashboard.asked import Asked, ask
from pipeline.serve.web.dashboard.tables import Column, Table
from pipeline.serve.web.site import Visit

#: Of a part of the archive; the whole is counted whole.
_DOCUMENTS: Final = 5_000
_LETTERS_PX: Final = 12.0
_PAD_PX: Final = 8
#: Until the end of 2024 Huế was called by the older name; both are one place of the map.
_OF_OLD: Final = {"Huế": "Thừa Thiên Huế"}
_SUMS: Final = ("documents", "targets", "results")
_COLUMNS: Final = (
    Column("province"), Column("has", "code", "has"), Column("documents", "number"),
    Column("with_targets", "number"), Column("with_results", "number"), Column("latest", "day"),
)  # fmt: skip
Has = Literal["none", "documents", "targets", "results"]


def show(visit: Visit, asked: Asked, *, now: bool) -> dict[str, Any]:
    """What the panel shows; ``now``: by the 34 provinces since 1 July 2025."""
    found = ask(visit, "coverage", asked, _DOCUMENTS, now=now)
    known: dict[str | None, dict[str, Any]] = {}
    for one in found.rows:
        name = one["province"] if now else _OF_OLD.get(one["province"], one["province"])
        known[name] = _together(known[name], one) if name in known else one
    placed = tiles(now=now)
    shown: list[dict[str, Any]] = []
    for tile in placed:
        row = known.get(tile.province)
        lines = wrapped(tile.province, _LETTERS_PX, TILE_WIDTH_PX - _PAD_PX, 2)
        shown.append({"tile": tile, "row": row, "has": has(row), "lines": lines})
    here = [one for one in shown if one["row"]]
    return {
        "now": now,
        "tiles": shown,
        "size": size_px(placed),
        "tile_size": (TILE_WIDTH_PX, TILE_HEIGHT_PX),
        "there": len(here),
        "empty": [one["tile"].province for one in shown if not one["row"]],
        "all": len(placed),
        "with_targets": sum(bool(one["row"]["targets"]) for one in here),
        "with_results": sum(bool(one["row"]["results"]) for one in here),
        "without": known.get(None),
        "documents": sum(row["documents"] for row in known.values()),
        "truncated": found.whole.truncated,
        "most": _DOCUMENTS,
        "at": found.whole.at,
        "tables": [_table(shown, known.get(None))],
    }


def has(row: dict[str, Any] | None) -> Has:
    """The furthest that a province has come."""
    if row is None:
        return "none"
    return "results" if row["results"] else "targets" if row["targets"] else "documents"


def _together(one: dict[str, Any], two: dict[str, Any]) -> dict[str, Any]:
    sums = {name: one[name] + two[name] for name in _SUMS}
    latest = max(filter(None, (one["latest"], two["latest"])), default=None)
    return one | sums | {"latest": latest}


def _table(shown: list[dict[str, Any]], without: dict[str, Any] | None) -> Table:
    named = sorted(shown, key=lambda one: (-(one["row"] or {"documents": 0})["documents"],
                                           one["tile"].province))  # fmt: skip
    rows: list[list[Any]] = []
    for province, row in [*((one["tile"].province, one["row"]) for one in named), (None, without)]:
        if row is not None:
            figures = [row[name] for name in _SUMS]
            rows.append([province, has(row), *figures, row["latest"]])
        elif province is not None:
            rows.append([province, "none", 0, 0, 0, None])
    return Table("coverage", _COLUMNS, rows)
