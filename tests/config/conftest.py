"""A folder with a configuration, written by the test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

SOURCE = """
[[source]]
id = "a-feed"
kind = "feed"
address = "https://news.example.org/rss"
languages = ["en"]
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write ``config/monitor.toml`` and source files; gives the folder."""

    def write_config(monitor: str = "", **sources: str) -> Path:
        folder = tmp_path / "config"
        (folder / "sources").mkdir(parents=True, exist_ok=True)
        (folder / "monitor.toml").write_text(monitor, "utf-8")
        for name, text in (sources or {"a": SOURCE}).items():
            (folder / "sources" / f"{name}.toml").write_text(text, "utf-8")
        return folder

    return write_config
