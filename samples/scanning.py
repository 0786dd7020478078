"""From typeset pages to worn sheets: ink by hand, backs, order, wear, and what was done."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from samples import ink
from samples.handwriting import scribble, write_digits
from samples.lines import Page
from samples.model import Document
from samples.press import print_pdf, rasterise
from samples.typeset import LEFT, WIDTH
from samples.wear import Level, Mode, Wear, described, wear_of, worn

Sheet = NDArray[np.uint8]
SEAL_POINTS = 102.0  # 36 mm, the prescribed diameter


@dataclass(frozen=True)
class Handling:
    """What happens to a document between the printer and the archive."""

    level: Level = "light"
    mode: Mode = "grey"
    dpi: int = 200
    hand_serial: bool = True
    hand_day: bool = True
    seal: bool = True
    signature: bool = True
    incoming: bool = False
    initials: bool = False
    blank_backs: bool = False
    #: The physical order, as printed page numbers; empty keeps the printed order.
    order: tuple[int, ...] = ()
    #: Grey pages without coloured ink in a colour scan, which keeps files small.
    grey_where_plain: bool = True


@dataclass
class Scan:
    """The worn sheets in physical order with the truth about each."""

    sheets: list[Sheet]
    pages: list[dict[str, Any]]
    quality: int
    overlays: list[dict[str, Any]] = field(default_factory=list)


def _sheet(grey: Sheet) -> Sheet:
    return np.repeat(grey[..., None], 3, axis=2)


def _write(page: Page, sheet: Sheet, unit: float, pen: ink.Colour, rng: random.Random) -> None:
    """Serial and day into the gaps that the typesetter left."""
    for _, line, piece in page.hands():
        height, width = 14.5 * unit, (piece.fixed or 20.0) * unit
        digits = write_digits(piece.text, height, width * 0.9, rng)
        margin = height * 0.35
        x = piece.x * unit + width * 0.05 - margin
        y = (line.y + 1.5) * unit - height - margin + rng.uniform(-1.2, 1.2) * unit
        ink.lay(sheet, digits, x, y, pen)


def _sign(page: Page, sheet: Sheet, doc: Document, how: Handling, rng: random.Random) -> Sheet:
    """Signature, then the seal over its left third; gives the seal alone, for the back."""
    unit = how.dpi / 72
    alone = np.full_like(sheet, 255)
    if "signature" not in page.marks or not doc.signer.name:
        return alone
    x, y = page.marks["signature"]
    if how.signature:
        pen = rng.choice((ink.BLUE, ink.BLUE, ink.BLACK))
        name = scribble(130 * unit, 62 * unit, rng.randint(3, 5), rng)
        ink.lay(sheet, name, (x - 62) * unit, (y - 34) * unit, pen, 0.95)
    if how.seal:
        office = doc.issuer.upper()
        mask = ink.seal(office, SEAL_POINTS * unit, rng)
        left = (x - 62 + rng.uniform(-12, 12)) * unit - mask.shape[1] / 2
        top = (y + rng.uniform(-6, 10)) * unit - mask.shape[0] / 2
        ink.lay(sheet, mask, left, top, ink.RED, rng.uniform(0.78, 0.95))
        ink.lay(alone, mask, left, top, ink.RED, 0.9)
    return alone


def _receive(
    page: Page, sheet: Sheet, doc: Document, how: Handling, rng: random.Random
) -> dict[str, Any]:
    """The incoming stamp over the first lines of the body, at the left."""
    unit = how.dpi / 72
    day = doc.issued + timedelta(days=rng.randint(1, 9))
    serial, when = str(rng.randint(30, 2400)), f"{day.day:02d}/{day.month}/{day.year}"
    office = "VĂN PHÒNG TIẾP NHẬN"
    rubber, pen = ink.incoming_stamp(office, serial, when, how.dpi, rng)
    body = next((line.y for line in page.lines if line.role == "body"), 250.0)
    x, y = (LEFT - 40 + rng.uniform(-15, 40)) * unit, (body - rng.uniform(70, 45)) * unit
    ink.lay(sheet, rubber, x, y, rng.choice(ink.STAMP_COLOURS), 0.85)
    ink.lay(sheet, pen, x, y, ink.BLUE)
    lines = [office, "CÔNG VĂN ĐẾN", f"Số: {serial}", f"Ngày: {when}"]
    return {"kind": "incoming_stamp", "printed_page": 1, "lines": lines}


def _initial(page: Page, sheet: Sheet, unit: float, rng: random.Random) -> None:
    if "body_end" in page.marks:
        x, y = page.marks["body_end"]
        mark = scribble(38 * unit, 24 * unit, 2, rng)
        ink.lay(sheet, mark, min(x + 6, WIDTH - 60) * unit, (y - 17) * unit, ink.BLUE, 0.9)


def _inked(
    doc: Document, pages: list[Page], how: Handling, rng: random.Random
) -> tuple[list[Sheet], list[Sheet], list[dict[str, Any]]]:
    """Printed sheets with their ink, each one's seal alone, and the overlays' truth."""
    sheets = [_sheet(g) for g in rasterise(print_pdf(pages), how.dpi)]
    pen = rng.choice((ink.BLUE, ink.BLUE, ink.BLACK))
    seals: list[Sheet] = []
    overlays: list[dict[str, Any]] = []
    for i, (page, sheet) in enumerate(zip(pages, sheets, strict=True)):
        _write(page, sheet, how.dpi / 72, pen, rng)
        seals.append(_sign(page, sheet, doc, how, rng))
        if how.seal and doc.signer.name and "signature" in page.marks:
            overlays.append({"kind": "seal", "printed_page": i + 1, "lines": [doc.issuer.upper()]})
        if how.incoming and i == 0:
            overlays.append(_receive(page, sheet, doc, how, rng))
        if how.initials:
            _initial(page, sheet, how.dpi / 72, rng)
    return sheets, seals, overlays


def _coloured(sheet: Sheet) -> bool:
    step = sheet[::3, ::3].astype(np.int16)
    return bool((np.ptp(step, axis=2) > 40).sum() > 30)


def _physical(how: Handling, count: int) -> list[tuple[str, int]]:
    """Kinds and printed page indices in the order of the scan."""
    order = [n - 1 for n in how.order] or list(range(count))
    if sorted(order) != list(range(count)):
        raise ValueError(f"order {how.order} does not name each of the {count} pages once")
    out: list[tuple[str, int]] = []
    for index in order:
        out.append(("print", index))
        if how.blank_backs:
            out.append(("blank_back", index))
    return out


def scan(doc: Document, pages: list[Page], how: Handling, seed: int) -> Scan:
    """The document as a scanner sees it, the same for the same seed."""
    rng, noise = random.Random(seed), np.random.default_rng(seed)
    sheets, seals, overlays = _inked(doc, pages, how, rng)
    out = Scan([], [], 75, overlays)
    for kind, index in _physical(how, len(pages)):
        wear = wear_of(how.level, noise)
        out.quality = wear.jpeg_quality
        if kind == "blank_back":
            front, back = _back_of(seals[index], rng), sheets[index : index + 1]
        else:
            front, back = sheets[index], sheets[index + 1 : index + 2]
        plain = how.grey_where_plain and not _coloured(front)
        mode: Mode = "grey" if how.mode == "colour" and plain else how.mode
        out.sheets.append(worn(front, back[0] if back else None, wear, mode, how.dpi, noise))
        out.pages.append(_page_truth(kind, index, pages, mode, wear, len(out.pages) + 1))
    return out


def _back_of(seal_alone: Sheet, rng: random.Random) -> Sheet:
    """A blank back: the seal has bled through or set off, mirrored, paler, in part."""
    mirror = cv2.GaussianBlur(seal_alone[:, ::-1], (0, 0), 1.1).astype(np.float32)
    strength = rng.uniform(0.5, 0.85)
    field_ = np.random.default_rng(rng.randrange(2**32)).random((6, 5)).astype(np.float32)
    patch = cv2.resize(field_, (mirror.shape[1], mirror.shape[0]), interpolation=cv2.INTER_CUBIC)
    pale = (0.4 + 0.6 * np.clip(patch[..., None] * 1.3, 0.0, 1.0)) * strength
    return np.asarray(np.clip(255.0 - (255.0 - mirror) * pale, 0, 255), np.uint8)


def _page_truth(
    kind: str, index: int, pages: list[Page], mode: Mode, wear: Wear, number: int
) -> dict[str, Any]:
    return {
        "page": number,
        "kind": kind,
        "printed_page": index + 1,
        "lines": pages[index].text if kind == "print" else [],
        "mode": mode,
        "wear": described(wear),
    }
