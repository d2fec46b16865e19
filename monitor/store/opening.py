"""Opening a database: what it is, whether it may be used from here, who else uses it, and which schema it has."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL

from monitor.errors import StoreCorrupt, StoreError
from monitor.store import disk
from monitor.store.copies import backup_file
from monitor.store.engines import engine_for, name_of, parse, sqlite_path
from monitor.store.faults import translate
from monitor.store.lock import FileLock, Lock, ServerLock
from monitor.store.regions import Lineage
from monitor.store.schema import create_all, revision, settle
from monitor.store.sql_store import SqlStore
from monitor.store.tables import HEAD

__all__ = ["open_store"]

_MAGIC = b"SQLite format 3\x00"


def open_store(url: str, *, create: bool = True, lock: bool = True, lineage: Lineage | None = None) -> SqlStore:
    """Open ``sqlite:///path``, a plain path or ``postgresql+psycopg://…``; an older schema is migrated.

    ``create``: make the database if there is none. ``lock``: be the one instance of this database; without it the
    store is for reading and for small writes beside a running instance. ``lineage`` gives a place with its ancestors
    (``Gazetteer.line``), so that what is saved is found under the regions above it.
    Raises ``StoreCorrupt``, ``StoreVersion``, ``StoreFull``, ``StoreError`` or ``AlreadyRunning``.
    """
    address = parse(url)
    path = sqlite_path(address)
    if path is None:
        return _open_server(address, create=create, lock=lock, lineage=lineage)
    return _open_file(path, create=create, lock=lock, lineage=lineage)


def _open_file(path: Path, *, create: bool, lock: bool, lineage: Lineage | None) -> SqlStore:
    _check_directory(path)
    warnings = disk.warnings_for(path.parent)
    if not path.exists() and not create:
        raise StoreError(f"{path}: there is no database. Check the path, or start `monitor run` to make one.")
    held: Lock | None = FileLock(path) if lock else None
    store: SqlStore | None = None
    try:
        if path.exists():
            _check_file(path)
        else:
            _create_file(path)
        address = URL.create("sqlite", database=str(path))
        _settle_file(address, path, is_held=lock)
        store = SqlStore(address, lock=held, lineage=lineage, warnings=warnings)
        with store.reading():
            pass
        return store
    except BaseException:
        if store is not None:
            store.close()
        elif held is not None:
            held.release()
        raise


def _check_directory(path: Path) -> None:
    folder = path.parent
    try:
        is_there = folder.is_dir()
    except PermissionError:
        raise StoreError(
            f"{path}: a directory above it is closed to this user. Change its owner or mode, or give another path."
        ) from None
    if not is_there:
        raise StoreError(f"{path}: its directory {folder} does not exist. Make it, or give another path.")
    if path.is_dir():
        raise StoreError(f"{path}: this is a directory. Give the path of a file.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(
            f"{path}: the directory {folder} cannot be written by this user. SQLite keeps its log beside the file: "
            "change owner or mode of the directory, or give another path."
        )


def _check_file(path: Path) -> None:
    """Refuse what is no database of ours before anything is written to it."""
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except OSError as error:
        raise StoreError(f"{path}: the database cannot be read ({error.strerror}). Check its owner and mode.") from None
    if not os.access(path, os.W_OK):
        raise StoreError(f"{path}: the database cannot be written by this user. Check its owner and mode.")
    if not head:
        raise StoreCorrupt(
            f"{path}: the file is empty, which a database of monitor never is. It is left alone: restore a backup with "
            "`monitor db restore BACKUP`, or move the file away to begin anew."
        )
    if not head.startswith(_MAGIC):
        raise StoreCorrupt(
            f"{path}: this is no SQLite database. It is left alone: give another path, or restore a backup if it was "
            "one."
        )
    _check_length(path, head)


def _check_length(path: Path, head: bytes) -> None:
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    pages = int.from_bytes(head[28:32], "big")
    size = path.stat().st_size
    has_log = path.with_name(path.name + "-wal").exists()
    if len(head) < 100 or page < 512 or (size < page * pages and not has_log):
        raise StoreCorrupt(
            f"{path}: the file is cut short: {size} bytes, its header says {page * pages}. Keep it and restore a "
            "backup: `monitor db restore BACKUP`."
        )


def _create_file(path: Path) -> None:
    """Make a whole database under another name, then give it its own: no half-made one is ever seen."""
    draft = path.with_name(f"{path.name}.new-{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        connection = sqlite3.connect(draft)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.close()
        engine = engine_for(URL.create("sqlite", database=str(draft)), writes=True)
        with engine.begin() as transaction:
            create_all(transaction)
        engine.dispose()
        with suppress(FileExistsError):
            os.link(draft, path)
        disk.sync_directory(path.parent)
    except sqlite3.Error as error:
        raise translate(error, str(path)) or error from None
    except OSError as error:
        raise StoreError(f"{path}: the database cannot be made ({error.strerror}).") from None
    finally:
        for left in (draft, Path(f"{draft}-wal"), Path(f"{draft}-shm")):
            left.unlink(missing_ok=True)


def _settle_file(address: URL, path: Path, *, is_held: bool) -> None:
    """Bring the file to today's schema; an older one is copied first, and only by the one instance."""
    brief: list[Lock] = []

    def before_migrating(old: str) -> None:
        if not is_held:
            brief.append(FileLock(path))
        backup_file(path, path.with_name(f"{path.name}.before-{old}"), replace=True)

    engine = engine_for(address, writes=True)
    try:
        settle(engine, str(path), may_create=False, before_migrating=before_migrating)
    finally:
        engine.dispose()
        for lock in brief:
            lock.release()


def _open_server(address: URL, *, create: bool, lock: bool, lineage: Lineage | None) -> SqlStore:
    where = name_of(address)
    writer = engine_for(address, writes=True)
    held: Lock | None = None
    try:
        with writer.connect() as connection:
            is_ready = revision(connection, where) == HEAD
        if lock or not is_ready:
            writer.dispose()
            held = ServerLock(writer, where)
        settle(writer, where, may_create=create, before_migrating=lambda old: None)
        if not lock and held is not None:
            held.release()
            held, writer = None, engine_for(address, writes=True)
        return SqlStore(address, lock=held, lineage=lineage, writer=writer)
    except BaseException:
        writer.dispose()
        raise
