"""What a person corrects in one scan changes how the next one is read; decisions outlive runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.decision import Decision
from pipeline import run
from pipeline.archive import Archive
from pipeline.settings import Settings
from tests import makers

LETTER = makers.CONG_VAN
#: As the next letter prints it, a mark worn off; a person knows the name.
WORN = LETTER.replace("45", "46").replace("Nguyễn Văn Mẫu", "Nguyễn Văn Mầu")


def ingest(archive: Archive, inbox: Path, name: str, text: str) -> str:
    """The id of the document that a run takes in."""
    before = {row.id for row in archive.list()}
    makers.scanned_pdf(inbox / name, [makers.page_image(text)])
    run.ingest([inbox / name], archive, Settings(), jobs=1)
    (made,) = {row.id for row in archive.list()} - before
    return made


@pytest.mark.slow
def test_a_corrected_signer_is_proposed_in_the_next_scan_of_the_office(tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    with Archive.open(tmp_path / "archive", create=True) as archive:
        first = ingest(archive, inbox, "first.pdf", LETTER)
        decision = Decision(path="signer.name", action="correct", value="Nguyễn Văn Mẫu")
        issuer = archive.get(first).issuer
        assert issuer.value is not None
        seen = archive.version(first).change_seq
        made = archive.review(
            first, [decision, Decision(path="issuer", action="accept")], by="Lan", expected=seen
        )
        second = ingest(archive, inbox, "second.pdf", WORN)
        name = archive.get(second).signer.name
        assert (name.value, name.status) == ("Nguyễn Văn Mẫu", "review")
        assert name.rule.endswith(".lexicon")
        assert name.alternatives[0].value == "Nguyễn Văn Mầu"
        # The same run again changes nothing of either, and the person's word stands.
        state = archive.get(first), archive.get(second)
        run.ingest([inbox], archive, Settings(), jobs=1)
        assert (archive.get(first), archive.get(second)) == state
        # Undone, it is taught no longer: a third letter is read as it is printed.
        for one in made.decisions:
            archive.undo(one.id, by="Lan")
        third = ingest(archive, inbox, "third.pdf", WORN.replace("46", "47"))
        assert archive.get(third).signer.name.value == "Nguyễn Văn Mầu"


@pytest.mark.slow
def test_a_run_with_another_reading_keeps_what_people_decided(tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    with Archive.open(tmp_path / "archive", create=True) as archive:
        one = ingest(archive, inbox, "one.pdf", LETTER)
        seen = archive.version(one).change_seq
        wanted = [
            Decision(path="number", action="correct", value="145/CĐN"),
            Decision(path="issued", action="correct", value="13/5/2022"),
        ]
        archive.review(one, wanted, by="Lan", expected=seen)
        decided = archive.get(one)
        assert "number" not in " ".join(decided.review.reasons)
        strict = Settings()
        extract = strict.extract.model_copy(update={"accept_confidence": 0.999})
        strict = strict.model_copy(update={"extract": extract})
        run.ingest([inbox], archive, strict, jobs=1)
        made = archive.get(one)
        assert (made.number, made.serial, made.issued) == (
            decided.number, decided.serial, decided.issued,
        )  # fmt: skip
        assert archive.result_key(made.source.sha256) is not None
        machine, _ = archive.machine(one)
        assert machine.number.value != "145/CĐN"
