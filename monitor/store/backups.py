"""Backups of a store while it is in use, and bringing one back."""

from __future__ import annotations

import os
from pathlib import Path

from monitor.errors import StoreCorrupt, StoreError
from monitor.store.checking import verify
from monitor.store.copies import backup_file
from monitor.store.copying import copy_store
from monitor.store.disk import sync_directory
from monitor.store.engines import name_of, parse, sqlite_path
from monitor.store.lock import FileLock
from monitor.store.opening import open_store
from monitor.store.sql_store import SqlStore

__all__ = ["backup", "restore"]

_BESIDE = ("-wal", "-shm")


def backup(store: SqlStore, path: Path | str) -> Path:
    """Write a backup as one SQLite file, verified; the store may be written to meanwhile.

    Copying the file by hand is no backup: what stands in its log would be missing.
    """
    target = Path(path)
    if store.path is not None:
        backup_file(store.path, target)
    else:
        if target.exists():
            raise StoreError(f"{target} exists already. Give the backup another name; nothing was overwritten.")
        with open_store(str(target)) as copy:
            copy_store(store, copy)
    _refuse_damaged(target)
    return target


def restore(backup: Path | str, url: str, *, replace: bool = False) -> None:
    """Put a backup in the place of a database, after verifying it. The instance must be stopped.

    With ``replace`` a database that is there is moved aside to ``<name>.replaced-N``, its log with it: a log that
    belongs to another file would destroy the restored one.
    """
    source = Path(backup)
    if not source.is_file():
        raise StoreError(f"{source}: there is no such backup.")
    _refuse_damaged(source)
    address = parse(url)
    path = sqlite_path(address)
    if path is None:
        with open_store(str(source), lock=False) as stored, open_store(url) as target:
            copy_store(stored, target)
        return
    lock = FileLock(path)
    try:
        there = [name for name in (path, *(Path(f"{path}{end}") for end in _BESIDE)) if name.exists()]
        if there and not replace:
            raise StoreError(
                f"{name_of(address)}: there is a database already. Say that it is to be replaced, then it is moved "
                "aside."
            )
        draft = path.with_name(f"{path.name}.restoring-{os.getpid()}")
        backup_file(source, draft)
        if there:
            _move_aside(path)
        os.replace(draft, path)
        sync_directory(path.parent)
    finally:
        lock.release()


def _move_aside(path: Path) -> None:
    number = 1
    while path.with_name(f"{path.name}.replaced-{number}").exists():
        number += 1
    aside = path.with_name(f"{path.name}.replaced-{number}")
    for end in (*_BESIDE, ""):
        old = Path(f"{path}{end}")
        if old.exists():
            os.replace(old, f"{aside}{end}")


def _refuse_damaged(path: Path) -> None:
    with open_store(str(path), create=False, lock=False) as stored:
        problems = verify(stored)
    if problems:
        raise StoreCorrupt(f"{path}: the backup does not say what was written: {problems[0]} ({len(problems)} in all).")
