"""The frame of the pages: words in both languages, assets of our own, headers."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from pipeline.serve.problems import KINDS
from pipeline.serve.web.catalogue import LANGUAGES, Catalogue
from pipeline.serve.web.formats import FORMATS
from pipeline.serve.web.site import POLICY, inside, site
from tests.conftest import ROOT
from tests.serve.web.conftest import Open

WEB = ROOT / "pipeline" / "serve" / "web"
TEMPLATES = sorted(WEB.glob("templates/**/*.html"))
SOURCES = [*TEMPLATES, *sorted(WEB.glob("**/*.py"))]
#: ``t("key"``, ``say("key"``, ``notice("key"``; a key that ends in a point is made of a code.
_SAID = re.compile(r"""\b(?:t|say|notice)\(\s*["']([\w.-]+)["']""")
_ELSEWHERE = re.compile(r"""(?:src|href|action|hx-\w+|url)\s*[=(]\s*["']?(?:https?:)?//""", re.I)


def said_in(file: Path) -> set[str]:
    return set(_SAID.findall(file.read_text(encoding="utf-8")))


def test_every_message_of_a_page_is_in_the_catalogue() -> None:
    keys = Catalogue.load().keys
    for file in SOURCES:
        for key in said_in(file):
            if key.endswith((".", "-", "_")):
                assert any(known.startswith(key) for known in keys), (file.name, key)
            else:
                assert key in keys, (file.name, key)


def test_every_message_is_said_by_a_page() -> None:
    text = "\n".join(file.read_text(encoding="utf-8") for file in SOURCES)
    written = set(re.findall(r"""["']([a-z][\w-]*(?:\.[\w-]+)*\.?)["']""", text))
    leads = tuple(word for word in written if word.endswith("."))
    for key in Catalogue.load().keys:
        assert key in written or key.startswith(leads), key


def test_both_languages_say_the_same_values() -> None:
    catalogue = Catalogue.load()
    for key in catalogue.keys:
        fields = [
            {
                name
                for _, name, _, _ in string.Formatter().parse(catalogue._messages[key][code])
                if name
            }
            for code in LANGUAGES
        ]
        assert fields[0] == fields[1], key


def test_every_problem_has_its_words() -> None:
    keys = Catalogue.load().keys
    for name, _, _ in KINDS.values():
        assert {f"problems.{name}.title", f"problems.{name}.advice"} <= keys


@pytest.mark.parametrize("file", [*TEMPLATES, *WEB.glob("static/*.css")], ids=lambda f: f.name)
def test_nothing_is_loaded_from_elsewhere_nor_run_inline(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not _ELSEWHERE.search(text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"""\sstyle=|\son\w+=["']|<style|\|\s*safe\b|javascript:""", text)


def test_assets_are_kept_under_an_address_with_their_mark(browser: Open) -> None:
    opened = browser()
    for name, asset in site().assets.items():
        answer = opened.client.get(site().address(name))
        assert answer.content == asset.body
        assert "immutable" in answer.headers["cache-control"]
        assert opened.client.get(f"/static/{name}").headers["cache-control"] == "no-cache"
        again = opened.client.get(
            f"/static/{name}", headers={"If-None-Match": answer.headers["etag"]}
        )
        assert again.status_code == 304
    assert opened.client.get("/static/nothing.css").status_code == 404


def test_pages_bear_the_policy(browser: Open) -> None:
    answer = browser().get("/login")
    assert answer.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"


def test_vietnamese_first_and_english_by_a_switch(browser: Open) -> None:
    opened = browser()
    assert opened.page("/login").get("lang") == "vi"
    answer = opened.post("/language", {"to": "en", "next": "/login"})
    assert answer.url.path == "/login"
    assert opened.page("/login").get("lang") == "en"
    assert opened.post("/language", {"to": "fr", "next": "/login"}).status_code == 422


def test_trouble_is_told_as_a_page_and_to_programs_as_before(browser: Open) -> None:
    opened = browser()
    answer = opened.get("/nothing-here")
    assert answer.status_code == 404
    assert "Không tìm thấy" in answer.text
    assert "Not found" in answer.text
    api = opened.client.get("/api/v1/nothing-here")
    assert api.headers["content-type"] == "application/problem+json"


def test_what_is_asked_for_is_data_on_the_page_of_a_problem(browser: Open) -> None:
    answer = browser().get("/<script>alert(1)</script>")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    ("where", "gone"),
    [("/search?q=a", "/search?q=a"), ("", "/"), (None, "/"), ("https://example.org/", "/"),
     ("//example.org", "/"), ("/\\example.org", "/"), ("javascript:alert(1)", "/"),
     ("search", "/")],
)  # fmt: skip
def test_one_goes_on_to_this_server_only(where: str | None, gone: str) -> None:
    assert inside(where) == gone


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [(1041, "1.041", "1,041"), (52.2, "52,2", "52.2"), (0.125, "0,13", "0.13"), (100, "100", "100"),
     (None, "–", "–"), (1234567.5, "1.234.567,5", "1,234,567.5"), (0, "0", "0")],
)  # fmt: skip
def test_numbers(value: float | None, vi: str, en: str) -> None:
    assert (FORMATS["vi"].number(value), FORMATS["en"].number(value)) == (vi, en)


@pytest.mark.parametrize(
    ("share", "vi"),
    [(1.0, "100 %"), (0.9999, "99 %"), (0.0001, "1 %"), (0.0, "0 %"), (0.522, "52 %")],
)
def test_shares_are_never_rounded_to_all_or_nothing(share: float, vi: str) -> None:
    assert FORMATS["vi"].percent(share) == vi


@pytest.mark.parametrize(
    ("edtf", "vi", "en"),
    [("2023-08-31", "31/8/2023", "31 Aug 2023"), ("2022-07", "7/2022", "Jul 2022"),
     ("2022", "2022", "2022"), ("2022-01-02/2022-03", "2/1/2022 – 3/2022", "2 Jan 2022 – Mar 2022"),
     ("2022-01/..", "1/2022 – …", "Jan 2022 – …"), ("2022-07~", "khoảng 7/2022", "about Jul 2022"),
     ("soon", "soon", "soon"), (None, "–", "–")],
)  # fmt: skip
def test_days(edtf: str | None, vi: str, en: str) -> None:
    assert (FORMATS["vi"].day(edtf), FORMATS["en"].day(edtf)) == (vi, en)
