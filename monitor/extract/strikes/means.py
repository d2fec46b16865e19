"""The weapon of a strike whose own sentence names none."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.sides import other_side, side_against
from monitor.extract.places.units import ancestors
from monitor.extract.strikes.doers import is_attacker
from monitor.extract.strikes.struck import attacked
from monitor.extract.strikes.telling import Strike
from monitor.extract.strikes.whence import deed_of_the_struck
from monitor.extract.text.doc import LONG, Doc, Number, Part
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import Weapon, strike_kinds, used_in, weapons_of

__all__ = [
    "destroyed_with",
    "is_after_all",
    "is_mishap",
    "is_shared",
    "launched_beside",
    "named_next",
    "of_attack_before",
    "of_blow_before",
    "of_debris",
    "of_region_before",
    "of_tally",
    "of_whole",
    "said_after",
    "used_against",
]

_SOON: Final = 3
"""Sentences from a blow to damage elsewhere, figures of the night between them."""
_SHORT: Final = 6
"""Sentences of a text that tells of one attack only."""


def used_against(doc: Doc, part: Part) -> list[Weapon]:
    """The weapons that a strike may have been made with, without those that only the side that was struck has: in
    "an S-400 was hit in Crimea" it is the target."""
    used = used_in(doc, part)
    if used and (cut := deed_of_the_struck(doc, part)) is not None:
        used = [w for w in used if w.i < cut]
    models = [m for m in part.of("model") if m.data.get("side")] if used else []
    if not models or part.has("strike.fell", "strike.debris"):
        return used
    places = [s.ref for s in part.sites if s.ref.level not in ("country", "sea") and s.role != "from"]
    attacker = side_against(doc, places)
    own = [m.i for m in models if attacker is not None and m.data["side"] == other_side(attacker)]
    return [w for w in used if not any(w.i <= i < w.j for i in own)] if own else used


def destroyed_with(doc: Doc, part: Part) -> list[Mention]:
    """ "Drones destroyed a depot in A", "a depot in A was destroyed by drones": the weapon before the verb, or in the
    case of the means behind it, and a building beside the verb."""
    if not part.has("target") or part.has("count.money") or all(s.ref.level == "country" for s in part.sites):
        return []
    ends = tuple(doc.lexicon.settings.get("means", ()))
    out: list[Mention] = []
    for m in part.of("act.shot_down"):
        if m.lang not in doc.lexicon.settings.get("struck_by", ()):
            continue
        before, after = doc.at[m.i - 1] if m.i > part.i else None, doc.at[m.j] if m.j < part.j else None
        if after is not None and after.group == "target":
            used = [w for w in part.of("weapon", "model") if w.j <= m.i and same_clause(doc, part, w.i, m.i)]
        elif before is not None and before.group == "target" and after is not None and after.group == "weapon":
            used = [after] if doc.tokens[after.i].f.endswith(ends) else []
        else:
            used = []
        if used and not any(n.j == w.i for n in part.numbers for w in used):
            out.append(m)
    return out


def of_debris(doc: Doc, part: Part) -> list[str]:
    """Debris is of what the sentences before tell of shooting down."""
    for other in reversed(doc.parts[max(0, part.n - 3) : part.n]):
        weapons = strike_kinds(weapons_of(doc, other)) if other.has("act") else []
        if weapons and other.has("act.shot_down", "act.merged"):
            return weapons
        if weapons and other.has("act.launched", "act.fired"):
            return []  # "21 drones were downed. Three missiles were fired at A. The attack damaged a plant"
    return []


def of_tally(doc: Doc, part: Part) -> list[str]:
    """ "69 drones came, 37 were downed, three struck a substation", "one of them hit a house": what struck is what the
    figures are of."""
    starts = {m.j: m.i for m in part.of("num.subset")}
    hits = [m for m in part.of("strike.hit")
            if any(n.j == starts.get(m.i, m.i) and n.taken is None for n in part.numbers)]  # fmt: skip
    if not hits:
        return []
    for other in reversed(doc.parts[max(0, part.n - 2) : part.n]):
        if other.line == part.line and (kinds := strike_kinds(weapons_of(doc, other))):
            return kinds[-1:]
    return []


def of_attack_before(doc: Doc, s: Strike) -> list[str]:
    """ "Russia attacked the grid with drones in the night. In A the power failed after a hit": the weapons of the
    attack on the country, which names no place of its own."""
    other = doc.parts[s.part.n - 1] if s.part.n and not s.retro else None
    if other is None or other.vetoes or not other.has("strike.attack") or other.has("toll", "act.shot_down"):
        return []
    if not (other.line == s.part.line or other.is_title) or not (s.is_named or s.has_effect or s.toll.is_people):
        return []
    if any(x.ref.level not in ("country", "sea") and x.role != "from" for x in other.sites):
        return []
    by = next((x.ref.id for x in other.sites if x.ref.id in ("UA", "RU") and is_attacker(doc, other, x)), None)
    country = {"UA": "RU", "RU": "UA"}[by] if by else attacked(other)
    if country is None or not all(country in ancestors(doc.lexicon, p.id) for p in s.places):
        return []
    return strike_kinds(used_in(doc, other))


def of_blow_before(doc: Doc, before: Strike, found: Strike) -> list[str]:
    """ "Drones struck A. There was also damage in B": the weapons of the blow that the sentence before tells."""
    part, words = found.part, doc.lexicon.settings.get("also", ())
    is_next = 0 < part.n - before.last.n <= (1 if found.rule != "strike.damage" else _SOON)
    is_next = is_next and before.last.line == part.line
    if found.weapons or not found.places or not is_next or not (before.is_named or before.has_effect):
        return []
    is_damage = found.rule == "strike.damage" and found.target is None and before.is_named
    said = doc.tokens[part.i : part.j] if is_damage else doc.tokens[part.i : part.i + 1]
    return list(before.weapons) if any(t.f in words for t in said) else []


def of_region_before(doc: Doc, s: Strike) -> list[str]:
    """ "The army struck the district of A with drones. In B two were hurt. In C one was hurt": the weapons of the
    attack on the district, where no sentence in between names others."""
    if s.retro or not (s.toll.is_people or s.rule == "strike.attack"):
        return []
    if any(p.level not in ("city", "hromada") for p in s.places):
        return []
    for other in reversed(doc.parts[max(0, s.part.n - _SOON) : s.part.n]):
        if other.line != s.part.line or other.vetoes:
            return []
        used = strike_kinds(used_in(doc, other))
        regions = {x.ref.id for x in other.sites if x.ref.level in ("raion", "oblast")}
        if used and (len(regions) != 1 or len(other.sites) != 1 or other.has("toll", "act.shot_down")):
            return []
        is_blow = other.has("strike.attack", "strike.hit") or (
            other.has("act.launched") and other.has("side.enemy", "side.ru", "side.troops")
        )  # "in the district of A the aggressor used drones"
        if used and is_blow:
            return used if all(regions & {*ancestors(doc.lexicon, p.id)} for p in s.places) else []
    return []


def of_whole(doc: Doc, s: Strike) -> list[str]:
    """ "Eight were killed by missiles that hit cities of A. Four died in B, three in C": the weapon of the whole toll
    told before, where it names no place of its own."""
    other = doc.parts[s.part.n - 1] if s.part.n and s.rule == "toll" and s.toll.killed else None
    if other is None or other.line != s.part.line or other.vetoes or not other.has("toll.killed"):
        return []
    if any(x.ref.level not in ("country", "sea") and x.role != "from" for x in other.sites):
        return []
    is_more = any(n.taken == "killed" and n.value > (s.toll.killed or 0) for n in other.numbers)
    return strike_kinds(used_in(doc, other)) if is_more else []


def is_shared(doc: Doc, whole: Part, i: int) -> bool:
    """Whether a weapon stands before the first toll: "drone attacks killed two in A and wounded three in B"."""
    return all(m.i > i for m in whole.of("toll.killed", "toll.injured"))


def is_after_all(whole: Part, i: int) -> bool:
    """Whether a weapon stands behind the last toll: "two were killed in A, five hurt in B in attacks by drones",
    "two were killed in A and one in B by bombs"."""
    tolls = whole.of("toll.killed", "toll.injured")
    if not tolls or any(m.i > i for m in tolls):
        return False
    return any(m.i > tolls[-1].i for m in whole.of("strike.attack")) or (
        len(tolls) == 1 and any(m.j == i for m in whole.of("prep.agent", "veto.cause", "cause", "prep.past"))
    )


def said_after(doc: Doc, part: Part) -> list[str]:
    """The weapon that a terse post names in a sentence of its own behind the blast."""
    if part.n + 1 >= len(doc.parts) or part.j - part.i > 14:
        return []
    after = doc.parts[part.n + 1]
    if after.sites or after.j - after.i > 8 or after.has("act", "alert", "strike", "toll", "veto"):
        return []
    return strike_kinds(weapons_of(doc, after))


def named_next(doc: Doc, s: Strike) -> list[str]:
    """The weapon of the sentence behind, which tells of a building and of nothing else: "A missile had cut ..."."""
    for told in doc.parts[s.part.n + 1 : s.last.n + 2] if s.is_named else ():
        if _tells_with_what(s, told):
            return strike_kinds(weapons_of(doc, told))
    if s.last.n + 1 >= len(doc.parts) or s.toll.is_empty:
        return []
    after = doc.parts[s.last.n + 1]
    if (
        after.line != s.last.line
        or not after.has("target.residential")
        or after.vetoes
        or after.has("act", "alert", "veto")
    ):
        return []
    return strike_kinds(used_in(doc, after)) if not any(_is_counting(doc, after, n) for n in after.numbers) else []


def _is_counting(doc: Doc, part: Part, number: Number) -> bool:
    """Not of "the block of four floors was hit by a missile"."""
    after = doc.at[number.j] if number.j < part.j else None
    is_of_floors = after is not None and after.concept == "count.other"
    return number.taken is None and not number.is_article and not is_of_floors


def _tells_with_what(s: Strike, after: Part) -> bool:
    """ "The enemy used missiles and drones": nothing but with what the place named before was attacked."""
    is_plain = after.line == s.last.line and not after.numbers and not after.sites and not after.vetoes
    if not is_plain or not s.is_named or not after.has("act.launched"):
        return False
    is_bare = after.mentions[0].concept == "act.launched"  # "Used guns and drones": who did is left out
    return is_bare or after.has("side.enemy", "side.ru", "side.troops")


def is_mishap(doc: Doc, s: Strike) -> bool:
    """ "Fire at Moscow warehouse kills five": people dead in a fire or a blast, told by the press with no word of an
    attack, outside the country attacked."""
    if s.rule not in ("strike.damage", "strike.explosion") or s.is_named or s.weapons:
        return False
    if any(doc.lang in family for family in doc.lexicon.settings.get("families", ())):
        return False
    if any(p.has("num.newest", "num.risen") for p in s.parts):
        return False
    if any(
        p.has("strike.hit", "strike.debris", "strike.attack", "weapon", "model", "alert", "side") for p in doc.parts
    ):
        return False
    return not all(p.id == "UA" or "UA" in ancestors(doc.lexicon, p.id) for p in s.places)


def launched_beside(doc: Doc, s: Strike) -> list[str]:
    """ "An attack on A killed nine. Russia launched 30 missiles and 200 drones overnight": what the figures beside it
    say was launched at the country that was struck."""
    if not (s.is_named or s.toll.killed or s.toll.injured) or s.retro or len(doc.parts) > _SHORT:
        return []
    for n in (s.last.n + 1, s.part.n - 1):
        other = doc.parts[n] if 0 <= n < len(doc.parts) else None
        if other is None or other.vetoes or not other.has("act.launched", "act.detected", "strike.attack"):
            continue
        if other.has("toll") or not any(x.taken is None and not x.is_article for x in other.numbers):
            continue
        own = {p.id for p in s.places}  # "eight bombs were dropped on the city": the one that was struck
        if any(x.ref.level not in ("country", "sea") and x.role != "from" and x.ref.id not in own for x in other.sites):
            continue
        if s.when is not None and s.when.date and other.when is not None and other.when.date and (
            s.when.date[-10:] != other.when.date[-10:]):  # fmt: skip
            continue  # of another day
        if s.when is None and n > s.last.n and other.when is not None and other.when.date and (
            doc.local is not None and other.when.date[-10:] < doc.local.date().isoformat()):  # fmt: skip
            continue  # "a clinic was hit in A. On Thursday Russia launched 90 missiles"
        if other.when is not None and other.when.period in LONG:
            continue  # "1,050 drones this week. This morning a strike on A"
        if any(x.ref.id in own and x.ref.level != "country" for x in other.sites) and other.has("act.launched"):
            return strike_kinds(weapons_of(doc, other))
        by = next((x.ref.id for x in other.sites if x.ref.id in ("UA", "RU") and is_attacker(doc, other, x)), None)
        country = {"UA": "RU", "RU": "UA"}[by] if by else attacked(other)
        if country is not None and all(country in ancestors(doc.lexicon, p.id) or p.id == country for p in s.places):
            return strike_kinds(weapons_of(doc, other))
    return []
