"""Calls from outside for a source: the address carries the secret, the body goes into the inbox as it came.

``POST /callbacks/<source id>/<secret>``. The secret is named by the profile's ``options.secret_file`` or
``secret_env``; a source without one takes no calls. Nothing is read here: the source decides what a call is worth.
"""

from __future__ import annotations

import hmac

from fastapi import APIRouter, HTTPException, Request, Response

from monitor.web.asked import Asked

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

MAX_BODY = 16_384


@router.post("/callbacks/{source}/{secret}")
async def take(source: str, secret: str, request: Request, context: Asked) -> Response:
    """200 when the call is kept, 503 when the inbox is full; an unknown source and a wrong secret are one 404."""
    profile = next((one for one in context.settings.profiles if one.id == source and one.enabled), None)
    expected = context.settings.keys.get(profile.kind, {}).get("secret", "") if profile else ""
    is_right = hmac.compare_digest(secret.encode("utf-8", "replace"), expected.encode())
    if context.inbox is None or not expected or not is_right:
        raise HTTPException(404, "There is nothing here.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413, f"A call may be {MAX_BODY} bytes long.")
    if not context.inbox.put(source, body, context.clock.now()):
        raise HTTPException(503, "Too many calls are waiting; call again later.")
    return Response(status_code=200, content=b"{}", media_type="application/json")
