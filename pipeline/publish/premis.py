"""PREMIS 3.0 (Library of Congress): objects, events, agents and rights of a package.

Hand-made with lxml, for there is no library that is kept. The functions give elements in the order
that ``premis-v3-0.xsd`` asks for; :func:`premis_document` puts them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from lxml import etree

from pipeline.publish.layout import fit

PREMIS: Final = "http://www.loc.gov/premis/v3"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NAMESPACES: Final[Any] = {None: PREMIS, "xsi": _XSI}
_SCHEMA: Final = "https://www.loc.gov/standards/premis/premis-v3-0.xsd"
#: The Library of Congress's list of event types; other types are ours and name no authority.
_EVENT_TYPES: Final = "http://id.loc.gov/vocabulary/preservation/eventType"
_LISTED: Final = frozenset(
    {"ingestion", "transfer", "message digest calculation", "metadata extraction",
     "metadata modification", "modification", "normalization", "information package creation"}
)  # fmt: skip


#: An element of PREMIS.
Object = etree._Element


@dataclass(frozen=True, slots=True)
class Agent:
    """Who or what did something. ``key`` is unique within a document."""

    key: str
    name: str
    kind: Literal["software", "person", "organization"] = "software"
    version: str = ""


@dataclass(frozen=True, slots=True)
class ObjectLink:
    """An object that an event concerns, as its ``source`` or its ``outcome``."""

    key: str
    role: Literal["source", "outcome"]


@dataclass(frozen=True, slots=True)
class PremisEvent:
    """Something that happened. ``at`` is ISO 8601, or an EDTF interval where it is not known."""

    key: str
    kind: str
    at: str
    detail: str
    agents: Sequence[Agent] = ()
    objects: Sequence[ObjectLink] = ()


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What a file is: a name, a version, its key in PRONOM; empty where not known."""

    name: str
    version: str = ""
    pronom: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """How an object is related to another: type and subtype as PREMIS lists them."""

    kind: Literal["structural", "derivation"]
    subkind: str
    key: str


def premis_document(
    objects: Iterable[Object],
    events: Sequence[PremisEvent],
    rights: Iterable[Object] = (),
) -> Object:
    """A whole document; the agents are those that the events name."""
    root = etree.Element(f"{{{PREMIS}}}premis", {"version": "3.0"}, nsmap=_NAMESPACES)
    root.set(f"{{{_XSI}}}schemaLocation", f"{PREMIS} {_SCHEMA}")
    root.extend(objects)
    root.extend(_event(event) for event in events)
    agents = {agent.key: agent for event in events for agent in event.agents}
    root.extend(_agent(agent) for agent in agents.values())
    root.extend(rights)
    return root


def entity(
    key: str, identifiers: Sequence[tuple[str, str]], relations: Sequence[Relation]
) -> Object:
    """An intellectual entity under all its identifiers (pairs of type and value)."""
    element = _object("intellectualEntity", key, identifiers)
    _relations(element, relations)
    return element


def representation(key: str, name: str, relations: Sequence[Relation]) -> Object:
    """A representation; ``name`` is its folder."""
    element = _object("representation", key, [("local", name)])
    _relations(element, relations)
    return element


def file(
    key: str,
    path: str,
    digest: tuple[int, str],
    form: FileFormat,
    *,
    original_name: str = "",
    facts: Sequence[tuple[str, str]] = (),
    relations: Sequence[Relation] = (),
) -> Object:
    """A file of the package.

    :param digest: its size in bytes and its SHA-256 in hex
    :param facts: significant properties, pairs of type and value
    """
    size, sha256 = digest
    element = _object("file", key, [("local", path)])
    for kind, value in facts:
        fact = _put(element, "significantProperties")
        _put(fact, "significantPropertiesType", kind)
        _put(fact, "significantPropertiesValue", value)
    features = _put(element, "objectCharacteristics")
    _put(features, "compositionLevel", "0")
    fixity = _put(features, "fixity")
    _put(fixity, "messageDigestAlgorithm", "SHA-256")
    _put(fixity, "messageDigest", sha256.upper())
    _put(features, "size", str(size))
    _format(_put(features, "format"), form)
    if original_name:
        _put(element, "originalName", original_name)
    _relations(element, relations)
    return element


def restricted(key: str, basis: str, note: str, objects: Sequence[str]) -> Object:
    """A statement of rights that is no copyright, licence or statute: a classification, say."""
    rights = etree.Element(f"{{{PREMIS}}}rights")
    statement = _put(rights, "rightsStatement")
    _identified(statement, "rightsStatement", "UUID", key)
    _put(statement, "rightsBasis", "other")
    other = _put(statement, "otherRightsInformation")
    _put(other, "otherRightsBasis", basis)
    _put(other, "otherRightsNote", note)
    for linked in objects:
        _identified(statement, "linkingObject", "UUID", linked)
    return rights


def _object(category: str, key: str, identifiers: Sequence[tuple[str, str]]) -> Object:
    element = etree.Element(f"{{{PREMIS}}}object", nsmap=_NAMESPACES)
    element.set(f"{{{_XSI}}}type", category)
    for kind, value in [("UUID", key), *identifiers]:
        _identified(element, "object", kind, value)
    return element


def _identified(parent: Object, what: str, kind: str, value: str, *, role: str = "") -> None:
    identifier = _put(parent, f"{what}Identifier")
    _put(identifier, f"{what}IdentifierType", kind)
    _put(identifier, f"{what}IdentifierValue", value)
    if role:
        _put(identifier, f"{what}Role", role)


def _relations(element: Object, relations: Sequence[Relation]) -> None:
    for relation in relations:
        related = _put(element, "relationship")
        _put(related, "relationshipType", relation.kind)
        _put(related, "relationshipSubType", relation.subkind)
        _identified(related, "relatedObject", "UUID", relation.key)


def _format(element: Object, form: FileFormat) -> None:
    designation = _put(element, "formatDesignation")
    _put(designation, "formatName", form.name)
    if form.version:
        _put(designation, "formatVersion", form.version)
    if form.pronom:
        registry = _put(element, "formatRegistry")
        _put(registry, "formatRegistryName", "PRONOM")
        _put(registry, "formatRegistryKey", form.pronom)


def _event(event: PremisEvent) -> Object:
    element = etree.Element(f"{{{PREMIS}}}event", nsmap=_NAMESPACES)
    _identified(element, "event", "UUID", event.key)
    kind = _put(element, "eventType", event.kind)
    if event.kind in _LISTED:
        kind.set("authority", "eventType")
        kind.set("authorityURI", _EVENT_TYPES)
    _put(element, "eventDateTime", event.at)
    _put(_put(element, "eventDetailInformation"), "eventDetail", event.detail)
    _put(_put(element, "eventOutcomeInformation"), "eventOutcome", "success")
    for agent in event.agents:
        role = "executing program" if agent.kind == "software" else "implementer"
        _identified(element, "linkingAgent", "local", agent.key, role=role)
    for linked in event.objects:
        _identified(element, "linkingObject", "UUID", linked.key, role=linked.role)
    return element


def _agent(agent: Agent) -> Object:
    element = etree.Element(f"{{{PREMIS}}}agent", nsmap=_NAMESPACES)
    _identified(element, "agent", "local", agent.key)
    _put(element, "agentName", agent.name)
    _put(element, "agentType", agent.kind)
    if agent.version:
        _put(element, "agentVersion", agent.version)
    return element


def _put(parent: Object, name: str, text: str | None = None) -> Object:
    element = etree.SubElement(parent, f"{{{PREMIS}}}{name}")
    if text is not None:
        element.text = fit(text)
    return element
