"""Secrets come from files that only their owner can read, or from the environment; never from the file itself."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from monitor.config.models import TelegramAccount
from monitor.config.refuse import TomlFile
from monitor.errors import ConfigError, UnsafePermissions
from monitor.model import SourceProfile


def from_file(path: Path, where: str) -> tuple[str, ...]:
    """The non-empty lines of a 0600 file. Raises ``ConfigError`` or ``UnsafePermissions``, naming the file only."""
    refuse_readable_by_others(path, where)
    try:
        words = tuple(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{where}: cannot read {path}: {type(problem).__name__}") from None
    if not words:
        raise ConfigError(f"{where}: {path} is empty; put the secret on its first line")
    return words


def refuse_readable_by_others(path: Path, where: str) -> None:
    """Refuse a secret file that the group or others can open."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        raise ConfigError(f"{where}: {path} does not exist; create it with the secret and mode 0600") from None
    except OSError as problem:
        raise ConfigError(f"{where}: cannot look at {path}: {problem.strerror}") from None
    if mode & 0o077:
        raise UnsafePermissions(
            f"{where}: {path} has mode {mode:04o} and can be opened by other users; run `chmod 600 {path}`"
        )


def from_environment(name: str, env: Mapping[str, str], where: str) -> tuple[str, ...]:
    """The words of a name of the environment, the current secret first."""
    words = tuple(env.get(name, "").split())
    if not words:
        raise ConfigError(f"{where}: the environment has no {name}, or it is empty; set it before starting")
    return words


def of_accounts(
    accounts: Iterable[TelegramAccount], file: TomlFile, folder: Path, env: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """``{id: {"api_id", "api_hash", "session"}}`` of the Telegram accounts."""
    out: dict[str, dict[str, Any]] = {}
    for nth, account in enumerate(accounts):
        where = file.where("telegram", "account", nth)
        if account.api_hash_file:
            word = from_file(folder / account.api_hash_file, where)[0]
        elif account.api_hash_env:
            word = from_environment(account.api_hash_env, env, where)[0]
        else:
            raise ConfigError(f"{where}: account `{account.id}` needs `api_hash_file` or `api_hash_env`")
        session = str(folder / account.session) if account.session else None
        out[account.id] = {"api_id": account.api_id, "api_hash": word, "session": session}
    return out


def of_sources(
    profiles: Iterable[SourceProfile], folder: Path, env: Mapping[str, str]
) -> tuple[tuple[SourceProfile, ...], dict[str, dict[str, str]]]:
    """Take ``token_file``, ``token_env``, ``key_file`` … out of the options: profiles without them, keys by kind.

    Only sources that are enabled need theirs.
    """
    plain: list[SourceProfile] = []
    keys: dict[str, dict[str, str]] = {}
    for profile in profiles:
        options = dict(profile.options)
        for name, place in profile.options.items():
            word, _, how = name.rpartition("_")
            if word not in ("token", "key", "secret") or how not in ("file", "env"):
                continue
            del options[name]
            if profile.enabled:
                where = f"source `{profile.id}`"
                found = from_file(folder / place, where) if how == "file" else from_environment(place, env, where)
                keys.setdefault(profile.kind, {})[word] = found[0]
        plain.append(replace(profile, options=options))
    return tuple(plain), keys
