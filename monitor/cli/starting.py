"""`init`: an annotated configuration into an empty directory, from the wheel or the checkout."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

from monitor.errors import ConfigError

__all__ = ["packaged_config", "write_config"]


def packaged_config() -> Path:
    """The configuration that comes with the program: inside the wheel, or ``config/`` of the checkout."""
    packaged = Path(str(files("monitor") / "_config"))
    if packaged.is_dir():
        return packaged
    beside = Path(str(files("monitor"))).parent / "config"
    if (beside / "monitor.toml").is_file():
        return beside
    raise ConfigError("the annotated configuration is missing from this installation; install airalert-monitor again")


def write_config(folder: Path) -> list[Path]:
    """Copy it to ``folder/config``; nothing that exists is touched. Returns the files written."""
    target = folder / "config"
    if target.exists() and any(target.iterdir()):
        raise ConfigError(f"{target}: is there already; remove it, or run `monitor check-config` on it")
    source = packaged_config()
    written = []
    try:
        (target / "sources").mkdir(parents=True, exist_ok=True)
        for path in sorted(source.rglob("*")):
            if path.is_file() and path.suffix == ".toml":
                to = target / path.relative_to(source)
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, to)
                written.append(to)
    except OSError as problem:
        raise ConfigError(f"{folder}: cannot be written: {problem.strerror}") from None
    return written
