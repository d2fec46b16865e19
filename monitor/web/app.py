"""The app: who may ask, what an error looks like, and which routes there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor import __version__
from monitor.config import Settings
from monitor.errors import InputError, MonitorError
from monitor.extract.explain import Step
from monitor.fuse import Rules, State
from monitor.model import Item, SourceProfile
from monitor.ports import Clock, Inbox
from monitor.store import SqlStore
from monitor.web import pages
from monitor.web.broadcast import Broadcast
from monitor.web.context import Context
from monitor.web.routes import atom, callbacks, coverage, data, items, numbers, operation, spans, stream

__all__ = ["create_app"]

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)

MAX_QUERY = 4096


def create_app(
    store: SqlStore,
    rules: Rules | Callable[[], Rules],
    settings: Settings,
    clock: Clock,
    *,
    state: Callable[[], State] | None = None,
    health: Callable[[], Mapping[str, Any]] | None = None,
    metrics: Callable[[], bytes] | None = None,
    inbox: Inbox | None = None,
    deciding: Callable[[Item, SourceProfile | None], Sequence[Step]] | None = None,
) -> FastAPI:
    """The app over one store. ``rules`` may be a callable, where a reload exchanges them. ``state`` gives the state
    in memory; without it the committed one is read. ``health`` and ``metrics`` are the daemon's own;
    ``deciding`` finds the words of an item that decided (without it, whole sentences are marked)."""
    app = FastAPI(
        title="monitor",
        version=__version__,
        description="Air alerts, strikes and counts with their evidence. Not a warning system: follow official sirens.",
        docs_url=None,
        redoc_url=None,
    )
    app.state.context = Context(
        store=store,
        give_rules=rules if callable(rules) else lambda: rules,
        settings=settings,
        clock=clock,
        state=state,
        health=health,
        metrics=metrics,
        inbox=inbox,
        deciding=deciding,
    )
    app.state.broadcast = Broadcast(app.state.context)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(InputError, _bad_input)
    app.add_exception_handler(MonitorError, _our_problem)
    app.add_exception_handler(Exception, _defect)
    app.include_router(operation.router)
    app.include_router(data.router)
    app.include_router(items.router)
    app.include_router(coverage.router)
    app.include_router(numbers.router)
    app.include_router(spans.router)
    app.include_router(stream.router)
    app.include_router(atom.router)
    app.include_router(callbacks.router)
    app.include_router(pages.router)
    app.mount("/static", pages.static())
    app.add_middleware(_Door, hosts=settings.web.allowed_hosts)
    return app


class _Door:
    """Answers only to the names it was given (a page elsewhere must not rebind a name to us), and sets the headers
    that every answer carries."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self._app = app
        self._hosts = {host.casefold() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message.get("headers", ())}
                extra = [pair for pair in HEADERS if pair[0] not in present]
                message = {**message, "headers": [*message.get("headers", ()), *extra]}
            await send(message)

        if "*" not in self._hosts and _host(scope) not in self._hosts:
            answer = problem(400, "This host name is not served here; add it to [web] allowed_hosts.")
            await answer(scope, receive, dressed)
            return
        if len(scope["query_string"]) > MAX_QUERY or len(scope["path"]) > MAX_QUERY:
            await problem(414, f"An address may be {MAX_QUERY} bytes long.")(scope, receive, dressed)
            return
        if b"\x00" in scope["path"].encode("utf-8", "replace") or b"%00" in scope["query_string"]:
            await problem(400, "A NUL character is no part of any name here.")(scope, receive, dressed)
            return
        await self._app(scope, receive, dressed)


def _host(scope: Scope) -> str:
    """The ``Host`` header without its port."""
    value = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").casefold()
    head, separator, port = value.rpartition(":")
    return str(head) if separator and port.isdigit() and (not head.count(":") or head.endswith("]")) else str(value)


def problem(status: int, detail: str, **more: Any) -> JSONResponse:
    """An error as problem+json (RFC 9457)."""
    body = {"type": "about:blank", "title": _TITLES.get(status, "Error"), "status": status, "detail": detail, **more}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


_TITLES = {
    400: "Bad request",
    401: "Not authorised",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    413: "Too large",
    414: "Too large",
    422: "Unusable parameter",
    429: "Too many requests",
    500: "Defect",
    503: "Not available",
}


async def _http_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail))


async def _bad_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = [{"where": ".".join(map(str, one["loc"])), "what": one["msg"]} for one in error.errors()]
    return problem(422, "; ".join(f"{one['where']}: {one['what']}" for one in wrong)[:500], errors=wrong[:20])


async def _bad_input(request: Request, error: Exception) -> JSONResponse:
    return problem(422, str(error))


async def _our_problem(request: Request, error: Exception) -> JSONResponse:
    return problem(503, str(error))


async def _defect(request: Request, error: Exception) -> JSONResponse:
    return problem(500, "The answer could not be made; the log says why.")
