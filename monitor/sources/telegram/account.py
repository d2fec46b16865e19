"""One Telegram account: one client, one connection, shared by every channel that it reads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from telethon import TelegramClient, events
from telethon.errors import AuthKeyNotFound, FloodWaitError
from telethon.tl import functions

from monitor.errors import OperatorError, SourceAuthLost, SourceError, SourceUnavailable
from monitor.model import JSON
from monitor.ports import Clock
from monitor.sources.telegram.mailbox import Mailbox
from monitor.sources.telegram.pace import Budget, Floods, Gate
from monitor.sources.telegram.session import SessionFile
from monitor.sources.telegram.settings import AccountSettings
from monitor.sources.telegram.wire import UPDATES, is_login_lost, make_client, source_error, word_of

__all__ = ["Account", "accounts"]

_log = logging.getLogger(__name__)

STATE = "GetStateRequest"

LOST_AFTER = 3
"""Connections in a row at which the server does not know our key, before the session counts as lost."""


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
            self.lost = self.session.lost()  # none any more once `monitor telegram login` has been run meanwhile
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

    def _translated(self, error: Exception, method: str, who: str) -> SourceError:
        if isinstance(error, FloodWaitError):
            self._forget_flood()
            return self.floods.note(method, who, error.seconds)
        if is_login_lost(error):
            return self._lose(word_of(error))
        if isinstance(error, TimeoutError):
            self._stalled()
        return source_error(error, method.removesuffix("Request"))

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
                if wait := self.floods.left(STATE, "*"):
                    self._why_down = f"Telegram asks us to wait {wait:.0f} s"
                    await self.gate.sleep(min(wait, 30.0))
                    continue
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
        async with asyncio.timeout(self.gate.wait_for() * 1.5 + 3 * self.settings.request_timeout):
            await client.connect()
            await client(functions.updates.GetStateRequest())
        self._unknown_key = self._stalls = 0
        self.gate.answered()
        self.connections += 1
        client.add_event_handler(self._pushed, events.Raw(list(UPDATES)))
        self._client = client
        self._up.set()
        for box in [box for boxes in self.boxes.values() for box in boxes]:
            box.reconnected()
        self._keep(self.session.keep_backup)
        await client.disconnected
        self._why_down = "the connection was closed"

    def _ended(self, error: Exception) -> None:
        if is_login_lost(error):
            self._lose(word_of(error))
            return
        if isinstance(error, AuthKeyNotFound):
            self._unknown_key += 1
            if self._unknown_key >= LOST_AFTER:
                self._lose("AuthKeyNotFound")
                return
        if isinstance(error, FloodWaitError):
            self.floods.note(STATE, "*", error.seconds)
        self._why_down = type(error).__name__
        _log.info("telegram account %s: connection ended: %s", self.settings.id, type(error).__name__)

    def _lose(self, reason: str) -> SourceAuthLost:
        """End the use of this session, loudly and for good."""
        if self.lost is None:
            self.lost = reason
            self._keep(lambda: self.session.mark_lost(reason))
            _log.critical("telegram account %s: %s", self.settings.id, self._lost_message())
            self._up.set()  # whoever waits for the connection need not wait any longer
            if self._client is not None:
                _spawn(self._client.disconnect())
            for box in [box for boxes in self.boxes.values() for box in boxes]:
                box.wake()
        return SourceAuthLost(self._lost_message())

    def _keep(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            _log.error("telegram account %s: nothing could be written beside its session: %s", self.settings.id, error)

    def _lost_message(self) -> str:
        return (
            f"Telegram no longer accepts the session of account {self.settings.id} ({self.lost}); it is not used "
            f"again until `monitor telegram login` has been run"
        )

    async def _pushed(self, update: Any) -> None:
        """Only enqueues; must not raise (the library would merely log it)."""
        try:
            UPDATES[type(update)](self.boxes, update)
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


_BACKGROUND: set[asyncio.Future[Any]] = set()


def _spawn(work: Any) -> None:
    """Let it run without waiting; kept referenced until it is done."""
    task = asyncio.ensure_future(_quietly(work))
    _BACKGROUND.add(task)
    task.add_done_callback(_BACKGROUND.discard)


async def _quietly(work: Any) -> None:
    with contextlib.suppress(Exception):
        await work
