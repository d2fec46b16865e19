"""The dashboard: pages made on the server from the same rows as the API, with static files out of the wheel."""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter
from starlette.staticfiles import StaticFiles

from monitor.web.pages import charts, feed, night, now, region, sources

__all__ = ["router", "static"]

router = APIRouter()
for part in (now, region, feed, night, charts, sources):
    router.include_router(part.router)


def static() -> StaticFiles:
    """Style, scripts and icon, as shipped."""
    return StaticFiles(directory=str(files("monitor.web.pages") / "static"))
