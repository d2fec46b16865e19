"""Threats without a siren: announced or under way, where a weapon or the danger is named."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.aims import threat_proposals
from monitor.extract.alerts.calls import is_bare_call, is_danger_called
from monitor.extract.alerts.gone import is_gone, is_without, without_absent
from monitor.extract.alerts.howlong import is_told_how_often
from monitor.extract.alerts.proposals import Proposal, is_headline, threats_named
from monitor.extract.alerts.sirens import is_only_why
from monitor.extract.alerts.takeoffs import take_off
from monitor.extract.alerts.tallies import is_chronicle, is_in_tally, is_told_beside
from monitor.extract.alerts.terse import (
    does_not_fly,
    is_attacked_now,
    is_bare,
    is_call,
    is_flying,
    is_going_on,
    is_live,
    is_seen_aloft,
    is_speed,
)
from monitor.extract.counts.everyone import are_downed_next
from monitor.extract.places.units import ancestors
from monitor.extract.strikes.listed import header_of
from monitor.extract.text.doc import LONG, Doc, Part, Site, is_of_days, is_unknown, unread
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import blocks, same_clause, was_under_attack
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import is_on_watch

__all__ = ["threats_in"]

_VETOES: Final = frozenset(
    ("video", "denied", "until", "habit", "question", "commentary", "accident", "untrue", "court")
)
_UNTIL: Final = frozenset(("until",))
_ASIDE: Final = frozenset(("safety", "hypothetical", "future", "negation"))
_MINUS: Final = 4
_NAME: Final = 3
_SHORT: Final = 12
_UNAIMED: Final = 2  # unknown words of a line that says where something is, but not where it heads
_PAST_ACTS: Final = frozenset(
    ("act.shot_down", "act.merged", "act.lost", "act.left", "act.detected", "toll", "strike.hit",
     "strike.damage", "strike.debris", "strike.fell", "act.suppressed")
)  # fmt: skip
_PAST_BUT_SEEN: Final = _PAST_ACTS - {"act.detected"}


_CAUSED: Final = 3
"""Tokens from "because of" to the weapon: "a report of a"."""


def _is_past(doc: Doc, part: Part) -> bool:
    """Whether it is told what was done; "launches at A", "a drone's course to A was detected" are under way."""
    is_seen = part.has("act.launch_noun") or (part.has("act.detected") and is_seen_aloft(doc, part)) or (
        part.has("alert.fly") and not part.has("strike", "toll")
        and any(s.role == "target" and s.ref.level != "country" for s in part.sites))  # fmt: skip
    if is_seen and not part.numbers and not part.has("veto.negation"):
        return part.has_any(_PAST_BUT_SEEN)
    return part.has_any(_PAST_ACTS)


def _is_of_neighbours(doc: Doc, part: Part) -> bool:
    """Whether all that is named is countries where no alerts are sounded."""
    sounded = doc.lexicon.settings.get("alert_countries", ())
    return bool(part.sites) and all(s.ref.level == "country" and s.ref.id not in sounded for s in part.sites)


def threats_in(doc: Doc, part: Part) -> list[Proposal]:
    """What a sentence says is on its way or may come, where no siren is told of."""
    is_told = part.has("veto.flown", "strike.repelled") and not part.has("alert.fly", "time.now", "alert.under_attack")
    is_told = is_told or was_under_attack(part) or are_downed_next(doc, part)
    is_told = is_told or (part.has("time.then") and not part.has("time.now"))  # "under attack then were A and B"
    if is_told or part.has("signal.retraction") or (part.has("veto.trait") and not _is_called_at(part)):
        return []
    is_usual = (
        part.has("num.rate")
        or (part.has("alert.danger") and is_told_how_often(doc, part))
        or (part.has("count.money") and not (part.has("alert.fly") and part.sites) and not is_speed(doc, part))
    )
    if part.vetoes == _UNTIL:
        return _until_all_clear(doc, part, is_usual)
    if is_usual or part.is_vetoed(_VETOES) or (part.has("strike.found") and not part.has("alert.fly")):
        return []
    if part.has("target") and part.has("mark") and header_of(doc, part) is not None:
        return []
    if any(is_only_why(doc, part, m) for m in part.of("alert.siren")):
        return []  # "an airport closed after a drone alert"
    stated = part.of("alert.threat", "alert.danger")
    is_declared = part.has("alert.declared") and not part.has("veto.closure", "veto.cause")  # "an alert over a risk"
    if stated and not is_declared and part.has("veto.closure", "veto.cause", "prep.over") and (
        _is_why(doc, part, stated[0])):  # fmt: skip
        return []
    named = threats_named(doc, part)
    if stated:
        return _as_stated(doc, part, stated[0], named)
    if any(is_unknown(w) or (is_of_days(w) and part.numbers) for w in part.whens):
        return []  # "that night 20 drones flew over us", "in the last three days 90 drones at A"
    if part.n and part.has("weapon", "model") and is_chronicle(doc):
        return []
    if part.numbers and part.when is not None and part.when.period in LONG:
        return []  # "launches of drones - 4,117", in a line below "in December"
    if named and part.has("alert.siren") and doc.tokens[part.j - 1].text == "?":
        return []  # "Was the missile alert over a Kalibr?"
    if named and _is_denied_next(doc, part):
        return []
    if not named and part.sites and is_call(doc, part):
        return threat_proposals(doc, part, ["other"], "alert.attention", 0.5)
    if part.has("veto.other_rule") or (part.numbers and is_in_tally(doc, part)) or _is_only_cause(part):
        return []
    return _in_the_air(doc, part, named)


def _is_denied_next(doc: Doc, part: Part) -> bool:
    """ "They said on air that «missiles fly at A». Not so": what others have said, and this one denies."""
    after = doc.parts[part.n + 1] if part.n + 1 < len(doc.parts) else None
    if after is None or after.line != part.line or not after.has("signal.retraction", "veto.denied", "veto.untrue"):
        return False
    weapon = next((m for m in part.mentions if m.group in ("weapon", "model")), None)
    quoted = weapon is not None and any(doc.tokens[k].is_quote for k in range(part.i, weapon.i))
    return quoted or any(weapon is not None and m.i < weapon.i for m in part.of("claim"))


def _is_only_cause(part: Part) -> bool:
    """ "The flight turned back because of a report of a drone": all that is told of the weapons is what they caused."""
    weapons = part.of("weapon", "model")
    causes = part.of("veto.cause") or [m for m in part.of("prep.past") if any(w.i == m.j for w in weapons)]
    if not causes or part.has("alert.fly", "alert.attention", "alert.shelter"):
        return False
    return all(any(0 <= w.i - m.j <= _CAUSED for m in causes) for w in weapons)


def _until_all_clear(doc: Doc, part: Part, is_usual: bool) -> list[Proposal]:
    """Calls to stay in until the all-clear that name where, or what flies."""
    if not is_usual and part.has("alert.attention") and part.sites and is_call(doc, part):
        return threat_proposals(doc, part, ["other"], "alert.attention", 0.5)  # "attention, A, until the all-clear"
    flying = threats_named(doc, part) or (["air"] if part.sites and part.has("alert.under_attack") else [])
    is_now = part.has("alert.fly", "alert.under_attack") and part.has("alert.shelter")
    if is_now and flying and is_live(doc, part):
        return threat_proposals(doc, part, flying, "alert.fly", 0.8)  # "missiles fly, stay in until the all-clear"
    return []


def _as_stated(doc: Doc, part: Part, trigger: Mention, named: list[str]) -> list[Proposal]:
    """A threat or danger that is named as such."""
    if blocks(doc, part, trigger, ignore=frozenset(("hypothetical", "future", "safety"))):
        return []
    if _is_setting(doc, part, trigger) or (not part.sites and _is_potential(part, trigger)):
        return []
    if part.has("alert.takeoff") and _is_of_neighbours(doc, part):
        return []  # "Poland has scrambled its jets after a drone threat in the regions that border it"
    if trigger.concept == "alert.danger" and part.has("verb.aux") and not (
        part.has("alert.declared", "alert.still", "mark")
    ):  # fmt: skip
        return []  # "the regime of missile danger was in force for an hour"
    is_levelled = part.has("alert.tactical", "alert.level_red", "alert.level_yellow")
    is_called = is_levelled or part.has("mark", "alert.attention") or is_danger_called(doc, part, trigger)
    if not named and not part.sites and not doc.area and trigger.concept == "alert.threat" and not (
        is_called or part.has("strike") or (part.n and doc.parts[part.n - 1].sites)
    ):  # fmt: skip
        return []  # "The danger is extreme!": of nothing, for nobody
    if not named and not is_called and not is_headline(doc, part, trigger):
        return []
    of_carriers = part.has("weapon.carrier") and part.has("act.launch_noun") and not part.has("alert.tactical")
    return threat_proposals(doc, part, named or ["missile" if of_carriers else "air"], trigger.concept, 0.95)


def _in_the_air(doc: Doc, part: Part, named: list[str]) -> list[Proposal]:
    """Planes that took off, tactical aviation, and weapons that a sentence names."""
    if taken_off := take_off(part):
        return taken_off
    if _is_gift(doc, part) or (part.has("time.tomorrow") and not part.has("alert")):
        return []  # "tomorrow old shells are blown up in A"
    if part.has("alert.tactical") and not named and not _is_past(doc, part) and is_live(doc, part):
        return threat_proposals(doc, part, ["air"], "alert.tactical", 0.8)
    if not named and part.has("weapon.recon"):
        named = ["drone"]
    if not named and part.has("alert.under_attack") and is_attacked_now(doc, part):
        return threat_proposals(doc, part, ["air"], "alert.under_attack", 0.7)
    if part.sites and part.has("alert.still", "alert.lasts", "alert.under_way") and part.has("strike.attack") and (
        is_going_on(doc, part)):  # fmt: skip
        return threat_proposals(doc, part, named or ["air"], "alert.under_attack", 0.75)
    if not named or _is_past(doc, part):
        return []
    weapon = next(m for m in part.mentions if m.group in ("weapon", "model"))
    if _is_over_or_of_the_past(doc, part, weapon) or is_on_watch(part) or does_not_fly(doc, part):
        return []
    if len(named) > 1 and part.has("veto.absence", "alert.clean", "veto.negation"):
        named = without_absent(doc, part, named)
    if blocks(doc, part, weapon, ignore=_ASIDE) or (named == ["air"] and part.has("veto.future")):
        return []
    if part.has("veto.future") and not part.has("alert.fly", "alert.warned", "alert.under_attack") and (
        doc.lang in doc.lexicon.settings.get("articled", ()) and blocks(doc, part, weapon, ignore=_ASIDE - {"future"})
    ):  # fmt: skip
        return []  # "Moscow threatens Kyiv with missiles"
    under = part.of("alert.under_attack")
    if under and part.sites:
        return threat_proposals(doc, part, named, under[0].concept, 0.8)
    return _on_its_way(doc, part, weapon, named)


def _is_over_or_of_the_past(doc: Doc, part: Part, weapon: Mention) -> bool:
    """Whether the weapons named are gone, or the head of a list of what they struck."""
    if part.has("alert.clean", "alert.over", "alert.lifted") and not part.has("alert.fly") and not any(
        s.role == "target" for s in part.sites
    ):  # fmt: skip
        return True
    if doc.tokens[part.j - 1].text in DASHES and part.has("prep.by") and part.j - part.i <= _MINUS:
        return True  # "Of the missiles -": the sign says that they are gone
    in_flight = [m for m in part.of("weapon", "model") if m.concept != "weapon.carrier"]
    if in_flight and all(is_without(doc, part, m) or is_gone(doc, part, m) for m in in_flight):
        return True
    return part.has("target") and weapon.j < part.j and doc.tokens[weapon.j].text == ":"  # "Drones: a depot in A"


def _on_its_way(doc: Doc, part: Part, weapon: Mention, named: list[str]) -> list[Proposal]:
    """A weapon that is warned of, that flies, or that a line of now names with where it goes or comes from."""
    if part.numbers and not part.sites and any(w.period == "night" for w in part.whens) and not part.has("time.now"):
        return []  # "Overnight 145 drones entered the airspace": the figure of a night
    aimed = [s for s in part.sites if s.role == "target"]
    live = is_live(doc, part) and not (part.has("num.subset") and part.has("person"))  # "among those killed"
    warned = _is_warned_of(doc, part, aimed)
    if not warned and part.has("alert.fly") and part.has("act.launched") and any(n.taken is None for n in part.numbers):
        return []
    over = [s for s in part.sites if s.role != "from"]
    sounded = doc.lexicon.settings.get("alert_countries", ())
    if over and all(s.ref.level == "country" and s.ref.id not in sounded for s in over):
        return []  # "a drone flew into Romania": news of a country without such alerts
    flies = is_flying(doc, part, warned, aimed, over)
    if warned or (flies and (live or aimed)):
        return threat_proposals(doc, part, named, "alert.warned" if warned else "alert.fly", 0.85)
    if not live:
        return []
    is_news = named == ["drone"] and bool(over) and not flies and not part.has("mark") and not any(
        s.ref.id is None or a in sounded for s in over for a in ("", *ancestors(doc.lexicon, s.ref.id)))  # fmt: skip
    how = _by_its_line(doc, part, weapon, named, aimed, flies, is_news)
    return threat_proposals(doc, part, named, *how) if how is not None else []


def _is_warned_of(doc: Doc, part: Part, aimed: list[Site]) -> bool:
    if not part.has("alert.warned") or part.has("strike.attack", "veto.hypothetical", "veto.future"):
        return False
    if not part.sites and not part.has("place.capital", "alert.everywhere") and not _is_behind_siren(doc, part):
        return False
    is_within = any(m.i > part.i and m.j < part.j - 1 for m in part.of("alert.warned"))
    return part.has("alert.fly") or bool(aimed) or is_within


def _by_its_line(
    doc: Doc, part: Part, weapon: Mention, named: list[str], aimed: list[Site], flies: bool, is_news: bool
) -> tuple[str, float] | None:
    """What in a line of now makes it a threat, and how sure that is; None where it is none."""
    if part.has("mark.info", "mark.start") and part.j - part.i <= _SHORT and not (
        part.has("strike.attack") and part.has("target")
    ):  # fmt: skip
        return weapon.concept, 0.8
    if not aimed and any(m.i < weapon.i and same_clause(doc, part, m.i, weapon.i) for m in part.of("veto.forecast")):
        return None  # "a launch of 20 missiles is expected"
    if _is_placed(doc, part, aimed, flies) and not is_news:
        return weapon.concept, 0.85
    if aimed and (_is_launch_under_way(part) or _is_launch_called(part, weapon, aimed)):
        return "act.launched", 0.8
    is_out = bool(part.sites) and all(s.role == "from" for s in part.sites) and part.sites[0].i - weapon.j <= 2
    if is_out and named[0] in ("ballistic", "missile") and not part.has("strike", "act", "claim", "alert.clean"):
        return weapon.concept, 0.7  # "ballistics from Crimea"
    is_head = doc.tokens[part.j - 1].text == ":" and part.n + 1 < len(doc.parts) and bool(doc.parts[part.n + 1].sites)
    if not is_news and (len(doc.parts) <= 3 or is_head) and is_bare(doc, part):
        return weapon.concept, 0.6
    if (part.numbers and _is_called_before(doc, part)) or _is_below_name(doc, part):
        return weapon.concept, 0.8
    if part.n and weapon.i - part.i < _NAME and is_bare_call(doc, doc.parts[part.n - 1]) and (
        part.has("level.sea") or any(s.role == "from" for s in part.sites)
    ):  # fmt: skip
        return weapon.concept, 0.8  # "Odesa! Shaheds from the sea, two minutes apart"
    is_launch = part.has("act.launch_noun") or (not part.numbers and _is_launch_done(doc, part))
    if is_launch and not part.has("strike") and not is_told_beside(doc, part):
        return "act.launch_noun", 0.8
    return None


def _is_placed(doc: Doc, part: Part, aimed: list[Site], flies: bool) -> bool:
    """ "Shaheds, A district": a place, and hardly a word beside it."""
    if part.has("strike.attack", "act.launched", "strike.fell") or (part.has("strike", "target") and not aimed and (
        not flies or part.has("strike"))):  # fmt: skip
        return False
    if not flies and any(m.lang in doc.lexicon.settings.get("articled", ()) for m in part.of("num.part")):
        return False  # "two thirds of the drones aimed at A": told of a figure that is past
    is_course = part.has("alert.fly", "alert.under_attack")
    placed = any(
        s.role in ("target", "at", "past", "name")
        and (s.ref.level != "country" or (s.role == "target" and is_course)) for s in part.sites
    )  # fmt: skip
    return placed and (bool(aimed) or flies or unread(doc, part) <= _UNAIMED)


def _is_called_at(part: Part) -> bool:
    """ "Attention, a drone that carries 90 kg is flying to A": under way, whatever is told of what it is like."""
    is_call = part.has("alert.attention") and part.has("alert.fly")
    return is_call and any(s.role == "target" for s in part.sites)


def _is_setting(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Odesa marks City Day under threat of drones": a press sentence of other things, whose subject is the place."""
    if trigger.lang not in doc.lexicon.settings.get("articled", ()) or part.has("claim", "mark", "alert.warned"):
        return False
    if part.has("alert.attention", "alert.shelter", "alert.fly", "alert.still") or any(
        m.j != trigger.i for m in part.of("alert.declared")):  # fmt: skip
        return False
    names = [s for s in part.sites if s.role == "name" and s.i - part.i <= 1]
    between = range(names[0].j, trigger.i) if names and len(names) == len(part.sites) else range(0)
    return sum(1 for k in between if ((m := doc.at[k]) is None or m.rows) and doc.tokens[k].kind == "w") > 1


def _is_gift(doc: Doc, part: Part) -> bool:
    """ "Drones for the brigade": the word for "for" right behind a weapon, in a post that warns of nothing."""
    words = doc.lexicon.settings.get("benefit", ())
    is_for = any(m.j < part.j and doc.tokens[m.j].f in words for m in part.of("weapon", "model"))
    return is_for and not doc.has("alert")


def _is_behind_siren(doc: Doc, part: Part) -> bool:
    """ "An alert is on in A. The administration warns of missiles": the warning is for where the alert is."""
    before = doc.parts[part.n - 1] if part.n else None
    return before is not None and before.line == part.line and bool(before.sites) and before.has("alert.siren")


def _is_called_before(doc: Doc, part: Part) -> bool:
    """ "A, this is for you! Six from the east": a figure and a weapon right behind a call."""
    before = doc.parts[part.n - 1] if part.n else None
    return before is not None and before.line == part.line and before.has("alert.attention") and bool(before.sites)


def _is_below_name(doc: Doc, part: Part) -> bool:
    """ "Kyiv. The first drones are over the outskirts": what flies, right behind a name that stands alone."""
    before = doc.parts[part.n - 1] if part.n and not part.sites else None
    if before is None or before.line != part.line or len(before.sites) != 1 or part.has("strike", "act", "veto"):
        return False
    is_alone = all(m.group in ("place", "level", "mark") for m in before.mentions) and before.j - before.i <= _NAME
    return is_alone and part.has("alert.fly", "prep.over", "prep.side")


def _is_launch_under_way(part: Part) -> bool:
    """ "Missiles launched from A toward B": no figure, no "were", no effect."""
    is_told = part.has("verb.passive", "strike", "toll", "claim") or bool(part.numbers)
    return part.has("act.launched") and not is_told and any(s.role == "from" for s in part.sites)


def _is_launch_called(part: Part, weapon: Mention, aimed: list[Site]) -> bool:
    """ "KABs launched toward A region!": a line that begins with the weapon and ends with where it heads."""
    if part.j - part.i > _SHORT or part.numbers or part.whens or part.is_title or part.has("veto", "toll", "claim"):
        return False
    is_plain = not part.has("strike", "verb.passive") and all(s.ref.level not in ("country", "sea") for s in aimed)
    return is_plain and weapon.i - part.i <= 1 and any(m.i == weapon.j for m in part.of("act.launched"))


def _is_potential(part: Part, stated: Mention) -> bool:
    """ "Drones are a potential threat": of what may be, and to nobody."""
    return any(-1 <= m.i - stated.j <= 0 or -1 <= stated.i - m.j <= 0 for m in part.of("veto.hypothetical"))


def _is_why(doc: Doc, part: Part, stated: Mention) -> bool:
    """ "Closed because of the threat of drones": the threat is only why something else was done."""
    over = doc.at[stated.i - 1] if stated.i > part.i else None
    if over is not None and over.group == "side" and over.i > part.i:
        over = doc.at[over.i - 1]
    if over is not None and over.concept == "prep.over":
        return True  # "a parade scaled back over the threat of drones"
    causes = part.of("veto.cause", "time.after") if part.has("veto.closure") else part.of("veto.cause")
    return any(0 <= stated.i - m.j <= 2 for m in causes)  # "airports reopen after a drone threat"


def _is_launch_done(doc: Doc, part: Part) -> bool:
    """ "A launch of a Kinzhal was made": a phrase that holds the noun for a launch, from nowhere in the text's past."""
    if part.has("claim", "toll") or any(s.role != "from" for s in part.sites):
        return False
    return any(
        entry[0] == "act.launch_noun"
        for m in part.of("act.launched") for k in range(m.i, m.j) for entry in doc.tokens[k].own or ()
    )  # fmt: skip
