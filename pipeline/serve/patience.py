"""Time and places: no request holds the server longer than it may, nor all of its places."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.serve.guard import is_upload
from pipeline.serve.ports import Holdings
from pipeline.serve.problems import ProblemError, response
from pipeline.settings import ServeSettings

_RENDERED: Final = ("/pdfa", "/hocr", "/alto", "/image", "/picture")
_SENT_LONG: Final = (
    "/original", "/inbox/quarantine/file", "/search/results.csv", "/search/results.xlsx",
)  # fmt: skip


class Patience:
    """Answers for a request that takes too long, and refuses what no place is left for.

    A thread cannot be stopped from outside. The archive interrupts its questions by itself
    (``Holdings.within``); whatever else goes on, the asker is answered, and the place is free again
    only when the work has really ended.
    """

    def __init__(self, app: ASGIApp, settings: ServeSettings, holdings: Holdings) -> None:
        self.app = app
        self.settings = settings
        self.holdings = holdings
        self._running: set[asyncio.Task[None]] = set()

    def seconds(self, path: str) -> float:
        """How long an answer about ``path`` may take."""
        if path.startswith("/api/v1/exports/") or path.endswith(_SENT_LONG) or is_upload(path):
            return self.settings.export_seconds
        if path.endswith(_RENDERED):
            return self.settings.render_seconds
        return self.settings.request_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if len(self._running) >= self.settings.concurrent_requests:
            busy = ProblemError(503, "The server is busy.", headers={"Retry-After": "1"})
            await response(scope["path"], busy)(scope, receive, send)
            return
        seconds = self.seconds(scope["path"])
        gate = _Gate(send)
        with self.holdings.within(seconds):
            # The task takes the context with it, and so do its threads.
            task = asyncio.create_task(self._work(scope, receive, gate))
        self._running.add(task)
        task.add_done_callback(self._ended)
        try:
            # A little longer than the archive's own limit, which tells more.
            done, _ = await asyncio.wait({task}, timeout=seconds + 1)
        except asyncio.CancelledError:
            gate.closed = True
            task.cancel()
            raise
        if done:
            task.result()
            return
        gate.closed = True
        task.cancel()
        if gate.begun:
            raise TimeoutError(f"an answer took longer than {seconds:g} s to send")
        late = ProblemError(504, f"The answer took longer than {seconds:g} s.")
        await response(scope["path"], late)(scope, receive, send)

    async def _work(self, scope: Scope, receive: Receive, gate: _Gate) -> None:
        await self.app(scope, receive, gate)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that a late one is not complained of


class _Gate:
    """A way to send that can be shut: what comes too late is dropped."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.begun = False
        self.closed = False

    async def __call__(self, message: Message) -> None:
        if self.closed:
            return
        self.begun = True
        await self.send(message)
