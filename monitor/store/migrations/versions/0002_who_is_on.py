"""who is under alert at a moment, from an index alone"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_intervals_is_long_begins_at", table_name="intervals")
    op.create_index(
        "ix_intervals_on_at",
        "intervals",
        ["is_long", "begins_at", "ends_at", "place", "regime", "nature", "is_retracted", "id"],
    )
