"""The JSON Schema of the contract, as ``vanthu schema`` prints it."""

from __future__ import annotations

from typing import Any, Final

from models.directive import SCHEMA_NAME, Directive

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
#: A name, not an address: nothing is fetched to validate a line.
SCHEMA_ID: Final = "urn:vanthu:schema:" + SCHEMA_NAME.removeprefix("vanthu.").replace("/", ":")


def directive_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a line of ``write_jsonl``.

    Every key of today is required, because every line has it, null or empty where there is nothing
    to say. Further keys are allowed although our models refuse them: the contract may gain fields,
    and whoever validates with today's schema must not refuse tomorrow's records.
    """
    schema = Directive.model_json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": DIALECT,
        "$id": SCHEMA_ID,
        **_published(schema),
        "title": f"Directive ({SCHEMA_NAME})",
        "description": "One document of the archive as a record. Every value says where it was "
        "seen and how sure it is; a value that could not be read is null, never a guess.",
    }


def _published(schema: Any, *, names: bool = False) -> Any:
    """With all keys required and none forbidden; ``names``: the keys are names of properties."""
    if isinstance(schema, list):
        return [_published(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    published = {
        key: _published(part, names=not names and key in {"properties", "$defs"})
        for key, part in schema.items()
        if names or (key, part) != ("additionalProperties", False)
    }
    if not names and "properties" in published:
        published["required"] = list(published["properties"])
    return published
