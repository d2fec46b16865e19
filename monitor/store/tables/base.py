"""What all tables share: one ``metadata``, and how constraints are named."""

from __future__ import annotations

from sqlalchemy import MetaData

__all__ = ["HEAD", "metadata"]

HEAD = "0004"
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
