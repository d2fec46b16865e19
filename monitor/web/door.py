"""The way in: which names are served, how long an address may be, the headers of every answer, and 304."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.store.patience import patience
from monitor.web.problems import problem

__all__ = ["Door", "header"]

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
KEPT_OF_304 = (b"etag", b"cache-control", b"vary", b"date", b"expires", b"content-location")
MAX_QUERY = 4096


class Door:
    """Answers only to the names it was given (a page elsewhere must not rebind a name to us), sets the headers that
    every answer carries, answers 304 where the reader has it already, and bounds every question to the database."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...], query_seconds: float) -> None:
        self._app = app
        self._hosts = {host.casefold() for host in hosts}
        self._seconds = query_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, header(scope, b"if-none-match"))
        refused = self._refused(scope)
        if refused is not None:
            await problem(*refused)(scope, receive, answer)
            return
        with patience(self._seconds):
            await self._app(scope, receive, answer)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        if "*" not in self._hosts and _host(scope) not in self._hosts:
            return 400, "This host name is not served here; add it to [web] allowed_hosts."
        if len(scope["query_string"]) > MAX_QUERY or len(scope["path"]) > MAX_QUERY:
            return 414, f"An address may be {MAX_QUERY} bytes long."
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            return 400, "A NUL character is no part of any name here."
        return None


class _Answer:
    """One answer on its way out."""

    def __init__(self, send: Send, known: bytes) -> None:
        self._send = send
        self._known = {tag.strip().removeprefix(b"W/") for tag in known.split(b",")} if known else set()
        self._is_known = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = self._dressed(message)
        elif self._is_known:
            if message.get("more_body"):
                return
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    def _dressed(self, message: Message) -> Message:
        headers = list(message.get("headers", ()))
        if self._known and message["status"] == 200:
            tag = next((value for name, value in headers if name == b"etag"), b"")
            self._is_known = bool(tag) and tag.removeprefix(b"W/") in self._known
        if self._is_known:
            headers = [pair for pair in headers if pair[0] in KEPT_OF_304]
            message = {**message, "status": 304}
        present = {name for name, _ in headers}
        return {**message, "headers": [*headers, *(pair for pair in HEADERS if pair[0] not in present)]}


def header(scope: Scope, name: bytes) -> bytes:
    """The value of one header of a request, empty where it is absent."""
    for given, value in scope["headers"]:
        if given == name:
            return bytes(value)
    return b""


def _host(scope: Scope) -> str:
    """The ``Host`` header without its port."""
    value = header(scope, b"host").decode("latin-1").casefold()
    head, separator, port = value.rpartition(":")
    return head if separator and port.isdigit() and (not head.count(":") or head.endswith("]")) else value
