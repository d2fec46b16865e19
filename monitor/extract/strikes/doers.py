"""The country that does the attacking, and where a sentence turns to the blow that it answers."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.attacked import is_undergone
from monitor.extract.strikes.cutting import piece
from monitor.extract.strikes.dayafter import is_counted_on
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.words.mentions import Mention

__all__ = ["answered_in", "is_attacker", "is_damage_done", "is_own_blow", "told_before_another_day"]

_HOURS_AFTER: Final = 4  # tokens, as in "about an hour after"
_AMOUNTS: Final = frozenset(("num", "count", "time", "bound"))
_BLOWS: Final = frozenset(("act.launched", "act.fired", "strike.attack", "strike.hit"))
_HARM: Final = frozenset(("toll.killed", "toll.injured"))
_SKIPPED: Final = frozenset(("time", "weekday", "month", "prep", "side", "target", "num", "bound"))


def is_attacker(doc: Doc, part: Part, site: Site) -> bool:
    """A country that does the attacking: "Russia unleashed", not "was attacked"."""
    if site.ref.level != "country" or site.role != "name" or is_undergone(doc, part, site.j):
        return False
    whose = doc.at[site.i - 1] if site.i > part.i else None
    if whose is not None and whose.group == "target" and whose.lang not in doc.lexicon.settings.get("articled", ()):
        return False  # "the airport of A", where the case says "of"
    verb = doc.at[site.j] if site.j < part.j else None
    if _is_behind_its_verb(doc, part, site):
        return True
    is_last = verb is not None and verb.concept == "verb.aux" and verb.lang in doc.lexicon.settings.get("verb_last", ())
    if is_last and any(  # not the noun: "A had in an attack on the same town 38 dead to mourn"
        m.i > site.j and not (m.concept == "strike.attack" and _is_noun(doc, m))
        for m in part.of("strike.attack", "act.launched", "act.fired")
    ):
        return not any(m.i == site.j for m in part.of("verb.passive"))  # "A has B with drones attacked"
    for m in doc.mentions_between(site.j, min(part.j, site.j + 8)):
        if (m.group == "verb" and m.concept != "verb.passive") or m.group in _SKIPPED:
            continue
        if m.concept == "strike.attack" and _is_noun(doc, m):
            return False
        return m.concept in ("act.launched", "strike.attack", "strike.hit", "act.fired") or (
            m.concept in _HARM and _is_who_harmed(doc, part, site, m))  # fmt: skip
    return False


def _is_noun(doc: Doc, attack: Mention) -> bool:
    """Whether an attack is the noun, in a language that writes nouns with a capital."""
    is_last = attack.lang in doc.lexicon.settings.get("verb_last", ())
    return is_last and doc.tokens[attack.i].is_capital


def _is_who_harmed(doc: Doc, part: Part, site: Site, harm: Mention) -> bool:
    """ "Russia killed nine people", not "Russia: killed nine": the verb right behind the name, and whom behind it."""
    is_subject = all(doc.tokens[k].kind == "w" for k in range(site.j, harm.i))
    return is_subject and any(0 <= n.i - harm.j <= 1 for n in part.numbers)


def _is_behind_its_verb(doc: Doc, part: Part, site: Site) -> bool:
    """ "At night attacked A B with drones": where a verb may stand ahead of its subject, the first of two countries
    right behind it."""
    verb = doc.at[site.i - 1] if site.i > part.i else None
    if verb is not None and verb.concept == "num.of" and verb.i > part.i:
        verb = doc.at[verb.i - 1]  # an article
    if verb is None or verb.concept not in ("strike.attack", "act.launched", "act.fired"):
        return False
    if verb.lang not in doc.lexicon.settings.get("verb_last", ()) or doc.tokens[verb.i].is_capital:
        return False
    return any(s.i > site.i and s.ref.level == "country" and s.ref.id != site.ref.id for s in part.sites)


def answered_in(doc: Doc, part: Part) -> range | None:
    """The tokens that tell of the blow to which the one told is the answer: the rest of the sentence, or, where it
    opens with it, all up to the comma: "In response to an attack on A, B was struck"."""
    if (opening := _opened_by(doc, part)) is not None:
        return opening
    start = _reply_in(doc, part)
    if start is None or any(m.i < start for m in part.of("strike", "act", "toll")):
        return None if start is None else range(start, part.j)
    comma = next((k for k in range(start, part.j) if doc.tokens[k].text == ","), None)
    return None if comma is None else range(start, comma)


def _opened_by(doc: Doc, part: Part) -> range | None:
    """ "After the attack on A, B fired missiles at C": the blow before, told first, where C is said to be aimed at."""
    after = next((m for m in part.of("time.after") if m.i - part.i <= _HOURS_AFTER), None)
    if after is None or any(doc.at[k] is not None and doc.at[k].group not in _AMOUNTS for k in range(part.i, after.i)):  # type: ignore[union-attr]
        return None
    comma = next((k for k in range(part.i, part.j) if doc.tokens[k].text == ","), None)
    before = part.of("strike.attack", "strike.hit", "strike.damage")
    blow = next((m for m in before if m.i >= after.j), None)
    if comma is None and blow is not None:  # a language that sets no comma there: up to who did it
        town = next((s for s in part.sites if s.i >= blow.j and s.ref.level != "country"), None)
        doers = [s.i for s in part.sites if s.ref.level == "country" and town is not None and s.i >= town.j]
        comma = doers[0] - 1 if doers else None
    if blow is None or comma is None or blow.i >= comma:
        return None
    fired = next((m for m in part.of_any(_BLOWS) if m.i > comma), None)
    if fired is None or part.has("veto.negation"):
        return None
    is_done = any(comma < s.i < fired.i and s.ref.level == "country" for s in part.sites) or any(
        comma < m.i < fired.i and (m.group == "side" or m.data.get("side"))
        for m in part.of("side.ru", "side.ua", "side.troops", "claimant"))  # fmt: skip
    aimed = [s for s in part.sites if s.i > fired.i and s.ref.level != "country"]
    return range(part.i, comma) if any(s.role == "target" or is_done for s in aimed) else None


def _reply_in(doc: Doc, part: Part) -> int | None:
    """Where a sentence begins to tell of the blow that the one told first was the answer to: "in response to an attack
    on B", "a day after ..."; "A struck B after a missile launch", where a country is the doer of the first."""
    if reply := part.of("prep.reply", "time.day_after"):
        return None if is_counted_on(part) else reply[0].i
    for after in part.of("time.after"):
        verb = next((m for m in part.of("strike.attack", "strike.hit") if m.i < after.i), None)
        done = doc.at[after.j] if after.j < part.j else None
        if done is not None and done.group == "verb" and done.j < part.j:
            done = doc.at[done.j]
        if verb is None or (done is not None and done.group == "act"):
            continue  # "after launching 100 drones"
        if not any(m.i > after.i for m in part.of("strike", "act", "weapon")):
            continue
        is_done = any(s.i < verb.i and is_attacker(doc, part, s) for s in part.sites) or (
            verb.j - verb.i > 1 and doc.tokens[verb.i].is_capital)  # fmt: skip
        if is_done and any(verb.j <= s.i < after.i for s in part.sites):
            return after.i
    return None


def is_damage_done(part: Part, damage: Mention) -> bool:
    """ "The Russian army damaged five substations": whose doing it was stands right before the verb."""
    if damage.concept != "strike.damage" or damage.j - damage.i != 1:
        return False
    by = [m.j for m in part.of("side.ru", "side.troops", "side.enemy")]
    by += [s.j for s in part.sites if s.ref.id == "RU" and s.role in ("name", "agent")]
    return any(0 <= damage.i - j <= 1 for j in by)


def is_own_blow(part: Part) -> bool:
    """ "The Ukrainian army hit six command posts": the word for our side stands right before the blow."""
    blows = part.of("strike.hit", "strike.attack")
    return any(0 <= m.i - x.j <= 1 for x in part.of("side.ua") for m in blows)


def _is_told_of_reply(doc: Doc, part: Part, reply: Mention) -> bool:
    """ "In reply to the attack in which 26 were killed": a clause of its own tells of the toll."""
    words = doc.lexicon.settings.get("relatives", ())
    toll = next((m.i for m in part.of("toll") if m.i > reply.j), part.j)
    return any(doc.tokens[k].f in words for k in range(reply.j, toll))


def told_before_another_day(doc: Doc, part: Part) -> Part | None:
    """ "The blow came two days after drones killed 31 in A": what stands ahead of it, where the toll is of that day."""
    for after in part.of("time.day_after", "prep.reply"):
        if after.concept == "prep.reply" and not _is_told_of_reply(doc, part, after):
            continue
        if after.i > part.i and all(after.j <= m.i for m in part.of("toll")):
            return piece(part, part.i, after.i)
    return None
