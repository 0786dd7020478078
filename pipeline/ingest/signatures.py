"""Facts that digital signatures state about themselves: who, when, where on the page.

Nothing is validated here: a signature's facts are evidence for the issuer and an upper bound for
the date, not proof.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pikepdf
from asn1crypto import cms

from models.base import BBox
from models.source import DigitalSignature
from models.text import Word
from models.vietnamese import nfc
from pipeline.errors import InputError
from pipeline.ingest.text_layer import read_layer

#: PDF date (ISO 32000-1, 7.9.4): D:YYYYMMDDHHmmSSOHH'mm'
_PDF_DATE = re.compile(
    r"D?:?(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(?:([+\-Z])(?:(\d{2})'?(\d{2})?)?)?"
)
#: Fields nest; a hostile file nests without end.
_DEPTH = 16
_MOST = 64


def read_signatures(
    pdf: pikepdf.Pdf, scratch: Path, *, timeout_seconds: float
) -> tuple[DigitalSignature, ...]:
    """Every filled signature field, in the order of the form."""
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary):
        return ()
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
    widgets = _widget_pages(pdf)
    found: list[DigitalSignature] = []
    marks: list[pikepdf.Object | None] = []
    for field in _fields(form.get("/Fields"), 0):
        value = field.get("/V")
        if field.get("/FT") != "/Sig" or not isinstance(value, pikepdf.Dictionary):
            continue
        page = widgets.get(field.objgen)
        owner = field.get("/P")
        if page is None and isinstance(owner, pikepdf.Dictionary):
            page = pages.get(owner.objgen)
        bbox = None if page is None else _box(pdf, field, page)
        found.append(_signature(value, page, bbox))
        marks.append(None if bbox is None else _appearance(field))
        if len(found) >= _MOST:
            break
    words = _mark_words(marks, scratch, timeout_seconds=timeout_seconds)
    return tuple(
        _with_mark(signature, lines) for signature, lines in zip(found, words, strict=True)
    )


def _fields(fields: Any, depth: int) -> list[pikepdf.Dictionary]:
    if not isinstance(fields, pikepdf.Array) or depth > _DEPTH:
        return []
    out: list[pikepdf.Dictionary] = []
    for field in fields:
        if isinstance(field, pikepdf.Dictionary):
            out.append(field)
            out.extend(_fields(field.get("/Kids"), depth + 1))
    return out


def _widget_pages(pdf: pikepdf.Pdf) -> dict[tuple[int, int], int]:
    pages: dict[tuple[int, int], int] = {}
    for number, page in enumerate(pdf.pages, start=1):
        annotations = page.obj.get("/Annots")
        if isinstance(annotations, pikepdf.Array):
            for annotation in annotations:
                if isinstance(annotation, pikepdf.Dictionary):
                    pages[annotation.objgen] = number
    return pages


def _signature(value: pikepdf.Dictionary, page: int | None, bbox: BBox | None) -> DigitalSignature:
    signer, organisation, signed_at = _from_cms(value.get("/Contents"))
    return DigitalSignature(
        signer=signer or _text(value.get("/Name")),
        organisation=organisation,
        signed_at=signed_at or _pdf_date(_text(value.get("/M")) or ""),
        page=page,
        bbox=bbox,
    )


def _from_cms(contents: Any) -> tuple[str | None, str | None, str | None]:
    """Common name, organisation and signing time of the signer's certificate."""
    if contents is None:
        return None, None, None
    try:
        signed = cms.ContentInfo.load(bytes(contents))["content"]
        signer = signed["signer_infos"][0]
        serial = signer["sid"].chosen["serial_number"].native
        subject: dict[str, Any] = {}
        for certificate in signed["certificates"]:
            if certificate.chosen.serial_number == serial:
                subject = certificate.chosen.subject.native
        moment = None
        for attribute in signer["signed_attrs"]:
            if attribute["type"].native == "signing_time":
                moment = attribute["values"][0].native.isoformat()
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None, None, None  # not a CMS signature that we can read: no fact, no failure
    return _plain(subject.get("common_name")), _plain(subject.get("organization_name")), moment


def _plain(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return nfc(str(value)).strip() or None if value is not None else None


def _text(value: Any) -> str | None:
    return nfc(str(value)) if isinstance(value, pikepdf.String) else None


def _pdf_date(text: str) -> str | None:
    match = _PDF_DATE.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, sign, off_h, off_m = match.groups(default="")
    zone = "" if not sign else "+00:00" if sign == "Z" else f"{sign}{off_h or '00'}:{off_m or '00'}"
    return f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone}"


def _box(pdf: pikepdf.Pdf, field: pikepdf.Dictionary, page: int) -> BBox | None:
    """The box of the visible mark; ``None`` for an invisible signature."""
    try:
        rect = [float(v) for v in field["/Rect"]]
        box = [float(v) for v in pdf.pages[page - 1].mediabox]
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    width, height = box[2] - box[0], box[3] - box[1]
    x0, x1 = sorted((rect[0] - box[0], rect[2] - box[0]))
    y0, y1 = sorted((box[3] - rect[3], box[3] - rect[1]))
    if width <= 0 or height <= 0 or x1 - x0 < 1 or y1 - y0 < 1:
        return None
    clipped = [
        round(min(1.0, max(0.0, v)), 5) for v in (x0 / width, y0 / height, x1 / width, y1 / height)
    ]
    return (clipped[0], clipped[1], clipped[2], clipped[3])


def _appearance(field: pikepdf.Dictionary) -> pikepdf.Object | None:
    """The drawing of the mark (its normal appearance, ISO 32000-1, 12.5.5)."""
    appearances = field.get("/AP")
    if not isinstance(appearances, pikepdf.Dictionary):
        return None
    normal = appearances.get("/N")
    return normal if isinstance(normal, pikepdf.Stream) else None


def _mark_words(
    marks: list[pikepdf.Object | None], scratch: Path, *, timeout_seconds: float
) -> list[tuple[tuple[Word, ...], ...]]:
    """Lines of words of each mark, without the page below: every drawing on a page of its own."""
    words: list[tuple[tuple[Word, ...], ...]] = [()] * len(marks)
    drawn = [index for index, mark in enumerate(marks) if mark is not None]
    if not drawn:
        return words
    try:
        target = scratch / "marks.pdf"
        with pikepdf.new() as sheet:
            for index in drawn:
                _draw(sheet, marks[index])
            sheet.save(target)
        layer = read_layer(target, timeout_seconds=timeout_seconds)
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, InputError):
        return words  # a mark that cannot be read is no evidence, and no reason to refuse the file
    for number, index in enumerate(drawn, start=1):
        if number in layer:
            words[index] = layer[number].lines
    return words


def _with_mark(
    signature: DigitalSignature, lines: tuple[tuple[Word, ...], ...]
) -> DigitalSignature:
    """The signature with its mark's text, the words' boxes brought onto the page."""
    if signature.bbox is None or not lines:
        return signature
    x0, y0, x1, y1 = signature.bbox
    placed = []
    for word in (word for line in lines for word in line):
        a, b, c, d = word.bbox or (0.0, 0.0, 1.0, 1.0)
        box = (x0 + a * (x1 - x0), y0 + b * (y1 - y0), x0 + c * (x1 - x0), y0 + d * (y1 - y0))
        placed.append(Word(text=word.text, bbox=(*(round(v, 5) for v in box),)))
    text = "\n".join(" ".join(word.text for word in line) for line in lines)
    return signature.model_copy(update={"stamp_text": text, "stamp_words": tuple(placed)})


def _draw(sheet: pikepdf.Pdf, mark: pikepdf.Object | None) -> None:
    if mark is None:
        return
    copied = sheet.copy_foreign(mark)
    box = [float(v) for v in copied.get("/BBox", [0, 0, 200, 100])]
    width, height = max(1.0, abs(box[2] - box[0])), max(1.0, abs(box[3] - box[1]))
    page = sheet.add_blank_page(page_size=(min(width, 14400), min(height, 14400)))
    page.obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Mark=copied))
    left, bottom = min(box[0], box[2]), min(box[1], box[3])
    page.obj["/Contents"] = sheet.make_stream(
        f"1 0 0 1 {-left:.3f} {-bottom:.3f} cm /Mark Do".encode("ascii")
    )
