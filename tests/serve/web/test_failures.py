"""Why a file is in quarantine, in the words of people."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import errors
from pipeline.archive import Archive
from pipeline.serve.web.catalogue import LANGUAGES
from pipeline.serve.web.failures import _FORMS, form_of
from pipeline.serve.web.site import site
from tests.archive.strategies import failure
from tests.conftest import ROOT
from tests.serve.web.conftest import Open

#: Where what is put into quarantine comes from.
FILES = [
    *(ROOT / "pipeline" / "ingest").glob("*.py"),
    *(ROOT / "pipeline" / "recognise").glob("*.py"),
    *(ROOT / "pipeline" / name for name in ("steps.py", "pool.py", "run.py", "archive/results.py")),
]
KINDS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.InputError)
}


def _text(first: ast.expr) -> str | None:
    """A message as it is raised, with a number for each of its values."""
    if isinstance(first, ast.Constant):
        return str(first.value)
    if isinstance(first, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "7" for one in first.values)
        return "".join(map(str, parts))
    return None


def raised() -> Iterator[str]:
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                text = _text(node.args[0]) if node.func.id in KINDS else None
                if text is not None:
                    yield text


def test_every_reason_that_the_stages_give_is_of_a_known_form() -> None:
    reasons = sorted(set(raised()))
    assert len(reasons) > 40
    assert [reason for reason in reasons if form_of(reason) is None] == []


@pytest.mark.parametrize("key", sorted({key for _, key in _FORMS}))
def test_each_form_has_words_for_its_values(key: str) -> None:
    groups = {name for form, of in _FORMS if of == key for name in re.compile(form).groupindex}
    for language in LANGUAGES:
        values = dict.fromkeys(groups, "7")
        assert site().catalogue.say(language, f"failures.{key}", **values)


@given(st.text(max_size=60))
def test_any_reason_is_taken(reason: str) -> None:
    found = form_of(reason)
    assert found is None or site().catalogue.has(f"failures.{found[0]}")


SEEN = [
    ("The PDF has 1,900 pages; the limit is 1,500.",
     "Tệp có quá nhiều trang; giới hạn là 1.500 trang."),
    ("The file is a RAR archive, which is not read.",
     "Tệp là tệp nén RAR, loại này không đọc được."),
    ("The file cannot be opened: Permission denied.", "Không mở được tệp: không có quyền đọc."),
    ("poppler took longer than 60 s.", "Mất hơn 60 giây nên đã dừng lại."),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "told"), SEEN)
def test_a_reason_is_told_in_vietnamese_with_the_exact_message_behind_it(
    archive: Archive, inbox: Open, reason: str, told: str
) -> None:
    made = failure(reason=reason, page=3, detail="exit status 4: <b>no</b>")
    archive.quarantine("in/0.pdf", made, sha256=None, run_id=1)
    page = inbox().page("/inbox/quarantine")
    (item,) = page.xpath("//ul[@class='held']/li[.//h2='0.pdf']")
    assert " ".join(item.find_class("reason")[0].text_content().split()) == f"Trang 3: {told}"
    (exact,) = item.xpath(".//details")
    assert exact.get("open") is None
    assert reason in exact.text_content()
    assert "exit status 4: <b>no</b>" in exact.text_content()


def test_a_reason_of_no_known_form_leads_to_the_detail(archive: Archive, inbox: Open) -> None:
    archive.quarantine("in/0.pdf", failure(reason="Something new."), sha256=None, run_id=1)
    opened = inbox()
    (item,) = opened.page("/inbox/quarantine").xpath("//li[.//h2='0.pdf']")
    assert "Something new." not in item.find_class("reason")[0].text_content()
    assert "Something new." in item.xpath("string(.//details)")
    opened.post("/language", {"to": "en", "next": "/inbox/quarantine"})
    (item,) = opened.page("/inbox/quarantine").xpath("//li[.//h2='0.pdf']")
    assert "Something new." in item.find_class("reason")[0].text_content()
