"""What every route may use, and how it gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request

from monitor.config import Settings
from monitor.extract.explain import Step
from monitor.fuse import Rules, State
from monitor.model import Item, SourceProfile
from monitor.ports import Clock, Inbox
from monitor.publication import PublicationPolicy
from monitor.store import SqlStore
from monitor.web.public import Public

__all__ = ["Asked", "Context", "moment"]


@dataclass(frozen=True)
class Context:
    """The world of the web side. Everything here may be used from any thread."""

    store: SqlStore
    give_rules: Callable[[], Rules]
    settings: Settings
    clock: Clock
    state: Callable[[], State] | None = None
    health: Callable[[], Mapping[str, Any]] | None = None
    metrics: Callable[[], bytes] | None = None
    inbox: Inbox | None = None
    deciding: Callable[[Item, SourceProfile | None], Sequence[Step]] | None = None
    kept: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def rules(self) -> Rules:
        return self.give_rules()

    @property
    def is_replay(self) -> bool:
        return bool(getattr(self.clock, "is_replay", False))

    def public(self) -> Public:
        """The publication policy at this moment."""
        chosen = self.settings.publication
        policy = PublicationPolicy(
            timedelta(hours=chosen.civilian_hours), timedelta(hours=chosen.military_hours), chosen.needs_official
        )
        return Public(policy, self.rules, self.clock.now())


def _asked(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Asked = Annotated[Context, Depends(_asked)]


def moment(value: str | None, name: str) -> datetime | None:
    """A time parameter: ISO 8601, UTC where it states no zone, a bare date is its first second."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value.strip().replace(" ", "+"))
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        if not 1970 <= found.year <= 2200:
            raise ValueError
    except (ValueError, OverflowError):
        raise HTTPException(422, f"{name}: write a time as 2024-11-10T03:10:00Z") from None
    return found
