"""Telegram Desktop's ``result.json`` → late items under the keys of the live channel: no post twice, none as news.

Trust is bound to the numeric id of a channel, here as everywhere: a chat goes to the profile that is pinned to its id,
or to the one that the user names. Whoever exports a whole account has private chats in the file; they are passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from monitor.errors import InputError
from monitor.importers import Into
from monitor.importers.history import as_history
from monitor.model import JSON, Batch, Item, Look, SourceProfile
from monitor.sources.records import InputProblem, open_bytes
from monitor.sources.telegram_export import Chat, items_of_chat, read_export, with_albums

__all__ = ["telegram_export"]

POSTS = 500
"""Posts in one commit."""

_KINDS = ("telegram", "telegram_web")
_CHANNELS = frozenset({"public_channel", "private_channel", "public_supergroup", "private_supergroup"})


def telegram_export(file: Path, into: Into) -> Mapping[str, JSON]:
    """Import every channel of the file that a profile knows. Raises ``InputError`` where none does.

    A broken file is imported as far as it goes, and then named. The same file again, or a longer one, adds what is
    missing; a post that was edited since gets a version, unless a newer one is known.
    """
    counts: Counter[str] = Counter()
    unknown: dict[str, int] = {}
    imported: list[str] = []
    with open_bytes(file) as stream:
        for chat, found in groupby(read_export(stream, file.name), key=itemgetter(0)):
            messages = (message for _chat, message in found)
            profile = _profile(chat, into)
            if profile is None:
                counts["passed_over"] += sum(1 for _ in messages)
                if chat.type in _CHANNELS:
                    unknown[chat.name or "?"] = chat.id or 0
                continue
            imported.append(profile.id)
            for portion in _portions(_items(chat, messages, profile, into, counts)):
                _commit(profile, portion, into, counts)
                into.progress(stream.tell())
    if not imported:
        names = ", ".join(f"{name} (channel_id = {number})" for name, number in list(unknown.items())[:5])
        raise InputError(
            f"{file.name}: no profile is pinned to a channel of this file ({names or 'it holds none'}); put the number "
            "into the channel's profile, or name the profile with --source"
        )
    kinds = ("read", "new", "edited", "known", "unreadable", "recent", "passed_over")
    return {"sources": sorted(set(imported)), **{kind: counts[kind] for kind in kinds}}


def _profile(chat: Chat, into: Into) -> SourceProfile | None:
    """The profile that a chat belongs to. Raises ``InputError`` where the named one is pinned to another channel."""
    if chat.type not in _CHANNELS or chat.id is None:
        return None
    if into.source is None:
        return next((p for p in into.profiles.values() if p.kind in _KINDS and p.channel_id == chat.id), None)
    profile = into.profiles.get(into.source)
    if profile is None:
        raise InputError(f"--source: no source is called `{into.source}`; `monitor sources list --all` shows the ids")
    if profile.kind not in _KINDS:
        raise InputError(f"--source: {profile.id} is of kind {profile.kind}, not a Telegram channel")
    if profile.channel_id is not None and profile.channel_id != chat.id:
        raise InputError(
            f"the file is of channel {chat.id} ({chat.name}), but source {profile.id} is pinned to "
            f"{profile.channel_id}; the posts of another channel never count as its word"
        )
    return profile


def _items(
    chat: Chat, messages: Iterable[JSON], profile: SourceProfile, into: Into, counts: Counter[str]
) -> Iterator[Item]:
    handle = profile.address.split("?")[0].rstrip("/").rpartition("/")[2].removeprefix("@")
    now = into.clock.now()
    for found in with_albums(items_of_chat(chat, messages, source=profile.id, received=now, find=None)):
        if isinstance(found, InputProblem):
            counts["unreadable"] += 1
            continue
        number = found.key.rpartition("/")[2]
        yield replace(found, channel=handle, url=f"https://t.me/{handle}/{number}")


def _portions(items: Iterator[Item]) -> Iterator[tuple[Item, ...]]:
    """So many at a time; of a file that breaks off, what came before comes first."""
    portion: list[Item] = []
    fault: InputError | None = None
    try:
        for item in items:
            portion.append(item)
            if len(portion) == POSTS:
                yield tuple(portion)
                portion = []
    except InputError as error:
        fault = error
    if portion:
        yield tuple(portion)
    if fault is not None:
        raise fault


def _commit(profile: SourceProfile, items: tuple[Item, ...], into: Into, counts: Counter[str]) -> None:
    now = into.clock.now()
    batch = as_history(Batch(profile.id, items, Look(profile.id, now, "ok")), now - into.pipeline.rules.late_after)
    admitted = into.pipeline.run(batch, now).admitted or {}
    counts["read"] += len(items)
    counts["recent"] += len(items) - len(batch.items)
    counts["new"] += admitted.get("new", 0)
    counts["edited"] += admitted.get("edited", 0) + admitted.get("restored", 0)
    counts["known"] += admitted.get("same", 0) + admitted.get("outdated", 0)
