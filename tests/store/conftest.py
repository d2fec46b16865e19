"""A store in a temporary directory, and one on PostgreSQL where a server is given."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_commits import fill, line

from monitor.store import SqlStore, open_store

POSTGRES = os.environ.get("TEST_MONITOR_POSTGRES", "")


KINDS = ["sqlite", *([pytest.param("postgres", marks=pytest.mark.postgres)] if POSTGRES else [])]


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """An empty store: a file, and where a server is given also a database of that server."""
    url = str(tmp_path / "monitor.db") if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_store(url, lineage=line) as opened:
        yield opened


@pytest.fixture
def filled(store: SqlStore) -> SqlStore:
    """A store after forty commits."""
    fill(store, 40)
    return store


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[SqlStore]:
    """A store in a file, for what concerns files only."""
    with open_store(str(tmp_path / "monitor.db"), lineage=line) as opened:
        yield opened


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The address of a fresh database on the server of ``TEST_MONITOR_POSTGRES``."""
    if not POSTGRES:
        pytest.skip("TEST_MONITOR_POSTGRES names no server")
    import psycopg

    plain = POSTGRES.replace("postgresql+psycopg://", "postgresql://")
    name = f"monitor_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    base, _, rest = POSTGRES.rpartition("/")
    yield f"{base}/{name}" + (f"?{rest.split('?', 1)[1]}" if "?" in rest else "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
