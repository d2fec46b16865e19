"""One channel of Telegram, by its numeric id: who it is, its pages, its posts by id."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from telethon.tl import functions, types

from monitor.errors import SourceBroken, SourceRefused, SourceThrottled, SourceUnavailable
from monitor.model import SourceProfile
from monitor.sources.telegram.account import Account
from monitor.sources.telegram.cursor import Mark
from monitor.sources.telegram.visit import UNFETCHABLE, Answer
from monitor.sources.telegram.wire import Undecodable

__all__ = ["Channel", "channel_number", "username_of", "without_cut_album"]

_log = logging.getLogger(__name__)

MOST_NAMES = 1000
"""Titles of other channels that are remembered."""

_NAME = re.compile(r"(?:(?:https?://)?(?:t|telegram)\.me/(?:s/)?|@)?([A-Za-z][A-Za-z0-9_]{3,31})/?", re.ASCII)


def channel_number(value: int | None) -> int | None:
    """The positive id of a channel, also from the form that bots use (-100 in front)."""
    if value is None or value > 0:
        return value
    text = str(-value)
    return int(text[3:]) if text.startswith("100") and len(text) > 10 else -value


def username_of(address: str) -> str | None:
    """The name in ``@name``, ``name``, ``https://t.me/name`` or ``https://t.me/s/name``; None for an invitation."""
    found = _NAME.fullmatch(address.strip())
    return found.group(1) if found else None


class Channel:
    """Trust is bound to ``pinned``, the numeric id; the name is only a way to find it the first time.

    ``names`` are the titles of channels that answers mentioned. Every method raises ``SourceError``.
    """

    def __init__(self, account: Account, profile: SourceProfile) -> None:
        self.account = account
        self.profile = profile
        self.pinned = channel_number(profile.channel_id)
        self.username = username_of(profile.address)
        self.names: dict[int, str] = {}
        self._peer: Any = None
        self._is_stale = False
        self._should_join = False
        self._has_tried = not profile.options.get("join")
        self._warned: str | None = None

    async def open(self, known: int | None) -> int:
        """Make sure that we can ask, and give the numeric id. ``known`` is the id that the cursor is bound to."""
        if known is not None and self.pinned is not None and known != self.pinned:
            raise identity(f"{self.profile.id} was read as channel {known} so far, but its profile says {self.pinned}")
        self.pinned = self.pinned or known
        if self._peer is None:
            client = await self.account.client()
            self._peer = self._remembered(client) or await self._resolved()
        assert self.pinned is not None
        return self.pinned

    def _remembered(self, client: Any) -> Any:
        """How the session file knows the channel: spares resolving the name, the most throttled request of all."""
        if self.pinned is None or self._is_stale:
            return None
        try:
            return client.session.get_input_entity(types.PeerChannel(self.pinned))
        except ValueError:
            return None

    async def _resolved(self) -> Any:
        if self.username is None:
            raise SourceRefused(f"{self.profile.address} is no public name of a channel; private channels are not read")
        request = functions.contacts.ResolveUsernameRequest(self.username)
        answer = await self.account.call(request, self.profile.id)
        chat = next((chat for chat in answer.chats if isinstance(chat, types.Channel)), None)
        if chat is None or not isinstance(answer.peer, types.PeerChannel):
            raise SourceRefused(f"@{self.username} is not a channel")
        if self.pinned is not None and chat.id != self.pinned:
            raise identity(
                f"@{self.username} now belongs to channel {chat.id}, not to {self.pinned}: its posts are not read. "
                f"Find out who owns it before you change channel_id in the profile {self.profile.id}"
            )
        self.pinned, self._is_stale = int(chat.id), False
        return types.InputPeerChannel(chat.id, chat.access_hash)

    async def join_if_asked(self) -> None:
        """Become a member once, if the profile wants pushes and we are none. Reading goes on without."""
        if not self._should_join:
            return
        self._should_join, self._has_tried = False, True
        try:
            await self.account.call(functions.channels.JoinChannelRequest(self._input), self.profile.id)
        except (SourceRefused, SourceThrottled, SourceUnavailable) as error:
            _log.warning("%s: not joined, so nothing is pushed and polls alone are left: %s", self.profile.id, error)

    @property
    def _input(self) -> Any:
        return types.InputChannel(self._peer.channel_id, self._peer.access_hash)

    async def page(self, below: int, limit: int) -> list[Any]:
        """Up to ``limit`` messages before post ``below`` (0: the newest), newest first."""
        answer = await self._history(offset_id=below, add_offset=0, limit=limit)
        return sorted(answer, key=lambda message: -int(message.id))

    async def after(self, mark: int, limit: int) -> list[Any]:
        """Up to ``limit`` messages after post ``mark``, oldest first."""
        try:
            answer = await self._history(offset_id=mark + 1, add_offset=-limit, limit=limit)
        except Undecodable:
            return await self._one_by_one(mark, limit)
        # the server ignores or misreads min_id far from the newest post: what is older is left out here
        return sorted((m for m in answer if m.id > mark), key=lambda message: int(message.id))

    async def first_since(self, since: datetime) -> int:
        """The id of the first post of a moment or later."""
        request = functions.messages.GetHistoryRequest(
            peer=self._peer, offset_id=0, offset_date=since, add_offset=0, limit=1, max_id=0, min_id=0, hash=0
        )
        older = self._messages(await self._ask(request))
        return int(older[0].id) + 1 if older else 1

    async def _one_by_one(self, mark: int, limit: int) -> list[Any]:
        """A page that holds something undecodable, without it: the hole is probed, and then known."""
        newest = await self._history(offset_id=0, add_offset=0, limit=1)
        last = min(max((message.id for message in newest), default=mark), mark + limit)
        found = await self.by_id(list(range(mark + 1, last + 1)))
        return [answer for _, answer in sorted(found.items()) if answer is not None and answer is not UNFETCHABLE]

    async def _history(self, offset_id: int, add_offset: int, limit: int) -> list[Any]:
        request = functions.messages.GetHistoryRequest(
            peer=self._peer, offset_id=offset_id, offset_date=None, add_offset=add_offset, limit=limit,
            max_id=0, min_id=0, hash=0,
        )  # fmt: skip
        return self._messages(await self._ask(request))

    async def by_id(self, ids: Sequence[int]) -> dict[int, Answer]:
        """What there is under each of up to 100 ids; what cannot be had or decoded is ``UNFETCHABLE``."""
        if not ids:
            return {}
        request = functions.channels.GetMessagesRequest(self._input, [types.InputMessageID(post) for post in ids])
        try:
            found = {message.id: message for message in self._messages(await self._ask(request), empty=True)}
        except (Undecodable, SourceRefused) as error:
            if isinstance(error, SourceRefused) and error.sample in GONE:
                raise
            if len(ids) == 1:
                return {ids[0]: UNFETCHABLE}
            half = len(ids) // 2
            return {**await self.by_id(ids[:half]), **await self.by_id(ids[half:])}
        return {post: _answer(found.get(post, UNFETCHABLE)) for post in ids}

    async def _ask(self, request: Any) -> Any:
        try:
            return await self.account.call(request, self.profile.id)
        except SourceRefused as error:
            if error.sample == "ChannelInvalid":
                self._peer, self._is_stale = None, True  # the remembered access hash is wrong: resolve the name again
            raise

    def _messages(self, answer: Any, *, empty: bool = False) -> list[Any]:
        if len(self.names) > MOST_NAMES:
            self.names.clear()
        for chat in answer.chats:
            if isinstance(chat, types.Channel):
                self.names[chat.id] = chat.title
                if chat.id == self.pinned:
                    self._should_join = bool(chat.left) and not self._has_tried
                    self.username = _current_name(chat, username_of(self.profile.address))
        return [message for message in answer.messages if empty or not isinstance(message, types.MessageEmpty)]

    def renamed_from(self, mark: Mark) -> str | None:
        """The alarm when the channel goes by another name than its profile says; its number stays its identity."""
        asked = username_of(self.profile.address)
        mark.username = self.username
        if asked is None or (self.username or "").lower() == asked.lower():
            return None
        now = f"@{self.username}" if self.username else "no public name"
        alarm = f"channel {self.pinned} goes by {now}, no longer by @{asked}: whoever has @{asked} now is another"
        if self._warned != alarm:
            self._warned = alarm
            _log.warning("%s: %s", self.profile.id, alarm)
        return alarm


GONE = ("ChannelPrivate", "ChannelInvalid", "ChannelPublicGroupNa", "ChatForbidden", "UserBannedInChannel")
"""Refusals that are about the channel, not about one post."""


def identity(message: str) -> SourceBroken:
    error = SourceBroken(message)
    error.reason = "identity"
    return error


def _answer(message: Answer) -> Answer:
    return None if isinstance(message, types.MessageEmpty) else message


def _current_name(chat: Any, known: str | None) -> str | None:
    """The active public name: the one that we know if it still is one of them."""
    names = [chat.username, *(name.username for name in chat.usernames or () if name.active)]
    names = [name for name in names if name]
    if known and any(name.lower() == known.lower() for name in names):
        return known
    return names[0] if names else None


def without_cut_album(page: Sequence[Any]) -> list[Any]:
    """A full page may end within an album: leave its parts to the next page, unless they are the whole page."""
    group = getattr(page[-1], "grouped_id", None)
    kept = [message for message in page if not group or getattr(message, "grouped_id", None) != group]
    return kept or list(page)
