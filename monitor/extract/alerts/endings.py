"""Alerts and threats that a sentence says are over; in doubt nothing ends."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.administrations import end_told_by
from monitor.extract.alerts.announced import is_a_preposition, why_not_announced
from monitor.extract.alerts.clearing import is_declared_again, is_of_some, why_narrower
from monitor.extract.alerts.doubts import NO_END, is_doubtful, is_on_once_more
from monitor.extract.alerts.elsewhere import is_on_beside
from monitor.extract.alerts.neighbours import why_turned_round
from monitor.extract.alerts.proposals import THREAT, Proposal, add_sites, threats_named, without_parents
from monitor.extract.alerts.sirens import (
    goes_on,
    has_lasted,
    is_behind_alert,
    is_of_bare_alert,
    is_of_siren,
    is_whole_clear,
    says_siren,
    weapon_alert_lifted,
)
from monitor.extract.claims import ADMINISTRATIONS
from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import blocks, clause_starts, same_clause
from monitor.extract.words.mentions import Mention
from monitor.model import PlaceRef

__all__ = ["ended_in", "names_unread", "of_the_alert_before"]

_BESIDE: Final = 2
_SHE: Final = 4
"""Letters of the longest "it" that stands for the danger told before."""


def ended_in(doc: Doc, part: Part, so_far: list[Proposal]) -> list[Proposal] | None:
    """The end that a sentence announces; [] where it speaks of one without announcing it; None: not about an end."""
    named = threats_named(doc, part)
    landing = part.of("alert.landing")
    if landing and part.has("weapon.mig31k") and not part.has("veto.negation"):
        if landing[0].i > part.i and doc.tokens[landing[0].i - 1].text == ":" and part.has("mark.bullet"):
            return []  # "- MiG-31K: on the ground", a line of a survey
        return [Proposal("end", "mig31k", part, "alert.landing")]
    over = part.of("alert.over")
    if over and part.has("alert.threat", "alert.danger") and not part.has("alert.all_clear"):
        if blocks(doc, part, over[0], ignore=frozenset(("negation",))) or part.has_any(NO_END):
            return []
        if any(0 <= over[0].i - no.j <= 1 for no in part.of("veto.negation")):
            return []  # "the danger has not yet passed"
        if _is_awaited_there(doc, part, over[0]):
            return []
        return _ends_of_threats(doc, part, named, over[0])
    clear = part.of("alert.all_clear_siren", "alert.event_over")
    if clear and part.has("alert.lifted") and is_a_preposition(doc, part, clear[0]):
        clear = clear[1:]  # "the air alert over A is lifted"
    bare = part.of("alert.all_clear")
    lifted = [
        m for m in part.of("alert.lifted", "alert.over")
        if not is_a_preposition(doc, part, m)
        and (is_of_siren(doc, part, m) or is_of_bare_alert(doc, part, m) or goes_on(doc, part, so_far))
    ]  # fmt: skip
    if bare and lifted and _is_headed(doc, part, bare[0], lifted[0]):
        bare = ()
    if not clear and not bare and not lifted and (feared := part.of("alert.danger", "alert.threat")):
        if any(0 <= t.i - m.j <= 1 for m in part.of("veto.cause") for t in feared):
            return []  # "the fireworks were called off because of the threat of drones"
        ended = part.of("alert.lifted")
        if ended and _is_of_launches(doc, part, ended[0]):
            return []
        if ended and not is_doubtful(doc, part, ended[0]):
            return _ends_of_threats(doc, part, named, ended[0])
        if ended and not part.has("alert.still", "veto.negation"):
            return []
    announced = clear or bare or lifted
    if not announced and (of_weapon := weapon_alert_lifted(doc, part)) is not None:
        return [] if is_doubtful(doc, part, of_weapon) else _ends_of_threats(doc, part, named, of_weapon)
    if not announced:
        return None
    trigger = announced[0]
    if bare and named and not clear and _is_beside_flight(doc, part, trigger):
        doc.note(trigger.i, trigger.j, "a stand-down beside what still flies")
        return None
    if is_doubtful(doc, part, trigger):
        doc.note(trigger.i, trigger.j, "an all-clear spoken of, not announced")
        if part.has("time.again", "alert.declared") and part.sites and is_on_once_more(part, trigger) and not (
            part.vetoes or part.has("veto.if", "veto.hypothetical", "veto.future", "veto.question")
        ):  # fmt: skip
            again = Proposal("start", "air", part, "time.again")
            add_sites(again, part.sites)
            return [again]
        return []
    names_it = bool(bare) and (
        (says_siren(doc, bare[0].i, bare[0].j) and is_of_bare_alert(doc, part, bare[0]))
        or is_behind_alert(doc, part, bare[0])
        or is_whole_clear(doc, part, bare[0])
    )
    if not clear and bare and not names_it:
        if _is_of_another_danger(doc, part, trigger) or (named and _is_of_unread(doc, part, trigger)):
            doc.note(trigger.i, trigger.j, "a stand-down beside a danger that it does not name")
            return []
        if part.has("alert.threat", "alert.danger", "strike.attack") or named:
            return _ends_of_threats(doc, part, named, trigger)
        if not part.sites or not (has_lasted(doc, part) or is_on_beside(doc, part)):
            doc.note(trigger.i, trigger.j, "a bare stand-down: it does not say what ends")
            return []
    if named and not clear and _is_of_a_weapon(part):
        return _ends_of_threats(doc, part, named, trigger)
    tail = [m for m in part.mentions if m.i >= trigger.j and m.concept in ("alert.threat", "alert.danger")]
    if named and tail and not clear:
        return _ends_of_threats(doc, part, named, trigger)
    if part.has("mark.start"):
        doc.note(trigger.i, trigger.j, "the sign says alert, the words say all-clear: never an end")
        return []
    proposal = Proposal("end", "air", part, trigger.concept, is_everywhere=part.has("alert.everywhere"))
    stop = next((m.i for m in part.of("conj.but", "alert.still") if m.i > trigger.i), part.j)
    add_sites(proposal, without_parents(doc, [s for s in part.sites if s.i < stop]))
    told = end_told_by(doc, part, trigger) if part.has(*ADMINISTRATIONS) else None
    whole, proposal.sites = told or (part, proposal.sites)
    if not proposal.sites and _names_unknown(doc, part, trigger):
        doc.note(trigger.i, trigger.j, "an all-clear for a place that is not known: never one for everything")
        return []
    if part.has("alert.partial"):
        doc.note(trigger.i, trigger.j, "a partial all-clear ends no whole region's alert")
        return []
    sites = [s for s in part.sites if s.i < stop]
    own = proposal.sites if told else ()
    reason = why_narrower(doc, whole, trigger, sites, is_everywhere=proposal.is_everywhere, own=own)
    if reason is not None:
        doc.note(trigger.i, trigger.j, reason)
        return []
    reason = why_not_announced(doc, part, trigger) or why_turned_round(doc, part)
    if reason is not None:
        doc.note(trigger.i, trigger.j, reason)
        return []
    if is_declared_again(doc, part, trigger):
        doc.note(trigger.i, trigger.j, "ended and declared again: on")
        proposal.status = "start"
    return [proposal]


def _is_awaited_there(doc: Doc, part: Part, over: Mention) -> bool:
    """ "Stay in the shelter until the danger is over": the word stands inside the sentence, ahead of the end and in its
    clause."""
    words = doc.lexicon.settings.get("until", ())
    return any(doc.tokens[k].f in words and same_clause(doc, part, k, over.i) for k in range(part.i + 1, over.i))


def _is_of_launches(doc: Doc, part: Part, ended: Mention) -> bool:
    """ "The threat is less, the launches are over": what ended is told in a clause without the threat."""
    beside = [m for m in part.mentions if same_clause(doc, part, ended.i, m.i)]
    told = any(m.concept in ("alert.danger", "alert.threat") for m in beside)
    return not told and any(m.concept == "act.launch_noun" for m in beside)


def _is_of_a_weapon(part: Part) -> bool:
    """ "The missile alert": the word for the alert names the threat, so that it alone may have ended."""
    weapons = {m.i for m in part.of("weapon")}
    return any(m.i in weapons for m in part.of("alert.siren"))


def _is_beside_flight(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "They gave the all-clear, but one more drone is over A": the weapons are of a clause that says where."""
    weapons = part.of("weapon", "model")
    if not weapons or any(m.i < trigger.i or same_clause(doc, part, m.i, trigger.i) for m in weapons):
        return False
    beside = weapons[0].i
    flies = [m.i for m in part.of("alert.fly", "num.more", "act.present")]
    flies += [s.i for s in part.sites] + [n.i for n in part.numbers]
    return any(same_clause(doc, part, k, beside) for k in flies)


def _is_of_unread(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Over for aviation alone, the artillery is at work": what it is over for nobody knows, the weapon stands in
    another clause."""
    if any(same_clause(doc, part, m.i, trigger.i) for m in part.of("weapon", "model")):
        return False
    return any(
        m.j < part.j and doc.at[m.j] is None and doc.tokens[m.j].is_lower
        for m in part.of("prep.by", "prep.of") if m.i >= trigger.j and same_clause(doc, part, m.i, trigger.i)
    )  # fmt: skip


def _is_headed(doc: Doc, part: Part, bare: Mention, lifted: Mention) -> bool:
    """ "All clear in Kyiv: the air alert was lifted": what was lifted is the alert of a clause of its own."""
    sirens = [m for m in part.of("alert.siren") if bare.j <= m.i < lifted.i]
    return any(not same_clause(doc, part, bare.i, m.i) and same_clause(doc, part, m.i, lifted.i) for m in sirens)


def _names_unknown(doc: Doc, part: Part, trigger: Mention) -> bool:
    """Whether the sentence goes on with what looks like a place: a word behind "in" or a colon that nobody knows."""
    if names_unread(doc, part, trigger):
        return True
    for m in part.mentions:
        if m.concept in ("prep.at", "prep.of", "prep.to", "prep.by") or m.group == "level":
            k = m.j
            if k < part.j and doc.at[k] is None and _is_little(doc.tokens[k].f):
                k += 1
            if k < part.j and doc.at[k] is None and doc.tokens[k].kind == "w" and _is_name(doc.tokens[k].text):
                return True
    for k in range(trigger.j, part.j - 1):
        if doc.tokens[k].text == ":":
            after = k + 1
            return doc.at[after] is None and doc.tokens[after].kind == "w" and _is_name(doc.tokens[after].text)
    return False


def names_unread(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "In the Sumy ...": an adjective of a place behind a preposition, that no place was made of."""
    for m in part.mentions:
        before = doc.at[m.i - 1] if m.i > part.i else None
        if m.i < trigger.j or not m.rows or before is None or before.group != "prep":
            continue
        if all(row.is_adj for row in m.rows) and not any(s.i <= m.i < s.j for s in part.sites):
            return True
    return False


def _is_little(word: str) -> bool:
    return len(word) <= 3


def _is_of_another_danger(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "The stand-down was at night, now there is a missile danger in A": the danger is told in a clause of its own,
    which does not say that it is over."""
    dangers = part.of("alert.threat", "alert.danger")
    if not dangers or any(same_clause(doc, part, m.i, trigger.i) for m in dangers):
        return False
    if any(same_clause(doc, part, m.i, x.i) for m in dangers for x in part.of("alert.over", "alert.lifted")):
        return False
    first = min(m.i for m in dangers)
    words = [k for k in range(trigger.j, first) if doc.tokens[k].kind == "w"]
    return first < trigger.i or any((m := doc.at[k]) is None or m.group not in ("weapon", "model") for k in words)


def _is_name(word: str) -> bool:
    """A capital, or a letter of an alphabet that has none."""
    return word[0].isupper() or word[0].lower() == word[0].upper()


def _is_whole_regime(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "The regime of air danger in the region of A is lifted", in Russia, where that is what was declared."""
    if not part.sites or not part.has("alert.air_regime") or part.has("alert.partial", "mark.start", "alert.siren"):
        return False
    if not all("RU" in ancestors(doc.lexicon, s.ref.id) for s in part.sites):
        return False
    if len(part.of("alert.danger", "alert.threat")) > len(part.of("alert.air_regime")):
        return False
    reason = why_narrower(doc, part, trigger, part.sites, is_everywhere=False)
    return (reason or why_not_announced(doc, part, trigger) or why_turned_round(doc, part)) is None


def _ends_of_threats(doc: Doc, part: Part, named: list[str], trigger: Mention) -> list[Proposal]:
    if not part.sites and not doc.area and part.has("target"):
        return []  # "after the drone alert at an airport the all-clear was given"
    on = [*part.of("alert.still", "alert.lasts"), *_in_force(doc, part, trigger)]
    sites = [s for s in part.sites if not any(same_clause(doc, part, s.i, m.i) for m in on)]
    flies = [
        m for m in part.of("alert.fly", "alert.siren") if m.i > trigger.i and not same_clause(doc, part, m.i, trigger.i)
    ]
    sites = [s for s in sites if not any(same_clause(doc, part, s.i, m.i) for m in flies)]
    sites = [s for s in sites if not _is_left_on(doc, part, s, trigger)]
    if any(same_clause(doc, part, s.i, trigger.i) for s in sites):
        sites = [s for s in sites if not _is_of_another_clause(doc, part, s, trigger)]
    here = [m for m in part.mentions if m.group in ("weapon", "model") and same_clause(doc, part, m.i, trigger.i)]
    there = [m for m in part.of("weapon", "model") if m not in here] if here else []
    if there:
        own = [threat for m in here if (threat := THREAT.get(_kind(m))) is not None]
        named = list(dict.fromkeys(own)) or named
        sites = [s for s in sites if not any(m.i > trigger.i and same_clause(doc, part, s.i, m.i) for m in there)]
    left = _without_on(doc, part, trigger, named, on)
    if named in ([], ["air"]) and not on and _is_whole_regime(doc, part, trigger):
        whole = Proposal("end", "air", part, trigger.concept)
        add_sites(whole, without_parents(doc, sites))
        return [whole]
    out = []
    if is_of_some(doc, part, [s for s in sites if s.role not in ("from", "except")]):
        doc.note(trigger.i, trigger.j, "the end of a threat for some of a place")
        return _regime_on(doc, part, trigger, named)
    sites = _without_heading(doc, part, sites, trigger)
    for threat in left if named else ["other"]:
        proposal = Proposal("end", "other" if threat == "air" else threat, part, trigger.concept)
        add_sites(proposal, sites)
        out.append(proposal)
    return out + _regime_on(doc, part, trigger, named)


def _without_heading(doc: Doc, part: Part, sites: list[Site], trigger: Mention) -> list[Site]:
    """ "Drones over the region of A: the danger is over in B, it goes on in C": not for the whole of A."""
    colon = next((k for k in range(part.i, part.j) if doc.tokens[k].text == ":"), -1)
    own = [s for s in sites if s.i > colon > 0 and same_clause(doc, part, s.i, trigger.i)]
    behind = {a for s in own for a in ancestors(doc.lexicon, s.ref.id)}
    return [s for s in sites if s.i > colon or s.ref.id not in behind]


def _without_on(doc: Doc, part: Part, trigger: Mention, named: list[str], on: list[Mention]) -> list[str]:
    """The threats without those that are named only where something is said to go on: "the danger from the air is over,
    that of missiles remains"."""
    spans = [(i, j) for i, j in (_said_of(doc, part, x) for x in on) if not i <= trigger.i < j]
    still: set[str] = set()
    over: set[str] = set()
    for m in part.of("weapon", "model"):
        threat = THREAT.get(_kind(m))
        if threat is not None:
            (still if any(i <= m.i < j for i, j in spans) else over).add(threat)
    return [threat for threat in named if threat not in still or threat in over]


def _said_of(doc: Doc, part: Part, on: Mention) -> tuple[int, int]:
    """The tokens of what is said to go on: its clause, and the one ahead of a dash that stands for "is"."""
    starts = [*clause_starts(doc, part), part.j]
    n = max(n for n, start in enumerate(starts) if start <= on.i)
    first = starts[n]
    if n and on.i - first <= 1 and doc.tokens[first - 1].text in DASHES:
        first = starts[n - 1]
    return first, starts[n + 1]


def _regime_on(doc: Doc, part: Part, trigger: Mention, named: list[str]) -> list[Proposal]:
    """ "The missile danger is over in A, in B it remains", "..., the danger of drones remains": what goes on beside the
    end of a named threat. The alert itself is read elsewhere."""
    for on in [*part.of("alert.still", "alert.lasts"), *_in_force(doc, part, trigger)]:
        i, j = _said_of(doc, part, on)
        if i <= trigger.i < j or says_siren(doc, on.i, on.j) or blocks(doc, part, on):
            continue
        here = [m for m in part.mentions if i <= m.i < j]
        if any(m.concept in ("alert.siren", "alert.signal", "alert.all_clear", "alert.lifted") for m in here):
            continue
        own = [threat for m in here if m.group in ("weapon", "model") and (threat := THREAT.get(_kind(m)))]
        is_unread = any(doc.at[k] is None and len(doc.tokens[k].f) > _SHE for k in range(i, j))
        if not own and (len(named) != 1 or is_unread or on.concept == "alert.lasts"):
            continue
        status = "start" if part.has("alert.danger") else "threat"
        sites = [s for s in part.sites if i <= s.i < j] or part.sites
        out = []
        for threat in dict.fromkeys(own or named):
            proposal = Proposal(status, threat, part, on.concept, ongoing=status == "start")
            add_sites(proposal, sites)
            out.append(proposal)
        return out
    return []


def _is_left_on(doc: Doc, part: Part, site: Site, trigger: Mention) -> bool:
    """ "..., in the region - not yet", "..., but not in the region": a place behind the end, and a denial beside it."""
    if site.i < trigger.i:
        return False
    for no in part.of("veto.negation"):
        between = doc.mentions_between(site.j, no.i)
        is_behind = 0 <= no.i - site.j <= _BESIDE and not any(m.group == "conj" for m in between)
        if no.i > trigger.i and (is_behind or 0 <= site.i - no.j <= _BESIDE):
            return True
    return False


def _is_of_another_clause(doc: Doc, part: Part, site: Site, trigger: Mention) -> bool:
    """ "Off for A, it has gone to B": a later clause that says something nobody understands."""
    if site.i < trigger.i or same_clause(doc, part, site.i, trigger.i):
        return False
    return any(
        doc.at[k] is None and doc.tokens[k].kind == "w" and same_clause(doc, part, k, site.i)
        for k in range(trigger.j, site.i)
    )


def _in_force(doc: Doc, part: Part, trigger: Mention) -> list[Mention]:
    """ "..., in B it is in force": the verb of a later clause that speaks of no end."""
    ends = part.of("alert.lifted", "alert.over", "alert.all_clear", "alert.all_clear_siren")
    return [
        m for m in part.of("alert.declared")
        if m.i > trigger.j and not any(same_clause(doc, part, m.i, x.i) for x in ends)
    ]  # fmt: skip


def _kind(m: Mention) -> str:
    return str(m.data.get("weapon", "")) or m.kind


def of_the_alert_before(p: Proposal, proposals: list[Proposal]) -> list[PlaceRef]:
    """ "Air alert in A! Guided bombs." : the threat is where the alert beside it is."""
    for other in proposals:
        is_narrow = all(site.level != "country" for site in other.sites)
        goes_on = p.part.has("alert.still", "alert.lasts") and other.threat not in ("air", None)
        if goes_on and other.status == "end" and p.part.n - other.part.n == 1 and p.part.line == other.part.line:
            return list(other.sites)  # "the missile danger in A is over. That of drones remains"
        if other.status == "start" and not other.ongoing and is_narrow and 0 < p.part.n - other.part.n <= 2:
            return list(other.sites)
    return []
