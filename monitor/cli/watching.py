"""`watch`: committed changes as they come, read beside the daemon, under a line on how things stand."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import AsJson, Config, Db, open_reading, settings_of

if TYPE_CHECKING:
    from monitor.formats.charts import Night
    from monitor.fuse import Rules
    from monitor.model import Change, Gazetteer
    from monitor.store import SqlStore

__all__ = ["register", "sparkline"]

NIGHTS = 14
BARS = "▁▂▃▄▅▆▇█"
NO_COVERAGE, WITHHELD, NOT_STATED = "?", "·", " "
SUMMARY_EVERY = 60.0
AT_ONCE = 1000


def register(app: typer.Typer) -> None:
    app.command()(watch)


def watch(
    region: Annotated[str | None, typer.Option(help="Gazetteer id, with everything below it (UA-63).")] = None,
    last: Annotated[int, typer.Option(min=0, help="Begin with this many changes of the past.")] = 10,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks at the database.")] = 1.0,
    once: Annotated[bool, typer.Option("--once", help="Print what there is and end.")] = False,
    config: Config = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Follow what the daemon commits: one line a change, and from time to time how the regions stand.

    The sparkline shows drones launched against Ukraine in the last nights: `?` a night without coverage, `·` withheld,
    blank where nobody stated a figure. With --json every change is one line of JSON, and nothing else is printed.
    Ctrl-C ends it.
    """
    from monitor.catalogue import load_gazetteer
    from monitor.cli.output import json_line, write
    from monitor.cli.series import check_region
    from monitor.config import Settings
    from monitor.daemon.parts import make_rules
    from monitor.store import series
    from monitor.web.plain import plain

    gazetteer = load_gazetteer()
    check_region(region, gazetteer)
    settings = settings_of(config) if db is None else Settings()
    rules = make_rules(settings, gazetteer, {profile.id: profile for profile in settings.profiles})
    with open_reading(config, db) as store:
        seq = max(0, series.newest_seq(store) - last)
        told_at: float | None = None
        while True:
            changes = series.changes(store, after_seq=seq, region=region, limit=AT_ONCE)
            for change in changes:
                write(json_line(plain(change)) if as_json else _line(change, gazetteer))
            seq = max([seq, *(change.seq for change in changes)])
            if not as_json and (told_at is None or time.monotonic() - told_at >= SUMMARY_EVERY):
                told_at = time.monotonic()
                write(_summary(store, rules, region))
            if len(changes) >= AT_ONCE:
                continue
            if once:
                return
            time.sleep(every)


def sparkline(nights: Sequence[Night]) -> str:
    """One character a night by the figure launched; no two of zero, withheld, unstated and unwatched look alike."""
    top = max((night.launched.top for night in nights if night.launched), default=0) or 1
    out = []
    for night in nights:
        figure = night.launched
        if figure is None:
            out.append(NO_COVERAGE if night.coverage == "none" else NOT_STATED)
        elif figure.value is None:
            out.append(WITHHELD)
        else:
            out.append("0" if figure.value == 0 else BARS[round(figure.value / top * (len(BARS) - 1))])
    return "".join(out)


def _summary(store: SqlStore, rules: Rules, region: str | None) -> str:
    """How the region stands, or all of them by state, and the nights; as of now."""
    from monitor.cli.output import names, when
    from monitor.cli.plots import nights_of
    from monitor.clock import SystemClock
    from monitor.store import series
    from monitor.web.nights import KYIV

    now: datetime = SystemClock().now()
    states = series.state(store, at=now, rules=rules, places=None if region is None else [region])
    last = now.astimezone(KYIV).date()
    days = [last - timedelta(days=back) for back in reversed(range(NIGHTS))]
    nights = nights_of(store, days, rules)["UA"]
    if region is None:
        found = Counter(state.status for state in states.values())
        stood = ", ".join(f"{number} {state}" for state, number in sorted(found.items()))
    else:
        state = states[region]
        stood = f"{names([region], rules.gazetteer)} {state.status}{', stale' if state.is_stale else ''}"
    return f"{when(now)}  -- {stood} (unknown is not clear) -- {NIGHTS} nights [{sparkline(nights)}]"


def _line(change: Change, gazetteer: Gazetteer) -> str:
    from monitor.cli.output import names, short, when
    from monitor.logs import escape

    quote = next((ref.quote for ref in change.evidence if ref.quote), "")
    remarks = (change.nature if change.nature != "actual" else "", "late" if change.late else "")
    marks = "".join(f" [{word}]" for word in remarks if word)
    parts = (change.type, names(change.places[:4], gazetteer), f'"{short(quote, 70)}"' if quote else "")
    return escape(f"{when(change.known_at)}  " + "  ".join(part for part in parts if part) + marks)
