from __future__ import annotations

import random
from datetime import datetime
from io import BytesIO

import numpy as np
import pikepdf
import pytest

from samples import handwriting, ink
from samples.make import on_demand, scanned
from samples.model import Document
from samples.output import as_image, scanned_pdf, with_signature_stamp
from samples.scanning import Handling, scan
from samples.templates import make_document
from samples.typeset import typeset
from samples.wear import LEVELS, wear_of
from tests.samples.checks import assert_consistent

DPI = 60  # enough to see that an effect is there


@pytest.fixture(scope="module")
def doc() -> Document:
    return make_document(107, "Quyết định", "province", 3)


def _reds(sheet: np.ndarray) -> np.ndarray:
    return (sheet[..., 0].astype(int) - sheet[..., 1]) > 35


def _red(sheet: np.ndarray) -> int:
    return int(_reds(sheet).sum())


def test_same_seed_same_pixels_and_truth(doc: Document) -> None:
    how = Handling(level="worn", mode="colour", dpi=DPI, incoming=True, initials=True)
    one = scanned("a.pdf", doc, how, 5, stamp=True)
    two = scanned("a.pdf", doc, how, 5, stamp=True)
    other = scanned("a.pdf", doc, how, 6, stamp=True)
    assert one.truth == two.truth
    assert one.content == two.content
    assert one.content != other.content
    with pikepdf.open(BytesIO(one.content)) as pdf:
        first, second = pdf.trailer.ID
        assert bytes(first) == bytes(second)  # made from the content alone


def test_blank_backs_stand_between_pages_and_mirror_the_seal(doc: Document) -> None:
    pages = typeset(doc, True, True)
    how = Handling(level="clean", mode="colour", dpi=DPI, blank_backs=True, grey_where_plain=False)
    out = scan(doc, pages, how, 1)
    kinds = [p["kind"] for p in out.pages]
    assert kinds == ["print", "blank_back"] * len(pages)
    assert all(not p["lines"] for p in out.pages if p["kind"] == "blank_back")
    front, back = out.sheets[-2], out.sheets[-1]
    assert _red(back) > 20
    columns = np.nonzero(_reds(back).any(axis=0))[0]
    seal = np.nonzero(_reds(front).any(axis=0))[0]
    assert abs((columns.mean() + seal.mean()) - back.shape[1]) < 0.06 * back.shape[1]


def test_pages_can_be_out_of_order_and_the_truth_says_so(doc: Document) -> None:
    pages = typeset(doc)
    order = tuple(reversed(range(1, len(pages) + 1)))
    made = scanned("a.pdf", doc, Handling(dpi=DPI, order=order), 2, pages=pages)
    assert len(pages) > 1
    assert made.truth["page_order"] == list(order)
    assert made.truth["pages"][0]["lines"] == pages[-1].text


def test_an_order_that_loses_a_page_is_refused(doc: Document) -> None:
    with pytest.raises(ValueError, match="each of the"):
        scan(doc, typeset(doc), Handling(dpi=DPI, order=(1, 1)), 2)


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_and_mode_gives_a_page(level: str, doc: Document) -> None:
    pages = typeset(doc, True, True)[:1]
    for mode, depth in (("colour", 3), ("grey", 2), ("bilevel", 2)):
        how = Handling(level=level, mode=mode, dpi=DPI, grey_where_plain=False)  # type: ignore[arg-type]
        sheet = scan(doc, pages, how, 3).sheets[0]
        assert sheet.ndim == depth
        assert as_image(sheet).mode == {"colour": "RGB", "grey": "L", "bilevel": "1"}[mode]
        assert 0.6 < float((sheet > 120).mean()) < 0.999


def test_wear_grows_with_the_level() -> None:
    means = []
    for level in LEVELS:
        wears = [wear_of(level, np.random.default_rng(seed)) for seed in range(20)]
        means.append(sum(abs(w.skew_deg) + w.blur_px + w.noise for w in wears))
    assert means == sorted(means)
    assert means[0] == 0


def test_seal_touches_the_name_and_stamp_touches_the_text(doc: Document) -> None:
    pages = typeset(doc)
    how = Handling(level="clean", mode="colour", dpi=DPI, incoming=True, grey_where_plain=False)
    out = scan(doc, pages, how, 4)
    assert {o["kind"] for o in out.overlays} == {"seal", "incoming_stamp"}
    last = pages[-1]
    name = next(line for line in last.lines if line.role == "name")
    unit = DPI / 72
    rows = slice(round((name.y - 30) * unit), round((name.y + 4) * unit))
    third = slice(round(name.x0 * unit), round((name.x0 * 2 + name.x1) / 3 * unit))
    assert _red(out.sheets[-1][rows, third]) > 5


def test_every_digit_has_several_hands_and_leaves_ink() -> None:
    assert set(handwriting.GLYPHS) == set("0123456789")
    assert all(len(ways) >= 2 for ways in handwriting.GLYPHS.values())
    for digit in "0123456789":
        one = handwriting.write_digits(digit, 30, 30, random.Random(1))
        two = handwriting.write_digits(digit, 30, 30, random.Random(2))
        assert one.shape == two.shape
        assert 0.01 < float(one.mean()) < 0.4
        assert not np.array_equal(one, two)


def test_ink_multiplies_and_clips_at_the_edge() -> None:
    sheet = np.full((20, 20, 3), 200, np.uint8)
    ink.lay(sheet, np.ones((10, 10), np.float32), 15, -5, ink.RED)
    assert (sheet[:5, 15:] < 200).any()
    assert (sheet[6:, :] == 200).all()


def test_signature_stamp_is_an_annotation_and_not_page_content(doc: Document) -> None:
    blank = np.full((200, 141), 255, np.uint8)
    plain = scanned_pdf([blank], 60, DPI)
    office = "Liên đoàn Lao động tỉnh Cà Mau"
    stamped = with_signature_stamp(plain, office, "Cà Mau", datetime(2023, 4, 9, 8, 5, 6))
    with pikepdf.open(BytesIO(stamped)) as pdf:
        page = pdf.pages[0]
        widget = page.obj.Annots[0]
        assert widget.Subtype == "/Widget"
        assert widget.FT == "/Sig"
        frame = widget.AP.N.Resources.XObject["/FRM"]
        assert {"/n0", "/n2"} <= set(frame.Resources.XObject.keys())
        assert str(widget.V.M) == "D:20230409080506+07'00'"
        assert b"BT" not in page.Contents.read_bytes()
        assert "/Font" not in page.obj.get("/Resources", {})


def test_a_longer_run_begins_with_the_shorter_one() -> None:
    short = [m.truth for m in on_demand(2, "light", 9, dpi=DPI)]
    long = [m.truth for m in on_demand(4, "light", 9, dpi=DPI)]
    assert long[:2] == short
    for truth in long:
        assert_consistent(truth)
