"""From a directive to the rows that hold it. Pure: no database here."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import from_json, to_json

from models.directive import Directive, FieldValue
from models.finding import Evidence
from models.text import PageText
from pipeline.archive import dates, likeness, page_form
from pipeline.archive.organisations import Bodies, Body
from pipeline.archive.words import key, keys, number_key, short_key
from pipeline.archive.worth import worth

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Joined:
    """What a record says that does not follow from its own document: joined when it is read.

    ``paths`` in code-point order; ``resolved`` has the id of the cited directive by the place of
    the citation; ``version_of`` is the id of the main version.
    """

    paths: Sequence[str] = ()
    resolved: Mapping[int, str] | None = None
    version_of: str | None = None


def document(directive: Directive) -> str:
    """The record without what is joined when it is read."""
    if _is_bare(directive):
        return directive.model_dump_json(by_alias=True)
    source = directive.source.model_copy(update={"path": "", "other_paths": ()})
    cited = tuple(
        c if c.resolved_id is None else c.model_copy(update={"resolved_id": None})
        for c in directive.citations
    )
    bare = directive.model_copy(update={"source": source, "citations": cited, "version_of": None})
    return bare.model_dump_json(by_alias=True)


def _is_bare(directive: Directive) -> bool:
    source = directive.source
    return (
        not source.path
        and not source.other_paths
        and directive.version_of is None
        and all(cited.resolved_id is None for cited in directive.citations)
    )


#: Where the joined values go. Inside a string these quotes would have a backslash before them.
_PATH: Final = '"source":{"path":"",'
_OTHERS: Final = '"other_paths":[]'
_RESOLVED: Final = re.compile('"resolved_id":null')
_VERSION: Final = '"version_of":null}'


def whole(stored: str, joined: Joined) -> str:
    """The opposite of :func:`document` as JSON, without reading it: some 20 times as quick."""
    paths = joined.paths
    if paths:
        stored = _put(stored, _PATH, f'"source":{{"path":{_quoted(paths[0])},')
    if len(paths) > 1:
        stored = _put(stored, _OTHERS, f'"other_paths":[{",".join(map(_quoted, paths[1:]))}]')
    if joined.resolved:
        resolved = joined.resolved
        places = list(_RESOLVED.finditer(stored))
        for position in sorted(resolved, reverse=True):
            start, end = places[position].span()
            stored = f'{stored[:start]}"resolved_id":{_quoted(resolved[position])}{stored[end:]}'
    if joined.version_of is not None:
        stored = stored.removesuffix(_VERSION) + f'"version_of":{_quoted(joined.version_of)}}}'
    return stored


def _quoted(text: str) -> str:
    return to_json(text).decode()


def _put(stored: str, place: str, value: str) -> str:
    before, found, after = stored.partition(place)
    if not found:
        raise AssertionError(f"a stored record has no {place}")
    return before + value + after


def restored(stored: str, joined: Joined) -> Directive:
    """The opposite of :func:`document`."""
    return Directive.model_validate_json(whole(stored, joined))


def content_hash(stored: str, pages: Sequence[bytes]) -> str:
    """Equal for equal content; ``pages`` as :func:`page_form.content` gives them."""
    digest = hashlib.sha256(stored.encode())
    for page in pages:
        digest.update(b"\0" + page)
    return digest.hexdigest()


def directive_row(directive: Directive) -> Row:
    """The columns that lists filter and sort by."""
    first, last = dates.bounds(directive.issued.value)
    campaign = directive.campaign
    return {
        "id": directive.id,
        "sha256": directive.source.sha256,
        "number": directive.number.value,
        "number_status": directive.number.status,
        "number_key": number_key(directive.number.value),
        "serial": directive.serial.value,
        "serial_status": directive.serial.status,
        "issuer": directive.issuer.value,
        "issuer_status": directive.issuer.status,
        "issuer_key": short_key(directive.issuer.value),
        "doc_type": directive.doc_type.value,
        "doc_type_status": directive.doc_type.status,
        "doc_type_key": short_key(directive.doc_type.value),
        "issued": directive.issued.value,
        "issued_status": directive.issued.status,
        "issued_first": first,
        "issued_last": last,
        "subject": directive.subject.value,
        "subject_status": directive.subject.status,
        "campaign_id": campaign.id if campaign else None,
        "campaign_name": campaign.name if campaign else None,
        "state": directive.review.state,
        "reasons": _REASONS.encode(directive.review.reasons),
        "reason_count": len(directive.review.reasons),
        "review_rank": -worth(directive),
    }


_REASONS: Final = json.JSONEncoder(ensure_ascii=False)


class Content:
    """A directive with its pages as they are stored, and the rows that this makes."""

    def __init__(self, directive: Directive, pages: Sequence[PageText]) -> None:
        self.directive = directive
        self.pages = page_form.forms(pages)
        self.document = document(directive)
        self.hash = content_hash(self.document, [page.content for page in self.pages])

    def rows(self, result_key: str, searched: Searched | None = None) -> tuple[Row, list[Row], Row]:
        """Its own row (but for what the database gives), those of its pages, its search row."""
        ((body, signature),) = [searched] if searched else searched_of([self])
        search = _search_row(self.directive, body)
        own = directive_row(self.directive)
        own["result_key"] = result_key
        own["content_hash"] = self.hash
        own["signature"] = signature
        return own, page_rows(self.pages), search


#: What is searched of the pages of a directive, and the signature of that.
Searched = tuple[str, bytes | None]


def searched_of(contents: Sequence[Content]) -> list[Searched]:
    """What is searched of the pages of each; for many in less time than one by one."""
    bodies = keys(["\n".join([page.text for page in content.pages]) for content in contents])
    return list(zip(bodies, likeness.signatures(bodies), strict=True))


def search_row(directive: Directive, texts: Sequence[str]) -> Row:
    """What is searched, ``texts`` being those of the pages.

    The number has a column of its own, because it weighs most.
    """
    return _search_row(directive, search_body(texts))


def search_rows(stored: Sequence[str], texts: Sequence[Sequence[str]]) -> list[Row]:
    """As :func:`search_row`, of many records as they are stored; of these no more is read."""
    bodies = keys(["\n".join(pages) for pages in texts])
    return [
        _row_of_search(*_titles(from_json(one)), body)
        for one, body in zip(stored, bodies, strict=True)
    ]


def _titles(told: Mapping[str, Any]) -> tuple[str | None, list[str | None]]:
    """The number, and what is searched as a title. Earlier versions had not all fields."""
    named = [told.get(name) for name in _TITLES]
    named.append((told.get("signer") or {}).get("name"))
    title = [field["value"] if field else None for field in named]
    title.append((told.get("campaign") or {}).get("name"))
    return told["number"]["value"], title


_TITLES: Final = ("doc_type", "subject", "issuer", "parent_issuer")


def _search_row(directive: Directive, body: str) -> Row:
    title = [getattr(directive, name).value for name in _TITLES]
    title.append(directive.signer.name.value)
    title.append(directive.campaign.name if directive.campaign else None)
    return _row_of_search(directive.number.value, title, body)


def _row_of_search(number: str | None, title: Sequence[str | None], body: str) -> Row:
    return {
        "number": key(number),
        "title": " ".join(filter(None, map(key, title))),
        "body": body,
    }


def search_body(texts: Sequence[str]) -> str:
    """Tokens of all pages, one after the other: a phrase may run over the end of a page."""
    return key("\n".join(texts))


def page_rows(pages: Sequence[page_form.PageForm]) -> list[Row]:
    """The rows of ``pages``."""
    return [
        {
            "page": one.page.page,
            "read_by": one.page.read_by,
            "engine": one.page.engine,
            "text_raw": one.text_raw,
            "text": one.text,
            "document": one.document,
        }
        for one in pages
    ]


def list_rows(directive: Directive, bodies: Bodies, pks: Mapping[str, int]) -> dict[str, list[Row]]:
    """The rows of a directive's lists, by table; ``pks`` are those of the bodies, by id."""

    def orgs(of: Sequence[Body | None]) -> list[int | None]:
        return [pks[body.id] if body is not None else None for body in of]

    return {
        "recipients": [
            *_recipient_rows("to", directive.recipients, orgs(bodies.recipients)),
            *_recipient_rows("copied", directive.copied_to, orgs(bodies.copied_to)),
        ],
        "citations": _citation_rows(directive, orgs(bodies.cited)),
        "targets": _target_rows(directive),
        "deadlines": _deadline_rows(directive),
        "findings": _finding_rows(directive),
    }


def _recipient_rows(
    kind: str, fields: Sequence[FieldValue], orgs: Sequence[int | None]
) -> list[Row]:
    return [
        {
            "kind": kind,
            "position": position,
            "value": field.value,
            "raw": field.raw,
            "value_key": key(field.value),
            "status": field.status,
            "page": _page(field.evidence),
            "org": orgs[position],
        }
        for position, field in enumerate(fields)
    ]


def _citation_rows(directive: Directive, orgs: Sequence[int | None]) -> list[Row]:
    return [
        {
            "position": position,
            "number": cited.number.value,
            "number_status": cited.number.status,
            "number_key": number_key(cited.number.value),
            "doc_type": cited.doc_type.value,
            "doc_type_status": cited.doc_type.status,
            "issued": cited.issued.value,
            "issued_status": cited.issued.status,
            "issuer": cited.issuer.value,
            "issuer_status": cited.issuer.status,
            "relation": cited.relation,
            "resolved_id": None,
            "page": _page(cited.evidence),
            "issuer_org": orgs[position],
        }
        for position, cited in enumerate(directive.citations)
    ]


def _target_rows(directive: Directive) -> list[Row]:
    names = (
        "kind", "text", "value", "comparator", "unit", "population", "period", "breakdown_of",
        "status",
    )  # fmt: skip
    return [
        {name: getattr(target, name) for name in names}
        | {"position": position, "value": _figure(target.value), "page": _page(target.evidence)}
        for position, target in enumerate(directive.targets)
    ]


def _figure(value: float | int | None) -> float | None:
    """As a database's number; a misread figure of 400 digits stays in the document only."""
    try:
        return None if value is None else float(value)
    except OverflowError:
        return None


def _deadline_rows(directive: Directive) -> list[Row]:
    names = ("text", "date", "operator", "recurrence", "action", "responsible", "status")
    rows: list[Row] = []
    for position, deadline in enumerate(directive.deadlines):
        first, last = dates.bounds(deadline.date)
        row: Row = {name: getattr(deadline, name) for name in names}
        row |= {"position": position, "date_first": first, "date_last": last}
        rows.append(row | {"page": _page(deadline.evidence)})
    return rows


def _finding_rows(directive: Directive) -> list[Row]:
    return [
        {
            "position": position,
            "code": finding.code,
            "severity": finding.severity,
            "message": finding.message,
            "page": _page(finding.evidence),
        }
        for position, finding in enumerate(directive.findings)
    ]


def _page(evidence: Sequence[Evidence]) -> int | None:
    for seen in evidence:
        if seen.page is not None:
            return seen.page
    return None
