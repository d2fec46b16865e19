"""The server side of MTProto 2.0 over TCP "full": key exchange, encryption, containers, answers and pushes."""

from __future__ import annotations

import asyncio
import os
import struct
import time
from hashlib import sha1, sha256
from typing import Any
from zlib import crc32

from telethon import helpers
from telethon.crypto import AES, AuthKey
from telethon.crypto import rsa as trsa
from telethon.extensions import BinaryReader
from telethon.tl import functions as F
from telethon.tl import types as T
from telethon.tl.core import GzipPacked, MessageContainer

DH_PRIME = int(
    "C71CAEB9C6B1C9048E6C522F70F13F73980D40238E3E21C14934D037563D930F48198A0AA7C14058"
    "229493D22530F4DBFA336F6E0AC925139543AED44CCE7C3720FD51F69458705AC68CD4FE6B6B13AB"
    "DC9746512969328454F18FAF8C595F642477FE96BB2A941D5BCD1D4AC8CC49880708FA9B378E3C4F"
    "3A9060BEE67CF9A4A4A695811051907E162753B56B0F6B410DBA74D8A84B2A14B3144E0EF1284754"
    "FD17ED950D5965B4B9DD46582DB1178D169C6BC465B0D6FF9CA3928FEF5B9AE4E418FC15E83EBEA0"
    "F87FA9FF5EED70050DED2849F47BF959D956850CE929851F0D8115F635B105EE2E4E15D04B2454BF"
    "6F4FADF034B10403119CD8E3B92FCC5B",
    16,
)
P, Q = 1229739323, 1402015859  # pq = 1724114033281923457


class RpcErr(Exception):
    """What the server answers instead of a result."""

    def __init__(self, code: int, message: str) -> None:
        self.code, self.message = code, message


class Raw(bytes):
    """An answer that is sent as it is, for what the library cannot decode."""


def _b(n: int) -> bytes:
    return trsa.get_byte_array(n)


class Conn:
    """One connection of a client."""

    def __init__(self, srv: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.srv, self.reader, self.writer = srv, reader, writer
        self.seq_out = 0
        self.key: Any = None
        self.session_id: int | None = None
        self.last_id = 0
        self.content = 0
        self.tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        while True:
            head = await self.reader.readexactly(8)
            n, _ = struct.unpack("<ii", head)
            body = await self.reader.readexactly(n - 8)
            assert crc32(head + body[:-4]) == struct.unpack("<I", body[-4:])[0]
            payload = body[:-4]
            if payload[:8] == bytes(8):
                with BinaryReader(payload[20:]) as r:
                    await self.plain(r.tgread_object())
            else:
                await self.encrypted(payload)

    async def send(self, payload: bytes) -> None:
        d = struct.pack("<ii", len(payload) + 12, self.seq_out) + payload
        self.seq_out += 1
        self.writer.write(d + struct.pack("<I", crc32(d)))
        await self.writer.drain()

    def new_id(self, kind: int) -> int:  # 1: answer, 3: push
        i = (int(time.time() * 2**32) & ~3) | kind
        if i <= self.last_id:
            i = ((self.last_id >> 2) + 1 << 2) | kind
        self.last_id = i
        return i

    # ── key exchange ──────────────────────────────────────────────────────────────────────────────

    async def plain(self, o: Any) -> None:
        ans = self.plain_answer(o)
        if ans is not None:
            raw = bytes(ans)
            await self.send(struct.pack("<qqi", 0, self.new_id(1), len(raw)) + raw)

    def plain_answer(self, o: Any) -> Any:
        if isinstance(o, F.ReqPqMultiRequest):
            self.nonce, self.server_nonce = o.nonce, int.from_bytes(os.urandom(16), "little", signed=True)
            return T.ResPQ(o.nonce, self.server_nonce, _b(P * Q), [self.srv.fingerprint])
        if isinstance(o, F.ReqDHParamsRequest):
            return self._dh_params(o)
        if isinstance(o, F.SetClientDHParamsRequest):
            with BinaryReader(AES.decrypt_ige(o.encrypted_data, *self.tmp)[20:]) as r:
                inner = r.tgread_object()
            gab = pow(int.from_bytes(inner.g_b, "big"), self.a, DH_PRIME)
            key = AuthKey(_b(gab))
            self.srv.auth_keys[key.key_id] = key
            return T.DhGenOk(self.nonce, self.server_nonce, key.calc_new_nonce_hash(self.new_nonce, 1))
        if isinstance(o, T.MsgsAck):
            return None
        raise RuntimeError(o)

    def _dh_params(self, o: Any) -> Any:
        k = self.srv.key
        data = pow(int.from_bytes(o.encrypted_data, "big"), k.d, k.n).to_bytes(255, "big")
        with BinaryReader(data[20:]) as r:
            inner = r.tgread_object()  # PQInnerData
        self.new_nonce = inner.new_nonce
        self.a = int.from_bytes(os.urandom(256), "big")
        self.tmp = helpers.generate_key_data_from_nonce(self.server_nonce, self.new_nonce)
        raw = bytes(
            T.ServerDHInnerData(
                self.nonce, self.server_nonce, 3, _b(DH_PRIME), _b(pow(3, self.a, DH_PRIME)), int(time.time())
            )
        )
        raw = sha1(raw).digest() + raw
        raw += os.urandom(-len(raw) % 16)
        return T.ServerDHParamsOk(self.nonce, self.server_nonce, AES.encrypt_ige(raw, *self.tmp))

    # ── encrypted ─────────────────────────────────────────────────────────────────────────────────

    @staticmethod
    def _kiv(k: bytes, mk: bytes, x: int) -> tuple[bytes, bytes]:
        a = sha256(mk + k[x : x + 36]).digest()
        b = sha256(k[x + 40 : x + 76] + mk).digest()
        return a[:8] + b[8:24] + a[24:], b[:8] + a[8:24] + b[24:]

    async def encrypted(self, p: bytes) -> None:
        key = self.srv.auth_keys.get(struct.unpack("<Q", p[:8])[0])
        if key is None:  # what Telegram does: -404
            await self.send(struct.pack("<i", -404))
            self.writer.close()
            return
        self.key = key
        body = AES.decrypt_ige(p[24:], *self._kiv(key.key, p[8:24], 0))
        assert sha256(key.key[88:120] + body).digest()[8:24] == p[8:24]
        _salt, self.session_id, msg_id, _seq, length = struct.unpack("<qqqii", body[:32])
        with BinaryReader(body[32 : 32 + length]) as r:
            await self.on_obj(msg_id, r.tgread_object())

    async def on_obj(self, msg_id: int, o: Any) -> None:
        if isinstance(o, MessageContainer):
            for m in o.messages:
                await self.on_obj(m.msg_id, m.obj)
            return
        if isinstance(o, GzipPacked):
            with BinaryReader(o.data) as r:
                await self.on_obj(msg_id, r.tgread_object())
            return
        if isinstance(o, T.MsgsAck | T.MsgsStateReq | F.DestroySessionRequest):
            return
        if isinstance(o, F.PingRequest | F.PingDelayDisconnectRequest):
            await self.push(T.Pong(msg_id, o.ping_id), 1)
            return
        while isinstance(
            o,
            F.InvokeWithLayerRequest
            | F.InitConnectionRequest
            | F.InvokeWithoutUpdatesRequest
            | F.InvokeAfterMsgRequest,
        ):
            o = o.query
        delay = self.srv.delays.get(type(o).__name__)
        if delay is None:
            await self.answer(msg_id, o)
        else:  # answers of other requests overtake this one
            task = asyncio.create_task(self.answer_later(delay, msg_id, o))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def answer_later(self, delay: float, msg_id: int, o: Any) -> None:
        await asyncio.sleep(delay)
        try:
            await self.answer(msg_id, o)
        except ConnectionError:
            return

    async def answer(self, msg_id: int, o: Any) -> None:
        try:
            raw = self._ser(self.srv.handle(self, o))
        except RpcErr as e:
            raw = bytes(T.RpcError(e.code, e.message))
        except Exception as e:  # a bug in the fake must not make the client loop
            self.srv.errors.append(e)
            raw = bytes(T.RpcError(500, "INTERNAL_" + type(e).__name__.upper()))
        await self.push_raw(struct.pack("<Iq", 0xF35C6D01, msg_id) + raw, 1)

    @classmethod
    def _ser(cls, res: Any) -> bytes:
        if isinstance(res, bool):
            return struct.pack("<I", 0x997275B5 if res else 0xBC799737)
        if isinstance(res, list):
            return struct.pack("<Ii", 0x1CB5C415, len(res)) + b"".join(map(bytes, res))
        return bytes(res)

    async def push(self, obj: Any, kind: int = 3) -> None:
        await self.push_raw(bytes(obj), kind)

    async def push_raw(self, raw: bytes, kind: int) -> None:
        self.content += 1
        data = struct.pack("<qqqii", 0, self.session_id, self.new_id(kind), self.content * 2 + 1, len(raw)) + raw
        data += os.urandom(-(len(data) + 12) % 16 + 12)
        k = self.key.key
        mk = sha256(k[96:128] + data).digest()[8:24]
        await self.send(struct.pack("<Q", self.key.key_id) + mk + AES.encrypt_ige(data, *self._kiv(k, mk, 8)))
