"""`run`, `demo`, `status`: the daemon, the daemon on sample pages, and how the daemon is doing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import AsJson, Config, Db

if TYPE_CHECKING:
    from monitor.config import Settings

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command()(run)
    app.command()(demo)
    app.command()(status)


def run(config: Config = None) -> None:
    """Run the daemon: read the sources, keep what they say, tell the endpoints, serve the API.

    SIGTERM and Ctrl-C stop it in order, SIGHUP reloads the configuration. Exit codes: 2 configuration, 3 database,
    4 another instance is running, 5 the port is taken.
    """
    import asyncio

    from monitor import logs
    from monitor.cli.options import settings_of

    settings = settings_of(config)
    redactor = logs.setup(level=settings.log.level, style=settings.log.format)
    redactor.add(settings.secrets())
    asyncio.run(_run(settings, config, redactor))


async def _run(settings: Settings, config: Path | None, redactor: Any) -> None:
    import asyncio
    import signal

    import structlog

    from monitor import logs
    from monitor.cli.options import settings_of
    from monitor.daemon import Daemon
    from monitor.errors import MonitorError

    log = structlog.get_logger("monitor.daemon")
    daemon = Daemon(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[None]] = set()

    async def reload() -> None:
        try:
            changed = settings_of(config)
            redactor.add(changed.secrets())
            logs.setup(level=changed.log.level, style=changed.log.format, redactor=redactor)
            await daemon.reload(changed)
        except MonitorError as problem:
            log.error("reload.refused", detail=str(problem), hint="the configuration from before stays in use")

    def begin_reload() -> None:
        task = asyncio.ensure_future(reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, stop.set)
    loop.add_signal_handler(signal.SIGHUP, begin_reload)
    await daemon.start()
    try:
        await daemon.run_until(stop)
    finally:
        await daemon.stop()


def demo(
    speed: Annotated[float, typer.Option(min=0.01, help="How fast; 1 tells the nights in under a minute.")] = 1.0,
    folder: Annotated[Path | None, typer.Option(help="Keep database, log and configuration here.")] = None,
    port: Annotated[int, typer.Option(help="Port of the API; 0 takes a free one.")] = 0,
) -> None:
    """Show the whole path on recorded nights: sample pages on loopback, no account, no network."""
    from monitor import logs
    from monitor.cli.output import console
    from monitor.demo.play import play

    logs.setup(level="error", style="console")
    raise typer.Exit(play(console(), speed=speed, folder=folder, port=port))


def status(config: Config = None, db: Db = None, as_json: AsJson = False) -> None:
    """Say what is known now: regions by state, how the sources are doing, what waits to be delivered."""
    from monitor.cli import overview
    from monitor.cli.options import settings_of

    settings = settings_of(config) if db is None else None
    overview.show(settings, db, as_json=as_json)
