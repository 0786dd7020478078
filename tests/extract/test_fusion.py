"""Handwritten serials and days: several witnesses together accept, none does alone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.directive import Directive
from models.text import IncomingStamp, PageText, StampValue
from pipeline.extract import extract
from pipeline.extract.fusion import Surroundings, fuse, look
from pipeline.extract.fusion_beliefs import Saying, posterior
from pipeline.extract.fusion_names import clue_of_name, clue_of_names
from pipeline.extract.fusion_series import Point, expected
from pipeline.extract.handwriting import Reading, agreement, as_digits
from pipeline.settings import ExtractSettings
from tests.extract.scans import letter, scan_of

SETTINGS = ExtractSettings()


def fused(
    page: PageText,
    *names: str,
    signed: str | None = None,
    points: tuple[Point, ...] = (),
) -> Directive:
    source = scan_of(page, signed)
    read = extract(source, [page], SETTINGS)
    scene = look(read, [page], SETTINGS)
    return fuse(read, source, scene, Surroundings(names, points), SETTINGS)


# -- readings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "digits"),
    [("Ô ]", "01"), ("#0", "?0"), ("334", "334"), ("24O", "240"), ("", ""), ("0Ỵ", "07"),
     ("M", "?"), ("11 7", "117")],
)  # fmt: skip
def test_what_engines_write_for_digits(text: str, digits: str) -> None:
    assert as_digits(text) == digits


@given(st.integers(1, 9999))
def test_a_number_agrees_with_itself_and_its_padded_form(number: int) -> None:
    assert agreement(str(number), number) == "exact"
    assert agreement(f"{number:02d}", number) == "exact"


@given(st.text(max_size=12), st.integers(1, 9999))
def test_agreement_is_defined_for_any_reading(text: str, number: int) -> None:
    digits = as_digits(text)
    assert len(digits) <= 6
    how = agreement(digits, number)
    assert (how == "exact") == (digits.isdecimal() and int(digits) == number)


# -- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "symbol", "serial", "kind"),
    [
        ("31 CT.signed_20250101_101112.pdf", "CT-UBND", 31, "code"),
        ("77TBUB.pdf", "TB-UBND", 77, "code"),
        ("880 UB.pdf", "UBND-NC", 880, "code"),
        ("1234 ( 09-CT-UBND).signed.pdf", "CT-UBND", 9, "full"),
        ("482-LDLD.pdf", "LĐLĐ", 482, "full"),
        ("39-2011-NQ-HDND.pdf", "2011/NQ-HĐND", 39, "full"),
        ("259-CV-VPHU.pdf", "CV/VPHU", 259, "full"),
        ("CV 64.pdf", "LĐLĐ", 64, "code"),
        ("KH 34 (2).pdf", "KH-LĐLĐ", 34, "code"),
        ("31.signed.pdf", "CT-UBND", 31, "bare"),
    ],
)
def test_numbers_in_names(name: str, symbol: str, serial: int, kind: str) -> None:
    clue = clue_of_name(f"in/2024/{name}", symbol)
    assert clue is not None
    assert (clue.serial, clue.kind) == (serial, kind)


@pytest.mark.parametrize(
    "name",
    ["scan0012.pdf", "abc507.signed_20250510_124909.pdf", "31 KH.pdf", "2024.10.05.pdf",
     "IMG_20240101_101010.jpg", "31 CT va 32 CT.pdf", ".pdf", ""],
)  # fmt: skip
def test_names_that_tell_nothing(name: str) -> None:
    assert clue_of_name(name, "CT-UBND") is None


def test_names_that_contradict_each_other_tell_nothing() -> None:
    assert clue_of_names(["31 CT.pdf", "13 CT.pdf"], "CT-UBND") is None


@given(st.text(max_size=40), st.text(max_size=12))
def test_any_name_can_be_asked(name: str, symbol: str) -> None:
    clue = clue_of_name(name, symbol)
    assert clue is None or 0 < clue.serial < 100_000


# -- together -----------------------------------------------------------------------------------


def test_name_and_reading_agree() -> None:
    made = fused(letter(("44", "31"), ("#", "14")), "31 CT.pdf")
    assert (made.serial.value, made.serial.status) == ("31", "accepted")
    assert (made.number.value, made.number.status) == ("31/CT-UBND", "accepted")
    assert {e.origin for e in made.number.evidence} == {"ocr", "filename"}
    assert made.number.rule == "fusion.number.filename+ocr"


def test_name_and_reading_disagree() -> None:
    made = fused(letter(("44", "58"), ("#", "14")), "31 CT.pdf")
    assert made.serial.status in {"review", "unreadable"}
    seen = {made.serial.value, *(a.value for a in made.serial.alternatives)}
    assert {"31", "58"} <= seen


def test_reading_and_signature_agree_on_the_day() -> None:
    made = fused(letter(("", ""), ("#", "14")), signed="2023-09-15")
    assert (made.issued.value, made.issued.status) == ("2023-09-14", "accepted")
    assert {e.origin for e in made.issued.evidence} == {"ocr", "digital_signature"}


def test_a_day_after_the_signature_is_not_believed() -> None:
    made = fused(letter(("", ""), ("#", "28")), signed="2023-09-15")
    assert made.issued.status != "accepted"


def test_the_month_stays_where_the_day_is_open() -> None:
    made = fused(letter(("", ""), ("#", "")), signed="2023-09-15")
    assert (made.issued.value, made.issued.status) == ("2023-09", "review")


@given(
    st.sampled_from(["31 CT.pdf", "31-CT-UBND.pdf", "31.pdf", "scan.pdf"]),
    st.sampled_from([None, "2023-09-15", "2023-09-14", "2024-01-02"]),
)
def test_no_single_witness_accepts_a_serial(name: str, signed: str | None) -> None:
    """Neither a name beside an unreadable slot, nor a signature, which tells no number."""
    made = fused(letter(("#", "M"), ("#", "")), name, signed=signed)
    assert made.serial.status != "accepted"
    assert made.number.status != "accepted"
    assert made.issued.status != "accepted"


@given(st.integers(1, 999), st.integers(1, 28))
def test_readings_alone_accept_nothing(serial: int, day: int) -> None:
    made = fused(letter((str(serial), ""), (f"{day:02d}", "")))
    assert made.serial.status != "accepted"
    assert made.issued.status != "accepted"
    assert str(serial) in {str(int(a.value)) for a in made.serial.alternatives}


def test_a_citation_in_another_document_dates_this_one() -> None:
    cited = Point("2023-09-14", 31, "CT-UBND", "Ủy ban nhân dân tỉnh Lâm Đồng", cited=True, id="x")
    made = fused(letter(("44", "31"), ("#", "")), "31 CT.pdf", points=(cited,))
    assert (made.issued.value, made.issued.status) == ("2023-09-14", "review")
    signed = fused(letter(("44", "31"), ("#", "")), "31 CT.pdf", signed="2023-09-14",
                   points=(cited,))  # fmt: skip
    assert (signed.issued.value, signed.issued.status) == ("2023-09-14", "accepted")
    assert "citation" in {e.origin for e in signed.issued.evidence}


def test_the_day_lies_between_the_neighbours_of_the_number() -> None:
    """Both engines read something like an 8: the next higher number is of the 5th."""
    own = "Ủy ban nhân dân tỉnh Lâm Đồng"
    below = Point("2023-09-04", 30, "CT-UBND", own, id="x")
    above = Point("2023-09-05", 32, "CT-UBND", own, id="y")
    page = letter(("44", "31"), ("08", "05"))
    alone = fused(page, "31 CT.pdf")
    among = fused(page, "31 CT.pdf", points=(below, above))
    chances = [
        {a.value: a.confidence for a in made.issued.alternatives}
        | {made.issued.value: made.issued.confidence}
        for made in (alone, among)
    ]
    assert chances[1].get("2023-09-08", 0.0) < chances[0]["2023-09-08"]
    assert chances[1]["2023-09-05"] > chances[0]["2023-09-05"]
    assert {e.text for e in among.issued.evidence if e.origin == "citation"} == {
        "30/CT-UBND, 2023-09-04",
        "32/CT-UBND, 2023-09-05",
    }


def test_neighbours_that_contradict_each_other_bound_no_day() -> None:
    own = "Ủy ban nhân dân tỉnh Lâm Đồng"
    below = Point("2023-09-20", 30, "CT-UBND", own, id="x")
    above = Point("2023-09-05", 32, "CT-UBND", own, id="y")
    page = letter(("44", "31"), ("#", "14"))
    alone, among = fused(page, "31 CT.pdf"), fused(page, "31 CT.pdf", points=(below, above))
    assert alone.issued.confidence == among.issued.confidence


def test_a_document_is_hardly_dated_after_the_stamp_of_its_arrival() -> None:
    page = letter(("", ""), ("#", "28"))
    stamp = IncomingStamp(date=StampValue(value="2023-09-15", raw="15/9/2023", status="review"))
    alone = fused(page)
    stamped = fused(page.model_copy(update={"stamps": (stamp,)}))
    assert stamped.incoming.received.value == "2023-09-15"
    assert "stamp" in {e.origin for e in stamped.issued.evidence}
    assert stamped.issued.status != "accepted"
    assert _chance(stamped, "2023-09-28") < _chance(alone, "2023-09-28")


def _chance(directive: Directive, day: str) -> float:
    said = {a.value: a.confidence for a in directive.issued.alternatives}
    return (said | {directive.issued.value: directive.issued.confidence}).get(day, 0.0)


def test_days_that_only_the_time_of_signing_speaks_for_are_said_to_be_its() -> None:
    made = fused(letter(("", ""), ("#", "")), signed="2023-09-15")
    assert {a.origin for a in made.issued.alternatives} == {"digital_signature"}


def test_the_series_tells_a_wrong_name() -> None:
    """Number 40 was given in March: a 12 of September is no number of this series."""
    early = Point("2023-03-01", 40, "CT-UBND", "Ủy ban nhân dân tỉnh Lâm Đồng", id="x")
    page = letter(("#", "12"), ("#", "14"))
    assert fused(page, "12 CT.pdf").serial.status == "accepted"
    assert fused(page, "12 CT.pdf", points=(early,)).serial.confidence < 1
    weak = letter(("#", ""), ("#", "14"))
    assert fused(weak, "12 CT.pdf", points=(early,)).serial.status == "unreadable"


def test_fusion_is_repeatable_and_leaves_sound_fields_alone() -> None:
    page = letter(("44", "31"), ("#", "14"))
    once = fused(page, "31 CT.pdf", signed="2023-09-15")
    assert once == fused(page, "31 CT.pdf", signed="2023-09-15")
    plain = extract(scan_of(page), [page], SETTINGS)
    for name in ("issuer", "place", "symbol", "doc_type", "subject", "citations"):
        assert getattr(once, name) == getattr(plain, name)


# -- arithmetic ---------------------------------------------------------------------------------


@given(st.floats(0.05, 0.95), st.integers(1, 99))
def test_one_witness_is_believed_as_far_as_it_is_trusted(trust: float, value: int) -> None:
    chance = posterior([Saying("filename", trust, value=value)], {value: 1 / 200}, 200, 2)[value]
    assert chance == pytest.approx(trust, abs=0.02)


@given(st.floats(0.3, 0.95), st.floats(0.3, 0.95))
def test_agreement_is_worth_more_than_either(one: float, other: float) -> None:
    said = [
        Saying("filename", one, value=31),
        Saying("ocr", other, reading=Reading("other", "31", "31")),
    ]
    together = posterior(said, {31: 1 / 200}, 200, 2)[31]
    assert together > max(one, other)


def test_the_band_of_a_series_follows_its_rate() -> None:
    points = [Point("2023-03-31", 30, "CT-UBND"), Point("2023-12-31", 120, "CT-UBND")]
    band = expected(points, date(2023, 6, 30), 0)
    assert band is not None
    assert band.low <= 60 <= band.high <= 120
    assert band.floor == 30
    assert expected([points[1]], date(2023, 6, 30), 0) is None
