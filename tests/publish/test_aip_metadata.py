"""What packages say of a document: the circular's fields, and PREMIS."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from pathlib import Path

import pytest
from lxml import etree

from models.directive import FieldValue, Signer
from models.source import DigitalSignature
from models.text import Edit
from pipeline.publish import Event, ExportItem
from tests.publish import paper
from tests.publish.packing import PREMIS, changed, circular, packed, told


@pytest.fixture
def item(tmp_path: Path) -> ExportItem:
    return paper.scanned_item(tmp_path)


# -- the fields of the circular -------------------------------------------------------------------


def test_accepted_fields_are_told_as_the_circular_writes_them(
    item: ExportItem, tmp_path: Path
) -> None:
    sure = FieldValue(value="45", status="accepted")
    record = changed(
        item, serial=sure, symbol=FieldValue(value="LĐLĐ", status="accepted"),
        signer=Signer(name=FieldValue(value="Nguyễn Văn Mẫu", status="accepted"),
                      position=FieldValue(value="Chủ tịch", status="accepted")),
    )  # fmt: skip
    root = packed(record, tmp_path / "out")
    path = "representations/rep1/metadata/descriptive/EAD_doc_original.xml"
    assert list(circular(root, path).items()) == [
        ("language", "01"),
        ("numberOfPage", "1"),
        ("confidenceLevel", "02"),
        ("description", "Người ký: Chủ tịch, Nguyễn Văn Mẫu. "
         "Chưa được xác nhận nên không ghi: trích yếu."),
        ("typeName", "22"),
        ("codeNumber", "45"),
        ("codeNotation", "LĐLĐ"),
        ("issuedDate", "12/05/2022"),
        ("organName", "Liên đoàn Lao động tỉnh Hà Giang"),
    ]  # fmt: skip


@pytest.mark.parametrize("status", ["review", "unreadable", "absent"])
def test_what_is_not_accepted_is_in_no_descriptive_field(
    item: ExportItem, tmp_path: Path, status: str
) -> None:
    value = None if status in ("unreadable", "absent") else "2019-01-31"
    doubtful = FieldValue(value=value, status=status)  # type: ignore[arg-type]
    root = packed(changed(item, issued=doubtful), tmp_path / "out")
    for path in root.rglob("metadata/descriptive/*.xml"):
        assert "2019" not in path.read_text(encoding="utf-8")
    fields = circular(root, "representations/rep1/metadata/descriptive/EAD_doc_original.xml")
    assert "issuedDate" not in fields
    assert ("ngày tháng" in fields["description"]) == (status != "absent")


@pytest.mark.parametrize(
    ("written", "code"),
    [("Nghị quyết", "01"), ("Kế hoạch", "10"), ("KẾ HOẠCH", "10"), ("Thư kêu gọi", "32")],
)
def test_types_have_the_codes_of_the_circular(
    item: ExportItem, tmp_path: Path, written: str, code: str
) -> None:
    typed = FieldValue(value=written, status="accepted")
    root = packed(changed(item, doc_type=typed), tmp_path / "out")
    fields = circular(root, "representations/rep1/metadata/descriptive/EAD_doc_original.xml")
    assert fields["typeName"] == code


def test_long_texts_are_cut_and_long_codes_left_out_and_both_told(
    item: ExportItem, tmp_path: Path
) -> None:
    subject = FieldValue(value="b\n" + "a" * 600, status="accepted")
    serial = FieldValue(value="123456789012", status="accepted")
    root = packed(changed(item, subject=subject, serial=serial), tmp_path / "out")
    fields = circular(root, "representations/rep1/metadata/descriptive/EAD_doc_original.xml")
    assert fields["subject"] == "b " + "a" * 497 + "…"
    assert "codeNumber" not in fields
    assert "Rút gọn theo độ dài quy định: subject." in fields["description"]
    assert "Dài hơn quy định nên không ghi: codeNumber." in fields["description"]


def test_a_secret_document_is_marked_and_its_rights_are_told(
    item: ExportItem, tmp_path: Path
) -> None:
    secret = FieldValue(value="Tối mật", status="accepted")
    root = packed(changed(item, secrecy=secret), tmp_path / "out")
    fields = circular(root, "representations/rep1/metadata/descriptive/EAD_doc_original.xml")
    assert fields["mode"] == "03"
    assert told(root, "metadata/preservation/PREMIS.xml", ".//p:otherRightsNote") == ["Tối mật"]


# -- preservation ---------------------------------------------------------------------------------


def test_premis_tells_the_history_in_vietnamese_time(item: ExportItem, tmp_path: Path) -> None:
    events = [
        Event(paper.MADE, "created", version="0.1"),
        Event("2024-03-05T03:00:00Z", "changed", actor="Nguyễn Văn Mẫu", version="0.2"),
    ]
    root = packed(dataclasses.replace(item, events=events), tmp_path / "out")
    path = "metadata/preservation/PREMIS.xml"
    when = told(root, path, "p:event/p:eventDateTime")
    assert list(zip(told(root, path, "p:event/p:eventType"), when, strict=True)) == [
        ("ingestion", "2024-03-02T00:30:00+07:00"),
        ("metadata extraction", "2024-03-02T08:00:00+07:00"),
        ("metadata modification", "2024-03-05T10:00:00+07:00"),
        ("information package creation", "2024-03-05T10:00:00+07:00/.."),
    ]
    agents = etree.parse(str(root / path)).iterfind("p:agent", PREMIS)
    assert [
        tuple(agent.findtext(f"p:{part}", "", PREMIS) for part in ("agentType", "agentName"))
        for agent in agents
    ] == [("software", "vanthu"), ("software", "vanthu"), ("person", "Nguyễn Văn Mẫu"),
          ("software", "vanthu")]  # fmt: skip


def test_premis_tells_how_the_access_copy_was_made(item: ExportItem, tmp_path: Path) -> None:
    edit = Edit(line=1, word=0, raw="Uy", repaired="Ủy", probability=1.0, reason="t")
    page = item.pages[0].model_copy(
        update={"edits": (edit,), "engine": "tesseract 5.3.0/vie + b 1"}
    )
    root = packed(dataclasses.replace(item, pages=[page]), tmp_path / "out")
    path = "representations/rep2/metadata/preservation/PREMIS_rep2.xml"
    assert told(root, path, "p:event/p:eventType") == [
        "optical character recognition", "text repair", "normalization",
    ]  # fmt: skip
    assert "1 words changed" in told(root, path, ".//p:eventDetail")[1]
    agents = told(root, path, "p:agent/p:agentIdentifier/p:agentIdentifierValue")
    assert agents[:2] == ["b 1", "tesseract 5.3.0/vie"]
    assert told(root, path, "p:agent/p:agentVersion")[:2] == ["1", "5.3.0/vie"]
    assert told(root, path, ".//p:formatRegistryKey") == ["fmt/477"]


def test_premis_names_each_file_with_its_hash(item: ExportItem, tmp_path: Path) -> None:
    root = packed(item, tmp_path / "out")
    for number, files in ((1, 1), (2, 2)):
        folder = root / "representations" / f"rep{number}"
        path = f"representations/rep{number}/metadata/preservation/PREMIS_rep{number}.xml"
        digests = told(root, path, ".//p:messageDigest")
        data = [folder / p for p in told(root, path, "p:object//p:objectIdentifierValue")
                if p.startswith("data/")]  # fmt: skip
        assert len(data) == files
        assert digests == [hashlib.sha256(f.read_bytes()).hexdigest().upper() for f in data]
        assert told(root, path, ".//p:size") == [str(f.stat().st_size) for f in data]


def test_signatures_are_told_as_stated(item: ExportItem, tmp_path: Path) -> None:
    signature = DigitalSignature(signer="Công đoàn <A>", signed_at="2022-05-12T08:00:00+07:00")
    source = item.source.model_copy(update={"signatures": (signature,)})
    root = packed(dataclasses.replace(item, source=source), tmp_path / "out")
    path = "representations/rep1/metadata/preservation/PREMIS_rep1.xml"
    assert told(root, path, ".//p:significantPropertiesValue") == [
        "Công đoàn <A>; 2022-05-12T08:00:00+07:00 (as stated, not validated)"
    ]


def test_no_time_in_a_package_is_that_of_the_export(item: ExportItem, tmp_path: Path) -> None:
    root = packed(item, tmp_path / "out")
    times = {
        found
        for path in root.rglob("*.xml")
        for found in re.findall(
            r"\d{4}-\d{2}-\d{2}T[\d:]+(?:\.\d+)?[^\"<]*", path.read_text("utf-8")
        )
    }
    assert times == {
        "2024-03-02T00:30:00+07:00", "2024-03-02T08:00:00+07:00", "2024-03-02T08:00:00+07:00/..",
    }  # fmt: skip


def test_a_crafted_name_stays_text(item: ExportItem, tmp_path: Path) -> None:
    name = "../../x</originalName><evil/>&\x00\x1b.pdf"
    source = item.directive.source.model_copy(update={"path": f"in/{name}"})
    subject = FieldValue(value='"/><evil a="]]>', status="accepted")
    root = packed(changed(item, source=source, subject=subject, id="../../x"), tmp_path / "out")
    path = "representations/rep1/metadata/preservation/PREMIS_rep1.xml"
    assert told(root, path, ".//p:originalName") == [">&.pdf"]
    assert etree.parse(str(root / "METS.xml")).getroot().get("LABEL") == '"/><evil a="]]>'
    assert not [e for f in root.rglob("*.xml") for e in etree.parse(str(f)).iter("{*}evil")]
