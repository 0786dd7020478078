"""What the commands share: their options, the settings, the archive, JSON on standard output."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import BaseModel, ValidationError

from pipeline.errors import UsageProblem
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.archive import Archive, Filter

Where = Annotated[
    str | None,
    typer.Option("--archive", help="The archive's folder. Default: VANTHU_ARCHIVE or settings."),
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
State = Annotated[str | None, typer.Option(help="pending, approved or corrected.")]
Finding = Annotated[str | None, typer.Option(help="Only documents with this kind of finding.")]
TargetKind = Annotated[
    str | None,
    typer.Option("--target", help="With a quota, coverage, per_unit, result or aspiration."),
]
DueFrom = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="With a deadline from this day on.")
]
DueTo = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="With a deadline up to this day.")
]


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

    archive = Archive.open(where or settings().archive, create=create)
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
