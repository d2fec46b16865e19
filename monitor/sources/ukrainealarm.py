"""The official API of ukrainealarm, and ``siren.pp.ua``, its public proxy with the same bodies → snapshots.

``/alerts/status`` gives an index (64 bits, compared as text); ``/alerts``, an *active* list, is fetched when it moved
and now and then anyway. 401 is how this API says "slower". The answers carry no data time of their own: data are as
old as the server's clock says, but never younger than the newest change plus ``options.frozen_after`` seconds, so that
an upstream that has stood still is not fresh for ever. Callbacks (``/webhook``, without any proof of their origin) make
us look at once; should that look fail, they can raise an alert, and they never end one.
(Shapes: public clients and issues, 2026.)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from monitor.errors import SourceAuthLost, SourceBroken, SourceError, SourceThrottled
from monitor.http import Response, sample
from monitor.identity import canonical
from monitor.model import Batch, Item, Look, RegionWord, Snapshot, SourceProfile, Threat
from monitor.sources.alert_api import RateCap, Telling, base_of, http_date, places_by_api_id, read_answer, tell, worst
from monitor.sources.alert_regions import RegionTree
from monitor.sources.cursors import known_of
from monitor.sources.feed_dates import read_stamp
from monitor.sources.records import parse_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.sources import Deps

__all__ = ["Callback", "UkraineAlarm", "read_callback"]

_BASES = {"ukrainealarm": "https://api.ukrainealarm.com/api/v3", "siren_pp_ua": "https://siren.pp.ua/api/v3"}
_INTERVAL = 2.0
_THREATS: Mapping[str, Threat] = {
    "AIR": "air",
    "ARTILLERY": "artillery",
    "URBAN_FIGHTS": "other",
    "CHEMICAL": "other",
    "NUCLEAR": "other",
}
_NO_ALERT = frozenset({"INFO"})
_LEVELS: Mapping[str, Literal["red", "yellow"]] = {"Red": "red", "Yellow": "yellow"}
_FOREIGN = frozenset({"29", "30", "1801", "1802", "1803", "1804"})
_WATCHED = ("oblast", "raion")
_FULL_EVERY = timedelta(minutes=5)
_REFUSALS = 10


@dataclass(frozen=True, slots=True)
class Callback:
    """One call of the webhook. ``place`` None: a region we do not know; ``threat`` None: a type we do not know."""

    is_active: bool
    region: str
    place: str | None
    threat: Threat | None
    at: datetime


def read_callback(body: bytes, places: Mapping[str, str]) -> Callback:
    """``{"status": "Activate" | "DEACTIVATE", "regionId": 31, "alarmType": "AIR", "createdAt": "..."}``.

    The case of ``status`` and the type of ``regionId`` vary. Raises ``ValueError`` for anything else.
    """
    raw = parse_json(body)
    if not isinstance(raw, dict):
        raise ValueError("not an object")
    status = str(raw.get("status", "")).upper()
    region = str(raw.get("regionId", ""))
    at = read_stamp(raw.get("createdAt"))
    if status not in ("ACTIVATE", "DEACTIVATE") or not region.isdigit() or at is None:
        raise ValueError("no status, region or time that can be read")
    threat = _THREATS.get(str(raw.get("alarmType", "")).upper())
    return Callback(status == "ACTIVATE", region, places.get(region), threat, at)


class UkraineAlarm:
    """Keeps ``ports.Source`` for both kinds. The key of the official API is ``settings["ukrainealarm"]["key"]``."""

    def __init__(self, profile: SourceProfile, deps: Deps) -> None:
        options = profile.options
        self.profile = profile
        self._deps = deps
        self._base = base_of(profile, _BASES.get(profile.kind, _BASES["siren_pp_ua"]))
        self._key = str(deps.settings.get(profile.kind, {}).get("key", ""))
        self._frozen_after = timedelta(seconds=float(options.get("frozen_after", 3600)))
        self._places = places_by_api_id(deps.gazetteer, _FOREIGN)
        self._covers = tuple(
            sorted({place for place in self._places.values() if deps.gazetteer.level(place) in _WATCHED})
        )
        self._cap = RateCap(
            deps.state_dir / f"{profile.id}.rate", float(options.get("interval", _INTERVAL)), deps.clock
        )
        self._tree = RegionTree(deps.state_dir / f"{profile.id}.regions.json", self._places)
        self._refusals = 0

    def on_hint(self, wake: Callable[[], None]) -> None:
        """Be woken when a callback has come in."""
        if self._deps.inbox is not None:
            self._deps.inbox.on_put(self.profile.id, wake)

    async def poll(self, cursor: str | None) -> Batch:
        known = known_of(cursor)
        calls, evidence = self._calls()
        try:
            batch = await self._look(known, is_called=bool(calls))
        except SourceError as error:
            raised = self._raise(calls, known, error)
            if raised is None:
                raise
            batch = raised
        return Batch(batch.source, (*evidence, *batch.items), batch.look, batch.cursor)

    async def close(self) -> None:
        """Nothing is held open: the client is shared."""

    # ── looking ───────────────────────────────────────────────────────────────────────────────────

    async def _look(self, known: Mapping[str, Any], *, is_called: bool) -> Batch:
        found = await self._get("/alerts/status")
        index = _index(found)
        now = self._deps.clock.now()
        before = Telling.load(known.get("told"))
        changed_at = _when(known.get("changed_at")) or now
        fetched_at = _when(known.get("fetched_at"))
        is_same = index == known.get("index") and before.is_settled and not is_called
        if is_same and fetched_at is not None and now - fetched_at < _FULL_EVERY:
            data_at, detail = self._data_at(found, now, changed_at)
            after = min(max(data_at, before.data_at or data_at), now)
            told = {**before.dump(), "data_at": after.isoformat()}
            look = Look(self.profile.id, now, "unchanged", detail=detail, data_at=after)
            return Batch(self.profile.id, (), look, cursor=json.dumps({**known, "told": told}))
        found = await self._get("/alerts")
        regions = _regions(found)
        await self._learn_regions(regions)
        now = self._deps.clock.now()
        flags: list[str] = []
        words = worst(word for region in regions for word in self._words(region, flags))
        moved = index != known.get("index")
        changed_at = max([now if moved and known.get("index") else changed_at, *_changes(regions, now)])
        data_at, detail = self._data_at(found, now, changed_at)
        return tell(
            self.profile.id,
            now,
            Snapshot("active", data_at, words, self._covers),
            regions,
            before,
            cursor={
                "index": index,
                "changed_at": changed_at.isoformat(),
                "fetched_at": now.isoformat(),
                "words": [
                    [w.place, w.threat, w.level, w.since.isoformat() if w.since else None]
                    for w in words
                    if w.status == "active"
                ],
            },
            flags=flags,
            url=f"{self._base}/alerts",
            detail=detail or ", ".join(dict.fromkeys(flags)) or None,
        )

    def _data_at(self, found: Response, now: datetime, changed_at: datetime) -> tuple[datetime, str | None]:
        stated = min(http_date(found) or now, now)
        oldest = changed_at + self._frozen_after
        if stated > oldest:
            minutes = (stated - changed_at).total_seconds() // 60
            return oldest, f"nothing has changed there for {minutes:.0f} minutes: taken as frozen"
        return stated, None

    async def _get(self, path: str) -> Response:
        if self.profile.kind == "ukrainealarm" and not self._key:
            raise SourceAuthLost("the ukrainealarm API needs a key: name it with options.key_file or options.key_env")
        await self._cap.turn()
        headers = {"Accept": "application/json", **({"Authorization": self._key} if self._key else {})}
        try:
            found = await self._deps.http.get(self._base + path, headers=headers, passing=frozenset({401}))
        except SourceThrottled as error:
            self._cap.block(error.retry_after or 60.0)
            raise
        if found.status == 401:
            self._refusals += 1
            if self._refusals >= _REFUSALS:
                raise SourceAuthLost(f"401 {self._refusals} times in a row: the key seems to be rejected")
            wait = min(30.0 * 2**self._refusals, 900.0)
            self._cap.block(wait)
            raise SourceThrottled("401, which is how this API says that we ask too often", retry_after=wait)
        self._refusals = 0
        if found.status != 200:
            raise SourceBroken(f"{path} answered {found.status}", sample=sample(found.body))
        return found

    async def _learn_regions(self, regions: Iterable[Mapping[str, Any]]) -> None:
        """Ask once for the tree of regions when an id turns up that the gazetteer has not."""
        unknown = {number for region in regions for number in _numbers(region)} - set(self._places)
        if not unknown or not self._tree.is_worth_asking(unknown, self._deps.clock.now()):
            return
        try:
            self._tree.learn(read_answer(await self._get("/regions"), "/regions"), self._deps.clock.now())
        except SourceError:
            return

    # ── words ─────────────────────────────────────────────────────────────────────────────────────

    def _words(self, region: Mapping[str, Any], flags: list[str]) -> Iterator[RegionWord]:
        alerts = region.get("activeAlerts")
        if not isinstance(alerts, list) or not all(isinstance(alert, dict) for alert in alerts):
            flags.append("schema_drift")
            yield self._word(str(region.get("regionId")), "unknown", "air", flags, raw="no activeAlerts")
            return
        for alert in alerts:
            kind = str(alert.get("type"))
            number = str(alert.get("regionId", region.get("regionId")))
            name = region.get("regionName") if number == str(region.get("regionId")) else number
            raw = f"{name}: {kind}"[:200]
            if kind in _NO_ALERT:
                continue
            if kind not in _THREATS:
                flags.append("schema_drift")
                yield self._word(number, "unknown", "air", flags, raw=raw)
                continue
            level = _level(alert, flags) if kind == "AIR" else None
            since = read_stamp(alert.get("lastUpdate"))
            yield self._word(number, "active", _THREATS[kind], flags, level=level, since=since, raw=raw)

    def _word(
        self,
        number: str,
        status: Literal["active", "unknown"],
        threat: Threat,
        flags: list[str],
        *,
        level: Literal["red", "yellow"] | None = None,
        since: datetime | None = None,
        raw: str = "",
    ) -> RegionWord:
        place = self._places.get(number)
        if place is None:
            flags.append("unknown_region")
            return RegionWord(self._tree.around(number), "partial", threat, raw=f"region {number}, {raw}"[:200])
        return RegionWord(place, status, threat, level, since, raw)

    # ── callbacks ─────────────────────────────────────────────────────────────────────────────────

    def _calls(self) -> tuple[list[Callback], tuple[Item, ...]]:
        """The callbacks that wait, and each body as evidence (it says nothing by itself)."""
        inbox = self._deps.inbox
        calls: list[Callback] = []
        items = []
        for at, body in inbox.drain(self.profile.id) if inbox is not None else ():
            flags = ["callback"]
            try:
                calls.append(read_callback(body, self._places))
            except ValueError:
                flags.append("unreadable")
            key = f"api:{self.profile.id}/callback/{at.isoformat()}"
            items.append(Item(key, self.profile.id, "", at, flags=tuple(flags), raw=body[:4096]))
        return calls, tuple(items)

    def _raise(self, calls: list[Callback], known: Mapping[str, Any], error: SourceError) -> Batch | None:
        """What is known plus what callbacks have raised, when the API itself cannot be read."""
        now = self._deps.clock.now()
        raised = [
            RegionWord(call.place or self._tree.around(call.region), "active", call.threat or "air", None, call.at)
            for call in calls
            if call.is_active and now - call.at < timedelta(minutes=10)
        ]
        if not raised:
            return None
        before = Telling.load(known.get("told"))
        words = worst([*_remembered(known), *raised])
        data_at = min(
            max(*(word.since for word in raised if word.since), before.data_at or raised[0].since or now), now
        )
        batch = tell(
            self.profile.id,
            now,
            Snapshot("active", data_at, words, self._covers),
            [canonical([call.region, call.is_active, call.at]).decode() for call in calls],
            before,
            cursor={name: value for name, value in known.items() if name != "told"},
            flags=("callback",),
        )
        look = Look(self.profile.id, now, "failed", error.reason, str(error), retry_after=error.retry_after)
        return Batch(batch.source, batch.items, look, batch.cursor)


def _index(found: Response) -> str:
    answer = read_answer(found, "/alerts/status")
    index = answer.get("lastActionIndex") if isinstance(answer, dict) else None
    if isinstance(index, bool) or not isinstance(index, int | str) or not str(index):
        raise SourceBroken("/alerts/status gives no index", sample=sample(found.body))
    return str(index)


def _regions(found: Response) -> list[dict[str, Any]]:
    answer = read_answer(found, "/alerts")
    if not isinstance(answer, list) or not all(isinstance(region, dict) and "regionId" in region for region in answer):
        raise SourceBroken("/alerts is no list of regions", sample=sample(found.body))
    return answer


def _numbers(region: Mapping[str, Any]) -> set[str]:
    alerts = region.get("activeAlerts")
    inner = [alert.get("regionId") for alert in alerts if isinstance(alert, dict)] if isinstance(alerts, list) else []
    return {str(number) for number in (region.get("regionId"), *inner) if number is not None}


def _changes(regions: Iterable[Mapping[str, Any]], now: datetime) -> list[datetime]:
    """The times of change that the answer names; none from the future."""
    stamps = []
    for region in regions:
        alerts = region.get("activeAlerts")
        inner = (
            [alert.get("lastUpdate") for alert in alerts if isinstance(alert, dict)] if isinstance(alerts, list) else []
        )
        stamps += [read_stamp(stamp) for stamp in (region.get("lastUpdate"), *inner)]
    return [at for at in stamps if at is not None and at <= now]


def _level(alert: Mapping[str, Any], flags: list[str]) -> Literal["red", "yellow"] | None:
    """Red and yellow can stand together: red covers yellow. An unknown level is no level, and is remarked."""
    levels = alert.get("activeAlertLevels") or []
    if not isinstance(levels, list):
        flags.append("schema_drift")
        return None
    found = [_LEVELS.get(str(each.get("alertLevel"))) if isinstance(each, dict) else None for each in levels]
    if None in found:
        flags.append("schema_drift")
    return "red" if "red" in found else "yellow" if "yellow" in found else None


def _remembered(known: Mapping[str, Any]) -> list[RegionWord]:
    try:
        return [
            RegionWord(place, "active", threat, level, _when(since))
            for place, threat, level, since in known.get("words", ())
        ]
    except (TypeError, ValueError):
        return []


def _when(text: Any) -> datetime | None:
    return read_stamp(text) if isinstance(text, str) else None
