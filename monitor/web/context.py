"""The world of the web side, as every page and route may use it. Imports no FastAPI: the first page needs none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from monitor.fuse import Rules, State
from monitor.model import Item, SourceProfile
from monitor.ports import Clock, Inbox
from monitor.publication import PublicationPolicy
from monitor.web.grant import EVERYONE, Grant
from monitor.web.public import Public

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.extract.explain import Step
    from monitor.store import SqlStore
    from monitor.store.series import SourceLook

__all__ = ["Context", "asked_by"]


@dataclass(frozen=True)
class Context:
    """The world of the web side, and who asks. Everything here may be used from any thread."""

    store: SqlStore
    give_rules: Callable[[], Rules]
    settings: Settings
    clock: Clock
    state: Callable[[], State] | None = None
    health: Callable[[], Mapping[str, Any]] | None = None
    metrics: Callable[[], bytes] | None = None
    inbox: Inbox | None = None
    deciding: Callable[[Item, SourceProfile | None], Sequence[Step]] | None = None
    grant: Grant = EVERYONE
    kept: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def rules(self) -> Rules:
        return self.give_rules()

    @property
    def is_replay(self) -> bool:
        return bool(getattr(self.clock, "is_replay", False))

    def until(self, as_of: datetime | None) -> datetime:
        """The last moment of which an answer can tell: now, or the time as of which it is asked."""
        now = self.clock.now()
        return min(now, as_of) if as_of else now

    def is_heard(self, look: SourceLook) -> bool:
        """Whether a look at a source went well lately: what was well before a restart, or before a disk was full, says
        nothing of now, whatever was written down last."""
        return look.ok_at is not None and self.clock.now() - look.ok_at <= self.rules.stale_after(look.source)

    def public(self) -> Public:
        """The publication policy at this moment, for whoever asks."""
        chosen = self.settings.publication
        policy = PublicationPolicy(
            timedelta(hours=chosen.civilian_hours), timedelta(hours=chosen.military_hours), chosen.needs_official
        )
        return Public(policy, self.rules, self.clock.now(), is_full=self.grant.covers("full"))


def asked_by(request: Request) -> Context:
    """The world, as whoever makes this request may see it."""
    context: Context = request.app.state.context
    grant: Grant = getattr(request.state, "grant", EVERYONE)
    return context if grant is EVERYONE else replace(context, grant=grant)
