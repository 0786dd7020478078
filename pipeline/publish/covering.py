"""Whether a PDF page is one image that covers it, and which: then its bytes can be kept.

The page's drawing commands are followed. An image that covers the page hides what was drawn before
it; after it only invisible text (an earlier OCR) may follow. Anything else is for a renderer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, cast

import pikepdf

from models.geometry import Affine

#: How far an image may stay behind the edge of the page, in points.
_GAP_PT: Final = 3.0
_MOST_COMMANDS: Final = 200_000
_DEEPEST_FORM: Final = 4
_PAINT: Final = frozenset({"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "INLINE IMAGE"})
_SHOW: Final = frozenset({"Tj", "TJ", "'", '"'})
_INVISIBLE: Final = 3
#: What an image may be packed with in PDF/A-2 (ISO 19005-2, 6.1.7.2 forbids LZW); JPXDecode is
#: allowed there under conditions that only decoding can check, so such an image is drawn anew.
_FILTERS: Final = frozenset(
    {"/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/FlateDecode", "/RunLengthDecode",
     "/ASCII85Decode", "/ASCIIHexDecode"}
)  # fmt: skip
#: Entries of an image that describe its data. Others are hints (``Interpolate`` must not be true)
#: or hold what PDF/A forbids (``Alternates``, ``OPI``).
_KEPT: Final = frozenset(
    {"/Length", "/Filter", "/DecodeParms", "/Width", "/Height", "/BitsPerComponent", "/ColorSpace",
     "/Decode"}
)  # fmt: skip


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


def covering_image(page: pikepdf.Page) -> Placed | None:
    """The one image that is the page and may be kept as it is; ``None`` where there is none.

    Never raises for a damaged page: a renderer is the better judge of one.
    """
    x0, y0, x1, y1 = (float(v) for v in page.cropbox)
    tracer = _Tracer((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
    try:
        tracer.follow(page, page.obj.get("/Resources", page.resources), _State(Affine()))
        if tracer.spoilt or tracer.found is None or not _may_be_kept(tracer.found.image):
            return None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError,
            RecursionError):  # fmt: skip
        return None
    return tracer.found


def _may_be_kept(image: Any) -> bool:
    if any(key in image for key in ("/SMask", "/Mask", "/SMaskInData", "/OC", "/ImageMask")):
        return False
    filters = _listed(image.get("/Filter"))
    if not filters or any(str(name) not in _FILTERS for name in filters):
        return False
    return int(image.BitsPerComponent) in (1, 2, 4, 8, 16) and _kept_colours(image) is not None


def _listed(value: Any) -> Iterable[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _kept_colours(image: Any) -> Any | None:
    """The colour space to write: the image's own where PDF/A-2 allows it beside an sRGB intent."""
    space = image.get("/ColorSpace")
    if isinstance(space, pikepdf.Name):
        return space if space in (pikepdf.Name.DeviceGray, pikepdf.Name.DeviceRGB) else None
    if not isinstance(space, pikepdf.Array) or len(space) < 2:
        return None
    kind = space[0]
    if kind in (pikepdf.Name.CalGray, pikepdf.Name.CalRGB):
        return space
    if kind == pikepdf.Name.Indexed:
        base = space[1]
        device = (pikepdf.Name.DeviceGray, pikepdf.Name.DeviceRGB)
        return space if isinstance(base, pikepdf.Name) and base in device else None
    if kind == pikepdf.Name.ICCBased:
        components = int(space[1].N)
        if components not in (1, 3):
            return None
        if profile_fits(space[1].read_bytes(), components):
            return space
        return pikepdf.Name.DeviceGray if components == 1 else pikepdf.Name.DeviceRGB
    return None


def profile_fits(profile: bytes, components: int) -> bool:
    """Whether a colour profile is one that PDF/A-2 allows (6.2.4.2: ICC.1 up to version 4)."""
    return (
        len(profile) >= 132
        and profile[36:40] == b"acsp"
        and 2 <= profile[8] <= 4
        and profile[12:16] in (b"scnr", b"mntr", b"prtr", b"spac")
        and profile[16:20] == {1: b"GRAY", 3: b"RGB "}.get(components)
    )


def copy_image(pdf: pikepdf.Pdf, image: Any) -> pikepdf.Object:
    """The image in ``pdf``: its packed bytes untouched, of its entries only what describes them."""
    copy: Any = pdf.copy_foreign(image)
    for key in list(copy.keys()):
        if key not in _KEPT:
            del copy[key]
    colours = _kept_colours(copy)
    if colours is not None:
        copy.ColorSpace = colours
    copy.Type = pikepdf.Name.XObject
    copy.Subtype = pikepdf.Name.Image
    return cast(pikepdf.Object, copy)
