"""Is it alive, is it ready, how is it doing: for supervisors and Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from monitor import __version__
from monitor.web.asked import Asked
from monitor.web.plain import utc

__all__ = ["router"]

router = APIRouter(tags=["operation"])


@router.get("/health")
async def health(asked: Asked) -> JSONResponse:
    """``ok`` or ``degraded`` with 200; ``down`` with 503. Troubles say what to look at."""
    found: dict[str, Any] = dict(asked.health()) if asked.health else {"status": "ok", "troubles": []}
    found.pop("sources", None)
    if not asked.grant.covers("deliveries"):
        found["troubles"] = [_unnamed(one) for one in found.get("troubles", ())]
    body = {"version": __version__, "now": utc(asked.clock.now()), "replay": asked.is_replay, **found}
    return JSONResponse(body, status_code=503 if found["status"] == "down" else 200)


@router.get("/ready")
async def ready(asked: Asked) -> JSONResponse:
    """200 once time passes in the state and rows can be written, 503 otherwise."""
    is_ready = bool(asked.health()["ready"]) if asked.health else True
    return JSONResponse({"ready": is_ready}, status_code=200 if is_ready else 503)


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(asked: Asked) -> Response:
    """Prometheus text. What is told by endpoint takes a token of scope `deliveries`; without one it is left out."""
    text = asked.metrics() if asked.metrics else b""
    if not asked.grant.covers("deliveries"):
        text = b"".join(line for line in text.splitlines(keepends=True) if b'endpoint="' not in line)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def _unnamed(trouble: Mapping[str, Any]) -> Mapping[str, Any]:
    """That an endpoint is in trouble, without its name and what it answered."""
    if not str(trouble.get("what", "")).startswith("endpoint "):
        return trouble
    return {"what": "endpoint", "detail": "a subscriber cannot be told; a token of scope deliveries shows which"}
