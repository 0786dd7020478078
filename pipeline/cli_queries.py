"""The commands that ask the archive: a readable table, or JSON Lines with ``--json``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipeline.cli_options import (
    Campaign,
    Issuer,
    Json,
    Limit,
    Where,
    chosen_filter,
    emit,
    filtered,
    opened_archive,
)
from pipeline.errors import ExitCode, UsageProblem

if TYPE_CHECKING:
    from models.text import PageText
    from pipeline.archive import Archive, Filter

app = typer.Typer()


@app.command()
def show(
    document: Annotated[str, typer.Argument(help="An id, the start of one, or a number.")],
    crops: Annotated[
        Path | None,
        typer.Option(help="Write a picture of each place written by hand to this folder."),
    ] = None,
    archive: Where = None,
    as_json: Json = False,
) -> None:
    """Show one directive: every field with its status, confidence and place on the page.

    Example: vanthu show 120/LĐLĐ --crops pictures

    What was written by hand is listed with what an engine for print made of it: a guess.
    """
    from pipeline.console import directive, handwriting

    with opened_archive(archive) as opened:
        record = opened.get(document)
        pages = opened.pages(record.id)
        if crops is not None:
            _write_crops(opened, record.id, pages, crops)
    if as_json:
        emit([record])
    else:
        directive(record)
        handwriting(pages)


def _write_crops(
    archive: Archive, directive_id: str, pages: Sequence[PageText], folder: Path
) -> None:
    """One PNG for each place written by hand, named by document, page, number and kind."""
    from pipeline.console import talk

    written = missing = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for page in pages:
            for number, zone in enumerate(page.zones, 1):
                picture = archive.files.get("crop", zone.crop) if zone.crop else None
                if picture is None:
                    missing += 1
                    continue
                name = f"{directive_id}-p{page.page}-{number}-{zone.kind}.png"
                (folder / name).write_bytes(picture)
                written += 1
    except OSError as error:
        raise UsageProblem(
            f"{folder} cannot be written: {error.strerror}.", advice="Give --crops another folder."
        ) from None
    talk.print(f"{written} pictures written to {escape(str(folder))}, {missing} not stored")


@app.command("list")
@filtered
def list_(
    chosen: Filter, limit: Limit = 1000, archive: Where = None, as_json: Json = False
) -> None:
    """List directives: number, date, issuer, subject, and what needs review.

    Example: vanthu list --issuer "ca mau" --from 2022-01-01
    """
    from pipeline.console import status_text, table

    with opened_archive(archive) as opened:
        rows = opened.list(chosen, limit=limit)
    if as_json:
        emit(rows)
        return
    table(
        "",
        ["id", "number", "issued", "type", "issuer", "subject", "to review"],
        [
            (r.id, status_text(r.number, r.number_status), status_text(r.issued, r.issued_status),
             r.doc_type, r.issuer, r.subject, "; ".join(r.reasons))
            for r in rows
        ],
    )  # fmt: skip


@app.command()
def overview(archive: Where = None) -> None:
    """What the archive holds at a glance: directives, targets, deadlines, what needs review.

    Example: vanthu overview --archive demo-archive
    """
    from pipeline.console import overview as draw

    with opened_archive(archive) as opened:
        draw(opened.list(limit=200), opened.targets(), opened.deadlines(), opened.quarantined())


@app.command()
@filtered
def search(
    words: Annotated[list[str], typer.Argument(help='Words, "a phrase", a prefix*, a number.')],
    chosen: Filter,
    limit: Limit = 20,
    archive: Where = None,
    as_json: Json = False,
) -> None:
    """Search as you type Vietnamese: marks are optional, đ is d, numbers in any spelling.

    Example: vanthu search "sang kien" 120/ldld
    """
    from pipeline.console import snippet, table

    query = " ".join(f'"{word}"' if " " in word else word for word in words)
    with opened_archive(archive) as opened:
        hits = opened.search(query, limit=limit, filter=chosen)
    if as_json:
        emit(hits)
        return
    table(
        "",
        ["id", "number", "issued", "issuer", ("page", "right"), "where"],
        [(h.id, h.number, h.issued, h.issuer, h.page, snippet(h.snippet, h.marks)) for h in hits],
    )
    if not hits:
        raise typer.Exit(int(ExitCode.NOT_FOUND))


@app.command()
def targets(issuer: Issuer = None, campaign: Campaign = None, archive: Where = None,
            as_json: Json = False) -> None:  # fmt: skip
    """List targets and results with the document that states them.

    Example: vanthu targets --issuer "tra vinh" --json
    """
    from pipeline.console import figure, table

    with opened_archive(archive) as opened:
        rows = opened.targets(chosen_filter(issuer=issuer, campaign=campaign))
    if as_json:
        emit(rows)
        return
    table(
        "",
        ["document", "issuer", "kind", ("value", "right"), "unit", "text"],
        [
            (r.directive_number or r.directive_id, r.directive_issuer, r.kind,
             figure(r.value, r.comparator), r.unit, r.text)
            for r in rows
        ],
    )  # fmt: skip


@app.command()
def deadlines(
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only what is due around this day."),
    ] = None,
    ahead: Annotated[int, typer.Option(min=0, help="With --on: so many days after it.")] = 30,
    passed: Annotated[bool, typer.Option("--passed", help="With --on: what passed, too.")] = False,
    behind: Annotated[int, typer.Option(min=0, help="With --passed: so many days back.")] = 365,
    recurring: Annotated[
        bool, typer.Option("--recurring/--no-recurring", help="With --on: what recurs, too.")
    ] = True,
    issuer: Issuer = None, campaign: Campaign = None, limit: Limit = 1000, archive: Where = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """List deadlines with the document that sets them; with --on, what is due around a day.

    Example: vanthu deadlines --on 2022-05-01 --ahead 30 --passed
    """
    from pipeline.console import table, when
    from pipeline.console_questions import due

    chosen = chosen_filter(issuer=issuer, campaign=campaign)
    if on is not None:
        with opened_archive(archive) as opened:
            coming = opened.due(
                on.date(), ahead_days=ahead, passed_days=behind if passed else 0, filter=chosen,
                recurring=recurring, limit=limit,
            )  # fmt: skip
        emit(coming) if as_json else due(coming)
        return
    if passed:
        raise UsageProblem("--passed asks what passed by a day.", advice="Name it with --on.")
    with opened_archive(archive) as opened:
        rows = opened.deadlines(chosen)
    if as_json:
        emit(rows)
        return
    table(
        "",
        ["date", "document", "issuer", "who", "text"],
        [
            (when(r.operator, r.date, r.recurrence), r.directive_number or r.directive_id,
             r.directive_issuer, r.responsible, r.text)
            for r in rows
        ],
    )  # fmt: skip


@app.command()
def citations(issuer: Issuer = None, campaign: Campaign = None, archive: Where = None,
              as_json: Json = False) -> None:  # fmt: skip
    """List which documents cite which.

    Example: vanthu citations --json
    """
    from pipeline.console import status_text, table

    with opened_archive(archive) as opened:
        rows = opened.citations(chosen_filter(issuer=issuer, campaign=campaign))
    if as_json:
        emit(rows)
        return
    table(
        "",
        ["document", "issuer", "relation", "cited", "type", "date", "of"],
        [
            (r.directive_number or r.directive_id, r.directive_issuer, r.relation,
             status_text(r.number, r.number_status), r.doc_type, r.issued, r.issuer)
            for r in rows
        ],
    )  # fmt: skip
