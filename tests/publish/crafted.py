"""Texts that mean harm, and records that hold them."""

from __future__ import annotations

from models.directive import Directive, FieldValue
from tests.archive.strategies import field, full_directive

FORMULAS = (
    '=HYPERLINK("http://x","click")', "@SUM(1+1)", "+1+1", "-1+1", "\t=1+1", "\r=1+1", "＝1+1",
    "＋1", "－1", "＠SUM(1)", ' "=1+1', "a;=1+1", "a;@SUM(1)", "line\n=1+1", "a\t-1", "'=1+1",
    "''quoted", "=cmd|' /C calc'!A0",
)  # fmt: skip
HARMLESS = ("120/LĐLĐ", "đẩy mạnh", "5.091 sáng kiến", "a = b", "5 - 3", "it's", "e@x")
HOSTILE = (
    "<script>alert(1)</script>", '"; DROP TABLE directives; --', "a\x00b", "a\x1b[31mb", "a\ud800b",
    "a\u202eb\u200f", "\ufffe", "]]>&amp;", "#N/A", "_x0041_", "x" * 40_000, "a\r\nb\rc\nd", " ",
)  # fmt: skip


def with_subject(text: str, name: str = "x") -> Directive:
    """A full record whose free texts are ``text``."""
    record = full_directive(name)
    value = FieldValue(value=text, raw=text, status="accepted")
    return record.model_copy(
        update={
            "subject": value,
            "issuer": value,
            "recipients": (value,),
            "targets": tuple(t.model_copy(update={"text": text}) for t in record.targets),
            "number": field("1/KH-LĐLĐ"),
        }
    )


def all_hostile() -> list[Directive]:
    return [with_subject(text, f"h{i}") for i, text in enumerate((*FORMULAS, *HOSTILE))]
