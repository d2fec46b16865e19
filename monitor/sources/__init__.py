"""Sources: outside → ``Item``. One file per kind; each is asked by ``poll`` and fails alone.

``REGISTRY`` is the whole list of kinds. A kind of one's own is named in the profile as ``kind =
"package.module:Class"``; the class is called as ``Class(profile, deps)`` and keeps ``ports.Source``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from monitor.errors import ConfigError
from monitor.model import JSON, Gazetteer, SourceProfile
from monitor.ports import Clock, Inbox, Source

if TYPE_CHECKING:
    from monitor.http import Http

__all__ = ["REGISTRY", "Deps", "build", "known_kinds"]

REGISTRY: dict[str, str] = {
    "alerts_in_ua": "monitor.sources.alerts_in_ua:AlertsInUa",
    "feed": "monitor.sources.feed:Feed",
    "file": "monitor.sources.file:File",
    "oref": "monitor.sources.oref:Oref",
    "siren_pp_ua": "monitor.sources.ukrainealarm:UkraineAlarm",
    "telegram": "monitor.sources.telegram:Telegram",
    "telegram_web": "monitor.sources.telegram_web:TelegramWeb",
    "ukrainealarm": "monitor.sources.ukrainealarm:UkraineAlarm",
}
"""Kind of source → ``package.module:Class``."""


@dataclass(frozen=True, slots=True)
class Deps:
    """What a source may use of the world. ``settings`` holds secrets by kind of source, such as
    ``{"telegram": {...}, "alerts_in_ua": {"token": "..."}}``; it is never printed."""

    http: Http
    clock: Clock
    gazetteer: Gazetteer = field(default_factory=lambda: Gazetteer({}))
    state_dir: Path = Path("data/sources")
    inbox: Inbox | None = None
    settings: Mapping[str, JSON] = field(default_factory=dict, repr=False)


def known_kinds() -> tuple[str, ...]:
    """The kinds that a profile may name without a module path."""
    return tuple(sorted(REGISTRY))


def build(profile: SourceProfile, deps: Deps) -> Source:
    """The source of a profile, not yet connected to anything. Raises ``ConfigError`` for an unknown kind."""
    path = REGISTRY.get(profile.kind, profile.kind)
    module, _, name = path.partition(":")
    if not name:
        raise ConfigError(
            f"source {profile.id}: kind {profile.kind!r} is not known; use one of {', '.join(known_kinds())}, "
            f'or "package.module:Class"'
        )
    try:
        made = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"source {profile.id}: kind {profile.kind!r} cannot be loaded: {error}") from error
    return cast(Source, made(profile, deps))
