"""Tables in CSV: read back by another reader they are what went in, and nothing is a formula."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped, unused-ignore]

from models.cells import figure, guarded, plain, unguarded
from models.directive import Directive, FieldValue, Target
from pipeline.publish.csvs import csvw_metadata, write_csv, write_csvw
from pipeline.publish.tables import TABLES
from tests.archive.strategies import directive, full_directive
from tests.publish import crafted

#: What a cell must not begin with, nor what stands behind another list separator.
FORMULA = re.compile(r"""(?:^|[;\t\r\n])[ "]*[=+\-@＝＋－＠\t\r]""")


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def flat(*directives: Directive, **options: Any) -> bytes:
    out = io.BytesIO()
    assert write_csv(directives, out, **options) == len(directives)
    return out.getvalue()


def tables(folder: Path, *directives: Directive) -> dict[str, list[dict[str, str]]]:
    assert write_csvw(directives, folder) == len(directives)
    return {table.name: rows_of((folder / f"{table.name}.csv").read_bytes()) for table in TABLES}


# -- cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", crafted.FORMULAS)
def test_what_looks_like_a_formula_is_guarded_and_given_back(text: str) -> None:
    assert not FORMULA.search(guarded(text))
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", crafted.HARMLESS)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


@given(st.text(alphabet="=+-@＝'\" ;\t\r\nab1"))
def test_guarding_can_always_be_undone(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not FORMULA.search(guarded(text))


def test_controls_are_shown_by_their_pictures() -> None:
    assert plain("a\x00b\x1b\x7f\tc\n") == "a␀b␛␡\tc\n"
    assert plain("a\ud800\x85\ufffe") == "a\ufffd\ufffd\ufffd"


@pytest.mark.parametrize(
    ("number", "written"),
    [(5091, "5091"), (90.5, "90.5"), (1e20, "100000000000000000000"), (-0.5, "-0.5"),
     (float("inf"), ""), (float("nan"), "")],
)  # fmt: skip
def test_numbers_stay_numbers(number: float, written: str) -> None:
    assert figure(number) == written


# -- the flat table -------------------------------------------------------------------------------


def test_one_row_a_directive_with_the_status_beside_each_value() -> None:
    (row,) = rows_of(flat(full_directive()))
    assert (row["number"], row["number_status"]) == ("120/LĐLĐ", "accepted")
    assert (row["place"], row["place_status"]) == ("", "absent")
    assert row["recipients"] == "Công đoàn cơ sở trực thuộc"


def test_an_unreadable_number_is_an_empty_cell() -> None:
    unread = FieldValue(status="unreadable")
    (row,) = rows_of(flat(directive("x", number=unread)))
    assert (row["number"], row["number_status"]) == ("", "unreadable")


def test_lines_end_and_quotes_are_doubled_as_rfc_4180_says() -> None:
    data = flat(directive("x", subject='nói "vượt khó", sáng tạo'))
    assert data.count(b"\r\n") == data.count(b"\n") == 2
    assert '"nói ""vượt khó"", sáng tạo"'.encode() in data


def test_the_byte_order_mark_is_there_only_when_asked_for() -> None:
    assert not flat(full_directive()).startswith(b"\xef\xbb\xbf")
    marked = flat(full_directive(), bom=True)
    assert marked.removeprefix(b"\xef\xbb\xbf") == flat(full_directive())


@pytest.mark.parametrize("text", [*crafted.FORMULAS, *crafted.HARMLESS, *crafted.HOSTILE])
def test_any_text_is_read_back(text: str) -> None:
    (row,) = rows_of(flat(crafted.with_subject(text)))
    assert unguarded(row["subject"]) == plain(text)
    assert not FORMULA.search(row["subject"])


# -- the folder with metadata ---------------------------------------------------------------------


def test_tables_are_joined_by_their_keys(tmp_path: Path) -> None:
    read = tables(tmp_path / "out", full_directive("a"), full_directive("b"))
    ids = {row["id"] for row in read["directives"]}
    assert ids == {"d-a", "d-b"}
    for name, rows in read.items():
        if name != "directives":
            assert {row["directive_id"] for row in rows} == ids, name
            assert len({(row["directive_id"], row["position"]) for row in rows}) == len(rows)
    first, second = (row for row in read["targets"] if row["directive_id"] == "d-a")
    assert (first["value"], first["comparator"]) == ("5091", "eq")
    assert (second["value"], second["comparator"]) == ("90.5", "ge")
    assert [row["kind"] for row in read["recipients"]][:2] == ["to", "copied"]


def test_the_metadata_describes_the_very_files(tmp_path: Path) -> None:
    tables(tmp_path / "out", full_directive())
    group = json.loads((tmp_path / "out" / "metadata.json").read_text(encoding="utf-8"))
    assert group["@context"][0] == "http://www.w3.org/ns/csvw"
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "metadata.json", *(table["url"] for table in group["tables"]),
    }  # fmt: skip
    for table in group["tables"]:
        with (tmp_path / "out" / table["url"]).open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        columns = table["tableSchema"]["columns"]
        assert header == [column["name"] for column in columns]
        # A validator compares the header with the titles.
        assert all(column["name"] in column["titles"]["en"] for column in columns)
        assert all(column["titles"]["vi"] for column in columns)


#: The shape that the recommendation gives to what we use of it.
SHAPE = Draft202012Validator(
    {
        "type": "object",
        "required": ["@context", "tables"],
        "properties": {
            "@type": {"const": "TableGroup"},
            "null": {"const": ""},
            "tables": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "required": ["url", "tableSchema"],
                    "properties": {
                        "@type": {"const": "Table"},
                        "tableSchema": {
                            "required": ["columns", "primaryKey"],
                            "properties": {
                                "columns": {
                                    "items": {
                                        "required": ["name", "titles", "datatype"],
                                        "properties": {
                                            "name": {"pattern": "^[a-z][a-z0-9_]*$"},
                                            "required": {"type": "boolean"},
                                            "separator": {"type": "string"},
                                        },
                                        "additionalProperties": False,
                                        "patternProperties": {"^(@type|titles|datatype)$": True},
                                    }
                                },
                                "foreignKeys": {
                                    "items": {
                                        "required": ["columnReference", "reference"],
                                        "properties": {
                                            "reference": {
                                                "required": ["resource", "columnReference"]
                                            }
                                        },
                                    }
                                },
                            },
                        },
                    },
                },
            },
        },
    }
)
BUILT_IN = {"string", "integer", "decimal"}


def test_the_metadata_has_the_shape_of_csvw() -> None:
    group = csvw_metadata()
    SHAPE.validate(group)
    names = {table["url"]: table["tableSchema"] for table in group["tables"]}
    for schema in names.values():
        columns = {column["name"] for column in schema["columns"]}
        assert set(schema["primaryKey"]) <= columns
        for key in schema.get("foreignKeys", []):
            assert key["columnReference"] in columns
            assert key["reference"]["resource"] in names
        for column in schema["columns"]:
            kind = column["datatype"]
            assert (kind if isinstance(kind, str) else kind["base"]) in BUILT_IN


def test_cells_are_of_the_types_that_the_metadata_says(tmp_path: Path) -> None:
    odd = (Target(kind="result", text="x", value=1e300), Target(kind="quota", text="y"))
    read = tables(tmp_path / "out", full_directive(), directive("odd", targets=odd))
    forms = {"integer": r"\d+", "decimal": r"-?\d+(\.\d+)?"}
    for table in csvw_metadata()["tables"]:
        for column in table["tableSchema"]["columns"]:
            kind = column["datatype"] if isinstance(column["datatype"], dict) else {}
            form = kind.get("format") or forms.get(kind.get("base", ""), ".*")
            for row in read[table["url"].removesuffix(".csv")]:
                cell = row[column["name"]]
                if column["required"]:
                    assert cell
                assert cell == "" or re.fullmatch(form, cell, re.DOTALL), (column["name"], cell)


def test_writing_again_replaces_and_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    tables(folder, full_directive("a"))

    def broken() -> Any:
        yield full_directive("b")
        raise RuntimeError("the archive went away")

    with pytest.raises(RuntimeError):
        write_csvw(broken(), folder)
    assert [row["id"] for row in rows_of((folder / "directives.csv").read_bytes())] == ["d-a"]
    assert [row["id"] for row in tables(folder, full_directive("c"))["directives"]] == ["d-c"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_nothing_gives_tables_with_a_header(tmp_path: Path) -> None:
    assert all(rows == [] for rows in tables(tmp_path / "out").values())
    assert flat().count(b"\r\n") == 1


def test_names_of_tables_and_columns_are_unique() -> None:
    for table in TABLES:
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        (row, *_) = [*table.rows(full_directive())]
        assert len(row) == len(names), table.name
