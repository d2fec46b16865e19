"""Commits made up for the tests of the store: deterministic for a number, and shaped like those of the pipeline."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.identity import digest, interval_id, telling_id, text_sha256
from monitor.model import (
    AlertReport,
    Change,
    Claim,
    Commit,
    CountReport,
    Coverage,
    Delivery,
    Endpoint,
    Evidence,
    EvidenceRef,
    Fused,
    Hole,
    Interval,
    Item,
    Look,
    Moment,
    Note,
    PlaceRef,
    Reading,
    ReadItem,
    Signal,
    StrikeEvent,
    Telling,
    Withdrawal,
)
from monitor.store import SqlStore

T0 = datetime(2024, 11, 10, tzinfo=UTC)
SOURCE = "tg-siren"
PARENTS = {"UA-63-1": "UA-63", "UA-63": "UA", "UA-32-1": "UA-32", "UA-32": "UA", "RU-MOS": "RU"}
PLACES = ("UA-63-1", "UA-63", "UA-32-1", "UA-32", "RU-MOS")


def line(place: str) -> tuple[str, ...]:
    """A small gazetteer's lineage."""
    out = [place]
    while out[-1] in PARENTS:
        out.append(PARENTS[out[-1]])
    return tuple(out)


def minutes(number: float) -> datetime:
    return T0 + timedelta(minutes=number)


def evidence(quote: str = "Air alert") -> Evidence:
    return Evidence(quote, (0, len(quote)), "rule.one", 0.9, Moment(T0, None, "minute"))


def read_item(number: int, version: int = 1, *, text: str | None = None, place: str = "UA-63-1") -> ReadItem:
    """An item that claims an alert and a count, with a note."""
    words = text if text is not None else f"Тривога {number} / {version}"
    item = Item(
        key=f"tg:1/{number}",
        source=SOURCE,
        text=words,
        received=minutes(number),
        published=minutes(number) - timedelta(seconds=20),
        edited=minutes(number + version) if version > 1 else None,
        url=f"https://example.org/{number}",
        raw=words.encode("utf-8", "replace"),
        flags=("edited",) if version > 1 else (),
    )
    alert = AlertReport("start", "raion", (PlaceRef("Place", place, "raion"),), "air", evidence(words[:9]))
    count = CountReport("drone", "launched", number + version, evidence(), attacker="RU", claimed_by="Air Force")
    signal = Signal("drill", evidence(), (PlaceRef("UA", "UA"),))
    sha = text_sha256(None, words)
    tellings = tuple(
        Telling(
            id=telling_id(item.key, version, what),
            what=what,
            item=item.key,
            version=version,
            source=SOURCE,
            at=item.published or T0,
            received=item.received,
            url=item.url,
            lang="uk",
            text_sha256=sha,
        )
        for what in (alert, count, signal)
    )
    return ReadItem(item, version, sha, Reading("uk", (alert, count), (signal,), (Note("x", "why", (0, 1)),)), tellings)


def ref(one: ReadItem) -> EvidenceRef:
    telling = one.tellings[0]
    return EvidenceRef(telling.id, one.item.key, one.version, SOURCE, telling.at, "quote", (0, 5), "rule.one")


def interval(number: int, place: str = "UA-63-1", *, ended: bool = False, affirmations: int = 0) -> Interval:
    return Interval(
        id=interval_id(place, "air", f"tg:1/{number}"),
        place=place,
        regime="air",
        started_at=minutes(number),
        start_basis="explicit",
        known_at=minutes(number),
        ended_at=minutes(number + 40) if ended else None,
        end_basis="explicit" if ended else None,
        affirmations=affirmations,
        sources=(SOURCE,),
    )


def claim(one: ReadItem, value: int, *, night: str = "2024-11-09/2024-11-10", place: str = "UA") -> Claim:
    telling = one.tellings[1]
    return Claim(
        id=telling.id, chain=f"chain-{night}", measure="launched", weapon="drone", value=value, value_max=None,
        bound=None, model=None, places=(place,), attacker="RU", period="night", date_or_period=night,
        claimant="Air Force", claimant_side="UA", source=SOURCE, at=telling.at,
        known_at=one.item.received, evidence=(ref(one),),
    )  # fmt: skip


def strike(number: int, *places: str) -> StrikeEvent:
    return StrikeEvent(
        id=digest("strike", number), places=places or ("RU-MOS",), weapons=("drone",), date="2024-11-10",
        first_at=minutes(number), known_at=minutes(number), updated_at=minutes(number),
    )  # fmt: skip


def change(seq: int, place: str, subject: str, at: datetime) -> Change:
    return Change(digest("change", seq), "alert.started", f"alert:{place}", subject, at, at, (place,), seq=seq,
                  valid_until=at + timedelta(hours=1), data={"n": seq})  # fmt: skip


def delivery(of: Change, endpoint: str = "desk") -> Delivery:
    body = f'{{"id":"{of.id}","seq":{of.seq}}}'.encode()
    return Delivery(of.id, endpoint, of.key, of.seq, of.type, body, of.known_at, of.valid_until)


def endpoint(name: str = "desk") -> Endpoint:
    return Endpoint(name, "webhook", "https://example.org/hook", ("whsec_one",))


def commit(number: int, last_seq: int | None = None) -> Commit:
    """The commit of one number: a new item, its alert, a claim, a strike now and then, a change, a delivery."""
    rng = random.Random(number)
    place = rng.choice(PLACES)
    one = read_item(number, place=place)
    items, withdrawals = [one], []
    if number % 4 == 3:
        again = read_item(number - 1, 2)
        items.append(again)
        withdrawals.append(Withdrawal(again.item.key, 1, SOURCE, minutes(number), "replaced"))
    begun = replace(interval(number, place), evidence=(ref(one),))
    known = [begun]
    if number % 3 == 2:
        earlier = random.Random(number - 1).choice(PLACES)
        known.append(replace(interval(number - 1, earlier, ended=True), end_known_at=minutes(number)))
    at = minutes(number)
    told = change((last_seq + 1) if last_seq is not None else number + 1, place, begun.id, at)
    return Commit(
        source=SOURCE,
        at=at,
        items=tuple(items),
        withdrawals=tuple(withdrawals),
        fused=Fused(
            state=None,
            changes=(told,),
            intervals=tuple(known),
            strikes=(strike(number - number % 5, "RU-MOS", *(["UA-32-1"] if number % 5 == 4 else [])),),
            claims=(claim(one, 100 + number),),
            coverage=(Coverage("cov-1", SOURCE, "live", None, T0, None),) if number == 0 else (),
            memory={f"alert/{place}": {"n": number}, "seen": number, f"alert/{number - 2}": None},
        ),
        deliveries=(delivery(told),),
        look=Look(SOURCE, at, "ok", newest=at),
        cursor=str(number),
        holes=(Hole("1", number * 10, number * 10 + 1, "deleted", at),) if number % 7 == 6 else (),
        rules="rules-1",
    )


def commits(count: int, start: int = 0) -> Iterator[Commit]:
    for number in range(start, start + count):
        yield commit(number)


def fill(store: SqlStore, count: int, start: int = 0) -> None:
    for one in commits(count, start):
        with store.writing() as unit:
            unit.save(one)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
