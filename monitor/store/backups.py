"""Copies of a database while it runs."""

from __future__ import annotations

from pathlib import Path

from monitor.store.sql_store import SqlStore

__all__ = ["backup", "backup_file", "restore"]


def backup(store: SqlStore, path: Path | str) -> Path:
    raise NotImplementedError


def backup_file(path: Path, target: Path, *, replace: bool = False) -> None:
    raise NotImplementedError


def restore(backup: Path | str, url: str, *, replace: bool = False) -> None:
    raise NotImplementedError
