"""Round seals on pages without colour, found by their ring.

A red seal is told from print by its colour and taken off it (:mod:`pipeline.clean.colour`). On grey
and bilevel pages only its shape is left. Taking the ring away there was tried and made reading
worse: what remains of it is read as words. So a seal is marked, and the print stays as it is.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from models.base import BBox
from pipeline.clean.quality import Grey

#: Radius in inches: round seals measure 30 to 44 mm across.
_RADII: Final = (0.59, 0.87)
#: Share of the circle that must be inked, and of the circles a little larger and smaller that may
#: be: lines of text and tables cover all of them alike.
_INKED: Final = 0.7
_CANDIDATES: Final = 4
#: Edge points on a circle that make it one: few, for a ring may be broken; its ink decides.
_VOTES: Final = 22
_POINTS: Final = 240


class _Circle(NamedTuple):
    x: float
    y: float
    radius: float


def black_seals(small: Grey, dark: Grey, dpi: float) -> tuple[BBox, ...]:
    """Boxes of round seals, in fractions of the page.

    :param small: the page, evenly lit
    :param dark: its dark ink
    """
    height, width = small.shape
    if min(height, width) < 2 * _RADII[0] * dpi:
        return ()
    half, dots = cv2.resize(small, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dpi / 2
    circles = cv2.HoughCircles(
        half, cv2.HOUGH_GRADIENT, dp=1, minDist=0.5 * dots, param1=120, param2=_VOTES,
        minRadius=int(_RADII[0] * dots), maxRadius=int(_RADII[1] * dots),
    )  # fmt: skip
    if circles is None:
        return ()
    ink = np.asarray(dark > 0)
    found: list[BBox] = []
    for x, y, radius in np.asarray(circles, np.float64).reshape(-1, 3)[:_CANDIDATES] * 2:
        circle = _fitted(ink, _Circle(x, y, radius))
        if _inked(ink, circle) < _INKED:
            continue
        x0, x1 = (circle.x - circle.radius) / width, (circle.x + circle.radius) / width
        y0, y1 = (circle.y - circle.radius) / height, (circle.y + circle.radius) / height
        found.append((max(0.0, x0), max(0.0, y0), min(1.0, x1), min(1.0, y1)))
    return tuple(found)


def _fitted(ink: npt.NDArray[np.bool_], circle: _Circle) -> _Circle:
    """The circle moved and widened, a pixel at a time, to where most of it is inked."""
    best = circle
    for reach in (4, 2, 1):
        for _ in range(3):
            around = [
                _Circle(best.x + dx, best.y + dy, best.radius + dr)
                for dx in (-reach, 0, reach)
                for dy in (-reach, 0, reach)
                for dr in (-reach, 0, reach)
            ]
            nearest = max(around, key=lambda c: (_inked(ink, c), c == best))
            if nearest == best:
                break
            best = nearest
    return best


def _inked(ink: npt.NDArray[np.bool_], circle: _Circle) -> float:
    """Share of the circle that is inked; a circle beyond the edge of the page has none."""
    turns = np.linspace(0, 2 * np.pi, _POINTS, endpoint=False)
    xs = np.rint(circle.x + circle.radius * np.cos(turns)).astype(int)
    ys = np.rint(circle.y + circle.radius * np.sin(turns)).astype(int)
    height, width = ink.shape
    if xs.min() < 0 or ys.min() < 0 or xs.max() >= width or ys.max() >= height:
        return 0.0
    return float(ink[ys, xs].mean())
