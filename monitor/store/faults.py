"""Errors of the database driver, turned into the error tree: what happened, where, and what to do about it."""

from __future__ import annotations

import os
import resource
import sqlite3
from pathlib import Path
from typing import Any

from monitor.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreSlow
from monitor.store.patience import SLOW

__all__ = ["full", "translate"]

_FULL, _IOERR, _CORRUPT, _NOTADB = 13, 10, 11, 26
_BUSY, _LOCKED, _READONLY, _CANTOPEN, _PERM = 5, 6, 8, 14, 3
_INTERRUPTED = 9
_LITTLE = 1 << 20


def translate(error: BaseException | None, where: str) -> StoreError | None:
    """The store's own error for a driver's error, or None where it is a fault of our code and stays as it is."""
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error, where)
    if isinstance(error, UnicodeDecodeError):
        return _corrupt(where, "text that is no UTF-8")
    if error is not None and type(error).__module__.startswith("psycopg"):
        return _of_postgres(error, where)
    return None


def _of_sqlite(error: sqlite3.Error, where: str) -> StoreError | None:
    code = getattr(error, "sqlite_errorcode", None)
    name = getattr(error, "sqlite_errorname", None) or "SQLITE_ERROR"
    kind = None if code is None else code & 0xFF
    if kind == _FULL or (kind == _IOERR and _no_room(where)):
        return full(where)
    if kind == _IOERR:
        return _fatal(
            f"{where}: the disk failed while the database was used ({name}: {error}). Nothing more is written. "
            "Stop, check the disk and its log, start again; if it does not start, restore a backup."
        )
    if kind in (_CORRUPT, _NOTADB) or "decode to UTF-8" in str(error):
        return _corrupt(where, f"{name}: {error}")
    if kind == _INTERRUPTED:
        return StoreSlow(SLOW)
    if kind in (_BUSY, _LOCKED):
        return StoreBusy(
            f"{where}: another program holds the database ({name}). Nothing was written; try again, and see which "
            "program has it open if it goes on."
        )
    if kind in (_READONLY, _PERM):
        return StoreError(
            f"{where}: the database cannot be written ({name}: {error}). Check owner and mode of the file and of its "
            "directory."
        )
    if kind == _CANTOPEN:
        return StoreError(f"{where}: the database cannot be opened ({name}). Check that the directory can be written.")
    return None


def _of_postgres(error: BaseException, where: str) -> StoreError | None:
    state: str = getattr(error, "sqlstate", None) or ""
    if state == "53100":
        return full(where)
    if state == "57014":
        return StoreSlow(SLOW)
    if state.startswith(("08", "57P", "40", "55P")) or (not state and type(error).__name__ == "OperationalError"):
        return StoreBusy(
            f"{where}: the server broke off ({state or 'no connection'}: {_first_line(error)}). Nothing is "
            "acknowledged; try again."
        )
    if state.startswith(("58", "XX")):
        return _fatal(f"{where}: the server reports a failure of its own ({state}: {_first_line(error)}). See its log.")
    if state.startswith(("28", "3D", "42501")):
        return StoreError(f"{where}: the server refuses us ({state}: {_first_line(error)}). Check user and grants.")
    return None


def _corrupt(where: str, what: str) -> StoreCorrupt:
    return StoreCorrupt(
        f"{where}: the database is damaged ({what}). Stop, keep the file, and restore a backup: "
        "`monitor db restore BACKUP`; `monitor verify` says which rows are hit."
    )


def full(where: str) -> StoreFull:
    return StoreFull(
        f"{where}: no space is left to write to the database. Nothing was half-written. Make room or raise the limit; "
        "writing goes on by itself."
    )


def _fatal(message: str) -> StoreError:
    error = StoreError(message)
    error.is_fatal = True
    return error


def _no_room(where: str) -> bool:
    """An I/O error that is really a full disk or a file-size limit: SQLite reports EFBIG as a failed write."""
    path = Path(where)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    try:
        sizes = [os.path.getsize(name) for name in (path, f"{path}-wal", f"{path}-shm") if os.path.exists(name)]
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    if limit != resource.RLIM_INFINITY and any(size + _LITTLE >= limit for size in sizes):
        return True
    return disk.f_bavail * disk.f_frsize < _LITTLE or (disk.f_files > 0 and disk.f_favail == 0)


def _first_line(error: Any) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
