"""The docs say what the program does."""

from __future__ import annotations

import re

import pytest

from pipeline.errors import ExitCode
from pipeline.settings import Limits, StoreSettings
from tests.conftest import ROOT


def test_the_archivist_page_lists_every_limit_with_its_default() -> None:
    page = (ROOT / "docs" / "archivist.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `limits\.(\w+)` \| ([\d.]+) \| (.+) \|$", page, re.MULTILINE))
    expected = {
        (name, f"{field.default:g}", field.description)
        for name, field in Limits.model_fields.items()
    }
    assert rows == expected


def test_the_integrator_page_lists_every_setting_of_object_stores() -> None:
    page = (ROOT / "docs" / "integrator.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `store\.(\w+)` \| ([\d.]+) \| (.+) \|$", page, re.MULTILINE))
    assert rows == {
        (name, f"{field.default:g}", field.description)
        for name, field in StoreSettings.model_fields.items()
    }


def test_the_archivist_page_explains_everything_that_verify_finds() -> None:
    from typing import get_args

    from pipeline.archive.rows import DamageKind

    page = (ROOT / "docs" / "archivist.md").read_text(encoding="utf-8")
    named = "\n".join(re.findall(r"^\| ((?:\w+\.\w+(?:, )?)+) \|", page, re.MULTILINE))
    assert set(get_args(DamageKind)) <= set(re.findall(r"\w+\.\w+", named))


def test_the_archivist_page_explains_every_category() -> None:
    from typing import get_args

    from models.failure import Category

    page = (ROOT / "docs" / "archivist.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| (\w+) \|", page, re.MULTILINE))
    # A full disk stops the run; no file is quarantined for it.
    assert set(get_args(Category)) - {"no_space"} <= explained


def test_the_integrator_page_lists_every_exit_code() -> None:
    page = (ROOT / "docs" / "integrator.md").read_text(encoding="utf-8")
    assert {int(c) for c in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == {
        int(code) for code in ExitCode
    }


@pytest.mark.parametrize("link", re.findall(r"\]\(([\w/.-]+)\)", (ROOT / "README.md").read_text()))
def test_links_of_the_readme_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_every_dependency_has_its_line() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = project["dependencies"] + project["optional-dependencies"]["dev"]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    for requirement in named:
        name = re.split(r"[<>=\[]", requirement)[0]
        assert name.replace("-headless", "").split("-")[0] in page, name


def test_the_analyst_page_names_every_format_table_and_option_of_export() -> None:
    from typer.main import get_command

    from pipeline import cli
    from pipeline.publish import FOLDER_FORMATS, FORMATS, SET_FORMATS
    from pipeline.publish.tables import TABLES

    page = (ROOT / "docs" / "analyst.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(\w+)`", page))
    assert {*FORMATS, *SET_FORMATS} <= told
    everywhere = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs").glob("*.md"))
    assert set(re.findall(r"(?<![\w-])([\w-]+)(?![\w-])", everywhere)) >= set(FOLDER_FORMATS)
    assert {table.name for table in TABLES} <= told
    command = get_command(cli.app).commands["export"]  # type: ignore[attr-defined]
    named = {option for parameter in command.params for option in parameter.opts}
    missing = {option for option in named if option.startswith("--") and option not in page}
    assert missing <= {"--help", "--archive", "--output"}


def test_dependencies_are_locked_with_hashes_and_without_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert lock.count("--hash=sha256:") > 100
    assert "://" not in lock
