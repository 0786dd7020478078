"""The guide for integrators says what the server does."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from pipeline.archive import Archive
from pipeline.serve.problems import KINDS
from pipeline.settings import ServeSettings
from tests.conftest import ROOT
from tests.serve.conftest import Client, put_twins

PAGE = (ROOT / "docs" / "integrator.md").read_text(encoding="utf-8")
CURLS = re.findall(r"^    (curl .+)$", PAGE, re.MULTILINE)
#: Options of curl in the guide, and whether they take a value.
_OPTIONS = {"-s": False, "-OJ": False, "-o": True, "-H": True, "-d": True}


@pytest.mark.parametrize("command", CURLS)
def test_every_example_of_the_guide_is_answered(
    archive: Archive, client: Client, token: Callable[[str], str], scan_id: str, command: str
) -> None:
    put_twins(archive)
    secret = token("read")
    _, *words = shlex.split(command.replace("$ID", scan_id).replace("$TOKEN", secret))
    headers, body, url = {}, None, ""
    while words:
        word = words.pop(0)
        value = words.pop(0) if _OPTIONS.get(word) else None
        if word == "-H" and value is not None:
            name, _, content = value.partition(": ")
            headers[name] = content
        elif word == "-d":
            body = value
        elif word not in _OPTIONS:
            url = word
    host = url.split("/")[2].partition(":")[0]
    asked = client(host=host)
    answer = asked.request("GET" if body is None else "POST", url, headers=headers, content=body)
    assert answer.status_code == 200, answer.text


def test_the_guide_has_examples_of_each_part() -> None:
    assert len(CURLS) >= 15


def test_the_guide_names_every_problem() -> None:
    found = re.findall(r"^\| `(\d+)` \| `([a-z-]+)` \|", PAGE, re.MULTILINE)
    assert {int(status): name for status, name in found} == {k: v[0] for k, v in KINDS.items()}


def test_the_guide_names_every_setting_with_what_it_is() -> None:
    found = set(re.findall(r"^\| `serve\.(\w+)` \| [^|]+ \| (.+) \|$", PAGE, re.MULTILINE))
    assert found == {(n, f.description) for n, f in ServeSettings.model_fields.items()}


def test_the_guide_names_every_address(local: TestClient) -> None:
    table = PAGE[PAGE.index("| address under") : PAGE.index("### Lists")]
    for path in local.get("/openapi.json").json()["paths"]:
        name = path.rsplit("/", 1)[1]
        if path != "/api/v1" and "{" not in name:
            assert name in table, path
