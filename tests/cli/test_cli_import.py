"""`monitor import telegram-export`: an exported channel as history, once, whatever is known of it already."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cli import configuration, held_by_another, run

from monitor.catalogue import load_gazetteer
from monitor.fuse import Rules
from monitor.store import open_store, series

CHANNEL = 1900000001
SOURCE = f"""
[[source]]
id = "oblast"
kind = "telegram_web"
address = "https://t.me/s/oblast_siren"
channel_id = {CHANNEL}
rank = "official"
languages = ["uk"]
area = ["UA-63"]
authority = {{ places = ["UA-63"] }}
[[source]]
id = "loose"
kind = "telegram_web"
address = "https://t.me/s/loose"
[[source]]
id = "paper"
kind = "feed"
address = "https://example.org/feed.xml"
"""
HOOK = """
[[endpoint]]
id = "desk"
type = "jsonl"
url = "{folder}/told.jsonl"
"""
NOW = datetime.now(UTC).replace(microsecond=0)
START = NOW - timedelta(days=5)
WORDS = {3: "🔴 Повітряна тривога!", 90: "🟢 Відбій повітряної тривоги!", 121: "🔴 Повітряна тривога!"}


def at(number: int) -> datetime:
    return NOW - timedelta(minutes=1) if number == 121 else START + timedelta(hours=number - 1)


def message(number: int, **more: Any) -> dict[str, Any]:
    text = WORDS.get(number, f"Допис номер {number}")
    return {"id": number, "type": "message", "date_unixtime": str(int(at(number).timestamp())), "text": text, **more}


def chat(*messages: Any, number: int = CHANNEL, kind: str = "public_channel") -> dict[str, Any]:
    return {"name": "Siren", "type": kind, "id": number, "messages": list(messages)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    configuration(tmp_path, sources=SOURCE, more=HOOK.format(folder=tmp_path))
    return tmp_path


def write(folder: Path, document: Any, name: str = "result.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    return path


def imported(folder: Path, path: Path, *more: str) -> dict[str, Any]:
    done = run("import", "telegram-export", path, "--json", *more, folder=folder)
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def stored(folder: Path) -> dict[str, tuple[int, str]]:
    """Key → newest version and its text."""
    with open_store(str(folder / "data.db"), create=False, lock=False) as store:
        rows = series.items(store, limit=1000).rows
        assert all(row.item.is_late for row in rows)
        return {row.item.key: (row.version, row.item.text) for row in sorted(rows, key=lambda row: row.version)}


def test_every_post_is_kept_once_as_history_and_nobody_is_alarmed(folder: Path) -> None:
    service = {"id": 50, "type": "service", "action": "pin_message", "date_unixtime": str(int(at(50).timestamp()))}
    path = write(folder, chat(*(service if n == 50 else message(n) for n in range(1, 122))))
    found = imported(folder, path)
    assert (found["sources"], found["read"], found["new"], found["recent"]) == (["oblast"], 120, 119, 1)
    assert set(stored(folder)) == {f"tg:{CHANNEL}/{n}" for n in range(1, 121) if n != 50}
    again = imported(folder, path)
    assert (again["new"], again["known"]) == (0, 119)
    with open_store(str(folder / "data.db"), create=False, lock=False) as store:
        alerts = [row for row in series.alerts(store, region="UA-63").rows if row.start_basis != "standing"]
        assert [(row.started_at, row.ended_at) for row in alerts] == [(at(3), at(90))]
        assert all(change.late for change in series.changes(store) if change.type.startswith("alert."))
        assert store.waiting() == {}, "history is told to nobody"
        state = series.state(store, at=NOW, rules=Rules(load_gazetteer(), {}), places=["UA-63"])["UA-63"]
        assert state.status == "unknown", "old posts say nothing about now"


def test_a_file_that_ends_in_the_middle_is_kept_as_far_as_it_goes_and_the_whole_one_goes_on(folder: Path) -> None:
    whole = json.dumps(chat(*(message(n) for n in range(1, 41))), ensure_ascii=False)
    (folder / "cut.json").write_text(whole[: whole.index('"id": 31')], "utf-8")
    done = run("import", "telegram-export", "cut.json", folder=folder)
    assert (done.code, "30 messages came before the fault" in done.err) == (1, True)
    part = stored(folder)
    (folder / "result.json.gz").write_bytes(gzip.compress(whole.encode()))
    found = imported(folder, folder / "result.json.gz")
    assert found["known"] == len(part) == 30
    assert len(stored(folder)) == 40


def test_an_edit_makes_a_version_and_an_older_export_takes_nothing_back(folder: Path) -> None:
    edited = message(7, text="Виправлено", edited_unixtime=str(int(at(8).timestamp())))
    first, later = write(folder, chat(message(7)), "a.json"), write(folder, chat(edited), "b.json")
    assert imported(folder, first)["new"] == 1
    assert imported(folder, later)["edited"] == 1
    assert imported(folder, first)["known"] == 1
    assert stored(folder) == {f"tg:{CHANNEL}/7": (2, "Виправлено")}


def test_of_a_whole_account_only_pinned_channels_are_taken(folder: Path) -> None:
    private = chat(message(1), message(2), number=77, kind="personal_chat")
    foreign = chat(message(3), number=4242)
    path = write(folder, {"chats": {"list": [private, chat(message(4)), foreign]}})
    found = imported(folder, path)
    assert (found["sources"], found["new"], found["passed_over"]) == (["oblast"], 1, 3)
    assert set(stored(folder)) == {f"tg:{CHANNEL}/4"}


def test_a_channel_without_a_number_in_its_profile_is_imported_by_name(folder: Path) -> None:
    path = write(folder, chat(message(4), number=4242))
    assert imported(folder, path, "--source", "loose")["new"] == 1
    assert set(stored(folder)) == {"tg:4242/4"}


@pytest.mark.parametrize(
    ("document", "more", "code", "words"),
    [
        (chat(message(1), number=4242), (), 1, "Siren (channel_id = 4242)"),
        (chat(message(1), number=4242), ("--source", "oblast"), 1, "is pinned to 1900000001"),
        (chat(message(1)), ("--source", "paper"), 1, "of kind feed"),
        (chat(message(1)), ("--source", "absent"), 1, "no source is called `absent`"),
        (chat(message(1), kind="personal_chat"), ("--source", "loose"), 1, "no profile is pinned"),
        ({"posts": []}, (), 1, "no list of messages"),
    ],
)
def test_T13_what_belongs_to_no_profile_is_refused_in_one_sentence(
    folder: Path, document: Any, more: tuple[str, ...], code: int, words: str
) -> None:
    done = run("import", "telegram-export", write(folder, document), *more, folder=folder)
    assert (done.code, done.out) == (code, "")
    assert words in done.err


def test_an_unknown_kind_and_an_absent_file_are_named(folder: Path) -> None:
    assert "telegram-export" in run("import", "fax", "a.json", folder=folder).err
    assert "no such file" in run("import", "telegram-export", "a.json", folder=folder).err


def test_it_does_not_write_beside_a_running_daemon(folder: Path) -> None:
    with held_by_another(folder / "data.db"):
        assert run("import", "telegram-export", write(folder, chat(message(1))), folder=folder).code == 4
