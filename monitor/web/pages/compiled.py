"""Templates kept compiled: reading one anew takes longer than making the page from it."""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import CodeType

import jinja2

from monitor.atlas import shelves

__all__ = ["Compiled"]


class Compiled(jinja2.BytecodeCache):
    """Files of our own, each under a hash of its bytes, the template's text, and the versions that compiled it; what
    does not match is compiled again."""

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        for shelf in shelves():
            with suppress(OSError, ValueError, EOFError, TypeError):
                kept = (shelf / _name(bucket)).read_bytes()
                if kept[:16] == _seal(bucket, kept[16:]):
                    code = marshal.loads(kept[16:])  # noqa: S302 -- our own file, its hash checked above
                    if isinstance(code, CodeType):
                        bucket.code = code
                        return

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        body = marshal.dumps(bucket.code)
        for shelf in shelves():
            try:
                shelf.mkdir(parents=True, exist_ok=True)
                draft = shelf / f".{_name(bucket)}-{os.getpid()}.tmp"
                draft.write_bytes(_seal(bucket, body) + body)
                draft.replace(shelf / _name(bucket))
            except OSError:
                continue
            return


def _name(bucket: jinja2.bccache.Bucket) -> str:
    return f"page-{bucket.key[:20]}.bin"


def _seal(bucket: jinja2.bccache.Bucket, body: bytes) -> bytes:
    told = f"{sys.version} {jinja2.__version__} {Path(jinja2.__file__).parent} {bucket.checksum}"
    seal = hashlib.blake2b(told.encode(), digest_size=16)
    seal.update(body)
    return seal.digest()
