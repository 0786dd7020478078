"""Listening: a socket of our own, uvicorn on it, and a clean end."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline.errors import EnvironmentProblem, UsageProblem
from pipeline.settings import ServeSettings

_STOP = (signal.SIGINT, signal.SIGTERM)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on ``host`` and ``port`` (0: any free one).

    :raises UsageProblem: no such address; :raises EnvironmentProblem: the port is taken
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise UsageProblem(
            f"{host!r} is no address of this machine.",
            advice="Give --host 127.0.0.1, or the address of a network card.",
        ) from None
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    try:
        # A port whose last owner has just gone may be used again at once.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(socket.SOMAXCONN)
    except OSError as error:
        listening.close()
        raise _refused(error, host, port) from error
    return listening


def _refused(error: OSError, host: str, port: int) -> EnvironmentProblem | UsageProblem:
    if error.errno == errno.EADDRINUSE:
        return EnvironmentProblem(
            f"Port {port} of {host} is taken by another program.",
            advice="Give --port another number (0: any free one), or end the other program.",
        )
    if error.errno == errno.EACCES:
        return EnvironmentProblem(
            f"Port {port} may not be used: the system keeps ports below 1024.",
            advice="Give --port a number above 1023.",
        )
    return UsageProblem(
        f"{host} is no address of this machine.",
        advice="Give --host 127.0.0.1, or the address of a network card.",
    )


def address_of(listening: socket.socket) -> str:
    """Where it listens, as a URL."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(app: FastAPI, listening: socket.socket, settings: ServeSettings) -> None:
    """Serve until SIGINT or SIGTERM; running requests have some seconds to end."""
    config = uvicorn.Config(
        app,
        http=_protocol(settings),
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=_log_config(),
        access_log=settings.access_log,
        proxy_headers=False,  # whoever asks could write them
        server_header=False,
        limit_concurrency=settings.concurrent_connections,
        timeout_keep_alive=settings.idle_seconds,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        # The request line and the headers; a longer one is not read.
        h11_max_incomplete_event_size=settings.url_bytes + settings.header_kilobytes * 1024 + 4096,
    )
    _Server(config).run(sockets=[listening])


def _log_config() -> dict[str, Any]:
    """All talk on standard error: standard output is data."""
    handler = {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(message)s"}},
        "handlers": {"talk": handler},
        "loggers": {
            "uvicorn.error": {"handlers": ["talk"], "level": "WARNING", "propagate": False},
            "uvicorn.access": {"handlers": ["talk"], "level": "INFO", "propagate": False},
            "vanthu.serve": {"handlers": ["talk"], "level": "WARNING", "propagate": False},
        },
    }


class _Server(uvicorn.Server):
    """Stopped by a signal it ends, and that is no error: uvicorn would raise the signal again."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {sig: signal.signal(sig, self._stop) for sig in _STOP}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)

    def _stop(self, sig: int, frame: FrameType | None) -> None:
        self.handle_exit(sig, frame)


def _protocol(settings: ServeSettings) -> type[asyncio.Protocol]:
    """HTTP/1.1 that waits for headers no longer than it must.

    uvicorn waits for ever for the first request of a connection, so that a few hundred idle ones
    would keep everybody else out.
    """

    class Patient(H11Protocol):
        _late: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._wait()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.conn.their_state is h11.IDLE:
                self._wait()
            elif self._late is not None:
                self._late.cancel()
                self._late = None

        def connection_lost(self, exc: Exception | None) -> None:
            if self._late is not None:
                self._late.cancel()
            super().connection_lost(exc)

        def _wait(self) -> None:
            if self._late is None:
                self._late = self.loop.call_later(settings.header_seconds, self._give_up)

        def _give_up(self) -> None:
            self._late = None
            if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
                self.transport.close()

    return Patient
