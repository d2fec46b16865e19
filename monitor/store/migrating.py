"""Runs Alembic from inside the package, without an ini file."""

from __future__ import annotations

from sqlalchemy import Engine

__all__ = ["run"]


def run(engine: Engine, to: str = "head") -> None:
    raise NotImplementedError
