"""Containers: scanned PDF (JPEG or CCITT pages), TIFF, JPEG, PNG, and the signature's stamp."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import img2pdf  # type: ignore[import-untyped]
import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import Image
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from samples import fonts
from samples.typeset import HEIGHT, WIDTH

Sheet = NDArray[np.uint8]
STAMP_SIZE = (217.0, 45.0)


def is_bilevel(sheet: Sheet) -> bool:
    return sheet.ndim == 2 and bool(np.isin(sheet, (0, 255)).all())


def as_image(sheet: Sheet) -> Image.Image:
    image = Image.fromarray(sheet)
    return image.convert("1", dither=Image.Dither.NONE) if is_bilevel(sheet) else image


def _page_file(sheet: Sheet, quality: int, dpi: int) -> bytes:
    out = BytesIO()
    image = as_image(sheet)
    if image.mode == "1":
        image.save(out, "TIFF", compression="group4", dpi=(dpi, dpi))
    else:
        image.save(out, "JPEG", quality=quality, optimize=True, dpi=(dpi, dpi))
    return out.getvalue()


def scanned_pdf(sheets: list[Sheet], quality: int, dpi: int) -> bytes:
    """Image pages and nothing else, without dates or random identifiers."""
    layout = img2pdf.get_layout_fun((WIDTH, HEIGHT))
    files = [_page_file(sheet, quality, dpi) for sheet in sheets]
    made = img2pdf.convert(files, layout_fun=layout, nodate=True, producer="vanthu samples")
    return _saved(pikepdf.open(BytesIO(made)))


def _saved(pdf: pikepdf.Pdf) -> bytes:
    if "/ID" in pdf.trailer:  # random when first written
        del pdf.trailer["/ID"]
    out = BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def tiff(sheets: list[Sheet], quality: int, dpi: int) -> bytes:
    """One file of many pages: CCITT where black and white, else JPEG inside TIFF."""
    images = [as_image(s) for s in sheets]
    bilevel = all(i.mode == "1" for i in images)
    out = BytesIO()
    options = {"compression": "group4"} if bilevel else {"compression": "jpeg", "quality": quality}
    images[0].save(out, "TIFF", save_all=True, append_images=images[1:], dpi=(dpi, dpi), **options)
    return out.getvalue()


def jpeg(sheet: Sheet, quality: int, dpi: int) -> bytes:
    out = BytesIO()
    as_image(sheet).convert("RGB" if sheet.ndim == 3 else "L").save(
        out, "JPEG", quality=quality, optimize=True, dpi=(dpi, dpi)
    )
    return out.getvalue()


def png(sheet: Sheet, dpi: int, greys: int = 16) -> bytes:
    """Few greys, as office scanners write PNG, which also keeps it small."""
    step = 256 // greys
    levels = np.minimum(sheet // step * step + step // 2, 255).astype(np.uint8)
    levels[sheet >= 256 - step] = 255
    levels[sheet < step] = 0
    out = BytesIO()
    image = Image.fromarray(levels)
    if levels.ndim == 2:
        image = image.quantize(greys * 2, dither=Image.Dither.NONE)
    image.save(out, "PNG", optimize=True, dpi=(dpi, dpi))
    return out.getvalue()


def _stamp_page(lines: list[str]) -> bytes:
    fonts.register()
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=STAMP_SIZE, invariant=1)
    canvas.setFillColor(Color(0, 0, 1))
    canvas.setFont(fonts.face(), 6.5)
    for i, line in enumerate(lines):
        canvas.drawString(4, STAMP_SIZE[1] - 11 - 8 * i, line)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def stamp_lines(signer: str, office: str, when: datetime) -> list[str]:
    return [
        f"Ký bởi: {signer}",
        f"Cơ quan: {office}",
        f"Thời gian ký: {when.strftime('%d/%m/%Y %H:%M:%S')}",
    ]


def _form(pdf: pikepdf.Pdf, content: bytes, forms: dict[str, pikepdf.Object]) -> pikepdf.Stream:
    return pdf.make_stream(
        content,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Form,
        FormType=1,
        BBox=[0, 0, *STAMP_SIZE],
        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(forms)),
    )


def with_signature_stamp(pdf_bytes: bytes, signer: str, office: str, when: datetime) -> bytes:
    """The visible mark of a digital signature: a widget whose appearance holds the only text.

    Built in the layers that signing tools use (appearance, FRM, n0 and n2), so that a reader meets
    what it will meet in the archive. There is no cryptographic signature: the signature dictionary
    has a name and a time, and no contents.
    """
    lines = stamp_lines(signer, office, when)
    pdf = pikepdf.open(BytesIO(pdf_bytes))
    stamp = pikepdf.open(BytesIO(_stamp_page(lines)))
    text = pdf.copy_foreign(stamp.pages[0].as_form_xobject())
    blank = pdf.make_stream(b"% DSBlank\n", Type=pikepdf.Name.XObject,
                            Subtype=pikepdf.Name.Form, BBox=[0, 0, 100, 100])  # fmt: skip
    frame = _form(pdf, b"q 1 0 0 1 0 0 cm /n0 Do Q\nq 1 0 0 1 0 0 cm /n2 Do Q\n",
                  {"/n0": blank, "/n2": text})  # fmt: skip
    look = _form(pdf, b"q 1 0 0 1 0 0 cm /FRM Do Q\n", {"/FRM": frame})
    value = pikepdf.Dictionary(
        Type=pikepdf.Name.Sig,
        Filter=pikepdf.Name("/Adobe.PPKLite"),
        SubFilter=pikepdf.Name("/adbe.pkcs7.detached"),
        Name=pikepdf.String(signer),
        M=pikepdf.String(when.strftime("D:%Y%m%d%H%M%S+07'00'")),
    )
    page = pdf.pages[0]
    x, y = WIDTH - STAMP_SIZE[0] - 6, HEIGHT - STAMP_SIZE[1] - 4
    widget = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Sig,
            T=pikepdf.String("Signature1"), F=132, P=page.obj, V=pdf.make_indirect(value),
            Rect=[x, y, x + STAMP_SIZE[0], y + STAMP_SIZE[1]],
            AP=pikepdf.Dictionary(N=look),
        )
    )  # fmt: skip
    page.obj.Annots = pdf.make_indirect(pikepdf.Array([widget]))
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[widget], SigFlags=3)
    return _saved(pdf)
