"""What the demo's database holds in the end: alert intervals, strikes and count claims, each with its sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.model import Claim, EvidenceRef, Gazetteer, Interval, StrikeEvent, Toll
from monitor.store import SqlStore, series

__all__ = ["print_summary"]

SHOWN = 14


def print_summary(console: Console, store: SqlStore, gazetteer: Gazetteer, receipts: Sequence[dict[str, Any]]) -> None:
    """Tables on a terminal and in a log alike; every figure with its claimant and its sentence."""
    counted = series.counts_summary(store)
    console.rule("REPLAY of 9-13 November 2024: what the sample pages said")
    console.print(
        f"{counted.get('items', 0)} items, {counted.get('reports', 0)} reports, {counted.get('changes', 0)} changes"
    )
    _alerts(console, [i for i in series.alerts(store).rows if i.start_basis != "standing"], gazetteer)
    _strikes(console, series.strikes(store).rows, gazetteer)
    _claims(console, series.claims(store, superseded=False).rows, gazetteer)
    _receipts(console, receipts)


def _alerts(console: Console, intervals: Sequence[Interval], gazetteer: Gazetteer) -> None:
    table = Table(title=f"Alert intervals: {len(intervals)}", title_justify="left", box=None)
    for head in ("Place", "Regime", "From (UTC)", "To (UTC)", "Lasted", "End known by"):
        table.add_column(head)
    ordered = sorted(intervals, key=lambda i: (i.started_at is None, i.started_at))
    for interval in ordered[:SHOWN]:
        table.add_row(
            gazetteer.name(interval.place),
            interval.regime,
            _time(interval.started_at),
            _time(interval.ended_at),
            _lasted(interval),
            interval.end_basis or "not ended",
        )
    console.print(table)
    if len(ordered) > SHOWN:
        console.print(f"  … and {len(ordered) - SHOWN} more: monitor series alerts")


def _strikes(console: Console, strikes: Sequence[StrikeEvent], gazetteer: Gazetteer) -> None:
    console.print(f"\nStrikes: {len(strikes)}")
    for strike in strikes:
        where = ", ".join(gazetteer.name(place) for place in strike.places) or "place not stated"
        toll = ", ".join(filter(None, (_toll(strike.killed, "killed"), _toll(strike.injured, "injured"))))
        weapons = ", ".join(strike.weapons) or "weapon not stated"
        head = f"  {strike.date or 'undated'}  {where}  ({weapons}) {toll}".rstrip()
        console.print(Text(f"{head}; told by {strike.origins} independent of {len(strike.evidence)}"))
        _sentences(console, strike.evidence[:3])


def _claims(console: Console, claims: Sequence[Claim], gazetteer: Gazetteer) -> None:
    console.print(f"\nCount claims: {len(claims)} (each is somebody's claim; they are never added up)")
    for claim in sorted(claims, key=lambda c: (c.date_or_period or "", c.claimant or "", c.measure)):
        where = ", ".join(gazetteer.name(place) for place in claim.places) or "place not stated"
        value = "withheld" if claim.value is None else str(claim.value)
        if claim.value_max is not None:
            value += f" to {claim.value_max}"
        bound = f" ({claim.bound})" if claim.bound else ""
        console.print(
            Text(
                f"  {claim.date_or_period or 'undated'} {claim.period or ''}  {claim.measure} {value}{bound} "
                f"{claim.weapon}, {where}; claimed by {claim.claimant or 'nobody named'}"
            )
        )
        _sentences(console, claim.evidence[:1])


def _receipts(console: Console, receipts: Sequence[dict[str, Any]]) -> None:
    verdicts = Counter("verified" if row.get("verified") else "refused" for row in receipts)
    again = sum(1 for row in receipts if row.get("duplicate"))
    types = Counter(str(row.get("type")) for row in receipts)
    console.print(
        f"\nWebhook: {verdicts['verified']} deliveries received, every signature verified by the receiver; "
        f"{verdicts['refused']} refused, {again} seen twice"
        if not verdicts["refused"]
        else f"\nWebhook: {verdicts['verified']} verified, {verdicts['refused']} REFUSED, {again} seen twice"
    )
    console.print("  " + ", ".join(f"{name} {count}" for name, count in types.most_common()))


def _sentences(console: Console, evidence: Iterable[EvidenceRef]) -> None:
    for ref in evidence:
        quote = " ".join(ref.quote.split())
        console.print(Text(f"      “{quote[:160]}” ({ref.source})", style="dim"))


def _time(at: datetime | None) -> str:
    return f"{at:%d %b %H:%M}" if at else "not known"


def _lasted(interval: Interval) -> str:
    if interval.started_at is None or interval.ended_at is None:
        return ""
    minutes = round((interval.ended_at - interval.started_at).total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60:02d}" if minutes >= 60 else f"{minutes} min"


def _toll(toll: Toll, word: str) -> str:
    if toll.least is None or toll.most is None:
        return ""
    return f"{toll.least} to {toll.most} {word}" if toll.least != toll.most else f"{toll.least} {word}"
