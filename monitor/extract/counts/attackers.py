"""Which side launched what is counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from monitor.extract.counts.around import (
    by_sentences_before,
    by_text,
    is_downed,
    is_of_another_war,
    land_of,
)
from monitor.extract.counts.found import Found
from monitor.extract.counts.sides import (
    UNKNOWN,
    by_side_named,
    enemy_of,
    other_side,
    side_against,
    side_of_airspace,
    side_of_weapons,
)
from monitor.extract.places.units import ancestors
from monitor.extract.strikes.struck import is_elsewhere
from monitor.extract.strikes.victims import is_of_victims, is_struck_side
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["attacker_of", "is_object", "told_attacker"]

_DOWNERS: Final = {"side.ru": "RU", "side.troops": "RU", "side.ua": "UA"}
_OF_CAPITAL: Final = {"RU-MOW": "RU", "UA-30": "UA"}
_SIDES: Final = frozenset(("RU", "UA"))
_DOWNED: Final = frozenset(("shot_down", "lost", "suppressed"))
_PASSING: Final = frozenset(("present", "left", "lost"))
_SEEN: Final = frozenset(("act.detected", "act.shot_down", "act.merged"))
_BACK: Final = 6
_NEXT: Final = 2
_BY: Final = 4
_ARMIES: Final = frozenset(("claimant.military_ua", "claimant.army_ua", "claimant.army_ru"))


def attacker_of(doc: Doc, one: Found, claimant_side: str | None, before: Found | None = None) -> str | None:
    """The side that launched what is counted, "UA", "RU" or another country's; None where it is not told.

    ``before`` is the figure before it: what was lost or flew on was launched by the same side."""
    if one.part_of_it is not None:
        one = replace(one, measure=one.part_of_it.measure, part_of_it=None)
    part = one.part
    if is_elsewhere(doc, [p for p in one.places if p.level != "sea"]):
        claimant_side = None  # "the military wing" of a third country
    sided = [m for m in part.mentions if m.group == "side"] if "side" in part.groups else []
    lands = [s for s in part.sites if s.ref.level == "country"]
    found = (
        _by_who_repels(doc, one, sided)
        or _by_rivals(one, claimant_side)
        or by_side_named(doc, one, sided, claimant_side)
        or _by_launch(doc, one, lands)
        or _by_aim(doc, one, claimant_side, lands)
        or _by_sides_told(doc, one, sided)
        or _by_lands(doc, one, lands, sided)
        or _by_speaker(doc, one, claimant_side, sided, before)
    )
    if found is None and not is_of_another_war(doc, part):
        found = by_sentences_before(doc, one) or by_text(doc, one, lands)
    if found in _SIDES and _is_abroad(doc, one) and not _is_named(doc):
        return None  # "the military said two drones had been intercepted off A": a military of another war
    return None if found == UNKNOWN else found


def _by_rivals(one: Found, claimant_side: str | None) -> str | None:
    """ "Moscow says it downed 44, while Kyiv counts 49 launched by Russia": each downs what the other sent."""
    if claimant_side not in _SIDES or not is_downed(one):
        return None
    told = {str(m.data.get("side")) for m in one.part.of("claimant")}
    told |= {_OF_CAPITAL[s.ref.id] for s in one.part.sites if s.role == "speaker" and s.ref.id in _OF_CAPITAL}
    return other_side(claimant_side) if told >= _SIDES else None


def _by_who_repels(doc: Doc, one: Found, sided: list[Mention]) -> str | None:
    """ "A Ukrainian pilot died repelling an attack of 477 drones": those named ahead of the verb are attacked."""
    verb = next((m for m in one.part.of("strike.repelled") if m.i < one.number.i), None) if sided else None
    if verb is None or sided[0].i > verb.i or any(m.i > verb.i for m in sided):
        return None
    between = doc.mentions_between(sided[0].j, verb.i)
    if any(m.group in ("strike", "weapon", "model", "act") and m.concept != "weapon.carrier" for m in between):
        return None  # "the Ukrainian attack was repelled"
    whose = {"side.ua": "UA", "side.ru": "RU"}.get(sided[0].concept)
    return other_side(whose) if whose is not None else None


def _is_abroad(doc: Doc, one: Found) -> bool:
    """Whether all that is told of where it was lies in other lands than those of the two sides."""
    lines = [{p.id or "", *ancestors(doc.lexicon, p.id)} for p in one.places if p.level != "sea"]
    return bool(lines) and all(line.isdisjoint(_SIDES) for line in lines)


def _is_named(doc: Doc) -> bool:
    """Whether one of the two sides, a model or a place of theirs is named anywhere in the text."""
    return any(
        part.has("side", "model", "claimant.mod_ru", "claimant.air_force") or any(
            s.ref.id in _SIDES or not _SIDES.isdisjoint(ancestors(doc.lexicon, s.ref.id)) for s in part.sites)
        for part in doc.parts
    )  # fmt: skip


def _by_launch(doc: Doc, one: Found, lands: list[Site]) -> str | None:
    """Who stands at the verb of a launch, or behind its word for who did it."""
    part, act = one.part, one.act
    if one.measure != "launched":
        return None
    if act is not None and act.i > part.i and act.concept not in _SEEN:
        actor = doc.at[act.i - 1]
        is_noun = doc.tokens[act.i].text[0].isupper()  # "A reports Attack with 40 drones", where nouns have a capital
        if not is_noun and not any(s.i == act.j for s in lands) and (
            actor is not None and actor.group == "claimant" and actor.data.get("side") in ("UA", "RU")
        ):  # fmt: skip
            return str(actor.data["side"])
    if (by_whom := _launched_by(doc, one)) is not None:
        return by_whom
    if act is not None and not part.has("claim"):
        army = part.of("claimant.military_ua", "claimant.military")
        is_done_to = (verb := doc.at[act.i - 1]) is not None and verb.concept == "verb.passive"
        if army and army[0].i < one.number.i and act.i > army[0].i and not is_done_to:
            return "UA"
    return None


def _by_aim(doc: Doc, one: Found, claimant_side: str | None, lands: list[Site]) -> str | None:
    """Whose forces shot down, whose land it was over, whose model the weapon is."""
    part = one.part
    if one.measure in ("present", "launched"):
        for m in part.of("side.ua", "side.ru"):
            if (whose := side_of_airspace(doc, part, m)) is not None:
                return other_side(whose)  # "drones came into Ukrainian airspace"
    if (downer := _downer(doc, part, one)) is not None:
        return other_side(downer)
    if one.places and all(p.level == "sea" for p in one.places) and (whose := _whose_weapons(doc, part)) is not None:
        return whose  # "destroyed 141 Ukrainian drones: ... five over the Sea of Azov"
    if (side := side_against(doc, one.places, is_passing=one.measure in _PASSING)) is not None:
        is_of_occupier = side == "RU" and claimant_side == "RU" and one.measure in _DOWNED
        return "UA" if is_of_occupier else side
    if one.measure == "shot_down" and part.has("strike.attack"):
        doers = [m for m in part.of_any(_ARMIES) if m.data.get("side")]
        if any(m.j == x.i for m in doers for x in part.of("strike.attack")):
            return str(doers[0].data["side"])  # "38 were downed, the army attacked A"
    model = [m for m in part.of("model") if m.data.get("side")]
    if model and not any(s.ref.id not in ("UA", "RU") for s in lands):
        return str(model[0].data["side"])
    return None


def _whose_weapons(doc: Doc, part: Part) -> str | None:
    """The one side whose adjective stands right ahead of a weapon of the sentence."""
    sides = {
        "UA" if m.concept == "side.ua" else "RU"
        for m in part.of("side.ua", "side.ru")
        if m.j < part.j and (x := doc.at[m.j]) is not None and x.group in ("weapon", "model")
    }
    return sides.pop() if len(sides) == 1 else None


def _by_sides_told(doc: Doc, one: Found, sided: list[Mention]) -> str | None:
    """Sides that the sentence names elsewhere than beside the figure."""
    if not sided:
        return None
    part = one.part
    if (aimed := land_of(doc, one, part)) is not None:
        return other_side(aimed)
    by = [m.concept for m in sided for x in part.of("act.launched") if m.i == x.j and x.i > part.i]
    if one.measure == "shot_down" and by in (["side.ua"], ["side.ru"], ["side.troops"]):
        return "UA" if by == ["side.ua"] else "RU"  # "two bombs launched by Ukrainian troops were destroyed"
    sides = _doing(doc, part, sided)
    struck = [m.concept for m in sided if is_struck_side(doc, part, m)]
    if one.measure == "launched" and not sides and struck in (["side.ru"], ["side.ua"]):
        return "UA" if struck == ["side.ru"] else "RU"
    if ("side.ru" in sides or "side.troops" in sides) and one.measure in ("launched", "present", "hit"):
        return "RU"
    return None


def _doing(doc: Doc, part: Part, sided: list[Mention]) -> list[str]:
    return [m.concept for m in sided if not is_of_victims(doc, part, m)]


def _by_lands(doc: Doc, one: Found, lands: list[Site], sided: list[Mention]) -> str | None:
    """Countries of the sentence: who attacks, who is attacked, who is the subject of the launch."""
    part = one.part
    agents = [_OF_CAPITAL.get(s.ref.id or "", s.ref.id) for s in part.sites if s.role == "agent" and (
        s.ref.level == "country" or s.ref.id in _OF_CAPITAL)]  # fmt: skip
    if agents and part.has("act.launched", "strike.attack") and agents[0] in ("RU", "UA"):
        return agents[0]
    countries = [
        s.ref.id for s in lands
        if s.role in ("target", "at") or _is_topic(doc, part, s) or (s.role == "name" and is_object(doc, part, s))
    ]  # fmt: skip
    if "UA" in countries:
        return "RU"
    if "RU" in countries and (one.measure != "launched" or _is_aimed_at_russia(part)):
        return "UA"
    if one.measure != "launched":
        return None
    tellers = [s.ref.id for s in lands if s.role == "name" and _says(doc, part, s)]
    subject = [s.ref.id for s in lands if s.role == "name" and not is_object(doc, part, s)]
    if tellers == subject and subject in (["UA"], ["RU"]) and (_is_undergone(doc, one) or _is_no_verb(one)):
        return other_side(str(subject[0]))  # "Ukraine said that 465 drones were launched", "told of the launch of 465"
    said = {_OF_CAPITAL.get(s.ref.id or "") for s in part.sites if s.role == "speaker" and _says(doc, part, s)} - {None}
    if not subject and not agents and len(said) == 1 and one.act is None:
        return other_side(str(next(iter(said))))  # "Kyiv told of 540 drones"
    subject += agents
    subject += [_OF_CAPITAL.get(s.ref.id or "") for s in part.sites if s.role == "speaker" and not (
        _is_told_by(doc, part, one, s))]  # fmt: skip
    if one.act is not None and one.act.concept in ("act.shot_down", "act.merged", "act.parted"):
        return None
    has_seen = one.act is not None and one.act.concept == "act.detected"
    if "RU" in subject:
        return "UA" if has_seen else "RU"
    if "UA" in subject and not _doing(doc, part, sided):
        return "RU" if has_seen else "UA"
    return None


def _by_speaker(
    doc: Doc, one: Found, claimant_side: str | None, sided: list[Mention], before: Found | None
) -> str | None:
    """Who shot down, who says so, whose enemy it is, who launched what was counted before."""
    part = one.part
    is_undone = is_downed(one)
    if is_undone and (shot := _shooter(doc, part, one)) is not None:
        return other_side(shot)
    speaker = next((_OF_CAPITAL[s.ref.id] for s in part.sites if s.role == "speaker" and s.ref.id in _OF_CAPITAL), None)
    side = claimant_side or speaker or doc.side
    if side in ("UA", "RU") and (one.measure in _DOWNED or one.measure in ("left", "launched")):
        return other_side(side)
    is_row = before is not None and before.part is part and before.measure == one.measure and one.is_elliptic
    if before is not None and is_row and before.attacker is not None:
        return before.attacker  # "70 over the region of A, 20 over the sea"
    sides = _doing(doc, part, sided)
    if "side.enemy" in sides:
        return enemy_of(doc) or UNKNOWN
    if "side.ua" in sides:
        own = next(m for m in sided if m.concept == "side.ua")
        return "UA" if one.measure == "launched" and not _is_who_downed(doc, part, own) else "RU"
    is_next = before is not None and 0 <= part.n - before.part.n <= _NEXT
    if is_next and before is not None and one.measure in ("lost", "left") and before.attacker is not None:
        return before.attacker
    if is_undone and (whose := side_of_weapons(part)) is not None:
        return "UA" if whose == "side.ua" else "RU"
    return None


def _says(doc: Doc, part: Part, site: Site) -> bool:
    verb = doc.at[site.j] if site.j < part.j else None
    return verb is not None and verb.concept in ("claim.said", "claim.comment", "claim.accused")


def _is_no_verb(one: Found) -> bool:
    """Whether nothing but a noun says what was done."""
    return one.act is None or one.act.concept == "act.launch_noun"


def _is_undergone(doc: Doc, one: Found) -> bool:
    """Whether the verb of the launch is a passive by its form."""
    stems: tuple[str, ...] = tuple(doc.lexicon.settings.get("undergone", {}).get(doc.lang or "", ()))
    return one.act is not None and bool(stems) and doc.tokens[one.act.i].f.startswith(stems)


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


def _is_topic(doc: Doc, part: Part, site: Site) -> bool:
    """ "Ukraine: fourteen dead in an attack with 440 drones": the country that a headline is about, no doer of it."""
    if site.i != part.i or site.role != "name" or not part.has("toll", "strike", "target"):
        return False
    return any(doc.tokens[k].text == ":" for k in range(site.j, min(part.j, site.j + 2)))


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


def _shooter(doc: Doc, part: Part, one: Found) -> str | None:
    """The side that did the shooting down, as told: "the air defence of Ukraine downed", with no attack in it."""
    if one.act is None or any(m.i < one.act.i for m in part.of("act.launched", "strike.attack")):
        return None
    is_inverted = one.act.lang in doc.lexicon.settings.get("verb_last", ())  # "von 50 schoss A 40 ab"
    ahead = [
        s.ref.id for s in part.sites
        if s.ref.level == "country" and s.role in ("name", "at")
        and (s.j <= one.act.i or (is_inverted and 0 <= s.i - one.act.j <= 1))
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
