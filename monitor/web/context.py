"""What every route may use, and how it gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from monitor.web.grant import EVERYONE, Grant
from monitor.web.public import Public

__all__ = ["Asked", "Context", "moment", "needs"]


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

    def public(self) -> Public:
        """The publication policy at this moment, for whoever asks."""
        chosen = self.settings.publication
        policy = PublicationPolicy(
            timedelta(hours=chosen.civilian_hours), timedelta(hours=chosen.military_hours), chosen.needs_official
        )
        return Public(policy, self.rules, self.clock.now(), is_full=self.grant.covers("full"))


def _asked(request: Request) -> Context:
    context: Context = request.app.state.context
    grant: Grant = getattr(request.state, "grant", EVERYONE)
    return context if grant is EVERYONE else replace(context, grant=grant)


Asked = Annotated[Context, Depends(_asked)]


def needs(scope: str) -> Any:
    """A dependency: the context, for a token with this scope. 401 without a token, 403 with one that may not."""

    def check(asked: Asked) -> Context:
        if asked.grant.token is None:
            raise HTTPException(
                401, f"This needs a token with the scope {scope}.", {"www-authenticate": 'Bearer realm="monitor"'}
            )
        if not asked.grant.covers(scope):
            raise HTTPException(403, f"This token lacks the scope {scope}.")
        return asked

    return Depends(check)


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
