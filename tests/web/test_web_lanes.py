"""The lanes of a night: what nobody heard is hatched, and what nobody saw end is left open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from site_parts import GAZETTEER, SIRENS

from monitor.model import AlertReport, Coverage, Evidence, Interval, PlaceRef, Telling
from monitor.store.series import StoredReport
from monitor.web.pages.lanes import Axis, alert_lanes, coverage_bars, threat_lanes, unwatched, without

START = datetime(2024, 11, 12, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
AXIS = Axis(START, START + 24 * HOUR, START + 24 * HOUR)


def hours(first: float, last: float) -> tuple[datetime, datetime]:
    return START + first * HOUR, START + last * HOUR


def alert(first: float, last: float | None, **more: object) -> Interval:
    ended = None if last is None else START + last * HOUR
    made = Interval("i", "UA-63", "air", START + first * HOUR, "explicit", START, ended_at=ended, end_basis="explicit")
    return replace(made, **more)  # type: ignore[arg-type]


def notice(at: float, status: str, threat: str) -> StoredReport:
    what = AlertReport(status, "oblast", (PlaceRef("UA-63"),), threat, Evidence("", (0, 0), "r"))  # type: ignore[arg-type]
    when = START + at * HOUR
    return StoredReport(Telling(f"t{at}", what, "sirens", "tg:1/1", 1, when, when), when)


def test_what_is_taken_away_leaves_the_rest() -> None:
    assert without([hours(0, 10)], [hours(2, 3), hours(5, 12)]) == [hours(0, 2), hours(3, 5)]
    assert without([hours(0, 1)], []) == [hours(0, 1)]
    assert without([hours(0, 1)], [hours(0, 2)]) == []


def test_an_end_that_nobody_saw_is_drawn_open_and_gives_a_range() -> None:
    (lane,) = alert_lanes([alert(1, 3, end_basis="timeout", end_bounds=hours(3, 5))], GAZETTEER, AXIS, {})
    assert [bar.kind for bar in lane.bars] == ["active", "maybe"]
    assert (lane.least, lane.most) == (2 * HOUR, 4 * HOUR)


def test_time_in_which_nobody_was_heard_is_unknown_but_a_known_alert_stands() -> None:
    (lane,) = alert_lanes([alert(2, 6)], GAZETTEER, AXIS, {"UA-63": [hours(0, 4)]})
    assert [(bar.kind, bar.first, bar.last) for bar in lane.bars] == [
        ("unknown", *hours(0, 2)),
        ("active", *hours(2, 6)),
    ]


def test_an_alert_of_a_raion_is_in_part() -> None:
    raion = next(key for key in GAZETTEER.children["UA-63"] if GAZETTEER.level(key) == "raion")
    (lane,) = alert_lanes([alert(2, 6, place=raion)], GAZETTEER, AXIS, {})
    assert (lane.place, [bar.kind for bar in lane.bars]) == ("UA-63", ["partial"])


def test_an_alert_that_is_on_runs_to_now_and_not_beyond() -> None:
    axis = Axis(START, START + 24 * HOUR, START + 8 * HOUR)
    (lane,) = alert_lanes([alert(2, None)], GAZETTEER, axis, {})
    assert lane.bars[0].last == START + 8 * HOUR


def test_a_region_is_unwatched_when_no_source_with_a_say_there_is_heard() -> None:
    spans = [Coverage("c", "sirens", "live", None, *hours(0, 5)), Coverage("d", "sirens", "lost", None, *hours(5, 9)),
             Coverage("e", "press", "live", None, *hours(0, 24))]  # fmt: skip
    assert unwatched(["UA-63"], GAZETTEER, {"sirens": SIRENS}, spans, AXIS) == {"UA-63": [hours(5, 24)]}
    bars, share = coverage_bars(spans, AXIS)
    assert ([bar.kind for bar in bars], share) == (["full"], 1.0)
    bars, share = coverage_bars(spans[:2], AXIS)
    assert ([bar.kind for bar in bars], round(share, 3)) == (["full", "unknown"], round(5 / 24, 3))


def test_notices_of_a_threat_are_joined_and_its_end_closes_them() -> None:
    told = [notice(1, "threat", "drone"), notice(1.5, "threat", "drone"), notice(4, "threat", "ballistic"),
            notice(4.2, "end", "ballistic"), notice(6, "start", "air")]  # fmt: skip
    lanes = {lane.threat: lane for lane in threat_lanes(told, AXIS)}
    assert set(lanes) == {"drone", "ballistic"}
    assert (lanes["drone"].notices, len(lanes["drone"].bars), lanes["drone"].bars[0].last) == (2, 1, START + 2.5 * HOUR)
    assert lanes["ballistic"].bars[0].last == START + 4.2 * HOUR
