"""The real scans and the seeds, through the command, as a user would."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.run.conftest import Command

pytestmark = [pytest.mark.slow, pytest.mark.shared]


def test_scans_and_seeds_end_in_the_archive_and_validate(
    tmp_path: Path, vanthu: Command, shared: Path
) -> None:
    scans = sorted((shared / "scans").glob("*.pdf"))
    seeds = sorted((shared / "seeds").glob("*.txt"))
    done = vanthu("ingest", *scans, *seeds, "--archive", "archive")
    assert done.returncode == 0, done.stderr
    schema = json.loads(vanthu("schema").stdout)
    validator = jsonschema.Draft202012Validator(schema)
    records = [
        json.loads(line) for line in vanthu("export", "--archive", "archive").stdout.splitlines()
    ]
    for record in records:
        validator.validate(record)
    assert {Path(r["source"]["path"]).name for r in records} == {p.name for p in scans + seeds}
    check_honesty(records, shared)


def check_honesty(records: list[dict], shared: Path) -> None:  # type: ignore[type-arg]
    """No number or date that is accepted differs from what the eye read."""
    by_name = {Path(r["source"]["path"]).name: r for r in records}
    accepted = 0
    for path in sorted((shared / "scans" / "gold").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        record = by_name[gold["file"]]
        for field, key in (("number", "number"), ("issued", "date")):
            if record[field]["status"] == "accepted":
                accepted += 1
                assert record[field]["value"] == gold[key]
    assert accepted >= 4, "the two signed, born-digital documents give theirs"
    damaged = next(r for name, r in by_name.items() if name.startswith("000"))
    assert damaged["number"]["status"] == "unreadable"
    assert damaged["issued"]["value"] == "2022-07"
