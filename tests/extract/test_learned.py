"""Names that people confirmed are one witness of what is read later."""

from __future__ import annotations

from typing import Any

import pytest

from models.directive import Directive, FieldValue, Signer, Source
from models.finding import Evidence
from models.lexicon import KnownSigner, KnownSymbol, Lexicon
from pipeline.extract import with_learned

OFFICE = "Liên đoàn Lao động tỉnh Cà Mau"
TAUGHT = Lexicon(
    signers=(KnownSigner(name="Nguyễn Văn Mẫu", issuer=OFFICE),
             KnownSigner(name="Trần Thị Ví Dụ", issuer="Công đoàn khác")),
    organisations=(OFFICE, "Công đoàn Viên chức tỉnh Cà Mau"),
    abbreviations={"LĐLĐVN": "Liên đoàn Lao động Việt Nam"},
    symbols=(KnownSymbol(symbol="KH-LĐLĐ", issuer=OFFICE),),
)  # fmt: skip


def read(value: str | None, status: Any = "review", **more: Any) -> FieldValue:
    seen = (Evidence(page=1, bbox=(0.1, 0.1, 0.2, 0.2), text=value or "", origin="ocr"),)
    return FieldValue(**{"value": value, "raw": value, "status": status, "confidence": 0.6,
                         "evidence": seen, "rule": "read"} | more)  # fmt: skip


def record(**fields: Any) -> Directive:
    source = Source(path="", sha256="0" * 64, media_type="application/pdf", pages=1, kind="scan")
    return Directive(**{"id": "d", "source": source, "issuer": read(OFFICE, "accepted")} | fields)


def named(name: FieldValue, **fields: Any) -> FieldValue:
    return with_learned(record(signer=Signer(name=name), **fields), TAUGHT).signer.name


def test_a_reading_that_is_a_confirmed_name_of_the_office_has_two_witnesses() -> None:
    name = named(read("Nguyễn Văn Mẫu"))
    assert (name.status, name.rule) == ("accepted", "read.lexicon")


@pytest.mark.parametrize("text", ["Nguyên Văn Mâu", "Nguyễn Vãn Mẫu", "Nguyễn Văn Mâu"])
def test_one_that_is_nearly_it_is_proposed_and_never_accepted(text: str) -> None:
    name = named(read(text))
    assert (name.value, name.status) == ("Nguyễn Văn Mẫu", "review")
    assert name.alternatives[0].value == text
    assert name.raw == text
    accepted = named(read(text, "accepted"))
    assert (accepted.value, accepted.status) == ("Nguyễn Văn Mẫu", "review")


@pytest.mark.parametrize(
    "name",
    [
        FieldValue(),
        read("Lê Hoàng Phúc"),
        read("Trần Thị Ví Dụ"),
        read("Nguyễn Văn Mâu", evidence=(Evidence(text="x", origin="text"),)),
        read(None, "unreadable", raw=""),
    ],
    ids=["nothing read", "another name", "of another office", "printed text", "an empty place"],
)
def test_nothing_is_said_where_nothing_fits(name: FieldValue) -> None:
    assert named(name) == name


def test_what_cannot_be_read_gets_a_candidate() -> None:
    name = named(read(None, "unreadable", raw="Nguyen Van Mau"))
    assert (name.value, name.status) == (None, "unreadable")
    assert [a.value for a in name.alternatives] == ["Nguyễn Văn Mẫu"]


def test_another_name_of_nearly_the_same_letters_is_not_overruled() -> None:
    sure = read("Nguyễn Văn Mậm", "accepted")
    assert named(sure) == sure


def test_bodies_and_abbreviations_are_known() -> None:
    made = with_learned(
        record(
            issuer=read("Liên đoàn Lao động tỉnh Cà Mâu"),
            recipients=(read("LĐLĐVN"), read("Công đoàn Viên chức tỉnh Cà Mau"), read("Như trên")),
        ),
        TAUGHT,
    )
    assert (made.issuer.value, made.issuer.status) == (OFFICE, "review")
    assert [(r.value, r.status) for r in made.recipients] == [
        ("Liên đoàn Lao động Việt Nam", "review"),
        ("Công đoàn Viên chức tỉnh Cà Mau", "accepted"),
        ("Như trên", "review"),
    ]


def test_a_known_symbol_takes_the_number_along() -> None:
    made = with_learned(
        record(symbol=read("KH-LDLĐ"), serial=read("12"), number=read("12/KH-LDLĐ")), TAUGHT
    )
    assert (made.symbol.value, made.symbol.status) == ("KH-LĐLĐ", "review")
    assert (made.number.value, made.number.status) == ("12/KH-LĐLĐ", "review")


def test_a_derived_value_has_no_reading_to_confirm() -> None:
    derived = read(OFFICE, rule="derived.place")
    assert with_learned(record(issuer=derived), TAUGHT).issuer == derived


def test_an_empty_lexicon_changes_nothing() -> None:
    one = record(signer=Signer(name=read("Nguyễn Văn Mâu")))
    assert with_learned(one, Lexicon()) is one
