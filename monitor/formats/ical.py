"""Alert intervals as an iCalendar (RFC 5545), for calendars that subscribe.

An interval is an event with a UID of its own for ever; an edit raises SEQUENCE. One whose end nobody saw is TENTATIVE
and says so in its summary, one taken back is CANCELLED. Times in which nobody was being watched are events, too, so
that an empty day does not read as a quiet one. Lines are folded at 75 octets and end in CR LF.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.formats.about import REMARK, About
from monitor.identity import digest

__all__ = ["calendar"]

PRODUCT = "-//airalert-monitor//alerts//EN"
_SEEN_ENDS = ("explicit", "snapshot")
Row = Mapping[str, Any]


def calendar(
    alerts: Iterable[Row], about: About, *, now: datetime, name: Callable[[str], str] = str, title: str = "Air alerts"
) -> Iterator[str]:
    """The calendar in pieces. ``alerts``: intervals as plain JSON (times ISO 8601), as their audience may see them.
    ``name`` gives the English name of a place id. An alert that is on reaches until ``now``."""
    yield _lines(
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", PRODUCT),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("X-WR-CALNAME", _text(title)),
        ("X-WR-CALDESC", _text(" ".join(word for word in (REMARK, about.words) if word))),
        ("X-MONITOR-COVERAGE", _text(str((about.coverage or {}).get("status") or "none"))),
        *([("X-MONITOR-AS-OF", _text(about.as_of))] if about.as_of else []),
    )
    for row in alerts:
        if row.get("started_at") or row.get("ended_at"):
            yield _lines(*_alert(row, now, name))
    for gap in about.gaps:
        yield _lines(*_gap(gap, now))
    yield _lines(("END", "VCALENDAR"))


def _alert(row: Row, now: datetime, name: Callable[[str], str]) -> list[tuple[str, str]]:
    start, end, status, remark = _span(row, now)
    nature = "" if row.get("nature", "actual") == "actual" else f"[{str(row['nature']).upper()}] "
    what = "Air alert" if row["regime"] == "air" else f"Air alert ({row['regime']})"
    sentences = [f"\u201c{ref['quote']}\u201d ({ref['source']})" for ref in row.get("evidence") or () if ref["quote"]]
    links = [ref["url"] for ref in row.get("evidence") or () if ref.get("url")]
    changed = _changed(row)
    return [
        ("BEGIN", "VEVENT"),
        ("UID", f"{row['id']}@airalert-monitor"),
        ("DTSTAMP", _time(changed)),
        ("LAST-MODIFIED", _time(changed)),
        ("SEQUENCE", str(_sequence(row))),
        ("DTSTART", _time(start)),
        *([("DTEND", _time(end))] if end > start else []),
        ("SUMMARY", _text(f"{nature}{what}: {name(row['place'])}{f' ({remark})' if remark else ''}")),
        ("DESCRIPTION", _text("\n".join([*sentences[:3], f"Sources: {', '.join(row.get('sources') or ())}", REMARK]))),
        ("LOCATION", _text(name(row["place"]))),
        ("CATEGORIES", _text(row["regime"])),
        ("STATUS", status),
        ("TRANSP", "TRANSPARENT"),
        *([("URL", _uri(links[0]))] if links else []),
        ("X-MONITOR-PLACE", _text(row["place"])),
        ("X-MONITOR-END-BASIS", _text(row.get("end_basis") or "none")),
        ("END", "VEVENT"),
    ]


def _span(row: Row, now: datetime) -> tuple[datetime, datetime, str, str]:
    """From, to, STATUS and what has to be said of it."""
    started, ended = _moment(row.get("started_at")), _moment(row.get("ended_at"))
    start = started or ended or now
    if row.get("retracted_at"):
        return start, max(start, ended or start), "CANCELLED", "taken back"
    if ended is None:
        remark = "permanent alert" if row.get("start_basis") == "standing" else "not ended as far as we know"
        return start, max(start, now), "TENTATIVE", remark
    if started is None:
        return ended, ended, "TENTATIVE", "end of an alert whose start nobody saw"
    if row.get("end_basis") not in _SEEN_ENDS:
        return start, max(start, ended), "TENTATIVE", "end not seen"
    return start, max(start, ended), "CONFIRMED", ""


def _sequence(row: Row) -> int:
    """Rises with every revision that moves or cancels the event."""
    if row.get("retracted_at"):
        return 3
    if row.get("ended_at") is None:
        return 0
    return 2 if row.get("end_basis") in _SEEN_ENDS else 1


def _changed(row: Row) -> datetime:
    """When what the row says was last known anew."""
    names = ("known_at", "affirmed_at", "end_known_at", "retracted_at")
    found = [at for at in (_moment(row.get(name)) for name in names) if at]
    return max(found) if found else datetime(1970, 1, 1, tzinfo=UTC)


def _gap(gap: Row, now: datetime) -> list[tuple[str, str]]:
    start = _moment(gap.get("start")) or now
    end = _moment(gap.get("end")) or now
    return [
        ("BEGIN", "VEVENT"),
        ("UID", f"{digest('gap', _time(start))}@airalert-monitor"),
        ("DTSTAMP", _time(end)),
        ("DTSTART", _time(start)),
        *([("DTEND", _time(end))] if end > start else []),
        ("SUMMARY", "Not watched: nothing is known of this time"),
        ("STATUS", "TENTATIVE"),
        ("TRANSP", "TRANSPARENT"),
        ("CATEGORIES", "coverage"),
        ("END", "VEVENT"),
    ]


def _lines(*properties: tuple[str, str]) -> str:
    return "".join(_folded(f"{name}:{value}") for name, value in properties)


def _folded(line: str) -> str:
    """At most 75 octets a line, no character cut in two."""
    out, used = [], 0
    for char in line:
        size = len(char.encode("utf-8", "replace"))
        if used + size > 75:
            out.append("\r\n ")
            used = 1
        out.append(char)
        used += size
    return "".join(out) + "\r\n"


def _text(text: str) -> str:
    """TEXT of RFC 5545: escaped, and without control characters."""
    plain = "".join(char if char.isprintable() or char == "\n" else " " for char in text.replace("\r\n", "\n"))
    for char, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(char, escaped)
    return plain


def _uri(link: str) -> str:
    return "".join(char if char.isprintable() and char != " " else "%20" for char in link)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
