"""Names of bodies: what is a unit, what only looks like one, and marks between names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import orgs
from models.orgs import proper_name
from models.vietnamese import fold


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("cơ quan, đơn vị", "Cơ quan, đơn vị"),
        ("CƠ QUAN, ĐƠN VỊ", "Cơ quan, đơn vị"),
        ("Công đoàn cơ quan Sở Y tế", "Công đoàn cơ quan Sở Y tế"),
        ("các địa phương", "Các địa phương"),
        ("Quân khu 7", "Quân khu 7"),
        ("QUÂN KHU 7", "Quân khu 7"),
        ("Ban Quản lý dự án", "Ban Quản lý dự án"),
        ("Ủy ban về các vấn đề xã hội", "Ủy ban về các vấn đề xã hội"),
        ("BAN VĂN HÓA - XÃ HỘI", "Ban Văn hóa - Xã hội"),
    ],
)
def test_words_with_the_letters_of_a_unit_are_none(printed: str, name: str) -> None:
    assert proper_name(printed) == name
    assert proper_name(name) == name


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("UBND TÌNH QUẢNG NGÃI", "Ủy ban nhân dân tỉnh Quảng Ngãi"),
        ("LĐLĐ HUYEN ĐỨC TRỌNG", "Liên đoàn Lao động huyện Đức Trọng"),
        ("UBND QUÂN TÂN BÌNH", "Ủy ban nhân dân quận Tân Bình"),
        ("CÔNG ĐOÀN PHƯƠNG TÂN AN", "Công đoàn phường Tân An"),
        ("UBND XÃ HỘI NGA", "Ủy ban nhân dân xã Hội Nga"),
        ("UBND xã Hội Nga", "Ủy ban nhân dân xã Hội Nga"),
    ],
)
def test_units_are_told_though_their_marks_were_misread(printed: str, name: str) -> None:
    assert proper_name(printed) == name
    assert proper_name(name) == name


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("UBND CÁC TỈNH, THÀNH PHỐ", "Ủy ban nhân dân các tỉnh, thành phố"),
        ("LĐLĐ các huyện, thị xã, thành phố", "Liên đoàn Lao động các huyện, thị xã, thành phố"),
        ("LĐLĐ huyện, TX, TP", "Liên đoàn Lao động huyện, thị xã, thành phố"),
        ("ỦY BAN NHÂN DÂN, SỞ Y TẾ", "Ủy ban nhân dân, Sở Y tế"),
        ("TỈNH CÀ MAU, SỞ Y TẾ", "Tỉnh Cà Mau, Sở Y tế"),
        ("SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH", "Sở Văn hóa, Thể thao và Du lịch"),
        ("các cơ quan, ban, ngành", "Các cơ quan, ban, ngành"),
    ],
)
def test_commas_between_names_stay(printed: str, name: str) -> None:
    assert proper_name(printed) == name
    assert proper_name(name) == name


WORDS = "tỉnh TỈNH xã XÃ hội HỘI quan QUAN cơ CƠ thành phố THÀNH PHỐ Cà Mau CÀ MAU SỞ ban Sở LĐLĐ"


@given(st.lists(st.tuples(st.sampled_from(WORDS.split()), st.sampled_from(["", ","])), max_size=8))
def test_no_comma_between_words_is_lost_or_made(words: list[tuple[str, str]]) -> None:
    printed = " ".join(word + mark for word, mark in words)
    made = proper_name(printed)
    assert made.rstrip(",").count(",") == printed.rstrip(",").count(",")
    assert proper_name(made) == made
    if "LĐLĐ" not in printed:  # which is written out
        assert fold(made).rstrip(",") == fold(printed).rstrip(",")


_PARTS = st.sampled_from(
    [
        "CÔNG",
        "ĐOÀN",
        "Công",
        "đoàn",
        "Y",
        "TẾ",
        "tế,",
        "ngành",
        "GIÁO",
        "DỤC",
        "VÀ",
        "ĐÀO",
        "TẠO",
        "Bộ",
        "Tài",
        "chính;",
        "Hà",
        "Nội",
        "BÀ",
        "RỊA",
        "-",
        "VŨNG",
        "TÀU",
        "Liên",
        "đoàn",
        "Lao",
        "động",
        "LĐLĐ",
        "UBND",
        "TP.",
        "x,",
        ",;",
        "xã",
        "hội",
    ]
)


@given(st.lists(_PARTS, max_size=8))
def test_the_first_word_of_a_name_tells_how_long_it_can_be(words: list[str]) -> None:
    for table, longest in (orgs._ANYWHERE, orgs._IN_PLACE):
        at_most = dict.fromkeys([fold(word) for word in words], max(longest.values()))
        for index in range(len(words)):
            found = orgs._known_case(words, index, (table, longest))
            assert found == orgs._known_case(words, index, (table, at_most))
