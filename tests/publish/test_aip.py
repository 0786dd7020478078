"""Archival information packages: laid out after CSIP, valid, whole, and the same every time."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import etree

from models.directive import FieldValue, Signer
from models.source import DigitalSignature
from pipeline import __version__
from pipeline.publish import Event, ExportItem, folder_format_named
from pipeline.settings import CustodySettings
from tests.conftest import ROOT
from tests.publish import paper
from tests.publish.packing import changed, circular, left_out, packed

METS = "{http://www.loc.gov/METS/}"
CSIP = "{https://DILCIS.eu/XML/METS/CSIPExtensionMETS}"
HREF = "{http://www.w3.org/1999/xlink}href"
SHIPPED = ROOT / "pipeline" / "publish" / "package_files"
VALIDATOR = ROOT / "build" / "eark"
#: METS.xsd asks for this schema by its address.
XLINK = """<schema targetNamespace="http://www.w3.org/1999/xlink"
 xmlns="http://www.w3.org/2001/XMLSchema" xmlns:x="http://www.w3.org/1999/xlink">
<attribute name="href" type="anyURI"/><attribute name="title" type="string"/>
<attribute name="label" type="string"/><attribute name="from" type="string"/>
<attribute name="to" type="string"/><attribute name="arcrole" type="string"/>
<attribute name="show" type="string"/><attribute name="actuate" type="string"/>
<attributeGroup name="simpleLink"><attribute name="type" fixed="simple" form="qualified"/>
<attribute ref="x:href"/><attribute ref="x:title"/></attributeGroup>
<attributeGroup name="arcLink"/><attributeGroup name="resourceLink"/>
<attributeGroup name="locatorLink"/><attributeGroup name="extendedLink"/></schema>"""

SCAN_FILES = [
    "METS.xml",
    "documentation/README.txt",
    "metadata/descriptive/EAD.xml",
    "metadata/descriptive/dc.xml",
    "metadata/other/record.json",
    "metadata/preservation/PREMIS.xml",
    "representations/rep1/METS.xml",
    "representations/rep1/data/original.pdf",
    "representations/rep1/metadata/descriptive/EAD_doc_original.xml",
    "representations/rep1/metadata/preservation/PREMIS_rep1.xml",
    "representations/rep2/METS.xml",
    "representations/rep2/data/access.pdf",
    "representations/rep2/data/alto/0001.alto.xml",
    "representations/rep2/metadata/descriptive/EAD_doc_access.xml",
    "representations/rep2/metadata/preservation/PREMIS_rep2.xml",
    "schemas/EAD.xsd",
    "schemas/EAD_doc.xsd",
    "schemas/METS.xsd",
    "schemas/directive.schema.json",
]


@pytest.fixture
def item(tmp_path: Path) -> ExportItem:
    return paper.scanned_item(tmp_path)


# -- layout and schemas ---------------------------------------------------------------------------


def test_a_scan_has_the_original_and_what_was_made_of_it(item: ExportItem, tmp_path: Path) -> None:
    root = packed(item, tmp_path / "out")
    assert sorted(paper.files_of(root)) == SCAN_FILES
    original = root / "representations" / "rep1" / "data" / "original.pdf"
    assert original.read_bytes() == item.original.read_bytes()
    record = json.loads((root / "metadata" / "other" / "record.json").read_text(encoding="utf-8"))
    assert record == item.directive.model_dump(mode="json", by_alias=True)


def test_a_text_file_has_one_representation(tmp_path: Path) -> None:
    root = packed(paper.text_item(tmp_path), tmp_path / "out")
    files = paper.files_of(root)
    assert "representations/rep1/data/original.txt" in files
    assert not [path for path in files if "rep2" in path]


def test_every_mets_is_valid_against_the_schema_in_the_package(
    item: ExportItem, tmp_path: Path
) -> None:
    (tmp_path / "xlink.xsd").write_text(XLINK)
    for document in (item, paper.text_item(tmp_path)):
        root = packed(document, tmp_path / document.directive.id)
        schema = root / "schemas" / "METS.xsd"
        local = re.sub(r"http://www.loc.gov\S+/xlink.xsd", "xlink.xsd", schema.read_text("utf-8"))
        (tmp_path / "mets.xsd").write_text(local, encoding="utf-8")
        check = etree.XMLSchema(etree.parse(str(tmp_path / "mets.xsd")))
        for mets in root.rglob("METS.xml"):
            check.assertValid(etree.parse(str(mets)))


def test_the_fields_of_the_circular_are_valid_in_every_filling(
    item: ExportItem, tmp_path: Path
) -> None:
    long = FieldValue(value="ký " * 400, status="accepted")
    sure = FieldValue(value="Mật", status="accepted")
    custody = CustodySettings(package_code="A.1", origin="1", access_mode="02")
    for number, document in enumerate(
        [
            item,
            paper.text_item(tmp_path),
            changed(item, subject=long, issuer=long, serial=long, symbol=long, secrecy=sure),
            dataclasses.replace(changed(item, signer=Signer(name=long)), custody=custody),
        ]
    ):
        root = packed(document, tmp_path / str(number))
        for name, pattern in (("EAD.xsd", "EAD.xml"), ("EAD_doc.xsd", "EAD_doc_*.xml")):
            check = etree.XMLSchema(etree.parse(str(root / "schemas" / name)))
            found = list(root.rglob(pattern))
            assert found
            for file in found:
                check.assertValid(etree.parse(str(file)))


def test_mets_names_every_file_with_its_size_and_hash(item: ExportItem, tmp_path: Path) -> None:
    root = packed(item, tmp_path / "out")
    named = {"METS.xml"}
    for mets in root.rglob("METS.xml"):
        for entry in etree.parse(str(mets)).iter(f"{METS}file", f"{METS}mdRef"):
            place = entry.find(f"{METS}FLocat")
            file = mets.parent / unquote((entry if place is None else place).get(HREF))
            data = file.read_bytes()
            assert entry.get("SIZE") == str(len(data))
            assert entry.get("CHECKSUM") == hashlib.sha256(data).hexdigest().upper()
            named.add(file.relative_to(root).as_posix())
    assert sorted(named) == SCAN_FILES


def test_the_structure_refers_to_what_is_there(item: ExportItem, tmp_path: Path) -> None:
    root = packed(item, tmp_path / "out")
    for mets in root.rglob("METS.xml"):
        tree = etree.parse(str(mets))
        ids = [element.get("ID") for element in tree.iter() if element.get("ID")]
        assert len(set(ids)) == len(ids)
        groups = [group.get("ID") for group in tree.iter(f"{METS}fileGrp")]
        assert [pointer.get("FILEID") for pointer in tree.iter(f"{METS}fptr")] == groups
        for pointer in tree.iter(f"{METS}mptr"):
            assert (mets.parent / pointer.get(HREF)).is_file()
        for division in tree.iter(f"{METS}div"):
            for known in f"{division.get('ADMID', '')} {division.get('DMDID', '')}".split():
                assert known in ids


def test_the_folder_is_named_by_the_identifier(item: ExportItem, tmp_path: Path) -> None:
    root = packed(item, tmp_path / "out")
    top = etree.parse(str(root / "METS.xml")).getroot()
    assert re.fullmatch(r"urn:uuid:[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", top.get("OBJID"))
    assert root.name == top.get("OBJID").replace(":", "_")
    assert top.find(f"{METS}metsHdr").get(f"{CSIP}OAISPACKAGETYPE") == "AIP"
    assert [note.text for note in top.iter(f"{METS}note")] == [__version__]


def test_what_the_keepers_know_is_in_the_package(item: ExportItem, tmp_path: Path) -> None:
    custody = CustodySettings(
        keeper="Lưu trữ & Văn thư", keeper_code="G09.12", fonds_code="P623",
        package_code="G09.2024.01.001", origin="0", access_mode="01",
    )  # fmt: skip
    root = packed(dataclasses.replace(item, custody=custody), tmp_path / "out")
    assert root.name.startswith("urn_P623_uuid_")
    agents = etree.parse(str(root / "METS.xml")).findall(f".//{METS}agent")
    assert [(a.get("ROLE"), a.findtext(f"{METS}name")) for a in agents] == [
        ("CREATOR", "vanthu"), ("ARCHIVIST", "Lưu trữ & Văn thư"),
    ]  # fmt: skip
    assert circular(root, "metadata/descriptive/EAD.xml") == {
        "arcFileCode": "G09.2024.01.001", "title": "Công văn số 45/LĐLĐ", "source": "0",
    }  # fmt: skip
    fields = circular(root, "representations/rep1/metadata/descriptive/EAD_doc_original.xml")
    assert (fields["arcFileCode"], fields["mode"]) == ("G09.2024.01.001", "01")


# -- whole or not at all --------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["aip", "aip-zip"])
def test_the_same_document_gives_the_same_package_again(
    item: ExportItem, tmp_path: Path, form: str
) -> None:
    contents = []
    for _ in range(2):
        list(folder_format_named(form).export([item], tmp_path / "out"))
        contents.append(paper.files_of(tmp_path / "out"))
    assert contents[0] == contents[1]
    assert contents[0]


@pytest.mark.parametrize("form", ["aip", "aip-zip"])
def test_a_damaged_original_is_left_out_and_an_earlier_package_stays(
    item: ExportItem, tmp_path: Path, form: str
) -> None:
    sound = item.original.read_bytes()
    item.original.write_bytes(b"%PDF-1.4\nnothing")
    out = tmp_path / "out"
    failure = left_out(item, out, form).failure
    assert failure is not None
    assert (failure.category, failure.stage) == ("bad_input", "publish")
    assert list(out.iterdir()) == []
    item.original.write_bytes(sound)
    list(folder_format_named(form).export([item], out))
    before = paper.files_of(out)
    item.original.unlink()
    left_out(item, out, form)
    assert paper.files_of(out) == before


def test_a_document_whose_pages_cannot_be_made_leaves_nothing(
    item: ExportItem, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4\nnothing")
    left_out(
        dataclasses.replace(item, source=paper.source_of(broken), original=broken), tmp_path / "out"
    )
    assert list((tmp_path / "out").iterdir()) == []


def test_a_document_without_a_history_is_not_dated_by_guess(
    item: ExportItem, tmp_path: Path
) -> None:
    done = left_out(dataclasses.replace(item, first_seen="", events=()), tmp_path / "out")
    assert done.failure is not None
    assert done.failure.category == "internal"


def test_a_zip_file_unpacks_to_the_folder(item: ExportItem, tmp_path: Path) -> None:
    root = packed(item, tmp_path / "folders")
    (done,) = folder_format_named("aip-zip").export([item], tmp_path / "zips")
    (path,) = done.paths
    assert path == tmp_path / "zips" / f"{root.name}.zip"
    assert list((tmp_path / "zips").iterdir()) == [path]
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        inside = {name: archive.read(name) for name in archive.namelist()}
    assert inside == {f"{root.name}/{name}": data for name, data in paper.files_of(root).items()}


# -- the validators of others ---------------------------------------------------------------------


@pytest.fixture
def validator() -> Path:
    if not (VALIDATOR / ".ready").is_file():
        pytest.skip("eark-validator is not here; 'scripts/check-aip --setup' makes build/eark")
    return ROOT / "scripts" / "check-aip"


def examples(item: ExportItem, folder: Path) -> Iterator[ExportItem]:
    """A plain package, one with everything, one without pages."""
    yield item
    secret = FieldValue(value="Mật", status="accepted")
    signature = DigitalSignature(signer="A", signed_at="2022-05-12T08:00:00+07:00")
    source = item.source.model_copy(update={"signatures": (signature,)})
    yield dataclasses.replace(
        changed(item, secrecy=secret),
        source=source,
        events=[*item.events, Event("2024-03-05T03:00:00Z", "changed", actor="Lê Văn Mẫu")],
        custody=CustodySettings(
            keeper="Lưu trữ", keeper_code="G09", fonds_code="P1", package_code="G09.1", origin="0",
            access_mode="01",
        ),
    )  # fmt: skip
    yield paper.text_item(folder)


@pytest.mark.slow
def test_packages_pass_eark_validator_and_the_schemas(
    item: ExportItem, tmp_path: Path, validator: Path
) -> None:
    """CSIP 2.0.4 and 2.1.0, METS 1.12, PREMIS 3.0; no error and no warning."""
    out = tmp_path / "out"
    for form in ("aip", "aip-zip"):
        list(folder_format_named(form).export(examples(item, tmp_path), out))
    packages = sorted(out.iterdir())
    assert len(packages) == 6
    done = subprocess.run(
        [validator, *packages], capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.slow
def test_the_validator_finds_what_is_wrong(
    item: ExportItem, tmp_path: Path, validator: Path
) -> None:
    root = packed(item, tmp_path / "out")
    mets = root / "METS.xml"
    mets.write_text(mets.read_text("utf-8").replace('csip:OAISPACKAGETYPE="AIP"', ""), "utf-8")
    (root / "representations" / "rep1" / "data" / "original.pdf").write_bytes(b"other")
    done = subprocess.run(
        [validator, root], capture_output=True, text=True, check=False, timeout=300
    )
    problems = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert {"CSIP9", None} <= {problem.get("id") for problem in problems}
    assert "representations/rep1/data/original.pdf" in {p.get("where") for p in problems}
