"""`run`, `demo`, `status`: the daemon, the daemon on sample pages, and how the daemon is doing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import AsJson, Config, Db

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
    from monitor.cli.serving import serve

    serve(config)


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
