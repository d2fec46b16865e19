"""The API of alerts.in.ua → snapshots. Needs a token; at most 12 requests a minute, so one every 7.5 s at the most.

``active.json`` names the regions under alert, with levels and threats: an *active* list. With ``options.mode =
"letters"`` the 27 letters of the oblasts are read instead: a *full* list. Freshness is the answer's own
``meta.last_updated_at``; a 304 leaves it as old as it was. 401 means the token, 403 a block, 429 too many requests.
(Shapes: devs.alerts.in.ua and the official clients, 2026.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from monitor.errors import SourceAuthLost, SourceBroken, SourceRefused, SourceThrottled
from monitor.http import Response, retry_after, sample
from monitor.model import Batch, Look, RegionWord, Snapshot, SourceProfile
from monitor.model import Threat as ThreatName
from monitor.sources.alert_api import RateCap, Telling, base_of, http_date, places_by_api_id, read_answer, tell, worst
from monitor.sources.cursors import known_of
from monitor.sources.feed_dates import read_stamp

if TYPE_CHECKING:
    from monitor.sources import Deps

__all__ = ["AlertsInUa", "Past"]

_BASE = "https://api.alerts.in.ua"
_INTERVAL = 7.5
_HISTORY_INTERVAL = 31.0
_THREATS: Mapping[str, ThreatName] = {
    "air_raid": "air",
    "artillery_shelling": "artillery",
    "urban_fights": "other",
    "chemical": "other",
    "nuclear": "other",
}
_LETTERS = {"A": "active", "P": "partial", "N": "inactive"}
_ORDER = (
    "UA-43", "UA-07", "UA-05", "UA-12", "UA-14", "UA-18", "UA-21", "UA-23", "UA-26", "UA-30", "UA-32", "UA-35",
    "UA-09", "UA-46", "UA-48", "UA-51", "UA-53", "UA-56", "UA-40", "UA-59", "UA-61", "UA-63", "UA-65", "UA-68",
    "UA-71", "UA-77", "UA-74",
)  # fmt: skip
_WATCHED = ("oblast", "raion")
_PASSING = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Past:
    """One alert of the history: it keeps one level and no threats. ``place`` None: a region we do not know."""

    id: str
    place: str | None
    threat: ThreatName | None
    started_at: datetime
    ended_at: datetime | None
    raw: Mapping[str, Any]


class AlertsInUa:
    """Keeps ``ports.Source``. The token is ``settings["alerts_in_ua"]["token"]``."""

    def __init__(self, profile: SourceProfile, deps: Deps) -> None:
        options = profile.options
        self.profile = profile
        self._deps = deps
        self._base = base_of(profile, _BASE)
        self._mode = str(options.get("mode", "active"))
        self._token = str(deps.settings.get("alerts_in_ua", {}).get("token", ""))
        self._places = places_by_api_id(deps.gazetteer, frozenset({"9999"}))
        self._covers = tuple(
            sorted({place for place in self._places.values() if deps.gazetteer.level(place) in _WATCHED})
        )
        folder = deps.state_dir
        self._cap = RateCap(folder / f"{profile.id}.rate", float(options.get("interval", _INTERVAL)), deps.clock)
        self._history_cap = RateCap(folder / f"{profile.id}.history.rate", _HISTORY_INTERVAL, deps.clock)

    async def poll(self, cursor: str | None) -> Batch:
        known = known_of(cursor)
        before = Telling.load(known.get("told"))
        letters = self._mode == "letters"
        path = "/v1/iot/active_air_raid_alerts_by_oblast.json" if letters else "/v1/alerts/active.json"
        found = await self._get(path, self._cap, known.get("modified"))
        now = self._deps.clock.now()
        if found.not_modified:
            if before.data_at is None:
                raise SourceBroken("answered 304 though nothing was asked conditionally")
            return Batch(self.profile.id, (), Look(self.profile.id, now, "unchanged", data_at=before.data_at))
        answer = read_answer(found, "alerts.in.ua")
        if letters:
            snapshot, flags = self._letters(answer, found, now)
        else:
            snapshot, flags = self._active(answer, found)
        return tell(
            self.profile.id,
            now,
            snapshot,
            answer.get("alerts") if isinstance(answer, dict) else answer,
            before,
            cursor={"modified": found.headers.get("last-modified")},
            flags=flags,
            url=self._base + path,
            detail=", ".join(flags) or None,
        )

    async def history(self, uid: str, period: str = "month_ago") -> tuple[Past, ...]:
        """Past alerts of an oblast (only those have a history; two requests a minute). Raises ``SourceError``."""
        found = await self._get(f"/v1/regions/{uid}/alerts/{period}.json", self._history_cap, None)
        answer = read_answer(found, "alerts.in.ua history")
        return tuple(self._past(alert) for alert in _alerts(answer, found))

    async def close(self) -> None:
        """Nothing is held open: the client is shared."""

    async def _get(self, path: str, cap: RateCap, modified: str | None) -> Response:
        await cap.turn()
        try:
            found = await self._deps.http.get(
                self._base + path,
                headers={"Authorization": f"Bearer {self._token}", "Accept": "application/json"},
                last_modified=modified,
                passing=_PASSING,
            )
        except SourceThrottled as error:
            cap.block(error.retry_after or 60.0)
            raise
        if found.status == 401:
            raise SourceAuthLost("alerts.in.ua does not accept the token: missing, wrong or revoked")
        if found.status == 403:
            wait = retry_after(found.headers.get("retry-after"), self._deps.clock.now()) or 300.0
            cap.block(wait)
            raise SourceRefused("alerts.in.ua blocks this address or country", retry_after=wait)
        if found.status not in (200, 304):
            raise SourceBroken(f"alerts.in.ua answered {found.status}", sample=sample(found.body))
        return found

    # ── answers ───────────────────────────────────────────────────────────────────────────────────

    def _active(self, answer: Any, found: Response) -> tuple[Snapshot, tuple[str, ...]]:
        alerts = _alerts(answer, found)
        meta = answer.get("meta")
        stamp = meta.get("last_updated_at") if isinstance(meta, dict) else None
        data_at = _own_time(stamp)
        if data_at is None:
            raise SourceBroken(f"alerts.in.ua: no readable data time ({stamp!r:.60})", sample=sample(found.body))
        flags: list[str] = []
        if meta.get("type") not in (None, "full"):
            raise SourceBroken(f"alerts.in.ua: a list of type {meta.get('type')!r:.40}, not a full one")
        words = worst(word for alert in alerts for word in self._words(alert, flags))
        return Snapshot("active", data_at, words, self._covers), tuple(flags)

    def _words(self, alert: Mapping[str, Any], flags: list[str]) -> Iterator[RegionWord]:
        if alert.get("finished_at"):
            return
        place = self._places.get(str(alert.get("location_uid")))
        raw = f"{alert.get('location_title')}: {alert.get('alert_type')} {alert.get('alert_level') or ''}".strip()[:200]
        kind, level = alert.get("alert_type"), alert.get("alert_level")
        threat = _THREATS.get(str(kind))
        since = read_stamp(alert.get("started_at"))
        if level not in (None, "", "red", "yellow"):
            flags.append("schema_drift")
        if place is None:
            flags.append("unknown_region")
            yield RegionWord(self._around(alert), "partial", threat or "air", raw=raw)
        elif threat is None:
            flags.append("schema_drift")
            yield RegionWord(place, "unknown", raw=raw)
        else:
            yield RegionWord(place, "active", threat, level if level in ("red", "yellow") else None, since, raw)

    def _around(self, alert: Mapping[str, Any]) -> str:
        """The narrowest region we know around one that we do not; the country where there is none."""
        return self._places.get(str(alert.get("location_oblast_uid")), "UA")

    def _letters(self, answer: Any, found: Response, now: datetime) -> tuple[Snapshot, tuple[str, ...]]:
        """27 letters in a fixed order. A text of another length tells nothing about any region."""
        if not isinstance(answer, str):
            raise SourceBroken("alerts.in.ua: the letters are not a text", sample=sample(found.body))
        data_at = http_date(found, "last-modified") or http_date(found) or now
        if len(answer) != len(_ORDER):
            return Snapshot("full", data_at, (), _ORDER), ("schema_drift",)
        words = tuple(
            RegionWord(place, _LETTERS.get(letter, "unknown"), raw=letter)  # type: ignore[arg-type]
            for place, letter in zip(_ORDER, answer, strict=True)
        )
        drift = any(word.status == "unknown" for word in words)
        return Snapshot("full", data_at, words, _ORDER), ("schema_drift",) if drift else ()

    def _past(self, alert: Mapping[str, Any]) -> Past:
        started = read_stamp(alert.get("started_at"))
        if started is None:
            raise SourceBroken(f"alerts.in.ua history: no start in {str(alert)[:100]}")
        return Past(
            id=str(alert.get("id")),
            place=self._places.get(str(alert.get("location_uid"))),
            threat=_THREATS.get(str(alert.get("alert_type"))),
            started_at=started,
            ended_at=read_stamp(alert.get("finished_at")),
            raw=alert,
        )


def _alerts(answer: Any, found: Response) -> list[Mapping[str, Any]]:
    alerts = answer.get("alerts") if isinstance(answer, dict) else None
    if not isinstance(alerts, list) or not all(isinstance(alert, dict) for alert in alerts):
        raise SourceBroken("alerts.in.ua: the answer holds no list of alerts", sample=sample(found.body))
    return alerts


def _own_time(stamp: Any) -> datetime | None:
    """``2026/10/08 07:36:34 +0000``, or ISO 8601 should they change their mind."""
    if not isinstance(stamp, str):
        return None
    try:
        at = datetime.strptime(stamp, "%Y/%m/%d %H:%M:%S %z")
    except ValueError:
        return read_stamp(stamp)
    return at.astimezone(UTC)
