"""Pictures of the series as SVG or PNG: nightly figures of both sides, and alerts by region and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import InputError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.formats.charts import AlertRow, Figure, Night
    from monitor.fuse import Figure as Headline
    from monitor.fuse import Rules
    from monitor.model import Gazetteer, Interval, Side
    from monitor.store import SqlStore
    from monitor.web.columns import Column

__all__ = ["draw", "nights_of"]

MOST_NIGHTS = 400
MOST_ROWS = 200
SEEN_ENDS = frozenset({"explicit", "snapshot", "retracted"})
ATTACKED: tuple[tuple[Side, str], ...] = (
    ("UA", "Drones against Ukraine, by night, as claimed"),
    ("RU", "Drones against Russia, by night, as claimed"),
)


def draw(
    store: SqlStore,
    what: str,
    file: Path,
    settings: Settings,
    gazetteer: Gazetteer,
    *,
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
    region: str | None,
    now: datetime,
) -> None:
    """Write the picture of ``alerts`` or ``counts``. Raises ``InputError`` for what cannot be drawn or written."""
    style = file.suffix.lower()
    if style not in (".svg", ".png"):
        raise InputError(f"--plot: {file}: pictures are SVG or PNG; name a file that ends in .svg or .png")
    from monitor.formats.png import png

    if what == "counts":
        picture = _counts(store, settings, gazetteer, since, until or now, as_of)
    elif what == "alerts":
        picture = _alerts(store, gazetteer, since, min(until or now, now), as_of, region)
    else:
        raise InputError(f"--plot: there is no picture of {what}; it draws alerts and counts")
    body = png(picture) if style == ".png" else picture.encode()
    try:
        file.write_bytes(body)
    except OSError as problem:
        raise InputError(f"--plot: {file}: cannot be written: {problem.strerror}") from None


def _counts(
    store: SqlStore,
    settings: Settings,
    gazetteer: Gazetteer,
    since: datetime | None,
    until: datetime,
    as_of: datetime | None,
) -> str:
    """Both sides one above the other on one scale; never added."""
    from monitor.daemon.parts import make_rules
    from monitor.formats.charts import counts_chart
    from monitor.web.nights import KYIV

    rules = make_rules(settings, gazetteer, {profile.id: profile for profile in settings.profiles})
    last = until.astimezone(KYIV).date()
    first = since.astimezone(KYIV).date() if since else last - timedelta(days=30)
    if not 0 <= (last - first).days < MOST_NIGHTS:
        raise InputError(f"--since and --until: a picture holds 1 to {MOST_NIGHTS} nights")
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    both = nights_of(store, days, rules, as_of)
    top = max(night.top for nights in both.values() for night in nights)
    known = f", as known at {as_of:%Y-%m-%d %H:%M} UTC" if as_of else ""
    charts = [counts_chart(both[attacked], f"{title}{known}", top=top) for attacked, title in ATTACKED]
    return _stacked(charts, 300)


def nights_of(
    store: SqlStore, days: Sequence[date], rules: Rules, as_of: datetime | None = None
) -> Mapping[str, list[Night]]:
    """The headline figures of the nights that end on ``days``, by the country attacked: what the pages show."""
    from monitor.clock import SystemClock
    from monitor.config import Settings
    from monitor.web.columns import Choice, columns
    from monitor.web.context import Context

    asked = Context(store=store, give_rules=lambda: rules, settings=Settings(), clock=SystemClock())
    return {
        attacked: [_night(column) for column in columns(asked, attacked, days, Choice(as_of=as_of))]
        for attacked, _ in ATTACKED
    }


def _night(column: Column) -> Night:
    from monitor.formats.charts import Night

    return Night(column.name, column.coverage, *map(_figure, (column.launched, column.shot_down, column.lost)))


def _figure(found: Headline | None) -> Figure | None:
    from monitor.formats.charts import Figure

    if found is None:
        return None
    return Figure(
        value=found.value,
        least=found.value if found.value_max is not None else None,
        most=found.value_max,
        is_least=found.bound == "at_least",
        is_withheld=found.is_withheld or found.value is None,
    )


def _alerts(
    store: SqlStore,
    gazetteer: Gazetteer,
    since: datetime | None,
    until: datetime,
    as_of: datetime | None,
    region: str | None,
) -> str:
    """One line a place that was under alert, with how long; the places with the most time come first."""
    from monitor.formats.charts import alerts_chart
    from monitor.store import series

    until = min(until, as_of) if as_of else until
    start = since or until - timedelta(days=7)
    if start >= until:
        raise InputError("--since: is not before --until, or not in the past")
    answer = series.alerts(store, region=region, start=start, end=until, as_of=as_of)
    gaps = tuple((gap.start or start, gap.end or until) for gap in answer.coverage.gaps if gap.source is None)
    by_place: dict[str, list[Interval]] = {}
    for row in answer.rows:
        by_place.setdefault(row.place, []).append(row)
    lines = [_line(place, found, start, until, gaps, gazetteer) for place, found in sorted(by_place.items())]
    lines.sort(key=lambda line: -line[0])
    left_out = f", {len(lines) - MOST_ROWS} places more" if len(lines) > MOST_ROWS else ""
    title = f"Air alerts, {start:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC{left_out}"
    rows = [line[1] for line in lines[:MOST_ROWS]] or [_nobody(gaps)]
    return alerts_chart(rows, start, until, title)


def _line(
    place: str,
    found: Sequence[Interval],
    start: datetime,
    until: datetime,
    gaps: tuple[tuple[datetime, datetime], ...],
    gazetteer: Gazetteer,
) -> tuple[float, AlertRow]:
    """Seconds under alerts whose end was seen (each moment once), and the line; ``+`` where an end was not seen."""
    from monitor.formats.charts import AlertRow

    alerts = []
    for row in found:
        first, last = max(row.started_at or start, start), min(row.ended_at or until, until)
        is_seen = row.ended_at is not None and row.end_basis in SEEN_ENDS
        if first < last:
            alerts.append((first, last, is_seen))
    seconds, here = 0.0, datetime.min.replace(tzinfo=UTC)
    for first, last, _ in sorted(alert for alert in alerts if alert[2]):
        seconds += max(0.0, (last - max(first, here)).total_seconds())
        here = max(here, last)
    name = gazetteer.name(place)
    hours, minutes = divmod(round(seconds / 60), 60)
    more = "" if all(is_seen for _, _, is_seen in alerts) else "+"
    return seconds, AlertRow(f"{name[:19]} {hours}:{minutes:02}{more} h", tuple(alerts), gaps)


def _nobody(gaps: tuple[tuple[datetime, datetime], ...]) -> AlertRow:
    from monitor.formats.charts import AlertRow

    return AlertRow("No alert is stored", (), gaps)


def _stacked(charts: Sequence[str], height: int) -> str:
    """Standalone pictures of one height, one above the other in one file."""
    from monitor.formats.charts import WIDTH

    whole = height * len(charts)
    inner = [chart.replace("<svg ", f'<svg y="{number * height}" ', 1).rstrip() for number, chart in enumerate(charts)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {whole}" width="{WIDTH}" height="{whole}">'
        f"{''.join(inner)}</svg>\n"
    )
