"""What ``config/sources`` ships: real public sources as data, polite by default, with a say where they have one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from monitor.catalogue import load_gazetteer
from monitor.config.load import load
from monitor.fuse.rules import Rules
from monitor.sources import build
from monitor.sources.telegram_web import handle_of

ROOT = Path(__file__).parents[2]
NUMBERS = (5, 7, 9, 12, 14, 18, 21, 23, 26, 30, 32, 35, 40, 43, 46, 48, 51, 53, 56, 59, 61, 63, 65, 68, 71, 74, 77)
OBLASTS = [f"UA-{number:02}" for number in NUMBERS]
WITHOUT_SIRENS = {"UA-07", "UA-12", "UA-18", "UA-21", "UA-63", "UA-74", "UA-77"}
"""Oblasts whose official channels post only what happened, as far as was seen."""


@pytest.fixture(scope="module")
def profiles():
    return load(ROOT / "config" / "monitor.toml", {}).profiles


def test_there_are_many_and_at_most_twenty_are_on(profiles):
    assert len(profiles) >= 150
    assert sum(profile.enabled for profile in profiles) <= 20


def test_every_oblast_both_sides_and_eight_languages_are_there(profiles):
    meant = {place for profile in profiles for place in (*profile.area, *profile.authority.places)}
    assert set(OBLASTS) <= meant
    assert {"UA", "RU"} <= {profile.side for profile in profiles}
    languages = {language for profile in profiles for language in profile.languages}
    assert {"uk", "ru", "en", "fr", "de", "pl", "es", "he"} <= languages
    assert {"official", "monitor", "media"} == {profile.rank for profile in profiles}


def test_what_is_on_needs_no_account_and_no_key(profiles):
    kinds = Counter(profile.kind for profile in profiles if profile.enabled)
    assert set(kinds) <= {"telegram_web", "feed", "siren_pp_ua"}


def test_every_place_is_one_of_the_gazetteer(profiles):
    places = load_gazetteer().places
    named = {place for profile in profiles for place in (*profile.area, *profile.authority.places)}
    assert named <= set(places)


def test_handles_and_numbers_are_there_once(profiles):
    channels = [profile for profile in profiles if profile.kind.startswith("telegram")]
    handles = Counter(handle_of(profile.address).lower() for profile in channels)
    numbers = Counter(profile.channel_id for profile in channels if profile.channel_id)
    assert {name for name, count in handles.items() if count > 1} == set()
    assert {name for name, count in numbers.items() if count > 1} == set()
    assert all(handle_of(profile.address).isascii() for profile in channels)
    assert "mykolaivskaoda" not in handles


def test_every_profile_that_needs_no_account_can_be_built(profiles, deps):
    for profile in profiles:
        if profile.kind == "telegram":
            continue
        assert build(profile, deps).profile is profile


def test_an_oblast_without_a_siren_channel_has_no_siren_coverage_from_official_channels(profiles):
    rules = Rules(load_gazetteer(), {profile.id: profile for profile in profiles})
    official = [p for p in profiles if p.kind == "telegram_web" and p.rank == "official" and p.id != "air_alert_ua"]
    covered = {oblast for oblast in OBLASTS for p in official if rules.may_open(p.id, oblast)}
    assert not covered & WITHOUT_SIRENS
    assert {"UA-05", "UA-32", "UA-51", "UA-65"} <= covered


def test_who_never_announces_sirens_cannot_end_one(profiles):
    rules = Rules(load_gazetteer(), {profile.id: profile for profile in profiles})
    enders = {p.id for p in profiles if any(rules.may_close(p.id, oblast) for oblast in OBLASTS)}
    by_id = {p.id: p for p in profiles}
    assert all("alert" in by_id[one].authority.kinds and by_id[one].rank != "media" for one in enders)
    assert not enders & {"kpszsu", "dsns_telegram", "mod_russia", "razvozhaev", "aksenov82", "war_monitor"}
    assert {"air_alert_ua", "siren_pp_ua", "ukrainealarm", "alerts_in_ua"} <= enders


def test_copies_of_the_official_sirens_are_one_witness(profiles):
    by_id = {profile.id: profile for profile in profiles}
    family = {by_id[one].witness for one in ("air_alert_ua", "siren_pp_ua", "ukrainealarm", "ukrainealarmsignal")}
    assert family == {"ua-sirens"}
