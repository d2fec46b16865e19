"""The air-raid alert itself: sirens that are declared, here and now."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.abroad import under_alert
from monitor.extract.alerts.announced import is_a_preposition, is_announcing, is_said_over
from monitor.extract.alerts.behind import threat_behind
from monitor.extract.alerts.doubts import is_lesson
from monitor.extract.alerts.endings import names_unread
from monitor.extract.alerts.howlong import is_length_told, is_told_how_often
from monitor.extract.alerts.neighbours import is_of_the_past, names_a_year
from monitor.extract.alerts.proposals import FORMAL, Proposal, add_sites, is_headline, level_of
from monitor.extract.alerts.sirens import (
    countries_of,
    is_all_of_country,
    is_bare_alert,
    is_nationwide,
    is_on_a_side,
    is_only_why,
    is_quoted_name,
    is_siren_headline,
    says_siren,
)
from monitor.extract.alerts.threats import threats_in
from monitor.extract.places.units import ref
from monitor.extract.strikes.cutting import piece
from monitor.extract.strikes.doers import is_attacker
from monitor.extract.text.doc import LONG, Doc, Part, Site, unread
from monitor.extract.vetoes import blocks, clause_starts, same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["again_in", "over_a_place", "sirens_in"]

_AWAITED: Final = 4
_BESIDE: Final = 4
_TOLD_OF_ALERT: Final = frozenset(
    ("alert", "place", "prep", "conj", "level", "mark", "time", "verb", "weapon", "model", "weekday", "claim",
     "claimant", "side")
)  # fmt: skip
_SAFETY: Final = frozenset(("safety",))
_RENEWED: Final = _SAFETY | {"until", "if"}


def again_in(doc: Doc, part: Part) -> list[Proposal]:
    """ "Sirens are sounding again, minutes after the all-clear": no end, but a beginning."""
    sirens = part.of("alert.siren", "alert.signal")
    again = part.of("time.again")
    is_on = any(
        abs(a.i - s.i) <= 6 and abs(d.i - s.i) <= 3 for s in sirens for a in again for d in part.of("alert.declared")
    )
    is_on = is_on or any(_is_renewed(part, siren) for siren in sirens)
    is_told = is_on and not part.has("veto.negation", "veto.hypothetical", "veto.future")
    return sirens_in(doc, part, is_again=True) if is_told else []


def _is_renewed(part: Part, siren: Mention) -> bool:
    """ "Air alert again in A, ten minutes after the all-clear": the word right beside it, and its end told behind."""
    ends = part.of("veto.until", "veto.if", "alert.all_clear", "alert.all_clear_siren", "alert.lifted")
    is_again = any(-_BESIDE <= a.i - siren.j <= _BESIDE - 2 for a in part.of("time.again"))
    return is_again and bool(part.sites) and all(m.i >= siren.j for m in ends)


def over_a_place(doc: Doc, part: Part) -> list[Proposal]:
    """ "Air alert over Kyiv": the word of the end is a preposition, and the alert is on."""
    over = [m for m in part.of("alert.all_clear_siren", "alert.lifted") if is_a_preposition(doc, part, m)]
    ends = part.of("alert.all_clear_siren", "alert.all_clear", "alert.lifted", "alert.over", "alert.event_over")
    if not over or len(ends) != 1 or not part.sites:
        return []
    if over[0].concept == "alert.lifted" and not is_bare_alert(doc, part, over[0]):
        return []  # "alert over an outbreak of flu in A"
    return sirens_in(doc, part, over=over[0])


def sirens_in(doc: Doc, part: Part, *, is_again: bool = False, over: Mention | None = None) -> list[Proposal]:
    early = part.of("alert.early_notice")
    is_on = early and any(
        m.j <= early[0].i or (m.i >= early[0].j and part.has("alert.declared")) for m in part.of("alert.siren")
    )  # "sirens in A: a launch was detected"
    if early and not is_on:
        proposal = Proposal("threat", "missile", part, early[0].concept)
        add_sites(proposal, part.sites)
        return [proposal]
    for concept, threat in FORMAL:
        formal = part.of(concept)
        if formal and not blocks(doc, part, formal[0]) and not _is_what_hurt(part, formal[0]):
            proposal = Proposal("start", threat, part, concept)
            add_sites(proposal, part.sites)
            return [proposal]
    siren = [over] if over is not None else part.of("alert.siren") or part.of("alert.signal")
    if not siren or (part.has("alert.lasts") and not part.sites and not doc.area):
        return []
    awaited = part.of("alert.expected")
    if awaited and any(0 <= siren[0].i - m.j <= _AWAITED and same_clause(doc, part, m.i, siren[0].i) for m in awaited):
        return []  # "we expect another alert", "when in A the sirens sound"
    before = doc.parts[part.n - 1] if part.n and not part.sites else None
    if before is not None and "habit" in before.vetoes and before.line == part.line:
        return []  # "Several times a week she goes down into the underground - while sirens wail above"
    if not part.sites and (names_unread(doc, part, siren[0]) or is_on_a_side(doc, part)):
        return []  # "alert in a school of Kyiv": of no place that is known
    trigger = siren[0]
    is_opening = trigger.concept == "alert.signal" and not part.has("alert.declared", "mark.start")
    if _is_not_now(doc, part, trigger, is_opening=is_opening, is_again=is_again):
        return []
    if part.has("mark.end"):
        doc.note(trigger.i, trigger.j, "the sign says all-clear, the words say alert: danger wins")
    proposal = Proposal("start", "air", part, trigger.concept, level=level_of(part))
    proposal.is_everywhere = part.has("alert.everywhere")
    flight = _flight_behind(doc, part, trigger)
    is_everywhere = proposal.is_everywhere
    sites = _sites_of(doc, part, trigger, flight, is_everywhere=is_everywhere, is_opening=is_opening)
    if sites and not (sites := under_alert(doc, part, sites)):
        return []
    if is_opening and is_nationwide(doc, part, trigger):
        proposal.sites = [ref(doc.lexicon, country) for country in countries_of(doc, part)[:1]]
        proposal.is_everywhere = not proposal.sites
        return [proposal] if proposal.sites or is_all_of_country(doc, part, trigger) else []
    add_sites(proposal, [s for s in sites if not is_attacker(doc, part, s) and not _is_of_blast(part, s)] or sites)
    if part.has("mark.partial", "mark.info") and not part.has("alert.declared", "mark.start"):
        proposal.ongoing = True
    if flight is not None:
        return [proposal, *threats_in(doc, flight)]
    return [proposal, *threat_behind(doc, part, trigger, proposal)]


def _was(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "There was an alert, but ...": nothing but the verb behind the word up to a comma or the end."""
    if part.has("alert.declared", "mark.start"):
        return False
    ahead = doc.at[trigger.i - 1] if trigger.i > part.i else None
    verb = doc.at[trigger.j] if trigger.j < part.j else None
    if doc.lang not in doc.lexicon.settings.get("articled", ()) and any(
        m is not None and m.concept == "verb.aux" for m in (ahead, verb, _behind_its_place(doc, part, trigger))
    ):
        return True  # where no such verb makes a passive: "lasted the alert in A", "the alert in A was false"
    if verb is None or verb.concept != "verb.aux":
        return False
    return (
        verb.j >= part.j
        or doc.tokens[verb.j].kind == "p"
        or ((at := doc.at[verb.j]) is not None and at.concept == "time.at")
    )


def _behind_its_place(doc: Doc, part: Part, trigger: Mention) -> Mention | None:
    """What stands behind the alert and the place that it is in."""
    k = trigger.j
    while k < part.j and (m := doc.at[k]) is not None and m.group in ("prep", "place", "level"):
        k = m.j
    return doc.at[k] if k < part.j else None


def _is_on_a_condition(part: Part, trigger: Mention) -> bool:
    """ "An alert in A, if missiles fly": what it hangs on stands behind it, and nobody is told to take shelter."""
    if part.has("mark.start", "alert.declared", "alert.shelter", "alert.attention"):
        return False
    return any(m.i >= trigger.j for m in part.of("veto.if"))


def _is_probable(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "By night an alert is likely", "an alert in A is possible after 23:00": it ends its clause, but for a time."""
    words = doc.lexicon.settings.get("probable", ())
    for k in range(trigger.j, part.j) if words else ():
        if doc.tokens[k].f in words and same_clause(doc, part, trigger.i, k):
            behind = doc.at[k + 1] if k + 1 < part.j else None
            return k + 1 >= part.j or doc.tokens[k + 1].kind == "p" or (behind is not None and behind.group == "time")
    return False


def _is_told_back(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Following the sirens that sounded in A, a drone was shot down": sirens that are known, told of again."""
    if part.has("alert.still", "mark.start", "time.now") or trigger.j >= part.j:
        return False
    return doc.tokens[trigger.j].f in doc.lexicon.settings.get("relatives", ()) and part.has("alert.declared")


def _is_heading_of_fear(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Alert: in A the Russians may strike again": what is feared behind the colon, and no siren."""
    if trigger.i > part.i or doc.tokens[trigger.j].text != ":" or part.has("alert.declared", "mark.start"):
        return False
    return any(0 <= m.i - s.j <= 1 for s in part.of("side") for m in part.of("veto.hypothetical"))


def _is_what_hurt(part: Part, fire: Mention) -> bool:
    """ "Three were hurt by rocket fire on A": what happened, no alert of now."""
    is_cause = any(0 <= fire.i - m.j <= 1 for m in part.of("veto.cause", "time.after"))
    return part.has("toll.killed", "toll.injured") and (is_cause or any(m.i < fire.i for m in part.of("toll")))


def _is_not_now(doc: Doc, part: Part, trigger: Mention, *, is_opening: bool, is_again: bool) -> bool:
    """Whether the word of an alert declares none here and now: awaited, denied, asked, recalled, of another kind."""
    if not part.sites and (is_quoted_name(doc, part, trigger) or is_lesson(doc, part)):
        return True  # "who uses the app «Air alert»"
    if is_opening and not is_siren_headline(doc, part, trigger):
        return True
    renewed = part.has("time.again") and _is_renewed(part, trigger)
    if blocks(doc, part, trigger, ignore=_RENEWED if renewed else _SAFETY) or part.has("signal.retraction"):
        return True
    if part.has("veto.until") and not renewed:
        return True
    if not renewed and _is_on_a_condition(part, trigger):
        return True
    if part.has("veto.hypothetical") and _is_heading_of_fear(doc, part, trigger):
        return True
    is_lifted = any(m.i != trigger.i for m in part.of("alert.lifted"))
    if (is_lifted or is_said_over(doc, part, trigger)) and not is_again:
        return True
    if _was(doc, part, trigger) or _is_told_back(doc, part, trigger) or _is_probable(doc, part, trigger):
        return True
    if not part.has("mark.start") and (is_length_told(doc, part, trigger) or is_told_how_often(doc, part)):
        return True
    asked = any(t.text in "?\u2049\u061f" for t in doc.tokens[max(part.i, part.j - 2) : part.j])
    if asked and not part.has("mark.start"):
        return True
    if any(w.period in LONG for w in part.whens):
        return True  # "the sirens sounded 2,100 times since the war began"
    if is_only_why(doc, part, trigger) or _is_not_declared(doc, part) or _is_of_another_kind(doc, part, trigger):
        return True
    if any(n.j == trigger.i and n.value > 1 and doc.tokens[n.i - 1].text not in ":." for n in part.numbers) and (
        not part.has("mark.start")):  # fmt: skip
        return True  # "three air alerts in the night": how many there were
    is_live = part.has("mark.start", "time.now", "time.today", "weekday")
    if not is_live and (is_of_the_past(doc, part) or names_a_year(doc, part)):
        return True
    if part.has("time.hour", "count.other") and not part.has("alert.declared", "mark.start") and not renewed:
        return True
    return not part.has("alert.declared", "mark.start") and not is_opening and not is_headline(doc, part, trigger)


def _sites_of(
    doc: Doc, part: Part, trigger: Mention, flight: Part | None, *, is_everywhere: bool, is_opening: bool
) -> list[Site]:
    """The places that a declared alert is told of, without those of what comes or was struck."""
    is_some = part.has("level.oblasts") and not part.has("num.all", "alert.everywhere")  # "in some regions of A"
    sites = [s for s in part.sites if (flight is None or s.i < flight.i) and s.ref.level != "sea"]
    sites = [] if is_some and all(s.ref.level == "country" for s in sites) else sites
    if is_everywhere:  # "missiles fly to A, alerts have been declared in the whole country"
        sites = [s for s in sites if s.role != "target" or s.i > trigger.i or same_clause(doc, part, s.i, trigger.i)]
    if is_everywhere and part.has("veto.negation"):
        quiet = [m.i for m in part.of("veto.negation") if not same_clause(doc, part, m.i, trigger.i)]
        sites = [s for s in sites if not any(same_clause(doc, part, s.i, k) for k in quiet)]  # "but none in A"
    defended = part.of("alert.under_attack")  # "alert in A, air defence at work in B"
    sites = [s for s in sites if s.i < trigger.i or same_clause(doc, part, s.i, trigger.i) or not any(
        same_clause(doc, part, s.i, m.i) for m in defended)] or sites  # fmt: skip
    why = next((m.i for m in part.of("weapon", "model") if m.i > trigger.j), None)
    if why is not None and any(s.i < why for s in sites) and part.has("prep.past", "veto.cause"):
        sites = [s for s in sites if s.i < why]  # "alert in A because of a drone near B"
    struck = [m.i for m in part.of("strike") if m.i < trigger.i]
    if trigger.i > part.i and (is_opening or (struck and not same_clause(doc, part, struck[-1], trigger.i))):
        sites = [s for s in sites if s.i > trigger.i] or sites
    return sites


def _is_of_blast(part: Part, site: Site) -> bool:
    """ "Explosions heard in A as sirens sound across B": A is where they were heard."""
    ahead = [m for m in part.of("strike.explosion", "alert.siren", "alert.signal") if m.i < site.i]
    return bool(ahead) and ahead[-1].concept == "strike.explosion"


def _flight_behind(doc: Doc, part: Part, trigger: Mention) -> Part | None:
    """ "Air alert in A: missiles are heading for B": the clauses behind the place under alert, where they tell of
    weapons on their way to another."""
    aimed = [s for s in part.sites if s.role == "target" and s.i > trigger.j]
    if not aimed or not part.has("weapon", "model"):
        return None
    cut = next((k for k in reversed(clause_starts(doc, part)) if trigger.j < k < aimed[0].i), None)
    if cut is None or not any(s.i < cut and s.role in ("at", "name") for s in part.sites):
        return None
    behind = piece(part, cut, part.j)
    flies = behind.has("alert.fly") or any(m.j - m.i > 1 for m in behind.of("prep.to"))  # "heading for"
    return behind if flies and behind.has("weapon", "model") else None


def _is_of_another_kind(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Fire alarm in A": the bare word behind one that nobody knows, with no verb that declares it."""
    k = trigger.i - 1
    if _is_one_of_many(doc, part, trigger):
        return True
    if part.has("alert.declared", "mark.start", "alert.attention"):
        return False
    if _is_of_a_thing(doc, part, trigger):
        return True
    if trigger.j - trigger.i > 1 or k < part.i:
        return False
    word = doc.tokens[k]
    return doc.at[k] is None and word.kind == "w" and len(word.f) > 4 and not is_announcing(doc, k)


def _is_one_of_many(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "The police issued an alert for a missing girl in A": the bare word, in a language that joins nouns to it, is
    one of the air only where nothing else is told."""
    settings = doc.lexicon.settings
    if doc.lang not in settings.get("compounds", ()) or doc.lang in settings.get("verb_last", ()):
        return False
    if trigger.j - trigger.i > 1 or trigger.concept != "alert.signal" or not says_siren(doc, trigger.i, trigger.j):
        return False
    words = unread(doc, part) - sum(1 for k in range(part.i, part.j) if doc.at[k] is None and is_announcing(doc, k))
    return words > 0 or not all(m.group in _TOLD_OF_ALERT for m in part.mentions)


def _is_of_a_thing(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Air raid siren museum opens": a noun behind the alert, in a language that joins them so without a hyphen."""
    settings = doc.lexicon.settings
    if doc.lang not in settings.get("compounds", ()) or doc.lang in settings.get("verb_last", ()):
        return False
    word = doc.tokens[trigger.j] if trigger.j < part.j else None
    if word is None or word.kind != "w" or not word.is_lower:
        return False
    behind = doc.at[trigger.j]
    if behind is not None:
        return behind.group == "target"
    return len(word.f) > 3 and not is_announcing(doc, trigger.j)


def _is_not_declared(doc: Doc, part: Part) -> bool:
    """ "The sirens did not sound", "an alert will be declared": a denial or a "will" right before the verb."""
    return any(
        0 < m.i - no.j + 1 <= 3 and same_clause(doc, part, no.i, m.i)
        for m in part.of("alert.declared") for no in part.of("veto.negation", "veto.future", "alert.expected")
    )  # fmt: skip
