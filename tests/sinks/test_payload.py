"""The wire schema v1: its published form, and what each audience gets of one change."""

from __future__ import annotations

import json
import runpy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema_rs

from monitor.model import JSON, Change, Endpoint, EvidenceRef, Gazetteer, Place, SourceProfile, Subscription
from monitor.publication import PublicationPolicy
from monitor.sinks.outbox import WireOutbox, ping_change, snapshot_changes
from monitor.sinks.schema import schema

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)
GAZETTEER = Gazetteer(
    {
        "UA": Place("UA", "Ukraine", "country"),
        "UA-63": Place("UA-63", "Kharkiv oblast", "oblast", "UA"),
        "city": Place("city", "Vovchansk", "city", "UA-63"),
    },
    {"UA": ("UA-63",), "UA-63": ("city",)},
)
PROFILES = {"af": SourceProfile("af", "telegram_web", "a", name="Air Force", rank="official", side="UA")}


def describe(places: Sequence[str]) -> Mapping[str, JSON]:
    state = {
        "status": "active",
        "as_of": NOW.isoformat(),
        "is_confirmed": True,
        "in_conflict": False,
        "is_stale": False,
    }
    return {place: {"place": place, **state, "regimes": ["air"], "seq": 3} for place in places}


def change(kind: str, *places: str, seq: int = 1) -> Change:
    ref = EvidenceRef("r1", "tg:1/2", 1, "af", NOW, "The sentence", (0, 12), "start", "https://t.me/x/2", "Air Force")
    return Change(
        f"c{seq}", kind, "k", "s", NOW, NOW, places, False, "actual", NOW + timedelta(hours=1), {}, (ref,), seq
    )


def outbox(*endpoints: Endpoint) -> WireOutbox:
    known = tuple(endpoints)
    return WireOutbox(lambda: known, PublicationPolicy(), GAZETTEER, PROFILES)


def test_the_published_schema_is_the_one_in_the_code() -> None:
    rendered = runpy.run_path(str(ROOT / "tools" / "webhook_schema.py"))["rendered"]()
    assert (ROOT / "docs/reference/webhook-v1.schema.json").read_text("utf-8") == rendered


def test_every_body_keeps_to_the_schema_and_is_a_cloud_event() -> None:
    validator = jsonschema_rs.Draft202012Validator(schema())
    kinds = ["alert.started", "alert.cleared", "strike.reported", "count.claimed", "heartbeat", "coverage.lost"]
    for trusted in (False, True):
        made = outbox(Endpoint("e", "webhook", is_trusted=trusted)).frame(
            [change(kind, "UA-63", "city", seq=n) for n, kind in enumerate(kinds, 1)], NOW, describe
        )
        assert len(made) == len(kinds)
        for each in made:
            body = json.loads(each.body)
            validator.validate(body)
            assert (body["specversion"], body["id"], body["type"]) == ("1.0", each.message_id, each.type)
            assert {
                "id",
                "source",
                "type",
                "specversion",
                "time",
                "subject",
                "datacontenttype",
                "dataschema",
                "data",
            } == set(body)


def test_the_state_of_the_regions_and_the_evidence_stand_in_the_message() -> None:
    (made,) = outbox(Endpoint("e", "webhook")).frame([change("alert.started", "UA-63")], NOW, describe)
    data = json.loads(made.body)["data"]
    assert data["state"]["UA-63"]["state"] == "active"
    assert data["state"]["UA-63"]["name"] == "Kharkiv oblast"
    assert data["evidence"][0]["quote"] == "The sentence"
    assert (data["evidence"][0]["link"], data["evidence"][0]["rank"]) == ("https://t.me/x/2", "official")
    assert (data["evidence"][0]["rule"], data["evidence"][0]["span"]) == ("start", [0, 12])
    assert (data["seq"], data["key"], data["late"], data["nature"]) == (1, "k", False, "actual")
    assert data["valid_until"] == "2026-02-01T13:00:00Z"


def test_the_public_and_the_trusted_get_different_bytes_under_different_ids() -> None:
    strike = change("strike.reported", "city")
    public, trusted, again = outbox(
        Endpoint("p", "webhook"), Endpoint("t", "webhook", is_trusted=True), Endpoint("q", "webhook")
    ).frame([strike], NOW, describe)
    assert (public.message_id, trusted.message_id) == ("c1", "c1:t")
    assert public.body is again.body
    assert b"Vovchansk" not in public.body
    assert b"The sentence" not in public.body
    assert b"Vovchansk" in trusted.body
    assert json.loads(public.body)["data"]["evidence"][0]["withheld"] == "place not shown yet"


def test_an_alert_goes_out_at_the_moment_of_its_commit() -> None:
    quiet = Endpoint(
        "e", "webhook", subscription=Subscription(quiet=("00:00", "23:59", "UTC"), digest_every=timedelta(hours=6))
    )
    kinds = ("alert.started", "alert.cleared", "alert.partial", "threat.started", "threat.ended")
    for each in outbox(quiet).frame([change(kind, "UA-63", seq=n) for n, kind in enumerate(kinds, 1)], NOW, describe):
        assert each.due_at == NOW


def test_the_same_change_framed_again_is_the_same_bytes() -> None:
    box = outbox(Endpoint("e", "webhook"))
    assert box.frame([change("alert.started", "UA-63")], NOW, describe) == box.frame(
        [change("alert.started", "UA-63")], NOW, describe
    )


def test_endpoints_that_change_are_taken_over_at_the_next_frame() -> None:
    known: list[Endpoint] = []
    box = WireOutbox(lambda: tuple(known), PublicationPolicy(), GAZETTEER, PROFILES)
    assert box.frame([change("heartbeat")], NOW, describe) == ()
    known.append(Endpoint("e", "webhook"))
    assert len(box.frame([change("heartbeat")], NOW, describe)) == 1


def test_a_snapshot_for_a_returning_endpoint_names_its_regions_and_the_level_below() -> None:
    endpoint = Endpoint("e", "webhook", subscription=Subscription(types=("strike.*",), regions=("UA-63",)))
    box = outbox(endpoint)
    (made,) = box.frame_for(endpoint, snapshot_changes(endpoint, GAZETTEER, NOW, 9), NOW, describe, everything=True)
    data = json.loads(made.body)["data"]
    assert list(data["state"]) == ["UA-63", "city"]
    assert (made.type, data["nature"], data["seq"]) == ("state.snapshot", "system", 9)


def test_a_test_ping_can_make_nothing_sound() -> None:
    endpoint = Endpoint("e", "webhook")
    ping = ping_change(endpoint, NOW, 4)
    (made,) = outbox(endpoint).frame_for(endpoint, [ping], NOW, describe, everything=True)
    assert json.loads(made.body)["data"]["nature"] == "test"
    assert ping_change(endpoint, NOW, 4) == ping
    assert replace(ping, seq=0).id == ping.id
