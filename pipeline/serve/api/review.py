"""The review desk: what waits, what people decide about it, what is learned from that."""

# No 'from __future__ import annotations': see lists.

import json
from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from models import personal
from models.decision import Outcome
from models.review import LexiconEntry, ReviewCounts
from pipeline.errors import Conflict, UsageProblem
from pipeline.serve.access import Unmasked, needs, visitor_of
from pipeline.serve.answers import answer, dumps, produces, takes_json
from pipeline.serve.api.context import Archive, DirectiveId
from pipeline.serve.masking import row_dicts
from pipeline.serve.ports import Holdings
from pipeline.serve.problems import Conflicting, ProblemError
from pipeline.serve.shapes import (
    NAME,
    Approval,
    Completions,
    Decided,
    NextDocument,
    StandingDecisions,
    Undoing,
)

_json: Final = Depends(produces("application/json"))
_OWNER: Final = ("directive_id",)
router = APIRouter(tags=["review"], dependencies=[Depends(needs("review")), _json])
_sent: Final = [Depends(takes_json)]

RowId = Annotated[int, Path(ge=1, lt=2**31, description="Its number.", examples=[1])]


def _name(request: Request, by: str | None) -> str:
    """Who decides: the holder of the token; without one, the name that was given."""
    visitor = visitor_of(request)
    if visitor.name:
        return visitor.name
    if by is None:
        raise ProblemError(409, "A decision needs a name.", advice="Say who decides in 'by'.")
    return by


def _decided(
    request: Request, archive: Holdings, unmasked: bool, decide: Callable[[], Outcome]
) -> Response:
    """What came of decisions, or who was quicker."""
    try:
        outcome = decide()
    except Conflict as conflict:
        raise _conflict(conflict, unmasked) from None
    except UsageProblem as error:  # the request is one; this record cannot be decided so
        raise ProblemError(409, error.reason, advice=error.advice) from None
    (body,) = row_dicts(archive, [outcome], _OWNER, unmasked)
    return answer(request, dumps(body), secret=unmasked)


def _conflict(met: Conflict, unmasked: bool) -> ProblemError:
    record: dict[str, Any] = json.loads(met.record)
    shown = record if unmasked else personal.masked_record(record)
    names = ("seq", "at", "by", "change")
    changes = [{name: getattr(change, name) for name in names} for change in met.changes]
    told = {"path": met.path, "change_seq": met.change_seq, "changes": changes, "record": shown}
    return ProblemError(
        409, met.reason, advice=met.advice, conflict=Conflicting.model_validate(told)
    )


@router.get(
    "/queue/counts",
    response_model=ReviewCounts,
    operation_id="review_counts",
    summary="How much waits for a person, and how much is done",
)
def counts(request: Request, archive: Archive) -> Response:
    """Documents that wait, were approved, were corrected; what was decided since midnight."""
    return answer(request, dumps(archive.reviewing.counts().model_dump(mode="json")))


@router.get(
    "/queue/next",
    response_model=NextDocument,
    responses={404: {}},
    operation_id="review_next",
    summary="The document to look at next",
)
def following(
    request: Request,
    archive: Archive,
    unmasked: Unmasked,
    after: Annotated[
        str | None,
        Query(pattern="^[A-Za-z0-9._-]{1,128}$", description="The one that was looked at."),
    ] = None,
) -> Response:
    """The one behind `after` in the queue, also when that waits no longer; null: nothing waits."""
    row = archive.reviewing.next(after)
    rows = row_dicts(archive, [row] if row is not None else [], _OWNER, unmasked)
    return answer(request, dumps({"document": rows[0] if rows else None}), secret=unmasked)


@router.get(
    "/directives/{id}/decisions",
    response_model=StandingDecisions,
    operation_id="directive_decisions",
    summary="What people decided about a directive, and which version stands",
)
def of_directive(
    request: Request, archive: Archive, id: DirectiveId, unmasked: Unmasked
) -> Response:
    """`change_seq` is to be sent as `expected` with a decision."""
    (version,) = row_dicts(archive, [archive.reviewing.version(id)], _OWNER, unmasked)
    items = row_dicts(archive, archive.reviewing.decisions(id), _OWNER, unmasked)
    return answer(request, dumps(version | {"items": items}), secret=unmasked)


@router.post(
    "/directives/{id}/review",
    response_model=Outcome,
    dependencies=_sent,
    operation_id="review",
    summary="Decide about fields, items of lists and words",
)
def review(
    request: Request, archive: Archive, id: DirectiveId, decided: Decided, unmasked: Unmasked
) -> Response:
    """All decisions or none. 409 with `conflict` where what is decided changed since `expected`.

    Another field of the same document may have changed meanwhile: that is no conflict. With a token
    its holder decides, and `by` is not looked at.
    """
    by = _name(request, decided.by)
    return _decided(
        request, archive, unmasked,
        lambda: archive.reviewing.decide(
            id, decided.decisions, by=by, expected=decided.expected,
            token_id=visitor_of(request).token_id,
        ),
    )  # fmt: skip


@router.post(
    "/directives/{id}/review/approve",
    response_model=Outcome,
    dependencies=_sent,
    operation_id="approve",
    summary="A directive is right as it stands",
)
def approve(
    request: Request, archive: Archive, id: DirectiveId, approval: Approval, unmasked: Unmasked
) -> Response:
    """Whatever has a value is accepted; what could not be read stays open. 409 where it changed."""
    by = _name(request, approval.by)
    return _decided(
        request, archive, unmasked,
        lambda: archive.reviewing.approve(
            id, by=by, expected=approval.expected, token_id=visitor_of(request).token_id
        ),
    )  # fmt: skip


@router.post(
    "/decisions/{decision_id}/undo",
    response_model=Outcome,
    dependencies=_sent,
    operation_id="undo_decision",
    summary="Take a decision back, or make it again",
)
def undo(
    request: Request, archive: Archive, decision_id: RowId, undoing: Undoing, unmasked: Unmasked
) -> Response:
    """Approvals that came after it go with it. What it is already, as `undone` says, it stays."""
    by = _name(request, undoing.by)
    return _decided(
        request, archive, unmasked,
        lambda: archive.reviewing.undo(
            decision_id, by=by, token_id=visitor_of(request).token_id, undone=undoing.undone
        ),
    )  # fmt: skip


@router.get(
    "/completions",
    response_model=Completions,
    operation_id="completions",
    summary="Known values that begin as was typed",
)
def completions(
    request: Request,
    archive: Archive,
    field: Annotated[
        str, Query(max_length=80, description="A field.", examples=["issuer", "signer.name"])
    ],
    q: Annotated[str, Query(max_length=200, description="What was typed, marks optional.")] = "",
    directive: Annotated[
        str | None,
        Query(
            pattern="^[A-Za-z0-9._-]{1,128}$",
            description="What its issuer uses comes first.",
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Response:
    """Bodies, symbols, signers, types and places; those that people confirmed come first."""
    found = archive.reviewing.completions(field, q, directive_id=directive, limit=limit)
    items = row_dicts(archive, found, (), unmasked=True)
    return answer(request, dumps({"items": items}), secret=True)


@router.delete(
    "/lexicon/{entry_id}",
    response_model=LexiconEntry,
    operation_id="revoke_lexicon",
    summary="Use what was learned no longer",
)
def revoke(
    request: Request,
    archive: Archive,
    entry_id: RowId,
    by: Annotated[
        str | None, Query(max_length=200, pattern=NAME, description="Who revokes it.")
    ] = None,
) -> Response:
    """An entry that is revoked is not used for later documents; once more: it is used again."""
    name = _name(request, by)
    try:
        entry = archive.reviewing.revoke(entry_id, by=name)
    except UsageProblem as error:
        raise ProblemError(409, error.reason, advice=error.advice) from None
    return answer(request, dumps(entry.model_dump(mode="json")), secret=True)
