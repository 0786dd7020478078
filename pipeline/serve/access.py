"""Who asks, what they may see, and how often they may ask."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final
from urllib.parse import urlencode

import anyio.to_thread
from fastapi import Depends, Query, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as AsgiScope

from pipeline.errors import VanthuError
from pipeline.serve.ports import SCOPES, Caller, Holdings, Record, Scope
from pipeline.serve.problems import ProblemError, of_ours, response
from pipeline.serve.sessions import Session, Sessions, named_in
from pipeline.settings import ServeSettings

#: Told to whoever watches whether the server lives; they say nothing about the archive.
OPEN_PATHS: Final = frozenset({"/api/v1/health", "/api/v1/ready"})
#: What a browser needs to come in.
_OPEN_PAGES: Final = frozenset({"/login", "/language"})
_ASSETS: Final = "/static/"
_API: Final = "/api/"
_ASKED_BY_PAGES: Final = ("/live", "/here")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. ``local``: without a token, on this machine; else whose token it is."""

    scope: Scope
    local: bool
    token_id: int | None = None
    name: str = ""

    def may(self, scope: Scope) -> bool:
        """Whether the visitor's scope includes ``scope``."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)

    def sees_personal_data(self, asked: bool | None) -> bool:
        """Whether records are shown as they are.

        :raises ProblemError: it was asked for and is not allowed
        """
        if asked and not self.may("review"):
            raise ProblemError(403, "Personal data needs a token of the scope 'review'.")
        if self.local:
            return bool(asked)
        return self.may("review") and asked is not False


class Buckets:
    """A token bucket for each client; the clients longest unseen are forgotten first."""

    def __init__(
        self,
        per_minute: int,
        burst: int,
        most: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rate = per_minute / 60
        self.burst = burst
        self.most = most
        self.clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_seconds(self, client: str, cost: int = 1) -> float:
        """Take ``cost`` from the bucket; 0, or (and nothing is taken) how long until it is there.

        ``cost`` 0 looks whether there is one left.
        """
        now = self.clock()
        level, at = self._levels.pop(client, (float(self.burst), now))
        level = min(self.burst, level + (now - at) * self.rate)
        lacking = max(cost, 1) - level
        if lacking <= 0:
            level -= cost
        self._levels[client] = (level, now)
        while len(self._levels) > self.most:
            self._levels.popitem(last=False)
        return max(0.0, lacking / self.rate)


class Access:
    """Lets in who may: rates, then token or session; the visitor is left in the request's state.

    A session is as good as its token for pages, and for reading the API: writing there takes the
    token itself, which no page of somebody else can have sent along.

    :param refusals: how often wrong tokens may still be tried, by address
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: ServeSettings,
        holdings: Holdings,
        *,
        sessions: Sessions,
        refusals: Buckets,
        token_needed: bool,
    ) -> None:
        self.app = app
        self.holdings = holdings
        self.token_needed = token_needed
        self.sessions = sessions
        self._asked = Buckets(
            settings.requests_per_minute, settings.burst_requests, settings.clients_remembered
        )
        self._refused = refusals

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            visitor, session = await self._visitor(scope)
        except ProblemError as refusal:
            await _refusal(scope, refusal)(scope, receive, send)
            return
        except VanthuError as error:
            await response(scope["path"], of_ours(error))(scope, receive, send)
            return
        scope.setdefault("state", {}).update(visitor=visitor, session=session)
        await self.app(scope, receive, send)

    async def _visitor(self, scope: AsgiScope) -> tuple[Visitor, Session | None]:
        address = address_of(scope)
        sent = [v for k, v in scope["headers"] if k == b"authorization"]
        if not sent:
            session = self._session(scope)
            if session is not None and session.secret is not None:
                caller = await self._known(session.secret)
                if caller is not None:
                    slow_down(self._asked, f"token {caller.token_id}")
                    visitor = Visitor(
                        caller.scope, local=False, token_id=caller.token_id, name=caller.name
                    )
                    return visitor, session
                self.sessions.end(session.id)
                session = None
            if not self.token_needed or _is_open(scope["path"]):
                slow_down(self._asked, address)
                local = not self.token_needed
                return Visitor("admin" if local else "read", local), session
        slow_down(self._refused, address, 0)
        caller = await self._caller(sent)
        if caller is None:
            if sent or scope["path"].startswith(_API):
                self._refused.wait_seconds(address)
            challenge = 'Bearer realm="vanthu"' + (', error="invalid_token"' if sent else "")
            raise ProblemError(
                401,
                "The token is not known, expired, or revoked." if sent else "There is no token.",
                headers={"WWW-Authenticate": challenge},
            )
        slow_down(self._asked, f"token {caller.token_id}")
        visitor = Visitor(caller.scope, local=False, token_id=caller.token_id, name=caller.name)
        return visitor, None

    def _session(self, scope: AsgiScope) -> Session | None:
        if scope["path"].startswith(_API) and scope["method"] != "GET":
            return None
        cookies = [v for k, v in scope["headers"] if k == b"cookie"]
        name = named_in(b"; ".join(cookies)) if cookies else ""
        if not name:
            return None
        # What a page asks by itself, again and again, does not keep its session from ending.
        return self.sessions.find(name, seen=not scope["path"].endswith(_ASKED_BY_PAGES))

    async def _known(self, secret: str) -> Caller | None:
        return await anyio.to_thread.run_sync(partial(self.holdings.caller, secret))

    async def _caller(self, sent: list[bytes]) -> Caller | None:
        if len(sent) != 1:
            return None
        scheme, _, secret = sent[0].decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            return None
        return await self._known(secret.strip())


def slow_down(buckets: Buckets, client: str, cost: int = 1) -> None:
    """Take ``cost`` from a client's bucket.

    :raises ProblemError: it is empty
    """
    wait = buckets.wait_seconds(client, cost)
    if wait > 0:
        raise ProblemError(
            429,
            "You ask more often than this server allows.",
            headers={"Retry-After": str(int(wait) + 1)},
        )


def address_of(scope: AsgiScope) -> str:
    """The network address of whoever asks."""
    client: tuple[str, int] | None = scope.get("client")
    return client[0] if client else ""


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path in _OPEN_PAGES or path.startswith(_ASSETS)


def _refusal(scope: AsgiScope, refusal: ProblemError) -> Response:
    """Browsers without a session are led to where they get one."""
    if refusal.status_code != 401 or scope["path"].startswith(_API):
        return response(scope["path"], refusal)
    headers = dict(scope["headers"])
    if b"authorization" in headers:
        return response(scope["path"], refusal)
    query = scope["query_string"].decode("latin-1")
    where = f"{scope['path']}?{query}" if query else scope["path"]
    login = "/login?" + urlencode({"next": where if scope["method"] == "GET" else "/"})
    if b"hx-request" in headers:
        return Response(status_code=204, headers={"HX-Redirect": login})
    return RedirectResponse(login, 303)


def visitor_of(request: Request) -> Visitor:
    """Who asks; :class:`Access` has seen to it."""
    visitor: Visitor = request.state.visitor
    return visitor


def needs(scope: Scope) -> Callable[[Request], Awaitable[None]]:
    """A dependency: the visitor's scope includes ``scope``."""

    async def check(request: Request) -> None:  # no thread for so little
        if not visitor_of(request).may(scope):
            raise ProblemError(
                403,
                f"This needs a token of the scope '{scope}'.",
                headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
            )

    return check


PersonalData = Annotated[
    bool | None,
    Query(
        description="Show e-mail addresses, telephone and identity numbers and bank accounts that "
        "findings mark. Without it they are masked, unless a token has the scope 'review'."
    ),
]


async def _shows_personal_data(request: Request, personal_data: PersonalData = None) -> bool:
    return visitor_of(request).sees_personal_data(personal_data)


#: Whether this answer shows personal data.
Unmasked = Annotated[bool, Depends(_shows_personal_data)]


def must_show(record: Record, unmasked: bool) -> None:
    """That a form of ``record`` in which nothing can be masked may be given away.

    :raises ProblemError: personal data is marked in it, and the visitor may not see it
    """
    if record.personal and not unmasked:
        raise ProblemError(
            403,
            "Personal data is marked in this document, and this form of it cannot be masked.",
            advice="Add personal_data=true, with a token of the scope 'review'.",
        )
