"""`monitor tokens`: the secret is shown once, the list knows none, a revoked one stands as such."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli import configuration, free_port, run, running

from monitor.store import open_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    configuration(tmp_path)
    open_store(f"sqlite:///{tmp_path}/data.db").close()
    return tmp_path


def test_a_secret_is_printed_once_and_never_listed(folder: Path) -> None:
    made = json.loads(run("tokens", "add", "desk", "--scope", "full", "--days", "7", "--json", folder=folder).out)
    assert made["secret"].startswith(f"mon_{made['id']}_")
    for command in (("tokens", "list"), ("tokens", "list", "--json")):
        done = run(*command, folder=folder)
        assert done.code == 0, done.err
        assert made["id"] in done.out
        assert made["secret"] not in done.out
    (row,) = json.loads(run("tokens", "list", "--json", folder=folder).out)
    assert (row["standing"], row["scopes"], bool(row["expires_at"])) == ("valid", ["full"], True)


def test_a_revoked_token_stands_as_revoked_and_an_unknown_one_is_an_error(folder: Path) -> None:
    made = json.loads(run("tokens", "add", "desk", "--json", folder=folder).out)
    assert run("tokens", "revoke", made["id"], folder=folder).code == 0
    assert json.loads(run("tokens", "list", "--json", folder=folder).out)[0]["standing"] == "revoked"
    assert run("tokens", "revoke", "nobody", folder=folder).code == 1
    assert run("tokens", "add", "desk", "--scope", "all", folder=folder).code == 1


def test_N12_a_running_daemon_takes_a_new_token_at_once_and_refuses_it_once_revoked(tmp_path: Path) -> None:
    import urllib.error
    import urllib.request

    port = free_port()
    configuration(tmp_path, port)

    def ask(secret: str) -> int:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/webhooks", headers={"Authorization": f"Bearer {secret}"}
        )
        try:
            with urllib.request.urlopen(asked, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code

    with running(tmp_path, port) as daemon:
        daemon.wait_ready()
        made = json.loads(run("tokens", "add", "desk", "--scope", "deliveries", "--json", folder=tmp_path).out)
        assert ask(made["secret"]) == 200
        assert run("tokens", "revoke", made["id"], folder=tmp_path).code == 0
        assert ask(made["secret"]) == 401
        assert made["secret"] not in daemon.log.read_text()
        assert "api.used" in daemon.log.read_text()
