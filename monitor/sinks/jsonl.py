"""A file of JSON lines: appended, flushed to disk before it counts as told, never truncated."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from monitor.errors import ConfigError, SinkError
from monitor.model import JSON, Delivery, Endpoint
from monitor.sinks import Deps

__all__ = ["JsonLines"]


class JsonLines:
    """``target`` is the path. The file is made with mode 0600. A line that was cut by a crash is ended first."""

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        if not endpoint.target:
            raise ConfigError(f"endpoint {endpoint.id}: type jsonl needs a file as its url")
        self._path = Path(endpoint.target.removeprefix("file://"))
        self._turn = asyncio.Lock()

    async def send(self, delivery: Delivery) -> Mapping[str, JSON]:
        """Append one line. Raises ``SinkError`` when the file cannot be written; nothing half-written counts."""
        async with self._turn:
            try:
                await asyncio.to_thread(_append, self._path, delivery.body)
            except OSError as error:
                raise SinkError(f"the file cannot be written: {error.strerror or type(error).__name__}") from error
        return {"status": "written", "bytes": len(delivery.body) + 1}

    async def close(self) -> None:
        """The file is opened anew for each line, so that it can be moved away at any time."""


def _append(path: Path, body: bytes) -> None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(handle).st_size
        is_cut = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        line = (b"\n" if is_cut else b"") + body + b"\n"
        written = os.write(handle, line)
        if written != len(line):
            raise OSError(28, "the line was cut: no space left")
        os.fsync(handle)
    finally:
        os.close(handle)
