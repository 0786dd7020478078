"""Parquet: the contract as nested columns, for DuckDB, pandas, Spark and their like.

The schema is made of the models, so it is theirs field for field: structs, lists of structs, names
as in JSON. Two things are other: ``targets.value`` is a double (a figure too large for one is
null), and what is no text in UTF-8 (a lone surrogate) becomes ``�``.
"""

from __future__ import annotations

import math
import types
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    BinaryIO,
    Final,
    Literal,
    Union,
    get_args,
    get_origin,
)

from models.base import Model
from models.cells import well_formed
from models.directive import SCHEMA_NAME, Directive

if TYPE_CHECKING:
    import pyarrow as pa

#: Records of a row group, and of a part of one that is held as Python objects.
ROW_GROUP: Final = 2_000
_PART: Final = 200
#: Columns whose least and greatest value each row group tells. There are hundreds, and the footer
#: that has them all is held until the end.
_COUNTED: Final = ["id", "issuer.value", "number.value", "issued.value", "doc_type.value"]


def parquet_schema() -> pa.Schema:
    """The Arrow schema of a directive; its metadata names the contract."""
    import pyarrow as pa

    return pa.schema(_fields(Directive), metadata={"vanthu.schema": SCHEMA_NAME})


def write_parquet(directives: Iterable[Directive], out: BinaryIO) -> int:
    """Write directives as Parquet with zstd, a row group at a time; how many there were."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = parquet_schema()
    records = iter(directives)
    count = 0
    with pq.ParquetWriter(
        _Counted(out), schema, compression="zstd", version="2.6", write_statistics=_COUNTED
    ) as writer:
        while batches := list(_batches(records, schema)):
            writer.write_table(pa.Table.from_batches(batches), row_group_size=ROW_GROUP)
            count += sum(batch.num_rows for batch in batches)
            batches.clear()
            pa.default_memory_pool().release_unused()
    return count


def _batches(records: Iterator[Directive], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The next row group."""
    import pyarrow as pa

    for _ in range(ROW_GROUP // _PART):
        part = [_row(directive) for directive in islice(records, _PART)]
        if not part:
            return
        try:
            yield pa.RecordBatch.from_pylist(part, schema=schema)
        except (UnicodeEncodeError, pa.ArrowInvalid):
            sound = [well_formed(row) for row in part]
            yield pa.RecordBatch.from_pylist(sound, schema=schema)


def _row(directive: Directive) -> dict[str, Any]:
    row = directive.model_dump(by_alias=True)
    for target in row["targets"]:
        target["value"] = _double(target["value"])
    return row


def _double(value: float | None) -> float | None:
    try:
        number = None if value is None else float(value)
    except OverflowError:
        return None
    return number if number is not None and math.isfinite(number) else None


def _fields(model: type[Model]) -> list[pa.Field]:
    import pyarrow as pa

    return [
        pa.field(info.alias or name, *_type(info.annotation))
        for name, info in model.model_fields.items()
    ]


def _type(annotation: Any) -> tuple[pa.DataType, bool]:
    """The Arrow type of an annotation of the models, and whether it can be null."""
    import pyarrow as pa

    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(args[0])
    if origin in (Union, types.UnionType):
        kinds = {arg for arg in args if arg is not type(None)}
        inner = float if kinds == {int, float} else _only(kinds)
        return _type(inner)[0], type(None) in args
    if origin is tuple:
        kind, nullable = _type(args[0])
        return pa.list_(pa.field("element", kind, nullable)), False
    if origin is Literal or annotation is str:
        return pa.string(), False
    if annotation is int:
        return pa.int64(), False
    if annotation is float:
        return pa.float64(), False
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return pa.struct(_fields(annotation)), False
    raise TypeError(f"no column type is known for {annotation!r}")


def _only(kinds: set[Any]) -> Any:
    (kind,) = kinds
    return kind


class _Counted:
    """A stream that is only written to and knows where it is, as a pipe does not."""

    closed = False

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._written = 0

    def write(self, data: Any) -> int:
        self._out.write(data)
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        return self._written

    def flush(self) -> None:
        self._out.flush()

    def close(self) -> None:
        """Who opened the stream closes it."""

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False
