"""What every route of the desk works with."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import Path, Request

from models.decision import Made
from models.decision_paths import OTHERWISE
from models.directive import Directive
from models.review import QueueRow
from pipeline.serve.ports import Reviewing
from pipeline.serve.web.desk import telling
from pipeline.serve.web.desk.presence import Presence
from pipeline.serve.web.desk.rows import Row, Shown, shown
from pipeline.serve.web.formats import FORMATS
from pipeline.serve.web.site import Visit

Id = Annotated[str, Path(pattern="^[A-Za-z0-9._-]{1,128}$")]
#: What the queue may be narrowed to; kept in every address of the desk.
NARROWED: Final = ("issuer", "doc_type", "reason")
#: Documents that others have open are passed over so many times at most.
_MOST_PASSED: Final = 50
#: Items whose parts are shown at once.
_MOST_OPEN: Final = 50
_ISO_DAY: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b")


def presence_of(request: Request) -> Presence:
    """Who has what open at this server."""
    presence: Presence = request.app.state.presence
    return presence


def narrowed(request: Request) -> dict[str, str]:
    """What the address narrows the queue to."""
    asked = request.query_params
    return {name: asked[name][:200] for name in NARROWED if asked.get(name, "").strip()}


def address(path: str, kept: dict[str, str], **more: str) -> str:
    """An address of the desk that keeps what the queue is narrowed to."""
    query = urlencode({k: v for k, v in (*kept.items(), *more.items()) if v})
    return f"{path}?{query}" if query else path


def wanted(reviewing: Reviewing, kept: dict[str, str]) -> Any:
    """The filter of the queue."""
    return reviewing.filters.model_validate(kept)


def next_row(visit: Visit, after: str | None) -> QueueRow | None:
    """The document to look at next: that most worth a look which nobody else has open.

    It is taken at once, so that who asks at the same time is led to another one.
    """
    reviewing, session = visit.holdings.reviewing, visit.session
    presence = presence_of(visit.request)
    asked = wanted(reviewing, narrowed(visit.request))
    met: set[str] = set()
    found = reviewing.next(after, asked)
    while found is not None and not presence.claim(found.directive_id, session.id, session.person):
        if found.directive_id in met or len(met) == _MOST_PASSED:
            return None
        met.add(found.directive_id)
        found = reviewing.next(found.directive_id, asked)
    return found


class Document:
    """A document as it stands, for the templates."""

    def __init__(self, visit: Visit, directive_id: str) -> None:
        holdings = visit.holdings
        # The version is asked for first: a record that changed in between is newer than it says,
        # which can only show a conflict too many.
        self.version = holdings.reviewing.version(directive_id)
        record = holdings.record(directive_id)
        self.directive = Directive.model_validate_json(record.json)
        self.paths = record.paths
        asked = visit.request.query_params
        self.at = asked.get("at", "")[:80]
        parts = {*asked.getlist("parts")[:_MOST_OPEN], "/".join(self.at.split("/")[:2])}
        anew = any(why.endswith(OTHERWISE) for why in self.directive.review.reasons)
        self.shown: Shown = shown(
            self.directive,
            holdings.pages(directive_id),
            parts,
            words_all="words" in asked,
            now=holdings.reviewing.read_now(directive_id) if anew else None,
        )
        self._visit = visit

    @property
    def id(self) -> str:
        """The id of the directive."""
        return self.directive.id

    @property
    def whys(self) -> dict[str, list[str]]:
        """The reasons for review by the name of what they are about."""
        told: dict[str, list[str]] = {}
        for reason in self.directive.review.reasons:
            one = why(self._visit, brief(reason))
            told.setdefault(one.name, []).append(one.text)
        return told

    def label(self, row: Row) -> str:
        """What a row is called."""
        return telling.label(self._visit.say, row)

    def short(self, row: Row) -> str:
        """What a row is called in the list."""
        return telling.short(self._visit.say, row)

    def row_text(self, row: Row) -> str:
        """The value of a row as it is written for people."""
        if row.kind == "finding":
            return why(self._visit, f"finding: {row.name}").text
        return self.text(row.name, row.value)

    def text(self, name: str, value: Any) -> str:
        """A value as it is written for people."""
        return telling.value_text(self._visit, name, value)

    def told(self, made: Made) -> telling.Told:
        """A decision for people."""
        return telling.decision(self._visit, made)

    def context(self) -> dict[str, Any]:
        """What the templates of a document need."""
        kept = narrowed(self._visit.request)
        return {
            "doc": self, "shown": self.shown, "kept": kept, "address": address, "at": self.at,
        }  # fmt: skip


def why(visit: Visit, reason: str) -> telling.Why:
    """A reason for review as people say it."""
    formats = FORMATS[visit.language]
    reason = _ISO_DAY.sub(lambda found: formats.day(found[0]), reason)
    return telling.why(visit.say, visit.site.catalogue.has, reason)


def brief(reason: str) -> str:
    """A reason without the candidates: they are shown beside it."""
    return reason.partition("; candidates ")[0]
