"""The questions of analysts: progress, who was told, findings by kind, and SQL."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from pipeline.cli_options import (
    Campaign,
    DocType,
    Issuer,
    Json,
    Level,
    Limit,
    Province,
    ProvinceNow,
    Since,
    Until,
    Where,
    chosen_filter,
    emit,
    opened_archive,
    settings,
)
from pipeline.errors import UsageProblem

if TYPE_CHECKING:
    from pipeline.archive.sql import Answer, Session

app = typer.Typer()
_SEVERITIES = ("info", "warning", "error")
#: A table on a terminal shows so many rows; --json and --csv write them all.
_SHOWN = 1000


@app.command()
def progress(
    issuer: Issuer = None, campaign: Campaign = None, level: Level = None,
    province: Province = None, province_now: ProvinceNow = None, since: Since = None,
    until: Until = None,
    every: Annotated[
        bool, typer.Option("--every", help="Each result that fits a goal, not only the latest.")
    ] = False,
    archive: Where = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Results against quotas, by campaign, organisation, unit and population.

    Example: vanthu progress --campaign 01-trieu-sang-kien

    A ratio marked ? rests on a value that nobody has confirmed.
    """
    from pipeline.console_questions import progress as draw

    chosen = chosen_filter(
        issuer=issuer, campaign=campaign, level=level, province=province,
        province_now=province_now, issued_from=since, issued_to=until,
    )  # fmt: skip
    with opened_archive(archive) as opened:
        rows = opened.progress(chosen, every=every)
    if as_json:
        emit(rows)
    else:
        draw(rows)


@app.command()
def recipients(
    document: Annotated[
        str | None, typer.Option(help="Only this document: an id or a number.")
    ] = None,
    organisation: Annotated[
        str | None, typer.Option(help="Only who was told this body, by name or with its group.")
    ] = None,
    issuer: Issuer = None, campaign: Campaign = None, level: Level = None,
    province: Province = None, province_now: ProvinceNow = None, limit: Limit = 1000,
    archive: Where = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Who was told: addresses with the level, the place and the known bodies that they mean.

    Example: vanthu recipients --document 120/LĐLĐ
    """
    from pipeline.console_questions import recipients as draw

    with opened_archive(archive) as opened:
        chosen = chosen_filter(
            id=opened.get(document).id if document else None, issuer=issuer, campaign=campaign,
            level=level, province=province, province_now=province_now,
        )  # fmt: skip
        rows = opened.told(chosen, organisation=organisation, limit=limit)
    if as_json:
        emit(rows)
    else:
        draw(rows)


@app.command()
def findings(
    code: Annotated[
        str | None, typer.Option(help="This kind, or the beginning of it: 'date'.")
    ] = None,
    severity: Annotated[str | None, typer.Option(help="info, warning or error.")] = None,
    issuer: Issuer = None, doc_type: DocType = None, campaign: Campaign = None,
    limit: Limit = 1000, archive: Where = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Findings by kind with their counts; with --code, the documents that have them.

    Example: vanthu findings --code date
    """
    from pipeline.console_questions import finding_counts
    from pipeline.console_questions import findings as draw

    if severity not in (None, *_SEVERITIES):
        raise UsageProblem(f"No finding is {severity!r}.", advice="Say info, warning or error.")
    chosen = chosen_filter(issuer=issuer, doc_type=doc_type, campaign=campaign)
    with opened_archive(archive) as opened:
        kind: dict[str, Any] = {"code": code, "severity": severity}
        if code is None:
            counted = opened.finding_counts(chosen, **kind)
            emit(counted) if as_json else finding_counts(counted)
        else:
            rows = opened.findings(chosen, limit=limit, **kind)
            emit(rows) if as_json else draw(rows)


@app.command()
def sql(
    query: Annotated[
        str | None, typer.Argument(help="One SELECT; without it, standard input or a prompt.")
    ] = None,
    archive: Where = None,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV with a heading line.")] = False,
) -> None:
    """Ask the archive in SQL: the views that docs/views.md describes, for reading only.

    Example: vanthu sql "SELECT issuer, count(*) FROM v_directives GROUP BY issuer"
    """
    if as_json and as_csv:
        raise UsageProblem("--json and --csv are two forms.", advice="Choose one of them.")
    form = "json" if as_json else "csv" if as_csv else "table"
    seconds = settings().sql.seconds
    with opened_archive(archive) as opened, opened.sql(seconds=seconds) as session:
        if query is None and sys.stdin.isatty():
            _prompt(session, form)
        else:
            _write(session.run(sys.stdin.read() if query is None else query), form)


def _write(answer: Answer, form: str) -> None:
    if form == "csv":
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(answer.columns)
        out.writerows(map(_plain, row) for row in answer.rows)
    elif form == "json":
        for row in answer.rows:
            line = dict(zip(answer.columns, map(_plain, row), strict=True))
            print(json.dumps(line, ensure_ascii=False))  # noqa: T201 - data
    else:
        _table(answer)


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _table(answer: Answer) -> None:
    from itertools import islice

    from pipeline.console import table, talk

    rows = [tuple(map(_plain, row)) for row in islice(answer.rows, _SHOWN)]
    table("", list(answer.columns), rows)
    if next(answer.rows, None) is not None:
        talk.print(f"The first {_SHOWN} rows; --json and --csv write all.")


def _prompt(session: Session, form: str) -> None:
    """Queries line by line until the end of input; errors are told and asking goes on."""
    import contextlib

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - gives input() its history and cursor keys

    from pipeline.archive.sql import WrongQuery
    from pipeline.console import talk

    talk.print("SELECT from the views; end a query with ';'. '.views' lists them, '.quit' ends.")
    for typed in _typed():
        if typed == ".views":
            for name, columns in session.views().items():
                talk.print(f"[bold]{name}[/]: {', '.join(columns)}")
            continue
        try:
            _write(session.run(typed), form)
        except WrongQuery as error:
            talk.print(f"[bold red]error[/]: {escape(error.reason)}")


def _typed() -> Iterator[str]:
    from pipeline.archive.sql import complete

    lines: list[str] = []
    while True:
        try:
            lines.append(input("vanthu> " if not lines else "   ...> "))
        except EOFError:
            return
        except KeyboardInterrupt:
            lines.clear()
            continue
        first = lines[0].strip()
        if first in (".quit", ".exit"):
            return
        if first.startswith(".") or not first:
            lines.clear()
            if first:
                yield first
        elif complete(lines):
            yield "\n".join(lines)
            lines.clear()
