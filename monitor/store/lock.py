"""One instance per database: a lock that the kernel or the server frees when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import zlib
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text

from monitor.errors import AlreadyRunning, StoreError

__all__ = ["FileLock", "Lock", "ServerLock", "lock_path"]


class Lock(Protocol):
    """Held from its making until ``release``, which may be called twice."""

    def release(self) -> None: ...


def lock_path(database: Path) -> Path:
    """The file beside a database on which its instance holds a lock; it stays there, empty or not."""
    return database.with_name(database.name + ".lock")


class FileLock:
    """``flock`` on a file beside the database; the file holds the pid of who holds the lock."""

    def __init__(self, database: Path) -> None:
        path = lock_path(database)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(
                f"{path}: the lock file cannot be made ({error.strerror}). The directory of the database must exist "
                "and be writable: SQLite keeps its log beside the file."
            ) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pid = os.pread(self._file, 32, 0).decode("ascii", "replace").strip()
            os.close(self._file)
            raise AlreadyRunning(
                f"{database}: another instance is running on this database (pid {pid or 'unknown'}). Stop it first, or "
                "give this one a database of its own."
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        if self._file >= 0:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = -1


class ServerLock:
    """An advisory lock of PostgreSQL on a connection of its own; the server's session list names the holder."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._connection: Connection | None = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        schema = self._connection.execute(text("SELECT current_database() || '.' || current_schema()")).scalar_one()
        number = zlib.crc32(f"monitor {schema}".encode())
        if not self._connection.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}).scalar():
            holder = self._holder(number)
            self.release()
            raise AlreadyRunning(
                f"{where}: another instance is running on this database ({holder}). Stop it first, or give this one a "
                "database of its own."
            )

    def _holder(self, number: int) -> str:
        assert self._connection is not None
        query = text(
            "SELECT a.application_name || ', server process ' || a.pid FROM pg_locks l JOIN pg_stat_activity a "
            "ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted "
            "AND (l.classid::bigint << 32) + l.objid::bigint = :number"
        )
        return self._connection.execute(query, {"number": number}).scalar() or "holder unknown"

    def release(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
