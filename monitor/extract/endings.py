"""Alerts and threats that a sentence says are over, or still on; in doubt nothing ends."""

from __future__ import annotations

from monitor.extract.clearing import is_declared_again, why_narrower
from monitor.extract.doc import Doc, Part
from monitor.extract.mentions import Mention
from monitor.extract.proposals import THREAT, Proposal, add_sites, threats_named, without_parents
from monitor.extract.units import ancestors
from monitor.extract.vetoes import blocks, clause_starts, same_clause
from monitor.model import PlaceRef

__all__ = [
    "ended_in",
    "is_doubtful",
    "is_of_bare_alert",
    "of_the_alert_before",
    "says_siren",
    "still_behind",
    "still_on",
]

_NO_END = (
    "alert.expected", "veto.hypothetical", "veto.until", "veto.future", "veto.question", "veto.if", "veto.denied",
    "alert.clean", "time.yesterday", "veto.joke",
)  # fmt: skip
_OWN_SUBJECT = frozenset(("alert.threat", "alert.danger", "strike.attack"))
_NOT_STILL = frozenset(("veto.negation", "veto.if", "veto.denied", "veto.hypothetical", "alert.lifted", "weapon.drone"))


def still_on(doc: Doc, part: Part, so_far: list[Proposal]) -> list[Proposal]:
    m = part.of("alert.still", "alert.lasts")[0]
    names_siren = part.has("alert.siren", "alert.all_clear", "alert.all_clear_siren") or m.data.get("siren")
    had_alert = any(p.status in ("end", "start") for p in so_far)
    names_siren = names_siren or part.has("alert.signal") or says_siren(doc, m.i, m.j)
    if not (names_siren or had_alert) or part.has("weapon", "alert.threat", "alert.under_attack"):
        return []
    if blocks(doc, part, m, ignore=frozenset(("negation",))):
        return []
    out = []
    before = [s for s in part.sites if s.j <= m.i and not same_clause(doc, part, s.i, m.i)]
    before = before or [s for s in part.sites if s.j <= m.i and not any(x.i >= s.j for x in part.of("conj.but"))]
    clear = [x for x in part.of("alert.all_clear_siren", "alert.lifted") if x.i < m.i]
    if clear and before and not is_doubtful(doc, part, clear[0]):
        ended = Proposal("end", "air", part, clear[0].concept)
        add_sites(ended, before)
        out.append(ended)
        sites = [s for s in part.sites if s not in before]
    else:
        sites = part.sites
    proposal = Proposal("start", "air", part, m.concept, ongoing=True)
    add_sites(proposal, sites)
    out.append(proposal)
    return out


def still_behind(doc: Doc, part: Part, found: list[Proposal]) -> list[Proposal]:
    """ "... has passed, but the air alert in the region continues": on top of what the first clause says."""
    cuts = [(m.i, m.j, True) for m in part.of("conj.but")]
    cuts += [(start, start, False) for start in clause_starts(doc, part)[1:]]
    for before, behind, is_but in cuts:
        rest = [m for m in part.mentions if m.i >= behind]
        on = [m for m in rest if m.concept in ("alert.still", "alert.lasts")]
        siren = [m for m in rest if m.concept in ("alert.siren", "alert.signal")]
        if is_but and not any(_is_subject(m) for m in rest if on and m.i < on[0].i):
            siren = siren or [m for m in part.mentions if m.i < before and m.concept in ("alert.siren", "alert.signal")]
        elif not siren or not (is_but or found) or _has_own_subject(part, siren[0], on):
            continue
        if not on or not (siren or says_siren(doc, on[0].i, on[0].j)) or any(m.concept in _NOT_STILL for m in rest):
            continue
        proposal = Proposal("start", "air", part, on[0].concept, ongoing=True)
        add_sites(proposal, [s for s in part.sites if s.i >= behind] or list(part.sites))
        return [proposal] if proposal.sites or found else []
    return []


def _is_subject(m: Mention) -> bool:
    return m.concept in _OWN_SUBJECT or m.group in ("weapon", "model")


def _has_own_subject(part: Part, siren: Mention, on: list[Mention]) -> bool:
    """ "Sirens are silent, the ballistic threat remains": what remains is not the siren."""
    return bool(on) and any(siren.j <= m.i < on[0].i and _is_subject(m) for m in part.mentions)


def says_siren(doc: Doc, i: int, j: int) -> bool:
    """Whether one of the tokens ``i`` to ``j`` is a word for the alert."""
    stems = tuple(doc.lexicon.settings.get("siren_stems", ()))
    return any(doc.tokens[k].f.startswith(stems) for k in range(i, j))


def ended_in(doc: Doc, part: Part, so_far: list[Proposal]) -> list[Proposal] | None:
    """The end that a sentence announces; [] where it speaks of one without announcing it; None: not about an end."""
    named = threats_named(doc, part)
    landing = part.of("alert.landing")
    if landing and part.has("weapon.mig31k") and not part.has("veto.negation"):
        return [Proposal("end", "mig31k", part, "alert.landing")]
    over = part.of("alert.over")
    if over and part.has("alert.threat", "alert.danger") and not part.has("alert.all_clear"):
        if blocks(doc, part, over[0], ignore=frozenset(("negation",))) or part.has(*_NO_END):
            return []
        return _ends_of_threats(doc, part, named, over[0])
    clear = part.of("alert.all_clear_siren", "alert.event_over")
    bare = part.of("alert.all_clear")
    lifted = [
        m for m in part.of("alert.lifted", "alert.over")
        if _is_of_siren(doc, part, m) or is_of_bare_alert(doc, part, m) or _goes_on(doc, part, so_far)
    ]  # fmt: skip
    if bare and lifted and _is_headed(doc, part, bare[0], lifted[0]):
        bare = []
    if not clear and not bare and not lifted and part.has("alert.danger", "alert.threat"):
        ended = part.of("alert.lifted")
        if ended and not is_doubtful(doc, part, ended[0]):
            return _ends_of_threats(doc, part, named, ended[0])
        if ended and not part.has("alert.still", "veto.negation"):
            return []
    announced = clear or bare or lifted
    if not announced:
        return None
    trigger = announced[0]
    if is_doubtful(doc, part, trigger):
        doc.note(trigger.i, trigger.j, "an all-clear spoken of, not announced")
        return []
    if not clear and bare and not (says_siren(doc, bare[0].i, bare[0].j) and is_of_bare_alert(doc, part, bare[0])):
        if part.has("alert.threat", "alert.danger", "strike.attack") or named:
            return _ends_of_threats(doc, part, named, trigger)
        doc.note(trigger.i, trigger.j, "a bare stand-down: it does not say what ends")
        return []
    tail = [m for m in part.mentions if m.i >= trigger.j and m.concept in ("alert.threat", "alert.danger")]
    if named and tail and not clear:
        return _ends_of_threats(doc, part, named, trigger)
    if part.has("mark.start"):
        doc.note(trigger.i, trigger.j, "the sign says alert, the words say all-clear: never an end")
        return []
    proposal = Proposal("end", "air", part, trigger.concept, is_everywhere=part.has("alert.everywhere"))
    stop = min(
        (m.i for m in part.mentions if m.concept in ("conj.but", "alert.still") and m.i > trigger.i), default=part.j
    )
    add_sites(proposal, without_parents(doc, [s for s in part.sites if s.i < stop]))
    if not proposal.sites and _names_unknown(doc, part, trigger):
        doc.note(trigger.i, trigger.j, "an all-clear for a place that is not known: never one for everything")
        return []
    if part.has("alert.partial"):
        doc.note(trigger.i, trigger.j, "a partial all-clear ends no whole region's alert")
        return []
    sites = [s for s in part.sites if s.i < stop]
    reason = why_narrower(doc, part, trigger, sites, is_everywhere=proposal.is_everywhere)
    if reason is not None:
        doc.note(trigger.i, trigger.j, reason)
        return []
    if is_declared_again(doc, part, trigger):
        doc.note(trigger.i, trigger.j, "ended and declared again: on")
        proposal.status = "start"
    return [proposal]


def _is_of_siren(doc: Doc, part: Part, lifted: Mention) -> bool:
    """Whether it is the alert itself that is lifted, not a threat named in the same clause: "the threat of missiles is
    lifted, the alert over drones goes on"."""
    siren = part.of("alert.siren")
    if any(same_clause(doc, part, m.i, lifted.i) for m in siren):
        return True
    others = part.of("alert.threat", "alert.danger", "weapon", "model")
    return bool(siren) and not any(same_clause(doc, part, m.i, lifted.i) for m in others)


def is_of_bare_alert(doc: Doc, part: Part, lifted: Mention) -> bool:
    """ "The alert in Kyiv is over": the bare word, with nothing that says of what, where air alerts are sounded."""
    sounded = doc.lexicon.settings.get("alert_countries", ())
    sites = [s for s in part.sites if s.role not in ("from", "except", "speaker", "agent")]
    if not sites or part.has("weapon", "model", "alert.threat", "alert.danger", "veto.other_rule", "veto.weather"):
        return False
    if not all(any(a in sounded for a in ancestors(doc.lexicon, s.ref.id)) for s in sites):
        return False
    for m in part.of("prep"):
        if m.i < lifted.j or m.j >= part.j or doc.tokens[m.j].kind == "n" or not same_clause(doc, part, lifted.i, m.i):
            continue
        aim = doc.at[m.j]
        if aim is None or aim.group not in ("place", "level", "time", "num"):
            return False  # "is over for the app only"
    words = [k for k in range(part.i, part.j) if says_siren(doc, k, k + 1)]
    return any(same_clause(doc, part, k, lifted.i) and not _is_specified(doc, part, k) for k in words)


def _is_specified(doc: Doc, part: Part, k: int) -> bool:
    """Whether an unknown word beside the alert says of what it is: "flood alert", "alerte pollution"."""
    m = doc.at[k]
    first, last = (m.i, m.j) if m is not None else (k, k + 1)
    for n in (first - 1, last):
        if part.i <= n < part.j and doc.at[n] is None and doc.tokens[n].kind == "w" and len(doc.tokens[n].f) > 3:
            return True
    after = doc.at[last] if last < part.j else None
    return after is not None and after.concept in ("prep.agent", "veto.cause", "prep.against")


def _goes_on(doc: Doc, part: Part, so_far: list[Proposal]) -> bool:
    """ "Air alert in A; in B it has been lifted": the clause before names what is lifted."""
    last = so_far[-1] if so_far else None
    if last is None or last.part.n != part.n - 1 or last.part.line != part.line or not part.sites:
        return False
    unread = sum(1 for k in range(part.i, part.j) if doc.at[k] is None and doc.tokens[k].kind == "w")
    others = part.has("weapon", "model", "alert.threat", "alert.danger", "veto.other_rule", "target", "count")
    return last.status == "start" and last.rule == "alert.siren" and not others and unread <= 2


def _is_taken_back(doc: Doc, part: Part) -> bool:
    """Whether what follows denies the end, or tells of the next alert."""
    for other in doc.parts[part.n + 1 : part.n + 3]:
        if other.line == part.line and any(not _is_negated(doc, other, m) for m in other.of("veto.denied")):
            return True
        if other.has("veto.joke") or (_begins_with_no(doc, other) and not other.has("alert.still", "alert.lasts")):
            return True
        if other.has("time.again") and other.has("alert.siren", "alert.signal", "alert.declared"):
            return True
    return False


def _is_negated(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Do not ignore": a denial that is itself denied."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    return before is not None and before.concept == "veto.negation"


def _begins_with_no(doc: Doc, part: Part) -> bool:
    """ "Oh no, ...": a denial that stands alone before a comma or a stop takes back what was said before it."""
    return any(m.i - part.i <= 2 and m.j < part.j and doc.tokens[m.j].kind == "p" for m in part.of("veto.negation"))


def _is_told_after(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "After the alert in A was lifted, ...": an end in passing; "after two hours" only says how long it took."""
    for m in part.of("time.after"):
        if m.i >= trigger.i or not same_clause(doc, part, m.i, trigger.i):
            continue
        after = doc.at[m.j] if m.j < part.j else None
        is_length = doc.tokens[min(m.j, part.j - 1)].kind == "n" or (
            after is not None and after.group in ("num", "bound", "time", "month")
        )
        if not is_length:
            return True
    return False


def _is_headed(doc: Doc, part: Part, bare: Mention, lifted: Mention) -> bool:
    """ "All clear in Kyiv: the air alert was lifted": what was lifted is the alert of a clause of its own."""
    sirens = [m for m in part.of("alert.siren") if bare.j <= m.i < lifted.i]
    return any(not same_clause(doc, part, bare.i, m.i) and same_clause(doc, part, m.i, lifted.i) for m in sirens)


def _names_unknown(doc: Doc, part: Part, trigger: Mention) -> bool:
    """Whether the sentence goes on with what looks like a place: a word behind "in" or a colon that nobody knows."""
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


def _is_little(word: str) -> bool:
    return len(word) <= 3


def _is_name(word: str) -> bool:
    """A capital, or a letter of an alphabet that has none."""
    return word[0].isupper() or word[0].lower() == word[0].upper()


def _is_elsewhen(doc: Doc, part: Part) -> bool:
    """Whether the sentence names a time before today: what ended then may have begun again since."""
    if part.has("time.yesterday", "time.ago"):
        return True
    today = doc.local.date() if doc.local is not None else None
    for when in part.whens:
        if when.period in ("week", "month", "season", "year", "war") or when.is_retro:
            return True
        if today is not None and when.date is not None and when.date[-10:] < today.isoformat():
            return True
    return False


def _is_of_something_else(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Lessons were cancelled because of an air alert", "the alert cancelled flights": something else was ended."""
    sirens = part.of("alert.siren", "alert.signal", "alert.all_clear_siren")
    if any(0 <= siren.i - cause.j <= 2 for cause in part.of("veto.cause") for siren in sirens):
        return True
    after = doc.at[trigger.j] if trigger.j < part.j else None
    return after is not None and after.group in ("count", "target", "person")


def _is_on_once_more(part: Part, trigger: Mention) -> bool:
    """ "The all-clear was given, but within minutes the sirens were back": no place of its own behind the "but"."""
    for but in part.of("conj.but"):
        rest = [m for m in part.of("alert.siren", "alert.signal") if m.i >= but.j]
        if but.i > trigger.i and rest and not any(s.i >= but.j for s in part.sites):
            return True
    return False


def _is_hearsay(doc: Doc, part: Part) -> bool:
    """ "They say that ...": a verb of saying before everything else, and nobody named who says it."""
    first = doc.at[part.i] if part.i < part.j else None
    return first is not None and first.group == "claim" and not part.has("claimant")


def is_doubtful(doc: Doc, part: Part, trigger: Mention) -> bool:
    """Whether an end is awaited, supposed, denied or mentioned in passing."""
    if part.vetoes & {"until", "question", "habit", "denied", "history"} or part.has(*_NO_END):
        return True
    if _is_hearsay(doc, part) or _is_elsewhen(doc, part) or doc.tokens[part.j - 1].text in "?\u2049\u061f":
        return True
    if _is_of_something_else(doc, part, trigger) or _is_on_once_more(part, trigger):
        return True
    if part.has("alert.partial", "signal.retraction", "time.tomorrow", "veto.if"):
        return True
    again = part.has("time.again") and (
        not part.has("alert.danger") or any(same_clause(doc, part, m.i, trigger.i) for m in part.of("time.again"))
    )
    if again or part.has("veto.other_rule") or _is_taken_back(doc, part) or _is_told_after(doc, part, trigger):
        return True
    if "all_clear" in trigger.concept and part.has("alert.lifted"):
        return True
    if trigger.concept.startswith("alert.all_clear") and any(m.i >= trigger.j for m in part.of("alert.lifted")):
        return True  # the all-clear itself was taken back
    for m in part.mentions:
        if m.concept == "veto.negation" and (abs(m.i - trigger.i) <= 4 or same_clause(doc, part, m.i, trigger.i)):
            return True
        if m.concept == "place.vague" and not part.sites:
            return True
    before = doc.at[trigger.i - 1] if trigger.i > part.i else None
    if before is not None and before.concept in ("prep.until", "prep.by", "prep.from", "prep.at", "prep.on", "prep.to"):
        return True
    unknown = sum(1 for k in range(part.i, trigger.i) if doc.at[k] is None and doc.tokens[k].kind == "w")
    return unknown > 3 and not part.has("alert.declared", "alert.lifted", "claim")


def _ends_of_threats(doc: Doc, part: Part, named: list[str], trigger: Mention) -> list[Proposal]:
    on = part.of("alert.still")
    sites = [s for s in part.sites if not any(same_clause(doc, part, s.i, m.i) for m in on)]
    here = [m for m in part.mentions if m.group in ("weapon", "model") and same_clause(doc, part, m.i, trigger.i)]
    if here and len(named) > 1:
        there = [m for m in part.of("weapon", "model") if m not in here]
        named = [x for x in named if any(THREAT.get(_kind(m)) == x for m in here)] or named if there else named
    out = []
    for threat in named or ["other"]:
        proposal = Proposal("end", "other" if threat == "air" else threat, part, trigger.concept)
        add_sites(proposal, sites)
        out.append(proposal)
    return out


def _kind(m: Mention) -> str:
    return str(m.data.get("weapon", "")) or m.concept.partition(".")[2]


def of_the_alert_before(p: Proposal, proposals: list[Proposal]) -> list[PlaceRef]:
    """ "Air alert in A! Guided bombs." : the threat is where the alert beside it is."""
    for other in proposals:
        is_narrow = all(site.level != "country" for site in other.sites)
        if other.status == "start" and not other.ongoing and is_narrow and 0 < p.part.n - other.part.n <= 2:
            return list(other.sites)
    return []
