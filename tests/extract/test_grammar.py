"""The small grammars: numbers, dates, names of bodies, figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.codes import is_joint, issuer_of_code, restore_d, restore_damaged, type_code_of
from models.orgs import proper_name
from models.places import canonical_place
from models.vietnamese import fold
from pipeline.extract.dates import edtf, find_dates
from pipeline.extract.figures import number
from pipeline.extract.grammar import CODE, normalise_symbol, parse_code
from pipeline.extract.names import family_known, looks_like_name
from pipeline.extract.soundness import is_syllable, sound_share


@pytest.mark.parametrize(
    ("printed", "value", "party"),
    [
        ("120/LĐLĐ", "120/LĐLĐ", False),
        ("106 /KH-LĐLĐ", "106/KH-LĐLĐ", False),
        ("3259/CTr-TLĐ", "3259/CTr-TLĐ", False),
        ("259-CV/VPHU", "259-CV/VPHU", True),
        ("367 - QĐ/TWĐTN-VP", "367-QĐ/TWĐTN-VP", True),
        ("39/2011/NQ-HĐND", "39/2011/NQ-HĐND", False),
        ("05/ NQ - ĐCT", "05/NQ-ĐCT", False),
        ("482 /LDLD", "482/LĐLĐ", False),
        ("821/KHLT-PGDĐT-CĐGD", "821/KHLT-PGDĐT-CĐGD", False),
        ("44/2022/TT- BTC", "44/2022/TT-BTC", False),
        ("72/2025/QH15", "72/2025/QH15", False),
        ("17/NQ–CP", "17/NQ-CP", False),
        ("1479/QĐ-TTg", "1479/QĐ-TTg", False),
        ("01/2020/TTLT-BYT-BTC", "01/2020/TTLT-BYT-BTC", False),
        ("09/2008/TTLT/BGDĐT-BNV", "09/2008/TTLT/BGDĐT-BNV", False),
        ("12/KHLT-LĐLĐ-SGDĐT", "12/KHLT-LĐLĐ-SGDĐT", False),
        ("42/ KHLT - SGDĐT - CĐGDT", "42/KHLT-SGDĐT-CĐGDT", False),
        ("15/LĐLĐ - 27/SNV", "15/LĐLĐ-27/SNV", False),
        ("15/LDLD – 27 /SNV", "15/LĐLĐ-27/SNV", False),
        ("15/KH-LĐLĐ-\n27/KH-SGDĐT", "15/KH-LĐLĐ-27/KH-SGDĐT", False),
        ("03-KHLT/TĐTN-12/LĐLĐ", "03-KHLT/TĐTN-12/LĐLĐ", True),
        ("15/LĐLĐ - 27/LĐLĐ", "15/LĐLĐ", False),
        ("79/LĐLĐ, 80/SNV", "79/LĐLĐ", False),
        ("79/LĐLĐ\n- 80/SNV", "79/LĐLĐ", False),
        ("4814/CCTKV.05-TTKT3", "4814/CCTKV", False),
        ("57/LĐLĐ. Ban Thường vụ", "57/LĐLĐ", False),
    ],
)
def test_a_number_is_read_in_all_its_forms(printed: str, value: str, party: bool) -> None:
    match = CODE.search(printed)
    assert match is not None
    code = parse_code(match)
    assert code is not None
    assert (code.value, code.party) == (value, party)


@pytest.mark.parametrize("text", ["25/4/2022", "8.818/1.527", "2021 - 2026", "01/9", "50%/CĐ"])
def test_what_is_no_number_is_not_read_as_one(text: str) -> None:
    match = CODE.search(text)
    assert match is None or parse_code(match) is None


@given(st.text(alphabet="ABCĐLTKHrg-–/. 0123456789", max_size=30))
def test_normalising_a_symbol_twice_changes_nothing(text: str) -> None:
    once, _ = normalise_symbol(text)
    assert normalise_symbol(once)[0] == once


def test_a_lost_d_comes_back_only_from_the_list() -> None:
    assert restore_d("LDLD") == "LĐLĐ"
    assert restore_d("UBND") is None
    assert restore_d("XDLD") is None
    assert restore_damaged("1PLD") == "LĐLĐ"


def test_type_and_issuer_that_a_symbol_names() -> None:
    assert type_code_of("KH-LĐLĐ") == "KH"
    assert type_code_of("2011/NQ-HĐND") == "NQ"
    assert type_code_of("LĐLĐ") is None
    assert issuer_of_code("NĐ-CP") == "Chính phủ"
    assert issuer_of_code("QH15") == "Quốc hội"
    assert issuer_of_code("KH-LĐLĐ") is None
    assert issuer_of_code("TTLT-BYT-BTC") == "Bộ Y tế; Bộ Tài chính"
    assert issuer_of_code("TTLT-BYT-XYZ") is None


@pytest.mark.parametrize(
    ("symbol", "joint"),
    [
        ("2020/TTLT-BYT-BTC", True),
        ("KHLT-LĐLĐ-SGDĐT", True),
        ("LĐLĐ-27/SNV", True),
        ("KH-LĐLĐ-27/KH-SNV", True),
        ("KH-LĐLĐ", False),
        ("UBND-KTTH", False),
        ("QĐ/TWĐTN-VP", False),
        ("2011/NQ-HĐND", False),
    ],
)
def test_a_symbol_tells_whether_several_offices_issue(symbol: str, joint: bool) -> None:
    assert is_joint(symbol) is joint


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("ngày 25 tháng 4 năm 2022", ["2022-04-25"]),
        ("25/4/2022 và 1-5-2022, 2.6.2022", ["2022-04-25", "2022-05-01", "2022-06-02"]),
        ("tháng 9/2021", ["2021-09"]),
        ("tháng 9 năm 2021", ["2021-09"]),
        ("31/2/2022", []),
        ("8.818/1.527", []),
        ("123/2020/NĐ-CP", []),
    ],
)
def test_dates(text: str, values: list[str]) -> None:
    assert [found.value for found in find_dates(fold(text))] == values


@given(st.integers(0, 3000), st.integers(-1, 20), st.one_of(st.none(), st.integers(-1, 40)))
def test_edtf_never_invents_a_date(year: int, month: int, day: int | None) -> None:
    value = edtf(year, month, day)
    if value is not None:
        assert value.startswith(f"{year:04d}-{month:02d}")


@pytest.mark.parametrize(
    ("text", "scale", "value"),
    [("2.660", None, 2660), ("52,2", None, 52.2), ("02", None, 2), ("1", "trieu", 1_000_000)],
)
def test_figures(text: str, scale: str | None, value: float) -> None:
    assert number(text, scale) == value


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI", "Ủy ban nhân dân tỉnh Quảng Ngãi"),
        ("UỶ BAN NHÂN DÂN TỈNH HOÀ BÌNH", "Ủy ban nhân dân tỉnh Hòa Bình"),
        ("UBND THÀNH PHỐ HÀ NỘI", "Ủy ban nhân dân thành phố Hà Nội"),
        ("LĐLĐ TỈNH CÀ MAU", "Liên đoàn Lao động tỉnh Cà Mau"),
        ("TỔNG LIÊN ĐOÀN LAO ĐỘNG VIỆT NAM", "Tổng Liên đoàn Lao động Việt Nam"),
        ("CÔNG ĐOÀN NGÀNH Y TẾ", "Công đoàn ngành Y tế"),
        ("SỞ GIÁO DỤC VÀ ĐÀO TẠO", "Sở Giáo dục và Đào tạo"),
        ("LIÊN ĐOÀN LAO ĐỘNG HUYỆN DƯƠNG MINH CHÂU", "Liên đoàn Lao động huyện Dương Minh Châu"),
        ("TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", "Trung tâm Phục vụ hành chính công"),
    ],
)
def test_names_of_bodies_in_proper_case(printed: str, name: str) -> None:
    assert proper_name(printed) == name
    assert proper_name(name) == name


@given(st.text(alphabet="ỦYBANHÂDTỈQUẢGÃI LĐĐOÀSỞvàtỉnh-.,", max_size=60))
def test_proper_case_twice_changes_nothing(text: str) -> None:
    once = proper_name(text)
    assert proper_name(once) == once


def test_places() -> None:
    assert canonical_place("Cà Mau") == "Cà Mau"
    assert canonical_place("Ca Mau") == "Cà Mau"
    assert canonical_place("Huyện Dương Minh Châu") is None
    assert canonical_place("TP. Hồ Chí Minh") == "TP. Hồ Chí Minh"


def test_personal_names() -> None:
    assert looks_like_name("Trần Việt Hóa")
    assert family_known("Thạch Thị Thu Hà")
    assert not looks_like_name("CHỦ TỊCH")
    assert not looks_like_name("Chủ tịch")
    assert not looks_like_name("Nơi Nhận")


def test_damaged_text_is_told_from_sound_text() -> None:
    sound = "ban thường vụ yêu cầu các cấp công đoàn triển khai thực hiện một số nội dung sau đây"
    damaged = "céc cap cong doan trién khai thye hién mét s6 néi dung tich cyc ngudi thudng duoc"
    assert sound_share((sound + " " + sound).split()) > 0.95
    assert sound_share((damaged + " " + damaged).split()) < 0.8
    assert is_syllable("nghiêng")
    assert not is_syllable("thye")
