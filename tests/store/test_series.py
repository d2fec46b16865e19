"""Questions: by region and time, page by page, as of a time, and with how well the time was watched."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_commits import SOURCE, T0, claim, interval, line, minutes, read_item, strike

from monitor.errors import InputError
from monitor.model import Commit, Coverage, Fused, Hole, Look
from monitor.store import SqlStore, open_store, series
from monitor.store.series import Gap

HOUR = timedelta(hours=1)


def save(store: SqlStore, at: datetime, *, items: tuple[Any, ...] = (), look: Look | None = None, **fused: Any) -> None:
    with store.writing() as unit:
        unit.save(Commit(SOURCE, at, items, (), Fused(None, **fused), (), look=look))


def test_a_region_finds_everything_below_it(store: SqlStore) -> None:
    save(store, T0, intervals=(interval(0, "UA-63-1"), interval(1, "UA-32"), interval(2, "RU-MOS")))
    save(store, T0, strikes=(strike(1, "RU-MOS"), strike(2, "UA-63-1", "UA-32-1")))

    def places(region: str) -> set[str]:
        return {row.place for row in series.alerts(store, region=region).rows}

    assert places("UA-63") == {"UA-63-1"}
    assert places("UA-63-1") == {"UA-63-1"}
    assert places("UA") == {"UA-63-1", "UA-32"}
    assert places("RU") == {"RU-MOS"}
    assert places("FR") == set()
    assert [row.id for row in series.strikes(store, region="UA-32").rows] == [strike(2).id]


def test_a_range_finds_what_touches_it_also_what_is_still_on_or_lasted_for_years(store: SqlStore) -> None:
    ended = interval(0, ended=True)  # 00:00 to 00:40
    standing = replace(interval(1), started_at=T0 - timedelta(days=900))
    long_ago = replace(interval(2), started_at=T0 - timedelta(days=900), ended_at=T0 - timedelta(days=800))
    month = replace(interval(3), started_at=T0 - timedelta(days=30), ended_at=T0 + HOUR)
    orphan = replace(interval(4), started_at=None, ended_at=minutes(30), start_basis="unknown")
    save(store, T0, intervals=(ended, standing, long_ago, month, orphan))

    def found(start: datetime | None, end: datetime | None, region: str | None) -> set[str]:
        return {row.id for row in series.alerts(store, start=start, end=end, region=region).rows}

    for region in (None, "UA-63-1", "UA"):
        assert found(minutes(35), minutes(50), region) == {ended.id, standing.id, month.id}
        assert found(minutes(70), None, region) == {standing.id}
        assert found(None, T0 - timedelta(days=100), region) == {standing.id, long_ago.id}
        assert found(minutes(20), minutes(31), region) == {ended.id, standing.id, month.id, orphan.id}
    assert len(series.alerts(store, limit=2).rows) == 2


def test_reports_are_paged_by_key_without_loss_or_repetition(filled: SqlStore) -> None:
    everything = [report.telling.id for report in series.reports(filled, limit=1000).rows]
    for more in ({}, {"region": "UA"}, {"kind": "count"}, {"source": SOURCE}, {"lang": "uk"}):
        paged: list[str] = []
        after = None
        while True:
            answer = series.reports(filled, limit=7, after=after, **more)  # type: ignore[arg-type]
            paged += [report.telling.id for report in answer.rows]
            after = answer.next
            if after is None:
                break
        wanted = [report.telling.id for report in series.reports(filled, limit=1000, **more).rows]  # type: ignore[arg-type]
        assert paged == wanted
        assert len(set(paged)) == len(paged)
        assert set(paged) <= set(everything)
    with pytest.raises(InputError, match="no page"):
        series.reports(filled, after="nonsense")


def test_items_are_paged_in_the_order_of_their_commit(filled: SqlStore) -> None:
    first = series.items(filled, limit=30)
    second = series.items(filled, limit=30, after=first.next)
    assert [item.id for item in (*first.rows, *second.rows)] == list(range(1, 51))
    assert second.next is None


def test_changes_go_on_after_a_seq_and_by_region_and_type(filled: SqlStore) -> None:
    assert [change.seq for change in series.changes(filled, after_seq=37)] == [38, 39, 40]
    below = series.changes(filled, region="UA-63")
    assert {place for change in below for place in change.places} == {"UA-63", "UA-63-1"}
    assert series.changes(filled, types=["alert.cleared"]) == ()


def test_claims_of_a_night_and_nothing_else(store: SqlStore) -> None:
    one, two = read_item(1), read_item(2)
    other = claim(two, 70, night="2024-11-10/2024-11-11", place="RU-MOS")
    save(store, T0, items=(one, two), claims=(claim(one, 145), other))
    for name in ("2024-11-09/2024-11-10", "2024-11-09/10"):
        assert [row.value for row in series.claims(store, night=name).rows] == [145]
    assert [row.value for row in series.claims(store, region="RU").rows] == [70]
    assert series.claims(store, claimant="Nobody").rows == ()
    assert series.night_range("2024-11-09/2024-11-10") == (
        datetime(2024, 11, 9, 16, tzinfo=UTC),
        datetime(2024, 11, 10, 7, tzinfo=UTC),
    )


# ── two clocks ────────────────────────────────────────────────────────────────────────────────────


def test_as_of_answers_with_what_was_known_then(store: SqlStore) -> None:
    begun, ended = interval(0), interval(0, ended=True)
    save(store, minutes(1), intervals=(begun,))
    save(store, minutes(41), intervals=(ended,))
    retracted = replace(ended, retracted_at=minutes(60))
    save(store, minutes(60), intervals=(retracted,))

    def known(at: datetime, **more: Any) -> tuple[Any, ...]:
        return series.alerts(store, as_of=at, **more).rows

    for more in ({}, {"region": "UA-63"}, {"start": T0, "end": T0 + HOUR}):
        assert known(T0, **more) == ()
        assert known(minutes(1), **more) == (begun,)
        assert known(minutes(40), **more) == (begun,)
        assert known(minutes(41), **more) == (ended,)
        assert known(minutes(61), **more) == ()
        assert known(minutes(61), retracted=True, **more) == (retracted,)
    assert series.alerts(store).rows == ()


def test_as_of_finds_a_strike_under_the_place_that_it_had_then(store: SqlStore) -> None:
    save(store, minutes(1), strikes=(strike(1, "UA-63"),))
    save(store, minutes(9), strikes=(strike(1, "UA-32-1"),))
    assert series.strikes(store, region="UA-63").rows == ()
    assert series.strikes(store, region="UA-32").rows == (strike(1, "UA-32-1"),)
    assert series.strikes(store, region="UA-63", as_of=minutes(5)).rows == (strike(1, "UA-63"),)
    assert series.strikes(store, region="UA-63", as_of=minutes(9)).rows == ()
    assert series.strikes(store, region="UA-32", as_of=minutes(5)).rows == ()


def test_a_clock_that_is_set_back_does_not_disorder_what_was_known(store: SqlStore) -> None:
    save(store, minutes(10), intervals=(interval(0),))
    save(store, minutes(5), intervals=(interval(0, ended=True),))
    assert series.alerts(store, as_of=minutes(10)).rows == (interval(0, ended=True),)
    assert series.alerts(store, as_of=minutes(9)).rows == ()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=20))
@settings(
    max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate]
)
def test_as_of_is_exact_at_every_commit(tmp_path_factory: Any, edits: list[tuple[int, int, int]]) -> None:
    """Against a plain list of snapshots: whatever was written, the answer as of each commit is what stood then."""
    one = read_item(1)
    stood: dict[str, Any] = {}
    snapshots = []
    with open_store(str(tmp_path_factory.mktemp("as-of") / "s.db"), lock=False, lineage=line) as store:
        for step, (which, value, pause) in enumerate(edits):
            new = replace(claim(one, value), id=f"claim-{which}")
            at = minutes(sum(edit[2] for edit in edits[: step + 1]))
            save(store, at, claims=(new,))
            stood[new.id] = new
            snapshots.append((at, dict(stood), pause))
        last_at_each_moment = {at: rows for at, rows, _ in snapshots}
        for at, rows in last_at_each_moment.items():
            for region in (None, "UA"):
                found = {row.id: row for row in series.claims(store, as_of=at, region=region).rows}
                assert found == rows
        assert {row.id: row for row in series.claims(store).rows} == stood


# ── how well the time was watched ─────────────────────────────────────────────────────────────────


def watched(store: SqlStore, start: float, end: float, **more: Any) -> Any:
    return series.alerts(store, start=minutes(start), end=minutes(end), **more).coverage


def test_without_a_record_of_watching_coverage_is_none(store: SqlStore) -> None:
    save(store, T0, intervals=(interval(0),))
    answer = series.alerts(store, start=T0, end=T0 + HOUR)
    assert len(answer.rows) == 1
    assert answer.coverage == series.Watched("none", (Gap(T0, T0 + HOUR),))
    assert series.alerts(store).coverage.status == "none"


def test_coverage_is_full_while_looks_succeed_and_not_beyond_the_last(store: SqlStore) -> None:
    live = Coverage("c1", SOURCE, "live", None, T0)
    save(store, minutes(60), coverage=(live,), look=Look(SOURCE, minutes(60), "ok"))
    assert watched(store, 0, 60).status == "full"
    assert watched(store, 0, 65).status == "full"
    late = watched(store, 0, 300)
    assert late.status == "partial"
    assert Gap(minutes(70), minutes(300)) in late.gaps
    assert watched(store, 100, 300).status == "none"
    assert watched(store, -60, 60).gaps == (Gap(minutes(-60), T0),)


def test_an_outage_is_a_gap_and_a_second_source_makes_it_that_source_s_gap(store: SqlStore) -> None:
    spans = (
        Coverage("c1", SOURCE, "live", None, T0, minutes(20)),
        Coverage("c2", SOURCE, "lost", "unavailable", minutes(20), minutes(40)),
        Coverage("c3", SOURCE, "quiet", None, minutes(40)),
    )
    save(store, minutes(60), coverage=spans, look=Look(SOURCE, minutes(60), "unchanged"))
    alone = watched(store, 0, 60)
    assert alone.status == "partial"
    assert Gap(minutes(20), minutes(40)) in alone.gaps
    other = Coverage("d1", "other", "live", None, T0)
    save(store, minutes(60), coverage=(other,), look=Look("other", minutes(60), "ok"))
    both = watched(store, 0, 60)
    assert both == series.Watched("partial", (Gap(minutes(20), minutes(40), SOURCE),))
    assert watched(store, 0, 60, sources=["other"]).status == "full"
    assert watched(store, 20, 40, sources=[SOURCE]).status == "none"


def test_a_post_that_could_not_be_fetched_is_a_gap(store: SqlStore) -> None:
    live = Coverage("c1", SOURCE, "live", None, T0)
    hole = Hole("1", 5, 6, "unfetchable", minutes(50), (minutes(10), minutes(12)))
    gone = Hole("1", 8, 8, "deleted", minutes(50), (minutes(20), minutes(22)))
    with store.writing() as unit:
        look = Look(SOURCE, minutes(60), "ok")
        unit.save(Commit(SOURCE, minutes(60), (), (), Fused(None, coverage=(live,)), (), look=look, holes=(hole, gone)))
    assert watched(store, 0, 60).gaps == (Gap(minutes(10), minutes(12), SOURCE),)
    assert series.holes(store) == (hole, gone)
    assert series.holes(store, cause="deleted") == (gone,)


def test_an_empty_night_without_coverage_is_not_zero(store: SqlStore) -> None:
    answer = series.claims(store, night="2024-11-09/2024-11-10")
    assert (answer.rows, answer.coverage.status) == ((), "none")


def test_sources_tell_their_last_look_and_failures_in_a_row(store: SqlStore) -> None:
    save(store, T0, look=Look(SOURCE, T0, "ok"))
    for number in (1, 2):
        save(store, minutes(number), look=Look(SOURCE, minutes(number), "failed", "unavailable", "no answer"))
    (one,) = series.sources(store)
    assert (one.failures, one.ok_at, one.look.reason) == (2, T0, "unavailable")


def test_sources_and_looks_as_of_a_time_are_those_of_then(store: SqlStore) -> None:
    """Two good looks, three failed ones, a good one again; asked after each."""
    outcomes = ("ok", "unchanged", "failed", "failed", "failed", "ok")
    for number, outcome in enumerate(outcomes):
        look = Look(SOURCE, minutes(number), outcome, detail='says "outcome":"failed" itself')  # type: ignore[arg-type]
        with store.writing() as unit:
            unit.save(Commit(SOURCE, minutes(number), (), (), Fused(None), (), look=look))
    seen = []
    for number in range(len(outcomes)):
        (then,) = series.sources(store, as_of=minutes(number))
        seen.append((then.look.at, then.look.outcome, then.ok_at, then.failures))
        assert [look.at for look in series.looks(store, SOURCE, as_of=minutes(number))] == [
            minutes(back) for back in reversed(range(number + 1))
        ]
    assert seen == [
        (minutes(0), "ok", minutes(0), 0),
        (minutes(1), "unchanged", minutes(1), 0),
        (minutes(2), "failed", minutes(1), 1),
        (minutes(3), "failed", minutes(1), 2),
        (minutes(4), "failed", minutes(1), 3),
        (minutes(5), "ok", minutes(5), 0),
    ]
    assert series.sources(store, as_of=minutes(-1)) == ()
    (now,) = series.sources(store)
    assert (now.ok_at, now.failures) == (minutes(5), 0)


def test_coverage_as_of_a_time_reaches_only_to_the_last_good_look_before_it(store: SqlStore) -> None:
    """What a source brought later does not make it watched at a time when nobody could know that it would."""
    live = Coverage("v", SOURCE, "live", None, minutes(0))
    for number, outcome in ((0, "ok"), (15, "failed"), (40, "ok")):
        with store.writing() as unit:
            look = Look(SOURCE, minutes(number), outcome)  # type: ignore[arg-type]
            unit.save(Commit(SOURCE, minutes(number), (), (), Fused(None, coverage=(live,)), (), look=look))
    asked = {"start": minutes(0), "end": minutes(40)}
    assert series.coverage_of(store, **asked).status == "full"
    then = series.coverage_of(store, **asked, as_of=minutes(30))
    assert (then.status, [(gap.start, gap.end) for gap in then.gaps if gap.source is None]) == (
        "partial", [(minutes(10), minutes(30))],
    )  # fmt: skip


def test_holes_as_of_a_time_are_those_noticed_by_then_and_stay_noticed_when_seen_again(store: SqlStore) -> None:
    def save_hole(number: int, first: int, cause: Any = "unfetchable") -> None:
        hole = Hole("1", first, first + 2, cause, minutes(number), (None, minutes(number)))
        with store.writing() as unit:
            unit.save(Commit(SOURCE, minutes(number), (), (), Fused(None), (), holes=(hole,)))

    save_hole(1, 10)
    save_hole(5, 20)
    save_hole(9, 10)
    assert [hole.first for hole in series.holes(store, as_of=minutes(1))] == [10]
    assert [hole.first for hole in series.holes(store, as_of=minutes(6))] == [10, 20]
    assert [hole.noticed_at for hole in series.holes(store)] == [minutes(1), minutes(5)]
    assert series.holes(store, as_of=minutes(0)) == ()
    save_hole(12, 20, "deleted")
    assert [hole.cause for hole in series.holes(store)] == ["unfetchable", "deleted"]


def test_items_as_of_a_time_are_the_versions_committed_by_then(store: SqlStore) -> None:
    first, second = read_item(1), read_item(1, 2)
    save(store, minutes(1), items=(first,))
    save(store, minutes(5), items=(second,))
    assert [one.version for one in series.item(store, first.item.key, as_of=minutes(3))] == [1]
    assert [one.version for one in series.item(store, first.item.key, as_of=minutes(5))] == [1, 2]
    assert [one.version for one in series.items(store, as_of=minutes(3)).rows] == [1]
    assert series.items(store, as_of=minutes(0)).rows == ()
