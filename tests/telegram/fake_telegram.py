"""A fake Telegram data centre on loopback for tests: the library's own classes parse requests and write answers.

Real: the key exchange with our RSA key, encryption, history, posts by id, pushes, differences, flood waits, revoked
keys. On top: edits, deletions, albums, service messages, posts that cannot be had, slow answers, storms of
reconnects, lost, doubled and reordered pushes, migration between data centres, passwords and QR codes.
"""

from __future__ import annotations

import asyncio
import os
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import rsa as _rsa
from fake_mtproto import Conn, Raw, RpcErr
from telethon.crypto import AuthKey
from telethon.crypto import rsa as trsa
from telethon.tl import types as T

__all__ = ["KEY", "FakeChannel", "FakeTelegram", "Raw", "RpcErr"]

KEY = _rsa.PrivateKey.load_pkcs1(
    b"""-----BEGIN RSA PRIVATE KEY-----
MIIEpAIBAAKCAQEA44RYsBi2rynoaR0wId3aoCPjC9KDmuo1AMuv2SI+yzu7lFAm
D2ZBcuBBTgKwV8GkAcTOBlcEq9LCXbUQBzNBbm7NAxqplWy3867P/51rZuuJEpxI
pRYRauOahu6aGR5iph6tFFRx45jJZ/urJTUml2ELB4rg0700UbV+zIucBIin1gHg
76vcXPR+ZWTIH+o5JTreD95Dxbq/Lb/HilQNJrjEB9t5ztUy1Jbzv2T8ebmsUTes
5aSRlAOmlbgSyugMjc8WfMGFiq77k8biZGEoc0JZNR9XGBiyZnQYzdMBxCIocU3g
0gqLb2FqMwFBwUUnwGb9usi8YgbRTnxjrgySwwIDAQABAoIBACtlgJciN6JEn5iB
IT+sdfmKrtF/92tSlgaPU3zaq9iPDbH18bSJQB2dyccL+z/Z5yMRO2z5JyJxAnLm
SOber3HVf5RCfytJv/Kimvj6OVS5w30Bw1d91JerTzvCgjEdWxqtijzw+II9j9ke
J2Bi+XfxYi2vnz+z/KlDMarpTDqOzEb0Dheb7X4u7lbporwaCY7q3+T7rWrm2Mx7
Y83OZkh9jKdp22pFxN6E062EZsWuxkWR7ma/rNfCrxb/CrqTKCSoOEUrpvecYNl0
9iDZ42GryxOkSL0g45WLlp0ujs6uLlUcRL9wbUBBN07oUSlLLbSHy8zT4aKodqw7
bYad8G0CgYEA8vL44GWUFcVgEc42+Dyh6Cvjfvyt/zug6WOo+wdvCUb8cV7LMEap
74BncTZEryECDAci83vmfScErd94iUex9SkibanR9vb5NyaVKldxeMBLggsnDa3T
sP4TLnBNetcVRJLatKcer6SzdvrIUD2R3mkkrwBOUDQh5jX5FS6WeGcCgYEA770m
8RWjOgVPDOzdRlBmdViPhNdrKFvFh0k1r5SYPKJfifxU7T1lTu9FOVtC7S9RUsTE
f2bvbsf+ov4bYGXwSzrZOUFxaaCNuzbbSOnyf1i1eeHyi3j185XrtbpxPh4bxJn8
ZWxWp1IBsCsSfgpS0b+XFaaB3hVraJkxGREZiUUCgYEA0gA2InmLVHpEvX9bwp1e
cjqlrdmqaUnYoIT1xu85CnLiuPhweC1MrOp3/8MiAaNtiooMqxy5MgstH0JghYGE
kN7alKJLDMeUyhg+rdfiDLdjTWhofIl5x68HU4fdYUZTau/pvmgKvVaHjlveFIXz
9aU7AU4pY2h8uOqEgMvBYxcCgYAsVfbVrwK4wDKWWVeyoTvRh8dC8fPHSvGEy206
Q2jEDeNNSXULSsdpiaZrrQz7gDyx6eHNDeRJwIK+8e9uLGv7/a4egJPQzPhpHwP+
wAUwt98X40lPsdcKbTdiLFC1BCxud2vN9fMwjmHxioWo+Y/Han8uadSqlZt/hJUn
5ZmrYQKBgQDE2mSJmTKejv/qb+vGINdDVZz0WpPLp5qjpXU03X8T0XI3cj4IoRmU
HInP9MPR2c30sahf2qIaYopGamIDx2aNyooBtys/d93cSbHxqwlXWYyBuCkgci49
PoCriNv9aBqOARnwHvT+LKcdVSpgUW1qH5Taio0zvxwBT1nEbH6fbA==
-----END RSA PRIVATE KEY-----
"""
)
"""A constant test key (generating one takes seconds); it protects nothing."""


@dataclass
class FakeChannel:
    id: int
    username: str | None
    title: str
    access_hash: int
    pts: int = 1
    messages: list[Any] = field(default_factory=list)
    """Ascending by id."""
    log: list[tuple[int, Any]] = field(default_factory=list)
    next_id: int = 1
    hidden: set[int] = field(default_factory=set)
    """Posts that exist and are never given, neither in pages nor by id."""
    unknown: set[int] = field(default_factory=set)
    """Posts whose wire form this version of the library cannot decode."""
    is_private: bool = False
    left: bool = False
    """We are no member: nothing is pushed."""

    def tl(self) -> Any:
        return T.Channel(
            id=self.id,
            title=self.title,
            photo=T.ChatPhotoEmpty(),
            date=datetime(2022, 2, 24, tzinfo=UTC),
            broadcast=True,
            access_hash=self.access_hash,
            username=self.username,
            left=self.left,
        )

    def find(self, post: int) -> Any:
        at = self.place(post)
        return self.messages[at] if at < len(self.messages) and self.messages[at].id == post else None

    def place(self, post: int) -> int:
        """How many posts have a lower id."""
        return bisect_left(self.messages, post, key=lambda m: m.id)


class FakeTelegram:
    def __init__(self, *, dc: int = 2) -> None:
        self.key = KEY
        self.dc = dc
        pub = _rsa.PublicKey(self.key.n, self.key.e)
        self.fingerprint = trsa._compute_fingerprint(pub)
        trsa.add_key(pub.save_pkcs1().decode(), old=False)  # let the library trust us
        self.auth_keys: dict[int, AuthKey] = {}
        self.authorized: set[int] = set()
        self.conns: set[Conn] = set()
        self.channels: dict[int, FakeChannel] = {}
        self.me = T.User(
            id=4242, is_self=True, access_hash=777, first_name="Monitor", phone="99966", status=T.UserStatusEmpty()
        )
        self.calls: list[str] = []
        self.flood: dict[str, list[int]] = {}
        self.flood_of: dict[tuple[str, int], int] = {}
        self.overrides: dict[str, Callable[[Any, Any], Any]] = {}
        self.delays: dict[str, float] = {}
        self.seen: dict[int, dict[int, int]] = {}
        self.too_long_after = 10**9
        self.errors: list[Exception] = []
        self.accepted: list[float] = []
        self.closes_at_once = False
        self.siblings: list[FakeTelegram] = []
        self.password: str | None = None
        self.qr_accepted = False

    # ── running ───────────────────────────────────────────────────────────────────────────────────

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> FakeTelegram:
        self.server = await asyncio.start_server(self._accept, host, port)
        self.host, self.port = self.server.sockets[0].getsockname()
        return self

    async def stop(self) -> None:
        self.server.close()
        for c in list(self.conns):
            for task in c.tasks:
                task.cancel()
            c.writer.close()
        await asyncio.sleep(0)

    def drop_connections(self) -> None:
        for c in list(self.conns):
            c.writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted.append(time.monotonic())
        if self.closes_at_once:
            writer.close()
            return
        conn = Conn(self, reader, writer)
        self.conns.add(conn)
        try:
            await conn.run()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.conns.discard(conn)
            writer.close()

    def authorize(self, auth_key: AuthKey) -> None:
        self.auth_keys[auth_key.key_id] = auth_key
        self.authorized.add(auth_key.key_id)

    # ── what publishers do ────────────────────────────────────────────────────────────────────────

    def add_channel(self, id: int, username: str | None, title: str) -> FakeChannel:
        ch = self.channels[id] = FakeChannel(id, username, title, access_hash=id * 31 + 7)
        return ch

    async def post(self, ch: FakeChannel, text: str, *, push: bool = True, date: Any = None, **more: Any) -> Any:
        m = T.Message(
            id=ch.next_id,
            peer_id=T.PeerChannel(ch.id),
            date=date or datetime.now(UTC).replace(microsecond=0),
            message=text,
            post=True,
            views=1,
            forwards=0,
            **more,
        )
        return await self._add(ch, m, push)

    async def service(self, ch: FakeChannel, *, push: bool = True) -> Any:
        m = T.MessageService(
            id=ch.next_id,
            peer_id=T.PeerChannel(ch.id),
            date=datetime.now(UTC).replace(microsecond=0),
            action=T.MessageActionChatEditTitle(ch.title),
            post=True,
        )
        return await self._add(ch, m, push)

    async def album(self, ch: FakeChannel, captions: Iterable[str], *, push: bool = True, group: int = 0) -> list[Any]:
        group = group or int.from_bytes(os.urandom(6), "big") + 1
        photo = T.MessageMediaPhoto(photo=T.PhotoEmpty(1))
        return [await self.post(ch, text, push=push, grouped_id=group, media=photo) for text in captions]

    def skip(self, ch: FakeChannel, ids: int = 1) -> None:
        """Ids that no post ever had."""
        ch.next_id += ids

    async def edit(self, ch: FakeChannel, post: int, text: str, *, push: bool = True, date: Any = None) -> Any:
        m = ch.find(post)
        m.message, m.edit_date = text, date or datetime.now(UTC).replace(microsecond=0)
        ch.pts += 1
        update = T.UpdateEditChannelMessage(m, ch.pts, 1)
        ch.log.append((ch.pts, update))
        if push:
            await self.push(ch, update)
        return m

    async def delete(self, ch: FakeChannel, ids: Iterable[int], *, push: bool = True) -> None:
        ids = [post for post in ids if ch.find(post)]
        ch.messages = [m for m in ch.messages if m.id not in ids]
        ch.pts += len(ids)
        update = T.UpdateDeleteChannelMessages(ch.id, ids, ch.pts, len(ids))
        ch.log.append((ch.pts, update))
        if push:
            await self.push(ch, update)

    async def _add(self, ch: FakeChannel, m: Any, push: bool) -> Any:
        ch.pts += 1
        ch.next_id += 1
        ch.messages.append(m)
        update = T.UpdateNewChannelMessage(m, ch.pts, 1)
        ch.log.append((ch.pts, update))
        if push:
            await self.push(ch, update)
        return m

    async def push(self, ch: FakeChannel, update: Any) -> None:
        for c in [] if ch.left else list(self.conns):
            if c.key and c.key.key_id in self.authorized and c.session_id is not None:
                self.seen.setdefault(c.key.key_id, {})[ch.id] = ch.pts
                try:
                    await c.push(T.Updates([update], [], [ch.tl()], datetime.now(UTC), 0))
                except ConnectionError:
                    self.conns.discard(c)

    # ── requests ──────────────────────────────────────────────────────────────────────────────────

    def handle(self, conn: Conn, req: Any) -> Any:
        name = type(req).__name__
        self.calls.append(name)
        if self.flood.get(name):
            raise RpcErr(420, f"FLOOD_WAIT_{self.flood[name].pop(0)}")
        channel = getattr(getattr(req, "peer", None) or getattr(req, "channel", None), "channel_id", 0)
        if (name, channel) in self.flood_of:
            raise RpcErr(420, f"FLOOD_WAIT_{self.flood_of[name, channel]}")
        if name in self.overrides:
            return self.overrides[name](conn, req)
        fn = getattr(self, "do_" + name, None)
        if fn is None:
            raise RpcErr(400, "INPUT_METHOD_INVALID")
        if name not in OPEN_CALLS and conn.key.key_id not in self.authorized:
            raise RpcErr(401, "AUTH_KEY_UNREGISTERED")
        return fn(conn, req)

    def do_GetConfigRequest(self, c: Conn, r: Any) -> Any:
        now = int(time.time())
        z = dict.fromkeys(CONFIG_NUMBERS, 1)
        return T.Config(
            date=now,
            expires=now + 3600,
            test_mode=False,
            this_dc=self.dc,
            dc_options=[T.DcOption(s.dc, s.host, s.port) for s in (self, *self.siblings)],
            dc_txt_domain_name="",
            me_url_prefix="https://t.me/",
            webfile_dc_id=2,
            **z,
        )

    def do_SendCodeRequest(self, c: Conn, r: Any) -> Any:
        return T.auth.SentCode(T.auth.SentCodeTypeApp(5), "hash")

    def do_SignInRequest(self, c: Conn, r: Any) -> Any:
        if r.phone_code != "12345":
            raise RpcErr(400, "PHONE_CODE_INVALID")
        if self.password is not None:
            raise RpcErr(401, "SESSION_PASSWORD_NEEDED")
        return self._logged_in(c)

    def do_GetPasswordRequest(self, c: Conn, r: Any) -> Any:
        from fake_mtproto import DH_PRIME
        from telethon.tl.types import PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow as Algo

        algo = Algo(b"salt-one", b"salt-two", 3, DH_PRIME.to_bytes(256, "big"))
        return T.account.Password(
            new_algo=algo,
            new_secure_algo=T.SecurePasswordKdfAlgoUnknown(),
            secure_random=b"",
            has_password=True,
            current_algo=algo,
            srp_B=pow(3, 12345, DH_PRIME).to_bytes(256, "big"),
            srp_id=1,
        )

    def do_CheckPasswordRequest(self, c: Conn, r: Any) -> Any:
        return self._logged_in(c)

    def do_ExportLoginTokenRequest(self, c: Conn, r: Any) -> Any:
        if self.qr_accepted:
            return T.auth.LoginTokenSuccess(self._logged_in(c))
        return T.auth.LoginToken(datetime.fromtimestamp(time.time() + 30, UTC), b"token-of-a-qr-code")

    async def accept_qr(self) -> None:
        """Somebody scanned the code with a phone that is logged in."""
        self.qr_accepted = True
        for c in list(self.conns):
            await c.push(T.UpdateShort(T.UpdateLoginToken(), datetime.now(UTC)))

    def _logged_in(self, c: Conn) -> Any:
        self.authorized.add(c.key.key_id)
        return T.auth.Authorization(self.me)

    def do_GetUsersRequest(self, c: Conn, r: Any) -> Any:
        return [self.me]

    def do_GetStateRequest(self, c: Conn, r: Any) -> Any:
        self.seen[c.key.key_id] = {ch.id: ch.pts for ch in self.channels.values()}
        return T.updates.State(1, 0, datetime.now(UTC), 1, 0)

    def do_GetDifferenceRequest(self, c: Conn, r: Any) -> Any:
        # like Telegram: the account's difference only hints at channels (updateChannelTooLong)
        seen = self.seen.get(c.key.key_id)
        if seen is None:
            return T.updates.DifferenceEmpty(datetime.now(UTC), 1)
        hints = [T.UpdateChannelTooLong(ch.id, ch.pts) for ch in self.channels.values() if seen.get(ch.id, 0) < ch.pts]
        if not hints:
            return T.updates.DifferenceEmpty(datetime.now(UTC), 1)
        state = T.updates.State(1, 0, datetime.now(UTC), 1, 0)
        return T.updates.Difference([], [], hints, [self.channels[h.channel_id].tl() for h in hints], [], state)

    def do_GetChannelDifferenceRequest(self, c: Conn, r: Any) -> Any:
        ch = self._chan(r.channel)
        self.seen.setdefault(c.key.key_id, {})[ch.id] = ch.pts
        missed = [(p, u) for p, u in ch.log if p > r.pts]
        if len(missed) > self.too_long_after:
            dialog = T.Dialog(
                T.PeerChannel(ch.id), ch.messages[-1].id, 0, 0, 0, 0, 0, 0, T.PeerNotifySettings(), pts=ch.pts
            )
            return T.updates.ChannelDifferenceTooLong(dialog, ch.messages[-3:], [ch.tl()], [], final=True, timeout=1)
        if not missed:
            return T.updates.ChannelDifferenceEmpty(ch.pts, final=True, timeout=1)
        part = missed[: r.limit]
        new = [u.message for _, u in part if isinstance(u, T.UpdateNewChannelMessage)]
        other = [u for _, u in part if not isinstance(u, T.UpdateNewChannelMessage)]
        is_final = len(part) == len(missed)
        return T.updates.ChannelDifference(part[-1][0], new, other, [ch.tl()], [], final=is_final, timeout=1)

    def do_ResolveUsernameRequest(self, c: Conn, r: Any) -> Any:
        for ch in self.channels.values():
            if ch.username and ch.username.lower() == r.username.lower():
                return T.contacts.ResolvedPeer(T.PeerChannel(ch.id), [ch.tl()], [])
        raise RpcErr(400, "USERNAME_NOT_OCCUPIED")

    def do_JoinChannelRequest(self, c: Conn, r: Any) -> Any:
        self._chan(r.channel).left = False
        return T.Updates([], [], [self._chan(r.channel).tl()], datetime.now(UTC), 0)

    def do_GetHistoryRequest(self, c: Conn, r: Any) -> Any:
        ch = self._chan(r.peer)
        if r.offset_date.year > 1970 and not r.offset_id:
            end = next((n for n, m in enumerate(ch.messages) if m.date >= r.offset_date), len(ch.messages))
        else:
            end = ch.place(r.offset_id) if r.offset_id else len(ch.messages)
        end -= r.add_offset  # start just below offset_id, then shift by add_offset
        ms = ch.messages[max(end - (r.limit or 100), 0) : max(end, 0)][::-1]
        ms = [m for m in ms if m.id not in ch.hidden]
        return self._answer(ch, ms)

    def do_GetMessagesRequest(self, c: Conn, r: Any) -> Any:
        ch = self._chan(r.channel)
        asked = [i.id for i in r.id]
        ms = [ch.find(post) or T.MessageEmpty(post, T.PeerChannel(ch.id)) for post in asked if post not in ch.hidden]
        return self._answer(ch, ms)

    def _answer(self, ch: FakeChannel, ms: list[Any]) -> Any:
        if any(m.id in ch.unknown for m in ms):
            return Raw(b"\xef\xbe\xad\xde" * 4)
        return T.messages.ChannelMessages(ch.pts, len(ch.messages), ms, [], [ch.tl()], [])

    def _chan(self, peer: Any) -> FakeChannel:
        ch = self.channels.get(getattr(peer, "channel_id", 0))
        if ch is None or ch.access_hash != peer.access_hash:
            raise RpcErr(400, "CHANNEL_INVALID")
        if ch.is_private:
            raise RpcErr(400, "CHANNEL_PRIVATE")
        return ch


OPEN_CALLS = {
    "GetConfigRequest",
    "SendCodeRequest",
    "SignInRequest",
    "GetPasswordRequest",
    "CheckPasswordRequest",
    "ExportLoginTokenRequest",
}

CONFIG_NUMBERS = """
    chat_size_max megagroup_size_max forwarded_count_max online_update_period_ms offline_blur_timeout_ms
    offline_idle_timeout_ms online_cloud_timeout_ms notify_cloud_delay_ms notify_default_delay_ms
    push_chat_period_ms push_chat_limit edit_time_limit revoke_time_limit revoke_pm_time_limit rating_e_decay
    stickers_recent_limit channels_read_media_period call_receive_timeout_ms call_ring_timeout_ms
    call_connect_timeout_ms call_packet_timeout_ms caption_length_max message_length_max
""".split()  # noqa: SIM905
