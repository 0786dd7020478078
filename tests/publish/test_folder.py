"""A folder of files: one document never stops another, names are safe and do not change."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.directive import FieldValue
from models.source import SourceDocument
from pipeline.errors import UsageProblem
from pipeline.publish import (
    FOLDER_FORMATS,
    ExportItem,
    export_files,
    folder_format_named,
    format_named,
    is_folder_format,
)
from pipeline.publish.folder import name_of
from tests.publish import paper

#: Formats made of pages; packages for preservation keep what has none, too.
PAGE_FORMS = ("pdfa", "alto", "hocr")


@pytest.fixture
def item(tmp_path: Path) -> ExportItem:
    return paper.scanned_item(tmp_path)


@pytest.fixture
def text_item(tmp_path: Path) -> ExportItem:
    return paper.text_item(tmp_path)


@pytest.mark.parametrize("name", list(FOLDER_FORMATS))
def test_every_format_writes_the_same_files_again(
    name: str, item: ExportItem, tmp_path: Path
) -> None:
    form = folder_format_named(name.upper())
    folder = tmp_path / "out" / "below"
    contents = []
    for _ in range(2):
        (done,) = form.export([item], folder)
        assert done.failure is None
        assert all(path.name.endswith(form.suffix) for path in done.paths)
        contents.append([path.read_bytes() for path in done.paths])
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        own = {path for path in files if form.together and path.parent == folder}
        assert set(files) - own == set(done.paths)
    assert contents[0] == contents[1]
    assert contents[0][0]


@pytest.mark.parametrize("name", PAGE_FORMS)
def test_a_document_without_pages_is_told_and_the_next_written(
    name: str, item: ExportItem, text_item: ExportItem, tmp_path: Path
) -> None:
    form = folder_format_named(name)
    told = list(export_files([text_item, item], tmp_path / "out", form.write))
    assert [done.failure.category if done.failure else None for done in told] == [
        "unsupported", None
    ]  # fmt: skip
    assert told[0].paths == ()
    assert told[1].paths


def test_a_failed_write_leaves_what_was_there(item: ExportItem, tmp_path: Path) -> None:
    form = folder_format_named("pdfa")
    folder = tmp_path / "out"
    (before,) = export_files([item], folder, form.write)
    data = before.paths[0].read_bytes()
    item.original.write_bytes(b"%PDF-1.4\nnothing")
    (after,) = export_files([item], folder, form.write)
    assert after.failure is not None
    assert after.failure.category == "bad_input"
    assert before.paths[0].read_bytes() == data
    assert [path.name for path in folder.iterdir()] == [before.paths[0].name]


def test_a_folder_that_cannot_be_made_is_wrong_use(item: ExportItem, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageProblem):
        list(export_files([item], tmp_path / "file" / "below", folder_format_named("pdfa").write))


def test_the_same_name_twice_gives_two_files(item: ExportItem, tmp_path: Path) -> None:
    form = folder_format_named("hocr")
    told = list(export_files([item, item], tmp_path / "out", form.write))
    names = [path.name for done in told for path in done.paths]
    assert names == [
        "45-LDLD_vt-0123456789abcdef.hocr.html",
        "45-LDLD_vt-0123456789abcdef-2.hocr.html",
    ]


@given(number=st.text(max_size=80), key=st.text(min_size=1, max_size=40))
def test_names_are_safe_on_every_system(number: str, key: str) -> None:
    source = some_source()
    directive = paper.directive_of(source, number=FieldValue(value=number, status="accepted"))
    name = name_of(directive.model_copy(update={"id": key}))
    assert name
    assert name[0] not in "-."
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def test_a_number_that_was_not_accepted_is_in_no_name() -> None:
    number = FieldValue(value="45/LĐLĐ", status="review")
    assert name_of(paper.directive_of(some_source(), number=number)) == "vt-0123456789abcdef"


def some_source() -> SourceDocument:
    return paper.source_of(Path(__file__))


def test_a_folder_format_asks_for_a_folder() -> None:
    assert is_folder_format("PDFA")
    assert not is_folder_format("jsonl")
    with pytest.raises(UsageProblem) as error:
        format_named("pdfa")
    assert "folder" in error.value.advice
    with pytest.raises(UsageProblem) as error:
        folder_format_named("docx")
    assert "pdfa" in error.value.advice
