"""From the text of the pages to a :class:`~models.directive.Directive`.

Pure and deterministic: the result depends on the content of the source and the pages, never on
names, time or place. Nothing here raises on any text.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.directive import Directive
from models.source import SourceDocument
from models.text import PageText
from pipeline.extract.campaign import extract_campaign
from pipeline.extract.citations import extract_citations
from pipeline.extract.cited_bodies import resolve_issuers
from pipeline.extract.context import Context
from pipeline.extract.deadlines import extract_deadlines
from pipeline.extract.doctype import extract_subject, extract_type
from pipeline.extract.issued import extract_dateline, place_of_office
from pipeline.extract.issuer import extract_issuers
from pipeline.extract.learned import with_learned
from pipeline.extract.marks import extract_incoming, extract_mark, signature_facts
from pipeline.extract.number import confirmed, extract_number
from pipeline.extract.recipients import extract_copies, extract_recipients
from pipeline.extract.signature import extract_signer, witnessed
from pipeline.extract.targets import extract_targets
from pipeline.extract.view import build_view
from pipeline.extract.zones import find_zones
from pipeline.settings import ExtractSettings

STAGE_VERSION = "5"

__all__ = ["STAGE_VERSION", "extract", "redated", "with_learned"]


def extract(
    source: SourceDocument, pages: Sequence[PageText], settings: ExtractSettings
) -> Directive:
    """Everything the document says about itself, with evidence, or honestly open.

    ``source.path`` of the result stays empty: the archive knows the names, the content does not.
    """
    empty = Directive.of(source)
    view = build_view(pages)
    if not settings.enabled or not view.words:
        return empty
    context = Context(view, find_zones(view), settings)
    number = extract_number(context)
    dateline = extract_dateline(context)
    subject = extract_subject(context)
    issuers = extract_issuers(context, dateline.place, number.symbol, dateline.issued)
    copies = extract_copies(context)
    doc_type = extract_type(context, number.symbol, subject)
    number = confirmed(number, doc_type)
    return empty.model_copy(
        update={
            "issuer": issuers.issuer,
            "parent_issuer": issuers.parent,
            "number": number.number,
            "serial": number.serial,
            "symbol": number.symbol,
            "place": place_of_office(dateline.place, issuers.issuer),
            "issued": dateline.issued,
            "doc_type": doc_type,
            "subject": subject,
            "campaign": extract_campaign(context),
            "urgency": extract_mark(context, "urgency"),
            "secrecy": extract_mark(context, "secrecy"),
            "incoming": extract_incoming(pages),
            "signatures": signature_facts(source),
            "recipients": extract_recipients(context),
            "copied_to": copies.items,
            "signer": witnessed(extract_signer(context, copies), source),
            "citations": resolve_issuers(
                extract_citations(context, number.number), issuers, dateline.place
            ),
            "targets": extract_targets(context),
            "deadlines": extract_deadlines(
                context, dateline.issued.value, sure=dateline.issued.status == "accepted"
            ),
        }
    )


def redated(
    directive: Directive, pages: Sequence[PageText], settings: ExtractSettings
) -> Directive:
    """The directive with its deadlines as its date now has them: "từ nay", and what lay behind.

    For a document whose day was open when it was extracted and is told by others.

    :param pages: the pages that ``directive`` was extracted from
    """
    view = build_view(pages)
    if not settings.enabled or not view.words:
        return directive
    context = Context(view, find_zones(view), settings)
    sure = directive.issued.status == "accepted"
    deadlines = extract_deadlines(context, directive.issued.value, sure=sure)
    return directive.model_copy(update={"deadlines": deadlines})
