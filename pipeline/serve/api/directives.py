"""One directive: the record, its lists, and what each field rests on."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from models.directive import Citation, Deadline, Directive, Target
from models.finding import Finding
from pipeline.serve import images
from pipeline.serve.access import Unmasked, must_show
from pipeline.serve.answers import answer, dumps, etag, produces, takes_json
from pipeline.serve.api.context import PREFIX, Archive, DirectiveId, Limits
from pipeline.serve.masking import record_json
from pipeline.serve.ports import Record
from pipeline.serve.problems import Mistake, ProblemError
from pipeline.serve.shapes import EvidencePlace, FieldEvidence, Found, Lookup

router = APIRouter(tags=["directives"])
_json: Final = Depends(produces("application/json"))
#: ``number``, ``signer.name``, ``citations.2.issued``; what it leads to must have evidence.
FieldName = Annotated[
    str,
    Path(
        pattern=r"^[a-z_]{1,40}(\.([a-z_]{1,40}|[0-9]{1,6})){0,3}$",
        description="A field by its place in the record, items of lists by their position.",
        examples=["number", "signer.name", "citations.0.issued", "targets.0"],
    ),
]


def record_tag(record: Record, unmasked: bool, *form: object) -> str:
    """The tag of a form of a record: made of what it is, so that nothing need be made to compare.

    Masking is part of the form only where there is something to mask.
    """
    shown = unmasked or not record.personal
    return etag(record.id, record.content_hash, *record.paths, shown, *form)


@router.get(
    "/directives/{id}",
    response_model=Directive,
    dependencies=[_json],
    operation_id="directive",
    summary="The whole record of a directive",
)
def directive(request: Request, archive: Archive, id: DirectiveId, unmasked: Unmasked) -> Response:
    """The whole record; every value says where it was seen and how sure it is."""
    record = archive.record(id)
    secret = unmasked and record.personal
    tag = record_tag(record, unmasked)
    return answer(request, lambda: record_json(record, unmasked), tag=tag, secret=secret)


@router.post(
    "/directives/lookup",
    response_model=Found,
    dependencies=[Depends(takes_json), _json],
    operation_id="lookup",
    summary="Whole records of several directives",
)
def lookup(
    request: Request, archive: Archive, limits: Limits, wanted: Lookup, unmasked: Unmasked
) -> Response:
    """Whole records of several directives at once."""
    if len(wanted.ids) > limits.lookup_ids_most:
        what = f"At most {limits.lookup_ids_most} ids at a time."
        raise ProblemError(422, what, errors=[Mistake(where="body.ids", what=what)])
    ids = list(dict.fromkeys(wanted.ids))
    found = {r.id: r for r in archive.records([i for i in ids if "\0" not in i])}
    items = b",".join(record_json(found[i], unmasked) for i in ids if i in found)
    missing = dumps([i for i in ids if i not in found])
    body = b'{"items":[' + items + b'],"missing":' + missing + b"}"
    return answer(request, body, secret=unmasked)


def _list_route(name: str, model: Any, what: str) -> None:
    """The route of one list of the record."""

    @router.get(
        f"/directives/{{id}}/{name}",
        response_model=list[model],
        dependencies=[_json],
        operation_id=f"directive_{name}",
        summary=f"The {name} of a directive",
        description=f"{what}, each with its evidence, in the order of the record.",
    )
    def items(request: Request, archive: Archive, id: DirectiveId, unmasked: Unmasked) -> Response:
        record = archive.record(id)

        def body() -> bytes:
            return dumps(json.loads(record_json(record, unmasked))[name])

        secret = unmasked and record.personal
        return answer(request, body, tag=record_tag(record, unmasked, name), secret=secret)


_list_route("citations", Citation, "Documents that this one names")
_list_route("targets", Target, "Targets and results that it states")
_list_route("deadlines", Deadline, "Days by which something is due")
_list_route("findings", Finding, "What a careful clerk would note in the margin")


# -- evidence ------------------------------------------------------------------------------------


@router.get(
    "/directives/{id}/evidence/{field}",
    response_model=FieldEvidence,
    dependencies=[_json],
    operation_id="evidence",
    summary="What a field rests on",
)
def evidence(
    request: Request, archive: Archive, id: DirectiveId, field: FieldName, unmasked: Unmasked
) -> Response:
    """What a field rests on: pages, boxes, texts, and pictures of the places."""
    record = archive.record(id)
    data = json.loads(record_json(record, unmasked))
    found = _field(data, field)
    base = f"{PREFIX}/directives/{id}"
    places = [
        EvidencePlace.model_validate(
            place
            | {
                "page_text": f"{base}/pages/{place['page']}" if place["page"] else None,
                "picture": f"{base}/evidence/{field}/{number}/image"
                if place["page"] and place["bbox"]
                else None,
            }
        )
        for number, place in enumerate(found["evidence"])
    ]
    shown = FieldEvidence(
        directive_id=id,
        field=field,
        evidence=places,
        **{k: found[k] for k in ("value", "raw", "status", "confidence", "rule") if k in found},
    )
    body = dumps(shown.model_dump(mode="json", by_alias=True))
    return answer(request, body, secret=unmasked and record.personal)


@router.get(
    "/directives/{id}/evidence/{field}/{position}/image",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}, "description": "The place as PNG."}},
    dependencies=[Depends(produces("image/png"))],
    operation_id="evidence_image",
    summary="A picture of the place that a value was read from",
)
def evidence_image(
    request: Request,
    archive: Archive,
    id: DirectiveId,
    field: FieldName,
    position: Annotated[int, Path(ge=0, le=100_000, description="Which evidence, from 0.")],
    unmasked: Unmasked,
    margin: Annotated[
        float, Query(ge=0, le=0.5, description="Around it, in fractions of the page's width.")
    ] = 0.01,
) -> Response:
    """A picture of the place that a value was read from, cut from the stored page image."""
    record = archive.record(id)
    must_show(record, unmasked)
    places = _field(json.loads(record.json), field)["evidence"]
    place = places[position] if position < len(places) else None
    if place is None or not place["page"] or not place["bbox"]:
        raise ProblemError(404, "There is no such place, or it has no box.")
    image = archive.page_image(record, place["page"])
    if image is None:
        raise no_image(place["page"])
    box = tuple(place["bbox"])
    tag = record_tag(record, unmasked, "crop", field, position, margin)
    return answer(
        request,
        lambda: images.crop(image, (box[0], box[1], box[2], box[3]), margin),
        media_type="image/png",
        tag=tag,
        secret=record.personal,
    )


def no_image(page: int) -> ProblemError:
    """That no image of a page is stored."""
    return ProblemError(
        404,
        f"No image of page {page} is stored.",
        advice="Images of scanned pages are kept where the setting run.keep_page_images is on and "
        "the settings of cleaning have not changed since.",
    )


def _field(record: dict[str, Any], name: str) -> dict[str, Any]:
    """The part of a record that ``name`` leads to.

    :raises ProblemError: there is none, or it is none that has evidence
    """
    at: Any = record
    for step in name.split("."):
        if isinstance(at, dict):
            at = at.get(step)
        elif isinstance(at, list) and re.fullmatch("[0-9]+", step) and int(step) < len(at):
            at = at[int(step)]
        else:
            at = None
    if not isinstance(at, dict) or "evidence" not in at:
        raise ProblemError(
            404,
            f"The record has no field {name!r} with evidence.",
            advice="Name a field of the record, such as number, signer.name or citations.0.",
        )
    return at
