"""One Telegram account: one client, one connection, shared by every channel that it reads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from telethon import TelegramClient, events
from telethon.errors import (
    AuthKeyDuplicatedError,
    AuthKeyNotFound,
    FloodWaitError,
    RPCError,
    ServerError,
    TimedOutError,
    TypeNotFoundError,
    UnauthorizedError,
)
from telethon.network import ConnectionTcpFull
from telethon.sessions import SQLiteSession
from telethon.tl import functions, types

from monitor.errors import (
    ConfigError,
    OperatorError,
    SourceAuthLost,
    SourceBroken,
    SourceRefused,
    SourceUnavailable,
)
from monitor.model import JSON
from monitor.ports import Clock
from monitor.sources.telegram.mailbox import Mailbox
from monitor.sources.telegram.pace import Budget, Floods, Gate, Pace
from monitor.sources.telegram.session import SessionFile

__all__ = ["Account", "AccountSettings", "Undecodable", "accounts"]

_log = logging.getLogger(__name__)
_wire = logging.getLogger(f"{__name__}.wire")
_wire.setLevel(logging.CRITICAL)  # the library prints requests, and with them codes and phone numbers; we say the rest

LOST_AFTER = 3
"""Connections in a row at which the server does not know our key, before the session counts as lost."""


class Undecodable(SourceBroken):
    """The answer holds something that this version of the library cannot read."""


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """What makes an account. ``session`` is the session file. ``dc`` (id, host, port) sends a new session elsewhere
    than Telegram: for tests. Secrets are not printed."""

    id: str
    api_id: int = field(repr=False)
    api_hash: str = field(repr=False)
    session: Path
    proxy: tuple[Any, ...] | None = field(default=None, repr=False)
    dc: tuple[int, str, int] | None = None
    pace: Pace = field(default_factory=Pace)
    request_timeout: float = 30.0
    patience: float = 5.0
    requests_per_second: float = 10.0

    @classmethod
    def read(cls, name: str, values: Mapping[str, JSON], state_dir: Path) -> AccountSettings:
        """From ``{"api_id": …, "api_hash": …, "session": path or None, …}``; raises ``ConfigError``."""
        try:
            return cls(
                id=name,
                api_id=int(values["api_id"]),
                api_hash=str(values["api_hash"]),
                session=Path(values.get("session") or state_dir / f"{name}.session"),
                proxy=tuple(values["proxy"]) if values.get("proxy") else None,
                dc=tuple(values["dc"]) if values.get("dc") else None,
                pace=values.get("pace") or Pace(),
                request_timeout=float(values.get("request_timeout", 30.0)),
                patience=float(values.get("patience", 5.0)),
                requests_per_second=float(values.get("requests_per_second", 10.0)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(
                f"telegram account {name}: api_id (a number) and api_hash are needed; get them at my.telegram.org"
            ) from error


def accounts(settings: Mapping[str, JSON], state_dir: Path, clock: Clock) -> dict[str, Account]:
    """The accounts of ``{account id: {"api_id": …, "api_hash": …}}``. The same session gives the same ``Account``."""
    return {name: _shared(AccountSettings.read(name, values, state_dir), clock) for name, values in settings.items()}


_OPEN: WeakValueDictionary[Path, Account] = WeakValueDictionary()


def _shared(settings: AccountSettings, clock: Clock) -> Account:
    key = settings.session.absolute()
    account = _OPEN.get(key)
    if account is None or account.is_closed:
        account = _OPEN[key] = Account(settings, clock)
    return account


class Account:
    """Keeps the connection up, hands pushes to the channels' mailboxes, and makes requests one may make.

    ``call`` raises ``SourceError`` only. A lost login is remembered beside the session: it is never used again
    until ``monitor telegram login``.
    """

    def __init__(self, settings: AccountSettings, clock: Clock, gate: Gate | None = None) -> None:
        self.settings = settings
        self.clock = clock
        self.session = SessionFile(settings.session)
        self.session.check()
        self.floods = Floods(self.session.path.with_name(self.session.path.name + ".floods"), clock)
        self.gate = gate or Gate(settings.pace)
        self.budget = Budget(settings.requests_per_second)
        self.boxes: dict[int, list[Mailbox]] = {}
        self.lost = self.session.lost()
        self.is_closed = False
        self.connections = 0
        self._users = 0
        self._client: TelegramClient | None = None
        self._up = asyncio.Event()
        self._why_down = "not connected yet"
        self._unknown_key = 0
        self._stalls = 0
        self._supervisor: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"Account({self.settings.id!r})"

    # ── channels ──────────────────────────────────────────────────────────────────────────────────

    def enter(self) -> None:
        self._users += 1

    async def leave(self) -> None:
        """One channel is done; the last one closes the connection."""
        self._users -= 1
        if self._users <= 0:
            await self.close()

    def subscribe(self, channel: int, box: Mailbox) -> None:
        boxes = self.boxes.setdefault(channel, [])
        if not any(box is other for other in boxes):
            boxes.append(box)

    def unsubscribe(self, box: Mailbox) -> None:
        for boxes in self.boxes.values():
            boxes[:] = [other for other in boxes if other is not box]

    # ── requests ──────────────────────────────────────────────────────────────────────────────────

    async def client(self) -> TelegramClient:
        """The connected, logged-in client; waits ``patience`` seconds for it. Raises ``SourceError``."""
        if self.lost is not None:
            raise SourceAuthLost(self._lost_message())
        if self.is_closed:
            raise SourceUnavailable("the account is closed")
        if self._supervisor is None or self._supervisor.done():
            self._start()
        if not self._up.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._up.wait(), self.settings.patience)
        if self.lost is not None:
            raise SourceAuthLost(self._lost_message())
        if not self._up.is_set() or self._client is None:
            wait = self.gate.wait_for()
            raise SourceUnavailable(f"no connection to Telegram: {self._why_down}", retry_after=wait or None)
        return self._client

    async def call(self, request: Any, who: str) -> Any:
        """The answer to one request made for channel ``who`` (a profile id). Raises ``SourceError``."""
        method = type(request).__name__
        self.floods.check(method, who)
        client = await self.client()
        await self.budget.take()
        try:
            answer = await asyncio.wait_for(client(request), self.settings.request_timeout)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise SourceUnavailable("the connection to Telegram closed while it was answering") from None
        except Exception as error:
            raise self._translated(error, method, who) from error
        self._stalls = 0
        self.gate.answered()
        return answer

    def _translated(self, error: Exception, method: str, who: str) -> Exception:
        name = method.removesuffix("Request")
        if isinstance(error, FloodWaitError):
            self._forget_flood()
            return self.floods.note(method, who, error.seconds)
        if isinstance(error, UnauthorizedError | AuthKeyDuplicatedError):
            return self._lose(type(error).__name__.removesuffix("Error"))
        if isinstance(error, TimeoutError):
            self._stalled()
            return SourceUnavailable(f"Telegram did not answer {name} in {self.settings.request_timeout:.0f} s")
        if isinstance(error, ServerError | TimedOutError):
            return SourceUnavailable(f"Telegram has trouble of its own with {name}: {type(error).__name__}")
        if isinstance(error, RPCError):
            word = type(error).__name__.removesuffix("Error")
            return SourceRefused(f"Telegram refuses {name}: {word}", sample=word)
        if isinstance(error, TypeNotFoundError | struct.error | BufferError | UnicodeError):
            return Undecodable(f"the answer to {name} cannot be decoded: {type(error).__name__}")
        if isinstance(error, OSError | AuthKeyNotFound | ValueError):
            return SourceUnavailable(f"the connection to Telegram broke during {name}: {type(error).__name__}")
        return SourceBroken(f"{name} failed in an unforeseen way: {type(error).__name__}")

    def _forget_flood(self) -> None:
        """The library would refuse this method for every channel; ``Floods`` knows whom the wait is for."""
        waited = getattr(self._client, "_flood_waited_requests", None)
        if isinstance(waited, dict):
            waited.clear()

    def _stalled(self) -> None:
        self._stalls += 1
        if self._stalls >= 2 and self._client is not None:
            self._stalls = 0
            _log.warning("telegram account %s: no answers any more; connecting anew", self.settings.id)
            self._why_down = "it stopped answering"
            _spawn(self._client.disconnect())

    # ── connection ────────────────────────────────────────────────────────────────────────────────

    def _start(self) -> None:
        try:
            self.session.check()
            self.session.lock()
        except OperatorError as error:
            raise SourceAuthLost(str(error)) from error
        if not self.session.exists():
            self.session.unlock()
            raise SourceAuthLost(
                f"telegram account {self.settings.id} is not logged in; run `monitor telegram login` in a terminal"
            )
        self._supervisor = asyncio.create_task(self._supervise(), name=f"telegram {self.settings.id}")

    async def _supervise(self) -> None:
        """Connect, wait for the end of the connection, connect again: each through the gate, until closed or lost."""
        try:
            while self.lost is None and not self.is_closed:
                try:
                    await self._one_life(make_client(self.settings, self.session, self.gate))
                except Exception as error:
                    self._ended(error)
        finally:
            self.session.unlock()

    async def _one_life(self, client: TelegramClient) -> None:
        try:
            await self._connected_life(client)
        finally:
            self._up.clear()
            self._client = None
            await _quietly(client.disconnect())
            await _quietly(client.disconnected)  # takes the reason with it, which is logged as lost otherwise

    async def _connected_life(self, client: TelegramClient) -> None:
        await client.connect()
        await client(functions.updates.GetStateRequest())
        self._unknown_key = self._stalls = 0
        self.gate.answered()
        self.connections += 1
        client.add_event_handler(self._pushed, events.Raw(list(_UPDATES)))
        self._client = client
        self._up.set()
        for box in [box for boxes in self.boxes.values() for box in boxes]:
            box.reconnected()
        self.session.keep_backup()
        await client.disconnected
        self._why_down = "the connection was closed"

    def _ended(self, error: Exception) -> None:
        if isinstance(error, UnauthorizedError | AuthKeyDuplicatedError):
            self._lose(type(error).__name__.removesuffix("Error"))
            return
        if isinstance(error, AuthKeyNotFound):
            self._unknown_key += 1
            if self._unknown_key >= LOST_AFTER:
                self._lose("AuthKeyNotFound")
                return
        if isinstance(error, FloodWaitError):
            self.floods.note("GetStateRequest", "*", error.seconds)
        self._why_down = type(error).__name__
        _log.info("telegram account %s: connection ended: %s", self.settings.id, type(error).__name__)

    def _lose(self, reason: str) -> SourceAuthLost:
        """End the use of this session, loudly and for good."""
        if self.lost is None:
            self.lost = reason
            self.session.mark_lost(reason)
            _log.critical("telegram account %s: %s", self.settings.id, self._lost_message())
            self._up.set()  # whoever waits for the connection need not wait any longer
            if self._client is not None:
                _spawn(self._client.disconnect())
            for box in [box for boxes in self.boxes.values() for box in boxes]:
                box.wake()
        return SourceAuthLost(self._lost_message())

    def _lost_message(self) -> str:
        return (
            f"Telegram no longer accepts the session of account {self.settings.id} ({self.lost}); it is not used "
            f"again until `monitor telegram login` has been run"
        )

    async def _pushed(self, update: Any) -> None:
        """Only enqueues; must not raise (the library would merely log it)."""
        try:
            _UPDATES[type(update)](self.boxes, update)
        except Exception as error:
            _log.error("a pushed update could not be noted: %s", type(error).__name__)

    async def close(self) -> None:
        """End the connection and give the session free; may be called twice."""
        self.is_closed = True
        if self._client is not None:
            await _quietly(self._client.disconnect())
        task, self._supervisor = self._supervisor, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self.session.unlock()


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


_UPDATES: dict[type, Callable[[Mapping[int, list[Mailbox]], Any], None]] = {
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

_BACKGROUND: set[asyncio.Future[Any]] = set()


def _spawn(work: Any) -> None:
    """Let it run without waiting; kept referenced until it is done."""
    task = asyncio.ensure_future(_quietly(work))
    _BACKGROUND.add(task)
    task.add_done_callback(_BACKGROUND.discard)


async def _quietly(work: Any) -> None:
    with contextlib.suppress(Exception):
        await work
