"""The page Now and the region page: the board down to hromadas, why a region is unknown, drills apart."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from site_parts import GAZETTEER, SIRENS, HandClock, Site, fresh
from starlette.testclient import TestClient

from monitor.model import Authority, Item, Reading, SourceProfile
from monitor.store import open_store
from monitor.web.pages.words import words as texts

HROMADA = next(place.id for place in GAZETTEER.places.values() if place.name == "Vovchansk hromada")
RAION = GAZETTEER.line(HROMADA)[1]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_board_nests_a_hromada_below_its_raion(client: TestClient, site: Site) -> None:
    site.clock.at += timedelta(minutes=1)
    raion = next(key for key in GAZETTEER.children["UA-12"] if GAZETTEER.level(key) == "raion")
    hromada = next(key for key in GAZETTEER.children[raion] if GAZETTEER.level(key) == "hromada")
    site.post("end UA-63", f"start {raion}", f"start {hromada}")
    page = client.get("/").text
    group = page[page.index('id="g-partial"') :].split("</section>")[0]
    outer, inner = group.index(f"/region/{raion}"), group.index(f"/region/{hromada}")
    assert outer < inner
    assert "</li>" not in group[outer:inner], "the hromada's line lies inside its raion's"


def test_a_region_whose_source_never_announces_an_end_has_no_notice(tmp_path) -> None:  # type: ignore[no-untyped-def]
    governor = SourceProfile(
        "sirens", "telegram_web", "sirens", name="Governor", rank="official", side="RU",
        authority=Authority(places=("RU-BEL",), kinds=("alert",), announces_ends=False),
    )  # fmt: skip
    with open_store(fresh(tmp_path)) as store:
        site = Site(store, HandClock(), governor)
        site.post("nothing")
        with TestClient(site.app(), base_url="http://127.0.0.1") as client:
            tile = re.search(r'<li class="tile"[^>]*><b><a href="/region/RU-BEL">.*?</li>', client.get("/").text, re.S)
            assert tile is not None
            assert "no notice" in tile[0]
            assert 'data-state="unknown"' in tile[0]
            assert "never announces an all-clear" in words(client.get("/region/RU-BEL").text)


def test_neighbours_without_a_source_are_named_and_unwatched_regions_are_unknown(client: TestClient) -> None:
    page = client.get("/").text
    assert "Belarus, Moldova, Poland, Romania: no source" in page
    assert re.search(r'data-state="unknown"><b><a href="/region/RU-BEL">', page)


def test_a_drill_stands_apart_and_is_not_counted(client: TestClient, site: Site) -> None:
    before = re.search(r"<h1>(.*?)</h1>", client.get("/").text)
    site.clock.at += timedelta(minutes=1)
    read = site.pipeline.read

    def as_drill(item: Item, profile: SourceProfile | None) -> Reading:
        found = read(item, profile)
        return replace(found, reports=tuple(replace(one, nature="exercise") for one in found.reports))

    site.pipeline.read = as_drill
    site.post("start UA-05")
    page = client.get("/").text
    assert re.search(r"<h1>(.*?)</h1>", page)[1] == before[1]  # type: ignore[index]
    drill = page[page.index('id="h-drill"') :].split("</section>")[0]
    assert "Vinnytsia" in drill
    assert "Exercise" in drill


def test_the_region_page_says_why_and_shows_its_parts_and_its_watching(client: TestClient, site: Site) -> None:
    page = words(client.get("/region/UA-05").text)
    assert "Nothing has been said of it since this installation began to listen" in page
    assert "Haisyn Raion" in page
    assert "% " in page.split("Coverage by day")[1]
    below = words(client.get(f"/region/{HROMADA}").text)
    assert GAZETTEER.places[RAION].name in below
    assert SIRENS.authority.places == ("UA",)


def test_where_nothing_is_known_the_sentence_says_that_and_not_that_no_alert_is(tmp_path: Path) -> None:
    with open_store(fresh(tmp_path)) as store, TestClient(Site(store).app(), base_url="http://127.0.0.1") as client:
        page = client.get("/").text
    title = re.search(r"<h1>(.*?)</h1>", page, re.S)
    assert title is not None
    assert texts("en").t("now.nothing_known", n=24) in title[1]
    assert texts("en").t("now.no_alert") not in title[1]


def test_permanent_alerts_are_no_part_of_coverage_and_of_no_count(client: TestClient) -> None:
    page = client.get("/").text
    assert re.search(r"<dt>Covered</dt><dd>\d+ of 24 ", page)


def test_places_of_one_short_name_are_told_apart_on_the_board(client: TestClient) -> None:
    names = re.findall(r'class="tile"[^>]*><b><a href="/region/([^"]+)">([^<]+)<', client.get("/").text)
    assert len(names) > 20
    assert len({name for _, name in names}) == len(names)


def test_the_latest_changes_are_told_in_words_with_their_figure_and_lead_to_their_post(client: TestClient) -> None:
    log = re.search(r'<ol class="log">(.*?)</ol>', client.get("/").text, re.S)
    assert log is not None
    assert not re.search(r">(alert|count|strike|threat)\.[a-z]+", log[1])
    assert "37 drones, shot down · Air Force of Ukraine" in words(log[1])
    links = re.findall(r'href="(/item[^"]+)"', log[1])
    assert len(links) > 2
    assert {client.get(link.replace("&amp;", "&")).status_code for link in links} == {200}


def test_a_permanent_alert_cites_its_order_and_links_to_no_post_that_there_is_not(client: TestClient) -> None:
    page = client.get("/region/UA-09").text
    assert "Air alert in Luhansk oblast announced on 2022-04-04" in page
    for address in re.findall(r'href="(/[^"]+)"', page):
        assert client.get(address.replace("&amp;", "&")).status_code == 200, address


def test_a_night_that_nobody_watched_has_no_data_and_no_side_that_did_not_state(client: TestClient) -> None:
    page = words(client.get("/night/2023-01-10").text)
    assert page.count("no data") >= 4
    assert "not stated" not in page
