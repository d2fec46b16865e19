"""Places that speak, act or are accused in a sentence, rather than being struck in it."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.attacked import (
    is_capital_against,
    is_capital_of_attack,
    is_doer_behind,
    is_done_to_at_last,
    is_main_aim,
    is_undergone,
)
from monitor.extract.places.offices import is_whose_attack
from monitor.extract.places.units import CAPITALS, ancestors
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.caseforms import case_of
from monitor.extract.words.mentions import Mention

__all__ = ["role_of_doer", "role_of_teller", "verb_behind"]

_OPENING: Final = 4  # tokens before the place of whoever speaks
_TALLY: Final = 40
"""More drones of the other side than are downed over one city."""
_NOTICE: Final = 8
"""Tokens from the word for an embassy to the name of the town that it is in."""
_STAMP: Final = 6
"""Tokens of "+++ 22:10"."""


def role_of_teller(
    doc: Doc, part: Part, site: Site, sites: list[Site], role: str | None, told: Mention | None, after: Mention | None
) -> str | None:
    """The role so far, or that of a place which speaks, suffers or is accused: "Moscow said", "Kyiv was attacked"."""
    accusing = part.of("claim.accused")
    role = role or _role_by_verb(doc, part, site, told, after)
    if after is not None and site.ref.id in CAPITALS and (
        role is None or (role == "at" and told is None and after.group == "claim")
    ) and _is_capital_that_tells(doc, part, told, after):  # fmt: skip
        role = "speaker"
    if role is None and told is None and after is not None and after.concept == "claim.said" and (
        site.ref.id in doc.lexicon.settings.get("capital_of", {}).values()):  # fmt: skip
        role = "speaker"  # "Islamabad reported that it downed 25 drones"
    if role is None and site.ref.id in CAPITALS and after is not None and (
        (after.concept == "strike.attack" and not doc.tokens[after.i].is_capital
         and any(s.i > after.j for s in sites)) or is_capital_against(doc, part, site, after)):  # fmt: skip
        role = "agent"  # "Moscow targeted the regions of A and B"
    if role is None and told is not None and is_doer_behind(doc, site, told):
        role = "agent"
    if role in (None, "at") and is_capital_of_attack(doc, part, site, sites):
        role = "agent"
    if is_main_aim(doc, part, site):
        role = "speaker"
    if role is None and _is_told_by_town(doc, site, after, sites):
        role = "speaker"
    if accusing and role in (None, "at", "target", "from") and _is_a_side_of(doc, site, accusing):
        role = "speaker"
    if role is None and _is_at_head(doc, part, site) and _is_saying_head(doc, part, site, sites):
        role = "speaker"
    if role is None and (_is_rival(doc, part, site) or _claims_to_have(doc, part, site)):
        role = "speaker"
    if (role is None or role == "at") and (_is_of_speaker(doc, part, site) or _is_seat_of_mission(doc, part, site)):
        role = "speaker"
    if role is None and site.ref.id in CAPITALS and told is not None and told.concept == "act.launched":
        is_told_of = any(0 <= told.i - n.j <= _OPENING for n in part.numbers)  # "75 drones launched to Kyiv" in one
        role = "target" if is_told_of and not any(0 <= n.i - site.j <= 1 for n in part.numbers) else "speaker"
    return role


def _role_by_verb(doc: Doc, part: Part, site: Site, told: Mention | None, after: Mention | None) -> str | None:
    """The role of a place that nothing gives one yet, by what is said of it right beside it."""
    if told is not None and told.i == part.i and told.group == "verb" and site.i - part.i == 1:
        return "at"  # a sentence that begins with its "in", written without the accent
    if told is not None and told.concept == "claim.said" and site.ref.level in ("country", "city") and (
        site.j >= part.j or doc.tokens[site.j].text in ",;.:)"):  # fmt: skip
        return "speaker"
    if (site.ref.level == "country" or site.ref.id in CAPITALS) and _is_acted_on(doc, part, site):
        return "target"
    if told is not None and told.concept == "strike.attack" and _ends_with_aim(doc, told):
        return "target"  # "the death toll of the strike on Kyiv has risen to 3"
    if after is not None and after.concept == "verb.passive" and told is not None and (
        told.concept in ("strike.attack", "strike.hit")):  # fmt: skip
        return "target"  # "drones targeting Moscow were shot down"
    return None


def _is_capital_that_tells(doc: Doc, part: Part, told: Mention | None, after: Mention) -> bool:
    """ "Moscow said", "Kyiv launched"; not "the alert over Kyiv was lifted"."""
    if _is_sufferer(doc, part, after) or (told is not None and told.group == "alert"):
        return False
    if after.group in ("claim", "verb") or after.concept in ("act.launched", "act.fired"):
        return True
    return after.concept == "act.detected" and not any(m.i > after.i for m in part.of("strike.attack"))


def role_of_doer(
    doc: Doc, part: Part, site: Site, sites: list[Site], role: str | None, told: Mention | None, after: Mention | None
) -> str | None:
    """The role so far, or that of a place which stands for those who act from it: "Tehran fires missiles at Haifa"."""
    if (role is None or role == "at") and _is_of_a_comment(doc, part, site, sites):
        role = "speaker"
    if role is None and site.i == part.i and site.ref.id in CAPITALS and _is_said_more_of(doc, part, site):
        role = "agent"
    if role is None and site.ref.id in CAPITALS and told is not None and _is_doer_ahead(doc, part, site, told):
        role = "agent"
    if role is None and _is_capital_that_fires(doc, part, site, after, sites):
        role = "agent"
    if role == "at" and is_whose_attack(doc, part, site):
        role = "agent"
    if role == "at" and told is not None and told.concept == "prep.at" and _is_where_fired(doc, part, site, sites):
        role = "from"
    return role


def _ends_with_aim(doc: Doc, told: Mention) -> bool:
    """ "Strike on", "attack against": one phrase whose last word leads to what was attacked."""
    own = doc.tokens[told.j - 1].own or () if told.j - told.i > 1 else ()
    return any(entry[0] in ("prep.on", "prep.to") for entry in own)


def verb_behind(doc: Doc, part: Part, site: Site) -> Mention | None:
    """What stands right behind a place, "also" left out: "Moscow also fired ..."."""
    k = site.j
    if k < part.j and doc.at[k] is None and doc.tokens[k].f in doc.lexicon.settings.get("also", ()):
        k += 1
    return doc.at[k] if k < part.j else None


def _is_sufferer(doc: Doc, part: Part, verb: Mention) -> bool:
    """ "Kyiv has endured an attack": the city, not its government."""
    done = doc.at[verb.j] if verb.group == "verb" and verb.j < part.j else verb
    return done is not None and done.concept == "act.detected" and part.has("strike.attack")


def _is_where_fired(doc: Doc, part: Part, site: Site, sites: list[Site]) -> bool:
    """ "Forces in A fired missiles at B": A is where they were fired."""
    after = doc.at[site.j] if site.j < part.j else None
    verb = doc.at[site.i - 2] if site.i - 1 > part.i else None
    is_behind = verb is not None and verb.concept in ("act.launched", "act.fired") and site.ref.level == "country"
    if is_behind and part.has("alert.siren", "alert.signal"):
        return True  # "sirens sounded after a missile was launched in A"
    if after is not None and after.group == "verb":
        after = doc.at[after.j] if after.j < part.j else None  # "have fired"
    is_fired = after is not None and after.concept in ("act.launched", "act.fired")
    return is_fired and any(s.i > site.j and same_clause(doc, part, site.i, s.i) for s in sites)


def _is_said_more_of(doc: Doc, part: Part, site: Site) -> bool:
    """ "Moscow, which has stepped up its strikes, launched drones at A": a capital at the head that stands for its
    country."""
    k = site.j
    if k + 1 >= part.j or doc.tokens[k].text != "," or (
        doc.tokens[k + 1].f not in doc.lexicon.settings.get("relatives", ())):  # fmt: skip
        return False
    return any(m.i > k for m in part.of("act.launched", "act.fired", "strike.attack"))


def _is_told_by_town(doc: Doc, site: Site, verb: Mention | None, sites: list[Site]) -> bool:
    """ "... in Pakistan, Islamabad says 26 were killed": a town of a third country that says something of another
    place."""
    if verb is None or verb.concept != "claim.said" or site.ref.level != "city" or len(sites) < 2:
        return False
    if case_of(doc, site) == "loc":
        return False  # "in A six were reported hurt": its "in" is written into the name
    return not {"UA", "RU"} & set(ancestors(doc.lexicon, site.ref.id))


def _is_at_head(doc: Doc, part: Part, site: Site) -> bool:
    """ "Moscow: ...", "+++ 22:10 Moscow: ...": a colon behind the name, at most signs and a clock ahead of it."""
    if site.j >= part.j or doc.tokens[site.j].text != ":" or site.i - part.i > _STAMP:
        return False
    return all(doc.tokens[k].kind != "w" for k in range(part.i, site.i))


def _is_saying_head(doc: Doc, part: Part, site: Site, sites: list[Site]) -> bool:
    """ "Moscow: 203 drones downed, most over Rostov": a capital before the colon, and where it was behind it."""
    if site.ref.id not in CAPITALS or site.j >= part.j or doc.tokens[site.j].text != ":":
        return False
    if _is_head_of_news(doc, part, site, sites) or _is_head_of_blow(doc, part, site, sites):
        return True
    if not part.numbers or not part.has("act.shot_down", "act.merged"):
        return False
    theirs = "side.ua" if site.ref.id == "RU-MOW" else "side.ru"
    if part.has(theirs) and any(n.value >= _TALLY for n in part.numbers):
        return True  # "Moscow: 168 Ukrainian drones shot down": so many, and whose they are, is said of a country
    return any(s is not site and site.ref.id not in ancestors(doc.lexicon, s.ref.id) for s in sites)


def _is_head_of_news(doc: Doc, part: Part, site: Site, sites: list[Site]) -> bool:
    """ "Kyiv: Russia shells the port of A": a country that does it stands first behind the colon, then the place."""
    doer = next((s for s in sites if s.i == site.j + 1 and (
        s.ref.level == "country" or s.ref.id in CAPITALS)), None)  # fmt: skip
    aim = next((s for s in sites if doer is not None and s.i > doer.i), None)
    if doer is None or aim is None or aim.ref.level == "country" or site.ref.id in ancestors(doc.lexicon, aim.ref.id):
        return False
    return any(doer.j <= m.i for m in part.of("strike.attack", "strike.hit", "act.launched", "act.fired"))


def _is_head_of_blow(doc: Doc, part: Part, site: Site, sites: list[Site]) -> bool:
    """ "Moscow: Ukrainian attack on A": the blow stands behind the colon, and behind it where it fell, elsewhere."""
    blow = next((m for m in part.of("strike.attack", "strike.hit") if m.i > site.j), None)
    aim = next((s for s in sites if blow is not None and s.i > blow.i), None)
    if blow is None or aim is None or aim.ref.level == "country" or site.ref.id in ancestors(doc.lexicon, aim.ref.id):
        return False
    led = doc.at[aim.i - 1]
    is_led = led is not None and (led.group == "prep" or (led is blow and blow.j - blow.i > 1))
    is_led = is_led or case_of(doc, aim) == "loc"
    is_first = not any(site.j < s.i < blow.i for s in sites) and same_clause(doc, part, blow.i, aim.i)
    is_head_too = aim.j < part.j and doc.tokens[aim.j].text == ":"
    return is_led and is_first and not is_head_too


def _is_capital_that_fires(doc: Doc, part: Part, site: Site, verb: Mention | None, sites: list[Site]) -> bool:
    """ "Tehran fires missiles at Haifa": a town right before the verb stands for those who rule from it, where a target
    in another country stands behind."""
    if verb is None or site.ref.level != "city" or verb.lang not in doc.lexicon.settings.get("articled", ()):
        return False
    done = doc.at[verb.j] if verb.group == "verb" and verb.j < part.j else verb
    if done is None or done.concept not in ("act.launched", "act.fired") or done.data.get("passive"):
        return False
    own = set(ancestors(doc.lexicon, site.ref.id))
    return any(s.i > done.j and s.ref.id not in own and not own & set(ancestors(doc.lexicon, s.ref.id)) for s in sites)


def _is_doer_ahead(doc: Doc, part: Part, site: Site, told: Mention) -> bool:
    """ "By its account A has 476 drones launched", in a language that keeps the participle for the end."""
    if told.concept != "verb.aux" or told.lang not in doc.lexicon.settings.get("verb_last", ()):
        return False
    return any(
        m.i > site.j and not m.data.get("passive") and same_clause(doc, part, site.i, m.i)
        for m in part.of("act.launched", "act.fired")
    )


def _is_of_a_comment(doc: Doc, part: Part, site: Site, sites: list[Site]) -> bool:
    """ "In A they condemned the strike on B", "a spokesman in A said B was hit": in A somebody spoke of B."""
    later = next((s for s in sites if s.i >= site.j), None)
    if later is None or site.i - part.i > _OPENING:
        return False
    after = doc.at[site.j] if site.j < part.j else None
    if after is not None and after.concept in ("claim.comment", "claim.said"):
        return after.concept == "claim.comment" or site.i > part.i
    between = doc.mentions_between(site.j, later.i)
    told = next((m for m in between if m.concept == "claim.comment"), None)
    return told is not None and not any(m.group in ("strike", "toll", "alert") for m in between if m.i < told.i)


def _is_a_side_of(doc: Doc, site: Site, accusing: tuple[Mention, ...]) -> bool:
    """ "Moscow accused Kyiv of striking A", "..., blaming Kyiv": a capital right beside the verb."""
    if site.ref.id not in CAPITALS:
        return False
    for m in accusing:
        if 0 <= m.i - site.j <= 1:
            return True
        between = range(m.j, site.i)
        if 0 <= site.i - m.j <= 2 and all(doc.at[k] is None or doc.at[k].group == "prep" for k in between):  # type: ignore[union-attr]
            return True
    return False


def _is_of_speaker(doc: Doc, part: Part, site: Site) -> bool:
    """ "..., according to the government of Krasnodar.": who says it, at the end of a sentence or clause."""
    of = doc.at[site.i - 1] if site.i > part.i else None
    if site.ref.id in CAPITALS and of is not None and of.concept in ("prep.of", "num.of") and of.i > part.i and (
        doc.tokens[of.i - 1].f in doc.lexicon.settings.get("forces", ())):  # fmt: skip
        return True  # "the forces of Moscow fired ..."
    if site.j < part.j and doc.tokens[site.j].text not in ",;.":
        return False
    if of is None or of.concept != "prep.of":
        return False
    for n in range(of.i - 1, max(part.i, of.i - 5), -1):
        m = doc.at[n]
        if m is not None and m.group == "claim":
            return n < of.i - 1
        if m is not None or doc.tokens[n].kind != "w":
            return False
    return False


def _is_seat_of_mission(doc: Doc, part: Part, site: Site) -> bool:
    """ "Embassy of B in A: ...", "Embassy A - security notice": whose notice it is, ahead of what it says."""
    missions = doc.lexicon.settings.get("missions", ())
    if not missions or site.j >= part.j or (doc.tokens[site.j].text != ":" and doc.tokens[site.j].text not in DASHES):
        return False
    for k in range(site.i - 1, max(part.i, site.i - _NOTICE) - 1, -1):
        if doc.tokens[k].f in missions:
            return not any(
                m.group in ("strike", "act", "weapon", "alert") for m in doc.mentions_between(part.i, site.i)
            )
        if doc.tokens[k].kind != "w":
            return False
    return False


def _is_rival(doc: Doc, part: Part, site: Site) -> bool:
    """ "Kyiv says it stopped 86 of 95, Moscow 64": a capital behind a comma, where the other one has its say before."""
    if site.ref.id not in CAPITALS or site.i <= part.i or site.j >= part.j:
        return False
    joint = doc.at[site.i - 1]
    if doc.tokens[site.i - 1].text != "," and not (joint is not None and joint.concept in ("conj.but", "conj.and")):
        return False
    other = "UA" if site.ref.id == "RU-MOW" else "RU"
    return any(m.j <= site.i and m.data.get("side") == other for m in part.of("claimant"))


def _claims_to_have(doc: Doc, part: Part, site: Site) -> bool:
    """ "139 drones will Moscow by night downed have": where the verb stands last, the modal beside a capital and the
    "have" behind the participle say what it claims to have done."""
    if site.ref.id not in CAPITALS or not part.has("veto.future"):
        return False
    beside = (doc.at[site.i - 1] if site.i > part.i else None, doc.at[site.j] if site.j < part.j else None)
    if not any(m is not None and m.concept == "veto.future" for m in beside):
        return False
    last = doc.lexicon.settings.get("verb_last", ())
    helping = (doc.at[act.j] for act in part.of("act.shot_down", "act.merged") if act.j < part.j)
    return any(m is not None and m.concept == "verb.aux" and m.lang in last for m in helping)


def _is_acted_on(doc: Doc, part: Part, site: Site) -> bool:
    """ "Ukraine was attacked with ...": the subject of a passive is the target."""
    if is_undergone(doc, part, site.j) or (
        part.has("strike.attack", "strike.hit") and is_done_to_at_last(doc, part, site)
    ):
        return True
    verb = doc.at[site.j] if site.j < part.j else None
    done = doc.at[verb.j] if verb is not None and verb.concept == "verb.passive" and verb.j < part.j else None
    return done is not None and done.concept in ("strike.attack", "strike.hit")
