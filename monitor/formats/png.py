"""Charts as PNG, for who cannot show SVG: drawn by resvg (the extra ``png``)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from monitor.errors import InputError

__all__ = ["png"]

ZOOM = 2.0
"""Pixels a unit of the drawing: sharp on today's screens."""

_WORD = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text y="16" font-family="{}">{}</text></svg>'
_FAMILY = "DejaVu Sans, Noto Sans, Liberation Sans, Arial, Helvetica, Verdana, sans-serif"
"""resvg takes the first that is there; what stands for `sans-serif` it does not ask the system."""


def png(svg: str) -> bytes:
    """The picture. Raises ``InputError`` without resvg, and without a font: figures that are not there would read as
    not claimed."""
    try:
        resvg: Any = import_module("resvg_py")
    except ImportError:
        raise InputError(
            "PNG needs resvg; install it with `pip install 'airalert-monitor[png]'`, or name a file that ends in .svg"
        ) from None
    if _drawn(resvg, _WORD.format(_FAMILY, "8"), 1.0) == _drawn(resvg, _WORD.format(_FAMILY, ""), 1.0):
        raise InputError("PNG needs a font on this machine (Debian: fonts-dejavu-core); name a file that ends in .svg")
    return _drawn(resvg, svg.replace("system-ui,sans-serif", _FAMILY), ZOOM)


def _drawn(resvg: Any, svg: str, zoom: float) -> bytes:
    return bytes(resvg.svg_to_bytes(svg_string=svg, zoom=zoom))
