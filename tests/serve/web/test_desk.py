"""The review desk's pages: queue, documents, decisions by script and by form, what was learned."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from lxml import html

from models.decision import Decision
from models.directive import Citation, FieldValue, Review
from models.finding import Evidence
from models.text import PageText
from pipeline.archive import Archive
from pipeline.serve.web.catalogue import Catalogue
from pipeline.serve.web.desk import rows, telling
from pipeline.serve.web.desk.presence import SECONDS, Presence
from tests.archive.strategies import directive, field, full_directive, page, source
from tests.conftest import ROOT
from tests.e2e.desk_documents import fill
from tests.serve.conftest import TestClient
from tests.serve.web.conftest import Browser, Open

HOSTILE = "<script>alert(1)</script>"
PERSON = "Người soát A"
Send = Callable[..., Any]


@pytest.fixture
def ids(archive: Archive) -> list[str]:
    """Two documents that wait, the first before the second."""
    return fill(archive, 2)


@pytest.fixture
def desk(browser: Open) -> Browser:
    """A browser on this machine that has told its person's name."""
    opened = browser()
    opened.get("/review")
    assert opened.post("/person", {"name": PERSON, "next": "/review"}).status_code == 200
    return opened


@pytest.fixture
def send(desk: Browser) -> Send:
    """Sends decisions as the page's script does: ``send(id, version, decisions...)``."""

    def sent(id_: str, expected: int, *decisions: dict[str, Any], key: str = "") -> Any:
        body = {"key": key or "k" * 8 + str(hash(json.dumps(decisions))), "expected": expected,
                "decisions": list(decisions)}  # fmt: skip
        return desk.client.post(
            f"/review/{id_}/decide", json=body, headers={"X-CSRF-Token": desk.csrf}
        )

    return sent


def version(archive: Archive, id_: str) -> int:
    return archive.version(id_).change_seq


def entry(tree: Any, path: str) -> Any:
    return tree.xpath(f"//li[@data-path='{path}']")[0]


# -- the queue -----------------------------------------------------------------------------------


def test_the_queue_tells_number_issuer_and_reasons_in_words(desk: Browser, ids: list[str]) -> None:
    tree = desk.page("/review")
    line = tree.xpath(f"//tr[.//a[@href='/review/{ids[0]}']]")[0]
    text = " ".join(line.text_content().split())
    assert "không đọc được" in text
    assert "Liên đoàn Lao động tỉnh Cà Mau" in text
    assert "Số ký hiệu: không đọc được" in text
    assert "Ngày ban hành: ngày có thể viết tay" in text
    assert "80 %" in text  # the least sure of what has a value
    assert tree.get_element_by_id("remain").text == str(len(tree.xpath("//tbody/tr")))


def test_the_queue_is_narrowed_and_the_way_through_it_stays_so(
    desk: Browser, archive: Archive, ids: list[str]
) -> None:
    tree = desk.page("/review?reason=issued&issuer=ca+mau")
    links = [a.get("href") for a in tree.xpath("//tbody//a")]
    assert links == [f"/review/{id_}?issuer=ca+mau&reason=issued" for id_ in ids]
    answer = desk.get("/review/next?reason=issued&issuer=ca+mau")
    assert str(answer.url.path) == f"/review/{ids[0]}"
    assert desk.page("/review?reason=secrecy").xpath("//tbody/tr") == []


def test_a_page_of_the_queue_follows_another(desk: Browser, archive: Archive) -> None:
    fill(archive, 55)
    first = desk.page("/review?doc_type=kế+hoạch")
    (more,) = first.xpath("//a[@rel='next']/@href")
    second = desk.page(more)
    seen = [a.get("href") for tree in (first, second) for a in tree.xpath("//tbody//a")]
    assert len(seen) == len(set(seen)) == 55


def test_two_people_are_led_to_different_documents(browser: Open, ids: list[str]) -> None:
    one = browser()
    two = Browser(TestClient(one.client.app, base_url="http://127.0.0.1:8417"))
    assert one.get("/review/next").url.path == f"/review/{ids[0]}"
    assert two.get("/review/next").url.path == f"/review/{ids[1]}"


def test_who_only_reads_does_not_review(browser: Open, token: Any, ids: list[str]) -> None:
    reader = browser(token=token("read"), token_on_loopback=True)
    for path in ("/review", f"/review/{ids[0]}", "/review/lexicon", "/review/cases.jsonl"):
        assert reader.get(path).status_code == 403


# -- a document ----------------------------------------------------------------------------------


def test_a_document_shows_each_field_with_its_candidates_and_reason(
    desk: Browser, ids: list[str]
) -> None:
    tree = desk.page(f"/review/{ids[0]}")
    number = entry(tree, "number")
    assert "open" in number.get("class").split()
    assert number.get("data-status") == "unreadable"
    assert json.loads(number.get("data-boxes")) == [[1, 0.2, 0.15, 0.4, 0.17]]
    assert [b.text for b in number.xpath(".//ol[@class='choices']//b")] == ["17/KH-LĐLĐ"]
    assert "1?/KH-LĐLĐ" in number.xpath(".//q/text()")
    assert number.xpath(".//ul[@class='whys']/li/text()") == ["không đọc được"]
    assert len(tree.xpath("//li[contains(@class, 'open')]")) == 2


def test_every_row_of_a_full_record_has_words(
    desk: Browser, archive: Archive, browser: Open
) -> None:
    (id_,) = [row.id for row in archive.list() if row.number == "120/LĐLĐ"]
    made = archive.get(id_)
    parts = "&".join(
        f"parts={name}/{n}" for name in ("citations", "targets", "deadlines")
        for n in range(len(getattr(made, name)))
    )  # fmt: skip
    tree = desk.page(f"/review/{id_}?{parts}")
    paths = [li.get("data-path") for li in tree.xpath("//li[@data-path]")]
    assert {"citations/0/relation", "targets/0/value", "deadlines/0/date"} <= set(paths)
    assert all(li.get("data-label") for li in tree.xpath("//li[@data-path]"))


def test_text_of_a_document_is_data(desk: Browser, archive: Archive) -> None:
    hostile = next(row for row in archive.list() if (row.number or "").startswith("<script>"))
    answer = desk.get(f"/review/{hostile.id}")
    assert answer.status_code == 200
    assert HOSTILE not in answer.text
    tree = html.fromstring(answer.content)
    assert HOSTILE in json.loads(entry(tree, "number").get("data-value"))


def test_a_long_record_is_a_small_page(desk: Browser, archive: Archive) -> None:
    seen = (Evidence(page=1, bbox=(0.1, 0.1, 0.5, 0.12), text="- Liên đoàn Lao động huyện;"),)
    many = tuple(
        FieldValue(value=f"Liên đoàn Lao động huyện {n}", raw=f"- LĐLĐ huyện {n};",
                   confidence=0.5, status="review", evidence=seen)
        for n in range(120)
    )  # fmt: skip
    cited = tuple(
        Citation(number=field(f"{n}/KH", evidence=seen), evidence=seen) for n in range(40)
    )
    made = directive("long", number="1/KH", recipients=many, citations=cited,
                     review=Review(reasons=("recipients: 120 of 120 uncertain",)))  # fmt: skip
    archive.record_source("in/long.pdf", source("long"))
    run_id = archive.begin_run("ingest", "0.1.0")
    archive.put_directive(made, [page("chữ")], result_key="k", run_id=run_id)
    assert len(desk.get(f"/review/{made.id}").content) < 300_000


def test_boxes_are_brought_onto_the_image_that_was_read() -> None:
    box = (0.2, 0.3, 0.5, 0.35)
    for rotation in (0, 90, 180, 270):
        for degrees in (0.0, 1.5, -2.0):
            sheet = PageText(page=1, read_by="ocr", width_px=1000, height_px=1400,
                             rotation=rotation, levelled_degrees=degrees)  # fmt: skip
            there = sheet.on_page(box)
            assert rows.on_image(sheet, there) == pytest.approx(box, abs=0.002)


# -- decisions -----------------------------------------------------------------------------------


def test_a_decision_is_kept_with_the_persons_name(
    send: Send, archive: Archive, ids: list[str]
) -> None:
    answer = send(ids[0], version(archive, ids[0]),
                  {"path": "number", "action": "correct", "value": "12"})  # fmt: skip
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["left"] == 1
    assert told["version"] == version(archive, ids[0])
    tree = html.fromstring(told["html"])
    assert json.loads(entry(tree, "number").get("data-value")) == "12/KH-LĐLĐ"
    (made,) = archive.decisions(ids[0])
    assert (made.actor, made.value, told["made"]) == (
        PERSON, "12/KH-LĐLĐ", [{"id": made.id, "path": "number"}],
    )  # fmt: skip


def test_what_is_sent_twice_is_decided_once(send: Send, archive: Archive, ids: list[str]) -> None:
    adding = {"path": "recipients", "action": "add", "value": "Ban Tổ chức"}
    seen = version(archive, ids[0])
    answers = [send(ids[0], seen, adding, key="the same key").json() for _ in range(2)]
    assert answers[0]["made"] == answers[1]["made"]
    assert len(archive.decisions(ids[0])) == 1


def test_an_approval_leads_to_the_next_document(
    send: Send, archive: Archive, ids: list[str]
) -> None:
    answer = send(ids[0], version(archive, ids[0]), {"action": "approve"})
    assert answer.json()["next"] == f"/review/{ids[1]}"
    assert answer.json()["state"] == "approved"


def test_a_conflict_tells_who_when_and_both_values(
    send: Send, archive: Archive, ids: list[str]
) -> None:
    seen = version(archive, ids[0])
    theirs = Decision(path="number", action="correct", value="44/KH-LĐLĐ")
    archive.review(ids[0], [theirs], by="Người soát B", expected=None)
    answer = send(ids[0], seen, {"path": "number", "action": "correct", "value": "45"})
    assert answer.status_code == 409
    conflict = answer.json()["conflict"]
    assert (conflict["path"], conflict["by"], conflict["theirs"], conflict["label"]) == (
        "number", "Người soát B", "44/KH-LĐLĐ", "Số ký hiệu",
    )  # fmt: skip
    assert conflict["at"]
    other = send(ids[0], seen, {"path": "issued", "action": "accept"})  # another field is free
    assert other.status_code == 200
    assert other.json()["others"] == ["Người soát B"]


def test_a_value_that_is_none_is_told_in_words(
    send: Send, archive: Archive, ids: list[str]
) -> None:
    answer = send(ids[0], version(archive, ids[0]),
                  {"path": "issued", "action": "correct", "value": "31/2/2022"})  # fmt: skip
    assert answer.status_code == 422
    assert "25/4/2022" in answer.json()["detail"]
    assert archive.decisions(ids[0]) == []


def test_nobody_decides_without_a_name_or_the_pages_mark(
    browser: Open, archive: Archive, ids: list[str]
) -> None:
    opened = browser()
    opened.get(f"/review/{ids[0]}")
    body = {"key": "k" * 8, "expected": 1, "decisions": [{"action": "approve"}]}
    where = f"/review/{ids[0]}/decide"
    answer = opened.client.post(where, json=body, headers={"X-CSRF-Token": opened.csrf})
    assert (answer.status_code, answer.json()["need"]) == (428, "person")
    assert opened.client.post(where, json=body).status_code == 403
    assert archive.decisions(ids[0]) == []


def test_the_last_decision_of_this_person_is_taken_back(
    desk: Browser, send: Send, archive: Archive, ids: list[str]
) -> None:
    send(ids[0], version(archive, ids[0]), {"path": "issued", "action": "accept"})
    archive.review(ids[0], [Decision(path="issuer", action="accept")], by="B", expected=None)

    def undo() -> Any:
        mark = {"X-CSRF-Token": desk.csrf}
        return desk.client.post(f"/review/{ids[0]}/undo", json={}, headers=mark).json()

    assert undo()["undone"]["path"] == "issued"
    assert undo() == {"nothing": True}
    assert [(one.path, one.stands) for one in archive.decisions(ids[0])] == [
        ("issued", False), ("issuer", True),
    ]  # fmt: skip


def test_a_form_decides_without_a_script(desk: Browser, archive: Archive, ids: list[str]) -> None:
    id_ = ids[0]
    tree = desk.page(f"/review/{id_}?at=number")

    def post(**fields: str) -> Any:
        shown = desk.page(f"/review/{id_}")
        seen = shown.xpath("//form[@id='decide']//input[@name='expected']/@value")[0]
        data = {"expected": seen} | {k.replace("__", " "): v for k, v in fields.items()}
        return desk.post(f"/review/{id_}/form", data)

    assert entry(tree, "number").xpath(".//input[@name='v number']")
    post(do="pick 1 number")
    assert archive.get(id_).number.value == "17/KH-LĐLĐ"
    post(do="", v__issuer="Công đoàn ngành Y tế")  # Enter in the input
    assert archive.get(id_).issuer.value == "Công đoàn ngành Y tế"
    post(do="add recipients", v__recipients="Ban Tổ chức")
    assert len(archive.get(id_).recipients) == 2
    answer = post(do="approve")
    assert answer.url.path == f"/review/{ids[1]}"
    assert archive.version(id_).review.state == "corrected"
    assert post(do="pick 9 number").status_code == 422
    assert post(do="burn number").status_code == 422


def test_the_history_tells_decisions_and_takes_them_back(
    desk: Browser, send: Send, archive: Archive, ids: list[str]
) -> None:
    send(ids[0], version(archive, ids[0]), {"path": "number", "action": "correct", "value": "12"})
    tree = desk.page(f"/review/{ids[0]}/history")
    (line,) = tree.xpath("//tbody/tr")
    text = " ".join(line.text_content().split())
    assert PERSON in text
    assert "Số ký hiệu: sửa thành 12/KH-LĐLĐ" in text
    desk.post(line.xpath(".//form/@action")[0])
    assert [one.stands for one in archive.decisions(ids[0])] == [False]
    tree = desk.page(f"/review/{ids[0]}/history")
    desk.post(tree.xpath("//tbody//form/@action")[0])
    assert [one.stands for one in archive.decisions(ids[0])] == [True]


def test_what_is_known_completes_what_is_typed(desk: Browser, ids: list[str]) -> None:
    answer = desk.get(f"/review/{ids[0]}/completions?field=parent_issuer&typed=lien+doan")
    assert "Liên đoàn Lao động tỉnh Cà Mau" in [one["value"] for one in answer.json()["items"]]


# -- what was learned ----------------------------------------------------------------------------


def test_what_was_learned_is_shown_and_revoked(
    desk: Browser, archive: Archive, ids: list[str]
) -> None:
    right = Decision(path="signer.name", action="correct", value="Trần Thị Mẫu")
    archive.review(ids[0], [right], by="B", expected=None)
    tree = desk.page("/review/lexicon?kind=signer")
    (line,) = tree.xpath("//tbody/tr")
    assert "Trần Thị Mẫu" in line.text_content()
    assert "đang dùng" in line.text_content()
    desk.post(line.xpath(".//form/@action")[0])
    (entry_,) = archive.lexicon("signer")
    assert entry_.revoked_by == PERSON
    assert "Dùng lại" in desk.get("/review/lexicon").text


def test_cases_are_exported_a_line_each(desk: Browser, archive: Archive, ids: list[str]) -> None:
    right = Decision(path="number", action="correct", value="12/KH-LĐLĐ")
    archive.review(ids[0], [right], by="B", expected=None)
    answer = desk.get("/review/cases.jsonl")
    assert "attachment" in answer.headers["content-disposition"]
    (case,) = [json.loads(line) for line in answer.text.splitlines()]
    assert (case["field"], case["person"]) == ("number", "12/KH-LĐLĐ")


# -- words ---------------------------------------------------------------------------------------

KEYS = Catalogue.load()


def say(key: str, /, **values: object) -> str:
    return KEYS.say("vi", key, **values)


@pytest.mark.parametrize(
    ("reason", "told"),
    [("number: unreadable", "không đọc được"),
     ("number: unreadable; candidates 12/KH (reading, file name), 13/KH (incoming stamp)",
      "không đọc được; có thể là 12/KH (chữ đọc được, tên tệp), 13/KH (dấu đến)"),
     ("issued: not enough witnesses agree on 2022-04-25 (reading), not 2022-04-26 (text layer)",
      "chưa đủ căn cứ cho 2022-04-25 (chữ đọc được); 2022-04-26 (lớp chữ của tệp)"),
     ("recipients: 2 of 3 uncertain", "2 trong 3 mục chưa chắc"),
     ("issuer: derived, not printed", "suy ra, không in trên trang"),
     ("finding: text.empty", "không có chữ nào"),
     ("finding: not.known", "not.known"), ("place: something new", "something new")],
)  # fmt: skip
def test_reasons_are_told_in_words(reason: str, told: str) -> None:
    assert telling.why(say, KEYS.has, reason).text == told


def test_every_row_and_every_listed_value_has_its_words() -> None:
    made = rows.shown(full_directive(), [page("chữ")], {"citations/0", "targets/0", "deadlines/0"})
    for row in made.rows:
        assert telling.label(say, row)
    for name, values in rows.LISTED.items():
        for value in values:
            code = telling.CODES.get(value, value)
            assert KEYS.has(f"desk.listed.{name.replace('.', '_')}.{code}")


# -- presence ------------------------------------------------------------------------------------


def test_a_document_is_open_elsewhere_for_a_while() -> None:
    now = [0.0]
    presence = Presence(lambda: now[0])
    presence.here("a", "s1", "A")
    assert presence.others("s2") == {"a": "A"}
    assert presence.others("s1") == {}
    presence.gone("a", "s1")
    assert presence.others("s2") == {}
    presence.here("b", "s1", "")
    assert not presence.claim("b", "s2", "B")
    assert presence.claim("b", "s1", "A")
    now[0] += SECONDS + 1
    assert presence.others("s2") == {}
    assert presence.claim("b", "s2", "B")


# -- keys ----------------------------------------------------------------------------------------


def test_the_docs_and_the_help_name_every_key_of_the_script() -> None:
    script = (ROOT / "pipeline/serve/web/static/desk_keys.js").read_text(encoding="utf-8")
    table = script[script.index("const KEYS = {") : script.index("const PAN")]
    keys = set(re.findall(r'^    (?:"(.)"|(\w+)):', table, re.MULTILINE))
    named = {a or b for a, b in keys}
    arrows = {"ArrowDown": "↓", "ArrowUp": "↑", "ArrowRight": "→", "ArrowLeft": "←"}
    wanted = {arrows.get(key, key) for key in named}
    wanted |= {"Enter", "1", "9", "Ctrl+Enter", "Tab", "Esc", "Alt+1"}
    docs = (ROOT / "docs" / "desk.md").read_text(encoding="utf-8")
    section = docs[docs.index("### Keys") :]
    rows_ = re.findall(r"^\| (.+?) \| ", section, re.MULTILINE)
    written = {key for row in rows_ for key in re.findall(r"`([^`]+)`", row)}
    assert wanted <= written
    helped = (ROOT / "pipeline/serve/web/templates/desk/dialogs.html").read_text(encoding="utf-8")
    offered = {
        key for names in re.findall(r'\("([^"]+)", "\w+"\)', helped) for key in names.split()
    }
    assert {arrows.get(key, key) for key in named} <= offered
