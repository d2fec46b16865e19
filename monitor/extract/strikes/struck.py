"""What a strike hit: its places, without those of speakers and attackers, and the kind of its target."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import ancestors
from monitor.extract.strikes.doers import is_attacker
from monitor.extract.strikes.victims import is_of_victims
from monitor.extract.text.doc import Doc, Part
from monitor.extract.vetoes import blocks, same_clause, was_under_attack
from monitor.extract.words.mentions import Mention
from monitor.model import PlaceRef

__all__ = [
    "attacked",
    "attacked_by_side",
    "fired_at",
    "is_blow_that_fell",
    "is_brought",
    "is_by_country",
    "is_closed_elsewhere",
    "is_elsewhere",
    "is_hit_in_flight",
    "is_named_target",
    "is_weapon_hit",
    "target_of",
    "ward_of",
]

_ATTRIBUTES: Final = 2
"""Words between a figure and what it counts."""
_ARMIES: Final = ("claimant.army_ru", "claimant.military_ua", "claimant.army_ua")


def attacked(part: Part) -> str | None:
    """The country that a sentence says was attacked: the target, else the one whose enemy launched."""
    countries = [s for s in part.sites if s.ref.level == "country" and s.ref.id in ("UA", "RU")]
    for site in countries:
        if site.role in ("target", "at"):
            return site.ref.id
    for site in part.sites:
        if site.ref.level == "country" and site not in countries and part.has("act.shot_down"):
            return site.ref.id
    for side, victim in (("side.ru", "UA"), ("side.troops", "UA"), ("side.ua", "RU")):
        if not countries and part.has(side) and part.has("act.launched"):
            return victim
    for site in countries:
        if site.role in ("agent", "name") and part.has("act.launched", "strike.attack"):
            return "UA" if site.ref.id == "RU" else "RU"
    if part.has("act.launched", "act.fired", "strike.attack"):
        for site in part.sites:
            if site.ref.level == "country" and (site.role == "target" or (site.role == "at" and len(part.sites) > 1)):
                return site.ref.id
    return None


def attacked_by_side(doc: Doc, part: Part) -> str | None:
    """The country that "Russian strikes" or "Ukrainian shelling" hit, where a sentence names no place."""
    for m in part.of("side.ru", "side.troops", "side.ua"):
        if is_of_victims(doc, part, m):
            continue
        if any(m.i <= x.j and x.i <= m.j for x in part.of("strike.attack", "strike.hit")):
            return "RU" if m.concept == "side.ua" else "UA"
    return None


_NAMED: Final = 5
"""Tokens of "the Sumy Regional Clinical Hospital"."""
_NEAR: Final = 8
_NO_BLOW: Final = frozenset(("weapon.recon", "weapon.carrier", "weapon.device", "weapon.warhead"))
_ONTO: Final = frozenset(("prep.to", "prep.side", "alert.partial"))
_SHORTEST: Final = 2
"""Letters of an abbreviation that is also a word: US, us."""


def fired_at(doc: Doc, part: Part) -> tuple[Mention, ...]:
    """ "Russia fires a hypersonic missile at Dnipro": no figure, nothing shot down, a place of the other side right
    behind the weapon."""
    if was_under_attack(part):
        return part.of("alert.under_attack")
    fired = part.of("act.launched", "act.fired")
    if fired and (used := _used_on(doc, part, fired[0])) is not None:
        return (used,)
    if (
        not fired
        or part.has("strike", "toll", "alert", "claim", "act.launch_noun")
        or any(not n.is_article for p in doc.parts for n in p.numbers)
    ):
        return ()
    if doc.has("act.shot_down", "act.merged"):
        return ()
    verb = fired[0]
    by = next((s for s in part.sites if is_attacker(doc, part, s) and s.j <= verb.i), None)
    group = doc.at[verb.i - 1] if verb.i > part.i else None
    is_by_group = group is not None and group.group == "claimant" and not group.data.get("side")
    if (by is None and not is_by_group) or verb.lang not in doc.lexicon.settings.get("articled", ()):
        return ()
    weapon = next((m for m in part.of("weapon", "model") if m.i >= verb.j), None)
    if weapon is None:
        return ()
    k = weapon.j
    while k < part.j and (((m := doc.at[k]) is not None and m.group in ("weapon", "model")) or (
        m is None and doc.tokens[k].is_capital)):  # fmt: skip
        k += 1
    into = doc.at[k] if k < part.j else None
    if into is None or into.group != "prep":
        return ()
    doer = (by.ref.id or "") if by is not None else ""
    other = {"RU": "UA", "UA": "RU"}.get(doer)
    standing = doc.lexicon.settings.get("standing", ())
    for site in part.sites:
        if any(a in standing for a in (site.ref.id, *ancestors(doc.lexicon, site.ref.id))):
            continue  # held by the side that fires
        is_aimed = site.role in ("at", "target") and site.ref.level not in ("country", "sea") and site.i >= weapon.j
        around = ancestors(doc.lexicon, site.ref.id)
        is_others = other in around if other else doer not in around and bool(around)
        if is_aimed and is_others and same_clause(doc, part, verb.i, site.i):
            return (verb,)
    return ()


def _used_on(doc: Doc, part: Part, verb: Mention) -> Mention | None:
    """ "The enemy used drones and guns on A": no figure, a weapon, and the preposition of a blow ahead of the place,
    in a language that has one; "they dropped a bomb on A"."""
    if part.has("strike", "toll", "alert.threat", "act.launch_noun") or part.has("act.shot_down", "act.merged"):
        return None
    weapons = [m for m in part.of("weapon", "model") if same_clause(doc, part, m.i, verb.i)]
    is_drop = _is_dropping(doc, verb) and any(
        m.concept == "weapon.guided_bomb" or m.data.get("weapon") == "guided_bomb" for m in weapons)  # fmt: skip
    if blocks(doc, part, verb) is not None or (not is_drop and any(not n.is_article for n in part.numbers)):
        return None
    if not any(m.concept not in _NO_BLOW for m in weapons) or (part.has("alert") and not part.has("alert.partial")):
        return None
    for site in part.sites:
        on = doc.at[site.i - 1] if site.i > part.i else None
        on = doc.at[on.i - 1] if on is not None and on.group == "level" and on.i > part.i else on
        is_on = on is not None and (on.concept == "prep.by" or (is_drop and on.concept in _ONTO))
        is_on = is_on or (is_drop and (own := doc.at[site.i]) is not None and own.concept == "place.this")
        if is_on and site.ref.level not in ("country", "sea"):
            return verb if same_clause(doc, part, site.i, verb.i) else None
    return None


def _is_dropping(doc: Doc, verb: Mention) -> bool:
    """Whether the verb of a launch is one of a blow too, as "dropped"."""
    entries = doc.lexicon.trie.get(doc.tokens[verb.i].f, {}).get("", ())
    return any(concept == "strike.attack" for concept, _ in entries)


def is_elsewhere(doc: Doc, places: list[PlaceRef]) -> bool:
    """Whether what fell, and did no harm that is told, fell in a country that is not under attack."""
    lines = [[p.id or "", *ancestors(doc.lexicon, p.id)] for p in places]
    attacked = doc.lexicon.settings.get("alert_countries", ())
    return bool(lines) and not any(a in attacked or a in ("UA", "RU") for line in lines for a in line)


def is_closed_elsewhere(doc: Doc, part: Part, places: list[PlaceRef]) -> bool:
    """Whether all that is named of a country that is not under attack is something that was closed."""
    here = [s for s in part.sites if s.ref in places]
    return bool(here) and all(s.role == "closed" for s in here) and is_elsewhere(doc, places)


def is_by_country(doc: Doc, part: Part, places: list[PlaceRef]) -> bool:
    """ "Russia attacks Kharkiv", "Israeli jets bomb A", "a Russian attack on A": who attacked, and a place behind."""
    if part.has("claim.accused", "claim.comment", "claim.mourned", "veto.other_rule", "alert"):
        return False
    by = [x.j for x in part.sites if is_attacker(doc, part, x)]
    if _is_told_struck(doc, part, places):
        return True
    beside_it = doc.lexicon.settings.get("lies_by", ())
    ground = doc.lexicon.settings.get("ground", ())
    attacks = [m for m in part.of("strike.attack") if not any(doc.tokens[k].f in ground for k in range(m.i, m.j))]
    between = list(by)
    for beside in part.of("weapon.carrier", "side.ru", "side.ua", "side.troops", "side.enemy", *_ARMIES):
        k = _behind_doer(doc, part, beside.j)
        between += [k]
        helped = verb.j if k < part.j and (verb := doc.at[k]) is not None and verb.concept == "verb.aux" else k
        troops = helped > k or beside.group == "claimant"
        by += [beside.j for verb in attacks if verb.i in (k, helped) and not (troops and _may_be_ground(doc, verb))]
        by += [verb.i for verb in attacks if beside.i in (verb.i, verb.j)]  # "a Russian strike" as one, "frappe russe"
    nations = doc.lexicon.settings.get("nations", ())
    by += [
        m.i
        for m in attacks
        if any(
            doc.tokens[k].f in nations and (len(doc.tokens[k].f) > _SHORTEST or doc.tokens[k].text.isupper())
            for k in range(max(part.i, m.i - 1), min(part.j, m.j + 1))
        )
    ]
    if any(_is_hit_between(doc, part, k, attacks, places) for k in between):
        return True
    for start in by:
        verb = next((m for m in attacks if m.i >= start), None)
        if verb is None or any(doc.tokens[k].text in ":;?" for k in range(start, verb.i)):
            continue
        after = [x for x in part.sites if x.i >= verb.j]
        if after and doc.tokens[after[0].i - 1].f in beside_it:
            continue  # "the enemy attacked near A and B": troops on the ground
        if any(x.ref in places and same_clause(doc, part, verb.i, x.i) for x in after):
            return True
    return False


def _is_told_struck(doc: Doc, part: Part, places: list[PlaceRef]) -> bool:
    """ "A was shelled": a town, the passive and the attack, one behind the other."""
    towns = [s.j for s in part.sites if s.ref in places and s.ref.level == "city"]
    for m in part.of("strike.attack"):
        verb = doc.at[m.i - 1] if m.i > part.i else None
        is_passive = verb is not None and verb.concept == "verb.passive" and verb.i in towns
        if is_passive and not _may_be_ground(doc, m):
            return True
    return False


def _may_be_ground(doc: Doc, attack: Mention) -> bool:
    """ "Troops attacked A": said of troops it may be an assault, where "bombed" and "shelled" are none."""
    words = doc.lexicon.settings.get("ground_by_troops", ())
    return any(doc.tokens[k].f in words for k in range(attack.i, attack.j))


def _is_hit_between(doc: Doc, part: Part, k: int, attacks: list[Mention], places: list[PlaceRef]) -> bool:
    """ "The occupiers have A shelled": a place between the helping verb and the participle that stands last."""
    helping = doc.at[k] if k < part.j else None
    if (
        helping is None
        or helping.concept != "verb.aux"
        or helping.lang not in doc.lexicon.settings.get("verb_last", ())
    ):
        return False
    verb = next((m for m in attacks if m.i >= helping.j and same_clause(doc, part, k, m.i)), None)
    return verb is not None and any(x.ref in places and helping.j <= x.i < verb.i for x in part.sites)


def _behind_doer(doc: Doc, part: Part, k: int) -> int:
    """The token behind whoever attacks and when: "Russia today", "Russian troops twice a day"."""
    is_unread = False
    forces = doc.lexicon.settings.get("forces", ())
    while k < part.j:
        between = doc.at[k]
        if between is not None and between.group in ("time", "person", "num", "weekday"):
            k = between.j
        elif between is None and not is_unread and doc.tokens[k].kind == "w" and (
            doc.tokens[k].is_lower or doc.tokens[k].f in forces):  # fmt: skip
            is_unread, k = True, k + 1
        else:
            break
    return k


def is_named_target(doc: Doc, part: Part, places: list[PlaceRef]) -> bool:
    """ "A airport closes after a drone strike", "at A International Airport", "the airport of A" where the case says
    "of": the one building of its kind is named by its country, and so is where a ship was ("two tankers off A")."""
    afloat: tuple[str, ...] = tuple(doc.lexicon.settings.get("vessels", ()))
    if afloat and any(doc.tokens[k].f.startswith(afloat) for m in part.of("target.other") for k in range(m.i, m.j)):
        return any(site.ref in places and site.role == "at" for site in part.sites)
    for site in part.sites:
        if site.ref not in places:
            continue
        if site.i > part.i and (whose := doc.at[site.i - 1]) is not None and whose.group == "target":
            return True
        if site.role not in ("closed", "name", "at"):
            continue
        k = site.j + (site.j < part.j and doc.at[site.j] is None and doc.tokens[site.j].is_capital)
        if (m := doc.at[k] if k < part.j else None) is not None and m.group == "target":
            return True
    return False


def target_of(doc: Doc, part: Part) -> str | None:
    order: dict[str, int] = {}
    origins = {m.j + k for m in part.of("prep.from") for k in range(1 if m.j - m.i == 1 else 3)}
    ward = ward_of(doc, part)
    for m in part.of("target"):
        if m.i in origins or m is ward or (m.concept == "target.medical" and _tells(part, m)):
            continue  # "shot from a launcher", "flown from an airfield", "taken to a hospital"
        if m.concept == "target.port" and _is_of_a_town(part, m):
            continue
        if m.concept == "target.military" and any(m.j == x.i for x in part.of("act.shot_down")):
            continue  # "an air defence system shot down"
        if any(0 <= m.i - by.j <= 1 for by in part.of("prep.agent")):
            continue  # "followed by radars"
        kind = m.kind
        order[kind] = order.get(kind, 0) + 1
    if not order:
        return None
    for kind in ("energy", "port", "rail", "medical", "school", "military", "residential", "industry", "other"):
        if kind in order:
            return kind
    return None


def _is_of_a_town(part: Part, port: Mention) -> bool:
    """ "The port city of A", "A, a port of the Black Sea": what the town is, and not what was hit."""
    return any(port.j == m.i or m.j == port.i for m in part.of("level.city")) or any(
        s.ref.level == "sea" and 0 <= s.i - port.j <= 2 for s in part.sites
    )


def ward_of(doc: Doc, part: Part) -> Mention | None:
    """ "Taken to the regional hospital of A": where the hurt were brought, no one of them counted between."""
    for m in part.of("target.medical"):
        if is_brought(doc, part, m):
            return m
        for hurt in part.of("toll.injured"):
            if 0 < m.i - hurt.j <= _NEAR // 2 and not any(
                hurt.j <= x.i < m.i or x.i == m.j for x in part.of("person", "num", "strike")
            ):
                return m
    return None


def _tells(part: Part, ward: Mention) -> bool:
    """ "According to two hospitals", "hospital officials said": who tells of it."""
    return any(0 <= ward.i - m.j <= 1 or 0 <= m.i - ward.j <= 1 for m in part.of("claim.said"))


def is_brought(doc: Doc, part: Part, ward: Mention) -> bool:
    """ "They were taken to the regional hospital of A", "he turned for help to the hospital of the town of A"."""
    return _is_where_to(doc, part, ward) or any(
        (m.j - m.i > 1 and 0 <= ward.i - m.j <= 2) or (m.j - m.i > 1 and m.i < ward.i < m.j)
        for m in part.of("prep.from")
    )


def _is_where_to(doc: Doc, part: Part, ward: Mention) -> bool:
    """Whether the form of the word says that somebody is brought there: behind whoever was hurt and no blow."""
    if doc.tokens[ward.j - 1].f not in doc.lexicon.settings.get("wards", ()):
        return False
    to = next((m for m in part.of("prep.at", "prep.to", "prep.until") if 0 <= ward.i - m.j <= _NAMED), None)
    if to is None:
        return False
    ahead = [m for m in part.mentions if m.j <= to.i and same_clause(doc, part, m.i, to.i)]
    is_struck = any(m.group in ("strike", "act") and to.i - m.j <= 1 for m in ahead)
    told = doc.lexicon.settings.get("he", ())
    is_told = any(doc.tokens[k].f in told for k in range(max(part.i, to.i - _NEAR), to.i))  # "she was taken to"
    return not is_struck and (is_told or any(m.group == "person" or m.concept == "toll.injured" for m in ahead))


def is_hit_in_flight(doc: Doc, part: Part) -> bool:
    """ "92 drones were downed. Most were hit over A (15) and B (13)": what was hit are the drones told before."""
    hit = part.of("strike.hit")[:1]
    if not hit or part.n == 0 or part.has("target", "toll", "weapon", "model", "strike.damage"):
        return False
    ahead = doc.mentions_between(part.i, hit[0].i)
    is_they = (
        bool(ahead) and ahead[-1].concept == "verb.passive" and all(m.group in ("num", "bound", "verb") for m in ahead)
    )
    before = doc.parts[part.n - 1]
    return is_they and before.has("act.shot_down", "act.merged") and before.has("weapon", "model")


def is_weapon_hit(doc: Doc, part: Part, hit: Mention) -> bool:
    """ "23 drones were hit over A", where a passive form right beside the figure says that the drones were what was
    hit, and nothing else is named that could be."""
    if any(doc.tokens[k].f not in doc.lexicon.settings.get("is_hit", ()) for k in range(hit.i, hit.j)):
        return False
    if not part.numbers or part.has("prep.against", "target.military"):
        return False
    if any(same_clause(doc, part, m.i, hit.i) for m in part.of("strike.damage", "strike.debris")):
        return False
    means = tuple(doc.lexicon.settings.get("means", ()))
    for m in part.of("weapon", "model"):
        if doc.tokens[m.j - 1].f.endswith(means) or (m.concept == "weapon.mixed" and m.j - m.i == 1):
            continue  # "120 targets were hit" tells of the ground
        number = next((n for n in part.numbers if 0 <= m.i - n.j <= _ATTRIBUTES), None)
        if number is not None and (number.i == hit.j or hit.j == number.i - 1 or _is_right_behind(doc, m, hit)):
            return True
    return False


def _is_right_behind(doc: Doc, weapon: Mention, hit: Mention) -> bool:
    """ "Drones of the aircraft type were hit": two words of the noun at most between."""
    return 0 <= hit.i - weapon.j <= _ATTRIBUTES and not doc.mentions_between(weapon.j, hit.i)


def is_blow_that_fell(part: Part) -> bool:
    """ "As a result of a strike on the base a depot was destroyed": the blow itself was not repelled."""
    return not part.has("strike.repelled") and any(
        0 <= m.i - led.j <= _NEAR // 2 for led in part.of("cause.result") for m in part.of("strike.attack")
    )
