"""The shape of ``config/monitor.toml``: one model per section, every key with its meaning and default.

Times are in seconds unless the name says otherwise. ``Settings`` is what the rest of the program sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from monitor.config.environment import EnvironmentSource
from monitor.model import Endpoint, Nature, Side, SourceProfile, Weapon

Words = tuple[str, ...]
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_NIGHT = r"^\d{4}-\d{2}-\d{2}/\d{4}-\d{2}-\d{2}$"


class Section(BaseModel):
    """A table of the file: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class StoreSection(Section):
    """Where everything is kept."""

    url: str = Field(
        default="sqlite:///data/monitor.db",
        description="Database: `sqlite:///FILE` (relative to the folder that holds `config/`) or `postgresql://…`.",
        repr=False,
    )


class WebSection(Section):
    """The API."""

    enabled: bool = Field(default=True, description="Serve the API at all.")
    host: str = Field(default="127.0.0.1", description="Address to listen on. Public addresses need a proxy in front.")
    port: int = Field(default=8787, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    allowed_hosts: Words = Field(
        default=("127.0.0.1", "localhost", "[::1]"),
        description="Host names under which the API may be asked for; anything else is answered with 400.",
    )
    public: bool = Field(
        default=True,
        description="false: everything but `/health` and `/ready` asks for a token (`monitor tokens add`).",
    )
    proxies: Words = Field(
        default=(), description="Addresses of proxies of your own, whose `X-Forwarded-For` names the client."
    )
    requests_per_minute: int = Field(
        default=1200, ge=0, description="Most requests of one client or token in a minute; more get 429. 0: no limit."
    )
    query_seconds: float = Field(
        default=2.0, gt=0, le=60, description="Most seconds that one question to the database may take."
    )
    connections: int = Field(default=1200, ge=10, description="Most connections at a time, streams among them.")
    stream_clients: int = Field(
        default=1000, ge=0, description="Most clients of `/v1/stream`; keep it below `connections`."
    )


class LogSection(Section):
    """What the daemon says on standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least serious line shown.")
    format: Literal["auto", "console", "json"] = Field(
        default="auto", description="`json` for machines, `console` for people, `auto`: console on a terminal."
    )


class SourcesSection(Section):
    """Which sources are read, and how politely."""

    folders: Words = Field(
        default=("sources",), description="Folders of `*.toml` source profiles, relative to this file."
    )
    enable: Words = Field(default=(), description="Ids switched on beyond those enabled in their profiles.")
    disable: Words = Field(default=(), description="Ids switched off whatever their profiles say.")
    only: Words = Field(default=(), description="If not empty, only these ids are read.")
    per_host_seconds: float = Field(
        default=1.0, ge=0, description="Least time between two requests to one host, in seconds."
    )
    user_agent: str = Field(
        default="airalert-monitor/0.1 (+https://pypi.org/project/airalert-monitor/)",
        description="How we introduce ourselves to the sites that we read.",
    )
    allow_networks: Words = Field(
        default=(), description="Networks of your own that sources may be read from: `192.168.1.0/24`."
    )
    state_folder: str = Field(
        default="data/sources", description="Sessions and caches of sources (0700), relative like `store.url`."
    )


class TelegramAccount(Section):
    """One `[[telegram.account]]`: an account of your own, made with `monitor telegram login`."""

    id: str = Field(min_length=1, description="Name of the account; sources name it in `options.account`.")
    api_id: int = Field(description="From my.telegram.org.")
    api_hash_file: str | None = Field(default=None, description="File (0600) that holds the api_hash.")
    api_hash_env: str | None = Field(default=None, description="Environment name that holds the api_hash.")
    session: str | None = Field(default=None, description="Session file (0600); default: `state_folder`/ID.session.")


class TelegramSection(Section):
    """Accounts for reading through Telegram itself rather than through web previews."""

    account: tuple[TelegramAccount, ...] = Field(default=(), description="Tables `[[telegram.account]]`.")


class PublicationSection(Section):
    """What leaves in public outputs, and when (alerts, all-clears and threats always go out at once)."""

    civilian_hours: float = Field(
        default=3.0, ge=0, description="Hours before the place of an impact on a civilian target is named finer."
    )
    military_hours: float = Field(default=12.0, ge=0, description="The same for military targets.")
    needs_official: bool = Field(default=True, description="And only after an official source has named the place.")


class HeadlineSection(Section):
    """One `[[series.headline]]`: another headline rule for the attacks of one side, for some nights, or for both.

    What is left out is as in `[series]`. Where several fit, one that names a night goes before one that names a side
    only, one that names both before either, and the later in the file before the earlier.
    """

    attacker: Literal["UA", "RU"] | None = Field(default=None, description="Attacks of this side only.")
    night: str | None = Field(
        default=None, pattern=_NIGHT, description="This night, `2024-11-09/2024-11-10`, or from it on."
    )
    last_night: str | None = Field(default=None, pattern=_NIGHT, description="Up to this night; default: `night`.")
    periods: Words | None = Field(default=None, description="As in `[series]`.")
    ranks: Words | None = Field(default=None, description="As in `[series]`.")
    prefer: Literal["defender", "attacker"] | None = Field(default=None, description="As in `[series]`.")
    first_hand_first: bool | None = Field(default=None, description="As in `[series]`.")
    why: str | None = Field(default=None, description="The reason, shown beside the figures.")

    @model_validator(mode="after")
    def _names_something(self) -> HeadlineSection:
        if self.attacker is None and self.night is None:
            raise ValueError("names neither `attacker` nor `night`: the rule for everything stands in [series] itself")
        if self.last_night is not None and (self.night is None or self.last_night < self.night):
            raise ValueError("`last_night` needs a `night` before it")
        return self


class SeriesSection(Section):
    """How a nightly headline figure is chosen among the claims."""

    periods: Words = Field(
        default=("night",), description="Periods of a claim that count as the night's own figure: night, day, hours."
    )
    ranks: Words = Field(
        default=("official", "monitor", "media"), description="Ranks of source that may give it, the best first."
    )
    prefer: Literal["defender", "attacker"] = Field(
        default="defender", description="Whose word goes first where both sides claim."
    )
    first_hand_first: bool = Field(
        default=True, description="A claimant's own channel before a quotation of it elsewhere."
    )
    headline: tuple[HeadlineSection, ...] = Field(
        default=(), description="Tables `[[series.headline]]`: other rules for one side or for some nights."
    )
    threat_minutes: int = Field(default=60, ge=1, description="How long a threat without an end is listed.")
    late_minutes: int = Field(
        default=10, ge=1, description="A change learnt later than this after it happened is late."
    )


class LimitsSection(Section):
    """Caps that keep one bad answer from stopping the rest."""

    body_bytes: int = Field(default=5_000_000, ge=10_000, description="Most bytes of one answer after unpacking.")
    request_seconds: float = Field(default=20.0, gt=0, description="Total time that one request may take.")
    poll_seconds: float = Field(default=120.0, gt=0, description="Total time that one poll of a source may take.")
    stop_seconds: float = Field(default=10.0, gt=0, description="Time to finish work after a stop was asked for.")
    heartbeat_seconds: float = Field(default=60.0, gt=0, description="Time between two heartbeats to subscribers.")
    keep_messages_days: float = Field(
        default=30.0, ge=1, description="How long the bytes of a delivered message are kept for telling it again."
    )


class SubscriptionSection(Section):
    """What an endpoint is told of; an empty key asks for everything."""

    types: Words = Field(default=(), description="Change types, such as `alert.started`; `alert.*` names a family.")
    regions: Words = Field(default=(), description="Gazetteer ids, with everything below them.")
    weapons: tuple[Weapon, ...] = Field(default=(), description="Weapons.")
    sides: tuple[Side, ...] = Field(default=(), description="Sides of claimants.")
    natures: tuple[Nature, ...] = Field(default=("actual", "system"), min_length=1, description="What it is told of.")
    min_rank: Literal["official", "monitor", "media"] | None = Field(default=None, description="Least rank of source.")
    min_value: int | None = Field(default=None, description="Least figure of a count.")
    min_confidence: float = Field(default=0.0, ge=0, le=1, description="Least confidence of a reading.")
    min_origins: int = Field(default=1, ge=1, description="Independent witnesses needed.")
    quiet: tuple[str, str, str] | None = Field(
        default=None, description='Quiet hours, `["23:00", "07:00", "Europe/Kyiv"]`; alerts always pass.'
    )
    digest_minutes: float | None = Field(
        default=None, gt=0, description="Gather strikes, counts and news of sources into one message every N minutes."
    )

    @field_validator("quiet")
    @classmethod
    def _is_a_time_of_day(cls, quiet: tuple[str, str, str] | None) -> tuple[str, str, str] | None:
        for clock in quiet[:2] if quiet else ():
            if not _CLOCK.fullmatch(clock):
                raise ValueError(f"{clock!r} is no time of day, such as 23:00")
        if quiet:
            try:
                ZoneInfo(quiet[2])
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise ValueError(f"{quiet[2]!r} is no time zone, such as Europe/Kyiv") from None
        return quiet


class EndpointSection(Section):
    """One `[[endpoint]]`: someone to tell."""

    id: str = Field(min_length=1, pattern=r"^[A-Za-z0-9._-]+$", description="Name of the endpoint.")
    type: str = Field(default="webhook", description="Kind of sink: webhook, or `package.module:Class`.")
    url: SecretStr | None = Field(default=None, description="Address; it is never printed whole.")
    url_file: str | None = Field(default=None, description="File (0600) that holds the address.")
    url_env: str | None = Field(default=None, description="Environment name that holds the address.")
    secret_file: str | None = Field(default=None, description="File (0600) with signing secrets, the current first.")
    secret_env: str | None = Field(default=None, description="Environment name that holds the signing secret.")
    trusted: bool = Field(default=False, description="Gets the full evidence, without publication delays.")
    allow_networks: Words = Field(default=(), description="Networks of your own that may be dialled: `192.168.1.0/24`.")
    enabled: bool = Field(default=True, description="Deliver to it.")
    subscription: SubscriptionSection = Field(default=SubscriptionSection(), description="`[endpoint.subscription]`.")
    options: dict[str, Any] = Field(default_factory=dict, description="Settings of the kind of sink.", repr=False)


class MonitorToml(BaseSettings):
    """``config/monitor.toml`` with the environment laid over it."""

    model_config = SettingsConfigDict(
        env_prefix="MONITOR_", env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    store: StoreSection = StoreSection()
    web: WebSection = WebSection()
    log: LogSection = LogSection()
    sources: SourcesSection = SourcesSection()
    telegram: TelegramSection = TelegramSection()
    publication: PublicationSection = PublicationSection()
    series: SeriesSection = SeriesSection()
    limits: LimitsSection = LimitsSection()
    endpoint: tuple[EndpointSection, ...] = Field(default=(), repr=False)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment stands over the file, the file over the defaults."""
        return (EnvironmentSource(settings_cls), init_settings)


SECTIONS: dict[str, type[Section]] = {
    "store": StoreSection,
    "web": WebSection,
    "log": LogSection,
    "sources": SourcesSection,
    "publication": PublicationSection,
    "series": SeriesSection,
    "limits": LimitsSection,
}
TABLES: dict[str, type[Section]] = {
    "endpoint": EndpointSection,
    "endpoint.subscription": SubscriptionSection,
    "telegram.account": TelegramAccount,
    "series.headline": HeadlineSection,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the operator chose, ready for the rest of the program.

    ``base`` is the folder that relative paths of databases and sessions start from, ``folder`` the one that the
    configuration stands in, ``files`` what was read. ``warnings`` are the remarks of the lint, in words. ``accounts``
    are Telegram accounts by id, ``keys`` the tokens of sources by kind of source; both are never printed.
    """

    store: StoreSection = field(default_factory=StoreSection)
    web: WebSection = field(default_factory=WebSection)
    log: LogSection = field(default_factory=LogSection)
    sources: SourcesSection = field(default_factory=SourcesSection)
    telegram: TelegramSection = field(default_factory=TelegramSection)
    publication: PublicationSection = field(default_factory=PublicationSection)
    series: SeriesSection = field(default_factory=SeriesSection)
    limits: LimitsSection = field(default_factory=LimitsSection)
    profiles: tuple[SourceProfile, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    accounts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    warnings: tuple[str, ...] = ()
    base: Path = Path()
    folder: Path | None = None
    files: tuple[Path, ...] = ()

    @property
    def store_url(self) -> str:
        """The database's URL with an absolute path."""
        prefix = "sqlite:///"
        rest = self.store.url.removeprefix(prefix)
        if rest == self.store.url or rest in {"", ":memory:"} or rest.startswith("/"):
            return self.store.url
        return prefix + str((self.base / rest).resolve())

    @property
    def state_folder(self) -> Path:
        """Where sources keep sessions and caches, absolute."""
        return (self.base / self.sources.state_folder).resolve()

    @property
    def watched(self) -> tuple[SourceProfile, ...]:
        """The profiles that are to be read."""
        return tuple(profile for profile in self.profiles if profile.enabled)

    def secrets(self) -> Iterator[str]:
        """Every secret that was read, for whoever has to keep them out of sight."""
        for endpoint in self.endpoints:
            yield from endpoint.secrets
            split = urlsplit(endpoint.target)
            yield from (
                part for part in (split.password, split.query, *split.path.split("/")) if part and len(part) > 15
            )
        for account in self.accounts.values():
            yield str(account["api_hash"])
        for words in self.keys.values():
            yield from words.values()
        password = urlsplit(self.store.url).password
        if password:
            yield password
