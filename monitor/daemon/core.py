"""The daemon: puts the parts together, keeps them going, and takes them apart again in order.

    start:  store and lock → state → port and dashboard → words → sources → jobs → deliveries → API
    stop:   no new polls → polls in flight → deliveries in flight → API → sources → store and lock

The dashboard answers before the lexicon is read: whoever starts the daemon again in the middle of a night sees what it
remembers, and what it does not know any more, within a second.

One loop, one writer thread, one watching thread. ``Daemon`` knows no signal and no terminal; the command line does.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from monitor.clock import SystemClock
from monitor.config import Settings, check_regions
from monitor.daemon.health import Health
from monitor.daemon.heard import Heard
from monitor.daemon.opened import Opened, check_kinds, is_replay, open_state
from monitor.daemon.polling import Poller
from monitor.daemon.rounds import Rounds
from monitor.daemon.server import Api, listen
from monitor.daemon.vigil import LoopWatch
from monitor.daemon.writer import Writer
from monitor.errors import StoreError
from monitor.fuse import State
from monitor.model import Delivery, Endpoint, Item, SourceProfile
from monitor.pipeline import Outcome
from monitor.ports import Clock, Reader, Source
from monitor.sources.inbox import MemoryInbox
from monitor.store import SqlStore

if TYPE_CHECKING:
    from monitor.daemon.parts import Parts
    from monitor.daemon.schedule import Schedule
    from monitor.daemon.ticking import Ticking
    from monitor.deliver import Deliverer
    from monitor.extract.explain import Step
    from monitor.web.app import Site

__all__ = ["Daemon"]

log = structlog.get_logger("monitor.daemon")

DELIVER_AGAIN = 5.0
"""Seconds after which deliveries that broke off are begun again."""


class Daemon:
    """One running monitor.

    ``clock`` may be a replay clock: polls and ticks follow its pace (``real_seconds``). ``on_event`` is called in the
    loop with every committed ``Outcome``. ``sources`` replaces the sources of the configuration, ``read`` the reader.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        on_event: Callable[[Outcome], None] | None = None,
        sources: Sequence[Source] | None = None,
        rng: random.Random | None = None,
        inbox: MemoryInbox | None = None,
        read: Reader | None = None,
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.health = Health(self.clock)
        self.writer = Writer()
        self.opened: Opened
        self.parts: Parts
        self.heard = Heard(self.clock, self.health, on_event)
        self.ticking: Ticking
        self.address: str | None = None
        self._sources = sources
        self._inbox = inbox
        self._read = read
        self._rng = rng or random.Random()  # noqa: S311 -- jitter, not a secret
        self._schedule: Schedule
        self.rounds = Rounds(lambda: self._schedule, self._poller, self._real)
        self._is_replay = is_replay(self.clock)
        self._tasks: list[asyncio.Task[None]] = []
        self._api: Api | None = None
        self._site: Site | None = None
        self._watch: LoopWatch | None = None
        self._is_open = False
        self._has_parts = False
        self._reloading = asyncio.Lock()
        self._has_begun = asyncio.Event()

    # ── life ──────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Open everything. Raises ``OperatorError`` (store, lock, port, profile) with nothing left open."""
        check_kinds(self.settings)
        try:
            self.opened = await self.writer(open_state, self.settings, self.clock, self._sources, self._inbox)
        except BaseException:
            self.writer.close()
            raise
        self._is_open = True
        try:
            if self.settings.web.enabled:
                await self._open_door()
            await self._learn()
            await self._begin()
        except BaseException:
            await self.stop()
            raise
        self.health.started()
        self._has_begun.set()
        log.info(
            "started",
            sources=len(self.pollers),
            endpoints=len(self.parts.book.known),
            api=self.address,
            replay=self._is_replay,
        )

    async def _open_door(self) -> None:
        """Answer what can be answered from what is remembered."""
        web = self.settings.web
        sock = listen(web.host, web.port)
        self._site = self._make_site()
        self._api = Api(self._site, sock, connections=web.connections, proxies=web.proxies)
        await self._api.start()
        await self._api.settle()  # loading takes the interpreter's lock away from whoever waits for the page
        self.address = self._api.address

    async def _learn(self) -> None:
        """Load words, sources' and sinks' code: in the writer thread, since nobody else writes yet."""

        def load() -> Parts:
            from monitor.daemon.parts import parts_of

            return parts_of(self.opened, self.heard.acknowledged, self._read)

        self.parts = await self.writer(load)
        self._has_parts = True

    async def _begin(self) -> None:
        """Ask the sources, let time pass, deliver."""
        from monitor.daemon.schedule import Schedule
        from monitor.daemon.ticking import Ticking
        from monitor.deliver import Deliverer
        from monitor.sinks import build as build_sink

        self.heard.metrics.trouble.labels("storage").set(0)
        self._schedule = Schedule(self.heard.job_problem, self._rng)
        self.ticking = Ticking(
            self.parts, self._schedule, self.rounds, self.writer, self.clock, self.health, self.heard, self._real
        )
        self.heard.deliverer = deliverer = Deliverer(
            self.parts.book,
            build_sink,
            self.clock,
            self.writer,
            snapshot=self._snapshot,
            on_notice=self.heard.noticed,
            rng=self._rng,
        )
        given = self._sources
        sources = given if given is not None else [self.parts.source(p) for p in self.settings.watched]
        self._watch = LoopWatch(asyncio.get_running_loop(), self.writer, self.heard.was_blocked)
        self._watch.start()
        self._schedule.start()
        for source in sources:
            self.rounds.add(source)
        self.ticking.begin()
        self._tasks = [
            asyncio.create_task(self.ticking.beat(), name="beat"),
            asyncio.create_task(self._deliver(deliverer), name="deliver"),
        ]
        if self._site is not None:
            self._tasks.append(asyncio.create_task(self._build(self._site), name="api"))

    async def _build(self, site: Site) -> None:
        """The rest of the site, before somebody waits for it."""
        await asyncio.to_thread(site.api)

    async def run_until(self, stop: asyncio.Event) -> None:
        """Run until ``stop`` is set. Raises the ``StoreError`` that made going on impossible."""
        waits = [asyncio.create_task(stop.wait()), asyncio.create_task(self.heard.must_stop.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in waits:
            task.cancel()
        if self.heard.fatal is not None:
            raise self.heard.fatal

    async def stop(self) -> None:
        """Stop in order within ``limits.stop_seconds``; what is in flight is finished, what is due stays due."""
        if not self._is_open:
            self.writer.close()
            return
        self._is_open = False
        self.health.stopping()
        schedule: Schedule | None = getattr(self, "_schedule", None)
        if schedule is not None:
            schedule.pause()
        seconds = self.settings.limits.stop_seconds
        await self.rounds.settle(seconds / 2)
        if schedule is not None:
            schedule.stop()
        if self.heard.deliverer is not None:
            left = await self.heard.deliverer.stop(seconds / 2)
            if left:
                log.warning("deliveries.left", in_flight=left, hint="they stay due and go out after the next start")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._api is not None:
            await self._api.stop()
        await self.rounds.close()
        if self._has_parts:
            await self.parts.http.close()
        if self._watch is not None:
            self._watch.stop()
        with suppress(StoreError):
            await self.writer(self.opened.store.close)
        self.writer.close()
        log.info("stopped")

    async def reload(self, settings: Settings) -> None:
        """Take over a new configuration without losing a post: unchanged sources go on untouched.

        Everything that can be wrong is made before anything is taken away; ``ConfigError`` and ``StoreError`` leave
        all as it was. One after the other, and none before the daemon has begun.
        """
        await self._has_begun.wait()
        async with self._reloading:
            await self._take_over(settings)

    async def _take_over(self, settings: Settings) -> None:
        check_kinds(settings)
        check_regions(settings.endpoints, self.opened.gazetteer)
        old = {profile.id: profile for profile in self.settings.watched}
        new = {profile.id: profile for profile in settings.watched}
        gone = [name for name in self.pollers if name in old and new.get(name) != old[name]]
        added = [profile for name, profile in new.items() if name not in self.pollers or name in gone]
        sources = [self.parts.source(profile, settings) for profile in added]
        for name in ("store", "web", "limits"):
            if getattr(settings, name) != getattr(self.settings, name):
                log.warning("reload.needs_restart", section=name)
        for name in gone:
            await self.rounds.remove(name)
        try:
            await self.writer(self.parts.reload, settings)
        except BaseException:
            for name in gone:  # they were asked until now, and are not to fall silent
                self.rounds.add(self.parts.source(old[name]))
            raise
        self.settings = settings
        for source in sources:
            self.rounds.add(source)
        log.info("reloaded", sources=len(self.pollers), changed=len(added), endpoints=len(self.parts.book.known))

    @property
    def store(self) -> SqlStore:
        return self.opened.store

    @property
    def url(self) -> str | None:
        """Where the API answers."""
        return self.address

    async def is_idle(self) -> bool:
        """True when no poll is running and no message is waiting to be delivered."""
        if any(poller.is_running for poller in self.pollers.values()):
            return False
        waiting = await self.writer(self.store.waiting)
        return not waiting.get("due", 0)

    @property
    def pollers(self) -> Mapping[str, Poller]:
        return self.rounds.pollers

    def _poller(self, source: Source) -> Poller:
        return Poller(
            source,
            self.parts.pipeline,
            self.writer,
            self.clock,
            self.heard.metrics,
            self.heard.told,
            self.heard.store_failed,
            lambda: self.health.is_paused,
            self.settings.limits.poll_seconds,
        )

    async def _deliver(self, deliverer: Deliverer) -> None:
        """Deliver until stopped. A damaged queue stops the daemon; after anything else it is begun again, since
        deliveries that end without a word would look like quiet."""
        while not self.heard.must_stop.is_set():
            try:
                await deliverer.run()
                return
            except StoreError as problem:
                self.heard.store_failed(problem)
            except Exception as error:
                self.heard.job_problem("deliveries", "error", error)
            await asyncio.sleep(DELIVER_AGAIN)

    async def _snapshot(self, endpoint: Endpoint, now: datetime) -> Sequence[Delivery]:
        return await self.writer(self.parts.snapshot, endpoint)

    def _real(self, seconds: float, least: float) -> float:
        real: Callable[[float], float] | None = getattr(self.clock, "real_seconds", None)
        return max(real(seconds) if real else seconds, least)

    def _make_site(self) -> Site:
        from monitor.web.app import create_app

        return create_app(
            self.opened.store,
            lambda: self.parts.rules if self._has_parts else self.opened.rules,
            self.settings,
            self.clock,
            health=self.status,
            metrics=lambda: self.heard.metrics.text(),
            inbox=self.opened.inbox,
            state=self._state,
            deciding=self._deciding,
        )

    def _state(self) -> State:
        return self.parts.pipeline.state if self._has_parts else self.opened.state

    def _deciding(self, item: Item, profile: SourceProfile | None) -> tuple[Step, ...]:
        return self.parts.deciding(item, profile) if self._has_parts else ()

    def status(self) -> dict[str, Any]:
        """What ``/health`` and ``/ready`` answer: ``{"status", "ready", "troubles", "sources", …}``."""
        blocked = self._watch.blocked() if self._watch else {}
        return {
            **self.health.as_json(blocked),
            "replay": self._is_replay,
            **self.rounds.counts(),
            "sources": [standing.as_json() for standing in self.rounds.standings()],
        }
