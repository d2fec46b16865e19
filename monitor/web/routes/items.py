"""One item with all its versions, hashes and readings."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException

from monitor.publication import public_item, redact_json
from monitor.store import series
from monitor.store.series import StoredReport
from monitor.web.context import Asked, Context
from monitor.web.plain import plain, utc

__all__ = ["is_withheld", "router"]

router = APIRouter(prefix="/v1", tags=["data"])


@router.get("/items/{key:path}")
def item(asked: Asked, key: str) -> dict[str, Any]:
    """Versions, oldest first; words, address and readings are withheld as long as the publication policy says."""
    versions = series.item(asked.store, key)
    if not versions:
        raise HTTPException(404, f"no item has the key {key!r:.80}")
    hides = is_withheld(asked, versions)
    rows = [
        {
            "version": one.version,
            "sha256": one.sha256,
            "chain": one.chain,
            "committed_at": utc(one.committed_at),
            "rules": one.rules,
            "item": plain(public_item(one.item, is_withheld=hides)),
            "reading": None if hides else redact_json(plain(one.reading)),
        }
        for one in versions
    ]
    return {"now": utc(asked.clock.now()), "replay": asked.is_replay, "withheld": hides, "versions": rows}


def is_withheld(asked: Context, versions: tuple[series.StoredItem, ...]) -> bool:
    """Whether the publication policy still holds the words of this item back."""
    public = asked.public()
    return any(
        public.report(StoredReport(telling, version.committed_at), version.reading)["item"] is None
        for version in versions
        for telling in version.tellings
    )
