"""What one request may see and do."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EVERYONE", "Grant"]

_COVERED_BY = {"deliveries": ("deliveries", "operate"), "operate": ("operate",), "full": ("full",)}


@dataclass(frozen=True, slots=True)
class Grant:
    """The token of a request; without one it is everyone's."""

    token: str | None = None
    name: str | None = None
    scopes: frozenset[str] = frozenset()

    def covers(self, scope: str) -> bool:
        """Whether the token may do this; every token may read."""
        if scope == "read":
            return self.token is not None
        return not self.scopes.isdisjoint(_COVERED_BY[scope])

    @property
    def is_more_than_public(self) -> bool:
        return any(self.covers(scope) for scope in _COVERED_BY)


EVERYONE = Grant()
