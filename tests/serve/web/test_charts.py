"""Charts as geometry: scales, bars, lines, tiles, trees, and whether words fit."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.places import PROVINCES
from models.units import SUCCESSOR
from pipeline.serve.web.charts import Axis, Branch, bars, fitted, layered, line, tiles, width_px
from pipeline.serve.web.charts.bars import stacked
from pipeline.serve.web.charts.layers import HEAD_PX, NODE_HEIGHT_PX, NODE_WIDTH_PX
from pipeline.serve.web.charts.tiles import TILE_HEIGHT_PX, TILE_WIDTH_PX, size_px
from pipeline.serve.web.charts.words import wrapped

# -- scales ----------------------------------------------------------------------------------------


@given(st.floats(min_value=1e-6, max_value=1e12), st.integers(2, 10))
def test_an_axis_begins_at_zero_and_holds_the_highest_figure(highest: float, most: int) -> None:
    axis = Axis.from_zero(highest, most=most)
    assert axis.begin == axis.ticks[0] == 0
    assert axis.end == axis.ticks[-1] >= highest * (1 - 1e-9)
    assert 2 <= len(axis.ticks) <= most + 1
    assert axis.place(0) == 0
    assert not axis.beyond(highest)


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [(577, (0, 100, 200, 300, 400, 500, 600)), (100, (0, 20, 40, 60, 80, 100)),
     (7, (0, 2, 4, 6, 8)), (0, (0, 1)), (float("nan"), (0, 1)), (3, (0, 0.5, 1, 1.5, 2, 2.5, 3))],
)  # fmt: skip
def test_ticks_are_round(highest: float, ticks: tuple[float, ...]) -> None:
    assert Axis.from_zero(highest, most=6).ticks == ticks


def test_a_figure_beyond_the_end_is_said_to_be_cut_off() -> None:
    axis = Axis.from_zero(40_000, most=6, cut_at=650)
    assert axis.cut
    assert axis.end < 1000
    (far, near) = bars(axis, [(40_000, "full"), (100, "full")])
    assert (far.length, far.cut, near.cut) == (100, True, False)
    assert not Axis.from_zero(577, cut_at=650).cut


@given(st.floats(0, 100), st.floats(0, 100))
def test_an_axis_around_figures_holds_both(one: float, two: float) -> None:
    axis = Axis.between(min(one, two), max(one, two))
    assert axis.begin <= min(one, two) + 1e-6
    assert axis.end >= max(one, two) - 1e-6
    assert axis.begin < axis.end


# -- bars ------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 1e9), min_size=2, max_size=20))
def test_bars_are_as_long_as_their_figures_from_zero(figures: list[float]) -> None:
    axis = Axis.from_zero(max(figures))
    for bar, figure in zip(bars(axis, [(f, "full") for f in figures]), figures, strict=True):
        assert bar.begin == 0
        assert bar.length == pytest.approx(100 * figure / axis.end, abs=0.001)


@given(st.lists(st.integers(0, 10_000), max_size=6))
def test_parts_fill_the_whole_without_gaps(parts: list[int]) -> None:
    drawn = stacked([(part, "full") for part in parts])
    assert len(drawn) == (sum(p > 0 for p in parts) if sum(parts) else 0)
    for one, two in itertools.pairwise(drawn):
        assert two.begin == pytest.approx(one.begin + one.length, abs=0.001)
    if drawn:
        assert drawn[0].begin == 0
        assert drawn[-1].begin + drawn[-1].length == pytest.approx(100, abs=0.001)


# -- lines -----------------------------------------------------------------------------------------


def test_months_stand_in_their_place_in_time_and_gaps_are_not_bridged() -> None:
    drawn = line({"2022-01": 90, "2022-02": 92, "2022-12": 96}, Axis.between(90, 96))
    first, second, last = drawn.points
    assert (first.x, last.x) == (3, 97)
    assert second.x - first.x == pytest.approx((last.x - first.x) / 11, abs=0.01)
    assert first.y > second.y > last.y
    assert [(a.month, b.month) for a, b in drawn.joined] == [("2022-01", "2022-02")]


def test_a_year_ends_where_the_next_begins() -> None:
    drawn = line({"2022-12": 1, "2023-01": 2}, Axis.from_zero(2))
    assert len(drawn.joined) == 1


def test_one_month_stands_in_the_middle_and_none_makes_no_line() -> None:
    assert line({"2022-12": 1}, Axis.from_zero(2)).points[0].x == 50
    assert line({}, Axis.from_zero(2)).points == ()


def test_names_of_months_keep_their_distance() -> None:
    months = {f"{2010 + n // 12}-{n % 12 + 1:02}": 1.0 for n in range(120)}
    named = line(months, Axis.from_zero(1), labels=6).months
    assert 5 <= len(named) <= 6
    assert all(b[1] - a[1] > 10 for a, b in itertools.pairwise(named))


# -- tiles -----------------------------------------------------------------------------------------


def test_every_province_of_each_time_has_one_tile_of_its_own() -> None:
    then, now = tiles(now=False), tiles(now=True)
    assert {t.province for t in then} == set(PROVINCES) - {"Huế"}
    assert {t.province for t in now} == {p for p in PROVINCES if p not in SUCCESSOR}
    assert (len(then), len(now)) == (63, 34)
    for placed in (then, now):
        assert len({(t.x, t.y) for t in placed}) == len(placed)
        width, height = size_px(placed)
        assert all(t.x + TILE_WIDTH_PX <= width and t.y + TILE_HEIGHT_PX <= height for t in placed)


@pytest.mark.parametrize("now", [True, False])
def test_the_map_has_north_up_and_the_sea_to_the_east(now: bool) -> None:
    at = {tile.province: tile for tile in tiles(now=now)}
    assert at["Cao Bằng"].y < at["Hà Nội"].y < at["Nghệ An"].y < at["Đà Nẵng"].y < at["Cà Mau"].y
    assert at["Điện Biên"].x < at["Hà Nội"].x < at["Hải Phòng"].x
    assert at["An Giang"].x < at["Hồ Chí Minh"].x < at["Khánh Hòa"].x


@pytest.mark.parametrize("now", [True, False])
def test_names_fit_their_tiles(now: bool) -> None:
    for tile in tiles(now=now):
        lines = wrapped(tile.province, 12, TILE_WIDTH_PX - 8, 2)
        assert " ".join(lines) == tile.province
        assert all(width_px(text, 12) <= TILE_WIDTH_PX - 8 for text in lines)


# -- words -----------------------------------------------------------------------------------------


@given(st.text(max_size=80), st.integers(20, 400))
def test_what_is_fitted_fits_and_is_the_beginning(text: str, room: int) -> None:
    made = fitted(text, 12, room)
    assert width_px(made, 12) <= room
    assert " ".join(text.split()).startswith(made.removesuffix("…"))


@given(st.text(max_size=120), st.integers(30, 300), st.integers(1, 4))
def test_wrapped_lines_fit_and_lose_nothing_but_the_end(text: str, room: int, most: int) -> None:
    made = wrapped(text, 12, room, most)
    assert len(made) <= most
    assert all(width_px(part, 12) <= room for part in made)


def test_marks_of_letters_take_no_room() -> None:
    assert width_px("ệ", 10) == width_px("e", 10) == width_px("e\u0323\u0302", 10)


# -- trees -----------------------------------------------------------------------------------------


def trees() -> st.SearchStrategy[Branch]:
    keys = itertools.count()
    leaf = st.builds(lambda layer: Branch(str(next(keys)), layer), st.integers(0, 4))
    return st.recursive(
        leaf,
        lambda inner: st.builds(
            lambda layer, below: Branch(str(next(keys)), layer, tuple(below)),
            st.integers(0, 4), st.lists(inner, max_size=4),
        ),
        max_leaves=25,
    )  # fmt: skip


def every(tree: Branch) -> list[Branch]:
    return [tree, *(node for branch in tree.branches for node in every(branch))]


@given(trees())
def test_no_two_nodes_overlap_and_all_are_inside(tree: Branch) -> None:
    laid = layered(tree)
    boxes = list(laid.boxes.values())
    assert len(boxes) == len(every(tree))
    for one, two in itertools.combinations(boxes, 2):
        apart = abs(one.x - two.x) >= NODE_WIDTH_PX or abs(one.y - two.y) >= NODE_HEIGHT_PX
        assert apart, (one, two)
    assert all(box.x >= 0 and box.x + NODE_WIDTH_PX <= laid.width + 1e-6 for box in boxes)
    assert all(HEAD_PX <= box.y <= laid.height - NODE_HEIGHT_PX + 1e-6 for box in boxes)


@given(trees())
def test_layers_go_from_left_to_right(tree: Branch) -> None:
    laid = layered(tree)
    of_layer = [layer for layer, _ in laid.columns]
    assert of_layer == sorted(of_layer)
    for node in every(tree):
        assert laid.columns[laid.boxes[node.key].column][0] == node.layer
        for branch in node.branches:
            assert laid.boxes[branch.key].column != laid.boxes[node.key].column


def test_a_curve_goes_from_edge_to_edge() -> None:
    laid = layered(Branch("a", 0, (Branch("b", 1), Branch("c", 1))))
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", laid.curve("a", "b"))]
    assert numbers[:2] == [NODE_WIDTH_PX, laid.boxes["a"].y + NODE_HEIGHT_PX / 2]
    assert numbers[-2:] == [laid.boxes["b"].x, laid.boxes["b"].y + NODE_HEIGHT_PX / 2]
