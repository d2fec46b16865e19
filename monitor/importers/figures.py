"""Rows that make claims → the database, and how they stand to what others told us.

The claimant of a row is its table (``--source``, else ``import:FILE``) unless the row names one: a table's figures are
never taken for the word of those whom it quotes, never mixed with theirs and never added up. A row that cannot be read
is kept as well, with the reason; a row whose cells were corrected since is a new version of the same item.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from monitor.errors import InputError
from monitor.identity import ROW, digest
from monitor.importers import Into
from monitor.model import JSON, Claim, CountReport, Evidence, Item, Moment, Reading
from monitor.store import SqlStore, series

__all__ = ["Row", "bring", "cell_evidence", "source_of"]

ROWS = 500
"""Rows in one commit."""

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a foreign file. ``identity`` are the cells that make it this row: a change elsewhere is a correction
    of it. ``done`` is how many bytes were read by then."""

    line: int
    cells: Mapping[str, JSON]
    identity: tuple[str, ...]
    at: datetime | None = None
    url: str | None = None
    done: int = 0
    flags: tuple[str, ...] = ()


def source_of(file: Path, into: Into) -> str:
    """Under which name the file's rows are kept."""
    return into.source or f"import:{file.name.split('.')[0]}"


def bring(
    file: Path, into: Into, kind: str, rows: Iterator[Row], read: Callable[[Item], Reading]
) -> Mapping[str, JSON]:
    """Commit the rows in portions and say what came of them. Raises ``InputError`` where there is none."""
    source, now = source_of(file, into), into.clock.now()
    counts: Counter[str] = Counter()
    bad: list[JSON] = []
    conflicts: list[JSON] = []
    seen: Counter[str] = Counter()
    if not file.is_file():
        raise InputError(f"{file}: there is no such file")
    origin = hashlib.sha256(file.read_bytes()).hexdigest()
    while portion := list(islice(rows, ROWS)):
        items = []
        for row in portion:
            item = _item(kind, source, row, seen, (f"file:{file.name}", f"file_sha256:{origin}"), now)
            notes = read(item).notes
            bad += [{"line": row.line, "why": note.reason, "cell": note.text[:200]} for note in notes]
            items.append(item)
        outcome = into.pipeline.record(source, items, now)
        admitted = outcome.admitted or {}
        counts["read"] += len(items)
        counts["new"] += admitted.get("new", 0)
        counts["corrected"] += admitted.get("edited", 0) + admitted.get("restored", 0)
        counts["known"] += admitted.get("same", 0) + admitted.get("outdated", 0)
        _compare(into.pipeline.store, items, read, counts, conflicts)
        into.progress(portion[-1].done)
    if not counts["read"]:
        raise InputError(f"{file}: holds no row")
    kinds = ("read", "new", "corrected", "known", "same", "differ", "only_here")
    out: dict[str, JSON] = {"sources": [source], **{kind: counts[kind] for kind in kinds}, "set_aside": len(bad)}
    out |= {"notes": bad[:SHOWN]} if bad else {}
    return out | ({"conflicts": conflicts[:SHOWN]} if conflicts else {})


def _item(
    kind: str, source: str, row: Row, seen: Counter[str], flags: tuple[str, ...], now: datetime
) -> Item:  # fmt: skip
    made = digest(*row.identity)
    seen[made] += 1
    name = made if seen[made] == 1 else f"{made}-{seen[made]}"
    at = row.at if row.at is not None and row.at <= now else None
    return Item(
        key=f"{ROW}{kind}/{source}/{name}", source=source, text=json.dumps(row.cells, ensure_ascii=False),
        received=now, published=at, url=row.url, is_late=True, flags=(*flags, f"line:{row.line}", *row.flags),
    )  # fmt: skip


def cell_evidence(item: Item, column: str, cells: Mapping[str, Any], window: Moment | None) -> Evidence:
    """The cell that a claim was read from, as it stands in the text of the item."""
    quote = f"{json.dumps(column, ensure_ascii=False)}: {json.dumps(cells[column], ensure_ascii=False)}"
    start = max(0, item.text.find(quote))
    return Evidence(quote, (start, start + len(quote)), "row", occurred=window)


def _compare(
    store: Any, items: Sequence[Item], read: Callable[[Item], Reading], counts: Counter[str], conflicts: list[JSON]
) -> None:
    """Each figure against those that others told us of the same time, side, weapon and measure."""
    if not isinstance(store, SqlStore):
        return
    kept: dict[str, Sequence[Claim]] = {}
    for item in items:
        for report in read(item).reports:
            if not isinstance(report, CountReport) or not report.date_or_period or report.subset_of:
                continue
            name = report.date_or_period
            if name not in kept:
                kept[name] = series.claims(store, night=name, superseded=False).rows
            ours = [claim for claim in kept[name] if _is_rival(claim, report)]
            if not ours:
                counts["only_here"] += 1
            elif any((claim.value, claim.value_max) == (report.value, report.value_max) for claim in ours):
                counts["same"] += 1
            else:
                counts["differ"] += 1
                conflicts.append(_conflict(item, report, ours))


def _is_rival(claim: Claim, report: CountReport) -> bool:
    """Whether a claim that was told us, not imported, is about the same: both of the whole country or of one region."""
    places = sorted(place.id or f"?{place.name}" for place in report.places)
    return (
        not claim.evidence[0].item.startswith(ROW)
        and (claim.measure, claim.weapon, claim.attacker) == (report.measure, report.weapon, report.attacker)
        and claim.period == report.period
        and "subset" not in claim.flags
        and (sorted(claim.places) == places or not (claim.places or "regional" in claim.flags))
        and (claim.model is None or report.model is None or claim.model == report.model)
    )


def _conflict(item: Item, report: CountReport, ours: Sequence[Claim]) -> JSON:
    return {
        "when": report.date_or_period,
        "attacker": report.attacker,
        "places": [place.name for place in report.places],
        "weapon": report.weapon,
        "model": report.model,
        "measure": report.measure,
        "theirs": report.value,
        "claimant": report.claimed_by,
        "item": item.key,
        "ours": [
            {"value": claim.value, "value_max": claim.value_max, "bound": claim.bound, "claimant": claim.claimant,
             "model": claim.model, "claim": claim.id}
            for claim in ours
        ],
    }  # fmt: skip
