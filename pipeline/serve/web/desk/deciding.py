"""Decisions: sent one after the other by the page's script, or as a plain form without it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field, ValidationError
from starlette.responses import JSONResponse, Response

from models.decision import Decision, Made, Outcome
from models.decision_paths import ITEMS
from pipeline.errors import Conflict, UnfitValue, UsageProblem
from pipeline.serve.problems import ProblemError
from pipeline.serve.web.desk.common import Document, Id, address, narrowed, presence_of
from pipeline.serve.web.desk.queue import where_next
from pipeline.serve.web.desk.rows import Choice, Row
from pipeline.serve.web.desk.telling import form_of
from pipeline.serve.web.formats import FORMATS
from pipeline.serve.web.site import FromOurPage, Here, Reviewers, Visit

router = APIRouter(dependencies=[Reviewers])
_MOST_AT_ONCE: Final = 50
_OTHER_PERSON: Final = 412
_NEEDED: Final = 428  # RFC 6585: something is missing that must come first


class Sent(BaseModel):
    """Decisions of one step. ``expected``: the version that was on the screen; ``key``: a name
    under which they may be sent again where the answer got lost; ``by``: who decided, where that
    is known: what waited while somebody else signed in is not signed with the other's name."""

    key: str = Field(min_length=8, max_length=64)
    expected: int = Field(ge=0)
    by: str = Field("", max_length=100)
    decisions: list[Decision] = Field(min_length=1, max_length=_MOST_AT_ONCE)


class Kept:
    """What was decided under which key, so that what is sent twice is decided once."""

    def __init__(self, most: int = 10_000, stripes: int = 64) -> None:
        self._most = most
        self._made: OrderedDict[str, tuple[int, ...]] = OrderedDict()
        self._locks = [threading.Lock() for _ in range(stripes)]

    def lock(self, key: str) -> threading.Lock:
        """Held while what came under ``key`` is decided."""
        return self._locks[hash(key) % len(self._locks)]

    def get(self, key: str) -> tuple[int, ...] | None:
        """The ids of what was decided under a key."""
        return self._made.get(key)

    def put(self, key: str, ids: tuple[int, ...]) -> None:
        """Remember them."""
        self._made[key] = ids
        while len(self._made) > self._most:
            self._made.popitem(last=False)


def _by(visit: Visit) -> dict[str, Any]:
    return {"by": visit.session.person, "token_id": visit.visitor.token_id}


def _needs_name(visit: Visit) -> Response | None:
    if visit.session.person:
        return None
    return _json({"need": "person", "detail": visit.say("desk.name.why")}, _NEEDED)


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(body, status, {"Cache-Control": "no-store"})


# -- by the script -------------------------------------------------------------------------------


@router.post("/review/{id}/decide", dependencies=[FromOurPage])
def decide(visit: Here, request: Request, id: Id, sent: Sent) -> Response:
    """Write down decisions; what stands then, or what is in the way."""
    if (missing := _needs_name(visit)) is not None:
        return missing
    if sent.by and sent.by != visit.session.person:
        return _json({"need": "same_person", "person": visit.session.person}, _OTHER_PERSON)
    kept: Kept = request.app.state.kept
    reviewing = visit.holdings.reviewing
    try:
        with kept.lock(sent.key):
            ids = kept.get(sent.key)
            if ids is None:
                outcome = reviewing.decide(id, sent.decisions, expected=sent.expected, **_by(visit))
                ids = tuple(one.id for one in outcome.decisions)
                kept.put(sent.key, ids)
    except Conflict as conflict:
        return _json(_conflict(visit, id, conflict), 409)
    except UsageProblem as problem:
        return _json(_refused(visit, problem, sent.decisions), 422)
    approved = any(one.action == "approve" for one in sent.decisions)
    return _json(_stands(visit, id, ids, since=sent.expected, approved=approved))


class Back(BaseModel):
    """What is taken back; without ``decision`` the last of this person."""

    decision: int | None = None


@router.post("/review/{id}/undo", dependencies=[FromOurPage])
def undo(visit: Here, id: Id, back: Back) -> Response:
    """Take a decision back."""
    if (missing := _needs_name(visit)) is not None:
        return missing
    last = _to_undo(visit, id, back.decision)
    if last is None:
        return _json({"nothing": True})
    outcome = visit.holdings.reviewing.undo(last.id, undone=True, **_by(visit))
    answer = _stands(visit, id, (), since=outcome.change_seq)
    return _json(answer | {"undone": {"id": last.id, "path": last.path}})


def _to_undo(visit: Visit, id: str, wanted: int | None) -> Made | None:
    """The decision that is asked for, or the last one of this person, where it stands."""
    standing = [one for one in visit.holdings.reviewing.decisions(id) if one.stands]
    if wanted is not None:
        return next((one for one in standing if one.id == wanted), None)
    own = [one for one in standing if one.actor == visit.session.person]
    return own[-1] if own else None


def _stands(
    visit: Visit, id: str, ids: Sequence[int], *, since: int, approved: bool = False
) -> dict[str, Any]:
    """What the page shows after a decision."""
    doc = Document(visit, id)
    every = visit.holdings.reviewing.decisions(id)
    others = sorted(
        {
            one.actor
            for one in every
            if one.seq > since and one.id not in ids and one.actor != visit.session.person
        }
        | {
            str(one.undone_by)
            for one in every
            if (one.undone_seq or 0) > since and one.undone_by != visit.session.person
        }
    )
    answer: dict[str, Any] = {
        "version": doc.version.change_seq, "left": doc.shown.left,
        "state": doc.version.review.state,
        "made": [{"id": o.id, "path": o.path} for o in every if o.id in ids], "others": others,
        "html": _rows(visit, doc),
    }  # fmt: skip
    if approved:
        presence_of(visit.request).gone(id, visit.session.id)
        answer["next"] = where_next(visit, id)
        answer["left_all"] = visit.holdings.reviewing.counts().pending
    return answer


def _rows(visit: Visit, doc: Document) -> str:
    return visit.site.text(
        "desk/rows.html", visit.language, visit=visit, csrf=visit.session.csrf, **doc.context()
    )


def _row(doc: Document, path: str) -> Row | None:
    return next((row for row in doc.shown.rows if row.path == path), None)


def _choices(doc: Document, path: str) -> tuple[Choice, ...]:
    """What a key chooses at a path: of a row, or of a list to be added to."""
    row = _row(doc, path)
    if row is not None:
        return row.choices
    return next((group.offered for group in doc.shown.groups if group.adds == path), ())


def _conflict(visit: Visit, id: str, conflict: Conflict) -> dict[str, Any]:
    doc = Document(visit, id)
    row = _row(doc, conflict.path)
    people = [one for one in conflict.changes if one.by != "machine"]
    last = (people or list(conflict.changes))[-1:]
    say = visit.say
    machine = say("desk.conflict.machine")
    return {
        "conflict": {
            "path": conflict.path,
            "label": doc.label(row) if row else say("desk.conflict.document"),
            "theirs": doc.text(row.name, row.value) if row else "",
            "status": say("common.status." + row.status) if row else "",
            "by": machine if not last or last[0].by == "machine" else last[0].by,
            "at": FORMATS[visit.language].moment(last[0].at) if last else "",
        },
        "version": doc.version.change_seq,
        "left": doc.shown.left,
        "html": _rows(visit, doc),
    }


def _refused(visit: Visit, problem: UsageProblem, decisions: Sequence[Decision]) -> dict[str, Any]:
    """Why a value is none, in the words of people where they are known."""
    path = decisions[0].path
    if isinstance(problem, UnfitValue):
        return {"path": path, "detail": visit.say("desk.unfit." + form_of(path))}
    return {"path": path, "detail": f"{problem.reason} {problem.advice}"}


# -- without a script ----------------------------------------------------------------------------


async def _fields(request: Request) -> dict[str, str]:
    return {name: str(value)[:3000] for name, value in (await request.form()).items()}


@router.post("/review/{id}/form", dependencies=[FromOurPage])
def by_form(visit: Here, id: Id, fields: Annotated[dict[str, str], Depends(_fields)]) -> Response:
    """One decision, then the page again; after an approval the next document.

    ``do`` is an action and a path, or ``pick``, a candidate's number and a path; what is typed for
    a path is under ``v`` and the path.
    """
    kept = narrowed(visit.request)
    made = _of_form(visit, id, fields)
    path = made.path if made is not None else ""
    here = address(f"/review/{id}", kept, at=path)
    if made is None:
        return visit.go(here)
    if not visit.session.person:
        visit.notice("desk.name.why")
        return visit.go(here)
    expected = fields.get("expected", "")
    try:
        version = int(expected) if expected.isdecimal() else None
        visit.holdings.reviewing.decide(id, [made], expected=version, **_by(visit))
    except Conflict as conflict:
        last = conflict.changes[-1].by if conflict.changes else ""
        visit.notice("desk.conflict.notice", by=last)
        return visit.go(here)
    except UnfitValue:
        visit.notice("desk.unfit." + form_of(path))
        return visit.go(here)
    return visit.go(where_next(visit, id) if made.action == "approve" else here)


def _of_form(visit: Visit, id: str, fields: dict[str, str]) -> Decision | None:
    """The decision that a form tells; ``None``: nothing was typed."""
    action, _, path = fields.get("do", "").partition(" ")
    if action == "pick":
        place, _, path = path.partition(" ")
        choices = _choices(Document(visit, id), path)
        if not place.isdecimal() or not 1 <= int(place) <= len(choices):
            raise ProblemError(422, "There is no such candidate.")
        choice = choices[int(place) - 1]
        return Decision(path=path, action=choice.action, value=choice.sent)
    if not action:  # sent by Enter: what was typed tells where
        path = next((k[2:] for k, v in fields.items() if k.startswith("v ") and v.strip()), "")
        action = "add" if path in ITEMS else "correct"
    value: Any = None
    if action in ("correct", "add"):
        value = fields.get(f"v {path}", "").strip()
        if not value:
            return None
        value = added(path, value) if action == "add" else value
    try:
        return Decision.model_validate({"path": path, "action": action, "value": value})
    except ValidationError:
        raise ProblemError(422, "That is nothing that can be decided.") from None


def added(path: str, typed: str) -> Any:
    """What is typed for a new item: claims have their words as a part."""
    return {"text": typed} if path in ("targets", "deadlines") else typed


@router.post("/review/{id}/undo/{decision}", dependencies=[FromOurPage])
def undo_by_form(visit: Here, id: Id, decision: int) -> Response:
    """Take a decision of the history back, or make it again."""
    if not visit.session.person:
        visit.notice("desk.name.why")
    elif any(one.id == decision for one in visit.holdings.reviewing.decisions(id)):
        made: Outcome = visit.holdings.reviewing.undo(decision, **_by(visit))
        stands = any(one.id == decision and one.stands for one in made.decisions)
        visit.notice("desk.history.again" if stands else "desk.history.undone")
    return visit.go(f"/review/{id}/history")


@router.get("/review/{id}/completions")
def completions(
    visit: Here,
    id: Id,
    field: Annotated[str, Query(max_length=80)],
    typed: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Values that a person may mean who began to type."""
    found = visit.holdings.reviewing.completions(field, typed, directive_id=id, limit=8)
    return _json(
        {
            "items": [
                {"value": one.value, "from": visit.say("desk.source." + one.source)}
                for one in found
            ]
        }
    )
