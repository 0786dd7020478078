"""The commands about documents beside each other: chains, duplicates, what changed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final, Literal

import typer
from rich.markup import escape

from pipeline.cli_options import Json, Where, emit, opened_archive
from pipeline.errors import UsageProblem

if TYPE_CHECKING:
    from pipeline.archive import Archive, Filter, Merge, MergeSide

app = typer.Typer()

#: Changes that are read at a time.
_PAGE: Final = 500
#: What ``--since`` takes for "from the beginning".
START: Final = "start"


@app.command()
def chain(
    document: Annotated[str, typer.Argument(help="An id, the start of one, or a number.")],
    up: Annotated[
        bool, typer.Option("--up", help="What it rests on, not what rests on it.")
    ] = False,
    depth: Annotated[int | None, typer.Option(min=1, help="At most so many steps.")] = None,
    relation: Annotated[
        list[str] | None, typer.Option(help="Only this relation (implements, …); may be repeated.")
    ] = None,
    archive: Where = None,
    as_json: Json = False,
) -> None:
    """Show what carries out a document, step by step; with --up, what it carries out itself.

    Example: vanthu chain 3259/CTr-TLĐ --relation implements

    A number that is only cited can be asked too. "?": the citation gives only part of number, date
    and issuer, and nothing that it gives speaks against it.
    """
    from pipeline.console_tree import tree

    with opened_archive(archive) as opened:
        found = opened.chain(
            document, direction="up" if up else "down", depth=depth, relations=relation or ()
        )
    if as_json:
        emit([found])
    else:
        tree(found)


@app.command()
def duplicates(
    state: Annotated[
        Literal["proposed", "accepted", "rejected", "undone"] | None,
        typer.Option(help="Only those in this state."),
    ] = None,
    archive: Where = None,
    as_json: Json = False,
) -> None:
    """List pairs of documents that may be one: equal or nearly equal texts, one number for two.

    Example: vanthu duplicates --state proposed

    Nothing is merged without a person: see 'vanthu merge'.
    """
    from pipeline.console import table

    with opened_archive(archive) as opened:
        found = opened.merges(state)
    if as_json:
        emit(found)
        return
    table(
        "",
        [("merge", "right"), "kind", ("alike", "right"), "one", "the other", "state"],
        [
            (m.id, m.kind.replace("_", " "), f"{m.score:.0%}", _side(m.one), _side(m.two),
             _state(m))
            for m in found
        ],
    )  # fmt: skip


def _side(side: MergeSide) -> str:
    about = (side.number, side.issued, side.issuer, side.path)
    return f"{side.id}\n{', '.join(filter(None, about))}"


def _state(merge: Merge) -> str:
    if merge.state == "proposed":
        return merge.state
    main = f"\nmain: {merge.main_id}" if merge.main_id else ""
    return f"{merge.state} by {merge.decided_by}{main}"


@app.command()
def merge(
    number: Annotated[int, typer.Argument(help="The number that 'vanthu duplicates' shows.")],
    by: Annotated[str, typer.Option("--by", help="Who decides; it is kept in the history.")],
    main: Annotated[str | None, typer.Option(help="The id of the main version.")] = None,
    reject: Annotated[bool, typer.Option("--reject", help="They are two documents.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the decision back.")] = False,
    archive: Where = None,
    as_json: Json = False,
) -> None:
    """Say that two documents are one: one becomes the main version, the other a version of it.

    Example: vanthu merge 12 --by "Nguyễn Thị Ví Dụ"

    Nothing is deleted, and --undo takes it back.
    """
    from pipeline.console import talk

    if reject and undo:
        raise UsageProblem("--reject and --undo do not go together.", advice="Give one of them.")
    decision: Literal["accepted", "rejected", "undone"] = (
        "rejected" if reject else "undone" if undo else "accepted"
    )
    with opened_archive(archive) as opened:
        done = opened.decide_merge(number, decision, by=by, main=main)
    if as_json:
        emit([done])
    main_id = f", the main version is {done.main_id}" if done.main_id else ""
    talk.print(f"merge {done.id}: {done.state} by {escape(done.decided_by or '')}{main_id}")


# -- what changed ---------------------------------------------------------------------------------


def check_whole(form: str, chosen: Filter) -> None:
    """That nothing is asked of a feed that it cannot keep.

    :raises UsageProblem: a filter (what leaves it would never be withdrawn) or another format
    """
    if form != "jsonl":
        raise UsageProblem("Changes are jsonl.", advice="Leave --format out.")
    if chosen.model_dump(exclude_none=True):
        raise UsageProblem(
            "Changes are those of the whole archive.",
            advice="Leave the filters out, and filter what was read.",
        )


def begin(since: str | None, cursor_file: Path | None) -> str | None:
    """The cursor to go on from; ``None`` for the beginning.

    :raises UsageProblem: both are given, or the file cannot be read
    """
    if since is not None and cursor_file is not None:
        raise UsageProblem("--since and --cursor-file do not go together.", advice="Give one.")
    if cursor_file is not None:
        try:
            since = cursor_file.read_text(encoding="utf-8", errors="replace").strip() or START
        except FileNotFoundError:
            since = START
        except OSError as error:
            raise UsageProblem(
                f"{cursor_file} cannot be read: {error.strerror}.",
                advice="Give --cursor-file a file that may be read and written.",
            ) from None
    return None if since == START else since


def write_changes(
    archive: Archive, since: str | None, out: BinaryIO, *, personal_data: bool = False
) -> str:
    """Write all changes after ``since``, one a line; the cursor after them."""
    from models.personal import masked_json
    from pipeline.publish.changes import change_line

    more = True
    cursor = since
    while more:
        page = archive.changes_json(cursor, _PAGE)
        for line in page.changes:
            record = line.directive
            if record is not None and not personal_data:
                record = masked_json(record)
            text = change_line(
                cursor=line.cursor, id_=line.id, change=line.change, at=line.at, directive=record
            )
            out.write(text.encode() + b"\n")
        cursor, more = page.cursor, page.more
    return cursor or ""


def end(cursor: str, cursor_file: Path | None) -> None:
    """Tell the new cursor, and keep it where it is asked for, whole or not at all."""
    if cursor_file is not None:
        part = cursor_file.with_name(f".{cursor_file.name}.{os.getpid()}.part")
        try:
            with part.open("w", encoding="utf-8") as file:
                file.write(cursor + "\n")
                file.flush()
                os.fsync(file.fileno())
            part.replace(cursor_file)
        except OSError as error:
            raise UsageProblem(
                f"{cursor_file} cannot be written: {error.strerror}.",
                advice="Give --cursor-file another place; the changes were written.",
            ) from None
        finally:
            part.unlink(missing_ok=True)
    print(f"cursor {cursor}", file=sys.stderr)  # noqa: T201 - read by programs too
