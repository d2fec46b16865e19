"""One batch end to end over the real store: what commits together, what is told once, what survives a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.catalogue import load_gazetteer
from monitor.errors import SourceThrottled, StoreError
from monitor.fuse import Rules, regions
from monitor.model import (
    AlertReport,
    Authority,
    Batch,
    Change,
    Delivery,
    Evidence,
    Item,
    Look,
    PlaceRef,
    Reading,
    SourceProfile,
)
from monitor.pipeline import Pipeline
from monitor.store import SqlStore, open_store, series

T0 = datetime(2024, 11, 13, 4, 36, 40, tzinfo=UTC)
SIRENS = SourceProfile(
    "sirens",
    "telegram_web",
    "sirens",
    rank="official",
    side="UA",
    authority=Authority(places=("UA",), kinds=("alert",)),
    stale_after=timedelta(hours=1),
)


def read(item: Item, profile: SourceProfile | None) -> Reading:
    """A reader for these tests: ``start UA-30`` and ``end UA-30``; ``poison`` breaks it."""
    if item.text == "poison":
        raise RuntimeError("a defect")
    words = item.text.split()
    if len(words) != 2 or words[0] not in ("start", "end"):
        return Reading(None)
    place = PlaceRef(words[1], words[1], "oblast")
    status: Any = words[0]
    return Reading(
        "xx", (AlertReport(status, "oblast", (place,), "air", Evidence(item.text, (0, len(item.text)), "test")),)
    )


class Everyone:
    """An outbox that tells one endpoint everything."""

    def frame(
        self, changes: Sequence[Change], now: datetime, describe: Callable[[Sequence[str]], Mapping[str, Any]]
    ) -> tuple[Delivery, ...]:
        return tuple(
            Delivery(c.id, "all", c.key, c.seq, c.type, repr(sorted(describe(c.places))).encode(), now) for c in changes
        )


@pytest.fixture
def rules() -> Rules:
    return Rules(gazetteer=load_gazetteer(), profiles={SIRENS.id: SIRENS}, heartbeat=None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(str(tmp_path / "test.db")) as opened:
        yield opened


def post(number: int, text: str, at: datetime, **more: Any) -> Item:
    return Item(f"tg:1/{number}", SIRENS.id, text, received=at, published=at, **more)


def batch(at: datetime, *items: Item, cursor: str | None = None) -> Batch:
    return Batch(SIRENS.id, items, Look(SIRENS.id, at, "ok", newest=at), cursor)


def told(store: SqlStore) -> list[str]:
    return [change.type for change in series.changes(store) if change.type.startswith("alert")]


def test_a_batch_commits_items_reports_changes_cursor_and_deliveries_together(store: SqlStore, rules: Rules) -> None:
    outcome = Pipeline(store, read, rules, Everyone()).run(batch(T0, post(1, "start UA-30", T0), cursor="1"), T0)
    assert "alert.started" in [change.type for change in outcome.changes]
    assert store.cursor(SIRENS.id) == "1"
    assert [row.telling.item for row in series.reports(store).rows] == ["tg:1/1"]
    assert {d.message_id for d in store.due(T0, 100)} <= {c.id for c in series.changes(store)}
    assert [c.seq for c in series.changes(store)] == list(range(1, len(series.changes(store)) + 1))


def test_the_same_post_again_is_neither_stored_nor_told(store: SqlStore, rules: Rules) -> None:
    pipeline = Pipeline(store, read, rules, Everyone())
    first = pipeline.run(batch(T0, post(1, "start UA-30", T0)), T0)
    again = pipeline.run(batch(T0, post(1, "start UA-30", T0)), T0 + timedelta(minutes=1))
    assert first.admitted == {"new": 1}
    assert again.admitted == {"same": 1}
    assert not [change for change in again.changes if change.type.startswith("alert")]


def test_start_and_end_in_one_batch_are_both_told_in_order(store: SqlStore, rules: Rules) -> None:
    end = T0 + timedelta(seconds=2)
    Pipeline(store, read, rules).run(batch(end, post(1, "start UA-30", T0), post(2, "end UA-30", end)), end)
    assert told(store) == ["alert.started", "alert.cleared"]


def test_after_a_restart_the_state_is_the_committed_one_and_nothing_is_told_again(
    store: SqlStore, rules: Rules
) -> None:
    Pipeline(store, read, rules, Everyone()).run(batch(T0, post(1, "start UA-30", T0)), T0)
    later = T0 + timedelta(minutes=5)
    restarted = Pipeline(store, read, rules, Everyone())
    region = regions(restarted.state, later, rules, ["UA-30"])["UA-30"]
    assert (region.status, region.since) == ("active", T0)
    restarted.run(batch(later, post(1, "start UA-30", T0)), later)
    assert told(store) == ["alert.started"]


def test_a_failed_commit_leaves_database_and_state_as_they_were(
    store: SqlStore, rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = Pipeline(store, read, rules)
    before = pipeline.state
    writing = store.writing

    def full() -> Any:
        raise StoreError("no room")

    monkeypatch.setattr(store, "writing", full)
    with pytest.raises(StoreError):
        pipeline.run(batch(T0, post(1, "start UA-30", T0)), T0)
    assert pipeline.state is before
    monkeypatch.setattr(store, "writing", writing)
    pipeline.run(batch(T0, post(1, "start UA-30", T0)), T0)
    assert told(store) == ["alert.started"]


def test_a_commit_that_was_not_acknowledged_is_taken_up_from_the_database(
    store: SqlStore, rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = Pipeline(store, read, rules)
    writing = store.writing

    @contextmanager
    def unacknowledged() -> Iterator[Any]:
        with writing() as unit:
            yield unit
        raise StoreError("the server has gone away")

    monkeypatch.setattr(store, "writing", unacknowledged)
    with pytest.raises(StoreError):
        pipeline.run(batch(T0, post(1, "start UA-30", T0)), T0)
    monkeypatch.setattr(store, "writing", writing)
    again = pipeline.run(batch(T0, post(1, "start UA-30", T0)), T0)
    assert again.admitted == {"same": 1}
    assert regions(pipeline.state, T0, rules, ["UA-30"])["UA-30"].status == "active"
    assert told(store) == ["alert.started"]


def test_a_reading_says_by_which_rules_it_was_made(store: SqlStore, rules: Rules) -> None:
    Pipeline(store, read, rules, version="rules-1").run(batch(T0, post(1, "start UA-30", T0)), T0)
    assert [version.rules for version in series.item(store, "tg:1/1")] == ["rules-1"]


def test_a_failed_poll_never_clears(store: SqlStore, rules: Rules) -> None:
    pipeline = Pipeline(store, read, rules)
    pipeline.run(batch(T0, post(1, "start UA-30", T0)), T0)
    later = T0 + timedelta(minutes=2)
    pipeline.failed(SIRENS.id, SourceThrottled("slow down", retry_after=60), later)
    assert regions(pipeline.state, later, rules, ["UA-30"])["UA-30"].status == "active"
    assert told(store) == ["alert.started"]


def test_T23_an_item_that_breaks_the_reader_is_kept_with_a_note_and_the_others_are_read(
    store: SqlStore, rules: Rules
) -> None:
    pipeline = Pipeline(store, read, rules)
    outcome = pipeline.run(batch(T0, post(1, "poison", T0), post(2, "start UA-30", T0)), T0)
    assert told(store) == ["alert.started"]
    (kept,) = [r for r in outcome.items if r.item.text == "poison"]
    assert kept.reading.notes[0].reason.startswith("the reader failed on this item: RuntimeError")
    assert len(series.item(store, "tg:1/1")) == 1


def test_T08_an_alert_edited_into_something_else_is_withdrawn_and_the_first_words_stay(
    store: SqlStore, rules: Rules
) -> None:
    pipeline = Pipeline(store, read, rules)
    pipeline.run(batch(T0, post(1, "start UA-30", T0)), T0)
    later = T0 + timedelta(minutes=1)
    pipeline.run(batch(later, post(1, "subscribe to us", T0, edited=later)), later)
    assert told(store) == ["alert.started", "alert.retracted"]
    assert regions(pipeline.state, later, rules, ["UA-30"])["UA-30"].status != "clear"
    assert [version.item.text for version in series.item(store, "tg:1/1")] == ["start UA-30", "subscribe to us"]


def test_T09_an_edit_that_comes_before_its_original_stands(store: SqlStore, rules: Rules) -> None:
    pipeline = Pipeline(store, read, rules)
    pipeline.run(batch(T0, post(1, "start UA-30", T0, edited=T0 + timedelta(minutes=1))), T0 + timedelta(minutes=1))
    late = pipeline.run(batch(T0, post(1, "old words", T0)), T0 + timedelta(minutes=2))
    assert late.admitted == {"outdated": 1}
    same = pipeline.run(
        batch(T0, post(1, "start  UA-30", T0, edited=T0 + timedelta(minutes=3))), T0 + timedelta(minutes=3)
    )
    assert same.admitted == {"same": 1}, "an edit that changes no word is no version"


def test_T10_a_deleted_post_is_marked_and_its_words_are_kept(store: SqlStore, rules: Rules) -> None:
    pipeline = Pipeline(store, read, rules)
    pipeline.run(batch(T0, post(1, "start UA-30", T0)), T0)
    later = T0 + timedelta(minutes=1)
    pipeline.run(batch(later, post(1, "", T0, deleted=True)), later)
    versions = series.item(store, "tg:1/1")
    assert [version.item.deleted for version in versions] == [False, True]
    assert versions[0].item.text == "start UA-30"
    assert regions(pipeline.state, later, rules, ["UA-30"])["UA-30"].status != "clear"


def test_T22_a_suspect_time_orders_by_receipt(store: SqlStore, rules: Rules) -> None:
    future = T0 + timedelta(days=3)
    item = Item("tg:1/1", SIRENS.id, "start UA-30", received=T0, published=future)
    outcome = Pipeline(store, read, rules).run(batch(T0, item), T0)
    assert outcome.items[0].tellings[0].at == T0
    old = Item(
        "tg:1/2",
        SIRENS.id,
        "end UA-30",
        received=T0,
        published=datetime(1970, 1, 1, tzinfo=UTC),
        flags=("time_suspect",),
    )
    outcome = Pipeline(store, read, rules).run(batch(T0, old), T0)
    assert outcome.items[0].tellings[0].at == T0


def test_S16_what_is_caught_up_after_an_outage_is_late_and_ends_in_the_newest_state(
    store: SqlStore, rules: Rules
) -> None:
    pipeline = Pipeline(store, read, rules, Everyone())
    now = T0 + timedelta(hours=8)
    said = [Item(f"tg:1/{n}", SIRENS.id, text, received=now, published=T0 + timedelta(hours=n)) for n, text in
            ((1, "start UA-30"), (2, "end UA-30"), (3, "start UA-32"))]  # fmt: skip
    outcome = pipeline.run(batch(now, *said), now)
    alerts = [change for change in outcome.changes if change.type.startswith("alert")]
    assert alerts
    assert all(change.late for change in alerts)
    assert regions(pipeline.state, now, rules, ["UA-30"])["UA-30"].status == "unknown", "still catching up"
    now += timedelta(minutes=1)
    pipeline.run(batch(now), now)
    known = regions(pipeline.state, now, rules, ["UA-30", "UA-32"])
    assert known["UA-30"].status == "clear"
    assert known["UA-32"].status == "active"
