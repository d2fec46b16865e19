"""What flies by the piece, told without a word for it: rows of a survey, and the threat that a figure belongs to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from monitor.extract.alerts.proposals import is_same_place
from monitor.extract.counts.found import Found
from monitor.extract.places.units import ancestors, scope
from monitor.extract.text.doc import Doc, Number, Part, is_below_blank
from monitor.extract.text.tokens import DASHES
from monitor.extract.words.weapons import Weapon, weapons_of
from monitor.model import AlertReport, CountReport, PlaceRef

__all__ = ["is_course", "is_next_in_row", "is_survey", "of_pieces", "of_row", "of_sign", "with_counted"]

_OTHERS: Final = frozenset(
    ("strike", "toll", "claim", "claimant", "person", "target", "count", "month", "weekday", "veto.trade", "veto.sport",
     "veto.history", "veto.losses", "weapon.carrier", "act.shot_down", "act.merged", "act.lost", "act.launched")
)  # fmt: skip
_TOLD: Final = _OTHERS - {"count"}
_PLACING: Final = frozenset(("prep.to", "prep.at", "prep.past", "prep.from", "prep.border", "prep.between", "prep.by"))
_BEHIND_FIGURE: Final = frozenset(("place", "alert", "bound", "weapon", "model"))
_NEAR: Final = 4
_TIMES: Final = frozenset(("\u00d7", "x", "\u0445"))
_BACK: Final = 3
_FEW: Final = 12
_ITEM: Final = 6
_ITEMS: Final = 10
_FLYING: Final = frozenset(("drone", "missile", "ballistic"))
_TOLD_LATER: Final = frozenset(("night", "week", "month", "season", "year", "war"))


def is_course(doc: Doc, part: Part) -> bool:
    """ "3 mopeds to A, 2 to B": a line of a live channel, that has no word of what became of them and no time of its
    own; "4 west of C" among such lines. The night told of in other lines is over, these are in the air."""
    if not _may_fly(doc, part):
        return False
    return _heads_for(part) or any(_heads_for(other) and _may_fly(doc, other) for other in _around(doc, part))


def _may_fly(doc: Doc, part: Part) -> bool:
    if not part.numbers or part.whens or part.is_title or doc.lines[part.line][0] == 0:
        return False
    if part.has_any(_TOLD):
        return False
    return not any(m.i - part.i <= 1 for m in part.of("num.subset"))  # "Seven of them were heading for A"


def _heads_for(part: Part) -> bool:
    if part.has("alert"):
        return bool(part.sites)
    if part.has("act", "prep.over"):
        return False
    return any(s.role == "target" and s.ref.level != "country" for s in part.sites)


def _around(doc: Doc, part: Part) -> list[Part]:
    """The sentences of the same paragraph, a few before and behind."""
    first = last = part.n
    while first and part.n - first < _ITEMS and not is_below_blank(doc, doc.parts[first]):
        first -= 1
    while last + 1 < len(doc.parts) and last - part.n < _ITEMS and not is_below_blank(doc, doc.parts[last + 1]):
        last += 1
    return doc.parts[first : last + 1] if first else []


def is_survey(doc: Doc, part: Part) -> bool:
    """ "Poltava region: 1 to Semenivka, ~30 near Zinkiv": a region, a colon, and figures each with where it flies."""
    head = part.sites[0] if part.sites else None
    if head is None or head.ref.level != "oblast" or len(part.sites) < 2 or not part.numbers:
        return False
    first = next((k for k in range(part.i, part.j) if doc.tokens[k].kind != "p"), part.i)
    if head.i > first or head.j >= part.j or doc.tokens[head.j].text != ":" or part.has_any(_OTHERS):
        return False
    return all(_is_placed(doc, part, number) for number in part.numbers if number.taken is None)


def _is_placed(doc: Doc, part: Part, number: Number) -> bool:
    """Whether a preposition or a place stands right behind a figure, and a place soon."""
    k = number.j
    while k < part.j and k - number.j < _NEAR and doc.at[k] is None:
        k += 1  # "40+", "30 (in a swarm)"
    mention = doc.at[k] if k < part.j else None
    if mention is None or not (mention.concept in _PLACING or mention.group in _BEHIND_FIGURE):
        return False
    return any(number.j <= s.i <= k + _NEAR for s in part.sites)


def of_row(doc: Doc, part: Part, number: Number, weapons: list[Weapon]) -> Weapon | None:
    """ "A 3, B 5, C 2 Shaheds": places and figures in a row, with the weapon behind the last of them."""
    before = doc.at[number.i - 1] if number.i > part.i else None
    if before is None and number.i - 1 > part.i and doc.tokens[number.i - 1].text in DASHES:
        before = doc.at[number.i - 2]
    if before is None or not before.rows or number.j >= part.j or doc.tokens[number.j].text != ",":
        return None
    weapon = next((w for w in weapons if w.i > number.j), None)
    if weapon is None or part.has_any(_OTHERS):
        return None
    for k in range(number.j, weapon.i):
        m, token = doc.at[k], doc.tokens[k]
        if (m is None and token.kind == "w") or (m is not None and m.group not in ("place", "num", "level")):
            return None
    return Weapon(weapon.i, weapon.j, weapon.kind, weapon.model)


def is_next_in_row(doc: Doc, part: Part, number: Number, here: list[Found]) -> bool:
    """ "Two drones A, one B": a figure behind a comma with a place right behind it."""
    is_row = bool(here) and here[-1].measure == "present" and number.i > part.i and doc.tokens[number.i - 1].text == ","
    return is_row and any(s.i == number.j for s in part.sites) and not part.has_any(_OTHERS)


def of_sign(doc: Doc, part: Part, number: Number) -> Weapon | None:
    """ "- 1 A", "- 2 B" below "(sign of a moped) region of C": a row that is a figure and a place, of what the sign
    stands for."""
    site = part.sites[0] if len(part.sites) == 1 else None
    if site is None or site.i - number.j > 1 or part.has_any(_OTHERS) or part.j - part.i > _ITEM:
        return None
    signs: dict[str, list[str]] = doc.lexicon.settings.get("signs", {})
    for other in reversed(doc.parts[max(0, part.n - _ITEMS) : part.n]):
        first = doc.tokens[other.i].text[:1]
        kind = next((kind for kind, marks in signs.items() if first in marks), None)
        if kind is not None:
            return Weapon(part.i, part.i, kind, None)
        if other.has_any(_OTHERS) or not other.sites:
            return None
    return None


def of_pieces(doc: Doc, part: Part, number: Number) -> Weapon | None:
    """ "About 20 pieces", "some 30 pieces to A": of the weapon named last; drones, where they fly and nothing is
    named."""
    if number.is_each:
        return None
    if number.i - 2 >= part.i and doc.tokens[number.i - 1].f in _TIMES and doc.tokens[number.i].glued:
        return next((w for w in weapons_of(doc, part) if w.j == number.i - 1), None)  # "guided bombs x4"
    words = doc.lexicon.settings.get("pieces", ())
    is_before = number.i > part.i and doc.tokens[number.i - 1].f in words
    if not is_before and not (number.j < part.j and doc.tokens[number.j].f in words):
        return None
    if _is_of_a_noun(doc, part, number.j, words):
        return None
    for other in reversed(doc.parts[max(0, part.n - _BACK) : part.n + 1]):
        named = [w for w in weapons_of(doc, other) if other is not part or w.i < number.i]
        if named:
            return Weapon(named[-1].i, named[-1].j, named[-1].kind, None)
        if other.has_any(_OTHERS):
            return None
    is_flown = part.has("alert.fly") or any(s.role == "target" for s in part.sites)
    return Weapon(part.i, part.i, "drone", None) if is_flown and part.sites else None


def _is_of_a_noun(doc: Doc, part: Part, k: int, words: Collection[str]) -> bool:
    """ "Seven pieces of armour": a noun that is no weapon stands right behind."""
    if k + 1 >= part.j or doc.tokens[k].f not in words or doc.tokens[k + 1].kind != "w":
        return False
    noun = doc.at[k + 1]
    return noun is None or noun.group in ("target", "veto", "person") or noun.concept == "count.other"


def with_counted(doc: Doc, alerts: list[AlertReport], counts: list[CountReport]) -> list[AlertReport]:
    """The threats, each with the places of the figures of the same weapon that stand beside it: "12 drones to A" is a
    threat to A."""
    flights = [c for c in counts if c.measure == "present" and c.weapon in _FLYING and c.period not in _TOLD_LATER]
    if not flights:
        return alerts
    if not alerts:
        sounded = doc.lexicon.settings.get("alert_countries", ())
        here = [c for c in flights if not c.places or any(p.level != "country" or p.id in sounded for p in c.places)]
        return [_threat_of(here)] if here and _is_live(doc) else []  # "19 drones entered Polish airspace" is told
    kinds: set[str] = {c.weapon for c in flights}
    out = []
    for alert in alerts:
        if alert.status != "threat" or _is_of_area(doc, alert):
            out.append(alert)
            continue
        threat = alert.threat
        if threat == "air" and len(kinds) == 1 and all(a.threat not in kinds for a in alerts):
            threat = flights[0].weapon if _shares_place(doc, alert, flights) else threat  # type: ignore[assignment]
        places = list(alert.places)
        for count in flights:
            if count.weapon == threat and not any(_is_around(doc, p, q) for p in count.places for q in places):
                places += [p for p in count.places if p.level != "country"]
        out.append(replace(alert, threat=threat, places=tuple(places), scope=scope(places)))  # type: ignore[arg-type]
    return out


def _is_abroad(doc: Doc, flights: list[CountReport]) -> bool:
    """ "Two drones flew into Poland": over countries that sound no such alerts."""
    over = [p for c in flights for p in c.places]
    sounded = doc.lexicon.settings.get("alert_countries", ())
    return bool(over) and all(p.level == "country" and p.id not in sounded for p in over)


def _threat_of(flights: list[CountReport]) -> AlertReport:
    """ "Some 70 drones in the air": what is counted in flight threatens where it flies."""
    first = flights[0]
    every = (p for c in flights if c.weapon == first.weapon for p in c.places)
    places = tuple(dict.fromkeys(p for p in every if p.level != "country"))
    return AlertReport("threat", scope(places), places, first.weapon, first.evidence)  # type: ignore[arg-type]


def _is_live(doc: Doc) -> bool:
    """A post of a live channel that does nothing but count."""
    return len(doc.parts) <= _FEW and not doc.title_end and not any(
        part.is_title or part.has_any(_OTHERS) or part.has("alert.clean") or (part.n == 0 and part.has("veto"))
        for part in doc.parts)  # fmt: skip


def _shares_place(doc: Doc, alert: AlertReport, flights: list[CountReport]) -> bool:
    return any(_is_within(doc, p, q) for p in alert.places for c in flights for q in c.places)


def _is_of_area(doc: Doc, alert: AlertReport) -> bool:
    return bool(doc.area) and all(place.id in doc.area for place in alert.places)


def _is_around(doc: Doc, one: PlaceRef, other: PlaceRef) -> bool:
    return is_same_place(one, other) or one.id in ancestors(doc.lexicon, other.id)


def _is_within(doc: Doc, one: PlaceRef, other: PlaceRef) -> bool:
    return _is_around(doc, one, other) or other.id in ancestors(doc.lexicon, one.id)
