"""The tables, one schema for SQLite and PostgreSQL. Every time is UTC; every ``body`` is JSON of a model type.

``digest`` is the SHA-256 of ``body``, so that ``verify`` finds what was changed by accident.
Raw: ``items`` (immutable, versioned, chained) and ``roots``. Read: ``readings``, ``reports``, ``signals``.
Known: ``intervals``, ``strikes``, ``claims``, ``coverage`` hold the rows of today, their ``*_versions`` every row that
was ever true with the time from and until which we knew it so. ``regions`` leads from a place (with all that lies
below it) to rows; ``rollups`` are kept up on write. Told: ``changes``, ``endpoints``, ``deliveries``,
``delivery_log``. The rest serves the daemon.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from monitor.store.columns import (
    Utc,
    flag,
    key,
    number,
    number_key,
    optional,
    sealed,
    time,
    words,
)

__all__ = ["DERIVED", "HEAD", "REGION_KINDS", "metadata"]

HEAD = "0002"
"""The revision of these tables; equal to the newest file of ``migrations/versions``."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# ── raw ───────────────────────────────────────────────────────────────────────────────────────────

items = Table(
    "items",
    metadata,
    # Dense, given by the one writer: a missing number is a removed row.
    number_key("id"),
    words("key", is_clean=True),
    number("version"),
    words("source", is_clean=True),
    optional("title", is_clean=True),
    words("text", is_clean=True),
    Column("raw", LargeBinary),
    time("published", null=True),
    time("received"),
    time("edited", null=True),
    flag("deleted"),
    optional("url", is_clean=True),
    optional("lang", is_clean=True),
    optional("channel", is_clean=True),
    optional("origin", is_clean=True),
    words("media", is_clean=True),
    words("flags", is_clean=True),
    flag("is_late"),
    words("nature", is_clean=True),
    optional("snapshot", is_clean=True),
    words("sha256", is_clean=True),
    time("committed_at"),
    number("batch"),
    words("chain", is_clean=True),
    UniqueConstraint("key", "version"),
    Index(None, "source", "id"),
    Index(None, "batch"),
    Index(None, "received", "id"),
)

roots = Table(
    "roots",
    metadata,
    key("day"),
    number("first_id"),
    number("last_id"),
    words("root"),
)

# ── read ──────────────────────────────────────────────────────────────────────────────────────────


def _item_fk() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["item", "version"], ["items.key", "items.version"])


readings = Table(
    "readings",
    metadata,
    key("item"),
    number_key("version"),
    optional("lang"),
    optional("rules"),
    words("notes"),
    words("digest"),
    time("known_at"),
    _item_fk(),
)

reports = Table(
    "reports",
    metadata,
    key("id"),
    words("item"),
    number("version"),
    number("nth"),
    words("kind"),
    words("source"),
    optional("lang"),
    time("at"),
    time("received"),
    time("known_at"),
    time("withdrawn_at", null=True),
    optional("withdrawn_cause"),
    words("nature"),
    flag("is_late"),
    words("rule"),
    Column("confidence", Float, nullable=False),
    words("quote"),
    number("span_start"),
    number("span_end"),
    *sealed(),
    _item_fk(),
    Index(None, "item", "version"),
    Index(None, "at", "id"),
    Index(None, "kind", "at", "id"),
    Index(None, "source", "at", "id"),
)

signals = Table(
    "signals",
    metadata,
    key("id"),
    words("item"),
    number("version"),
    number("nth"),
    words("kind"),
    words("source"),
    time("at"),
    time("known_at"),
    time("withdrawn_at", null=True),
    optional("withdrawn_cause"),
    *sealed(),
    _item_fk(),
    Index(None, "item", "version"),
    Index(None, "at", "id"),
)

# ── known ─────────────────────────────────────────────────────────────────────────────────────────


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

REGION_KINDS = ("reports", "intervals", "strikes", "claims", "changes")

regions = Table(
    "regions",
    metadata,
    key("kind"),
    key("place"),
    Column("is_long", Boolean, primary_key=True),
    Column("at", Utc, primary_key=True),
    key("row"),
    Index(None, "kind", "row"),
    sqlite_with_rowid=False,
)

rollups = Table(
    "rollups",
    metadata,
    key("key"),
    words("grain"),
    time("begins_at"),
    time("ends_at"),
    words("period"),
    words("place"),
    words("measure"),
    words("weapon"),
    words("side"),
    words("claimant"),
    number("n"),
    number("least", null=True),
    number("most", null=True),
    number("withheld"),
    number("seconds"),
    Index(None, "grain", "place", "measure", "begins_at"),
    Index(None, "grain", "begins_at"),
)

# Which claims a roll-up is made of: a least and a most cannot be taken back without knowing the others.
rollup_parts = Table(
    "rollup_parts",
    metadata,
    key("key"),
    key("row"),
    number("value", null=True),
    number("value_max", null=True),
    flag("is_withheld"),
    Index(None, "row"),
    sqlite_with_rowid=False,
)

changes = Table(
    "changes",
    metadata,
    number_key("seq"),
    words("id", unique=True),
    words("type"),
    words("key"),
    words("subject"),
    time("occurred_at"),
    time("known_at"),
    time("committed_at"),
    flag("late"),
    words("nature"),
    time("valid_until", null=True),
    *sealed(),
    Index(None, "subject", "seq"),
    Index(None, "type", "seq"),
    Index(None, "committed_at"),
)

# ── the daemon's own ──────────────────────────────────────────────────────────────────────────────

memory = Table("memory", metadata, key("key"), *sealed())

meta = Table("meta", metadata, key("key"), words("value"))

cursors = Table(
    "cursors",
    metadata,
    key("source"),
    words("cursor"),
    time("at"),
)

looks = Table(
    "looks",
    metadata,
    key("source"),
    time("at"),
    words("outcome"),
    time("ok_at", null=True),
    number("failures"),
    number("count"),
    *sealed(),
)

look_log = Table(
    "look_log",
    metadata,
    key("source"),
    number_key("slot"),
    time("at"),
    *sealed(),
)

holes = Table(
    "holes",
    metadata,
    key("channel"),
    number_key("first"),
    number_key("last"),
    words("cause"),
    words("source"),
    time("noticed_at"),
    time("begins", null=True),
    time("ends", null=True),
    *sealed(),
)

# ── told ──────────────────────────────────────────────────────────────────────────────────────────

endpoints = Table(
    "endpoints",
    metadata,
    key("id"),
    flag("is_enabled"),
    time("changed_at"),
    optional("reason"),
    *sealed(),
)

deliveries = Table(
    "deliveries",
    metadata,
    number_key("id", is_given=False),
    words("message_id"),
    words("endpoint"),
    words("key"),
    number("seq"),
    words("type"),
    *sealed(as_bytes=True),
    words("status"),
    time("due_at"),
    # Set for the head of its lane (endpoint, key) and for parked messages only: what can be tried.
    time("ready_at", null=True),
    time("valid_until", null=True),
    number("attempts"),
    time("done_at", null=True),
    UniqueConstraint("message_id", "endpoint"),
    Index("ix_deliveries_ready", "ready_at", sqlite_where=text("ready_at IS NOT NULL"),
          postgresql_where=text("ready_at IS NOT NULL")),
    Index("ix_deliveries_lane", "endpoint", "key", "seq", "id", sqlite_where=text("status = 'due'"),
          postgresql_where=text("status = 'due'")),
    sqlite_autoincrement=True,
)  # fmt: skip

delivery_log = Table(
    "delivery_log",
    metadata,
    number_key("id", is_given=False),
    words("endpoint"),
    words("message_id"),
    time("at"),
    words("outcome"),
    *sealed(),
    Index(None, "endpoint", "id"),
    Index(None, "message_id"),
    sqlite_autoincrement=True,
)

tokens = Table(
    "tokens",
    metadata,
    key("id"),
    words("name"),
    words("scope"),
    words("sha256", unique=True),
    time("created_at"),
    time("expires_at", null=True),
    time("revoked_at", null=True),
    time("used_at", null=True),
)
