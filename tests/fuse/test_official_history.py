"""The official history of 2022-23, told to the engine message by message: the table comes out again."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.fuse import Rules, State, fuse, regions
from monitor.model import AlertReport, Authority, Evidence, Gazetteer, Interval, Place, PlaceRef, SourceProfile, Telling

TABLE = "data/alerts_official_uk_2022-03-15_2023-12-18.csv.gz"
LEVELS = ("oblast", "raion", "hromada")


def history(shared: Path) -> tuple[list[dict[str, str]], list[tuple[str, int, str]], Gazetteer]:
    """The rows, their starts and ends in order (end first where they meet), and a gazetteer made of their names."""
    with gzip.open(shared / TABLE, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    places = {"UA": Place("UA", "UA", "country")}
    children: dict[str, set[str]] = {}
    events = []
    for row in rows:
        place = "UA"
        for level in LEVELS:
            if row[level]:
                inner = f"{place}|{row[level]}"
                places[inner] = Place(inner, row[level], level, place)  # type: ignore[arg-type]
                children.setdefault(place, set()).add(inner)
                place = inner
        row["place"] = place
        events += [(row["started_at"], 1, place), (row["finished_at"], 0, place)]
    tree = {key: tuple(sorted(value)) for key, value in children.items()}
    return rows, sorted(events, key=lambda event: event[:2]), Gazetteer(places, tree)


def told(number: int, place: str, at: datetime, is_start: int) -> Telling:
    ref = PlaceRef(place, place)
    what = AlertReport("start" if is_start else "end", "oblast", (ref,), "air", Evidence("", (0, 0), "table"))
    return Telling(f"{number:032x}", what, f"tg:-1/{number}", 1, "siren", at, at)


def replay(events: list[tuple[str, int, str]], gazetteer: Gazetteer, looks: int) -> dict[str, Interval]:
    """Every message in its turn; at ``looks`` random moments the state must be that of the table.

    Three alerts lasted longer than is plausible: after 24 hours they are not active any more, and not clear either.
    """
    siren = SourceProfile("siren", "telegram_web", "", rank="official", authority=Authority(("UA",)))
    rules = Rules(gazetteer, {"siren": siren}, heartbeat=None)
    moments = set(Random(1).sample(range(len(events)), looks))
    state, made = State.empty(), {}
    on: dict[str, datetime] = {}
    known: set[str] = set()
    for number, (time, is_start, place) in enumerate(events):
        at = datetime.fromisoformat(time)
        fused = fuse(state, [told(number, place, at, is_start)], (), (), at, rules)
        state = fused.state
        made |= {one.id: one for one in fused.intervals}
        known.add(place)
        if is_start:
            on[place] = at
        else:
            on.pop(place, None)
        if number in moments:
            overdue = {key for key, start in on.items() if at - start >= rules.longest["air"]}
            wanted = set(on) - overdue
            found = regions(state, at, rules, sorted(known))
            assert not [key for key in overdue if found[key].status == "clear"], f"at {at}"
            own = {key for key, one in found.items() if one.status == "active" and one.basis != "derived"}
            assert own == wanted, f"at {at}"
    return made


def compare(rows: list[dict[str, str]], made: dict[str, Interval]) -> dict[str, Any]:
    """Rows of the table that came out to the second, and those that did not."""
    wanted = Counter((row["place"], row["started_at"], row["finished_at"]) for row in rows)
    ours = [one for one in made.values() if one.retracted_at is None]
    found = Counter((one.place, _text(one.started_at), _text(one.ended_at)) for one in ours)
    return {"missing": sum((wanted - found).values()), "extra": sum((found - wanted).values())}


def _text(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S+00:00") if moment else ""


@pytest.mark.shared
def test_three_thousand_messages_of_the_official_history(shared: Path) -> None:
    rows, events, gazetteer = history(shared)
    last = datetime.fromisoformat(events[3000][0]) - timedelta(seconds=1)
    rows = [row for row in rows if datetime.fromisoformat(row["finished_at"]) <= last]
    made = replay(events[:3000], gazetteer, looks=100)
    ended = {key: one for key, one in made.items() if one.ended_at is not None and one.ended_at <= last}
    assert compare(rows, ended) == {"missing": 0, "extra": 0}


@pytest.mark.long
@pytest.mark.shared
@pytest.mark.timeout(0)
def test_the_whole_official_history(shared: Path) -> None:
    rows, events, gazetteer = history(shared)
    made = replay(events, gazetteer, looks=1000)
    assert (len(events), len(made)) == (67956, 33978)
    assert compare(rows, made) == {"missing": 0, "extra": 0}
