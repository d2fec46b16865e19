"""Roll-ups are kept up on write and equal what recomputing gives; each tells how well its time was watched."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_commits import PLACES, SOURCE, T0, claim, interval, line, minutes, read_item, strike
from sqlalchemy import select

from monitor.model import Commit, Coverage, Fused, Interval, Look, Moment
from monitor.store import SqlStore, open_store, series
from monitor.store.rebuild import replace_derived
from monitor.store.rollups import recompute
from monitor.store.tables import rollups


def save(store: SqlStore, at: datetime = T0, *, look: Look | None = None, **fused: Any) -> None:
    with store.writing() as unit:
        unit.save(Commit(SOURCE, at, (), (), Fused(None, **fused), (), look=look))


def cells(store: SqlStore) -> list[dict[str, Any]]:
    with store.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(select(rollups).order_by(rollups.c.key))]


def recomputed(store: SqlStore) -> list[dict[str, Any]]:
    with store.transaction() as connection:
        recompute(connection, store.lineage)
    return cells(store)


def of(value: int | None, name: str = "c", **more: Any) -> Any:
    return replace(claim(read_item(1), 0), id=name, value=value, **more)


def test_a_night_has_a_row_per_claimant_and_no_sum(store: SqlStore) -> None:
    force, ministry = of(145, "a"), of(150, "b", claimant="Ministry", value_max=155)
    save(store, claims=(force, ministry))
    found = series.rollups(store, grain="night").rows
    assert [(row.period, row.claimant, row.n, row.least, row.most) for row in found] == [
        ("2024-11-09/2024-11-10", "Air Force", 1, 145, 145),
        ("2024-11-09/2024-11-10", "Ministry", 1, 150, 155),
    ]


def test_a_preliminary_figure_gives_way_to_the_final_one(store: SqlStore) -> None:
    save(store, claims=(of(100, "a"),))
    save(store, claims=(of(100, "a", superseded_by="b"), of(145, "b", supersedes="a")))
    for grain in ("night", "day", "week", "month"):
        (row,) = series.rollups(store, grain=grain).rows
        assert (row.n, row.least, row.most) == (1, 145, 145)
    assert series.rollups(store, grain="night", as_of=T0 - timedelta(seconds=1)).rows == ()


def test_withheld_is_neither_zero_nor_unknown(store: SqlStore) -> None:
    save(store, claims=(of(None, "a", measure="withheld", weapon="ballistic"), of(0, "b")))
    found = {row.measure: (row.n, row.least, row.withheld) for row in series.rollups(store, grain="night").rows}
    assert found == {"withheld": (1, None, 1), "launched": (1, 0, 0)}


def test_a_regional_balance_is_no_part_of_the_national_one(store: SqlStore) -> None:
    save(store, claims=(of(3, "a", places=("UA-63",)), of(145, "b", places=())))
    assert [row.most for row in series.rollups(store, grain="night", region="UA-63").rows] == [3]
    assert [row.most for row in series.rollups(store, grain="night", region="").rows] == [145]
    assert series.rollups(store, grain="night", region="UA").rows == ()


def test_alerts_are_counted_where_they_are_and_above_and_only_while_they_stand(store: SqlStore) -> None:
    save(store, intervals=(interval(0, ended=True), replace(interval(5), start_basis="standing")))
    for region in ("UA-63-1", "UA-63", "UA", ""):
        (row,) = series.rollups(store, grain="day", measure="alerts", region=region).rows
        assert (row.n, row.seconds, row.weapon) == (1, 2400, "air")
    save(store, intervals=(replace(interval(0, ended=True), retracted_at=minutes(50)),))
    assert series.rollups(store, grain="day").rows == ()


def test_days_and_nights_are_those_of_the_place(store: SqlStore) -> None:
    at = datetime(2024, 11, 10, 21, 30, tzinfo=UTC)  # 23:30 in Kyiv, 00:30 of the next day in Moscow
    save(store, strikes=(replace(strike(1, "UA-63"), first_at=at), replace(strike(2, "RU-MOS"), first_at=at)))
    found = {row.place: row.period for row in series.rollups(store, grain="day").rows}
    assert (found["UA-63"], found["RU-MOS"]) == ("2024-11-10", "2024-11-11")
    assert {row.period for row in series.rollups(store, grain="night").rows} == {"2024-11-10/2024-11-11"}
    assert {row.period for row in series.rollups(store, grain="hour").rows} == {"2024-11-10T21Z"}


def test_the_night_of_the_clock_change_is_an_hour_longer(store: SqlStore) -> None:
    changed, before = "2024-10-26/2024-10-27", "2024-10-25/2024-10-26"
    save(store, claims=(of(10, "a", date_or_period=changed), of(11, "b", date_or_period=before)))
    lengths = {row.period: row.end - row.start for row in series.rollups(store, grain="night").rows}
    assert lengths[changed] - lengths[before] == timedelta(hours=1)


def test_an_empty_cell_is_told_apart_by_its_coverage(store: SqlStore) -> None:
    live = Coverage("c1", SOURCE, "live", None, datetime(2024, 11, 10, tzinfo=UTC))
    end = datetime(2024, 11, 12, tzinfo=UTC)
    save(store, end, coverage=(live,), look=Look(SOURCE, end, "ok"), intervals=(interval(600), interval(-600)))
    found = {row.period: row.coverage for row in series.rollups(store, grain="hour", region="").rows}
    assert found == {"2024-11-10T10Z": "full", "2024-11-09T14Z": "none"}


MOVES = st.lists(
    st.one_of(
        st.tuples(
            st.just("claim"), st.integers(0, 3), st.integers(0, 200), st.sampled_from(["a", "b"]), st.integers(0, 5)
        ),
        st.tuples(
            st.just("alert"), st.integers(0, 3), st.integers(0, 4000), st.sampled_from(PLACES), st.integers(0, 5)
        ),
        st.tuples(
            st.just("strike"), st.integers(0, 3), st.integers(0, 4000), st.sampled_from(PLACES), st.integers(0, 5)
        ),
    ),
    min_size=1,
    max_size=25,
)


@given(MOVES)
@settings(
    max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate]
)
def test_kept_up_equals_recomputed(tmp_path_factory: pytest.TempPathFactory, moves: list[Any]) -> None:
    keep_up_and_compare(tmp_path_factory, moves)


@pytest.mark.long
@pytest.mark.timeout(1800)
@given(MOVES)
@settings(
    max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate]
)
def test_kept_up_equals_recomputed_three_hundred_times(
    tmp_path_factory: pytest.TempPathFactory, moves: list[Any]
) -> None:
    keep_up_and_compare(tmp_path_factory, moves)


def keep_up_and_compare(tmp_path_factory: pytest.TempPathFactory, moves: list[Any]) -> None:
    path = str(tmp_path_factory.mktemp("rollups") / "r.db")
    with open_store(path, lock=False, lineage=line) as store:
        for what, which, number, where, fate in moves:
            gone = T0 if fate == 0 else None
            match what:
                case "claim":
                    period = ("night", "day", "hours", "month")[fate % 4]
                    new = of(number, f"c{which}", claimant=where, retracted_at=gone, period=period,
                             value_max=number + 5 if fate > 3 else None, weapon=("drone", "missile")[which % 2],
                             attacker=("RU", "UA")[fate % 2], places=((), ("UA-63",), ("RU-MOS",))[number % 3],
                             measure=("launched", "withheld")[number % 5 == 0],
                             superseded_by="x" if fate == 1 else None,
                             window=Moment(minutes(number * 7), minutes(number * 9), "hour"))  # fmt: skip
                    save(store, claims=(new,))
                case "alert":
                    alert = Interval(f"i{which}", where, "air", minutes(number), "explicit", T0, retracted_at=gone,
                                     ended_at=minutes(number + 30) if fate > 2 else None)  # fmt: skip
                    save(store, intervals=(alert,))
                case "strike":
                    event = replace(strike(number, where), id=f"s{which}", retracted_at=gone,
                                    merged_into="y" if fate == 1 else None)  # fmt: skip
                    save(store, strikes=(event,))
        kept = cells(store)
        assert kept == recomputed(store)
        as_known = [
            row for grain in ("hour", "day", "night", "week", "month")
            for row in series.rollups(store, grain=grain, as_of=T0).rows
        ]  # fmt: skip
        now = [
            row
            for grain in ("hour", "day", "night", "week", "month")
            for row in series.rollups(store, grain=grain).rows
        ]
        assert as_known == now


def test_after_a_rebuild_they_are_those_of_the_new_rows(
    filled: SqlStore, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert cells(filled) == recomputed(filled)
    with open_store(str(tmp_path_factory.mktemp("scratch") / "s.db"), lineage=line) as scratch:
        save(scratch, claims=(of(7),))
        replace_derived(filled, scratch, minutes(99))
        assert cells(filled) == cells(scratch)


def test_a_claimant_with_characters_that_no_database_keeps_is_rolled_up_all_the_same(store: SqlStore) -> None:
    save(store, claims=(of(7, "a", claimant="General\x00 Staff\ud800"),))
    (row,) = series.rollups(store, grain="night").rows
    assert (row.claimant, row.n) == ("General\ufffd Staff\ufffd", 1)
    kept = cells(store)
    assert recomputed(store) == kept
