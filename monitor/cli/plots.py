"""Pictures of the series as standalone SVG: nightly figures of both sides, and alerts by region and time."""

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

__all__ = ["draw", "nights_of"]

MOST_NIGHTS = 400
MOST_ROWS = 200
SEEN_ENDS = frozenset({"explicit", "snapshot", "retracted"})
ATTACKED: tuple[tuple[str, Side, str], ...] = (
    ("UA", "RU", "Drones against Ukraine, by night, as claimed"),
    ("RU", "UA", "Drones against Russia, by night, as claimed"),
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
    if file.suffix.lower() != ".svg":
        raise InputError(f"--plot: {file}: pictures are SVG; name a file that ends in .svg")
    if what == "counts":
        picture = _counts(store, settings, gazetteer, since, until or now, as_of)
    elif what == "alerts":
        picture = _alerts(store, gazetteer, since, min(until or now, now), as_of, region)
    else:
        raise InputError(f"--plot: there is no picture of {what}; it draws alerts and counts")
    try:
        file.write_text(picture, "utf-8")
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
    from monitor.formats.charts import LEGEND, counts_chart
    from monitor.web.nights import KYIV

    rules = make_rules(settings, gazetteer, {profile.id: profile for profile in settings.profiles})
    last = until.astimezone(KYIV).date()
    first = since.astimezone(KYIV).date() if since else last - timedelta(days=30)
    if not 0 <= (last - first).days < MOST_NIGHTS:
        raise InputError(f"--since and --until: a picture holds 1 to {MOST_NIGHTS} nights")
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    both = nights_of(store, days, rules, as_of)
    top = max(night.top for nights in both.values() for night in nights)
    note = LEGEND + (f" As known at {as_of:%Y-%m-%d %H:%M} UTC." if as_of else "")
    charts = [counts_chart(both[attacked], title, note, top=top) for attacked, _, title in ATTACKED]
    return _stacked(charts, 300)


def nights_of(
    store: SqlStore, days: Sequence[date], rules: Rules, as_of: datetime | None = None
) -> Mapping[str, list[Night]]:
    """The headline figures of the nights that end on ``days``, by the country attacked."""
    from monitor.formats.charts import Night
    from monitor.fuse import headline
    from monitor.store import series
    from monitor.web.nights import bounds, night_name

    out: dict[str, list[Night]] = {attacked: [] for attacked, _, _ in ATTACKED}
    for day in days:
        name, (start, end) = night_name(day), bounds(day)
        claims = series.claims(store, night=name, as_of=as_of).rows
        watched = series.alerts(store, start=start, end=end, as_of=as_of, limit=1).coverage.status
        for attacked, side, _ in ATTACKED:
            found = headline(claims, name, side, rules)
            drawn = {measure: _figure(found.get((measure, "drone"))) for measure in ("launched", "shot_down", "lost")}
            if drawn["launched"] is None:
                drawn["launched"] = _figure(found.get(("withheld", "drone")))
            out[attacked].append(Night(name, watched, **drawn))
    return out


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
    name = gazetteer.places[place].name if place in gazetteer.places else place
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
