"""What a search finds, to take away: a table for Excel (CSV) or a workbook (XLSX)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Final, Literal

import anyio.to_thread
from fastapi import APIRouter, Depends
from starlette.responses import Response

from pipeline.serve.access import needs
from pipeline.serve.answers import send_file
from pipeline.serve.masking import record_json
from pipeline.serve.ports import Blob
from pipeline.serve.web.search.question import Question, question
from pipeline.serve.web.site import Here, Visit

router = APIRouter(dependencies=[Depends(needs("read"))])
#: More documents are no table that a person reads; the link to JSON Lines has them all.
MOST: Final = 5000
_BATCH: Final = 200


@router.get("/search/results.{form}")
async def results(visit: Here, form: Literal["csv", "xlsx"]) -> Response:
    """All documents that answer the address, masked as the visitor sees them, :data:`MOST` at
    most; the file's name says where there were more."""
    asked = question(visit.request.query_params.multi_items(), visit.holdings.search.filters)
    blob = await anyio.to_thread.run_sync(
        partial(_made, visit, asked, form), limiter=visit.request.app.state.renderings
    )
    tag = f'"{hashlib.sha256(str(datetime.now(UTC)).encode()).hexdigest()[:16]}"'
    return send_file(visit.request, blob, tag, secret=True)


def _made(visit: Visit, asked: Question, form: Literal["csv", "xlsx"]) -> Blob:
    documents = _Documents(visit, asked)
    day = datetime.now().astimezone().date().isoformat()
    name = visit.say("search.download.name", day=day)
    blob = visit.holdings.table(form, iter(documents), visit.language, name)
    if not documents.more:
        return blob
    first = visit.say("search.download.name_first", day=day, most=str(MOST))
    return blob._replace(name=f"{first}.{form}")


class _Documents:
    """The documents that answer, as the visitor may see them; ``more``: there were too many."""

    def __init__(self, visit: Visit, asked: Question) -> None:
        self.more = False
        self._visit = visit
        self._wanted = asked.wanted.model_copy(update={"text": asked.words or None})

    def __iter__(self) -> Iterator[bytes]:
        after, count = "", 0
        while True:
            records = self._visit.holdings.export(self._wanted, after, _BATCH)
            for record in records:
                if count == MOST:
                    self.more = True
                    return
                count += 1
                yield record_json(record, self._visit.unmasked)
            if len(records) < _BATCH:
                return
            after = records[-1].id
