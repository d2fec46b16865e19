"""What an error looks like: problem+json (RFC 9457), whatever went wrong and wherever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from monitor.errors import InputError, MonitorError

__all__ = ["HANDLERS", "problem"]


def problem(status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> JSONResponse:
    """An error as problem+json (RFC 9457)."""
    body = {"type": "about:blank", "title": _TITLES.get(status, "Error"), "status": status, "detail": detail, **more}
    return JSONResponse(body, status_code=status, media_type="application/problem+json", headers=headers)


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
    return problem(error.status_code, str(error.detail), headers=error.headers)


async def _bad_input(request: Request, error: Exception) -> JSONResponse:
    return problem(422, str(error))


async def _our_problem(request: Request, error: Exception) -> JSONResponse:
    return problem(503, str(error))


async def _defect(request: Request, error: Exception) -> JSONResponse:
    return problem(500, "The answer could not be made; the log says why.")


HANDLERS: Mapping[Any, Any] = {
    HTTPException: _http_problem, InputError: _bad_input, MonitorError: _our_problem, Exception: _defect,
}  # fmt: skip
"""Who answers which exception."""
