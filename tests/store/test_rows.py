"""Every type of the model goes to JSON text and comes back equal."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from monitor import model
from monitor.store import rows

TIMES = st.datetimes(timezones=st.just(UTC))
TEXTS = st.text(st.characters(codec=None), max_size=20)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
st.register_type_strategy(datetime, TIMES)
st.register_type_strategy(timedelta, st.timedeltas())
st.register_type_strategy(str, TEXTS)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))

STORED = (
    model.Item, model.Origin, model.Snapshot, model.Reading, model.Note, model.Telling, model.Withdrawal,
    model.Interval, model.StrikeEvent, model.Claim, model.Coverage, model.Change, model.Delivery, model.Endpoint,
    model.Look, model.Hole, model.AlertReport, model.StrikeReport, model.CountReport, model.Signal, model.Place,
    model.SourceProfile, model.RegionState, model.ReadItem, model.Batch, model.Moment, model.EvidenceRef, model.Toll,
)  # fmt: skip


def a(kind: type) -> st.SearchStrategy:
    """Values of a model type; open JSON fields are filled with JSON, and one-valued ones keep their value."""
    given_by_hand = {}
    for part in dataclasses.fields(kind):
        if "Mapping" in str(part.type):
            given_by_hand[part.name] = st.dictionaries(st.text(max_size=3), PLAIN, max_size=3)
        if part.name == "threats":
            given_by_hand[part.name] = st.lists(st.dictionaries(st.text(max_size=3), PLAIN), max_size=2).map(tuple)
    return st.builds(kind, **given_by_hand)


for stored in STORED:
    st.register_type_strategy(stored, a(stored))


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.__name__)
def test_every_type_comes_back_equal(kind: type) -> None:
    @settings(
        max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate]
    )
    @given(a(kind))
    def check(value: object) -> None:
        text = rows.pack(rows.dump(value))
        text.encode("utf-8")
        assert "\x00" not in text
        assert rows.load(kind, rows.unpack(text)) == value

    check()


def test_a_lone_surrogate_survives_the_text_of_a_database() -> None:
    note = model.Note("a\ud800b", "odd")
    text = rows.pack(rows.dump(note))
    assert text.isascii()
    assert rows.load(model.Note, rows.unpack(text)) == note


def test_equal_values_have_equal_bytes() -> None:
    first = model.Change("1", "heartbeat", "k", "s", datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC),
                         data={"b": 1, "a": 2})  # fmt: skip
    second = dataclasses.replace(first, data={"a": 2, "b": 1})
    assert rows.pack(rows.dump(first)) == rows.pack(rows.dump(second))
