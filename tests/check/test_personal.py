"""Personal data is marked where it stands, and can be taken out."""

from __future__ import annotations

import pytest

from models.personal import masked
from pipeline.check import check
from pipeline.settings import CheckSettings
from tests.extract.builders import PLAN, read, text_pages


def marked(text: str) -> list[tuple[str, str]]:
    directive = check(read(text), text_pages(text), CheckSettings())
    return [
        (f.code.removeprefix("pii."), f.evidence[0].text)
        for f in directive.findings
        if f.code.startswith("pii.")
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("qua địa chỉ Email: ban.chinhsach@example.org.vn để tổng hợp",
         [("email", "ban.chinhsach@example.org.vn")]),
        ("ĐT: 0912 345 678", [("phone", "0912 345 678")]),
        ("điện thoại (0290) 3831 234", [("phone", "(0290) 3831 234")]),
        ("liên hệ +84 912345678", [("phone", "+84 912345678")]),
        ("CCCD số 079123456789 cấp ngày 01/02/2021", [("identity_number", "079123456789")]),
        ("CMND số: 023456789", [("identity_number", "023456789")]),
        ("Hộ chiếu số B1234567", [("identity_number", "B1234567")]),
        ("Số tài khoản: 1234 5678 9012 tại ngân hàng", [("bank_account", "1234 5678 9012")]),
        ("STK 0071000123456", [("bank_account", "0071000123456")]),
        ("Mã số thuế: 0314516476", []),
        ("Kế hoạch số 0123456789/KH-LĐLĐ", []),
        ("kinh phí 1.234.567.890 đồng, năm 2022", []),
        ("hộp thư dạng @tinh.gov.vn", []),
    ],
)  # fmt: skip
def test_what_is_personal(text: str, found: list[tuple[str, str]]) -> None:
    assert marked(text) == found


def test_a_masked_record_has_it_nowhere() -> None:
    address = "nguoi.nhan@example.org"
    text = PLAN.replace("báo cáo kết quả", f"báo cáo kết quả qua {address}")
    directive = check(read(text), text_pages(text), CheckSettings())
    assert address in directive.model_dump_json()
    hidden = masked(directive)
    assert address not in hidden.model_dump_json()
    assert any("[e-mail]" in d.action for d in hidden.deadlines)
    assert (hidden.id, hidden.number) == (directive.id, directive.number)
    assert masked(hidden) == hidden


def test_nothing_to_mask_changes_nothing() -> None:
    directive = check(read(PLAN), text_pages(PLAN), CheckSettings())
    assert masked(directive) == directive
