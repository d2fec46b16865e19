"""``MONITOR_<SECTION>__<KEY>``: the environment's part of the configuration.

The names are read from a mapping given by the caller, so that a test needs no real environment.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from pydantic_settings import BaseSettings, EnvSettingsSource

from monitor.errors import ConfigError

PREFIX = "MONITOR_"
CONFIG_NAME = "MONITOR_CONFIG"
_given: ContextVar[Mapping[str, str]] = ContextVar("environment", default={})  # noqa: B039 -- never changed in place


class EnvironmentSource(EnvSettingsSource):
    """pydantic-settings' own reading of names, over the mapping that ``environment`` sets."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in _given.get().items() if name.startswith(PREFIX)}


@contextmanager
def environment(env: Mapping[str, str]) -> Iterator[None]:
    """Within the block, settings are read from ``env``."""
    token = _given.set(env)
    try:
        yield
    finally:
        _given.reset(token)


def refuse_unknown_names(env: Mapping[str, str], known: Mapping[str, tuple[str, ...]], referenced: set[str]) -> None:
    """Refuse a ``MONITOR_*`` name that no key answers to: a misspelt name must not be ignored in silence.

    ``known`` maps a section to its keys; ``referenced`` are names that the file itself points at (``secret_env``).
    """
    names = {f"{PREFIX}{section}__{key}".upper() for section, keys in known.items() for key in keys}
    names |= {CONFIG_NAME, *referenced}
    for name in sorted(env):
        if not name.startswith(PREFIX) or name.upper() in names:
            continue
        near = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.6)
        hint = f"; did you mean {near[0]}?" if near else "; see docs/reference/config.md for the names"
        raise ConfigError(f"environment: {name} is not a name that monitor knows{hint}")


def settable(sections: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The keys of each section that may be set from the environment (tables of tables may not)."""
    return {name: tuple(model.model_fields) for name, model in sections.items() if name not in {"endpoint", "telegram"}}
