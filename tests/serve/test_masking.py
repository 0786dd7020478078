"""Personal data leaves the house only for whoever may see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from models.personal import Words, words_of
from pipeline.archive import Archive
from pipeline.serve.masking import snippet
from tests.serve.conftest import PHONE, Client

ELSEWHERE = "192.0.2.7"
#: Every address that could show the number of the document 'private'.
MASKED = (
    "/directives/d-private", "/directives/d-private/findings", "/directives/d-private/targets",
    "/directives/d-private/evidence/findings.0", "/directives/d-private/evidence/subject",
    "/directives/d-private/text", "/directives/d-private/pages", "/directives",
    "/directives/d-private/pages/1/text", "/targets", "/search?q=thac+mac", "/search?q=0912",
    "/exports/directives.jsonl", "/findings", "/quarantine", "/changes", "/told", "/organisations",
    "/campaigns", "/progress", "/due?on=2022-06-20&ahead=90", "/directives/d-private/chain",
)  # fmt: skip
UNMASKABLE = (
    "/directives/d-private/pages/1", "/directives/d-private/text?stage=raw",
    "/directives/d-private/pages/1/image", "/directives/d-private/original",
    "/directives/d-private/pdfa", "/directives/d-private/hocr",
    "/directives/d-private/pages/1/alto", "/directives/d-private/evidence/findings.0/0/image",
)  # fmt: skip


@pytest.mark.parametrize("path", MASKED)
def test_personal_data_is_masked_unless_asked_for(local: TestClient, path: str) -> None:
    answer = local.get(path)
    assert answer.status_code == 200
    assert PHONE not in answer.text
    assert "0912" not in answer.text.replace("q=0912", "")


@pytest.mark.parametrize(
    "path",
    ["/directives/d-private", "/directives/d-private/targets", "/directives/d-private/text",
     "/directives", "/targets", "/search?q=thac+mac", "/exports/directives.jsonl"],
)  # fmt: skip
def test_on_this_machine_it_is_shown_when_asked_for(local: TestClient, path: str) -> None:
    join = "&" if "?" in path else "?"
    answer = local.get(f"{path}{join}personal_data=true")
    assert PHONE in answer.text
    assert "[phone]" in local.get(path).text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", MASKED)
def test_a_token_to_read_never_shows_it(
    client: Client, token: Callable[[str], str], path: str
) -> None:
    asked = client(host=ELSEWHERE, token=token("read"))
    assert PHONE not in asked.get(path).text
    join = "&" if "?" in path else "?"
    if not path.endswith(("/pages", "/quarantine")):  # they hold none, and have no such parameter
        answer = asked.get(f"{path}{join}personal_data=true")
        assert answer.status_code == 403
        assert PHONE not in answer.text


def test_a_token_to_review_shows_it_unless_told_otherwise(
    client: Client, token: Callable[[str], str]
) -> None:
    for scope in ("review", "admin"):
        asked = client(host=ELSEWHERE, token=token(scope))
        assert PHONE in asked.get("/directives/d-private").text
        masked = asked.get("/directives/d-private?personal_data=false")
        assert PHONE not in masked.text
        assert "[phone]" in masked.text


@pytest.mark.parametrize("path", UNMASKABLE)
def test_forms_that_cannot_be_masked_need_leave(
    client: Client, token: Callable[[str], str], path: str
) -> None:
    for asked in (client(), client(host=ELSEWHERE, token=token("read"))):
        answer = asked.get(path)
        assert answer.status_code == 403
        assert "personal_data=true" in answer.json()["advice"]


def test_with_leave_they_are_given(local: TestClient) -> None:
    assert PHONE.split()[0] in local.get("/directives/d-private/pages/1?personal_data=1").text
    raw = local.get("/directives/d-private/text?stage=raw&personal_data=1")
    assert PHONE in raw.text


def test_a_document_without_personal_data_has_all_forms(local: TestClient, scan_id: str) -> None:
    assert local.get(f"/directives/{scan_id}/original").status_code == 200
    assert local.get(f"/directives/{scan_id}/text?stage=raw").status_code == 200


def test_a_lookup_masks_too(local: TestClient) -> None:
    wanted = {"ids": ["d-private", "d-full"]}
    assert PHONE not in local.post("/directives/lookup", json=wanted).text
    shown = local.post("/directives/lookup", json=wanted, params={"personal_data": True})
    assert PHONE in shown.text


def test_what_is_masked_is_as_the_model_says(archive: Archive, local: TestClient) -> None:
    from models.personal import masked

    expected = masked(archive.get("d-private")).model_dump(mode="json", by_alias=True)
    assert local.get("/directives/d-private").json() == expected


def words(text: str) -> Words:
    found = [{"code": "pii.phone", "evidence": [{"text": text}]}]
    return words_of({"findings": found})


WORDS = words(PHONE)


def test_marks_move_with_the_text_around_what_is_masked() -> None:
    text = f"liên hệ {PHONE} trong giờ"
    start = text.index("trong")
    shown, marks = snippet(text, [[0, 4], [8, 12], [start, start + 5]], WORDS)
    assert shown == "liên hệ [phone] trong giờ"
    assert [shown[s:e] for s, e in marks] == ["liên", "trong"], "a mark on the number goes with it"


@pytest.mark.parametrize(
    ("cut", "expected"),
    [("…345 678 trong giờ", "…[phone] trong giờ"), ("liên hệ 0912 345…", "liên hệ [phone]…")],
)
def test_a_number_that_a_snippet_cuts_is_masked(cut: str, expected: str) -> None:
    assert snippet(cut, [], WORDS)[0] == expected


@given(st.text("a 0912345678…", max_size=40), st.data())
def test_marks_stay_on_the_same_words(text: str, data: st.DataObject) -> None:
    spans = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    marks = data.draw(st.lists(spans, max_size=3))
    shown, moved = snippet(text, marks, words("0912345678"))
    assert "0912345678" not in shown
    kept = [text[s:e] for s, e in marks]
    assert all(shown[s:e] in kept for s, e in moved)
