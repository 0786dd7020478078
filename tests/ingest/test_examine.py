"""Files are told by content, limits hold before decoding, and each page knows how to be read."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from models.source import SourceDocument
from pipeline.errors import (
    BadInput,
    EncryptedInput,
    InputError,
    TooLarge,
    UnreadableFile,
    Unsupported,
    VanthuError,
)
from pipeline.ingest import (
    decode,
    examine,
    load_page_image,
    media_type_of,
    open_source,
    text_layer_lines,
    text_pages,
)
from pipeline.ingest.encodings.tables import TCVN3, VNI, Encoding
from pipeline.settings import IngestSettings, Limits
from tests import makers


def look(path: Path, tmp_path: Path, limits: Limits | None = None) -> SourceDocument:
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    media_type = media_type_of(path, path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return examine(path, media_type, sha256, scratch, IngestSettings(), limits or Limits())


def test_a_pdf_of_page_images_is_a_scan(tmp_path: Path) -> None:
    source = look(makers.scanned_pdf(tmp_path / "a.pdf"), tmp_path)
    assert (source.kind, source.media_type) == ("scan", "application/pdf")
    assert source.pages[0].image_dpi == pytest.approx(150, abs=1)


def test_a_pdf_with_a_sound_text_layer_is_born_digital(tmp_path: Path) -> None:
    path = makers.text_pdf(tmp_path / "a.pdf")
    source = look(path, tmp_path)
    assert source.kind == "born_digital"
    lines = text_layer_lines(path, source, 1, tmp_path, Limits())
    words = [word for line in lines for word in line]
    assert "LIÊN ĐOÀN LAO ĐỘNG TỈNH HÀ GIANG" in " ".join(w.text for w in words)
    assert all(w.bbox and 0 <= w.bbox[0] < w.bbox[2] <= 1 for w in words)


def test_a_text_layer_without_marks_is_not_trusted(tmp_path: Path) -> None:
    from models.vietnamese import strip_marks

    path = makers.text_pdf(tmp_path / "a.pdf", strip_marks(makers.CONG_VAN))
    page = look(path, tmp_path).pages[0]
    assert page.kind == "scan"
    assert "not sound" in page.reason


@pytest.mark.parametrize(
    ("encoding", "font"), [(TCVN3, "Times-Roman"), (TCVN3, ".VnTime"), (VNI, "VNI-Times")]
)
def test_a_text_layer_in_a_legacy_font_is_read(
    tmp_path: Path, encoding: Encoding, font: str
) -> None:
    path = makers.legacy_pdf(tmp_path / "a.pdf", encoding.write(makers.CONG_VAN), font)
    source = look(path, tmp_path)
    assert source.kind == "born_digital"
    finding = source.findings[0]
    assert (finding.code, finding.evidence[0].page) == ("ingest.legacy_encoding", 1)
    assert encoding.title in finding.message
    lines = text_layer_lines(path, source, 1, tmp_path, Limits())
    text = "\n".join(" ".join(word.text for word in line) for line in lines)
    for phrase in ("liên đoàn lao động", "ban thường vụ", "trước ngày"):
        assert phrase in text.lower() or phrase not in makers.CONG_VAN.lower()
    assert all(w.bbox for line in lines for w in line)


def test_a_text_layer_that_lost_letters_is_read_from_its_image(tmp_path: Path) -> None:
    held = TCVN3.write("\n".join([makers.CONG_VAN, *makers.SENTENCES])).replace("\xad", "")
    page = look(makers.legacy_pdf(tmp_path / "a.pdf", held), tmp_path).pages[0]
    assert (page.kind, page.reason) == ("scan", "letters were lost on the way into the text layer")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_text(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(makers.CONG_VAN.encode(encoding))
    assert look(path, tmp_path).kind == "text"


def test_a_text_file_in_a_legacy_encoding_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(VNI.write(makers.CONG_VAN).encode("cp1252"))
    assert [f.code for f in look(path, tmp_path).findings] == ["ingest.legacy_encoding"]
    assert "\n".join(b.text for p in text_pages(path, Limits()) for b in p.blocks).split() == (
        makers.CONG_VAN.split()
    )


def annotated(path: Path, text: str, rect: tuple[float, ...]) -> None:
    """Put a signature field with a visible mark on page 1, as signing software does."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        font = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name.Helvetica,
            )
        )
        width, height = rect[2] - rect[0], rect[3] - rect[1]
        mark = pdf.make_stream(
            f"BT /F 12 Tf 2 4 Td ({text}) Tj ET".encode(),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=[0, 0, width, height],
            Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font)),
        )
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Sig,
                T="Signature1",
                Rect=list(rect),
                V=pikepdf.Dictionary(
                    Type=pikepdf.Name.Sig, Name="Van phong", M="D:20220512101500+07'00'"
                ),
                AP=pikepdf.Dictionary(N=mark),
            )
        )
        pdf.pages[0].obj.Annots = pdf.make_indirect(pikepdf.Array([field]))
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
        pdf.save()


def test_a_signature_mark_is_no_text_layer(tmp_path: Path) -> None:
    path = makers.scanned_pdf(tmp_path / "a.pdf")
    annotated(
        path, "Ky boi: Lien doan Lao dong tinh. Thoi gian ky: 12/05/2022 " * 4, (300, 780, 590, 840)
    )
    source = look(path, tmp_path)
    assert source.kind == "scan"
    assert source.pages[0].text_layer_chars == 0
    (signature,) = source.signatures
    assert signature.signer == "Van phong"
    assert signature.signed_at == "2022-05-12T10:15:00+07:00"
    assert signature.page == 1
    assert signature.stamp_text.startswith("Ky boi")


def test_signature_marks_are_not_burnt_into_the_page_image(tmp_path: Path) -> None:
    blank = Image.new("L", (1240, 1754), 255)
    path = makers.scanned_pdf(tmp_path / "a.pdf", [blank])
    annotated(path, "Ky boi", (100, 600, 300, 640))
    source = look(path, tmp_path)
    pixels, _ = load_page_image(path, source, source.pages[0], IngestSettings(), Limits())
    assert pixels.min() > 240


def test_a_number_that_signing_software_filled_in_is_part_of_the_text(tmp_path: Path) -> None:
    text = makers.CONG_VAN.replace("Số: 45/CĐN", "Số:        /TB-CĐN")
    path = makers.text_pdf(tmp_path / "a.pdf", text)
    # "Số:" stands on the seventh line: 18 points a line down from 780.
    annotated(path, "542", (80, 666, 110, 686))
    source = look(path, tmp_path)
    lines = text_layer_lines(path, source, 1, tmp_path, Limits())
    joined = "\n".join(" ".join(w.text for w in line) for line in lines)
    assert "Số: 542" in joined


def test_text_and_markdown_are_told_apart_by_content(tmp_path: Path) -> None:
    plain, marked = tmp_path / "a.md", tmp_path / "b.txt"
    plain.write_text(makers.CONG_VAN)
    marked.write_text("## KẾ HOẠCH\n\n**Nơi nhận:**\n")
    assert look(plain, tmp_path).media_type == "text/plain"
    assert look(marked, tmp_path).media_type == "text/markdown"


def test_form_feeds_split_a_text_into_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("một trang\n\fhai trang\n\f")
    assert len(look(path, tmp_path).pages) == 2
    assert [p.text.strip() for p in text_pages(path, Limits())] == ["một trang", "hai trang"]


def test_multi_page_tiff(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pages = [makers.page_image(), makers.page_image("TRANG HAI")]
    pages[0].save(path, save_all=True, append_images=pages[1:], dpi=(150, 150))
    source = look(path, tmp_path)
    assert len(source.pages) == 2
    pixels, dpi = load_page_image(path, source, source.pages[1], IngestSettings(), Limits())
    assert dpi == 150
    assert pixels.shape[:2] == (pages[1].height, pages[1].width)


@pytest.mark.parametrize(("form", "suffix"), [("JPEG", "jpg"), ("PNG", "png")])
def test_images_without_a_resolution_are_taken_for_a4(
    tmp_path: Path, form: str, suffix: str
) -> None:
    path = tmp_path / f"a.{suffix}"
    makers.page_image(dpi=200).save(path, form)
    (page,) = look(path, tmp_path).pages
    assert page.image_dpi == pytest.approx(200, abs=2)


def test_a_photograph_held_sideways_is_as_wide_as_it_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    makers.page_image(dpi=100).transpose(Image.Transpose.ROTATE_90).save(
        path, exif=exif, dpi=(100, 100)
    )
    source = look(path, tmp_path)
    (page,) = source.pages
    assert page.height_pt is not None
    assert page.width_pt is not None
    assert page.height_pt > page.width_pt
    pixels, _ = load_page_image(path, source, page, IngestSettings(), Limits())
    assert pixels.shape[0] > pixels.shape[1]


def test_pages_above_the_engines_resolution_are_brought_down(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    makers.page_image(dpi=600, size=(4, 3)).save(path, dpi=(600, 600))
    source = look(path, tmp_path)
    pixels, dpi = load_page_image(path, source, source.pages[0], IngestSettings(), Limits())
    assert dpi == 300
    assert pixels.shape[:2] == (900, 1200)


REFUSED = {
    "truncated": (makers.truncated_pdf, BadInput),
    "encrypted": (makers.encrypted_pdf, EncryptedInput),
    "wide": (makers.wide_pdf, TooLarge),
    "pages": (lambda p: makers.many_pages_pdf(p, 3000), TooLarge),
    "bomb": (lambda p: makers.deflate_bomb_pdf(p, 100), TooLarge),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_hostile_pdfs_are_refused_with_reason_and_advice(tmp_path: Path, kind: str) -> None:
    make, expected = REFUSED[kind]
    with pytest.raises(expected) as caught:
        look(make(tmp_path / "a.pdf"), tmp_path)
    assert caught.value.reason.endswith(".")
    assert caught.value.advice


def test_a_huge_image_is_refused_by_its_header(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match=r"60,000 x 60,000"):
        look(makers.huge_png(tmp_path / "a.png"), tmp_path)


def test_an_image_in_a_pdf_is_measured_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    image = pdf.make_stream(
        b"", Subtype=pikepdf.Name.Image, Width=60000, Height=60000, BitsPerComponent=1,
        ColorSpace=pikepdf.Name.DeviceGray,
    )  # fmt: skip
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=image))
    pdf.save(path)
    with pytest.raises(TooLarge, match="megapixels"):
        look(path, tmp_path)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("empty.pdf", b"", BadInput),
        ("text.pdf", "Số: 120/LĐLĐ".encode(), BadInput),
        ("a.csv", b"a,b\n1,2\n", Unsupported),
        ("a.docx", b"PK\x03\x04rest", Unsupported),
        ("a.doc", b"\xd0\xcf\x11\xe0rest", Unsupported),
        ("a.bin", bytes(range(256)) * 4, Unsupported),
        ("blank.txt", b" \n\n ", BadInput),
        ("odd.txt", b"\x81\x8d\x8f Kh\xf4ng \x9d", Unsupported),
        ("fake.png", b"\x89PNG\r\n\x1a\nnothing", BadInput),
        ("fake.jpg", b"\xff\xd8\xff\xe0nothing", BadInput),
        ("fake.pdf", b"%PDF-1.7\nnothing", BadInput),
    ],
)
def test_refused_by_content(
    tmp_path: Path, name: str, data: bytes, expected: type[VanthuError]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(expected):
        look(path, tmp_path)


def test_a_file_that_is_gone_or_a_pipe_is_unreadable(tmp_path: Path) -> None:
    import os

    with pytest.raises(UnreadableFile):
        open_source(tmp_path / "gone.pdf")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableFile):
        open_source(tmp_path / "pipe")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
def test_text_encodings(encoding: str) -> None:
    if encoding == "cp1258":
        data = b"".join(_cp1258(c) for c in makers.CONG_VAN)
    else:
        data = makers.CONG_VAN.encode(encoding)
    assert decode(data) == makers.CONG_VAN


def _cp1258(char: str) -> bytes:
    """One letter as code page 1258 has it: its vowel, then the tone."""
    import unicodedata

    try:
        return char.encode("cp1258")
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFD", char)
        tone = next(c for c in parts[1:] if c in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c != tone))
        return base.encode("cp1258") + tone.encode("cp1258")


@given(st.binary(max_size=2000))
def test_any_bytes_give_a_text_or_a_typed_error(data: bytes) -> None:
    try:
        text = decode(data)
    except InputError:
        return
    assert text.strip()


@given(data=st.binary(min_size=1, max_size=300), cut=st.integers(0, 3000))
def test_damaged_pdfs_give_pages_or_a_typed_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    whole = io.BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(whole)
    content = bytearray(whole.getvalue())
    cut %= len(content)
    content[cut : cut + len(data)] = data
    path = folder / "a.pdf"
    path.write_bytes(bytes(content))
    try:
        pages = look(path, folder).pages
    except InputError:
        return
    assert pages
