"""The tables, one schema for SQLite and PostgreSQL. Every time is UTC; every ``body`` is JSON of a model type.

``digest`` is the SHA-256 of ``body``, so that ``verify`` finds what was changed by accident.
``raw``: what was published. ``read``: what was read from it. ``known``: what follows from that, as of today and, in
``*_versions``, every row that was ever true with the time from and until which we knew it so; ``regions``, and for
alerts ``alert_spans``, lead from a place (with all that lies below it) to rows. ``rolled``: roll-ups, kept up on
write. ``told``: what went out, to whom. ``own``: what serves the daemon.
"""

from __future__ import annotations

from monitor.store.tables.base import HEAD, metadata
from monitor.store.tables.known import (
    DERIVED,
    INCLUDE,
    REGION_KINDS,
    alert_spans,
    claim_versions,
    claims,
    coverage,
    coverage_versions,
    interval_versions,
    intervals,
    regions,
    strike_versions,
    strikes,
)
from monitor.store.tables.own import cursors, holes, look_log, looks, memory, meta, tokens
from monitor.store.tables.raw import items, roots
from monitor.store.tables.read import readings, reports, signals
from monitor.store.tables.rolled import rollup_parts, rollups
from monitor.store.tables.told import changes, deliveries, delivery_log, endpoints

__all__ = [
    "DERIVED",
    "HEAD",
    "INCLUDE",
    "REGION_KINDS",
    "alert_spans",
    "changes",
    "claim_versions",
    "claims",
    "coverage",
    "coverage_versions",
    "cursors",
    "deliveries",
    "delivery_log",
    "endpoints",
    "holes",
    "interval_versions",
    "intervals",
    "items",
    "look_log",
    "looks",
    "memory",
    "meta",
    "metadata",
    "readings",
    "regions",
    "reports",
    "rollup_parts",
    "rollups",
    "roots",
    "signals",
    "strike_versions",
    "strikes",
    "tokens",
]
