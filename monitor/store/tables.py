"""The tables, one schema for SQLite and PostgreSQL. Every time is UTC; every ``body`` is JSON of a model type.

``digest`` is the SHA-256 of ``body``, so that ``verify`` finds what was changed by accident.
Raw: ``items`` (immutable, versioned, chained) and ``roots``. Read: ``readings``, ``reports``, ``signals``.
Known: ``intervals``, ``strikes``, ``claims``, ``coverage`` hold the rows of today, their ``*_versions`` every row that
was ever true with the time from and until which we knew it so. ``regions`` leads from a place (with all that lies
below it) to rows; ``rollups`` are kept up on write. Told: ``changes``, ``endpoints``, ``deliveries``,
``delivery_log``. The rest serves the daemon.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from monitor.errors import StoreCorrupt

__all__ = ["DERIVED", "HEAD", "REGION_KINDS", "SURROGATE", "Utc", "Words", "clean", "metadata", "stamp"]

HEAD = "0002"
"""The revision of these tables; equal to the newest file of ``migrations/versions``."""


class Utc(TypeDecorator[datetime]):
    """An aware time, always UTC. SQLite keeps it as text of fixed width, so that it sorts; PostgreSQL natively."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Any:
        return _stamp_in if dialect.name == "sqlite" else _moment_in

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if not isinstance(value, str):
            return cast(datetime, value).astimezone(UTC)
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise StoreCorrupt(
                f"a stored time is no time: {value!r}. Run `monitor verify`, restore a backup."
            ) from None


class Words(TypeDecorator[str]):
    """Text without what a database refuses: NUL (PostgreSQL) and lone surrogates (every driver) become U+FFFD."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        return _clean_in


SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """The text with NUL and lone surrogates as U+FFFD: same length, so that spans still fit."""
    if text.isascii():
        return text.replace("\x00", "\ufffd") if "\x00" in text else text
    return SURROGATE.sub("\ufffd", text.replace("\x00", "\ufffd"))


def _clean_in(value: str | None) -> str | None:
    return None if value is None else clean(value)


def stamp(moment: datetime) -> str:
    """``2024-11-10T00:00:00.000000+00:00``: the one text form of a time, 32 characters."""
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat(timespec="microseconds")


def _moment_in(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError(f"a time without zone reached the store: {value!r}")
    return value


def _stamp_in(value: datetime | None) -> str | None:
    return None if value is None else stamp(cast(datetime, _moment_in(value)))


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Id = BigInteger().with_variant(Integer(), "sqlite")


def _text(name: str, **more: Any) -> Column[str]:
    return Column(name, Words, nullable=False, **more)


def _opt(name: str) -> Column[str]:
    return Column(name, Words)


def _time(name: str, *, null: bool = False) -> Column[datetime]:
    return Column(name, Utc, nullable=null)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _int(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger().with_variant(Integer(), "sqlite"), nullable=null)


# ── raw ───────────────────────────────────────────────────────────────────────────────────────────

items = Table(
    "items",
    metadata,
    # Dense, given by the one writer: a missing number is a removed row.
    Column("id", _Id, primary_key=True, autoincrement=False),
    _text("key"),
    _int("version"),
    _text("source"),
    _opt("title"),
    _text("text"),
    Column("raw", LargeBinary),
    _time("published", null=True),
    _time("received"),
    _time("edited", null=True),
    _flag("deleted"),
    _opt("url"),
    _opt("lang"),
    _opt("channel"),
    _opt("origin"),
    _text("media"),
    _text("flags"),
    _flag("is_late"),
    _text("nature"),
    _opt("snapshot"),
    _text("sha256"),
    _time("committed_at"),
    _int("batch"),
    _text("chain"),
    UniqueConstraint("key", "version"),
    Index(None, "source", "id"),
    Index(None, "batch"),
    Index(None, "received", "id"),
)

roots = Table(
    "roots",
    metadata,
    Column("day", Words, primary_key=True),
    _int("first_id"),
    _int("last_id"),
    _text("root"),
)

# ── read ──────────────────────────────────────────────────────────────────────────────────────────


def _item_fk() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["item", "version"], ["items.key", "items.version"])


readings = Table(
    "readings",
    metadata,
    Column("item", Words, primary_key=True),
    Column("version", _Id, primary_key=True, autoincrement=False),
    _opt("lang"),
    _opt("rules"),
    _text("notes"),
    _text("digest"),
    _time("known_at"),
    _item_fk(),
)

reports = Table(
    "reports",
    metadata,
    Column("id", Words, primary_key=True),
    _text("item"),
    _int("version"),
    _int("nth"),
    _text("kind"),
    _text("source"),
    _opt("lang"),
    _time("at"),
    _time("received"),
    _time("known_at"),
    _time("withdrawn_at", null=True),
    _opt("withdrawn_cause"),
    _text("nature"),
    _flag("is_late"),
    _text("rule"),
    Column("confidence", Float, nullable=False),
    _text("quote"),
    _int("span_start"),
    _int("span_end"),
    _text("body"),
    _text("digest"),
    _item_fk(),
    Index(None, "item", "version"),
    Index(None, "at", "id"),
    Index(None, "kind", "at", "id"),
    Index(None, "source", "at", "id"),
)

signals = Table(
    "signals",
    metadata,
    Column("id", Words, primary_key=True),
    _text("item"),
    _int("version"),
    _int("nth"),
    _text("kind"),
    _text("source"),
    _time("at"),
    _time("known_at"),
    _time("withdrawn_at", null=True),
    _opt("withdrawn_cause"),
    _text("body"),
    _text("digest"),
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
        Column("id", Words, primary_key=True),
        _int("n"),
        _time("known_from"),
        *own(),
        _text("body"),
        _text("digest"),
        *options.get("indexes", tuple)(),
    )
    versions = Table(
        f"{name}_versions",
        metadata,
        Column("id", Words, primary_key=True),
        Column("n", _Id, primary_key=True, autoincrement=False),
        _time("known_from"),
        _time("known_to", null=True),
        *own(),
        _text("body"),
        _text("digest"),
        Index(None, *columns, "known_from"),
    )
    return now, versions


intervals, interval_versions = _known(
    "intervals",
    "is_long",
    "begins_at",
    own=lambda: (
        _text("place"),
        _text("regime"),
        _text("nature"),
        # The start, or for an orphan end its end: never null, so that every interval is found by time.
        _time("begins_at"),
        _time("ends_at", null=True),
        _flag("is_long"),
        _flag("is_retracted"),
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
        _time("first_at"),
        _opt("date"),
        _opt("merged_into"),
        _flag("is_retracted"),
        _text("nature"),
    ),
    indexes=lambda: (Index(None, "first_at", "id"), Index(None, "date")),
)

claims, claim_versions = _known(
    "claims",
    "at",
    own=lambda: (
        _time("at"),
        _text("chain"),
        _text("measure"),
        _text("weapon"),
        _int("value", null=True),
        _int("value_max", null=True),
        _opt("attacker"),
        _opt("claimant"),
        _opt("period"),
        _opt("date_or_period"),
        _opt("superseded_by"),
        _flag("is_retracted"),
        _text("nature"),
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
        _text("source"),
        _text("health"),
        _time("started_at"),
        _time("ended_at", null=True),
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
    Column("kind", Words, primary_key=True),
    Column("place", Words, primary_key=True),
    Column("is_long", Boolean, primary_key=True),
    Column("at", Utc, primary_key=True),
    Column("row", Words, primary_key=True),
    Index(None, "kind", "row"),
    sqlite_with_rowid=False,
)

rollups = Table(
    "rollups",
    metadata,
    Column("key", Words, primary_key=True),
    _text("grain"),
    _time("begins_at"),
    _time("ends_at"),
    _text("period"),
    _text("place"),
    _text("measure"),
    _text("weapon"),
    _text("side"),
    _text("claimant"),
    _int("n"),
    _int("least", null=True),
    _int("most", null=True),
    _int("withheld"),
    _int("seconds"),
    Index(None, "grain", "place", "measure", "begins_at"),
    Index(None, "grain", "begins_at"),
)

# Which claims a roll-up is made of: a least and a most cannot be taken back without knowing the others.
rollup_parts = Table(
    "rollup_parts",
    metadata,
    Column("key", Words, primary_key=True),
    Column("row", Words, primary_key=True),
    _int("value", null=True),
    _int("value_max", null=True),
    _flag("is_withheld"),
    Index(None, "row"),
    sqlite_with_rowid=False,
)

changes = Table(
    "changes",
    metadata,
    Column("seq", _Id, primary_key=True, autoincrement=False),
    _text("id", unique=True),
    _text("type"),
    _text("key"),
    _text("subject"),
    _time("occurred_at"),
    _time("known_at"),
    _time("committed_at"),
    _flag("late"),
    _text("nature"),
    _time("valid_until", null=True),
    _text("body"),
    _text("digest"),
    Index(None, "subject", "seq"),
    Index(None, "type", "seq"),
    Index(None, "committed_at"),
)

# ── the daemon's own ──────────────────────────────────────────────────────────────────────────────

memory = Table("memory", metadata, Column("key", Words, primary_key=True), _text("body"), _text("digest"))

meta = Table("meta", metadata, Column("key", Words, primary_key=True), _text("value"))

cursors = Table(
    "cursors",
    metadata,
    Column("source", Words, primary_key=True),
    _text("cursor"),
    _time("at"),
)

looks = Table(
    "looks",
    metadata,
    Column("source", Words, primary_key=True),
    _time("at"),
    _text("outcome"),
    _time("ok_at", null=True),
    _int("failures"),
    _int("count"),
    _text("body"),
    _text("digest"),
)

look_log = Table(
    "look_log",
    metadata,
    Column("source", Words, primary_key=True),
    Column("slot", _Id, primary_key=True, autoincrement=False),
    _time("at"),
    _text("body"),
    _text("digest"),
)

holes = Table(
    "holes",
    metadata,
    Column("channel", Words, primary_key=True),
    Column("first", _Id, primary_key=True, autoincrement=False),
    Column("last", _Id, primary_key=True, autoincrement=False),
    _text("cause"),
    _text("source"),
    _time("noticed_at"),
    _time("begins", null=True),
    _time("ends", null=True),
    _text("body"),
    _text("digest"),
)

# ── told ──────────────────────────────────────────────────────────────────────────────────────────

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", Words, primary_key=True),
    _flag("is_enabled"),
    _time("changed_at"),
    _opt("reason"),
    _text("body"),
    _text("digest"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", _Id, primary_key=True),
    _text("message_id"),
    _text("endpoint"),
    _text("key"),
    _int("seq"),
    _text("type"),
    Column("body", LargeBinary, nullable=False),
    _text("digest"),
    _text("status"),
    _time("due_at"),
    # Set for the head of its lane (endpoint, key) and for parked messages only: what can be tried.
    _time("ready_at", null=True),
    _time("valid_until", null=True),
    _int("attempts"),
    _time("done_at", null=True),
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
    Column("id", _Id, primary_key=True),
    _text("endpoint"),
    _text("message_id"),
    _time("at"),
    _text("outcome"),
    _text("body"),
    _text("digest"),
    Index(None, "endpoint", "id"),
    Index(None, "message_id"),
    sqlite_autoincrement=True,
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Words, primary_key=True),
    _text("name"),
    _text("scope"),
    _text("sha256", unique=True),
    _time("created_at"),
    _time("expires_at", null=True),
    _time("revoked_at", null=True),
    _time("used_at", null=True),
)
