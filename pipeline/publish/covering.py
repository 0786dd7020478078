"""Whether the packed bytes of the image that is a page can be kept in PDF/A, and their copy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

import pikepdf

from pipeline.covering import Placed, covering_image

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


def image_to_keep(page: pikepdf.Page) -> Placed | None:
    """The one image that is the page and may be kept as it is; ``None`` where there is none."""
    try:
        placed = covering_image(page, page.cropbox)
        return placed if placed is not None and _may_be_kept(placed.image) else None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None  # damaged: a renderer is the better judge


def _may_be_kept(image: Any) -> bool:
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
