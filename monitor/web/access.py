"""Who asks: everyone, or the holder of a token; and how often.

A token comes as ``Authorization: Bearer SECRET``, or in the cookie that ``POST /session`` sets; the cookie counts for
reading only, so that no page elsewhere can make a reader's browser act. A wrong token in the header is refused with
401 rather than taken for nobody; ten of them from one client within a minute, in headers or in the form of `/sign-in`,
lock that client's tokens out, longer each time. A token that was good from there before is not locked out by somebody
else's guessing behind the same address. Where everything takes a token, a browser is sent to `/sign-in`.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial
from http.cookies import CookieError, SimpleCookie
from time import monotonic
from urllib.parse import urlencode

import structlog
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.store import tokens
from monitor.web.context import Context
from monitor.web.door import header
from monitor.web.grant import EVERYONE, Grant
from monitor.web.problems import problem

__all__ = ["COOKIE", "Access", "Refusal"]

COOKIE = "monitor_token"
OPEN = ("/health", "/ready", "/session", "/sign-in", "/static/")
CHEAP = ("/v1/state", "/health", "/ready")
GUESSES = 10
GOOD = 100
WINDOW = 60.0
LONGEST_LOCK = 3600.0
BURST_SECONDS = 30.0
CLIENTS = 10_000

audit = structlog.get_logger("monitor.audit")


@dataclass(slots=True)
class _Client:
    """What is remembered of one address."""

    asked_at: float
    allowance: float
    wrong: list[float] = field(default_factory=list)
    locked_until: float = 0.0
    locks: int = 0
    good: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A secret that opens nothing. ``standing``: unknown, revoked, expired; locked for ``wait`` seconds."""

    standing: str
    wait: int = 0

    @property
    def status(self) -> int:
        return 429 if self.standing == "locked" else 401

    @property
    def detail(self) -> str:
        if self.standing == "locked":
            return "Too many wrong tokens came from this address; try again later."
        return f"The token is {'not known' if self.standing == 'unknown' else self.standing}."

    def answer(self) -> ASGIApp:
        if self.standing == "locked":
            return problem(429, self.detail, headers={"retry-after": str(self.wait)})
        return _unauthorised(self.detail)


class Access:
    """Finds the grant of each request; refuses what asks too often, guesses, or needs a token and has none."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app = app
        self._context = context
        self._clients: OrderedDict[str, _Client] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client, now = _address(scope), monotonic()
        known = self._client(client, now)
        path: str = scope["path"]
        is_cheap = path in CHEAP or path.startswith("/static/")
        if not is_cheap and (wait := self._too_often(known, now)):
            detail = "Too many requests; ask for changes with /v1/stream, or slow down."
            await problem(429, detail, headers={"retry-after": str(wait)})(scope, receive, send)
            return
        secret, is_cookie = _secret(scope)
        present = partial(self._granted, scope, client, known, now)
        grant, refusal = await present(secret) if secret else (EVERYONE, None)
        if refusal is not None and not is_cookie:
            await refusal.answer()(scope, receive, send)
            return
        if grant.token is None and not self._context.settings.web.public and not path.startswith(OPEN):
            await _shut(scope)(scope, receive, send)
            return
        scope.setdefault("state", {}).update(grant=grant, present=present)
        await self._app(scope, receive, send)

    async def _granted(
        self, scope: Scope, client: str, known: _Client, now: float, secret: str
    ) -> tuple[Grant, Refusal | None]:
        """The grant of a secret, or everyone's and why it is refused."""
        mark = tokens.fingerprint(secret)
        if known.locked_until > now and mark not in known.good:
            return EVERYONE, Refusal("locked", int(known.locked_until - now) + 1)
        found, standing = await asyncio.to_thread(tokens.check, self._context.store, secret, self._context.clock.now())
        if found is None:
            self._refused(client, known, now, standing)
            return EVERYONE, Refusal(standing)
        if len(known.good) < GOOD:
            known.good.add(mark)
        grant = Grant(found.id, found.name, frozenset(found.scopes))
        if grant.is_more_than_public:
            audit.info(
                "api.used", holder=f"{found.id} {found.name}", client=client, method=scope["method"],
                path=scope["path"][:200],
            )  # fmt: skip
        return grant, None

    def _client(self, client: str, now: float) -> _Client:
        """The record of an address; the ones that have been quiet longest are forgotten."""
        burst = self._context.settings.web.requests_per_minute * BURST_SECONDS / 60
        known = self._clients.get(client)
        if known is None:
            known = self._clients[client] = _Client(now, burst)
            if len(self._clients) > CLIENTS:
                self._clients.popitem(last=False)
        else:
            self._clients.move_to_end(client)
        return known

    def _too_often(self, known: _Client, now: float) -> int:
        """Takes one request off the allowance; seconds to wait where there is none."""
        rate = self._context.settings.web.requests_per_minute / 60
        if not rate:
            return 0
        known.allowance = min(max(1.0, rate * BURST_SECONDS), known.allowance + (now - known.asked_at) * rate)
        known.asked_at = now
        if known.allowance < 1:
            return int((1 - known.allowance) / rate) + 1
        known.allowance -= 1
        return 0

    def _refused(self, client: str, known: _Client, now: float, standing: str) -> None:
        """Notes a refusal; only a secret that nobody has is a guess."""
        audit.warning("api.refused", client=client, reason=standing)
        if standing != "unknown":
            return
        known.wrong = [*(at for at in known.wrong if now - at < WINDOW), now]
        if len(known.wrong) >= GUESSES:
            seconds = min(LONGEST_LOCK, WINDOW * 2**known.locks)
            known.locked_until, known.locks, known.wrong = now + seconds, known.locks + 1, []
            audit.warning("api.locked", client=client, seconds=seconds)


def _shut(scope: Scope) -> ASGIApp:
    """401; a browser that asks for a page is sent to where it can give a token."""
    is_page = scope["method"] in ("GET", "HEAD") and not scope["path"].startswith("/v1/")
    if is_page and b"text/html" in header(scope, b"accept"):
        wanted = scope["path"] + ("?" + scope["query_string"].decode("latin-1") if scope["query_string"] else "")
        return RedirectResponse(f"/sign-in?{urlencode({'next': wanted})}", 303, {"cache-control": "no-store"})
    return _unauthorised("This server answers holders of a token only.")


def _unauthorised(detail: str) -> ASGIApp:
    return problem(401, detail, headers={"www-authenticate": 'Bearer realm="monitor"'})


def _secret(scope: Scope) -> tuple[str, bool]:
    """What was presented, and whether in the cookie. The header goes first; the cookie is for reading only, and an
    old one makes its reader everyone again."""
    kind, _, value = header(scope, b"authorization").decode("latin-1").partition(" ")
    if kind.casefold() == "bearer":
        return value.strip() or "?", False
    if scope["method"] not in ("GET", "HEAD"):
        return "", True
    try:
        morsel = SimpleCookie(header(scope, b"cookie").decode("latin-1")).get(COOKIE)
    except CookieError:
        return "", True
    return (morsel.value if morsel is not None else ""), True


def _address(scope: Scope) -> str:
    """Whom to count: an IPv4 address, or the /64 of an IPv6 one."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
