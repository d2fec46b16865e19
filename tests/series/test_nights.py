"""The nights of 9-10, 10 and 13 November 2024 out of real articles and posts, through the real pipeline and a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from monitor.catalogue import load_gazetteer, load_lexicon
from monitor.errors import InputError
from monitor.extract import reader
from monitor.fuse import Rules, headline
from monitor.model import Authority, Batch, Claim, Item, Look, SourceProfile
from monitor.pipeline import Pipeline
from monitor.store import SqlStore, open_store, series
from monitor.store.besides import claims_beside

pytestmark = pytest.mark.shared

NIGHT = "2024-11-09/2024-11-10"
MEHR = "en.mehrnews.com"
# The paper whose headline adds three windows up told of the last of them soon after it.
TOLD = datetime(2024, 11, 10, 20, 10, tzinfo=UTC)
NOBODY = Authority((), (), ("strike", "count"), announces_ends=False)


def articles(shared: Path) -> list[Item]:
    found = []
    for number, line in enumerate((shared / "data/news_2024-11-10.jsonl").read_text("utf-8").splitlines()):
        row = json.loads(line)
        source = urlsplit(row["url"]).hostname or ""
        title = "Russian forces down 96 Ukrainian drones" if source == MEHR else None
        at = TOLD.replace(minute=10 + number)
        found.append(Item(f"url:{row['url']}", source, row["excerpt"], at, at, title=title, lang=row["lang"]))
    at = datetime(2024, 11, 13, 9, tzinfo=UTC)
    seed = (shared / "seed/article-2024-11-13.txt").read_text("utf-8")
    return [*found, Item("url:seed", "seed", seed, at, at, lang="fr")]


@pytest.fixture(scope="module")
def told(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SqlStore, Rules]]:
    gazetteer = load_gazetteer()
    items = articles(shared)
    zones = {MEHR: "Europe/Moscow"}  # it tells the hours of the Russian ministry
    profiles = {
        one.source: SourceProfile(
            one.source, "file", "", one.source, authority=NOBODY, zone=zones.get(one.source, "Europe/Kyiv")
        )
        for one in items
    }
    rules = Rules(gazetteer, profiles)
    with open_store(str(tmp_path_factory.mktemp("nights") / "n.db"), lineage=gazetteer.line) as store:
        pipeline = Pipeline(store, reader(load_lexicon()), rules)
        for item in items:
            pipeline.run(Batch(item.source, (item,), Look(item.source, item.received, "ok")), item.received)
        yield store, rules


def claims(store: SqlStore, measure: str, attacker: str) -> list[Claim]:
    return [one for one in series.claims(store).rows if (one.measure, one.attacker) == (measure, attacker)]


def test_both_who_claim_145_launched_are_kept(told: tuple[SqlStore, Rules]) -> None:
    named = {one.claimant for one in claims(told[0], "launched", "RU") if one.value == 145}
    assert named >= {"Ukrainian Air Force", "Volodymyr Zelensky"}
    figure = headline(series.claims(told[0]).rows, NIGHT, "RU", told[1])["launched", "drone"]
    assert (figure.value, figure.claimant) == (145, "Volodymyr Zelensky")


def test_shot_down_lost_and_left_are_the_figures_of_the_night(told: tuple[SqlStore, Rules]) -> None:
    for measure, value in (("shot_down", 62), ("lost", 67), ("left", 10)):
        found = [one for one in claims(told[0], measure, "RU") if one.weapon == "drone"]
        assert {one.value for one in found} == {value}, measure


def test_russia_claims_70_of_which_34_over_moscow_oblast(told: tuple[SqlStore, Rules]) -> None:
    found = claims(told[0], "shot_down", "UA")
    assert {one.source for one in found if one.value == 70} >= {"theepochtimes.com", "kyivindependent.com", MEHR}
    over = [one for one in found if one.value == 34]
    assert {one.places for one in over} == {("RU-MOS",)}
    assert all("regional" in one.flags for one in over)
    assert {one.subset_of for one in over if one.source == MEHR} == {"shot_down"}


def test_three_windows_stay_three_claims_and_96_is_the_papers_own(told: tuple[SqlStore, Rules]) -> None:
    mine = [one for one in claims(told[0], "shot_down", "UA") if one.source == MEHR]
    whole = {(one.value, one.period) for one in mine if one.places == ("RU",)}
    assert whole == {(96, "night"), (23, "night"), (70, "hours")}
    windows = {
        one.value: (one.window.start, one.window.end)
        for one in mine
        if one.window and one.period == "hours" and one.value in (70, 2, 1)
    }
    evening = (datetime(2024, 11, 10, 18, 25, tzinfo=UTC), datetime(2024, 11, 10, 20, tzinfo=UTC))
    assert windows == {
        70: (datetime(2024, 11, 10, 4, tzinfo=UTC), datetime(2024, 11, 10, 7, tzinfo=UTC)),
        2: evening,
        1: evening,
    }
    assert all(one.superseded_by is None for one in mine)
    (added,) = [one for one in mine if one.value == 96]
    assert (added.claimant, "headline_differs" in added.flags) == (MEHR, True)
    assert not any(one.value == 96 for one in series.claims(told[0]).rows if one.source != MEHR)
    assert headline(series.claims(told[0]).rows, NIGHT, "UA", told[1])["shot_down", "drone"].value == 23


def test_distractors_are_no_nightly_figures(told: tuple[SqlStore, Rules]) -> None:
    nightly = {one.value for one in series.claims(told[0]).rows if one.period in ("night", "hours", "day")}
    assert not nightly & {600, 800, 3000, 10_000, 52_000}


def test_one_strike_event_for_moscow_oblast_with_one_to_five_injured(told: tuple[SqlStore, Rules]) -> None:
    found = [one for one in series.strikes(told[0]).rows if {"RU-MOS", "RU-MOW"} & set(one.places)]
    assert len(found) == 1
    (event,) = found
    assert (event.injured.least, event.injured.most) == (1, 5)
    assert len(event.sources) >= 3
    assert len(event.claimants) >= 3


def test_the_alert_over_all_ukraine_of_13_november_is_a_report_of_a_paper_that_opens_nothing(
    told: tuple[SqlStore, Rules],
) -> None:
    reports = [one.telling.what for one in series.reports(told[0], kind="alert", source="seed").rows]
    starts = [one for one in reports if getattr(one, "status", "") == "start"]
    assert [[place.name for place in one.places] for one in starts] == [["UA"]]  # type: ignore[union-attr]
    assert [one for one in series.alerts(told[0]).rows if one.start_basis != "standing" and one.is_confirmed] == []


def test_the_claims_of_the_night_stand_beside_the_strike(told: tuple[SqlStore, Rules]) -> None:
    (event,) = [one for one in series.strikes(told[0]).rows if "RU-MOS" in one.places]
    beside = claims_beside(told[0], event.id)
    assert {one.value for one in beside.rows} >= {70, 34, 23, 96}
    assert {one.attacker for one in beside.rows} == {"UA"}
    with pytest.raises(InputError, match="at that time"):
        claims_beside(told[0], event.id, as_of=datetime(2024, 11, 10, tzinfo=UTC))
