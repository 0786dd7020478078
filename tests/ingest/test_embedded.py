"""The image that is a page gives the pixels that poppler draws, whatever it is packed in."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pytest
from pdf2image import convert_from_path
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageCms

from pipeline.errors import TooLarge
from pipeline.ingest.embedded import embedded_image
from pipeline.settings import Limits
from tests import makers

DPI = 100
A4 = (595.276, 841.89)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
UPRIGHT = "{w} 0 0 {h} 0 0 cm /Im Do"


def paper(mode: str = "L") -> Image.Image:
    """A page that looks different from every side, with some colour in it."""
    image = makers.page_image(dpi=DPI, size=(A4[0] / 72, A4[1] / 72)).convert("RGB")
    image.paste((200, 30, 40), (520, 760, 640, 860))
    image.paste((20, 60, 180), (60, 1000, 300, 1020))
    if mode == "1":
        return image.convert("L").point(lambda v: 255 * (v > 128)).convert("1")
    return image.convert(mode)


def stream(pdf: pikepdf.Pdf, form: str, image: Image.Image) -> Any:
    """The image in one of the ways in which scanners and programs pack it."""
    made: Any = pikepdf.Stream(pdf, b"")
    made.Type, made.Subtype = Name.XObject, Name.Image
    made.Width, made.Height, made.BitsPerComponent = image.width, image.height, 8
    made.ColorSpace = Name.DeviceGray if image.mode in ("1", "L") else Name.DeviceRGB
    data = io.BytesIO()
    if form.startswith("ccitt"):
        image.save(data, "TIFF", compression="group4", tiffinfo={278: image.height, 262: 0})
        with Image.open(data) as tiff:
            (start,), (size,) = tiff.tag_v2[273], tiff.tag_v2[279]  # type: ignore[attr-defined]
        made.write(data.getvalue()[start : start + size], filter=Name.CCITTFaxDecode)
        made.BitsPerComponent = 1
        parameters = Dictionary(K=-1, Columns=image.width, Rows=image.height)
        if form == "ccitt, black is 1":  # with Decode the two cancel out
            parameters.BlackIs1, made.Decode = True, Array([1, 0])
        made.DecodeParms = parameters
        return made
    if form.startswith("jpeg"):
        image.save(data, "JPEG", quality=90)
        made.write(data.getvalue(), filter=Name.DCTDecode)
    elif form == "palette":
        few = image.quantize(16)
        packed = np.asarray(few)
        packed = np.pad(packed, ((0, 0), (0, packed.shape[1] % 2)))
        made.write(zlib.compress((packed[:, ::2] << 4 | packed[:, 1::2]).tobytes()),
                   filter=Name.FlateDecode)  # fmt: skip
        colours = bytes((few.getpalette() or [])[:48])
        made.BitsPerComponent = 4
        made.ColorSpace = Array([Name.Indexed, Name.DeviceRGB, 15, pikepdf.String(colours)])
    elif form == "flate, 1 bit":
        made.write(zlib.compress(image.tobytes()), filter=Name.FlateDecode)
        made.BitsPerComponent = 1
    elif form == "flate, negative":
        made.write(zlib.compress(bytes(255 - v for v in image.tobytes())), filter=Name.FlateDecode)
        made.Decode = Array([1, 0])
    elif form == "flate, profile":
        made.write(zlib.compress(image.tobytes()), filter=Name.FlateDecode)
        made.ColorSpace = Array([Name.ICCBased, pdf.make_stream(SRGB, N=3)])
    else:
        made.write(zlib.compress(image.tobytes()), filter=Name.FlateDecode)
    return made


def a_page(
    path: Path,
    image: Image.Image,
    form: str = "jpeg",
    *,
    draw: str = UPRIGHT,
    rotate: int = 0,
    box: tuple[float, float, float, float] = (0, 0, *A4),
    **entries: Any,
) -> Path:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=A4)
        made = pdf.make_indirect(stream(pdf, form, image))
        for key, value in entries.items():
            made[f"/{key}"] = value(pdf) if callable(value) else value
        page.obj.MediaBox = Array(box)
        page.obj.Rotate = rotate
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.obj.Resources = Dictionary(XObject=Dictionary(Im=made), Font=Dictionary(F=font))
        page.obj.Contents = pdf.make_stream(draw.format(w=A4[0], h=A4[1]).encode())
        pdf.save(path)
    return path


def as_drawn(path: Path, size: tuple[int, int]) -> np.ndarray:  # type: ignore[type-arg]
    drawn = np.asarray(convert_from_path(path, dpi=DPI)[0])
    return np.asarray(cv2.resize(drawn, size, interpolation=cv2.INTER_AREA))


def assert_same(path: Path) -> None:
    """Direct and drawn differ by no more than where a pixel's edge falls."""
    taken = embedded_image(path, 1, Limits())
    assert taken is not None
    pixels, dpi = taken
    assert dpi == pytest.approx(DPI, rel=0.01)
    drawn = as_drawn(path, (pixels.shape[1], pixels.shape[0]))
    colour = pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)
    apart = np.abs(
        cv2.blur(colour, (7, 7)).astype(np.int16) - cv2.blur(drawn, (7, 7)).astype(np.int16)
    )
    assert apart.mean() < 2
    assert np.percentile(apart, 99.5) < 40


FORMS = [
    ("jpeg", "RGB"), ("jpeg, grey", "L"), ("flate", "RGB"), ("flate, grey", "L"),
    ("flate, 1 bit", "1"), ("flate, negative", "L"), ("flate, profile", "RGB"), ("palette", "RGB"),
    ("ccitt", "1"), ("ccitt, black is 1", "1"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "mode"), FORMS)
def test_every_packing_gives_the_page_as_drawn(tmp_path: Path, form: str, mode: str) -> None:
    path = a_page(tmp_path / "a.pdf", paper(mode), form)
    assert_same(path)


MATRICES = [
    "{w} 0 0 {h} 0 0", "0 -{h} {w} 0 0 {h}", "-{w} 0 0 -{h} {w} {h}", "{w} 0 0 -{h} 0 {h}",
    "-{w} 0 0 {h} {w} 0", "0 {h} {w} 0 0 0", "0 {h} -{w} 0 {w} 0", "0 -{h} -{w} 0 {w} {h}",
]  # fmt: skip


@pytest.mark.parametrize(
    ("matrix", "rotate"),
    [(m, 0) for m in MATRICES] + [(m, r) for m in MATRICES[:2] for r in (90, 180, 270)],
)
def test_the_page_is_turned_as_it_is_shown(tmp_path: Path, matrix: str, rotate: int) -> None:
    image = paper("RGB")
    if matrix.startswith("0"):
        image = image.transpose(Image.Transpose.ROTATE_90)
    draw = matrix + " cm /Im Do"
    assert_same(a_page(tmp_path / "a.pdf", image, draw=draw, rotate=rotate))


@pytest.mark.parametrize(
    "box", [(-2, -1.5, A4[0] + 2.5, A4[1] + 1), (8, 20, A4[0] - 30, A4[1] - 3)]
)
def test_the_image_is_cut_and_framed_to_the_page(
    tmp_path: Path, box: tuple[float, float, float, float]
) -> None:
    path = a_page(tmp_path / "a.pdf", paper(), "flate", box=box)
    assert_same(path)
    taken = embedded_image(path, 1, Limits())
    assert taken is not None
    inches = ((box[2] - box[0]) / 72, (box[3] - box[1]) / 72)
    height, width = taken[0].shape[:2]
    assert (width / taken[1], height / taken[1]) == pytest.approx(inches, abs=0.02)


def test_pixels_of_a_fax_are_made_square(tmp_path: Path) -> None:
    image = paper("L").resize((round(A4[0] / 72 * 204), round(A4[1] / 72 * 98)))
    taken = embedded_image(a_page(tmp_path / "a.pdf", image, "flate"), 1, Limits())
    assert taken is not None
    pixels, dpi = taken
    assert dpi == pytest.approx(204, abs=0.5)
    assert pixels.shape[0] / pixels.shape[1] == pytest.approx(A4[1] / A4[0], rel=0.002)


def test_invisible_text_of_an_earlier_reading_does_not_matter(tmp_path: Path) -> None:
    draw = f"q {UPRIGHT} Q BT /F 12 Tf 3 Tr 100 100 Td (abc) Tj ET"
    assert_same(a_page(tmp_path / "a.pdf", paper(), draw=draw))


@pytest.mark.parametrize(
    "draw",
    [
        f"q {UPRIGHT} Q BT /F 12 Tf 100 100 Td (seen) Tj ET",
        f"q {UPRIGHT} Q 0 0 200 200 re f",
        f"q {UPRIGHT} Q q 200 0 0 200 0 0 cm /Im Do Q",
        "q 400 0 0 {h} 0 0 cm /Im Do Q",
        "q {w} 20 -20 {h} 0 0 cm /Im Do Q",
        "20 20 100 100 re W n " + UPRIGHT,
        "",
    ],
)
def test_a_page_that_is_more_than_its_image_is_drawn(tmp_path: Path, draw: str) -> None:
    assert embedded_image(a_page(tmp_path / "a.pdf", paper(), draw=draw), 1, Limits()) is None


def _mask(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.make_indirect(stream(pdf, "flate", paper()))


@pytest.mark.parametrize(
    "entries",
    [
        {"SMask": _mask},
        {"Mask": Array([0, 10])},
        {"Decode": Array([0.2, 0.9])},
        {"ColorSpace": Name.DeviceCMYK},
        {"ColorSpace": Array([Name.Separation, Name.Black, Name.DeviceGray, Dictionary()])},
        {"Filter": Name.JPXDecode},
        {"Filter": Name.JBIG2Decode},
        {"BitsPerComponent": 16},
        {"Width": 5000},
        {"Height": 20},
    ],
)
def test_an_unusual_or_damaged_image_is_drawn(tmp_path: Path, entries: dict[str, Any]) -> None:
    path = a_page(tmp_path / "a.pdf", paper(), "flate", **entries)
    assert embedded_image(path, 1, Limits()) is None


def test_a_jpeg_that_is_cut_off_is_drawn(tmp_path: Path) -> None:
    path = a_page(tmp_path / "a.pdf", paper())
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        image: Any = pdf.pages[0].obj.Resources.XObject.Im
        raw = image.read_raw_bytes()
        image.write(raw[: len(raw) // 2], filter=Name.DCTDecode)
        pdf.save(path)
    assert embedded_image(path, 1, Limits()) is None


def test_more_pixels_than_the_limit_are_never_unpacked(tmp_path: Path) -> None:
    path = a_page(tmp_path / "a.pdf", paper())
    with pytest.raises(TooLarge):
        embedded_image(path, 1, Limits(image_megapixels=0.5))


def test_a_bomb_in_an_image_is_left_to_the_renderer(tmp_path: Path) -> None:
    path = a_page(tmp_path / "a.pdf", paper(), "flate")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        image: Any = pdf.pages[0].obj.Resources.XObject.Im
        image.write(zlib.compress(bytes(50_000_000)), filter=Name.FlateDecode)
        pdf.save(path)
    assert embedded_image(path, 1, Limits()) is None
