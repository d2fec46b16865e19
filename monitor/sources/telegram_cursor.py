"""How far a channel's preview has been read: the newest post, the gaps behind it, and the texts last seen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

__all__ = ["Cursor", "Gap"]

_TEXTS = 240
_GAPS = 12


@dataclass(frozen=True, slots=True)
class Gap:
    """Posts with ``low < id < high`` are still to be read, no further back than ``since``, at most ``left`` of them."""

    low: int
    high: int
    since: datetime | None = None
    left: int | None = None

    def after(self, seen: Sequence[tuple[int, datetime | None]]) -> Gap | None:
        """What remains when a page before ``high`` held these posts; None when nothing does."""
        older = [(nth, at) for nth, at in seen if nth < self.high]
        if not older:
            return None
        high = min(nth for nth, _ in older)
        left = None if self.left is None else self.left - len(older)
        first_at = min((at for _, at in older if at is not None), default=None)
        is_far_enough = self.since is not None and first_at is not None and first_at < self.since
        if high <= self.low + 1 or is_far_enough or (left is not None and left <= 0):
            return None
        return replace(self, high=high, left=left)


@dataclass(frozen=True, slots=True)
class Cursor:
    """``id`` is the newest post known (0: none yet), ``at`` its page's newest time, ``texts`` id → short hash."""

    id: int = 0
    channel: int | None = None
    at: datetime | None = None
    gaps: tuple[Gap, ...] = ()
    texts: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def load(cls, text: str | None) -> Cursor:
        """Read a stored cursor. An unreadable one counts as none: everything is read again, as history."""
        if not text:
            return cls()
        try:
            raw = json.loads(text)
            return cls(
                id=int(raw["id"]),
                channel=raw.get("channel"),
                at=_when(raw.get("at")),
                gaps=tuple(Gap(low, high, _when(since), left) for low, high, since, left in raw.get("gaps", ())),
                texts={int(nth): str(digest) for nth, digest in raw.get("texts", {}).items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def remember(self, seen: Mapping[int, str], forget: set[int]) -> Cursor:
        """With these texts too; only the newest are kept, and overlapping or too many gaps become one wider gap."""
        texts = {nth: digest for nth, digest in {**self.texts, **seen}.items() if nth not in forget}
        kept = dict(sorted(texts.items())[-_TEXTS:])
        gaps = sorted(self.gaps, key=lambda gap: gap.high)
        while len(gaps) > _GAPS:
            gaps[:2] = [Gap(min(gaps[0].low, gaps[1].low), gaps[1].high)]
        return replace(self, texts=kept, gaps=tuple(gaps))

    def dump(self) -> str:
        """As JSON."""
        gaps = [[gap.low, gap.high, gap.since.isoformat() if gap.since else None, gap.left] for gap in self.gaps]
        return json.dumps(
            {
                "id": self.id,
                "channel": self.channel,
                "at": self.at.isoformat() if self.at else None,
                "gaps": gaps,
                "texts": self.texts,
            },
            separators=(",", ":"),
        )


def _when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
