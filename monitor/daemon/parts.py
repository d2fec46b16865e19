"""The parts of a running daemon, made from the settings: state, sources, sinks and what lies between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog

from monitor.catalogue import load_lexicon, rules_version
from monitor.config import Settings
from monitor.daemon.book import Book
from monitor.daemon.opened import Opened, check_kinds, is_replay, make_policy, make_rules, open_for, open_state
from monitor.extract import Lexicon, reader
from monitor.extract.explain import Step, deciding
from monitor.fuse import Rules, regions
from monitor.guard import GuardedResolver, guarded_socket, vet_url
from monitor.http import Http
from monitor.importers.rows import reading
from monitor.model import Delivery, Endpoint, Gazetteer, Item, SourceProfile
from monitor.pipeline import Pipeline
from monitor.ports import Clock, Reader, Source
from monitor.publication import lowered
from monitor.sinks.outbox import WireOutbox, snapshot_changes
from monitor.sinks.payload import SOURCE
from monitor.sources import Deps, build
from monitor.sources.inbox import MemoryInbox
from monitor.store import SqlStore
from monitor.web.plain import plain

__all__ = [
    "Parts",
    "build_parts",
    "check_kinds",
    "make_policy",
    "make_rules",
    "open_for",
    "overlay_of",
    "parts_of",
    "source_http",
]

log = structlog.get_logger("monitor.daemon")


@dataclass
class Parts:
    """Everything that lives as long as the daemon. ``reload`` exchanges what the configuration decides."""

    settings: Settings
    clock: Clock
    store: SqlStore
    gazetteer: Gazetteer
    rules: Rules
    pipeline: Pipeline
    http: Http
    inbox: MemoryInbox
    book: Book
    outbox: WireOutbox = field(init=False)
    given: Sequence[Source] = ()
    lexicon: Lexicon | None = None

    def __post_init__(self) -> None:
        self.book.endpoints()
        self.outbox = self._outbox(self.rules.profiles)
        self.pipeline.outbox = self.outbox

    def deciding(self, item: Item, profile: SourceProfile | None) -> tuple[Step, ...]:
        """The words of an item that decided; () where a test's own reader reads."""
        return () if self.lexicon is None else deciding(item, profile, self.lexicon)

    def source(self, profile: SourceProfile, settings: Settings | None = None) -> Source:
        """The source of one profile, not yet connected; ``settings``: those about to be taken over."""
        return build(profile, self.deps(settings or self.settings))

    def deps(self, settings: Settings) -> Deps:
        return Deps(
            http=self.http,
            clock=self.clock,
            gazetteer=self.gazetteer,
            state_dir=settings.state_folder,
            inbox=self.inbox,
            settings={"telegram": settings.accounts, **settings.keys},
        )

    def reload(self, settings: Settings) -> None:
        """Exchange rules, policy and endpoints. Called in the writer thread, so between two batches.

        Raises ``StoreError`` with everything as it was."""
        for words in lowered(make_policy(settings)):
            log.warning("notice", detail=words)
        before, self.book.settings = self.book.settings, settings
        try:
            self.book.endpoints()
        except BaseException:
            self.book.settings = before
            raise
        self.settings = settings
        profiles = {profile.id: profile for profile in settings.profiles}
        profiles |= {source.profile.id: source.profile for source in self.given}
        self.rules = make_rules(settings, self.gazetteer, profiles, is_replay=is_replay(self.clock))
        self.pipeline.rules = self.rules
        self.outbox = self._outbox(profiles)
        self.pipeline.outbox = self.outbox

    def snapshot(self, endpoint: Endpoint) -> tuple[Delivery, ...]:
        """What an endpoint that comes back is told first: the state of its regions as it is now."""
        now = self.clock.now()

        with self.store.writing() as unit:
            seq = unit.last_seq()

        def describe(places: Sequence[str]) -> Mapping[str, Any]:
            found = regions(self.pipeline.state, now, self.rules, places, seq)
            return {place: plain(asdict(state)) for place, state in found.items()}

        changes = snapshot_changes(endpoint, self.gazetteer, now, seq)
        return self.outbox.frame_for(endpoint, changes, now, describe, everything=True)

    def _outbox(self, profiles: Mapping[str, SourceProfile]) -> WireOutbox:
        source = f"{SOURCE}:replay" if is_replay(self.clock) else SOURCE
        policy = make_policy(self.settings)
        return WireOutbox(lambda: self.book.known, policy, self.gazetteer, profiles, source=source)


def build_parts(
    settings: Settings,
    clock: Clock,
    sources: Sequence[Source] | None,
    inbox: MemoryInbox | None,
    on_delivered: Callable[[Delivery, datetime], None],
    read: Reader | None = None,
) -> Parts:
    """Open the store, load the state and the words. Raises ``OperatorError`` with nothing left open."""
    opened = open_state(settings, clock, sources, inbox)
    try:
        return parts_of(opened, on_delivered, read)
    except BaseException:
        opened.store.close()
        raise


def parts_of(opened: Opened, on_delivered: Callable[[Delivery, datetime], None], read: Reader | None = None) -> Parts:
    """The rest, around a store that is open already."""
    settings, store = opened.settings, opened.store
    for words in (*store.warnings, *lowered(make_policy(settings))):
        log.warning("notice", detail=words)
    if settings.warnings:
        log.warning("config.remarks", remarks=len(settings.warnings), hint="`monitor check-config` shows them")
    lexicon = load_lexicon(overlay_of(settings))
    version = None if read else rules_version(lexicon)
    return Parts(
        settings=settings,
        clock=opened.clock,
        store=store,
        gazetteer=opened.gazetteer,
        rules=opened.rules,
        pipeline=Pipeline(store, read or reading(reader(lexicon)), opened.rules, version=version, state=opened.state),
        http=source_http(settings),
        inbox=opened.inbox,
        book=Book(store, settings, opened.clock, on_delivered),
        given=opened.given,
        lexicon=None if read else lexicon,
    )


def overlay_of(settings: Settings) -> Path | None:
    """``config/languages``, where the operator has one."""
    folder = settings.folder / "languages" if settings.folder else None
    return folder if folder is not None and folder.is_dir() else None


def source_http(settings: Settings) -> Http:
    """The client that fetches. Hosts and ports that a profile names itself are the operator's word; whatever they
    redirect to is vetted like any other address."""
    named = [urlsplit(profile.address) for profile in settings.profiles if "://" in profile.address]
    ports = sorted({url.port for url in named if url.port})
    opened = (*settings.sources.allow_networks, *sorted(_own_networks(url.hostname for url in named)))
    return Http(
        user_agent=settings.sources.user_agent,
        resolver=GuardedResolver(allow_networks=opened),
        socket_factory=guarded_socket(opened),
        vet=lambda url: vet_url(url, allow_http=True, allow_networks=opened, ports=ports),
        min_interval=settings.sources.per_host_seconds,
        max_bytes=settings.limits.body_bytes,
        deadline=settings.limits.request_seconds,
    )


def _own_networks(hosts: Iterable[str | None]) -> set[str]:
    """The private addresses among literal hosts of profiles, each as a network of one."""
    out = set()
    for host in hosts:
        try:
            address = ip_address(host or "")
        except ValueError:
            continue
        if address.is_private:
            out.add(str(ip_network(address)))
    return out
