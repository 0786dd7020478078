"""Dublin Core: what a catalogue wants to know of a directive, and nothing that is not accepted.

:func:`dc_fields` gives the fifteen elements (ISO 15836-1) of one directive, :func:`simple_dc` the
same as an ``oai_dc:dc`` element (OAI-PMH 2.0), which packages and harvesters take.
:func:`write_dublin_core` writes all directives as one RDF/XML file, the elements with their
refinements (ISO 15836-2, ``dcterms``) beside them.

A value that waits for a person or could not be read is left out, and ``description`` names it.
Dates are those of the contract: W3CDTF where they fit it, else EDTF.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final
from urllib.parse import quote

from lxml import etree

from models.directive import Citation, Directive, FieldValue
from pipeline.publish.layout import fit

DC: Final = "http://purl.org/dc/elements/1.1/"
DCTERMS: Final = "http://purl.org/dc/terms/"
OAI_DC: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#: The datatype of the Library of Congress for Extended Date/Time Format.
EDTF: Final = "http://id.loc.gov/datatypes/edtf/EDTF"
W3CDTF: Final = DCTERMS + "W3CDTF"

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_OAI_DC_SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_W3CDTF_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
#: Elements whose text is Vietnamese; ``description`` is ours and English, the rest are codes.
_VIETNAMESE: Final = frozenset(
    {"title", "creator", "contributor", "subject", "relation", "coverage", "rights"}
)
#: Relations that Dublin Core has a word of its own for; the others are references.
_REFINED: Final = {"replaces": "replaces", "annex_of": "isPartOf"}

#: What the description calls the fields that it names as left out.
_NAMED: Final = {
    "number": "number",
    "issued": "date",
    "issuer": "issuer",
    "doc_type": "type",
    "subject": "subject",
    "place": "place",
}


def dc_fields(directive: Directive) -> list[tuple[str, str]]:
    """The elements of simple Dublin Core: pairs of name (no prefix) and text, in fixed order.

    Elements may be repeated (``identifier``: the id, the number, the SHA-256 as a URN). Texts are
    NFC, fit for XML and never empty.
    """
    texts = ((name, _one_line(text)) for name, text in _elements(directive))
    return list(dict.fromkeys((name, text) for name, text in texts if text))


def simple_dc(directive: Directive) -> etree._Element:
    """One directive as ``oai_dc:dc``, after the schema of OAI-PMH."""
    root = etree.Element(
        f"{{{OAI_DC}}}dc",
        {f"{{{_XSI}}}schemaLocation": f"{OAI_DC} {_OAI_DC_SCHEMA}"},
        nsmap={"oai_dc": OAI_DC, "dc": DC, "xsi": _XSI},
    )
    _put_elements(root, directive)
    return root


def write_dublin_core(directives: Iterable[Directive], out: BinaryIO) -> int:
    """Write directives as RDF/XML, one ``rdf:Description`` each, UTF-8; how many there were."""
    count = 0
    names = {"rdf": RDF, "dc": DC, "dcterms": DCTERMS}
    with etree.xmlfile(out, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(f"{{{RDF}}}RDF", nsmap=names):
            xml.write("\n")
            for directive in directives:
                xml.write(_description(directive, names))
                xml.write("\n")
                count += 1
    out.write(b"\n")
    return count


def record_uri(directive_id: str) -> str:
    """The name of a record in RDF: a name, not an address."""
    return f"urn:vanthu:directive:{quote(directive_id.encode('utf-8', 'replace'))}"


def _one_line(text: str) -> str:
    return " ".join(filter(None, map(fit, text.split())))


def _accepted(field: FieldValue) -> str:
    return (field.value or "") if field.status == "accepted" else ""


def _elements(directive: Directive) -> Iterator[tuple[str, str]]:
    number, doc_type = _accepted(directive.number), _accepted(directive.doc_type)
    yield "identifier", directive.id
    yield "identifier", number
    yield "identifier", f"urn:sha256:{directive.source.sha256}"
    yield "title", _accepted(directive.subject) or _head(doc_type, number)
    yield "creator", _accepted(directive.issuer)
    yield "contributor", _accepted(directive.signer.name)
    yield "subject", directive.campaign.name if directive.campaign else ""
    yield "description", _left_out(directive)
    yield "date", _accepted(directive.issued)
    yield "type", "Text"
    yield "type", doc_type
    yield "format", directive.source.media_type
    yield "language", "vi"
    for cited in directive.citations:
        yield "relation", _cited(cited)
        yield "relation", cited.resolved_id or ""
    yield "coverage", _accepted(directive.place)
    yield "rights", _accepted(directive.secrecy)


def _head(doc_type: str, number: str) -> str:
    """How a document is named whose subject is not known: ``Kế hoạch số 106/KH-LĐLĐ``."""
    return " ".join(part for part in (doc_type, f"số {number}" if number else "") if part)


def _cited(cited: Citation) -> str:
    """A citation as documents write it; nothing where its number or title is not accepted."""
    number, title = _accepted(cited.number), _accepted(cited.title)
    if not number:
        return title
    head = _head(_accepted(cited.doc_type), number)
    return ", ".join(p for p in (head, _accepted(cited.issued), _accepted(cited.issuer)) if p)


def _left_out(directive: Directive) -> str:
    waiting = [
        name
        for key, name in _NAMED.items()
        if getattr(directive, key).status in ("review", "unreadable")
    ]
    return f"Not accepted, so not stated here: {', '.join(waiting)}." if waiting else ""


def _put_elements(parent: etree._Element, directive: Directive) -> None:
    for name, text in dc_fields(directive):
        element = etree.SubElement(parent, f"{{{DC}}}{name}")
        element.text = text
        if name in _VIETNAMESE or (name == "type" and text != "Text"):
            element.set(_LANG, "vi")
        elif name == "description":
            element.set(_LANG, "en")


def _description(directive: Directive, names: dict[str, str]) -> etree._Element:
    """One record of the RDF: the elements, and the refinements that say more."""
    about = etree.Element(
        f"{{{RDF}}}Description", {f"{{{RDF}}}about": record_uri(directive.id)}, nsmap=names
    )
    _put_elements(about, directive)
    issued = _one_line(_accepted(directive.issued))
    if issued:
        kind = W3CDTF if _W3CDTF_DATE.fullmatch(issued) else EDTF
        _term(about, "issued", issued).set(f"{{{RDF}}}datatype", kind)
    _in_vietnamese(about, "spatial", _accepted(directive.place))
    _in_vietnamese(about, "extent", f"{directive.source.pages} trang")
    for recipient in directive.recipients:
        _in_vietnamese(about, "audience", _accepted(recipient))
    for cited in directive.citations:
        name = _REFINED.get(cited.relation, "references")
        if cited.resolved_id:
            uri = record_uri(cited.resolved_id)
            etree.SubElement(about, f"{{{DCTERMS}}}{name}", {f"{{{RDF}}}resource": uri})
        else:
            _in_vietnamese(about, name, _cited(cited))
    _in_vietnamese(about, "accessRights", _accepted(directive.secrecy))
    etree.indent(about)
    return about


def _term(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{DCTERMS}}}{name}")
    element.text = text
    return element


def _in_vietnamese(parent: etree._Element, name: str, text: str) -> None:
    if line := _one_line(text):
        _term(parent, name, line).set(_LANG, "vi")
