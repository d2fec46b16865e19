"""Twenty-one months of siren messages: through the whole path into SQLite, beside scripts that only pair intervals.

``python -m bench history`` replays the 67,956 messages of the official history where ``../shared`` is there, else as
many made up in the same shape; ``BENCH_HISTORY=5000`` takes fewer. Each contender runs in a process of its own; memory
is the highest resident size over that of the same process when it was ready to begin.
The pandas and DuckDB scripts know the hashtag and the coloured mark, and nothing else: no reading, no state, no
authority, no evidence, no store, no second source.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.table import show

MESSAGES = int(os.environ.get("BENCH_HISTORY", "0"))
TABLE = Path(__file__).parents[2] / "shared/data/alerts_official_uk_2022-03-15_2023-12-18.csv.gz"
KYIV = ZoneInfo("Europe/Kyiv")
CONTENDERS = ("monitor", "pandas", "duckdb")


def alerts() -> Iterator[tuple[str, datetime, datetime]]:
    """(name, start, end): the real ones, or as many made up."""
    if TABLE.exists():
        with gzip.open(TABLE, "rt", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                name = row["hromada"] or row["raion"] or row["oblast"]
                yield name, datetime.fromisoformat(row["started_at"]), datetime.fromisoformat(row["finished_at"])
        return
    from monitor.catalogue import load_tags

    rng = random.Random(1)
    names = [tag.replace("_", " ") for tag, _ in load_tags() if tag.endswith("область")]
    free = dict.fromkeys(names, datetime(2022, 3, 15, tzinfo=UTC))
    for _ in range(33_978):
        name = rng.choice(names)
        start = free[name] + timedelta(seconds=rng.expovariate(1 / 40_000))
        free[name] = start + timedelta(seconds=60 + rng.expovariate(1 / 4_000))
        yield name, start, free[name]


def messages() -> Iterator[str]:
    """Lines of JSON in the order of their time, an end before a start of the same second."""
    told = []
    for name, start, end in alerts():
        told += [(start, 1, name), (end, 0, name)]
    told.sort()
    for number, (at, is_start, name) in enumerate(told[: MESSAGES or None], 1):
        words = f"🔴 {at.astimezone(KYIV):%H:%M} Повітряна тривога в {name}"
        if not is_start:
            words = f"🟢 {at.astimezone(KYIV):%H:%M} Відбій тривоги в {name}."
        tag = "".join(letter for letter in name if letter.isalnum() or letter == " ").replace(" ", "_")
        text = f"{words}\nСлідкуйте за подальшими повідомленнями.\n#{tag}"
        yield json.dumps({"channel": "siren", "id": number, "date": at.isoformat(), "text": text}, ensure_ascii=False)


def resident() -> float:
    """Megabytes now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def highest() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def monitor(file: Path, folder: Path) -> dict[str, float]:
    from monitor.catalogue import load_gazetteer, load_lexicon
    from monitor.daemon.replay import Replay
    from monitor.extract import reader
    from monitor.fuse import Rules
    from monitor.model import Authority, Item, SourceProfile
    from monitor.pipeline import Pipeline
    from monitor.sources.file import read_file
    from monitor.store import open_store, series

    siren = SourceProfile("siren", "telegram_web", "", rank="official", authority=Authority(("UA",)),
                          stale_after=timedelta(hours=6))  # fmt: skip
    gazetteer = load_gazetteer()
    rules = Rules(gazetteer, {"siren": siren}, heartbeat=None, jump_after=timedelta(days=30))
    with open_store(str(folder / "history.db"), lineage=gazetteer.line) as store:
        read = reader(load_lexicon())
        run = Replay(Pipeline(store, read, rules), {"siren": siren})
        read(Item("k", "siren", "🔴 Повітряна тривога", datetime.now(UTC)), siren)
        idle, begun, spent = resident(), time.perf_counter(), time.process_time()
        run.run(item for item in read_file(file, source="siren") if isinstance(item, Item))
        took = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - spent}
        peak = highest()
        found = sum(1 for one in series.alerts(store).rows if one.start_basis != "standing" and one.ended_at)
    return {**took, "idle": idle, "more": peak - idle, "intervals": found}


def pandas(file: Path, folder: Path) -> dict[str, float]:
    import pandas

    idle, begun, spent = resident(), time.perf_counter(), time.process_time()
    frame = pandas.read_json(file, lines=True)
    frame["tag"] = frame["text"].str.extract(r"#(\S+)")[0]
    frame["on"] = frame["text"].str.startswith("🔴")
    frame = frame.sort_values(["tag", "date", "id"])
    following = frame.groupby("tag")[["on", "date"]].shift(-1)
    pairs = frame[frame["on"] & (following["on"] == False)].assign(end=following["date"])  # noqa: E712
    took = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - spent}
    return {**took, "idle": idle, "more": highest() - idle, "intervals": len(pairs)}


def duckdb(file: Path, folder: Path) -> dict[str, float]:
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    idle, begun, spent = resident(), time.perf_counter(), time.process_time()
    query = r"""
        WITH told AS (SELECT regexp_extract(text, '#(\S+)', 1) tag, starts_with(text, '🔴') is_on, date, id
                      FROM read_json($file, format = 'newline_delimited')),
             paired AS (SELECT tag, is_on, date, lead(is_on) OVER w AS then_on, lead(date) OVER w AS ends
                        FROM told WINDOW w AS (PARTITION BY tag ORDER BY date, id))
        SELECT tag, date, ends FROM paired WHERE is_on AND NOT then_on"""
    found = connection.execute(query, {"file": str(file)}).fetchall()
    took = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - spent}
    return {**took, "idle": idle, "more": highest() - idle, "intervals": len(found)}


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "messages.jsonl"
        count = file.write_text("\n".join(messages()) + "\n", "utf-8") and sum(1 for _ in file.open("rb"))
        rows = []
        for contender in CONTENDERS:
            done = subprocess.run(
                [sys.executable, "-m", "bench.history", contender, str(file), name],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            one = json.loads(done.stdout)
            rate = count / one["cpu"]
            rows.append([contender, f"{one['seconds']:.1f}", f"{one['cpu']:.1f}", f"{rate:,.0f}", f"{one['idle']:.0f}",
                         f"{one['more']:+.0f}", f"{one['intervals']:,.0f}"])  # fmt: skip
        origin = "official history" if TABLE.exists() else "made-up history"
        head = ["", "s", "CPU s", "messages/CPU s", "idle MB", "more MB", "alerts"]
        show(f"{count:,} messages of the {origin}", head, rows)


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))))
