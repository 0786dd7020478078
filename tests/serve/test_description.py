"""What the OpenAPI description tells of every operation."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped, unused-ignore]
from starlette.testclient import TestClient

from models.directive import Directive
from pipeline.serve.examples_records import operations


@pytest.fixture
def described(local: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = local.get("/openapi.json").json()
    return found


def _operations(described: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for item in described["paths"].values() for operation in item.values()]


def test_every_operation_says_what_it_is(described: dict[str, Any]) -> None:
    found = _operations(described)
    assert len(found) >= 35
    for operation in found:
        name = operation["operationId"]
        assert operation.get("summary"), name
        assert operation.get("description"), name
        assert operation["summary"] != operation["description"].rstrip("."), name
        assert operation["tags"], name
        for parameter in operation.get("parameters", ()):
            assert parameter["name"], name


def test_every_answer_in_text_has_an_example_that_fits(described: dict[str, Any]) -> None:
    shown = 0
    for operation in _operations(described):
        for media_type, content in operation["responses"]["200"]["content"].items():
            if media_type == "application/json" or "example" in content:
                schema = content["schema"] | {"components": described["components"]}
                Draft202012Validator(schema).validate(content["example"])
                shown += 1
    assert shown >= 30


def test_bodies_that_are_sent_have_examples_that_fit(described: dict[str, Any]) -> None:
    sent = [o["requestBody"]["content"] for o in _operations(described) if "requestBody" in o]
    files = [content for content in sent if "application/octet-stream" in content]
    assert len(files) == 1
    assert len(sent) == 10
    for content in sent:
        if content in files:
            continue
        schema = content["application/json"]["schema"] | {"components": described["components"]}
        name = schema["$ref"].rsplit("/", 1)[1]
        example = described["components"]["schemas"][name]["example"]
        Draft202012Validator(schema).validate(example)


def test_the_example_of_a_record_is_one() -> None:
    record = operations()["directive"]
    assert Directive.model_validate(record).model_dump(mode="json", by_alias=True) == record
