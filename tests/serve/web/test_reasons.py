"""Reasons for review are said in the language of the visit, all forms that the checks write."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from models.directive import Alternative, Directive, FieldValue
from models.finding import Finding
from pipeline.check.reasons import review_reasons
from pipeline.serve.web import reasons
from pipeline.serve.web.catalogue import Language
from pipeline.serve.web.site import Visit, site
from tests.archive.strategies import directive


def visit(language: Language) -> Visit:
    made = SimpleNamespace(
        site=site(),
        language=language,
        say=lambda key, **values: site().catalogue.say(language, key, **values),
    )
    return cast(Visit, made)


@pytest.mark.parametrize(
    ("reason", "vi", "field"),
    [("number: unreadable; candidates 414/CĐCS (reading), 41/CĐCS (no witness)",
      "Số ký hiệu: không đọc được; có thể là 414/CĐCS (đọc từ ảnh), 41/CĐCS (không có nguồn)",
      "number"),
     ("issued: not enough witnesses agree on 2023-02-15 (reading, file name), not 2023-02-13 "
      "(time of signing)",
      "Ngày ban hành: chưa đủ nguồn xác nhận 15/2/2023 (đọc từ ảnh, tên tệp), không phải "
      "13/2/2023 (thời điểm ký số)", "issued"),
     ("signer.name: unreadable", "Người ký: không đọc được", "signer.name"),
     ("copied_to: 4 of 5 uncertain", "Nơi nhận: 4 trên 5 chưa chắc chắn", ""),
     ("finding: signature.missing", "Không thấy phần chữ ký.", ""),
     ("number: machine_reads_otherwise", "Số ký hiệu: máy đọc khác với người soát xét", "number"),
     ("targets/1/value: machine_reads_otherwise",
      "Chỉ tiêu, kết quả 2: máy đọc khác với người soát xét", "targets.1.value"),
     ("finding: new.code", "finding: new.code", ""),
     ("something else", "something else", ""), ("moon: unreadable", "moon: unreadable", ""),
     ("number: in a form of next year", "number: in a form of next year", "")],
)  # fmt: skip
def test_a_reason_is_said(reason: str, vi: str, field: str) -> None:
    assert reasons.told(visit("vi"), reason) == reasons.Reason(vi, field)


def written() -> tuple[str, ...]:
    """A reason of every form, as the checks write them."""
    other = (Alternative(value="41/KH", origin="filename"),)

    def review(rule: str, **more: Any) -> FieldValue:
        return FieldValue(value="x", status="review", rule=rule, **more)

    made: Directive = directive(
        "any",
        number=FieldValue(status="unreadable", rule="fusion.number.ocr", alternatives=other),
        issued=review("fusion.issued.ocr+filename", alternatives=other),
        issuer=review("derived.hierarchy"), parent_issuer=review("header.issuer"),
        place=FieldValue(status="unreadable"), doc_type=review("citation.type_disagrees"),
        serial=review("header.number"), symbol=review("header.date"),
        recipients=(review("kinh_gui"),),
    )  # fmt: skip
    absent = directive("absent", issued=review("header.date.day_may_be_handwritten"))
    found = (Finding(code="sum.contradicts", message="x"),)
    return (*review_reasons(made, found), *review_reasons(absent, ()))


@pytest.mark.parametrize("reason", written())
def test_no_reason_that_the_checks_write_stays_untold(reason: str) -> None:
    assert reasons.told(visit("vi"), reason).text != reason
