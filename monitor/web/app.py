"""The app: behind the door and the check of who asks, the page Now at once and everything else a moment later.

Somebody who starts the daemon, or starts it again in the middle of a night, looks at the page Now first. It is made
without FastAPI, whose routes take longer to build than all the rest of the start.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from monitor.fuse import Rules, State
from monitor.model import Item, SourceProfile
from monitor.ports import Clock, Inbox
from monitor.web import pages, problems
from monitor.web.access import Access
from monitor.web.broadcast import Broadcast
from monitor.web.context import Context, asked_by
from monitor.web.door import Door
from monitor.web.pages.now import now
from monitor.web.quick import QuickState

if TYPE_CHECKING:
    from fastapi import FastAPI

    from monitor.config import Settings
    from monitor.extract.explain import Step
    from monitor.store import SqlStore

__all__ = ["Site", "create_app"]


class Site(Starlette):
    """The whole site. ``api`` is what the page Now does not need, made when it is first asked for."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            routes=[Route("/", _first_page, methods=["GET"]), Mount("/static", pages.static())],
            exception_handlers=dict(problems.HANDLERS),
        )
        self.state.context = context
        self.state.broadcast = Broadcast(context)
        self.router.default = self._rest
        self._api: FastAPI | None = None
        self._making = threading.Lock()

    def api(self) -> FastAPI:
        """Everything else; from any thread."""
        with self._making:
            if self._api is None:
                from monitor.web.api import create_api

                self._api = create_api(self.state.context, self.state.broadcast)
            return self._api

    def openapi(self) -> dict[str, Any]:
        """What the API's addresses take and give."""
        return self.api().openapi()

    async def _rest(self, scope: Scope, receive: Receive, send: Send) -> None:
        api = self._api
        if api is None:
            api = await asyncio.to_thread(self.api)
        await api(scope, receive, send)


async def _first_page(request: Request) -> Response:
    return await asyncio.to_thread(now, asked_by(request), request)


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
) -> Site:
    """The app over one store. ``rules`` may be a callable, where a reload exchanges them. ``state`` gives the state
    in memory; without it the committed one is read. ``health`` and ``metrics`` are the daemon's own;
    ``deciding`` finds the words of an item that decided (without it, whole sentences are marked)."""
    context = Context(
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
    site = Site(context)
    # The last one added is the first one asked.
    site.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)
    site.add_middleware(QuickState, context=context)
    site.add_middleware(Access, context=context)
    site.add_middleware(Door, hosts=settings.web.allowed_hosts, query_seconds=settings.web.query_seconds)
    return site
