"""What the commands share: their options, the settings, the archive, JSON on standard output."""

from __future__ import annotations

import inspect
import os
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_type_hints

import typer
from pydantic import BaseModel, ValidationError

from pipeline.errors import UsageProblem
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.archive import Archive, Filter

Where = Annotated[
    str | None,
    typer.Option(
        "--archive",
        help="The archive's folder or database URL. Default: VANTHU_ARCHIVE or settings.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="JSON for machines, one object a line.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Workers at a time. Default: one a core.")
]
Limit = Annotated[int, typer.Option(min=1, help="At most so many rows.")]
Issuer = Annotated[str | None, typer.Option(help="Part of the issuer's name, marks optional.")]
DocType = Annotated[str | None, typer.Option("--type", help="Document type, e.g. 'ke hoach'.")]
Since = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Issued from.")
]
Until = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Issued up to.")]
Campaign = Annotated[str | None, typer.Option(help="The id of a campaign.")]
ChangesSince = Annotated[
    str | None,
    typer.Option(
        "--since",
        help="What changed after this cursor, as jsonl; 'start' for everything. The cursor to go "
        "on from is told on standard error.",
    ),
]
CursorFile = Annotated[
    Path | None,
    typer.Option(
        "--cursor-file", help="As --since, with the cursor in this file, which is brought forward."
    ),
]
ToReview = Annotated[
    bool | None, typer.Option("--review/--no-review", help="Only what (needs | needs no) review.")
]

Level = Annotated[
    str | None,
    typer.Option(help="Level of the issuer: central, province, district, sector, grassroots, …"),
]
Province = Annotated[
    str | None, typer.Option(help="The issuer's province as it was called at the time.")
]
ProvinceNow = Annotated[
    str | None, typer.Option(help="The province that the issuer's place belongs to today.")
]
TargetKind = Annotated[
    str | None,
    typer.Option("--target", help="With a quota, coverage, per_unit, result or aspiration."),
]
DueFrom = Annotated[
    datetime | None,
    typer.Option("--due-from", formats=["%Y-%m-%d"], help="With a deadline from this day on."),
]
DueTo = Annotated[
    datetime | None,
    typer.Option("--due-to", formats=["%Y-%m-%d"], help="With a deadline up to this day."),
]

#: The options that choose directives, by the field of the filter that they set.
FILTER_OPTIONS: Final[dict[str, Any]] = {
    "id": Annotated[str | None, typer.Option("--id", help="The id of one directive.")],
    "issuer": Issuer,
    "doc_type": DocType,
    "number": Annotated[str | None, typer.Option(help="The number, in any spelling.")],
    "issued_from": Since,
    "issued_to": Until,
    "campaign": Campaign,
    "text": Annotated[str | None, typer.Option(help="Words, as 'vanthu search' takes them.")],
    "needs_review": ToReview,
    "state": Annotated[
        Literal["pending", "approved", "corrected"] | None,
        typer.Option(help="The state of the review."),
    ],
    "finding": Annotated[
        str | None, typer.Option(help="The code of a finding, e.g. date.before_citation.")
    ],
    "level": Level,
    "province": Province,
    "province_now": ProvinceNow,
    "target_kind": TargetKind,
    "deadline_from": DueFrom,
    "deadline_to": DueTo,
    "superseded": Annotated[
        bool | None,
        typer.Option("--superseded/--current", help="Only what (no | some) file has any more."),
    ],
}


def filtered(command: Callable[..., None]) -> Callable[..., None]:
    """``command`` with the options of :data:`FILTER_OPTIONS` in place of its ``chosen``."""

    def asked(**given: Any) -> None:
        conditions = {name: given.pop(name) for name in FILTER_OPTIONS}
        command(chosen=chosen_filter(**conditions), **given)

    own = {
        name: parameter
        for name, parameter in inspect.signature(command).parameters.items()
        if name != "chosen"
    }
    holder = SimpleNamespace(__annotations__={n: p.annotation for n, p in own.items()})
    types = get_type_hints(holder, globalns=command.__globals__, include_extras=True)
    parameters = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, kind, default in [
            *((n, kind, None) for n, kind in FILTER_OPTIONS.items()),
            *((n, types[n], parameter.default) for n, parameter in own.items()),
        ]
    ]
    as_typer_sees_it: Any = asked
    as_typer_sees_it.__name__, as_typer_sees_it.__doc__ = command.__name__, command.__doc__
    as_typer_sees_it.__signature__ = inspect.Signature(parameters)
    as_typer_sees_it.__annotations__ = {p.name: p.annotation for p in parameters}
    return asked


def settings() -> Settings:
    """The settings; a wrong one is named with its place."""
    named = os.environ.get("VANTHU_CONFIG")
    if named and not Path(named).is_file():
        raise UsageProblem(
            f"VANTHU_CONFIG names {named}, which is no file.",
            advice="Correct the variable, or unset it to use ./vanthu.toml.",
        )
    try:
        return Settings()
    except ValidationError as error:
        lines = "; ".join(
            f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors()
        )
        raise UsageProblem(
            f"The settings are wrong: {lines}",
            advice="Look at the VANTHU_… environment variables and at vanthu.toml.",
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise UsageProblem(
            f"The configuration file is no TOML: {error}.", advice="Correct the line it names."
        ) from None


@contextmanager
def opened_archive(where: str | None, *, create: bool = False) -> Iterator[Archive]:
    """The archive that ``--archive`` or the settings name, closed afterwards."""
    from pipeline.archive import Archive

    chosen = settings()
    archive = Archive.open(where or chosen.archive, create=create, files=chosen.files)
    try:
        yield archive
    finally:
        archive.close()


def emit(rows: Sequence[BaseModel] | Iterator[BaseModel]) -> None:
    """Models as JSON Lines on standard output."""
    for row in rows:
        print(row.model_dump_json(by_alias=True))  # noqa: T201 - data


def chosen_filter(**conditions: Any) -> Filter:
    """A filter from options; days come from the command line as moments."""
    from pipeline.archive import Filter

    for name, given in conditions.items():
        if isinstance(given, datetime):
            conditions[name] = given.date()
    try:
        return Filter(**conditions)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise UsageProblem(
            f"{wrong['input']!r} is no {'.'.join(map(str, wrong['loc']))}: {wrong['msg']}."
        ) from None
