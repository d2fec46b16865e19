"""One transaction writes everything, twice the same is once, and what was saved is read back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from made_commits import SOURCE, T0, commit, fill, line, minutes, read_item

from monitor.errors import StoreError
from monitor.model import Commit, Fused, Head, Withdrawal
from monitor.store import SqlStore, open_store, series

DAY = timedelta(days=1)


def save(store: SqlStore, what: Commit) -> None:
    with store.writing() as unit:
        unit.save(what)


def only_items(*items: object, number: int = 0) -> Commit:
    return Commit(SOURCE, minutes(number), tuple(items), (), Fused(None), ())  # type: ignore[arg-type]


def test_what_is_saved_is_read_back(store: SqlStore) -> None:
    given = commit(0)
    save(store, given)
    (item,) = series.item(store, "tg:1/0")
    assert item.item == given.items[0].item
    assert item.reading == given.items[0].reading
    assert item.tellings == given.items[0].tellings
    assert item.rules == "rules-1"
    assert series.alerts(store, start=T0, end=T0 + DAY).rows == given.fused.intervals
    assert series.strikes(store).rows == given.fused.strikes
    assert series.claims(store, night="2024-11-09/2024-11-10").rows == given.fused.claims
    assert series.changes(store) == given.fused.changes
    assert series.coverage(store) == given.fused.coverage
    assert store.cursor(SOURCE) == "0"
    assert store.memory()["seen"] == 0
    assert series.sources(store)[0].look == given.look
    assert series.looks(store, SOURCE) == (given.look,)
    assert store.due(minutes(1)) == [replace(given.deliveries[0], id=1)]


def test_it_is_still_there_after_a_restart(store: SqlStore) -> None:
    fill(store, 10)
    before = dict(series.counts_summary(store))
    url = store.url.render_as_string(hide_password=False)
    store.close()
    with open_store(url, lineage=line) as again:
        assert series.counts_summary(again) == before
        assert again.memory()["seen"] == 9
        with again.writing() as unit:
            assert unit.last_seq() == 10
            assert unit.heads(["tg:1/9", "tg:1/2", "none"]) == {
                "tg:1/9": Head(1, commit(9).items[0].sha256),
                "tg:1/2": Head(2, commit(3).items[1].sha256, edited=minutes(4)),
            }


def test_saving_a_commit_twice_changes_nothing(filled: SqlStore) -> None:
    before = series.counts_summary(filled)
    save(filled, replace(commit(39), look=None))
    assert series.counts_summary(filled) == before


def test_an_exception_in_the_block_leaves_nothing(store: SqlStore) -> None:
    empty = series.counts_summary(store)
    with suppress(ZeroDivisionError), store.writing() as unit:
        unit.save(commit(0))
        raise ZeroDivisionError
    assert series.counts_summary(store) == empty
    save(store, commit(0))


def test_a_change_with_a_known_id_is_dropped(store: SqlStore) -> None:
    save(store, commit(0))
    told = replace(commit(0).fused.changes[0], seq=7)
    save(store, Commit(SOURCE, minutes(1), (), (), Fused(None, changes=(told,)), ()))
    assert [change.seq for change in series.changes(store)] == [1]
    with store.writing() as unit:
        assert unit.known_changes([told.id, "none"]) == {told.id}


def test_a_raw_version_is_never_overwritten_by_another_text(store: SqlStore) -> None:
    save(store, only_items(read_item(1)))
    with pytest.raises(StoreError, match="version 1 of item tg:1/1"):
        save(store, only_items(read_item(1, text="another")))


def test_reports_of_a_replaced_version_are_withdrawn_and_kept(store: SqlStore) -> None:
    save(store, only_items(read_item(1)))
    edited = only_items(read_item(1, 2), number=5)
    save(store, replace(edited, withdrawals=(Withdrawal("tg:1/1", 1, SOURCE, minutes(5), "replaced"),)))
    assert {report.telling.version for report in series.reports(store).rows} == {2}
    assert {report.telling.version for report in series.reports(store, as_of=minutes(4)).rows} == {1}
    assert len(series.reports(store, withdrawn=True).rows) == 4


def test_a_deletion_is_a_mark_and_the_text_is_kept(store: SqlStore) -> None:
    first = read_item(1)
    save(store, only_items(first))
    gone = replace(first, item=replace(first.item, text="", deleted=True), version=2, tellings=())
    save(store, only_items(gone, number=2))
    versions = series.item(store, "tg:1/1")
    assert [version.item.deleted for version in versions] == [False, True]
    assert versions[0].item.text == first.item.text
    with store.writing() as unit:
        assert unit.heads(["tg:1/1"])["tg:1/1"].deleted


def test_the_log_of_looks_is_bounded(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.store.unit.LOOKS_KEPT", 5)
    fill(store, 12)
    assert [look.at for look in series.looks(store, SOURCE)] == [minutes(n) for n in (11, 10, 9, 8, 7)]


def test_writing_inside_writing_is_refused_at_once(store: SqlStore) -> None:
    with store.writing(), pytest.raises(RuntimeError), store.writing():
        pass


def test_D20_nul_and_lone_surrogates_are_replaced_and_flagged(store: SqlStore) -> None:
    odd = read_item(1, text="a\x00b\ud800c")
    save(store, only_items(odd))
    (item,) = series.item(store, "tg:1/1")
    assert item.item.text == "a\ufffdb\ufffdc"
    assert {"nul_replaced", "surrogates_replaced"} <= set(item.item.flags)
    assert item.tellings[0].what.evidence == odd.tellings[0].what.evidence  # type: ignore[union-attr]
    save(store, only_items(odd))
    with store.writing() as unit:
        assert unit.heads(["tg:1/1"])["tg:1/1"].version == 1
