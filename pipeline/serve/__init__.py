"""The serve room: an archive over HTTP.

``ports`` says what the server asks of an archive, ``app`` makes the application of whatever keeps
that, ``api`` has the routes, ``server`` listens. Nothing here knows the other rooms: the wiring
(``pipeline.serving``) hands the archive in.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pipeline.serve.app import create_app
    from pipeline.serve.server import listen, run

__all__ = ["create_app", "listen", "run"]

# FastAPI takes its time to import: the wiring needs only 'ports' until the server really starts.
_HOME: Final = {"create_app": "app", "listen": "server", "run": "server"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
