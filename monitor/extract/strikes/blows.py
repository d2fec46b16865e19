"""Whether what a sentence tells of a blow is a strike: told as done, of a place or a target, with effect or weapon."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import ancestors
from monitor.extract.strikes.denied import is_denied_too
from monitor.extract.strikes.longer import is_of_several_days
from monitor.extract.strikes.means import is_mishap
from monitor.extract.strikes.struck import (
    fired_at,
    is_blow_that_fell,
    is_by_country,
    is_closed_elsewhere,
    is_elsewhere,
    is_named_target,
)
from monitor.extract.strikes.telling import Strike
from monitor.extract.strikes.told import is_crash
from monitor.extract.strikes.warded import FELL, is_all_downed
from monitor.extract.text.doc import LONG, Doc, Part
from monitor.extract.vetoes import blocks, same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["VETOES", "counts_as_strike", "tells_of_blow"]

VETOES: Final = frozenset(
    ("recycled", "drill", "game", "sport", "labour", "losses", "siren_test", "training", "weather", "summary", "safety",
     "question", "habit", "commentary", "readiness", "accident", "untrue", "court",
     "front")
)  # fmt: skip
_NO_ALARM: Final = frozenset(("alert.declared", "alert.under_way"))
"""Words of alerts that are said of much else: announced, under way."""
_LAY_THERE: Final = frozenset(("strike.found", "strike.harmless"))
_BESIDE: Final = 1
_CURRENCIES: Final = frozenset("$\u20ac\u00a3\u20b4\u20bd\u20aa")
_INDOORS: Final = 3
_WITHOUT_BLOW: Final = frozenset(("toll", "strike.damage"))
_TOTAL: Final = 1_000
"""More than one blow kills."""
_MANY: Final = 100
_SOME: Final = 25
_OF_DEAD: Final = 3
"""Tokens of "number of the", "cifra oficial de"."""
_AT: Final = frozenset(("prep.at", "prep.on", "prep.to"))


def _is_of_tally(part: Part) -> bool:
    """ "Hits by 8 drones at 5 locations, debris at two more": figures of a night, no effect anywhere."""
    return bool(part.numbers) and part.has("strike.hit") and part.has("count.other") and part.has("weapon", "model")


def tells_of_blow(doc: Doc, part: Part) -> bool:
    """Whether a sentence has a word for an attack, a weapon or what one did; a body found, or a fire, may be of
    anything."""
    if part.has("weapon", "model", "alert.under_attack", "act.fired", "act.launched"):
        return True
    blows = [m for m in part.of("strike") if m.concept not in _LAY_THERE] if part.has("strike") else []
    if any(m.concept != "strike.damage" for m in blows):
        return True
    fires = tuple(doc.lexicon.settings.get("fires", ()))
    return any(not any(doc.tokens[k].f.startswith(fires) for k in range(m.i, m.j)) for m in blows)


def counts_as_strike(doc: Doc, s: Strike, is_strike_text: bool) -> bool:
    """``is_strike_text``: some sentence of the text tells of an attack that this may be of."""
    is_harmed = s.toll.is_people or bool(s.toll.killed) or bool(s.toll.injured)
    if _is_accident(doc, s) or _is_of_the_dead(doc, s) or (s.when is not None and s.when.period in LONG):
        return False
    if not is_harmed and (_is_without_harm(doc, s) or (not s.has_effect and _is_without_effect(doc, s))):
        return False
    if not is_harmed and ((s.rule == "strike.explosion" and _is_of_air_defence(doc, s)) or _is_of_repair(s)):
        return False
    is_of_country = all(p.level == "country" for p in s.places)
    if is_harmed and _is_of_many_blows(doc, s, is_of_country):
        return False
    if is_of_country and not is_harmed and not s.has_effect and _is_of_two_others(s):
        return False
    if is_of_country:
        return _is_on_a_country(doc, s, is_harmed)
    if is_harmed:
        return _is_with_victims(doc, s, is_strike_text)
    if s.has_effect:
        return _is_with_effect(doc, s, is_strike_text)
    if 0 in (s.toll.killed, s.toll.injured):
        return _is_without_victims(doc, s)
    is_told = bool(s.weapons) or _is_of_war(doc, s) or is_by_country(doc, s.part, s.places)
    told = s.parts if s.rule == "strike.explosion" else [s.part]  # "blasts in A. The city was attacked with missiles"
    return s.is_named and is_told and any(_is_asserted(doc, p) for p in told)


def _is_accident(doc: Doc, s: Strike) -> bool:
    """A fire or a blast that nobody calls an attack: "A fire hurt nine; the firemen rule out an attack"; a plane that
    crashed with its crew."""
    near = doc.parts[max(0, s.part.n - 1) : s.last.n + 1]
    if not s.is_named and not s.has_effect and any(is_crash(doc, p, m) for p in near for m in p.of("strike.fell")):
        return True
    if s.weapons:
        return False
    if s.rule in _WITHOUT_BLOW and any("untrue" in p.vetoes for p in doc.parts[max(0, s.part.n - 1) : s.last.n + 2]):
        return True
    return not s.is_named and (_is_blast_indoors(doc, s) or _is_blow_denied_next(doc, s))


def _is_blow_denied_next(doc: Doc, s: Strike) -> bool:
    """ "A depot burned down in A. There was no hit, the rescuers say": the only blow that is told is denied."""
    if s.rule not in _WITHOUT_BLOW or s.part.has("strike.attack", "strike.hit"):
        return False
    behind = doc.parts[s.part.n + 1 : s.last.n + 2]
    hits = [(p, m) for p in behind for m in p.of("strike.hit", "strike.attack")]
    return bool(hits) and all(
        blocks(doc, p, m) in ("negation", "denied") or is_denied_too(doc, p, m)
        or any(0 <= no.i - m.j <= _BESIDE for no in p.of("veto.negation"))
        for p, m in hits
    )  # fmt: skip


def _is_of_the_dead(doc: Doc, s: Strike) -> bool:
    """Whether it tells of the dead of a war, or of those somebody mourns, and of no blow that is news."""
    if (s.toll.killed or 0) >= _TOTAL:
        return True
    return s.toll.killed is None and s.toll.injured is None and _is_mourned(doc, s.part)


def _is_without_harm(doc: Doc, s: Strike) -> bool:
    """Of nobody hurt: debris that did no damage or fell abroad, an attack of which no harm came, what blows have
    cost."""
    if s.target is not None:
        return False
    if s.rule == "strike.debris" and _is_without_damage(doc, s):
        return True
    if s.rule in ("strike.fell", "strike.debris") and not s.is_named and is_elsewhere(doc, s.places):
        return True
    if not s.weapons and _is_bill(doc, s.part):
        return True
    is_unharmed = s.is_named and not s.has_effect and 0 in (s.toll.killed, s.toll.injured)
    if not is_unharmed or FELL.intersection(s.weapons) or _is_shelling(doc, s):
        return False
    return not s.weapons or _is_undamaged(doc, s)


def _is_without_effect(doc: Doc, s: Strike) -> bool:
    """Of nobody hurt and nothing struck: all was repelled, downed or only heard, or the blow fell elsewhere."""
    if any(p.has("strike.repelled") for p in s.parts):
        is_bombed = s.is_named and s.target is not None and bool(FELL.intersection(s.weapons))
        if not is_bombed or all(p.level == "country" for p in s.places):
            return True
    if is_all_downed(doc, s):
        return True
    if s.weapons:
        return False
    if is_closed_elsewhere(doc, s.part, s.places):
        return True  # "Lublin airport closed because of Russian attacks"
    return s.part.has("prep.front")  # "on the front of A he attacked near B": troops on the ground


def _is_of_many_blows(doc: Doc, s: Strike, is_of_country: bool) -> bool:
    """Whether those who died or were hurt are those of several days, of a long time or of a whole country."""
    if any(is_of_several_days(p) for p in s.parts if p is s.part or p.has("toll")):
        return True
    is_untold = s.toll.killed is None and s.toll.injured is None
    if is_untold and any(w.period in LONG for p in s.parts for w in p.whens):
        return True  # "the dead since the war began": of no one strike
    is_undated = s.when is None and (s.toll.killed or 0) >= _MANY
    return is_of_country and (is_undated or _is_sum_of_many(doc, s))


def _is_of_two_others(s: Strike) -> bool:
    """ "A scrambled jets during a Russian attack on Ukrainian ports": a third country, beside both sides of the war."""
    is_between = s.part.has("side.ru") and s.part.has("side.ua")
    return is_between and all(p.id not in ("UA", "RU") for p in s.places)


def _is_on_a_country(doc: Doc, s: Strike, is_harmed: bool) -> bool:
    """Whether a blow is told of which no place but the country is known."""
    if not s.is_named and not s.weapons:
        return False
    is_effect = s.has_effect and (
        s.target is not None
        or any(p.has("strike.damage", "strike.debris", "strike.fell") and not _is_of_tally(p) for p in s.parts)
    )
    if is_harmed or is_effect:
        return True
    return (
        s.is_named
        and s.target is not None
        and not s.part.has("claim.accused")  # "A accuses B of an attack", and behind it what was said to be aimed at
        and (s.claimant is not None or (bool(s.weapons) and is_named_target(doc, s.part, s.places)))
        and _is_asserted(doc, s.part)
    )


def _is_with_victims(doc: Doc, s: Strike, is_strike_text: bool) -> bool:
    if is_mishap(doc, s):
        return False
    if s.is_named or s.weapons or is_strike_text:
        return True
    both = s.toll.killed is not None and s.toll.injured is not None and any(p.has("time.as_of") for p in s.parts)
    return both or any(p.has("num.newest", "num.risen") for p in s.parts)  # a toll that goes on rising


def _is_with_effect(doc: Doc, s: Strike, is_strike_text: bool) -> bool:
    """Of nobody hurt: something was hit, or what was destroyed is told of in the news of an attack."""
    if s.weapons or s.is_named or s.rule not in ("strike.damage", "act.shot_down") or s.part.has("strike.hit"):
        return True
    if any(p.has("strike.debris") and (p.has("strike.fell") or s.target is not None) for p in s.parts):
        return True
    return is_strike_text and s.target is not None and _tells_of_attack(doc)


def _is_without_victims(doc: Doc, s: Strike) -> bool:
    """ "The enemy shelled A, nobody was hurt": an attack of war that was not repelled."""
    if not s.is_named:
        return False
    near = doc.parts[s.part.n : s.last.n + 3]
    repelled = any(p.has("act.shot_down", "act.merged", "strike.repelled") for p in near)
    if repelled and not FELL.intersection(s.weapons):
        return False
    return bool(s.weapons) or _is_shelling(doc, s) or _is_of_war(doc, s)


def _is_shelling(doc: Doc, s: Strike) -> bool:
    """ "The enemy shelled A, nobody was hurt": what nobody intercepts, by the verb; its doer is told."""
    stems = doc.lexicon.settings.get("shelled", ())
    told = any(doc.tokens[k].f.startswith(stems) for m in s.part.of("strike.attack") for k in range(m.i, m.j))
    return told and is_by_country(doc, s.part, s.places)


def _is_undamaged(doc: Doc, s: Strike) -> bool:
    """ "Drones attacked A, there are no casualties or damage": nothing came of it; damage may be denied in the same
    words as casualties."""
    stems = doc.lexicon.settings.get("damages", ())
    told = (m for p in s.parts for m in p.of("toll.none"))
    return _is_without_damage(doc, s) or any(
        doc.tokens[k].f.startswith(stems) for m in told for k in range(m.i, m.j)
    )  # fmt: skip


def _is_without_damage(doc: Doc, s: Strike) -> bool:
    """ "Debris came down in A, there was no damage": all that is said of damage is denied."""
    told = [(p, m) for p in s.parts for m in p.of("strike.damage", "strike.hit")]
    return bool(told) and all(blocks(doc, p, m) == "negation" for p, m in told)


def _is_bill(doc: Doc, part: Part) -> bool:
    """ "Damage from the shelling of A region is put at $12 billion": what blows have cost, none of them."""
    words: tuple[str, ...] = tuple(doc.lexicon.settings.get("currencies", ()))
    return not part.has("strike.hit") and any(
        token.text in _CURRENCIES or (words and token.f.startswith(words)) for token in doc.tokens[part.i : part.j]
    )


def _is_of_repair(s: Strike) -> bool:
    """ "40 million will rebuild the hospital hit in A", "they patched 300 roofs holed by shelling": a blow by which
    what is repaired is known, told without its time and its weapon."""
    if not any(p.has("veto.repair") for p in s.parts) or [w for w in s.weapons if w != "unknown"]:
        return False
    return not any(p.whens or p.has("time", "weekday") for p in s.parts)


def _is_sum_of_many(doc: Doc, s: Strike) -> bool:
    """ "The number of dead in A has passed 450": all that died there, where no day is named or it is too many."""
    words = doc.lexicon.settings.get("totals", ())
    told = [
        p for p in s.parts for m in p.of("toll.killed", "toll.victims")
        if any(doc.tokens[k].f in words for k in range(max(p.i, m.i - _OF_DEAD), m.j))
    ]  # fmt: skip
    return bool(told) and (s.toll.killed is None or s.toll.killed >= (_MANY if s.when is not None else _SOME))


def _is_blast_indoors(doc: Doc, s: Strike) -> bool:
    """ "A blast at a plant in A", "in a private house": an accident, where no sentence tells of weapons or an attack
    there."""
    blasts = [(p, m) for p in s.parts for m in p.of("strike.explosion")]
    if not any(
        0 < t.i - m.j <= _INDOORS and (at := doc.at[m.j]) is not None and at.concept in _AT
        for p, m in blasts for t in p.of("target.industry", "target.residential")
    ):  # fmt: skip
        return False
    names = {p.name for p in s.places}
    told = [p for p in doc.parts if p.has("strike.attack", "strike.hit", "weapon", "model", "side", "alert")]
    return not any(p in s.parts or any(x.ref.name in names for x in p.sites) for p in told)


def _is_of_air_defence(doc: Doc, s: Strike) -> bool:
    """ "Blasts were heard in A. The army says it intercepted missiles", "as drones flew at A. Air defence is at work":
    what was heard was the intercepting."""
    told = [*s.parts, *doc.parts[s.part.n + 1 : s.last.n + 2]]
    if any(p.has("strike.hit", "strike.debris", "strike.fell", "strike.damage") for p in told):
        return False
    if any(p.has("verb.defence", "alert.under_attack") for p in told):
        return True
    return not s.part.has("strike.attack") and any(p.has("act.shot_down", "act.merged") for p in told)


def _is_mourned(doc: Doc, part: Part) -> bool:
    """Whether somebody mourns; not "they dropped a bomb on a funeral", whose mourners are what was struck."""
    blows = part.of("strike.attack", "strike.hit")
    return any(
        (before := doc.at[m.i - 1]) is None or before.concept not in _AT or all(b.i > m.i for b in blows)
        for m in part.of("claim.mourned")
    )


def _is_of_war(doc: Doc, s: Strike) -> bool:
    """An attack on a target, told by an office, with a side that made it, or of a kind that only war attacks."""
    return s.target is not None and (
        s.claimant is not None
        or s.target in ("military", "energy")
        or s.part.has("side", "weapon.carrier")
        or (s.target == "industry" and not is_elsewhere(doc, s.places))
        or all("UA" in ancestors(doc.lexicon, p.id) for p in s.places)
    )


def _tells_of_attack(doc: Doc) -> bool:
    """Whether some sentence names an attack and its weapons: what is destroyed elsewhere in the text was hit then."""
    return any(
        (p.has("strike.attack", "act.launched", "act.shot_down") or (p.has("strike.hit") and p.has("weapon", "model")))
        and (
            p.has("weapon", "model", "side") or (p.has("cause.result") and p.has("toll.killed")) or p.has("count.other")
        )  # "four districts were attacked 40 times"
        and not p.is_vetoed(VETOES)
        for p in doc.parts
    )


def _is_asserted(doc: Doc, part: Part) -> bool:
    """An attack named without an effect: told in the past, with a target place, not as a threat."""
    named = part.of("strike.attack")
    if part.has("alert.threat", "alert.danger", "alert.fly", "alert.warned"):
        return False
    if part.has("act.shot_down", "act.merged") and not is_blow_that_fell(part):
        return False
    is_of_siren = part.has("alert.siren", "alert.signal")  # "the army announced to have attacked A" tells of none
    told = [on for on in part.of("alert") if is_of_siren or on.concept not in _NO_ALARM]
    if any(_is_announced(doc, part, on, m) and not _goes_on_behind(part, on, m) for on in told for m in named):
        return False
    if any(no.i < m.i or same_clause(doc, part, no.i, m.i) for no in part.of("veto.negation") for m in named):
        return False
    return any(x.role == "target" for x in part.sites) or part.has("strike.attack") or bool(fired_at(doc, part))


def _goes_on_behind(part: Part, on: Mention, blow: Mention) -> bool:
    """ "The search goes on after the strike"; not "the attack goes on"."""
    is_on = on.concept in ("alert.lasts", "alert.still")
    return is_on and any(on.j <= m.i < blow.i for m in part.of("time.after", "time.at"))


def _is_announced(doc: Doc, part: Part, on: Mention, blow: Mention) -> bool:
    """Whether a word of alerts says of a blow that it is on its way or awaited; awaiting stands right beside it."""
    if on.concept == "alert.expected" and not -_BESIDE <= blow.i - on.j <= _BESIDE:
        return False
    return same_clause(doc, part, on.i, blow.i)
