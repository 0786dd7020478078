"""Dublin Core says what was accepted, in the forms that catalogues read."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from models.directive import Citation, Directive, FieldValue, Signer
from pipeline.publish.dublincore import (
    DC,
    DCTERMS,
    OAI_DC,
    RDF,
    dc_fields,
    simple_dc,
    write_dublin_core,
)
from tests.archive.strategies import directive, field, full_directive

#: ISO 15836-1: there are no others.
ELEMENTS = {
    "contributor", "coverage", "creator", "date", "description", "format", "identifier", "language",
    "publisher", "relation", "rights", "source", "subject", "title", "type",
}  # fmt: skip
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def texts(record: Directive, name: str) -> list[str]:
    return [text for element, text in dc_fields(record) if element == name]


def rdf(*directives: Directive) -> Any:
    out = io.BytesIO()
    assert write_dublin_core(directives, out) == len(directives)
    return etree.fromstring(out.getvalue())


def test_a_directive_is_told_in_the_fifteen_elements() -> None:
    record = full_directive()
    assert {name for name, _ in dc_fields(record)} <= ELEMENTS
    assert texts(record, "identifier") == [
        record.id, "120/LĐLĐ", f"urn:sha256:{record.source.sha256}",
    ]  # fmt: skip
    assert texts(record, "title") == ["đẩy mạnh phong trào thi đua"]
    assert texts(record, "creator") == ["Liên đoàn Lao động tỉnh Cà Mau"]
    assert texts(record, "date") == ["2022-04-25"]
    assert texts(record, "type") == ["Text", "Công văn"]
    assert texts(record, "subject") == ["01 triệu sáng kiến"]
    assert texts(record, "language") == ["vi"]
    assert texts(record, "relation") == ["số 3259/CTr-TLĐ"]


@pytest.mark.parametrize("status", ["review", "unreadable"])
def test_what_is_not_accepted_is_named_and_not_stated(status: str) -> None:
    guess = FieldValue(value="899/KH-LĐLĐ" if status == "review" else None, status=status)  # type: ignore[arg-type]
    cited = Citation(number=guess, relation="implements")
    record = directive("x", number=guess, issued=guess, place=guess, citations=(cited,),
                       signer=Signer(name=guess))  # fmt: skip
    assert "899" not in etree.tostring(simple_dc(record), encoding="unicode")
    assert "899" not in etree.tostring(rdf(record), encoding="unicode")
    assert texts(record, "description") == [
        "Not accepted, so not stated here: number, date, place."
    ]


def test_a_document_without_a_subject_goes_by_type_and_number() -> None:
    record = directive("x", number="106/KH-LĐLĐ", doc_type="Kế hoạch")
    assert texts(record, "title") == ["Kế hoạch số 106/KH-LĐLĐ"]
    assert texts(directive("y"), "title") == []


def test_the_oai_form_has_its_root_its_schema_and_languages() -> None:
    root = simple_dc(full_directive())
    assert root.tag == f"{{{OAI_DC}}}dc"
    (where,) = [v for k, v in root.attrib.items() if str(k).endswith("schemaLocation")]
    assert str(where).split() == [OAI_DC, "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"]
    assert all(str(child.tag).startswith(f"{{{DC}}}") for child in root)
    assert root.find(f"{{{DC}}}title").get(LANG) == "vi"  # type: ignore[union-attr]


def test_refinements_say_more_than_the_elements() -> None:
    cited = (
        Citation(number=field("14/QĐ-LĐLĐ"), relation="replaces"),
        Citation(number=field("3259/CTr-TLĐ"), relation="implements", resolved_id="d-other"),
    )
    record = full_directive().model_copy(update={"citations": cited, "place": field("Cà Mau")})
    (about,) = rdf(record)
    assert about.get(f"{{{RDF}}}about") == "urn:vanthu:directive:d-full"

    def term(name: str) -> Any:
        (element,) = about.findall(f"{{{DCTERMS}}}{name}")
        return element

    assert term("issued").get(f"{{{RDF}}}datatype") == f"{DCTERMS}W3CDTF"
    assert term("replaces").text == "số 14/QĐ-LĐLĐ"
    assert term("references").get(f"{{{RDF}}}resource") == "urn:vanthu:directive:d-other"
    assert term("spatial").text == "Cà Mau"
    assert term("audience").text == "Công đoàn cơ sở trực thuộc"


def test_a_date_that_w3cdtf_cannot_hold_is_typed_edtf() -> None:
    (about,) = rdf(directive("x", issued="2021-09/.."))
    issued = about.find(f"{{{DCTERMS}}}issued")
    assert issued.get(f"{{{RDF}}}datatype") == "http://id.loc.gov/datatypes/edtf/EDTF"


@given(text=st.text(st.characters(), max_size=50), key=st.text(st.characters(), min_size=1))
def test_any_text_makes_well_formed_xml(text: str, key: str) -> None:
    record = directive(
        "x", subject=FieldValue(value=text, status="accepted"), number=field("1/A")
    ).model_copy(update={"id": key})
    assert all(value.strip() for _, value in dc_fields(record))
    etree.fromstring(etree.tostring(simple_dc(record)))
    (about,) = rdf(record)
    assert len(about.get(f"{{{RDF}}}about")) > len("urn:vanthu:directive:")


def test_line_ends_part_words() -> None:
    assert texts(directive("x", subject="đẩy mạnh\nphong\ttrào"), "title") == [
        "đẩy mạnh phong trào"
    ]


def test_no_records_make_an_empty_collection() -> None:
    assert len(rdf()) == 0
