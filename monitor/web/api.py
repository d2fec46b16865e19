"""Everything that is served but for the page Now and what it loads: made after the door is open."""

from __future__ import annotations

from fastapi import FastAPI

from monitor import __version__
from monitor.web import described
from monitor.web.broadcast import Broadcast
from monitor.web.context import Context
from monitor.web.pages import charts, feed, night, region, sources
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

__all__ = ["create_api"]

PAGES = (region, feed, night, charts, sources)
ROUTES = (
    operation, regions, data, items, coverage, numbers, spans, stream, deliveries, feeds, callbacks, session, *PAGES,
)  # fmt: skip


def create_api(context: Context, broadcast: Broadcast) -> FastAPI:
    """The API and the pages behind the first one, without the door."""
    app = FastAPI(
        title="monitor",
        version=__version__,
        description="Air alerts, strikes and counts with their evidence. Not a warning system: follow official sirens.",
        docs_url=None,
        redoc_url=None,
        responses=described.DOCUMENTED,
    )
    app.state.context = context
    app.state.broadcast = broadcast
    described.install(app)
    for part in ROUTES:
        app.include_router(part.router)
    return app
