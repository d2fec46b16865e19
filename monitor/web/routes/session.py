"""A browser's token: put into a cookie that scripts cannot read and other sites cannot send."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, HTTPException, Query, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from monitor.store import tokens
from monitor.web.access import COOKIE, Refusal
from monitor.web.asked import Asked
from monitor.web.context import Context
from monitor.web.pages.frame import render, text_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

MAX_BODY = 8192


@router.get("/sign-in")
def sign_in(asked: Asked, request: Request, next: Annotated[str, Query(max_length=4096)] = "/") -> HTMLResponse:
    """The form for a token; what it leads to afterwards is one of our own pages."""
    return _page(asked, request, _ours(next), None)


@router.post("/session")
async def begin(asked: Asked, request: Request) -> Response:
    """Form fields ``token`` and ``next``: keep the token for this browser and go on there, or forget the one that is
    kept where it is empty. One that opens nothing is refused, and ten of them lock as they do in a header."""
    _from_here(request)
    given = await _form(request)
    secret, to = given.get("token", ""), _ours(given.get("next", "/sources"))
    is_secure = request.url.scheme == "https"
    if not secret:
        answer = RedirectResponse(to, status_code=303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=is_secure, path="/")
        return answer
    _, refusal = await request.state.present(secret)
    if refusal is not None:
        if "text/html" in request.headers.get("accept", ""):
            return _page(asked, request, to, refusal)
        raise HTTPException(refusal.status, refusal.detail, _headers(refusal))
    answer = RedirectResponse(to, status_code=303)
    if tokens.is_shaped(secret):
        answer.set_cookie(COOKIE, secret, httponly=True, samesite="strict", secure=is_secure, path="/")
    return answer


def _page(asked: Context, request: Request, to: str, refusal: Refusal | None) -> HTMLResponse:
    text = text_of(request)
    shown = render(
        asked, request, "sign_in.html", "sign_in", refusal.status if refusal else 200, is_bare=True, next=to,
        refusal=refusal, wait=text.seconds(refusal.wait) if refusal else "", holder=asked.grant.name,
        is_public=asked.settings.web.public,
    )  # fmt: skip
    shown.headers["cache-control"] = "no-store"
    shown.headers.update(_headers(refusal))
    return shown


def _headers(refusal: Refusal | None) -> dict[str, str]:
    return {"retry-after": str(refusal.wait)} if refusal and refusal.wait else {}


async def _form(request: Request) -> dict[str, str]:
    """The fields of a small form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413, f"A form may be {MAX_BODY} bytes long.")
    try:
        given = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    except ValueError:
        raise HTTPException(422, "This form has too many fields.") from None
    return {name: values[0].strip() for name, values in given.items()}


def _ours(address: str) -> str:
    """An address of this server, as a path; anything that could lead elsewhere leads to the first page."""
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    if not is_path or any(not char.isprintable() or char == "\\" for char in address) or len(address) > 4096:
        return "/"
    return "/" if address.startswith(("/sign-in", "/session")) else address


def _from_here(request: Request) -> None:
    """403 for a form of another site. Our pages send no referrer, and with it browsers write ``Origin: null``: what
    they say in ``Sec-Fetch-Site``, which no page can set, is then the word that counts."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    is_ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if origin == "null" and site == "same-origin":
        is_ours = True
    if site not in (None, "same-origin", "none") or not is_ours:
        raise HTTPException(403, "This form is for our own pages only.")
