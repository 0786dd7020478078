"""Packages for preservation from the command line."""

from __future__ import annotations

from pathlib import Path

import bagit
import pytest

from pipeline.errors import ExitCode
from tests import makers
from tests.cli.test_cli import call
from tests.publish.paper import files_of


@pytest.mark.slow
def test_packages_are_made_of_an_archive_and_are_the_same_again(tmp_path: Path) -> None:
    makers.scanned_pdf(tmp_path / "scan.pdf")
    (tmp_path / "a.txt").write_text(makers.CONG_VAN, encoding="utf-8")
    assert call(tmp_path, "ingest", "scan.pdf", "a.txt", "--archive", "archive").returncode == 0
    for form, packages in (("bagit", 0), ("aip", 2), ("aip-zip", 2)):
        contents = []
        for _ in range(2):
            done = call(tmp_path, "export", "--format", form, "-o", form, "--archive", "archive",
                        VANTHU_CUSTODY__FONDS_CODE="P623")  # fmt: skip
            assert done.returncode == 0, done.stderr
            contents.append(files_of(tmp_path / form))
        assert contents[0] == contents[1]
        named = [path.name for path in (tmp_path / form).iterdir()]
        assert len([name for name in named if name.startswith("urn_P623_uuid_")]) == packages
    bagit.Bag(str(tmp_path / "bagit")).validate()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter").touch()
    done = call(tmp_path, "export", "--format", "bagit", "-o", "other", "--archive", "archive")
    assert (done.returncode, "other files" in done.stderr) == (ExitCode.USAGE, True)
