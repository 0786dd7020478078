"""``vanthu export``: directives in the formats that other programs, people and archives read."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Final, Literal

import typer
from rich.markup import escape

from pipeline import cli_relations
from pipeline.cli_options import ChangesSince, CursorFile, Where, filtered, opened_archive, settings
from pipeline.errors import ExitCode, UsageProblem

if TYPE_CHECKING:
    from models.directive import Directive
    from pipeline.archive import Filter

app = typer.Typer()

_DEFAULT: Final = "jsonl"
#: The options of single formats, as they are typed.
_TYPED: Final = {"bom": "--bom", "language": "--headers", "register": "--register"}


@app.command()
@filtered
def export(
    chosen: Filter,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="A stream: jsonl, csv, xlsx, register, parquet, dc. A folder: csvw, pdfa, alto, "
            "hocr, bagit, aip, aip-zip. Default: what the ending of the output tells, else jsonl.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="A file or a folder; default: -, standard output."),
    ] = None,
    personal_data: Annotated[
        bool,
        typer.Option(
            "--personal-data",
            help="With e-mail addresses, telephone, identity and account numbers, which are masked "
            "otherwise.",
        ),
    ] = False,
    headers: Annotated[
        Literal["vi", "en"] | None, typer.Option(help="xlsx: the language of sheets and headers.")
    ] = None,
    register: Annotated[
        Literal["outgoing", "incoming"] | None,
        typer.Option(help="register: văn bản đi (the default) or văn bản đến."),
    ] = None,
    bom: Annotated[bool, typer.Option("--bom", help="csv: begin with a byte order mark.")] = False,
    changes_since: ChangesSince = None,
    cursor_file: CursorFile = None,
    archive: Where = None,
) -> None:
    """Write directives in a format other programs read.

    Example: vanthu export -o directives.xlsx --issuer "ca mau"

    Page forms (pdfa, alto, hocr) show the documents as they are. bagit is one package of all
    documents, aip one package for each; they hold the originals, so nothing in them is masked.
    """
    from pipeline import publish

    if output is not None and str(output) == "-":
        output = None
    form = form or _told(output)
    given = {"bom": bom or None, "language": headers, "register": register}
    options = {name: value for name, value in given.items() if value is not None}
    if changes_since is not None or cursor_file is not None:
        cli_relations.check_whole(form, chosen)
        _check_options(form, options, ())
        begin = cli_relations.begin(changes_since, cursor_file)
        cli_relations.end(_export_changes(output, begin, archive, personal_data), cursor_file)
    elif publish.is_folder_format(form):
        _check_options(form, options, ())
        _export_files(form, _folder(form, output), chosen, archive)
    elif (files := publish.set_format_named(form)) is not None:
        _check_options(form, options, ())
        folder = _folder(form, output)
        with _records(archive, chosen, personal_data) as records, _told_if_full(folder):
            count = files.write(records, folder)
        _say(count, folder, personal_data)
    else:
        _check_options(form, options, publish.format_named(form).options)
        _export_stream(form, output, options, chosen, archive, personal_data)


def _told(output: Path | None) -> str:
    """The format that the ending of ``output`` tells."""
    from pipeline import publish

    if output is None or not output.suffix:
        return _DEFAULT
    told = publish.format_of_suffix(output.suffix)
    if told is None:
        raise UsageProblem(
            f"The ending {output.suffix} tells no format.",
            advice=f"Give --format: {', '.join(publish.format_names())}.",
        )
    return told


def _check_options(form: str, options: dict[str, Any], taken: Iterable[str]) -> None:
    wrong = [_TYPED[name] for name in options if name not in taken]
    if wrong:
        raise UsageProblem(
            f"{' and '.join(wrong)} does not go with the format {form}.",
            advice="'vanthu export --help' names the format before each option of one.",
        )


def _folder(form: str, output: Path | None) -> Path:
    if output is None:
        raise UsageProblem(f"The format {form} is one of files.", advice="Give -o a folder.")
    return output


@contextmanager
def _records(
    archive: str | None, chosen: Filter, personal_data: bool
) -> Iterator[Iterable[Directive]]:
    """The records that are asked for, masked unless told otherwise."""
    from models.personal import masked

    # Closed before the archive is, also when the reader of our output went away.
    with opened_archive(archive) as opened, closing(_streamed(opened, chosen)) as records:
        yield records if personal_data else map(masked, records)


def _streamed(opened: Any, chosen: Filter) -> Generator[Directive, None, None]:
    found: Generator[Directive, None, None] = opened.directives(chosen)
    return found


def _export_stream(
    form: str,
    output: Path | None,
    options: dict[str, Any],
    chosen: Filter,
    archive: str | None,
    personal_data: bool,
) -> None:
    from pipeline import publish

    known = publish.format_named(form)
    if output is None:
        if known.binary and sys.stdout.isatty():
            raise UsageProblem(
                f"The format {known.name} is not for a terminal.",
                advice="Give -o a file, or send standard output to one.",
            )
        with _records(archive, chosen, personal_data) as records:
            known.write(records, sys.stdout.buffer, **options)
            sys.stdout.buffer.flush()
        return
    if output.is_dir():
        raise UsageProblem(f"{output} is a folder.", advice="Give -o the path of a file.")
    count = 0

    def fill(out: BinaryIO) -> None:
        nonlocal count
        count = known.write(records, out, **options)

    with _records(archive, chosen, personal_data) as records, _told_if_full(output):
        if output.exists() and not output.is_file():  # a pipe, a device
            with output.open("wb") as out:
                fill(out)
        else:
            publish.write_whole(output, fill)
    _say(count, output, personal_data)


def _export_changes(
    output: Path | None, begin: str | None, archive: str | None, personal_data: bool
) -> str:
    """Write what changed since a cursor; the cursor after it."""
    from pipeline import publish

    with opened_archive(archive) as opened:
        if output is None:
            out = sys.stdout.buffer
            cursor = cli_relations.write_changes(opened, begin, out, personal_data=personal_data)
            out.flush()
            return cursor

        def fill(out: BinaryIO) -> None:
            nonlocal cursor
            cursor = cli_relations.write_changes(opened, begin, out, personal_data=personal_data)

        cursor = ""
        with _told_if_full(output):
            publish.write_whole(output, fill)
        return cursor


@contextmanager
def _told_if_full(output: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageProblem(
            f"{output} cannot be written: {error.strerror or error}.",
            advice="Give -o another place.",
        ) from None


def _say(count: int, output: Path, personal_data: bool) -> None:
    from pipeline.console import talk

    kept = "with personal data" if personal_data else "personal data masked"
    talk.print(f"{count} directives written to {escape(str(output))}, {kept}")


def _export_files(form: str, folder: Path, chosen: Filter, archive: str | None) -> None:
    """Write files for each document; one that cannot be written is named and left out."""
    from pipeline import publish, run
    from pipeline.console import talk

    known = publish.folder_format_named(form)
    written = left_out = 0
    with opened_archive(archive) as opened:
        for done in known.export(run.export_items(opened, chosen, settings().custody), folder):
            written += len(done.paths)
            if done.failure is not None:
                left_out += 1
                talk.print(
                    f"[yellow]left out[/] {done.directive_id}: {escape(done.failure.reason)}"
                )
    talk.print(f"{written} files written to {escape(str(folder))}, {left_out} documents left out")
    talk.print("[dim]these files show the documents as they are: personal data is not masked[/]")
    raise typer.Exit(int(ExitCode.LEFT_OUT if left_out else ExitCode.OK))
