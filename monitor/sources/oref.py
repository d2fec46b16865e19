"""Israel's Home Front Command (oref) → snapshots: the proof that a second country is one adapter and data.

``Alerts.json`` holds what sounds this second and is empty (or a byte-order mark) when nothing does: that is silence,
not an all-clear. So this adapter keeps a register of areas: an alert puts one in, an explicit end takes it out, and an
alert that nobody ended within ``options.hours`` becomes *unknown*. ``AlertsHistory.json`` is read once a minute for
what was missed between two looks; its times are naive Jerusalem. Both are blocked outside Israel (403): reach them
through an address there with ``options.base``. Words and categories stand in ``oref.toml``.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from monitor.errors import SourceBroken, SourceThrottled
from monitor.http import Response, sample
from monitor.model import Batch, Gazetteer, Item, RegionWord, Snapshot, SourceProfile, Threat
from monitor.sources.alert_api import RateCap, Telling, base_of, read_answer, tell, worst
from monitor.sources.cursors import known_of

if TYPE_CHECKING:
    from monitor.sources import Deps

__all__ = ["Oref"]

_BASE = "https://www.oref.org.il"
_NOW = "/warningMessages/alert/Alerts.json"
_HISTORY = "/warningMessages/alert/History/AlertsHistory.json"
_ZONE = ZoneInfo("Asia/Jerusalem")
_HEADERS = {"Referer": "https://www.oref.org.il/", "X-Requested-With": "XMLHttpRequest", "Accept": "application/json"}
_HISTORY_EVERY = timedelta(seconds=60)
_KEEP_ENDED = timedelta(days=30)
_COUNTRY = "IL"

Meaning = Literal["alert", "end", "drill", "notice", "unknown"]


@dataclass(frozen=True, slots=True)
class _Words:
    realtime: Mapping[str, int]
    threats: Mapping[str, Threat]
    info: frozenset[int]
    ends: frozenset[str]
    drills: frozenset[int]
    areas: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Event:
    """One area's line of either list. ``at`` is None where the list states no time (``Alerts.json``)."""

    area: str
    meaning: Meaning
    threat: Threat
    title: str
    at: datetime | None


class Oref:
    """Keeps ``ports.Source``."""

    def __init__(self, profile: SourceProfile, deps: Deps) -> None:
        options = profile.options
        self.profile = profile
        self._deps = deps
        self._base = base_of(profile, _BASE).removesuffix(_NOW)
        self._longest = timedelta(hours=float(options.get("hours", 3)))
        self._words = _words()
        self._names = _names(deps.gazetteer)
        self._history_at: datetime | None = None
        self._cap = RateCap(deps.state_dir / f"{profile.id}.rate", float(options.get("interval", 1.0)), deps.clock)

    async def poll(self, cursor: str | None) -> Batch:
        known = known_of(cursor)
        found = await self._get(_NOW)
        now = self._deps.clock.now()
        current = self._current(found)
        past: list[Event] = []
        if self._history_at is None or now - self._history_at >= _HISTORY_EVERY:
            past = self._history(await self._get(_HISTORY), now)
            self._history_at = now
        register = self._register(known, [*past, *current], now)
        words = worst(self._region_words(register, now))
        flags = {"schema_drift" for event in current if event.meaning == "unknown"}
        batch = tell(
            self.profile.id,
            now,
            Snapshot("full", now, words, tuple(sorted({word.place for word in words}))),
            _json(found),
            Telling.load(known.get("told")),
            cursor={"areas": register},
            flags=flags,
            url=self._base + _NOW,
            detail=", ".join(flags) or None,
        )
        items = (*self._apart(current, found, now), *batch.items)
        is_same = not items and register == known.get("areas")
        return Batch(batch.source, items, batch.look, None if is_same else batch.cursor)

    async def close(self) -> None:
        """Nothing is held open: the client is shared."""

    async def _get(self, path: str) -> Response:
        await self._cap.turn()
        try:
            found = await self._deps.http.get(self._base + path, headers=_HEADERS)
        except SourceThrottled as error:
            self._cap.block(error.retry_after or 60.0)
            raise
        if found.status != 200:
            raise SourceBroken(f"oref answered {found.status}", sample=sample(found.body))
        return found

    # ── lists → events ────────────────────────────────────────────────────────────────────────────

    def _current(self, found: Response) -> list[Event]:
        """``{"id", "cat", "title", "data": [areas], "desc"}``, or nothing at all when it is quiet."""
        if not found.body.strip(b"\xef\xbb\xbf \t\r\n\x00"):
            return []
        answer = _json(found)
        areas = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(areas, list) or not all(isinstance(area, str) for area in areas):
            raise SourceBroken("oref: the alert names no areas", sample=sample(found.body))
        category = self._words.realtime.get(str(answer.get("cat")))
        title = str(answer.get("title") or "")
        return [self._event(area, category, title, None) for area in areas]

    def _history(self, found: Response, now: datetime) -> list[Event]:
        """``[{"alertDate", "title", "data", "category"}]``, oldest first; lines from the future are left aside."""
        if not found.body.strip(b"\xef\xbb\xbf \t\r\n\x00"):
            return []
        answer = _json(found)
        if not isinstance(answer, list):
            raise SourceBroken("oref: the history is no list", sample=sample(found.body))
        events = []
        for row in answer:
            at = _local(row.get("alertDate")) if isinstance(row, dict) else None
            if at is None or at > now + timedelta(minutes=2) or now - at > self._longest:
                continue
            category = row.get("category")
            number = category if isinstance(category, int) else None
            events.append(self._event(str(row.get("data")), number, str(row.get("title") or ""), at))
        return sorted(events, key=lambda event: event.at or now)

    def _event(self, area: str, category: int | None, title: str, at: datetime | None) -> Event:
        words = self._words
        meaning: Meaning = "unknown"
        if " ".join(title.split()) in words.ends and category in words.info:
            meaning = "end"
        elif category in words.info:
            meaning = "notice"
        elif category in words.drills:
            meaning = "drill"
        elif str(category) in words.threats:
            meaning = "alert"
        return Event(" ".join(area.split()), meaning, words.threats.get(str(category), "other"), title, at)

    # ── the register ──────────────────────────────────────────────────────────────────────────────

    def _register(self, known: Mapping[str, Any], events: list[Event], now: datetime) -> dict[str, Any]:
        """Area → ``[threat, since, ended or None, title, last told]``. An unknown category raises like an alert.

        An end counts when it is not older than the last time the area was told to sound.
        """
        register = {area: list(row) for area, row in known.get("areas", {}).items()}
        for event in events:
            row = register.get(event.area)
            at = (event.at or now).isoformat()
            if event.meaning == "end":
                if row is not None and row[2] is None and row[4] <= at:
                    row[2] = at
            elif event.meaning in ("alert", "unknown"):
                if row is None or (row[2] is not None and at > row[2]):
                    register[event.area] = [event.threat, at, None, event.title, at]
                elif row[2] is None:
                    row[4] = max(row[4], at)
        return {area: row for area, row in register.items() if row[2] is None or now - _at(row[2]) < _KEEP_ENDED}

    def _region_words(self, register: Mapping[str, Any], now: datetime) -> Iterator[RegionWord]:
        """A place is inactive when every area of it has been ended; one that nobody ended in time is unknown."""
        for area, (_, since, ended, title, _) in register.items():
            place = self._place(area)
            raw = f"{title}: {area}"[:200]
            if ended is not None:
                yield RegionWord(place, "inactive", "air", raw=raw)
            elif now - _at(since) > self._longest:
                yield RegionWord(place, "unknown", "air", raw=raw)
            else:
                yield RegionWord(place, "active", "air", since=_at(since), raw=raw)

    def _place(self, area: str) -> str:
        """Gazetteer id of the area, of the city whose part it is, or the area's own words."""
        for name in (area, area.split(" - ")[0].strip()):
            if name in self._names:
                return self._names[name]
        return f"oref:{area.replace('/', '-')}"

    def _apart(self, current: list[Event], found: Response, now: datetime) -> tuple[Item, ...]:
        """Drills and notices say nothing about the state: they are kept as items of their own nature."""
        kinds = {event.meaning for event in current} & {"drill", "notice"}
        if not kinds:
            return ()
        made = hashlib.sha256(found.body).hexdigest()[:16]
        nature: Literal["exercise", "actual"] = "exercise" if "drill" in kinds else "actual"
        key = f"api:{self.profile.id}/{made}"
        return (
            Item(key, self.profile.id, "", now, nature=nature, flags=tuple(sorted(kinds)), raw=found.body[:64_000]),
        )


def _json(found: Response) -> Any:
    return read_answer(found, "oref") if found.body.strip(b"\xef\xbb\xbf \t\r\n\x00") else None


@cache
def _words() -> _Words:
    raw = tomllib.loads(files("monitor.sources").joinpath("oref.toml").read_text("utf-8"))
    drills = range(raw["drills"]["first"], raw["drills"]["last"] + 1)
    return _Words(
        realtime=raw["realtime"],
        threats=raw["alerts"],
        info=frozenset(raw["info"]["categories"]),
        ends=frozenset(" ".join(title.split()) for title in raw["info"]["ends"]),
        drills=frozenset((*drills, *raw["drills"]["memorial"])),
        areas=raw["areas"],
    )


def _names(gazetteer: Gazetteer) -> dict[str, str]:
    """Hebrew name → place in Israel, from the gazetteer's table of names."""
    names = dict(_words().areas)
    table = files("monitor.gazetteer").joinpath("names.he.tsv")
    with table.open("r", encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            place = row["id"]
            if place in gazetteer.places and _COUNTRY in gazetteer.line(place) and row["case"] == "nom":
                names.setdefault(" ".join(row["form"].split()), place)
    return names


def _local(text: Any) -> datetime | None:
    """``2023-10-07 06:30:00`` in Jerusalem → UTC. In the hour that comes twice the earlier one is meant."""
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=_ZONE).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
