"""The XMP packet of a PDF/A: what the document is, what it was made from, and how.

Only properties of the schemas that ISO 19005-2 (6.6.2.3) takes from XMP 2005, so that no extension
schema has to be described. What is stated as a fact (number, date) was accepted on evidence; what
waits for a person is named as such in the description and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from models.directive import Directive, FieldValue
from models.source import SourceDocument
from models.vietnamese import nfc
from pipeline import __version__

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_XMP: Final = "http://ns.adobe.com/xap/1.0/"
_MM: Final = "http://ns.adobe.com/xap/1.0/mm/"
_REF: Final = "http://ns.adobe.com/xap/1.0/sType/ResourceRef#"
_PDF: Final = "http://ns.adobe.com/pdf/1.3/"
_PDFA: Final = "http://www.aiim.org/pdfa/ns/id/"
_META: Final = "adobe:ns:meta/"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NAMESPACES: Final = {
    "rdf": _RDF, "dc": _DC, "xmp": _XMP, "xmpMM": _MM, "stRef": _REF, "pdf": _PDF, "pdfaid": _PDFA,
}  # fmt: skip
#: Dates that XMP can hold; EDTF intervals and open ends it cannot.
_XMP_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
PRODUCER: Final = f"vanthu {__version__}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the packet and the Info dictionary both say."""

    title: str
    creator: str
    identifier: str
    record: str
    doc_type: str
    date: str
    source: str
    derived_from: str
    description: str


def facts_of(directive: Directive, source: SourceDocument, made: Sequence[str]) -> Facts:
    """The facts of a document; ``made`` are sentences on how its pages were made."""
    name = re.split(r"[/\\]", directive.source.path)[-1]
    doc_type, subject = _likely(directive.doc_type), _likely(directive.subject)
    number = _sure(directive.number)
    head = " ".join(part for part in (doc_type, f"số {number}" if number else "") if part)
    title = ": ".join(part for part in (head, subject) if part) or directive.id
    date = _sure(directive.issued)
    return Facts(
        title=_fit(title),
        creator=_fit(_likely(directive.issuer)),
        identifier=_fit(number or directive.id),
        record=directive.id,
        doc_type=_fit(doc_type),
        date=date if _XMP_DATE.fullmatch(date) else "",
        source=_fit(f"{name} (SHA-256 {source.sha256})"),
        derived_from=f"urn:sha256:{source.sha256}",
        description=_fit(" ".join([*made, *_signatures(source), *_doubts(directive)])),
    )


def _fit(text: str) -> str:
    """Text that XML can hold, on one line."""
    return " ".join(nfc(_UNFIT.sub(" ", text)).split())


def _sure(field: FieldValue) -> str:
    return (field.value or "") if field.status == "accepted" else ""


def _likely(field: FieldValue) -> str:
    return (field.value or "") if field.status in ("accepted", "review") else ""


def _signatures(source: SourceDocument) -> list[str]:
    said = []
    for signature in source.signatures:
        who = " / ".join(part for part in (signature.signer, signature.organisation) if part)
        when = f" at {signature.signed_at}" if signature.signed_at else ""
        said.append(
            f"The original bears a digital signature of {who or 'an unnamed signer'}{when}, as it "
            "states; it is not validated here and holds for the original file only."
        )
    return said


def _doubts(directive: Directive) -> list[str]:
    fields = {
        "type": directive.doc_type,
        "subject": directive.subject,
        "issuer": directive.issuer,
        "number": directive.number,
        "date": directive.issued,
    }
    waiting = [name for name, field in fields.items() if field.status in ("review", "unreadable")]
    return [f"Not yet confirmed by a person: {', '.join(waiting)}."] if waiting else []


def packet(facts: Facts) -> bytes:
    """The packet, UTF-8, without a time of making."""
    meta = etree.Element(f"{{{_META}}}xmpmeta", nsmap={"x": _META})
    rdf = etree.SubElement(meta, f"{{{_RDF}}}RDF", nsmap={"rdf": _RDF})
    about = etree.SubElement(
        rdf, f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""}, nsmap=_NAMESPACES
    )
    _text(about, _PDFA, "part", "2")
    _text(about, _PDFA, "conformance", "B")
    _text(about, _DC, "format", "application/pdf")
    _array(about, _DC, "title", "Alt", facts.title)
    _array(about, _DC, "description", "Alt", facts.description)
    _array(about, _DC, "creator", "Seq", facts.creator)
    _array(about, _DC, "date", "Seq", facts.date)
    _array(about, _DC, "language", "Bag", "vi")
    _array(about, _DC, "type", "Bag", facts.doc_type)
    _text(about, _DC, "identifier", facts.identifier)
    _text(about, _DC, "source", facts.source)
    _array(about, _XMP, "Identifier", "Bag", facts.record)
    _text(about, _XMP, "CreatorTool", PRODUCER)
    _text(about, _PDF, "Producer", PRODUCER)
    derived = etree.SubElement(about, f"{{{_MM}}}DerivedFrom", {f"{{{_RDF}}}parseType": "Resource"})
    _text(derived, _REF, "documentID", facts.derived_from)
    body = etree.tostring(meta, encoding="utf-8", pretty_print=True)
    begin = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'.encode()
    return begin + body + b'<?xpacket end="w"?>'


def _text(parent: etree._Element, space: str, name: str, value: str) -> None:
    if value:
        etree.SubElement(parent, f"{{{space}}}{name}").text = value


def _array(parent: etree._Element, space: str, name: str, kind: str, value: str) -> None:
    if not value:
        return
    outer = etree.SubElement(parent, f"{{{space}}}{name}")
    array = etree.SubElement(outer, f"{{{_RDF}}}{kind}")
    item = etree.SubElement(array, f"{{{_RDF}}}li")
    if kind == "Alt":
        item.set(_LANG, "x-default")
    item.text = value
