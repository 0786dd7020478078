"""The OpenAPI description: what the framework makes of the routes, and the problems of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi

from pipeline import __version__
from pipeline.serve.access import OPEN_PATHS
from pipeline.serve.examples_records import operations
from pipeline.serve.ports import Holdings
from pipeline.serve.problems import KINDS, MEDIA_TYPE, Mistake, Problem, ProblemError

_ANY: Final = (400, 406, 414, 422, 429, 431, 500, 503, 504)
_OF_A_TOKEN: Final = (401, 403)
_TEXT: Final = (
    "Records of trade-union directives, each value with the page and box it was read from. "
    "Errors are problem+json (RFC 9457). On loopback no token is needed; elsewhere send "
    "`Authorization: Bearer TOKEN`."
)


def describe(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """A function for ``app.openapi``: the description, made once."""
    made: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not made:
            made.update(_described(app))
        return made

    return openapi


def _parameters(app: FastAPI) -> dict[str, frozenset[str]]:
    """The parameters of each operation, by its id; kept beside the description."""
    found: dict[str, frozenset[str]] | None = getattr(app.state, "parameters", None)
    if found is None:
        found = app.state.parameters = {
            operation["operationId"]: frozenset(p["name"] for p in operation.get("parameters", ()))
            for item in app.openapi()["paths"].values()
            for operation in item.values()
        }
    return found


async def only_described(request: Request) -> None:
    """A dependency: a parameter that the description does not name is a mistake, not a whim.

    Somebody who misspells a filter must not get everything, nor masked what was meant unmasked.

    :raises ProblemError: 422
    """
    if not request.query_params:
        return
    known = _parameters(request.app).get(request.scope["route"].operation_id, ())
    strange = [name for name in request.query_params if name not in known]
    if strange:
        what = "There is no such parameter."
        raise ProblemError(
            422,
            "The address has parameters that mean nothing here.",
            errors=[Mistake(where=f"query.{name}"[:300], what=what) for name in strange[:20]],
        )


def _described(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(title="vanthu", version=__version__, description=_TEXT, routes=app.routes)
    parts = found.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {})
    schemas["Problem"] = problem
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    parts["responses"] = {_name(status): _problem(status) for status in sorted(KINDS)}
    # Put in here: the framework leaves null out of what it is given.
    held: Holdings = app.state.holdings
    examples = operations()
    examples |= {c.name: {"items": [c.example], "next": None} for c in held.collections}
    examples |= {q.name: {"items": [q.example], "truncated": False} for q in held.questions}
    for path, item in found["paths"].items():
        for method, operation in item.items():
            _complete(path, method, operation)
            for content in operation["responses"]["200"].get("content", {}).values():
                if operation["operationId"] in examples:
                    content["example"] = examples[operation["operationId"]]
    return found


def _name(status: int) -> str:
    return f"Problem{status}"


def _problem(status: int) -> dict[str, Any]:
    _, title, advice = KINDS[status]
    schema = {"$ref": "#/components/schemas/Problem"}
    described: dict[str, Any] = {
        "description": f"{title}. {advice}",
        "content": {MEDIA_TYPE: {"schema": schema}},
    }
    if status in (429, 503):
        described["headers"] = {"Retry-After": _header("Seconds to wait.", "integer")}
    if status == 401:
        described["headers"] = {"WWW-Authenticate": _header("How to prove who asks.")}
    return described


def _header(text: str, kind: str = "string") -> dict[str, Any]:
    return {"description": text, "schema": {"type": kind}}


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    statuses = list(_ANY)
    if path not in OPEN_PATHS:
        # Both: on loopback without a token, elsewhere with one.
        operation["security"] = [{}, {"token": []}]
        statuses += _OF_A_TOKEN
    if "{" in path or "404" in answers:
        statuses += [404, 409]
    if method == "post":
        statuses += [413, 415]
    elif method == "get" and path not in OPEN_PATHS:
        answers.setdefault("304", {"description": "What you have is current."})
        answers["200"].setdefault("headers", {})["ETag"] = _header("For If-None-Match.")
    if path.endswith("/original") or "206" in answers:
        statuses.append(416)
    for status in sorted(statuses):
        answers[str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}
