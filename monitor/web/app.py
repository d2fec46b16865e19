"""The app: which routes there are, behind the door and the check of who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from monitor import __version__
from monitor.config import Settings
from monitor.extract.explain import Step
from monitor.fuse import Rules, State
from monitor.model import Item, SourceProfile
from monitor.ports import Clock, Inbox
from monitor.store import SqlStore
from monitor.web import pages, problems
from monitor.web.access import Access
from monitor.web.broadcast import Broadcast
from monitor.web.context import Context
from monitor.web.door import Door
from monitor.web.quick import QuickState
from monitor.web.routes import (
    callbacks,
    coverage,
    data,
    deliveries,
    feeds,
    items,
    numbers,
    operation,
    regions,
    session,
    spans,
    stream,
)

__all__ = ["create_app"]


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
        responses=problems.DOCUMENTED,
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
    problems.install(app)
    app.include_router(operation.router)
    app.include_router(regions.router)
    app.include_router(data.router)
    app.include_router(items.router)
    app.include_router(coverage.router)
    app.include_router(numbers.router)
    app.include_router(spans.router)
    app.include_router(stream.router)
    app.include_router(deliveries.router)
    app.include_router(feeds.router)
    app.include_router(callbacks.router)
    app.include_router(session.router)
    app.include_router(pages.router)
    app.mount("/static", pages.static())
    # The last one added is the first one asked.
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)
    app.add_middleware(QuickState, context=app.state.context)
    app.add_middleware(Access, context=app.state.context)
    app.add_middleware(Door, hosts=settings.web.allowed_hosts, query_seconds=settings.web.query_seconds)
    return app
