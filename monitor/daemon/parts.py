"""The parts of a running daemon, made from the settings: state, sources, sinks and what lies between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog

from monitor.catalogue import load_gazetteer, load_lexicon, regional_claimants, rules_version
from monitor.config import Settings
from monitor.daemon.book import Book
from monitor.errors import ConfigError
from monitor.extract import Lexicon, reader
from monitor.extract.explain import Step, deciding
from monitor.fuse import Rules, regions
from monitor.fuse.rules import HeadlineRule
from monitor.guard import GuardedResolver, guarded_socket, vet_url
from monitor.http import Http
from monitor.importers.rows import reading
from monitor.model import Delivery, Endpoint, Gazetteer, Item, SourceProfile
from monitor.pipeline import Pipeline
from monitor.ports import Clock, Reader, Source
from monitor.publication import PublicationPolicy, lowered
from monitor.sinks import known_types
from monitor.sinks.outbox import WireOutbox, snapshot_changes
from monitor.sinks.payload import SOURCE
from monitor.sources import Deps, build, known_kinds
from monitor.sources.inbox import MemoryInbox
from monitor.store import SqlStore, open_store
from monitor.web.plain import plain

__all__ = ["Parts", "build_parts", "check_kinds", "make_policy", "make_rules", "open_for", "source_http"]

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
        """Exchange rules, policy and endpoints. Called in the writer thread, so between two batches."""
        for words in lowered(make_policy(settings)):
            log.warning("notice", detail=words)
        self.settings = self.book.settings = settings
        profiles = {profile.id: profile for profile in settings.profiles}
        profiles |= {source.profile.id: source.profile for source in self.given}
        self.rules = make_rules(settings, self.gazetteer, profiles, is_replay=_is_replay(self.clock))
        self.pipeline.rules = self.rules
        self.book.endpoints()
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
        source = f"{SOURCE}:replay" if getattr(self.clock, "is_replay", False) else SOURCE
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
    """Open the store and load the state. Raises ``OperatorError`` with nothing left open."""
    gazetteer = load_gazetteer()
    profiles = {profile.id: profile for profile in settings.profiles}
    profiles |= {source.profile.id: source.profile for source in sources or ()}
    rules = make_rules(settings, gazetteer, profiles, is_replay=_is_replay(clock))
    store = open_for(settings, gazetteer)
    try:
        for words in (*store.warnings, *lowered(make_policy(settings))):
            log.warning("notice", detail=words)
        if settings.warnings:
            log.warning("config.remarks", remarks=len(settings.warnings), hint="`monitor check-config` shows them")
        lexicon = load_lexicon(overlay_of(settings))
        version = None if read else rules_version(lexicon)
        parts = Parts(
            settings=settings,
            clock=clock,
            store=store,
            gazetteer=gazetteer,
            rules=rules,
            pipeline=Pipeline(store, read or reading(reader(lexicon)), rules, version=version),
            http=source_http(settings),
            inbox=inbox or MemoryInbox(),
            book=Book(store, settings, clock, on_delivered),
            given=tuple(sources or ()),
            lexicon=None if read else lexicon,
        )
    except BaseException:
        store.close()
        raise
    return parts


def check_kinds(settings: Settings) -> None:
    """Refuse a source or an endpoint of a kind that nobody knows. Raises ``ConfigError``."""
    for profile in settings.profiles:
        if profile.kind not in known_kinds() and ":" not in profile.kind:
            known = ", ".join(known_kinds())
            raise ConfigError(f"source {profile.id}: kind {profile.kind!r} is not known; use one of {known}")
    for endpoint in settings.endpoints:
        if endpoint.type not in known_types() and ":" not in endpoint.type:
            known = ", ".join(known_types())
            raise ConfigError(f"endpoint {endpoint.id}: type {endpoint.type!r} is not known; use one of {known}")


def open_for(settings: Settings, gazetteer: Gazetteer, *, lock: bool = True, create: bool = True) -> SqlStore:
    """The store of the settings. A folder named relative to the configuration is made (0700) when it is missing."""
    url = settings.store_url
    if create and url.startswith("sqlite:///") and url != settings.store.url:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return open_store(url, create=create, lock=lock, lineage=gazetteer.line)


def make_rules(
    settings: Settings, gazetteer: Gazetteer, profiles: Mapping[str, SourceProfile], *, is_replay: bool = False
) -> Rules:
    """What fuse is told, as the configuration has it. A replayed clock leaps by design: no leap of it is news."""
    series = settings.series
    rules = Rules(
        gazetteer=gazetteer,
        profiles=profiles,
        advisory_valid=timedelta(minutes=series.threat_minutes),
        late_after=timedelta(minutes=series.late_minutes),
        heartbeat=timedelta(seconds=settings.limits.heartbeat_seconds),
        headline=HeadlineRule(series.periods, series.ranks, series.prefer, series.first_hand_first),
        regional=regional_claimants(),
    )
    return replace(rules, jump_after=timedelta(days=30)) if is_replay else rules


def _is_replay(clock: Clock) -> bool:
    return bool(getattr(clock, "is_replay", False))


def make_policy(settings: Settings) -> PublicationPolicy:
    """The delays of public outputs."""
    chosen = settings.publication
    return PublicationPolicy(
        timedelta(hours=chosen.civilian_hours), timedelta(hours=chosen.military_hours), chosen.needs_official
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
