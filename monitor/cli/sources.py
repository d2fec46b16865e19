"""`sources list|check`: who is read, and whether they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import AsJson, Config, settings_of

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.model import SourceProfile

__all__ = ["app"]

app = typer.Typer(help="The sources that are read.", no_args_is_help=True)


@app.command("list")
def list_(
    config: Config = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that are switched off.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the sources of the configuration."""
    from monitor.cli.output import print_json, table
    from monitor.web.plain import plain

    settings = settings_of(config)
    shown = settings.profiles if every else settings.watched
    if as_json:
        print_json([{**plain(profile), "options": None} for profile in shown])
        return
    table(
        f"{len(settings.watched)} of {len(settings.profiles)} sources enabled",
        ("Id", "Kind", "Rank", "Side", "Languages", "Every", "Address", ""),
        [
            (p.id, p.kind, p.rank, p.side, " ".join(p.languages), f"{p.poll_every.total_seconds():g} s", p.address,
             "" if p.enabled else "off")
            for p in shown
        ],
        empty="No source is enabled; see config/sources/.",
    )  # fmt: skip


@app.command()
def check(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids; none: every enabled source.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Ask each source once and say what came; nothing is stored. Exit code 1 if one failed."""
    import asyncio

    from monitor.cli.output import print_json, table
    from monitor.errors import ConfigError

    settings = settings_of(config)
    known = {profile.id: profile for profile in settings.profiles}
    for name in ids or ():
        if name not in known:
            raise ConfigError(f"no source is called `{name}`; `monitor sources list --all` shows the ids")
    chosen = [known[name] for name in ids] if ids else list(settings.watched)
    rows = asyncio.run(_ask_all(settings, chosen))
    if as_json:
        print_json(rows)
    else:
        table(
            "Asked once",
            ("Source", "Outcome", "Items", "Newest", "Channel id", "Detail"),
            [(r["source"], r["outcome"], r["items"], r["newest"], r["channel_id"], r["detail"]) for r in rows],
            empty="No source is enabled.",
        )
    raise typer.Exit(1 if any(row["outcome"] == "failed" for row in rows) else 0)


async def _ask_all(settings: Settings, chosen: list[SourceProfile]) -> list[dict[str, Any]]:
    import asyncio

    from monitor.catalogue import load_gazetteer
    from monitor.cli.output import progress
    from monitor.clock import SystemClock
    from monitor.daemon.parts import source_http
    from monitor.errors import MonitorError
    from monitor.sources import Deps, build

    http = source_http(settings)
    deps = Deps(
        http=http,
        clock=SystemClock(),
        gazetteer=load_gazetteer(),
        state_dir=settings.state_folder,
        settings={"telegram": settings.accounts, **settings.keys},
    )
    with progress() as bar:
        task = bar.add_task("asking", total=len(chosen))

        async def ask(profile: SourceProfile) -> dict[str, Any]:
            try:
                return await _ask(build(profile, deps), settings.limits.poll_seconds)
            except MonitorError as problem:  # it cannot even be made; the others are asked all the same
                return {**_row(profile.id), "outcome": "failed", "detail": str(problem)}
            finally:
                bar.advance(task)

        try:
            return list(await asyncio.gather(*map(ask, chosen)))
        finally:
            await http.close()


def _row(source: str) -> dict[str, Any]:
    return {"source": source, "outcome": "ok", "items": 0, "newest": None, "channel_id": None, "detail": None}


async def _ask(source: Any, seconds: float) -> dict[str, Any]:
    import asyncio

    from monitor.errors import MonitorError
    from monitor.web.plain import utc

    row = _row(source.profile.id)
    try:
        async with asyncio.timeout(seconds):
            batch = await source.poll(None)
    except MonitorError as problem:
        return {**row, "outcome": "failed", "detail": str(problem)}
    except TimeoutError:
        return {**row, "outcome": "failed", "detail": f"no complete answer within {seconds:g} s"}
    except Exception as problem:
        detail = f"a defect in this kind of source ({type(problem).__name__})"
        return {**row, "outcome": "failed", "detail": detail}
    finally:
        await source.close()
    keys = [item.key for item in batch.items if item.key.startswith("tg:")]
    times = [item.published for item in batch.items if item.published]
    return {
        **row,
        "items": len(batch.items),
        "newest": utc(max(times)) if times else None,
        "channel_id": int(keys[0].removeprefix("tg:").split("/")[0]) if keys else None,
        "detail": batch.look.detail,
    }
