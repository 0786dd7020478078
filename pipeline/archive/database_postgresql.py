"""An archive in PostgreSQL: connections, transactions, creation and upgrades.

A reader's transaction is ``REPEATABLE READ READ ONLY``. A writer takes the archive's advisory lock
before it looks at anything, so writers come one after the other and each sees what all before it
did. The lock belongs to the transaction: the server takes it back from a writer that died.

An archive has a schema to itself, so that one database can hold several.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import URL, Connection, create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import SetColumnComment

from pipeline.archive import patience
from pipeline.archive.database import (
    BUSY_SECONDS,
    Database,
    Fill,
    migrate,
    unreadable_revision,
)
from pipeline.archive.database_url import database_url, shown
from pipeline.archive.postgresql_errors import (
    connection_lost,
    database_error,
    lock_refused,
    not_writable,
)
from pipeline.archive.rows import Damage
from pipeline.archive.schema import APPLICATION_ID, HEAD, metadata
from pipeline.archive.sql import Session
from pipeline.archive.sql_postgresql import PostgresqlSession
from pipeline.errors import ArchiveProblem, EnvironmentProblem, VanthuError

#: Its makers mend no release before this one.
OLDEST_SERVER: Final = 14
#: No statement of ours takes that long unless something is wrong.
STATEMENT_SECONDS: Final = 900.0
#: A writer that does nothing for so long (its machine sleeps) loses its turn.
IDLE_WRITER_SECONDS: Final = 300.0
#: The one table that ``schema`` does not have.
_INDEX: Final = "directive_fts"
#: In the comment on ``alembic_version``: tells our tables from any other program's.
_MARK: Final = f"vanthu archive {APPLICATION_ID:#x}"

#: The server compiles what it takes for dear, for seconds: that pays where millions of rows are
#: read. Our statements stop early, and the planner goes by what they could cost.
_NO_COMPILING: Final = "set_config('jit', 'off', true)"
_LIMITS: Final = (
    "SELECT set_config('statement_timeout', '{statement:.0f}s', true), "
    "set_config('lock_timeout', '{lock:.0f}s', true), "
    "set_config('idle_in_transaction_session_timeout', '{idle:.0f}s', true), "
)
#: A question is planned for its own words: how rare they are decides the way.
_OWN_PLAN: Final = "set_config('plan_cache_mode', 'force_custom_plan', true)"
_READING: Final = (
    f"SELECT set_config('statement_timeout', '{STATEMENT_SECONDS:.0f}s', true), "
    f"{_NO_COMPILING}, {_OWN_PLAN}"
)
_WRITING: Final = (
    _LIMITS.format(statement=STATEMENT_SECONDS, lock=BUSY_SECONDS, idle=IDLE_WRITER_SECONDS)
    + _NO_COMPILING
)
#: Of each statement; whoever waits for an answer is told in time, if not to the millisecond.
_HASTE: Final = "SELECT set_config('statement_timeout', '{}ms', true)"
#: The second part of the key is the schema's: archives in one database do not wait for each other.
_TURN: Final = f"SELECT pg_advisory_xact_lock({APPLICATION_ID}, hashtext(current_schema()::text))"
_CREATION: Final = f"SELECT pg_advisory_xact_lock({APPLICATION_ID}::bigint)"
_STATE: Final = """
SELECT current_schema() AS home,
    current_setting('server_version_num')::integer AS version,
    current_setting('server_encoding') AS encoding,
    pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS fixed,
    (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = current_schema() AND c.relname = 'alembic_version') AS versions,
    (SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
     ORDER BY c.relname LIMIT 1) AS some_table
"""


class PostgresqlDatabase(Database):
    """Connections to one schema of one database."""

    def __init__(self, url: URL, schema: str | None) -> None:
        self.schema = schema
        engine = create_engine(url, hide_parameters=True, pool_timeout=BUSY_SECONDS)
        super().__init__(shown(url, schema), engine, read_only=False)

    def _begin(self, connection: Connection, *, write: bool) -> None:
        connection.execution_options(
            isolation_level="READ COMMITTED" if write else "REPEATABLE READ",
            postgresql_readonly=not write,
        )
        connection.begin()
        # A reader's view is taken by this first statement, a writer's by each of its own: what it
        # reads once it has its turn is what the writer before it left.
        connection.exec_driver_sql(_WRITING if write else _READING)
        if (left := patience.seconds_left()) is not None:
            connection.exec_driver_sql(_HASTE.format(max(1, round(left * 1000))))
        if write:
            connection.exec_driver_sql(_TURN)

    def _busy(self, error: DBAPIError) -> bool:
        return lock_refused(error.orig) or (
            error.connection_invalidated and connection_lost(error.orig)
        )

    def _told(self, error: BaseException) -> VanthuError:
        return database_error(error, self.where)

    def _not_writable(self) -> ArchiveProblem:
        return not_writable(self.where)

    @contextlib.contextmanager
    def session(self, seconds: float) -> Iterator[Session]:
        """See :meth:`Database.session`: transactions that only read, with the user's own rights."""
        with self.translated(), contextlib.closing(self._engine.raw_connection()) as connection:
            yield PostgresqlSession(connection.driver_connection, seconds)

    def learn(self) -> None:
        """Have the planner count values now: autovacuum gets to it only minutes later, if it runs.

        A role that does not own the tables is warned by the server and may go on.
        """
        with self.read() as connection:
            connection.exec_driver_sql(f"ANALYZE {', '.join((*metadata.tables, _INDEX))}")

    def check(self) -> Iterator[Damage]:
        """That every reference leads somewhere and that the search index is that of the texts.

        Damaged pages show as errors when the tables are read, which the caller does.
        """
        with self.read() as connection:
            for table in metadata.sorted_tables:
                for key in table.foreign_key_constraints:
                    parent = key.referred_table.alias()
                    pairs = [(fk.parent, parent.c[fk.column.name]) for fk in key.elements]
                    orphan = select(*(child for child, _ in pairs)).where(
                        *(child.is_not(None) for child, _ in pairs),
                        ~select(parent)
                        .where(*(child == of for child, of in pairs))
                        .correlate(table)
                        .exists(),
                    )
                    if connection.execute(orphan.limit(1)).first() is not None:
                        message = f"A row of {table.name} names no row of {key.referred_table}."
                        yield self._damage("database.reference", message)
            if connection.exec_driver_sql(_STALE).first() is not None:
                yield self._damage("search.stale", "The search index is not that of the texts.")

    def _damage(self, kind: Any, message: str) -> Damage:
        return Damage(kind=kind, severity="error", where=self.where, message=message)


_STALE: Final = """
SELECT 1 FROM search_texts AS s LEFT JOIN directive_fts AS f ON f.pk = s.pk,
    LATERAL directive_fts_row(s.number, s.title, s.body) AS made
WHERE f.pk IS NULL OR f.vector IS DISTINCT FROM made.vector OR f.cut <> made.cut
LIMIT 1
"""


# -- opening -----------------------------------------------------------------------------------


def open_url(where: str, *, create: bool, fill: Fill = migrate) -> PostgresqlDatabase:
    """Open the archive at a database URL, created or upgraded first where needed and allowed.

    :raises UsageProblem: the URL cannot be read; :raises ArchiveProblem: the server does not let
    us in, or there is no archive; :raises EnvironmentProblem: psycopg is missing
    """
    url, schema = database_url(where)
    database = _connected(url, schema)
    try:
        state = _state(database)
        if state.revision != HEAD:
            _check(database, state, create=create)
            _bring_up_to_date(database, fill, create=create)
            state = _state(database)
        database.read_only = state.fixed or not _may_write(database)
    except BaseException:
        database.close()
        raise
    return database


def _connected(url: URL, schema: str | None) -> PostgresqlDatabase:
    try:
        return PostgresqlDatabase(url, schema)
    except ImportError as error:
        raise EnvironmentProblem(
            "The library that speaks to PostgreSQL, psycopg, is not installed.",
            advice="Install it: pip install 'vanthu[postgresql]'.",
            detail=str(error),
        ) from error


class _State:
    """What lies in the schema."""

    def __init__(self, row: Any, mark: str | None, revision: str | None) -> None:
        self.home: str | None = row.home
        self.version: int = row.version
        self.encoding: str = row.encoding
        self.fixed: bool = row.fixed
        self.stranger: str | None = None if mark == _MARK else row.some_table
        self.revision = revision


def _state(database: PostgresqlDatabase) -> _State:
    with database.read() as connection:
        return _looked(connection)


def _looked(connection: Connection) -> _State:
    run = connection.exec_driver_sql
    row = run(_STATE).one()
    mark = revision = None
    if row.versions is not None:
        mark = run(f"SELECT obj_description({row.versions}, 'pg_class')").scalar()
    if mark == _MARK:
        revision = run("SELECT version_num FROM alembic_version").scalar()
    return _State(row, mark, revision)


def _check(database: PostgresqlDatabase, state: _State, *, create: bool) -> None:
    """That an archive can be made, or brought up to date, in this schema."""
    where = database.where
    if state.version < OLDEST_SERVER * 10_000:
        raise ArchiveProblem(
            f"The server of {where} is PostgreSQL {state.version // 10_000}.",
            advice=f"vanthu needs PostgreSQL {OLDEST_SERVER} or newer.",
        )
    if state.encoding != "UTF8":
        raise ArchiveProblem(
            f"The database {where} keeps text as {state.encoding}, which lacks Vietnamese letters.",
            advice="Make one with: createdb --encoding UTF8 --template template0 NAME.",
        )
    if state.home is None and not (create and database.schema):
        raise ArchiveProblem(
            f"There is no archive at {where}: the schema does not exist.",
            advice="Name a schema with ?schema=NAME; 'vanthu ingest' makes it.",
        )
    if state.stranger is not None:
        raise ArchiveProblem(
            f"The database {where} holds other tables ({state.stranger!r}), so it is no archive.",
            advice="Name another database, or a schema for the archive alone with ?schema=NAME.",
        )
    if state.revision is None and not create:
        raise ArchiveProblem(
            f"There is no archive at {where}.",
            advice="'vanthu ingest' makes one; check the URL given with --archive.",
        )
    if state.revision is not None and (state.revision > HEAD or state.fixed):
        raise unreadable_revision(where, state.revision)
    if state.fixed:
        raise not_writable(where)


def _bring_up_to_date(database: PostgresqlDatabase, fill: Fill, *, create: bool) -> None:
    """Create or upgrade, in one transaction with the archive to itself."""
    with database.write() as change:
        run = change.exec_driver_sql
        run("SET LOCAL statement_timeout = 0")  # a large archive takes its time, once
        run(_CREATION)
        if database.schema is not None and run("SELECT current_schema()").scalar() is None:
            run(f'CREATE SCHEMA IF NOT EXISTS "{database.schema}"')
        run(_TURN)
        state = _looked(change)  # another process may have been quicker
        if state.revision == HEAD:
            return
        _check(database, state, create=create)
        fill(change)
        _describe(change)
        run(f"COMMENT ON TABLE alembic_version IS '{_MARK}'")


def _describe(connection: Connection) -> None:
    """Write what ``schema`` says of each column into the database, for whoever looks there."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            connection.execute(SetColumnComment(column))


def _may_write(database: PostgresqlDatabase) -> bool:
    with database.read() as connection:
        asked = "SELECT has_table_privilege('history', 'INSERT')"
        return bool(connection.exec_driver_sql(asked).scalar())
