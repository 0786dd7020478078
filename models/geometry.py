"""Where things stand on the original page, whichever way the page was turned to be read.

Boxes of words refer to the image that was read. A page that lay sideways, on its head or askew was
turned before, so its boxes are turned back here. Sizes are pixels, origin at the top left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from models.base import BBox

Rotation = Literal[0, 90, 180, 270]


class Affine(NamedTuple):
    """A map of the plane in the order of PDF's ``cm``: x' = a x + c y + e, y' = b x + d y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point goes."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def then(self, after: Affine) -> Affine:
        """This map, and ``after`` it the other."""
        e, f = after.at(self.e, self.f)
        return Affine(
            after.a * self.a + after.c * self.b,
            after.b * self.a + after.d * self.b,
            after.a * self.c + after.c * self.d,
            after.b * self.c + after.d * self.d,
            e,
            f,
        )

    def box(self, x0: float, y0: float, x1: float, y1: float) -> BBox:
        """The upright box around the image of a box."""
        corners = [self.at(x, y) for x in (x0, x1) for y in (y0, y1)]
        xs, ys = [p[0] for p in corners], [p[1] for p in corners]
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True, slots=True)
class Turn:
    """How a page was turned before it was read.

    ``rotation``: the clockwise quarter turn, applied first. ``level_degrees``: the slope of its
    lines (positive: they fell to the right) that was undone after it, 0 where it was left alone.
    """

    rotation: Rotation = 0
    level_degrees: float = 0.0

    @property
    def text_degrees(self) -> float:
        """Counter-clockwise angle of the text on the original page, 0 <= angle < 360."""
        return (self.rotation - self.level_degrees) % 360.0


@dataclass(frozen=True, slots=True)
class Frame:
    """The image that a page's boxes refer to and the original page, both in pixels."""

    read_width: int
    read_height: int
    turn: Turn

    @property
    def width(self) -> int:
        """Width of the original page."""
        return self.read_height if self.turn.rotation % 180 else self.read_width

    @property
    def height(self) -> int:
        """Height of the original page."""
        return self.read_width if self.turn.rotation % 180 else self.read_height

    @property
    def to_page(self) -> Affine:
        """From pixels of the image read to pixels of the original page."""
        width, height = float(self.read_width), float(self.read_height)
        # OpenCV's getRotationMatrix2D about the middle, inverted.
        cos = math.cos(math.radians(self.turn.level_degrees))
        sin = math.sin(math.radians(self.turn.level_degrees))
        x, y = width / 2, height / 2
        askew = Affine(cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)
        back = {
            0: Affine(),
            90: Affine(0, -1, 1, 0, 0, width),
            180: Affine(-1, 0, 0, -1, width, height),
            270: Affine(0, 1, -1, 0, height, 0),
        }[self.turn.rotation]
        return askew.then(back)

    def read_box(self, box: BBox) -> BBox:
        """Fractions of the image read in its pixels."""
        return (
            box[0] * self.read_width,
            box[1] * self.read_height,
            box[2] * self.read_width,
            box[3] * self.read_height,
        )

    def page_box(self, box: BBox) -> BBox:
        """Fractions of the image read in pixels of the original page, within the page."""
        x0, y0, x1, y1 = self.to_page.box(*self.read_box(box))
        return (
            min(max(x0, 0.0), self.width),
            min(max(y0, 0.0), self.height),
            min(max(x1, 0.0), self.width),
            min(max(y1, 0.0), self.height),
        )


def turned_back(
    box: BBox, width: int, height: int, rotation: Rotation, levelled_degrees: float
) -> BBox:
    """``box`` in fractions of the original page.

    :param box: in fractions of the image that was read, ``width`` x ``height`` pixels
    """
    if rotation == 0 and levelled_degrees == 0.0:
        return box
    frame = Frame(width, height, Turn(rotation, levelled_degrees))
    x0, y0, x1, y1 = frame.page_box(box)
    return (
        round(x0 / frame.width, 5),
        round(y0 / frame.height, 5),
        round(x1 / frame.width, 5),
        round(y1 / frame.height, 5),
    )
