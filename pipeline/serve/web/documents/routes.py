"""``/documents/{id}``: the whole page, and the part of it that turns with the leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from models.text import PageText
from pipeline.serve.access import needs
from pipeline.serve.api.context import DirectiveId
from pipeline.serve.masking import record_json, row_dicts
from pipeline.serve.ports import Record
from pipeline.serve.problems import ProblemError
from pipeline.serve.web import reasons
from pipeline.serve.web.documents import view
from pipeline.serve.web.documents.reading import Reading, masked_reading, reading, texts_of
from pipeline.serve.web.names import name_of
from pipeline.serve.web.site import Here, Visit

router = APIRouter(dependencies=[Depends(needs("read"))])
#: Longer lists are shown whole where that is asked for: a page stays light.
_ITEMS: Final = 50
_CITING: Final = 20
_PAIRS: Final = 20
_EVENTS: Final = 50
_DECISIONS: Final = 50
#: Leaves on each side of the open one whose small pictures are shown.
_LEAVES: Final = 12

FieldKey = Annotated[str, Query(max_length=60, pattern=r"^[a-z_]{0,40}(\.[a-z_0-9]{1,40}){0,3}$")]


@router.get("/documents/{id}")
def document(
    visit: Here,
    id: DirectiveId,
    page: Annotated[int, Query(ge=0, le=100_000)] = 0,
    field: FieldKey = "",
    raw: bool = False,
    whole: bool = False,
) -> Response:
    """A document. ``page`` 0: where ``field`` stands, or the first one."""
    record = visit.holdings.record(id)
    data = json.loads(record_json(record, visit.unmasked))
    key = field if field and view.is_key(data, field) else ""
    pages = visit.holdings.pages(id)
    count = max(data["source"]["pages"], len(pages))
    number = page or (view.page_of(data, key) if key else None) or 1
    if number > max(1, count):
        raise ProblemError(404, f"The document has no page {number}.")
    leaf = _leaf(visit, record, data, pages, number=number, count=count, key=key, raw=raw)
    if visit.partial and "hx-history-restore-request" not in visit.request.headers:
        return visit.page("documents/leaf.html", **leaf)
    return visit.page("documents/document.html", **leaf, **_about(visit, data, key, whole=whole))


def _leaf(
    visit: Visit,
    record: Record,
    data: view.Json,
    pages: Sequence[PageText],
    *,
    number: int,
    count: int,
    key: str,
    raw: bool,
) -> dict[str, Any]:
    """What the open leaf shows."""
    hidden = record.personal and not visit.unmasked
    text = next((one for one in pages if one.page == number), None)
    first, last = max(1, number - _LEAVES), min(count, number + _LEAVES)
    return {
        "id": record.id,
        "document": data,
        "number": number,
        "count": count,
        "leaves": range(first, last + 1),
        "key": key,
        "raw": raw and not hidden,
        "hidden": hidden,
        "pictured": data["source"]["kind"] != "text" and not hidden,
        "size": _size(text),
        "boxes": view.boxes(data, number),
        "label_of": view.label_of,
        "reading": _reading(visit, record, text, data, key=key, raw=raw, hidden=hidden),
        "personal": "personal_data=true" if visit.unmasked else "",
    }


def _size(page: PageText | None) -> tuple[int, int]:
    """How wide and high a picture is shown, so that nothing jumps when it comes."""
    if page is None or not page.width_px or not page.height_px:
        return 1440, 2037
    wide, high = page.width_px, page.height_px
    if page.rotation % 180:
        wide, high = high, wide
    return 1440, max(1, round(1440 * high / wide))


def _reading(
    visit: Visit,
    record: Record,
    page: PageText | None,
    data: view.Json,
    *,
    key: str,
    raw: bool,
    hidden: bool,
) -> Reading | None:
    if page is None:
        return None
    if hidden:
        return masked_reading(visit.holdings, record.id, page)
    marked = texts_of(view.part(data, key)) if key else []
    return reading(page, raw=raw, marked=marked)


def _about(visit: Visit, data: view.Json, key: str, *, whole: bool) -> dict[str, Any]:
    """What the whole page tells besides the leaf."""
    head = view.head(data)
    around = visit.holdings.around(data["id"], _CITING)

    def rows(found: Sequence[Any]) -> list[dict[str, Any]]:
        return row_dicts(visit.holdings, found, ("id",), visit.unmasked)

    kept = {name: _kept(data[name], name, key, whole=whole) for name in view.LISTS}
    return {
        "head": {one.key: one for one in head},
        "fields": [one for one in head if one.shown],
        "absent": [one.key for one in head if not one.shown],
        "lists": kept,
        "cut": {name: len(data[name]) - len(items) for name, items in kept.items()},
        "place_of": view.spot,
        "field_of": view.field_of,
        "reasons": [
            reasons.told(visit, reason)
            for reason in sorted(data["review"]["reasons"], key=reasons.rank)
        ],
        "citing": rows(around.citing),
        "citing_truncated": around.truncated,
        "cited": {row["id"]: row for row in rows(around.cited)},
        "versions": rows(around.versions),
        **_for_reviewers(visit, data["id"]),
    }


def _kept(items: Sequence[Any], name: str, key: str, *, whole: bool) -> list[tuple[int, Any]]:
    """The items that are shown, with their positions; the one in question always."""
    wanted = key.partition(".")[2] if key.startswith(f"{name}.") else ""
    return [
        (position, item)
        for position, item in enumerate(items)
        if whole or position < _ITEMS or str(position) == wanted
    ]


def _for_reviewers(visit: Visit, id_: str) -> Mapping[str, Any]:
    """Pairs that may be one document, what people decided, and the history: they name people."""
    if not visit.visitor.may("review"):
        return {"pairs": [], "decisions": [], "events": [], "first_seen": None, "events_cut": 0}
    first_seen, events = visit.holdings.history(id_)
    shown = list(reversed(events))[:_EVENTS]
    return {
        "pairs": _listed(visit, "duplicates", id_, _PAIRS),
        "decisions": [
            {**row, "name": name_of(visit, row["path"]), "said": said(row["value"])}
            for row in _listed(visit, "decisions", id_, _DECISIONS)
        ],
        "first_seen": first_seen,
        "events": [event.model_dump(mode="json") for event in shown],
        "events_cut": len(events) - len(shown),
    }


def _listed(visit: Visit, name: str, id_: str, most: int) -> list[dict[str, Any]]:
    """Rows of one of the archive's lists that are about a directive."""
    listed = next(one for one in visit.holdings.collections if one.name == name)
    wanted = listed.filters.model_validate({"directive_id": id_})
    rows = listed.ask(wanted, None, most).rows
    return row_dicts(visit.holdings, rows, listed.owners, visit.unmasked)


def said(value: Any) -> str:
    """What a person decided, as text: a value, or the words of an item."""
    if isinstance(value, dict):
        return next((str(value[k]) for k in ("value", "text", "number") if value.get(k)), "")
    return "" if value is None else str(value)
