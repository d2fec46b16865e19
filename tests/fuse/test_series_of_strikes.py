"""Strikes: reports of one strike become one event, and only independent witnesses are counted."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from fuse_timeline import Run, moment, named, news, rules_of, words

from monitor.model import StrikeEvent, Withdrawal

SOURCES: dict[str, dict[str, Any]] = {
    "siren": {},
    "mayor": {"places": ["X"], "claimant": "Mayor"},
    "governor": {"places": ["RM"], "area": ["RM"], "claimant": "Governor"},
    **{f"paper{n}": {"rank": "media", "places": []} for n in range(1, 31)},
}


def told(*lines: str, at: str = "10:00") -> Run:
    run = Run(rules_of({"sources": SOURCES}))
    for number, line in enumerate(lines):
        now = moment(at) + timedelta(minutes=number)
        run.step(now, [words(line, now)])
    return run


def events(run: Run) -> list[StrikeEvent]:
    found = [one for one in run.strikes.values() if one.merged_into is None and one.retracted_at is None]
    return sorted(found, key=lambda event: event.first_at)


def test_reports_in_nested_places_are_one_strike() -> None:
    run = told(
        "governor/1 strike RM weapon=drone injured=1 date=2024-11-10",
        "paper1/1 strike RMC weapon=drone injured=5 date=2024-11-10 by=Health",
        "paper2/1 strike RM date=2024-11-10",
    )
    (event,) = events(run)
    assert event.id == news(run.changes)[0].subject
    assert (event.places, event.weapons, event.origins) == (("RMC",), ("drone",), 3)
    assert (event.injured.least, event.injured.most, event.injured.latest, event.injured.claimant) == (
        1,
        5,
        5,
        "Health",
    )
    assert event.claimants == ("Governor", "Health", "paper2")
    kinds = [named(change) for change in run.changes if change.type.startswith("strike")]
    assert kinds == ["strike.reported RM", "strike.updated RMC", "strike.updated RMC"]


def test_a_village_that_nobody_knows_lies_in_the_area_of_the_channel() -> None:
    run = told(
        "governor/1 strike Hamlet weapon=drone injured=1 date=2024-11-10",
        "governor/2 strike Grove weapon=drone injured=2 date=2024-11-10",
        "paper2/1 strike Hamlet weapon=drone date=2024-11-10",
    )
    assert [event.places for event in events(run)] == [("?RM/Hamlet",), ("?RM/Grove",), ("?Hamlet",)]
    assert run.rules.line("?RM/Hamlet") == ("?RM/Hamlet", *run.rules.line("RM"))
    assert [change.data["names"] for change in run.changes if change.places == ("?RM/Hamlet",)] == [["Hamlet"]]
    run = told(
        "governor/1 strike Hamlet weapon=drone injured=1 date=2024-11-10",
        "paper1/1 strike RM weapon=drone date=2024-11-10",
    )
    assert [event.places for event in events(run)] == [("?RM/Hamlet",)], "one told of as of the region is the same"


def test_other_days_weapons_and_places_are_other_strikes() -> None:
    run = told(
        "mayor/1 strike C weapon=drone date=2024-11-10",
        "mayor/2 strike C weapon=guided_bomb date=2024-11-10",
        "mayor/3 strike C weapon=drone date=2024-11-07 retro=1",
        "paper1/1 strike Y weapon=drone date=2024-11-10",
        "paper1/2 strike UA weapon=drone date=2024-11-10",
    )
    assert len(events(run)) == 5


def test_M06_thirty_forwards_of_one_origin_are_one_witness() -> None:
    run = told(
        "mayor/1 strike C weapon=drone date=2024-11-10 text=a",
        *(f"paper{n}/1 strike C weapon=drone date=2024-11-10 forward=tg:mayor/1 text=t{n}" for n in range(1, 16)),
        *(f"paper{n}/1 strike C weapon=drone date=2024-11-10 text=a" for n in range(16, 31)),
    )
    (event,) = events(run)
    assert event.origins == 1
    assert len(event.sources) == 31
    now = moment("11:00")
    run.step(now, [words("paper1/2 strike C weapon=drone date=2024-11-10 text=own", now)])
    assert events(run)[0].origins == 2


def test_the_toll_of_one_claimant_moves_and_those_of_others_make_a_range() -> None:
    run = told(
        "mayor/1 strike C weapon=drone killed=1 injured=3 date=2024-11-10",
        "mayor/2 strike C weapon=drone killed=2 injured=7 date=2024-11-10",
        "paper1/1 strike C weapon=drone killed=4 date=2024-11-10",
    )
    (event,) = events(run)
    assert (event.killed.least, event.killed.most, event.killed.latest) == (2, 4, 4)
    assert (event.injured.least, event.injured.most, event.injured.claimant) == (7, 7, "Mayor")


def test_a_strike_knows_the_alert_it_fell_into() -> None:
    run = told("siren/1 start X", "mayor/1 strike C weapon=drone date=2024-11-10", at="10:00")
    (event,) = events(run)
    (alert,) = run.standing()
    assert (event.alert, event.lead_seconds) == (alert.id, 60)


def test_a_strike_told_after_the_all_clear_still_knows_its_alert() -> None:
    run = told(
        "siren/1 start X",
        "siren/2 end X",
        "siren/3 start X",
        "mayor/1 strike C weapon=drone date=2024-11-10 at=10:00:30",
    )
    (event,) = events(run)
    first = min((one for one in run.standing() if one.started_at), key=lambda one: one.started_at or one.known_at)
    assert (event.alert, event.lead_seconds) == (first.id, 30)


def test_whoever_quotes_the_same_claimant_is_one_witness() -> None:
    run = told(
        "governor/1 strike RM weapon=drone injured=1 date=2024-11-10",
        "paper1/1 strike RM weapon=drone date=2024-11-10 by=Governor",
        "paper2/1 strike RM weapon=drone date=2024-11-10 by=GOVERNOR",
        "paper3/1 strike RM weapon=drone date=2024-11-10 by=Agency",
        "paper4/1 strike RM weapon=drone date=2024-11-10 by=Agency",
    )
    (event,) = events(run)
    assert (event.origins, len(event.sources)) == (2, 5)


def test_a_capital_named_for_the_region_around_it_is_one_strike_unless_both_have_authority() -> None:
    sources = {**SOURCES, "city": {"places": ["K"]}, "oblast": {"places": ["Z"]}}
    for first, second, count in (("oblast", "paper1", 1), ("paper1", "paper2", 1), ("oblast", "city", 2)):
        run = Run(rules_of({"sources": sources}))
        lines = (f"{first}/1 strike Z weapon=drone injured=1 date=2024-11-10",
                 f"{second}/1 strike K weapon=drone injured=5 date=2024-11-10")  # fmt: skip
        for line in lines:
            run.step(moment("10:00"), [words(line, moment("10:00"))])
        assert len(events(run)) == count
        if count == 1:
            assert (events(run)[0].injured.least, events(run)[0].injured.most) == (1, 5)


def test_a_report_that_joins_two_strikes_merges_them() -> None:
    run = told(
        "paper1/1 strike X1 weapon=drone date=2024-11-10",
        "paper2/1 strike X2 weapon=drone date=2024-11-10",
        "paper3/1 strike X weapon=drone date=2024-11-10",
    )
    (event,) = events(run)
    first, second = (change.subject for change in run.changes if change.type == "strike.reported")
    assert (event.id, event.origins) == (first, 3)
    assert run.strikes[second].merged_into == first
    assert "strike.merged" in [change.type for change in run.changes]


def test_taking_back_the_joint_splits_them_again() -> None:
    run = told(
        "paper1/1 strike X1 weapon=drone date=2024-11-10",
        "paper2/1 strike X2 weapon=drone date=2024-11-10",
        "paper3/1 strike X weapon=drone date=2024-11-10",
    )
    now = moment("10:30")
    changes = run.step(now, (), [Withdrawal("tg:paper3/1", 1, "paper3", now, "replaced")])
    assert [change.type for change in news(changes)] == ["strike.updated", "strike.split"]
    assert [event.places for event in events(run)] == [("X1",), ("X2",)]


def test_T08_a_strike_edited_away_is_retracted() -> None:
    run = told("paper1/1 strike X1 weapon=drone date=2024-11-10")
    now = moment("10:30")
    changes = run.step(now, (), [Withdrawal("tg:paper1/1", 1, "paper1", now, "replaced")])
    assert [change.type for change in news(changes)] == ["report.retracted"]
    assert events(run) == []


def test_T10_a_deleted_report_still_stands_and_is_marked() -> None:
    run = told("paper1/1 strike X1 weapon=drone killed=1 date=2024-11-10")
    now = moment("10:30")
    changes = run.step(now, (), [Withdrawal("tg:paper1/1", 1, "paper1", now, "deleted")])
    assert news(changes)[0].data["source_deleted"] is True
    assert events(run)[0].killed.latest == 1


def test_a_retraction_takes_back_the_strike_of_its_place_alone() -> None:
    run = told(
        "paper1/1 strike X1 weapon=drone killed=1 date=2024-11-10",
        "paper1/2 strike K weapon=drone killed=2 date=2024-11-10",
        "paper1/3 retract X1 of=strike",
    )
    assert [event.places for event in events(run)] == [("K",)]


def test_a_retraction_that_names_no_place_is_of_a_source_with_one_area() -> None:
    paper = told("paper1/1 strike X1 weapon=drone killed=1 date=2024-11-10", "paper1/2 retract of=strike")
    assert [event.places for event in events(paper)] == [("X1",)]
    governor = told("governor/1 strike RM weapon=drone injured=1 date=2024-11-10", "governor/2 retract of=strike")
    assert events(governor) == []


def test_a_retrospect_is_never_live() -> None:
    run = told("paper1/1 strike X1 weapon=missile date=2024-10-01 retro=1")
    assert [named(change) for change in run.changes if change.type.startswith("strike")] == ["strike.reported X1 late"]
    assert events(run)[0].is_retro


def test_T06_strikes_come_out_the_same_in_any_order() -> None:
    lines = [
        "paper1/1 strike X1 weapon=drone killed=1 date=2024-11-10 said=10:00",
        "paper2/1 strike X weapon=drone date=2024-11-10 said=10:01",
        "paper3/1 strike C weapon=drone killed=3 date=2024-11-10 said=10:02",
        "paper1/2 strike X1 weapon=drone killed=2 date=2024-11-10 said=10:03",
    ]
    outcomes = set()
    for order in itertools.permutations(lines):
        run = Run(rules_of({"sources": SOURCES}))
        for number, line in enumerate(order):
            now = moment("10:05") + timedelta(seconds=number)
            run.step(now, [words(line, now)], check_memory=False)
        (event,) = events(run)
        outcomes.add((event.id, event.places, event.weapons, event.origins, event.killed, event.first_at))
    assert len(outcomes) == 1
