"""A claim that is corrected, edited or deleted long after fuse has forgotten it is still one claim with a history."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from made_commits import SOURCE, minutes
from test_rereading import RULES, read

from monitor.fuse import State
from monitor.model import Batch, Claim, Item, Look
from monitor.pipeline import Pipeline
from monitor.store import SqlStore, open_store, series
from monitor.store.rebuild import state_hash
from monitor.store.rereading import reread

LATER = 60 * 24 * 20


def run(pipeline: Pipeline, at: int, number: int, text: str, **more: object) -> None:
    item = Item(f"tg:1/{number}", SOURCE, text, minutes(at), minutes(at) - timedelta(seconds=9), **more)  # type: ignore[arg-type]
    pipeline.run(Batch(SOURCE, (item,), Look(SOURCE, minutes(at), "ok", newest=minutes(at))), minutes(at))


def told(store: SqlStore, *, forget: bool = True) -> Pipeline:
    """Two figures of a night, then twenty days and an item that has fuse forget them."""
    pipeline = Pipeline(store, read, RULES)
    run(pipeline, 0, 1, "count 100")
    run(pipeline, 60, 2, "count 120")
    if forget:
        run(pipeline, LATER, 3, "nothing")
        assert len(pipeline.state.chains) == 0
    return pipeline


def chain(store: SqlStore) -> list[Claim]:
    return sorted(series.claims(store, retracted=True).rows, key=lambda one: (one.at, one.evidence[0].version))


def test_T07_a_correction_after_weeks_takes_the_place_of_the_figure(store: SqlStore) -> None:
    pipeline = told(store)
    run(pipeline, LATER + 5, 4, "count 145")
    assert State.load(store.memory()) == pipeline.state
    first, second, third = chain(store)
    assert [one.value for one in (first, second, third)] == [100, 120, 145]
    assert (first.superseded_by, second.superseded_by, third.superseded_by) == (second.id, third.id, None)
    assert (second.supersedes, third.supersedes) == (first.id, second.id)
    assert [one.stage for one in (first, second, third)] == ["preliminary", "updated", "updated"]
    (cell,) = series.rollups(store, grain="night").rows
    assert (cell.n, cell.least, cell.most) == (1, 145, 145)
    assert series.changes(store)[-1].type == "count.updated"
    assert [one.value for one in series.claims(store, superseded=False, as_of=minutes(LATER + 1)).rows] == [120]


def test_T07_an_edit_after_weeks_is_a_new_version_of_the_same_claim(store: SqlStore) -> None:
    run(told(store), LATER + 5, 2, "count 121", edited=minutes(LATER + 5), flags=("edited",))
    assert [(one.value, one.superseded_by is None) for one in chain(store)] == [
        (100, False), (120, False), (121, True),
    ]  # fmt: skip


def test_an_edit_after_weeks_that_claims_nothing_takes_the_figure_back(store: SqlStore) -> None:
    run(told(store), LATER + 5, 2, "an apology", edited=minutes(LATER + 5), flags=("edited",))
    standing = [one for one in chain(store) if one.superseded_by is None and one.retracted_at is None]
    assert [one.value for one in standing] == [100]
    assert [one.value for one in chain(store) if one.retracted_at is not None] == [120]


def test_a_post_deleted_after_weeks_is_marked_and_its_claim_stays(store: SqlStore) -> None:
    run(told(store), LATER + 5, 2, "count 120", deleted=True)
    assert ["source_deleted" in one.flags for one in chain(store)] == [False, True]


@pytest.mark.parametrize("text", ["count 145", "count 120"])
def test_what_was_forgotten_in_between_makes_no_difference(
    store: SqlStore, tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    with open_store(str(tmp_path_factory.mktemp("other") / "whole.db"), lineage=store.lineage) as whole:
        for one, forgets in ((store, True), (whole, False)):
            pipeline = told(one, forget=forgets)
            run(pipeline, LATER + 5, 4, text)

        def said(one: SqlStore) -> list[tuple[object, ...]]:
            return [(row.value, row.stage, row.superseded_by, row.supersedes, row.flags) for row in chain(one)]

        assert said(store) == said(whole)


def test_reading_it_all_again_comes_to_the_same(file_store: SqlStore, tmp_path: Path) -> None:
    run(told(file_store), LATER + 5, 4, "count 145")
    with open_store(str(tmp_path / "scratch.db"), lineage=file_store.lineage) as scratch:
        reread(file_store, scratch, read, RULES)
        assert state_hash(scratch) == state_hash(file_store)
