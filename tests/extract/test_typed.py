"""What a person types takes the form of the contract, or is refused with the reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from models.decision_paths import parse
from models.decision_values import joined_number, split_number
from models.directive import Directive, FieldValue, Source
from pipeline.errors import UnfitValue
from pipeline.extract.dates import edtf
from pipeline.extract.typed import typed

RECORD = Directive(
    id="d", source=Source(path="", sha256="0" * 64, media_type="application/pdf", pages=1,
                          kind="scan"),
    symbol=FieldValue(value="KH-LĐLĐ", status="accepted"),
)  # fmt: skip


def of(path: str, value: JsonValue) -> JsonValue:
    return typed(parse(path), value, RECORD)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("issued", "25/4/2022", "2022-04-25"),
        ("date", "2022-4-5", "2022-04-05"),
        ("issued", "ngày 25 tháng 4 năm 2022", "2022-04-25"),
        ("issued", "25.4.2022", "2022-04-25"),
        ("issued", "4/2022", "2022-04"),
        ("issued", "2022", "2022"),
        ("deadlines/0/date", "2021-09/..", "2021-09/.."),
        ("targets/0/period", "2022-04-25/2022-05-31", "2022-04-25/2022-05-31"),
        ("number", "120/KH-LĐLĐ", "120/KH-LĐLĐ"),
        ("number", "120", "120/KH-LĐLĐ"),
        ("number", "05 / kh - ldld", "05/KH-LĐLĐ"),
        ("number", "39/2011/NQ-HĐND", "39/2011/NQ-HĐND"),
        ("number", "259-CV/VPHU", "259-CV/VPHU"),
        ("number", "15/LĐLĐ-27/SNV", "15/LĐLĐ-27/SNV"),
        ("number", "7/XYZ-QWE", "7/XYZ-QWE"),
        ("serial", "12a", "12a"),
        ("symbol", "kh-lđlđ", "KH-LĐLĐ"),
        ("doc_type", "ke hoach", "Kế hoạch"),
        ("type", "KH", "Kế hoạch"),
        ("doc_type", "thể lệ", "Thể lệ"),
        ("issuer", "LIÊN ĐOÀN LAO ĐỘNG TỈNH CÀ MAU", "Liên đoàn Lao động tỉnh Cà Mau"),
        ("recipients", "Ban Tổ chức;", "Ban Tổ chức"),
        ("signer.name", "ThS. nguyễn văn a", "Nguyễn Văn A"),
        ("signer.name", "NGUYỄN VĂN A", "Nguyễn Văn A"),
        ("place", "ca mau", "Cà Mau"),
        ("urgency", "hoa toc", "Hỏa tốc"),
        ("targets/0/value", "5.091", 5091),
        ("targets/0/value", "12,5", 12.5),
        ("targets/0/value", 7, 7),
        ("targets/0/comparator", ">=", ">="),
        ("citations/0/relation", "implements", "implements"),
        ("subject", "  về   việc ", "về việc"),
        ("citations", "12/KH-UBND", "12/KH-UBND"),
        ("targets", {"kind": "quota", "value": "1.000", "text": "x"},
         {"kind": "quota", "value": 1000, "text": "x"}),
    ],
)  # fmt: skip
def test_typed_values_take_the_form_of_the_contract(
    path: str, value: JsonValue, expected: JsonValue
) -> None:
    assert of(path, value) == expected


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("issued", "2023-02-30", "2023-02-30 is no date"),
        ("issued", "30/2/2023", "is no date"),
        ("issued", "hôm nay", "is no date"),
        ("issued", "2022-04-25/2022-05-31", "is no date"),
        ("deadlines/0/date", "2022-05-31/2022-04-25", "is no period"),
        ("number", "LĐLĐ", "is no number"),
        ("number", "45-LĐLĐ", "is no number"),
        ("serial", "1234567", "is no serial"),
        ("symbol", "???", "is no symbol"),
        ("doc_type", "12/KH", "is no type"),
        ("issuer", "1", "is no name"),
        ("signer.name", "Nguyễn 2", "is no name"),
        ("place", "Cà Mau 2", "is no place"),
        ("urgency", "gấp", "is none of"),
        ("targets/0/value", "nhiều", "is no figure"),
        ("targets/0/kind", "wish", "is none of"),
        ("subject", "", "is empty"),
        ("subject", 5, "is no text"),
        ("subject", "x" * 3000, "longer"),
        ("targets", {"colour": "red"}, "has no 'colour'"),
    ],
)
def test_what_is_none_is_refused_with_the_reason(path: str, value: JsonValue, told: str) -> None:
    with pytest.raises(UnfitValue, match=told):
        of(path, value)


@given(st.dates())
def test_every_day_may_be_typed_both_ways_round(day: object) -> None:
    from datetime import date

    assert isinstance(day, date)
    iso = edtf(day.year, day.month, day.day)
    if iso is not None:
        assert of("issued", f"{day.day}/{day.month}/{day.year}") == of("issued", iso) == iso


@given(st.text(max_size=40), st.sampled_from(["number", "issued", "symbol", "issuer", "place"]))
def test_whatever_is_typed_stays_what_it_became_or_is_refused(text: str, path: str) -> None:
    try:
        once = of(path, text)
    except UnfitValue:
        return
    assert of(path, once) == once


@given(st.from_regex(r"[1-9][0-9]{0,3}", fullmatch=True),
       st.sampled_from(["KH-LĐLĐ", "CV/VPHU", "2011/NQ-HĐND", "LĐLĐ", "LĐLĐ-27/SNV"]))  # fmt: skip
def test_a_number_and_its_parts_say_the_same(serial: str, symbol: str) -> None:
    assert split_number(joined_number(serial, symbol)) == (serial, symbol)
