"""Whether a PDF page is one image that covers it, and which: then its pixels are the page.

The page's drawing commands are followed. An image that covers the page hides what was drawn before
it; after it only invisible text (an earlier OCR) may follow. Anything else is for a renderer.
Reading takes the image's pixels, publishing its packed bytes; both ask here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import pikepdf

from models.base import BBox
from models.geometry import Affine

#: How far an image may stay behind the edge of the page, in points.
_GAP_PT: Final = 3.0
_MOST_COMMANDS: Final = 200_000
_DEEPEST_FORM: Final = 4
_PAINT: Final = frozenset({"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "INLINE IMAGE"})
_SHOW: Final = frozenset({"Tj", "TJ", "'", '"'})
_INVISIBLE: Final = 3
#: Entries by which an image is not simply its pixels.
_NOT_PLAIN: Final = ("/SMask", "/Mask", "/SMaskInData", "/OC", "/ImageMask")


class Placed(NamedTuple):
    """An image and the map of its unit square (origin bottom left) to the page's user space."""

    image: pikepdf.Object
    matrix: Affine


@dataclass
class _State:
    matrix: Affine
    text_mode: int = 0


@dataclass
class _Tracer:
    """Follows drawing commands; ``found`` is the covering image, unless something is over it."""

    box: tuple[float, float, float, float]
    found: Placed | None = None
    spoilt: bool = False
    commands: int = 0
    _path: list[tuple[float, float, float, float]] = field(default_factory=list)
    _odd_path: bool = False

    def follow(self, page: Any, resources: Any, state: _State, depth: int = 0) -> None:
        stack: list[_State] = []
        for command in pikepdf.parse_content_stream(page):
            operands, operator = command.operands, command.operator
            self.commands += 1
            if self.commands > _MOST_COMMANDS:
                self.spoilt = True
            if self.spoilt:
                return
            name = str(operator)
            if name == "q":
                stack.append(_State(state.matrix, state.text_mode))
            elif name == "Q":
                state = stack.pop() if stack else state
            elif name == "cm":
                state.matrix = Affine(*(float(v) for v in operands)).then(state.matrix)
            elif name == "Tr":
                state.text_mode = int(operands[0])
            elif name == "Do":
                self._draw(resources.XObject[str(operands[0])], resources, state, depth)
            elif name == "gs":
                self._graphics_state(resources.ExtGState[str(operands[0])])
            else:
                self._paint(name, operands, state)

    def _paint(self, name: str, operands: Any, state: _State) -> None:
        if name == "re":
            x, y, width, height = (float(v) for v in operands)
            self._path.append(state.matrix.box(x, y, x + width, y + height))
        elif name in ("m", "l", "c", "v", "y"):
            self._odd_path = True
        elif name in ("W", "W*"):
            whole = len(self._path) == 1 and not self._odd_path and self._covers(self._path[0])
            self.spoilt = self.spoilt or not whole
        elif name in _PAINT:
            self.spoilt = self.spoilt or self.found is not None
        elif name in _SHOW:
            visible = state.text_mode != _INVISIBLE
            self.spoilt = self.spoilt or (visible and self.found is not None)
        elif name == "BDC" and operands[0] == pikepdf.Name.OC:
            self.spoilt = True  # an optional layer: it may be hidden
        if name in _PAINT or name == "n":
            self._path.clear()
            self._odd_path = False

    def _graphics_state(self, entries: Any) -> None:
        plain = (
            float(entries.get("/ca", 1)) == 1.0
            and float(entries.get("/CA", 1)) == 1.0
            and entries.get("/SMask", pikepdf.Name.None_) == pikepdf.Name.None_
            and entries.get("/BM", pikepdf.Name.Normal) == pikepdf.Name.Normal
        )
        self.spoilt = self.spoilt or not plain

    def _draw(self, drawn: Any, resources: Any, state: _State, depth: int) -> None:
        if drawn.get("/Subtype") == pikepdf.Name.Form and depth < _DEEPEST_FORM:
            matrix = Affine(*(float(v) for v in drawn.get("/Matrix", [1, 0, 0, 1, 0, 0])))
            inner = _State(matrix.then(state.matrix), state.text_mode)
            self.spoilt = self.spoilt or "/Group" in drawn or "/OC" in drawn
            self.follow(drawn, drawn.get("/Resources", resources), inner, depth + 1)
            return
        m = state.matrix
        straight = (abs(m.b) + abs(m.c) < 0.01) or (abs(m.a) + abs(m.d) < 0.01)
        if self.found is not None or not straight or not self._covers(m.box(0, 0, 1, 1)):
            # A second image, a slanted one, or one of several strips.
            self.spoilt = True
            return
        self.found = Placed(drawn, m)

    def _covers(self, box: tuple[float, float, float, float]) -> bool:
        x0, y0, x1, y1 = self.box
        return (
            box[0] <= x0 + _GAP_PT
            and box[1] <= y0 + _GAP_PT
            and box[2] >= x1 - _GAP_PT
            and box[3] >= y1 - _GAP_PT
        )


def covering_image(page: pikepdf.Page, box: Any) -> Placed | None:
    """The one image that covers ``box`` (a rectangle of the page) and is all that is seen there.

    Never raises for a damaged page: a renderer is the better judge of one.
    """
    tracer = _Tracer(upright(box))
    try:
        tracer.follow(page, page.obj.get("/Resources", page.resources), _State(Affine()))
        if tracer.spoilt or tracer.found is None:
            return None
        image: Any = tracer.found.image
        if any(key in image for key in _NOT_PLAIN):
            return None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError,
            RecursionError):  # fmt: skip
        return None
    return tracer.found


def upright(box: Any) -> BBox:
    """A PDF rectangle with its lower left corner first."""
    x0, y0, x1, y1 = (float(v) for v in box)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def displayed(page: pikepdf.Page) -> tuple[float, float, Affine]:
    """Size in points of the page as displayed, and the map of its user space to that."""
    x0, y0, x1, y1 = upright(page.mediabox)
    unit = float(page.obj.get("/UserUnit", 1))
    width, height = (x1 - x0) * unit, (y1 - y0) * unit
    here = Affine(unit, 0, 0, unit, -x0 * unit, -y0 * unit)
    turns = {
        0: (width, height, Affine()),
        90: (height, width, Affine(0, -1, 1, 0, 0, width)),
        180: (width, height, Affine(-1, 0, 0, -1, width, height)),
        270: (height, width, Affine(0, 1, -1, 0, height, 0)),
    }
    shown_width, shown_height, turn = turns[int(page.rotation) % 360]
    return shown_width, shown_height, here.then(turn)
