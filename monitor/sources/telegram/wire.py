"""The library at arm's length: a client without retries of its own, its errors as ours, its updates as hints."""

from __future__ import annotations

import logging
import sqlite3
import struct
from collections.abc import Callable, Mapping
from typing import Any

from telethon import TelegramClient
from telethon.errors import (
    AuthKeyDuplicatedError,
    AuthKeyNotFound,
    RPCError,
    ServerError,
    TimedOutError,
    TypeNotFoundError,
    UnauthorizedError,
)
from telethon.network import ConnectionTcpFull
from telethon.sessions import SQLiteSession
from telethon.tl import types

from monitor.errors import SourceBroken, SourceError, SourceRefused, SourceUnavailable
from monitor.sources.telegram.mailbox import Mailbox
from monitor.sources.telegram.pace import Gate
from monitor.sources.telegram.session import SessionFile
from monitor.sources.telegram.settings import AccountSettings

__all__ = ["UPDATES", "Undecodable", "is_login_lost", "make_client", "source_error", "word_of"]

_wire = logging.getLogger(__name__)
_wire.setLevel(logging.CRITICAL)  # the library prints requests, and with them codes and phone numbers; we say the rest


class Undecodable(SourceBroken):
    """The answer holds something that this version of the library cannot read."""


def is_login_lost(error: BaseException) -> bool:
    """The server does not accept our login any more: revoked, banned, or used by two at once."""
    return isinstance(error, UnauthorizedError | AuthKeyDuplicatedError)


def word_of(error: BaseException) -> str:
    """The name of an error of the library; never its text, which may quote what was sent."""
    return type(error).__name__.removesuffix("Error")


def source_error(error: Exception, name: str) -> SourceError:
    """An error of the library during request ``name``, as one of ours."""
    if isinstance(error, TimeoutError):
        return SourceUnavailable(f"Telegram did not answer {name} in time")
    if isinstance(error, ServerError | TimedOutError):
        return SourceUnavailable(f"Telegram has trouble of its own with {name}: {word_of(error)}")
    if isinstance(error, RPCError):
        return SourceRefused(f"Telegram refuses {name}: {word_of(error)}", sample=word_of(error))
    if isinstance(error, TypeNotFoundError | struct.error | BufferError | UnicodeError):
        return Undecodable(f"the answer to {name} cannot be decoded: {word_of(error)}")
    if isinstance(error, sqlite3.Error):
        return SourceUnavailable(f"the Telegram session cannot be written: {error}")
    if isinstance(error, OSError | AuthKeyNotFound | ValueError):
        return SourceUnavailable(f"the connection to Telegram broke during {name}: {word_of(error)}")
    return SourceBroken(f"{name} failed in an unforeseen way: {word_of(error)}")


def make_client(settings: AccountSettings, file: SessionFile, gate: Gate) -> TelegramClient:
    """A client that never sleeps on its own: no retries, no flood sleeps, no reconnects. ``Account`` does those."""
    session = SQLiteSession(str(file.path))
    if settings.dc is not None and session.auth_key is None:
        session.set_dc(*settings.dc)
    return TelegramClient(
        session,
        settings.api_id,
        settings.api_hash,
        connection=_gated(gate),
        proxy=settings.proxy,
        connection_retries=0,
        request_retries=1,
        retry_delay=0,
        auto_reconnect=False,
        flood_sleep_threshold=0,
        raise_last_call_error=True,
        sequential_updates=True,
        base_logger=_wire,
        device_model="monitor",
        app_version="1",
    )


def _gated(gate: Gate) -> type[ConnectionTcpFull]:
    class GatedConnection(ConnectionTcpFull):  # type: ignore[misc]
        async def connect(self, timeout: float | None = None, ssl: Any = None) -> None:  # noqa: ASYNC109
            await gate.enter()
            await super().connect(timeout=timeout, ssl=ssl)

    return GatedConnection


def _each(boxes: Mapping[int, list[Mailbox]], channel: int | None, tell: Callable[[Mailbox], None]) -> None:
    for box in boxes.get(channel or 0, ()):
        tell(box)


UPDATES: dict[type, Callable[[Mapping[int, list[Mailbox]], Any], None]] = {
    types.UpdateNewChannelMessage: lambda boxes, u: _each(
        boxes, getattr(u.message.peer_id, "channel_id", None), lambda box: box.new_post(u.message)
    ),
    types.UpdateEditChannelMessage: lambda boxes, u: _each(
        boxes, getattr(u.message.peer_id, "channel_id", None), lambda box: box.touch([u.message.id])
    ),
    types.UpdateDeleteChannelMessages: lambda boxes, u: _each(boxes, u.channel_id, lambda box: box.touch(u.messages)),
    types.UpdateChannel: lambda boxes, u: _each(boxes, u.channel_id, lambda box: box.reconnected()),
}
"""Update of the library → what it tells the mailboxes of its channel."""
