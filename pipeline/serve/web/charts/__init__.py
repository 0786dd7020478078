"""Charts as geometry: pure functions from figures to places; templates draw them as SVG.

Horizontal places are hundredths of the width that a chart is given, so that it fits a telephone and
a sheet of paper with its letters as large as they are; maps and graphs have a size of their own, in
pixels.
"""

from __future__ import annotations

from pipeline.serve.web.charts.bars import Bar, bars
from pipeline.serve.web.charts.layers import Branch, Layout, layered
from pipeline.serve.web.charts.points import Line, line
from pipeline.serve.web.charts.scales import Axis
from pipeline.serve.web.charts.tiles import Tile, tiles
from pipeline.serve.web.charts.words import fitted, width_px, wrapped

__all__ = [
    "Axis", "Bar", "Branch", "Layout", "Line", "Tile", "bars", "fitted", "layered", "line", "tiles",
    "width_px", "wrapped",
]  # fmt: skip
