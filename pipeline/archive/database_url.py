"""``--archive postgresql://user@host/database?schema=name``, read and checked.

Everything libpq understands may stand in the URL (https://www.postgresql.org/docs/current/
libpq-connect.html, 34.1.1.2) and in its ``PG…`` environment variables; ``schema`` is ours. A
password is shown nowhere: no message quotes a URL that was not taken apart first.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from pipeline.errors import UsageProblem

_SCHEMES: Final = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
#: A ``Path`` made of a URL has lost one of its slashes.
_URL: Final = re.compile(r"([a-z][a-z0-9+.-]*):/(/?)", re.IGNORECASE)
_SCHEMA: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_SECRETS: Final = frozenset({"password", "sslpassword", "passfile"})
#: What we add where the URL does not say: a server that does not answer is given up, a connection
#: that died is noticed, and the server's own tools show whose it is.
_DEFAULTS: Final = {
    "connect_timeout": "10",
    "keepalives_idle": "60",
    "application_name": "vanthu",
}
_ADVICE: Final = "It looks like postgresql://user@host/database; the password belongs in ~/.pgpass."


def is_url(where: str | Path) -> bool:
    """Whether ``where`` names a database or another service, and no folder."""
    return bool(_URL.match(str(where))) and not Path(where).exists()


def database_url(where: str | Path) -> tuple[URL, str | None]:
    """The URL for SQLAlchemy, and the schema that it asks for.

    :raises UsageProblem: it is of no database that can hold an archive
    """
    found = _URL.match(str(where))
    scheme = found[1].lower() if found else ""
    if scheme not in _SCHEMES:
        raise UsageProblem(
            f"{scheme}:// is no database that can hold an archive.",
            advice="Give --archive the path of a folder or a postgresql:// URL. An object store "
            "can hold the files of an archive: name it in the setting 'files'.",
        )
    if isinstance(where, Path) or (found and not found[2]):
        raise UsageProblem("The database URL lacks a slash after its scheme.", advice=_ADVICE)
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):
        # Neither the URL nor the parser's words are shown: a password may be in them.
        raise UsageProblem("The database URL cannot be read.", advice=_ADVICE) from None
    return _ours(url)


def _ours(url: URL) -> tuple[URL, str | None]:
    query = {name: _last(value) for name, value in url.query.items()}
    schema = query.pop("schema", None)
    if schema is not None and not _SCHEMA.fullmatch(schema):
        raise UsageProblem(
            f"{schema!r} is no name of a schema.",
            advice="Use letters, digits and underscores, a letter first.",
        )
    if schema is not None:
        query["options"] = f'{query.get("options", "")} -csearch_path="{schema}"'.strip()
    for name, value in _DEFAULTS.items():
        query.setdefault(name, value)
    if not url.database and not {"dbname", "service"} & query.keys():
        raise UsageProblem("The database URL names no database.", advice=_ADVICE)
    return url.set(drivername="postgresql+psycopg", query=query), schema


def _last(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else value[-1]


def shown(url: URL, schema: str | None) -> str:
    """The URL for messages, without anything secret."""
    query = {
        name: value
        for name, value in url.query.items()
        if name not in _SECRETS | _DEFAULTS.keys() | {"options"}
    }
    if schema is not None:
        query["schema"] = schema
    # Made anew: ``set(password=None)`` would keep the password.
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return plain.render_as_string(hide_password=True)
