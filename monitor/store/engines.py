"""Connections: how a database is named, and the pragmas and settings without which nothing is durable."""

from __future__ import annotations

import os
import secrets
import socket
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError

from monitor.errors import StoreError
from monitor.store import patience, server
from monitor.store.faults import translate

__all__ = ["engine_for", "name_of", "parse", "sqlite_path"]

APPLICATION_ID = 0x6D6F6E69
"""``moni``: what ``file`` and ``PRAGMA application_id`` say of our files."""

BUSY_MS = 10_000

_PRAGMAS = (
    f"busy_timeout={BUSY_MS}",
    "foreign_keys=ON",
    # What has been acknowledged survives a power cut.
    "synchronous=FULL",
    "temp_store=MEMORY",
    "cache_size=-16000",
)


def parse(url: str) -> URL:
    """The address of a database: ``sqlite:///path``, a plain path, or ``postgresql+psycopg://user@host/name``."""
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError(
            f"{url.split('@')[-1]!r} is no address of a database: give a path, sqlite:///PATH or "
            "postgresql+psycopg://USER@HOST/NAME"
        ) from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise StoreError("a database in memory would forget everything: give a path")
        return URL.create("sqlite", database=parsed.database)
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreError(f"{backend} is not supported: give a path, sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME")


def sqlite_path(url: URL) -> Path | None:
    """The file of a SQLite address, None for a server."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def name_of(url: URL) -> str:
    """How messages call this database: a path, or an address without its password."""
    path = sqlite_path(url)
    return str(path) if path else url.render_as_string(hide_password=True)


def engine_for(url: URL, *, writes: bool, readers: int = 8) -> Engine:
    """One connection for writing, or a pool of read-only ones. Driver errors come out as the store's own."""
    where = name_of(url)
    size = 1 if writes else readers
    if sqlite_path(url) is not None:
        engine = create_engine(
            url,
            pool_size=size,
            max_overflow=0 if writes else 24,
            connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000, "isolation_level": None},
        )
        _prepare_sqlite(engine, where, writes)
    else:
        engine = create_engine(
            url,
            pool_size=size,
            max_overflow=0 if writes else 24,
            pool_pre_ping=True,
            isolation_level="READ COMMITTED" if writes else "REPEATABLE READ",
            connect_args={
                "application_name": holder_name(),
                "options": "-c timezone=UTC" + ("" if writes else " -c default_transaction_read_only=on"),
                "connect_timeout": 10,
                **({} if writes else server.OPTIONS),
            },
        )
    if not writes:
        patience.attach(engine, is_sqlite=sqlite_path(url) is not None)

    @event.listens_for(engine, "handle_error")
    def _translate(context: ExceptionContext) -> None:
        if context.is_pre_ping:
            return  # the pool itself makes another connection
        ours = translate(context.original_exception, where)
        if ours is not None:
            raise ours from context.original_exception

    return engine


def holder_name() -> str:
    """How a server's list of sessions names the connections of one engine: who holds the lock is read from there."""
    return f"monitor pid {os.getpid()} on {socket.gethostname()[:30]} {secrets.token_hex(3)}"


def _prepare_sqlite(engine: Engine, where: str, writes: bool) -> None:
    settings = _PRAGMAS if writes else (*_PRAGMAS, "query_only=ON")

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        try:
            for setting in settings:
                cursor.execute(f"PRAGMA {setting}")
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise translate(error, where) or error from error
        finally:
            cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A deferred transaction that turns from reading to writing fails at once, whatever the timeout.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
