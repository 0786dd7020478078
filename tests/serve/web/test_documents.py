"""The page of a document: everything in its place, nothing that may not be seen, text as data."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from lxml import html

from models.decision import Decision
from models.directive import Alternative, Citation, FieldValue
from models.finding import Evidence, Finding
from models.text import Block, Line, PageText, Word
from pipeline.archive import Archive
from tests.archive.strategies import directive, field, page, source
from tests.serve.conftest import HOSTILE, PHONE, put_twins
from tests.serve.web.conftest import Browser, Open
from tests.serve.web.selecting import select, text
from tests.serve.web.test_sessions import ELSEWHERE

Token = Callable[[str], str]
BOX = (0.1, 0.2, 0.3, 0.25)


def put(archive: Archive, name: str, pages: Any = None, count: int = 1, **fields: Any) -> None:
    run_id = archive.begin_run("ingest", "0.1.0")
    made = directive(name, **fields)
    made = made.model_copy(update={"source": made.source.model_copy(update={"pages": count})})
    archive.record_source(f"in/{name}.pdf", source(name, pages=count))
    archive.put_directive(made, pages or [page("chữ")], result_key="k", run_id=run_id)


def marks(tree: Any) -> list[str]:
    return [rect.get("data-box") for rect in select(tree, "rect.on")]


def test_the_head_is_the_document_s_own(browser: Open) -> None:
    tree = browser().page("/documents/d-full")
    head = text(tree, ".letterhead")
    assert "Liên đoàn Lao động tỉnh Cà Mau" in head
    assert "Số: 120/LĐLĐ" in head
    assert "25/4/2022" in head
    assert text(tree, "h1") == "Công văn đẩy mạnh phong trào thi đua"
    assert "Chờ soát" in head
    assert "Số ký hiệu: có thể viết tay" in head
    assert select(tree, "title")[0].text.startswith("120/LĐLĐ – đẩy mạnh")


def test_what_is_not_there_is_not_found(browser: Open) -> None:
    opened = browser()
    assert opened.get("/documents/d-nothing").status_code == 404
    assert opened.get("/documents/d-full?page=7").status_code == 404
    assert opened.get("/documents/d-full?field=<b>").status_code == 422


def test_a_field_is_marked_by_the_address_alone(browser: Open) -> None:
    tree = browser().page("/documents/d-full?field=number")
    assert marks(tree) == ["number"]
    assert select(tree, "#viewer")[0].get("data-page") == "1"
    (rect,) = select(tree, "rect.on")
    assert [float(rect.get(k)) for k in ("x", "y", "width", "height")] == [100, 100, 100, 100]
    assert select(rect, "title")[0].text == "Số ký hiệu: 120/LĐLĐ"
    assert "on" in select(tree, "[data-fact=number]")[0].get("class").split()
    assert not select(tree, "#basis-number[hidden]")
    assert marks(browser().page("/documents/d-full?field=nothing.there")) == []


def test_a_field_opens_the_page_that_it_stands_on(browser: Open, archive: Archive) -> None:
    seen = (Evidence(page=2, bbox=BOX, text="45/KH", origin="ocr"),)
    put(archive, "two", [page("một"), page("hai", 2)], 2, number=field("45/KH", evidence=seen))
    opened = browser()
    tree = opened.page("/documents/d-two?field=number")
    assert select(tree, "#viewer")[0].get("data-page") == "2"
    assert marks(tree) == ["number"]
    assert marks(opened.page("/documents/d-two?page=1&field=number")) == []
    link = select(tree, "[data-fact=number] a[data-field]")[0].get("href")
    assert link == "/documents/d-two?page=2&field=number"


def test_a_leaf_alone_comes_with_its_text(browser: Open, archive: Archive) -> None:
    put(archive, "two", [page("một"), page("hai", 2)], 2)
    opened = browser()
    part = opened.client.get("/documents/d-two?page=2", headers={"HX-Request": "true"})
    tree = html.fragment_fromstring(part.text, create_parent=True)
    assert [one.get("id") for one in select(tree, "section")] == ["viewer", "reading"]
    assert "hai" in text(tree, "#reading")
    assert select(tree, "#reading")[0].get("hx-swap-oob") == "true"
    whole = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<title>" in opened.client.get("/documents/d-two?page=2", headers=whole).text


def test_every_field_tells_what_it_rests_on(browser: Open, archive: Archive) -> None:
    number = FieldValue(
        status="unreadable", raw="4?5/KH", rule="fusion.number", confidence=0.4,
        alternatives=(Alternative(value="415/KH", confidence=0.3, origin="filename"),),
        evidence=(Evidence(page=1, bbox=BOX, text="4?5/KH", origin="stamp"),),
    )  # fmt: skip
    put(archive, "lost", number=number)
    tree = browser().page("/documents/d-lost")
    told = text(tree, "[data-fact=number]")
    for words in ("không đọc được", "4?5/KH", "415/KH", "tên tệp, 30 %", "fusion.number", "dấu"):
        assert words in told
    assert "Số: chưa đọc được" in text(tree, ".letterhead")


def test_lists_with_links_to_their_lines(browser: Open, archive: Archive) -> None:
    tree = browser().page("/documents/d-full")
    figures = text(tree, "#figures")
    assert "5.091 sáng kiến" in figures
    assert "≥ 90,5 %" in figures
    assert "trước 30/6/2022" in text(tree, "#due")
    assert "FREQ=MONTHLY" in text(tree, "#due")
    assert "Công đoàn cơ sở trực thuộc" in text(tree, "#sent")
    assert "Lưu VT" in text(tree, "#sent")
    assert "3259/CTr-TLĐ" in text(tree, "#cites")
    assert "Trang trắng, không đọc." in text(tree, "#notes")
    link = select(tree, "#notes a[data-field]")[0]
    assert link.get("href") == "/documents/d-full?page=1&field=findings.0"
    named = text(tree, "rect[data-box='findings.0'] title")
    assert named == "Ghi chú kiểm tra: Trang trắng, không đọc."


def test_citations_are_followed_both_ways(browser: Open, archive: Archive) -> None:
    put(
        archive, "plan", number="3259/CTr-TLĐ", issued="2021-09-01", doc_type="Chương trình",
        issuer="Tổng Liên đoàn Lao động Việt Nam",
    )  # fmt: skip
    seen = (Evidence(page=1, bbox=BOX, text="3259/CTr-TLĐ"),)
    cites = Citation(
        number=field("3259/CTr-TLĐ"), issued=field("2021-09-01"), relation="implements",
        evidence=seen,
    )  # fmt: skip
    put(archive, "does", number="1/KH", issued="2022-01-01", citations=(cites,))
    opened = browser()
    out = select(opened.page("/documents/d-does"), "#cites a")
    assert "/documents/d-plan" in [a.get("href") for a in out]
    back = select(opened.page("/documents/d-plan"), "#cites a")
    assert "/documents/d-does?field=citations.0" in [a.get("href") for a in back]
    assert marks(opened.page("/documents/d-does?field=citations.0")) == ["citations.0"]


def test_repaired_words_are_told_apart_and_the_raw_text_is_at_hand(
    browser: Open, archive: Archive
) -> None:
    words = (Word(text="Tổ", raw="Tô"), Word(text="chức"), Word(text="", raw="|"))
    put(
        archive,
        "edited",
        [PageText(page=1, read_by="ocr", blocks=(Block(lines=(Line(words=words),)),))],
    )
    opened = browser()
    tree = opened.page("/documents/d-edited")
    (edit,) = select(tree, "#reading u")
    assert (edit.text, edit.get("title")) == ("Tổ", "đọc là: Tô")
    assert text(tree, "#reading .text") == "Tổ chức"
    raw = opened.page("/documents/d-edited?raw=true")
    assert select(raw, "#reading u") == []
    assert text(raw, "#reading .text") == "Tô chức |"


def test_the_line_of_a_field_is_marked_in_the_text(browser: Open, archive: Archive) -> None:
    seen = (Evidence(page=1, text="45/KH"),)
    put(archive, "line", [page("đầu\nSố: 45/KH\ncuối")], number=field("45/KH", evidence=seen))
    tree = browser().page("/documents/d-line?field=number")
    assert text(tree, "#reading .line.on") == "Số: 45/KH"


def test_text_of_documents_is_data(browser: Open, archive: Archive) -> None:
    seen = (Evidence(page=1, bbox=BOX, text=HOSTILE),)
    mark = Finding(code="x.y", message=HOSTILE, evidence=seen)
    put(
        archive, "wild", [page(HOSTILE)], number=field(HOSTILE, evidence=seen, rule=HOSTILE),
        subject=HOSTILE, issuer=HOSTILE, doc_type=HOSTILE, findings=(mark,),
        recipients=(field(HOSTILE),), citations=(Citation(number=field(HOSTILE)),),
    )  # fmt: skip
    for path in ("/documents/d-hostile", "/documents/d-wild?field=number"):
        answer = browser().get(path)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert all(one.get("src") for one in select(html.fromstring(answer.content), "script"))


def reader(browser: Open, token: Token, scope: str) -> Browser:
    return browser(host=ELSEWHERE, token=token(scope))


def test_a_reader_sees_no_personal_data(browser: Open, token: Token) -> None:
    answer = reader(browser, token, "read").get("/documents/d-private?field=subject")
    assert answer.status_code == 200
    assert PHONE not in answer.text
    assert PHONE.replace(" ", "") not in answer.text.replace(" ", "")
    assert "[phone]" in answer.text
    assert "/picture" not in answer.text
    assert "/original" not in answer.text
    assert "quyền soát xét" in answer.text


def test_a_reader_sees_no_names_of_people_who_decided(
    browser: Open, archive: Archive, token: Token
) -> None:
    put_twins(archive, subject="hai bản")
    (pair,) = archive.merges()
    archive.decide_merge(pair.id, "accepted", by="Trần Thị Bình", main="d-twin-a")
    seen = reader(browser, token, "review").page("/documents/d-twin-b")
    assert "Trần Thị Bình" in text(seen, "#history")
    assert "Nhận là cùng một văn bản" in text(seen, "#history")
    assert "/documents/d-twin-a" in [a.get("href") for a in select(seen, "#versions a")]
    hidden = reader(browser, token, "read").page("/documents/d-twin-b")
    assert "Trần Thị Bình" not in hidden.text_content()
    assert "/documents/d-twin-a" in [a.get("href") for a in select(hidden, "#versions a")]
    assert not select(hidden, "#history")


def test_what_people_decided_is_told_to_reviewers(
    browser: Open, archive: Archive, token: Token
) -> None:
    decided = Decision(path="number", action="correct", value="121/LĐLĐ")
    archive.review("d-full", [decided], by="Trần Thị Bình", expected=None)
    tree = reader(browser, token, "review").page("/documents/d-full")
    assert "Số ký hiệu: Sửa thành 121/LĐLĐ" in text(tree, ".decisions")
    assert "Trần Thị Bình" in text(tree, ".decisions")
    assert "121/LĐLĐ" in text(tree, ".letterhead")
    assert "người soát xét" in text(tree, "[data-fact=number]")
    hidden = reader(browser, token, "read").page("/documents/d-full")
    assert "Trần Thị Bình" not in hidden.text_content()


def test_a_reviewer_sees_it_and_is_led_to_the_desk(browser: Open, token: Token) -> None:
    tree = reader(browser, token, "review").page("/documents/d-private")
    assert PHONE in tree.text_content()
    assert "/review/d-private" in [a.get("href") for a in select(tree, "a")]
    assert all("personal_data=true" in a.get("href") for a in select(tree, "#files a"))


def test_whoever_only_reads_is_not_led_to_the_desk(browser: Open, token: Token) -> None:
    tree = reader(browser, token, "read").page("/documents/d-full")
    assert "/review/d-full" not in [a.get("href") for a in select(tree, "a")]


def test_the_files_are_those_of_the_api(browser: Open) -> None:
    opened = browser()
    for link in select(opened.page("/documents/d-full"), "#files a"):
        answer = opened.client.get(link.get("href"))
        assert answer.status_code in (200, 404), link.get("href")  # no original in this archive
    kinds = text(opened.page("/documents/d-full"), "#files")
    assert kinds.count("PDF/A") == kinds.count("ALTO") == kinds.count("JSON") == 1


def test_english(browser: Open) -> None:
    opened = browser()
    opened.get("/documents/d-full")
    opened.post("/language", {"to": "en", "next": "/documents/d-full?field=number"})
    tree = opened.page("/documents/d-full?field=number")
    assert "Number: may be handwritten" in text(tree, ".letterhead")
    assert "25 Apr 2022" in text(tree, ".letterhead")
    assert "5,091 sáng kiến" in text(tree, "#figures")
    assert select(tree, "rect.on title")[0].text == "Number: 120/LĐLĐ"


def test_long_lists_are_cut_and_what_is_asked_for_is_there(browser: Open, archive: Archive) -> None:
    seen = (Evidence(page=1, bbox=BOX, text="x"),)
    many = tuple(field(f"Nơi {n}", evidence=seen) for n in range(400))
    put(archive, "long", copied_to=many)
    opened = browser()
    tree = opened.page("/documents/d-long?field=copied_to.333")
    assert len(select(tree, "#sent li.item")) == 51
    assert "Nơi 333" in text(tree, "#sent li.on")
    assert "349" in text(tree, "#sent")
    assert len(select(opened.page("/documents/d-long?whole=true"), "#sent li.item")) == 400


def test_a_document_of_many_pages_stays_light(browser: Open, archive: Archive) -> None:
    pages = [page("chữ " * 400, n) for n in range(1, 301)]
    put(archive, "thick", pages, 300)
    opened = browser()
    answer = opened.get("/documents/d-thick?page=150")
    assert len(answer.content) < 100_000
    tree = html.fromstring(answer.content)
    assert text(tree, ".leaves a").startswith("tr. 138 tr. 139")
    assert select(tree, "a[rel=next]")[0].get("href") == "/documents/d-thick?page=151"


@pytest.mark.parametrize("id_", ["d-full", "d-hostile", "d-private"])
def test_headings_go_down_in_steps_and_ids_are_unique(browser: Open, id_: str) -> None:
    tree = browser().page(f"/documents/{id_}?field=number")
    levels = [int(one.tag[1]) for one in select(tree, "h1, h2, h3, h4")]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    ids = [one.get("id") for one in select(tree, "[id]")]
    assert len(ids) == len(set(ids))
