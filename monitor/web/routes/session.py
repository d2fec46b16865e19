"""A browser's token: put into a cookie that scripts cannot read and other sites cannot send."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.responses import RedirectResponse

from monitor.store import tokens
from monitor.web.access import COOKIE
from monitor.web.asked import Asked

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

MAX_BODY = 2048


@router.post("/session")
async def begin(asked: Asked, request: Request) -> Response:
    """Form field ``token``: keep it for this browser, or forget the one that is kept where it is empty."""
    _from_here(request)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413, f"A form may be {MAX_BODY} bytes long.")
    given = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True).get("token", [""])[0].strip()
    answer = RedirectResponse("/sources", status_code=303)
    is_secure = request.url.scheme == "https"
    if given and tokens.is_shaped(given):
        answer.set_cookie(COOKIE, given, httponly=True, samesite="strict", secure=is_secure, path="/")
    else:
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=is_secure, path="/")
    return answer


def _from_here(request: Request) -> None:
    """403 for a form of another site."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    is_ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if site not in ("same-origin", "none") or not is_ours:
        raise HTTPException(403, "This form is for our own pages only.")
