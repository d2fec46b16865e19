"""The session file and logging in: permissions, damage, a terminal that is not there, secrets that stay secret."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_telegram import FakeTelegram, RpcErr
from rig import Collector, Rig
from telethon.sessions import SQLiteSession, StringSession

from monitor.errors import (
    AlreadyRunning,
    ConfigError,
    InputError,
    OperatorError,
    SourceAuthLost,
    SourceError,
    SourceThrottled,
    SourceUnavailable,
    StoreCorrupt,
    UnsafePermissions,
)
from monitor.sources.telegram import Account, accounts, login, status
from monitor.sources.telegram.session import SessionFile

PHONE, HASH = "+380991234567", "0123456789abcdef0123456789abcdef"


def account(rig: Rig, name: str = "main", **more: Any) -> Account:
    if name not in rig.settings:
        rig.account(name, **more)
    return accounts(rig.settings, rig.folder, rig.clock)[name]


def answers(**given: str) -> Any:
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return given[question]

    ask.asked = asked  # type: ignore[attr-defined]
    return ask


def session_of(rig: Rig, name: str = "main") -> Path:
    return rig.folder / f"{name}.session"


# ── permissions ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
async def test_N09_a_session_that_others_can_read_is_refused(rig: Rig, mode: int) -> None:
    session_of(rig).chmod(mode)
    with pytest.raises(UnsafePermissions, match="chmod 600"):
        rig.source()
    assert rig.srv.accepted == [], "and nothing was connected"


async def test_N09_a_folder_that_others_can_enter_is_refused(rig: Rig) -> None:
    rig.folder.chmod(0o755)
    with pytest.raises(UnsafePermissions, match="chmod 700"):
        rig.source()


async def test_N09_login_makes_everything_for_us_alone(rig: Rig, tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        folder = tmp_path / "fresh" / "deeper"
        one = account(rig, "new", session=str(folder / "new.session"))
        await login(one, answers(phone=PHONE, code="12345"))
    finally:
        os.umask(old)
    assert folder.stat().st_mode & 0o777 == 0o700
    files = {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()}
    assert set(files.values()) == {"0o600"}, files
    assert "new.session.backup" in files


async def test_N09_everything_written_while_running_is_for_us_alone(rig: Rig, kept: Collector) -> None:
    rig.srv.add_channel(1, "kpszsu", "PS")
    rig.srv.flood["GetHistoryRequest"] = [100]
    with pytest.raises(SourceThrottled):
        await rig.source().poll(None)
    await rig.close()
    assert {file.stat().st_mode & 0o077 for file in rig.folder.iterdir()} == {0}
    assert (rig.folder / "main.session.floods").exists()


# ── damage ────────────────────────────────────────────────────────────────────────────────────────


async def test_T19_a_damaged_session_is_refused_and_left_as_it_is(rig: Rig) -> None:
    path = session_of(rig)
    for damage in (b"this is no database" * 100, path.read_bytes()[:1000] + b"\0" * 5000):
        path.write_bytes(damage)
        with pytest.raises(StoreCorrupt, match="telegram login") as caught:
            rig.source()
        assert caught.value.exit_code == 3
        assert path.read_bytes() == damage


async def test_T19_a_read_only_session_is_refused(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.access  # as root every file can be written: the answer of the system is made by hand
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK and real(path, mode))
    with pytest.raises(OperatorError, match="cannot be written"):
        rig.source()


async def test_T19_a_session_locked_by_another_program_is_refused(rig: Rig) -> None:
    other = sqlite3.connect(session_of(rig))
    try:
        other.execute("begin exclusive")
        with pytest.raises(AlreadyRunning, match="another program") as caught:
            rig.source()
        assert caught.value.exit_code == 4
    finally:
        other.close()


async def test_T19_one_process_per_session(rig: Rig, kept: Collector) -> None:
    rig.srv.add_channel(1, "kpszsu", "PS")
    other = SessionFile(session_of(rig))
    other.lock()
    source = rig.source()
    with pytest.raises(SourceAuthLost, match="another process"):
        await source.poll(None)
    other.unlock()
    await source.poll(None)


async def test_T19_a_session_that_is_locked_while_running_is_waited_for(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1, "kpszsu", "PS")
    source = rig.source()
    await kept.poll(source)
    client = await source.account.client()
    client.session.save()
    client.session._conn.execute("pragma busy_timeout = 10")
    other = sqlite3.connect(session_of(rig), isolation_level=None)
    other.execute("begin exclusive")
    await rig.srv.post(ch, "one", push=False)
    rig.clock.advance(30)
    with pytest.raises(SourceError) as caught:
        await source.poll(kept.cursors["kpszsu"])
    assert caught.value.reason == "unavailable"
    other.close()
    for _ in range(100):
        try:
            await kept.poll(source)
            break
        except SourceError:
            await asyncio.sleep(0.01)
    assert kept.newest_texts() == ["one"]


async def test_a_login_in_a_terminal_is_noticed_by_the_running_daemon(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1, "kpszsu", "PS")
    source = rig.source()
    await kept.poll(source)
    rig.srv.authorized.clear()
    rig.clock.advance(30)
    with pytest.raises(SourceAuthLost):
        await source.poll(kept.cursors["kpszsu"])
    await asyncio.sleep(0.02)
    await login(Account(source.account.settings, rig.clock), answers(phone=PHONE, code="12345"))
    await rig.srv.post(ch, "back", push=False)
    for _ in range(20):
        try:
            await kept.poll(source)
            break
        except SourceUnavailable:  # the connection that was refused has yet to be closed
            await asyncio.sleep(0.1)
    assert kept.newest_texts() == ["back"]


async def test_T19_a_session_that_worked_has_a_backup(rig: Rig, kept: Collector) -> None:
    rig.srv.add_channel(1, "kpszsu", "PS")
    await kept.poll(rig.source())
    await rig.close()
    backup = rig.folder / "main.session.backup"
    assert backup.stat().st_mode & 0o777 == 0o600
    session_of(rig).write_bytes(backup.read_bytes())
    await kept.poll(rig.source())


# ── nobody to ask ─────────────────────────────────────────────────────────────────────────────────


async def test_T20_without_a_login_the_source_says_what_to_do_and_asks_nobody(
    srv: FakeTelegram, tmp_path: Path
) -> None:
    rig = Rig(srv, tmp_path / "state")
    rig.account()
    with pytest.raises(SourceAuthLost, match="monitor telegram login"):
        await rig.source().poll(None)
    assert srv.accepted == []
    assert not session_of(rig).exists()
    await rig.close()


async def test_T20_a_session_that_was_never_logged_in_is_not_asked_about(rig: Rig) -> None:
    rig.srv.authorized.clear()
    with pytest.raises(SourceAuthLost, match="monitor telegram login"):
        await rig.source().poll(None)


def test_T20_in_a_process_without_a_terminal_nothing_waits_for_input(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o700)
    code = """
        import asyncio, sys
        from pathlib import Path
        from datetime import UTC, datetime
        from monitor.errors import SourceAuthLost
        from monitor.model import SourceProfile
        from monitor.sources import Deps, build
        class Clock:
            def now(self): return datetime.now(UTC)
        folder = Path(sys.argv[1])
        settings = {"telegram": {"main": {"api_id": 1, "api_hash": "x" * 32}}}
        deps = Deps(None, Clock(), state_dir=folder, settings=settings)
        source = build(SourceProfile("s", "telegram", "@kpszsu"), deps)
        try:
            asyncio.run(source.poll(None))
        except SourceAuthLost as error:
            print(error)
            sys.exit(7)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "state")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        text=True,
    )
    assert (done.returncode, "monitor telegram login" in done.stdout) == (7, True), done.stderr


async def test_a_source_without_an_account_says_how_to_get_one(srv: FakeTelegram, tmp_path: Path) -> None:
    rig = Rig(srv, tmp_path / "state")
    with pytest.raises(ConfigError, match="telegram_web"):
        rig.source()
    rig.settings["main"] = {"api_id": "x", "api_hash": HASH}
    with pytest.raises(ConfigError, match=r"my\.telegram\.org"):
        rig.source()


# ── logging in ────────────────────────────────────────────────────────────────────────────────────


async def test_login_with_phone_and_code(rig: Rig, kept: Collector) -> None:
    ask = answers(phone=PHONE, code="12345")
    found = await login(account(rig, "new"), ask)
    assert (found.state, found.user_id, ask.asked) == ("logged_in", 4242, ["phone", "code"])
    rig.srv.add_channel(1, "kpszsu", "PS")
    await kept.poll(rig.source(options={"account": "new"}))


async def test_login_with_a_password(rig: Rig) -> None:
    rig.srv.password = "secret"
    ask = answers(phone=PHONE, code="12345", password="secret")
    assert (await login(account(rig, "new"), ask)).state == "logged_in"
    assert ask.asked == ["phone", "code", "password"]


async def test_login_with_a_qr_code(rig: Rig) -> None:
    shown: list[str] = []

    def show(url: str) -> None:
        shown.append(url)
        asyncio.get_running_loop().call_later(0.05, lambda: asyncio.ensure_future(rig.srv.accept_qr()))

    found = await login(account(rig, "new"), answers(), show)
    assert found.state == "logged_in"
    assert shown[0].startswith("tg://login?token=")


async def test_login_follows_a_migration_to_another_data_centre(rig: Rig, kept: Collector) -> None:
    far = await FakeTelegram(dc=4).start()
    far.channels = rig.srv.channels
    rig.srv.siblings = [far]
    moved = []

    def elsewhere(conn: Any, request: Any) -> Any:
        moved.append(1)
        raise RpcErr(303, "PHONE_MIGRATE_4")

    rig.srv.overrides["SendCodeRequest"] = elsewhere
    one = account(rig, "new")
    try:
        assert (await login(one, answers(phone=PHONE, code="12345"))).state == "logged_in"
        assert moved == [1]
        rig.srv.add_channel(1, "kpszsu", "PS")
        await kept.poll(rig.source(options={"account": "new"}))
        assert "ResolveUsernameRequest" in far.calls
    finally:
        await rig.close()
        await far.stop()


async def test_login_gives_up_after_three_wrong_codes(rig: Rig) -> None:
    ask = answers(phone=PHONE, code="11111")
    with pytest.raises(InputError, match="3 times"):
        await login(account(rig, "new"), ask)
    assert ask.asked == ["phone", "code", "code", "code"]


async def test_login_makes_a_lost_session_usable_again(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1, "kpszsu", "PS")
    source = rig.source()
    await kept.poll(source)
    rig.srv.auth_keys.clear()
    rig.srv.drop_connections()
    for _ in range(100):
        await asyncio.sleep(0.01)
        if source.account.lost:
            break
    await rig.close()
    assert (await status(account(rig))).state == "lost"
    await login(account(rig), answers(phone=PHONE, code="12345"))
    assert (await status(account(rig))).state == "logged_in"
    await rig.srv.post(ch, "back", push=False)
    await kept.poll(rig.source())
    assert kept.newest_texts() == ["back"]


@pytest.mark.parametrize("fault", ["forgotten", "duplicated"])
async def test_login_replaces_a_key_that_died_unnoticed(rig: Rig, fault: str) -> None:
    if fault == "forgotten":
        rig.srv.auth_keys.clear()
    else:
        dead = set(rig.srv.auth_keys)

        def refuse(conn: Any, request: Any) -> Any:
            if conn.key.key_id in dead:
                raise RpcErr(406, "AUTH_KEY_DUPLICATED")
            return rig.srv.do_GetUsersRequest(conn, request) if conn.key.key_id in rig.srv.authorized else unknown()

        def unknown() -> Any:
            raise RpcErr(401, "AUTH_KEY_UNREGISTERED")

        rig.srv.overrides["GetUsersRequest"] = refuse
    assert (await login(account(rig), answers(phone=PHONE, code="12345"))).state == "logged_in"


async def test_login_while_the_daemon_runs_is_refused(rig: Rig) -> None:
    other = SessionFile(session_of(rig))
    other.lock()
    with pytest.raises(AlreadyRunning):
        await login(account(rig), answers())
    assert (await status(account(rig))).state == "in_use"
    other.unlock()


async def test_status_says_how_the_account_stands(rig: Rig) -> None:
    assert (await status(account(rig))).state == "logged_in"
    assert (await status(account(rig, "never"))).state == "not_logged_in"
    one = account(rig)
    session_of(rig).chmod(0o644)
    assert (await status(one)).state == "unsafe"
    session_of(rig).chmod(0o600)
    rig.settings["main"]["patience"] = 0.05
    rig.srv.closes_at_once = True
    found = await status(account(rig))
    assert (found.state, "no connection" in found.detail) == ("unreachable", True)


# ── secrets ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def all_logs() -> Iterator[list[str]]:
    """Everything that anybody logs at any level, as text, with tracebacks."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(logging.Formatter().format(record))

    root, handler = logging.getLogger(), Keep(level=1)
    old = root.level
    root.addHandler(handler)
    root.setLevel(1)
    yield lines
    root.removeHandler(handler)
    root.setLevel(old)


async def test_N10_no_secret_in_logs_errors_or_reprs(
    rig: Rig, kept: Collector, all_logs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    one = account(rig, "new", api_hash=HASH)

    async def attempt(work: Any) -> None:
        try:
            told.append(repr(await work))
        except Exception as error:
            told.extend((str(error), repr(error), repr(error.__cause__), repr(error.__context__)))

    def refuse(conn: Any, request: Any) -> Any:
        raise RpcErr(400, "PHONE_NUMBER_INVALID")

    rig.srv.overrides["SendCodeRequest"] = refuse
    await attempt(login(one, answers(phone=PHONE, code="12345")))
    rig.srv.overrides.clear()
    rig.srv.flood["SendCodeRequest"] = [300]
    await attempt(login(one, answers(phone=PHONE, code="12345")))
    rig.srv.password = "my-2fa-password"
    await attempt(login(one, answers(phone=PHONE, code="12345", password="my-2fa-password")))
    await attempt(status(account(rig, "new")))
    rig.srv.add_channel(1, "kpszsu", "PS")
    source = rig.source(options={"account": "new"})
    await attempt(source.poll(None))
    rig.srv.drop_connections()
    rig.srv.overrides["GetStateRequest"] = refuse
    rig.clock.advance(60)
    await attempt(source.poll(None))
    told.extend((repr(source.account), repr(source.account.settings), repr(source), repr(one.session)))
    session = SQLiteSession(str(session_of(rig, "new")))
    text, key = StringSession.save(session), session.auth_key.key
    session.close()
    everything = "\n".join([*all_logs, *told, *capsys.readouterr()])
    for secret in (HASH, PHONE, PHONE[1:], "my-2fa-password", text, repr(key)[2:40], key.hex()[:40]):
        assert secret not in everything
    assert "99966" not in everything, "nor the account's own number"
