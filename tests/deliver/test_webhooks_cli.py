"""`monitor webhooks`: what an operator types."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from monitor.cli.webhooks import app
from monitor.errors import InputError


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "hook.key").touch(mode=0o600)
    (folder / "hook.key").write_text("whsec_" + "QUFB" * 10 + "\n")
    (folder / "monitor.toml").write_text(
        f'[store]\nurl = "sqlite:///{tmp_path}/monitor.db"\n'
        '[[endpoint]]\nid = "configured"\nurl = "https://example.com/c4n4ry"\nsecret_file = "hook.key"\n'
    )
    for name in [name for name in os.environ if name.startswith("MONITOR_")]:
        monkeypatch.delenv(name)

    def run(*words: str) -> Any:
        done = CliRunner().invoke(app, [*words, "--config", str(folder), "--json"])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return json.loads(done.output)

    return run


def test_an_endpoint_is_added_tested_rotated_paused_resumed_and_removed(typed: Any) -> None:
    assert [row["id"] for row in typed("list")] == ["configured"]
    added = typed("add", "desk", "https://example.com/hook", "--region", "UA-63", "--only", "alert.*")
    assert added["secret"].startswith("whsec_")
    message = typed("test", "desk")["message"]
    assert typed("log", "desk", "--body", message)["type"] == "system.ping"
    with pytest.raises(InputError, match="no bytes of a message absent"):
        typed("log", "--body", "absent")
    assert typed("rotate", "desk")["secret"] != added["secret"]
    typed("pause", "desk")
    rows = {row["id"]: row for row in typed("list")}
    assert (rows["desk"]["enabled"], rows["desk"]["from"], rows["desk"]["regions"]) == (False, "added", ["UA-63"])
    typed("resume", "desk")
    assert typed("redeliver", "desk", "--since", "2024-01-01") == {"endpoint": "desk", "queued": 0}
    typed("remove", "desk")
    assert [row["id"] for row in typed("list")] == ["configured"]


def test_an_endpoint_of_the_configuration_keeps_its_secrets_out_of_the_database(typed: Any, tmp_path: Path) -> None:
    typed("pause", "configured")
    assert typed("list")[0]["enabled"] is False
    typed("resume", "configured")
    assert typed("list")[0]["enabled"] is True
    for file in tmp_path.glob("monitor.db*"):
        assert b"c4n4ry" not in file.read_bytes()
        assert b"QUFBQUFB" not in file.read_bytes()
    for word in ("rotate", "remove"):
        with pytest.raises(InputError, match="configuration"):
            typed(word, "configured")


def test_what_is_told_again_must_be_named(typed: Any) -> None:
    typed("add", "desk", "https://example.com/hook")
    for words in (["desk"], ["desk", "m1", "--since", "2024-01-01"], ["desk", "nothing"]):
        with pytest.raises(InputError):
            typed("redeliver", *words)
