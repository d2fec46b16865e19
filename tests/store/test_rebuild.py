"""Reading everything anew: the same raw log gives the same hash, and what is replaced stays in the history."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_commits import SOURCE, claim, commit, fill, interval, line, minutes, read_item

from monitor.model import Commit, Fused
from monitor.store import SqlStore, copy, open_store, series, verify
from monitor.store.rebuild import differences, raw_items, replace_derived, state_hash


def test_raw_items_come_batch_by_batch_in_the_order_of_commit(filled: SqlStore) -> None:
    batches = [[(one.item.key, one.version) for one in batch] for batch in raw_items(filled)]
    assert batches == [[(one.item.key, one.version) for one in commit(number).items] for number in range(40)]
    first = next(iter(raw_items(filled)))[0]
    assert (first.item, first.committed_at) == (commit(0).items[0].item, minutes(0))


def test_the_same_commits_give_the_same_hash_on_every_database(filled: SqlStore, tmp_path: Path) -> None:
    with open_store(str(tmp_path / "other.db"), lineage=line) as other:
        fill(other, 40)
        assert state_hash(other) == state_hash(filled)
        assert state_hash(other, history=True, coverage=True) == state_hash(filled, history=True, coverage=True)
        fill(other, 1, start=40)
        assert state_hash(other) != state_hash(filled)


@given(st.randoms(use_true_random=False), st.integers(1, 8))
@settings(
    max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate]
)
def test_duplicated_commits_change_no_hash(
    tmp_path_factory: pytest.TempPathFactory, rng: random.Random, n: int
) -> None:
    folder = tmp_path_factory.mktemp("rebuild")
    with (
        open_store(str(folder / "a.db"), lineage=line) as once,
        open_store(str(folder / "b.db"), lineage=line) as often,
    ):
        fill(once, n)
        for number in range(n):
            for _ in range(rng.randint(1, 3)):
                fill(often, 1, start=number)
        assert state_hash(once, history=True) == state_hash(often, history=True)
        counted, again = series.counts_summary(once), series.counts_summary(often)
        assert {name: counted[name] for name in counted if name != "look_log"} == {
            name: again[name] for name in again if name != "look_log"
        }


def fixed(number: int) -> Commit:
    """The commit as better rules would have made it: another figure, and one alert that was none."""
    made = commit(number)
    fused = replace(
        made.fused,
        claims=tuple(replace(one, value=(one.value or 0) + 1) for one in made.fused.claims),
        intervals=tuple(one for one in made.fused.intervals if one.id != interval(6, "UA-32").id),
        memory={"rebuilt": number},
        changes=(),
    )
    return replace(made, fused=fused, deliveries=())


def test_differences_name_what_was_added_removed_and_changed(filled: SqlStore, tmp_path: Path) -> None:
    with open_store(str(tmp_path / "scratch.db"), lineage=line) as scratch:
        for number in range(40):
            with scratch.writing() as unit:
                unit.save(fixed(number) if number != 7 else replace(fixed(7), items=(), withdrawals=()))
        found = list(differences(filled, scratch))
        assert {one.what for one in found if one.kind == "claims"} == {"changed"}
        assert len([one for one in found if one.kind == "claims"]) == 40
        assert [one.what for one in found if one.kind == "reports"] == ["removed"] * 4
        assert all(one.old is not None for one in found)
        assert list(differences(filled, filled)) == []


def test_what_is_taken_over_equals_the_scratch_and_history_is_kept(filled: SqlStore, tmp_path: Path) -> None:
    before = series.claims(filled).rows
    told = series.changes(filled)
    with open_store(str(tmp_path / "scratch.db"), lineage=line) as scratch:
        for number in range(40):
            with scratch.writing() as unit:
                unit.save(fixed(number))
        counts = replace_derived(filled, scratch, minutes(100))
        assert counts["claims"] == 40
        assert state_hash(filled) == state_hash(scratch)
        assert list(differences(filled, scratch)) == []
        assert filled.memory() == scratch.memory()
    assert verify(filled) == []
    assert series.changes(filled) == told
    assert series.claims(filled, as_of=minutes(99)).rows == before
    assert [one.value for one in series.claims(filled).rows] == [(one.value or 0) + 1 for one in before]
    assert series.alerts(filled, region="UA", as_of=minutes(99)).rows != ()
    fill(filled, 1, start=40)


def test_a_row_that_no_longer_is_leaves_today_and_stays_in_the_past(store: SqlStore, tmp_path: Path) -> None:
    with store.writing() as unit:
        unit.save(Commit(SOURCE, minutes(1), (read_item(1),), (), Fused(None, intervals=(interval(1),)), ()))
    with open_store(str(tmp_path / "scratch.db"), lineage=line) as scratch:
        replace_derived(store, scratch, minutes(50))
    assert series.alerts(store).rows == ()
    assert series.alerts(store, region="UA-63").rows == ()
    assert series.reports(store).rows == ()
    assert series.alerts(store, as_of=minutes(49)).rows == (interval(1),)
    assert verify(store) == []


def test_a_row_that_comes_back_goes_on_with_its_history(store: SqlStore, tmp_path: Path) -> None:
    with store.writing() as unit:
        unit.save(Commit(SOURCE, minutes(1), (read_item(1),), (), Fused(None, intervals=(interval(1),)), ()))
    with open_store(str(tmp_path / "scratch.db"), lineage=line) as scratch:
        replace_derived(store, scratch, minutes(50))
        with scratch.writing() as unit:
            unit.save(Commit(SOURCE, minutes(1), (read_item(1),), (), Fused(None, intervals=(interval(1),)), ()))
        replace_derived(store, scratch, minutes(60))
    for region in (None, "UA-63"):
        assert series.alerts(store, region=region).rows == (interval(1),)
        assert series.alerts(store, region=region, as_of=minutes(49)).rows == (interval(1),)
        assert series.alerts(store, region=region, as_of=minutes(55)).rows == ()
    assert verify(store) == []


def test_a_copy_has_every_row_and_goes_on(file_store: SqlStore, tmp_path: Path) -> None:
    fill(file_store, 40)
    target = str(tmp_path / "copy.db")
    seen: list[str] = []
    counts = copy(str(file_store.path), target, progress=lambda table, done: seen.append(table))
    assert counts["items"] == 50
    assert "items" in seen
    with open_store(target, lineage=line) as copied:
        assert state_hash(copied, history=True, coverage=True) == state_hash(file_store, history=True, coverage=True)
        assert verify(copied) == []
        assert copied.memory() == file_store.memory()
        assert copied.due(minutes(90)) == file_store.due(minutes(90))
        fill(copied, 1, start=40)


def claims_of(store: SqlStore, version: int) -> list[int | None]:
    return [one.value for one in series.claims(store, as_of=minutes(version)).rows]


def test_five_thousand_edits_are_exact_as_of_each_version(store: SqlStore) -> None:
    """One post edited a hundred times here, each version with its own figure; the long lane does all 5,000."""
    edits(store, posts=4, versions=25)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_five_thousand_edited_posts_are_exact_as_of_each_version(file_store: SqlStore) -> None:
    edits(file_store, posts=5000, versions=2)


def edits(store: SqlStore, posts: int, versions: int) -> None:
    for version in range(1, versions + 1):
        for first in range(0, posts, 500):
            items = tuple(read_item(number, version) for number in range(first, min(first + 500, posts)))
            claims = tuple(
                replace(claim(one, 1000 * version + first + nth), id=f"claim-{first + nth}")
                for nth, one in enumerate(items)
            )
            with store.writing() as unit:
                unit.save(Commit(SOURCE, minutes(version), items, (), Fused(None, claims=claims), ()))
    for version in range(1, versions + 1):
        assert sorted(claims_of(store, version)) == [1000 * version + number for number in range(posts)]  # type: ignore[type-var]
    assert len(series.claims(store).rows) == posts
    assert verify(store) == []
