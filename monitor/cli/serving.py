"""The daemon as a process: its configuration, its log, its signals. Imports no command line, so that it starts soon."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from pathlib import Path
from typing import Any

import structlog

from monitor import logs
from monitor.config import Settings, load
from monitor.daemon import Daemon
from monitor.errors import MonitorError

__all__ = ["serve", "spare_what_is_loaded"]

log = structlog.get_logger("monitor.daemon")

GARBAGE_AFTER = (10_000, 20, 20)
"""New objects that are more than those gone, before the young are searched; so many times of that for the older."""


def serve(config: Path | None) -> None:
    """Run until a signal says stop. Raises ``MonitorError`` where it cannot start or go on.

    What is loaded at the start stays: it is not searched for garbage, neither while it is loaded nor later."""
    gc.disable()
    settings = load(config, os.environ)
    redactor = logs.setup(level=settings.log.level, style=settings.log.format)
    redactor.add(settings.secrets())
    asyncio.run(_run(settings, config, redactor))


def spare_what_is_loaded() -> None:
    """What is loaded by now is never searched for garbage again, and the rest less often.

    A change that goes to a thousand endpoints makes objects by the hundred thousand, and they go as they came.
    """
    gc.freeze()
    gc.set_threshold(*GARBAGE_AFTER)
    gc.enable()


async def _run(settings: Settings, config: Path | None, redactor: Any) -> None:
    daemon = Daemon(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[None]] = set()

    async def reload() -> None:
        try:
            changed = load(config, os.environ)
            redactor.add(changed.secrets())
            logs.setup(level=changed.log.level, style=changed.log.format, redactor=redactor)
            await daemon.reload(changed)
        except MonitorError as problem:
            log.error("reload.refused", detail=str(problem), hint="the configuration from before stays in use")
        except Exception:
            log.exception("reload.failed", hint="a defect; start again to be sure what is in use")

    def begin_reload() -> None:
        task = asyncio.ensure_future(reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, stop.set)
    loop.add_signal_handler(signal.SIGHUP, begin_reload)
    await daemon.start()
    spare_what_is_loaded()
    try:
        await daemon.run_until(stop)
    finally:
        for task in reloads:
            task.cancel()
        await daemon.stop()
