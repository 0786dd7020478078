"""Search: what is typed is found, the address says all of it, nothing is shown that may not be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from pipeline.archive import Archive, Filter
from pipeline.serve.web.search.answer import pieces
from pipeline.serve.web.search.question import question
from tests.archive.strategies import directive, page, source
from tests.serve.conftest import HOSTILE, PHONE
from tests.serve.web.conftest import Open
from tests.serve.web.selecting import select, text
from tests.serve.web.test_sessions import ELSEWHERE

Token = Callable[[str], str]


def put_many(archive: Archive, count: int, words: str = "thi đua", **fields: Any) -> None:
    run_id = archive.begin_run("ingest", "0.1.0")
    for n in range(count):
        name = f"m{n:03}"
        archive.record_source(f"in/{name}.pdf", source(name))
        made = directive(
            name, **{"number": f"{n}/KH", "issued": f"2020-01-{n % 28 + 1:02}"} | fields
        )
        archive.put_directive(made, [page(words)], result_key="k", run_id=run_id)


def found(tree: Any) -> list[str]:
    return [a.get("href").partition("?")[0].rpartition("/")[2] for a in select(tree, "a.open")]


def chips(tree: Any) -> dict[str, str]:
    return {text(chip, "b"): chip.get("href") for chip in select(tree, "a.chip")}


def test_without_a_question_the_newest_come_first(browser: Open) -> None:
    tree = browser().page("/search")
    ids = found(tree)
    assert ids[:2] == ["d-hostile", "d-full"]
    assert len(ids) == 4
    assert "4 văn bản" in text(tree, "#found-title")
    assert select(tree, "input#q")[0].get("autofocus") is not None


@pytest.mark.parametrize(
    "words", ["sáng kiến", "sang kien", "120/ldld", '"đổi mới"', "chuy* sang", "SÁNG"]
)
def test_what_is_typed_is_found_with_or_without_marks(browser: Open, words: str) -> None:
    tree = browser().page("/search?q=" + words)
    assert found(tree) == (["d-full"] if "chuy" not in words else [])
    assert select(tree, "input#q")[0].get("value") == words


def test_what_was_asked_for_is_marked(browser: Open) -> None:
    tree = browser().page("/search?q=sang kien")
    assert [mark.text for mark in select(tree, ".snippet mark")] == ["sáng", "kiến"]
    assert text(tree, ".snippet").endswith("tr. 1")
    newest = browser().page("/search?q=sang kien&sort=newest")
    assert [mark.text for mark in select(newest, ".snippet mark")] == ["sáng", "kiến"]


def test_a_card_tells_what_a_clerk_looks_for(browser: Open) -> None:
    card = select(browser().page("/search?q=120/ldld"), "li.result")[0]
    told = text(card, ".result-body")
    for words in ("Công văn", "120/LĐLĐ", "25/4/2022", "Chờ soát", "thi đua", "Cà Mau",
                  "2 chỉ tiêu", "2 thời hạn", "01 triệu"):  # fmt: skip
        assert words in told
    (picture,) = select(card, "img")
    assert picture.get("src").startswith("/api/v1/directives/d-full/pages/1/picture?width=240")
    assert (picture.get("width"), picture.get("height")) == ("120", "170")


@pytest.mark.parametrize(
    ("asked", "ids"),
    [("issuer=ca mau", ["d-full"]),
     ("doc_type=cong van", ["d-full"]), ("level=province", ["d-full"]),
     ("province=Cà Mau", ["d-full"]), ("province_now=ca mau", ["d-full"]),
     ("campaign=01-trieu", ["d-full"]), ("issued_from=2023-01-01", ["d-hostile"]),
     ("issued_to=2022-12-31", ["d-full"]), ("target_kind=coverage", ["d-full"]),
     ("deadline_from=2022-06-01&deadline_to=2022-07-01", ["d-full"]), ("state=approved", []),
     ("needs_review=true", ["d-full"]), ("finding=page.blank", ["d-full"]),
     ("number=120/ldld", ["d-full"]), ("q=sang&state=pending", ["d-full"])],
)  # fmt: skip
def test_filters_are_those_of_the_archive(browser: Open, asked: str, ids: list[str]) -> None:
    assert found(browser().page(f"/search?{asked}")) == ids


def test_the_address_says_what_was_asked(browser: Open) -> None:
    opened = browser()
    tree = opened.page(
        "/search?q=sang&level=province&issued_from=2022-01-01&province=Cà Mau&sort=newest"
    )
    assert select(tree, "#f-issued_from")[0].get("value") == "2022-01-01"
    assert select(tree, "#f-level option[selected]")[0].get("value") == "province"
    assert text(tree, "#f-province option[selected]") == "Cà Mau"
    assert select(tree, "input[name=sort]")[0].get("value") == "newest"
    assert set(chips(tree)) == {"Tỉnh, thành phố", "1/1/2022", "Cà Mau"}
    without = chips(tree)["Tỉnh, thành phố"]
    assert without == "/search?q=sang&province=C%C3%A0+Mau&issued_from=2022-01-01&sort=newest"
    assert "Tỉnh, thành phố" not in chips(opened.page(without))


def test_a_campaign_is_named_by_what_is_found(browser: Open) -> None:
    assert list(chips(browser().page("/search?campaign=01-trieu"))) == ["01 triệu sáng kiến"]


def test_what_cannot_be_understood_is_left_out_and_said(browser: Open) -> None:
    tree = browser().page("/search?q=sang&issued_from=hôm qua&level=mars&page=x&cursor=y&sort=z")
    assert found(tree) == ["d-full"]
    assert "hôm qua" in text(tree, "p.wrong")
    assert chips(tree) == {}


def test_nothing_found_says_what_else_to_try(browser: Open) -> None:
    tree = browser().page("/search?q=khongcogi&state=approved")
    assert found(tree) == []
    told = text(tree, ".nothing")
    assert "Bỏ bớt từ" in told
    assert "/search?q=khongcogi" in [a.get("href") for a in select(tree, ".nothing a")]


def test_the_newest_go_on_to_the_end(browser: Open, archive: Archive) -> None:
    put_many(archive, 45)
    opened = browser()
    address, seen = "/search?q=thi dua&sort=newest", list[str]()
    while address:
        tree = opened.page(address)
        seen += found(tree)
        address = next((a.get("href") for a in select(tree, "a[rel=next]")), "")
    assert len(seen) == len(set(seen)) == 46
    days = {one.id: one.issued or "" for one in archive.list()}
    assert [days[id_] for id_ in seen] == sorted((days[id_] for id_ in seen), reverse=True)


def test_the_best_are_gone_through_page_by_page(browser: Open, archive: Archive) -> None:
    put_many(archive, 45)
    opened = browser()
    first = opened.page("/search?q=thi dua")
    assert "46 văn bản" in text(first, "#found-title")
    second = opened.page(select(first, "a[rel=next]")[0].get("href"))
    third = opened.page(select(second, "a[rel=next]")[0].get("href"))
    seen = found(first) + found(second) + found(third)
    assert len(seen) == len(set(seen)) == 46
    assert select(third, "a[rel=next]") == []
    assert select(third, "a[rel=prev]")[0].get("href") == "/search?q=thi+dua&page=2"


def test_ranking_ends_and_says_so(browser: Open, archive: Archive) -> None:
    put_many(archive, 45)
    tree = browser(search_rows_most=20).page("/search?q=thi dua")
    assert len(found(tree)) == 20
    assert "Chỉ xếp hạng" in text(tree, ".found")


def test_text_of_documents_is_data(browser: Open) -> None:
    for address in ("/search", "/search?q=script", f"/search?{'q=' + '<script>alert(1)</script>'}",
                    "/search?issuer=<script>", "/search?issued_from=<script>"):  # fmt: skip
        answer = browser().get(address)
        assert answer.status_code == 200
        assert "<script>" not in answer.text.replace("<script src", "")
    assert HOSTILE[:20] in text(browser().page("/search?q=script"), "h3")


def test_a_reader_sees_no_personal_data(browser: Open, token: Token) -> None:
    opened = browser(host=ELSEWHERE, token=token("read"))
    for words in ("thắc mắc", PHONE):
        answer = opened.get(f"/search?q={words}")
        assert found(html.fromstring(answer.content)) == ["d-private"]
        shown = answer.text.replace(f'value="{PHONE}"', "")
        shown = shown.replace(PHONE.replace(" ", "+"), "").replace(f"<title>{PHONE}", "")
        assert PHONE not in shown
        assert "d-private/pages" not in answer.text
        assert "[phone]" in answer.text


def test_a_reviewer_sees_it(browser: Open, token: Token) -> None:
    opened = browser(host=ELSEWHERE, token=token("review"))
    answer = opened.get("/search?q=thắc mắc")
    assert f"Liên hệ {PHONE}" in answer.text
    assert "personal_data=true" in answer.text


def test_the_export_is_of_what_was_found(browser: Open) -> None:
    opened = browser()
    tree = opened.page("/search?q=sang&level=province")
    link = next(a for a in select(tree, "a[download]") if "exports" in a.get("href"))
    lines = opened.client.get(link.get("href")).text.splitlines()
    assert len(lines) == 1
    assert '"id":"d-full"' in lines[0].replace(" ", "")


def test_names_are_completed(browser: Open) -> None:
    opened = browser()
    answer = opened.client.get("/search/options/issuer?issuer=ca mau")
    assert '<option value="Liên đoàn Lao động tỉnh Cà Mau">' in answer.text
    answer = opened.client.get("/search/options/campaign?campaign=trieu")
    assert '<option value="01-trieu" label="01 triệu sáng kiến">' in answer.text
    assert opened.get("/search/options/tokens").status_code == 404


def test_english(browser: Open) -> None:
    opened = browser()
    opened.get("/search")
    opened.post("/language", {"to": "en", "next": "/search?q=sang"})
    tree = opened.page("/search?q=sang")
    assert text(tree, "#found-title") == "1 document"
    assert "25 Apr 2022" in text(tree, "li.result")


def test_a_page_of_results_is_light(browser: Open, archive: Archive) -> None:
    put_many(archive, 30, "thi đua " * 400, subject="nội dung " * 60)
    assert len(browser().get("/search?q=thi dua").content) < 100_000


@given(st.lists(st.tuples(st.sampled_from(["q", "page", "level", "issued_from", "x"]), st.text())))
def test_no_address_is_a_mistake(asked: list[tuple[str, str]]) -> None:
    made = question(asked, Filter)
    assert made.page >= 1
    assert question(_pairs(made.address(page=made.page)), Filter) == made or made.refused


def _pairs(address: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(address.partition("?")[2], keep_blank_values=True)


@given(st.text(), st.lists(st.integers(0, 20), unique=True).map(sorted))
def test_a_snippet_is_never_changed_by_its_marks(snippet: str, cuts: list[int]) -> None:
    inside = [cut for cut in cuts if cut <= len(snippet)]
    marks = list(zip(inside[::2], inside[1::2], strict=False))
    made = pieces(snippet, marks)
    assert "".join(piece.text for piece in made) == snippet
    assert [piece.text for piece in made if piece.on] == [snippet[a:b] for a, b in marks]
