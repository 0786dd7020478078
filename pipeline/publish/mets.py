"""METS 1.12 after the profile E-ARK CSIP 2 (DILCIS Board): of a package, and of a representation.

Paths are relative to the METS file. Identifiers and dates are handed in, so that the same content
gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from lxml import etree

from pipeline import __version__
from pipeline.publish.layout import fit

METS: Final = "http://www.loc.gov/METS/"
CSIP: Final = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
XLINK: Final = "http://www.w3.org/1999/xlink"
PROFILE: Final = "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml"
#: What kind of content it is, by the specification that says so.
CONTENT_TYPE: Final = "AIP_tailieu, Thông tư 05/2025/TT-BNV"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NAMESPACES: Final[Any] = {None: METS, "csip": CSIP, "xlink": XLINK, "xsi": _XSI}
_LOCATIONS: Final = (
    f"{METS} http://www.loc.gov/standards/mets/mets.xsd "
    f"{XLINK} http://www.loc.gov/standards/xlink/xlink.xsd "
    f"{CSIP} https://earkcsip.dilcis.eu/schema/DILCISExtensionMETS.xsd"
)


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file as METS refers to it: ``path`` below the METS file, SHA-256 in hex, size in bytes."""

    path: str
    media_type: str
    size: int
    sha256: str
    created: str


@dataclass(frozen=True, slots=True)
class MetadataFile:
    """A file with metadata; ``kind`` is one of METS's, or any other."""

    file: PackedFile
    kind: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class FileGroup:
    """Files with one use: ``Documentation``, ``Schemas``, ``Data``, or ``Representations``.

    The last are one group for each representation, with its METS; ``name`` is its folder.
    """

    use: str
    files: Sequence[PackedFile]
    name: str = ""

    @property
    def label(self) -> str:
        """The use, and which one where there are several."""
        return f"{self.use}/{self.name}" if self.name else self.use


@dataclass(frozen=True, slots=True)
class Header:
    """What a METS file says of itself. Times are ISO 8601 with their offset."""

    object_id: str
    label: str
    created: str
    modified: str
    keeper: str = ""
    keeper_code: str = ""


#: Makes the XML id of a thing from its name.
Named = Callable[[str], str]

_METS_KINDS: Final = frozenset({"DC", "PREMIS"})
_REPRESENTATIONS: Final = "Representations"


def mets_document(
    header: Header,
    descriptive: Sequence[MetadataFile],
    preservation: Sequence[MetadataFile],
    groups: Sequence[FileGroup],
    named: Named,
) -> etree._Element:
    """A whole METS file; all metadata files and groups with the ids that ``named`` makes."""
    root = etree.Element(f"{{{METS}}}mets", nsmap=_NAMESPACES)
    root.set("OBJID", header.object_id)
    root.set("TYPE", "Collection")
    root.set("PROFILE", PROFILE)
    if header.label:
        root.set("LABEL", fit(header.label))
    _content_type(root)
    root.set(f"{{{_XSI}}}schemaLocation", _LOCATIONS)
    _header(root, header)
    for metadata in descriptive:
        section = _put(root, "dmdSec", ID=_md_id(named, metadata), CREATED=metadata.file.created)
        section.set("STATUS", "CURRENT")
        _reference(section, metadata, named)
    if preservation:
        administrative = _put(root, "amdSec", ID=named("amdSec"))
        for metadata in preservation:
            section = _put(administrative, "digiprovMD", ID=_md_id(named, metadata))
            section.set("CREATED", metadata.file.created)
            section.set("STATUS", "CURRENT")
            _reference(section, metadata, named)
    _files(root, groups, named)
    _structure(root, header, descriptive, preservation, groups, named)
    return root


def _md_id(named: Named, metadata: MetadataFile) -> str:
    return named(f"section {metadata.file.path}")


def _file_id(named: Named, file: PackedFile) -> str:
    return named(file.path)


def _content_type(element: etree._Element) -> None:
    element.set(f"{{{CSIP}}}CONTENTINFORMATIONTYPE", "OTHER")
    element.set(f"{{{CSIP}}}OTHERCONTENTINFORMATIONTYPE", CONTENT_TYPE)


def _header(root: etree._Element, header: Header) -> None:
    element = _put(root, "metsHdr", CREATEDATE=header.created, LASTMODDATE=header.modified)
    element.set(f"{{{CSIP}}}OAISPACKAGETYPE", "AIP")
    software = _put(element, "agent", ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    _put(software, "name").text = "vanthu"
    _note(software, "SOFTWARE VERSION", __version__)
    if header.keeper:
        keeper = _put(element, "agent", ROLE="ARCHIVIST", TYPE="ORGANIZATION")
        _put(keeper, "name").text = fit(header.keeper)
        if header.keeper_code:
            _note(keeper, "IDENTIFICATIONCODE", header.keeper_code)


def _note(agent: etree._Element, kind: str, text: str) -> None:
    note = _put(agent, "note")
    note.set(f"{{{CSIP}}}NOTETYPE", kind)
    note.text = fit(text)


def _reference(section: etree._Element, metadata: MetadataFile, named: Named) -> None:
    listed = metadata.kind in _METS_KINDS
    element = _put(section, "mdRef", ID=named(f"reference {metadata.file.path}"), LOCTYPE="URL")
    element.set("MDTYPE", metadata.kind if listed else "OTHER")
    if not listed:
        element.set("OTHERMDTYPE", metadata.kind)
    if metadata.version:
        element.set("MDTYPEVERSION", metadata.version)
    _linked(element, metadata.file.path)
    _measured(element, metadata.file)


def _linked(element: etree._Element, path: str) -> None:
    element.set(f"{{{XLINK}}}type", "simple")
    element.set(f"{{{XLINK}}}href", quote(path))


def _measured(element: etree._Element, file: PackedFile) -> None:
    element.set("MIMETYPE", file.media_type)
    element.set("SIZE", str(file.size))
    element.set("CREATED", file.created)
    element.set("CHECKSUM", file.sha256.upper())
    element.set("CHECKSUMTYPE", "SHA-256")


def _files(root: etree._Element, groups: Sequence[FileGroup], named: Named) -> None:
    section = _put(root, "fileSec", ID=named("fileSec"))
    for group in groups:
        element = _put(section, "fileGrp", ID=named(f"group {group.label}"), USE=group.use)
        # eark-validator 1.1.3 asks it of every group, though CSIP63 means those of content only.
        _content_type(element)
        for file in group.files:
            entry = _put(element, "file", ID=_file_id(named, file))
            _measured(entry, file)
            place = _put(entry, "FLocat", LOCTYPE="URL")
            _linked(place, file.path)


def _structure(
    root: etree._Element,
    header: Header,
    descriptive: Sequence[MetadataFile],
    preservation: Sequence[MetadataFile],
    groups: Sequence[FileGroup],
    named: Named,
) -> None:
    structure = _put(root, "structMap", ID=named("structMap"), TYPE="PHYSICAL", LABEL="CSIP")
    whole = _put(structure, "div", ID=named("div"), LABEL=header.object_id)
    metadata = _put(whole, "div", ID=named("div Metadata"), LABEL="Metadata")
    if preservation:
        metadata.set("ADMID", " ".join(_md_id(named, known) for known in preservation))
    if descriptive:
        metadata.set("DMDID", " ".join(_md_id(named, known) for known in descriptive))
    packed = [group for group in groups if group.use == _REPRESENTATIONS]
    for group in groups:
        if group not in packed:
            division = _put(whole, "div", ID=named(f"div {group.use}"), LABEL=group.use)
            _pointers(division, [group], named)
    if packed:
        _representations(whole, packed, named)


def _pointers(division: etree._Element, groups: Sequence[FileGroup], named: Named) -> None:
    # Of file groups, not of files: so CSIP has it (CSIP96, 116).
    for group in groups:
        _put(division, "fptr", FILEID=named(f"group {group.label}"))


def _representations(whole: etree._Element, groups: Sequence[FileGroup], named: Named) -> None:
    """The division of all representations, with one for each that points to its METS."""
    division = _put(whole, "div", ID=named("div Representations"), LABEL=_REPRESENTATIONS)
    _pointers(division, groups, named)
    for group in groups:
        one = _put(division, "div", ID=named(f"div {group.label}"), LABEL=group.label)
        for file in group.files:
            pointer = _put(one, "mptr", LOCTYPE="URL")
            _linked(pointer, file.path)
            pointer.set(f"{{{XLINK}}}title", named(f"group {group.label}"))


def _put(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{METS}}}{name}", attributes)
