"""The invisible layer of text: every word in its box, line by line, in reading order.

Words of a line share a baseline and a size, taken from all of their boxes, and lines of a page its
slope: readers join what stands on one line, so phrases are found across words, and a search marks
the whole height of a word. Each word is stretched to the width of its own box, each blank to the
gap that follows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Final

from models.base import BBox
from models.geometry import Affine, Frame
from models.text import PageText, Word
from models.vietnamese import nfc
from pipeline.publish.blankfont import ADVANCE, ASCENT, DESCENT, BlankFont, is_text

#: Slopes smaller than this (a fifth of a line's height over a page's width) are left out.
_LEAST_SLOPE: Final = 0.003
_MOST_SLOPE: Final = 0.15
#: A line whose height is this near to its block's is set in the block's size.
_SAME_SIZE: Final = (0.75, 1.35)
#: A box this much higher than its line's others (a seal read as a letter) does not raise the line.
_TOO_HIGH: Final = 1.8
#: How far the words of one line may stand apart in height, as a share of the font size.
_ONE_LINE: Final = 0.45
#: The narrowest blank between words, as a share of the font size.
_LEAST_GAP: Final = 0.22


@dataclass(frozen=True, slots=True)
class Run:
    """A word of the layer: its text and its box, in pixels of the image read."""

    text: str
    box: BBox


#: The words of a page, by line and block.
Blocks = list[list[list[Run]]]


def clean_text(text: str) -> str:
    """``text`` in NFC without characters that no text layer may hold."""
    return "".join(c for c in nfc(text) if is_text(c)).strip()


def runs_of(words: Iterable[Word], frame: Frame) -> list[Run]:
    """Words with their boxes; one without a box stands in the box of its neighbour.

    Guesses at handwriting are left out: nothing in the layer could mark them as such.
    """
    runs: list[Run] = []
    waiting = ""
    for word in words:
        text = clean_text(word.text)
        if not text or (word.reading is not None and word.reading.handwritten):
            continue
        if word.bbox is not None:
            runs.append(Run(f"{waiting} {text}".strip(), frame.read_box(word.bbox)))
            waiting = ""
        elif runs:
            runs[-1] = Run(f"{runs[-1].text} {text}", runs[-1].box)
        else:
            waiting = f"{waiting} {text}".strip()
    return runs


def blocks_of(page: PageText, frame: Frame) -> Blocks:
    """The page's lines of words by block, its own first, then overlays."""
    own = [b for b in page.blocks if b.kind != "overlay"]
    over = [b for b in page.blocks if b.kind == "overlay"]
    blocks = [[runs_of(line.words, frame) for line in block.lines] for block in own + over]
    return [lines for block in blocks if (lines := [line for line in block if line])]


def slope_of(blocks: Blocks, width: float) -> float:
    """How far the lines of a page fall for each pixel to the right: the median over its lines."""
    slopes = []
    for line in (line for block in blocks for line in block):
        feet = [((r.box[0] + r.box[2]) / 2, r.box[3]) for r in line]
        for index, (x, y) in enumerate(feet):
            slopes += [
                (later_y - y) / (later_x - x)
                for later_x, later_y in feet[index + 1 :]
                if later_x - x > 0.25 * width
            ]
    slope = median(slopes) if len(slopes) >= 12 else 0.0
    return slope if _LEAST_SLOPE <= abs(slope) <= _MOST_SLOPE else 0.0


@dataclass(frozen=True, slots=True)
class _Band:
    """Top and bottom of a line where x is 0, and its height."""

    top: float
    bottom: float

    @property
    def height(self) -> float:
        return max(1.0, self.bottom - self.top)


def _band(line: list[Run], slope: float) -> _Band:
    usual = median(r.box[3] - r.box[1] for r in line)
    good = [r for r in line if r.box[3] - r.box[1] <= _TOO_HIGH * usual] or line
    tops = sorted(r.box[1] - slope * (r.box[0] + r.box[2]) / 2 for r in good)
    bottoms = sorted(r.box[3] - slope * (r.box[0] + r.box[2]) / 2 for r in good)
    # Nearly the extremes: a few stray boxes of a long line do not count.
    stray = len(good) // 8
    return _Band(tops[stray], bottoms[-1 - stray])


def _sized(bands: list[_Band]) -> Iterator[_Band]:
    """Lines of nearly the same height in one size, about their own middle."""
    usual = median(band.height for band in bands)
    for band in bands:
        if _SAME_SIZE[0] <= band.height / usual <= _SAME_SIZE[1]:
            middle = (band.top + band.bottom) / 2
            yield _Band(middle - usual / 2, middle + usual / 2)
        else:
            yield band


def text_commands(blocks: Blocks, frame: Frame, to_points: Affine, font: BlankFont) -> bytes:
    """The layer as drawing commands; ``to_points`` maps pixels of the original page to points."""
    place = frame.to_page.then(to_points)
    slope = slope_of(blocks, frame.read_width)
    out: list[bytes] = [b"BT", b"3 Tr"]
    for block in blocks:
        for line, band in zip(block, _sized([_band(line, slope) for line in block]), strict=True):
            out += _line_commands(line, band, slope, place, font)
    out.append(b"ET")
    return b"\n".join(out) if len(out) > 3 else b""


def _line_commands(
    line: list[Run], band: _Band, slope: float, place: Affine, font: BlankFont
) -> Iterator[bytes]:
    along, across = math.hypot(place.a, place.b), math.hypot(place.c, place.d)
    size = max(0.5, band.height * across)
    # Each word stands straight, at the height of its middle: poppler takes a word apart whose
    # letters climb by more than half a point.
    quarter = round(math.atan2(place.b, place.a) / (math.pi / 2)) % 4
    ux, uy = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarter]
    baseline = band.bottom + band.height * DESCENT / (ASCENT - DESCENT)
    yield b"/F %s Tf" % _number(size)
    first, last = ((run.box[0] + run.box[2]) / 2 for run in (line[0], line[-1]))
    pivot = (first + last) / 2
    at_x, at_y = place.at(pivot, baseline + slope * pivot)
    # A pixel to the right on the line, as a step forward and a step up.
    dx, dy = place.a + slope * place.c, place.b + slope * place.d
    forward, up = dx * ux + dy * uy, dy * ux - dx * uy
    climb = _climb(up / forward, (last - first) * forward, size)
    for index, run in enumerate(line):
        x0, x1 = run.box[0], run.box[2]
        middle = (x0 + x1) / 2
        full = max(0.5, (x1 - x0) * along)
        ahead = (middle - pivot) * forward
        x = at_x + ux * (ahead - full / 2) - uy * climb * ahead
        y = at_y + uy * (ahead - full / 2) + ux * climb * ahead
        start = (_number(x), _number(y))
        yield b"%d %d %d %d %s %s Tm" % (ux, uy, -uy, ux, *start)
        gap, width = 0.0, full
        if index + 1 < len(line):
            gap = (line[index + 1].box[0] - x1) * along
            # Readers of the layer find no blank in a narrower gap.
            missing = max(0.0, _LEAST_GAP * size - gap)
            gap, width = gap + missing, max(0.6 * width, width - missing)
        yield b"%s Tz %s Tj" % (_stretch(width, len(run.text), size), font.encode(run.text))
        if index + 1 < len(line):
            yield b"%s Tz %s Tj" % (_stretch(gap, 1, size), font.encode(" "))


def _climb(slope: float, length: float, height: float) -> float:
    """The slope at which a line is set: its own where readers still see one line.

    poppler takes a word for another line's when it stands more than half the font size above or
    below the first. A line that climbs more is set flatter about its middle, as long as the boxes
    at its ends stay on their words; past that (some 2.5 degrees) boxes go before phrases.
    """
    whole = abs(slope) * max(0.0, length)
    room = _ONE_LINE * height
    return slope * room / whole if room < whole <= 3 * room else slope


def _stretch(width: float, characters: int, size: float) -> bytes:
    """The horizontal scaling, in percent, that sets so many characters to ``width``."""
    return _number(100.0 * width / (characters * size * ADVANCE / 1000.0))


def _number(value: float, digits: int = 2) -> bytes:
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return (text if text not in ("", "-0") else "0").encode("ascii")
