"""'vanthu serve' and 'vanthu token', as a clerk starts them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from pipeline.errors import EnvironmentProblem, ExitCode, UsageProblem
from pipeline.serve import listen
from tests.conftest import ROOT

_LIMIT_SECONDS = 120.0


def vanthu(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=_LIMIT_SECONDS, check=False,
    )  # fmt: skip


@contextmanager
def running(archive: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server, and where it says that it listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "serve", "--archive", str(archive), "--port", "0",
         *options],
        cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"COLUMNS": "200"},
    )  # fmt: skip
    try:
        assert process.stderr is not None
        for line in process.stderr:
            found = re.search(r"http://\S+:(\d+)/api/v1", line)
            if found is not None:
                yield process, f"http://127.0.0.1:{found[1]}/api/v1"
                break
        else:
            raise AssertionError("it never said where it listens")
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_bound_to_the_network_it_demands_a_token_and_stops_cleanly(filled_once: Path) -> None:
    made = vanthu("token", "add", "a test", "--days", "1", "--archive", str(filled_once))
    assert made.returncode == 0, made.stderr
    token = made.stdout.strip()
    assert re.fullmatch(r"vanthu_[\w-]{43}", token)
    listed = vanthu("token", "list", "--json", "--archive", str(filled_once))
    assert token not in listed.stdout
    row = json.loads(listed.stdout.splitlines()[-1])
    with running(filled_once, "--host", "0.0.0.0") as (process, url):  # noqa: S104
        assert httpx.get(f"{url}/directives").status_code == 401
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx.get(f"{url}/directives", headers=headers)
        assert answer.status_code == 200
        assert answer.json()["items"]
        assert "server" not in answer.headers
        revoked = vanthu("token", "revoke", str(row["id"]), "--archive", str(filled_once))
        assert revoked.returncode == 0
        assert httpx.get(f"{url}/directives", headers=headers).status_code == 401
        process.send_signal(signal.SIGTERM)
        assert process.wait(_LIMIT_SECONDS) == ExitCode.OK


@pytest.mark.slow
def test_on_loopback_it_is_open_and_an_interrupt_ends_it(filled_once: Path) -> None:
    with running(filled_once) as (process, url):
        assert httpx.get(f"{url}/directives").status_code == 200
        assert httpx.get(f"{url}/directives", headers={"Host": "evil.example"}).status_code == 421
        port = int(url.split(":")[2].split("/")[0])
        taken = vanthu("serve", "--archive", str(filled_once), "--port", str(port))
        assert taken.returncode == ExitCode.ENVIRONMENT
        assert f"Port {port}" in taken.stderr
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(b"GET /" + b"a" * 50_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert raw.recv(100).startswith((b"HTTP/1.1 400", b"HTTP/1.1 414"))
        assert httpx.get(f"{url}/health").status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(_LIMIT_SECONDS) == ExitCode.OK


@pytest.mark.slow
def test_a_connection_that_says_nothing_is_closed(
    filled_once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VANTHU_SERVE__HEADER_SECONDS", "0.3")
    with running(filled_once) as (_, url):
        port = int(url.split(":")[2].split("/")[0])
        for said in (b"", b"GET /api/v1/health HTTP/1.1\r\nHost:"):
            with socket.create_connection(("127.0.0.1", port)) as raw:
                raw.settimeout(_LIMIT_SECONDS)
                raw.sendall(said)
                assert raw.recv(100) == b""


@pytest.mark.slow
def test_a_missing_archive_is_told(tmp_path: Path) -> None:
    refused = vanthu("serve", "--archive", str(tmp_path / "none"))
    assert refused.returncode == ExitCode.ARCHIVE
    assert "no archive" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_port_in_use_is_told() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(EnvironmentProblem) as error:
            listen("127.0.0.1", port)
        assert str(port) in error.value.reason
        assert "--port" in error.value.advice


@pytest.mark.parametrize("host", ["192.0.2.1", "no such name", "\0", "a" * 300, "[::1"])
def test_an_address_of_another_machine_is_told(host: str) -> None:
    with pytest.raises(UsageProblem):
        listen(host, 0)


@pytest.mark.slow
def test_an_archive_is_made_where_it_is_wished(tmp_path: Path) -> None:
    with running(tmp_path / "new", "--create") as (_, url):
        assert httpx.get(f"{url}/directives").json()["items"] == []
        page = httpx.get(url.removesuffix("/api/v1") + "/inbox")
        assert "Kho chưa có văn bản nào" in page.text
