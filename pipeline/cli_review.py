"""The commands about what people decide: what waits, what was learned, labelled cases."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer
from rich.markup import escape

from pipeline.cli_options import Json, Where, emit, filtered, opened_archive

if TYPE_CHECKING:
    from pipeline.archive import Filter

app = typer.Typer()
_LONGEST: Final = 60


@app.command()
@filtered
def review(
    chosen: Filter,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 20,
    archive: Where = None,
    as_json: Json = False,
) -> None:
    """List the documents that wait for a person, those most worth a look first.

    Example: vanthu review --issuer "ca mau" --limit 10

    Key fields that cannot be read come first, then those that are not sure. 'vanthu serve' has the
    desk at which they are decided.
    """
    from pipeline.console import table, talk

    with opened_archive(archive) as opened:
        rows = opened.review_queue(chosen, limit=limit).rows
        counts = opened.review_counts()
    if as_json:
        emit(rows)
        return
    table(
        "",
        ["id", "number", "issued", "issuer", "what to look at"],
        [
            (r.directive_id, r.number or "?", r.issued or "?", r.issuer or "?",
             "\n".join(reason[:_LONGEST] for reason in r.reasons))
            for r in rows
        ],
    )  # fmt: skip
    talk.print(
        f"{counts.pending} wait, {counts.approved} approved, {counts.corrected} corrected; today "
        f"{counts.decisions_today} decisions about {counts.documents_today} documents"
    )


@app.command()
def lexicon(
    kind: Annotated[
        Literal["signer", "organisation", "abbreviation", "symbol", "word"] | None,
        typer.Option(help="Only this kind."),
    ] = None,
    revoke: Annotated[
        int | None, typer.Option(help="Use this entry no longer; once more: use it again.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who revokes it.")] = None,
    archive: Where = None,
    as_json: Json = False,
) -> None:
    """List what people taught the archive: names, symbols, abbreviations, words.

    Example: vanthu lexicon --kind signer

    Later documents are read with it, as one witness among others; what is archived stays as it is.
    """
    from pipeline.console import table, talk
    from pipeline.errors import UsageProblem

    if (revoke is None) != (by is None):
        raise UsageProblem("--revoke and --by go together.", advice="Say which, and who.")
    with opened_archive(archive) as opened:
        if revoke is not None and by is not None:
            entry = opened.revoke_lexicon(revoke, by=by)
            state = "revoked" if entry.revoked_at else "used again"
            talk.print(f"entry {entry.id} ({escape(entry.text)}) is {state}")
            rows = [entry]
        else:
            rows = opened.lexicon(kind)
    if as_json:
        emit(rows)
    elif revoke is None:
        table(
            "",
            [("id", "right"), "kind", "text", "means", "issuer", ("count", "right"), "revoked by"],
            [
                (r.id, r.kind, r.text, r.replacement, r.issuer, r.count, r.revoked_by or "")
                for r in rows
            ],
        )


@app.command()
def cases(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A file; default: standard output.")
    ] = None,
    personal_data: Annotated[
        bool,
        typer.Option(
            "--personal-data",
            help="With e-mail addresses, telephone, identity and account numbers, which are masked "
            "otherwise.",
        ),
    ] = False,
    archive: Where = None,
) -> None:
    """Write every decision that stands as a labelled case for the benchmarks, one a line.

    Example: vanthu cases -o cases.jsonl

    Each has the document's hash, page and box, what was read, the machine's value and the
    person's. Nobody who decided is named.
    """
    from pipeline.console import talk
    from pipeline.publish.jsonl import escaped

    named = output is not None and str(output) != "-"
    count = 0
    with (
        opened_archive(archive) as opened,
        output.open("wb") if named and output else nullcontext(sys.stdout.buffer) as out,
    ):
        for case in opened.cases(personal_data=personal_data):
            out.write(escaped(case.model_dump_json(by_alias=True)).encode() + b"\n")
            count += 1
    kept = "with personal data" if personal_data else "personal data masked"
    talk.print(f"{count} cases, {kept}")
