"""What `monitor doctor` looks at, one finding each: what was looked at, how it stands, what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.config import Settings

__all__ = ["Finding", "doctor", "zone_works"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``state``: ok | warning | trouble."""

    what: str
    state: str
    detail: str


def doctor(config: Path | None, *, as_json: bool) -> int:
    """Print the findings; 1 if one of them is trouble."""
    from monitor.cli.output import print_json, table

    findings = list(_all(config))
    if as_json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    else:
        table("This machine", ("What", "State", "Detail"), [tuple(asdict(f).values()) for f in findings], empty="")
    return 1 if any(finding.state == "trouble" for finding in findings) else 0


def zone_works(name: str = "Europe/Kyiv") -> bool:
    """Whether a zone can be found and knows summer time: Kyiv is at +2 in winter and +3 in summer."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    offsets = [datetime(2024, month, 1, tzinfo=UTC).astimezone(zone).utcoffset() for month in (1, 7)]
    return offsets[0] != offsets[1]


def _all(config: Path | None) -> Iterator[Finding]:
    yield Finding("Python", "ok", f"{sys.version.split()[0]} on {sys.platform}, SQLite {sqlite3.sqlite_version}")
    yield _zones()
    yield _reader()
    yield from _configuration(config)


def _zones() -> Finding:
    if zone_works():
        return Finding("Time zones", "ok", "Europe/Kyiv is known, with summer time")
    return Finding("Time zones", "trouble", "Europe/Kyiv is not known; run `pip install --upgrade tzdata`")


def _reader() -> Finding:
    from monitor.builds import check_reader, reader_build

    try:
        check_reader()
    except MonitorError as problem:
        return Finding("Reader", "trouble", str(problem))
    return Finding("Reader", "ok", reader_build())


def _configuration(config: Path | None) -> Iterator[Finding]:
    from monitor.cli.options import settings_of

    try:
        settings = settings_of(config)
    except MonitorError as problem:
        yield Finding("Configuration", "trouble", str(problem))
        return
    yield Finding("Configuration", "ok", f"{len(settings.files)} files, {len(settings.watched)} sources enabled")
    for words in settings.warnings:
        yield Finding("Configuration", "warning", words)
    for what, look in (("Database", _database), ("Port", _port), ("Permissions", _modes), ("Languages", _languages)):
        yield _tried(what, look, settings)


def _tried(what: str, look: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return look(settings)
    except MonitorError as problem:
        return Finding(what, "trouble", str(problem))


def _database(settings: Settings) -> Finding:
    from monitor.store import open_store

    url = settings.store_url
    path = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
    if path is not None and not path.exists():
        return Finding("Database", "ok", f"{path} will be made at the first start")
    with open_store(url, create=False, lock=False) as store:
        remarks = "; ".join(store.warnings)
    free = f", {shutil.disk_usage(path.parent).free // 2**20} MiB free" if path else ""
    return Finding("Database", "warning" if remarks else "ok", remarks or f"opens{free}")


def _port(settings: Settings) -> Finding:
    from monitor.daemon.server import listen

    if not settings.web.enabled:
        return Finding("Port", "ok", "the API is switched off")
    try:
        listen(settings.web.host, settings.web.port).close()
    except MonitorError as problem:
        return Finding("Port", "warning", f"{problem} (a running monitor holds it too)")
    return Finding("Port", "ok", f"{settings.web.host}:{settings.web.port} is free")


def _modes(settings: Settings) -> Finding:
    """Sessions and caches can be opened by nobody else."""
    folder = settings.state_folder
    if not folder.exists():
        return Finding("Permissions", "ok", f"{folder} will be made with mode 0700")
    for path in (folder, *sorted(folder.rglob("*.session*"))):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            right = "700" if path.is_dir() else "600"
            return Finding("Permissions", "trouble", f"{path} has mode {mode:04o}; run `chmod {right} {path}`")
    who = "root; a user of its own is safer" if os.geteuid() == 0 else "this user"
    return Finding("Permissions", "ok", f"{folder} is closed to others; running as {who}")


def _languages(settings: Settings) -> Finding:
    from monitor.catalogue import load_gazetteer, load_lexicon
    from monitor.daemon.parts import overlay_of

    lexicon, gazetteer = load_lexicon(overlay_of(settings)), load_gazetteer()
    return Finding("Languages", "ok", f"lexicon {lexicon.version}, {len(gazetteer.places)} places")
