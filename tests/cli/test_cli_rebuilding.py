"""`monitor rebuild`: the difference that today's rules make is shown, and taken over when asked."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli import configuration, held_by_another, run

SOURCE = """
[[source]]
id = "oblast"
kind = "telegram_web"
address = "https://t.me/s/oblast_siren"
channel_id = 1900000001
rank = "official"
languages = ["uk"]
area = ["{area}"]
authority = {{ places = ["{area}"] }}
"""

POSTS = [
    ("2024-11-10T01:00:00Z", "🔴 Повітряна тривога!"),
    ("2024-11-10T02:10:00Z", "🟢 Відбій повітряної тривоги!"),
    ("2024-11-10T06:00:00Z", "Вночі ворог атакував 145 ударними БпЛА. Збито 62 БпЛА."),
]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a replay."""
    folder = tmp_path_factory.mktemp("replayed")
    configuration(folder, sources=SOURCE.format(area="UA-63"))
    lines = [
        json.dumps({"id": number, "channel": "oblast_siren", "date": at, "text": text})
        for number, (at, text) in enumerate(POSTS, 1)
    ]
    (folder / "posts.jsonl").write_text("\n".join(lines), "utf-8")
    done = run("replay", "posts.jsonl", "--db", "data.db", folder=folder)
    assert done.code == 0, done.err
    return folder / "data.db"


@pytest.fixture
def folder(tmp_path: Path, replayed: Path) -> Path:
    """A configuration, and a database of its own as the replay left it."""
    configuration(tmp_path, sources=SOURCE.format(area="UA-63"))
    shutil.copyfile(replayed, tmp_path / "data.db")
    return tmp_path


def rebuilt(folder: Path, *more: str) -> dict[str, object]:
    done = run("rebuild", *more, "--json", folder=folder)
    assert done.code == 0, done.err
    return dict(json.loads(done.out))


def places(folder: Path, *more: str) -> list[str]:
    """Where there were alerts, but for the permanent ones."""
    rows = json.loads(run("series", "alerts", "--json", *more, folder=folder).out)["rows"]
    return [row["place"] for row in rows if row["start_basis"] != "standing"]


def test_the_same_rules_change_nothing(folder: Path) -> None:
    found = rebuilt(folder)
    assert (found["items"], found["by"], found["differs"]) == (3, [], False)
    assert rebuilt(folder)["state_hash"] == found["state_hash"]
    assert places(folder) == ["UA-63"]


def test_a_dry_run_shows_the_difference_by_kind_region_and_rule_and_changes_nothing(folder: Path) -> None:
    configuration(folder, sources=SOURCE.format(area="UA-32"))
    before = (folder / "data.db").read_bytes()
    found = rebuilt(folder, "--dry-run")
    assert {row["region"] for row in found["by"] if row["kind"] == "intervals"} == {"UA-63", "UA-32"}
    assert {"kind", "region", "rule", "what", "rows"} == set(found["by"][0])
    assert all(row["rule"] not in ("", "-") for row in found["by"])
    assert (folder / "data.db").read_bytes() == before
    done = run("rebuild", "--dry-run", folder=folder)
    assert "Kharkiv" in done.out
    assert "monitor rebuild --apply" in done.err


def test_taken_over_it_is_todays_reading_and_the_history_stays(folder: Path) -> None:
    configuration(folder, sources=SOURCE.format(area="UA-32"))
    dry, applied = rebuilt(folder), rebuilt(folder, "--apply")
    assert applied["state_hash"] == dry["state_hash"]
    assert places(folder) == ["UA-32"]
    assert places(folder, "--as-of", "2024-11-10T07:00Z") == ["UA-63"]
    assert rebuilt(folder)["differs"] is False
    assert run("verify", folder=folder).code == 0


def test_it_is_not_taken_over_beside_a_running_daemon(folder: Path) -> None:
    with held_by_another(folder / "data.db"):
        assert run("rebuild", "--apply", folder=folder).code == 4
        assert run("rebuild", folder=folder).code == 0


def test_a_raw_log_that_was_tampered_with_is_refused(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "data.db")) as connection, connection:
        connection.execute("UPDATE items SET text = 'another' WHERE id = 2")
    done = run("rebuild", "--apply", folder=folder)
    assert done.code == 3
    assert "monitor verify" in done.err


def test_a_row_whose_first_words_are_the_same_names_what_differs() -> None:
    from datetime import UTC, datetime

    from monitor.cli.rebuilding import _summary
    from monitor.model import Interval
    from monitor.store.rebuild import Difference

    def known(hour: int) -> Interval:
        return Interval(
            "i", "UA-43", "air", datetime(2022, 12, 10, tzinfo=UTC), "standing", datetime(2024, 11, 9, hour, tzinfo=UTC)
        )

    (first,) = _summary([Difference("intervals", "i", "changed", known(17), known(18))])["first"]
    assert "known_at=2024-11-09 17" in first["old"]
    assert "known_at=2024-11-09 18" in first["new"]
