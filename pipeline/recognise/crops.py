"""Pictures of the places that were written by hand: evidence for whoever has to read them."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from models.text import PageText, Zone

#: Around the zone, in heights of the zone: pens reach above and below the print beside them.
_MARGIN_X: Final = 0.5
_MARGIN_Y: Final = 0.6
#: Turns that set a page upright which lies on its side.
_TURNS: Final = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def crop_of(zone: Zone, text: PageText, pixels: npt.NDArray[np.uint8]) -> bytes | None:
    """The zone as a PNG, upright; ``None`` where its place is not known.

    :param pixels: the page as it lies in its file, grey or RGB; ``zone`` is a place on the image
        that was read, which may have been turned and levelled
    """
    if zone.bbox is None:
        return None
    x0, y0, x1, y1 = zone.bbox
    high = y1 - y0
    wide = high * (text.height_px or 1) / (text.width_px or 1)
    box = text.on_page(
        (
            max(0.0, x0 - _MARGIN_X * wide), max(0.0, y0 - _MARGIN_Y * high),
            min(1.0, x1 + _MARGIN_X * wide), min(1.0, y1 + _MARGIN_Y * high),
        )
    )  # fmt: skip
    rows, columns = pixels.shape[:2]
    part = pixels[
        int(box[1] * rows) : int(box[3] * rows) + 1,
        int(box[0] * columns) : int(box[2] * columns) + 1,
    ]
    if text.rotation:
        part = np.asarray(cv2.rotate(part, _TURNS[text.rotation]), dtype=np.uint8)
    if part.ndim == 3 and part.shape[2] >= 3:
        part = np.asarray(cv2.cvtColor(part[:, :, :3], cv2.COLOR_RGB2BGR), dtype=np.uint8)
    done, data = cv2.imencode(".png", part)
    return data.tobytes() if done else None
