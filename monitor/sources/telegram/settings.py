"""What makes an account: numbers and secrets from the operator, and how patient to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.errors import ConfigError
from monitor.model import JSON
from monitor.sources.telegram.pace import Pace

__all__ = ["AccountSettings"]


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """What makes an account. ``session`` is the session file. ``dc`` (id, host, port) sends a new session elsewhere
    than Telegram: for tests. Secrets are not printed."""

    id: str
    api_id: int = field(repr=False)
    api_hash: str = field(repr=False)
    session: Path
    proxy: tuple[Any, ...] | None = field(default=None, repr=False)
    dc: tuple[int, str, int] | None = None
    pace: Pace = field(default_factory=Pace)
    request_timeout: float = 30.0
    patience: float = 5.0
    requests_per_second: float = 10.0

    @classmethod
    def read(cls, name: str, values: Mapping[str, JSON], state_dir: Path) -> AccountSettings:
        """From ``{"api_id": …, "api_hash": …, "session": path or None, …}``; raises ``ConfigError``."""
        try:
            return cls(
                id=name,
                api_id=int(values["api_id"]),
                api_hash=str(values["api_hash"]),
                session=Path(values.get("session") or state_dir / f"{name}.session"),
                proxy=tuple(values["proxy"]) if values.get("proxy") else None,
                dc=tuple(values["dc"]) if values.get("dc") else None,
                pace=values.get("pace") or Pace(),
                request_timeout=float(values.get("request_timeout", 30.0)),
                patience=float(values.get("patience", 5.0)),
                requests_per_second=float(values.get("requests_per_second", 10.0)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(
                f"telegram account {name}: api_id (a number) and api_hash are needed; get them at my.telegram.org"
            ) from error
