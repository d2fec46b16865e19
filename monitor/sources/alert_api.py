"""What every adapter of an alert API shares: manners that outlive a restart, strict JSON, ids, and when to tell.

An answer that cannot be read is a failed look; an unknown value is the status ``unknown``. Neither is ever "no alert".
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from monitor.errors import SourceBroken, SourceThrottled
from monitor.http import Response, sample
from monitor.identity import canonical, digest
from monitor.model import Batch, Gazetteer, Item, Look, RegionWord, Snapshot, SourceProfile
from monitor.ports import Clock
from monitor.sources.records import parse_json

__all__ = ["RateCap", "Telling", "base_of", "http_date", "places_by_api_id", "read_answer", "tell", "worst"]

_REPEATS = 3
_LONGEST_WAIT = 20.0
_AHEAD = timedelta(minutes=2)


class RateCap:
    """At least ``interval`` seconds between two requests, over restarts too: the last one is kept in a file.

    ``turn`` waits for a short while and raises ``SourceThrottled`` when the wait is long. ``block`` keeps everybody
    of this source away for as long as the other side asked. A file that cannot be written only costs the memory.
    """

    def __init__(
        self,
        path: Path,
        interval: float,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._path = path
        self._interval = interval
        self._clock = clock
        self._sleep = sleep
        self._asked, self._blocked = self._load()

    async def turn(self) -> None:
        now = self._clock.now()
        asked = self._asked if self._asked is None or self._asked <= now else now
        free_at = max(
            (at for at in (asked and asked + timedelta(seconds=self._interval), self._blocked) if at), default=now
        )
        wait = (free_at - now).total_seconds()
        if wait > _LONGEST_WAIT:
            raise SourceThrottled(f"asked to stay away for another {wait:.0f} s", retry_after=wait)
        if wait > 0:
            await self._sleep(wait)
        self._asked = max(now, free_at)
        self._save()

    def block(self, seconds: float) -> None:
        self._blocked = self._clock.now() + timedelta(seconds=seconds)
        self._save()

    def _load(self) -> tuple[datetime | None, datetime | None]:
        try:
            raw = json.loads(self._path.read_text("utf-8"))
            return _when(raw.get("asked")), _when(raw.get("blocked"))
        except (OSError, ValueError, AttributeError, TypeError):
            return None, None

    def _save(self) -> None:
        made = {name: at.isoformat() for name, at in (("asked", self._asked), ("blocked", self._blocked)) if at}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self._path.with_suffix(".new")
            draft.write_text(json.dumps(made), "utf-8")
            draft.replace(self._path)
        except OSError:
            return


@dataclass(frozen=True, slots=True)
class Telling:
    """The part of a cursor that decides whether an answer is told: what was told last, and how often since."""

    words: str = ""
    data_at: datetime | None = None
    repeats: int = 0

    @classmethod
    def load(cls, raw: Any) -> Telling:
        """From a cursor; an unreadable one counts as none."""
        try:
            return cls(str(raw["words"]), _when(raw["data_at"]), int(raw["repeats"]))
        except (KeyError, TypeError, ValueError):
            return cls()

    @property
    def is_settled(self) -> bool:
        """Told often enough: only what is new has to be told again."""
        return self.repeats >= _REPEATS

    def dump(self) -> dict[str, Any]:
        return {
            "words": self.words,
            "data_at": self.data_at.isoformat() if self.data_at else None,
            "repeats": self.repeats,
        }


def base_of(profile: SourceProfile, default: str) -> str:
    """Where the API is: ``options.base``, else the profile's address, else where it is usually found."""
    stated = profile.options.get("base") or (profile.address if "://" in profile.address else default)
    return str(stated).rstrip("/")


def read_answer(found: Response, what: str) -> Any:
    """JSON of an answer, whatever its content type says. Raises ``SourceBroken`` for HTML, a cut or empty body."""
    try:
        return parse_json(found.body)
    except ValueError as error:
        raise SourceBroken(f"{what}: {error}", sample=sample(found.body)) from error


def http_date(found: Response, header: str = "date") -> datetime | None:
    """A date header as aware UTC; None where it is missing or unreadable."""
    try:
        at = parsedate_to_datetime(found.headers.get(header, ""))
    except (ValueError, TypeError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def places_by_api_id(gazetteer: Gazetteer, without: frozenset[str] = frozenset()) -> dict[str, str]:
    """Id of the shared number space of the Ukrainian APIs → place id. Regions are matched by this, never by name."""
    return {
        number: place.id for place in gazetteer.places.values() for number in place.api_ids if number not in without
    }


def worst(words: Iterable[RegionWord]) -> tuple[RegionWord, ...]:
    """One word per place and threat: active before unknown before partial; red before yellow; the earliest start."""
    ranks = {"active": 3, "unknown": 2, "partial": 1, "inactive": 0}
    found: dict[tuple[str, str], RegionWord] = {}
    for word in words:
        key = (word.place, word.threat)
        old = found.get(key)
        if old is None:
            found[key] = word
            continue
        best = max(old, word, key=lambda each: ranks[each.status])
        level = "red" if "red" in (old.level, word.level) else old.level or word.level
        starts = [each.since for each in (old, word) if each.since and each.status == best.status]
        found[key] = replace(best, level=level, since=min(starts, default=None))
    return tuple(found[key] for key in sorted(found))


def tell(
    source: str,
    now: datetime,
    snapshot: Snapshot,
    evidence: Any,
    before: Telling,
    *,
    cursor: Mapping[str, Any],
    flags: Iterable[str] = (),
    url: str | None = None,
    detail: str | None = None,
) -> Batch:
    """A batch with the snapshot when its words are new, and for two more answers with newer data after that.

    In between the look alone carries the data time: an unchanged list every few seconds is not worth keeping. An
    *active* list that is empty when nothing was ever told before is believed when two more answers agree. The answer
    itself is the item's ``raw``; ``text`` stays empty, so that nobody reads JSON as a post. A data time ahead of our
    clock is taken as now, so that one wrong clock does not make every later answer look old.
    """
    if snapshot.data_at > now:
        flags = (*flags, *(["time_suspect"] if snapshot.data_at - now > _AHEAD else []))
        snapshot = replace(snapshot, data_at=now)
    if before.data_at is not None and before.data_at > now:
        before = replace(before, data_at=None)
    words = digest([[w.place, w.status, w.threat, w.level] for w in snapshot.words], sorted(snapshot.covers))
    if not before.words and snapshot.shape == "active" and not snapshot.words and before.repeats < _REPEATS - 1:
        waiting = Telling("", snapshot.data_at, before.repeats + (snapshot.data_at != before.data_at))
        look = Look(source, now, "unchanged", detail="an empty list: waiting for two more answers to agree")
        return Batch(source, (), look, cursor=json.dumps({**cursor, "told": waiting.dump()}, separators=(",", ":")))
    is_new = words != before.words
    is_newer = before.data_at is None or snapshot.data_at > before.data_at
    is_older = before.data_at is not None and snapshot.data_at < before.data_at
    repeats = 1 if is_new else before.repeats + is_newer
    told = not is_older and (is_new or (is_newer and repeats <= _REPEATS))
    items: tuple[Item, ...] = ()
    if told:
        key = f"api:{source}/{snapshot.data_at.isoformat()}"
        item = Item(
            key=key if is_newer else f"{key}/{words[:8]}",
            source=source,
            text="",
            received=now,
            published=snapshot.data_at,
            url=url,
            flags=tuple(dict.fromkeys(flags)),
            snapshot=snapshot,
            raw=canonical(evidence),
        )
        items = (item,)
    after = before if is_older else Telling(words, snapshot.data_at, repeats)
    look = Look(source, now, "ok" if told else "unchanged", detail=detail, data_at=after.data_at)
    return Batch(source, items, look, cursor=json.dumps({**cursor, "told": after.dump()}, separators=(",", ":")))


def _when(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None
