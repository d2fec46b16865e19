"""iCalendar: read back by an independent parser; unknown is not quiet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
from rendering import GAZETTEER, NOW, QUOTE, START, interval

from monitor.formats.about import About
from monitor.formats.ical import calendar
from monitor.formats.plain import plain

GAP = {"start": "2024-11-09T12:00:00Z", "end": "2024-11-09T18:00:00Z", "source": None}
ABOUT = About("alerts", coverage={"status": "partial", "gaps": [GAP, {**GAP, "source": "sirens"}]})


def made(*rows: dict[str, Any], about: About = About("alerts")) -> str:
    return "".join(calendar(rows, about, now=NOW, name=lambda place: GAZETTEER.places[place].name))


def events(*rows: dict[str, Any], about: About = About("alerts")) -> list[Any]:
    return list(icalendar.Calendar.from_ical(made(*rows, about=about)).walk("VEVENT"))


def test_an_interval_is_an_event_with_a_stable_uid_and_its_times_in_utc() -> None:
    (event,) = events(interval(ended_at=NOW, end_basis="explicit", end_known_at=NOW))
    assert event["UID"] == "i1@airalert-monitor"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (START, NOW)
    assert (str(event["SUMMARY"]), str(event["STATUS"])) == ("Air alert: Kyiv", "CONFIRMED")
    assert event["DTSTAMP"].dt == NOW


def test_text_comes_back_as_it_was_and_lines_are_folded_at_75_octets() -> None:
    text = made(interval())
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    (event,) = events(interval())
    wanted = str(plain(QUOTE)).replace("\x07", " ")
    assert f"\u201c{wanted}\u201d" in str(event["DESCRIPTION"])


def test_an_end_that_nobody_saw_is_tentative_and_says_so() -> None:
    on, timed_out = events(interval(), interval(id="i2", ended_at=NOW, end_basis="timeout"))
    assert (str(on["STATUS"]), on["DTEND"].dt) == ("TENTATIVE", NOW)
    assert "not ended as far as we know" in on["SUMMARY"]
    assert (str(timed_out["STATUS"]), "end not seen" in timed_out["SUMMARY"]) == ("TENTATIVE", True)


def test_an_alert_taken_back_is_cancelled_under_its_uid_with_a_higher_sequence() -> None:
    (before,) = events(interval())
    (after,) = events(interval(retracted_at=NOW, ended_at=NOW, end_basis="retracted"))
    assert before["UID"] == after["UID"]
    assert str(after["STATUS"]) == "CANCELLED"
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_a_time_in_which_nobody_was_watched_is_an_event_and_one_sources_own_gap_is_not() -> None:
    (gap,) = events(about=ABOUT)
    assert "Not watched" in gap["SUMMARY"]
    assert gap["DTSTART"].dt == datetime(2024, 11, 9, 12, tzinfo=UTC)
    found = icalendar.Calendar.from_ical(made(about=ABOUT))
    assert "may have happened" in found["X-WR-CALDESC"]
    assert found["X-MONITOR-COVERAGE"] == "partial"


def test_an_exercise_says_so_first() -> None:
    (event,) = events(interval(nature="exercise"))
    assert event["SUMMARY"].startswith("[EXERCISE]")


def test_an_end_without_a_start_has_no_length() -> None:
    (event,) = events(interval(started_at=None, start_basis="unknown", ended_at=NOW, end_basis="explicit"))
    assert event.get("DTEND") is None
    assert event["DTSTART"].dt == NOW
    assert "whose start nobody saw" in event["SUMMARY"]


def test_the_same_rows_give_the_same_calendar_however_often_they_are_asked_for() -> None:
    row = interval(ended_at=NOW, end_basis="explicit", end_known_at=NOW)
    later = "".join(calendar([row], About("alerts"), now=NOW + timedelta(days=1), name=lambda _: "Kyiv"))
    assert later == made(row)
