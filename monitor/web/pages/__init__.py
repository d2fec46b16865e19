"""The dashboard: pages made on the server from the same rows as the API, with static files out of the wheel."""

from __future__ import annotations

from importlib.resources import files

from starlette.staticfiles import StaticFiles

__all__ = ["static"]


def static() -> StaticFiles:
    """Style, scripts and icon, as shipped."""
    return StaticFiles(directory=str(files("monitor.web.pages") / "static"))
