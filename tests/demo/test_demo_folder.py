"""The demo's folder may be named from where one stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import load
from monitor.demo.play import configuration


def test_a_folder_named_from_here_is_found_by_the_configuration_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("nights")
    folder.mkdir()
    secret = folder / "webhook.secret"
    secret.touch(mode=0o600)
    secret.write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
    settings = load(configuration(folder, "http://127.0.0.1:1", "http://127.0.0.1:2", 0), {})
    assert settings.store_url == f"sqlite:///{tmp_path}/nights/demo.db"
    assert settings.state_folder == tmp_path / "nights" / "sources"
    assert settings.endpoints[0].secrets
