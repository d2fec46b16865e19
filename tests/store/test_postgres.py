"""What is PostgreSQL's own: its lock, broken connections, NUL, and moving a store there and back."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from made_commits import SOURCE, commit, endpoint, fill, line, minutes
from sqlalchemy import text

from monitor.errors import AlreadyRunning, StoreBusy, StoreError
from monitor.store import SqlStore, backup, copy, open_store, restore, series, verify
from monitor.store.rebuild import state_hash

pytestmark = pytest.mark.postgres


@pytest.fixture
def there(postgres_url: str) -> SqlStore:  # type: ignore[misc]
    """A store on the server."""
    with open_store(postgres_url, lineage=line) as opened:
        yield opened  # type: ignore[misc]


def break_connections(store: SqlStore) -> None:
    """What a restart of the server or a failover does to us."""
    import psycopg

    plain = store.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_D20_a_broken_connection_loses_nothing_and_the_next_try_succeeds(there: SqlStore) -> None:
    fill(there, 3)
    with pytest.raises(StoreBusy, match="try again"), there.writing() as unit:  # noqa: PT012 the break is inside
        unit.save(commit(3))
        break_connections(there)
    fill(there, 1, start=3)
    assert [change.seq for change in series.changes(there)] == [1, 2, 3, 4]
    assert verify(there) == []


def test_D20_a_serialization_failure_reads_as_try_again(there: SqlStore) -> None:
    fill(there, 1)
    with pytest.raises(StoreBusy), there.transaction() as connection:
        connection.execute(text("DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$"))
    fill(there, 1, start=1)


def test_D20_nul_is_replaced_with_a_flag(there: SqlStore) -> None:
    from dataclasses import replace

    from made_commits import read_item

    odd = read_item(0, text="a\x00b")
    with there.writing() as unit:
        unit.save(replace(commit(0), items=(odd,)))
    (item,) = series.item(there, odd.item.key)
    assert item.item.text == "a\ufffdb"
    assert "nul_replaced" in item.item.flags


def test_D09_a_second_instance_on_the_server_is_told_who_holds_it(there: SqlStore, postgres_url: str) -> None:
    began = time.monotonic()
    with pytest.raises(AlreadyRunning, match=r"monitor pid \d+ on "):
        open_store(postgres_url)
    assert time.monotonic() - began < 1
    with open_store(postgres_url, lock=False) as reader:
        assert reader.memory() == {}
    there.close()
    open_store(postgres_url).close()


def test_D09_after_a_break_the_lock_is_taken_again_and_lost_to_another_only_once(
    there: SqlStore, postgres_url: str
) -> None:
    fill(there, 1)
    break_connections(there)
    fill(there, 1, start=1)
    with pytest.raises(AlreadyRunning):
        open_store(postgres_url)
    break_connections(there)
    code = (
        "import sys, time; from monitor.store import open_store;"
        "s = open_store(sys.argv[1]); print('held', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", code, postgres_url], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning, match=f"pid {other.pid} "):
            fill(there, 1, start=2)
    finally:
        other.kill()
        other.wait()
        other.stdout.close()  # type: ignore[union-attr]
    assert [change.seq for change in series.changes(there)] == [1, 2]


def test_D09_kill_9_frees_the_lock_on_the_server(postgres_url: str) -> None:
    code = (
        "import sys, time; from monitor.store import open_store;"
        "s = open_store(sys.argv[1]); print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, postgres_url], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(AlreadyRunning, match=f"pid {holder.pid} "):
        open_store(postgres_url)
    holder.kill()
    holder.wait()
    holder.stdout.close()
    for _ in range(100):
        try:
            open_store(postgres_url).close()
            return
        except AlreadyRunning:
            time.sleep(0.02)
    raise AssertionError("the lock was not freed")


def test_a_store_moves_to_the_server_and_back_unchanged(postgres_url: str, tmp_path: Path) -> None:
    path = str(tmp_path / "monitor.db")
    with open_store(path, lineage=line) as store:
        fill(store, 40)
        store.save_endpoint(endpoint(), minutes(0))
        store.delivered(commit(0).deliveries[0], minutes(1), {"status": 200})
        wanted = state_hash(store, history=True, coverage=True)
    copy(path, postgres_url)
    with open_store(postgres_url, lineage=line) as there:
        assert state_hash(there, history=True, coverage=True) == wanted
        assert verify(there) == []
        assert there.endpoints() == [endpoint()]
        fill(there, 2, start=40)
        there.delivered(commit(40).deliveries[0], minutes(50), {"status": 200})
        wanted = state_hash(there, history=True, coverage=True)
        backup(there, tmp_path / "backup.db")
    with pytest.raises(StoreError, match="not empty"):
        copy(path, postgres_url)
    restore(tmp_path / "backup.db", str(tmp_path / "back.db"))
    with open_store(str(tmp_path / "back.db"), lineage=line) as back:
        assert state_hash(back, history=True, coverage=True) == wanted
        assert back.cursor(SOURCE) == "41"


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:1/none") as told:
        open_store("postgresql+psycopg://monitor:geheim@127.0.0.1:1/none")
    assert "geheim" not in str(told.value)
