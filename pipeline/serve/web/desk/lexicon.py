"""What corrections have taught: seen, and revoked where it is wrong."""

from __future__ import annotations

import hashlib
import tempfile
from typing import Annotated, get_args

from fastapi import APIRouter, Path
from starlette.responses import Response

from models.review import LexiconKind
from pipeline.serve.answers import send_file
from pipeline.serve.ports import Blob
from pipeline.serve.web.desk.common import address
from pipeline.serve.web.site import FromOurPage, Here, Reviewers

router = APIRouter(dependencies=[Reviewers])
KINDS: tuple[LexiconKind, ...] = get_args(LexiconKind)


@router.get("/review/lexicon")
def lexicon(visit: Here, kind: LexiconKind | None = None) -> Response:
    """Entries by kind, what was confirmed most often first."""
    entries = visit.holdings.reviewing.lexicon(kind)
    return visit.page("desk/lexicon.html", entries=entries, kinds=KINDS, kind=kind)


@router.get("/review/cases.jsonl")
def cases(visit: Here) -> Response:
    """Every decision in force as a labelled case, one a line; personal data is masked."""
    made = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    digest = hashlib.sha256()
    for case in visit.holdings.reviewing.cases():
        line = case.model_dump_json(by_alias=True).encode("utf-8", "replace") + b"\n"
        digest.update(line)
        made.write(line)
    size = made.tell()
    made.seek(0)
    blob = Blob(made, size, "application/x-ndjson", "cases.jsonl")
    return send_file(visit.request, blob, f'"{digest.hexdigest()[:40]}"', secret=True)


@router.post("/review/lexicon/{entry}/revoke", dependencies=[FromOurPage])
def revoke(
    visit: Here, entry: Annotated[int, Path(ge=1)], kind: LexiconKind | None = None
) -> Response:
    """Use an entry no longer, or again."""
    where = address("/review/lexicon", {"kind": kind or ""})
    if not visit.session.person:
        visit.notice("desk.name.why")
        return visit.go(where)
    done = visit.holdings.reviewing.revoke(entry, by=visit.session.person)
    visit.notice("desk.lexicon.revoked" if done.revoked_at else "desk.lexicon.again")
    return visit.go(where)
