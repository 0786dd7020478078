"""Who issues, by the lists and the date; marks of the first page; names and their witnesses."""

from __future__ import annotations

from datetime import date

import pytest

from models.directive import FieldValue
from models.orgs import proper_name, respaced
from models.source import DigitalSignature
from models.units import (
    REFORM,
    SUCCESSOR,
    districts_named,
    existed,
    parent_of_union,
    province_in,
    province_of_district,
)
from pipeline.extract import extract
from pipeline.extract.issued import place_of_office
from pipeline.extract.names import with_family_marks
from pipeline.settings import ExtractSettings
from tests.extract.builders import ocr_page, read, read_pages, source_of

RIGHT = (
    "header_right",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
    "Đức Trọng, ngày 05 tháng 3 năm 2022",
)


def test_the_units_of_both_times() -> None:
    from models.places import PROVINCES
    from models.units import _districts

    units = [unit for found in _districts().values() for unit in found]
    assert len(units) == 705
    before = {p for p in PROVINCES if existed(p, date(2022, 1, 1))}
    since = {p for p in PROVINCES if existed(p, REFORM)}
    assert (len(before), len(since)) == (63, 34)
    assert set(SUCCESSOR.values()) <= since
    assert {unit[2] for unit in units} <= {*before, "Hoà Bình"}


def test_a_name_that_several_districts_bear_tells_no_province() -> None:
    assert len(districts_named("Châu Thành")) > 5
    assert province_of_district("Châu Thành") is None
    assert province_of_district("Đức Trọng", "huyện") == "Lâm Đồng"
    assert province_of_district("Đức Trọng", "quận") is None


@pytest.mark.parametrize(
    ("text", "province"),
    [("Liên đoàn Lao động tỉnh Cà Mau", "Cà Mau"), ("huyện Đức Trọng", "Lâm Đồng"),
     ("Cà Mau", "Cà Mau"), ("Công đoàn ngành Y tế", None), ("", None), (None, None)],
)  # fmt: skip
def test_the_province_that_a_name_tells(text: str | None, province: str | None) -> None:
    assert province_in(text) == province


def test_the_levels_of_the_union_before_and_after_the_reform() -> None:
    before, since = date(2025, 6, 30), REFORM
    district = "Liên đoàn Lao động huyện Đức Trọng"
    assert parent_of_union(district, None, before) == "Liên đoàn Lao động tỉnh Lâm Đồng"
    assert parent_of_union(district, None, since) is None
    province = "Liên đoàn Lao động tỉnh Lâm Đồng"
    assert parent_of_union(province, None, since) == "Tổng Liên đoàn Lao động Việt Nam"
    sector = "Công đoàn ngành Y tế"
    assert parent_of_union(sector, "Cần Thơ", before) == "Liên đoàn Lao động thành phố Cần Thơ"


def test_a_misread_issuer_is_open_with_a_clean_candidate() -> None:
    left = "LIÊN ĐOÀN LAO ĐỘNG\nHUYỆN ĐỨC TRỌNG\nCÔNG ĐOÀN CƠ SỞ CÔNG TY =1\nPHẦN CẤP NƯỚC"
    made = read_pages(ocr_page(("header_left", left + "\nSố: 14/CĐCS"), RIGHT))
    assert (made.issuer.value, made.issuer.status) == (None, "unreadable")
    assert [a.value for a in made.issuer.alternatives] == [
        "Công đoàn cơ sở Công ty Cổ phần Cấp nước"
    ]
    assert made.parent_issuer.value == "Liên đoàn Lao động huyện Đức Trọng"


def test_specks_do_not_spoil_a_name() -> None:
    left = "LIÊN ĐOÀN LAO ĐỘNG ˆ\n_ TỈNH LÂM ĐỒNG\nSố: 14/LĐLĐ"
    made = read_pages(ocr_page(("header_left", left), RIGHT))
    assert made.issuer.value == "Liên đoàn Lao động tỉnh Lâm Đồng"


def test_a_kind_without_a_name_goes_on_in_the_next_line() -> None:
    left = "LIÊN ĐOÀN LAO ĐỘNG HUYỆN ĐỨC TRỌNG\nCÔNG ĐOÀN CƠ SỞ\nTRƯỜNG TIỂU HỌC KIM ĐỒNG"
    made = read_pages(ocr_page(("header_left", left + "\nSố: 14/CĐCS"), RIGHT))
    assert made.issuer.value == "Công đoàn cơ sở Trường Tiểu học Kim Đồng"
    assert made.parent_issuer.value == "Liên đoàn Lao động huyện Đức Trọng"


@pytest.mark.parametrize(
    "name",
    ["Văn phòng Huyện ủy", "Ủy ban Quốc gia Ứng phó sự cố", "Ban Thường vụ Huyện ủy Đức Trọng"],
)
def test_names_in_small_letters_keep_their_case(name: str) -> None:
    assert proper_name(name) == name


TEXT = """ỦY BAN NHÂN DÂN
TỈNH LÂM ĐỒNG
{mark}
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc

Số: 34/UBND-NC

Lâm Đồng, ngày 05 tháng 3 năm 2022

Kính gửi: Các sở, ban, ngành.

Ủy ban nhân dân tỉnh đề nghị các đơn vị khẩn trương thực hiện, giữ bí mật nội dung.
"""


@pytest.mark.parametrize(
    ("mark", "urgency", "secrecy"),
    [("HỎA TỐC", "Hỏa tốc", None), ("[KHẨN]", "Khẩn", None), ("TỐI MẬT", None, "Tối mật"),
     ("THƯỢNG KHẨN", "Thượng khẩn", None), ("", None, None), ("Khẩn", None, None)],
)  # fmt: skip
def test_marks_of_urgency_and_secrecy(mark: str, urgency: str | None, secrecy: str | None) -> None:
    made = read(TEXT.format(mark=mark))
    assert (made.urgency.value, made.secrecy.value) == (urgency, secrecy)
    assert made.issuer.value == "Ủy ban nhân dân tỉnh Lâm Đồng"


def test_the_incoming_stamp_is_kept_apart_from_the_number() -> None:
    left = ("header_left", "ỦY BAN NHÂN DÂN\nTỈNH LÂM ĐỒNG\nSố: 34/UBND-NC")
    stamp = ("overlay", "VĂN PHÒNG TIẾP NHẬN\nCÔNG VĂN ĐẾN\nSố: 2362\nNgày: 14/3/2022")
    made = read_pages(ocr_page(left, RIGHT, stamp))
    assert made.incoming.number.value == "2362"
    assert made.incoming.received.value == "2022-03-14"
    assert made.incoming.office.value == "VĂN PHÒNG TIẾP NHẬN"
    assert made.incoming.number.status == made.incoming.received.status == "review"
    assert made.incoming.number.evidence[0].origin == "stamp"
    assert made.symbol.value == "UBND-NC"


def test_a_signature_is_a_second_witness_of_the_name() -> None:
    page = ocr_page(
        ("header_left", "ỦY BAN NHÂN DÂN\nTỈNH LÂM ĐỒNG\nSố: 34/UBND-NC"), RIGHT,
        ("body", "Thực hiện kế hoạch, Ủy ban nhân dân tỉnh đề nghị các đơn vị thực hiện."),
        ("signature", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nNguyên Văn Bách"),
    )  # fmt: skip
    alone = extract(source_of("scan"), [page], ExtractSettings())
    assert (alone.signer.name.value, alone.signer.name.status) == ("Nguyễn Văn Bách", "review")
    signed = source_of("scan").model_copy(
        update={"signatures": (DigitalSignature(signer="Nguyễn Văn Bách"),)}
    )
    both = extract(signed, [page], ExtractSettings())
    assert (both.signer.name.value, both.signer.name.status) == ("Nguyễn Văn Bách", "accepted")
    assert [s.signer for s in both.signatures] == ["Nguyễn Văn Bách"]


def test_a_family_name_that_lost_its_mark() -> None:
    assert with_family_marks("Trăn Thị Hoa") == "Trần Thị Hoa"
    assert with_family_marks("Trần Thị Hoa") is None
    assert with_family_marks("Xyz Thị Hoa") is None


def test_a_body_whose_words_ran_together_is_known() -> None:
    assert respaced("TỔNG LIÊN ĐOÀN LAO ĐỘNG VIETNAM") == "Tổng Liên đoàn Lao động Việt Nam"
    assert respaced("Tổng Liên đoàn Lao động Việt Nam") is None
    assert respaced("Liên đoàn Lao động huyện Sông Mây") is None


@pytest.mark.parametrize(
    ("printed", "status", "place"),
    [
        ("Ct Maw", "review", "Cà Mau"),
        ("Ct Maw", "accepted", "Ct Maw"),
        ("Năm Căn", "review", "Năm Căn"),
        ("An Giang", "review", "An Giang"),
    ],
)
def test_a_damaged_place_is_read_as_the_issuers_own(printed: str, status: str, place: str) -> None:
    read = FieldValue(value=printed, raw=printed, confidence=0.5, status=status)
    issuer = FieldValue(value="Liên đoàn Lao động tỉnh Cà Mau", status="accepted")
    found = place_of_office(read, issuer)
    assert (found.value, found.status) == (place, status)
    assert found.raw == printed
