"""What has been pushed to us about one channel since the last poll: hints, bounded, never the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Mailbox"]

MOST = 500
"""Posts, edits or deletions kept per channel; past it they are dropped, and the next poll asks by id anyway."""


@dataclass(slots=True)
class Mailbox:
    """``posts`` by id as pushed; ``touched`` ids said to be edited or deleted; ``existed`` ids known to have been
    posts once (so that a missing one counts as deleted); ``must_ask`` when only asking can tell what is new."""

    posts: dict[int, Any] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    existed: set[int] = field(default_factory=set)
    must_ask: bool = True
    must_recheck: bool = True
    wake: Callable[[], None] = lambda: None

    def new_post(self, message: Any) -> None:
        if len(self.posts) >= MOST:
            self.posts.clear()
            self.must_ask = True
        self.posts[message.id] = message
        self._remember(message.id)
        self.wake()

    def edited(self, message: Any) -> None:
        self._touch([message.id])

    def deleted(self, ids: list[int]) -> None:
        self._touch(ids)

    def reconnected(self) -> None:
        """Pushes may have been lost: nothing counts as complete until the next poll has asked."""
        self.must_ask = True
        self.must_recheck = True
        self.wake()

    def up_to(self, mark: int) -> None:
        """Forget the pushed posts that have been committed."""
        for post in [post for post in self.posts if post <= mark]:
            del self.posts[post]

    def _touch(self, ids: list[int]) -> None:
        if len(self.touched) + len(ids) > MOST:
            self.touched.clear()
            self.must_recheck = True
        else:
            self.touched.update(ids)
        for post in ids:
            self._remember(post)
        self.wake()

    def _remember(self, post: int) -> None:
        self.existed.add(post)
        if len(self.existed) > 4 * MOST:
            self.existed = set(sorted(self.existed)[-2 * MOST :])
