"""Which side launched what is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from monitor.extract.claims import is_of_third_countries
from monitor.extract.counts.forces import force_side, shot_down_over
from monitor.extract.counts.found import Found
from monitor.extract.places.units import ancestors
from monitor.extract.strikes.struck import attacked_by_side, is_elsewhere
from monitor.extract.strikes.victims import is_of_victims, is_struck_side
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention
from monitor.model import PlaceRef

__all__ = ["attacker_of", "is_object", "side_against", "told_attacker"]

_DOWNERS: Final = {"side.ru": "RU", "side.troops": "RU", "side.ua": "UA"}
_OF_CAPITAL: Final = {"RU-MOW": "RU", "UA-30": "UA"}
_TO: Final = frozenset(("prep.at", "prep.to", "prep.on", "prep.against", "prep.over"))
_BACK: Final = 6
_NEXT: Final = 2
_BY: Final = 4
_ARMIES: Final = frozenset(("claimant.military_ua", "claimant.army_ua", "claimant.army_ru"))


def attacker_of(doc: Doc, one: Found, claimant_side: str | None, before: Found | None = None) -> str | None:
    """``before`` is the figure before it: what was lost or flew on was launched by the same side."""
    if one.part_of_it is not None:
        one = replace(one, measure=one.part_of_it.measure, part_of_it=None)
    part = one.part
    if is_elsewhere(doc, [p for p in one.places if p.level != "sea"]):
        claimant_side = None  # "the military wing" of a third country
    sided = [m for m in part.mentions if m.group == "side"] if "side" in part.groups else []
    if shot_down_over(doc, one) is not None:
        beside = (_side_beside(doc, one) or _side_of_weapons(part)) if sided else None
        return {"side.ua": "UA", "side.ru": "RU"}.get(beside or "")
    if (sided or "claimant" in part.groups) and (launcher := force_side(doc, one)) is not None:
        return launcher
    if sided and (beside := _side_beside(doc, one)) is not None:
        if beside != "side.enemy":
            return "UA" if beside == "side.ua" else "RU"
        if doc.side is None and (
            claimant_side == "RU" or _are_in_russia(doc, one.places) or _is_told_in_russia(doc, part)
        ):  # fmt: skip
            return "UA"  # a Russian governor, quoted by the other side: "12 enemy drones were downed"
        return _enemy(doc) or {"RU": "UA", "UA": "RU"}.get(claimant_side or "")
    lands = [s for s in part.sites if s.ref.level == "country"]
    is_seen = one.act is not None and one.act.concept in ("act.detected", "act.shot_down", "act.merged")
    if one.measure == "launched" and one.act is not None and one.act.i > part.i and not is_seen:
        actor = doc.at[one.act.i - 1]
        doer = next((s for s in lands if s.i == one.act.j), None)
        is_noun = doc.tokens[one.act.i].text[0].isupper()  # "Moskau meldet Angriff mit 40 Drohnen"
        if (
            doer is None
            and not is_noun
            and actor is not None
            and actor.group == "claimant"
            and actor.data.get("side") in ("UA", "RU")
        ):
            return str(actor.data["side"])
    if one.measure == "launched" and (by_whom := _launched_by(doc, one)) is not None:
        return by_whom
    if one.measure == "launched" and one.act is not None and not part.has("claim"):
        army = part.of("claimant.military_ua", "claimant.military")
        is_done_to = (verb := doc.at[one.act.i - 1]) is not None and verb.concept == "verb.passive"
        if army and army[0].i < one.number.i and one.act.i > army[0].i and not is_done_to:
            return "UA"
    if (downer := _downer(doc, part, one)) is not None:
        return "RU" if downer == "UA" else "UA"
    if (side := side_against(doc, one.places)) is not None:
        is_of_occupier = side == "RU" and claimant_side == "RU" and one.measure in ("shot_down", "lost", "suppressed")
        return "UA" if is_of_occupier else side
    if one.measure == "shot_down" and part.has("strike.attack"):
        doers = [m for m in part.of_any(_ARMIES) if m.data.get("side")]
        if any(m.j == x.i for m in doers for x in part.of("strike.attack")):
            return str(doers[0].data["side"])  # "38 were downed, the army attacked A"
    model = [m for m in part.of("model") if m.data.get("side")]
    if model and not any(s.ref.id not in ("UA", "RU") for s in lands):
        return str(model[0].data["side"])
    sides = [m.concept for m in sided if not is_of_victims(doc, part, m)]
    struck = [m.concept for m in sided if is_struck_side(doc, part, m)]
    by = [m.concept for m in sided for x in part.of("act.launched") if m.i == x.j and x.i > part.i]
    if one.measure == "shot_down" and by in (["side.ua"], ["side.ru"], ["side.troops"]):
        return "UA" if by == ["side.ua"] else "RU"  # "two bombs launched by Ukrainian troops were destroyed"
    if one.measure == "launched" and not sides and struck in (["side.ru"], ["side.ua"]):
        return "UA" if struck == ["side.ru"] else "RU"
    if ("side.ru" in sides or "side.troops" in sides) and one.measure in ("launched", "present", "hit"):
        return "RU"
    agents = [s.ref.id for s in lands if s.role == "agent"]
    if agents and one.part.has("act.launched", "strike.attack") and agents[0] in ("RU", "UA"):
        return agents[0]
    countries = [
        s.ref.id for s in lands
        if s.role in ("target", "at") or _is_topic(doc, part, s) or (s.role == "name" and is_object(doc, part, s))
    ]  # fmt: skip
    if "UA" in countries:
        return "RU"
    if "RU" in countries and (one.measure != "launched" or _is_aimed_at_russia(part)):
        return "UA"
    tellers = [s.ref.id for s in lands if s.role == "name" and _says(doc, part, s)]
    subject = [s.ref.id for s in lands if s.role == "name" and not is_object(doc, part, s)]
    if one.measure == "launched" and tellers == subject and subject in (["UA"], ["RU"]) and _is_undergone(doc, one):
        return "RU" if subject == ["UA"] else "UA"  # "Ukraine said that 465 drones were launched"
    subject += agents
    subject += [_OF_CAPITAL.get(s.ref.id or "") for s in part.sites if s.role == "speaker" and not (
        _is_told_by(doc, part, one, s))]  # fmt: skip
    if (
        one.measure == "launched"
        and subject
        and (one.act is None or one.act.concept not in ("act.shot_down", "act.merged", "act.parted"))
    ):
        has_seen = one.act is not None and one.act.concept == "act.detected"
        if "RU" in subject:
            return "UA" if has_seen else "RU"
        if "UA" in subject and not sides:
            return "RU" if has_seen else "UA"
    is_downed = one.measure in ("shot_down", "lost", "suppressed") or (
        one.act is not None and one.act.concept == "act.parted"
    )
    if is_downed and (shot := _shooter(part, one)) is not None:
        return "RU" if shot == "UA" else "UA"
    speaker = next((_OF_CAPITAL[s.ref.id] for s in part.sites if s.role == "speaker" and s.ref.id in _OF_CAPITAL), None)
    side = claimant_side or speaker or doc.side
    if side in ("UA", "RU") and one.measure in ("shot_down", "lost", "suppressed", "left", "launched"):
        return "RU" if side == "UA" else "UA"
    if "side.enemy" in sides:
        return _enemy(doc)
    if "side.ua" in sides:
        own = next(m for m in sided if m.concept == "side.ua")
        return "UA" if one.measure == "launched" and not _is_who_downed(doc, part, own) else "RU"
    is_next = before is not None and 0 <= part.n - before.part.n <= _NEXT
    if is_next and before is not None and one.measure in ("lost", "left") and before.attacker is not None:
        return before.attacker
    if is_downed and (whose := _side_of_weapons(part)) is not None:
        return "UA" if whose == "side.ua" else "RU"
    for n in range(min(part.n, len(doc.parts) - 1), max(-1, part.n - 5), -1):
        other = doc.parts[n]
        for site in other.sites:
            if site.ref.id in ("UA", "RU") and site.role in ("target", "at"):
                return "RU" if site.ref.id == "UA" else "UA"
        for site in other.sites:
            is_struck = site.role in ("target", "at") or (site.role == "name" and other is not part)
            is_told = other.has("strike", "toll") or (other is part and one.measure == "shot_down") or (
                site.role == "target" and other is not part and other.has("act.launched"))  # fmt: skip
            is_placed = is_struck and is_told and site.ref.level != "country"
            if is_placed and (side := side_against(doc, (site.ref,))) is not None:
                return side
            is_subject = site.ref.id in ("UA", "RU") and site.role == "name"
            if is_subject and one.measure == "launched" and other.has("act.launched", "strike.attack"):
                return site.ref.id
        if (victim := attacked_by_side(doc, other)) is not None:
            return "RU" if victim == "UA" else "UA"
    others = [s for s in lands if s.ref.id not in ("UA", "RU")]
    if len(others) > 1 and one.measure == "launched":
        return None  # "Iran fired at Israel"
    if is_downed and (told := _side_of_teller(doc, part)) is not None:
        return "RU" if told == "UA" else "UA"
    if is_of_third_countries(doc):
        return None
    earlier = doc.lexicon.settings.get("enemy_of", {}).get(doc.lang or "")
    if earlier:
        return str(earlier)
    for other in doc.parts[part.n + 1 : part.n + 3]:
        for site in other.sites:
            if site.role in ("target", "at") and other.has("toll") and site.ref.level != "country":
                root = [a for a in ancestors(doc.lexicon, site.ref.id) if a in ("UA", "RU")]
                if root:
                    return "RU" if root[0] == "UA" else "UA"
    return None


def _says(doc: Doc, part: Part, site: Site) -> bool:
    verb = doc.at[site.j] if site.j < part.j else None
    return verb is not None and verb.concept == "claim.said"


def _is_undergone(doc: Doc, one: Found) -> bool:
    """Whether the verb of the launch is a passive by its form."""
    stems: tuple[str, ...] = tuple(doc.lexicon.settings.get("undergone", {}).get(doc.lang or "", ()))
    return one.act is not None and bool(stems) and doc.tokens[one.act.i].f.startswith(stems)


def _side_of_teller(doc: Doc, part: Part) -> str | None:
    """The side of whoever tells the sentences before, in the paragraph above too."""
    for other in reversed(doc.parts[max(0, part.n - _BACK) : part.n]):
        if not other.has("claim") or not other.has("claimant"):
            continue
        sides = {str(m.data["side"]) for m in other.of("claimant") if m.data.get("place") and m.data.get("side")}
        if len(sides) == 1 and sides <= {"UA", "RU"}:
            return sides.pop()
    return None


def _is_who_downed(doc: Doc, part: Part, side: Mention) -> bool:
    """ "55 missiles were used, many of which were downed by the air defence of B"."""
    by = next((m for m in part.of("prep.agent") if 0 <= side.i - m.j <= _BY), None)
    verb = doc.at[by.i - 1] if by is not None and by.i > part.i else None
    return verb is not None and verb.concept in ("act.shot_down", "act.merged")


def _is_told_by(doc: Doc, part: Part, one: Found, site: Site) -> bool:
    """ "Moscow reports an attack by 264 drones": who tells of an attack is not who made it."""
    verb = doc.at[site.j] if site.j < part.j else None
    if verb is None or verb.group != "claim" or one.act is None:
        return False
    return one.act.concept == "strike.attack" or (one.act.concept == "act.launched" and one.act.i >= one.number.j)


def _side_beside(doc: Doc, one: Found) -> str | None:
    """The concept of the side named with the figure and its weapon, or right before them."""
    part, number = one.part, one.number
    named = doc.mentions_between(number.j, min(part.j, max(one.weapon.j, number.j) + 2))
    behind = doc.mentions_between(max(part.i, number.i - 3), number.i)
    last_act = -1
    for m in behind:
        if m.group in ("act", "strike", "claim"):
            last_act = m.i
    named += [m for m in behind if m.i > last_act or one.measure == "launched"]
    for m in named:
        if m.concept not in ("side.ua", "side.ru", "side.troops", "side.enemy") or is_of_victims(doc, part, m):
            continue
        to = doc.at[m.i - 1] if m.i >= one.weapon.j else None
        if to is not None and to.concept in _TO:
            continue  # "launched three at Ukraine's region of A"
        means = doc.at[m.j] if m.j < part.j else None
        if one.act is not None and one.act.j == m.i and one.measure == "shot_down" and (
            one.act.i > number.j and (means is None or means.group not in ("weapon", "model"))
        ):  # fmt: skip
            continue  # "one missile was downed by our air defence": who downed it
        if means is None or means.concept != "prep.against" or m.j > number.i:
            return m.concept  # not "struck the energy system of Ukraine with 91 drones": whose it is, not whose drones
    return None


def _side_of_weapons(part: Part) -> str | None:
    """ "Drones of Russian origin", "by Russian drones": the only side named right beside a weapon."""
    sides = {
        m.concept for m in part.of("side.ru", "side.ua") for w in part.of("weapon", "model")
        if -1 <= w.i - m.j <= 0 or 0 <= m.i - w.j <= 2
    }  # fmt: skip
    return sides.pop() if len(sides) == 1 else None


def _is_topic(doc: Doc, part: Part, site: Site) -> bool:
    """ "Ukraine: fourteen dead in an attack with 440 drones": the country that a headline is about, no doer of it."""
    if site.i != part.i or site.role != "name" or not part.has("toll", "strike", "target"):
        return False
    return any(doc.tokens[k].text == ":" for k in range(site.j, min(part.j, site.j + 2)))


def _are_in_russia(doc: Doc, places: Sequence[PlaceRef]) -> bool:
    return bool(places) and all(p.id == "RU" or "RU" in ancestors(doc.lexicon, p.id) for p in places)


def _is_told_in_russia(doc: Doc, part: Part) -> bool:
    """ "Flights from Ufa were stopped. The plant was attacked by three enemy drones, he said"."""
    if not part.has("claim") or not part.has("strike.attack"):
        return False
    near = [s for p in doc.parts[max(0, part.n - 2) : part.n + 1] for s in p.sites if s.role in ("at", "target")]
    return _are_in_russia(doc, [s.ref for s in near])


def side_against(doc: Doc, places: Sequence[PlaceRef]) -> str | None:
    """Who attacks these places."""
    for place in places:
        line = [place.id or "", *ancestors(doc.lexicon, place.id)]
        if "RU" in line or line[0] == "UA-40" or "UA-43" in line:
            return "UA"
        if "UA" in line:
            return "RU"
    return None


def _is_aimed_at_russia(part: Part) -> bool:
    """Russia told as the target of a launch, and nowhere as who launched."""
    told = [s.role for s in part.sites if s.ref.id == "RU"]
    return "target" in told and "name" not in told and "agent" not in told and not part.has("side.ru", "side.troops")


def _launched_by(doc: Doc, one: Found) -> str | None:
    """ "The launch of 154 drones by the Russian army": the army behind the word for who did it."""
    for by in one.part.of("prep.agent"):
        k = by.j
        while k < min(one.part.j - 1, by.j + _NEXT) and doc.at[k] is None and len(doc.tokens[k].f) <= _BY:
            k += 1  # an article
        army = doc.at[k] if k < one.part.j else None
        side = army.data.get("side") if army is not None and army.group == "claimant" else None
        if side in ("UA", "RU") and by.i >= one.number.j and same_clause(doc, one.part, one.number.j, by.i):
            return str(side)
    return None


def is_object(doc: Doc, part: Part, site: Site) -> bool:
    """ "Struck Ukraine": the country right behind the verb, an article at most between."""
    k = site.i - 1
    if k > part.i and doc.at[k] is None and len(doc.tokens[k].f) <= 3:
        k -= 1
    before = doc.at[k] if k >= part.i else None
    if doc.lang in doc.lexicon.settings.get("verb_last", ()):
        return _is_behind_subject(doc, part, site)
    after = doc.at[site.j] if site.j < part.j else None
    is_doer = after is not None and after.concept in ("act.launched", "strike.attack", "verb.aux")
    return before is not None and before.concept in ("strike.attack", "strike.hit") and not is_doer


def _is_behind_subject(doc: Doc, part: Part, site: Site) -> bool:
    """ "100 drones attacked Ukraine", "Ukraine attacked Russia", where the subject may stand behind the verb too: it
    does not if it stands ahead of it, the figure and its weapon or another country and nothing else."""
    verbs = [
        m for m in part.of("strike.attack", "act.launched") if m.i < site.i and same_clause(doc, part, m.i, site.i)
    ]
    if not verbs or doc.tokens[verbs[0].i].is_capital:
        return False
    ahead = doc.mentions_between(part.i, verbs[0].i)
    if any(m.group not in ("bound", "num", "weapon", "model", "side", "place") for m in ahead):
        return False
    last = ahead[-1] if ahead else None
    is_land = last is not None and any(s.i == last.i and s.ref.level == "country" for s in part.sites)
    return last is not None and last.j == verbs[0].i and (is_land or last.group in ("weapon", "model"))


def _shooter(part: Part, one: Found) -> str | None:
    """The side that did the shooting down, as told: "the air defence of Ukraine downed", with no attack in it."""
    if one.act is None or any(m.i < one.act.i for m in part.of("act.launched", "strike.attack")):
        return None
    ahead = [
        s.ref.id for s in part.sites
        if s.ref.level == "country" and s.role in ("name", "at")
        and (s.j <= one.act.i or (one.act.concept == "act.parted" and 0 <= s.i - one.act.j <= 1))
    ]  # fmt: skip
    return ahead[0] if len(ahead) == 1 and ahead[0] in ("UA", "RU") else None


def _downer(doc: Doc, part: Part, one: Found) -> str | None:
    """ "Five drones were downed by Russian air defence": whose forces are named right behind the verb and figure."""
    act = one.act
    if act is None or act.concept not in ("act.shot_down", "act.suppressed") or act.i < one.number.j:
        return None
    whose = doc.at[act.j] if act.j < part.j else None
    side = _DOWNERS.get(whose.concept) if whose is not None else None
    if whose is None or side is None or any(
        m.group in ("weapon", "model", "act") for m in doc.mentions_between(whose.j, min(part.j, whose.j + _BY))
    ):  # fmt: skip
        return None
    return side


def told_attacker(doc: Doc, one: Found, found: list[Found]) -> str | None:
    """The attacker told with a count before, else after."""
    for other in found:
        if other.attacker is not None and abs(other.part.n - one.part.n) <= 4:
            return other.attacker
    return None


def _enemy(doc: Doc) -> str | None:
    if doc.side is not None:
        return "RU" if doc.side == "UA" else "UA"
    found = doc.lexicon.settings.get("enemy_of", {}).get(doc.lang or "")
    return str(found) if found else None
