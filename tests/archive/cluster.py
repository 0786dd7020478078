"""A PostgreSQL server of our own for the tests, and archives in it.

Each test process that needs one makes a cluster in a folder of its own and starts the server as
its child: the kernel ends the server when the process ends, however it ends. An archive is a copy
of a template database, which takes some hundredths of a second.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

#: In tests a power cut does no harm.
_QUICK = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "shared_buffers=64MB",
    "max_connections=60",
    "autovacuum=off",
    "lc_messages=C",
)
_ACCESS = """
local all all trust
host all guarded 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""
_START_SECONDS = 60


class Cluster:
    """A running server. ``url`` names a database over the socket, ``tcp`` over loopback."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self._numbers = itertools.count()

    def url(self, database: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}&port={self.port}"

    def tcp(self, database: str, user: str = "postgres", password: str = "") -> str:
        secret = f":{password}" if password else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def execute(
        self, statement: str, database: str = "postgres", schema: str = ""
    ) -> list[tuple[object, ...]]:
        """Run statements as the superuser, outside of any transaction."""
        import psycopg

        path = f"-csearch_path={schema}" if schema else ""
        with psycopg.connect(self.url(database), autocommit=True, options=path) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def database(self, template: str = "template0") -> str:
        """A new database, a copy of ``template``."""
        name = f"archive_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def programs() -> Path | None:
    """Where initdb and postgres are: Debian keeps them out of the PATH."""
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders = sorted(debian, key=lambda p: int(p.parent.name.split(".")[0]), reverse=True)
    found = shutil.which("initdb")
    for folder in [*([Path(found).parent] if found else []), *folders]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _as_user(command: Sequence[str | Path]) -> list[str]:
    """``command`` as somebody who is not the superuser: PostgreSQL refuses to run as root."""
    words = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        name = _user()
        words += [f"--reuid={name}", f"--regid={_group(name)}", "--clear-groups"]
    return [*words, *map(str, command)]


def _user() -> str:
    import pwd

    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return "nobody"


def _group(user: str) -> str:
    import pwd

    return str(pwd.getpwnam(user).pw_gid)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(where: Path) -> Iterator[Cluster]:
    """A new cluster made by the programs in ``where``, stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="vanthu-postgresql-"))
    process: subprocess.Popen[bytes] | None = None
    try:
        folder.chmod(0o755)
        if os.geteuid() == 0:
            shutil.chown(folder, _user(), int(_group(_user())))
        data = folder / "data"
        made = subprocess.run(
            _as_user(
                [where / "initdb", "-D", data, "-U", "postgres", "--encoding=UTF8",
                 "--locale=C.UTF-8", "--auth=trust", "--no-sync"]
            ),
            capture_output=True, text=True, check=False, cwd="/",
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        (data / "pg_hba.conf").write_text(_ACCESS, encoding="utf-8")
        port = free_port()
        options = [word for one in _QUICK for word in ("-c", one)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                _as_user(
                    [where / "postgres", "-D", data, "-p", str(port), "-k", folder,
                     "-c", "listen_addresses=127.0.0.1", *options]
                ),
                stdout=log, stderr=subprocess.STDOUT, cwd="/",
            )  # fmt: skip
        cluster = Cluster(folder, port)
        _wait(cluster, process)
        yield cluster
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)  # fast: ends what is connected
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(cluster: Cluster, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            cluster.execute("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                log = (cluster.folder / "log").read_text(errors="replace")
                raise AssertionError(f"the server did not start:\n{log}") from None
            time.sleep(0.05)
        else:
            return


@contextlib.contextmanager
def started() -> Iterator[Cluster]:
    """A server, or a skipped test where there can be none; in CI that is a failure."""
    where = programs()
    if where is None:
        reason = "PostgreSQL's programs (Debian: postgresql) are not on this machine"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with running(where) as cluster:
        yield cluster
