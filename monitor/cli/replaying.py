"""`replay FILE`: old posts through the whole path, into a database of their own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import AsJson, Config, settings_of
from monitor.errors import ConfigError, InputError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.daemon.replay import Tally
    from monitor.model import Endpoint, Item

__all__ = ["register"]

BEFORE = datetime(1990, 1, 1, tzinfo=UTC)
"""Where the clock stands before the first post: earlier than any."""


def register(app: typer.Typer) -> None:
    app.command()(replay)


def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE[.gz]", help="JSONL of posts, a Telegram export, a saved page.")],
    db: Annotated[
        str | None, typer.Option("--db", help="Database [default: ./replay-NAME.db, which must not exist].")
    ] = None,
    deliver: Annotated[
        str | None, typer.Option(help="Tell this endpoint of the configuration instead of the bundled receiver.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Run old posts through reading, state, store and delivery, on their own clock.

    Nothing leaves this machine unless --deliver names an endpoint: webhooks go to the bundled receiver on loopback,
    which verifies them. Exit code 1 if lines of the file could not be read.
    """
    import asyncio

    from monitor import logs
    from monitor.cli.output import note, print_json

    settings = _settings(config, file, db)
    logs.setup(level="error", style="console").add(settings.secrets())
    tally, told = asyncio.run(_replay(file, settings, deliver, is_quiet=as_json))
    found = {"file": str(file), "db": settings.store_url, **tally.as_json(), "deliveries": told}
    if as_json:
        print_json(found)
    else:
        _show(found)
    if tally.unreadable:
        note(f"{tally.unreadable} lines could not be read; they are left out")
    raise typer.Exit(1 if tally.unreadable else 0)


def _settings(config: Path | None, file: Path, db: str | None) -> Settings:
    """The configuration (that of the package where there is none) with a database of the replay's own."""
    from monitor.cli.starting import packaged_config
    from monitor.config.models import StoreSection

    if not file.is_file():
        raise InputError(f"{file}: there is no such file")
    try:
        settings = settings_of(config)
    except ConfigError:
        if config is not None or Path("config/monitor.toml").exists():
            raise
        settings = settings_of(packaged_config() / "monitor.toml")
    if db is None:
        path = Path(f"replay-{file.name.split('.')[0]}.db")
        if path.exists():
            raise InputError(f"{path}: is there already, from an earlier replay; remove it or name another with --db")
        db = str(path.resolve())
    url = db if "://" in db else f"sqlite:///{Path(db).resolve()}"
    return replace(settings, store=StoreSection(url=url))


async def _replay(
    file: Path, settings: Settings, deliver: str | None, *, is_quiet: bool
) -> tuple[Tally, dict[str, Any]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="monitor-replay-")))
        if deliver is not None:
            chosen = replace(settings, endpoints=(_endpoint(settings, deliver),))
            return await _through(file, chosen, is_quiet)
        from monitor.demo.play import receiver as bundled_receiver

        async with bundled_receiver(folder) as address:
            chosen = replace(settings, endpoints=(_bundled(address, folder),))
            tally, told = await _through(file, chosen, is_quiet)
            received = (folder / "received.jsonl").read_text("utf-8") if (folder / "received.jsonl").exists() else ""
            return tally, {**told, "verified": received.count('"verified": true')}


async def _through(file: Path, settings: Settings, is_quiet: bool) -> tuple[Tally, dict[str, Any]]:
    import asyncio

    from monitor.cli.output import note, progress
    from monitor.daemon.parts import build_parts
    from monitor.daemon.replay import HeldClock, Replay, deliver_all
    from monitor.sources.file import InputProblem, read_file
    from monitor.sources.records import finder

    count = await asyncio.to_thread(_count, file)
    clock = HeldClock(BEFORE)
    parts = build_parts(settings, clock, None, None, lambda delivery, at: None)
    parts.rules = replace(parts.rules, heartbeat=None)
    parts.pipeline.rules = parts.rules
    run = Replay(parts.pipeline, dict(parts.rules.profiles), clock)

    def items() -> Iterator[Item]:
        for found in read_file(file, source=f"replay-{file.name.split('.')[0]}", find=finder(settings.profiles)):
            if isinstance(found, InputProblem):
                run.tally.unreadable += 1
                note(f"{file}, {found}")
            else:
                yield _named(found)

    try:
        with progress(is_quiet=is_quiet) as bar:
            task = bar.add_task("replaying", total=count)
            tally = await asyncio.to_thread(run.run, items(), lambda done: bar.advance(task, done))
            task = bar.add_task("delivering", total=tally.queued)

            def left(number: int) -> None:
                bar.update(task, completed=tally.queued - number)

            waiting = await deliver_all(parts.book, clock, lambda: parts.store.waiting().get("due", 0), 120.0, left)
    finally:
        await parts.http.close()
        parts.store.close()
    return tally, {"queued": tally.queued, "waiting": waiting, "endpoint": settings.endpoints[0].id}


def _named(item: Item) -> Item:
    """A channel without a profile is a source of its own, so that its word is told apart from others'."""
    if not item.source.startswith("replay-") or item.channel is None:
        return item
    return replace(item, source=f"replay:{item.channel}")


def _endpoint(settings: Settings, name: str) -> Endpoint:
    """The endpoint of the configuration that the user names."""
    for endpoint in settings.endpoints:
        if endpoint.id == name:
            return endpoint
    known = ", ".join(endpoint.id for endpoint in settings.endpoints) or "none"
    raise ConfigError(f"--deliver: no [[endpoint]] is called {name!r}; known: {known}")


def _bundled(address: str, folder: Path) -> Endpoint:
    """The receiver that comes with the program, on loopback."""
    from urllib.parse import urlsplit

    from monitor.model import Endpoint

    port = urlsplit(address).port
    return Endpoint(
        id="bundled-receiver",
        type="webhook",
        target=address,
        secrets=((folder / "webhook.secret").read_text().strip(),),
        is_trusted=True,
        allow_networks=("127.0.0.0/8",),
        options={"allow_http": True, "ports": [port]},
    )


def _count(file: Path) -> int:
    """Lines of the file, for the progress bar."""
    import gzip

    opened: Any = gzip.open if file.suffix == ".gz" else open
    try:
        with opened(file, "rb") as lines:
            return sum(1 for _ in lines)
    except (OSError, EOFError) as problem:
        raise InputError(f"{file}: cannot be read: {problem}") from None


def _show(found: dict[str, Any]) -> None:
    from monitor.cli.output import table, when

    print(
        f"REPLAY of {found['file']}, {when(found['first_at'])} to {when(found['last_at'])}: {found['items']} posts, "
        f"{found['with_reports']} with reports, {found['unreadable']} unreadable lines"
    )
    for name in ("reports", "signals", "changes", "set_aside", "sources"):
        rows = list(found[name].items())[:20]
        table(name.replace("_", " "), ("What", "Number"), rows, empty=f"no {name.replace('_', ' ')}")
    told = found["deliveries"]
    verified = f", {told['verified']} verified by the receiver" if "verified" in told else ""
    print(f"deliveries to {told['endpoint']}: {told['queued']}{verified}, {told['waiting']} waiting")
    print(f"database: {found['db']}  (monitor series alerts --db FILE)")
