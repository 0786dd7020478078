"""The commands of the server: ``serve``, and ``token`` for who may ask it from outside."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from pipeline.cli_options import Json, Where, emit, opened_archive, settings

app = typer.Typer()
token = typer.Typer(
    name="token",
    help="Tokens for asking the server from another machine.\n\n"
    "Example: vanthu token add reporting --days 365",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(token)


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; not loopback: a token is needed.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0: any free one.")
    ] = None,
    create: Annotated[
        bool, typer.Option("--create", help="Make the archive first where there is none.")
    ] = False,
    archive: Where = None,
) -> None:
    """Serve the archive to people and other programs, until it is stopped.

    Example: vanthu serve --port 8417 --archive my-archive --create

    The pages are at http://127.0.0.1:8417/, the description of the API at /api/v1/openapi.json. On
    loopback no token is needed; elsewhere 'vanthu token add' makes one.
    """
    from pipeline import serving
    from pipeline.console import talk

    chosen = settings()
    named = archive or chosen.archive
    with opened_archive(archive, create=create) as opened:
        serving.serve(
            opened,
            chosen,
            named=named,
            host=host,
            port=port,
            say=lambda line: talk.print(escape(line)),
        )


@token.command()
def add(
    name: Annotated[str, typer.Argument(help="Who will hold it.")],
    scope: Annotated[str, typer.Option(help="read, review or admin.")] = "read",
    days: Annotated[
        int | None, typer.Option(min=1, help="Good for so many days; default: until revoked.")
    ] = None,
    archive: Where = None,
) -> None:
    """Make a token and print it, once: it is kept nowhere.

    Example: vanthu token add reporting --scope read --days 365
    """
    from typing import cast

    from pipeline.archive.tokens import Scope
    from pipeline.console import talk

    with opened_archive(archive) as opened:
        # An unknown scope is refused there, with advice.
        row, secret = opened.add_token(name, cast(Scope, scope), days=days)
    until = f"until {row.expires_at}" if row.expires_at else "until it is revoked"
    talk.print(f"token {row.id} for {escape(row.name)}, {row.scope}, good {until}")
    print(secret)  # noqa: T201 - data


@token.command("list")
def list_(archive: Where = None, as_json: Json = False) -> None:
    """List tokens: who holds them, what they allow, until when.

    Example: vanthu token list
    """
    from pipeline.console import table

    with opened_archive(archive) as opened:
        rows = opened.listed_tokens()
    if as_json:
        emit(rows)
        return
    table(
        "",
        [("id", "right"), "name", "scope", "made", "good until", "revoked"],
        [(r.id, r.name, r.scope, r.created_at, r.expires_at, r.revoked_at) for r in rows],
    )


@token.command()
def revoke(
    token_id: Annotated[int, typer.Argument(help="Its number in 'vanthu token list'.")],
    archive: Where = None,
) -> None:
    """Take a token back, from now on.

    Example: vanthu token revoke 3
    """
    from pipeline.console import talk

    with opened_archive(archive) as opened:
        row = opened.revoke_token(token_id)
    talk.print(f"token {row.id} of {escape(row.name)} is revoked")
