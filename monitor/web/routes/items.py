"""One item with all its versions, hashes and readings."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Response

from monitor.publication import public_item, redact_json
from monitor.store import series
from monitor.store.series import StoredReport
from monitor.web.answers import Strict, Time, answer
from monitor.web.asked import Asked, moment
from monitor.web.context import Context
from monitor.web.plain import plain, utc

__all__ = ["is_withheld", "router"]

router = APIRouter(prefix="/v1", tags=["data"], dependencies=[Strict])


@router.get("/items/{key:path}", response_model=None)
def item(asked: Asked, key: str, as_of: Time = None) -> Response:
    """Every version, oldest first, with its SHA-256, its link of the chain, and what was read in it at which span.

    Words, address and readings are withheld as long as the publication policy says; `withheld` is true then."""
    then = moment(as_of, "as_of")
    versions = series.item(asked.store, key, as_of=then)
    if not versions:
        raise HTTPException(404, f"no item has the key {key!r:.80}")
    hides, is_full = is_withheld(asked, versions), asked.grant.covers("full")
    rows = [
        {
            "version": one.version,
            "sha256": one.sha256,
            "chain": one.chain,
            "committed_at": utc(one.committed_at),
            "rules": one.rules,
            "item": plain(one.item if is_full else public_item(one.item, is_withheld=hides)),
            "reading": _reading(one, hides=hides, is_full=is_full),
        }
        for one in versions
    ]
    coverage = plain(
        series.coverage_of(asked.store, start=versions[0].item.received, end=versions[-1].committed_at, as_of=then)
    )
    return answer(asked, {"coverage": coverage, "withheld": hides, "versions": rows}, then)


def _reading(one: series.StoredItem, *, hides: bool, is_full: bool) -> Any:
    if hides:
        return None
    read = plain(one.reading)
    return read if is_full else redact_json(read)


def is_withheld(asked: Context, versions: tuple[series.StoredItem, ...]) -> bool:
    """Whether the publication policy still holds the words of this item back."""
    public = asked.public()
    if public.is_full:
        return False
    return any(
        public.report(StoredReport(telling, version.committed_at), version.reading)["item"] is None
        for version in versions
        for telling in version.tellings
    )
