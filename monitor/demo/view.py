"""What the demo shows while it runs: plain lines, or four live panels on a terminal."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.model import AlertReport, Change, CountReport, Gazetteer, PlaceRef, Report
from monitor.pipeline import Outcome

__all__ = ["View", "report_words"]

ROWS = 9


class View:
    """Takes outcomes of the pipeline and receipts of the receiver. ``is_live`` draws panels instead of lines."""

    def __init__(self, console: Console, gazetteer: Gazetteer, *, is_live: bool) -> None:
        self.console = console
        self.gazetteer = gazetteer
        self.is_live = is_live
        self.seen: Counter[str] = Counter()
        self._rows: dict[str, deque[str]] = {
            name: deque(maxlen=ROWS) for name in ("items", "reports", "changes", "deliveries")
        }
        self._now: datetime | None = None
        self._live: Live | None = None

    def __enter__(self) -> View:
        if self.is_live:
            self._live = Live(self._panels(), console=self.console, refresh_per_second=8, transient=True)
            self._live.__enter__()
        return self

    def __exit__(self, *failure: Any) -> None:
        if self._live:
            self._live.__exit__(*failure)
            self._live = None

    def outcome(self, outcome: Outcome) -> None:
        """Items, their reports and the changes of one batch."""
        self._now = outcome.at
        for read in outcome.items:
            first = " ".join(((read.item.title or "") + " " + read.item.text).split())
            version = f" (version {read.version})" if read.version > 1 else ""
            self._add("items", outcome.at, f"{read.item.source}{version}: {first[:90]}")
            for report in read.reading.reports:
                self._add("reports", outcome.at, report_words(report))
        for change in outcome.changes:
            if change.type != "heartbeat":
                self._add("changes", outcome.at, self._change_words(change))

    def receipts(self, rows: Iterable[dict[str, Any]]) -> None:
        """What the receiver has verified."""
        for row in rows:
            verdict = "verified" if row.get("verified") else "REFUSED"
            if row.get("duplicate"):
                verdict += ", seen before"
            self._add("deliveries", self._now, f"{verdict} {row.get('type')} seq {row.get('seq')}")

    def _change_words(self, change: Change) -> str:
        names = [self.gazetteer.name(place) for place in change.places]
        late = ", late" if change.late else ""
        where = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        return f"{change.type}{late}: {where or change.subject}"

    def _add(self, panel: str, at: datetime | None, words: str) -> None:
        self.seen[panel] += 1
        line = f"{at:%d %b %H:%M:%S} {words}" if at else words
        self._rows[panel].append(line)
        if self._live:
            self._live.update(self._panels())
        else:
            self.console.print(Text(f"{panel[:-1].replace('ie', 'y'):9}{line}", overflow="ellipsis", no_wrap=True))

    def _panels(self) -> Group:
        head = Table.grid(expand=True)
        head.add_column()
        head.add_column(justify="right")
        head.add_row(
            Text("REPLAY of 9-13 November 2024, sample pages. Not a warning system.", style="bold"),
            Text(f"{self._now:%d %b %Y %H:%M} UTC" if self._now else "starting"),
        )
        panels = [
            Panel(
                Text("\n".join(rows), overflow="ellipsis", no_wrap=True),
                title=f"{name}: {self.seen[name]}",
                height=ROWS + 2,
            )
            for name, rows in self._rows.items()
        ]
        return Group(head, *panels)


def report_words(report: Report) -> str:
    """One line for one report."""
    if isinstance(report, AlertReport):
        ongoing = ", still on" if report.ongoing else ""
        return f"alert {report.status}{ongoing} ({report.threat}): {_names(report.places) or 'the whole country'}"
    if isinstance(report, CountReport):
        who = f", claimed by {report.claimed_by}" if report.claimed_by else ""
        value = "withheld" if report.value is None else str(report.value)
        return f"count {report.measure} {value} {report.weapon} ({report.period}): {_names(report.places)}{who}"
    toll = [f"{n} {word}" for n, word in ((report.killed, "killed"), (report.injured, "injured")) if n is not None]
    return f"strike ({', '.join(report.weapons)}): {_names(report.places)} {', '.join(toll)}".rstrip()


def _names(places: Iterable[PlaceRef]) -> str:
    return ", ".join(place.name for place in places)
