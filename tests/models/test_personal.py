"""Personal data leaves no record that is masked, however it is written there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.directive import (
    Alternative,
    Campaign,
    Citation,
    Deadline,
    Directive,
    FieldValue,
    Incoming,
    Review,
    SignatureFact,
    Signer,
    Target,
)
from models.finding import Evidence, Finding
from models.personal import masked, masked_json, may_hold
from tests.archive.strategies import directive, field, full_directive

PHONE, MAIL, ACCOUNT = "0912 345 678", "ban.chinhsach@example.org", "0071 0001 2345"


def mark(code: str, text: str) -> Finding:
    seen = (Evidence(page=1, text=text),)
    return Finding(code=f"pii.{code}", severity="info", message="It is named.", evidence=seen)


MARKS = (mark("phone", PHONE), mark("email", MAIL), mark("bank_account", ACCOUNT))


def shown(text: str, *marks: Finding) -> str:
    """``text`` as a masked record has it."""
    made = directive("x", findings=marks or MARKS, subject=field(text))
    value = masked(made).subject.value
    assert value is not None
    return value


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("gọi 0912 345 678 nhé", "gọi [phone] nhé"),
        ("gọi 0912345678", "gọi [phone]"),
        ("gọi 0912.345.678.", "gọi [phone]."),
        ("gọi (0912) 345-678", "gọi [phone]"),
        ("gọi +84 912 345 678", "gọi [phone]"),
        ("gọi (+84) 912345678", "gọi [phone]"),
        ("gọi 0912\u00a0345\u200b678", "gọi [phone]"),
        ("gọi ０９１２３４５６７８", "gọi [phone]"),
        ("ngày 30/6/2022 0912 345 678", "ngày 30/6/2022 [phone]"),
        ("qua BAN.ChinhSach@Example.ORG nhé", "qua [e-mail] nhé"),
        ("qua ban.chinhsach @ example.org", "qua [e-mail]"),
        ("qua ban.chinhsach@exam\nple.org", "qua [e-mail]"),
        ("qua ban.chinhsach＠example.org", "qua [e-mail]"),
        ("qua other.person@example.com", "qua [e-mail]"),
        ("STK 007100012345", "STK [bank account]"),
    ],
)
def test_every_way_of_writing_it(written: str, left: str) -> None:
    assert shown(written) == left


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("gửi về ban.chinhsach@exam", "gửi về [e-mail]"),
        ("chinhsach@example.org trước ngày 30/6", "[e-mail] trước ngày 30/6"),
        ("ĐT: 0912 345", "ĐT: [phone]"),
        ("345 678 (gặp văn thư)", "[phone] (gặp văn thư)"),
    ],
)
def test_pieces_that_were_cut_over_two_fields(written: str, left: str) -> None:
    assert shown(written) == left


@pytest.mark.parametrize(
    "text",
    [
        "chỉ tiêu 5.091 sáng kiến",
        "120/LĐLĐ ngày 25/4/2022",
        "1.234.567.890 đồng",
        "hộp thư dạng @tinh.gov.vn",
        "ban chính sách",
    ],
)
def test_what_is_nobody_s_stays(text: str) -> None:
    assert shown(text) == text


def everywhere(text: str) -> Directive:
    """A record that has ``text`` in every place that holds text."""
    seen = (Evidence(page=1, text=f"liên hệ {text} để biết"),)
    full = FieldValue(
        value=f"a {text}", raw=f"{text} b", status="accepted", rule=f"rule {text}", evidence=seen,
        alternatives=(Alternative(value=text),),
    )  # fmt: skip
    record = full_directive()
    every: dict[str, Any] = {
        name: full for name, info in Directive.model_fields.items() if info.annotation is FieldValue
    }
    return record.model_copy(
        update=every
        | {
            "source": record.source.model_copy(
                update={"path": f"in/{text}.pdf", "other_paths": (f"in/{text}-2.pdf",)}
            ),
            "recipients": (full,),
            "copied_to": (full,),
            "signer": Signer(name=full, authority=full, position=full),
            "citations": (Citation(number=full, title=full, issuer=full, evidence=seen),),
            "targets": (Target(kind="quota", text=text, unit=text, population=text, period=text),),
            "deadlines": (Deadline(text=text, action=text, responsible=text, evidence=seen),),
            "findings": (mark("phone", text), Finding(code="x", message=f"See {text}.")),
            "review": Review(reasons=(f"phone {text}",)),
            "incoming": Incoming(number=full, received=full, office=full),
            "campaign": Campaign(id="one", name=f"Phong trào {text}", evidence=seen),
            "signatures": (SignatureFact(signer=text, organisation=text, evidence=seen),),
        }
    )


NUMBERS = st.from_regex(r"0[35789][0-9]{2} [0-9]{3} [0-9]{3}", fullmatch=True)
MAILS = st.from_regex(r"[a-z]{3,9}\.[a-z]{2,9}@[a-z]{4,9}\.(com|org\.vn)", fullmatch=True)


@given(text=NUMBERS | MAILS)
def test_no_marked_text_is_left_anywhere(text: str) -> None:
    left = masked(everywhere(text)).model_dump_json()
    assert text not in left
    assert re.sub(r"\s", "", text) not in re.sub(r"\s", "", left)


@given(text=NUMBERS | MAILS)
def test_masking_twice_is_masking_once(text: str) -> None:
    once = masked(everywhere(text))
    assert masked(once) == once


def test_a_number_taken_for_a_figure_goes_too() -> None:
    targets = (
        Target(kind="quota", text="x", value=912345678),
        Target(kind="quota", text="y", value=5091),
    )
    hidden = masked(directive("x", findings=MARKS, targets=targets))
    assert [target.value for target in hidden.targets] == [None, 5091]


def test_a_file_s_name_and_a_signature_are_masked_though_no_check_reads_them() -> None:
    record = directive("x", signatures=(SignatureFact(signer="Văn thư <van.thu@example.org>"),))
    source = record.source.model_copy(update={"path": "in/gui 0912.345.678 ngay 25-4-2022.pdf"})
    hidden = masked(record.model_copy(update={"source": source}))
    assert hidden.source.path == "in/gui [phone] ngay 25-4-2022.pdf"
    assert hidden.signatures[0].signer == "Văn thư <[e-mail]>"


def test_what_joins_records_and_who_signed_stay() -> None:
    record = full_directive().model_copy(
        update={"findings": MARKS, "signer": Signer(name=field("Trần Thị Mẫu"))}
    )
    hidden = masked(record)
    assert (hidden.id, hidden.source.sha256) == (record.id, record.source.sha256)
    assert hidden.signer == record.signer
    assert [f.code for f in hidden.findings] == [f.code for f in MARKS]


def test_a_date_with_the_digits_of_an_account_stays_a_date() -> None:
    marks = (mark("bank_account", "20220630"),)
    deadlines = (Deadline(text="trước ngày 30/6", date="2022-06-30"),)
    assert masked(directive("x", findings=marks, deadlines=deadlines)).deadlines == deadlines


def test_nothing_personal_is_the_same_record() -> None:
    record = full_directive()
    assert masked(record) is record


#: The digits of a telephone number between two letters, as one hash in some thousands has them.
_HASH = "a0912345678c".ljust(64, "0")


def test_a_hash_with_the_digits_of_a_number_is_no_personal_data() -> None:
    made = directive("x")
    made = made.model_copy(
        update={
            "id": f"vt-{_HASH[:16]}",
            "source": made.source.model_copy(update={"sha256": _HASH}),
        }
    )
    record = made.model_dump_json(by_alias=True)
    assert not may_hold(record)
    assert masked_json(record) == record
    named = made.source.model_copy(update={"path": f"in/{PHONE}.pdf"})
    with_name = made.model_copy(update={"source": named}).model_dump_json(by_alias=True)
    assert may_hold(with_name)
    assert PHONE not in masked_json(with_name)
    assert _HASH in masked_json(with_name)


@given(st.text(alphabet="0189@x .-", max_size=30), st.sampled_from(["path", "signer", "subject"]))
def test_what_is_passed_on_unread_would_not_be_changed(text: str, where: str) -> None:
    made = directive("x", subject=field(text if where == "subject" else "a"))
    if where == "path":
        named = made.source.model_copy(update={"path": text, "other_paths": (text,)})
        made = made.model_copy(update={"source": named})
    if where == "signer":
        made = made.model_copy(update={"signatures": (SignatureFact(signer=text),)})
    record = made.model_dump_json(by_alias=True)
    if not may_hold(record):
        assert masked(made) == made
