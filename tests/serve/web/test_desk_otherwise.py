"""At the desk: what the machine reads by now beside what a person decided before."""

from __future__ import annotations

from typing import Any

import pytest

from models.decision import Decision
from models.directive import Review
from pipeline.archive import Archive
from tests.archive.strategies import directive, field, full_directive, page, source
from tests.serve.web.conftest import Browser, Open

PENDING = Review(reasons=("number: uncertain",))
WHOLE = Decision(action="approve")


def read(archive: Archive, **fields: Any) -> str:
    run_id = archive.begin_run("ingest", "0.1.0")
    archive.record_source("in/one.pdf", source("one"))
    made = directive("one", **{"number": "12/KH-LĐLĐ", **fields})
    made = made.model_copy(update={"review": PENDING})
    archive.put_directive(made, [page("words")], result_key=f"k{run_id}", run_id=run_id)
    return made.id


@pytest.fixture
def id_(archive: Archive) -> str:
    """A document that was approved, and that the machine has read otherwise since."""
    targets = full_directive().targets[:1]
    id_ = read(archive, recipients=(field("Ban A"),), targets=targets)
    archive.review(id_, [WHOLE], by="Người soát B", expected=None)
    more = targets[0].model_copy(update={"text": "Kết nạp 500 đoàn viên", "evidence": ()})
    recipients = (field("Ban A"), field("Ban B"))
    return read(archive, number="72/KH-LĐLĐ", recipients=recipients, targets=(*targets, more))


@pytest.fixture
def desk(browser: Open) -> Browser:
    opened = browser()
    opened.get("/review")
    opened.post("/person", {"name": "Người soát A", "next": "/review"})
    return opened


def entry(tree: Any, path: str) -> Any:
    return tree.xpath(f"//li[@data-path='{path}']")[0]


def press(desk: Browser, id_: str, do: str) -> None:
    answer = desk.post(f"/review/{id_}/form", {"do": do})
    assert answer.status_code == 200, answer.text


def test_the_queue_has_it_and_says_why(desk: Browser, id_: str) -> None:
    for address in ("/review", "/review?reason=machine_reads_otherwise"):
        (line,) = desk.page(address).xpath(f"//tr[.//a[starts-with(@href, '/review/{id_}')]]")
        assert "lần đọc mới của máy cho kết quả khác" in line.text_content()


def test_both_values_stand_side_by_side(desk: Browser, id_: str) -> None:
    tree = desk.page(f"/review/{id_}")
    number = entry(tree, "number")
    assert "open" in number.get("class").split()
    assert number.find_class("detail-value")[0].text == "12/KH-LĐLĐ"
    assert "72/KH-LĐLĐ" in number.find_class("machine-now")[0].text_content()
    first = number.xpath(".//ol/li[1]/button")[0]
    assert first.get("value") == "pick 1 number"
    assert "72/KH-LĐLĐ" in first.text_content()
    assert not entry(tree, "subject").find_class("machine-now")
    finds = entry(tree, "recipients")
    assert "open" in finds.get("class").split()
    assert "Ban B" in finds.text_content()
    assert "Ban A" not in finds.text_content()
    assert tree.xpath("//form[@id='decide']/@data-left") == ["3"]


def test_the_machines_values_are_taken_by_their_keys(
    desk: Browser, archive: Archive, id_: str
) -> None:
    desk.page(f"/review/{id_}")
    for do in ("pick 1 number", "pick 1 recipients", "pick 1 targets"):
        press(desk, id_, do)
    stands = archive.get(id_)
    assert stands.number.value == "72/KH-LĐLĐ"
    assert [one.value for one in stands.recipients] == ["Ban A", "Ban B"]
    first, second = stands.targets
    same = ("kind", "value", "comparator", "unit", "population", "period")
    assert second.text == "Kết nạp 500 đoàn viên"
    assert [getattr(second, one) for one in same] == [getattr(first, one) for one in same]
    press(desk, id_, "approve")
    assert archive.get(id_).review.reasons == ()


def test_the_own_value_is_kept_by_accepting_it(desk: Browser, archive: Archive, id_: str) -> None:
    desk.page(f"/review/{id_}")
    press(desk, id_, "accept number")
    tree = desk.page(f"/review/{id_}")
    assert not entry(tree, "number").find_class("machine-now")
    assert archive.get(id_).number.value == "12/KH-LĐLĐ"
    press(desk, id_, "approve")
    assert archive.get(id_).review.reasons == ()
    assert not desk.page(f"/review/{id_}").find_class("machine-now")
    assert [one.value for one in archive.get(id_).recipients] == ["Ban A"]


def test_a_part_that_is_read_otherwise_is_shown_without_being_asked_for(
    desk: Browser, archive: Archive
) -> None:
    target = full_directive().targets[0]
    id_ = read(archive, targets=(target,))
    typed = Decision(path="targets/0/value", action="correct", value=4000)
    archive.review(id_, [typed, WHOLE], by="Người soát B", expected=None)
    later = Decision(path="targets/0/value", action="correct", value=4001)
    archive.review(id_, [later], by="Người soát B", expected=None)
    read(archive, targets=(target.model_copy(update={"value": 777.0}),))
    tree = desk.page(f"/review/{id_}")
    assert "777" in entry(tree, "targets/0/value").find_class("machine-now")[0].text_content()
    press(desk, id_, "accept targets/0/value")
    assert archive.get(id_).targets[0].value == 4001
    assert archive.get(id_).review.reasons == ()


@pytest.mark.parametrize("name", ["targets", "deadlines", "recipients", "citations"])
def test_an_item_that_was_missed_is_added_by_its_words_alone(
    desk: Browser, archive: Archive, id_: str, name: str
) -> None:
    desk.page(f"/review/{id_}")
    words = "15/KH-LĐLĐ" if name == "citations" else "Kết nạp 100 đoàn viên trước 30/6"
    before = len(getattr(archive.get(id_), name))
    answer = desk.post(f"/review/{id_}/form", {"do": f"add {name}", f"v {name}": words})
    assert answer.status_code == 200, answer.text
    items = getattr(archive.get(id_), name)
    assert len(items) == before + 1
    assert words in items[-1].model_dump_json()
