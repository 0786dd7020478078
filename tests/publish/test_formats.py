"""What holds for every format: the same bytes always, and no personal data in what is masked."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from models.personal import masked
from pipeline.publish import FORMATS, SET_FORMATS, format_of_suffix, writer
from pipeline.publish.csvs import write_csvw
from tests.archive.strategies import full_directive
from tests.conftest import ROOT
from tests.models.test_personal import MAILS, NUMBERS, everywhere
from tests.publish.crafted import all_hostile


@pytest.mark.slow
def test_every_process_writes_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for name, seed, zone in (("a", "1", "UTC"), ("b", "2", "Asia/Ho_Chi_Minh")):
        folder = tmp_path / name
        folder.mkdir()
        subprocess.run(
            [sys.executable, "-m", "tests.publish.write_all", folder], cwd=ROOT, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        made.append(
            {
                str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
                for file in sorted(folder.rglob("*"))
                if file.is_file()
            }
        )
    assert made[0] == made[1]
    assert {Path(name).parts[0] for name in made[0]} == {*FORMATS, *SET_FORMATS}


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_writes_any_text(name: str) -> None:
    records = all_hostile()
    out = io.BytesIO()
    # The register of arrivals has those with a stamp only; this one has all.
    assert writer(name)(records, out) == len(records)


def texts_in(name: str, data: bytes) -> Iterator[str]:
    """Every text of a file, as another program reads it."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from etree.fromstring(archive.read(member)).itertext()
    elif data.startswith(b"PAR1"):
        yield str(pq.read_table(io.BytesIO(data)).to_pylist())
    elif name == "csv":
        for row in csv.reader(io.StringIO(data.decode(), newline="")):
            yield from row
    else:
        yield data.decode()


@pytest.mark.parametrize("name", list(FORMATS))
@settings(max_examples=8)
@given(text=NUMBERS | MAILS)
def test_no_marked_text_is_in_the_output(name: str, text: str) -> None:
    record = everywhere(text)
    told, hidden = io.BytesIO(), io.BytesIO()
    FORMATS[name].write([record], told)
    FORMATS[name].write([masked(record)], hidden)
    # It is there where it is asked for, so its absence means something.
    assert any(text in part for part in texts_in(name, told.getvalue()))
    for part in texts_in(name, hidden.getvalue()):
        assert text not in part
        if name not in ("jsonl", "parquet"):  # boxes have digits, too
            assert re.sub(r"\s", "", text) not in re.sub(r"\s", "", part)


def test_no_marked_text_is_in_the_register_of_arrivals() -> None:
    record = everywhere("ten.nguoi@example.org")
    for hidden, there in ((record, True), (masked(record), False)):
        out = io.BytesIO()
        assert writer("register")([hidden], out, register="incoming") == 1
        read = " ".join(texts_in("register", out.getvalue()))
        assert ("ten.nguoi" in read) == there


def test_no_marked_text_is_in_the_folder_of_tables(tmp_path: Path) -> None:
    record = everywhere("ten.nguoi@example.org")
    write_csvw([masked(record)], tmp_path / "out")
    for file in (tmp_path / "out").iterdir():
        assert b"ten.nguoi" not in file.read_bytes()


@given(suffix=st.sampled_from([".jsonl", ".NDJSON", ".csv", ".xlsx", ".parquet", ".rdf", ".xml"]))
def test_a_file_s_ending_tells_the_format(suffix: str) -> None:
    assert format_of_suffix(suffix) in FORMATS


def test_endings_that_tell_nothing() -> None:
    assert format_of_suffix(".txt") is None
    assert format_of_suffix(".xlsx") == "xlsx"


def test_a_stream_is_left_open_and_need_not_seek() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.data += bytes(data)  # type: ignore[call-overload]
            return len(data)  # type: ignore[arg-type]

    for name in FORMATS:
        pipe, file = Pipe(), io.BytesIO()
        writer(name)([full_directive()], pipe)  # type: ignore[arg-type]
        writer(name)([full_directive()], file)
        assert not pipe.closed
        assert not file.closed
        assert bytes(pipe.data) == file.getvalue(), name
