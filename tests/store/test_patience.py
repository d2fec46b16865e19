"""A question has a limit; the connection is as before afterwards."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import text

from monitor.errors import StoreSlow
from monitor.store import SqlStore
from monitor.store import patience as limits
from monitor.store.patience import patience

ENDLESS = """WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {n}) SELECT count(*) FROM c"""


def test_N14_a_question_without_end_is_broken_off(store: SqlStore) -> None:
    begun = time.monotonic()
    with pytest.raises(StoreSlow, match="shorter range"), patience(0.2), store.reading() as connection:
        connection.execute(text(ENDLESS.format(n=10**12)))
    assert time.monotonic() - begun < 2.0


def test_N14_rows_that_come_slowly_are_broken_off_as_well(store: SqlStore) -> None:
    slow = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c WHERE n % 1000003 = 0"
    with pytest.raises(StoreSlow), patience(0.2), store.reading() as connection:
        for _row in connection.execute(text(slow)):
            pass


def test_N14_reading_what_came_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(limits, "monotonic", lambda: now)
    seen = 0
    with pytest.raises(StoreSlow), patience(1.0):  # noqa: PT012 the loop is what is broken off
        for _row in limits.bounded(range(10_000)):
            seen += 1
            now += 0.01
    assert 100 <= seen <= 300
    assert list(limits.bounded(range(500))) == list(range(500))


def test_the_next_reader_of_the_same_connection_has_no_limit(store: SqlStore) -> None:
    for _ in range(3):
        with pytest.raises(StoreSlow), patience(0.05), store.reading() as connection:
            connection.execute(text(ENDLESS.format(n=10**12)))
    with store.reading() as connection:
        begun = time.monotonic()
        assert connection.execute(text(ENDLESS.format(n=1_500_000))).scalar() == 1_500_000
        assert time.monotonic() - begun > 0.05
