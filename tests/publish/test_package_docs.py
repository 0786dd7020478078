"""The page on packages says what is in them."""

from __future__ import annotations

import re

from lxml import etree

from pipeline.publish import circular05
from pipeline.settings import CustodySettings
from tests.conftest import ROOT
from tests.publish.test_aip import SCAN_FILES, SHIPPED

PAGE = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")
XS = "{http://www.w3.org/2001/XMLSchema}"


def test_every_setting_of_the_keeper_is_explained() -> None:
    rows = re.findall(r"^\| `custody\.(\w+)` \|  ?\| (.+) \|$", PAGE, re.MULTILINE)
    assert dict(rows) == {
        name: field.description for name, field in CustodySettings.model_fields.items()
    }


def test_every_field_of_the_circular_has_its_line_in_order() -> None:
    section = PAGE.split("### The circular's fields")[1].split("### PREMIS")[0]
    rows = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    schema = etree.parse(str(SHIPPED / "EAD_doc.xsd"))
    assert rows == [element.get("name") for element in schema.iter(f"{XS}element")][1:]


def test_lengths_are_those_of_the_schema() -> None:
    for name in ("EAD.xsd", "EAD_doc.xsd"):
        for element in etree.parse(str(SHIPPED / name)).iter(f"{XS}element"):
            limit = element.find(f".//{XS}maxLength")
            if element.get("name") in circular05.LENGTHS and limit is not None:
                assert int(limit.get("value")) == circular05.LENGTHS[element.get("name")]


def test_the_layout_shown_is_the_layout() -> None:
    shown = re.findall(r"^  (\S+\.\w{3,4})", PAGE.split("urn_uuid_088E8465")[1], re.MULTILINE)
    assert len(shown) == 10
    assert set(shown) <= set(SCAN_FILES)
    told = (SHIPPED / "README.txt").read_text(encoding="utf-8")
    for path in re.findall(r"^(\S+/\S+|METS\.xml)$", told, re.MULTILINE):
        assert any(name.startswith(path) for name in SCAN_FILES), path
