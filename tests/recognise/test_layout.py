from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.text import Block, Word
from pipeline.recognise import layout_page, order_words
from tests.recognise.printed import kinds, words


def bag(blocks: tuple[Block, ...]) -> Counter[Word]:
    return Counter(w for block in blocks for line in block.lines for w in line.words)


coordinate = st.floats(0.0, 0.95, allow_nan=False)
vocabulary = st.sampled_from(
    [
        "CỘNG", "HÒA", "XÃ", "HỘI", "CHỦ", "NGHĨA", "VIỆT", "NAM", "Số:", "ngày", "tháng", "năm",
        "Nơi", "nhận:", "-", "TM.", "CHỦ", "TỊCH", "ĐẾN", "Ngày:", "Chuyển:", "Ký", "bởi:", "2",
        "lời", "a@b.vn", "09.01.2025",
    ]
)  # fmt: skip


@st.composite
def any_word(draw: st.DrawFn) -> Word:
    x, y = draw(coordinate), draw(coordinate)
    box = (x, y, min(1.0, x + draw(st.floats(0.0, 0.2))), min(1.0, y + draw(st.floats(0.0, 0.05))))
    return Word(
        text=draw(vocabulary),
        bbox=draw(st.sampled_from([box, box, box, None])),
        confidence=draw(st.none() | st.floats(0, 1)),
    )


any_page = st.lists(st.lists(any_word(), max_size=9), max_size=14)


@settings(deadline=None, max_examples=150)
@given(any_page)
def test_no_word_is_lost_or_doubled(page: list[list[Word]]) -> None:
    assert bag(order_words(page)) == Counter(w for line in page for w in line)


@settings(deadline=None, max_examples=40)
@given(any_page)
def test_the_same_page_gives_the_same_order(page: list[list[Word]]) -> None:
    assert order_words(page) == order_words([list(line) for line in page])


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 1000), slope=st.floats(-0.03, 0.03))
def test_lines_in_any_order_keep_the_columns_apart(seed: int, slope: float) -> None:
    page = page_lines(slope)
    random.Random(seed).shuffle(page)
    blocks = order_words(page)
    assert bag(blocks) == Counter(w for line in page for w in line)
    assert kinds(blocks)["header_left"].splitlines()[0] == "LIÊN ĐOÀN LAO ĐỘNG"
    assert kinds(blocks)["header_right"].startswith("CỘNG HÒA")


def page_lines(slope: float) -> list[list[Word]]:
    left = ["LIÊN ĐOÀN LAO ĐỘNG", "TỈNH CÀ MAU"]
    right = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    head = [
        words(a, 0.16, 0.07 + 0.02 * i, slope=slope) + words(b, 0.46, 0.07 + 0.02 * i, slope=slope)
        for i, (a, b) in enumerate(zip(left, right, strict=True))
    ]
    body = [
        words("các cấp công đoàn triển khai thực hiện đầy đủ nội dung này", 0.15, y, slope=slope)
        for y in (0.3, 0.32, 0.34)
    ]
    return head + body


def test_the_head_is_read_by_column(dispatch: list[list[Word]]) -> None:
    found = kinds(order_words(dispatch))
    assert found["header_left"].splitlines() == [
        "LIÊN ĐOÀN LAO ĐỘNG", "TỈNH CÀ MAU", "Số: 120 /LĐLĐ", "V/v tổ chức Tháng", "Công nhân",
    ]  # fmt: skip
    assert found["header_right"].splitlines()[-1] == "Cà Mau, ngày 25 tháng 4 năm 2022"


def test_the_foot_is_read_by_column(dispatch: list[list[Word]]) -> None:
    found = kinds(order_words(dispatch))
    assert found["recipients"].splitlines() == ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    assert found["signature"].splitlines() == ["TM. BAN THƯỜNG VỤ", "CHỦ TỊCH", "Nguyễn Văn Bình"]


def test_a_lone_number_in_the_margin_is_the_page_number(dispatch: list[list[Word]]) -> None:
    blocks = order_words(dispatch)
    assert kinds(blocks)["page_number"] == "2"
    assert blocks[-1].kind == "page_number"


def test_paragraphs_are_blocks_and_keep_their_lines(dispatch: list[list[Word]]) -> None:
    body = [b.text for b in order_words(dispatch) if b.kind == "body"]
    assert body[0] == "Kính gửi: Công đoàn cơ sở"
    assert body[1].startswith("Thực hiện")
    assert body[1].endswith("31/5/2022.")


def test_blanks_left_for_a_handwritten_day_do_not_part_the_date() -> None:
    date = (
        words("Cà Mau, ngày", 0.5, 0.13) + words("tháng", 0.7, 0.13) + words("năm 2022", 0.8, 0.13)
    )
    page = [*page_lines(0.0)[:2], words("Số:", 0.18, 0.13) + words("/LĐLĐ", 0.27, 0.13) + date]
    found = kinds(order_words(page))
    assert found["header_right"].splitlines()[-1] == "Cà Mau, ngày tháng năm 2022"
    assert found["header_left"].splitlines()[-1] == "Số: /LĐLĐ"


def test_a_title_in_the_middle_of_a_form_is_no_column() -> None:
    page = [
        words("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 0.31, 0.07),
        words("ĐƠN ĐỀ NGHỊ", 0.44, 0.12),
    ]
    assert set(kinds(order_words(page))) == {"body"}


def test_signature_marks_are_no_text_of_the_document(dispatch: list[list[Word]]) -> None:
    marks = [
        words("Ký bởi: Văn thư Liên đoàn", 0.6, 0.02),
        words("Thời gian ký: 25/04/2022 10:21:11 +07:00", 0.6, 0.035),
    ]
    page = layout_page([*marks, *dispatch], page=1, read_by="ocr")
    assert "Ký bởi" not in page.text
    assert "Thời gian ký" in kinds(page.blocks)["overlay"]


def test_the_name_above_a_moment_is_part_of_the_mark(dispatch: list[list[Word]]) -> None:
    mark = [
        words("TRUNG TÂM TIN HỌC", 0.7, 0.01),
        words("tin học tỉnh", 0.7, 0.024),
        words("05.02.2025 15:35:18 +07:00", 0.7, 0.038),
    ]
    found = kinds(order_words([*mark, *dispatch]))
    assert len(found["overlay"].splitlines()) == 3
    assert found["header_right"].splitlines()[1].startswith("Độc lập")
    assert found["header_right"].splitlines()[-1].startswith("Cà Mau")


def test_what_stands_above_the_title_does_not_end_the_head(dispatch: list[list[Word]]) -> None:
    found = kinds(order_words([words("BẢN SAO LƯU TRỮ", 0.72, 0.045), *dispatch]))
    assert len(found["header_right"].splitlines()) == 3
    assert "BẢN SAO" not in found["header_right"]


def test_a_stamp_without_a_readable_den_is_known_by_where_it_sends_the_letter() -> None:
    stamp = [
        words("CV ~", 0.03, 0.19),
        words("Chuyển:........... Thực hiện kế hoạch của Tổng Liên đoàn", 0.08, 0.21),
    ]
    found = kinds(order_words([*page_lines(0.0), *stamp]))
    assert "Chuyển" in found["overlay"]
    assert found["body"].splitlines()[0].startswith("Thực hiện")


def test_a_date_in_running_text_is_no_overlay() -> None:
    line = words("gửi về địa chỉ cds@example.vn trước ngày 31/5/2022 để tổng hợp", 0.15, 0.4)
    assert set(kinds(order_words([line]))) == {"body"}


def test_an_incoming_stamp_is_kept_apart() -> None:
    stamp = [
        words("CÔNG VĂN ĐẾN", 0.06, 0.17),
        words("Số: 1234", 0.06, 0.19),
        words("Ngày: 26/4/2022", 0.06, 0.21),
    ]
    found = kinds(order_words([*page_lines(0.0), *stamp]))
    assert "ĐẾN" in found["overlay"]
    assert "ĐẾN" not in found["body"]


def test_a_list_that_goes_on_from_the_page_before_stays_left_of_the_name() -> None:
    page = [
        words("- Các phòng, ban;", 0.15, 0.06),
        words("- Công đoàn cơ sở;", 0.15, 0.08) + words("Nguyễn Văn Bình", 0.62, 0.08),
        words("- Lưu: VT.", 0.15, 0.1),
    ]
    found = kinds(order_words(page))
    assert found["signature"] == "Nguyễn Văn Bình"
    assert found["recipients"].count("\n") == 2


def running(y: float, rows: int, x: float = 0.15) -> list[list[Word]]:
    text = "các cấp công đoàn triển khai thực hiện đầy đủ nội dung của kế hoạch"
    return [words(text, x, y + 0.02 * i) for i in range(rows)]


def body_of(page: list[list[Word]]) -> str:
    return "\n".join(b.text for b in order_words(page) if b.kind == "body")


def table(columnwise: bool) -> list[list[Word]]:
    """Four rows of three cells, as an engine gives them: by column or straight across."""
    texts = [(f"{i + 1}", f"Công đoàn huyện {i}", f"{(i + 3) * 111}") for i in range(4)]
    cells = [
        [words(text, x, 0.4 + 0.025 * i) for text, x in zip(row, (0.15, 0.22, 0.7), strict=True)]
        for i, row in enumerate(texts)
    ]
    if columnwise:
        return [row[column] for column in range(3) for row in cells]
    return [[w for cell in row for w in cell] for row in cells]


@pytest.mark.parametrize("columnwise", [True, False])
def test_a_table_is_read_row_by_row(columnwise: bool) -> None:
    page = [*running(0.3, 3), *table(columnwise), *running(0.56, 3)]
    blocks = order_words(page)
    assert [b.kind for b in blocks] == ["body", "table", "body"]
    assert blocks[1].text.splitlines() == [
        f"{i + 1} Công đoàn huyện {i} {(i + 3) * 111}" for i in range(4)
    ]


def test_a_cell_of_several_lines_is_not_torn() -> None:
    page = []
    for i in range(3):
        y = 0.4 + 0.06 * i
        page += [
            words(f"{i + 1}", 0.15, y),
            words("Tổ chức hội nghị", 0.2, y),
            words("và báo cáo kết quả", 0.2, y + 0.018),
            words("Ban Chính sách", 0.6, y),
            words("Văn phòng", 0.6, y + 0.018),
        ]
    (block,) = order_words(page)
    assert block.kind == "table"
    assert block.text.splitlines()[:5] == [
        "1", "Tổ chức hội nghị", "và báo cáo kết quả", "Ban Chính sách", "Văn phòng",
    ]  # fmt: skip


@pytest.mark.parametrize("middle", [0.01, 0.0145])
def test_a_figure_in_the_middle_of_its_row_comes_before_the_lines_beside_it(middle: float) -> None:
    page = [words("TT", 0.15, 0.37), words("Đơn vị", 0.25, 0.37), words("Chỉ tiêu", 0.7, 0.37)]
    for i in range(3):
        y = 0.4 + 0.06 * i
        page += [
            words("Liên đoàn Lao động", 0.25, y),
            words(f"{i + 1}", 0.15, y + middle),
            words("1.204", 0.7, y + middle),
            words("huyện Thới Bình", 0.25, y + 2 * middle),
        ]
    (block,) = order_words(page)
    assert block.kind == "table"
    assert block.text.splitlines()[1:5] == ["1", "Liên đoàn Lao động", "huyện Thới Bình", "1.204"]


def test_blanks_left_in_running_text_make_no_table() -> None:
    gaps = [
        words("Căn cứ", 0.15, y) + words("ngày", 0.3 + 2 * y, y) + words("tháng", 0.5 + y, y)
        for y in (0.3, 0.32, 0.34)
    ]
    assert "table" not in kinds(order_words([*gaps, *running(0.36, 4)]))


def note(text: str, y: float) -> list[Word]:
    """A line of small type."""
    return [
        w.model_copy(update={"bbox": (w.bbox[0], w.bbox[1], w.bbox[2], w.bbox[1] + 0.0105)})
        for w in words(text, 0.15, y)
        if w.bbox is not None
    ]


def test_small_type_at_the_foot_is_a_footnote() -> None:
    page = [
        *running(0.1, 30),
        note("1 Theo Nghị quyết của Đại hội XII Công đoàn Việt Nam", 0.85),
        note("về nhiệm kỳ hiện nay.", 0.865),
        note("? Số liệu đến cuối năm.", 0.88),
        words("3", 0.52, 0.95),
    ]
    found = kinds(order_words(page))
    assert found["footnote"].splitlines()[0].startswith("1 Theo")
    assert found["footnote"].count("\n") == 2
    assert found["page_number"] == "3"
    assert "Theo" not in found["body"]


def test_small_type_without_a_mark_and_large_type_with_one_are_no_footnotes() -> None:
    small = [*running(0.1, 30), note("về nhiệm kỳ hiện nay của ban chấp hành", 0.85)]
    large = [*running(0.1, 30), words("2. Các đơn vị báo cáo kết quả thực hiện", 0.2, 0.72)]
    assert set(kinds(order_words(small))) == set(kinds(order_words(large))) == {"body"}


def test_what_is_scrawled_beside_the_text_is_kept_apart() -> None:
    page = running(0.3, 12)
    page[3] = words("Sở TC", 0.02, 0.36, sure=0.4) + page[3]
    page[6] = page[6] + words("đã xem", 0.93, 0.42)
    found = kinds(order_words(page))
    assert found["overlay"].splitlines() == ["Sở TC", "đã xem"]
    assert found["body"].splitlines() == [body_of(running(0.3, 1))] * 12


@settings(deadline=None, max_examples=40)
@given(indents=st.lists(st.sampled_from([0.0, 0.02, 0.05]), min_size=8, max_size=14))
def test_indents_and_hanging_marks_are_no_margin_notes(indents: list[float]) -> None:
    page = [
        words(
            "- Các cấp công đoàn triển khai thực hiện nội dung này", 0.15 + indent, 0.2 + 0.02 * i
        )
        for i, indent in enumerate(indents)
    ]
    assert "overlay" not in kinds(order_words(page))


def test_kinh_gui_under_the_left_column_is_no_part_of_it(dispatch: list[list[Word]]) -> None:
    page = [line for line in dispatch if "Kính" not in [w.text for w in line]]
    address = [
        words("Kính gửi:", 0.19, 0.19),
        words("- Liên đoàn Lao động các huyện;", 0.3, 0.21),
        words("- Công đoàn ngành.", 0.3, 0.23),
    ]
    blocks = order_words([*page, *address])
    found = kinds(blocks)
    assert "Kính" not in found["header_left"]
    assert found["body"].splitlines()[:3] == [
        "Kính gửi:", "- Liên đoàn Lao động các huyện;", "- Công đoàn ngành.",
    ]  # fmt: skip


def test_two_who_sign_side_by_side_are_read_one_after_the_other() -> None:
    page = [
        *running(0.3, 5),
        words("ĐẠI DIỆN BÊN A", 0.18, 0.5) + words("TM. BAN CHẤP HÀNH", 0.6, 0.5),
        words("GIÁM ĐỐC", 0.22, 0.52) + words("CHỦ TỊCH", 0.66, 0.52),
        words("Trần Thị Hoa", 0.2, 0.64) + words("Nguyễn Văn Bình", 0.62, 0.64),
    ]
    blocks = order_words(page)
    assert [b.kind for b in blocks][-2:] == ["signature", "signature"]
    assert blocks[-2].text.splitlines() == ["ĐẠI DIỆN BÊN A", "GIÁM ĐỐC", "Trần Thị Hoa"]
    assert blocks[-1].text.splitlines()[-1] == "Nguyễn Văn Bình"


@pytest.mark.parametrize("lines", [[], [[]], [[Word(text="x")]]])
def test_pages_without_places_are_borne(lines: list[list[Word]]) -> None:
    page = layout_page(lines, page=1, read_by="text_layer", engine="poppler")
    assert page.word_count == sum(map(len, lines))
