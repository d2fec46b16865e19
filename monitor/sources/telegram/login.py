"""Logging in, and saying how an account stands. The only place that asks a person anything."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from telethon import errors

from monitor.errors import (
    AlreadyRunning,
    ConfigError,
    InputError,
    OperatorError,
    SourceAuthLost,
    SourceError,
    SourceThrottled,
    SourceUnavailable,
    UnsafePermissions,
)
from monitor.sources.telegram.account import Account
from monitor.sources.telegram.wire import make_client

__all__ = ["AccountStatus", "Question", "login", "status"]

Question = Literal["phone", "code", "password"]
Ask = Callable[[Question], str]
TRIES = 3


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """``state`` in one word, ``detail`` in a sentence; never a phone number, code or key."""

    account: str
    session: Path
    state: Literal["logged_in", "not_logged_in", "lost", "in_use", "unsafe", "damaged", "unreachable"]
    detail: str
    user_id: int | None = None
    waiting: dict[str, datetime] = field(default_factory=dict)


async def login(account: Account, ask: Ask, show_qr: Callable[[str], None] | None = None) -> AccountStatus:
    """Log the account in and keep the session (0600). ``ask`` answers ``phone``, ``code`` and ``password`` (2FA) in a
    thread of its own; with ``show_qr`` a ``tg://login`` address is shown to be scanned instead of phone and code.

    Raises ``UnsafePermissions``, ``AlreadyRunning``, ``InputError`` (a wrong answer), ``SourceError``.
    """
    account.session.create()
    account.session.check()
    account.session.lock()
    client = None
    try:
        client = make_client(account.settings, account.session, account.gate)
        if account.session.lost() is not None:
            client = await _without_key(client, account)
        try:
            await client.connect()
        except (errors.AuthKeyNotFound, errors.AuthKeyDuplicatedError):
            client = await _without_key(client, account)
            await client.connect()
        me = await client.get_me() or await (_by_qr(client, ask, show_qr) if show_qr else _by_code(client, ask))
        await client.disconnect()
        account.session.clear_lost()
        account.session.keep_backup()
        account.lost = None
        return AccountStatus(account.settings.id, account.session.path, "logged_in", "logged in", me.id)
    except (OSError, TimeoutError) as error:
        raise SourceUnavailable(f"Telegram cannot be reached: {type(error).__name__}") from None
    except errors.FloodWaitError as error:
        raise SourceThrottled(
            f"Telegram asks us to wait {error.seconds} s before another login", retry_after=error.seconds
        ) from None
    except errors.ApiIdInvalidError:
        raise ConfigError(f"telegram account {account.settings.id}: api_id or api_hash is wrong") from None
    except errors.RPCError as error:  # its text may quote what was sent
        raise InputError(f"Telegram refuses the login: {type(error).__name__.removesuffix('Error')}") from None
    finally:
        if client is not None:
            await client.disconnect()
        account.session.unlock()


async def _without_key(client: Any, account: Account) -> Any:
    """A client made anew without the dead key of the session; what the session knows about channels stays."""
    client.session.auth_key = None
    client.session.save()
    await client.disconnect()
    with contextlib.suppress(Exception):
        await client.disconnected  # takes the reason with it, which is logged as lost otherwise
    return make_client(account.settings, account.session, account.gate)


async def _by_code(client: Any, ask: Ask) -> Any:
    phone = await asyncio.to_thread(ask, "phone")
    await client.send_code_request(phone)
    for _ in range(TRIES):
        code = await asyncio.to_thread(ask, "code")
        try:
            return await client.sign_in(phone, code)
        except errors.SessionPasswordNeededError:
            return await _by_password(client, ask)
        except (errors.PhoneCodeInvalidError, errors.PhoneCodeEmptyError):
            continue
    raise InputError(f"the code was wrong {TRIES} times; start again to be sent a new one")


async def _by_password(client: Any, ask: Ask) -> Any:
    for _ in range(TRIES):
        password = await asyncio.to_thread(ask, "password")
        try:
            return await client.sign_in(password=password)
        except errors.PasswordHashInvalidError:
            continue
    raise InputError(f"the password was wrong {TRIES} times")


async def _by_qr(client: Any, ask: Ask, show_qr: Callable[[str], None]) -> Any:
    code = await client.qr_login()
    for _ in range(TRIES * 4):
        show_qr(code.url)
        try:
            return await code.wait()
        except errors.SessionPasswordNeededError:
            return await _by_password(client, ask)
        except TimeoutError:
            await code.recreate()
    raise InputError("the QR code was not scanned; start again")


async def status(account: Account) -> AccountStatus:
    """How the account stands. Asks Telegram only when no daemon holds the session; asks no person anything."""

    def say(state: Any, detail: str, user_id: int | None = None) -> AccountStatus:
        path, waiting = account.session.path, account.floods.waiting()
        return AccountStatus(account.settings.id, path, state, detail, user_id, waiting)

    try:
        account.session.check()
        if (lost := account.session.lost()) is not None:
            return say("lost", f"Telegram no longer accepts it ({lost}); run `monitor telegram login`")
        if not account.session.exists():
            return say("not_logged_in", "run `monitor telegram login`")
        client = await account.client()
        me = await client.get_me()
    except UnsafePermissions as error:
        return say("unsafe", str(error))
    except AlreadyRunning as error:
        return say("in_use", str(error))
    except OperatorError as error:
        return say("damaged", str(error))
    except SourceAuthLost as error:
        return say("in_use" if isinstance(error.__cause__, AlreadyRunning) else "lost", str(error))
    except (SourceError, errors.RPCError, OSError) as error:
        return say("unreachable", str(error) if isinstance(error, SourceError) else type(error).__name__)
    finally:
        await account.close()
    return say("logged_in", "logged in", me.id if me else None)
