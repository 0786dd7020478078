"""Parquet is the contract in columns."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.directive import SCHEMA_NAME, Directive, Target
from pipeline.publish import parquet
from pipeline.publish.parquet import parquet_schema, write_parquet
from tests.archive.strategies import directive, full_directive
from tests.publish import crafted


def file_of(*directives: Directive) -> pq.ParquetFile:
    out = io.BytesIO()
    assert write_parquet(directives, out) == len(directives)
    return pq.ParquetFile(io.BytesIO(out.getvalue()))


def test_a_record_is_read_back_as_its_json() -> None:
    record = full_directive()
    (row,) = file_of(record).read().to_pylist()
    assert row == json.loads(record.model_dump_json(by_alias=True))
    assert Directive.model_validate(row) == record


def test_the_schema_is_that_of_the_contract() -> None:
    schema = parquet_schema()
    assert schema.names == [
        info.alias or name for name, info in Directive.model_fields.items()
    ]  # fmt: skip
    assert schema.metadata == {b"vanthu.schema": SCHEMA_NAME.encode()}
    assert schema.field("targets").type.value_type.field("value").type == pa.float64()
    evidence = schema.field("number").type.field("evidence").type.value_type
    assert [field.name for field in evidence] == ["page", "bbox", "text", "from"]
    assert not schema.field("id").nullable
    assert schema.field("campaign").nullable


def test_the_file_says_the_contract_and_is_packed_with_zstd() -> None:
    file = file_of(full_directive())
    assert file.schema_arrow.equals(parquet_schema())
    assert file.schema_arrow.metadata[b"vanthu.schema"] == SCHEMA_NAME.encode()
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_row_groups_are_written_as_they_fill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 4)
    monkeypatch.setattr(parquet, "_PART", 2)
    file = file_of(*(directive(str(n)) for n in range(9)))
    groups = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert groups == [4, 4, 1]
    assert file.read().column("id").to_pylist() == [f"d-{n}" for n in range(9)]


def test_no_records_make_a_file_with_the_schema() -> None:
    assert file_of().read().num_rows == 0


def test_figures_and_texts_that_columns_cannot_hold() -> None:
    targets = tuple(Target(kind="quota", text="x", value=v) for v in (10**400, float("inf"), 5091))
    (row, *_) = file_of(directive("x", targets=targets)).read().to_pylist()
    assert [target["value"] for target in row["targets"]] == [None, None, 5091]
    texts = [r["subject"]["value"] for r in file_of(*crafted.all_hostile()).read().to_pylist()]
    for text, read in zip((*crafted.FORMULAS, *crafted.HOSTILE), texts, strict=True):
        assert read == text.replace("\ud800", "\ufffd")
