"""What an error looks like: problem+json (RFC 9457), whatever went wrong and wherever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from monitor.errors import InputError, MonitorError

__all__ = ["DOCUMENTED", "Problem", "install", "problem"]


class Problem(BaseModel):
    """An error (RFC 9457). `detail` says what is wrong and what to do about it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = Field(default=None, description="Which parameters, and what of them (422).")


_BODY = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    400: {"description": "A host name that is not served, or a character that no name has.", "content": _BODY},
    401: {"description": "A token is needed, or the one given is not valid.", "content": _BODY},
    403: {"description": "The token lacks the scope.", "content": _BODY},
    404: {"description": "There is no such thing.", "content": _BODY},
    405: {"description": "This address takes another method.", "content": _BODY},
    414: {"description": "The address is too long.", "content": _BODY},
    422: {"description": "A parameter is unknown or has no usable value.", "content": _BODY},
    429: {"description": "Too many requests; `Retry-After` says when to come back.", "content": _BODY},
    503: {"description": "The question took too long, or the database is away.", "content": _BODY},
}
"""The errors that every address can answer with."""


def install(app: FastAPI) -> None:
    """Let the app answer every error as a problem."""
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(InputError, _bad_input)
    app.add_exception_handler(MonitorError, _our_problem)
    app.add_exception_handler(Exception, _defect)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the shape of an error in it and without the ones of the framework."""
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = found.setdefault("components", {}).setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas["Problem"] = Problem.model_json_schema()
        found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        found["security"] = [{}, {"token": []}]
        app.openapi_schema = found
    return app.openapi_schema


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
