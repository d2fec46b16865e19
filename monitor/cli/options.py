"""Options that several commands share, and what stands behind them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.errors import ConfigError, InputError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.store import SqlStore

__all__ = [
    "AsJson", "Config", "Db", "Since", "Until", "moment", "open_reading", "rows_of", "settings_of",
    "settings_or_package", "stretch",
]  # fmt: skip

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="File or folder of the configuration [default: config/monitor.toml]."),
]
Db = Annotated[
    str | None,
    typer.Option("--db", help="Database: a file, or a URL [default: [store] url of the configuration]."),
]
Since = Annotated[str | None, typer.Option("--since", help="From this time on (2024-11-10 or 2024-11-10T03:00Z).")]
Until = Annotated[str | None, typer.Option("--until", help="Until this time.")]


def settings_of(config: Path | None) -> Settings:
    """The configuration. Raises ``ConfigError``."""
    from monitor.config import load

    return load(config, os.environ)


def settings_or_package(config: Path | None, db: str | None) -> Settings:
    """The configuration; with ``db`` alone and none at hand, that of the package. Raises ``ConfigError``."""
    from monitor.config import Settings

    try:
        return settings_of(config)
    except ConfigError:
        if config is not None or db is None or Path("config/monitor.toml").exists():
            raise
        return Settings()


def open_reading(config: Path | None, db: str | None) -> SqlStore:
    """The database for reading, beside a running daemon or without one."""
    from monitor.catalogue import load_gazetteer
    from monitor.store import open_store

    url = db if db is not None else settings_of(config).store_url
    return open_store(url, create=False, lock=False, lineage=load_gazetteer().line)


def moment(value: str | None, name: str) -> datetime | None:
    """A time option: ISO 8601, UTC where it states no zone."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        if not 1900 <= found.year <= 3000:
            raise ValueError
    except (ValueError, OverflowError):
        raise InputError(f"{name}: {value!r} is no time; write 2024-11-10 or 2024-11-10T03:10:00Z") from None
    return found


def stretch(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """A range. Raises ``InputError`` where it ends before it begins: an empty answer would mislead."""
    start, end = moment(since, "--since"), moment(until, "--until")
    if start is not None and end is not None and end < start:
        raise InputError(f"--until: {until} is before --since {since}")
    return start, end


def rows_of(answer: Any) -> dict[str, Any]:
    """An answer of the store as JSON: rows, coverage and the next page."""
    from monitor.web.plain import plain

    return {"rows": plain(answer.rows), "coverage": plain(answer.coverage), "next": answer.next}
