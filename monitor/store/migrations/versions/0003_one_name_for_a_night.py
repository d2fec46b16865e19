"""roll-ups call a night as claims do: 2024-11-09/2024-11-10, not 2024-11-09/10"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The key of a cell is grain|period|place|…: the old period is 13 characters that begin at the seventh.
_SECOND = {
    "sqlite": "date(substr({column}, {at}, 10), '+1 day')",
    "postgresql": "to_char(to_date(substr({column}, {at}, 10), 'YYYY-MM-DD') + 1, 'YYYY-MM-DD')",
}


def upgrade() -> None:
    second = _SECOND[op.get_bind().dialect.name]
    in_key = f"substr(key, 1, 17) || {second.format(column='key', at=7)} || substr(key, 20)"
    is_old = "key LIKE 'night|____-__-__/__|%'"
    op.execute(f"UPDATE rollup_parts SET key = {in_key} WHERE {is_old}")
    in_period = f"substr(period, 1, 11) || {second.format(column='period', at=1)}"
    op.execute(f"UPDATE rollups SET key = {in_key}, period = {in_period} WHERE {is_old}")
