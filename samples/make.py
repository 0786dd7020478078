"""Which samples are made: the committed dozen, and as many as a benchmark asks for."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from samples.lines import Page
from samples.model import Document
from samples.output import jpeg, png, scanned_pdf, stamp_lines, tiff, with_signature_stamp
from samples.press import print_pdf
from samples.scanning import Handling, scan
from samples.seed_documents import SEEDS, seed_documents
from samples.templates import make_document
from samples.typeset import typeset
from samples.wear import Level

HERE = Path(__file__).parent
FINISHED, TRUTH = HERE / "finished", HERE / "truth"
TRUTH_SCHEMA = "vanthu.sample-truth/1"
Form = Literal["scan_pdf", "born_digital", "tiff", "jpeg", "png"]


@dataclass(frozen=True)
class Made:
    """A finished sample: the file and its truth."""

    name: str
    content: bytes
    truth: dict[str, Any]

    @property
    def truth_name(self) -> str:
        return f"{Path(self.name).stem}.truth.json"

    def write(self, folder: Path, truth_folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        truth_folder.mkdir(parents=True, exist_ok=True)
        (folder / self.name).write_bytes(self.content)
        text = json.dumps(self.truth, ensure_ascii=False, indent=1) + "\n"
        (truth_folder / self.truth_name).write_text(text, encoding="utf-8")


def _truth(
    name: str, doc: Document, pages: list[dict[str, Any]], form: str, **more: Any
) -> dict[str, Any]:
    prints = [p for p in pages if p["kind"] == "print"]
    return {
        "schema": TRUTH_SCHEMA,
        "file": name,
        "form": form,
        **doc.truth(),
        "handwritten": {"serial": False, "day": False},
        "not_printed": [],
        "overlays": [],
        "level": None,
        "dpi": None,
        "page_order": [p["printed_page"] for p in prints],
        **more,
        "pages": pages,
    }


def born_digital(name: str, doc: Document, size: float = 14.0) -> Made:
    """A PDF from the word processor: all text in its layer, no image."""
    printed = typeset(doc, size=size)
    pages = [
        {"page": i, "kind": "print", "printed_page": i, "lines": page.text}
        for i, page in enumerate(printed, 1)
    ]
    return Made(name, print_pdf(printed), _truth(name, doc, pages, "born_digital"))


def _container(form: Form, sheets: list[Any], quality: int, dpi: int) -> bytes:
    if form == "tiff":
        return tiff(sheets, quality, dpi)
    if form in ("jpeg", "png") and len(sheets) != 1:
        raise ValueError(f"{form} holds one page, the document has {len(sheets)}")
    if form == "jpeg":
        return jpeg(sheets[0], quality, dpi)
    if form == "png":
        return png(sheets[0], dpi)
    return scanned_pdf(sheets, quality, dpi)


def scanned(
    name: str,
    doc: Document,
    how: Handling,
    seed: int,
    form: Form = "scan_pdf",
    stamp: bool = False,
    pages: list[Page] | None = None,
) -> Made:
    """A document that was printed, signed, sealed and scanned."""
    printed = pages or typeset(doc, how.hand_serial, how.hand_day)
    result = scan(doc, printed, how, seed)
    content = _container(form, result.sheets, result.quality, how.dpi)
    overlays = result.overlays
    if stamp:
        rng = random.Random(seed)
        minutes = rng.choice((0, 0, 1, 2)) * 1440 + rng.randint(480, 1010)
        when = datetime.combine(doc.issued, datetime.min.time()) + timedelta(minutes=minutes)
        content = with_signature_stamp(content, doc.issuer, doc.place, when)
        lines = stamp_lines(doc.issuer, doc.place, when)
        overlays = [*overlays, {"kind": "signature_stamp", "page": 1, "lines": lines}]
    truth = _truth(
        name,
        doc,
        result.pages,
        form,
        handwritten={"serial": how.hand_serial, "day": how.hand_day},
        overlays=overlays,
        level=how.level,
        dpi=how.dpi,
    )
    return Made(name, content, truth)


def as_text(name: str, source: str, doc: Document, not_printed: list[str]) -> Made:
    """A seed's text as it came; fields that the text does not print are named."""
    content = (SEEDS / source).read_bytes()
    lines = content.decode("utf-8").splitlines()
    page = {"page": 1, "kind": "print", "printed_page": 1, "lines": lines}
    return Made(name, content, _truth(name, doc, [page], "text", not_printed=not_printed))


def finished() -> Iterator[Made]:
    """The committed dozen: every format, every trouble at least once, small."""
    seeds = seed_documents()
    colour = Handling(mode="colour")
    yield scanned(
        "01-cong-van-con-dau.pdf", make_document(101, "Công văn", "province", 1),
        replace(colour, level="worn", incoming=True, initials=True), 101,
    )  # fmt: skip
    yield born_digital("02-ke-hoach-dien-tu.pdf", make_document(102, "Kế hoạch", "district", 2))
    yield scanned("03-cong-van-ky-so.pdf", seeds["000"], replace(colour, initials=True), 103,
                  stamp=True)  # fmt: skip
    yield scanned("04-thong-bao.tif", make_document(104, "Thông báo", "sector", 3),
                  Handling(level="light", mode="bilevel"), 104, "tiff")  # fmt: skip
    yield scanned("05-cong-van-co-so.jpg", make_document(116, "Công văn", "grassroots", 1),
                  replace(colour, level="worn"), 105, "jpeg")  # fmt: skip
    yield scanned("06-to-trinh.png", make_document(106, "Tờ trình", "district", 1),
                  Handling(level="clean", mode="grey"), 106, "png")  # fmt: skip
    yield scanned("07-quyet-dinh-mat-sau.pdf", make_document(107, "Quyết định", "province", 1),
                  replace(colour, blank_backs=True), 107, stamp=True)  # fmt: skip
    yield scanned("08-ke-hoach-dao-trang.pdf", seeds["004"],
                  Handling(level="light", mode="bilevel", order=(1, 2, 4, 3, 5)), 108)  # fmt: skip
    yield scanned("09-bao-cao-den-trang.pdf", make_document(109, "Báo cáo", "central", 2),
                  Handling(level="worn", mode="bilevel", hand_day=False), 109)  # fmt: skip
    yield scanned("10-cong-van-tinh-uy.pdf", make_document(110, None, "party", 1),
                  replace(colour, level="heavy"), 110)  # fmt: skip
    yield as_text("11-cong-van-120.md", "001.md", seeds["001"], ["issuer", "parent_issuer"])
    yield as_text("12-cong-van-07.txt", "003.txt", seeds["003"],
                  ["copied_to", "signer"])  # fmt: skip


def _handling(rng: random.Random, level: Level, dpi: int, pages: int) -> Handling:
    hand = rng.random() < 0.85
    order = list(range(1, pages + 1))
    if pages > 1 and rng.random() < 0.1:
        rng.shuffle(order)
    modes: tuple[Literal["colour", "grey", "bilevel"], ...] = ("colour", "grey", "bilevel")
    return Handling(
        level=level,
        mode=rng.choices(modes, (6, 2, 2))[0],
        dpi=dpi,
        hand_serial=hand,
        hand_day=hand,
        incoming=rng.random() < 0.3,
        initials=rng.random() < 0.5,
        blank_backs=rng.random() < 0.15,
        order=tuple(order),
    )


def on_demand(count: int, level: Level, seed: int, dpi: int = 200) -> Iterator[Made]:
    """``count`` scanned PDFs at one level; a longer run begins with the shorter one."""
    for i in range(count):
        number = seed * 1_000_003 + i
        rng = random.Random(number)
        doc = make_document(number)
        size = rng.choice((12.5, 13.0, 13.5, 14.0))
        plan = typeset(doc, size=size)
        how = _handling(rng, level, dpi, len(plan))
        pages = typeset(doc, how.hand_serial, how.hand_day, size)
        if len(pages) != len(plan):
            how = replace(how, order=())
        name = f"{level}-{seed}-{i:04d}.pdf"
        yield scanned(name, doc, how, number, stamp=rng.random() < 0.5, pages=pages)
