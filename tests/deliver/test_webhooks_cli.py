"""`monitor webhooks`: what an operator types."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from monitor.cli.webhooks import app
from monitor.errors import ConfigError, InputError
from monitor.model import Subscription
from monitor.store import open_store


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


def test_every_filter_can_be_typed(typed: Any, tmp_path: Path) -> None:
    key = tmp_path / "own.key"
    key.touch(mode=0o600)
    key.write_text("whsec_" + "QkJC" * 10)
    added = typed(
        "add", "desk", "https://example.com/hook", "--only", "strike.*", "--only", "count.claimed", "--region", "UA-63",
        "--weapon", "drone", "--side", "RU", "--nature", "exercise", "--min-rank", "official", "--min-value", "5",
        "--min-confidence", "0.8", "--min-origins", "2", "--quiet", "23:00", "07:00", "Europe/Kyiv",
        "--digest-minutes", "60", "--secret-file", str(key),
    )  # fmt: skip
    assert added["secret"] is None, "it is in the operator's own file"
    store = open_store(str(tmp_path / "monitor.db"))
    (made,) = [each for each in store.endpoints() if each.id == "desk"]
    store.close()
    assert made.secrets == ("whsec_" + "QkJC" * 10,)
    assert made.subscription == Subscription(
        types=("strike.*", "count.claimed"), regions=("UA-63",), weapons=("drone",), sides=("RU",),
        natures=("exercise",), min_rank="official", min_value=5, min_confidence=0.8, min_origins=2,
        quiet=("23:00", "07:00", "Europe/Kyiv"), digest_every=timedelta(hours=1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--only", "alert.statred"), "no change is called"),
        (("--region", "UA-630"), "no region `UA-630`; did you mean UA-63"),
        (("--weapon", "shahedd"), "weapons"),
        (("--side", "XX"), "sides"),
        (("--nature", "actuall"), "natures"),
        (("--min-rank", "best"), "min_rank"),
        (("--min-confidence", "2"), "min_confidence"),
        (("--quiet", "25:00", "07:00", "Europe/Kyiv"), "no time of day"),
        (("--quiet", "23:00", "07:00", "Europe/Nowhere"), "no time zone"),
        (("--digest-minutes", "0"), "digest_minutes"),
    ],
)
def test_a_filter_that_would_let_nothing_through_is_refused(typed: Any, words: tuple[str, ...], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        typed("add", "desk", "https://example.com/hook", *words)
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


def test_what_is_queued_for_a_paused_endpoint_is_said_to_wait(typed: Any, tmp_path: Path) -> None:
    typed("add", "desk", "https://example.com/hook")
    said = [CliRunner().invoke(app, ["test", "desk", "--config", str(tmp_path / "config")]).output]
    typed("pause", "desk")
    said += [CliRunner().invoke(app, ["test", "desk", "--config", str(tmp_path / "config")]).output]
    assert ["monitor webhooks resume desk" in words for words in said] == [False, True]
