"""What happened to a document, as PREMIS events: from the archive's own history, never the clock.

The archive notes when a content was first met and when its record was made or changed. Reading,
repair and extraction are dated by the record that holds their results. What is made at export
(PDF/A, the package) depends on that record alone, so it is dated "then or later", an open EDTF
interval, and is the same whenever it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from models.source import SourceDocument
from pipeline import __version__
from pipeline.errors import InternalFailure
from pipeline.publish.folder import Event, ExportItem
from pipeline.publish.layout import fit
from pipeline.publish.premis import Agent, FileFormat, ObjectLink, PremisEvent

PDFA: Final = FileFormat("PDF/A", "2b", "fmt/477")
ALTO: Final = FileFormat("ALTO XML", "4.4")
#: Vietnam keeps one time all the year.
_VIETNAM: Final = timezone(timedelta(hours=7))
#: The UUID of a thing in this package, by its name.
Keys = Callable[[str], str]

_CHANGES: Final = {
    "created": ("metadata extraction", "The record was made: type, number, date, issuer, subject, "
                "citations, targets and deadlines with their evidence."),
    "changed": ("metadata modification", "The record was made anew and changed."),
    "superseded": ("metadata modification", "No known file has this content any more."),
    "reinstated": ("metadata modification", "A known file has this content again."),
    "renamed": ("metadata modification", "Its file has another name, or one name more."),
    "resolved": ("metadata modification", "A citation found its document in the archive, or lost "
                 "it."),
    "merge_accepted": ("metadata modification", "It was told to be one document with another."),
    "merge_rejected": ("metadata modification", "It was told to be another document than one it "
                       "resembles."),
    "reviewed": ("metadata modification", "A person decided what stands in its record."),
    "review_undone": ("metadata modification", "A person's decision about its record was taken "
                      "back."),
    "merge_undone": ("metadata modification", "A decision about a document it resembles was taken "
                     "back."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class History:
    """The times of a document (ISO 8601, Vietnamese time) and its history in the archive.

    ``created`` is when there first was a record of it, ``recorded`` when what the archive holds of
    it now was recorded.
    """

    first_seen: str
    created: str
    recorded: str
    events: Sequence[Event]

    @classmethod
    def of(cls, item: ExportItem) -> History:
        """The history of a document.

        :raises InternalFailure: the archive does not say when its content was met
        """
        if not item.first_seen:
            raise InternalFailure("The archive does not say when this document was taken in.")
        times = [local_time(event.at) for event in item.events]
        seen = local_time(item.first_seen)
        return cls(seen, min(times, default=seen), max([seen, *times]), tuple(item.events))

    @property
    def later(self) -> str:
        """Then or later (EDTF)."""
        return f"{self.recorded}/.."

    @property
    def program(self) -> Agent:
        """The version of this program that made the record."""
        versions = [event.version for event in self.events if event.version]
        return program(versions[-1] if versions else "")


def local_time(at: str) -> str:
    """A time of the archive (ISO 8601, UTC) as the circular writes it: seconds, +07:00."""
    return datetime.fromisoformat(at).astimezone(_VIETNAM).isoformat(timespec="seconds")


def program(version: str) -> Agent:
    """This program, in one version."""
    return Agent(f"vanthu {version}".strip(), "vanthu", version=version)


def package_events(history: History, entity: str, key: Keys) -> list[PremisEvent]:
    """Of the document as such: taken in, extracted, changed, packed."""
    subject = [ObjectLink(entity, "outcome")]
    first = history.events[0].version if history.events else ""
    events = [
        PremisEvent(
            key("event ingestion"),
            "ingestion",
            history.first_seen,
            "The document was taken into the archive.",
            [program(first)],
            subject,
        )
    ]
    for number, event in enumerate(history.events, start=1):
        kind, detail = _CHANGES.get(
            event.change, ("metadata modification", f"The record: {event.change}.")
        )
        agents = [program(event.version)] if event.version or event.actor == "machine" else []
        if event.actor != "machine":
            agents.append(Agent(f"person {fit(event.actor)}", event.actor, "person"))
        at = local_time(event.at)
        events.append(PremisEvent(key(f"event {number}"), kind, at, detail, agents, subject))
    detail = "This package was made of what the archive held since that time."
    packed = PremisEvent(
        key("event package"),
        "information package creation",
        history.later,
        detail,
        [program(__version__)],
        subject,
    )
    return [*events, packed]


def original_events(history: History, links: Sequence[ObjectLink], key: Keys) -> list[PremisEvent]:
    """Of the original: how it came here. The circular's event for digitised files is a transfer."""
    first = [program(history.events[0].version if history.events else "")]
    return [
        PremisEvent(
            key("event transfer"),
            "transfer",
            history.first_seen,
            "The file was copied into the archive, byte for byte.",
            first,
            links,
        ),
        PremisEvent(
            key("event digest"),
            "message digest calculation",
            history.first_seen,
            "SHA-256 of the bytes copied; it names the file in the archive.",
            first,
            links,
        ),
    ]


def access_events(
    item: ExportItem, history: History, source: str, outcome: str, key: Keys
) -> list[PremisEvent]:
    """Of the PDF/A and the ALTO: read, repaired, made."""
    links = [ObjectLink(source, "source"), ObjectLink(outcome, "outcome")]
    events = [
        PremisEvent(key(f"event {kind}"), kind, history.recorded, detail, agents, links)
        for kind, detail, agents in _reading(item, history.program)
    ]
    made = PremisEvent(
        key("event normalization"),
        "normalization",
        history.later,
        "PDF/A-2b with the recognised and repaired text as an invisible layer, and ALTO 4.4; the "
        "XMP of the PDF/A tells how each page was made.",
        [program(__version__)],
        links,
    )
    return [*events, made]


def _reading(item: ExportItem, reader: Agent) -> Iterator[tuple[str, str, list[Agent]]]:
    """How the text of the pages came about: kind of event, detail, agents."""
    read = [page for page in item.pages if page.read_by == "ocr"]
    if read:
        names = sorted({name for page in read for name in page.engine.split(" + ") if name})
        engines = [_engine(name) for name in names]
        pages = _pages(len(read), len(item.pages))
        yield "optical character recognition", f"{pages} read from their images.", [
            *engines, reader,
        ]  # fmt: skip
    layered = sum(page.read_by == "text_layer" for page in item.pages)
    if layered:
        pages = _pages(layered, len(item.pages))
        yield "text extraction", f"{pages} taken from the text layer of the file.", [reader]
    changed = sum(edit.status == "applied" for page in item.pages for edit in page.edits)
    yield (
        "text repair",
        (
            f"Marks and letters lost in reading were put back: {changed} words changed. What was "
            "read before is kept in ALTO as ALTERNATIVE."
        ),
        [reader],
    )


def _pages(some: int, of: int) -> str:
    return f"{some} of {of} pages"


def _engine(called: str) -> Agent:
    """An engine by what a page's reading calls it: ``tesseract 5.3.0 (vie)``."""
    name, _, version = fit(called).partition(" ")
    return Agent(fit(called), name, version=version)


def signature_facts(source: SourceDocument) -> list[tuple[str, str]]:
    """What digital signatures of the original state, as significant properties."""
    told = []
    for signature in source.signatures:
        parts = [signature.signer, signature.organisation, signature.signed_at]
        stated = "; ".join(part for part in parts if part)
        told.append(
            ("digital signature", f"{stated or 'unnamed signer'} (as stated, not validated)")
        )
    return told
