"""What corrections have taught: seen, and revoked where it is wrong."""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import APIRouter, Path
from starlette.responses import Response

from models.review import LexiconKind
from pipeline.serve.web.desk.common import address
from pipeline.serve.web.site import FromOurPage, Here, Reviewers

router = APIRouter(dependencies=[Reviewers])
KINDS: tuple[LexiconKind, ...] = get_args(LexiconKind)


@router.get("/review/lexicon")
def lexicon(visit: Here, kind: LexiconKind | None = None) -> Response:
    """Entries by kind, what was confirmed most often first."""
    entries = visit.holdings.reviewing.lexicon(kind)
    return visit.page("desk/lexicon.html", entries=entries, kinds=KINDS, kind=kind)


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
