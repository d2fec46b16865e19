"""What a chart of one side shows: a column a night, the figures that the headline rule chose, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from monitor.fuse import Figure
from monitor.model import Claim, Side
from monitor.store import series
from monitor.store.watching import watched_each
from monitor.web.context import Context
from monitor.web.nights import bounds, figures_of, night_name

__all__ = ["Choice", "Column", "columns"]

MEASURES = ("launched", "shot_down", "lost")
LATER = timedelta(days=60)
"""Claims about a night that are made later than this are found on the night's own page."""

Standing = Literal["no_data", "not_yet", "not_stated", "withheld", "preliminary", "updated", "final", "single"]

_STAGES: Mapping[str, Standing] = {"preliminary": "preliminary", "updated": "updated", "final": "final"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose to see: a weapon; one region or the whole country; one claimant or the rule's own choice."""

    weapon: str = "drone"
    region: str | None = None
    claimant: str | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One night. A figure is None where nobody stated one; ``standing`` says in a word what the column is."""

    day: date
    name: str
    coverage: Literal["full", "partial", "none"]
    launched: Figure | None
    shot_down: Figure | None
    lost: Figure | None
    claimants: tuple[str, ...]
    standing: Standing
    versions: int = 1

    @property
    def top(self) -> int:
        """The highest figure stated."""
        found = [figure for figure in (self.launched, self.shot_down, self.lost) if figure is not None]
        return max((figure.value_max or figure.value or 0 for figure in found), default=0)


def columns(asked: Context, attacked: Side, days: Sequence[date], choice: Choice = Choice()) -> list[Column]:
    """One a day on which a night ends, in their order."""
    if not days:
        return []
    ranges = [bounds(day) for day in days]
    watched = watched_each(asked.store, ranges, as_of=choice.as_of)
    told = series.claims(
        asked.store, start=ranges[0][0], end=ranges[-1][1] + LATER, region=choice.region, claimant=choice.claimant,
        as_of=choice.as_of,
    ).rows  # fmt: skip
    by_night: dict[str | None, list[Claim]] = {}
    for claim in told:
        by_night.setdefault(claim.date_or_period, []).append(claim)
    return [
        _column(asked, attacked, day, by_night.get(night_name(day), []), seen.status, choice)
        for day, seen in zip(days, watched, strict=True)
    ]


def _column(
    asked: Context, attacked: Side, day: date, claims: Sequence[Claim], coverage: Literal["full", "partial", "none"],
    choice: Choice,
) -> Column:  # fmt: skip
    name = night_name(day)
    found = _of_region(claims, attacked, choice.region) if choice.region else figures_of(asked, claims, name, attacked)
    mine = {measure: found.get((measure, choice.weapon)) for measure in MEASURES}
    if mine["launched"] is None:
        mine["launched"] = found.get(("withheld", choice.weapon))
    known = {claim.id: claim for claim in claims}
    main = next((figure for figure in mine.values() if figure is not None), None)
    claim = known.get(main.claim) if main else None
    is_withheld = main is not None and (main.is_withheld or main.value is None)
    return Column(
        day, name, coverage, mine["launched"], mine["shot_down"], mine["lost"],
        tuple(dict.fromkeys(one.claimant for one in mine.values() if one and one.claimant)),
        "withheld" if is_withheld else _standing(asked, day, coverage, claim, choice.as_of),
        sum(one.chain == claim.chain for one in claims) if claim else 1,
    )  # fmt: skip


def _standing(asked: Context, day: date, coverage: str, claim: Claim | None, as_of: datetime | None) -> Standing:
    if claim is not None:
        return _STAGES.get(claim.stage, "single")
    if coverage == "none":
        return "no_data"
    return "not_yet" if asked.until(as_of) < bounds(day)[1] else "not_stated"


def _of_region(claims: Sequence[Claim], attacked: Side, region: str) -> dict[tuple[str, str], Figure]:
    """The newest word about the region itself, whoever says it: the rule is for whole countries."""
    attacker = "RU" if attacked == "UA" else "UA"
    out: dict[tuple[str, str], Figure] = {}
    for claim in sorted(claims, key=lambda one: (one.at, one.id)):
        if claim.places != (region,) or claim.attacker not in (attacker, None) or claim.superseded_by:
            continue
        out[claim.measure, claim.weapon] = Figure(
            claim.measure, claim.weapon, claim.value, claim.value_max, claim.bound, claim.id, claim.claimant,
            claim.measure == "withheld" or "withheld" in claim.flags, ("newest claim about this region",),
        )  # fmt: skip
    return out
