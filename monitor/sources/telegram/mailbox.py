"""What has been pushed to us about one channel since the last poll: hints, bounded, never the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Mailbox"]

MOST = 500
"""Posts, edits or deletions kept per channel; past it they are dropped, and the next poll asks by id anyway."""


@dataclass(slots=True)
class Mailbox:
    """``posts`` by id as pushed; ``touched`` ids said to be edited or deleted, with the number of the hint, so that
    a hint that comes while an earlier one is being looked into is not forgotten with it; ``existed`` ids known to
    have been posts once (a missing one then counts as deleted); ``must_ask`` when only asking can tell what is new.
    """

    posts: dict[int, Any] = field(default_factory=dict)
    touched: dict[int, int] = field(default_factory=dict)
    hints: int = 0
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

    def touch(self, ids: Iterable[int]) -> None:
        """These posts are said to have been edited or deleted: look at them again."""
        ids = list(ids)
        self.hints += 1
        if len(self.touched) + len(ids) > MOST:
            self.touched.clear()
            self.must_recheck = True
        else:
            self.touched.update(dict.fromkeys(ids, self.hints))
        for post in ids:
            self._remember(post)
        self.wake()

    def looked_into(self, hints: Mapping[int, int]) -> None:
        """Forget these hints, unless a newer one about the same post has come since."""
        for post, hint in hints.items():
            if self.touched.get(post) == hint:
                del self.touched[post]

    def reconnected(self) -> None:
        """Pushes may have been lost: nothing counts as complete until the next poll has asked."""
        self.must_ask = True
        self.must_recheck = True
        self.wake()

    def up_to(self, mark: int) -> None:
        """Forget the pushed posts that have been committed."""
        for post in [post for post in self.posts if post <= mark]:
            del self.posts[post]

    def _remember(self, post: int) -> None:
        self.existed.add(post)
        if len(self.existed) > 4 * MOST:
            self.existed = set(sorted(self.existed)[-2 * MOST :])
