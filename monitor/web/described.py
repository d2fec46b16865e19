"""The OpenAPI document: what the errors of every address look like, and who may ask."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from monitor.web.problems import HANDLERS, problem

__all__ = ["DOCUMENTED", "Problem", "install"]


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
    503: {
        "description": "The question took too long, the database is away, or too many are connected.",
        "content": _BODY,
    },
}
"""The errors that every address can answer with."""


def install(app: FastAPI) -> None:
    """Let the app answer every error as a problem, and say so."""
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    app.add_exception_handler(RequestValidationError, _bad_request)
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


async def _bad_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = [{"where": ".".join(map(str, one["loc"])), "what": one["msg"]} for one in error.errors()]
    return problem(422, "; ".join(f"{one['where']}: {one['what']}" for one in wrong)[:500], errors=wrong[:20])
