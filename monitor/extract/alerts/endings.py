"""Alerts and threats that a sentence says are over; in doubt nothing ends."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.administrations import end_told_by, is_unknown_office
from monitor.extract.alerts.announced import is_a_preposition, why_not_announced
from monitor.extract.alerts.clearing import is_declared_again, why_narrower, without_names_ahead
from monitor.extract.alerts.doubts import NO_END, is_doubtful, is_on_once_more
from monitor.extract.alerts.elsewhere import is_on_beside
from monitor.extract.alerts.neighbours import why_turned_round
from monitor.extract.alerts.proposals import (
    FORMAL,
    Proposal,
    add_sites,
    threats_named,
    without_parents,
    without_wider,
)
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
from monitor.extract.alerts.threatends import ends_of_threats
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.vetoes import blocks, same_clause
from monitor.extract.words.mentions import ADMINISTRATIONS, Mention
from monitor.model import PlaceRef

__all__ = ["ended_in", "names_unread", "of_the_alert_before"]

_REASON: Final = 5
"""Tokens of "the end of the lasting"."""
_OF_REASON: Final = frozenset(("num.of", "prep.of", "alert.lifted", "alert.over"))


def ended_in(doc: Doc, part: Part, so_far: list[Proposal]) -> list[Proposal] | None:
    """The end that a sentence announces; [] where it speaks of one without announcing it; None: not about an end."""
    named = threats_named(doc, part)
    if (passed := _landed_or_passed(doc, part, named)) is not None:
        return passed
    clear, bare, lifted = _announcements(doc, part, so_far)
    announced = clear or bare or lifted
    if not announced:
        return _of_a_danger_alone(doc, part, named)
    trigger = announced[0]
    if bare and named and not clear and _is_beside_flight(doc, part, trigger):
        doc.note(trigger.i, trigger.j, "a stand-down beside what still flies")
        return None
    if is_doubtful(doc, part, trigger):
        doc.note(trigger.i, trigger.j, "an all-clear spoken of, not announced")
        return _on_once_more(part, trigger)
    if not clear and (narrow := _of_named_threats(doc, part, named, bare, trigger)) is not None:
        return narrow
    if trigger.concept == "alert.event_over" and (formal := _formal_over(part, trigger)):
        return ends_of_threats(doc, part, formal, trigger)
    if _is_told_again(part, trigger, so_far):
        return []
    if part.has("mark.start"):
        doc.note(trigger.i, trigger.j, "the sign says alert, the words say all-clear: never an end")
        return []
    return _end_of_air_alert(doc, part, trigger)


def _formal_over(part: Part, trigger: Mention) -> list[str]:
    """ "Rocket fire: the event is over": the formal alert that stands ahead of its end, and no other, has ended."""
    return [threat for concept, threat in FORMAL for m in part.of(concept) if m.j <= trigger.i]


def _is_told_again(part: Part, trigger: Mention, so_far: list[Proposal]) -> bool:
    """ "Rocket fire: the event is over", and below its places "you may leave the shelters": the same end, no other."""
    last = so_far[-1] if so_far else None
    is_same = last is not None and last.status == "end" and last.rule == trigger.concept == "alert.event_over"
    return is_same and last is not None and last.threat != "air" and not part.sites


def _landed_or_passed(doc: Doc, part: Part, named: list[str]) -> list[Proposal] | None:
    """The end of a danger that has landed, or of one that is said to be over by name; None: neither is told."""
    landing = part.of("alert.landing")
    if landing and part.has("weapon.mig31k") and not part.has("veto.negation"):
        if landing[0].i > part.i and doc.tokens[landing[0].i - 1].text == ":" and part.has("mark.bullet"):
            return []  # "- MiG-31K: on the ground", a line of a survey
        return [Proposal("end", "mig31k", part, "alert.landing")]
    over = part.of("alert.over")
    if not over or not part.has("alert.threat", "alert.danger") or part.has("alert.all_clear"):
        return None
    if blocks(doc, part, over[0], ignore=frozenset(("negation",))) or part.has_any(NO_END):
        return []
    if any(0 <= over[0].i - no.j <= 1 for no in part.of("veto.negation")):
        return []  # "the danger has not yet passed"
    return [] if _is_awaited_there(doc, part, over[0]) else ends_of_threats(doc, part, named, over[0])


def _announcements(
    doc: Doc, part: Part, so_far: list[Proposal]
) -> tuple[tuple[Mention, ...], tuple[Mention, ...], list[Mention]]:
    """The words that announce the end of an alert: with its name, without it, and those for lifting it."""
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
    return clear, bare, lifted


def _of_a_danger_alone(doc: Doc, part: Part, named: list[str]) -> list[Proposal] | None:
    """The end of a danger whose siren is not told of: "the threat of drones is lifted"."""
    ended = part.of("alert.lifted")
    if feared := part.of("alert.danger", "alert.threat"):
        if any(_is_why(doc, part, t) for t in feared):
            return []
        if ended and (_is_of_launches(doc, part, ended[0]) or _is_of_alert_ahead(doc, part, feared[0], ended[0])):
            return []
        if ended and not is_doubtful(doc, part, ended[0]):
            return ends_of_threats(doc, part, named, ended[0])
        if ended and not part.has("alert.still", "veto.negation"):
            return []
    if (of_weapon := weapon_alert_lifted(doc, part)) is None:
        return None
    return [] if is_doubtful(doc, part, of_weapon) else ends_of_threats(doc, part, named, of_weapon)


def _is_why(doc: Doc, part: Part, feared: Mention) -> bool:
    """ "The fireworks were called off because of the threat of drones", "the flights of the jets have ended due to the
    lower level of threat": why something else ended."""
    return any(
        0 <= feared.i - m.j <= _REASON and same_clause(doc, part, m.i, feared.i)
        and all(x.concept in _OF_REASON for x in doc.mentions_between(m.j, feared.i))
        for m in part.of("veto.cause")
    )  # fmt: skip


def _is_of_alert_ahead(doc: Doc, part: Part, feared: Mention, ended: Mention) -> bool:
    """ "The alarm is lifted in A, the threat of drones goes on in B": what is lifted is not the threat."""
    alerts = [m for m in part.of("alert.signal", "alert.siren") if same_clause(doc, part, m.i, ended.i)]
    return bool(alerts) and ended.j <= feared.i and not same_clause(doc, part, ended.i, feared.i)


def _on_once_more(part: Part, trigger: Mention) -> list[Proposal]:
    """ "No sooner was it over in A than the alert was declared again": on."""
    is_again = part.has("time.again", "alert.declared") and bool(part.sites) and is_on_once_more(part, trigger)
    if not is_again or part.vetoes or part.has("veto.if", "veto.hypothetical", "veto.future", "veto.question"):
        return []
    again = Proposal("start", "air", part, "time.again")
    add_sites(again, part.sites)
    return [again]


def _of_named_threats(
    doc: Doc, part: Part, named: list[str], bare: tuple[Mention, ...], trigger: Mention
) -> list[Proposal] | None:
    """The end of the threats that a sentence names; [] where it is not said what ends; None: of the air alert."""
    names_it = bool(bare) and (
        (says_siren(doc, bare[0].i, bare[0].j) and is_of_bare_alert(doc, part, bare[0]))
        or is_behind_alert(doc, part, bare[0])
        or is_whole_clear(doc, part, bare[0])
    )
    if bare and not names_it:
        if _is_of_another_danger(doc, part, trigger) or (named and _is_of_unread(doc, part, trigger)):
            doc.note(trigger.i, trigger.j, "a stand-down beside a danger that it does not name")
            return []
        if part.has("alert.threat", "alert.danger", "strike.attack") or named:
            return ends_of_threats(doc, part, named, trigger)
        if not part.sites or not (has_lasted(doc, part) or is_on_beside(doc, part)):
            doc.note(trigger.i, trigger.j, "a bare stand-down: it does not say what ends")
            return []
    tail = [m for m in part.mentions if m.i >= trigger.j and m.concept in ("alert.threat", "alert.danger")]
    return ends_of_threats(doc, part, named, trigger) if named and (_is_of_a_weapon(part) or tail) else None


def _end_of_air_alert(doc: Doc, part: Part, trigger: Mention) -> list[Proposal]:
    """The end of the air alert in the places that it is told for; [] where anything leaves that in doubt."""
    proposal = Proposal("end", "air", part, trigger.concept, is_everywhere=part.has("alert.everywhere"))
    stop = next((m.i for m in part.of("conj.but", "alert.still") if m.i > trigger.i), part.j)
    sites = [s for s in part.sites if s.i < stop and not _is_on_there(doc, part, s, trigger)]
    sites = without_names_ahead(doc, sites)
    add_sites(proposal, without_wider(doc, part, without_parents(doc, sites), trigger))
    behind = _exception_behind(doc, part)
    add_sites(proposal, behind.sites if behind is not None else [])
    told = end_told_by(doc, part, trigger) if part.has(*ADMINISTRATIONS) else None
    whole, proposal.sites = told or (part, proposal.sites)
    reason: str | None = None
    if not proposal.sites and (_names_unknown(doc, part, trigger) or is_unknown_office(doc, part)):
        reason = "an all-clear for a place that is not known: never one for everything"
    elif part.has("alert.partial"):
        reason = "a partial all-clear ends no whole region's alert"
    elif behind is not None and not any(s.role == "except" for s in behind.sites):
        reason = "an exception whose place is not known"
    reason = (
        reason
        or why_narrower(
            doc, whole, trigger, sites, is_everywhere=proposal.is_everywhere, own=proposal.sites if told else ()
        )
        or why_not_announced(doc, part, trigger)
        or why_turned_round(doc, part)
    )
    if reason is not None:
        doc.note(trigger.i, trigger.j, reason)
        return []
    if is_declared_again(doc, part, trigger):
        doc.note(trigger.i, trigger.j, "ended and declared again: on")
        proposal.status = "start"
    return [proposal]


def _is_on_there(doc: Doc, part: Part, site: Site, trigger: Mention) -> bool:
    """ "Over in A, in B it still goes on": B."""
    return any(
        same_clause(doc, part, site.i, m.i) and not same_clause(doc, part, trigger.i, m.i)
        for m in part.of("alert.still", "alert.lasts")
    )


def _exception_behind(doc: Doc, part: Part) -> Part | None:
    """ "All clear in the region of A. Except B.": a sentence of its own that begins with what is left out."""
    behind = doc.parts[part.n + 1] if part.n + 1 < len(doc.parts) else None
    first = behind.mentions[0] if behind is not None and behind.mentions else None
    if behind is None or first is None or first.concept != "prep.except" or behind.has("act", "strike", "toll"):
        return None
    return behind if all(doc.tokens[k].kind != "w" for k in range(behind.i, first.i)) else None


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
