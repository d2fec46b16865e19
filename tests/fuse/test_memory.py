"""The map that is copied by sharing, and the JSON that the state is kept as."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.fuse import State, codec
from monitor.fuse.records import Cell, Event, Held, Hold, Meta
from monitor.fuse.shelf import Draft, Shelf
from monitor.model import EvidenceRef, Interval

AT = datetime(2024, 11, 10, 5, 0, 0, 123, tzinfo=UTC)
REF = EvidenceRef("r", "tg:1/2", 1, "siren", AT, quote="a «quote»", span=(0, 5), rule="x", url=None)


@given(st.lists(st.tuples(st.text(max_size=3), st.one_of(st.none(), st.integers())), max_size=80))
def test_a_shelf_is_a_dict_that_nobody_changes(writes: list[tuple[str, int | None]]) -> None:
    shelf: Shelf[int] = Shelf()
    plain: dict[str, int] = {}
    for number, (key, value) in enumerate(writes):
        before, was = shelf, dict(plain)
        draft = Draft(shelf)
        draft.put(key, value)
        if value is None:
            plain.pop(key, None)
        else:
            plain[key] = value
        assert dict(draft.items()) == plain
        shelf = draft.done()
        assert dict(before.items()) == was
        assert (dict(shelf.items()), len(shelf), shelf.get(key)) == (plain, len(plain), value), number


def test_a_large_shelf_spreads_and_stays_the_same() -> None:
    draft: Draft[int] = Draft(Shelf())
    for number in range(500):
        draft.put(str(number), number)
    shelf = draft.done()
    assert dict(shelf.items()) == {str(number): number for number in range(500)}
    again = Draft(shelf)
    again.put("7", None)
    assert (len(shelf), len(again.done())) == (500, 499)


def test_records_survive_json() -> None:
    interval = Interval("i", "X", "air", AT, "explicit", AT, end_bounds=(AT, AT), evidence=(REF,), level="red")
    held = Held(interval, (Hold("siren", AT, AT, "start"),), ("api",), AT, "siren", past=((AT, AT),))
    cell = Cell("X", "air", events=(Event(AT, "start", "siren", REF, AT, absent=("b",)),), held=held)
    for record in (cell, Meta(now=AT, behind=timedelta(hours=2), covered=("X",))):
        assert codec.load(type(record), json.loads(json.dumps(codec.dump(record)))) == record


def test_an_empty_memory_is_an_empty_state() -> None:
    assert State.load({}) == State.empty()
    assert State.load({"other:thing": {"a": 1}, "cells:X/air": None}) == State.empty()
