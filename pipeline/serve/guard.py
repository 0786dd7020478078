"""The door: what is refused before anybody looks at what is asked, and what every answer bears."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.serve.problems import ProblemError, log, response, unexpected
from pipeline.settings import ServeSettings

#: For everything that sets none of its own: nothing of ours loads or frames anything.
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


class Shell:
    """Outermost: security headers, HEAD as GET without its body, and no error without an answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                _allow_head(headers)
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        inner = {**scope, "method": "GET"} if head else scope
        try:
            await self.app(inner, receive, sent)
        except Exception:
            log.exception("a request failed")
            if begun:
                raise  # the connection is cut: half an answer must not look like a whole one
            await response(scope["path"], unexpected())(inner, receive, sent)


def _allow_head(headers: MutableHeaders) -> None:
    allowed = headers.get("Allow")
    if allowed and "GET" in allowed.split(", ") and "HEAD" not in allowed.split(", "):
        headers["Allow"] = allowed + ", HEAD"


class Guard:
    """Refuses requests that are too large, for somebody else, or not text.

    ``hosts`` are the names by which the server may be called (empty: any). A page of another site
    that lets its own name point here (DNS rebinding) sends that name as Host.
    """

    def __init__(self, app: ASGIApp, settings: ServeSettings, hosts: frozenset[str]) -> None:
        self.app = app
        self.settings = settings
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await response(scope["path"], refusal)(scope, receive, send)
            return
        await self.app(scope, self._counted(scope, receive), send)

    def _refusal(self, scope: Scope) -> ProblemError | None:
        settings = self.settings
        path = scope.get("raw_path") or scope["path"].encode()
        query = scope.get("query_string", b"")
        if len(path) + len(query) > settings.url_bytes:
            return ProblemError(414, f"Addresses have {settings.url_bytes} bytes at most.")
        headers = scope["headers"]
        if sum(len(k) + len(v) for k, v in headers) > settings.header_kilobytes * 1024:
            return ProblemError(431, f"Headers have {settings.header_kilobytes} kB at most.")
        if "\0" in scope["path"] or b"%00" in query or b"\0" in query:
            return ProblemError(400, "The address has a NUL character, which no text has.")
        named = {k: v for k, v in headers if k in (b"host", b"content-length")}
        if self.hosts and host_of(named.get(b"host", b"")) not in self.hosts:
            return ProblemError(421, "This server does not go by the name in the Host header.")
        length = named.get(b"content-length", b"0")
        most = self._most_bytes(scope)
        if not length.isdigit() or int(length[:18]) > most:
            return self._too_large(most)
        return None

    def _most_bytes(self, scope: Scope) -> int:
        """The largest body: files are sent to one place only, which writes them to disk."""
        if scope["method"] == "POST" and is_upload(scope["path"]):
            return self.settings.upload_megabytes * 2**20
        return self.settings.body_kilobytes * 1024

    @staticmethod
    def _too_large(most: int) -> ProblemError:
        return ProblemError(413, f"A body has {most // 1024} kB at most.")

    def _counted(self, scope: Scope, receive: Receive) -> Callable[[], Awaitable[Message]]:
        """A body sent in chunks tells its length only when it is there."""
        size, most = 0, self._most_bytes(scope)

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > most:
                raise self._too_large(most)
            return message

        return counted


def is_upload(path: str) -> bool:
    """Whether files are sent to this address."""
    return (path.startswith("/inbox/uploads/") and path.endswith("/file")) or (
        path.startswith("/api/v1/uploads/") and path.endswith("/files")
    )


def host_of(header: bytes) -> str:
    """The name in a Host header, without port, in lower case."""
    host = header.decode("latin-1").strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens on ``host``."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def hosts_of(host: str, settings: ServeSettings) -> frozenset[str]:
    """By which names a server that listens on ``host`` may be called; empty: any.

    Bound elsewhere, it is called by names that it cannot know, and a token keeps strangers out.
    """
    named = {name.lower() for name in settings.allowed_hosts}
    if is_loopback(host):
        return frozenset({"localhost", "127.0.0.1", "::1", host.lower().strip("[]")} | named)
    return frozenset(named)
