"""Boxes on a page that was turned before it was read, brought back onto the page as it lies."""

from __future__ import annotations

import math

from models.base import BBox


def turned_back(
    box: BBox, width: float, height: float, rotation: int, levelled_degrees: float
) -> BBox:
    """``box`` in fractions of the original page.

    :param box: in fractions of the image that was read, ``width`` x ``height`` pixels
    :param rotation: the clockwise quarter turn that was applied first: 0, 90, 180 or 270
    :param levelled_degrees: the slope that was undone after it, about the middle of the image
    """
    if rotation == 0 and levelled_degrees == 0.0:
        return box
    angle = math.radians(levelled_degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    corners = []
    for x, y in ((box[i], box[j]) for i in (0, 2) for j in (1, 3)):
        dx, dy = (x - 0.5) * width, (y - 0.5) * height
        u = (cos * dx - sin * dy) / width + 0.5
        v = (sin * dx + cos * dy) / height + 0.5
        corners.append(_UNTURNED[rotation](u, v))
    xs, ys = zip(*corners, strict=True)
    low = tuple(round(min(1.0, max(0.0, min(values))), 5) for values in (xs, ys))
    high = tuple(round(min(1.0, max(0.0, max(values))), 5) for values in (xs, ys))
    return (low[0], low[1], high[0], high[1])


_UNTURNED = {
    0: lambda u, v: (u, v),
    90: lambda u, v: (v, 1 - u),
    180: lambda u, v: (1 - u, 1 - v),
    270: lambda u, v: (1 - v, u),
}
