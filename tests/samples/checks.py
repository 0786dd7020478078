"""What must hold of every truth, committed or made on the spot."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

KINDS = {"quota", "coverage", "per_unit", "result", "aspiration"}
EDTF = re.compile(r"\d{4}(-\d\d(-\d\d)?)?(/(\d{4}(-\d\d(-\d\d)?)?|\.\.))?")


def running_text(truth: dict[str, Any]) -> str:
    """All printed text in printed order, lines joined by blanks, page numbers left out."""
    prints = [p for p in truth["pages"] if p["kind"] == "print"]
    words: list[str] = []
    for page in sorted(prints, key=lambda p: p["printed_page"]):
        lines = page["lines"]
        words += lines[1:] if lines and lines[0].isdigit() else lines
    return re.sub(r"\s+", " ", " ".join(words))


def assert_consistent(truth: dict[str, Any]) -> None:
    text = running_text(truth)
    plain = text.replace("*", "") if truth["form"] == "text" else text
    assert_number(truth, text)
    date.fromisoformat(truth["issued"])
    for name in ("subject", "place"):
        assert truth[name] in plain, name
    for found in (*truth["targets"], *truth["deadlines"]):
        assert found["text"] in plain
    for target in truth["targets"]:
        assert_target(target, truth["targets"])
    for deadline in truth["deadlines"]:
        assert_deadline(deadline)
    for citation in truth["citations"]:
        assert citation["number"] in plain
        assert citation["issuer"] in plain
        date.fromisoformat(citation["issued"])
    for item in (*truth["recipients"], *truth["copied_to"]):
        assert item in plain
        assert item == item.strip("-;. ")
    for value in (truth["signer"]["name"], truth["signer"]["position"]):
        assert value is None or all(part in plain for part in value.split(" / "))
    assert unicodedata.is_normalized("NFC", text)


def assert_number(truth: dict[str, Any], text: str) -> None:
    joint = "-" if truth["pages"][0]["lines"] and "ĐẢNG CỘNG SẢN" in text else "/"
    assert truth["number"] == f"{truth['serial']}{joint}{truth['symbol']}"
    assert f"Số{':' if joint == '/' else ''} {truth['number']}" in text


def assert_target(target: dict[str, Any], targets: list[dict[str, Any]]) -> None:
    assert target["kind"] in KINDS
    assert target["comparator"] in {"=", ">=", ">", "<=", "<"}
    assert (target["value"] is None) == (target["kind"] == "aspiration")
    if target["value"] is not None:
        digits = f"{target['value']:,}".replace(",", "_").replace(".", ",").replace("_", ".")
        assert digits.removesuffix(",0") in target["text"]
    if target["breakdown_of"] is not None:
        of = target["breakdown_of"]
        parts = [t["value"] for t in targets if t["breakdown_of"] == of]
        assert sum(parts) == targets[of]["value"]


def assert_deadline(deadline: dict[str, Any]) -> None:
    assert deadline["operator"] in {"before", "by", "from", "within"}
    assert (deadline["date"] is None) != (deadline["recurrence"] is None)
    if deadline["date"]:
        assert EDTF.fullmatch(deadline["date"])
        for part in deadline["date"].split("/"):
            if len(part) == 10:
                date.fromisoformat(part)
