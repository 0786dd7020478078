"""Black stamps with a frame, found by the frame: no colour tells their ink from the print.

An engine reads such a stamp and the body lines beside it as one line each, so that neither can be
told apart afterwards. Four rules that close (nearly) to a rectangle of a stamp's size show where it
is; what is read within decides whether it is one. Tables go on beyond such a rectangle, underlines
and page frames do not make one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from models.base import BBox
from models.text import Block, Line, Word

Grey = npt.NDArray[np.uint8]
Point = tuple[float, float]

_WORK_DPI: Final = 125.0
#: Inches: a stamp's width and height, from and to (Decree 30/2020/NĐ-CP: 50 x 35 mm).
_WIDTH: Final = (1.1, 3.9)
_HEIGHT: Final = (0.52, 1.8)
#: Office stamps of arrival stand in the upper part of a page.
_UPPER_SHARE: Final = 0.6
#: No stamp leans further than this, in degrees.
_MOST_LEAN: Final = 6.0
#: A pixel is ink where it is darker than this share of the paper.
_INK: Final = 0.75
# Inches: the shortest stroke of a rule, a piece of one, its thickness, the gap that print or a
# worn stamp leaves in it, and how far its end may lie from the corner.
_STROKE: Final = 0.1
_PIECE: Final = 0.2
_THICK: Final = 0.06
_GAP: Final = 0.2
_CORNER: Final = 0.16
#: Share of a side that must be ruled: of each, and of all four together.
_SIDE: Final = 0.45
_AROUND: Final = 0.72
#: Inches by which the place is taken wider than the rules found, for their thickness.
_RIM: Final = 0.01
_REMAINS: Final = 0.035
_MOST_FRAMES: Final = 2
#: So many lines of the body may run into a frame: the one at its edge.
_MOST_LINES: Final = 1
#: Letters that make a line, and how near to the frame, in inches, it ends if it goes on in it.
_LETTERS: Final = 5
_ADJACENT: Final = 0.07
#: Inches: a line of the body within a frame is lost where so much of it shows no letter.
_RUN_GAP: Final = 0.45
#: A faint outer rule: how far off it is looked for, and the share of it, and of both sides on the
#: way there, that must be inked.
_OUTER: Final = 0.3
_FAINT: Final = (0.35, 0.4)


class _Rule(NamedTuple):
    """A nearly level rule from ``x0`` to ``x1``; ``y`` at its middle, ``slope`` its fall."""

    x0: float
    x1: float
    y: float
    slope: float

    def at(self, x: float) -> float:
        return self.y + self.slope * (x - (self.x0 + self.x1) / 2)


class StampFrame(NamedTuple):
    """Where a framed stamp may be: corners in pixels (clockwise from the top left) and its lean."""

    corners: tuple[Point, Point, Point, Point]
    lean: float
    #: 255 on the rules of the frame and within it, as large as the box around the corners.
    rules: Grey

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Pixels of the upright box around it."""
        xs, ys = [p[0] for p in self.corners], [p[1] for p in self.corners]
        return math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys))


def find_frames(image: Grey, dpi: float) -> list[StampFrame]:
    """Rectangles of rules that may be the frames of stamps, the largest first.

    The page is upright and level; a stamp may lean a little.
    """
    # By a whole number, which is many times as fast.
    part = max(1, round(dpi / _WORK_DPI))
    factor = 1 / part
    upper = image[: max(1, int(_UPPER_SHARE * image.shape[0]))]
    size = (upper.shape[1] // part, upper.shape[0] // part)
    if min(size) < 1:
        return []
    upper = upper[: size[1] * part, : size[0] * part]
    small = cv2.resize(upper, size, interpolation=cv2.INTER_AREA) if part > 1 else upper
    dots = dpi * factor
    paper = float(np.percentile(small[::4, ::4], 80))
    _, ink = cv2.threshold(small, _INK * paper, 255, cv2.THRESH_BINARY_INV)
    level = _strokes(np.asarray(ink, np.uint8), dots, upright=False)
    rules = _linked(_pieces(level, dots), dots)
    low, high = _WIDTH[0] * dots * 0.8, _WIDTH[1] * dots
    rules = [r for r in rules if low <= r.x1 - r.x0 <= high]
    if len(rules) < 2:
        return []
    upright = _strokes(np.asarray(ink, np.uint8), dots, upright=True)
    near = np.ones((3, 3), np.uint8)
    sides, tops = cv2.dilate(upright, near) > 0, cv2.dilate(level, near) > 0
    inked = cv2.dilate(ink, near) > 0
    found: list[tuple[Point, Point, Point, Point]] = []
    for above in rules:
        for below in rules:
            corners = _closed(above, below, sides, tops, dots)
            if corners is not None:
                found.append(_grown(corners, sides, tops, inked, dots))
    found = [c for c in found if _fits(c, dots)]
    frames: list[StampFrame] = []
    for corners in sorted(found, key=_area, reverse=True):
        if any(_overlaps(corners, f.corners, factor) for f in frames):
            continue
        drawn = np.asarray(cv2.bitwise_or(_long(level, dots), _long(upright, dots)), np.uint8)
        frames.append(_as_found(corners, drawn, factor, image.shape))
    return frames[:_MOST_FRAMES]


def _strokes(ink: Grey, dots: float, *, upright: bool) -> Grey:
    """Ink that runs on for a while in one direction; thickened so that a lean does not break it."""
    length = max(5, round(_STROKE * dots))
    thick, long = ((3, 1), (1, length)) if upright else ((1, 3), (length, 1))
    spread = cv2.dilate(ink, np.ones(thick[::-1], np.uint8))
    return np.asarray(cv2.morphologyEx(spread, cv2.MORPH_OPEN, np.ones(long[::-1], np.uint8)))


def _pieces(level: Grey, dots: float) -> list[_Rule]:
    """Long thin marks that are nearly level."""
    # Most strokes are letters; without them little is left to look through.
    length = max(5, round(0.7 * _PIECE * dots))
    level = np.asarray(cv2.morphologyEx(level, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)))
    left, top, wide, high = cv2.boundingRect(level)
    level = level[top : top + high, left : left + wide]
    if not level.size:
        return []
    count, labels, stats, _ = cv2.connectedComponentsWithStats(level, connectivity=8)
    found: list[_Rule] = []
    slope_most = math.tan(math.radians(_MOST_LEAN))
    for index in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[index])
        if w < _PIECE * dots or h > slope_most * w + _THICK * dots or area > _THICK * dots * w:
            continue
        ys, xs = np.nonzero(labels[y : y + h, x : x + w] == index)
        middle_x, middle_y = float(xs.mean()), float(ys.mean())
        spread = float(((xs - middle_x) ** 2).sum())
        slope = float(((xs - middle_x) * (ys - middle_y)).sum()) / max(spread, 1.0)
        at_middle = y + middle_y + slope * ((w - 1) / 2 - middle_x)
        found.append(_Rule(left + x, left + x + w - 1, top + at_middle, slope))
    return found


def _linked(pieces: list[_Rule], dots: float) -> list[_Rule]:
    """Pieces of one rule, broken by print or wear, put together."""
    rules: list[_Rule] = []
    for piece in sorted(pieces):
        best: tuple[float, int] | None = None
        for index, rule in enumerate(rules):
            gap = piece.x0 - rule.x1
            if not -0.05 * dots <= gap <= _GAP * dots:
                continue
            longer = max(rule, piece, key=lambda r: r.x1 - r.x0)
            other = piece if longer is rule else rule
            off = abs(longer.at((other.x0 + other.x1) / 2) - other.y)
            if off <= 0.03 * dots and (best is None or off < best[0]):
                best = (off, index)
        if best is None:
            rules.append(piece)
        else:
            rules[best[1]] = _joined(rules[best[1]], piece)
    return rules


def _joined(left: _Rule, right: _Rule) -> _Rule:
    x0, x1 = left.x0, max(left.x1, right.x1)
    y0, y1 = left.at(left.x0), right.at(right.x1)
    return _Rule(x0, x1, (y0 + y1) / 2, (y1 - y0) / max(1.0, x1 - x0))


def _closed(
    above: _Rule,
    below: _Rule,
    sides: npt.NDArray[np.bool_],
    tops: npt.NDArray[np.bool_],
    dots: float,
) -> tuple[Point, Point, Point, Point] | None:
    """The corners of the rectangle of which two rules are the top and the bottom."""
    high = below.y - above.y
    if not 0.6 * _HEIGHT[0] * dots <= high <= _HEIGHT[1] * dots:
        return None
    x0, x1 = min(above.x0, below.x0), max(above.x1, below.x1)
    shared = min(above.x1, below.x1) - max(above.x0, below.x0)
    wide = x1 - x0
    if not _WIDTH[0] * dots <= wide <= _WIDTH[1] * dots or shared < 0.6 * wide:
        return None
    if abs(above.slope - below.slope) > 0.035:
        return None
    slope = (above.slope + below.slope) / 2
    edges: list[tuple[Point, Point]] = []
    shares: list[float] = []
    for end, outward in (((above.x0, below.x0), -1), ((above.x1, below.x1), 1)):
        best = _side(end, outward, above, below, slope, sides, dots)
        if best is None:
            return None
        shares.append(best[0])
        edges.append(best[1])
    (top_left, low_left), (top_right, low_right) = edges
    shares += [_ruled(tops, top_left, top_right), _ruled(tops, low_left, low_right)]
    if min(shares) < _SIDE or sum(shares) < 4 * _AROUND:
        return None
    return top_left, top_right, low_right, low_left


def _side(
    ends: tuple[float, float],
    outward: int,
    above: _Rule,
    below: _Rule,
    slope: float,
    sides: npt.NDArray[np.bool_],
    dots: float,
) -> tuple[float, tuple[Point, Point]] | None:
    """The best ruled line between the ends of two rules, and how much of it is ruled.

    Of equals the outermost: rules are thick, and all of them is to go.
    """
    reach, high = _CORNER * dots, below.y - above.y
    start = min(ends[0], ends[1] + slope * high), max(ends[0], ends[1] + slope * high)
    found: list[tuple[float, float, tuple[Point, Point]]] = []
    for x in np.arange(start[0] - reach, start[1] + reach, 1.0):
        for askew in (0.0, -0.02, 0.02):
            top, low = (float(x), above.at(x)), float(x) - (slope + askew) * high
            edge = (top, (low, below.at(low)))
            share = _ruled(sides, *edge)
            if share >= _SIDE:
                found.append((share, outward * (top[0] + low) / 2, edge))
    best = max((share for share, *_ in found), default=0.0)
    good = [f for f in found if f[0] >= best - 0.02]
    return max(((f[0], f[2], f[1]) for f in good), key=lambda f: f[2])[:2] if good else None


def _ruled(mask: npt.NDArray[np.bool_], start: Point, end: Point) -> float:
    """Share of the way between two points that lies on strokes."""
    steps = max(2, round(max(abs(end[0] - start[0]), abs(end[1] - start[1]))))
    xs = np.rint(np.linspace(start[0], end[0], steps)).astype(np.intp)
    ys = np.rint(np.linspace(start[1], end[1], steps)).astype(np.intp)
    inside = (xs >= 0) & (ys >= 0) & (xs < mask.shape[1]) & (ys < mask.shape[0])
    return float(np.count_nonzero(mask[ys[inside], xs[inside]])) / steps


def _grown(
    corners: tuple[Point, Point, Point, Point],
    sides: npt.NDArray[np.bool_],
    tops: npt.NDArray[np.bool_],
    inked: npt.NDArray[np.bool_],
    dots: float,
) -> tuple[Point, Point, Point, Point]:
    """The rectangle drawn on for as far as both of its sides go on: a row with the office's name.

    The rule above that row is often the faintest.
    """
    top_left, top_right, low_right, low_left = corners

    def follow(left: Point, right: Point, left_far: Point, right_far: Point) -> tuple[Point, Point]:
        step = 0.12 * dots
        for _ in range(round(_HEIGHT[1] * dots / step)):
            next_left, next_right = _onward(left, left_far, step), _onward(right, right_far, step)
            if min(_ruled(sides, left, next_left), _ruled(sides, right, next_right)) < _SIDE:
                break
            left, right = next_left, next_right
        outer = left, right
        for away in range(2, round(_OUTER * dots)):
            ends = _onward(left, left_far, away), _onward(right, right_far, away)
            way = min(_ruled(inked, left, ends[0]), _ruled(inked, right, ends[1]))
            if way >= _FAINT[1] and _ruled(tops, *ends) >= _FAINT[0]:
                outer = ends
        left, right = outer
        for away in range(1, round(_THICK * dots)):
            ends = _onward(left, left_far, away), _onward(right, right_far, away)
            if _ruled(tops, *ends) < _FAINT[0]:
                break
            outer = ends
        return outer

    top_left, top_right = follow(top_left, top_right, low_left, low_right)
    low_left, low_right = follow(low_left, low_right, top_left, top_right)
    return top_left, top_right, low_right, low_left


def _onward(near: Point, far: Point, step: float) -> Point:
    """The point that lies ``step`` beyond ``near`` as seen from ``far``."""
    share = step / max(math.dist(near, far), 1.0)
    return near[0] + (near[0] - far[0]) * share, near[1] + (near[1] - far[1]) * share


def _fits(corners: Sequence[Point], dots: float) -> bool:
    """Whether a rectangle is wider than high and of a stamp's height; a table goes on."""
    top_left, top_right, _, low_left = corners
    high = math.dist(top_left, low_left)
    wide = math.dist(top_left, top_right)
    return _HEIGHT[0] * dots <= high <= _HEIGHT[1] * dots and wide > 1.1 * high


def _area(corners: Sequence[Point]) -> float:
    return float(cv2.contourArea(np.asarray(corners, np.float32)))


def _overlaps(corners: Sequence[Point], others: Sequence[Point], factor: float) -> bool:
    scaled = np.asarray(others, np.float32) * factor
    xs, ys = [p[0] for p in corners], [p[1] for p in corners]
    wide = min(max(xs), float(scaled[:, 0].max())) - max(min(xs), float(scaled[:, 0].min()))
    high = min(max(ys), float(scaled[:, 1].max())) - max(min(ys), float(scaled[:, 1].min()))
    return wide > 0 and high > 0


def _long(strokes: Grey, dots: float) -> Grey:
    """The strokes that are longer than any letter of a stamp."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    longest = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    keep = longest >= 0.32 * dots
    keep[0] = False
    if count <= 1:
        return strokes
    return np.where(keep[labels], np.uint8(255), np.uint8(0))


def _as_found(
    corners: tuple[Point, Point, Point, Point],
    drawn: Grey,
    factor: float,
    shape: tuple[int, ...],
) -> StampFrame:
    """The frame in pixels of the page."""
    top_left, top_right, low_right, low_left = (
        (x / factor, y / factor) for x, y in corners
    )  # fmt: skip
    lean = math.degrees(
        math.atan2(
            top_right[1] - top_left[1] + low_right[1] - low_left[1],
            top_right[0] - top_left[0] + low_right[0] - low_left[0],
        )
    )
    found = StampFrame((top_left, top_right, low_right, low_left), lean, drawn)
    x0, y0, x1, y1 = _within(found.box, shape)
    full = (x1 - x0, y1 - y0)
    part = drawn[
        int(y0 * factor) : max(int(y1 * factor), int(y0 * factor) + 1),
        int(x0 * factor) : max(int(x1 * factor), int(x0 * factor) + 1),
    ]
    rules = cv2.resize(part, full, interpolation=cv2.INTER_NEAREST)
    return found._replace(rules=np.asarray(rules, np.uint8))


def _within(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    height, width = shape[:2]
    x0, y0 = max(0, min(box[0], width - 1)), max(0, min(box[1], height - 1))
    return x0, y0, max(x0 + 1, min(box[2], width)), max(y0 + 1, min(box[3], height))


def stamp_picture(
    image: Grey, frame: StampFrame, body: npt.NDArray[np.bool_], dpi: float
) -> tuple[Grey, BBox]:
    """What stands within a frame, level, without its rules and the ``body`` lines that run through.

    And its place on the page.
    """
    height, width = image.shape[:2]
    x0, y0, x1, y1 = _within(frame.box, image.shape)
    picture = image[y0:y1, x0:x1].copy()
    paper = _paper(picture)
    reach = max(3, round(0.012 * dpi)) | 1
    picture[body[y0:y1, x0:x1]] = paper
    picture[cv2.dilate(frame.rules, np.ones((reach, reach), np.uint8)) > 0] = paper
    turn = cv2.getRotationMatrix2D(((x1 - x0) / 2, (y1 - y0) / 2), frame.lean, 1.0)
    level = cv2.warpAffine(
        picture, turn, (x1 - x0, y1 - y0), flags=cv2.INTER_CUBIC, borderValue=(paper,)
    )
    return np.asarray(level, np.uint8), (x0 / width, y0 / height, x1 / width, y1 / height)


def without_stamp(image: Grey, frame: StampFrame, body: npt.NDArray[np.bool_], dpi: float) -> Grey:
    """The page with paper where the stamp is; the ``body`` lines that run through it stay."""
    corners = np.asarray(frame.corners, np.float64)
    away = np.sign(corners - corners.mean(axis=0)) * dpi
    rim = round(2 * _REMAINS * dpi)
    left, top, right, bottom = frame.box
    x0, y0, x1, y1 = _within((left - rim, top - rim, right + rim, bottom + rim), image.shape)
    out = image.copy()
    part = out[y0:y1, x0:x1]
    paper = _paper(part)

    def filled(rim_inches: float) -> npt.NDArray[np.bool_]:
        mask = np.zeros(part.shape, np.uint8)
        shape = np.rint(corners + away * rim_inches - (x0, y0)).astype(np.int32)
        cv2.fillConvexPoly(mask, shape, (1,))
        return mask > 0

    inside = filled(_RIM)
    kept = body[y0:y1, x0:x1] & inside
    printed = part[kept]
    part[inside] = paper
    # What is left of the rules: slivers along the edge that go no further than a rule does.
    ink = (part < _INK * paper).astype(np.uint8)
    _, labels = cv2.connectedComponents(ink, connectivity=8)
    near = cv2.dilate(inside.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    slivers = np.setdiff1d(labels[near & (ink > 0)], labels[~filled(_REMAINS) & (ink > 0)])
    gone = np.isin(labels, slivers[slivers > 0]).astype(np.uint8)
    part[cv2.dilate(gone, np.ones((3, 3), np.uint8)) > 0] = paper
    part[kept] = printed
    return out


class _TextRow(NamedTuple):
    """A line of the body beside a frame: its baseline and the height of its letters."""

    baseline: float
    letter: float


def body_print(image: Grey, frame: StampFrame, dpi: float) -> npt.NDArray[np.bool_] | None:
    """Where print of the body runs on within a frame, as large as the page; ``None``: all over it.

    A line that stands beside the frame and goes on in it, as far as letters stand on its baseline;
    of other lines the letters that the frame cuts. Where several lines go on, stamp and print lie
    over each other, and neither is to be had without the other.
    """
    height, width = image.shape[:2]
    kept = np.zeros((height, width), np.bool_)
    left, top, right, bottom = _within(frame.box, image.shape)
    rows = slice(max(0, round(top - 0.1 * dpi)), min(height, round(bottom + 2.0 * dpi)))
    strip = image[rows]
    ink = (strip < _INK * _paper(strip)).astype(np.uint8)
    within = np.zeros(strip.shape, np.uint8)
    shape = np.rint(np.asarray(frame.corners) - (0, rows.start)).astype(np.int32)
    cv2.fillConvexPoly(within, shape, (1,))
    rim = max(3, round(2 * _RIM * dpi)) | 1
    around = cv2.dilate(within, np.ones((rim, rim), np.uint8))
    ruled = np.zeros(strip.shape, np.uint8)
    ruled[top - rows.start : bottom - rows.start, left:right] = cv2.dilate(
        frame.rules, np.ones((3, 3), np.uint8)
    )
    lines, margin = _rows_beside(_marks(ink & (around == 0))[1], frame, rows.start, dpi)
    if len(lines) > _MOST_LINES:
        return None
    free = ink & (ruled == 0)
    _, marks = _marks(free & within)
    for line in lines:
        start = _runs_from(marks, line, (margin, float(right)), dpi)
        if start is not None:
            low, high = line.baseline - 2.2 * line.letter, line.baseline + 0.55 * line.letter
            band = slice(rows.start + max(0, round(low)), rows.start + round(high))
            kept[band, max(0, round(start) - 2) : right] = True
    labels, marks = _marks(free)
    total, inner = (
        np.bincount(labels.ravel()),
        np.bincount(labels[within > 0], minlength=len(marks)),
    )
    tall = marks[:, 3] - marks[:, 1]
    cut = (inner > 0) & (inner < 0.65 * total) & (tall > 0.03 * dpi) & (tall < 0.25 * dpi)
    cut[0] = False
    kept[rows] |= cv2.dilate(cut[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    kept[rows] &= (ruled == 0) & (within > 0)
    return kept


def _marks(ink: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Labelled marks, and of each its left, top, right and bottom edge (row 0: the paper)."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    x, y, w, h = (stats[:, i] for i in range(4))
    boxes = np.stack([x, y, x + w, y + h], axis=1)
    boxes[0] = 0
    return np.asarray(labels, np.int32), np.asarray(boxes, np.int32)


def _rows_beside(
    marks: npt.NDArray[np.int32], frame: StampFrame, top: int, dpi: float
) -> tuple[list[_TextRow], float]:
    """Lines that reach a frame from beside it and go on in it, and the left margin of the text.

    A line does where it ends close to the frame, or fills its line to the right margin: a centred
    heading beside a stamp does neither.
    """
    tall, wide = marks[:, 3] - marks[:, 1], marks[:, 2] - marks[:, 0]
    fits = (tall > 0.04 * dpi) & (tall < 0.2 * dpi) & (wide > 0.015 * dpi) & (wide < 0.5 * dpi)
    letters = marks[fits]
    if len(letters) < 12:
        return [], 0.0
    x0, y0, x1, y1 = frame.box
    margin = float(np.percentile(letters[:, 0], 1)) - 0.05 * dpi
    edge = float(np.percentile(letters[:, 2], 99))
    beside = letters[(letters[:, 3] + top > y0) & (letters[:, 3] + top < y1 + 0.1 * dpi)]
    # A line may bend: only its letters near the frame are asked for its baseline.
    rest, near_by = beside, (beside[:, 0] < x1 + 1.5 * dpi) & (beside[:, 2] > x0 - 1.5 * dpi)
    beside = beside[near_by]
    lines: list[_TextRow] = []
    while len(beside) >= _LETTERS:
        near = np.abs(beside[:, None, 3] - beside[None, :, 3]) <= 0.012 * dpi
        counts = near.sum(axis=1)
        best = int(counts.argmax())
        if counts[best] < _LETTERS:
            break
        row = beside[near[best]]
        baseline = float(np.median(row[:, 3]))
        before, behind = row[row[:, 2] < x0 + 0.15 * dpi], row[row[:, 0] > x1 - 0.15 * dpi]
        blank_before = x0 - float(before[:, 2].max(initial=-9999))
        blank_behind = float(behind[:, 0].min(initial=99999)) - x1
        whole = rest[np.abs(rest[:, 3] - baseline) < 0.035 * dpi]
        full = float(whole[:, 2].max()) > edge - 0.2 * dpi and blank_behind < 0.3 * dpi
        if full or min(blank_before, blank_behind) < _ADJACENT * dpi:
            lines.append(_TextRow(baseline, float(np.median(row[:, 3] - row[:, 1]))))
        beside = beside[np.abs(beside[:, 3] - baseline) > 0.06 * dpi]
    return lines, margin


def _runs_from(
    marks: npt.NDArray[np.int32], line: _TextRow, span: tuple[float, float], dpi: float
) -> float | None:
    """Where a line begins that runs on to the right edge of a frame; ``None`` where it does not.

    Marks of the stamp seldom stand on the baseline of the body.
    """
    x0, y0, x1, y1 = (marks[:, i].astype(np.float64) for i in range(4))
    tall = (y1 - y0 >= 0.75 * line.letter) & (y1 - y0 <= 2.3 * line.letter)
    stands = np.abs(y1 - line.baseline) <= 0.015 * dpi
    carries = tall & stands & (x1 - x0 <= 6 * line.letter) & (x0 >= span[0])
    start = end = span[1]
    for index in np.argsort(-x1):
        if not carries[index]:
            continue
        if end - x1[index] > _RUN_GAP * dpi:
            break
        start = end = min(end, float(x0[index]))
    return start if start < span[1] else None


def _paper(picture: Grey) -> float:
    return float(np.percentile(picture, 80))


def turned_with(block: Block, frame: StampFrame, shape: tuple[int, ...]) -> Block:
    """``block`` as read on the level picture, its words where they stand on the page."""
    height, width = shape[:2]
    x0, y0, x1, y1 = _within(frame.box, shape)
    middle_x, middle_y = (x0 + x1) / 2, (y0 + y1) / 2
    cos, sin = math.cos(math.radians(frame.lean)), math.sin(math.radians(frame.lean))

    def placed(word: Word) -> Word:
        if word.bbox is None:
            return word
        left, top, right, bottom = word.bbox
        x = (left + right) / 2 * width - middle_x
        y = (top + bottom) / 2 * height - middle_y
        new_x = (middle_x + x * cos - y * sin) / width
        new_y = (middle_y + x * sin + y * cos) / height
        half_x, half_y = (right - left) / 2, (bottom - top) / 2
        sides = (new_x - half_x, new_y - half_y, new_x + half_x, new_y + half_y)
        a, b, c, d = (round(min(1.0, max(0.0, v)), 5) for v in sides)
        return word.model_copy(update={"bbox": (a, b, c, d)})

    lines = tuple(Line(words=tuple(placed(w) for w in line.words)) for line in block.lines)
    return block.model_copy(update={"lines": lines})
