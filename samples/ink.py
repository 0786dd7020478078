"""What is put on a printed page by hand: pen, seal, stamps. Ink multiplies, as ink does."""

from __future__ import annotations

import math
import random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from samples.fonts import font_file
from samples.handwriting import Mask, write_digits

Colour = tuple[int, int, int]
Sheet = NDArray[np.uint8]

BLUE: Colour = (28, 44, 150)
BLACK: Colour = (25, 25, 35)
RED: Colour = (222, 24, 40)
STAMP_COLOURS: tuple[Colour, ...] = ((190, 30, 60), (60, 50, 160), (150, 30, 90))


def lay(
    sheet: Sheet, mask: Mask, x: float, y: float, colour: Colour, strength: float = 1.0
) -> None:
    """Multiply ink into the sheet in place, the mask's top left corner at ``x``, ``y`` pixels."""
    left, top = round(x), round(y)
    height, width = mask.shape
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(sheet.shape[1], left + width), min(sheet.shape[0], top + height)
    if x1 <= x0 or y1 <= y0:
        return
    part = mask[y0 - top : y1 - top, x0 - left : x1 - left, None] * strength
    tone = np.array(colour, dtype=np.float32) / 255.0
    under = sheet[y0:y1, x0:x1].astype(np.float32)
    sheet[y0:y1, x0:x1] = (under * (1.0 - part * (1.0 - tone))).astype(np.uint8)


def uneven(mask: Mask, rng: random.Random, loss: float) -> Mask:
    """Ink that did not take everywhere: patches where the rubber pressed less."""
    noise = np.random.default_rng(rng.randrange(2**32))
    coarse = noise.random((max(2, mask.shape[0] // 22), max(2, mask.shape[1] // 22)))
    size = (mask.shape[1], mask.shape[0])
    patches = cv2.resize(coarse.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    fine = noise.random(mask.shape).astype(np.float32)
    kept = np.clip(1.0 - loss * patches - 0.5 * loss * fine, 0.0, 1.0)
    return np.asarray(mask * kept, np.float32)


def turned(mask: Mask, degrees: float) -> Mask:
    """The mask turned about its centre, with room at the edges."""
    pad = int(max(mask.shape) * 0.12)
    roomy = np.pad(mask, pad)
    middle = (roomy.shape[1] / 2, roomy.shape[0] / 2)
    matrix = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    turned_mask = cv2.warpAffine(roomy, matrix, (roomy.shape[1], roomy.shape[0]))
    return np.asarray(turned_mask, dtype=np.float32)


def _star(draw: ImageDraw.ImageDraw, centre: float, radius: float) -> None:
    points = [
        (
            centre + (radius if k % 2 == 0 else radius * 0.4) * math.sin(k * math.pi / 5),
            centre - (radius if k % 2 == 0 else radius * 0.4) * math.cos(k * math.pi / 5),
        )
        for k in range(10)
    ]
    draw.polygon(points, fill=255)


def _ring_text(image: Image.Image, text: str, radius: float, size: int, sweep: float) -> None:
    """Letters round the ring, from left over the top to right."""
    font = ImageFont.truetype(str(font_file("Bold")), size)
    lengths = [font.getlength(c) * 1.08 for c in text]
    start = -sweep / 2
    centre = image.width / 2
    for c, length in zip(text, lengths, strict=True):
        angle = start + sweep * (length / 2) / sum(lengths)
        start += sweep * length / sum(lengths)
        tile = Image.new("L", (size * 2, size * 2), 0)
        ImageDraw.Draw(tile).text((size, size), c, font=font, fill=255, anchor="mm")
        tile = tile.rotate(-math.degrees(angle), resample=Image.Resampling.BICUBIC)
        at = (
            round(centre + radius * math.sin(angle) - size),
            round(centre - radius * math.cos(angle) - size),
        )
        image.paste(255, at, tile)


def seal(text: str, diameter: float, rng: random.Random) -> Mask:
    """A round seal: two rings, the office round the top, a star and a cogged emblem within."""
    zoom = 2
    side = round(diameter * zoom)
    image = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(image)
    middle, line = side / 2, max(2, side // 80)
    for share, wide in ((0.49, line * 2), (0.455, line), (0.315, line)):
        r = side * share
        draw.ellipse((middle - r, middle - r, middle + r, middle + r), outline=255, width=wide)
    for k in range(24):
        a = k * math.pi / 12
        r0, r1 = side * 0.215, side * 0.25
        draw.line(
            [
                (middle + r0 * math.sin(a), middle - r0 * math.cos(a)),
                (middle + r1 * math.sin(a), middle - r1 * math.cos(a)),
            ],
            fill=255,
            width=line * 3,
        )
    r = side * 0.22
    draw.ellipse((middle - r, middle - r, middle + r, middle + r), outline=255, width=line * 2)
    _star(draw, middle, side * 0.15)
    size = max(10, min(round(side * 0.082), round(side * 2.6 / max(10, len(text)))))
    _ring_text(image, text, side * 0.385, size, min(5.4, 0.155 * len(text) + 0.6))
    _ring_text(image, "*", -side * 0.385, round(side * 0.1), 0.1)
    mask = np.asarray(image.resize((side // zoom, side // zoom), Image.Resampling.BOX), np.float32)
    return turned(uneven(mask / 255.0, rng, rng.uniform(0.1, 0.45)), rng.uniform(-14, 14))


def incoming_stamp(
    office: str, serial: str, day: str, dpi: int, rng: random.Random
) -> tuple[Mask, Mask]:
    """The box that a receiving office puts on: rubber and pen as two masks of one size."""
    unit = dpi / 72
    width, height = round(150 * unit), round(62 * unit)
    image = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(image)
    draw.rectangle((1, 1, width - 2, height - 2), outline=255, width=max(2, round(1.4 * unit)))
    small = ImageFont.truetype(str(font_file("Regular")), round(7.5 * unit))
    large = ImageFont.truetype(str(font_file("Bold")), round(11 * unit))
    draw.text((width / 2, 9 * unit), office, font=small, fill=255, anchor="mm")
    draw.text((width / 2, 22 * unit), "CÔNG VĂN ĐẾN", font=large, fill=255, anchor="mm")
    rows = (("Số:", 36), ("Ngày:", 51))
    pen = np.zeros((height, width), np.float32)
    body = ImageFont.truetype(str(font_file("Regular")), round(10 * unit))
    for (label, y), value in zip(rows, (serial, day), strict=True):
        draw.text((10 * unit, y * unit), label, font=body, fill=255, anchor="lm")
        draw.text((38 * unit, (y + 2) * unit), "." * 40, font=small, fill=255, anchor="lm")
        x = 44 * unit
        for part in value.split("/"):
            digits = write_digits(part, 9 * unit, 7 * unit * len(part), rng)
            top = round((y - 8.5) * unit)
            h, w = digits.shape
            h, w = min(h, height - top), min(w, width - round(x))
            area = pen[top : top + h, round(x) : round(x) + w]
            np.maximum(area, digits[:h, :w], out=area)
            x += 7 * unit * len(part) + 9 * unit
    angle = rng.uniform(-4, 4)
    rubber = uneven(np.asarray(image, np.float32) / 255.0, rng, rng.uniform(0.2, 0.5))
    return turned(rubber, angle), turned(pen, angle)
