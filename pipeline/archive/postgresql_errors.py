"""What PostgreSQL's errors mean to a clerk.

Once connected, the server tells an SQLSTATE (https://www.postgresql.org/docs/current/
errcodes-appendix.html). Before that libpq has only words; a server that speaks another language
gets the general sentence, with its own words as the detail.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.archive import patience
from pipeline.errors import ArchiveProblem, NoSpace, TooSlow, VanthuError

_FULL: Final = frozenset({"53100"})
_BUSY: Final = frozenset({"55P03", "40001", "40P01"})
_CANCELLED: Final = frozenset({"57014", "25P03"})
_READ_ONLY: Final = frozenset({"25006"})
_REFUSED: Final = frozenset({"42501"})
_DAMAGED: Final = frozenset({"XX001", "XX002"})
_LOST: Final = frozenset({"57P01", "57P02", "57P03", "57P05"})

_GRANT: Final = "Ask the owner of the database to GRANT that user its schema, tables and sequences."
#: (what libpq says, what that means, what to do); the first that is found counts.
_UNCONNECTED: Final = (
    (
        r"password authentication failed|no password supplied|authentication failed"
        r"|no pg_hba\.conf entry|role \"[^\"]*\" does not exist",
        "The database server does not let us into {where}.",
        "Check user and password: the password belongs in ~/.pgpass or PGPASSWORD; the server's "
        "pg_hba.conf says who may come from where.",
    ),
    (
        r"database \"[^\"]*\" does not exist",
        "There is no database {where}.",
        "Check the name, or make it on the server with: createdb --encoding UTF8 NAME.",
    ),
    (
        r"invalid (?:connection option|URI|sslmode|port|integer)|invalid .* value",
        "The database URL {where} says something that PostgreSQL does not understand.",
        "Correct the part that the detail names.",
    ),
    (
        r"certificate|does not support SSL|SSL error|no encryption|ssl",
        "The encrypted connection to {where} failed.",
        "Check sslmode and sslrootcert in the URL against what the server offers.",
    ),
    (
        r"too many (?:clients|connections)|remaining connection slots",
        "The database server of {where} has no connection left.",
        "Try again in a moment, or raise max_connections on the server.",
    ),
    (
        r"starting up|shutting down|in recovery|not yet accepting",
        "The database server of {where} is starting or stopping.",
        "Try again in a moment.",
    ),
    (
        "",
        "The database server of {where} cannot be reached.",
        "Check host and port in the URL and whether the server is running.",
    ),
)


def _state(error: BaseException | None) -> str:
    return getattr(error, "sqlstate", None) or ""


def lock_refused(error: BaseException | None) -> bool:
    """Whether another writer had its turn all the time that we waited."""
    return _state(error) in _BUSY


def connection_lost(error: BaseException | None) -> bool:
    """Whether the server has gone away, as opposed to have said no."""
    state = _state(error)
    return not state or state in _LOST or state.startswith("08")


def not_writable(where: str, detail: str = "") -> ArchiveProblem:
    """That nothing may be changed."""
    return ArchiveProblem(
        f"The archive {where} may not be written to.",
        advice=_GRANT + " A standby server is for reading only.",
        detail=detail,
    )


def database_error(error: BaseException, where: str) -> VanthuError:
    """An error of psycopg as one of ours."""
    state = _state(error)
    detail = f"{state} {error}".strip()
    if not state:
        return _without_state(error, where)
    if state in _FULL:
        return NoSpace(f"The disk of the database server of {where} is full.", detail=detail)
    if state in _BUSY:
        return ArchiveProblem(
            f"The archive {where} is being written to by another process.",
            advice="Wait until it has finished, then run the same command again.",
            detail=detail,
        )
    if state in _CANCELLED and patience.seconds_left() is not None:
        return TooSlow("The question took longer than it may.", detail=detail)
    if state in _CANCELLED:
        return ArchiveProblem(
            f"The database server of {where} gave up what was asked: it took too long.",
            advice="Run the same command again when the server has less to do; nothing done is "
            "lost.",
            detail=detail,
        )
    if state in _READ_ONLY:
        return not_writable(where, detail)
    if state in _REFUSED:
        return ArchiveProblem(
            f"The database user of {where} lacks leave for this.", advice=_GRANT, detail=detail
        )
    if state in _DAMAGED:
        return ArchiveProblem(
            f"The database of the archive {where} is damaged.",
            advice="Restore it from a backup; the originals and the results of stages are files "
            "and are not touched by this.",
            detail=detail,
        )
    if connection_lost(error):
        return _lost(where, detail)
    if state.startswith(("28", "3D", "53")):
        return _without_state(error, where)
    return ArchiveProblem(f"The database of the archive {where} failed.", detail=detail)


def _lost(where: str, detail: str) -> ArchiveProblem:
    return ArchiveProblem(
        f"The connection to {where} was lost.",
        advice="Run the same command again; nothing done is lost.",
        detail=detail,
    )


def _without_state(error: BaseException, where: str) -> VanthuError:
    words = str(error).strip()
    if re.search(r"server closed the connection|connection.*(?:lost|closed|reset)", words):
        return _lost(where, words)
    for pattern, reason, advice in _UNCONNECTED:
        if re.search(pattern, words, re.IGNORECASE):
            return ArchiveProblem(reason.format(where=where), advice=advice, detail=words)
    raise AssertionError("unreachable")
