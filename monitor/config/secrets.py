"""Secrets come from files that only their owner can read, or from the environment; never from the file itself."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from monitor.errors import ConfigError, UnsafePermissions


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
