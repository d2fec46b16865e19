"""Thirty channels that publish, edit, delete and skip ids, over a network that loses, doubles and reorders pushes."""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fake_telegram import FakeChannel, FakeTelegram
from rig import Collector, HandClock
from telethon.tl import types as T

FIRST_CHANNEL = 1000


@dataclass
class Truth:
    """What really happened in one channel: every id is exactly one of these."""

    posts: dict[int, str] = field(default_factory=dict)
    """First id → text now, of what can still be had (an album under its first id)."""
    parts: set[int] = field(default_factory=set)
    service: set[int] = field(default_factory=set)
    skipped: set[int] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)


@dataclass
class World:
    srv: FakeTelegram
    clock: HandClock
    seed: int = 1
    channels: int = 30
    span: timedelta = timedelta(hours=1)
    posts: int = 900
    edits: int = 50
    deletions: int = 20
    dropped: float = 0.05
    doubled: float = 0.05
    reorder: int = 50
    truths: dict[int, Truth] = field(default_factory=dict)
    held: list[tuple[FakeChannel, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        for n in range(self.channels):
            ch = self.srv.add_channel(FIRST_CHANNEL + n, f"channel_{n:02}", f"Channel {n}")
            self.truths[ch.id] = Truth()

    def script(self) -> list[str]:
        """What happens, in order; edits and deletions only once there is something to edit."""
        rare = max(self.posts // 60, 1)
        kinds = ["post"] * self.posts + ["edit"] * self.edits + ["delete"] * self.deletions
        kinds += ["album"] * rare + ["service"] * rare + ["skip"] * rare
        self.draw.shuffle(kinds)
        return kinds

    async def happen(self, kind: str, ch: FakeChannel | None = None, *, push: bool = True) -> None:
        ch = ch or self.srv.channels[FIRST_CHANNEL + self.draw.randrange(self.channels)]
        truth = self.truths[ch.id]
        before = len(ch.log)
        now = self.clock.now().replace(microsecond=0)
        if kind == "post":
            message = await self.srv.post(ch, f"{ch.username} says {self.draw.random()}", push=False, date=now)
            truth.posts[message.id] = message.message
        elif kind == "album":
            words = ["", f"album {self.draw.random()}", *[""] * self.draw.randrange(1, 8)]
            media = T.MessageMediaPhoto(photo=T.PhotoEmpty(1))
            group = self.draw.getrandbits(48) + 1
            parts = [
                await self.srv.post(ch, word, push=False, date=now, grouped_id=group, media=media) for word in words
            ]
            truth.posts[parts[0].id] = words[1]
            truth.parts.update(part.id for part in parts[1:])
        elif kind == "service":
            truth.service.add((await self.srv.service(ch, push=False)).id)
        elif kind == "skip":
            truth.skipped.update(range(ch.next_id, ch.next_id + 3))
            self.srv.skip(ch, 3)
        else:
            await self._change(kind, ch, truth)
        for _, update in ch.log[before:]:
            await self._push(ch, copy.deepcopy(update), push)

    async def _change(self, kind: str, ch: FakeChannel, truth: Truth) -> None:
        """Edit or delete one of the last posts: what is older than 200 ids is not looked at again."""
        albums = {head for head in truth.posts if head + 1 in truth.parts}
        recent = [post for post in truth.posts if post > ch.next_id - 120 and (kind == "edit" or post not in albums)]
        if not recent:
            return
        post = self.draw.choice(recent)
        if kind == "edit":
            truth.posts[post] = f"edited {self.draw.random()}"
            part = post + 1 if post in albums else post  # the caption stands on the second part
            now = self.clock.now().replace(microsecond=0)
            await self.srv.edit(ch, part, truth.posts[post], push=False, date=now)
        else:
            del truth.posts[post]
            truth.deleted.add(post)
            await self.srv.delete(ch, [post], push=False)

    async def _push(self, ch: FakeChannel, update: Any, push: bool) -> None:
        fate = self.draw.random()
        if not push or fate < self.dropped:
            return
        self.held.append((ch, update))
        if fate > 1 - self.doubled:
            self.held.append((ch, update))
        while len(self.held) > self.reorder:
            await self.srv.push(*self.held.pop(self.draw.randrange(len(self.held))))

    async def everyone(self) -> None:
        """Each channel posts once: ids skipped before its first and after its last post cannot be known of."""
        for ch in list(self.srv.channels.values()):
            await self.happen("post", ch)

    async def flush(self) -> None:
        while self.held:
            await self.srv.push(*self.held.pop(self.draw.randrange(len(self.held))))

    async def too_long(self, ch: FakeChannel, posts: int) -> None:
        """So much at once, and none of it pushed, that the server gives no difference any more."""
        self.srv.too_long_after = 100
        for _ in range(posts):
            await self.happen("post", ch, push=False)

    # ── judging ───────────────────────────────────────────────────────────────────────────────────

    def faults(self, kept: Collector) -> list[str]:
        """Everything that is lost, doubled, invented or unexplained."""
        out = [f"phantom {item.key}" for reason, item in kept.rows if reason == "phantom"]
        for channel, truth in self.truths.items():
            source = self.srv.channels[channel].username or ""
            out += self._of_channel(channel, truth, kept, kept.holes.get(source, []))
        return out

    def _of_channel(self, channel: int, truth: Truth, kept: Collector, holes: list[Any]) -> list[str]:
        out = []
        prefix = f"tg:{channel}/"
        stored = {int(key.removeprefix(prefix)): key for key in kept.heads if key.startswith(prefix)}
        for post, text in truth.posts.items():
            key = stored.get(post)
            if key is None or kept.heads[key].deleted:
                out.append(f"lost {prefix}{post}")
            elif kept.texts[key][-1] != text:
                out.append(f"old text {prefix}{post}")
        ledger: dict[int, str] = {}
        for hole in holes:
            for post in range(hole.first, hole.last + 1):
                if post in ledger:
                    out.append(f"probed twice {prefix}{post}")
                ledger[post] = hole.cause
        out += [f"unexplained {prefix}{post}" for post in truth.skipped - ledger.keys()]
        out += [f"wrongly in the ledger {prefix}{post}" for post in ledger.keys() & truth.posts.keys()]
        for post in truth.deleted:
            if post in stored and not kept.heads[stored[post]].deleted:
                out.append(f"deletion not marked {prefix}{post}")
            if post not in stored and post not in ledger:
                out.append(f"unexplained {prefix}{post}")
        out += [f"invented {prefix}{post}" for post in stored.keys() - truth.posts.keys() - truth.deleted]
        return out

    def expected(self) -> dict[str, str]:
        """Key → text of everything that can be had at the end."""
        return {f"tg:{channel}/{post}": text for channel, t in self.truths.items() for post, text in t.posts.items()}
