"""BagIt bags: valid by the reference library, whole or not there, the same bytes every time."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import bagit
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import UsageProblem
from pipeline.publish import ExportItem
from pipeline.publish.bagit_export import encoded, export_bag
from pipeline.settings import CustodySettings
from tests.conftest import ROOT
from tests.publish import paper

SCAN, TEXT = "vt-0123456789abcdef", "vt-fedcba9876543210"


@pytest.fixture
def items(tmp_path: Path) -> list[ExportItem]:
    return [paper.scanned_item(tmp_path), paper.text_item(tmp_path)]


def test_a_bag_is_valid_and_holds_each_document_in_a_folder(
    items: list[ExportItem], tmp_path: Path
) -> None:
    folder = tmp_path / "out" / "bag"
    told = list(export_bag(items, folder))
    bag = bagit.Bag(str(folder))
    bag.validate()
    assert sorted(bag.payload_files()) == [
        f"data/{SCAN}/access.pdf",
        f"data/{SCAN}/alto/0001.alto.xml",
        f"data/{SCAN}/dc.xml",
        f"data/{SCAN}/original.pdf",
        f"data/{SCAN}/record.json",
        f"data/{TEXT}/dc.xml",
        f"data/{TEXT}/original.txt",
        f"data/{TEXT}/record.json",
    ]
    assert bag.version_info == (1, 0)
    assert set(bag.algorithms) == {"sha256", "sha512"}
    payload = {path: data for path, data in paper.files_of(folder).items() if "data/" in path}
    size = sum(len(data) for data in payload.values())
    assert bag.info["Payload-Oxum"] == f"{size}.{len(payload)}"
    assert {folder / path for path in payload} == {path for done in told for path in done.paths}


def test_a_bag_keeps_the_original_and_the_whole_record(
    items: list[ExportItem], tmp_path: Path
) -> None:
    folder = tmp_path / "bag"
    list(export_bag(items, folder))
    below = folder / "data" / SCAN
    assert (below / "original.pdf").read_bytes() == items[0].original.read_bytes()
    record = json.loads((below / "record.json").read_text(encoding="utf-8"))
    assert record == items[0].directive.model_dump(mode="json", by_alias=True)


def test_the_same_documents_give_the_same_bag_in_place_of_the_earlier(
    items: list[ExportItem], tmp_path: Path
) -> None:
    folder = tmp_path / "bag"
    list(export_bag(items, folder))
    first = paper.files_of(folder)
    list(export_bag(items[:1], folder))
    assert not (folder / "data" / TEXT).exists()
    list(export_bag(items, folder))
    assert paper.files_of(folder) == first
    assert b"Bagging-Date" not in first["bag-info.txt"]
    assert [path.name for path in tmp_path.iterdir() if "bag" in path.name] == ["bag"]


def test_the_keeper_is_named_on_one_line(items: list[ExportItem], tmp_path: Path) -> None:
    custody = CustodySettings(keeper="Lưu trữ\nPayload-Oxum: 0.0")
    list(export_bag([dataclasses.replace(items[1], custody=custody)], tmp_path / "bag"))
    bag = bagit.Bag(str(tmp_path / "bag"))
    bag.validate()
    assert bag.info["Source-Organization"] == "Lưu trữ Payload-Oxum: 0.0"


@pytest.mark.parametrize("damage", [b"%PDF-1.4\nnothing", None])
def test_a_damaged_original_is_left_out_whole_and_named(
    items: list[ExportItem], tmp_path: Path, damage: bytes | None
) -> None:
    if damage is None:
        items[0].original.unlink()
    else:
        items[0].original.write_bytes(damage)
    folder = tmp_path / "bag"
    told = list(export_bag(items, folder))
    assert [done.failure is None for done in told] == [False, True]
    bagit.Bag(str(folder)).validate()
    assert not (folder / "data" / SCAN).exists()
    (line,) = (folder / "left-out.jsonl").read_text(encoding="utf-8").splitlines()
    left = json.loads(line)
    assert (left["id"], left["category"]) == (SCAN, "bad_input")
    assert "left-out.jsonl" in (folder / "tagmanifest-sha256.txt").read_text()


def test_a_document_whose_pages_cannot_be_made_leaves_no_half(
    items: list[ExportItem], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4\nnothing")
    source = paper.source_of(broken)
    item = dataclasses.replace(items[0], source=source, original=broken)
    told = list(export_bag([item, items[1]], tmp_path / "bag"))
    assert [done.failure is None for done in told] == [False, True]
    assert not (tmp_path / "bag" / "data" / SCAN).exists()
    bagit.Bag(str(tmp_path / "bag")).validate()


def test_an_export_that_is_stopped_leaves_what_was_there(
    items: list[ExportItem], tmp_path: Path
) -> None:
    folder = tmp_path / "bag"
    stopped = export_bag(items, folder)
    next(stopped)
    assert not folder.exists()
    stopped.close()
    assert not folder.exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".bag")]
    list(export_bag(items, folder))
    before = paper.files_of(folder)
    stopped = export_bag(items[1:], folder)
    next(stopped)
    stopped.close()
    assert paper.files_of(folder) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline.publish.bagit_export import export_bag
from tests.publish import paper

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for _ in export_bag([paper.text_item(folder), paper.text_item(folder)], folder / "bag"):
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_export_leaves_no_bag_and_the_next_one_clears_up(
    items: list[ExportItem], tmp_path: Path
) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not (tmp_path / "bag").exists()
    assert (tmp_path / ".bag.unfinished").is_dir()
    list(export_bag(items[1:], tmp_path / "bag"))
    bagit.Bag(str(tmp_path / "bag")).validate()
    assert not (tmp_path / ".bag.unfinished").exists()


def test_a_bag_put_aside_by_a_killed_exchange_comes_back(
    items: list[ExportItem], tmp_path: Path
) -> None:
    folder = tmp_path / "bag"
    list(export_bag(items, folder))
    before = paper.files_of(folder)
    folder.rename(tmp_path / ".bag.old")
    next_one = export_bag(items[1:], folder)
    next(next_one)
    assert paper.files_of(folder) == before
    next_one.close()


def test_two_exports_do_not_fill_one_bag(items: list[ExportItem], tmp_path: Path) -> None:
    first = export_bag(items, tmp_path / "bag")
    next(first)
    with pytest.raises(UsageProblem, match="Another export"):
        list(export_bag(items, tmp_path / "bag"))
    list(first)
    bagit.Bag(str(tmp_path / "bag")).validate()


@pytest.mark.parametrize("agent", ["", "Bagging-Software-Agent: bagit.py v1.8\n"])
def test_what_is_not_our_bag_is_not_replaced(
    items: list[ExportItem], tmp_path: Path, agent: str
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "bag-info.txt").write_text(agent)
    (folder / "letter.txt").write_text("kept")
    before = paper.files_of(folder)
    with pytest.raises(UsageProblem, match="other files"):
        list(export_bag(items, folder))
    assert paper.files_of(folder) == before
    ours = tmp_path / "ours"
    list(export_bag(items, ours))
    (ours / "note.txt").touch()
    with pytest.raises(UsageProblem, match="other files"):
        list(export_bag(items, ours))
    (tmp_path / "file").touch()
    with pytest.raises(UsageProblem, match="not a folder"):
        list(export_bag(items, tmp_path / "file"))


@settings(max_examples=25)
@given(key=st.text(min_size=1, max_size=40))
@example(key="../../../etc/passwd")
@example(key="a/b\n%0A\\..")
def test_no_id_leads_out_of_the_payload(tmp_path_factory: pytest.TempPathFactory, key: str) -> None:
    root = tmp_path_factory.mktemp("ids")
    item = paper.text_item(root)
    crafted = item.directive.model_copy(update={"id": key})
    again = dataclasses.replace(item, directive=crafted)
    told = list(export_bag([again, again], root / "bag"))
    assert {done.failure for done in told} == {None}
    paths = [path for done in told for path in done.paths]
    assert len(set(paths)) == 6
    assert all(path.parent.parent == root / "bag" / "data" for path in paths)
    bagit.Bag(str(root / "bag")).validate()


@given(path=st.text(max_size=30))
def test_encoded_paths_fit_one_line_and_can_be_told_apart(path: str) -> None:
    written = encoded(path)
    assert not set("\r\n") & set(written)
    back = written.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    assert back == path
