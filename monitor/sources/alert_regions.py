"""The region tree of the Ukrainian alert APIs (``/regions``): where a region that the gazetteer lacks belongs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

__all__ = ["RegionTree"]

_COUNTRY = "UA"
_ASK_EVERY = timedelta(days=1)


class RegionTree:
    """Child id → parent id, kept in a file so that the tree is asked for once a day at the most."""

    def __init__(self, path: Path, places: Mapping[str, str]) -> None:
        self._path = path
        self._places = places
        self._parents: dict[str, str] = {}
        self._asked_at: datetime | None = None
        try:
            raw = json.loads(path.read_text("utf-8"))
            self._parents = {str(child): str(parent) for child, parent in raw["parents"].items()}
            self._asked_at = datetime.fromisoformat(raw["asked_at"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return

    def is_worth_asking(self, unknown: set[str], now: datetime) -> bool:
        """Whether some of these ids are missing here and the last question is long enough ago."""
        is_due = self._asked_at is None or now - self._asked_at >= _ASK_EVERY
        return is_due and not unknown <= set(self._parents)

    def learn(self, answer: Any, now: datetime) -> None:
        """Take in ``{"states": [{"regionId", "regionChildIds": [...]}]}``; anything else teaches nothing."""
        self._asked_at = now
        states = answer.get("states") if isinstance(answer, dict) else None
        self._walk(states if isinstance(states, list) else [], None)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.write_text(json.dumps({"asked_at": now.isoformat(), "parents": self._parents}), "utf-8")
        except OSError:
            return

    def around(self, number: str) -> str:
        """The place of the nearest known region around this one; the country where there is none."""
        for _ in range(5):
            number = self._parents.get(number, "")
            if number in self._places:
                return self._places[number]
        return _COUNTRY

    def _walk(self, regions: list[Any], parent: str | None, depth: int = 0) -> None:
        for region in regions:
            if not isinstance(region, dict) or depth > 5:
                continue
            number = str(region.get("regionId"))
            if parent is not None:
                self._parents[number] = parent
            children = region.get("regionChildIds")
            self._walk(children if isinstance(children, list) else [], number, depth + 1)
