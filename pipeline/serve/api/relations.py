"""How documents belong together: who carries out what, what may be one, what happened to one.

The models come with the archive that is handed in, so these routes are made when the application
is.
"""

# No 'from __future__ import annotations': see lists.

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel

from models.personal import Words
from pipeline.errors import UsageProblem
from pipeline.serve.access import Unmasked, needs
from pipeline.serve.answers import answer, dumps, produces, takes_json
from pipeline.serve.api.context import Archive, DirectiveId
from pipeline.serve.masking import masked_row, row_dicts
from pipeline.serve.ports import Chains, Direction, Holdings, Merging, Relation
from pipeline.serve.problems import ProblemError
from pipeline.serve.shapes import History, Verdict

_json: Final = Depends(produces("application/json"))
_DEEPEST: Final = 1000
#: The fields of a pair that name its directives.
PAIR: Final = ("one.id", "two.id")

Towards = Annotated[
    Direction,
    Query(description="`down`: what cites it, and what cites that; `up`: what it rests on."),
]
Depth = Annotated[
    int | None, Query(ge=1, le=_DEEPEST, description="How many steps; all without it.")
]
Relations = Annotated[
    list[Relation],
    Query(alias="relation", max_length=20, description="Only these relations; may be repeated."),
]
MergeId = Annotated[
    int, Path(ge=1, lt=2**31, description="The pair's id.", examples=[1], alias="merge_id")
]


def add_chains(router: APIRouter, chains: Chains) -> None:
    """The routes of the graph: from a document that is there, and from any number."""

    def told(
        request: Request,
        archive: Holdings,
        unmasked: bool,
        question: tuple[str, Direction, int | None, list[Relation]],
    ) -> Response:
        found = chains.ask(*question, None).model_dump(mode="json")
        body = found if unmasked else _masked_chain(archive, found)
        return answer(request, dumps(body), secret=unmasked)

    @router.get(
        "/directives/{id}/chain",
        response_model=chains.model,
        dependencies=[_json],
        summary="What carries out a document, or what it rests on",
        description="Documents, nearest first, and the citations between them. A document that is "
        "cited and not in the archive is a node without an `id`. An edge that is not `resolved` "
        "rests on the number alone.",
        operation_id="directive_chain",
        tags=["relations"],
    )
    def of_directive(
        request: Request,
        archive: Archive,
        unmasked: Unmasked,
        id: DirectiveId,
        relation: Relations = [],  # noqa: B006 - FastAPI copies it
        direction: Towards = "down",
        depth: Depth = None,
    ) -> Response:
        archive.record(id)  # a number is no id
        return told(request, archive, unmasked, (id, direction, depth, relation))

    @router.get(
        "/chain",
        response_model=chains.model,
        responses={404: {}},
        dependencies=[_json],
        summary="The chain from a number, also of a document that is only cited",
        description="As `/directives/{id}/chain`. `document` is an id or a number in any spelling. "
        "404 where neither is there nor cited, and where several documents have the number: "
        "`advice` names them then.",
        operation_id="chain",
        tags=["relations"],
    )
    def of_number(
        request: Request,
        archive: Archive,
        unmasked: Unmasked,
        document: Annotated[
            str,
            Query(
                min_length=1,
                max_length=300,
                description="A number or an id.",
                examples=["12/KH-LĐLĐ"],
            ),
        ],
        relation: Relations = [],  # noqa: B006 - FastAPI copies it
        direction: Towards = "down",
        depth: Depth = None,
    ) -> Response:
        return told(request, archive, unmasked, (document, direction, depth, relation))


def _masked_chain(archive: Holdings, chain: dict[str, Any]) -> dict[str, Any]:
    """Each node masked by its own document, or by those that cite it."""
    words = archive.personal_words(sorted(n["id"] for n in chain["nodes"] if n["id"]))
    if not words:
        return chain
    citing: dict[str, set[str]] = {}
    for edge in chain["edges"]:
        citing.setdefault(edge["cited"], set()).add(edge["citing"])
    names: dict[str, str] = {}
    nodes = []
    for place, node in enumerate(chain["nodes"]):
        hidden = _masked_node(node, words, citing.get(node["key"], set()))
        if node["id"] is None and hidden["number"] != node["number"]:
            hidden["key"] = names[node["key"]] = f"?{place}"  # its key was made of the number
        nodes.append(hidden)
    edges = [
        edge | {end: names.get(edge[end], edge[end]) for end in ("citing", "cited")}
        for edge in chain["edges"]
    ]
    root = names.get(chain["root"], chain["root"])
    return chain | {"root": root, "nodes": nodes, "edges": edges}


def _masked_node(
    node: dict[str, Any], words: Mapping[str, Words], citing: set[str]
) -> dict[str, Any]:
    for id_ in sorted({node["id"]} if node["id"] else citing):
        node = masked_row(node, words.get(id_, ()))
    return dict(node)


def add_merging(router: APIRouter, merging: Merging) -> None:
    """The routes of one pair; the list of them is one of the collections."""

    def shown(request: Request, archive: Holdings, pair: BaseModel, unmasked: bool) -> Response:
        (row,) = row_dicts(archive, [pair], PAIR, unmasked)
        return answer(request, dumps(row), secret=unmasked)

    @router.get(
        "/duplicates/{merge_id}",
        response_model=merging.model,
        dependencies=[Depends(needs("review")), _json],
        summary="Two directives that may be one document",
        description="With what a person decided about them, if anybody did.",
        operation_id="duplicate",
        tags=["relations"],
    )
    def pair(request: Request, archive: Archive, merge_id: MergeId, unmasked: Unmasked) -> Response:
        return shown(request, archive, merging.get(merge_id), unmasked)

    @router.post(
        "/duplicates/{merge_id}/decision",
        response_model=merging.model,
        dependencies=[Depends(needs("review")), Depends(takes_json), _json],
        summary="Decide whether two directives are one document",
        description="`accepted` makes one the main version and the other a version of it, "
        "`rejected` keeps them apart, `undone` takes back what was decided. The history keeps who "
        "decided. The same decision again changes nothing. 409 where it cannot be decided so.",
        operation_id="decide_duplicate",
        tags=["relations"],
    )
    def decide(
        request: Request, archive: Archive, merge_id: MergeId, verdict: Verdict, unmasked: Unmasked
    ) -> Response:
        try:
            decided = merging.decide(merge_id, verdict.decision, verdict.by, verdict.main)
        except UsageProblem as error:
            raise ProblemError(
                409,
                error.reason,
                advice="GET the pair and decide by its state: an accepted one is undone before it "
                "is rejected, and only what was decided can be undone.",
            ) from None
        return shown(request, archive, decided, unmasked)


def add_history(router: APIRouter) -> None:
    """The route of what happened to a directive."""

    @router.get(
        "/directives/{id}/history",
        response_model=History,
        dependencies=[Depends(needs("review")), _json],
        summary="When a directive came, and what was changed by whom",
        description="In order. `actor` is `machine` or the name of a person.",
        operation_id="directive_history",
        tags=["relations"],
    )
    def history(request: Request, archive: Archive, id: DirectiveId) -> Response:
        first, events = archive.history(id)
        items = [event.model_dump(mode="json") for event in events]
        return answer(request, dumps({"first_seen_at": first, "items": items}))
