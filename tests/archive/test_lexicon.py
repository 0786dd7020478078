"""What decisions teach: counted, undone with them, revocable."""

from __future__ import annotations

from typing import Any

import pytest

from models.directive import FieldValue, Signer
from models.finding import Evidence
from models.lexicon import KnownSigner, KnownSymbol
from models.text import Block, Line, PageText, Word
from pipeline.archive import Archive
from pipeline.errors import NotFound, UsageProblem
from tests.archive.conftest import Put
from tests.archive.strategies import field
from tests.archive.test_reviewing import decide, say

OFFICE = "Liên đoàn Lao động tỉnh Cà Mau"


@pytest.fixture
def one(put: Put) -> str:
    return put(
        "one", number="12/KH-LĐLĐ", serial="12", symbol="KH-LĐLĐ", issuer=OFFICE,
        signer=Signer(name=field("Nguyễn Văn A", status="review"), position=field("CHỦ TỊCH")),
    ).id  # fmt: skip


def taught(archive: Archive) -> dict[tuple[str, str, str], int]:
    return {(e.kind, e.text, e.issuer): e.count for e in archive.lexicon()}


def test_a_corrected_signer_is_learned_with_office_and_position(archive: Archive, one: str) -> None:
    decide(archive, one, say("signer.name", "correct", "Nguyễn Văn Á"))
    (entry,) = archive.lexicon("signer")
    assert (entry.text, entry.issuer, entry.detail) == (
        "Nguyễn Văn Á", OFFICE, {"position": "CHỦ TỊCH"},
    )  # fmt: skip
    assert archive.learned().signers == (KnownSigner(name="Nguyễn Văn Á", issuer=OFFICE),)


def test_an_approval_confirms_signer_issuer_and_symbol(archive: Archive, one: str) -> None:
    decide(archive, one, say("", "approve"))
    assert taught(archive) == {
        ("signer", "Nguyễn Văn A", OFFICE): 1,
        ("organisation", OFFICE, ""): 1,
        ("symbol", "KH-LĐLĐ", OFFICE): 1,
    }


def test_counts_follow_the_decisions_that_are_in_force(
    archive: Archive, one: str, put: Put
) -> None:
    other = put("two", issuer=OFFICE, signer=Signer(name=field("X Y"))).id
    first = decide(archive, one, say("signer.name", "correct", "Trần B")).decisions[0]
    decide(archive, other, say("signer.name", "correct", "Trần B"))
    key = ("signer", "Trần B", OFFICE)
    assert taught(archive)[key] == 2
    second = decide(archive, one, say("signer.name", "correct", "Trần C")).decisions[0]
    assert (taught(archive)[key], taught(archive)["signer", "Trần C", OFFICE]) == (1, 1)
    archive.undo(second.id, by="Lan")
    assert taught(archive) == {key: 2}
    archive.undo(first.id, by="Lan")
    assert taught(archive) == {key: 1}
    archive.undo(first.id, by="Lan")
    assert taught(archive) == {key: 2}


def test_what_is_revoked_is_used_no_more_and_shown_still(archive: Archive, one: str) -> None:
    decide(archive, one, say("symbol", "correct", "CV-LĐLĐ"))
    assert archive.learned().symbols == (KnownSymbol(symbol="CV-LĐLĐ", issuer=OFFICE),)
    (entry,) = archive.lexicon()
    gone = archive.revoke_lexicon(entry.id, by="Minh")
    assert gone.revoked_by == "Minh"
    assert archive.learned().symbols == ()
    assert archive.lexicon(revoked=False) == []
    assert archive.lexicon() == [gone]
    assert archive.revoke_lexicon(entry.id, by="Minh").revoked_at is None
    with pytest.raises(NotFound):
        archive.revoke_lexicon(99, by="Minh")
    with pytest.raises(UsageProblem):
        archive.revoke_lexicon(entry.id, by="")


def test_capitals_that_a_person_wrote_out_are_an_abbreviation(archive: Archive, put: Put) -> None:
    seen = (Evidence(page=1, text="LĐLĐCM"),)
    short = FieldValue(value="LĐLĐCM", raw="LĐLĐCM", status="review", evidence=seen)
    id_ = put("short", recipients=(short,)).id
    decide(archive, id_, say("recipients/0", "correct", "Liên đoàn Lao động Cà Mau"))
    assert archive.learned().abbreviations == {"LĐLĐCM": "Liên đoàn Lao động Cà Mau"}


def test_words_are_learned_with_how_they_were_read(archive: Archive, put: Put) -> None:
    text = PageText(page=1, read_by="ocr", blocks=(Block(lines=(Line(
        words=(Word(text="Đăk"), Word(text="Glci,"), Word(text="2022"))),)),))  # fmt: skip
    id_ = put("words", pages=[text]).id
    decide(archive, id_, say("pages/1/0/0", "accept"), say("pages/1/0/1", "correct", "Glei,"),
           say("pages/1/0/2", "correct", "2023"))  # fmt: skip
    found = archive.learned()
    assert found.words == {"đăk", "glei"}
    assert found.misread == {"glci": "glei"}


@pytest.mark.parametrize(
    ("field_name", "typed", "expected"),
    [
        ("signer.name", "nguyen", "Nguyễn Văn Á"),
        ("signer.name", "Nguyễn", "Nguyễn Văn Á"),
        ("signer.name", "van a", "Nguyễn Văn Á"),
        ("symbol", "kh", "KH-LĐLĐ"),
        ("issuer", "ca mau", OFFICE),
        ("recipients", "lien doan", OFFICE),
    ],
)
def test_what_was_confirmed_completes_what_is_typed(
    archive: Archive, one: str, field_name: str, typed: str, expected: str
) -> None:
    decide(archive, one, say("signer.name", "correct", "Nguyễn Văn Á"))
    decide(archive, one, say("", "approve"))
    found: list[Any] = archive.completions(field_name, typed, directive_id=one)
    assert expected in [c.value for c in found]
    assert archive.completions(field_name, "zzz", directive_id=one) == []
