"""The dashboard: figures as the archive tells them, none that misleads, each with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from models.cells import guarded
from models.directive import Campaign, Citation, Deadline, Target
from models.finding import Evidence, Finding
from pipeline.archive import Archive, Filter
from pipeline.serve.web.dashboard import chain as chains
from pipeline.serve.web.dashboard import progress
from tests.archive.strategies import directive, field, page, source
from tests.serve.conftest import HOSTILE, PHONE
from tests.serve.web.conftest import Browser, Open

CAMPAIGN = Campaign(id="sang-kien", name="Một triệu sáng kiến")
CA_MAU = "Liên đoàn Lao động tỉnh Cà Mau"
AT = "/dashboard/{}?campaign=sang-kien"
SECOND = (Evidence(page=2, text="đạt"),)
Put = Callable[..., None]


@pytest.fixture
def put(archive: Archive) -> Put:
    """Put a document of the campaign."""
    run_id = archive.begin_run("ingest", "0.1.0")

    def of(name: str, *targets: Target, text: str = "x", **fields: Any) -> None:
        given = {"issuer": CA_MAU, "campaign": CAMPAIGN, "issued": "2022-05-31", "number": name}
        made = directive(name, **(given | {"targets": targets} | fields))
        archive.record_source(f"in/{name}.pdf", source(name))
        archive.put_directive(made, [page(text)], result_key="k", run_id=run_id)

    return of


def goal(value: float, **more: Any) -> Target:
    given = {"kind": "quota", "unit": "sáng kiến", "status": "accepted", "text": f"giao {value}"}
    return Target(**{**given, "value": value} | more)


def result(value: float, **more: Any) -> Target:
    return goal(value, **({"kind": "result", "text": f"đạt {value}"} | more))


def words(tree: Any) -> str:
    return " ".join(tree.text_content().split())


def rows(answer: Any) -> list[dict[str, str]]:
    """A CSV as it was sent."""
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def measures(tree: Any) -> list[tuple[str, str, str]]:
    """Organisation, figure and fill of each bar."""
    found = []
    for one in tree.xpath("//li[contains(@class, 'measure')]"):
        (bar,) = one.xpath(".//rect")
        (figure,) = one.xpath(".//*[@class='gauge-figure']")
        found.append((one.xpath("string(.//strong)"), words(figure), bar.get("fill")))
    return found


# -- targets and results -------------------------------------------------------------------------


def test_a_bar_is_as_long_as_its_share_and_leads_to_the_lines(browser: Open, put: Put) -> None:
    put("1-CV", goal(1527), result(8811, evidence=SECOND))
    tree = browser().page(AT.format("progress"))
    assert measures(tree) == [(CA_MAU, "577 %", "#0072B2")]
    (bar,) = tree.xpath("//li[contains(@class, 'measure')]//rect")
    assert float(bar.get("width").removesuffix("%")) == pytest.approx(577.01 / 6, abs=0.01)
    assert bar.get("x") == "0"
    lines = tree.xpath("//p[contains(@class, 'lines')]/a/@href")
    assert lines == [
        "/documents/d-1-CV?page=2&field=targets.1",
        "/documents/d-1-CV?field=targets.0",
    ]
    assert "1 trong 1 chỉ tiêu" in words(tree.xpath("//h2")[0])
    assert "8.811 / 1.527 sáng kiến" in words(tree)


def test_what_must_be_confirmed_is_hatched_and_says_so(browser: Open, put: Put) -> None:
    put("1-CV", goal(100), result(50, status="review"))
    tree = browser().page(AT.format("progress"))
    assert measures(tree) == [(CA_MAU, "50 %", "url(#look-doubt)")]
    assert "cần xác nhận" in words(tree.xpath("//li[contains(@class, 'measure')]")[0])
    assert "Chưa có chỉ tiêu nào" in words(tree.xpath("//h2")[0])


def test_a_share_that_the_document_states_otherwise_is_never_drawn_as_sure(
    browser: Open, put: Put
) -> None:
    put("1-CV", goal(2052), result(3496), result(77.1, unit="%"))
    tree = browser().page(AT.format("progress"))
    assert measures(tree) == [(CA_MAU, "170,4 %", "url(#look-doubt)")]
    assert "văn bản ghi tỷ lệ khác" in words(tree)


@pytest.mark.parametrize(
    ("stated", "goal_value", "sure"),
    [
        (39.7, 1767, True),
        (39.7, 1778, False),
        (39.5, 1778, True),
        (39.4, 1778, True),
        (40, 1767, True),
    ],
)
def test_a_stated_share_stands_beside_the_computed_one_and_is_doubted_beyond_rounding(
    browser: Open, put: Put, stated: float, goal_value: float, sure: bool
) -> None:
    put("1-CV", goal(goal_value), result(702), result(stated, unit="%"))
    tree = browser().page(AT.format("progress"))
    ((_, figure, fill),) = measures(tree)
    assert (figure, fill) == (
        f"{702 / goal_value * 100:.1f} %".replace(".", ","),
        "#0072B2" if sure else "url(#look-doubt)",
    )
    assert f"văn bản ghi {str(stated).replace('.', ',')} %" in words(tree)
    assert ("văn bản ghi tỷ lệ khác" in words(tree)) is not sure


def test_of_many_bars_the_lowest_of_every_campaign_are_drawn_and_the_rest_is_linked(
    browser: Open, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_BARS", 5)
    for place, share in enumerate((90, 20, 700, 40, 30)):
        put(f"{place}-CV", goal(100), result(share), issuer=f"Liên đoàn Lao động tỉnh {place}")
    put("x", goal(100), result(60), campaign=Campaign(id="nha", name="Mái ấm"))
    opened = browser()
    tree = opened.page("/dashboard/progress")
    assert [figure for _, figure, _ in measures(tree)] == ["60 %", "20 %", "30 %", "40 %", "90 %"]
    assert "800" not in words(tree.xpath("//*[contains(@class, 'measure-head')]")[0])
    (more,) = tree.xpath("//a[contains(., 'dòng của phong trào này')]")
    assert "1 dòng" in words(more)
    tree = opened.page(more.get("href").partition("#")[0])
    assert {figure for _, figure, _ in measures(tree)} == {"20 %", "30 %", "40 %", "90 %", "700 %"}
    assert len(rows(opened.get(AT.format("progress.csv")))) == 5


def test_a_lower_bound_that_does_not_tell_is_counted_apart(browser: Open, put: Put) -> None:
    put("1-CV", goal(100), result(88, comparator=">="))
    tree = browser().page(AT.format("progress"))
    assert "1 dòng văn bản chỉ nêu mức tối thiểu" in words(tree)
    assert "Chưa có chỉ tiêu nào" in words(tree.xpath("//h2")[0])


def test_a_share_without_a_target_is_told_as_the_documents_own(browser: Open, put: Put) -> None:
    put("1-CV", result(577, unit="%", population="8.818/1.527"))
    tree = browser().page(AT.format("progress"))
    assert measures(tree) == [(CA_MAU, "577 %", "url(#look-told)")]
    assert "không có chỉ tiêu để so" in words(tree)


def test_where_nothing_can_be_compared_the_reason_is_said_in_both_languages(
    browser: Open, put: Put
) -> None:
    put("1-CV", goal(100))
    opened = browser()
    tree = opened.page(AT.format("progress"))
    assert measures(tree) == []
    assert "chưa có kết quả" in words(tree)
    opened.post("/language", {"to": "en", "next": "/dashboard"})
    assert "no result" in words(opened.page(AT.format("progress")))


def test_what_several_documents_say_alike_is_drawn_once(browser: Open, put: Put) -> None:
    for name in ("1-CV", "2-CV"):
        put(name, result(90, unit="%", population="đoàn viên"))
    tree = browser().page(AT.format("progress"))
    assert len(measures(tree)) == 1
    assert "1 dòng khác nói giống vậy" in words(tree)
    (row,) = rows(browser().get(AT.format("progress.csv")))
    assert row["lines"] == "2"


def test_the_figures_are_those_of_the_archive(browser: Open, put: Put, archive: Archive) -> None:
    put("1-CV", goal(5091), result(2660), number="120/LĐLĐ")
    put("2-CV", goal(80, unit="nhà"), issuer="Liên đoàn Lao động tỉnh An Giang")
    told = archive.progress(Filter(campaign="sang-kien"))
    sent = rows(browser().get(AT.format("progress.csv")))
    assert len(sent) == len(told) == 2
    for row, known in zip(sent, told, strict=True):
        assert row["organisation"] == known.organisation
        assert known.goal is not None
        assert float(row["goal"]) == known.goal.value
        share = "" if known.ratio is None else str(round(100 * known.ratio, 2))
        assert row["percent"] == share


# -- the table, the CSV and the chart ------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["progress", "deadlines", "chain", "coverage", "quality-states", "quality-fields",
     "quality-reasons", "quality-reading", "quality-repair", "quality-findings"],
)  # fmt: skip
def test_the_csv_has_the_rows_of_the_table(browser: Open, put: Put, name: str) -> None:
    put("1-CV", goal(100), result(50), deadlines=DUE, citations=(cites("9/KH-TLĐ"),))
    opened = browser()
    panel = name.partition("-")[0]
    tree = opened.page(f"/dashboard/{panel}?span=2022-06")
    shown = tree.xpath(f"//table[@id='table-{name}']/tbody/tr")
    sent = rows(opened.get(f"/dashboard/{name}.csv?span=2022-06"))
    assert len(shown) == len(sent)
    (link,) = tree.xpath(f"//a[contains(@href, '/dashboard/{name}.csv')]/@href")
    assert rows(opened.get(link)) == sent
    for cells, row in zip(shown, sent, strict=True):
        values = [words(cell) for cell in cells.xpath("td")]
        for value, shown_as in zip(row.values(), values, strict=True):
            assert (value == "") == (shown_as == "–")


def test_no_cell_is_a_formula(browser: Open, put: Put) -> None:
    evil = '=HYPERLINK("http://example.org";"x")'
    put("1-CV", goal(100, unit="+cmd|' /C calc'!A0"), issuer=evil)
    (row,) = rows(browser().get(AT.format("progress.csv")))
    assert row["organisation"] == guarded(evil) == f"'{evil}"
    assert row["unit"].startswith("'+")


def test_hostile_texts_are_data_in_every_panel(browser: Open, put: Put) -> None:
    put("1-CV", goal(100, unit=HOSTILE, population=HOSTILE), result(50, unit=HOSTILE),
        number=HOSTILE,
        issuer=f"{HOSTILE} tỉnh Cà Mau", subject=HOSTILE, citations=(cites(HOSTILE),),
        campaign=Campaign(id="sang-kien", name=HOSTILE),
        deadlines=(Deadline(text=HOSTILE, date="2022-06-30", action=HOSTILE, responsible=HOSTILE),),
        findings=(Finding(code="x.<b>", severity="warning", message=HOSTILE),))  # fmt: skip
    answer = browser().get("/dashboard/report?span=2022-06")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<b>" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


@pytest.mark.parametrize(
    "path", ["/dashboard?campaign={0}&issuer={0}", "/dashboard/chain?root={0}"]
)
def test_what_is_asked_for_is_data(browser: Open, path: str) -> None:
    answer = browser().get(path.format("%3Cscript%3Ealert(1)%3C/script%3E"))
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_personal_data_is_masked_unless_one_may_review(
    browser: Open, put: Put, token: Callable[[str], str]
) -> None:
    seen = (Evidence(page=1, text=PHONE),)
    marked = Finding(code="pii.phone", severity="info", message="A number.", evidence=seen)
    due = Deadline(text=f"báo về {PHONE}", date="2022-06-30", action=f"gọi {PHONE}")
    put("1-CV", goal(100, population=f"số {PHONE}"), findings=(marked,), deadlines=(due,))
    address = "/dashboard/report?campaign=sang-kien&span=2022-06"
    files = ("progress.csv", "deadlines.csv", "deadlines.ics")
    reader = browser(host="192.0.2.1", token=token("read"))
    reviewer = browser(host="192.0.2.1", token=token("review"))
    for who, sees in ((reader, False), (reviewer, True)):
        assert (PHONE in who.get(address).text) is sees
        for name in files:
            text = who.get(f"/dashboard/{name}?campaign=sang-kien&span=2022-06").text
            assert (PHONE in text) is sees, name


# -- deadlines -----------------------------------------------------------------------------------

DUE = (
    Deadline(text="trước 1/7", date="2022-07-01", operator="before", action="Gửi báo cáo; sơ kết, "
             "\\ " + "đánh giá " * 12, responsible="Công đoàn cơ sở", status="accepted"),
    Deadline(text="ngày 20 hằng tháng", recurrence="FREQ=MONTHLY;BYMONTHDAY=20"),
)  # fmt: skip


def test_a_month_shows_what_is_due_as_the_archive_tells_it(
    browser: Open, put: Put, archive: Archive
) -> None:
    put("1-CV", deadlines=DUE)
    told = archive.due(date(2022, 6, 1), ahead_days=29, filter=Filter(campaign="sang-kien"))
    tree = browser().page(AT.format("deadlines") + "&span=2022-06&on=2022-06-25")
    assert [li.get("id") for li in tree.xpath("//ol[@class='due-list']/li")] == [
        f"due-{row.due}" for row in told
    ] == ["due-2022-06-20", "due-2022-06-30"]  # fmt: skip
    text = words(tree)
    assert "2 việc đến hạn trong tháng 6/2022" in text
    assert "1 đã qua · 1 sắp tới · 1 lặp lại định kỳ · 1 cần xác nhận" in text
    assert "đã qua 5 ngày" in text
    assert "còn 5 ngày" in text
    assert "hằng tháng, ngày 20" in text
    assert "Thực hiện: Công đoàn cơ sở" in text
    assert "/documents/d-1-CV?field=deadlines.0" in tree.xpath("//ol//a/@href")
    busy = [
        words(td) for td in tree.xpath("//table[@class='calendar']//td[contains(@class,'busy')]")
    ]
    assert [text.split()[0] for text in busy] == ["20", "30"]


def test_a_quarter_has_three_months_and_its_neighbours(browser: Open, put: Put) -> None:
    put("1-CV", deadlines=DUE)
    tree = browser().page(AT.format("deadlines") + "&span=2022-Q1")
    assert len(tree.xpath("//table[@class='calendar']")) == 3
    before, after, other = tree.xpath("//a[starts-with(@id, 'span-')]/@href")
    assert "span=2021-Q4" in before
    assert "span=2022-Q2" in after
    assert "span=2022-01" in other


def test_without_a_month_the_nearest_with_something_due_is_shown(browser: Open, put: Put) -> None:
    put("1-CV", deadlines=DUE[:1])
    tree = browser().page(AT.format("deadlines") + "&on=2026-01-01")
    assert tree.get_element_by_id("span").value == "2022-07"


@pytest.mark.parametrize("span", ["2022-13", "2022-Q5", "2022", "0000-01", "9999-12", "2022-1"])
def test_what_is_no_month_is_refused(browser: Open, span: str) -> None:
    assert browser().get(f"/dashboard/deadlines?span={span}").status_code == 422
    assert browser().get(f"/dashboard/deadlines.ics?span={span}").status_code == 422


def unfolded(answer: Any) -> list[str]:
    """Lines of a calendar file; each of those that are sent is at most 75 octets long."""
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = answer.content.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    return answer.content.decode().replace("\r\n ", "").split("\r\n")[:-1]  # type: ignore[no-any-return]


def test_the_calendar_file_has_an_event_for_each_day_that_is_due(browser: Open, put: Put) -> None:
    put("1-CV", deadlines=DUE)
    lines = unfolded(browser().get("/dashboard/deadlines.ics?campaign=sang-kien&span=2022-06"))
    assert (lines[0], lines[1], lines[-1]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
    days = [line for line in lines if line.startswith("DTSTART")]
    assert days == ["DTSTART;VALUE=DATE:20220620", "DTSTART;VALUE=DATE:20220630"]
    assert len({line for line in lines if line.startswith("UID:")}) == 2
    assert [line for line in lines if line.startswith("STATUS")] == [
        "STATUS:TENTATIVE", "STATUS:CONFIRMED",
    ]  # fmt: skip
    summary = next(line for line in lines if line.startswith("SUMMARY:Gửi"))
    assert summary.startswith("SUMMARY:Gửi báo cáo\\; sơ kết\\, \\\\ đánh giá")
    assert any(line.endswith("/documents/d-1-CV?field=deadlines.0") for line in lines)


def test_only_what_is_picked_is_in_the_calendar_file(browser: Open, put: Put) -> None:
    put("1-CV", deadlines=DUE)
    opened = browser()
    tree = opened.page(AT.format("deadlines") + "&span=2022-06")
    picks = tree.xpath("//input[@name='pick']/@value")
    assert len(picks) == 2
    address = f"/dashboard/deadlines.ics?campaign=sang-kien&span=2022-06&pick={picks[1]}"
    assert unfolded(opened.get(address)).count("BEGIN:VEVENT") == 1


def test_a_hostile_deadline_adds_nothing_to_the_calendar_file(browser: Open, put: Put) -> None:
    evil = "x\r\nEND:VEVENT\nBEGIN:VEVENT\u2028URL:http://example.org"
    due = Deadline(text=evil, date="2022-06-30", action=evil, responsible=evil)
    put("1-CV", deadlines=(due,), number=evil)
    lines = unfolded(browser().get("/dashboard/deadlines.ics?campaign=sang-kien&span=2022-06"))
    assert lines.count("BEGIN:VEVENT") == 1
    assert [line for line in lines if line.startswith("URL:")] == [
        "URL:http://127.0.0.1:8417/documents/d-1-CV?field=deadlines.0"
    ]


# -- the chain -----------------------------------------------------------------------------------


def cites(number: str, **more: Any) -> Citation:
    fields = {key: field(value) for key, value in more.items()}
    return Citation(number=field(number), relation="implements", **fields)


@pytest.fixture
def chain(put: Put) -> None:
    """The Confederation's plan, two provinces that carry it out, and a district under one."""
    tld = "Tổng Liên đoàn Lao động Việt Nam"
    of_plan = cites("9/KH-TLĐ", issuer=tld, issued="2022-01-01")
    put("plan", number="9/KH-TLĐ", issuer=tld, issued="2022-01-01")
    put("one", number="5/KH-LĐLĐ", issued="2022-02-01", citations=(of_plan,))
    put("two", number="6/KH-LĐLĐ", issuer="Liên đoàn Lao động tỉnh An Giang", issued="2022-02-02",
        citations=(of_plan,))  # fmt: skip
    put("three", number="7/LĐLĐ", issuer="Liên đoàn Lao động huyện Năm Căn", issued="2022-03-01",
        citations=(cites("5/KH-LĐLĐ", issuer=CA_MAU, issued="2022-02-01"),))  # fmt: skip


@pytest.mark.usefixtures("chain")
def test_the_chain_begins_at_what_the_most_carry_out_and_goes_down_the_levels(
    browser: Open,
) -> None:
    tree = browser().page(AT.format("chain"))
    assert "3 văn bản triển khai 9/KH-TLĐ" in words(tree.xpath("//h2")[0])
    graph = tree.xpath("//div[contains(@class, 'graph')]/svg")[0]
    layers = [words(text) for text in graph.xpath(".//text[@class='layer']")]
    assert layers == ["Trung ương", "Tỉnh", "Huyện"]
    assert graph.xpath(".//a/@href") == [
        f"/documents/d-{n}" for n in ("plan", "one", "two", "three")
    ]
    assert len(graph.xpath("./path")) == 3
    listed = tree.xpath("//ul[@class='tree']//a/@href")
    assert sorted(listed) == sorted(graph.xpath(".//a/@href"))


@pytest.mark.usefixtures("chain")
def test_a_chain_from_another_document(browser: Open) -> None:
    tree = browser().page(AT.format("chain") + "&root=5/KH-LĐLĐ")
    assert "1 văn bản triển khai 5/KH-LĐLĐ" in words(tree.xpath("//h2")[0])
    assert "Không tìm thấy" in words(
        browser().page("/dashboard/chain?root=404/KH").xpath("//h2")[0]
    )


def test_what_agrees_in_the_number_alone_is_dashed(browser: Open, put: Put) -> None:
    put("1-CV", citations=(cites("88/KH-TLĐ"),))
    tree = browser().page(AT.format("chain"))
    (path,) = tree.xpath("//div[contains(@class, 'graph')]/svg/path")
    assert path.get("stroke-dasharray")
    assert "chưa có trong kho" in words(tree)
    (row,) = rows(browser().get(AT.format("chain.csv")))
    assert (row["cites"], row["certain"]) == ("88/KH-TLĐ", "by_number")


def test_many_branches_are_folded_and_can_be_opened(browser: Open, put: Put) -> None:
    for number in range(11):
        put(f"{number}-CV", citations=(cites("88/KH-TLĐ"),))
    opened = browser()
    tree = opened.page(AT.format("chain"))
    assert len(tree.xpath("//div[contains(@class, 'graph')]/svg/path")) == 6
    (more,) = tree.xpath("//div[contains(@class, 'graph')]//a[starts-with(@id, 'open-')]")
    assert "+5" in words(more)
    tree = opened.page(more.get("href").partition("#")[0])
    assert len(tree.xpath("//div[contains(@class, 'graph')]/svg/path")) == 11
    assert len(rows(opened.get(AT.format("chain.csv")))) == 11


def test_what_hangs_on_a_document_in_two_ways_is_counted_once(browser: Open, put: Put) -> None:
    twice = (cites("88/KH-TLĐ"), cites("88/KH-TLĐ").model_copy(update={"relation": "based_on"}))
    for number in range(8):
        put(f"{number}-CV", citations=twice)
    (more,) = browser().page(AT.format("chain")).xpath("//a[starts-with(@id, 'open-')]")
    assert words(more) == "+2"


def test_a_long_chain_is_drawn_from_its_nearest_and_its_file_has_more(
    browser: Open, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chains, "_LOOKED", 4)
    for number in range(9):
        put(f"{number}-CV", citations=(cites("88/KH-TLĐ"),))
    opened = browser()
    tree = opened.page(AT.format("chain"))
    assert "3+ văn bản triển khai 88/KH-TLĐ" in words(tree.xpath("//h2")[0])
    assert "sơ đồ chỉ xét 4 văn bản gần nhất" in words(tree)
    assert len(rows(opened.get(AT.format("chain.csv")))) == 9


def test_what_an_opened_document_does_not_show_is_in_the_file(
    browser: Open, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chains, "_OPENED", 7)
    for number in range(9):
        put(f"{number}-CV", citations=(cites("88/KH-TLĐ"),))
    opened = browser()
    (more,) = opened.page(AT.format("chain")).xpath("//a[starts-with(@id, 'open-')]")
    tree = opened.page(more.get("href").partition("#")[0])
    assert not tree.xpath("//a[starts-with(@id, 'open-')]")
    (rest,) = tree.xpath("//a[starts-with(@id, 'rest-')]")
    assert words(rest) == "+2"
    assert rest.get("href").partition("?")[0] == "/dashboard/chain.csv"


# -- provinces and quality -----------------------------------------------------------------------


def test_provinces_are_shown_as_of_now_and_as_they_were(browser: Open, put: Put) -> None:
    put("1-CV", goal(100), result(50))
    put("2-CV", issuer="Liên đoàn Lao động tỉnh Bạc Liêu")
    now = browser().page(AT.format("coverage"))
    assert "1 trong 34 tỉnh" in words(now.xpath("//h2")[0])
    then = browser().page(AT.format("coverage") + "&provinces=then")
    assert "2 trong 63 tỉnh" in words(then.xpath("//h2")[0])
    tiles = {
        words(g.xpath("title")[0]): g.get("class")
        for g in then.xpath("//svg[@class='map']/g")
        if g.get("class") != "on-none"
    }
    assert tiles == {
        "Cà Mau: có kết quả – 1": "on-results", "Bạc Liêu: có văn bản – 1": "on-documents",
    }  # fmt: skip
    assert len(rows(browser().get(AT.format("coverage.csv") + "&provinces=then"))) == 63


def test_the_quality_is_that_of_the_archive(browser: Open, put: Put, archive: Archive) -> None:
    put("1-CV", findings=(Finding(code="page.blank", severity="info", message="Blank."),))
    put("2-CV", number=field("2/KH", status="review"))
    opened = browser()
    fields = {row["field"]: row for row in rows(opened.get(AT.format("quality-fields.csv")))}
    assert (fields["number"]["accepted"], fields["number"]["review"]) == ("1", "1")
    assert fields["number"]["percent"] == "50"
    (state,) = rows(opened.get(AT.format("quality-states.csv")))
    assert (state["state"], state["documents"]) == ("pending", "2")
    kinds = rows(opened.get("/dashboard/quality-findings.csv"))
    told = archive.finding_counts()
    assert [(row["code"], int(row["findings"])) for row in kinds] == [
        (row.code, row.findings) for row in told
    ]
    assert "Trang trắng" in words(opened.page("/dashboard/quality"))


# -- the page ------------------------------------------------------------------------------------


def test_each_panel_is_loaded_by_itself_with_the_same_filter(browser: Open, put: Put) -> None:
    put("1-CV", goal(100), result(50))
    opened = browser()
    tree = opened.page("/dashboard?campaign=sang-kien&level=province&span=2022-06")
    waiting = tree.xpath("//section[@hx-get]")
    assert [one.get("id") for one in waiting] == [
        "progress", "deadlines", "chain", "coverage", "quality",
    ]  # fmt: skip
    for one in waiting:
        address = one.get("hx-get")
        assert "campaign=sang-kien" in address
        assert "span=2022-06" in address
        part = opened.get(address, headers={"HX-Request": "true"})
        assert part.status_code == 200
        assert part.text.lstrip().startswith(f'<section class="card panel" id="{one.get("id")}"')
        assert opened.page(address).xpath("//h1")  # and as a page of its own
    (chosen,) = tree.xpath("//select[@name='campaign']/option[@selected]")
    assert words(chosen) == "Một triệu sáng kiến (1)"


def test_a_part_is_pushed_under_the_address_of_the_page_that_asked(browser: Open) -> None:
    opened = browser()
    for page_path in ("/dashboard", "/dashboard/coverage"):
        headers = {"HX-Request": "true", "HX-Current-URL": f"http://127.0.0.1:8417{page_path}?x=1"}
        part = opened.get("/dashboard/coverage?issuer=a", headers=headers).text
        assert f'hx-push-url="{page_path}?issuer=a&amp;provinces=then"' in part


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_report_has_everything_and_stays_small(browser: Open, put: Put, language: str) -> None:
    for number in range(40):
        put(f"{number}-CV", goal(100 + number), result(50), deadlines=DUE,
            citations=(cites("88/KH-TLĐ"),))  # fmt: skip
    opened = browser()
    opened.get("/dashboard")
    opened.post("/language", {"to": language, "next": "/login"})
    answer = opened.get("/dashboard/report?span=2022-Q2")
    assert answer.status_code == 200
    assert answer.text.count("<h2") == 5
    assert len(answer.content) < 300_000
    for name in ("", "/progress", "/deadlines", "/chain", "/coverage", "/quality"):
        assert len(opened.get(f"/dashboard{name}?span=2022-Q2").content) < 300_000


def test_an_empty_part_of_the_archive_says_so(browser: Open) -> None:
    answer = browser().get("/dashboard/report?campaign=none-such&span=2022-06")
    assert answer.status_code == 200
    assert "Chưa có chỉ tiêu, kết quả nào" in answer.text
    assert "0 trong 34" in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/dashboard/nothing", 404), ("/dashboard/nothing.csv", 404), ("/dashboard/quality.csv", 404),
     ("/dashboard/deadlines.ics", 422), ("/dashboard?level=none", 422),
     ("/dashboard?issued_from=2022-02-30", 422), ("/dashboard?issued_from=x", 422),
     ("/dashboard/coverage?provinces=x", 422), ("/dashboard?issued_from=&issued_to=", 200)],
)  # fmt: skip
def test_what_cannot_be_asked_for(browser: Open, path: str, status: int) -> None:
    assert browser().get(path).status_code == status


def test_whoever_may_read_sees_the_dashboard(browser: Open, token: Callable[[str], str]) -> None:
    opened: Browser = browser(host="192.0.2.1", token=token("read"))
    assert opened.get("/dashboard/report").status_code == 200
    assert browser(host="192.0.2.1").get("/dashboard/progress.csv").url.path == "/login"
