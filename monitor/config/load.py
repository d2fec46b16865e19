"""Files and environment → ``Settings``."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from monitor.config import endpoints as endpoint_tables
from monitor.config import profiles, refuse, secrets
from monitor.config.environment import CONFIG_NAME, PREFIX, environment, refuse_unknown_names, settable
from monitor.config.lint import lint
from monitor.config.models import SECTIONS, MonitorToml, Settings
from monitor.config.refuse import TomlFile
from monitor.errors import ConfigError
from monitor.model import SourceProfile

FILE = "monitor.toml"


def find(given: Path | None, env: Mapping[str, str], here: Path) -> Path:
    """The file to read: what was given, ``MONITOR_CONFIG``, else ``config/monitor.toml`` or ``monitor.toml``."""
    named = given or (Path(env[CONFIG_NAME]) if env.get(CONFIG_NAME) else None)
    if named is not None:
        path = named / FILE if named.is_dir() else named
        if not path.is_file():
            raise ConfigError(f"{named}: no configuration here; `monitor init {named.parent}` writes one")
        return path
    for path in (here / "config" / FILE, here / FILE):
        if path.is_file():
            return path
    raise ConfigError(
        f"{here / 'config' / FILE}: no configuration here; `monitor init` writes an annotated one, "
        f"or name one with --config"
    )


def load(config: Path | str | None, env: Mapping[str, str]) -> Settings:
    """Read everything, refuse what is not understood. ``config`` is a file, a folder, or None to look for it.

    Opens files and nothing else. Raises ``ConfigError`` or ``UnsafePermissions``.
    """
    path = find(Path(config) if config is not None else None, env, Path.cwd())
    file = read_toml(path)
    folder = path.resolve().parent
    bare = _validated(file)
    tables = _source_tables(bare, file, folder)
    pointed_at = {word for table in (file, *tables) for word in _strings(table.values)}
    refuse_unknown_names(env, settable(SECTIONS), pointed_at)
    values = _with_environment(file, env)
    if values.sources.folders != bare.sources.folders:
        tables = _source_tables(values, file, folder)
    found = _profiles(tables)
    chosen, keys = secrets.of_sources(_choose(found, values, file), folder, env)
    return Settings(
        **{name: getattr(values, name) for name in (*SECTIONS, "telegram")},
        profiles=chosen,
        endpoints=endpoint_tables.endpoints(values.endpoint, file, folder, env),
        accounts=secrets.of_accounts(values.telegram.account, file, folder, env),
        keys=keys,
        warnings=lint(chosen),
        base=folder.parent if folder.name == "config" else folder,
        folder=folder,
        files=(path, *(table.path for table in tables)),
    )


def read_toml(path: Path) -> TomlFile:
    """Values and lines of one file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise ConfigError(f"{path}: cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError as problem:
        raise ConfigError(f"{path}: is not UTF-8 (byte {problem.start}); save it as UTF-8") from None
    try:
        return TomlFile(path, tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{path}: is not TOML: {problem}") from None


def _validated(file: TomlFile) -> MonitorToml:
    """What the file says by itself, so that its errors name its own lines."""
    for key in file.values:
        if key not in MonitorToml.model_fields:
            raise refuse.unknown_key(file, (key,), MonitorToml.model_fields)
    try:
        with environment({}):
            return MonitorToml(**file.values)
    except ValidationError as problem:
        raise refuse.broken_rule(file, problem, (), MonitorToml) from None


def _with_environment(file: TomlFile, env: Mapping[str, str]) -> MonitorToml:
    try:
        with environment(env):
            return MonitorToml(**file.values)
    except ValidationError as problem:
        first = problem.errors(include_input=False, include_url=False, include_context=False)[0]
        raise ConfigError(f"environment: {_name(first['loc'])}: {first['msg'].lower()}") from None
    except SettingsError as problem:
        raise ConfigError(f"environment: {problem}") from None


def _source_tables(values: MonitorToml, file: TomlFile, folder: Path) -> list[TomlFile]:
    """The files of the source folders, in order of name."""
    paths: list[Path] = []
    for name in values.sources.folders:
        place = folder / name
        if not place.is_dir() and name == "sources" and "folders" not in file.values.get("sources", {}):
            continue
        if not place.is_dir():
            raise file.refuse(("sources", "folders"), f"{place} is no folder; make it, or name another")
        paths += sorted(place.glob("*.toml"))
    return [read_toml(path) for path in paths]


def _profiles(tables: Iterable[TomlFile]) -> tuple[SourceProfile, ...]:
    """The profiles of all files."""
    return profiles.unique(
        (table, profile, nth) for table in tables for nth, profile in enumerate(profiles.read(table))
    )


def _choose(found: tuple[SourceProfile, ...], values: MonitorToml, file: TomlFile) -> tuple[SourceProfile, ...]:
    """Switch sources on and off as ``[sources]`` says."""
    chosen = values.sources
    ids = {profile.id for profile in found}
    for key in ("enable", "disable", "only"):
        for name in getattr(chosen, key):
            if name not in ids:
                raise _unknown_source(file, key, name, ids)

    def is_on(profile: SourceProfile) -> bool:
        wanted = profile.id in chosen.only if chosen.only else profile.enabled or profile.id in chosen.enable
        return wanted and profile.id not in chosen.disable

    return tuple(replace(profile, enabled=is_on(profile)) for profile in found)


def _unknown_source(file: TomlFile, key: str, name: str, ids: set[str]) -> ConfigError:
    near = difflib.get_close_matches(name, sorted(ids), n=1)
    hint = f"did you mean `{near[0]}`?" if near else "`monitor sources list` shows the ids"
    return file.refuse(("sources", key), f"no source is called `{name}`; {hint}")


def _strings(value: Any) -> list[str]:
    """Every ``MONITOR_*`` word of the file: names that it may point at."""
    if isinstance(value, dict):
        return [word for inner in value.values() for word in _strings(inner)]
    if isinstance(value, list):
        return [word for inner in value for word in _strings(inner)]
    return [value] if isinstance(value, str) and value.startswith(PREFIX) else []


def _name(path: tuple[str | int, ...]) -> str:
    return PREFIX + "__".join(str(part) for part in path).upper()
