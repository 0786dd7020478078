"""Archival information packages: E-ARK CSIP 2 with the files of Circular 05/2025/TT-BNV, Annex II.

One package a document, a folder named by its identifier::

    METS.xml
    metadata/descriptive/EAD.xml, dc.xml      metadata/other/record.json
    metadata/preservation/PREMIS.xml
    representations/rep1/                      the original
    representations/rep2/                      PDF/A and ALTO (not for a text file)
        METS.xml, data/…, metadata/descriptive/EAD_doc_….xml, metadata/preservation/PREMIS_rep….xml
    schemas/                                   documentation/

A package appears whole or not at all. Identifiers are made of the document's id and hash, dates are
those of the archive's history: the same archive gives the same bytes.
"""

from __future__ import annotations

import json
import shutil
import uuid
import zipfile
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO, Final

from pipeline.publish import aip_events, premis
from pipeline.publish.aip_events import History
from pipeline.publish.circular05 import document_fields, package_fields, simpledc
from pipeline.publish.contract import directive_schema
from pipeline.publish.dublincore import dc_fields
from pipeline.publish.folder import ExportItem, write_whole
from pipeline.publish.layout import file_name
from pipeline.publish.mets import (
    FileGroup,
    Header,
    MetadataFile,
    Named,
    PackedFile,
    mets_document,
)
from pipeline.publish.payload import (
    Digests,
    digests_of,
    dublin_core_file,
    original_file,
    page_files,
    record_file,
    write_xml,
)
from pipeline.publish.staging import scratch, staged

_CIRCULAR: Final = "Thông tư 05/2025/TT-BNV"
_SCHEMAS: Final = ("EAD.xsd", "EAD_doc.xsd", "METS.xsd")
_MEDIA: Final = {
    ".xml": "application/xml", ".xsd": "application/xml", ".json": "application/json",
    ".txt": "text/plain", ".pdf": "application/pdf",
}  # fmt: skip
#: Entries of a ZIP file have a time, and this is the first that they can have.
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)


def aip_files(item: ExportItem, folder: Path, name: str) -> tuple[Path, ...]:  # noqa: ARG001
    """Write the package of a document into a folder below ``folder``, named by its identifier.

    :raises InputError: the document cannot be packed whole; nothing of it is left
    """
    package = _Package(item)
    target = folder / package.folder_name
    with staged(target) as root:
        package.write(root)
        written = _files_below(root)
    return tuple(target / path.relative_to(root) for path in written)


def aip_zip(item: ExportItem, folder: Path, name: str) -> tuple[Path, ...]:  # noqa: ARG001
    """The same package as one ZIP file, ``<identifier>.zip``.

    :raises InputError: the document cannot be packed whole; nothing of it is left
    """
    package = _Package(item)
    target = folder / f"{package.folder_name}.zip"
    with scratch(target) as root:
        package.write(root)

        def write(out: BinaryIO) -> None:
            _zipped(root, package.folder_name, out)

        return (write_whole(target, write),)


class _Package:
    """The package of one document: its identifiers and dates, and how it is written."""

    def __init__(self, item: ExportItem) -> None:
        self.item = item
        directive = item.directive
        self.uuid = uuid.uuid5(
            uuid.NAMESPACE_URL, f"urn:vanthu:{directive.id}:{item.source.sha256}"
        )
        fonds = f"{item.custody.fonds_code}:" if item.custody.fonds_code else ""
        self.object_id = f"urn:{fonds}uuid:{str(self.uuid).upper()}"
        self.folder_name = self.object_id.replace(":", "_")
        self.label = next(
            (text for name, text in dc_fields(directive) if name == "title"), directive.id
        )
        self.history = History.of(item)
        self._known: dict[Path, Digests] = {}

    def write(self, root: Path) -> None:
        """Fill ``root``: first what METS refers to, METS last."""
        representations = [self._original(root)]
        if self.item.source.kind != "text":
            representations.append(self._access(root))
        descriptive, preservation = self._metadata(root, [key for key, _ in representations])
        groups = [
            FileGroup("Documentation", [self._documentation(root)]),
            FileGroup("Schemas", self._schemas(root)),
            *(
                FileGroup("Representations", [self._packed(mets, root)], mets.parent.name)
                for _, mets in representations
            ),
        ]
        header = self._header(self.object_id, self.label)
        named = self._named("")
        write_xml(
            root / "METS.xml", mets_document(header, descriptive, preservation, groups, named)
        )

    # -- representations -----------------------------------------------------------------------

    def _original(self, root: Path) -> tuple[str, Path]:
        """``rep1``: the original, unchanged; its key and its METS."""
        folder = root / "representations" / "rep1"
        data = _made(folder / "data")
        file = original_file(self.item, data)
        key = self._key("representations/rep1")
        found = self._measured(file)
        source = self.item.source
        name = file_name(self.item.directive.source.path)
        objects = [
            premis.representation(key, "rep1", [self._of_entity()]),
            premis.file(
                self._key(f"representations/rep1/data/{file.name}"),
                f"data/{file.name}",
                (found.size, found.sha256),
                premis.FileFormat(source.media_type),
                original_name=name,
                facts=aip_events.signature_facts(source),
                relations=[premis.Relation("structural", "is included in", key)],
            ),
        ]
        links = [premis.ObjectLink(self._key(f"representations/rep1/data/{file.name}"), "outcome")]
        events = aip_events.original_events(self.history, links, self._key)
        return key, self._representation(folder, [file], objects, events)

    def _access(self, root: Path) -> tuple[str, Path]:
        """``rep2``: PDF/A and ALTO, made of the original; its key and its METS."""
        folder = root / "representations" / "rep2"
        written = page_files(self.item, _made(folder / "data"))
        key = self._key("representations/rep2")
        source = self._key("representations/rep1")
        objects = [
            premis.representation(
                key,
                "rep2",
                [self._of_entity(), premis.Relation("derivation", "has source", source)],
            )
        ]
        included = [premis.Relation("structural", "is included in", key)]
        for path in written:
            found = self._measured(path)
            place = path.relative_to(folder).as_posix()
            form = aip_events.PDFA if path.suffix == ".pdf" else aip_events.ALTO
            whole = self._key(f"representations/rep2/{place}")
            objects.append(
                premis.file(whole, place, (found.size, found.sha256), form, relations=included)
            )
        events = aip_events.access_events(self.item, self.history, source, key, self._key)
        return key, self._representation(folder, written, objects, events)

    def _representation(
        self,
        folder: Path,
        data: Sequence[Path],
        objects: Sequence[premis.Object],
        events: Sequence[premis.PremisEvent],
    ) -> Path:
        """The metadata and the METS of a representation whose data is written."""
        named = f"EAD_doc_{data[0].stem}.xml"
        fields = document_fields(self.item.directive, self.item.custody)
        ead = write_xml(_made(folder / "metadata" / "descriptive") / named, simpledc(fields))
        kept = write_xml(
            _made(folder / "metadata" / "preservation") / f"PREMIS_{folder.name}.xml",
            premis.premis_document(objects, events),
        )
        packed = [self._packed(path, folder) for path in data]
        root = mets_document(
            self._header(folder.name, f"{self.label} ({folder.name})"),
            [MetadataFile(self._packed(ead, folder), _CIRCULAR)],
            [MetadataFile(self._packed(kept, folder), "PREMIS", "3.0")],
            [FileGroup("Data", packed)],
            self._named(f"representations/{folder.name}/"),
        )
        return write_xml(folder / "METS.xml", root)

    def _of_entity(self) -> premis.Relation:
        return premis.Relation("structural", "represents", self._key("entity"))

    # -- what belongs to the whole package -----------------------------------------------------

    def _metadata(
        self, root: Path, representations: Sequence[str]
    ) -> tuple[list[MetadataFile], list[MetadataFile]]:
        item = self.item
        descriptive = _made(root / "metadata" / "descriptive")
        fields = package_fields(item.directive, item.custody)
        ead = write_xml(descriptive / "EAD.xml", simpledc(fields))
        core = dublin_core_file(item, descriptive / "dc.xml")
        record = record_file(item, _made(root / "metadata" / "other") / "record.json")
        kept = write_xml(
            _made(root / "metadata" / "preservation") / "PREMIS.xml", self._premis(representations)
        )
        return (
            [
                MetadataFile(self._packed(core, root), "DC"),
                MetadataFile(self._packed(ead, root), _CIRCULAR),
                MetadataFile(self._packed(record, root), item.directive.schema_),
            ],
            [MetadataFile(self._packed(kept, root), "PREMIS", "3.0")],
        )

    def _premis(self, representations: Sequence[str]) -> premis.Object:
        """The document as such: what happened to it, and what its secrecy forbids."""
        directive, entity = self.item.directive, self._key("entity")
        identifiers = [("URN", self.object_id), ("local", directive.id)]
        relations = [premis.Relation("structural", "is represented by", k) for k in representations]
        rights = []
        if directive.secrecy.status == "accepted" and directive.secrecy.value:
            key = self._key("rights")
            basis = "state secret classification"
            rights.append(premis.restricted(key, basis, directive.secrecy.value, [entity]))
        return premis.premis_document(
            [premis.entity(entity, identifiers, relations)],
            aip_events.package_events(self.history, entity, self._key),
            rights,
        )

    def _documentation(self, root: Path) -> PackedFile:
        return self._copied("README.txt", _made(root / "documentation"), root)

    def _schemas(self, root: Path) -> list[PackedFile]:
        folder = _made(root / "schemas")
        own = folder / "directive.schema.json"
        _write(own, _contract())
        return [
            *(self._copied(name, folder, root) for name in _SCHEMAS),
            self._packed(own, root),
        ]

    def _copied(self, name: str, folder: Path, root: Path) -> PackedFile:
        """A file of ours that is the same in every package."""
        _write(folder / name, _ours(name))
        return self._packed(folder / name, root)

    # -- identifiers and dates -----------------------------------------------------------------

    def _header(self, object_id: str, label: str) -> Header:
        return Header(
            object_id=object_id,
            label=label,
            created=self.history.created,
            modified=self.history.recorded,
            keeper=self.item.custody.keeper,
            keeper_code=self.item.custody.keeper_code,
        )

    def _packed(self, path: Path, root: Path) -> PackedFile:
        found = self._measured(path)
        received = path.parent.name == "data" and path.stem == "original"
        return PackedFile(
            path=path.relative_to(root).as_posix(),
            media_type=self.item.source.media_type if received else _MEDIA[path.suffix],
            size=found.size,
            sha256=found.sha256,
            created=self.history.first_seen if received else self.history.recorded,
        )

    def _measured(self, path: Path) -> Digests:
        """Size and hash of a file that is written, read once."""
        if path not in self._known:
            self._known[path] = digests_of(path)
        return self._known[path]

    def _key(self, name: str) -> str:
        """The UUID of a part of this package."""
        return str(uuid.uuid5(self.uuid, name)).upper()

    def _named(self, below: str) -> Named:
        """Ids of XML elements: those of files are their PREMIS identifiers after ``ID-``."""
        return lambda name: f"ID-{self._key(below + name)}"


@cache
def _ours(name: str) -> bytes:
    return files("pipeline.publish").joinpath("package_files", name).read_bytes()


@cache
def _contract() -> bytes:
    return (json.dumps(directive_schema(), ensure_ascii=False, indent=2) + "\n").encode()


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(path: Path, data: bytes) -> None:
    def write(out: BinaryIO) -> None:
        out.write(data)

    write_whole(path, write)


def _files_below(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def _zipped(root: Path, name: str, out: BinaryIO) -> None:
    """The files below ``root`` in one folder ``name``, in order, without times and owners."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files_below(root):
            entry = zipfile.ZipInfo(f"{name}/{path.relative_to(root).as_posix()}", _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.file_size = path.stat().st_size
            with path.open("rb") as stream, archive.open(entry, "w") as inside:
                shutil.copyfileobj(stream, inside, 1 << 20)
