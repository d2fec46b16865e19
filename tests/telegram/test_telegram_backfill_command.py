"""`monitor backfill` of a channel that is read through an account: the same rows as through the preview."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rig import Rig

from monitor.cli.backfill import _account
from monitor.importers.history import as_history
from monitor.model import SourceProfile

PROFILE = SourceProfile("kpszsu", "telegram", "@kpszsu")
START = datetime(2024, 11, 9, tzinfo=UTC)


class Parts:
    """What the command asks of the daemon's parts: the source of a profile."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig

    def source(self, profile: SourceProfile) -> Any:
        return self.rig.source("kpszsu")


async def test_backfill_through_an_account_is_history_and_no_look(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("monitor.sources.telegram.backfill"), "EVERY", 0.0)
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    for n in range(150):
        await rig.srv.post(ch, f"post {n}", push=False, date=START + timedelta(hours=n))
    since, until = START + timedelta(hours=20), START + timedelta(hours=140)
    shown: list[tuple[float, float]] = []
    told = []
    async for batch in _account(Parts(rig), PROFILE, since, lambda done, whole: shown.append((done, whole))):  # type: ignore[arg-type]
        told.append(as_history(batch, until, since))
    texts = [item.text for batch in told for item in batch.items]
    assert texts == [f"post {n}" for n in range(20, 141)], "the last hours belong to the daemon"
    assert {(batch.look.outcome, batch.look.reason, batch.cursor) for batch in told} == {("failed", "gap", None)}
    assert shown[-1] == (130, 130)
