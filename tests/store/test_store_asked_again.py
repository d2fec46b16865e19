"""Questions that are kept: the same rows as SQLAlchemy's own way, their faults as the store's own errors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from made_commits import T0, fill, line
from sqlalchemy import Connection, bindparam, func, literal, select, text

from monitor.errors import StoreSlow
from monitor.store import SqlStore, open_store
from monitor.store.patience import patience
from monitor.store.prepared import fetch
from monitor.store.tables import alert_spans, deliveries, items

SPANS = select(alert_spans).where(alert_spans.c.region == bindparam("region")).order_by(alert_spans.c.id)
ITEMS = (
    select(items)
    .where(items.c.received >= bindparam("since"), items.c.version >= bindparam("version"))
    .order_by(items.c.id)
)
BODIES = select(deliveries.c.id, deliveries.c.body, deliveries.c.done_at).order_by(deliveries.c.id)
ASKED: tuple[tuple[Any, dict[str, Any]], ...] = (
    (SPANS, {"region": "UA-63"}),
    (SPANS, {"region": "UA-63-1"}),
    (SPANS, {"region": "нема 'такого' %s"}),
    (ITEMS, {"since": T0, "version": 0}),
    (ITEMS, {"since": T0 + timedelta(days=900), "version": 0}),
    (BODIES, {}),
)
SLOW = select(func.pg_sleep(literal(30)).label("slept"))


class Region(NamedTuple):
    region: str
    id: str


@pytest.fixture
def connection(filled: SqlStore) -> Iterator[Connection]:
    with filled.reading() as opened:
        opened.execute(text("SELECT 1"))  # from here on a server knows of the transaction
        yield opened


def test_rows_are_those_that_sqlalchemy_gives(connection: Connection) -> None:
    found = 0
    for statement, given in [*ASKED, *ASKED]:
        ours = fetch(connection, statement, given)
        assert [tuple(row) for row in ours] == [tuple(row) for row in connection.execute(statement, given)]
        assert all(row.id == row[list(row._fields).index("id")] for row in ours)
        found += len(ours)
    assert found > 20


def test_a_row_becomes_the_kind_that_is_wanted(connection: Connection) -> None:
    statement = select(alert_spans.c.region, alert_spans.c.id).where(alert_spans.c.region == bindparam("region"))
    found = fetch(connection, statement, {"region": "UA-63"}, Region)
    assert found
    assert {type(row) for row in found} == {Region}
    assert {row.region for row in found} == {"UA-63"}


def test_a_kept_question_outlives_its_transaction(filled: SqlStore) -> None:
    for _ in range(3):
        with filled.reading() as connection:
            connection.execute(text("SELECT 1"))
            assert fetch(connection, SPANS, {"region": "UA-63"})
            connection.rollback()


@pytest.fixture
def on_a_server(postgres_url: str) -> Iterator[SqlStore]:
    with open_store(postgres_url, lineage=line) as opened:
        fill(opened, 40)
        yield opened


@pytest.mark.postgres
def test_a_question_that_the_server_has_lost_is_asked_once_more(on_a_server: SqlStore) -> None:
    with on_a_server.reading() as connection:
        connection.execute(text("SELECT 1"))
        kept = fetch(connection, SPANS, {"region": "UA-63"})
        connection.execute(text("DEALLOCATE ALL"))
        with pytest.raises(Exception, match="does not exist"):
            fetch(connection, SPANS, {"region": "UA-63"})
        connection.rollback()
        connection.execute(text("SELECT 1"))
        assert fetch(connection, SPANS, {"region": "UA-63"}) == kept


@pytest.mark.postgres
def test_a_kept_question_has_its_time(on_a_server: SqlStore) -> None:
    with patience(0.2), on_a_server.reading() as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(StoreSlow, match="shorter range"):
            fetch(connection, SLOW, {})
