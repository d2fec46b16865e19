"""Faults of process and disk: what was acknowledged is there, what was not has left nothing behind."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest
from made_commits import SOURCE, commit, endpoint, fill, line, minutes
from sqlalchemy import text

from monitor.errors import AlreadyRunning, StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreVersion
from monitor.store import SqlStore, backup, open_store, restore, series, verify
from monitor.store.disk import kind_of, warnings_for
from monitor.store.rebuild import state_hash

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE)}


def clean_run(folder: Path, count: int) -> str:
    with open_store(str(folder / "clean.db"), lineage=line) as store:
        fill(store, count)
        return state_hash(store)


def commit_until_killed(path: Path, count: int, seed: int) -> int:
    """Fork a process that commits and is killed at a random instruction; gives the last commit it acknowledged."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        delay = random.Random(seed).uniform(0.001, 0.15)
        threading.Timer(delay, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
        store = open_store(str(path), lineage=line)
        for number in range(int(store.cursor(SOURCE) or -1) + 1, count):
            fill(store, 1, start=number)
            os.write(there, f"{number}\n".encode())
        signal.pause()
    os.close(there)
    with os.fdopen(here, "rb") as acknowledgements:
        told = acknowledgements.read().split()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    return int(told[-1]) if told else -1


def kill_repeatedly(tmp_path: Path, kills: int, count: int) -> None:
    path = tmp_path / "killed.db"
    acknowledged = -1
    for seed in range(kills):
        acknowledged = max(acknowledged, commit_until_killed(path, count, seed))
        if path.exists():
            with closing(sqlite3.connect(path)) as check:
                (stored,) = check.execute("SELECT cursor FROM cursors").fetchone() or (-1,)
            assert int(stored) >= acknowledged, "a commit that was acknowledged is lost"
    with open_store(str(path), lineage=line) as store:
        fill(store, count - int(store.cursor(SOURCE) or -1) - 1, start=int(store.cursor(SOURCE) or -1) + 1)
        assert verify(store) == []
        told = series.changes(store, limit=count + 1)
        assert [change.seq for change in told] == list(range(1, count + 1))
        assert len({change.id for change in told}) == count
        assert len(store.due(minutes(count + 1), limit=count + 1)) == len({change.key for change in told})
        assert state_hash(store) == clean_run(tmp_path, count)


def test_D01_killed_at_random_points_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    kill_repeatedly(tmp_path, 10, 60)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_D01_killed_a_thousand_times_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    kill_repeatedly(tmp_path, 1000, 15_000)


def test_D03_full_at_every_page_nothing_is_half_written(tmp_path: Path) -> None:
    """The database may grow by k pages and no more, for every k: the commit is there whole or not at all."""
    failures = 0
    for k in range(0, 42, 7):
        path = tmp_path / f"full-{k}.db"
        with open_store(str(path), lineage=line) as store:
            fill(store, 2)
            before = state_hash(store)
            with store._writer.connect() as connection:
                (pages,) = connection.exec_driver_sql("PRAGMA page_count").one()
                connection.exec_driver_sql(f"PRAGMA max_page_count={pages + k}")
            try:
                fill(store, 8, start=2)
                continue
            except StoreFull:
                failures += 1
            finally:
                with store._writer.connect() as connection:
                    connection.exec_driver_sql("PRAGMA max_page_count=1000000")
            done = int(store.cursor(SOURCE) or 0)
            assert verify(store) == []
            assert (state_hash(store) == before) == (done == 1)
            fill(store, 13 - done, start=done + 1)
            assert [change.seq for change in series.changes(store)] == list(range(1, 15))
    assert failures > 2


def test_D03_a_limit_on_file_size_reads_as_full_and_writing_goes_on_after_it(tmp_path: Path) -> None:
    """EFBIG, which SQLite reports as a failed write, at many sizes of the log."""
    path = str(tmp_path / "monitor.db")
    code = (
        "import resource, sys; sys.path.insert(0, sys.argv[2])\n"
        "from made_commits import fill, line\n"
        "from monitor.errors import StoreFull\n"
        "from monitor.store import open_store, verify\n"
        "store = open_store(sys.argv[1], lineage=line); fill(store, 3); size = 20_000; hits = 0; done = 3\n"
        "unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "while done < 16:\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (size, unlimited[1]))\n"
        "    try:\n"
        "        fill(store, 1, start=done); done += 1\n"
        "    except StoreFull:\n"
        "        hits += 1\n"
        "        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)\n"
        "        size += 40_000\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)\n"
        "assert hits > 3, hits; assert verify(store) == []; assert store.cursor('tg-siren') == '15'; store.close()\n"
    )
    subprocess.run([sys.executable, "-c", code, path, str(HERE)], check=True, env=ENVIRONMENT)
    with open_store(path, lineage=line) as store:
        assert state_hash(store) == clean_run(tmp_path, 16)


def test_D04_a_driver_that_reports_an_io_error_stops_the_store(
    file_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same without a compiler: the driver's error stands in for the disk."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode, error.sqlite_errorname = 1034, "SQLITE_IOERR_FSYNC"  # type: ignore[misc]

    def fail(connection: object) -> None:
        raise error

    monkeypatch.setattr(file_store._writer.dialect, "do_commit", fail)
    with pytest.raises(StoreError, match=r"SQLITE_IOERR_FSYNC.*Stop") as told:
        fill(file_store, 1)
    assert told.value.is_fatal
    with pytest.raises(StoreError):
        file_store.memory()


def damaged(path: Path, how: str) -> None:
    data = path.read_bytes()
    match how:
        case "empty":
            path.write_bytes(b"")
        case "zeros":
            path.write_bytes(b"\0" * len(data))
        case "text":
            path.write_text("Dear diary,\n" * 100)
        case "truncated":
            path.write_bytes(data[: len(data) // 2 // 4096 * 4096])
        case "header cut":
            path.write_bytes(data[:50])
        case "another program":
            path.unlink()
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.execute("CREATE TABLE photos (id)")
        case "newer":
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.execute("UPDATE alembic_version SET version_num = '0999'")
        case "no version":
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.execute("DELETE FROM alembic_version")


@pytest.mark.parametrize(
    ("how", "error", "words"),
    [
        ("empty", StoreCorrupt, "file is empty"),
        ("zeros", StoreCorrupt, "no SQLite database"),
        ("text", StoreCorrupt, "no SQLite database"),
        ("truncated", StoreCorrupt, "cut short"),
        ("header cut", StoreCorrupt, "cut short"),
        ("another program", StoreError, "another program.*photos"),
        ("newer", StoreVersion, "schema 0999"),
        ("no version", StoreCorrupt, "does not say which schema"),
    ],
)
def test_D06_what_is_not_ours_is_refused_and_left_as_it_is(
    tmp_path: Path, how: str, error: type[StoreError], words: str
) -> None:
    path = tmp_path / "monitor.db"
    with open_store(str(path), lineage=line) as store:
        fill(store, 5)
    damaged(path, how)
    before = path.read_bytes()
    for lock in (True, False):
        with pytest.raises(error, match=words) as told:
            open_store(str(path), lock=lock)
        assert str(path) in str(told.value)
    assert path.read_bytes() == before


def test_D06_a_missing_directory_and_a_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        open_store(str(tmp_path / "none" / "monitor.db"))
    with pytest.raises(StoreError, match="is a directory"):
        open_store(str(tmp_path))
    with pytest.raises(StoreError, match="no database"):
        open_store(str(tmp_path / "none.db"), create=False)
    assert list(tmp_path.iterdir()) == []


OPEN = """
import os, sys
from monitor.errors import StoreError
from monitor.store import open_store
open_store(sys.argv[1] + ".warm").close()  # what is imported late is imported while we may still read it
if os.getuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
try:
    open_store(sys.argv[1])
except StoreError as error:
    print(type(error).__name__, error)
"""


def opened_by_nobody(path: Path) -> str:
    """What a user without rights is told; root would be let through everywhere."""
    ended = subprocess.run([sys.executable, "-c", OPEN, str(path)], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_D06_a_database_of_another_owner_or_in_a_closed_directory_is_refused(tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    (shut / "inner").mkdir()
    for folder in (tmp_path, *tmp_path.parents):
        if folder.name.startswith(("test_", "popen-", "pytest-")):
            os.chmod(folder, 0o755)
    assert "closed to this user" in opened_by_nobody(shut / "inner" / "new.db")
    path = tmp_path / "monitor.db"
    open_store(str(path)).close()
    assert "cannot be written by this user" in opened_by_nobody(tmp_path / "new.db")
    os.chmod(tmp_path, 0o777)
    told = opened_by_nobody(path)
    assert told.startswith("StoreError"), told
    assert "owner" in told or "lock file" in told


def test_a_new_database_is_for_its_owner_only(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "monitor.db"), lineage=line) as store:
        fill(store, 1)
        assert {oct(p.stat().st_mode & 0o777) for p in tmp_path.iterdir()} == {"0o600"}


def test_D07_a_backup_brings_everything_back_and_a_bare_copy_does_not(tmp_path: Path) -> None:
    path, bare = tmp_path / "monitor.db", tmp_path / "bare.db"
    with open_store(str(path), lineage=line) as store:
        fill(store, 20)
        wanted = state_hash(store)
        shutil.copy(path, bare)
        kept = backup(store, tmp_path / "backup.db")
    with open_store(str(bare), lineage=line, lock=False) as store:
        assert len(series.changes(store)) < 20, "what stood in the log is not in a bare copy"
    assert oct(kept.stat().st_mode & 0o777) == "0o600"
    damaged(path, "zeros")
    (tmp_path / "monitor.db-wal").write_bytes(b"of another file")
    restore(kept, str(path), replace=True)
    with open_store(str(path), lineage=line) as store:
        assert state_hash(store) == wanted
        assert verify(store) == []
        fill(store, 1, start=20)
    assert (tmp_path / "monitor.db.replaced-1").exists()
    assert (tmp_path / "monitor.db.replaced-1-wal").exists()


def test_D07_a_killed_store_whose_log_was_removed_still_opens_and_verifies(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    open_store(str(path)).close()
    commit_until_killed(path, 400, 3)
    for end in ("-wal", "-shm"):
        (tmp_path / f"monitor.db{end}").unlink(missing_ok=True)
    with open_store(str(path), lineage=line) as store:
        assert verify(store) == []


def test_D07_restore_refuses_a_running_instance_a_damaged_backup_and_silent_overwriting(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    with open_store(str(path), lineage=line) as store:
        fill(store, 5)
        kept = backup(store, tmp_path / "backup.db")
        with pytest.raises(AlreadyRunning):
            restore(kept, str(path), replace=True)
        with pytest.raises(StoreError, match="exists already"):
            backup(store, kept)
    with pytest.raises(StoreError, match="there is a database already"):
        restore(kept, str(path))
    with closing(sqlite3.connect(kept, isolation_level=None)) as connection:
        connection.execute("UPDATE items SET text = 'All clear' WHERE id = 3")
    with pytest.raises(StoreCorrupt, match=r"items 3 \(tg:1/2"):
        restore(kept, str(path), replace=True)


def test_D08_writers_beside_each_other_wait_their_turn(tmp_path: Path) -> None:
    """Reading first and writing then, from many threads and two stores: no SQLITE_BUSY, no lost write."""
    path = str(tmp_path / "monitor.db")
    with open_store(path, lineage=line) as first, open_store(path, lineage=line, lock=False) as second:

        def work(number: int) -> None:
            store = (first, second)[number % 2]
            with store.writing() as unit:
                unit.save(commit(number, unit.last_seq()))
            store.save_endpoint(endpoint(f"desk-{number}"), minutes(number))

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(60)))
        assert [change.seq for change in series.changes(first)] == list(range(1, 61))
        assert len(second.endpoints()) == 60
        assert verify(first) == []


def test_D08_a_writer_that_holds_the_database_too_long_is_named(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "monitor.db"), lineage=line) as store:
        with store._writer.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA busy_timeout=20")  # type: ignore[union-attr]
        other = sqlite3.connect(tmp_path / "monitor.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="try again"):
            fill(store, 1)
        other.execute("ROLLBACK")
        other.close()
        fill(store, 1)


HOLD = (
    "import sys, time; from monitor.store import open_store;"
    "s = open_store(sys.argv[1]); print('held', flush=True); time.sleep(60)"
)


def test_D09_of_fifty_parallel_starts_one_holds_the_database(tmp_path: Path) -> None:
    path = str(tmp_path / "monitor.db")
    outcomes: list[SqlStore | AlreadyRunning] = []
    gate = threading.Barrier(50)

    def start() -> None:
        gate.wait()
        try:
            outcomes.append(open_store(path))
        except AlreadyRunning as error:
            outcomes.append(error)

    threads = [threading.Thread(target=start) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    holders = [one for one in outcomes if isinstance(one, SqlStore)]
    assert len(holders) == 1
    assert len(outcomes) == 50
    holders[0].close()
    open_store(path).close()


def test_D09_the_second_instance_is_told_the_pid_at_once_and_kill_9_frees_the_lock(tmp_path: Path) -> None:
    path = str(tmp_path / "monitor.db")
    holder = subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        began = time.monotonic()
        with pytest.raises(AlreadyRunning, match=f"pid {holder.pid}"):
            open_store(path)
        assert time.monotonic() - began < 1
        with open_store(path, lock=False) as reader:
            assert reader.memory() == {}
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        holder.stdout.close()  # type: ignore[union-attr]
    open_store(path).close()


MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:25 / /srv/share rw,relatime - nfs4 host:/export rw
31 22 0:26 / /srv/my\\040disk rw,relatime - cifs //host/disk rw
32 22 0:27 / /run rw,nosuid - tmpfs tmpfs rw
33 22 0:28 / /srv/share/local rw,relatime - xfs /dev/vdb rw
"""


def test_D10_a_network_file_system_is_refused_and_a_fleeting_one_is_warned_of() -> None:
    assert kind_of(Path("/var/lib"), MOUNTS) == "ext4"
    assert warnings_for(Path("/srv/share/local/db"), MOUNTS) == ()
    for folder, kind in (("/srv/share/db", "nfs4"), ("/srv/my disk", "cifs")):
        with pytest.raises(StoreError, match=rf"network file system \({kind}\).*PostgreSQL"):
            warnings_for(Path(folder), MOUNTS)
    (warning,) = warnings_for(Path("/run/monitor"), MOUNTS)
    assert "lost when the machine stops" in warning
    assert warnings_for(Path("/srv"), "nonsense\n") == ()


def test_D10_open_store_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.store.disk.kind_of", lambda folder, mounts=None: "nfs")
    with pytest.raises(StoreError, match="network file system"):
        open_store(str(tmp_path / "monitor.db"))
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("monitor.store.disk.kind_of", lambda folder, mounts=None: "overlay")
    with open_store(str(tmp_path / "monitor.db")) as store:
        assert "container" in store.warnings[0]


def test_D16_without_memory_or_files_it_fails_like_a_kill_and_recovers(tmp_path: Path) -> None:
    path = str(tmp_path / "monitor.db")
    code = (
        "import os, resource, sys; sys.path.insert(0, sys.argv[2])\n"
        "from made_commits import commit, fill, line\n"
        "from monitor.store import open_store\n"
        "store = open_store(sys.argv[1], lineage=line); fill(store, 5)\n"
        "if sys.argv[3] == 'memory':\n"
        "    used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "    resource.setrlimit(resource.RLIMIT_AS, (used + 2_000_000, resource.RLIM_INFINITY))\n"
        "else:\n"
        "    store._reader.dispose(); store._writer.dispose()\n"
        "    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir('/proc/self/fd')) - 1, 4096))\n"
        "try:\n    fill(store, 900, start=5)\nexcept BaseException as error:\n    os._exit(3)\nos._exit(0)\n"
    )
    for what in ("memory", "files"):
        ended = subprocess.run([sys.executable, "-c", code, path, str(HERE), what], env=ENVIRONMENT, check=False,
                               capture_output=True)  # fmt: skip
        assert ended.returncode in ((3, 0, -6, -11) if what == "memory" else (3,)), ended
        with open_store(path, lineage=line) as store:
            assert verify(store) == []
            done = int(store.cursor(SOURCE) or 0)
            assert [change.seq for change in series.changes(store, limit=9999)] == list(range(1, done + 2))
        for left in tmp_path.iterdir():
            left.unlink()


def open_files_of(path: Path) -> int:
    """How many descriptors of this process are open on the database and on what lies beside it."""
    found = 0
    for name in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):
            found += os.readlink(f"/proc/self/fd/{name}").startswith(str(path))
    return found


def test_D16_open_files_stay_bounded(file_store: SqlStore) -> None:
    """Sixteen readers at once leave no more open than the pool keeps; so do as many again, and two hundred calls."""
    fill(file_store, 3)
    path = file_store.path
    assert path is not None
    # All at once, whatever the machine is busy with: else it is chance how many connections there are afterwards.
    together = threading.Barrier(16)

    def read(_: int) -> None:
        with file_store.reading() as connection:
            connection.execute(text("SELECT count(*) FROM items")).scalar()
            together.wait(60)

    counts = []
    for _ in range(3):
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(read, range(16)))
            list(pool.map(lambda _: (series.changes(file_store), file_store.due(minutes(9))), range(200)))
        counts.append(open_files_of(path))
    assert counts[0] == counts[1] == counts[2]
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > len(os.listdir("/proc/self/fd"))


def test_D18_a_backup_while_writing_verifies_and_misses_nothing_acknowledged(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "monitor.db"), lineage=line) as store:
        fill(store, 20)
        stop = threading.Event()
        done = [19]

        def write() -> None:
            while not stop.is_set():
                fill(store, 1, start=done[0] + 1)
                done[0] += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(3):
                before = done[0]
                kept = backup(store, tmp_path / f"backup-{number}.db")
                with open_store(str(kept), lineage=line, lock=False) as copy:
                    assert int(copy.cursor(SOURCE) or 0) >= before
                    assert verify(copy) == []
        finally:
            stop.set()
            writer.join()
    with suppress(FileNotFoundError):
        shutil.rmtree(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    restore(tmp_path / "backup-2.db", str(tmp_path / "elsewhere" / "monitor.db"))
    with open_store(str(tmp_path / "elsewhere" / "monitor.db"), lineage=line) as moved:
        assert verify(moved) == []
