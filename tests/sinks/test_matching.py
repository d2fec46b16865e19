"""Who is told: a filter narrows, and never makes danger look like silence."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from monitor.model import CHANGE_TYPES, Change, Endpoint, EvidenceRef, Gazetteer, Place, SourceProfile, Subscription
from monitor.sinks.matching import SubscriptionIndex, due_at, wanted_types

NOW = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)
PLACES = {
    "UA": Place("UA", "Ukraine", "country"),
    **{f"UA-{n}": Place(f"UA-{n}", f"Oblast {n}", "oblast", "UA") for n in range(10, 35)},
    **{f"r{n}{m}": Place(f"r{n}{m}", f"Raion {n}{m}", "raion", f"UA-{n}") for n in range(10, 35) for m in range(5)},
    "city": Place("city", "City", "city", "r100"),
}
GAZETTEER = Gazetteer(PLACES)
PROFILES = {
    "af": SourceProfile("af", "telegram_web", "a", rank="official", side="UA"),
    "mod": SourceProfile("mod", "telegram_web", "b", rank="official", side="RU"),
    "channel": SourceProfile("channel", "telegram_web", "c", rank="monitor"),
    "paper": SourceProfile("paper", "feed", "d", rank="media"),
}


def change(kind: str, *places: str, source: str | None = None, nature: Any = "actual", **data: Any) -> Change:
    refs = (EvidenceRef("r", "i", 1, source, NOW),) if source else ()
    return Change("c", kind, "k", "s", NOW, NOW, places, nature=nature, data=data, evidence=refs, seq=1)


def told(subscription: Subscription, *changes: Change) -> list[bool]:
    index = SubscriptionIndex([Endpoint("e", "webhook", subscription=subscription)], GAZETTEER, PROFILES)
    return [bool(index.matching(each)) for each in changes]


def test_an_empty_subscription_asks_for_everything_that_is_actual() -> None:
    assert all(told(Subscription(), *[change(kind, "UA-10") for kind in CHANGE_TYPES]))
    assert told(Subscription(), change("alert.started", "UA-10", nature="exercise")) == [False]
    assert told(Subscription(natures=("exercise",)), change("alert.started", "UA-10", nature="exercise")) == [True]


def test_a_region_means_everything_below_it() -> None:
    oblast = Subscription(regions=("UA-10",))
    assert told(
        oblast,
        change("strike.reported", "city"),
        change("strike.reported", "UA-10"),
        change("strike.reported", "UA-11"),
    ) == [True, True, False]


def test_an_alert_for_a_wider_area_reaches_whoever_asked_for_a_part_of_it_and_a_strike_does_not() -> None:
    city = Subscription(regions=("city",))
    wider = [change(kind, place) for kind in ("alert.started", "alert.cleared") for place in ("r100", "UA-10", "UA")]
    assert all(told(city, *wider, change("threat.started", "UA"), change("state.snapshot", "UA-10")))
    assert told(
        city, change("strike.reported", "UA-10"), change("count.claimed", "UA"), change("alert.started", "UA-11")
    ) == [
        False,
        False,
        False,
    ]


@pytest.mark.parametrize("asked", ["alert.*", "alert.started", "threat.started"])
def test_whoever_asks_for_alerts_also_hears_that_the_line_is_alive_or_blind(asked: str) -> None:
    subscription = Subscription(types=(asked,), regions=("UA-10",))
    needed = ["heartbeat", "coverage.lost", "coverage.restored", "state.snapshot", "system.notice", "alert.retracted"]
    assert all(told(subscription, *[change(kind, nature="system") for kind in needed]))
    assert "heartbeat" not in wanted_types(Subscription(types=("strike.*",)))
    assert wanted_types(Subscription(types=("strike.reported",))) == {"strike.reported"}


def test_filters_of_figures_apply_to_strikes_and_counts_and_never_to_alerts() -> None:
    strict = Subscription(weapons=("missile",), sides=("UA",), min_value=50, min_confidence=0.9, min_origins=3)
    assert all(told(strict, change("alert.started", "UA-10", source="paper"), change("alert.cleared", "UA-10")))
    good = {"weapon": "missile", "claimant_side": "UA", "value": 60, "confidence": 0.95, "origins": 3}
    assert told(strict, change("count.claimed", "UA", **good)) == [True]
    for lacking in (
        {"weapon": "drone"},
        {"claimant_side": "RU"},
        {"value": 49},
        {"confidence": 0.5},
        {"origins": 1},
    ):
        assert told(strict, change("count.claimed", "UA", **{**good, **lacking})) == [False]
    assert told(strict, change("count.claimed", "UA", **{**good, "value": 40, "value_max": 55})) == [True]
    assert told(strict, change("count.claimed", "UA", **{**good, "value": None})) == [True], "withheld is not little"


def test_the_side_of_a_claim_is_its_claimants_else_its_sources() -> None:
    assert told(Subscription(sides=("RU",)), change("strike.reported", "UA-10", source="mod")) == [True]
    assert told(Subscription(sides=("RU",)), change("strike.reported", "UA-10", source="af")) == [False]


@pytest.mark.parametrize(
    ("least", "passing"), [("official", ["af"]), ("monitor", ["af", "channel"]), ("media", ["af", "channel", "paper"])]
)
def test_a_least_rank_lets_better_sources_through(least: Any, passing: list[str]) -> None:
    subscription = Subscription(min_rank=least)
    heard = [
        s for s in ("af", "channel", "paper") if told(subscription, change("alert.started", "UA", source=s)) == [True]
    ]
    assert heard == passing
    assert told(subscription, change("alert.expired", "UA"), change("heartbeat")) == [True, True]


def test_quiet_hours_hold_back_everything_but_alerts_and_lose_nothing() -> None:
    quiet = Subscription(quiet=("23:00", "07:00", "Europe/Kyiv"))
    night = datetime(2026, 2, 1, 22, 30, tzinfo=UTC)
    morning = datetime(2026, 2, 2, 5, 0, tzinfo=UTC)
    for kind in CHANGE_TYPES:
        waits = kind.startswith(("strike.", "count.", "report.", "source."))
        assert due_at(quiet, change(kind), night) == (morning if waits else night), kind
    for free in (morning, datetime(2026, 2, 1, 20, 59, tzinfo=UTC)):
        assert due_at(quiet, change("strike.reported"), free) == free
    nap = Subscription(quiet=("13:00", "14:00", "UTC"))
    assert due_at(nap, change("strike.reported"), NOW + timedelta(minutes=90)) == NOW + timedelta(hours=2)


def test_a_digest_gathers_claims_to_the_end_of_its_period_and_lets_alerts_pass() -> None:
    hourly = Subscription(digest_every=timedelta(hours=1))
    at = NOW + timedelta(minutes=10)
    assert due_at(hourly, change("count.claimed"), at) == NOW + timedelta(hours=1)
    assert due_at(hourly, change("alert.started"), at) == at


def test_a_disabled_endpoint_is_told_nothing() -> None:
    index = SubscriptionIndex([Endpoint("e", "webhook", is_enabled=False)], GAZETTEER, PROFILES)
    assert index.matching(change("alert.started", "UA")) == []


def test_the_index_agrees_with_asking_each_subscription_alone() -> None:
    rng = Random(5)
    places = list(PLACES)
    subscriptions = [
        Subscription(
            types=tuple(rng.sample([*CHANGE_TYPES, "alert.*", "strike.*"], rng.randint(0, 3))),
            regions=tuple(rng.sample(places, rng.randint(0, 3))),
            min_rank=rng.choice([None, "official", "monitor"]),
        )
        for _ in range(150)
    ]
    endpoints = [Endpoint(f"e{n}", "webhook", subscription=each) for n, each in enumerate(subscriptions)]
    index = SubscriptionIndex(endpoints, GAZETTEER, PROFILES)
    for _ in range(200):
        one = change(
            rng.choice(CHANGE_TYPES), *rng.sample(places, rng.randint(0, 3)), source=rng.choice(list(PROFILES))
        )
        assert [each.id for each in index.matching(one)] == [
            each.id for each in endpoints if told(each.subscription, one) == [True]
        ]


def test_ten_thousand_subscriptions_that_do_not_match_cost_next_to_nothing() -> None:
    endpoints = [
        Endpoint(
            f"e{n}", "webhook", subscription=Subscription(types=("strike.*",), regions=(f"r{10 + n % 24}{n % 5}",))
        )
        for n in range(10_000)
    ]
    index = SubscriptionIndex(endpoints, GAZETTEER, PROFILES)
    one = change("strike.reported", "UA-34", source="af")
    best = min(timed(index, one) for _ in range(5))
    assert best < 200e-6


def timed(index: SubscriptionIndex, one: Change) -> float:
    began = time.perf_counter()
    for _ in range(100):
        assert index.matching(one) == []
    return (time.perf_counter() - began) / 100
