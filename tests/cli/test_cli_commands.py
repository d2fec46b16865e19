"""Commands on good and on bad input: what they print, and their exit codes."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli import configuration, free_port, run

CLEAR = "Відбій тривоги в Харківській області"


def ok(done: object) -> None:
    assert done.code == 0, done.err  # type: ignore[attr-defined]


def test_the_command_runs_in_a_process_of_its_own() -> None:
    """The only test that pays for a new interpreter; the others fork."""
    done = subprocess.run([sys.executable, "-m", "monitor", "--version"], capture_output=True, timeout=60, check=True)
    assert done.stdout.startswith(b"monitor ")


def test_help_names_every_command() -> None:
    done = run("--help")
    ok(done)
    for name in ("run", "demo", "classify", "replay", "status", "series", "export", "check-config", "doctor", "init"):
        assert f"  {name} " in done.out


def test_a_wrong_option_is_a_usage_error() -> None:
    done = run("classify", "--no-such-option")
    assert done.code == 2
    assert "No such option" in done.err
    assert "Traceback" not in done.err


def test_classify_prints_one_record_per_text_in_the_order_of_the_input() -> None:
    lines = [json.dumps({"id": n, "text": f"{CLEAR} {n}"}) for n in ("b", 7, "a")]
    done = run("classify", "--jsonl", stdin="\n".join(lines).encode())
    ok(done)
    records = [json.loads(line) for line in done.out.splitlines()]
    assert [record["id"] for record in records] == ["b", 7, "a"]
    assert set(records[0]) == {"id", "lang", "reports", "signals", "notes"}


def test_classify_reads_a_text_a_file_and_standard_input_alike(tmp_path: Path) -> None:
    (tmp_path / "post.txt").write_text(CLEAR, "utf-8")
    with gzip.open(tmp_path / "posts.jsonl.gz", "wt") as out:
        out.write(json.dumps({"id": "1", "text": CLEAR}) + "\n")
    answers = [
        run("classify", CLEAR),
        run("classify", tmp_path / "post.txt"),
        run("classify", "-", stdin=CLEAR.encode()),
        run("classify", tmp_path / "posts.jsonl.gz"),
    ]
    assert len({answer.out for answer in answers}) == 1
    assert all(answer.code == 0 for answer in answers)


def test_a_malformed_line_is_named_and_the_others_are_read() -> None:
    lines = [
        b'{"id": 1, "text": "one"}',
        b"{not json",
        b"",
        b'"a bare text"',
        b'{"id": 2}',
        b'{"id": 3, "text": "\\ud800 lone"}',
        b'{"id": 4, "text": "\xff\xfe"}',
        b"[" * 100_000,
    ]
    done = run("classify", "--jsonl", stdin=b"\n".join(lines))
    assert done.code == 1
    assert [json.loads(line)["id"] for line in done.out.splitlines()] == [1, 3, 4]
    for number in (2, 4, 5, 8):
        assert f"line {number}: " in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["classify", "no-such-file.jsonl"], "no such file"),
        (["replay", "no-such-file.jsonl"], "no such file"),
        (["evaluate", "no-such-file.jsonl"], "cannot be read"),
        (["classify", "x", "--published", "yesterday"], "--published"),
        (["classify", "--jsonl", "no such file"], "no such file"),
        (["classify", "x", "--published", "0001-01-01T00:00+05:00"], "--published"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_exit_code_1(tmp_path: Path, arguments: list[str], words: str) -> None:
    done = run(*arguments, folder=tmp_path)
    assert done.code == 1
    assert words in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_init_writes_a_configuration_that_is_sound(tmp_path: Path) -> None:
    done = run("init", tmp_path / "new")
    ok(done)
    assert "monitor run" in done.out
    assert (tmp_path / "new" / "config" / "monitor.toml").is_file()
    done = run("check-config", "--json", folder=tmp_path / "new")
    ok(done)
    assert 0 < len(json.loads(done.out)["sources"]) <= 20
    again = run("init", tmp_path / "new")
    assert again.code == 2
    assert "is there already" in again.err


def test_check_config_without_one_says_what_to_do(tmp_path: Path) -> None:
    done = run("check-config", folder=tmp_path)
    assert done.code == 2
    assert "monitor init" in done.err


def test_an_unknown_name_of_the_environment_stops_every_command(tmp_path: Path) -> None:
    configuration(tmp_path)
    for command in (["check-config"], ["run"], ["sources", "check"]):
        done = run(*command, folder=tmp_path, env={"MONITOR_WEB__PROT": "1"})
        assert done.code == 2
        assert "did you mean MONITOR_WEB__PORT?" in done.err


@pytest.mark.parametrize("command", ["status", "verify", "run"])
def test_a_corrupt_database_is_left_alone(tmp_path: Path, command: str) -> None:
    configuration(tmp_path)
    database = tmp_path / "data.db"
    for content in (b"this is no database at all, only words " * 20, b""):
        database.write_bytes(content)
        done = run(command, folder=tmp_path)
        assert done.code == 3, done.err
        assert "data.db" in done.err
        assert "Traceback" not in done.err
        assert database.read_bytes() == content


def test_a_database_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    configuration(tmp_path)
    done = run("status", folder=tmp_path)
    assert done.code == 3
    assert "monitor run" in done.err


def test_status_says_of_every_state_what_it_rests_on(tmp_path: Path) -> None:
    """Basis, age and sources of an alert that is on; why nothing is known of a region that nobody watches."""
    from monitor.catalogue import load_gazetteer, load_lexicon
    from monitor.extract import reader
    from monitor.fuse import Rules
    from monitor.model import Authority, Batch, Item, Look, SourceProfile
    from monitor.pipeline import Pipeline
    from monitor.store import open_store

    source = '[[source]]\nid = "siren"\nkind = "telegram_web"\naddress = "https://t.me/s/siren"\nrank = "official"\n'
    configuration(tmp_path, None, source + 'authority = { places = ["UA-63"] }\n')
    siren = SourceProfile("siren", "telegram_web", "", rank="official", authority=Authority(("UA-63",)))
    gazetteer, now = load_gazetteer(), datetime.now(UTC)
    with open_store(f"sqlite:///{tmp_path}/data.db", lineage=gazetteer.line) as store:
        pipeline = Pipeline(store, reader(load_lexicon()), Rules(gazetteer, {"siren": siren}, heartbeat=None))
        item = Item("tg:1/1", "siren", "Повітряна тривога в Харківській області", now, now)
        pipeline.run(Batch("siren", (item,), Look("siren", now, "ok")), now)
    done = run("status", "--json", folder=tmp_path)
    ok(done)
    states = {row["place"]: row for row in json.loads(done.out)["states"]}
    on, unwatched, standing = states["UA-63"], states["UA-07"], states["UA-43"]
    assert (on["status"], on["basis"], on["sources"], on["stale"]) == ("active", "explicit", ["siren"], False)
    assert 0 <= on["age"] < 60
    assert (unwatched["status"], unwatched["reason"], unwatched["sources"]) == ("unknown", "no_coverage", [])
    assert standing["basis"] == "standing"
    shown = run("status", folder=tmp_path)
    ok(shown)
    assert "s ago" in shown.out


@pytest.mark.parametrize("place", ["/proc/data.db", "/sys/data.db", "{folder}/closed/data.db"])
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, place: str) -> None:
    """Even root writes nothing into /proc; an ordinary user nothing into a closed folder."""
    if "closed" in place and os.geteuid() == 0:
        place = "/proc/self/data.db"
    configuration(tmp_path)
    (tmp_path / "closed").mkdir(mode=0o500)
    done = run("run", folder=tmp_path, env={"MONITOR_STORE__URL": f"sqlite:///{place.format(folder=tmp_path)}"})
    assert done.code == 3, done.err
    assert "data.db" in done.err
    assert "Traceback" not in done.err


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    configuration(tmp_path)
    done = run("run", folder=tmp_path, env={"MONITOR_STORE__URL": "sqlite:////no/such/folder/x.db"})
    assert done.code == 3
    assert "/no/such/folder" in done.err


POSTS = [
    {
        "id": 1,
        "channel_title": "x",
        "published": "2026-01-01T00:00:00Z",
        "text": "Повітряна тривога в Харківській області",
    },
    {"id": 2, "channel_title": "x", "timestamp": 1767229200, "text": "=cmd|' /C calc'!A0"},
    {"channel_title": "y", "date": "2026-01-01T02:00:00Z", "text": CLEAR},
]


def test_replay_runs_the_whole_path_into_a_database_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "night.jsonl"
    file.write_text("\n".join(map(json.dumps, POSTS)) + "\n{broken\n", "utf-8")
    done = run("replay", file, "--json", folder=tmp_path)
    assert done.code == 1, done.err
    found = json.loads(done.out)
    assert (found["items"], found["unreadable"]) == (3, 1)
    assert found["deliveries"]["waiting"] == 0
    assert found["deliveries"]["verified"] == found["deliveries"]["queued"]
    assert "line 4" in done.err
    database = tmp_path / "replay-night.db"
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("select count(*) from items").fetchone() == (3,)
    again = run("replay", file, folder=tmp_path)
    assert again.code == 1
    assert "earlier replay" in again.err
    for what in ("alerts", "strikes", "counts"):
        done = run("series", what, "--db", database, "--json")
        ok(done)
        assert set(json.loads(done.out)) == {"rows", "coverage", "next"}
        ok(run("series", what, "--db", database))
    done = run("verify", "--db", database)
    ok(done)
    for style in ("csv", "jsonl"):
        for what in ("alerts", "changes"):
            ok(run("export", what, "--db", database, "--format", style))


def test_series_refuses_a_region_that_it_does_not_know(tmp_path: Path) -> None:
    configuration(tmp_path)
    from monitor.store import open_store

    open_store(f"sqlite:///{tmp_path}/data.db").close()
    for more in ((), ("--json",)):
        done = run("series", "alerts", "--region", "UA-99", *more, folder=tmp_path)
        assert done.code == 1
        assert "UA-99" in done.err


@pytest.mark.parametrize("command", [("series", "alerts"), ("series", "coverage"), ("export", "counts")])
def test_a_range_that_ends_before_it_begins_is_refused(tmp_path: Path, command: tuple[str, ...]) -> None:
    configuration(tmp_path)
    from monitor.store import open_store

    open_store(f"sqlite:///{tmp_path}/data.db").close()
    done = run(*command, "--since", "2024-11-11", "--until", "2024-11-10", folder=tmp_path)
    assert done.code == 1
    assert "is before" in done.err


def test_N10_no_secret_of_the_configuration_is_printed_by_any_command(tmp_path: Path) -> None:
    canary = "c4n4ry5ecretv4luec4n4ry"
    more = (
        f'[[endpoint]]\nid = "desk"\nurl = "https://hooks.example.org/{canary}/x?key={canary}"\nsecret_env = "DESK"\n'
        f'[[telegram.account]]\nid = "a"\napi_id = 1\napi_hash_env = "HASH"\n'
    )
    configuration(tmp_path, None, "", more)
    env = {"DESK": f"whsec_{canary}", "HASH": canary, "MONITOR_STORE__URL": f"sqlite:///{tmp_path}/data.db"}
    from monitor.store import open_store

    open_store(f"sqlite:///{tmp_path}/data.db").close()
    for command in (
        ["check-config"], ["check-config", "--json"], ["doctor"], ["doctor", "--json"], ["status"],
        ["status", "--json"], ["webhooks", "list"], ["webhooks", "list", "--json"], ["webhooks", "log"],
        ["telegram", "status"],
        ["sources", "list", "--json"], ["run", "--no-such"], ["export", "changes"],
    ):  # fmt: skip
        done = run(*command, folder=tmp_path, env=env)
        assert canary not in done.out + done.err, command
    broken = {**env, "MONITOR_STORE__URL": f"postgresql://u:{canary}@127.0.0.1:1/x"}
    for command in (["status"], ["run"], ["doctor"]):
        done = run(*command, folder=tmp_path, env=broken)
        assert done.code in (1, 2, 3)
        assert canary not in done.out + done.err, command


def test_a_secret_is_made_in_a_closed_file(tmp_path: Path) -> None:
    done = run("webhooks", "secret", tmp_path / "desk.secret")
    ok(done)
    assert (tmp_path / "desk.secret").stat().st_mode & 0o777 == 0o600
    assert "whsec_" not in done.out
    assert run("webhooks", "secret", tmp_path / "desk.secret").code == 1


def test_a_secret_makes_its_folder_and_names_the_file_as_the_configuration_can_find_it(tmp_path: Path) -> None:
    done = run("webhooks", "secret", "config/secrets/desk.key", folder=tmp_path)
    ok(done)
    assert f'secret_file = "{tmp_path}/config/secrets/desk.key"' in done.out
    assert (tmp_path / "config" / "secrets").stat().st_mode & 0o777 == 0o700


def test_the_log_of_an_endpoint_that_nobody_knows_is_no_empty_log(tmp_path: Path) -> None:
    configuration(tmp_path, None, "")
    from monitor.store import open_store

    open_store(f"sqlite:///{tmp_path}/data.db").close()
    ok(run("webhooks", "log", folder=tmp_path))
    done = run("webhooks", "log", "dekc", folder=tmp_path)
    assert done.code == 1
    assert "dekc" in done.err


def test_sources_check_asks_each_source_once_and_says_what_came(tmp_path: Path) -> None:
    shut = free_port()
    (tmp_path / "notes.jsonl").write_text('{"id": 1, "text": "one", "published": "2026-01-01T00:00:00Z"}\n')
    configuration(
        tmp_path,
        None,
        f'[[source]]\nid = "f"\nkind = "feed"\naddress = "http://127.0.0.1:{shut}/rss"\n'
        f'[[source]]\nid = "n"\nkind = "file"\naddress = "{tmp_path}/notes.jsonl"\n'
        f'[[source]]\nid = "off"\nkind = "feed"\naddress = "https://example.org/"\nenabled = false\n',
    )
    done = run("sources", "check", "--json", folder=tmp_path)
    assert done.code == 1
    found = {row["source"]: row for row in json.loads(done.out)}
    assert found["f"]["outcome"] == "failed"
    assert (found["n"]["outcome"], found["n"]["items"]) == ("ok", 1)
    assert set(found) == {"f", "n"}
    ok(run("sources", "check", "n", folder=tmp_path))
    unknown = run("sources", "check", "nn", folder=tmp_path)
    assert unknown.code == 2
    listed = run("sources", "list", folder=tmp_path)
    ok(listed)
    assert "2 of 3 sources enabled" in listed.out


def test_doctor_finds_a_sound_machine_sound(tmp_path: Path) -> None:
    configuration(tmp_path)
    done = run("doctor", "--json", folder=tmp_path)
    findings = json.loads(done.out)["findings"]
    assert done.code == 0, findings
    assert {finding["what"] for finding in findings} >= {"Python", "Time zones", "Configuration", "Database", "Port"}


def test_a_backup_can_be_put_back(tmp_path: Path) -> None:
    configuration(tmp_path)
    from monitor.store import open_store

    open_store(f"sqlite:///{tmp_path}/data.db").close()
    ok(run("db", "backup", tmp_path / "copy.db", folder=tmp_path))
    refused = run("db", "restore", tmp_path / "copy.db", folder=tmp_path)
    assert refused.code != 0
    ok(run("db", "restore", tmp_path / "copy.db", "--replace", folder=tmp_path))
    ok(run("status", folder=tmp_path))


def test_a_store_is_copied_into_an_empty_one_only_and_says_how_many_rows(tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    text = "🔴 12:00 Повітряна тривога в Харківська область"
    posts.write_text(json.dumps({"id": "1", "text": text, "published": "2026-01-01T10:00:00Z"}) + "\n", "utf-8")
    ok(run("replay", posts, "--db", tmp_path / "old.db", folder=tmp_path))
    done = run("db", "copy", tmp_path / "old.db", tmp_path / "new.db", "--json", folder=tmp_path)
    ok(done)
    assert json.loads(done.out)["rows"]["items"] == 1
    ok(run("verify", "--db", tmp_path / "new.db", folder=tmp_path))
    again = run("db", "copy", tmp_path / "old.db", tmp_path / "new.db", folder=tmp_path)
    assert again.code != 0
    assert "not empty" in again.err


def test_explain_says_what_was_found_and_why() -> None:
    done = run("explain", "Відбій загрози балістики")
    ok(done)
    assert "because of" in done.out
    done = run("explain", "Відбій загрози балістики", "--json")
    ok(done)
    assert set(json.loads(done.out)) == {"sentences", "reading"}


def test_evaluate_scores_records_and_fails_on_a_false_all_clear(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    right = {"kind": "alert", "status": "end", "scope": "oblast", "places": ["UA-63"], "threat": "air"}
    passage = {"id": "a", "lang": "uk", "text": CLEAR, "published": "2026-01-01T00:00:00Z", "reports": [right]}
    gold.write_text(json.dumps(passage) + "\n", "utf-8")
    done = run("evaluate", gold, "--json")
    ok(done)
    found = json.loads(done.out)
    assert found["scores"]["all"]["strict_f1"] == 1.0
    assert found["critical"] == []
    ok(run("evaluate", gold))
    gold.write_text(json.dumps({**passage, "reports": []}) + "\n", "utf-8")
    done = run("evaluate", gold, "--json")
    assert done.code == 1
    assert json.loads(done.out)["critical"]
    gold.write_text('{"id": 1, "text": "x"}\n')
    done = run("evaluate", gold)
    assert done.code == 1
    assert "line 1" in done.err
    gold.write_text("no json\n")
    done = run("evaluate", gold)
    assert done.code == 1
    assert "left out" not in done.err  # a score over the rest would mislead, so that there is none
