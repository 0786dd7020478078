"""What every page is made with: templates, words, the visitor and the session."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pipeline.serve.access import Visitor, needs, visitor_of
from pipeline.serve.intake import Intake
from pipeline.serve.ports import Holdings, Scope
from pipeline.serve.problems import ProblemError
from pipeline.serve.sessions import COOKIE, Session, Sessions
from pipeline.serve.web import assets, formats
from pipeline.serve.web.catalogue import DEFAULT, LANGUAGES, Catalogue, Language

LANGUAGE_COOKIE: Final = "vanthu_language"
_YEAR: Final = 365 * 24 * 3600
#: Nothing comes from elsewhere and nothing inline is run: text of a document that got through as
#: HTML in spite of everything could not do anything.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)


#: The areas that the navigation leads to, with the scope that each needs.
AREAS: Final[tuple[tuple[str, str, Scope], ...]] = (
    ("inbox", "/inbox", "review"),
    ("review", "/review", "review"),
    ("search", "/search", "read"),
    ("dashboard", "/dashboard", "read"),
)


class Site:
    """Templates, words and assets; the same for every application."""

    def __init__(self) -> None:
        self.catalogue = Catalogue.load()
        self.assets = assets.load()
        self.templates = Environment(
            loader=PackageLoader(__package__, "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals["asset"] = self.address
        self.templates.globals["has_message"] = self.catalogue.has
        self.templates.globals["languages"] = LANGUAGES
        self.templates.globals["areas"] = AREAS

    def address(self, name: str) -> str:
        """Where an asset is, for a page."""
        return f"/static/{name}?v={self.assets[name].mark}"

    def text(self, template: str, language: Language, **context: Any) -> str:
        """A template as text. ``t`` says a message, ``f`` writes numbers and days."""

        def say(key: str, /, **values: object) -> str:
            return self.catalogue.say(language, key, **values)

        named = {"t": say, "f": formats.FORMATS[language], "language": language}
        return self.templates.get_template(template).render(named | context)


@functools.cache
def site() -> Site:
    """The site, made once."""
    return Site()


@dataclass(slots=True)
class Visit:
    """One request of a browser: who asks, in which session and language."""

    request: Request
    site: Site
    session: Session
    visitor: Visitor
    language: Language

    @property
    def holdings(self) -> Holdings:
        """The archive."""
        holdings: Holdings = self.request.app.state.holdings
        return holdings

    @property
    def intake(self) -> Intake:
        """Whoever takes files in.

        :raises ProblemError: nobody does
        """
        intake: Intake | None = self.request.app.state.intake
        if intake is None:
            raise ProblemError(503, "This server takes no files in.")
        return intake

    @property
    def unmasked(self) -> bool:
        """Whether this person sees personal data: whoever may review has to."""
        return self.visitor.may("review")

    @property
    def partial(self) -> bool:
        """Whether a part of a page is asked for (by htmx), not a whole one."""
        return "hx-request" in self.request.headers

    def say(self, key: str, /, **values: object) -> str:
        """A message in the language of the visit."""
        return self.site.catalogue.say(self.language, key, **values)

    def page(
        self,
        template: str,
        /,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> Response:
        """A page or a part of one."""
        notices, self.session.notices = self.session.notices, []
        text = self.site.text(
            template,
            self.language,
            visit=self,
            session=self.session,
            csrf=self.session.csrf,
            path=self.request.url.path,
            notices=notices,
            **context,
        )
        made = HTMLResponse(text.encode("utf-8", "replace"), status, dict(headers or {}))
        return self._finished(made)

    def part(self, template: str, /, **context: Any) -> Response:
        """A part that is asked for again and again: what the next page tells is left for it."""
        kept = self.session.notices
        self.session.notices = []
        made = self.page(template, **context)
        self.session.notices = kept
        return made

    def go(self, where: str) -> Response:
        """On to another page, after something was done."""
        if self.partial:
            return self._finished(Response(status_code=204, headers={"HX-Redirect": where}))
        return self._finished(RedirectResponse(where, 303))

    def notice(self, key: str, /, **values: str) -> None:
        """Have the next page tell something once."""
        self.session.notices.append((key, values))

    def _finished(self, answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["Cache-Control"] = "no-store"
        set_session(self.request, answer, self.session)
        return answer


def set_session(request: Request, answer: Response, session: Session) -> None:
    """Give the browser its session's name, where it has another one."""
    if request.cookies.get(COOKIE) != session.id:
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, session.id, httponly=True, samesite="lax", secure=secure)


def language_of(request: Request) -> Language:
    """The language that was chosen; Vietnamese unless one was."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return next((language for language in LANGUAGES if language == chosen), DEFAULT)


def set_language(answer: Response, language: Language) -> None:
    """Remember a choice of language."""
    answer.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, samesite="lax")


async def _visit(request: Request) -> Visit:
    sessions: Sessions = request.app.state.sessions
    session = request.scope.get("state", {}).get("session")
    if session is None:  # on this machine, for the first time
        session = sessions.begin()
        request.state.session = session
    return Visit(request, site(), session, visitor_of(request), language_of(request))


#: The visit, for routes of pages.
Here = Annotated[Visit, Depends(_visit)]


async def from_our_page(request: Request, visit: Here) -> None:
    """A dependency of whatever changes something: the request was made by a page of ours.

    :raises ProblemError: it may have been made by a page of somebody else
    """
    sent = request.headers.get("x-csrf-token", "")
    if not sent and request.headers.get("content-type", "").startswith(
        "application/x-www-form-urlencoded"
    ):
        sent = str((await request.form()).get("csrf", ""))
    if request.headers.get("sec-fetch-site") == "cross-site" or not visit.session.bears(sent):
        raise ProblemError(403, "The page that asked is no longer current.", advice="Load it anew.")


#: Dependencies of routes that only reviewers and only admins may use, and of those that change.
Reviewers = Depends(needs("review"))
Admins = Depends(needs("admin"))
FromOurPage = Depends(from_our_page)


def inside(where: str | None) -> str:
    """A path on this server to go on to; the first page where it is none."""
    parts = urlsplit(where or "")
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or "\\" in (where or ""):
        return "/"
    if parts.path.startswith("//"):
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
