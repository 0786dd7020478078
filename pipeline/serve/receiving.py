"""The body of a request written to disk as it comes; it never lies in memory as a whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Final

import anyio
import anyio.to_thread
from fastapi import Request

from pipeline.serve.intake import Intake, Receiving, Refused

#: So much is gathered before a thread writes it.
_PIECE_BYTES: Final = 2**20


async def receive(request: Request, intake: Intake, batch: str, name: str) -> str:
    """A file of a batch; its name in the archive.

    :raises Refused: it is not taken
    :raises ClientDisconnect: nobody is there to be answered
    """
    body = request.stream()
    try:
        file = await anyio.to_thread.run_sync(partial(intake.receive, batch, name))
        return await _received(body, file)
    except Refused:
        # Read to its end (the door knows how long it may be): browsers that are answered in
        # the middle of a body take it for a broken connection and tell nothing.
        async for _ in body:
            pass
        raise


async def _received(body: AsyncIterator[bytes], file: Receiving) -> str:
    """The body written to ``file``; nothing of it stays where it does not come to its end."""
    done = False
    gathered = bytearray()
    try:
        async for chunk in body:
            gathered += chunk
            if len(gathered) >= _PIECE_BYTES:
                await anyio.to_thread.run_sync(file.write, bytes(gathered))
                gathered.clear()
        if gathered:
            await anyio.to_thread.run_sync(file.write, bytes(gathered))
        name = await anyio.to_thread.run_sync(file.keep)
        done = True
        return name
    finally:
        if not done:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(file.drop)
