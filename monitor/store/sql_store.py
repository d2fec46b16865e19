"""The store on a database: one writer behind a lock, readers beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, select, text

from monitor.errors import StoreError
from monitor.store import rows
from monitor.store.engines import engine_for, name_of, sqlite_path
from monitor.store.lock import Lock
from monitor.store.queue import SqlQueue
from monitor.store.regions import Lineage, packaged
from monitor.store.tables import cursors, memory
from monitor.store.unit import SqlUnit

__all__ = ["SqlStore"]


class SqlStore(SqlQueue):
    """``ports.Store`` and ``ports.DeliveryQueue``; every method may be called from any thread.

    ``path`` is the file (None on a server), ``where`` what messages call it, ``warnings`` are sentences on what is
    unwise about where the database lies. After a failure of the disk every further use raises ``StoreError``.
    """

    def __init__(
        self,
        url: URL,
        *,
        lock: Lock | None = None,
        lineage: Lineage | None = None,
        warnings: tuple[str, ...] = (),
        writer: Engine | None = None,
    ) -> None:
        self.url = url
        self.path: Path | None = sqlite_path(url)
        self.where = name_of(url)
        self.lineage = lineage or packaged
        self.warnings = warnings
        self._lock = lock
        self._writer = writer or engine_for(url, writes=True)
        self._reader = engine_for(url, writes=False)
        self._turn = threading.Lock()
        self._owner: int | None = None
        self._failure: StoreError | None = None

    @property
    def is_locked(self) -> bool:
        """Whether this is the instance that holds the database."""
        return self._lock is not None

    def reader(self) -> Engine:
        """Connections that only read; what the functions of ``monitor.store.series`` are given."""
        return self._reader

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One read transaction: everything read in it is of one moment."""
        self._refuse_after_failure()
        with self._reader.connect() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The one write transaction. Leaving the block commits, an exception rolls everything back."""
        if self._owner == threading.get_ident():
            raise RuntimeError("a write transaction is open in this thread already")
        with self._turn:
            self._refuse_after_failure()
            self._owner = threading.get_ident()
            try:
                with self._writer.begin() as connection:
                    yield connection
            except StoreError as error:
                if error.is_fatal:
                    self._failure = error
                raise
            finally:
                self._owner = None

    @contextmanager
    def writing(self) -> Iterator[SqlUnit]:
        with self.transaction() as connection:
            yield SqlUnit(connection, self.lineage)

    def memory(self) -> Mapping[str, Any]:
        with self.reading() as connection:
            return {row.key: rows.unpack(row.body) for row in connection.execute(select(memory))}

    def cursor(self, source: str) -> str | None:
        with self.reading() as connection:
            return connection.execute(select(cursors.c.cursor).where(cursors.c.source == source)).scalar()

    def close(self) -> None:
        """Give connections and lock back. May be called twice."""
        with self._turn:
            if self._lock is not None and self.path is not None and self._failure is None:
                self._checkpoint()
            self._reader.dispose()
            self._writer.dispose()
            if self._lock is not None:
                self._lock.release()
                self._lock = None

    def __enter__(self) -> SqlStore:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def _checkpoint(self) -> None:
        """Bring the log back into the file, so that what lies there after a stop is one file."""
        self._reader.dispose()
        try:
            with self._writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        except StoreError:
            return  # the log is kept and read at the next start

    def _refuse_after_failure(self) -> None:
        if self._failure is not None:
            raise self._failure
