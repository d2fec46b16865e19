"""Durations and lead times: how long regions were under alert, and how long after it strikes were told."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Response

from monitor.store import series
from monitor.web.answers import CSV, Page, Strict, Time, Word, answer
from monitor.web.asked import Asked, moment
from monitor.web.context import Context
from monitor.web.plain import plain, utc
from monitor.web.spans import lead_times, under_alert

__all__ = ["router"]

router = APIRouter(prefix="/v1/series", tags=["data"], dependencies=[Strict])

Format = Literal["json", "csv"]
LONGEST = timedelta(days=3700)


@router.get("/durations", response_model=Page, responses=CSV)
def durations(
    asked: Asked, since: Time = None, until: Time = None, region: Word = None, as_of: Time = None,
    format: Format = "json",
) -> Response:  # fmt: skip
    """Seconds under alert by first-level region; the last 7 days where no range is given. ``least`` and ``most``
    differ where an end was not seen; ``any_part`` counts alerts of a part of the region, too."""
    start, end = _range(asked, since, until, timedelta(days=7))
    then = moment(as_of, "as_of")
    found = series.alert_spans(asked.store, region=region, start=start, end=end, as_of=then)
    name = asked.rules.gazetteer.name
    places = under_alert(found.rows, asked.rules.gazetteer, start, end, asked.until(then))
    rows = [
        {"place": row.place, "name": name(row.place), "alerts": row.alerts, "least_s": _seconds(row.least),
         "most_s": _seconds(row.most), "any_part_s": _seconds(row.any_part)}
        for row in places
    ]  # fmt: skip
    return _answer(asked, rows, format, "durations", start, end, found.coverage, then)


@router.get("/lead-times", response_model=Page, responses=CSV)
def leads(
    asked: Asked, since: Time = None, until: Time = None, region: Word = None, as_of: Time = None,
    format: Format = "json",
) -> Response:  # fmt: skip
    """Seconds from the alert in force to the first word of a strike, by first-level region; the last 31 days where no
    range is given. Upper bounds: strikes are told late. ``without``: strikes without an alert on record."""
    start, end = _range(asked, since, until, timedelta(days=31))
    found = series.strikes(asked.store, region=region, start=start, end=end, as_of=moment(as_of, "as_of"))
    name = asked.rules.gazetteer.name
    rows = [
        {"place": row.place, "name": name(row.place), "strikes": row.strikes, "median_s": _seconds(row.median),
         "least_s": _seconds(row.least), "most_s": _seconds(row.most), "without_alert": row.without}
        for row in lead_times(found.rows, asked.rules.gazetteer)
    ]  # fmt: skip
    return _answer(asked, rows, format, "lead-times", start, end, found.coverage, moment(as_of, "as_of"))


def _range(asked: Context, since: str | None, until: str | None, usual: timedelta) -> tuple[datetime, datetime]:
    end = moment(until, "until") or asked.clock.now().astimezone(UTC) + timedelta(seconds=1)  # what is told now, too
    start = moment(since, "since") or end - usual
    if not timedelta(0) < end - start <= LONGEST:
        raise HTTPException(422, f"since and until: a range of more than nothing and at most {LONGEST.days} days")
    return start, end


def _answer(
    asked: Context, rows: Sequence[dict[str, Any]], format: Format, name: str, start: datetime, end: datetime,
    coverage: Any, as_of: datetime | None,
) -> Response:  # fmt: skip
    if format == "csv":
        return _csv(rows, name, str(coverage.status), utc(as_of or asked.clock.now()))
    body = {"since": utc(start), "until": utc(end), "coverage": plain(coverage), "verification": "unverified",
            "next": None, "rows": list(rows)}  # fmt: skip
    return answer(asked, body, as_of)


def _csv(rows: Sequence[dict[str, Any]], name: str, coverage: str, as_of: str | None) -> Response:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*(rows[0] if rows else ("place",)), "coverage", "as_of"])
    for row in rows:
        writer.writerow([*("" if value is None else value for value in row.values()), coverage, as_of])
    disposition = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=disposition)


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())
