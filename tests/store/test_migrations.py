"""The schema: migrated equals fresh, newer is refused, and an upgrade that is cut off has not happened."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from made_commits import fill, line
from sqlalchemy import Connection, select, text

from monitor.errors import AlreadyRunning, StoreVersion
from monitor.model import Commit, Fused, Interval
from monitor.store import SqlStore, open_store, series
from monitor.store.engines import engine_for, parse
from monitor.store.migrating import config_for, run
from monitor.store.rollups import recompute
from monitor.store.spans import Span
from monitor.store.tables import HEAD, alert_spans, metadata, regions, rollup_parts, rollups

T0 = datetime(2024, 11, 9, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEXT = '''
"""A step of the test: a column, then a table, then whatever is asked for."""
import os
import signal
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "HEAD"
branch_labels = depends_on = None


def upgrade():
    with op.batch_alter_table("items") as batch:
        batch.add_column(sa.Column("extra", sa.Text()))
    stop(1)
    op.create_table("extra", sa.Column("id", sa.Integer, primary_key=True))
    stop(2)
    op.execute("UPDATE items SET extra = key")
    stop(3)


def stop(step):
    if os.environ.get("TEST_MONITOR_STOP") == str(step):
        os.kill(os.getpid(), signal.SIGKILL)
    if os.environ.get("TEST_MONITOR_FAIL") == str(step):
        raise ZeroDivisionError
'''


@pytest.fixture
def step(tmp_path: Path) -> Path:
    """A folder with one more revision."""
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "9999_extra.py").write_text(NEXT.replace("HEAD", HEAD))
    return folder


def schema_of(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: re.sub(r"\s+", "", sql.replace('"', "")) for name, sql in found}


def test_head_is_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(config_for(None)).get_current_head() == HEAD  # type: ignore[arg-type]


def test_a_migrated_file_has_the_same_schema_as_a_fresh_one(tmp_path: Path) -> None:
    open_store(str(tmp_path / "fresh.db")).close()
    sqlite3.connect(tmp_path / "migrated.db").close()
    engine = engine_for(parse(str(tmp_path / "migrated.db")), writes=True)
    run(engine)
    engine.dispose()
    assert schema_of(tmp_path / "migrated.db") == schema_of(tmp_path / "fresh.db")


@pytest.mark.postgres
def test_a_migrated_server_has_the_same_schema_as_the_tables(postgres_url: str) -> None:
    engine = engine_for(parse(postgres_url), writes=True)
    run(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
    with open_store(postgres_url, lineage=line) as store:
        fill(store, 3)


def take_down_to_0003(connection: Connection) -> None:
    """The tables of today as revision 0003 had them: alerts stood among the other rows of ``regions``."""
    for words in (
        'CREATE TABLE kept AS SELECT kind, place, :no AS is_long, "at", "row" FROM regions UNION ALL '
        "SELECT 'intervals', region, is_long, begins_at, id FROM alert_spans",
        "DROP TABLE alert_spans",
        "DROP TABLE regions",
        'CREATE TABLE regions (kind TEXT NOT NULL, place TEXT NOT NULL, is_long BOOLEAN NOT NULL, "at" :time NOT NULL, '
        '"row" TEXT NOT NULL, CONSTRAINT pk_regions PRIMARY KEY (kind, place, is_long, "at", "row")) :options',
        'INSERT INTO regions SELECT kind, place, is_long, "at", "row" FROM kept',
        'CREATE INDEX ix_regions_kind_row ON regions (kind, "row")',
        "DROP TABLE kept",
        "UPDATE alembic_version SET version_num = '0003'",
    ):
        is_file = connection.dialect.name == "sqlite"
        given = ("0", "TEXT", "WITHOUT ROWID") if is_file else ("false", "TIMESTAMP WITH TIME ZONE", "")
        for name, value in zip((":no", ":time", ":options"), given, strict=True):
            words = words.replace(name, value)
        connection.execute(text(words))


def test_alerts_of_older_files_are_found_by_region(store: SqlStore) -> None:
    """Down to the schema before, up again: the index is the one that was written, and the schema is today's."""
    fill(store, 5)
    standing = Interval("standing", "UA-43", "air", T0, "standing", T0)
    guessed = Interval("guessed", "UA-05", "air", T0, "explicit", T0, ended_at=T0 + HOUR, end_basis="timeout",
                       end_bounds=(T0, T0 + 2 * HOUR))  # fmt: skip
    orphan = Interval("orphan", "UA-05", "air", None, "unknown", T0, ended_at=T0, end_basis="explicit")
    with store.writing() as unit:
        unit.save(Commit("test", T0, (), (), Fused(None, intervals=(standing, guessed, orphan)), ()))
    ask = select(alert_spans).order_by(*alert_spans.primary_key.columns)
    with store.transaction() as connection:
        wanted = connection.execute(ask).all()
        others = sorted(connection.execute(select(regions)).all())
        take_down_to_0003(connection)
    inexact = {row.id for row in wanted if not row.is_exact}
    assert inexact == {"standing", "guessed", "orphan"}
    url = store.url.render_as_string(hide_password=False)
    store.close()
    engine = engine_for(parse(url), writes=True)
    run(engine)
    with engine.connect() as connection:
        assert connection.execute(ask).all() == wanted
        assert sorted(connection.execute(select(regions)).all()) == others
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
    with open_store(url, lineage=line) as again:
        found = series.alert_spans(again, region="UA-05", start=T0 - HOUR, end=T0 + 9 * HOUR).rows
        assert Span("guessed", "UA-05", "air", T0, T0 + HOUR, (T0, T0 + 2 * HOUR)) in found
        assert "orphan" not in {span.id for span in found}


def test_roll_ups_of_older_files_call_their_nights_as_claims_do(store: SqlStore) -> None:
    """Down to the schema before and its names, up again: the cells are those that recomputing gives."""
    fill(store, 5)
    with store.transaction() as connection:
        recompute(connection, store.lineage)
        wanted = connection.execute(select(rollups).order_by(rollups.c.key)).all()
        nights = [row.period for row in wanted if row.grain == "night"]
        for table, column in (("rollups", "key"), ("rollup_parts", "key"), ("rollups", "period")):
            for night in set(nights):
                given = {"now": night, "then": f"{night[:10]}/{night[-2:]}"}
                connection.execute(text(f"UPDATE {table} SET {column} = replace({column}, :now, :then)"), given)
        take_down_to_0003(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
        assert nights
        assert connection.execute(select(rollups).order_by(rollups.c.key)).all() != wanted
        parts = connection.execute(select(rollup_parts.c.key)).scalars().all()
    url = store.url.render_as_string(hide_password=False)
    store.close()
    engine = engine_for(parse(url), writes=True)
    run(engine)
    with engine.connect() as connection:
        assert connection.execute(select(rollups).order_by(rollups.c.key)).all() == wanted
        keys = {row.key for row in wanted}
        now = connection.execute(select(rollup_parts.c.key)).scalars().all()
        assert len(now) == len(parts)
        assert set(now) <= keys
    engine.dispose()


def test_a_newer_schema_is_refused_and_left_alone(store: SqlStore) -> None:
    url = store.url.render_as_string(hide_password=False)
    with store.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreVersion, match="schema 9999"):
        open_store(url)


def upgrade(url: str, step: Path) -> None:
    engine = engine_for(parse(url), writes=True)
    try:
        run(engine, "head", step)
    finally:
        engine.dispose()


@pytest.mark.parametrize("at", [1, 2, 3])
def test_D11_a_migration_that_fails_is_taken_back_whole(
    store: SqlStore, step: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, 5)
    before = series.counts_summary(store)
    url = store.url.render_as_string(hide_password=False)
    store.close()
    monkeypatch.setenv("TEST_MONITOR_FAIL", str(at))
    with pytest.raises(ZeroDivisionError):
        upgrade(url, step)
    with open_store(url) as again:
        assert series.counts_summary(again) == before
    monkeypatch.delenv("TEST_MONITOR_FAIL")
    upgrade(url, step)
    with pytest.raises(StoreVersion):
        open_store(url)


@pytest.mark.parametrize("at", [1, 2, 3])
def test_D11_a_migration_that_is_killed_resumes_from_the_beginning(tmp_path: Path, step: Path, at: int) -> None:
    import os
    import subprocess
    import sys

    path = tmp_path / "monitor.db"
    with open_store(str(path), lineage=line) as store:
        fill(store, 5)
        before = series.counts_summary(store)
    code = (
        "import sys; from pathlib import Path; from monitor.store.engines import engine_for, parse;"
        "from monitor.store.migrating import run;"
        "run(engine_for(parse(sys.argv[1]), writes=True), 'head', Path(sys.argv[2]))"
    )
    environment = {**os.environ, "TEST_MONITOR_STOP": str(at)}
    killed = subprocess.run([sys.executable, "-c", code, str(path), str(step)], env=environment, check=False)
    assert killed.returncode == -9
    with open_store(str(path)) as again:
        assert series.counts_summary(again) == before


def make_older(path: Path) -> None:
    """Say that the file has the schema before today's, whose tables are then made by the first revision."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")


def test_an_older_schema_is_migrated_after_a_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "monitor.db"
    with open_store(str(path), lineage=line) as store:
        fill(store, 5)
    make_older(path)
    seen = []
    monkeypatch.setattr("monitor.store.schema.migrate", lambda engine: seen.append("migrated"))
    with open_store(str(path)):
        pass
    assert seen == ["migrated"]
    with closing(sqlite3.connect(tmp_path / "monitor.db.before-0000")) as backup:
        assert backup.execute("SELECT count(*) FROM items").fetchone() == (6,)


def test_an_older_schema_is_not_migrated_under_a_running_instance(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    with open_store(str(path)):
        make_older(path)
        with pytest.raises(AlreadyRunning):
            open_store(str(path), lock=False)
