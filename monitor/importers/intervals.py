"""Tables of alert intervals → a second history beside our own.

One row an alert: a region (``region``, or ``oblast``, ``raion``, ``hromada``, as in the sets of Vadimkin's
ukrainian-air-raid-sirens-dataset; or ``place``, an id of the gazetteer, for a table of one's own), ``started_at``,
``finished_at`` (ISO 8601, UTC where it names no zone), and if there is one ``naive``: the table guessed the end.

Each row is compared with our own reading of the same place: ``agree`` (start and end within a minute), ``differ``
(they overlap, but not so), ``only_here`` (we have nothing). Nothing is thrown away on either side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.errors import InputError
from monitor.fuse.history import GUESSED
from monitor.importers import Into
from monitor.importers.regions import find_region
from monitor.importers.rows import item_of_row, moment, need, read_table, row_of
from monitor.model import JSON, AlertReport, Evidence, Interval, Item, Moment, Note, PlaceRef, Reading
from monitor.store import SqlStore, series

__all__ = ["intervals", "read_row"]

ROWS = 1000
"""Rows in one commit."""

NEAR = timedelta(seconds=60)
SHOWN = 50
_LEVELS = ("oblast", "raion", "hromada")


def intervals(file: Path, into: Into) -> Mapping[str, JSON]:
    """Import a table. Raises ``InputError`` where it is none, or where no row names a known region."""
    source = into.source or f"import:{file.name.split('.')[0]}"
    counts: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    conflicts: list[JSON] = []
    for portion in _portions(file, source, into, counts, unknown):
        told = [one for item in portion for one in _told(item)]
        counts.update(compare(into.pipeline.store, told, source, conflicts))
        admitted = into.pipeline.record(source, portion, into.clock.now()).admitted or {}
        counts["new"] += admitted.get("new", 0)
        counts["known"] += admitted.get("same", 0) + admitted.get("outdated", 0)
    if counts["read"] and counts["unplaced"] == counts["read"]:
        raise InputError(f"{file}: no row names a region that the gazetteer knows, such as {', '.join(unknown)[:200]}")
    kinds = ("read", "new", "known", "unplaced", "unreadable", "agree", "differ", "only_here")
    more = {"unknown_regions": dict(unknown.most_common(SHOWN))} if unknown else {}
    return {
        "sources": [source], **{kind: counts[kind] for kind in kinds}, **more,
        **({"conflicts": conflicts} if conflicts else {}),
    }  # fmt: skip


def _portions(file: Path, source: str, into: Into, counts: Counter[str], unknown: Counter[str]) -> Iterator[list[Item]]:
    now = into.clock.now()
    portion: list[Item] = []
    for row, done in read_table(file):
        if not counts["read"]:
            need(file, row, ("started_at", "finished_at"))
        counts["read"] += 1
        try:
            item = item_of_row("intervals", source, row, moment(row["started_at"]), now)
        except ValueError:
            counts["unreadable"] += 1
            continue
        if _place(row) is None:
            counts["unplaced"] += 1
            unknown[", ".join(_names(row))] += 1
        portion.append(item)
        if len(portion) == ROWS:
            into.progress(done)
            yield portion
            portion = []
    if portion:
        yield portion


def read_row(item: Item) -> Reading:
    """What one row says: an alert with its start and end. Raises ``ValueError`` for a row that is none."""
    row = row_of(item)
    names = _names(row)
    place = _place(row)
    start = moment(row["started_at"])
    end = moment(row["finished_at"]) if row.get("finished_at") else None
    if end is not None and end < start:
        return Reading(None, notes=(Note(item.text, "the alert of this row ends before it begins"),))
    if place is None:
        return Reading(None, notes=(Note(", ".join(names), "no such region in the gazetteer"),))
    is_guessed = row.get("naive", "").casefold() in ("true", "1", "yes")
    level = "hromada" if row.get("hromada") else "raion" if row.get("raion") else "oblast"
    ref = PlaceRef(name=place, id=place, text=names[-1] if names else place)
    evidence = Evidence(
        item.text, (0, len(item.text)), GUESSED if is_guessed else "row", occurred=Moment(start, end, "second")
    )
    return Reading(None, (AlertReport("start", level, (ref,), "air", evidence),))  # type: ignore[arg-type]


Told = tuple[str, datetime, datetime | None, Item]
"""Place, start and end of one row's alert, and the item of the row."""


def compare(store: Any, rows: Sequence[Told], source: str, conflicts: list[JSON]) -> Counter[str]:
    """How alerts of a table stand to what others told us of the same places."""
    found: Counter[str] = Counter()
    if not isinstance(store, SqlStore) or not rows:
        return found
    ends = [moment for _, start, end, _ in rows for moment in (start, end) if moment is not None]
    ours: dict[str, list[Interval]] = {}
    for one in series.alerts(store, start=min(ends) - NEAR, end=max(ends) + NEAR).rows:
        if one.regime == "air" and source not in one.sources and one.start_basis != "standing":
            ours.setdefault(one.place, []).append(one)
    for place, start, end, item in rows:
        near = [one for one in ours.get(place, ()) if _touches(one, start, end)]
        if not near:
            found["only_here"] += 1
        elif any(_agrees(one, start, end) for one in near):
            found["agree"] += 1
        else:
            found["differ"] += 1
            if len(conflicts) < SHOWN:
                conflicts.append({"place": place, "row": row_of(item), "ours": [_words(one) for one in near[:3]]})
    return found


def _told(item: Item) -> Iterator[Told]:
    row = row_of(item)
    place = _place(row)
    if place is not None:
        yield place, moment(row["started_at"]), moment(row["finished_at"]) if row["finished_at"] else None, item


def _touches(one: Interval, start: datetime, end: datetime | None) -> bool:
    begins = one.started_at or one.ended_at
    is_before = begins is None or end is None or begins <= end + NEAR
    return is_before and (one.ended_at is None or one.ended_at >= start - NEAR)


def _agrees(one: Interval, start: datetime, end: datetime | None) -> bool:
    if one.started_at is None or abs(one.started_at - start) > NEAR:
        return False
    if one.ended_at is None or end is None:
        return one.ended_at is end
    return abs(one.ended_at - end) <= NEAR


def _words(one: Interval) -> JSON:
    return {
        "id": one.id, "started_at": one.started_at and one.started_at.isoformat(),
        "ended_at": one.ended_at and one.ended_at.isoformat(), "sources": list(one.sources),
    }  # fmt: skip


def _names(row: Mapping[str, str]) -> list[str]:
    return [row[name] for name in ("region", "place", *_LEVELS) if row.get(name)]


def _place(row: Mapping[str, str]) -> str | None:
    from monitor.catalogue import load_gazetteer

    if row.get("place"):
        return row["place"] if row["place"] in load_gazetteer().places else None
    return find_region([row["region"]] if row.get("region") else [row.get(name, "") for name in _LEVELS])
