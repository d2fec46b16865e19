"""What the tests of the Telegram source share: a clock moved by hand, a logged-in session, sources, a collector."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fake_telegram import FakeTelegram
from telethon.crypto import AuthKey
from telethon.sessions import SQLiteSession

from monitor.identity import text_sha256
from monitor.model import Batch, Head, Hole, Item, SourceProfile
from monitor.sources import Deps, build
from monitor.sources.telegram import Pace, Telegram

QUICK = Pace(first=0.01, most=0.05, jitter=0.1, per_minute=10_000)


@dataclass
class HandClock:
    """Stands where it is put; starts at the real time, because the fake dates its posts with it."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def logged_in(path: Path, srv: FakeTelegram) -> Path:
    """A session file as `monitor telegram login` leaves it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    session = SQLiteSession(str(path))
    session.set_dc(srv.dc, srv.host, srv.port)
    session.auth_key = AuthKey(os.urandom(256))
    session.save()
    session.close()
    srv.authorize(session.auth_key)
    return path


@dataclass
class Rig:
    srv: FakeTelegram
    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    settings: dict[str, Any] = field(default_factory=dict)
    sources: list[Telegram] = field(default_factory=list)

    def account(self, name: str = "main", **more: Any) -> dict[str, Any]:
        values = {
            "api_id": 1,
            "api_hash": "x" * 32,
            "session": str(self.folder / f"{name}.session"),
            "dc": (self.srv.dc, self.srv.host, self.srv.port),
            "pace": QUICK,
            "patience": 2.0,
            "request_timeout": 2.0,
            "requests_per_second": 1e6,
        }
        self.settings[name] = {**values, **more}
        return self.settings[name]

    def login(self, name: str = "main", **more: Any) -> Path:
        return logged_in(Path(self.account(name, **more)["session"]), self.srv)

    def deps(self) -> Deps:
        return Deps(
            http=None,  # type: ignore[arg-type]
            clock=self.clock,
            state_dir=self.folder,
            settings={"telegram": self.settings},
        )

    def source(self, address: str = "kpszsu", id: str = "", **more: Any) -> Telegram:
        profile = SourceProfile(id=id or address, kind="telegram", address=address, **more)
        source = build(profile, self.deps())
        assert isinstance(source, Telegram)
        self.sources.append(source)
        return source

    async def close(self) -> None:
        for source in self.sources:
            await source.close()
        self.sources.clear()


@dataclass
class Collector:
    """A store of the smallest kind: versions by (key, hash of the text), cursor and holes of each source."""

    heads: dict[str, Head] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    rows: list[tuple[str, Item]] = field(default_factory=list)
    cursors: dict[str, str] = field(default_factory=dict)
    holes: dict[str, list[Hole]] = field(default_factory=dict)

    def commit(self, batch: Batch) -> Batch:
        for item in batch.items:
            head = self.heads.get(item.key)
            reason = _admit(item, head)
            if reason == "same":
                continue
            sha = head.sha256 if head and item.deleted else text_sha256(item.title, item.text)
            self.heads[item.key] = Head((head.version if head else 0) + 1, sha, item.deleted, item.edited)
            if not item.deleted:
                self.texts.setdefault(item.key, []).append(item.text)
            self.rows.append((reason, item))
        if batch.cursor is not None:
            self.cursors[batch.source] = batch.cursor
        self.holes.setdefault(batch.source, []).extend(batch.holes)
        return batch

    async def poll(self, source: Telegram, most: int = 50) -> list[Batch]:
        """Poll until the source asks no more; commits each batch."""
        batches = []
        for _ in range(most):
            batch = self.commit(await source.poll(self.cursors.get(source.profile.id)))
            batches.append(batch)
            if not batch.more:
                return batches
        raise AssertionError("the source never stopped asking to be polled again")

    def reasons(self) -> list[str]:
        return [reason for reason, _ in self.rows]

    def newest_texts(self) -> list[str]:
        """The newest text of each item that is not deleted, in the order of first sight."""
        return [texts[-1] for key, texts in self.texts.items() if not self.heads[key].deleted]


def _admit(item: Item, head: Head | None) -> str:
    if head is None:
        return "phantom" if item.deleted else "new"
    if item.deleted:
        return "same" if head.deleted else "deleted"
    if text_sha256(item.title, item.text) == head.sha256:
        return "restored" if head.deleted else "same"
    return "edited"
