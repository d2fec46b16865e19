"""`backfill`: the history of one Telegram channel into the database, through an account or the web preview."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import AsJson, Config, Db, moment, settings_of
from monitor.errors import ConfigError, InputError, SourceThrottled, SourceUnavailable

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.daemon.parts import Parts
    from monitor.model import Batch, SourceProfile

__all__ = ["register"]

PAGES = 10
"""Pages of the web preview in one commit."""

LONGEST_WAIT = 900.0
"""Seconds that a preview may ask us to wait before the backfill ends, to be gone on with later."""

Show = Callable[[float, float], None]


def register(app: typer.Typer) -> None:
    app.command()(backfill)


def backfill(
    channel: Annotated[str, typer.Argument(help="Id of a source of kind telegram or telegram_web.")],
    since: Annotated[str, typer.Option("--since", help="Read back to this time (2024-11-10).")],
    config: Config = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Read a channel's history into the database, as late items that raise no alert; the daemon must be stopped.

    Stopped half-way, the same command goes on where it was. The last minutes are left to the daemon, so that what is
    news is told as news; until the daemon has looked again, the source counts as having a gap.
    """
    import asyncio

    from monitor import logs
    from monitor.cli.output import print_json
    from monitor.clock import SystemClock
    from monitor.config.models import StoreSection

    start, now = moment(since, "--since"), SystemClock().now()
    if start is None or start >= now:
        raise InputError("--since: is not in the past")
    settings = settings_of(config)
    profile = _profile(settings, channel)
    if db is not None:
        url = db if "://" in db else f"sqlite:///{Path(db).resolve()}"
        settings = replace(settings, store=StoreSection(url=url))
    logs.setup(level="error", style="console").add(settings.secrets())
    found = asyncio.run(_backfill(settings, profile, start, is_quiet=as_json))
    if as_json:
        print_json(found)
    else:
        typer.echo(
            f"{channel}: {found['read']} posts read back to {start:%Y-%m-%d %H:%M} UTC, {found['new']} new, "
            f"{found['known']} known already, {found['holes']} missing ids that could not be had"
        )


def _profile(settings: Settings, channel: str) -> SourceProfile:
    for profile in settings.profiles:
        if profile.id == channel:
            if profile.kind not in ("telegram", "telegram_web"):
                raise InputError(f"source {channel} is of kind {profile.kind}; only Telegram channels have a history")
            return profile
    raise ConfigError(f"no source is called `{channel}`; `monitor sources list --all` shows the ids")


async def _backfill(settings: Settings, profile: SourceProfile, since: datetime, *, is_quiet: bool) -> dict[str, Any]:
    import asyncio

    from monitor.cli.output import progress
    from monitor.clock import SystemClock
    from monitor.daemon.parts import build_parts
    from monitor.importers.history import as_history

    clock = SystemClock()
    parts = build_parts(settings, clock, None, None, lambda delivery, at: None)
    until = clock.now() - parts.rules.late_after
    found: dict[str, Any] = {"source": profile.id, "since": since, "read": 0, "new": 0, "known": 0, "holes": 0}
    read = _account if profile.kind == "telegram" else _preview
    try:
        with progress(is_quiet=is_quiet) as bar:
            task = bar.add_task(f"reading {profile.id}", total=None)

            def show(done: float, whole: float) -> None:
                bar.update(task, completed=round(done), total=round(whole))

            async for batch in read(parts, profile, since, show):
                told = as_history(batch, until, since)
                outcome = await asyncio.to_thread(parts.pipeline.run, told, clock.now())
                counted = outcome.admitted or {}
                found["read"] += len(told.items)
                found["new"] += counted.get("new", 0)
                found["known"] += counted.get("same", 0) + counted.get("outdated", 0)
                found["holes"] += sum(hole.last - hole.first + 1 for hole in told.holes if hole.cause == "unfetchable")
    finally:
        await parts.http.close()
        parts.store.close()
    return found


async def _account(parts: Parts, profile: SourceProfile, since: datetime, show: Show) -> AsyncIterator[Batch]:
    """Through an account, oldest first; the source's own progress file says where to go on."""
    from monitor.cli.output import note
    from monitor.sources import telegram

    source: Any = parts.source(profile)
    try:
        whole = await telegram.estimate(source.account, profile, since)
        note(f"{profile.id}: {whole.posts} posts in {whole.requests} requests, about {whole.seconds:.0f} s")
        async for batch in telegram.backfill(
            source.account, profile, since,
            progress=lambda done, all_of_it: show(done - all_of_it.first + 1, all_of_it.posts),
        ):  # fmt: skip
            yield batch
    finally:
        await source.close()


async def _preview(parts: Parts, profile: SourceProfile, since: datetime, show: Show) -> AsyncIterator[Batch]:
    """Through the web preview, newest first. Asking for the next batch says that the last one has been committed:
    that far a later call with the same ``since`` goes on. A gap that cannot be read ends it with ``SourceError``."""
    from monitor.cli.output import note

    now = parts.clock.now()
    hours = (now - since) / timedelta(hours=1)
    more = {"pages": PAGES, "seconds": 600.0, "history_hours": hours, "history_posts": 10**9}
    source = parts.source(replace(profile, options={**profile.options, **more}))
    place = parts.settings.state_folder / f"backfill-{profile.id}-{since:%Y%m%dT%H%M%S}.cursor"
    cursor = place.read_text("utf-8") if place.exists() else None
    days = (now - since) / timedelta(days=1)
    note(f"{profile.id}: {days:.1f} days to read back, newest first" + (", going on" if cursor else ""))
    try:
        is_done = False
        while not is_done:
            try:
                batch = await source.poll(cursor)
            except (SourceThrottled, SourceUnavailable) as error:
                await _wait(error.retry_after, str(error))
                continue
            yield batch
            cursor = batch.cursor
            _keep(place, cursor or "")
            oldest = min((item.published for item in batch.items if item.published), default=now)
            show((now - oldest) / timedelta(days=1), max(days, 1))
            is_done = not batch.more and not _has_gaps(cursor)
            if not is_done and not batch.more:
                await _wait(batch.look.retry_after, batch.look.detail or "paging back failed")
        place.unlink(missing_ok=True)
    finally:
        await source.close()


def _has_gaps(cursor: str | None) -> bool:
    from monitor.sources.telegram_cursor import Cursor

    return bool(Cursor.load(cursor).gaps)


async def _wait(seconds: float | None, words: str) -> None:
    """Sit a short wait out; a longer one, or a failure, ends the backfill for now."""
    import asyncio

    if seconds is None or seconds > LONGEST_WAIT:
        raise SourceUnavailable(f"{words}; the same command goes on from here later")
    await asyncio.sleep(seconds)


def _keep(place: Path, cursor: str) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_suffix(".new")
    descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(cursor)
    draft.replace(place)
