"""Who is told and what came of it: for holders of a token. Addresses, secrets and bodies are never shown."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Response

from monitor.errors import InputError
from monitor.logs import Redactor
from monitor.publication import redact_json
from monitor.store import deliveries as told
from monitor.web.answers import Limit, Page, Strict, Word, answer
from monitor.web.asked import needs
from monitor.web.context import Context
from monitor.web.plain import plain, utc

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["deliveries"], dependencies=[Strict])

Seer = Annotated[Context, needs("deliveries")]
Operator = Annotated[Context, needs("operate")]
SHOWN_OF_A_TRY = ("at", "outcome", "attempt", "status", "reason", "error")


@router.get("/webhooks", response_model=Page)
def webhooks(asked: Seer) -> Response:
    """Every endpoint with what it subscribes to, how many messages wait, and when it last took one.

    Needs a token of scope `deliveries`. `coverage` is null: this is our own ledger, whole whatever was watched."""
    configured = {endpoint.id: endpoint for endpoint in asked.settings.endpoints}
    rows = []
    for one in told.standings(asked.store):
        endpoint = configured.get(one.endpoint.id, one.endpoint)
        row = asdict(one)
        del row["endpoint"]
        rows.append({
            "id": endpoint.id, "type": endpoint.type, "enabled": one.endpoint.is_enabled,
            "trusted": endpoint.is_trusted, "from": "config" if endpoint.id in configured else "added",
            "subscription": plain(endpoint.subscription), **plain(row),
        })  # fmt: skip
    return answer(asked, {"coverage": None, "next": None, "rows": rows})


@router.get("/deliveries", response_model=Page)
def deliveries(
    asked: Seer,
    endpoint: Word = None,
    status: Literal["due", "held", "parked", "delivered", "dropped"] | None = None,
    after: Annotated[int | None, Query(ge=1, le=2**53, description="`next` of the page before.")] = None,
    limit: Limit = 100,
) -> Response:
    """Messages, the newest first. Needs a token of scope `deliveries`."""
    found, following = told.messages(asked.store, endpoint=endpoint, status=status, before=after, limit=limit)
    shown = str(following) if following is not None else None
    return answer(asked, {"coverage": None, "next": shown, "rows": plain(found)})


@router.get("/deliveries/{endpoint}/{message}", response_model=Page)
def tries(asked: Seer, endpoint: str, message: str) -> Response:
    """Every try of one message. Needs a token of scope `deliveries`."""
    try:
        found = told.tries(asked.store, message, endpoint)
    except InputError as error:
        raise HTTPException(404, str(error)[:200]) from None
    rows: list[Any] = [{key: one[key] for key in SHOWN_OF_A_TRY if key in one} for one in found]
    shown = Redactor().value(redact_json(plain(rows)))
    return answer(asked, {"coverage": None, "next": None, "rows": shown})


@router.post("/deliveries/{endpoint}/{message}/again", response_model=None, status_code=202)
def again(asked: Operator, endpoint: str, message: str) -> Response:
    """Send one message again: the same id, the same bytes, a signature of its own. Needs a token of scope `operate`.

    A running daemon sends it within seconds."""
    found = asked.store.find([message], endpoint)
    if not found:
        raise HTTPException(404, "This endpoint has no such message.")
    now = asked.clock.now()
    asked.store.enqueue([replace(found[0], due_at=now, attempts=0, status="due")])
    made = answer(asked, {"endpoint": endpoint, "message": message, "due_at": utc(now)})
    made.status_code = 202
    return made
