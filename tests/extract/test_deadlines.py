"""Deadlines as offices write them: absolute, relative, recurring, after an event; and none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.directive import Deadline
from pipeline.extract.due import Reading
from pipeline.extract.moments import find_moments
from pipeline.extract.sentences import Sentence, sentences
from tests.extract.builders import PLAN, read

_PLACE = (
    "Đề nghị Công đoàn cơ sở báo cáo kết quả trước ngày 15/12/2022; "
    "báo cáo trước ngày 20 hàng tháng."
)


def deadlines(sentence: str) -> tuple[Deadline, ...]:
    """Deadlines of a plan of 5 March 2022 in which the sentence stands instead of its own."""
    before = {(d.date, d.text) for d in read(PLAN.replace(_PLACE, "")).deadlines}
    found = read(PLAN.replace(_PLACE, sentence)).deadlines
    return tuple(d for d in found if (d.date, d.text) not in before)


@pytest.mark.parametrize(
    ("sentence", "date", "operator"),
    [
        ("Báo cáo gửi về LĐLĐ tỉnh trước ngày 29/8/2022.", "2022-08-29", "before"),
        ("Gửi báo cáo trước 16 giờ 30 ngày 12/4/2022.", "2022-04-12", "before"),
        ("Các đơn vị nộp hồ sơ chậm nhất là ngày 10 tháng 5 năm 2022.", "2022-05-10", "by"),
        ("Gửi danh sách muộn nhất ngày 10-5-2022 để tổng hợp.", "2022-05-10", "by"),
        ("Thời hạn hoàn thành: trước ngày 31/12/2022.", "2022-12-31", "before"),
        ("Hạn cuối nộp bài dự thi là ngày 20/10/2022.", "2022-10-20", "by"),
        ("Thực hiện từ nay đến hết ngày 31/5/2022.", "2022-03-05/2022-05-31", "within"),
        ("Từ nay đến thời điểm kết thúc (01/9/2023).", "2022-03-05/2023-09-01", "within"),
        ("Tổ chức từ ngày 01/6/2022 - 31/8/2023.", "2022-06-01/2023-08-31", "within"),
        ("Tổ chức từ ngày 01/5 đến ngày 31/5/2022.", "2022-05-01/2022-05-31", "within"),
        ("Hoàn thành việc kiện toàn trong quý II/2022.", "2022-04/2022-06", "within"),
        ("Hoàn thành rà soát trong tháng 5 năm 2022.", "2022-05", "within"),
        ("Hoàn thành kế hoạch đến hết năm 2023.", "2023", "by"),
        ("Bắt đầu từ tháng 9/2022 đến khi có thông báo mới.", "2022-09/..", "from"),
        ("Gửi báo cáo trước ngày 15/11.", "2022-11-15", "before"),
        ("Gửi báo cáo trước ngày 15 tháng 01.", "2023-01-15", "before"),
        ("Giải quyết trong thời hạn 07 ngày làm việc kể từ ngày nhận đủ hồ sơ.", "P7D", "within"),
        ("Báo cáo trong vòng 03 tháng kể từ ngày ký.", "P3M", "within"),
        ("Cập nhật chậm nhất 05 ngày (năm ngày) sau khi ban hành quyết định.", "P5D", "within"),
    ],
)
def test_what_is_due_once(sentence: str, date: str, operator: str) -> None:
    assert [(d.date, d.operator) for d in deadlines(sentence)] == [(date, operator)]


@pytest.mark.parametrize(
    ("sentence", "rules"),
    [
        ("Báo cáo trước ngày 20 hàng tháng.", ["FREQ=MONTHLY;BYMONTHDAY=20"]),
        ("Báo cáo vào ngày 25 của mỗi tháng.", ["FREQ=MONTHLY;BYMONTHDAY=25"]),
        ("Gửi báo cáo ngày 15 tháng cuối quý.", ["FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=15"]),
        ("Gửi hồ sơ trước ngày 10/12 hằng năm.", ["FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=10"]),
        ("Định kỳ 6 tháng, hàng năm báo cáo kết quả.", ["R/P6M, R/P1Y"]),
        ("Định kỳ hằng quý tổng hợp, báo cáo.", ["R/P3M"]),
        ("Hàng năm tổ chức sơ kết phong trào.", ["R/P1Y"]),
        ("Báo cáo định kỳ 06 tháng (trước ngày 20/6), năm (trước ngày 15/11).",
         ["FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=20", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=15"]),
        ("Gửi tin bài vào thứ sáu hằng tuần.", ["FREQ=WEEKLY;BYDAY=FR"]),
    ],
)  # fmt: skip
def test_what_recurs(sentence: str, rules: list[str]) -> None:
    found = deadlines(sentence)
    assert [d.recurrence for d in found] == rules
    assert all(d.date is None for d in found)


@pytest.mark.parametrize(
    "sentence",
    [
        "Tính đến ngày 01/3/2022 có 12 đơn vị tham gia.",
        "Quyết định này có hiệu lực từ ngày 01/5/2022.",
        "Nghị định có hiệu lực từ ngày 01/7/2022 đến hết ngày 31/12/2023.",
        "Thực hiện Công văn số 57/LĐLĐ ngày 27/02/2022 của Liên đoàn Lao động tỉnh.",
        "Đã hoàn thành mục tiêu giai đoạn 1 trước 45 ngày.",
        "Nhà ở xây dựng trước ngày 01 tháng 7 năm 2014.",
        "Chào mừng ngày 08/3 và ngày 28/7.",
        "Kế hoạch hoạt động hàng năm của đơn vị.",
        "Đại hội nhiệm kỳ 2023 - 2028.",
        "Từ ngày 01/9/2021 đến ngày 30/10/2021 có 5 đơn vị tham gia.",
    ],
)
def test_what_is_no_deadline(sentence: str) -> None:
    assert deadlines(sentence) == ()


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Đề nghị các Công đoàn cơ sở, nghiệp đoàn báo cáo trước ngày 29/8/2022.",
         "các Công đoàn cơ sở, nghiệp đoàn"),
        ("Giao Ban Tuyên giáo - Nữ công tổng hợp, báo cáo trước ngày 29/8/2022.",
         "Ban Tuyên giáo - Nữ công"),
        ("1. Sở Dân tộc và Tôn giáo:\n- Gửi báo cáo trước ngày 29/8/2022.",
         "Sở Dân tộc và Tôn giáo"),
        ("2. Công ty Đầu tư, Xây dựng và Dịch vụ rà soát hồ sơ; báo cáo trước ngày 29/8/2022.",
         "Công ty Đầu tư, Xây dựng và Dịch vụ"),
        ("Thời gian thực hiện: trước ngày 29/8/2022.", ""),
        ("Các phong trào thi đua tổ chức trước ngày 29/8/2022.", ""),
    ],
)  # fmt: skip
def test_who_must_act(text: str, who: str) -> None:
    assert [d.responsible for d in deadlines(text)] == [who]


def test_two_bodies_with_one_day_are_two_deadlines() -> None:
    found = deadlines(
        "- Sở Tài chính rà soát; hoàn thành và báo cáo trước ngày 20/5/2022.\n"
        "- Sở Nội vụ rà soát; hoàn thành và báo cáo trước ngày 20/5/2022."
    )
    assert [(d.date, d.responsible) for d in found] == [
        ("2022-05-20", "Sở Tài chính"),
        ("2022-05-20", "Sở Nội vụ"),
    ]


def test_a_day_that_had_passed_needs_a_look() -> None:
    found = deadlines("Đề nghị các đơn vị báo cáo trước ngày 15/12/2021.")
    assert [(d.date, d.status) for d in found] == [("2021-12-15", "review")]


@given(st.text(alphabet="0123456789/ .-ngaythuqvmIV,ắ\n", max_size=120))
def test_moments_are_in_order_and_apart(text: str) -> None:
    found = find_moments(text, 0, len(text), "2022-03-05")
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(st.text(alphabet="aĂ. ;\n-1)I%”“", max_size=200))
def test_sentences_are_in_order_and_lose_no_letter(text: str) -> None:
    found = sentences(text, 0, len(text))
    assert all(a.end <= b.start for a, b in pairwise(found))
    kept = "".join(text[s.start : s.end] for s in found)
    assert kept.count("a") == text.count("a")


def test_a_month_is_compared_as_a_month() -> None:
    reading = Reading("", Sentence(0, 0, 0), "2022-07-15")
    assert not reading.is_past("2022-07")
    assert reading.is_past("2022-06")
    assert not Reading("", Sentence(0, 0, 0), None).is_past("1990")


def test_from_now_on_is_as_sure_as_the_documents_day() -> None:
    text = PLAN.replace(_PLACE, "Thực hiện từ nay đến hết ngày 31/5/2022.")
    due = "2022-05-31"
    sure = [d.status for d in read(text).deadlines if (d.date or "").endswith(due)]
    assert sure == ["accepted"]
    unsure = read(text.replace("ngày 05 tháng 3", "ngày      tháng 3"))
    assert [d.status for d in unsure.deadlines if (d.date or "").endswith(due)] == ["review"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Thực hiện xong. Báo cáo sau.", 2),
        ("Phòng chống dịch COVID-19. Phát huy vai trò của tổ an toàn.", 2),
        ("Kết quả đạt 52,2%. Còn lại thực hiện sau.", 2),
        ("Gọi là “Chương trình”. Các cấp thực hiện.", 2),
        ("“Bộ xem xét.” Bộ Nội vụ trả lời.", 2),
        ("Các cấp báo cáo. (Xin gửi kèm theo Công văn này).", 2),
        ("1. Thời gian thực hiện", 1),
        ("5.2. Các chuyên đề", 1),
        ("IV. NHIỆM VỤ", 1),
        ("Căn cứ Điều 17. Nguyên tắc chung", 1),
        ("Theo Nghị định số 88. Các cơ quan", 1),
        ("Hội nghị tại TP. Cà Mau do PGS.TS. Lê Văn Bách chủ trì", 1),
        ("Địa chỉ 193 P. Bà Triệu", 1),
        ("Đạt 8.818 sáng kiến trên 1.527 (577%)", 1),
        ("Đề nghị đ/c Lê Văn Bách báo cáo", 1),
        ("thực hiện nội dung sau:\n1. Một việc;\n2. Hai việc;\n- Ba việc.", 4),
    ],
)
def test_a_stop_ends_a_sentence_by_what_stands_beside_it(text: str, parts: int) -> None:
    assert len(sentences(text, 0, len(text))) == parts
