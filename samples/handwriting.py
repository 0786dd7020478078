"""Digits by pen: strokes of our own, bent by a smooth curve and shaken by the seed.

In the real material serial and day are handwritten, and they are what an engine misreads into
other valid values; a font would be far too regular to show that.
"""

from __future__ import annotations

import random
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Mask = NDArray[np.float32]
Point = tuple[float, float]
Stroke = tuple[Point, ...]

#: Each digit in a box about 0.6 wide and 1 high, y downwards; several ways of writing each.
GLYPHS: Final[dict[str, tuple[tuple[Stroke, ...], ...]]] = {
    "0": (
        (((0.34, 0.02), (0.08, 0.3), (0.06, 0.7), (0.28, 0.99), (0.52, 0.7), (0.52, 0.28),
          (0.3, 0.03)),),
        (((0.42, 0.08), (0.16, 0.1), (0.02, 0.5), (0.12, 0.92), (0.4, 0.94), (0.56, 0.5),
          (0.44, 0.1), (0.3, 0.02)),),
    ),
    "1": (
        (((0.1, 0.28), (0.34, 0.02)), ((0.34, 0.02), (0.3, 0.5), (0.26, 1.0))),
        (((0.36, 0.0), (0.3, 0.5), (0.22, 1.0)),),
        (((0.08, 0.3), (0.32, 0.03), (0.28, 0.98)), ((0.1, 1.0), (0.5, 0.97))),
    ),
    "2": (
        (((0.06, 0.25), (0.2, 0.03), (0.48, 0.1), (0.44, 0.42), (0.04, 0.96)),
         ((0.04, 0.96), (0.3, 0.9), (0.58, 0.97))),
        (((0.04, 0.22), (0.28, 0.0), (0.52, 0.2), (0.34, 0.6), (0.06, 0.9), (0.18, 0.8),
          (0.36, 0.98), (0.62, 0.9)),),
    ),
    "3": (
        (((0.08, 0.12), (0.3, 0.0), (0.5, 0.18), (0.24, 0.46), (0.52, 0.66), (0.36, 0.98),
          (0.04, 0.9)),),
        (((0.08, 0.04), (0.5, 0.03)), ((0.5, 0.03), (0.24, 0.4), (0.54, 0.62), (0.4, 0.96),
          (0.04, 0.92))),
    ),
    "4": (
        (((0.3, 0.0), (0.02, 0.62)), ((0.02, 0.62), (0.58, 0.58)), ((0.42, 0.3), (0.38, 1.02))),
        (((0.14, 0.04), (0.06, 0.46), (0.5, 0.48)), ((0.46, 0.02), (0.4, 1.0))),
    ),
    "5": (
        (((0.14, 0.04), (0.1, 0.42), (0.36, 0.36), (0.54, 0.64), (0.34, 0.98), (0.02, 0.9)),
         ((0.14, 0.05), (0.54, 0.02))),
        (((0.56, 0.0), (0.18, 0.06), (0.1, 0.44), (0.42, 0.42), (0.48, 0.8), (0.04, 0.96)),),
    ),
    "6": (
        (((0.46, 0.02), (0.14, 0.36), (0.06, 0.78), (0.3, 1.0), (0.5, 0.76), (0.32, 0.54),
          (0.08, 0.7)),),
        (((0.38, 0.0), (0.06, 0.5), (0.16, 0.96), (0.48, 0.9), (0.46, 0.6), (0.12, 0.66)),),
    ),
    "7": (
        (((0.04, 0.06), (0.54, 0.04)), ((0.54, 0.04), (0.32, 0.5), (0.2, 1.0))),
        (((0.02, 0.14), (0.1, 0.04), (0.56, 0.05)), ((0.56, 0.05), (0.24, 1.0)),
         ((0.14, 0.52), (0.52, 0.48))),
    ),
    "8": (
        (((0.48, 0.14), (0.24, 0.0), (0.1, 0.2), (0.46, 0.6), (0.42, 0.94), (0.12, 0.94),
          (0.1, 0.66), (0.42, 0.36), (0.48, 0.14)),),
        (((0.3, 0.46), (0.1, 0.22), (0.3, 0.0), (0.48, 0.22), (0.28, 0.48), (0.06, 0.76),
          (0.28, 1.0), (0.52, 0.76), (0.3, 0.46)),),
    ),
    "9": (
        (((0.48, 0.2), (0.24, 0.02), (0.06, 0.28), (0.24, 0.5), (0.48, 0.24)),
         ((0.5, 0.1), (0.46, 0.6), (0.3, 1.0))),
        (((0.46, 0.1), (0.14, 0.1), (0.1, 0.44), (0.44, 0.4), (0.5, 0.1), (0.44, 0.7),
          (0.08, 0.96)),),
    ),
}  # fmt: skip


def smooth(points: list[Point], steps: int = 14) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    padded = [points[0], *points, points[-1]]
    out: list[Point] = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for k in range(steps):
            t = k / steps
            out.append(tuple(  # type: ignore[arg-type]
                0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t
                       + (3 * b - a - 3 * c + d) * t ** 3)
                for a, b, c, d in zip(p0, p1, p2, p3, strict=True)
            ))  # fmt: skip
    out.append(points[-1])
    return out


def draw_strokes(
    size: tuple[int, int], strokes: list[list[Point]], width: float, rng: random.Random
) -> Mask:
    """Ink on a patch of ``size`` pixels: round nib, pressure that swells and fades."""
    zoom = 3
    patch = Image.new("L", (size[0] * zoom, size[1] * zoom), 0)
    pen = ImageDraw.Draw(patch)
    for stroke in strokes:
        curve = smooth(stroke)
        pressure = rng.uniform(0.85, 1.15)
        for i, (x, y) in enumerate(curve[:-1]):
            nib = width * zoom * pressure * (1.0 - 0.35 * abs(2 * i / len(curve) - 1) ** 2)
            x2, y2 = curve[i + 1]
            ends = [(x * zoom, y * zoom), (x2 * zoom, y2 * zoom)]
            pen.line(ends, fill=255, width=max(1, round(nib)))
            r = nib / 2
            pen.ellipse((ends[0][0] - r, ends[0][1] - r, ends[0][0] + r, ends[0][1] + r), fill=255)
    small = patch.resize(size, Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32) / 255.0


def write_digits(digits: str, height: float, width: float, rng: random.Random) -> Mask:
    """A number as one hand writes it, fitted into ``width`` by ``height`` pixels."""
    slant, shake = rng.uniform(-0.02, 0.3), rng.uniform(0.012, 0.03)
    advance = min(height * 0.74, width / max(1, len(digits)))
    margin = height * 0.35
    strokes: list[list[Point]] = []
    x = margin + (width - advance * len(digits)) / 2
    for digit in digits:
        tall, drop = height * rng.uniform(0.9, 1.12), height * rng.uniform(-0.06, 0.08)
        wide = min(tall * 0.95, advance / 0.66)
        strokes.extend(
            [
                (
                    x + (px + rng.gauss(0, shake)) * wide + (1 - py) * slant * tall * 0.5,
                    margin + drop + (py + rng.gauss(0, shake)) * tall,
                )
                for px, py in stroke
            ]
            for stroke in rng.choice(GLYPHS[digit])
        )
        x += advance * rng.uniform(0.94, 1.06)
    size = (round(width + 2 * margin), round(height + 2 * margin))
    return draw_strokes(size, strokes, height * rng.uniform(0.075, 0.125), rng)


def scribble(width: float, height: float, loops: int, rng: random.Random) -> Mask:
    """A signature or initials: loops of uneven height, a tail, and sometimes a stroke across."""
    points: list[Point] = []
    lean, high = rng.uniform(-0.05, 0.16), rng.uniform(0.05, 0.3)
    for i in range(loops * 2):
        along = 0.06 + rng.uniform(0.5, 0.75) * i / (loops * 2)
        tall = (0.0 if i == 0 else 0.35 * i / (loops * 2)) + rng.uniform(-0.06, 0.12)
        up = high + tall if i % 2 else rng.uniform(0.6, 0.95)
        points.append(((along + lean * (1 - up) + rng.uniform(-0.04, 0.04)) * width, up * height))
        if rng.random() < 0.35:
            points.append(((along - 0.05) * width, (up + 0.1) * 0.8 * height))
    points.append((0.97 * width, rng.uniform(0.05, 0.6) * height))
    strokes = [points]
    if loops > 2 and rng.random() < 0.6:
        level = rng.uniform(0.45, 0.85)
        strokes.append([(rng.uniform(0.02, 0.25) * width, level * height),
                        (0.5 * width, (level - 0.12) * height),
                        (0.92 * width, rng.uniform(0.2, 0.7) * height)])  # fmt: skip
    return draw_strokes((round(width), round(height)), strokes, max(1.5, height * 0.03), rng)
