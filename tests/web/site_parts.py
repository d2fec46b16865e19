"""A small real store behind the real app: posts go through the pipeline with a reader that knows five words."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from monitor.catalogue import load_gazetteer
from monitor.config import Settings
from monitor.config.models import WebSection
from monitor.fuse import Rules
from monitor.model import (
    AlertReport,
    Authority,
    Batch,
    CountReport,
    Evidence,
    Hole,
    Item,
    Look,
    Note,
    PlaceRef,
    Reading,
    SourceProfile,
    StrikeReport,
)
from monitor.pipeline import Pipeline
from monitor.store import SqlStore
from monitor.web.app import Site as WholeSite
from monitor.web.app import create_app

T0 = datetime(2024, 11, 13, 4, 36, 40, tzinfo=UTC)
NIGHT = "2024-11-12/2024-11-13"
GAZETTEER = load_gazetteer()


SIRENS = SourceProfile(
    "sirens", "telegram_web", "sirens", name="Sirens", rank="official", side="UA",
    authority=Authority(places=("UA",), kinds=("alert", "count", "strike")), stale_after=timedelta(minutes=3),
)  # fmt: skip


@dataclass
class HandClock:
    """Stands still until it is moved."""

    at: datetime = T0
    is_replay: bool = False

    def now(self) -> datetime:
        return self.at


def place(key: str) -> PlaceRef:
    return PlaceRef(key, key, "oblast")


def read(item: Item, profile: SourceProfile | None) -> Reading:
    """``start UA-30``, ``end UA-30``, ``strike UA-63``, ``count launched 145 Somebody``; anything else is read as all
    of them at once, with the text itself in every field that a text can reach."""
    text = item.text
    found = Evidence(text, (0, len(text)), "test.rule")
    match text.split(maxsplit=3):
        case ["start" | "end" as status, key]:
            return Reading("uk", (AlertReport(status, "oblast", (place(key),), "air", found),))
        case ["strike", key]:
            return Reading("uk", (StrikeReport((place(key),), ("drone",), found),))
        case ["count", measure, value, claimant]:
            return Reading("uk", (count(found, measure, int(value), claimant),))
    return Reading(
        text[:40],
        (
            AlertReport("start", "oblast", (place("UA-63"), PlaceRef(text)), "air", found),
            StrikeReport((place("UA-63"), PlaceRef(text)), ("drone",), found, target_kind=text, attributed_to=text),
            count(found, "launched", 7, text),
        ),
        notes=(Note(text, text),),
    )


def count(found: Evidence, measure: Any, value: int, claimant: str) -> CountReport:
    return CountReport(
        "drone", measure, value, found, places=(PlaceRef("UA", "UA", "country"),), attacker="RU", period="night",
        date_or_period=NIGHT, claimed_by=claimant,
    )  # fmt: skip


@dataclass
class Site:
    """The store, the way into it, and the app over it."""

    store: SqlStore
    clock: HandClock = field(default_factory=HandClock)
    profile: SourceProfile = SIRENS

    def __post_init__(self) -> None:
        self.rules = Rules(gazetteer=GAZETTEER, profiles={self.profile.id: self.profile}, heartbeat=None)
        self.pipeline = Pipeline(self.store, read, self.rules)
        self.posts = 0

    def post(self, *texts: str, at: datetime | None = None, holes: tuple[Hole, ...] = (), **more: Any) -> None:
        """One batch of posts at the clock's time."""
        now = at or self.clock.now()
        items = []
        for text in texts:
            self.posts += 1
            key = more.pop("key", f"tg:1/{self.posts}")
            items.append(Item(key, self.profile.id, text, received=now, published=now, **more))
        look = Look(self.profile.id, now, "ok", newest=now)
        self.pipeline.run(Batch(self.profile.id, tuple(items), look, holes=holes), now)

    def app(self, **more: Any) -> WholeSite:
        return create_app(
            self.store, lambda: self.rules, Settings(web=more.pop("web", WebSection())), self.clock,
            state=lambda: self.pipeline.state, **more,
        )  # fmt: skip


def evening(site: Site) -> None:
    """An alert, an all-clear, a strike and the counts of both evening reports."""
    site.post("start UA-30", "start UA-63", "start UA-59")
    site.clock.at += timedelta(minutes=10)
    site.post("end UA-59", "strike UA-63", "count launched 90 Air Force of Ukraine", url="https://t.me/sirens/7")
    site.post("count shot_down 37 Air Force of Ukraine")


@contextmanager
def served(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """The address of the app on a loopback port, in a thread of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))
        free.listen(128)
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [free]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{free.getsockname()[1]}"
        finally:
            server.should_exit = server.force_exit = True
            thread.join(5)


def fresh(folder: Path) -> str:
    return f"sqlite:///{folder / 'web.db'}"
