"""ALTO and hOCR say where every word stands, what was read and what repair made of it."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from models.geometry import Frame, Turn
from models.source import SourceDocument, SourcePage
from models.text import Block, Line, PageText, Word
from pipeline.publish.alto import ALTO, write_alto
from pipeline.publish.geometry import frame_of
from pipeline.publish.hocr import XHTML, write_hocr
from tests.publish import paper

TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
#: The part of XLink that the ALTO schema refers to.
XLINK = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema"
  targetNamespace="http://www.w3.org/1999/xlink">
  <xsd:attributeGroup name="simpleLink"/></xsd:schema>"""


def source() -> SourceDocument:
    page = SourcePage(number=1, kind="scan", width_pt=595.2, height_pt=841.92, image_dpi=150)
    return SourceDocument(
        sha256="a" * 64, byte_size=1, media_type="application/pdf", kind="scan", pages=(page,)
    )


def alto(page: PageText, turn: Turn | None = None) -> etree._Element:
    turn = turn or Turn()
    page = page.model_copy(
        update={"rotation": turn.rotation, "levelled_degrees": turn.level_degrees}
    )
    out = io.BytesIO()
    write_alto(source(), page, paper.directive_of(source()), out)
    return etree.fromstring(out.getvalue())


def hocr(page: PageText) -> etree._Element:
    out = io.BytesIO()
    write_hocr(source(), [page], paper.directive_of(source()), out)
    return etree.fromstring(out.getvalue())


def every(root: etree._Element, name: str) -> list[etree._Element]:
    return list(root.iter(f"{{{ALTO}}}{name}"))


def box_of(element: etree._Element) -> tuple[float, float, float, float]:
    x, y, w, h = (float(element.get(k, "nan")) for k in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    return x, y, x + w, y + h


def within(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    return (
        inner[0] >= outer[0]
        and inner[1] >= outer[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )


# -- where a word stood before the page was turned ------------------------------------------------


@given(
    rotation=st.sampled_from([0, 90, 180, 270]),
    degrees=st.floats(-8, 8),
    at=st.tuples(st.floats(0.05, 0.95), st.floats(0.05, 0.95)),
    size=st.tuples(st.integers(60, 400), st.integers(60, 400)),
)
def test_turning_back_undoes_what_cleaning_did(
    rotation: int, degrees: float, at: tuple[float, float], size: tuple[int, int]
) -> None:
    width, height = size
    x, y = at[0] * width, at[1] * height
    # What the clean room does, for a point: a quarter turn, then OpenCV's rotation.
    turned = {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}
    read = (width, height) if rotation % 180 == 0 else (height, width)
    level = cv2.getRotationMatrix2D((read[0] / 2, read[1] / 2), degrees, 1.0)
    seen = level @ np.array([*turned[rotation], 1.0])
    frame = Frame(*read, Turn(rotation, degrees))  # type: ignore[arg-type]
    assert (frame.width, frame.height) == (width, height)
    assert frame.to_page.at(seen[0], seen[1]) == pytest.approx((x, y), abs=1e-6)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_quarter_turns_agree_with_opencv(rotation: int) -> None:
    lying = np.zeros((40, 60), np.uint8)
    lying[5:9, 20:50] = 255
    upright = cv2.rotate(lying, TURNS[rotation])
    ys, xs = np.nonzero(upright)
    height, width = upright.shape
    box = (xs.min() / width, ys.min() / height, (xs.max() + 1) / width, (ys.max() + 1) / height)
    frame = Frame(width, height, Turn(rotation))  # type: ignore[arg-type]
    assert frame.page_box(box) == pytest.approx((20, 5, 50, 9))


def test_text_of_a_turned_page_stands_counter_clockwise() -> None:
    page = PageText(page=1, read_by="ocr", rotation=90, levelled_degrees=2.0)
    assert page.turn == Turn(90, 2.0)
    assert page.turn.text_degrees == 88.0


def test_a_page_that_no_image_was_read_of_is_measured_on_paper() -> None:
    frame = frame_of(source().pages[0], PageText(page=1, read_by="text_layer"))
    assert (frame.width, frame.height) == (2480, 3508)


# -- ALTO -----------------------------------------------------------------------------------------


@pytest.mark.shared
def test_alto_is_valid_against_its_schema(shared: Path, tmp_path: Path) -> None:
    schema = shared / "schemas" / "alto-4-4.xsd"
    if not schema.is_file():
        pytest.skip("the ALTO schema (CC BY-SA) is not kept in this repository")
    stub = tmp_path / "xlink.xsd"
    stub.write_text(XLINK)
    local = schema.read_text().replace("http://www.loc.gov/standards/xlink/xlink.xsd", stub.name)
    (tmp_path / "alto.xsd").write_text(local)
    check = etree.XMLSchema(etree.parse(str(tmp_path / "alto.xsd")))
    empty = PageText(page=1, read_by="ocr", width_px=100, height_px=100)
    for page in (paper.page_text(), paper.repaired(paper.page_text()), empty):
        for turn in (Turn(), Turn(180, 2.0)):
            check.assertValid(alto(page, turn))


def test_alto_has_the_form_of_the_schema() -> None:
    """The order and the attributes that ALTO 4.4 asks for, where the schema is not at hand."""
    root = alto(paper.repaired(paper.page_text()))
    children = [etree.QName(e).localname for e in root]
    assert children == ["Description", "Tags", "Layout"]
    assert root.get("SCHEMAVERSION") == "4.4"
    assert [etree.QName(e).localname for e in root[0]] == [
        "MeasurementUnit", "sourceImageInformation", "Processing", "Processing"
    ]  # fmt: skip
    assert root[0][0].text == "pixel"
    keys = [e.get("ID") for e in root.iter() if e.get("ID")]
    assert len(keys) == len(set(keys))
    for name in ("TAGREFS", "PROCESSINGREFS"):
        for element in root.iter():
            assert set((element.get(name) or "").split()) <= set(keys)
    (page,) = every(root, "Page")
    assert (page.get("PHYSICAL_IMG_NR"), page.get("WIDTH"), page.get("HEIGHT")) == (
        "1", "1240", "1754"
    )  # fmt: skip
    for line in every(root, "TextLine"):
        kinds = [etree.QName(e).localname for e in line]
        assert kinds == ["String", *["SP", "String"] * (len(kinds) // 2)]
        assert all(within(box_of(s), box_of(line)) for s in line if s.get("CONTENT"))
    for string in every(root, "String"):
        assert 0 <= float(string.get("WC", "nan")) <= 1


def test_alto_keeps_both_readings() -> None:
    root = alto(paper.repaired(paper.page_text()))
    said = {
        s.get("CONTENT"): [(a.get("PURPOSE"), a.text) for a in s] for s in every(root, "String")
    }
    assert said["Ủy"] == [("raw", "Uỳ")]
    assert said["nhân"] == [("proposed", "nhận")]
    assert said["dân"] == [("other", "đân")]
    tagged = [s.get("CONTENT") for s in every(root, "String") if s.get("TAGREFS")]
    assert tagged == ["dân"]
    assert [s.get("CONTENT") for s in every(root, "String")] == paper.TEXT.split()
    labels = {t.get("ID"): t.get("LABEL") for t in every(root, "LayoutTag")}
    kinds = [labels[b.get("TAGREFS")] for b in every(root, "TextBlock")]
    assert kinds == ["header_left", "body"]


def test_alto_boxes_are_those_of_the_page_as_it_lies() -> None:
    page = paper.page_text()
    straight, turned = alto(page), alto(page, Turn(180))
    for a, b in zip(every(straight, "String"), every(turned, "String"), strict=True):
        x0, y0, x1, y1 = box_of(a)
        assert box_of(b) == pytest.approx((1240 - x1, 1754 - y1, 1240 - x0, 1754 - y0), abs=1)
    assert {b.get("ROTATION") for b in every(turned, "TextBlock")} == {"180"}
    assert {b.get("ROTATION") for b in every(straight, "TextBlock")} == {None}


WORDS = st.builds(
    Word,
    text=st.text(max_size=12),
    raw=st.none() | st.text(max_size=12),
    confidence=st.none() | st.floats(0, 1),
    bbox=st.none() | st.just((0.1, 0.1, 0.2, 0.12)),
)
PAGES = st.lists(WORDS, max_size=6).map(
    lambda words: PageText(
        page=1, read_by="ocr", blocks=(Block(kind="overlay", lines=(Line(words=tuple(words)),)),)
    )
)


@given(page=PAGES)
def test_any_text_makes_well_formed_pages(page: PageText) -> None:
    assert all(s.get("CONTENT") for s in every(alto(page), "String"))
    assert all(e.text for e in hocr(page).iterfind(".//{*}span[@class='ocrx_word']"))


# -- hOCR -----------------------------------------------------------------------------------------


def test_hocr_nests_pages_areas_lines_and_words() -> None:
    root = hocr(paper.repaired(paper.page_text()))
    chain = {"ocrx_word": "ocr_line", "ocr_line": "ocr_par", "ocr_par": "ocr_carea",
             "ocr_carea": "ocr_page"}  # fmt: skip
    for kind, above in chain.items():
        found = root.findall(f".//*[@class='{kind}']")
        assert found
        for element in found:
            parent = element.getparent()
            assert parent is not None
            assert parent.get("class") == above
            assert (element.get("title") or "").startswith("bbox ")
    assert root.tag == f"{{{XHTML}}}html"
    (page,) = root.findall(".//*[@class='ocr_page']")
    assert page.get("title") == 'image "quét 45.pdf"; bbox 0 0 1240 1754; ppageno 0'
    metas = {m.get("name"): m.get("content") for m in root.iter(f"{{{XHTML}}}meta")}
    assert metas["ocr-langs"] == "vi"
    assert metas["ocr-number-of-pages"] == "1"
    assert "tesseract 5" in (metas["ocr-system"] or "")


def test_hocr_keeps_both_readings_and_the_blanks() -> None:
    root = hocr(paper.repaired(paper.page_text()))
    words = root.findall(".//*[@class='ocrx_word']")
    assert [w.get("data-raw") for w in words if w.text == "Ủy"] == ["Uỳ"]
    assert [w.get("data-proposed") for w in words if w.text == "nhân"] == ["nhận"]
    assert [w.get("data-others") for w in words if w.get("data-handwritten")] == ["đân"]
    assert all("; x_wconf 93" in (w.get("title") or "") for w in words)
    body = root.find(f"{{{XHTML}}}body")
    assert body is not None
    assert "".join(body.itertext()).split("\n")[:2] == paper.TEXT.splitlines()[:2]
