"""Files under other names, and single files tried again, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import makers
from tests.run.conftest import Command, vanthu

__all__ = ["vanthu"]


@pytest.mark.slow
def test_files_are_known_by_the_names_of_a_list_and_tried_again_by_them(
    tmp_path: Path, vanthu: Command
) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    (scans / "1.txt").write_text(makers.CONG_VAN, encoding="utf-8")
    makers.encrypted_pdf(scans / "2.pdf")
    names = [{"file": "scans/1.txt", "name": "Công văn 45.txt"},
             {"file": "scans/2.pdf", "name": "-x.pdf"}]  # fmt: skip
    listed = "\n".join(json.dumps(row, ensure_ascii=False) for row in names)
    (tmp_path / "names").write_text(listed, encoding="utf-8")
    done = vanthu("ingest", "scans", "--names", "names", "--archive", "a", "--jobs", "1")
    assert done.returncode == 3, done.stderr
    rows = [
        json.loads(line) for line in vanthu("list", "--json", "--archive", "a").stdout.splitlines()
    ]
    assert [row["path"] for row in rows] == ["Công văn 45.txt"]

    makers.text_pdf(scans / "2.pdf")
    none = vanthu("retry", "--file", "2.pdf", "--archive", "a")
    assert none.returncode == 4
    assert "not in quarantine" in none.stderr
    again = vanthu("retry", "--file=-x.pdf", "--archive", "a", "--jobs", "1")
    assert again.returncode == 0, again.stderr
    assert vanthu("quarantine", "--json", "--archive", "a").stdout == ""
    wrong = vanthu("ingest", "scans", "--names", "scans/1.txt", "--archive", "a")
    assert wrong.returncode == 2
    assert "no list of names" in wrong.stderr
