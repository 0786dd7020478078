"""What is exported is one valid object a line, in the order and with the names of the contract."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped, unused-ignore]

from models.directive import Alternative, Directive, FieldValue, Signer, Source, Target
from models.finding import Evidence, Finding
from pipeline.errors import UsageProblem
from pipeline.publish import FORMATS, directive_schema, format_named, write_jsonl, writer

VALIDATOR = Draft202012Validator(directive_schema())
SEEN = Evidence(page=1, bbox=(0.1, 0.2, 0.3, 0.4), text="120/LĐLĐ", origin="ocr")


def made(**fields: Any) -> Directive:
    plain = Source(
        path="a.pdf", sha256="0" * 64, media_type="application/pdf", pages=1, kind="scan"
    )
    return Directive(**{"id": "d-1", "source": plain} | fields)


def exported(*directives: Directive) -> bytes:
    out = io.BytesIO()
    assert write_jsonl(directives, out) == len(directives)
    return out.getvalue()


TEXTS = st.text(max_size=40)
FIELDS = st.builds(
    FieldValue,
    value=st.none() | TEXTS,
    raw=st.none() | TEXTS,
    confidence=st.floats(0, 1),
    status=st.sampled_from(["accepted", "review", "unreadable", "absent"]),
    alternatives=st.lists(st.builds(Alternative, value=TEXTS), max_size=2).map(tuple),
    evidence=st.lists(st.just(SEEN), max_size=2).map(tuple),
    rule=TEXTS,
)
TARGETS = st.builds(
    Target,
    kind=st.just("quota"),
    text=TEXTS,
    value=st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    unit=st.none() | TEXTS,
    breakdown_of=st.none() | st.integers(0, 9),
    evidence=st.just((SEEN,)),
)
DIRECTIVES = st.builds(
    made,
    number=FIELDS,
    issuer=FIELDS,
    recipients=st.lists(FIELDS, max_size=2).map(tuple),
    signer=st.builds(Signer, name=FIELDS),
    targets=st.lists(TARGETS, max_size=2).map(tuple),
    findings=st.lists(
        st.builds(Finding, code=TEXTS, message=TEXTS, evidence=st.just((SEEN,))), max_size=2
    ).map(tuple),
)


@settings(max_examples=40)  # the schema is large: one takes 30 ms
@given(directive=DIRECTIVES)
def test_every_line_validates_and_reads_back(directive: Directive) -> None:
    line = exported(directive)
    assert line.endswith(b"\n")
    data = json.loads(line)
    VALIDATOR.validate(data)
    assert Directive.model_validate_json(line) == directive
    assert exported(directive) == line


@given(text=st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_text_breaks_a_line(text: str) -> None:
    line = exported(made(subject=FieldValue(value=text, status="review"))).decode()
    assert len(line.splitlines()) == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]", line)
    assert json.loads(line)["subject"]["value"] == text


def test_keys_stand_in_the_order_of_the_contract_by_their_public_names() -> None:
    data = json.loads(exported(made(number=FieldValue(evidence=(SEEN,)))))
    assert list(data) == [
        "schema", "id", "source", "issuer", "parent_issuer", "number", "serial", "symbol", "place",
        "issued", "doc_type", "subject", "campaign", "recipients", "copied_to", "signer",
        "citations", "targets", "deadlines", "findings", "review", "urgency", "secrecy", "incoming",
        "signatures", "version_of",
    ]  # fmt: skip
    assert data["schema"] == "vanthu.directive/1"
    assert list(data["number"]["evidence"][0]) == ["page", "bbox", "text", "from"]


def test_vietnamese_is_written_as_it_is() -> None:
    line = exported(made(subject=FieldValue(value="đẩy mạnh", status="accepted")))
    assert "đẩy mạnh".encode() in line


def test_nothing_gives_nothing() -> None:
    assert exported() == b""


def test_an_unread_value_is_null_and_listed_candidates_stay() -> None:
    seen = (Alternative(value="22"), Alternative(value="23"))
    data = json.loads(exported(made(serial=FieldValue(status="unreadable", alternatives=seen))))
    assert data["serial"]["value"] is None
    assert [a["value"] for a in data["serial"]["alternatives"]] == ["22", "23"]


# -- the schema -----------------------------------------------------------------------------------


def test_the_schema_is_one_and_says_whose() -> None:
    schema = directive_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == "urn:vanthu:schema:directive:1"
    assert schema["title"]
    assert schema["description"]
    assert directive_schema() == schema


def test_tomorrow_s_fields_do_not_fail_today_s_schema() -> None:
    data = json.loads(exported(made()))
    data["new_field"] = 1
    data["source"]["new_field"] = 1
    VALIDATOR.validate(data)
    assert "additionalProperties" not in json.dumps(directive_schema())


@pytest.mark.parametrize(
    ("where", "wrong"),
    [("schema", "vanthu.directive/2"), ("id", 5), ("number", "120"), ("review", {"state": "x"})],
)
def test_the_schema_refuses_what_is_no_directive(where: str, wrong: object) -> None:
    data = json.loads(exported(made()))
    assert not VALIDATOR.is_valid(data | {where: wrong})
    del data[where]
    assert not VALIDATOR.is_valid(data)


# -- formats --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_writes_the_same_bytes_for_the_same_directives(
    name: str, tmp_path: Path
) -> None:
    form = format_named(name.upper())
    assert form.suffix.startswith(".")
    outs = []
    for part in ("a", "b"):
        with (tmp_path / part).open("wb") as out:
            assert writer(name)([made()], out) == 1
        outs.append((tmp_path / part).read_bytes())
    assert outs[0] == outs[1] != b""


def test_an_unknown_format_is_told_with_those_there_are() -> None:
    with pytest.raises(UsageProblem) as error:
        writer("docx")
    assert "jsonl" in error.value.advice
