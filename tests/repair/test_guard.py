"""The guard: no text, however strange, loses or changes a digit of a number or a code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.repair import codes, guard

NUMBERS = [
    *("14", "2022", "01", "8.818/1.527", "5.091", "577%", "52,2%", "31/5/2022", "(01/9/2023)."),
    *("1.000.000đ", "3,5", "15/12/2021;", "08h30", "10-12", "m2", "5K", "A4", "6a"),
]
CODES = [
    *("120/LĐLĐ", "3259/CTr-TLĐ", "259-CV/VPHU", "134/KH-LĐLĐ", "45/2019/QH14", "UBND", "HĐND"),
    *("CNVC-LĐ", "TB&XH", "CSPL", "TNHH", "VII", "COVID-19", "NĐ-CP"),
]
ADDRESSES = ["vanthu@example.vn", "https://example.vn/a?b=1", "www.example.com", "dangcongsan.vn"]
DAMAGED = ["s6", "t6", "c4", "1am", "phd6", "v6i,", "Chu6ng"]

tokens = st.one_of(
    st.sampled_from(NUMBERS + CODES + ADDRESSES + DAMAGED),
    st.text(alphabet="abcđêốLĐTD0146.,/-%()", min_size=1, max_size=12),
    st.text(min_size=1, max_size=8),
)


@pytest.mark.parametrize("token", NUMBERS)
def test_numbers_are_guarded(token: str) -> None:
    assert guard.judge(token) == "number"


@pytest.mark.parametrize("token", CODES)
def test_codes_keep_their_characters(token: str) -> None:
    assert guard.judge(token) in ("code", "number")
    assert codes.restore_in(token) == token


@pytest.mark.parametrize("token", ADDRESSES)
def test_addresses_are_guarded(token: str) -> None:
    assert guard.judge(token) == "address"


@pytest.mark.parametrize("token", DAMAGED)
def test_small_letters_with_a_digit_are_damaged_words(token: str) -> None:
    assert guard.judge(token) == "mixed"


@pytest.mark.parametrize(
    ("damaged", "code"),
    [
        ("LDLD", "LĐLĐ"),
        ("LPLD", "LĐLĐ"),
        ("482/LDLD", "482/LĐLĐ"),
        ("4381/TLD,", "4381/TLĐ,"),
        ("CNVCLD", "CNVCLĐ"),
        ("HDND", "HĐND"),
    ],
)
def test_a_lost_d_is_restored_from_the_code_list(damaged: str, code: str) -> None:
    assert codes.restore_in(damaged) == code
    assert guard.allows(damaged, code)


@pytest.mark.parametrize("token", ["HD", "ND", "CD", "KD", "GDPT", "BGDĐT-GDPT", "UBND", "TD"])
def test_what_has_two_readings_is_not_restored(token: str) -> None:
    assert codes.restore_in(token) == token


@given(tokens, tokens)
def test_no_edit_of_a_guarded_token_passes(raw: str, other: str) -> None:
    if guard.allows(raw, other) and guard.judge(raw) in ("number", "address", "code", "glued"):
        assert guard.digits(raw) == guard.digits(other)


@given(tokens)
def test_an_edit_never_adds_a_digit(raw: str) -> None:
    for digit in "0123456789":
        assert not guard.allows(raw, raw + digit)


@given(st.text(max_size=20))
def test_restoring_codes_is_idempotent_and_keeps_digits(token: str) -> None:
    once = codes.restore_in(token)
    assert codes.restore_in(once) == once
    assert guard.digits(once) == guard.digits(token)
