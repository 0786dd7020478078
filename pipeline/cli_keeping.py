"""Commands that keep an archive: verify, backup, restore."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipeline.cli_options import Json, Where, emit, opened_archive, settings
from pipeline.errors import ExitCode

if TYPE_CHECKING:
    from pipeline.archive import Damage

app = typer.Typer()


@app.command()
def verify(
    quick: Annotated[
        bool, typer.Option(help="Names, sizes and records only: no file and no page is read.")
    ] = False,
    archive: Where = None,
    as_json: Json = False,
) -> None:
    """Check every stored file against its hash, and the database against itself.

    Example: vanthu verify --archive my-archive

    Exits with 8 if anything was lost or changed.
    """
    from pipeline.console import Steps, talk

    damages: list[Damage] = []
    with opened_archive(archive) as opened, Steps() as steps:
        for damage in opened.verify(quick=quick, watch=steps):
            if as_json:
                emit([damage])
            damages.append(damage)
        counts = opened.counts()
    if not as_json:
        _show(damages)
    errors = sum(d.severity == "error" for d in damages)
    talk.print(
        f"{sum(counts.values()):,} records checked: "
        + (f"{errors} damaged" if errors else "nothing is damaged")
    )
    raise typer.Exit(int(ExitCode.DAMAGED if errors else ExitCode.OK))


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="A new or empty folder, or an earlier backup.")],
    results: Annotated[
        bool,
        typer.Option(
            "--with-results/--without-results",
            help="Copy results of stages too, or only what cannot be made again.",
        ),
    ] = True,
    archive: Where = None,
    as_json: Json = False,
) -> None:
    """Bring a backup up to date: the database and every file, while ingest may go on.

    Example: vanthu backup /mnt/usb/vanthu --archive my-archive

    Only new files are copied. Exits with 8 if originals are lost or damaged; all others are in the
    backup then.
    """
    from pipeline.console import Steps, talk

    with opened_archive(archive) as opened, Steps() as steps:
        report = opened.backup(target, results=results, watch=steps)
    if as_json:
        emit([report])
    for sha256 in report.missing:
        talk.print(f"[yellow]missing[/] the original {sha256} is gone or damaged")
    talk.print(
        f"backup {report.number} of {report.directives:,} directives in "
        f"{escape(report.target)}: {report.files:,} files, {_megabytes(report.byte_size)}; "
        f"{report.copied_files:,} copied, {_megabytes(report.copied_bytes)}"
    )
    raise typer.Exit(int(ExitCode.DAMAGED if report.missing else ExitCode.OK))


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="The folder of a backup.", metavar="BACKUP")],
    despite_damage: Annotated[
        bool,
        typer.Option("--despite-damage", help="Leave out what is damaged in the backup."),
    ] = False,
    archive: Where = None,
    as_json: Json = False,
) -> None:
    """Make an archive from its backup, in a new or empty place; every byte is checked.

    Example: vanthu restore /mnt/usb/vanthu --archive my-archive

    Exits with 8 if the archive is not whole afterwards. Stopped, the same command goes on.
    """
    from pipeline.archive import restore as restore_archive
    from pipeline.console import Steps, talk

    chosen = settings()
    with Steps() as steps:
        report = restore_archive(
            source,
            archive or chosen.archive,
            files=chosen.files,
            despite_damage=despite_damage,
            watch=steps,
        )
    if as_json:
        emit([report])
    else:
        _show(report.damages)
    for name in report.left_out:
        talk.print(f"[yellow]left out[/] {escape(name)} is damaged in the backup")
    talk.print(
        f"restored {report.directives:,} directives as of {report.made_at}: "
        f"{report.files:,} files, {_megabytes(report.byte_size)}, all as their hashes say"
        + (f", {len(report.left_out)} left out" if report.left_out else "")
    )
    broken = any(damage.severity == "error" for damage in report.damages)
    raise typer.Exit(int(ExitCode.DAMAGED if broken else ExitCode.OK))


def _show(damages: Sequence[Damage]) -> None:
    from pipeline.console import table

    if damages:
        table("", ["severity", "what", "where", "message"],
              [(d.severity, d.kind, d.where, d.message) for d in damages])  # fmt: skip


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
