"""Words of a blow that tell of none: only shown, only feared, going on for years, or air defence at work."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.subsets import opens_with_of
from monitor.extract.strikes.dayafter import is_counted_on
from monitor.extract.strikes.struck import is_weapon_hit
from monitor.extract.text.doc import LONG, Doc, Number, Part
from monitor.extract.vetoes import is_under_way, same_clause
from monitor.extract.words.mentions import Mention

__all__ = [
    "denies_toll",
    "is_alert_that_reached",
    "is_announced_to_leave",
    "is_crash",
    "is_downing",
    "is_falsely_claimed",
    "is_feared_blow",
    "is_feared_fall",
    "is_harmless_fall",
    "is_heard_only",
    "is_lasting",
    "is_meant_for",
    "is_of_before",
    "is_of_other_blow",
    "is_of_the_answered",
    "is_possible",
    "is_quoted_phrase",
    "is_recalled",
    "is_set_right",
    "is_sum_of_years",
    "is_warded_off",
    "is_why_closed",
    "opens_with_another_day",
    "tells_of_whole_country",
]

_ON: Final = frozenset(("prep.against", "prep.on", "prep.to"))
_NEAR: Final = 8
_MANY: Final = 100
"""Shellings that no one day has."""
_RUMOUR: Final = 6
_REACH: Final = 8
_FEARS: Final = ("alert.threat", "alert.danger", "veto.subject")
_FEARED: Final = 3  # words between a threat and the debris feared
_OF_FIGURE: Final = 2
"""Tokens from a figure to the verb of a fall: "38 have"."""
_PURPOSE: Final = 5
"""Tokens from "for" to the word for the attack: "for a new massive"."""
_QUOTED: Final = 8
"""Tokens of a phrase in quotes that is a part of somebody else's sentence."""
_OPENING: Final = "\u00ab\u201e"
_CLOSING: Final = "\u00bb\u201d"
_AHEAD: Final = 6
"""Tokens of "before the army of A begins to"."""
_WHERE: Final = 4
"""Tokens of "where at least"."""


def is_of_before(part: Part, *, is_placed: bool) -> bool:
    """ "Earlier a drone had hit a car": a blow of its own, and where it fell is not told."""
    first = part.of("time.before")
    if not first or is_placed or first[0].i != part.i or part.has("claim"):
        return False
    return part.has("strike.attack", "strike.hit") and part.has("weapon", "model", "target", "toll")


def is_sum_of_years(doc: Doc, part: Part) -> bool:
    """ "In the war A has lived through 9,800 shellings. Over 90 died": the dead of all that time, in the sentence
    behind it."""
    before = doc.parts[part.n - 1] if part.n else None
    if before is None or before.line != part.line or part.whens or part.has("strike"):
        return False
    return any(w.period in LONG for w in before.whens) and any(n.value >= _MANY for n in before.numbers)


def denies_toll(doc: Doc, part: Part) -> bool:
    """ "The mayor denied rumours of ten dead": nothing is told between the denial and the dead."""
    denied = part.of("veto.denied")
    tolls = [m.i for m in part.of("toll.killed", "toll.injured") if denied and m.i > denied[0].i]
    if not tolls or len(tolls) < len(part.of("toll.killed", "toll.injured")) or tolls[0] - denied[-1].j > _RUMOUR:
        return False
    return not any(m.group in ("strike", "weapon", "cause") for m in doc.mentions_between(denied[0].j, tolls[0]))


def is_lasting(doc: Doc, part: Part, m: Mention) -> bool:
    """ "A, which has been shelled since 2022", "an attack on A is under way, blasts are heard": no blow yet."""
    if part.has("alert.under_way") and m.concept in ("strike.attack", "strike.explosion") and any(
        is_under_way(doc, part, attack, on) for attack in part.of("strike.attack") for on in part.of("alert.under_way")
    ):  # fmt: skip
        return True
    since = doc.at[m.j] if m.j < part.j else None
    return since is not None and since.concept == "time.since" and m.concept in ("strike.attack", "strike.hit") and (
        not part.has("toll", "weapon", "model"))  # fmt: skip


def is_downing(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The crew of a launcher hit an enemy drone": air defence at work, and no place that was struck."""
    if _is_fall_of_downed(doc, part, m):
        return True
    is_what = m.concept == "strike.damage" and m.j - m.i > 1  # "destroyed a" in one, and a drone behind it
    if m.concept != "strike.hit" and not is_what:
        return False
    if not is_what and is_weapon_hit(doc, part, m):
        return True
    hit = doc.at[m.j] if m.j < part.j else None
    if hit is not None and hit.group == "side" and hit.j < part.j:
        hit = doc.at[hit.j]
    if hit is None or hit.group not in ("weapon", "model"):
        return False
    if is_what:
        return hit.i <= m.j + 1
    by = [x for x in part.of("target.military", "count.other") if x.i < m.i and m.i - x.j <= _NEAR]
    return bool(by) and not any(doc.tokens[k].is_lower for k in range(by[-1].j, m.i))


def _is_fall_of_downed(doc: Doc, part: Part, m: Mention) -> bool:
    """ "112 were downed, of which 38 fell on Crimea", "of the 112 downed 38 fell on A": where what was downed fell."""
    is_fall = m.concept == "strike.fell" or (m.concept == "strike.hit" and m.j - m.i > 1)
    if not is_fall or len(part.numbers) < 2 or part.has("toll", "strike.damage", "target"):
        return False
    some = next((n for n in reversed(part.numbers) if 0 <= m.i - n.j <= _OF_FIGURE), None)
    downed = next((a for a in part.of("act.shot_down", "act.merged") if some is not None and a.j <= some.i), None)
    if some is None or downed is None:
        return False
    is_subset = any(downed.i < sub.i < some.i for sub in part.of("num.subset"))
    return is_subset or opens_with_of(doc, part, part.numbers[0])


def is_of_other_blow(doc: Doc, part: Part, number: Number) -> bool:
    """ "The strike on A came a day after missiles hit B, where 23 died": the toll of the one it is set beside."""
    if not part.has("time.day_after"):
        return _is_of_answered_blow(doc, part, number)
    other = part.of("time.day_after")[0]
    if not any(m.i < other.i for m in part.of("strike.attack", "strike.hit")) or number.i < other.j:
        return False
    words = doc.lexicon.settings.get("relatives", ())
    return any(doc.tokens[k].f in words for k in range(max(other.j, number.i - _WHERE), number.i))


def _is_of_answered_blow(doc: Doc, part: Part, number: Number) -> bool:
    """ "The strikes were ordered after an attack that killed 26": the toll of what was answered."""
    words = doc.lexicon.settings.get("relatives", ())
    for after in part.of("time.after"):
        if number.i < after.j:
            continue
        blows = part.of("strike.attack", "strike.hit")
        other = next((m for m in blows if after.j <= m.i < number.i), None)
        if other is None or not any(m.i < after.i for m in blows):
            continue
        if any(m.i < after.i for m in part.of("toll")) and not (
            any(other.j <= s.i < number.i for s in part.sites) and any(s.i < after.i for s in part.sites)):  # fmt: skip
            continue  # but of "24 were killed in A after an attack on B that killed 40"
        if any(doc.tokens[k].f in words for k in range(other.j, min(number.i, other.j + _REACH))):
            return True
    return False


def is_warded_off(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The air defence warded an attack on A off": a verb in two pieces around the attack that it stopped."""
    if m.concept != "strike.attack" or not part.has("particle.down") or not part.has("act.parted"):
        return False
    return any(p.i < m.i for p in part.of("act.parted")) and any(
        m.j <= ab.i and same_clause(doc, part, m.i, ab.i) for ab in part.of("particle.down")
    )


def is_why_closed(part: Part, m: Mention) -> bool:
    """ "A airport closed because of a drone attack", "the airport remains closed after the attacks": why it was closed,
    and not that anything was struck there."""
    if m.concept != "strike.attack" or not part.has("veto.closure"):
        return False
    why = part.of("veto.cause")
    if part.has("alert.lasts", "alert.still") and not part.has("weapon", "model", "strike.hit", "strike.damage"):
        why += part.of("time.after")
    return any(0 <= m.i - one.j <= _WHERE for one in why)


def is_alert_that_reached(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Air alerts have hit the whole country": what reached it is the alert."""
    if m.concept != "strike.hit" or not part.has("alert.siren", "alert.signal"):
        return False
    ahead = [x for x in doc.mentions_between(max(part.i, m.i - _WHERE), m.i) if x.group != "verb"]
    return bool(ahead) and ahead[-1].concept in ("alert.siren", "alert.signal")


def is_feared_fall(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Sirens over the threat of falling debris", "beaches closed for the danger of debris": what is feared."""
    if m.concept not in ("strike.debris", "strike.fell") or not part.has("alert.threat", "alert.danger"):
        return False
    near = [x for x in doc.mentions_between(max(part.i, m.i - _FEARED), m.i) if x.group != "strike"]
    is_feared = bool(near) and near[-1].concept in ("alert.threat", "alert.danger")
    return is_feared and (part.has("alert.siren", "alert.declared") or m.i - near[-1].j <= 1)


def is_feared_blow(doc: Doc, part: Part, m: Mention) -> bool:
    """ "He warned of the threat of a missile strike", "the danger of new attacks": right behind what is feared."""
    if m.concept != "strike.attack" or not part.has(*_FEARS):
        return False
    k = m.i - 1
    while k > part.i and m.i - k <= _FEARED + 1:
        x = doc.at[k]
        if x is not None and x.concept in _FEARS:
            return True
        if x is None and not doc.tokens[k].is_lower:
            return False
        if x is not None and x.group not in ("prep", "num", "weapon", "model", "side", "time"):
            return False
        k = x.i - 1 if x is not None else k - 1
    return False


def is_announced_to_leave(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The army orders three villages to be evacuated before it bombs them": told to leave ahead of a blow."""
    told = part.of("veto.evacuate", "veto.other_rule") if m.concept in ("strike.attack", "strike.hit") else ()
    if not told:
        return False
    words = doc.lexicon.settings.get("before", ())
    return any(leave.j <= m.i for leave in told) and any(
        doc.tokens[k].f in words for k in range(max(part.i, m.i - _AHEAD), m.i)
    )


def is_crash(doc: Doc, part: Part, m: Mention) -> bool:
    """ "A Su-34 with two bombs on board crashed in A": what fell is the plane, and nothing else is told of."""
    if m.concept != "strike.fell" or not part.has("weapon.carrier"):
        return False
    if part.has("strike.hit", "strike.attack", "act.launched", "act.shot_down"):
        return False
    planes = [c for c in part.of("weapon.carrier") if c.i < m.i and same_clause(doc, part, c.i, m.i)]
    ahead = (w for w in part.of("weapon", "model") if w.concept != "weapon.carrier")
    return bool(planes) and not any(w.j <= planes[0].i for w in ahead)


def is_harmless_fall(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The rest fell in open areas": where nothing is, right behind the word for the fall."""
    if m.concept not in ("strike.hit", "strike.fell") or not part.has("strike.harmless"):
        return False
    if part.has("target", "strike.damage"):
        return False
    return any(0 <= x.i - m.j <= _FEARED for x in part.of("strike.harmless"))


def is_recalled(doc: Doc, part: Part, before: Part) -> bool:
    """ "A marked a year since a missile hit its station. The blow killed 61": what is recalled goes on being told of,
    where the sentence names no time and no place of its own."""
    if "history" not in before.vetoes or part.whens or part.has("weekday", "time.now", "time.today", "time.night"):
        return False
    told = {s.ref.name for s in before.sites}
    is_same = bool(told) and all(s.ref.name in told for s in part.sites)
    return is_same and before.has("strike.attack", "strike.hit") and part.has("toll")


def tells_of_whole_country(doc: Doc, part: Part) -> bool:
    """ "In all twelve were killed across the country", "the strikes on the country killed 200"; not "in its east"."""
    if part.has("alert.everywhere"):
        return True
    return any(
        part.has("num.total") or ((on := doc.at[m.i - 1]) is not None and m.i > part.i and on.concept in _ON)
        for m in part.of("place.country")
    )


def is_of_the_answered(doc: Doc, part: Part, number: Number) -> bool:
    """ "A struck B in retaliation for the attack on C (26 dead)": behind the reply, where the blow stands before it."""
    reply = part.of("prep.reply")[0]
    if not any(m.i < reply.i for m in part.of("strike", "act.launched", "act.fired")):
        return False
    if doc.tokens[number.i - 1].text == "(":
        return True
    return same_clause(doc, part, reply.i, number.i) and any(
        reply.j <= m.i < number.i for m in part.of("strike", "place")
    )


def is_falsely_claimed(part: Part) -> bool:
    """ "Some channels wrongly claim that ...": what is claimed was not."""
    return any(0 <= m.i - no.j <= 2 for no in part.of("signal.retraction") for m in part.of("claim"))


def opens_with_another_day(doc: Doc, part: Part) -> bool:
    """ "..., a day after 52 people were killed in B": all of the clause is of that other day."""
    after = next((m for m in part.of("time.day_after") if m.i == part.i), None)
    if after is None or is_counted_on(part):
        return False
    is_cut = part.j < doc.parts[part.n].j  # what is told of today has been cut off
    return is_cut or all(same_clause(doc, part, after.i, m.i) for m in part.of("toll", "strike", "weapon"))


def is_set_right(part: Part) -> bool:
    """ "An earlier version of this article said that missiles hit A": what a correction takes back."""
    return part.has("num.former") and part.has("signal.correction")


def is_heard_only(hits: tuple[Mention, ...], triggers: list[Mention]) -> bool:
    """ "Blasts were heard in A: air defence at work, no hits": what is said of the hits denies them."""
    return bool(hits) and bool(triggers) and all(m.concept == "strike.explosion" for m in triggers)


def is_meant_for(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Prepared 40 missiles for a new strike": what weapons are kept for is no blow; what they were used for is."""
    if any(used.i < m.i for used in part.of("act.launched", "act.fired")):
        return False
    words, sure = (doc.lexicon.settings.get(name, ()) for name in ("purpose", "benefit"))
    for k in range(m.i - 1, max(part.i, m.i - _PURPOSE), -1):
        if doc.tokens[k].f in words:
            return doc.tokens[k].f in sure or any(w.j == k for w in part.of("weapon", "model"))
    return False


def is_possible(doc: Doc, part: Part, m: Mention) -> bool:
    """ "It gave no word of possible casualties or damage": right behind what says that they may be; "attacks that may
    occur": or right behind the noun, where no other verb of a blow stands."""
    if "veto.hypothetical" not in part.groups:
        return False
    if any(may.i >= part.i and 0 <= m.i - may.j <= 1 for may in part.of("veto.hypothetical")):
        return True
    if m.concept != "strike.attack" or m.j + 1 >= part.j:
        return False
    may = doc.at[m.j + 1]
    is_that = doc.tokens[m.j].f in doc.lexicon.settings.get("relatives", ())
    return is_that and may is not None and may.concept == "veto.hypothetical"


def is_quoted_phrase(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Channels write of «five hits on A»": a blow and its place named in quotes, and no effect told beside them."""
    if m.concept not in ("strike.hit", "strike.attack", "strike.fell") or part.has("toll", "strike.damage"):
        return False
    tokens = doc.tokens
    first = next((k for k in range(m.i - 1, max(part.i, m.i - _QUOTED), -1) if tokens[k].is_quote), None)
    last = next((k for k in range(m.j, min(part.j, m.j + _QUOTED)) if tokens[k].is_quote), None)
    if first is None or last is None or last - first > _QUOTED + 1 or tokens[first - 1].kind != "w":
        return False
    if tokens[first].text in _CLOSING or tokens[last].text in _OPENING:
        return False
    return any(first < s.i < last for s in part.sites) and all(tokens[k].kind != "p" for k in range(first + 1, last))
