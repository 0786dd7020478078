"""Tokens of the server: who may ask from outside, and what.

A token is 32 random bytes, so its SHA-256 is as good at rest as a slow password hash, and looking
it up by its digest tells an attacker nothing by its time: the digest cannot be steered towards a
stored one. It is shown once, when it is made.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, insert, select, update

from models.base import Model
from pipeline.archive.schema import tokens
from pipeline.errors import NotFound, UsageProblem

#: Each includes those before it.
Scope = Literal["read", "review", "admin"]
SCOPES: Final[tuple[Scope, ...]] = ("read", "review", "admin")
#: Tells a token from other secrets when one turns up in a log.
PREFIX: Final = "vanthu_"
#: Our tokens have 50 characters; nothing longer is hashed.
_LONGEST: Final = 200
_NAME_CHARS: Final = 200


class TokenRow(Model):
    """A token without the token. Times are ISO 8601 in UTC; ``None``: not, or never."""

    id: int
    name: str
    scope: Scope
    created_at: str
    expires_at: str | None
    revoked_at: str | None


_COLUMNS: Final = tuple(tokens.c[name] for name in TokenRow.model_fields)


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def add(
    connection: Connection, name: str, scope: Scope, *, days: int | None
) -> tuple[TokenRow, str]:
    """Make a token for ``name``, good for ``days`` (``None``: until it is revoked).

    :raises UsageProblem: no name, an unknown scope, or a time that no calendar holds
    """
    name = name.strip()
    if not name or len(name) > _NAME_CHARS or not name.isprintable():
        raise UsageProblem(
            "A token needs a name of printable characters, 200 at most.",
            advice="Name the person or the system that will hold it.",
        )
    if scope not in SCOPES:
        raise UsageProblem(f"There is no scope {scope!r}.", advice=f"Scopes: {', '.join(SCOPES)}.")
    now = datetime.now(UTC)
    try:
        expires = None if days is None else _time(now + timedelta(days=days))
    except OverflowError:
        raise UsageProblem("No calendar holds that many days.") from None
    secret = PREFIX + secrets.token_urlsafe(32)
    row = {
        "name": name,
        "digest": _digest(secret),
        "scope": scope,
        "created_at": _time(now),
        "expires_at": expires,
    }
    made = connection.execute(insert(tokens).values(row)).inserted_primary_key
    if made is None:
        raise AssertionError("a single insert has a key")
    return _row(connection, int(made[0])), secret


def check(connection: Connection, secret: str) -> TokenRow | None:
    """Whose token this is; ``None`` where it is nobody's, expired or revoked."""
    if len(secret) > _LONGEST:
        return None
    digest = _digest(secret)
    found = connection.execute(
        select(tokens.c.digest, *_COLUMNS).where(tokens.c.digest == digest)
    ).one_or_none()
    if found is None or not hmac.compare_digest(str(found.digest), digest):
        return None
    row = TokenRow.model_validate({c.name: found._mapping[c.name] for c in _COLUMNS})
    over = row.expires_at is not None and row.expires_at <= _time(datetime.now(UTC))
    return None if over or row.revoked_at is not None else row


def listed(connection: Connection) -> list[TokenRow]:
    """All tokens ever made, in the order in which they were."""
    rows = connection.execute(select(*_COLUMNS).order_by(tokens.c.id))
    return [TokenRow.model_validate(dict(row._mapping)) for row in rows]


def revoke(connection: Connection, token_id: int) -> TokenRow:
    """Take a token back, from now on; once more changes nothing.

    :raises NotFound: there is none
    """
    _row(connection, token_id)
    connection.execute(
        update(tokens)
        .where(tokens.c.id == token_id, tokens.c.revoked_at.is_(None))
        .values(revoked_at=_time(datetime.now(UTC)))
    )
    return _row(connection, token_id)


def _row(connection: Connection, token_id: int) -> TokenRow:
    # SQLite's integers end at 2^63: a larger number names no row, and must not be asked for.
    found = None
    if 0 <= token_id < 2**63:
        found = connection.execute(select(*_COLUMNS).where(tokens.c.id == token_id)).one_or_none()
    if found is None:
        raise NotFound(f"There is no token {token_id}.", advice="See 'vanthu token list'.")
    return TokenRow.model_validate(dict(found._mapping))
