"""PDF/A keeps the page as it is, and lays the text where the words stand."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from lxml import etree
from PIL import Image, ImageCms

from models.base import BBox
from models.directive import FieldValue
from models.source import SourceDocument
from models.text import Line, PageText, Reading
from pipeline.errors import BadInput, Unsupported
from pipeline.publish.pdfa import write_pdfa
from pipeline.publish.srgb import srgb_profile
from tests import makers
from tests.publish import paper
from tests.publish.rules import assert_pdfa_2b, said


def made(
    original: Path,
    source: SourceDocument,
    pages: Sequence[PageText],
    **fields: FieldValue,
) -> Path:
    out = original.with_suffix(".pdfa.pdf")
    with out.open("wb") as stream:
        write_pdfa(original, source, pages, paper.directive_of(source, **fields), stream)
    return out


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return makers.scanned_pdf(tmp_path / "scan.pdf", [paper.printed()], dpi=paper.DPI)


@pytest.fixture
def written(scan: Path) -> Path:
    return made(scan, paper.source_of(scan), [paper.page_text()])


def text_of(path: Path, *options: str) -> str:
    command = ["pdftotext", *options, str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def boxes_of(path: Path) -> list[tuple[str, BBox]]:
    """Words with boxes in fractions of the page, as a reader finds them."""
    page = next(etree.fromstring(text_of(path, "-bbox").encode()).iter("{*}page"))
    width, height = float(page.get("width", 0)), float(page.get("height", 0))
    sizes = {"xMin": width, "yMin": height, "xMax": width, "yMax": height}
    return [
        (w.text or "", tuple(float(w.get(k, 0)) / size for k, size in sizes.items()))  # type: ignore[misc]
        for w in page.iter("{*}word")
    ]


def drawn(path: Path, dpi: int = paper.DPI) -> np.ndarray:
    command = ["pdftoppm", "-r", str(dpi), "-gray", "-singlefile", str(path)]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    return np.asarray(Image.open(io.BytesIO(data)).convert("L")).astype(int)


def overlap(a: BBox, b: BBox) -> float:
    """Intersection over union."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height
    return width * height / union


def words_of(page: PageText) -> list[tuple[str, BBox]]:
    return [(w.text, w.bbox) for _, line in page.lines() for w in line.words if w.bbox is not None]


# -- the file -------------------------------------------------------------------------------------


def test_it_keeps_the_rules_of_pdfa_2b(written: Path) -> None:
    assert_pdfa_2b(written)
    checked = subprocess.run(["qpdf", "--check", written], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_the_same_document_gives_the_same_bytes(scan: Path) -> None:
    source, page = paper.source_of(scan), paper.page_text()
    first = made(scan, source, [page]).read_bytes()
    assert made(scan, source, [page]).read_bytes() == first


def test_the_profile_is_srgb() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    to_srgb = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    colours = Image.fromarray(np.random.default_rng(7).integers(0, 256, (32, 32, 3), np.uint8))
    same = ImageCms.applyTransform(colours, to_srgb)
    assert same is not None
    difference = np.asarray(same).astype(int) - np.asarray(colours).astype(int)
    assert np.abs(difference).max() <= 2


def test_metadata_says_what_it_is_and_what_it_was_made_from(scan: Path) -> None:
    source = paper.source_of(scan)
    with pikepdf.open(made(scan, source, [paper.page_text()])) as pdf:
        title = "Công văn số 45/LĐLĐ: đẩy mạnh phong trào <thi đua>"
        assert said(pdf, "dc:title/rdf:Alt/rdf:li") == [title]
        assert said(pdf, "dc:identifier") == ["45/LĐLĐ"]
        assert said(pdf, "dc:date/rdf:Seq/rdf:li") == ["2022-05-12"]
        assert said(pdf, "dc:language/rdf:Bag/rdf:li") == ["vi"]
        assert said(pdf, "dc:source") == [f"quét 45.pdf (SHA-256 {source.sha256})"]
        assert said(pdf, "stRef:documentID") == [f"urn:sha256:{source.sha256}"]


@pytest.mark.parametrize("status", ["review", "unreadable"])
def test_a_number_or_date_without_evidence_is_no_fact(scan: Path, status: str) -> None:
    doubtful = FieldValue.model_validate({"value": "1984", "status": status})
    out = made(scan, paper.source_of(scan), [paper.page_text()], number=doubtful, issued=doubtful)
    assert_pdfa_2b(out)
    with pikepdf.open(out) as pdf:
        packet = pdf.Root.Metadata.read_bytes().decode()
        assert "1984" not in packet
        assert said(pdf, "dc:identifier") == ["vt-0123456789abcdef"]
        assert "number, date" in packet


def test_a_date_that_xmp_cannot_hold_is_left_out(scan: Path) -> None:
    issued = FieldValue(value="2021-09/..", status="accepted")
    with pikepdf.open(made(scan, paper.source_of(scan), [paper.page_text()], issued=issued)) as pdf:
        assert said(pdf, "dc:date/rdf:Seq/rdf:li") == []


# -- the text -------------------------------------------------------------------------------------


def test_words_are_found_where_they_stand(written: Path) -> None:
    text = text_of(written)
    for phrase in ("LIÊN ĐOÀN LAO ĐỘNG", "Ủy ban nhân dân", "12/KH-LĐLĐ ngày 05/4/2022"):
        assert phrase in text
    assert text.split() == paper.TEXT.split()
    for (word, box), (expected, seen) in zip(
        boxes_of(written), words_of(paper.page_text()), strict=True
    ):
        assert word == expected
        assert overlap(box, seen) > 0.45
        assert abs(box[0] - seen[0]) < 0.004
        assert abs(box[2] - seen[2]) < 0.006


@pytest.mark.parametrize("rotation", [90, 180, 270])
@pytest.mark.parametrize("degrees", [0.0, 2.0, -3.0])
def test_boxes_are_turned_back_with_the_page(tmp_path: Path, rotation: int, degrees: float) -> None:
    # The page lay turned and askew; cleaning set it upright, and the words were read there.
    askew = paper.printed().rotate(-degrees, fillcolor=255, resample=Image.Resampling.BICUBIC)
    lying = askew.rotate(rotation, expand=True)  # counter-clockwise; cleaning turns it clockwise
    original = makers.scanned_pdf(tmp_path / "turned.pdf", [lying], dpi=paper.DPI)
    turn = {"rotation": rotation, "levelled_degrees": degrees}
    page = paper.page_text().model_copy(update=turn)
    out = made(original, paper.source_of(original), [page])
    assert np.abs(drawn(out) - drawn(original)).mean() < 0.5
    ink = np.asarray(lying) < 128
    height, width = ink.shape
    inside = np.zeros_like(ink)
    for _, box in boxes_of(out):
        x0, y0, x1, y1 = (round(v * s) for v, s in zip(box, (width, height) * 2, strict=True))
        inside[max(0, y0 - 1) : y1 + 2, max(0, x0 - 1) : x1 + 2] = True
        assert ink[y0:y1, x0:x1].any()
    assert ink[inside].sum() > 0.97 * ink.sum()
    assert inside.mean() < 0.4
    assert sorted(text_of(out, "-raw").split()) == sorted(paper.TEXT.split())


def test_a_slope_that_was_left_alone_is_followed(tmp_path: Path) -> None:
    page = paper.page_text()
    slope = 0.02

    def lowered(box: BBox) -> BBox:
        down = slope * (box[0] + box[2]) / 2
        return box[0], box[1] + down, box[2], box[3] + down

    blocks = tuple(
        b.model_copy(update={"lines": tuple(
            line.model_copy(update={"words": tuple(
                w.model_copy(update={"bbox": lowered(w.bbox)}) for w in line.words if w.bbox
            )}) for line in b.lines
        )}) for b in page.blocks
    )  # fmt: skip
    sloping = page.model_copy(update={"blocks": blocks})
    original = makers.scanned_pdf(tmp_path / "slope.pdf", [paper.printed()], dpi=paper.DPI)
    out = made(original, paper.source_of(original), [sloping])
    assert text_of(out).split() == paper.TEXT.split()
    for (_, box), (_, seen) in zip(boxes_of(out), words_of(sloping), strict=True):
        assert overlap(box, seen) > 0.4


def test_text_is_nfc_and_holds_no_controls(scan: Path) -> None:
    page = paper.page_text(text="U\u0309y ban\u0000 nh\u00e2n\ufeff d\u00e2n \x07\nx\n")
    out = made(scan, paper.source_of(scan), [page])
    assert_pdfa_2b(out)
    assert "Ủy ban nhân dân" in text_of(out)


def test_a_guess_at_handwriting_is_not_in_the_layer(scan: Path) -> None:
    page = paper.page_text(text="x\nSố: 6đổ -CV/TU\n")
    words = list(page.blocks[1].lines[0].words)
    words[1] = words[1].model_copy(update={"reading": Reading(handwritten=True)})
    block = page.blocks[1].model_copy(update={"lines": (Line(words=tuple(words)),)})
    out = made(
        scan, paper.source_of(scan), [page.model_copy(update={"blocks": (page.blocks[0], block)})]
    )
    assert "6đổ" not in text_of(out)
    assert "-CV/TU" in text_of(out)


def test_a_page_without_words_is_its_picture(scan: Path) -> None:
    blank = PageText(page=1, read_by="ocr", width_px=1240, height_px=1754)
    out = made(scan, paper.source_of(scan), [blank])
    assert_pdfa_2b(out)
    assert text_of(out).strip() == ""


# -- the picture ----------------------------------------------------------------------------------


def raw_of(path: Path, page: int = 0) -> bytes:
    with pikepdf.open(path) as pdf:
        return bytes(next(iter(pdf.pages[page].get_images().values())).read_raw_bytes())


def test_a_scan_s_jpeg_is_kept_byte_for_byte(scan: Path, written: Path) -> None:
    assert raw_of(written) == raw_of(scan)
    with pikepdf.open(written) as pdf:
        assert "page images kept as they are" in str(pdf.docinfo.Subject)


def test_a_bilevel_scan_is_kept_byte_for_byte(samples: Path, tmp_path: Path) -> None:
    original = tmp_path / "ccitt.pdf"
    original.write_bytes((samples / "09-bao-cao-den-trang.pdf").read_bytes())
    pages = [paper.page_text(1), paper.page_text(2)]
    out = made(original, paper.source_of(original, pages=2), pages)
    assert_pdfa_2b(out)
    assert [raw_of(out, n) for n in (0, 1)] == [raw_of(original, n) for n in (0, 1)]


@pytest.mark.parametrize("extra", [b"0 g 50 50 100 100 re f", b"BT /F1 12 Tf (x) Tj ET"])
def test_what_is_drawn_over_a_scan_is_kept(tmp_path: Path, extra: bytes) -> None:
    original = makers.scanned_pdf(tmp_path / "over.pdf", [paper.printed()], dpi=paper.DPI)
    with pikepdf.open(original, allow_overwriting_input=True) as pdf:
        pdf.pages[0].contents_add(b"Q " + extra + b" q")
        pdf.pages[0].contents_add(b"q", prepend=True)
        pdf.save(original)
    out = made(original, paper.source_of(original), [paper.page_text()])
    assert_pdfa_2b(out)
    with pikepdf.open(out) as pdf:
        assert "drawn from the original at 300 dpi" in str(pdf.docinfo.Subject)
    assert np.abs(drawn(out) - drawn(original)).mean() < 2.0


def test_an_earlier_invisible_text_is_replaced(tmp_path: Path) -> None:
    original = makers.scanned_pdf(tmp_path / "ocred.pdf", [paper.printed()], dpi=paper.DPI)
    before = raw_of(original)
    with pikepdf.open(original, allow_overwriting_input=True) as pdf:
        pdf.pages[0].contents_add(b"q", prepend=True)
        pdf.pages[0].contents_add(b"Q BT 3 Tr /F1 12 Tf 50 50 Td (old ocr) Tj ET")
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        pdf.pages[0].obj.Resources.Font = pikepdf.Dictionary(F1=font)
        pdf.save(original)
    out = made(original, paper.source_of(original), [paper.page_text()])
    assert raw_of(out) == before
    assert "old ocr" not in text_of(out)


def test_a_turned_page_is_shown_as_it_was(tmp_path: Path) -> None:
    lying = paper.printed().rotate(90, expand=True)
    original = makers.scanned_pdf(tmp_path / "rotate.pdf", [lying], dpi=paper.DPI)
    with pikepdf.open(original, allow_overwriting_input=True) as pdf:
        pdf.pages[0].obj.Rotate = 90
        pdf.save(original)
    out = made(original, paper.source_of(original), [paper.page_text()])
    assert_pdfa_2b(out)
    assert np.abs(drawn(out) - drawn(original)).mean() < 0.5
    assert all(overlap(a[1], b[1]) > 0.4 for a, b in zip(
        boxes_of(out), words_of(paper.page_text()), strict=True
    ))  # fmt: skip


def test_marks_of_signatures_stay_visible_and_the_original_untouched(
    samples: Path, tmp_path: Path
) -> None:
    original = tmp_path / "signed.pdf"
    data = (samples / "03-cong-van-ky-so.pdf").read_bytes()
    original.write_bytes(data)
    out = made(
        original, paper.source_of(original, pages=2), [paper.page_text(1), paper.page_text(2)]
    )
    assert original.read_bytes() == data
    assert_pdfa_2b(out)
    ours, theirs = drawn(out), drawn(original)
    rows = ours.shape[0] // 12
    assert (theirs[:rows, ours.shape[1] // 2 :] < 128).any()
    assert np.abs(ours - theirs)[:rows].mean() < 1.5


@pytest.mark.parametrize("mode", ["L", "RGB", "1", "P", "RGBA", "CMYK", "I;16"])
@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [(".tif", "image/tiff"), (".jpg", "image/jpeg"), (".png", "image/png")],
)
def test_image_files_look_the_same(tmp_path: Path, mode: str, suffix: str, media_type: str) -> None:
    if (suffix, mode) in {(".jpg", m) for m in ("1", "P", "RGBA", "I;16")} | {(".png", "CMYK")}:
        pytest.skip("there is no such file")
    page = paper.printed()
    if mode == "I;16":
        image = Image.fromarray(np.asarray(page).astype(np.uint16) * 257)
    else:
        image = page.convert(mode)
    original = tmp_path / f"page{suffix}"
    image.save(original, dpi=(paper.DPI, paper.DPI))
    out = made(original, paper.source_of(original, media_type), [paper.page_text()])  # type: ignore[arg-type]
    assert_pdfa_2b(out)
    expected = np.asarray(page.convert("1").convert("L") if mode == "1" else page).astype(int)
    assert np.abs(drawn(out)[: expected.shape[0], : expected.shape[1]] - expected).mean() < 4.0
    assert "Ủy ban nhân dân" in text_of(out)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_as_its_tag_says(tmp_path: Path, orientation: int) -> None:
    undo = {
        1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4,
    }[orientation]  # fmt: skip
    page = paper.printed()
    stored = page if undo is None else page.transpose(Image.Transpose(undo))
    exif = Image.Exif()
    exif[0x0112] = orientation
    original = tmp_path / "photo.jpg"
    stored.save(original, quality=90, dpi=(paper.DPI, paper.DPI), exif=exif)
    source = paper.source_of(original, "image/jpeg")
    out = made(original, source, [paper.page_text()])
    assert raw_of(out) == original.read_bytes()
    assert np.abs(drawn(out) - np.asarray(page).astype(int)).mean() < 3.0


@pytest.mark.slow
def test_a_typeset_page_is_drawn_without_loss(tmp_path: Path) -> None:
    original = makers.text_pdf(tmp_path / "born.pdf", paper.TEXT)
    source = paper.source_of(original, kind="born_digital")
    out = made(original, source, [paper.page_text()])
    assert_pdfa_2b(out)
    assert np.array_equal(drawn(out, 300), drawn(original, 300))


def test_a_text_file_is_refused_with_advice(tmp_path: Path) -> None:
    original = tmp_path / "a.txt"
    original.write_text("Số: 45/CĐN")
    source = paper.source_of(original, "text/plain", kind="text")
    with pytest.raises(Unsupported, match="no page image") as error:
        made(original, source, [PageText(page=1, read_by="text")])
    assert "jsonl" in error.value.advice


def test_a_damaged_original_is_its_own_failure(tmp_path: Path) -> None:
    original = makers.truncated_pdf(tmp_path / "cut.pdf")
    original.write_bytes(b"%PDF-1.4\nnothing")
    with pytest.raises(BadInput):
        made(original, paper.source_of(original), [paper.page_text()])
