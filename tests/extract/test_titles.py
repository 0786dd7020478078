"""A title that was read from an image is accepted only where it is whole."""

from __future__ import annotations

import pytest

from models.base import BBox
from models.directive import FieldValue
from models.finding import Evidence
from models.text import Block, Line, PageText, Word
from pipeline.extract.titles import confirmed_authority, confirmed_position, may_lack_words
from pipeline.extract.view import build_view
from pipeline.extract.zones import Piece
from tests.extract.builders import ocr_page, read_pages


def read_as(text: str) -> FieldValue:
    evidence = (Evidence(page=1, text=text, origin="ocr"),)
    return FieldValue(value=text, raw=text, confidence=0.96, status="accepted", evidence=evidence)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("TM. BAN THƯỜNG VỤ", "accepted"),
        ("T/M BAN THƯỜNG VỤ", "accepted"),
        ("TM. ỦY BAN NHÂN DÂN TỈNH LÂM ĐỒNG", "accepted"),
        ("TL. CHỦ TỊCH", "accepted"),
        ("TM. BAN THƯỜNG", "review"),
        ("TM. BAN THƯỜNG VỤ TỊCH", "review"),
        ("TM. BAN THƯỜNG VỤ HỦ TỊCH", "review"),
    ],
)
def test_a_cut_or_run_on_authority_is_reviewed(text: str, status: str) -> None:
    assert confirmed_authority(read_as(text), whole=True).status == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("CHỦ TỊCH", "accepted"),
        ("KT. CHỦ TỊCH / PHÓ CHỦ TỊCH", "accepted"),
        ("PHÓ CHỦ TỊCH THƯỜNG TRỰC", "accepted"),
        ("KT. CHỦ TỊCH", "review"),
        ("HỦ TỊCH", "review"),
        ("PHÓ CHỦ TICH", "review"),
    ],
)
def test_a_title_with_a_strange_word_or_without_its_deputy_is_reviewed(
    text: str, status: str
) -> None:
    assert confirmed_position(read_as(text), whole=True).status == status


def test_what_is_no_image_is_taken_as_it_stands() -> None:
    printed = read_as("KT. CHỦ TỊCH").model_copy(
        update={"evidence": (Evidence(page=1, text="KT. CHỦ TỊCH", origin="text"),)}
    )
    assert confirmed_position(printed, whole=False).status == "accepted"


def _line(text: str, left: float, right: float, y: float) -> Line:
    words = text.split()
    step = (right - left) / len(words)
    boxes: list[BBox] = [
        (left + i * step, y, left + (i + 1) * step, y + 0.015) for i in range(len(words))
    ]
    return Line(
        words=tuple(Word(text=w, bbox=b, confidence=1.0) for w, b in zip(words, boxes, strict=True))
    )


@pytest.mark.parametrize(("left", "lacks"), [(0.63, False), (0.68, True)])
def test_a_line_that_is_off_the_middle_has_lost_a_word(left: float, lacks: bool) -> None:
    """ "PHÓ CHỦ TỊCH" under "TM. BAN THƯỜNG VỤ"; without PHÓ the rest stands to the right."""
    lines = (_line("TM. BAN THƯỜNG VỤ", 0.58, 0.83, 0.5), _line("CHỦ TỊCH", left, 0.78, 0.52))
    page = PageText(page=1, read_by="ocr", blocks=(Block(kind="signature", lines=lines),))
    view = build_view([page])
    parts = [Piece(line.start, line.end, i) for i, line in enumerate(view.lines) if not line.blank]
    assert may_lack_words(view, parts) is lacks


HEAD = (
    ("header_left", "{left}"),
    ("header_right", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n{place}, ngày 05 tháng 3 năm 2022"),
)


def head(left: str, place: str) -> PageText:
    return ocr_page(
        ("header_left", left),
        ("header_right", HEAD[1][1].format(place=place)),
        ("body", "KẾ HOẠCH\nTổ chức hội nghị\nThực hiện kế hoạch của cấp trên trong năm nay."),
    )


FEDERATION = "LIÊN ĐOÀN LAO ĐỘNG\nTỈNH VĨNH LONG\nLIÊN ĐOÀN LAO ĐỘNG\nHUYỆN VŨNG LIÊM"


@pytest.mark.parametrize(
    ("place", "status"), [("Vũng Liêm", "accepted"), ("Liêm", "review"), ("Long", "review")]
)
def test_half_a_place_is_not_accepted(place: str, status: str) -> None:
    found = read_pages(head(f"{FEDERATION}\nSố: 12 /KH-LĐLĐ", place))
    assert (found.place.value, found.place.status) == (place, status)


def test_a_damaged_number_line_is_no_office() -> None:
    found = read_pages(head(f"{FEDERATION}\nSố {{1 ,KH-LĐLĐ", "Vũng Liêm"))
    assert found.issuer.value == "Liên đoàn Lao động huyện Vũng Liêm"
    assert found.parent_issuer.value == "Liên đoàn Lao động tỉnh Vĩnh Long"


def test_a_name_that_a_line_parts_is_one_name() -> None:
    left = (
        "LIÊN ĐOÀN LAO ĐỘNG\nHUYỆN ĐỨC TRỌNG\nCÔNG ĐOÀN CƠ SỞ BỆNH\nVIỆN ĐA KHOA KHU VỰC\n"
        "Số: 12 /KH-CĐCS"
    )
    found = read_pages(head(left, "Đức Trọng"))
    assert found.issuer.value == "Công đoàn cơ sở Bệnh viện Đa khoa khu vực"
    assert found.parent_issuer.value == "Liên đoàn Lao động huyện Đức Trọng"


def test_a_stroke_behind_a_name_is_no_part_of_it() -> None:
    found = read_pages(
        head(f"{FEDERATION}\nSố: 12 /KH-LĐLĐ", "Vũng Liêm"),
        ocr_page(("body", "Đề nghị thực hiện."), ("signature", "CHỦ TỊCH\nTrần Văn Bách 5"),
                 page=2),
    )  # fmt: skip
    assert found.signer.name.value == "Trần Văn Bách"
