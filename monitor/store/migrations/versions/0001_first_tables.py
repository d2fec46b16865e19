"""first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.columns import Utc, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("id", Words(), nullable=False),
        sa.Column("type", Words(), nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("occurred_at", Utc(), nullable=False),
        sa.Column("known_at", Utc(), nullable=False),
        sa.Column("committed_at", Utc(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("nature", Words(), nullable=False),
        sa.Column("valid_until", Utc(), nullable=True),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_changes")),
        sa.UniqueConstraint("id", name=op.f("uq_changes_id")),
    )
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_changes_committed_at"), ["committed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_changes_subject_seq"), ["subject", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_changes_type_seq"), ["type", "seq"], unique=False)

    op.create_table(
        "claims",
        sa.Column("id", Words(), nullable=False),
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("known_from", Utc(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("chain", Words(), nullable=False),
        sa.Column("measure", Words(), nullable=False),
        sa.Column("weapon", Words(), nullable=False),
        sa.Column("value", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("value_max", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("attacker", Words(), nullable=True),
        sa.Column("claimant", Words(), nullable=True),
        sa.Column("period", Words(), nullable=True),
        sa.Column("date_or_period", Words(), nullable=True),
        sa.Column("superseded_by", Words(), nullable=True),
        sa.Column("is_retracted", sa.Boolean(), nullable=False),
        sa.Column("nature", Words(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claims_at_id"), ["at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claims_chain"), ["chain"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_claims_date_or_period_measure"), ["date_or_period", "measure"], unique=False
        )

    op.create_table(
        "claims_versions",
        sa.Column("id", Words(), nullable=False),
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("known_from", Utc(), nullable=False),
        sa.Column("known_to", Utc(), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("chain", Words(), nullable=False),
        sa.Column("measure", Words(), nullable=False),
        sa.Column("weapon", Words(), nullable=False),
        sa.Column("value", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("value_max", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("attacker", Words(), nullable=True),
        sa.Column("claimant", Words(), nullable=True),
        sa.Column("period", Words(), nullable=True),
        sa.Column("date_or_period", Words(), nullable=True),
        sa.Column("superseded_by", Words(), nullable=True),
        sa.Column("is_retracted", sa.Boolean(), nullable=False),
        sa.Column("nature", Words(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", "n", name=op.f("pk_claims_versions")),
    )
    with op.batch_alter_table("claims_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claims_versions_at_known_from"), ["at", "known_from"], unique=False)

    op.create_table(
        "coverage",
        sa.Column("id", Words(), nullable=False),
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("known_from", Utc(), nullable=False),
        sa.Column("source", Words(), nullable=False),
        sa.Column("health", Words(), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
    )
    with op.batch_alter_table("coverage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coverage_source_started_at"), ["source", "started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_coverage_started_at"), ["started_at"], unique=False)

    op.create_table(
        "coverage_versions",
        sa.Column("id", Words(), nullable=False),
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("known_from", Utc(), nullable=False),
        sa.Column("known_to", Utc(), nullable=True),
        sa.Column("source", Words(), nullable=False),
        sa.Column("health", Words(), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", "n", name=op.f("pk_coverage_versions")),
    )
    with op.batch_alter_table("coverage_versions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_coverage_versions_started_at_known_from"), ["started_at", "known_from"], unique=False
        )

    op.create_table(
        "cursors",
        sa.Column("source", Words(), nullable=False),
        sa.Column("cursor", Words(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_cursors")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", Words(), nullable=False),
        sa.Column("endpoint", Words(), nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", Words(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.Column("status", Words(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("ready_at", Utc(), nullable=True),
        sa.Column("valid_until", Utc(), nullable=True),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("done_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("message_id", "endpoint", name=op.f("uq_deliveries_message_id_endpoint")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deliveries_lane",
            ["endpoint", "key", "seq", "id"],
            unique=False,
            sqlite_where=sa.text("status = 'due'"),
            postgresql_where=sa.text("status = 'due'"),
        )
        batch_op.create_index(
            "ix_deliveries_ready",
            ["ready_at"],
            unique=False,
            sqlite_where=sa.text("ready_at IS NOT NULL"),
            postgresql_where=sa.text("ready_at IS NOT NULL"),
        )

    op.create_table(
        "delivery_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("endpoint", Words(), nullable=False),
        sa.Column("message_id", Words(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("outcome", Words(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_log")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("delivery_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_log_endpoint_id"), ["endpoint", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_log_message_id"), ["message_id"], unique=False)

    op.create_table(
        "endpoints",
        sa.Column("id", Words(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.Column("reason", Words(), nullable=True),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
    )
    op.create_table(
        "holes",
        sa.Column("channel", Words(), nullable=False),
        sa.Column("first", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("cause", Words(), nullable=False),
        sa.Column("source", Words(), nullable=False),
        sa.Column("noticed_at", Utc(), nullable=False),
        sa.Column("begins", Utc(), nullable=True),
        sa.Column("ends", Utc(), nullable=True),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "first", "last", name=op.f("pk_holes")),
    )
    op.create_table(
        "intervals",
        sa.Column("id", Words(), nullable=False),
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("known_from", Utc(), nullable=False),
        sa.Column("place", Words(), nullable=False),
        sa.Column("regime", Words(), nullable=False),
        sa.Column("nature", Words(), nullable=False),
        sa.Column("begins_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=True),
        sa.Column("is_long", sa.Boolean(), nullable=False),
        sa.Column("is_retracted", sa.Boolean(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervals")),
    )
    with op.batch_alter_table("intervals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intervals_is_long_begins_at"), ["is_long", "begins_at"], unique=False)

    op.create_table(
        "intervals_versions",
        sa.Column("id", Words(), nullable=False),
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("known_from", Utc(), nullable=False),
        sa.Column("known_to", Utc(), nullable=True),
        sa.Column("place", Words(), nullable=False),
        sa.Column("regime", Words(), nullable=False),
        sa.Column("nature", Words(), nullable=False),
        sa.Column("begins_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=True),
        sa.Column("is_long", sa.Boolean(), nullable=False),
        sa.Column("is_retracted", sa.Boolean(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", "n", name=op.f("pk_intervals_versions")),
    )
    with op.batch_alter_table("intervals_versions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_intervals_versions_is_long_begins_at_known_from"),
            ["is_long", "begins_at", "known_from"],
            unique=False,
        )

    op.create_table(
        "items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", Words(), nullable=False),
        sa.Column("title", Words(), nullable=True),
        sa.Column("text", Words(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("published", Utc(), nullable=True),
        sa.Column("received", Utc(), nullable=False),
        sa.Column("edited", Utc(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("url", Words(), nullable=True),
        sa.Column("lang", Words(), nullable=True),
        sa.Column("channel", Words(), nullable=True),
        sa.Column("origin", Words(), nullable=True),
        sa.Column("media", Words(), nullable=False),
        sa.Column("flags", Words(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("nature", Words(), nullable=False),
        sa.Column("snapshot", Words(), nullable=True),
        sa.Column("sha256", Words(), nullable=False),
        sa.Column("committed_at", Utc(), nullable=False),
        sa.Column("batch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chain", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_items_key_version")),
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_items_batch"), ["batch"], unique=False)
        batch_op.create_index(batch_op.f("ix_items_received_id"), ["received", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_items_source_id"), ["source", "id"], unique=False)

    op.create_table(
        "look_log",
        sa.Column("source", Words(), nullable=False),
        sa.Column("slot", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("source", "slot", name=op.f("pk_look_log")),
    )
    op.create_table(
        "looks",
        sa.Column("source", Words(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("outcome", Words(), nullable=False),
        sa.Column("ok_at", Utc(), nullable=True),
        sa.Column("failures", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_looks")),
    )
    op.create_table(
        "memory",
        sa.Column("key", Words(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_memory")),
    )
    op.create_table(
        "meta",
        sa.Column("key", Words(), nullable=False),
        sa.Column("value", Words(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "regions",
        sa.Column("kind", Words(), nullable=False),
        sa.Column("place", Words(), nullable=False),
        sa.Column("is_long", sa.Boolean(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("row", Words(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "place", "is_long", "at", "row", name=op.f("pk_regions")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("regions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_regions_kind_row"), ["kind", "row"], unique=False)

    op.create_table(
        "rollup_parts",
        sa.Column("key", Words(), nullable=False),
        sa.Column("row", Words(), nullable=False),
        sa.Column("value", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("value_max", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_withheld", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", "row", name=op.f("pk_rollup_parts")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("rollup_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rollup_parts_row"), ["row"], unique=False)

    op.create_table(
        "rollups",
        sa.Column("key", Words(), nullable=False),
        sa.Column("grain", Words(), nullable=False),
        sa.Column("begins_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("period", Words(), nullable=False),
        sa.Column("place", Words(), nullable=False),
        sa.Column("measure", Words(), nullable=False),
        sa.Column("weapon", Words(), nullable=False),
        sa.Column("side", Words(), nullable=False),
        sa.Column("claimant", Words(), nullable=False),
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("least", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("most", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("withheld", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seconds", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rollups")),
    )
    with op.batch_alter_table("rollups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rollups_grain_begins_at"), ["grain", "begins_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_rollups_grain_place_measure_begins_at"),
            ["grain", "place", "measure", "begins_at"],
            unique=False,
        )

    op.create_table(
        "roots",
        sa.Column("day", Words(), nullable=False),
        sa.Column("first_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("root", Words(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_roots")),
    )
    op.create_table(
        "strikes",
        sa.Column("id", Words(), nullable=False),
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("known_from", Utc(), nullable=False),
        sa.Column("first_at", Utc(), nullable=False),
        sa.Column("date", Words(), nullable=True),
        sa.Column("merged_into", Words(), nullable=True),
        sa.Column("is_retracted", sa.Boolean(), nullable=False),
        sa.Column("nature", Words(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strikes")),
    )
    with op.batch_alter_table("strikes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_strikes_date"), ["date"], unique=False)
        batch_op.create_index(batch_op.f("ix_strikes_first_at_id"), ["first_at", "id"], unique=False)

    op.create_table(
        "strikes_versions",
        sa.Column("id", Words(), nullable=False),
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("known_from", Utc(), nullable=False),
        sa.Column("known_to", Utc(), nullable=True),
        sa.Column("first_at", Utc(), nullable=False),
        sa.Column("date", Words(), nullable=True),
        sa.Column("merged_into", Words(), nullable=True),
        sa.Column("is_retracted", sa.Boolean(), nullable=False),
        sa.Column("nature", Words(), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", "n", name=op.f("pk_strikes_versions")),
    )
    with op.batch_alter_table("strikes_versions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_strikes_versions_first_at_known_from"), ["first_at", "known_from"], unique=False
        )

    op.create_table(
        "tokens",
        sa.Column("id", Words(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("scope", Words(), nullable=False),
        sa.Column("sha256", Words(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=True),
        sa.Column("revoked_at", Utc(), nullable=True),
        sa.Column("used_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("sha256", name=op.f("uq_tokens_sha256")),
    )
    op.create_table(
        "readings",
        sa.Column("item", Words(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("lang", Words(), nullable=True),
        sa.Column("rules", Words(), nullable=True),
        sa.Column("notes", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.Column("known_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item", "version"], ["items.key", "items.version"], name=op.f("fk_readings_item_items")
        ),
        sa.PrimaryKeyConstraint("item", "version", name=op.f("pk_readings")),
    )
    op.create_table(
        "reports",
        sa.Column("id", Words(), nullable=False),
        sa.Column("item", Words(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nth", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("source", Words(), nullable=False),
        sa.Column("lang", Words(), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("received", Utc(), nullable=False),
        sa.Column("known_at", Utc(), nullable=False),
        sa.Column("withdrawn_at", Utc(), nullable=True),
        sa.Column("withdrawn_cause", Words(), nullable=True),
        sa.Column("nature", Words(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("rule", Words(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("quote", Words(), nullable=False),
        sa.Column("span_start", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("span_end", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item", "version"], ["items.key", "items.version"], name=op.f("fk_reports_item_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reports_at_id"), ["at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_item_version"), ["item", "version"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_kind_at_id"), ["kind", "at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_source_at_id"), ["source", "at", "id"], unique=False)

    op.create_table(
        "signals",
        sa.Column("id", Words(), nullable=False),
        sa.Column("item", Words(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nth", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("source", Words(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("known_at", Utc(), nullable=False),
        sa.Column("withdrawn_at", Utc(), nullable=True),
        sa.Column("withdrawn_cause", Words(), nullable=True),
        sa.Column("body", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item", "version"], ["items.key", "items.version"], name=op.f("fk_signals_item_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
    )
    with op.batch_alter_table("signals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signals_at_id"), ["at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signals_item_version"), ["item", "version"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a schema is never taken down: restore the backup that was made before the upgrade")
