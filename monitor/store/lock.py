"""One instance per database: a lock that the kernel or the server frees when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import zlib
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine, event

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
    """An advisory lock of PostgreSQL that belongs to the writing connection itself.

    It is taken whenever that connection is made, also anew after it broke: who can write holds the lock, and who
    lost both to another instance learns it before it writes. The server's list of sessions names the holder.
    """

    def __init__(self, writer: Engine, where: str) -> None:
        self._writer = writer
        self._where = where
        event.listen(writer, "connect", self._take)
        with writer.connect():
            pass

    def release(self) -> None:
        self._writer.dispose()

    def _take(self, connection: Any, record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database() || '.' || current_schema()")
            number = zlib.crc32(f"monitor {cursor.fetchone()[0]}".encode())
            for _ in range(20):
                cursor.execute("SELECT pg_try_advisory_lock(%s)", (number,))
                if cursor.fetchone()[0]:
                    connection.commit()
                    return
                pid, holder = self._holder(cursor, number)
                cursor.execute("SHOW application_name")
                if (holder,) != cursor.fetchone():
                    break
                # Our own former session, which the server has not yet noticed to be gone.
                cursor.execute("SELECT pg_terminate_backend(%s)", (pid,))
                cursor.execute("SELECT pg_sleep(0.02)")
            connection.rollback()
        raise AlreadyRunning(
            f"{self._where}: another instance is running on this database ({holder}, server process {pid}). Stop it "
            "first, or give this one a database of its own."
        )

    @staticmethod
    def _holder(cursor: Any, number: int) -> tuple[int, str]:
        cursor.execute(
            "SELECT a.pid, a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
            "WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database "
            "WHERE datname = current_database()) AND (l.classid::bigint << 32) + l.objid::bigint = %s",
            (number,),
        )
        return cursor.fetchone() or (0, "holder unknown")
