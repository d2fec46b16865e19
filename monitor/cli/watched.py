"""`series coverage|sources`: how the time was being watched, the last look at each source, holes; also as of a time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from monitor.store import SqlStore

__all__ = ["show"]


def show(
    store: SqlStore,
    what: str,
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """Print it: the newest ``limit`` rows. Single looks are kept for some hours; before that ``sources`` has no row."""
    from monitor.cli.output import print_json, table, when
    from monitor.clock import SystemClock
    from monitor.formats.plain import plain
    from monitor.store import series

    whole = series.coverage_of(store, start=since, end=until or SystemClock().now(), as_of=as_of)
    found: dict[str, Any] = {"coverage": plain(whole)}
    if what == "sources":
        looks = series.sources(store, as_of=as_of)[:limit]
        found["rows"] = plain(looks)
        heads = ("Source", "Last look", "Outcome", "Last success", "Failures", "Reason")
        rows: list[Any] = [
            (one.source, when(one.look.at), one.look.outcome, when(one.ok_at), one.failures or "", one.look.reason)
            for one in looks
        ]
    else:
        spans = series.coverage(store, start=since, end=until, as_of=as_of)[-limit:]
        holes = series.holes(store, as_of=as_of)[:limit]
        found |= {"rows": plain(spans), "holes": plain(holes)}
        heads = ("Source", "Health", "Reason", "From", "To", "")
        rows = [(one.source, one.health, one.reason, when(one.started_at), when(one.ended_at), "") for one in spans]
        rows += [
            (f"channel {one.channel}", "posts missing", one.cause, when(one.around[0]), when(one.around[1]),
             f"{one.first} to {one.last}")
            for one in holes
        ]  # fmt: skip
    if as_json:
        print_json(found)
        return
    table(what, heads, rows, empty="Nothing is recorded for this time.")
    typer.echo(f"Coverage of the time asked about: {whole.status}")
