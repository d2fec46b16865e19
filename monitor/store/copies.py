"""Copying a SQLite file while it is in use, so that the copy is whole and durable before it has its name."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from monitor.errors import StoreCorrupt, StoreError
from monitor.store.disk import sync_directory
from monitor.store.faults import translate

__all__ = ["backup_file", "integrity_of"]


def backup_file(path: Path, target: Path, *, replace: bool = False) -> None:
    """Copy a database, with what stands in its log, in one read transaction; writers are not held up."""
    if target.exists() and not replace:
        raise StoreError(f"{target} exists already. Give the backup another name; nothing was overwritten.")
    draft = target.with_name(f"{target.name}.part-{os.getpid()}")
    try:
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        source = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=30)
        copy = sqlite3.connect(draft)
        try:
            source.backup(copy, pages=-1)
            # One file that stands alone: no log beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
        finally:
            copy.close()
            source.close()
        for found in integrity_of(draft):
            raise StoreCorrupt(f"{path}: the copy is damaged, so the original is: {found}. Run `monitor verify`.")
        _sync(draft)
        os.replace(draft, target)
        sync_directory(target.parent)
    except sqlite3.Error as error:
        raise translate(error, str(path)) or StoreError(f"{path}: cannot be copied to {target} ({error})") from error
    except OSError as error:
        raise StoreError(f"{target}: the backup cannot be written ({error.strerror}).") from None
    finally:
        draft.unlink(missing_ok=True)


def integrity_of(path: Path) -> list[str]:
    """What SQLite itself finds wrong in a file, empty where nothing is."""
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
        found += [f"row without its parent in {row[0]}" for row in connection.execute("PRAGMA foreign_key_check")]
    finally:
        connection.close()
    return [line for line in found if line != "ok"]


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
