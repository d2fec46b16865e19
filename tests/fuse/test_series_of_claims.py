"""Counts: a ledger of who claimed what, with its history; and the figure that is shown for a night."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from fuse_timeline import DAY, Run, moment, named, news, rules_of, words

from monitor.fuse import State, headline
from monitor.fuse.rules import HeadlineFor, HeadlineRule
from monitor.model import Withdrawal

NIGHT = "2024-11-09/2024-11-10"
SOURCES: dict[str, dict[str, Any]] = {
    "force": {"side": "UA", "claimant": "Ukrainian Air Force", "area": ["UA"]},
    "ministry": {"side": "RU", "claimant": "Russian Defence Ministry", "places": ["RU"], "area": ["RU"]},
    "south": {"side": "UA", "claimant": "Command South", "places": ["Y"], "area": ["Y"]},
    "paper": {"rank": "media", "places": []},
    "other": {"rank": "media", "places": []},
}


def told(*lines: str, at: str = "10:00") -> Run:
    run = Run(rules_of({"sources": SOURCES}))
    for number, line in enumerate(lines):
        now = moment(at) + timedelta(minutes=number)
        run.step(now, [words(line, now)])
    return run


def edit(run: Run, line: str, at: str) -> list[str]:
    now = moment(at)
    made = words(line, now)
    old = Withdrawal(made.item, made.version - 1, made.source, now, "replaced")
    return [named(change) for change in news(run.step(now, [made], [old]))]


def rows(run: Run) -> list[tuple[Any, ...]]:
    found = sorted(run.claims.values(), key=lambda claim: (claim.at, claim.evidence[0].version, claim.id))
    return [(one.claimant, one.measure, one.value, one.stage, one.superseded_by is None) for one in found]


def test_T07_an_edited_count_is_one_claim_with_three_versions() -> None:
    run = told(f"force/1 count drone launched 12 UA attacker=RU night={NIGHT}")
    first = edit(run, f"force/1v2 count drone launched 34 UA attacker=RU night={NIGHT} said=10:00", "10:20")
    second = edit(run, f"force/1v3 count drone launched 145 UA attacker=RU night={NIGHT} said=10:00", "10:40")
    assert first == second == ["count.updated UA late"] or first == second == ["count.updated UA"]
    assert rows(run) == [
        ("Ukrainian Air Force", "launched", 12, "preliminary", False),
        ("Ukrainian Air Force", "launched", 34, "updated", False),
        ("Ukrainian Air Force", "launched", 145, "updated", True),
    ]
    assert len({claim.chain for claim in run.claims.values()}) == 1
    updated = run.changes[-1]
    assert updated.data["was"] == [34, None, None]
    assert updated.data["supersedes"] == sorted(run.claims.values(), key=lambda c: c.evidence[0].version)[1].id
    figure = headline(list(run.claims.values()), NIGHT, "RU", run.rules)[("launched", "drone")]
    assert figure.value == 145


def test_T07_what_was_known_before_an_edit_can_still_be_asked() -> None:
    run = told(f"force/1 count drone launched 12 UA attacker=RU night={NIGHT}")
    edit(run, f"force/1v2 count drone launched 34 UA attacker=RU night={NIGHT} said=10:00", "10:20")
    first, second = sorted(run.claims.values(), key=lambda claim: claim.known_at)
    assert (first.value, first.known_at, first.superseded_by) == (12, moment("10:00"), second.id)
    assert (second.value, second.known_at, second.supersedes) == (34, moment("10:20"), first.id)


def test_T08_a_count_edited_into_something_else_is_taken_back() -> None:
    run = told(f"force/1 count drone launched 12 UA attacker=RU night={NIGHT}")
    now = moment("10:05")
    changes = run.step(now, (), [Withdrawal("tg:force/1", 1, "force", now, "replaced")])
    assert [named(change) for change in news(changes)] == ["report.retracted UA"]
    (claim,) = run.claims.values()
    assert claim.retracted_at == now
    assert headline(list(run.claims.values()), NIGHT, "RU", run.rules) == {}


def test_T10_a_deleted_post_marks_its_claim_and_erases_nothing() -> None:
    run = told(f"force/1 count drone launched 12 UA attacker=RU night={NIGHT}")
    now = moment("10:05")
    changes = run.step(now, (), [Withdrawal("tg:force/1", 1, "force", now, "deleted")])
    assert [change.type for change in news(changes)] == ["count.updated"]
    (claim,) = run.claims.values()
    assert (claim.value, claim.retracted_at, "source_deleted" in claim.flags) == (12, None, True)


def test_a_newer_post_of_the_same_claimant_supersedes() -> None:
    run = told(
        f"force/1 count drone shot_down 40 UA attacker=RU night={NIGHT}",
        f"force/2 count drone shot_down 62 UA attacker=RU night={NIGHT}",
    )
    assert [(row[2], row[3], row[4]) for row in rows(run)] == [(40, "preliminary", False), (62, "updated", True)]
    assert [change.type for change in run.changes if change.type.startswith("count")] == [
        "count.claimed", "count.updated",
    ]  # fmt: skip


def test_a_figure_is_final_once_its_claimant_has_gone_on_to_a_later_night() -> None:
    later = "2024-11-10/2024-11-11"
    lines = [
        f"force/1 count drone shot_down 40 UA attacker=RU night={NIGHT}",
        f"force/2 count drone shot_down 62 UA attacker=RU night={NIGHT}",
        f"force/3 count drone shot_down 39 UA attacker=RU night={later}",
    ]
    for order in (lines, [lines[2], *lines[:2]]):
        run = told(*order)
        stages = {claim.value: claim.stage for claim in run.claims.values()}
        assert stages == {40: "preliminary", 62: "final", 39: "single"}
        assert State.load(run.memory) == run.state
    edit(run, f"force/2v2 count drone shot_down 63 UA attacker=RU night={NIGHT} said=10:02", "10:30")
    stages = {claim.value: claim.stage for claim in run.claims.values()}
    assert stages == {40: "preliminary", 62: "updated", 63: "final", 39: "single"}


def test_another_claimants_next_night_makes_nothing_final() -> None:
    run = told(
        f"force/1 count drone shot_down 40 UA attacker=RU night={NIGHT}",
        f"force/2 count drone shot_down 62 UA attacker=RU night={NIGHT}",
        "south/1 count drone shot_down 39 UA attacker=RU night=2024-11-10/2024-11-11",
    )
    assert {claim.value: claim.stage for claim in run.claims.values()} == {
        40: "preliminary",
        62: "updated",
        39: "single",
    }


def test_the_same_figure_again_is_no_news() -> None:
    run = told(
        f"force/1 count drone shot_down 62 UA attacker=RU night={NIGHT}",
        f"force/2 count drone shot_down 62 UA attacker=RU night={NIGHT}",
    )
    assert [change.type for change in run.changes if change.type.startswith("count")] == ["count.claimed"]


def test_an_old_figure_quoted_late_takes_no_ones_place() -> None:
    run = told(
        f"force/1 count drone launched 12 UA attacker=RU night={NIGHT}",
        f"force/2 count drone launched 145 UA attacker=RU night={NIGHT}",
        f"paper/1 count drone launched 12 UA attacker=RU night={NIGHT} by='Ukrainian Air Force'",
    )
    heads = [row for row in rows(run) if row[4]]
    assert [(row[0], row[2]) for row in heads] == [("Ukrainian Air Force", 145)]
    quoted = next(claim for claim in run.claims.values() if claim.source == "paper")
    assert "second_hand" in quoted.flags


def test_M03_claims_of_both_sides_stay_with_their_claimants() -> None:
    run = told(
        f"force/1 count drone launched 145 UA attacker=RU night={NIGHT}",
        f"paper/1 count drone launched 145 UA attacker=RU night={NIGHT} by='Volodymyr Zelensky'",
        "ministry/1 count drone shot_down 34 RM attacker=UA day=2024-11-10",
        "ministry/1 count drone shot_down 70 RU attacker=UA hours=04:00-07:00",
    )
    sides = {(claim.claimant, claim.value): claim.claimant_side for claim in run.claims.values()}
    assert sides == {
        ("Ukrainian Air Force", 145): "UA",
        ("Volodymyr Zelensky", 145): None,
        ("Russian Defence Ministry", 34): "RU",
        ("Russian Defence Ministry", 70): "RU",
    }
    assert len({claim.chain for claim in run.claims.values()}) == 4
    assert all(row[4] for row in rows(run))
    ours = headline(list(run.claims.values()), NIGHT, "RU", run.rules)
    assert {key: figure.value for key, figure in ours.items()} == {("launched", "drone"): 145}
    assert headline(list(run.claims.values()), NIGHT, "UA", run.rules) == {}


def test_three_windows_of_a_day_stay_three_claims() -> None:
    run = told(
        f"ministry/1 count drone shot_down 23 RU attacker=UA night={NIGHT}",
        "ministry/2 count drone shot_down 70 RU attacker=UA hours=04:00-07:00",
        "ministry/2 count drone shot_down 34 RM attacker=UA hours=04:00-07:00",
        "ministry/3 count drone shot_down 3 RU attacker=UA hours=07:30-08:00",
    )
    assert [row[4] for row in rows(run)] == [True] * 4
    assert not [claim for claim in run.claims.values() if "overlapping_window" in claim.flags]
    figure = headline(list(run.claims.values()), NIGHT, "UA", run.rules)[("shot_down", "drone")]
    assert figure.value == 23


def test_overlapping_windows_are_flagged_on_both_sides() -> None:
    run = told(
        "ministry/1 count drone shot_down 70 RU attacker=UA hours=04:00-07:00",
        "ministry/2 count drone shot_down 90 RU attacker=UA hours=04:00-09:00",
    )
    assert [claim.flags for claim in run.claims.values()] == [("overlapping_window",)] * 2
    assert all(row[4] for row in rows(run))


def test_subsets_models_and_regional_balances_are_no_headline() -> None:
    run = told(
        f"force/1 count drone launched 145 UA attacker=RU night={NIGHT}",
        f"force/1 count drone launched 76 UA attacker=RU night={NIGHT} of=launched",
        f"force/1 count drone launched 50 UA attacker=RU night={NIGHT} model=Gerbera",
        f"south/1 count drone launched 150 attacker=RU night={NIGHT}",
    )
    flags = {claim.value: claim.flags for claim in run.claims.values()}
    assert flags[76] == ("subset",)
    assert flags[150] == ("regional",)
    figure = headline(list(run.claims.values()), NIGHT, "RU", run.rules)[("launched", "drone")]
    assert (figure.value, figure.claimant, figure.others) == (145, "Ukrainian Air Force", ())


def test_withheld_is_neither_zero_nor_unknown() -> None:
    run = told(f"force/1 count ballistic withheld - UA attacker=RU night={NIGHT}")
    figure = headline(list(run.claims.values()), NIGHT, "RU", run.rules)[("withheld", "ballistic")]
    assert (figure.value, figure.is_withheld) == (None, True)


def test_headline_and_body_of_one_post_may_differ() -> None:
    run = Run(rules_of({"sources": SOURCES}))
    now = moment("10:00")
    lines = [f"force/1 count drone launched {n} UA attacker=RU night={NIGHT}" for n in (110, 186)]
    run.step(now, [words(line, now) for line in lines])
    assert {claim.value: claim.flags for claim in run.claims.values()} == {
        110: ("headline_differs",), 186: ("headline_differs",),
    }  # fmt: skip


def test_the_headline_rule_can_be_declared_otherwise() -> None:
    run = told(
        f"force/1 count drone shot_down 62 UA attacker=RU night={NIGHT}",
        f"ministry/1 count drone shot_down 10 UA attacker=RU night={NIGHT}",
        f"paper/1 count drone shot_down 96 UA attacker=RU night={NIGHT}",
    )
    claims = list(run.claims.values())
    figure = headline(claims, NIGHT, "RU", run.rules)[("shot_down", "drone")]
    assert (figure.value, len(figure.others)) == (62, 2)
    assert figure.reasons == ("period:night", "side:defender", "rank:official", "first_hand", "best_of:3")
    other = rules_of({"sources": SOURCES})
    object.__setattr__(other, "headline", HeadlineRule(prefer="attacker"))
    assert headline(claims, NIGHT, "RU", other)[("shot_down", "drone")].value == 10


def test_the_headline_rule_can_be_another_for_each_side_and_each_night() -> None:
    before = "2024-11-08/2024-11-09"
    run = told(
        *(f"force/{night[-2:]} count drone shot_down 62 UA attacker=RU night={night}" for night in (NIGHT, before)),
        *(f"ministry/{night[-2:]} count drone shot_down 10 UA attacker=RU night={night}" for night in (NIGHT, before)),
        *(f"ministry/2{night[-2:]} count drone shot_down 23 RU attacker=UA night={night}" for night in (NIGHT, before)),
        *(f"force/2{night[-2:]} count drone shot_down 5 RU attacker=UA night={night}" for night in (NIGHT, before)),
    )
    attacker, plain = HeadlineRule(prefer="attacker", name="theirs", why="asked for"), HeadlineRule(name="this night")
    rules = replace(
        run.rules, headline_for=(HeadlineFor(plain, "RU", NIGHT), HeadlineFor(attacker, "RU"), HeadlineFor(plain, "UA"))
    )
    claims = list(run.claims.values())
    found = {
        (night, side): headline(claims, night, side, rules)[("shot_down", "drone")]
        for night in (NIGHT, before)
        for side in ("RU", "UA")
    }
    assert {key: (figure.value, figure.rule, figure.rule_why) for key, figure in found.items()} == {
        (NIGHT, "RU"): (62, "this night", None),
        (before, "RU"): (10, "theirs", "asked for"),
        (NIGHT, "UA"): (23, "this night", None),
        (before, "UA"): (23, "this night", None),
    }
    assert headline(claims, NIGHT, "RU", run.rules)[("shot_down", "drone")].rule == "default"


def test_the_most_particular_headline_rule_goes_first_whatever_its_place_in_the_file() -> None:
    one, two, three, four = (HeadlineRule(name=name) for name in ("side", "night", "both", "later side"))
    given = [HeadlineFor(three, "RU", NIGHT), HeadlineFor(two, None, NIGHT), HeadlineFor(one, "RU"),
             HeadlineFor(four, "RU")]  # fmt: skip
    rules = replace(rules_of({"sources": SOURCES}), headline_for=tuple(given))
    later = "2024-11-10/2024-11-11"
    assert [rules.headline_of(*asked).name for asked in ((NIGHT, "RU"), (NIGHT, "UA"), (later, "RU"))] == [
        "both", "night", "later side",
    ]  # fmt: skip
    assert rules.headline_of(later, "UA").name == "default"
    stretch = replace(rules, headline_for=(HeadlineFor(one, None, "2024-11-08/2024-11-09", NIGHT),))
    assert [stretch.headline_of(night, "RU").name for night in (NIGHT, later)] == ["side", "default"]


def test_T07_many_edits_leave_one_head_each() -> None:
    run = Run(rules_of({"sources": SOURCES}))
    for number in range(150):
        for version in range(1, 4):
            now = DAY + timedelta(minutes=number, seconds=version)
            night = f"{(DAY - timedelta(days=number + 1)).date()}/{(DAY - timedelta(days=number)).date()}"
            made = words(f"force/{number}v{version} count drone launched {version} UA attacker=RU night={night}", now)
            gone = [Withdrawal(made.item, version - 1, "force", now, "replaced")] if version > 1 else []
            run.step(now, [made], gone, check_memory=False)
    heads = [claim for claim in run.claims.values() if claim.superseded_by is None]
    assert len(run.claims) == 450
    assert [claim.value for claim in heads] == [3] * 150
    assert State.load(run.memory) == run.state


def test_a_named_claimant_goes_before_a_figure_of_nobody() -> None:
    run = told(
        f"paper/1 count drone launched 100 UA attacker=RU night={NIGHT}",
        f"other/1 count drone launched 145 UA attacker=RU night={NIGHT} by='Volodymyr Zelensky'",
        f"paper/2 count drone launched 101 UA attacker=RU night={NIGHT}",
    )
    figure = headline(list(run.claims.values()), NIGHT, "RU", run.rules)[("launched", "drone")]
    assert (figure.value, figure.claimant, figure.reasons[2]) == (145, "Volodymyr Zelensky", "second_hand")
