"""Where a count was, when its own clause does not say: told beside it, of who speaks, of the side attacked."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.proposals import without_parents
from monitor.extract.claims import is_of_third_countries, people_beside
from monitor.extract.counts.beside import dateline_of_line, is_dateline
from monitor.extract.counts.circumstances import distinct
from monitor.extract.counts.found import Found
from monitor.extract.counts.sides import side_of_airspace
from monitor.extract.counts.subsets import opens_with_of
from monitor.extract.places.units import CAPITALS, ancestors, ref
from monitor.extract.text.doc import LONG, Doc, Part
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import weapons_of
from monitor.model import PlaceRef

__all__ = ["aimed_country", "places_for"]

_SHORT: Final = 4
_BEHIND: Final = 5
_LITTLE: Final = 3
_NOT_AT_HOME: Final = frozenset(("UA", "RU", "US", "GB", "FR"))
"""The two sides, and those who shoot down over other countries."""
_LIST: Final = 16
_ROW: Final = 6
_SIDES: Final = frozenset(("UA", "RU", "BY"))
_STRUCK: Final = ("strike.hit", "strike.damage", "strike.fell", "strike.debris", "strike.explosion")


def places_for(doc: Doc, one: Found, found: list[Found]) -> tuple[PlaceRef, ...]:
    """The places of a count: its own, else those told beside it, of who speaks, or of the side attacked."""
    part, its_place = one.part, one.told_by[2]
    places = one.places
    is_downed = one.measure in ("shot_down", "lost", "suppressed")
    if not places and one.measure == "launched":
        places = _told_by_whom(doc, part, one)
    if not places and one.measure != "present" and not one.is_of_country:
        places = inherited_places(doc, one, found)
    if not places and one.measure == "present":
        places = told_before(doc, one)
    is_on = one.measure == "launched" and (one.act is None or one.act.i < part.i)
    is_longer = any(w.period in LONG for w in part.whens) and _is_wider(one, found, found)
    if not places and is_on and not is_longer:
        places = _launched_at(doc, part) or _above_list(doc, one)
    if not places and one.measure == "launched" and one.act is not None and one.act.concept == "strike.attack":
        places = _of_this_blow(doc, part, one.act)
    if not places and (one.measure == "hit" or _is_doer(one)):
        places = struck_before(doc, part) or _above_list(doc, one)
    if not places and (is_downed or one.measure == "present"):
        places = _dateline_before(doc, part, is_seen=one.measure == "present")
    if not places and is_downed:
        places = _downed_before(part, doc.parts[part.n - 1] if part.n else None)
    is_registered = one.measure == "launched" and part.has("act.detected") and not part.has("num.total")
    if not places and (is_downed or is_registered):
        places = _attacked_before(doc, one)
    is_his = one.measure in ("shot_down", "lost", "hit") or (
        one.measure == "launched"
        and part.has("act.launched", "strike.attack")
        and all(site.ref.level != "country" for site in part.sites)
    )
    if not places and its_place is not None and is_his:
        places = (ref(doc.lexicon, its_place),)
    if not places and (is_downed or part.has("act.present", "alert.fly")):
        places = third_country(doc, part, one) or tuple(
            ref(doc.lexicon, m.data["country"]) for m in part.of("claimant")[:1] if m.data.get("country")
        )
    if not places and is_downed and one.is_elliptic and not part.sites:
        places = _of_those_seen(doc, one, found)
    return places or _country_of(doc, one)


def _country_of(doc: Doc, one: Found) -> tuple[PlaceRef, ...]:
    """The country of a count of which no place is told: the one attacked, the one that tells of it, or none."""
    part, attacker = one.part, one.attacker
    home = "UA" if attacker == "RU" else "RU" if attacker == "UA" else None
    if one.measure == "present":
        others = [s.ref for s in part.sites if s.ref.level == "country" and s.role != "from" and s.ref.id not in _SIDES]
        if (
            others
            and part.has("act.present", "alert.fly", "act.detected")
            and not any(s.ref.id == home and s.i < one.number.i for s in part.sites)
        ):
            return tuple(others[:1])  # "Poland tells of 20 drones in its airspace"
        over = (home,) if home and part.has("act.present") else ()  # "100 drones in the airspace"
        return tuple(ref(doc.lexicon, identity) for identity in doc.area or over)
    if one.measure in ("shot_down", "lost", "suppressed") and home and (abroad := _downed_over(doc, one)) is not None:
        return (abroad,)
    if home and not is_from_launch_area(part, one):
        country = [s.ref for s in part.sites if s.ref.level == "country" and s.role in ("target", "at", "name")]
        return tuple(country[:1]) if country and country[0].id == home else (ref(doc.lexicon, home),)
    if one.measure == "left":
        return ()  # "left the airspace toward A"
    return aimed_country(doc, part, one) or home_of(doc, part, one) or (
        _country_told_of(doc, one) if is_of_third_countries(doc) else ())  # fmt: skip


def _is_doer(one: Found) -> bool:
    """ "One bomb struck a house": the weapon stands ahead of the verb of its blow."""
    return one.act is not None and one.act.concept == "strike.attack" and one.weapon.j == one.act.i


def _downed_over(doc: Doc, one: Found) -> PlaceRef | None:
    """ "Three of the Russian drones were shot down over Poland": a third country right behind the verb."""
    act = one.act
    for site in one.part.sites if act is not None else ():
        if act is not None and site.ref.level == "country" and site.ref.id not in _SIDES and site.role == "at" and (
            0 < site.i - act.j <= _BEHIND and not any(m.group == "claim" for m in doc.mentions_between(act.j, site.i))
        ):  # fmt: skip
            return site.ref
    return None


def _told_by_whom(doc: Doc, part: Part, one: Found) -> tuple[PlaceRef, ...]:
    """ "A's ministry of defence says it was attacked with ten missiles": whose ministry tells of it."""
    attacked = [m for m in part.of("strike.attack") if m.i < one.number.i]
    verb = doc.at[attacked[-1].i - 1] if attacked else None
    if verb is None or verb.concept != "verb.passive":
        return ()
    own = [m for m in part.of("claimant") if m.data.get("country") and m.i < one.number.i]
    return (ref(doc.lexicon, str(own[0].data["country"])),) if own else ()


def _of_those_seen(doc: Doc, one: Found, found: list[Found]) -> tuple[PlaceRef, ...]:
    """ "19 drones entered the airspace of A; four were shot down": there, where A is none of the two at war."""
    seen = [f for f in found if f.number.i < one.number.i and f is not one]
    if not seen or seen[-1].measure != "present" or one.part.n - seen[-1].part.n > 1:
        return ()
    there = places_for(doc, seen[-1], found)
    return there if all(p.level == "country" and p.id not in _SIDES for p in there) else ()


def _country_told_of(doc: Doc, one: Found) -> tuple[PlaceRef, ...]:
    """The country that a text of other countries has named last, none that fires."""
    for other in reversed(doc.parts[: one.part.n + 1]):
        for site in reversed(other.sites):
            is_told = site.i < one.number.i and site.ref.level == "country" and site.role not in ("from", "agent")
            before = doc.at[site.i - 1] if site.i > other.i else None
            is_doer = before is not None and before.concept in ("act.launched", "strike.attack", "prep.between")
            verb = next((m for m in doc.mentions_between(site.j, other.j) if m.group != "verb"), None)
            is_doer = is_doer or (
                site.role == "name" and verb is not None and verb.concept in ("act.launched", "act.fired")
            )
            if is_told and not is_doer and (other.n < one.part.n or site.role != "target"):
                return (site.ref,)
    return ()


def _attacked_before(doc: Doc, one: Found) -> tuple[PlaceRef, ...]:
    """ "The enemy attacked A region. Nine shot down, one hit a depot in B": they came down over what was attacked."""
    part = one.part
    other = doc.parts[part.n - 1] if part.n else None
    if other is None or other.line != part.line or (other.numbers and weapons_of(doc, other)):
        return ()
    if other.has("alert.under_attack"):
        return () if part.sites else tuple(distinct([s.ref for s in other.sites if s.role in ("at", "name")]))
    is_sent = other.has("act.launched") and part.has("num.subset")  # "sent drones at the region. Nine of them downed"
    if not (other.has("strike.attack") or is_sent) or any(
        same_clause(doc, part, s.i, one.number.i) for s in part.sites
    ):
        return ()
    aimed = distinct([s.ref for s in other.sites if s.role == "target" and s.ref.level == "oblast"])
    only = distinct([s.ref for s in other.sites if s.role in ("at", "target")])
    is_only = len(only) == 1 and only[0].level == "oblast"  # "seven districts of A region were attacked"
    return tuple(aimed or (only if is_only else ()))


def third_country(doc: Doc, part: Part, one: Found) -> tuple[PlaceRef, ...]:
    """ "Poland shot down three drones", "Kuwait: 12 drones downed": a country outside the war that is the subject did
    it over itself."""
    for m in part.of("side.ua", "side.ru"):
        if (side := side_of_airspace(doc, part, m)) is not None and one.measure in ("present", "launched"):
            return (ref(doc.lexicon, side),)
    over = doc.lexicon.settings.get("airspaces", ())
    for k in range(part.i, part.j):
        if doc.tokens[k].f not in over:
            continue
        if (land := people_beside(doc, part, k, k + 1)) is not None:
            return (ref(doc.lexicon, land),)
        near = (s for s in part.sites if 0 < s.i - k <= _LITTLE and s.ref.level == "country")
        whose = next((s for s in near if s.role not in ("from", "target")), None)  # not "left the airspace toward A"
        whose = whose or next(
            (s for s in part.sites if s.j <= k and s.i <= part.i + 1 and s.ref.level == "country"), None
        )
        if whose is not None and whose.ref.id not in _NOT_AT_HOME:
            return (whose.ref,)  # "in the airspace of Poland", "Poland said two had entered its airspace"
    for site in part.sites:
        if site.ref.level == "country" and any(doc.tokens[k].f in over for k in range(site.i, site.j)):
            return (site.ref,)  # "19 drones entered Polish airspace"
        is_subject = site.ref.level == "country" and site.ref.id not in _NOT_AT_HOME and site.role == "name"
        is_head = site.i == part.i and site.j < part.j and doc.tokens[site.j].text == ":"
        is_firing = one.act is not None and one.act.concept in ("act.launched", "act.fired")
        if is_subject and not is_firing and one.act is not None and (is_head or site.i < one.act.i < one.number.i):
            return (site.ref,)
    other = doc.parts[part.n - 1] if part.n and not part.sites else None
    if other is None or other.numbers or not other.has("act.shot_down"):
        return ()
    first = other.sites[0] if other.sites else None
    if first is None or first.i != other.i or first.ref.level != "country" or first.ref.id in ("UA", "RU"):
        return ()
    verb = other.of("act.shot_down")[0]
    is_doer = all(w.i > verb.i for w in weapons_of(doc, other)) and not any(s.i < verb.i for s in other.sites[1:])
    return (first.ref,) if is_doer else ()


def aimed_country(doc: Doc, part: Part, one: Found) -> tuple[PlaceRef, ...]:
    """The country told as the target, where neither side of the war at home is the attacker: nearest first; else that
    of the clause before a semicolon."""
    if (struck := _struck_first(doc, part, one)) is not None:
        return (struck,)
    here = [part, *(p for p in doc.parts[max(0, part.n - 1) : part.n] if p.line == part.line)]
    for told in here:
        aimed = [s for s in told.sites if s.ref.level == "country" and s.role in ("target", "at")]
        if aimed:
            return (min(aimed, key=lambda s: abs(s.i - one.number.i)).ref,)
    return ()


def _struck_first(doc: Doc, part: Part, one: Found) -> PlaceRef | None:
    """ "A attacked 14 missiles", in a language whose noun says by its case that the missiles are who did it."""
    ends = tuple(doc.lexicon.settings.get("means", ()))
    if any(doc.tokens[k].f.endswith(ends) for k in range(one.weapon.i, one.weapon.j)):
        return None
    for site in part.sites:
        verb = doc.at[site.j] if site.role == "name" and site.ref.level == "country" and site.j < part.j else None
        if verb is None or verb.concept != "strike.attack" or verb.lang in doc.lexicon.settings.get("articled", ()):
            continue
        if 0 <= one.number.i - verb.j <= _ROW:
            return site.ref
    return None


def is_from_launch_area(part: Part, one: Found) -> bool:
    """A launch told with where it came from, not with where it went."""
    return one.act is not None and one.act.concept == "act.launch_noun" and any(s.role == "from" for s in part.sites)


def inherited_places(doc: Doc, one: Found, found: list[Found]) -> tuple[PlaceRef, ...]:
    """The places of the attack told before, where the text has spoken of one area only."""
    earlier = [f for f in found if f.number.i < one.number.i and f is not one]
    while earlier and earlier[-1].part is one.part and not earlier[-1].places and earlier[-1].measure == one.measure:
        earlier.pop()  # the figures of one row were all there
    if not earlier or not earlier[-1].places or one.part.line - earlier[-1].part.line > 2:
        return ()
    if one.measure == "launched" and _is_wider(one, earlier, found):
        return ()
    sets = {tuple(p.name for p in f.places) for f in earlier}
    own = [s.ref.id for s in one.part.sites if s.ref.level == "country" and s.role not in ("from", "agent")]
    told = {a for p in earlier[-1].places for a in (p.id, *ancestors(doc.lexicon, p.id))}
    if one.part is not earlier[-1].part and one.measure == "launched" and _is_at_all_of(doc, one, told):
        return ()  # "Two missiles struck A. In the night 116 drones were launched at all of the country"
    if own and one.part is not earlier[-1].part and not told.intersection(own) and not _SIDES.intersection(own):
        return ()  # "In A 15 were downed. B's ministry says it was attacked with ten"
    is_told_whole = earlier[-1].measure == "launched" or earlier[-1].is_former
    if len(sets) == 1 and one.part is earlier[-1].part and earlier[-1].measure == "launched" and (
        any(earlier[-1].number.j <= m.i < one.number.j + _SHORT for m in one.part.of("num.subset"))
        or opens_with_of(doc, one.part, earlier[-1].number)
    ):  # fmt: skip
        return earlier[-1].places  # "65 attacked A, of which 49 were shot down", "of the 65 that flew to A 49 were"
    if len(sets) == 1 and one.part is not earlier[-1].part and is_told_whole:
        return earlier[-1].places
    if one.part is earlier[-1].part and one.measure == earlier[-1].measure and one.value < earlier[-1].value and any(
        doc.tokens[k].text == ":" for k in range(earlier[-1].number.j, one.number.i)
    ):  # fmt: skip
        return earlier[-1].places  # "18 targets downed over A: 16 drones and two missiles"
    return ()


def _is_wider(one: Found, earlier: list[Found], found: list[Found]) -> bool:
    """ "Four bombs and 15 drones fell on A. Russia launched 208 drones overnight": more of the same than A had."""
    mine = [f for f in found if f.part is one.part and f.measure == "launched"]
    return any(
        e.measure == "launched" and e.part is not one.part and e.weapon.kind == f.weapon.kind and e.value < f.value
        for e in earlier for f in mine
    )  # fmt: skip


def _is_at_all_of(doc: Doc, one: Found, around: set[str | None]) -> bool:
    """ "... launched at Ukraine": the country around what was told before, with the preposition of a blow."""
    lands = [s for s in one.part.sites if s.ref.level == "country" and s.ref.id in around and s.i > one.part.i]
    return any((by := doc.at[s.i - 1]) is not None and by.concept == "prep.by" for s in lands)


def home_of(doc: Doc, part: Part, one: Found) -> tuple[PlaceRef, ...]:
    """Launched from a country, at whom is not said: at the country whose language it is told in, where it has one."""
    home = doc.lexicon.settings.get("home", {}).get(doc.lang or "")
    origins = [s.ref.id for s in part.sites if s.role == "from"]
    if any(o not in _SIDES for s in part.sites if s.role == "from" and s.ref.level == "country" for o in (s.ref.id,)):
        return ()  # "14 missiles from Iran": not at the country of the language
    if one.measure != "launched" or not home or home in origins or not part.has("prep.from"):
        return ()
    return (ref(doc.lexicon, home),)


def _downed_before(part: Part, other: Part | None) -> tuple[PlaceRef, ...]:
    """ "Drones were being shot down over A. Six were destroyed", "an attack was repelled in A. Six ...": over A,
    where no figure stands beside it."""
    if other is None or other.line != part.line or part.sites or other.numbers or other.has("veto", *_STRUCK):
        return ()
    if not other.has("act.shot_down", "act.merged", "alert.under_attack"):
        return ()
    return tuple(distinct([s.ref for s in other.sites if s.role == "at" and s.ref.level not in ("country", "sea")]))


def _dateline_before(doc: Doc, part: Part, *, is_seen: bool) -> tuple[PlaceRef, ...]:
    """ "Moscow. One more drone shot down": the sentence before is the name of a place and nothing else.
    Where drones are seen (``is_seen``), the line before too; of a town and its region the town."""
    other = doc.parts[part.n - 1] if part.n and not part.sites else None
    if is_seen and other is not None and other.n and other.sites and all(s.ref.level == "oblast" for s in other.sites):
        above = doc.parts[other.n - 1]
        around = {s.ref.id for s in other.sites}
        is_town = is_dateline(doc, above) and all(
            not around.isdisjoint(ancestors(doc.lexicon, s.ref.id)) for s in above.sites)  # fmt: skip
        other = above if is_town else other
    if (
        other is None
        or (other.line != part.line and not (is_seen and part.line - other.line <= part.n - other.n))
        or not is_dateline(doc, other)
        or other.has("strike.hit", "strike.damage")
    ):
        head = None if is_seen or _is_of_whole_land(part) or part.sites else dateline_of_line(doc, part)
        return () if head is None else (head.sites[0].ref,)
    if not is_seen and _is_of_whole_land(part) and all(s.ref.id in CAPITALS for s in other.sites):
        return ()  # "Kyiv. The Ukrainian air defence shot down 402 of 480 drones"
    return tuple(distinct([s.ref for s in other.sites]))


def _is_of_whole_land(part: Part) -> bool:
    """Whether an office or the forces of a whole country tell of what they shot down."""
    return any(m.data.get("side") and not m.data.get("place") for m in part.of("claimant")) or (
        part.has("side.ua", "side.ru") and part.has("claim", "num.of"))  # fmt: skip


def _called_before(doc: Doc, part: Part) -> tuple[PlaceRef, ...]:
    """ "Nizhyn, attention! Two drones from the north": they are where the call before is to."""
    other = doc.parts[part.n - 1] if part.n else None
    if other is None or any(s.role != "from" for s in part.sites):
        return ()
    if part.j - part.i <= 4 and other.line == part.line and weapons_of(doc, other) and not weapons_of(doc, part):
        return tuple(distinct([s.ref for s in other.sites if s.role == "target"]))  # "Ballistics for A! Three"
    if part.j - part.i <= _SHORT and other.line == part.line and other.has("weapon.ballistic"):
        return tuple(distinct([s.ref for s in other.sites if s.role == "target"]))  # "Ballistics for A! Two missiles!"
    if not other.has("alert.attention", "alert.shelter", "alert.threat"):
        return ()
    if other.has("weapon", "model", "act", "strike", "toll"):
        return ()
    return tuple(distinct([s.ref for s in other.sites if s.role in ("name", "at", "target")]))


def told_before(doc: Doc, one: Found) -> tuple[PlaceRef, ...]:
    """ "New groups of drones toward A. About 20 of them": where the weapon named in the sentence before heads for."""
    part = one.part
    if called := _called_before(doc, part):
        return called
    other = doc.parts[part.n - 1] if part.n else None
    if other is None or one.weapon.i >= other.j or one.weapon.i < other.i or any(s.role != "from" for s in part.sites):
        return ()
    return tuple(distinct([s.ref for s in without_parents(doc, other.sites) if s.role == "target"]))


def _launched_at(doc: Doc, part: Part) -> tuple[PlaceRef, ...]:
    """ "Launches toward A. Four Kh-22 at first sight": where the launch told right before was aimed."""
    other = doc.parts[part.n - 1] if part.n else None
    if other is None or other.line != part.line or part.sites or not other.has("act.launch_noun") or other.numbers:
        return ()
    return tuple(distinct([s.ref for s in other.sites if s.role == "target"]))


def _above_list(doc: Doc, one: Found) -> tuple[PlaceRef, ...]:
    """ "The enemy used against the region of A:" above lines of weapons: where the header says."""
    act, part = one.act, one.part
    for other in reversed(doc.parts[max(0, part.n - _LIST) : part.n] if act is not None and not part.sites else ()):
        if act is not None and other.i <= act.i < other.j:
            is_head = doc.tokens[other.j - 1].text == ":" and other.line != part.line
            told = [s.ref for s in other.sites if s.role in ("at", "target", "name") and s.ref.level != "country"]
            return tuple(distinct(told)) if is_head else ()
    return ()


def _of_this_blow(doc: Doc, part: Part, blow: Mention) -> tuple[PlaceRef, ...]:
    """ "The toll in A rose to 34. The blow was dealt with two missiles": the town of the toll."""
    is_subject = 0 <= blow.i - part.i <= 1 and part.numbers[0].i > blow.i
    towns = struck_before(doc, part) if is_subject else ()
    before = doc.parts[part.n - 1] if is_subject and part.n and not (towns or part.sites) else None
    if before is not None and before.line == part.line and before.has("toll"):
        towns = tuple(distinct([s.ref for s in before.sites if s.role in ("at", "target")]))
    return towns if len(towns) == 1 and towns[0].level == "city" else ()


def struck_before(doc: Doc, part: Part) -> tuple[PlaceRef, ...]:
    """Hits told without a place were where the sentence before tells of a strike."""
    if part.n == 0 or part.sites:
        return ()
    other = doc.parts[part.n - 1]
    if other.line != part.line or not other.has("strike.hit", "strike.attack", "strike.damage"):
        return ()
    return tuple(distinct([s.ref for s in other.sites if s.role in ("at", "target") and s.ref.level != "country"]))
