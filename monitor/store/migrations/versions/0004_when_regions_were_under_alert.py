"""when a region was under alert, from an index alone"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.columns import Utc, Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_HAS_START = {
    "sqlite": "json_extract(i.body, '$.started_at') IS NOT NULL",
    "postgresql": "i.body::json->>'started_at' IS NOT NULL",
}
_IS_STANDING = {
    "sqlite": "json_extract(i.body, '$.start_basis') = 'standing'",
    "postgresql": "i.body::json->>'start_basis' = 'standing'",
}
_HAS_BOUNDS = {
    "sqlite": "json_extract(i.body, '$.end_bounds') IS NOT NULL",
    "postgresql": "i.body::json->'end_bounds' IS NOT NULL",
}


def upgrade() -> None:
    op.create_table(
        "alert_spans",
        sa.Column("region", Words(), nullable=False),
        sa.Column("is_long", sa.Boolean(), nullable=False),
        sa.Column("begins_at", Utc(), nullable=False),
        sa.Column("id", Words(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=True),
        sa.Column("place", Words(), nullable=False),
        sa.Column("regime", Words(), nullable=False),
        sa.Column("nature", Words(), nullable=False),
        sa.Column("is_retracted", sa.Boolean(), nullable=False),
        sa.Column("is_exact", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "region", "is_long", "begins_at", "id", name=op.f("pk_alert_spans"),
            postgresql_include=["ends_at", "place", "regime", "nature", "is_retracted", "is_exact"],
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip
    dialect = op.get_bind().dialect.name
    is_exact = f"{_HAS_START[dialect]} AND NOT ({_IS_STANDING[dialect]}) AND NOT ({_HAS_BOUNDS[dialect]})"
    op.execute(
        "INSERT INTO alert_spans (region, is_long, begins_at, id, ends_at, place, regime, nature, is_retracted, "
        "is_exact) SELECT r.place, i.is_long, i.begins_at, i.id, i.ends_at, i.place, i.regime, i.nature, "
        f"""i.is_retracted, {is_exact} FROM regions r JOIN intervals i ON i.id = r."row" WHERE r.kind = 'intervals' """
        "ORDER BY r.place, i.is_long, i.begins_at, i.id"
    )
    op.create_index("ix_alert_spans_id", "alert_spans", ["id"])
    op.execute("DELETE FROM regions WHERE kind = 'intervals'")
    if dialect == "postgresql":
        op.drop_constraint("pk_regions", "regions")
        op.drop_column("regions", "is_long")
        op.create_primary_key("pk_regions", "regions", ["kind", "place", "at", "row"])
        return
    # SQLite cannot take a column out of a key: the table is made anew.
    op.create_table(
        "regions_anew",
        sa.Column("kind", Words(), nullable=False),
        sa.Column("place", Words(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("row", Words(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "place", "at", "row", name=op.f("pk_regions")),
        sqlite_with_rowid=False,
    )
    op.execute('INSERT INTO regions_anew SELECT kind, place, "at", "row" FROM regions')
    op.drop_table("regions")
    op.rename_table("regions_anew", "regions")
    op.create_index("ix_regions_kind_row", "regions", ["kind", "row"])
