"""The register of documents in the form of Decree 30/2020, Annex IV."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from models.directive import Directive, FieldValue, Incoming
from pipeline.errors import UsageProblem
from pipeline.publish import register as module
from pipeline.publish.register import write_register
from tests.archive.strategies import directive, field

CA_MAU = "Liên đoàn Lao động tỉnh Cà Mau"


def doc(name: str, number: str | None, status: Any = "accepted", **more: Any) -> Directive:
    fields = {
        "issuer": CA_MAU,
        "issued": "2022-04-25",
        "doc_type": "Kế hoạch",
        "subject": "thi đua",
    }
    return directive(name, number=FieldValue(value=number, status=status), **(fields | more))


def opened(*directives: Directive, count: int | None = None, **options: Any) -> Any:
    out = io.BytesIO()
    written = write_register(directives, out, **options)
    assert written == (len(directives) if count is None else count)
    return openpyxl.load_workbook(io.BytesIO(out.getvalue()))


def lines(sheet: Any) -> list[tuple[Any, ...]]:
    """The lines below the head, which ends with (1) … (10)."""
    rows = [*sheet.iter_rows(values_only=True)]
    head = next(i for i, row in enumerate(rows) if row[0] == "(1)")
    return rows[head + 1 :]


def head(sheet: Any) -> tuple[Any, ...]:
    rows = [*sheet.iter_rows(values_only=True)]
    return rows[next(i for i, row in enumerate(rows) if row[0] == "(1)") - 1]


def test_the_columns_are_those_of_the_annex() -> None:
    stamped = doc("a", "1/LĐLĐ", incoming=Incoming(number=field("7")))
    out, into = opened(stamped), opened(stamped, register="incoming")
    assert head(out[out.sheetnames[1]]) == (
        "Số, ký hiệu văn bản", "Ngày tháng văn bản", "Tên loại và trích yếu nội dung văn bản",
        "Người ký", "Nơi nhận văn bản", "Đơn vị, người nhận bản lưu", "Số lượng bản",
        "Ngày chuyển", "Ký nhận", "Ghi chú",
    )  # fmt: skip
    assert head(into[into.sheetnames[1]]) == (
        "Ngày đến", "Số đến", "Tác giả", "Số, ký hiệu văn bản", "Ngày tháng văn bản",
        "Tên loại và trích yếu nội dung văn bản", "Đơn vị hoặc người nhận", "Ngày chuyển",
        "Ký nhận", "Ghi chú",
    )  # fmt: skip


def test_a_book_for_each_issuer_and_year_with_its_cover() -> None:
    other = doc("c", "9/LĐLĐ", issuer="Liên đoàn Lao động tỉnh Tây Ninh")
    book = opened(doc("a", "02/LĐLĐ"), doc("b", "30/LĐLĐ", issued="2021-12-30"), other)
    assert book.sheetnames == [
        "Mục lục", "2021 LĐLĐ tỉnh Cà Mau", "2022 LĐLĐ tỉnh Cà Mau", "2022 LĐLĐ tỉnh Tây Ninh",
    ]  # fmt: skip
    cover = [row[0].value for row in book["2022 LĐLĐ tỉnh Cà Mau"].iter_rows(max_row=7)]
    assert cover[1:7] == [
        CA_MAU.upper(), "SỔ ĐĂNG KÝ VĂN BẢN ĐI", "Năm: 2022",
        "Từ ngày 25/04/2022 đến ngày 25/04/2022", "Từ số 2 đến số 2", "Quyển số: …",
    ]  # fmt: skip
    link = book["Mục lục"]["A4"].hyperlink.location
    assert link == "'2021 LĐLĐ tỉnh Cà Mau'!A1"


def test_numbers_stand_in_order_and_gaps_are_lines() -> None:
    book = opened(doc("a", "12/KH-LĐLĐ"), doc("b", "03/LĐLĐ"), doc("c", "05/LĐLĐ"))
    told = [(row[0], row[2]) for row in lines(book.worksheets[1])]
    assert [number for number, _ in told] == [
        "01 – 02", "03/LĐLĐ", "04", "05/LĐLĐ", "06 – 11", "12/KH-LĐLĐ",
    ]  # fmt: skip
    assert told[0][1] == "Không có trong kho lưu trữ (2 số)"
    assert book["Mục lục"]["F4"].value == 9


def test_a_proposed_number_is_in_brackets_and_fills_no_gap() -> None:
    proposed = doc("b", "03/LĐLĐ", "review")
    late = doc("c", "899/LĐLĐ", "review")
    book = opened(doc("a", "05/LĐLĐ"), proposed, late)
    rows = lines(book.worksheets[1])
    assert [row[0] for row in rows] == ["01 – 02", "[03/LĐLĐ]", "04", "05/LĐLĐ", "[899/LĐLĐ]"]
    assert book["Mục lục"]["F4"].value == 4
    cover = [row[0].value for row in book.worksheets[1].iter_rows(max_row=6)]
    assert cover[5] == "Từ số 5 đến số 5"


def test_what_cannot_be_read_is_left_open_and_comes_last() -> None:
    unread = doc(
        "a", None, "unreadable", symbol="KH-LĐLĐ", issued=field("2022-07", status="review")
    )
    party = doc("b", None, "unreadable", symbol="CV/VPHU", subject=FieldValue(status="unreadable"))
    rows = lines(opened(unread, doc("c", "1/LĐLĐ"), party).worksheets[1])
    assert [row[0] for row in rows] == ["1/LĐLĐ", "…/KH-LĐLĐ", "…-CV/VPHU"]
    assert [row[1] for row in rows] == [datetime(2022, 4, 25), "[…/07/2022]", datetime(2022, 4, 25)]
    assert rows[2][2] == "Kế hoạch\n…"


def test_values_that_are_not_accepted_never_stand_bare() -> None:
    guess = FieldValue(value="QUESS", status="review")
    record = doc("a", "1/LĐLĐ", subject=guess, doc_type=guess, recipients=(guess,), urgency=guess)
    for sheet in opened(record):
        for row in sheet.iter_rows(values_only=True):
            for cell in row:
                assert "QUESS" not in str(cell).replace("[QUESS]", "")


def test_an_issuer_that_is_not_confirmed_is_remarked() -> None:
    rows = lines(
        opened(doc("a", "1/X", issuer=FieldValue(value="X", status="review"))).worksheets[1]
    )
    assert rows[0][9].splitlines()[0] == "cơ quan ban hành: [X]"
    book = opened(doc("a", "1/X", issuer=FieldValue(), issued=FieldValue()))
    assert book.sheetnames[1] == "Chưa rõ năm Chưa rõ cơ quan"


def test_recipients_kept_copies_and_remarks_have_their_columns() -> None:
    record = doc(
        "a", "1/LĐLĐ", recipients=(field("Các CĐCS"),), urgency="Khẩn",
        copied_to=(field("Ban Thường vụ"), field("Lưu: VT, CSPL"), field("Lưu VP")),
    )  # fmt: skip
    (row,) = lines(opened(record, doc("b", "1/LĐLĐ")).worksheets[1])[:1]
    assert row[4:6] == ("Các CĐCS;\nBan Thường vụ", "VT, CSPL;\nVP")
    assert row[6:9] == (None, None, None)
    assert row[9] == "Khẩn\ntrùng số, ký hiệu\nd-a"


def test_arrivals_are_those_with_a_stamp_under_the_office_that_stamped() -> None:
    def stamped(name: str, number: str) -> Directive:
        stamp = Incoming(
            number=FieldValue(value=number, status="review"),
            received=FieldValue(value="2022-05-01", status="review"),
            office=field("Liên đoàn Lao động huyện Năm Căn"),
        )
        return doc(name, "120/LĐLĐ", incoming=stamp)

    book = opened(stamped("a", "45"), doc("b", "2/X"), stamped("c", "9"), count=2,
                  register="incoming")  # fmt: skip
    assert book.sheetnames[1:] == ["2022 LĐLĐ huyện Năm Căn"]
    rows = lines(book.worksheets[1])
    assert [row[:4] for row in rows] == [
        ("[01/05/2022]", "[9]", CA_MAU, "120/LĐLĐ"), ("[01/05/2022]", "[45]", CA_MAU, "120/LĐLĐ"),
    ]  # fmt: skip


def test_the_party_s_series_has_no_gaps_told_and_years_do_not_end_it() -> None:
    rows = lines(opened(doc("a", "259-CV/VPHU"), doc("b", "2/LĐLĐ")).worksheets[1])
    assert [row[0] for row in rows] == ["01", "2/LĐLĐ", "259-CV/VPHU"]


def test_it_is_printed_across_with_the_head_on_every_page_and_numbered() -> None:
    sheet = opened(doc("a", "1/LĐLĐ")).worksheets[1]
    first = next(r for r in range(1, 20) if sheet.cell(r, 1).value == "(1)")
    assert sheet.print_title_rows == f"${first - 1}:${first}"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.page_setup.fitToWidth == 1
    assert sheet.oddFooter.center.text == "&P/&N"
    assert sheet.freeze_panes == f"A{first + 1}"


def test_the_order_of_records_does_not_matter() -> None:
    records = [doc(str(n), f"{n % 7}/LĐLĐ", issued=f"202{n % 3}-01-01") for n in range(20)]
    outs = []
    for order in (records, records[::-1]):
        out = io.BytesIO()
        write_register(order, out)
        outs.append(out.getvalue())
    assert outs[0] == outs[1]


def test_more_books_than_a_workbook_is_good_for_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BOOKS", 1)
    with pytest.raises(UsageProblem) as error:
        opened(doc("a", "1/A"), doc("b", "1/A", issued="2020-01-01"))
    assert "--issuer" in error.value.advice
