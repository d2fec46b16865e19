"""``[[source]]`` tables of ``config/sources/*.toml`` → ``model.SourceProfile``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.config import refuse
from monitor.config.refuse import TomlFile
from monitor.errors import ConfigError
from monitor.model import Authority, Kind, Level, Rank, Side, SourceProfile

STALE_AFTER: dict[str, int] = {
    "alerts_in_ua": 60,
    "ukrainealarm": 60,
    "siren_proxy": 60,
    "oref": 60,
    "siren": 180,
    "channel": 600,
    "feed": 1800,
}
"""How long a source's word stays fresh, in seconds, by what it is (DESIGN section 4)."""

POLL_EVERY: dict[str, int] = {"feed": 120, "telegram": 30, "telegram_web": 45}
RUNNING_KINDS = ("telegram", "telegram_web")


class AuthorityTable(BaseModel):
    """What a source may open and close."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    places: tuple[str, ...] = Field(default=(), description="Gazetteer ids, with everything below them.")
    levels: tuple[Level, ...] = Field(default=(), description="Levels of place; empty: every level.")
    kinds: tuple[Kind, ...] = Field(default=get_args(Kind), description="alert, strike, count.")
    announces_ends: bool = Field(default=True, description="False: it never says that an alert is over.")


class SourceTable(BaseModel):
    """One `[[source]]`: who publishes, where, and how far it is to be believed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1, pattern=r"^[A-Za-z0-9._-]+$", description="Name of the source, stable for ever.")
    kind: str = Field(description="Kind of source: telegram_web, telegram, feed, file, or `package.module:Class`.")
    address: str = Field(min_length=1, description="Channel name, feed address or file.")
    name: str = Field(default="", description="Name for people.")
    languages: tuple[str, ...] = Field(default=(), description="Languages it publishes in.")
    rank: Rank = Field(default="media", description="official, monitor (of others' posts) or media.")
    side: Side | None = Field(default=None, description="Whose claims it publishes: UA, RU.")
    claimant: str | None = Field(default=None, description="Who claims, where a text names nobody.")
    authority: AuthorityTable = Field(default=AuthorityTable(), description="Table: what it may open and close.")
    area: tuple[str, ...] = Field(default=(), description="Places that are meant when a post names none.")
    channel_id: int | None = Field(default=None, description="Telegram's number of the channel: trust is bound to it.")
    witness: str | None = Field(default=None, description="Family of copies that counts as one witness.")
    cadence: float | None = Field(default=None, gt=0, description="Items expected per day.")
    poll_every: float | None = Field(
        default=None, gt=0, description="Seconds between polls; default 45 (web preview), 30 (telegram), 120 (feed)."
    )
    stale_after: float | None = Field(
        default=None,
        gt=0,
        description="Seconds its word stays fresh; default: alert API 60, siren channel 180, other 600, feed 1800.",
    )
    zone: str = Field(default="Europe/Kyiv", description="Time zone of times without one.")
    enabled: bool = Field(default=True, description="Read it.")
    options: dict[str, Any] = Field(default_factory=dict, description="Table: settings of the kind of source.")


def read(file: TomlFile) -> tuple[SourceProfile, ...]:
    """The profiles of one file. Raises ``ConfigError`` naming file and line."""
    for key in file.values:
        if key != "source":
            raise refuse.unknown_key(file, (key,), ("source",))
    tables = file.values.get("source", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise file.refuse(("source",), "write each source as a table `[[source]]`")
    return tuple(_profile(table, nth, file) for nth, table in enumerate(tables))


def unique(found: Iterable[tuple[TomlFile, SourceProfile, int]]) -> tuple[SourceProfile, ...]:
    """All profiles; two with one id are refused, naming both places."""
    seen: dict[str, str] = {}
    out: list[SourceProfile] = []
    for file, profile, nth in found:
        here = file.where("source", nth, "id")
        if profile.id in seen:
            raise ConfigError(f"{here}: source `{profile.id}` stands already in {seen[profile.id]}; rename one")
        seen[profile.id] = here
        out.append(profile)
    return tuple(out)


def _profile(table: dict[str, Any], nth: int, file: TomlFile) -> SourceProfile:
    try:
        row = SourceTable.model_validate(table)
    except ValidationError as problem:
        raise refuse.broken_rule(file, problem, ("source", nth), SourceTable) from None
    try:
        ZoneInfo(row.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise file.refuse(("source", nth, "zone"), f"no time zone is called `{row.zone}`") from None
    fields = row.model_dump(exclude={"authority", "poll_every", "stale_after"})
    return SourceProfile(
        **fields,
        authority=Authority(**row.authority.model_dump()),
        poll_every=timedelta(seconds=row.poll_every or POLL_EVERY.get(row.kind, 45)),
        stale_after=timedelta(seconds=row.stale_after or STALE_AFTER[_what(row)]),
    )


def _what(row: SourceTable) -> Literal["feed", "siren", "channel"] | str:
    """The key of ``STALE_AFTER``: an alert API by its kind, a channel that announces sirens as siren."""
    if row.kind in STALE_AFTER:
        return row.kind
    if row.kind not in RUNNING_KINDS:
        return "feed"
    is_siren = "alert" in row.authority.kinds and row.authority.announces_ends and row.authority.places
    return "siren" if is_siren else "channel"
