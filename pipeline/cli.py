"""The command line: parses, calls, prints. Standard output is data, standard error is talk."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipeline import (
    __version__,
    cli_export,
    cli_keeping,
    cli_queries,
    cli_questions,
    cli_relations,
    cli_review,
    cli_serve,
)
from pipeline.cli_options import (
    Jobs,
    Json,
    Where,
    opened_archive,
    settings,
)
from pipeline.errors import ExitCode, NotFound, UsageProblem, VanthuError

# The rooms are imported inside the commands: 'vanthu --help' must not load an OCR engine.

app = typer.Typer(
    name="vanthu",
    help="Scanned Vietnamese trade-union documents in, an archive of directives out.\n\n"
    "Exit codes: 0 all is well; 1 a defect; 2 wrong use; 3 something was left out (quarantined or "
    "skipped); 4 not found; 5 something is missing on this machine; 6 the archive cannot be used; "
    "7 the run was stopped (no space, too many failures); 8 the archive is damaged; "
    "130 interrupted.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Entry point: run a command; turn our errors into a sentence, advice and an exit code."""
    try:
        app()
    except VanthuError as error:
        _complain(error)
        sys.exit(int(error.exit_code))
    except KeyboardInterrupt:
        print("interrupted; run the same command again to go on", file=sys.stderr)  # noqa: T201
        sys.exit(int(ExitCode.INTERRUPTED))
    except BrokenPipeError:
        # The reader (head, less) went away; a second error at exit would only confuse.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(int(ExitCode.OK))


def _complain(error: VanthuError) -> None:
    from pipeline.console import talk

    page = f" (page {error.page})" if error.page else ""
    talk.print(f"[bold red]error[/]: {escape(error.reason)}{page}")
    talk.print(f"  {escape(error.advice)}")
    if error.detail:
        talk.print(f"  [dim]{escape(error.detail.strip()[-600:])}[/]")


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(f"vanthu {__version__}")  # noqa: T201 - data
        raise typer.Exit


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders, or patterns.")],
    names: Annotated[
        Path | None,
        typer.Option(
            help='Names for files that lie under others: JSON Lines {"file": …, "name": …}, '
            "paths beginning at its folder."
        ),
    ] = None,
    archive: Where = None,
    jobs: Jobs = None,
) -> None:
    """Bring files and folders into the archive; run it again to go on after a stop.

    Example: vanthu ingest scans/ --archive my-archive --jobs 4
    """
    from pipeline import run
    from pipeline.console import Bar, summary
    from pipeline.incoming import read_names

    known = read_names(names) if names is not None else None
    with opened_archive(archive, create=True) as opened, Bar() as bar:
        report = run.ingest(paths, opened, settings(), bar, jobs=jobs, names=known)
    summary(report)
    raise typer.Exit(int(report.exit_code))


@app.command()
def retry(
    category: Annotated[
        list[str] | None, typer.Option(help="Only this category of failure; may be repeated.")
    ] = None,
    file: Annotated[
        list[str] | None,
        typer.Option(help="Only this file, as 'vanthu quarantine' shows it; may be repeated."),
    ] = None,
    archive: Where = None,
    jobs: Jobs = None,
) -> None:
    """Try again what is in quarantine.

    Example: vanthu retry --category timeout
    """
    from pipeline import run
    from pipeline.console import Bar, summary

    with opened_archive(archive) as opened, Bar() as bar:
        report = run.retry(opened, settings(), category or (), bar, jobs=jobs, files=file or ())
    summary(report)
    raise typer.Exit(int(report.exit_code))


@app.command()
def quarantine(
    category: Annotated[
        list[str] | None, typer.Option(help="Only this category of failure; may be repeated.")
    ] = None,
    archive: Where = None,
    as_json: Json = False,
) -> None:
    """List what failed, why, and what to do about it.

    Example: vanthu quarantine --category encrypted
    """
    from pipeline.console import table

    with opened_archive(archive) as opened:
        entries = opened.quarantined(category or ())
    if as_json:
        for entry in entries:
            record = {"path": entry.path, "sha256": entry.sha256, "attempts": entry.attempts}
            print(json.dumps(record | entry.failure.model_dump(), ensure_ascii=False))  # noqa: T201
        return
    table(
        "",
        ["file", "category", "stage", ("page", "right"), "reason", "advice"],
        [
            (e.path, e.failure.category, e.failure.stage, e.failure.page, e.failure.reason,
             e.failure.advice)
            for e in entries
        ],
    )  # fmt: skip


@app.command()
def text(
    file: Annotated[Path, typer.Argument(help="A document of any kind that ingest reads.")],
    stage: Annotated[str, typer.Option(help="raw or repaired.")] = "repaired",
    jobs: Jobs = None,
) -> None:
    """Print the text of one document, a form feed between pages; touches no archive.

    Example: vanthu text scan.pdf --stage raw
    """
    from pipeline import run

    if stage not in ("raw", "repaired"):
        raise UsageProblem(f"There is no stage '{stage}'.", advice="Use --stage raw or repaired.")
    if not file.exists():
        raise NotFound(f"There is no file {file}.", advice="Check the path.")
    _, pages = run.read_document(file, settings(), jobs=jobs)
    texts = [page.raw_text if stage == "raw" else page.text for page in pages]
    sys.stdout.write("\n\f".join(texts) + "\n")


@app.command()
def repair(
    file: Annotated[str, typer.Argument(help="A text file, or - for standard input.")] = "-",
    edits: Annotated[
        Path | None, typer.Option(help="Write every edit to this file as JSON Lines.")
    ] = None,
) -> None:
    """Print a text with its lost marks given back, line for line, in UTF-8 whatever it came in.

    Example: vanthu repair ocr.txt --edits edits.jsonl > repaired.txt
    """
    from pipeline import run
    from pipeline.console import talk

    content = sys.stdin.buffer.read() if file == "-" else _read_bytes(Path(file))
    lines, changes, findings = run.repair_text(content, settings())
    for finding in findings:
        talk.print(f"[dim]{escape(finding.message)}[/]")
    sys.stdout.write("\n".join(lines))
    if edits is not None:
        edits.write_text(
            "".join(change.model_dump_json() + "\n" for change in changes), encoding="utf-8"
        )


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(
            f"{path} cannot be read: {error.strerror}.", advice="Check the path."
        ) from None


app.add_typer(cli_queries.app)
app.add_typer(cli_questions.app)
app.add_typer(cli_relations.app)
app.add_typer(cli_review.app)
app.add_typer(cli_keeping.app)
app.add_typer(cli_export.app)
app.add_typer(cli_serve.app)


@app.command()
def schema() -> None:
    """Print the JSON Schema of an exported directive.

    Example: vanthu schema > directive.schema.json
    """
    from pipeline import publish

    print(json.dumps(publish.directive_schema(), ensure_ascii=False, indent=2))  # noqa: T201
