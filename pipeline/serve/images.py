"""Pictures of pages and of places on them, cut from the stored page images.

A page that lay askew was turned before it was read, and its stored image is the turned one; boxes
of evidence refer to the page as it lies in its file. So pictures are turned back here.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from models.base import BBox
from models.geometry import Frame
from pipeline.serve.ports import PageImage

if TYPE_CHECKING:
    from PIL.Image import Image

#: Pictures of a place have at most so many pixels on a side.
_LONGEST_SIDE: Final = 6000
_PNG: Final = b"\x89PNG"


def media_type(data: bytes) -> str:
    """Of a stored page image."""
    return "image/png" if data.startswith(_PNG) else "image/jpeg"


def is_turned(frame: Frame) -> bool:
    """Whether the image read lies otherwise than the page in its file."""
    return frame.turn.rotation != 0 or frame.turn.level_degrees != 0.0


def whole(image: PageImage) -> bytes:
    """The page as it lies in its file, as PNG."""
    return _encoded(_turned_back(image, (0.0, 0.0, 1.0, 1.0)))


def crop(image: PageImage, box: BBox, margin: float) -> bytes:
    """The place ``box`` (fractions of the page in its file) as PNG.

    :param margin: of what is around it, in fractions of the page's width, on all sides
    """
    frame = image.frame
    upright = margin * frame.width / frame.height
    x0, x1 = sorted((box[0], box[2]))
    y0, y1 = sorted((box[1], box[3]))
    wanted = (x0 - margin, y0 - upright, x1 + margin, y1 + upright)
    inside = tuple(min(max(v, 0.0), 1.0) for v in wanted)
    return _encoded(_turned_back(image, (inside[0], inside[1], inside[2], inside[3])))


def _turned_back(image: PageImage, box: BBox) -> Image:
    from PIL import Image as Pillow

    frame = image.frame
    read = Pillow.open(io.BytesIO(image.data))
    left, top = round(box[0] * frame.width), round(box[1] * frame.height)
    width = min(_LONGEST_SIDE, max(1, round(box[2] * frame.width) - left))
    height = min(_LONGEST_SIDE, max(1, round(box[3] * frame.height) - top))
    if not is_turned(frame):
        return read.crop((left, top, left + width, top + height))
    # From a pixel of the picture to a pixel of the image read: a turn is undone by its transpose.
    a, b, c, d, e, f = frame.to_page
    x, y = left - e, top - f
    back = (a, b, a * x + b * y, c, d, c * x + d * y)
    grey = read.convert("L") if read.mode == "1" else read
    return grey.transform(
        (width, height),
        Pillow.Transform.AFFINE,
        back,
        resample=Pillow.Resampling.BILINEAR,
        fillcolor=255 if grey.mode == "L" else (255, 255, 255),
    )


def _encoded(picture: Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
