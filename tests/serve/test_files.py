"""Originals, what is made of documents, and pictures of pages and places."""

from __future__ import annotations

import io
import math
import tempfile
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from lxml import etree
from PIL import Image, ImageDraw
from starlette.testclient import TestClient

from models.geometry import Frame, Turn
from models.source import SourceDocument, SourcePage
from pipeline.archive import Archive
from pipeline.serve import images
from pipeline.serve.ports import PageImage
from tests.archive.strategies import directive, page


def test_the_original_is_sent_byte_for_byte(
    archive: Archive, local: TestClient, scan_id: str
) -> None:
    sha = archive.get(scan_id).source.sha256
    answer = local.get(f"/directives/{scan_id}/original")
    assert answer.content == archive.files.original_path(sha).read_bytes()
    assert answer.headers["etag"] == f'"{sha}"'
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"].startswith("attachment; ")
    known = local.get(f"/directives/{scan_id}/original", headers={"If-None-Match": f'"{sha}"'})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 10), ("bytes=5-", 5, None), ("bytes=-7", -7, None), ("bytes=0-0", 0, 1),
     ("bytes=3-999999999", 3, None)],
)  # fmt: skip
def test_a_part_of_the_original_is_sent(
    local: TestClient, scan_id: str, asked: str, first: int, last: int | None
) -> None:
    path = f"/directives/{scan_id}/original"
    whole = local.get(path)
    part = local.get(path, headers={"Range": asked})
    assert part.status_code == 206
    assert part.content == whole.content[first:last]
    start = first % len(whole.content)
    expected = f"bytes {start}-{start + len(part.content) - 1}/{len(whole.content)}"
    assert part.headers["content-range"] == expected
    stale = local.get(path, headers={"Range": asked, "If-Range": '"other"'})
    assert stale.status_code == 200


@pytest.mark.parametrize(
    ("asked", "status"),
    [("bytes=999999999-", 416), ("bytes=-0", 416), ("bytes=9-3", 200), ("bytes=a-b", 200),
     ("lines=1-2", 200), ("bytes=0-1,4-5", 200), ("bytes=-", 200)],
)  # fmt: skip
def test_a_part_that_is_none(local: TestClient, scan_id: str, asked: str, status: int) -> None:
    answer = local.get(f"/directives/{scan_id}/original", headers={"Range": asked})
    assert answer.status_code == status
    if status == 416:
        assert answer.headers["content-range"].startswith("bytes */")
        assert answer.headers["content-type"] == "application/problem+json"


def test_an_original_that_is_gone_is_not_found(local: TestClient) -> None:
    assert local.get("/directives/d-full/original").status_code == 404
    assert local.get("/directives/d-full/pdfa").status_code == 404


def test_forms_are_made_of_the_document(local: TestClient, scan_id: str) -> None:
    """In a process of its own, which the first of them starts."""
    pdf = local.get(f"/directives/{scan_id}/pdfa")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"].endswith(f"45-CDN_{scan_id}.pdf")
    with pikepdf.open(io.BytesIO(pdf.content)) as opened:
        assert len(opened.pages) == 1
    again = local.get(f"/directives/{scan_id}/pdfa", headers={"If-None-Match": pdf.headers["etag"]})
    assert again.status_code == 304
    alto = local.get(f"/directives/{scan_id}/pages/1/alto")
    assert b"45/C\xc4\x90N" in alto.content
    assert etree.fromstring(alto.content).tag.endswith("}alto")
    hocr = local.get(f"/directives/{scan_id}/hocr")
    assert hocr.headers["content-type"] == "text/vnd.hocr+html"
    assert hocr.headers["content-disposition"].startswith("attachment"), "never shown as a page"
    assert local.get(f"/directives/{scan_id}/pages/9/alto").status_code == 404


def test_a_text_file_has_no_pdf(archive: Archive, local: TestClient) -> None:
    digest, size = archive.files.put_original(io.BytesIO("chữ".encode()), max_bytes=100)
    source = SourceDocument(
        sha256=digest, byte_size=size, media_type="text/plain", kind="text",
        pages=(SourcePage(number=1, kind="text"),),
    )  # fmt: skip
    run = archive.begin_run("ingest", "0.1.0")
    made = directive("text")
    made = made.model_copy(update={"source": made.source.model_copy(update={"sha256": digest})})
    archive.record_source("in/a.txt", source)
    archive.put_directive(made, [page("chữ")], result_key="k", run_id=run)
    answer = local.get("/directives/d-text/pdfa")
    assert answer.status_code == 404
    assert "text file" in answer.json()["detail"]
    assert local.get("/directives/d-text/original").text == "chữ"


def test_the_stored_page_image_is_sent(local: TestClient, scan_id: str) -> None:
    answer = local.get(f"/directives/{scan_id}/pages/1/image")
    assert answer.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (595, 842)
    tag = answer.headers["etag"]
    path = f"/directives/{scan_id}/pages/1/image"
    assert local.get(path, headers={"If-None-Match": tag}).status_code == 304
    same = local.get(path, params={"lies": "in_file"})
    assert same.content == answer.content, "it was not turned"


def test_a_place_is_cut_from_the_page(local: TestClient, scan_id: str) -> None:
    path = f"/directives/{scan_id}/evidence/number/0/image"
    narrow = Image.open(io.BytesIO(local.get(path, params={"margin": 0}).content))
    assert narrow.size == (
        round(0.3 * 595) - round(0.1 * 595),
        round(0.12 * 842) - round(0.1 * 842),
    )
    wide = Image.open(io.BytesIO(local.get(path, params={"margin": 0.05}).content))
    assert wide.width > narrow.width
    page = Image.open(io.BytesIO(local.get(f"/directives/{scan_id}/pages/1/image").content))
    box = (60, 84, 60 + narrow.width, 84 + narrow.height)
    assert np.array_equal(np.asarray(narrow), np.asarray(page.crop(box)))
    assert local.get(f"/directives/{scan_id}/evidence/number/1/image").status_code == 404
    assert local.get("/directives/d-full/evidence/number/0/image").status_code == 404


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("level_degrees", [0.0, 3.0])
def test_a_place_on_a_turned_page_is_the_place_in_the_file(
    rotation: int, level_degrees: float
) -> None:
    """What was turned to be read is turned back before it is cut."""
    page = Image.new("L", (300, 400), 255)
    ImageDraw.Draw(page).rectangle((60, 80, 119, 119), fill=0)
    read = page.rotate(-rotation, expand=True)
    if level_degrees:
        read = read.rotate(level_degrees, fillcolor=255, resample=Image.Resampling.BILINEAR)
    data = io.BytesIO()
    read.save(data, "PNG")
    frame = Frame(read.width, read.height, Turn(rotation, level_degrees))  # type: ignore[arg-type]
    image = PageImage(data.getvalue(), frame)
    cut = Image.open(io.BytesIO(images.crop(image, (0.2, 0.2, 0.4, 0.3), 0.0)))
    assert cut.size == (60, 40)
    assert np.asarray(cut).mean() < 40, "all of it is the black place"
    around = Image.open(io.BytesIO(images.crop(image, (0.2, 0.2, 0.4, 0.3), 0.1)))
    share = (np.asarray(around) < 128).mean()
    assert math.isclose(share, 60 * 40 / (around.width * around.height), rel_tol=0.1)
    whole = Image.open(io.BytesIO(images.whole(image)))
    assert whole.size == (300, 400)


def test_a_box_outside_the_page_is_cut_at_its_edge() -> None:
    data = io.BytesIO()
    Image.new("L", (100, 100), 255).save(data, "PNG")
    image = PageImage(data.getvalue(), Frame(100, 100, Turn()))
    for box in ((0.9, 0.9, 5.0, 5.0), (-3.0, -3.0, -2.0, -2.0), (0.5, 0.5, 0.5, 0.5)):
        cut = Image.open(io.BytesIO(images.crop(image, box, 0.0)))
        assert min(cut.size) >= 1
        assert max(cut.size) <= 100


def test_no_file_is_left_behind(
    local: TestClient, scan_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    assert local.get(f"/directives/{scan_id}/pages/1/alto").content
    assert list(folder.iterdir()) == []
