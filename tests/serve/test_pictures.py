"""Pictures of pages as people see them: drawn in a worker, kept, not shown to whoever may not."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from models.source import SourceDocument, SourcePage
from pipeline.archive import Archive
from pipeline.errors import TooLarge
from pipeline.serving_pictures import Recent, make_picture
from pipeline.settings import Limits
from tests.makers import page_image, scanned_pdf
from tests.serve.conftest import Client, TestClient


def source(kind: Any = "scan", media_type: Any = "application/pdf", **page: Any) -> SourceDocument:
    return SourceDocument(
        sha256="0" * 64,
        byte_size=1,
        media_type=media_type,
        kind=kind,
        pages=(SourcePage(number=1, kind="scan", **page),),
    )


@pytest.mark.parametrize("width", [240, 960])
def test_a_page_of_a_pdf_is_drawn_as_wide_as_asked(tmp_path: Path, width: int) -> None:
    pdf = scanned_pdf(tmp_path / "a.pdf", [page_image(dpi=72)], dpi=72)
    data = make_picture(pdf, source(width_pt=595, height_pt=842), 1, width, Limits())
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.width) == ("WEBP", width)
    assert picture.height == pytest.approx(width * 842 / 595, abs=2)


def test_a_frame_of_an_image_is_turned_as_its_tag_says(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20), "white").save(tmp_path / "a.jpg", exif=exif)
    data = make_picture(tmp_path / "a.jpg", source(media_type="image/jpeg"), 1, 240, Limits())
    assert Image.open(io.BytesIO(data)).size == (240, 480)


def test_a_page_that_would_be_a_tower_is_refused(tmp_path: Path) -> None:
    thin = source(width_pt=1, height_pt=14_400)
    with pytest.raises(TooLarge):
        make_picture(tmp_path / "a.pdf", thin, 1, 1920, Limits(image_megapixels=10))


def test_what_was_used_last_is_held_up_to_so_many_bytes() -> None:
    recent = Recent(10)
    recent.put("a", b"1234")
    recent.put("b", b"1234")
    assert recent.get("a") == b"1234"
    recent.put("c", b"1234")
    assert [recent.get(key) for key in "abc"] == [b"1234", None, b"1234"]
    recent.put("a", b"12345678901")  # more than all there is room for
    assert [recent.get(key) for key in "abc"] == [None, None, None]
    recent.put("d", b"1234567890")
    assert recent.get("d")


@pytest.mark.slow
def test_a_picture_is_made_once_and_kept_with_the_results(
    archive: Archive, local: TestClient, scan_id: str
) -> None:
    address = f"/directives/{scan_id}/pages/1/picture?width=240"
    answer = local.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert Image.open(io.BytesIO(answer.content)).width == 240
    root = archive.files.root
    assert root is not None
    assert len(list(root.glob("results/picture/*/*.gz"))) == 1
    known = local.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    # The original is not asked for again, not even by a server that has just begun.
    archive.files.original_path(archive.get(scan_id).source.sha256).unlink()
    assert local.get(address).content == answer.content
    assert [d for d in archive.verify() if "picture" in d.where] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [("d-private/pages/1/picture", 403), ("d-full/pages/9/picture", 404),
     ("d-full/pages/1/picture", 404), ("d-full/pages/1/picture?width=7", 422),
     ("d-nothing/pages/1/picture", 404)],
)  # fmt: skip
def test_what_cannot_be_shown_is_said(client: Client, token: Any, path: str, status: int) -> None:
    reader = client(token=token("read"))
    assert reader.get(f"/directives/{path}").status_code == status
