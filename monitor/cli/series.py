"""`series alerts|strikes|counts`: what is kept, as tables, JSON and pictures, with its coverage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from monitor.cli.options import (
    AsJson,
    Config,
    Db,
    Since,
    Until,
    moment,
    open_reading,
    rows_of,
    settings_or_package,
    stretch,
)
from monitor.errors import InputError

if TYPE_CHECKING:
    from monitor.model import Claim, Gazetteer, Interval, StrikeEvent, Toll
    from monitor.store import SqlStore

__all__ = ["check_region", "register"]

Region = Annotated[str | None, typer.Option(help="Gazetteer id, with everything below it (UA-63).")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="What was known at this time.")]


def register(app: typer.Typer) -> None:
    app.command()(series)


def series(
    what: Annotated[
        Literal["alerts", "strikes", "counts", "coverage", "sources"], typer.Argument(help="Which series.")
    ],
    region: Region = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows.")] = 200,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE.svg|png", help="Draw alerts or counts into this file."),
    ] = None,
    rule: Annotated[
        bool, typer.Option("--rule", help="Counts: the headline figure of each night, by which rule and why.")
    ] = False,
    config: Config = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Show alert intervals, strikes or count claims, and how well the time was being watched; or that alone.

    --plot draws the nights of --since to --until (31 of them by default; alerts: seven days): ranges, withheld figures
    and nights without coverage look different from each other and from a stated zero.
    """
    from monitor.catalogue import load_gazetteer
    from monitor.cli import watched
    from monitor.cli.output import print_json, table

    asked = (*stretch(since, until), moment(as_of, "--as-of"))
    gazetteer = load_gazetteer()
    check_region(region, gazetteer)
    if rule:
        _by_rule(what, asked, config, db, as_json=as_json)
        return
    if plot is not None:
        _draw(what, plot, asked, region, gazetteer, config, db, as_json=as_json)
        return
    if what in ("coverage", "sources"):
        with open_reading(config, db) as store:
            watched.show(store, what, *asked, limit, as_json=as_json)
        return
    with open_reading(config, db) as store:
        answer = _ask(store, what, region, *asked, limit)
    if as_json:
        print_json(rows_of(answer))
        return
    heads, shape = _TABLES[what]
    table(what, heads, [shape(row, gazetteer) for row in answer.rows], empty=f"No {what} are stored for this time.")
    typer.echo(_coverage(answer.coverage))


def _draw(
    what: str,
    file: Path,
    asked: tuple[datetime | None, datetime | None, datetime | None],
    region: str | None,
    gazetteer: Gazetteer,
    config: Path | None,
    db: str | None,
    *,
    as_json: bool,
) -> None:
    """The picture."""
    from monitor.cli import plots
    from monitor.cli.output import print_json
    from monitor.clock import SystemClock

    settings = settings_or_package(config, db)
    since, until, as_of = asked
    with open_reading(config, db) as store:
        plots.draw(
            store, what, file, settings, gazetteer, since=since, until=until, as_of=as_of, region=region,
            now=SystemClock().now(),
        )  # fmt: skip
    if as_json:
        print_json({"file": str(file)})
    else:
        typer.echo(f"wrote {file}")


def _by_rule(
    what: str, asked: tuple[datetime | None, ...], config: Path | None, db: str | None, *, as_json: bool
) -> None:
    from monitor.cli import headlines
    from monitor.cli.output import print_json, table
    from monitor.clock import SystemClock

    if what != "counts":
        raise InputError("--rule: a headline rule chooses among counts; ask for `series counts --rule`")
    since, until, as_of = asked
    with open_reading(config, db) as store:
        found = headlines.nights(
            store, settings_or_package(config, db), since, until or SystemClock().now(), as_of
        )  # fmt: skip
    if as_json:
        print_json({"rows": found})
        return
    table("headline figures", headlines.HEADS, headlines.lines(found), empty="No night was asked for.")


def _ask(
    store: SqlStore,
    what: str,
    region: str | None,
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
    limit: int | None,
) -> Any:
    from monitor.store import series as asked

    ask: Any = {"alerts": asked.alerts, "strikes": asked.strikes, "counts": asked.claims}[what]
    return ask(store, region=region, start=since, end=until, as_of=as_of, limit=limit)


def check_region(region: str | None, gazetteer: Gazetteer) -> None:
    """Raises ``InputError`` for a region that nobody knows: an empty answer would read as quiet."""
    if region is not None and region not in gazetteer.places:
        raise InputError(f"--region: the gazetteer has no {region!r}; write an id such as UA-63")


def _coverage(watched: Any) -> str:
    words = {
        "full": "The whole time was being watched.",
        "partial": "Not all of the time was being watched: what is missing here may have happened.",
        "none": "This time was not being watched: an empty table says nothing about it.",
    }
    gaps = [
        f"  gap {gap.start:%Y-%m-%d %H:%M} to {gap.end:%Y-%m-%d %H:%M} UTC ({gap.source or 'all'})"
        for gap in watched.gaps
    ]
    more = [f"  and {len(gaps) - 10} more gaps"] if len(gaps) > 10 else []
    return "\n".join([words[watched.status], *gaps[:10], *more])


def _alert(row: Interval, gazetteer: Gazetteer) -> Sequence[object]:
    from monitor.cli.output import names, when

    basis = row.end_basis or ("standing" if row.start_basis == "standing" else "not ended")
    return (
        names([row.place], gazetteer),
        row.regime,
        when(row.started_at),
        when(row.ended_at),
        basis,
        " ".join(row.sources),
    )


def _strike(row: StrikeEvent, gazetteer: Gazetteer) -> Sequence[object]:
    from monitor.cli.output import names, short

    quote = row.evidence[0].quote if row.evidence else ""
    return (
        row.date, names(row.places, gazetteer), " ".join(row.weapons), _toll(row.killed), _toll(row.injured),
        row.origins, short(quote, 60),
    )  # fmt: skip


def _claim(row: Claim, gazetteer: Gazetteer) -> Sequence[object]:
    from monitor.cli.output import short

    most = f"-{row.value_max}" if row.value_max is not None else ""
    value = "withheld" if row.value is None else f"{row.value}{most}"
    quote = row.evidence[0].quote if row.evidence else ""
    return (
        row.date_or_period, row.claimant or row.source, row.measure, row.weapon, value, row.period, row.stage,
        short(quote, 60),
    )  # fmt: skip


def _toll(toll: Toll) -> str:
    if toll.least is None:
        return ""
    return str(toll.least) if toll.least == toll.most else f"{toll.least}-{toll.most}"


_TABLES: dict[str, tuple[Sequence[str], Callable[[Any, Gazetteer], Sequence[object]]]] = {
    "alerts": (("Place", "Regime", "From", "To", "End known by", "Sources"), _alert),
    "strikes": (("Date", "Places", "Weapons", "Killed", "Injured", "Witnesses", "Sentence"), _strike),
    "counts": (("Night or day", "Claimant", "Measure", "Weapon", "Value", "Period", "Stage", "Sentence"), _claim),
}
