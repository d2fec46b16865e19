"""What is known: alert intervals, strikes, claims and coverage, each as of today and with its history."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table

from monitor.store.columns import Utc, flag, key, number, number_key, optional, sealed, time, words
from monitor.store.tables.base import metadata

__all__ = [
    "DERIVED",
    "INCLUDE",
    "REGION_KINDS",
    "alert_spans",
    "claim_versions",
    "claims",
    "coverage",
    "coverage_versions",
    "interval_versions",
    "intervals",
    "regions",
    "strike_versions",
    "strikes",
]


def _known(name: str, *columns: str, **options: Any) -> tuple[Table, Table]:
    """The table of today's rows and the append-only table of all rows with the time that they were known."""
    own = options["own"]
    now = Table(
        name,
        metadata,
        key("id"),
        number("n"),
        time("known_from"),
        *own(),
        *sealed(),
        *options.get("indexes", tuple)(),
    )
    versions = Table(
        f"{name}_versions",
        metadata,
        key("id"),
        number_key("n"),
        time("known_from"),
        time("known_to", null=True),
        *own(),
        *sealed(),
        Index(None, *columns, "known_from"),
    )
    return now, versions


intervals, interval_versions = _known(
    "intervals",
    "is_long",
    "begins_at",
    own=lambda: (
        words("place"),
        words("regime"),
        words("nature"),
        # The start, or for an orphan end its end: never null, so that every interval is found by time.
        time("begins_at"),
        time("ends_at", null=True),
        flag("is_long"),
        flag("is_retracted"),
    ),
    indexes=lambda: (
        # Covers the question who is under alert at a moment: no row is looked up for it.
        Index(
            "ix_intervals_on_at",
            "is_long",
            "begins_at",
            "ends_at",
            "place",
            "regime",
            "nature",
            "is_retracted",
            "id",
        ),
    ),
)

strikes, strike_versions = _known(
    "strikes",
    "first_at",
    own=lambda: (
        time("first_at"),
        optional("date"),
        optional("merged_into"),
        flag("is_retracted"),
        words("nature"),
    ),
    indexes=lambda: (Index(None, "first_at", "id"), Index(None, "date")),
)

claims, claim_versions = _known(
    "claims",
    "at",
    own=lambda: (
        time("at"),
        words("chain"),
        words("measure"),
        words("weapon"),
        number("value", null=True),
        number("value_max", null=True),
        optional("attacker"),
        optional("claimant"),
        optional("period"),
        optional("date_or_period"),
        optional("superseded_by"),
        flag("is_retracted"),
        words("nature"),
    ),
    indexes=lambda: (
        Index(None, "at", "id"),
        Index(None, "date_or_period", "measure"),
        Index(None, "chain"),
    ),
)

coverage, coverage_versions = _known(
    "coverage",
    "started_at",
    own=lambda: (
        words("source"),
        words("health"),
        time("started_at"),
        time("ended_at", null=True),
    ),
    indexes=lambda: (Index(None, "started_at"), Index(None, "source", "started_at")),
)

DERIVED: dict[str, tuple[Table, Table]] = {
    "intervals": (intervals, interval_versions),
    "strikes": (strikes, strike_versions),
    "claims": (claims, claim_versions),
    "coverage": (coverage, coverage_versions),
}

REGION_KINDS = ("reports", "strikes", "claims", "changes")

regions = Table(
    "regions",
    metadata,
    key("kind"),
    key("place"),
    Column("at", Utc, primary_key=True),
    key("row"),
    Index(None, "kind", "row"),
    sqlite_with_rowid=False,
)

INCLUDE = "columns that the index of a key holds as well"
"""Noted in a key's ``info``: only a server's tables have such an index, and only its users load its dialect."""

# The alerts of today under the place of each and all that it lies in, with all that is mostly asked of them: no other
# row is looked up for when a region was under alert. ``is_exact``: nothing more is to be said about start and end.
_SPAN_KEY = ("region", "is_long", "begins_at", "id")
_SPAN = ("ends_at", "place", "regime", "nature", "is_retracted", "is_exact")
alert_spans = Table(
    "alert_spans",
    metadata,
    words("region"),
    flag("is_long"),
    time("begins_at"),
    words("id"),
    time("ends_at", null=True),
    words("place"),
    words("regime"),
    words("nature"),
    flag("is_retracted"),
    flag("is_exact"),
    PrimaryKeyConstraint(*_SPAN_KEY, info={INCLUDE: _SPAN}),
    Index(None, "id"),
    sqlite_with_rowid=False,
)
