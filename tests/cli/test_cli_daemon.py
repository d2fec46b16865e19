"""`monitor run` as an operator meets it: signals, locks, ports, limits."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from cli import configuration, free_port, run, running

SOURCE = """
[[source]]
id = "notes"
kind = "file"
address = "{file}"
poll_every = 0.2
"""


def folder_with_file(tmp_path: Path, more: str = "") -> tuple[int, Path]:
    port = free_port()
    file = tmp_path / "notes.jsonl"
    file.write_text('{"id": 1, "text": "one word"}\n')
    configuration(tmp_path, port, SOURCE.format(file=file), more)
    return port, file


def texts(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "data.db")) as db:
        return [row[0] for row in db.execute("select text from items order by id")]


def wait_for_texts(folder: Path, number: int) -> None:
    """Ready means that sources are asked, not that their first answers are kept already."""
    end = time.monotonic() + 60
    while len(texts(folder)) < number and time.monotonic() < end:
        time.sleep(0.05)


def test_run_reads_stops_on_sigterm_and_takes_up_where_it_was(tmp_path: Path) -> None:
    port, file = folder_with_file(tmp_path)
    with running(tmp_path, port) as daemon:
        daemon.wait_ready()
        wait_for_texts(tmp_path, 1)
        began = time.monotonic()
        assert daemon.end(signal.SIGTERM) == 0
        assert time.monotonic() - began < 10
        assert "stopped" in daemon.log.read_text()
    assert texts(tmp_path) == ["one word"]
    with file.open("a") as out:
        out.write('{"id": 2, "text": "two words"}\n')
    with running(tmp_path, port) as daemon:
        daemon.wait_ready()
        wait_for_texts(tmp_path, 2)
        assert daemon.end(signal.SIGINT) == 0
    assert texts(tmp_path) == ["one word", "two words"]


def test_no_command_is_forked_while_this_process_has_its_database_open(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "data.db")) as db:
        db.execute("CREATE TABLE t (a)")
        with pytest.raises(AssertionError, match=r"close .*data\.db"):
            run("status", folder=tmp_path)


def test_D09_the_second_of_two_daemons_exits_with_the_pid_and_a_killed_one_leaves_no_lock(tmp_path: Path) -> None:
    port, _ = folder_with_file(tmp_path)
    with running(tmp_path, port) as daemon:
        daemon.wait_ready()
        second = run("run", folder=tmp_path, env={"MONITOR_WEB__PORT": str(free_port())})
        assert second.code == 4
        assert str(daemon.pid) in second.err
        assert "Traceback" not in second.err
        daemon.end(signal.SIGKILL)
    with running(tmp_path, port) as daemon:
        daemon.wait_ready()
        assert daemon.end() == 0


def test_a_port_in_use_has_its_own_exit_code(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        configuration(tmp_path, taken.getsockname()[1])
        done = run("run", folder=tmp_path)
    assert done.code == 5
    assert "MONITOR_WEB__PORT" in done.err
    assert "Traceback" not in done.err


def test_D19_sighup_takes_over_a_sound_file_and_keeps_the_old_one_for_a_broken_one(tmp_path: Path) -> None:
    port, file = folder_with_file(tmp_path)
    config = tmp_path / "config"
    with running(tmp_path, port) as daemon:
        daemon.wait_ready()
        (config / "sources" / "a.toml").write_text(SOURCE.format(file=file) + "pol_every = 3\n")
        os.kill(daemon.pid, signal.SIGHUP)
        line = json.loads(daemon.wait_for("reload.refused"))
        assert "a.toml:7" in line["detail"]
        assert "poll_every" in line["detail"]
        assert '"id":"notes"' in daemon.get("/v1/sources")
        other = tmp_path / "more.jsonl"
        other.write_text('{"id": 9, "text": "from the new one"}\n')
        more = SOURCE.format(file=file) + SOURCE.format(file=other).replace('"notes"', '"more"')
        (config / "sources" / "a.toml").write_text(more)
        os.kill(daemon.pid, signal.SIGHUP)
        daemon.wait_for('"event": "reloaded"')
        end = time.monotonic() + 5
        while "from the new one" not in texts(tmp_path) and time.monotonic() < end:
            time.sleep(0.05)
        assert daemon.end() == 0
    assert sorted(texts(tmp_path)) == ["from the new one", "one word"]
    (config / "monitor.toml").write_text("[web]\nprot = 1\n")
    done = run("check-config", folder=tmp_path)
    assert (done.code, "monitor.toml:2" in done.err, "`port`" in done.err) == (2, True, True)


def test_D16_few_file_descriptors_do_not_end_the_daemon(tmp_path: Path) -> None:
    port, _ = folder_with_file(tmp_path)
    with running(tmp_path, port, files=64) as daemon:
        daemon.wait_ready()
        held = []
        for _ in range(80):
            sock = socket.socket()
            sock.settimeout(0.05)
            with suppress(OSError):
                sock.connect(("127.0.0.1", port))
            held.append(sock)
        time.sleep(0.5)
        assert daemon.is_alive()
        used = len(os.listdir(f"/proc/{daemon.pid}/fd"))
        assert used < 80
        for sock in held:
            sock.close()
        daemon.wait_ready()
        wait_for_texts(tmp_path, 1)
        assert daemon.end() == 0
    assert texts(tmp_path) == ["one word"]
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 64


def test_D16_a_kill_in_the_middle_leaves_a_store_that_opens(tmp_path: Path) -> None:
    port, file = folder_with_file(tmp_path)
    with file.open("a") as out:
        out.writelines(f'{{"id": {n}, "text": "word {n}"}}\n' for n in range(2, 400))
    with running(tmp_path, port) as daemon:
        daemon.wait_ready()
        daemon.end(signal.SIGKILL)
    with running(tmp_path, port) as daemon:
        daemon.wait_ready()
        end = time.monotonic() + 10
        while len(texts(tmp_path)) < 399 and time.monotonic() < end:
            time.sleep(0.05)
        daemon.end()
    found = texts(tmp_path)
    assert len(found) == len(set(found)) == 399


def test_without_a_network_it_stays_up_and_says_so_once(tmp_path: Path) -> None:
    port = free_port()
    shut = free_port()
    feeds = "".join(
        f'[[source]]\nid = "{n}"\nkind = "feed"\naddress = "http://127.0.0.1:{shut}/{n}"\npoll_every = 0.5\n'
        for n in ("a", "b")
    )
    configuration(tmp_path, port, feeds, "[sources]\nper_host_seconds = 0\n")
    with running(tmp_path, port) as daemon:
        daemon.wait_ready()
        line = json.loads(daemon.wait_for("sources.unreachable"))
        assert line["unreachable"] == "2 of 2"
        assert "make demo" in line["hint"]
        time.sleep(1.5)
        assert daemon.log.read_text().count("sources.unreachable") == 1
        state = json.loads(daemon.get("/v1/state"))
        assert "clear" not in state["counted"]
        assert all(row["is_standing"] for row in state["rows"] if row["status"] == "active")
        assert daemon.end() == 0


def test_T20_the_daemon_never_asks_on_standard_input(tmp_path: Path) -> None:
    """An account without a session: the source fails with an instruction, the daemon goes on."""
    port = free_port()
    source = '[[source]]\nid = "t"\nkind = "telegram"\naddress = "some_channel"\noptions = { account = "desk" }\n'
    secret = tmp_path / "config" / "hash.secret"
    more = '[[telegram.account]]\nid = "desk"\napi_id = 1\napi_hash_file = "hash.secret"\n'
    configuration(tmp_path, port, source, more)
    secret.write_text("0123456789abcdef0123456789abcdef\n")
    secret.chmod(0o600)
    with running(tmp_path, port) as daemon:
        daemon.wait_ready()
        line = daemon.wait_for("sources.unreachable")
        assert "telegram login" in line
        assert daemon.end() == 0
    done = run("telegram", "login", folder=tmp_path)
    assert done.code == 1
    assert "terminal" in done.err


@pytest.mark.parametrize("mode", [0o644, 0o755])
def test_N09_a_session_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    configuration(tmp_path, None, "", '[[telegram.account]]\nid = "desk"\napi_id = 1\napi_hash_env = "HASH"\n')
    folder = tmp_path / "data" / "sources"
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    session = folder / "desk.session"
    session.write_bytes(b"x")
    session.chmod(mode)
    env = {"HASH": "0123456789abcdef0123456789abcdef"}
    done = run("telegram", "status", folder=tmp_path, env=env)
    assert done.code == 1
    assert "chmod" in done.out + done.err
    done = run("doctor", "--json", folder=tmp_path, env=env)
    assert done.code == 1
    assert any(f["state"] == "trouble" and "desk.session" in f["detail"] for f in json.loads(done.out)["findings"])


CANARY = "c4n4ry5ecretv4luec4n4ry"


def test_N10_a_secret_shows_nowhere_while_everything_fails(tmp_path: Path) -> None:
    """A feed with a key in its address, an endpoint with one in its path, both unreachable."""
    port, shut = free_port(), free_port()
    feed = (
        f'[[source]]\nid = "f"\nkind = "feed"\naddress = "http://127.0.0.1:{shut}/rss?key={CANARY}"\npoll_every = 0.3\n'
    )
    file = tmp_path / "notes.jsonl"
    file.write_text('{"id": 1, "text": "Повітряна тривога в Харківській області"}\n', "utf-8")
    more = (
        "[sources]\nper_host_seconds = 0\n"
        f'[[endpoint]]\nid = "desk"\nurl = "http://127.0.0.1:{shut}/{CANARY}/hook?k={CANARY}"\nsecret_env = "DESK"\n'
        'allow_networks = ["127.0.0.0/8"]\n'
    )
    configuration(tmp_path, port, feed + SOURCE.format(file=file), more)
    env = {"DESK": f"whsec_{CANARY}"}
    with running(tmp_path, port, env=env) as daemon:
        daemon.wait_ready()
        daemon.wait_for("sources.unreachable")
        time.sleep(1.0)
        pages = "".join(
            daemon.get(path)
            for path in ("/health", "/metrics", "/v1/sources", "/v1/changes", "/v1/state", "/openapi.json")
        )
        assert CANARY not in pages
        assert "monitor_looks_total" in pages
        for command in (["status"], ["status", "--json"], ["webhooks", "log", "--json"], ["doctor", "--json"]):
            done = run(*command, folder=tmp_path, env=env)
            assert done.code in (0, 1), done.err
            assert CANARY not in done.out + done.err, command
        assert daemon.end() == 0
    assert CANARY not in daemon.log.read_text()
    for path in tmp_path.glob("data.db*"):
        assert CANARY.encode() not in path.read_bytes(), path


@pytest.mark.long
def test_D12_a_stopped_process_notices_when_it_goes_on(tmp_path: Path) -> None:
    """SIGSTOP and SIGCONT for real, a little longer than a busy machine could take."""
    port, _ = folder_with_file(tmp_path)
    with running(tmp_path, port) as daemon:
        daemon.wait_ready()
        os.kill(daemon.pid, signal.SIGSTOP)
        time.sleep(13)
        os.kill(daemon.pid, signal.SIGCONT)
        line = json.loads(daemon.wait_for("clock.jumped"))
        assert line["kind"] == "pause"
        assert "pause" in daemon.get("/health")
        assert daemon.end() == 0


def test_a_test_message_reaches_the_endpoint_through_the_running_daemon(tmp_path: Path) -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    from standardwebhooks import Webhook

    secret = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
    bodies: list[bytes] = []
    kinds: list[str] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            Webhook(secret).verify(body, dict(self.headers.items()))
            kinds.append(json.loads(body)["type"])
            is_ping = b"system.ping" in body
            if is_ping:
                bodies.append(body)
            self.send_response(410 if is_ping and len(bodies) == 1 else 200)  # gone at first, then back
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    port, _ = folder_with_file(
        tmp_path,
        f'[[endpoint]]\nid = "desk"\nurl = "http://127.0.0.1:{server.server_port}/"\nsecret_env = "DESK"\n'
        'allow_networks = ["127.0.0.0/8"]\n',
    )
    env = {"DESK": secret}
    try:
        with running(tmp_path, port, env=env) as daemon:
            daemon.wait_ready()
            assert run("webhooks", "test", "desk", folder=tmp_path, env=env).code == 0
            daemon.wait_for('"event": "endpoint"')
            assert len(bodies) == 1
            assert run("webhooks", "resume", "desk", folder=tmp_path, env=env).code == 0
            end = time.monotonic() + 60
            while len(bodies) < 2 and time.monotonic() < end:
                time.sleep(0.05)
            assert len(bodies) == 2
            assert bodies[0] == bodies[1]
            first, second = (nth for nth, kind in enumerate(kinds) if kind == "system.ping")
            assert "state.snapshot" in kinds[first:second], "the state as it is now comes before what waited"
            log = json.loads(run("webhooks", "log", "desk", "--json", folder=tmp_path, env=env).out)
            assert log
            assert run("webhooks", "test", "nobody", folder=tmp_path, env=env).code == 1
            assert daemon.end() == 0
    finally:
        server.shutdown()
        server.server_close()
