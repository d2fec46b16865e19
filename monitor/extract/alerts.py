"""Alerts: sirens begun, ended and still on, threats and their ends. A false all-clear is the worst reading there is.

Every sentence makes at most a few *proposals*; lists below a header add their places to it; at the end the proposals
are merged and everything that could clear a place by mistake is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.extract.clearing import is_declared_again, why_narrower
from monitor.extract.doc import Doc, Part, Site
from monitor.extract.mentions import Mention
from monitor.extract.places import ancestors, ref, scope
from monitor.extract.vetoes import blocks, same_clause
from monitor.extract.weapons import weapons_of
from monitor.model import AlertReport, Evidence, Moment, PlaceRef

__all__ = ["read_alerts"]

_THREAT = {
    "drone": "drone", "missile": "missile", "ballistic": "ballistic", "guided_bomb": "guided_bomb", "rocket": "missile",
    "artillery": "artillery", "mixed": "air", "fast": "missile", "mig31k": "mig31k", "device": "drone",
}  # fmt: skip
_MOST = 300
_SET_ASIDE = ("drill", "siren_test", "sport", "game", "labour", "trade", "losses", "history", "summary")
_PAST_ACTS = (
    "act.shot_down", "act.merged", "act.lost", "act.left", "act.detected", "toll", "strike.hit", "strike.damage",
    "strike.debris", "act.suppressed",
)  # fmt: skip
_NO_END = (
    "alert.expected", "veto.hypothetical", "veto.until", "veto.future", "veto.question", "veto.if", "veto.denied",
    "alert.clean", "time.yesterday",
)  # fmt: skip

_NOT_STILL = frozenset(("veto.negation", "veto.if", "veto.denied", "veto.hypothetical", "alert.lifted", "weapon.drone"))


@dataclass(slots=True)
class Proposal:
    """An alert report in the making."""

    status: str
    threat: str | None
    part: Part
    rule: str
    sites: list[PlaceRef] = field(default_factory=list)
    excepted: list[PlaceRef] = field(default_factory=list)
    ongoing: bool = False
    level: str | None = None
    is_everywhere: bool = False
    is_from_tag: bool = False
    confidence: float = 0.95


def read_alerts(doc: Doc) -> list[AlertReport]:
    """All alert reports of a text, in order."""
    proposals: list[Proposal] = []
    open_: Proposal | None = None
    for n, part in enumerate(doc.parts):
        if _is_tag_line(part):
            open_ = None
            continue
        found = _propose(doc, part, proposals, n)
        if not any(p.ongoing for p in found):
            found += _still_behind(doc, part, found)
        if found and _is_call_of(found, proposals, n):
            _add_sites(proposals[-1], part.sites)
        elif found:
            proposals += found
            open_ = found[-1] if found[-1].status in ("start", "end") else None
        elif open_ is not None and _is_list_item(doc, part):
            _add_sites(open_, part.sites)
        elif open_ is not None and part.line != open_.part.line and not _is_blank(part):
            open_ = None
    _take_header_places(doc, proposals)
    _take_tags(doc, proposals)
    return _reports(doc, _merged(doc, proposals))


def _is_call_of(found: list[Proposal], so_far: list[Proposal], n: int) -> bool:
    """ "Ballistics from the south! Odesa, Mykolaiv, take shelter": the call names who is under the threat before it."""
    last = so_far[-1] if so_far else None
    return (
        found[0].rule == "alert.attention"
        and last is not None
        and last.status == "threat"
        and not last.sites
        and not last.is_everywhere
        and n - last.part.n == 1
    )


def _propose(doc: Doc, part: Part, so_far: list[Proposal], n: int) -> list[Proposal]:
    groups = part.groups
    if "alert" not in groups and "weapon" not in groups and "model" not in groups:
        return _elliptic_course(doc, part)
    if not part.vetoes.isdisjoint(_SET_ASIDE):
        return []
    if part.has("alert.still") and (still := _still(doc, part, so_far)):
        return still
    if part.has("alert.lasts") and part.has("alert.siren") and (still := _still(doc, part, so_far)):
        return still
    if part.has("alert.all_clear_siren", "alert.all_clear", "alert.lifted", "alert.over", "alert.event_over",
                "alert.landing"):  # fmt: skip
        ended = _ended(doc, part, so_far)
        if ended is not None:
            return ended
    if part.has("alert.danger") and not part.has("alert.siren") and (danger := _danger(doc, part, so_far)):
        return danger
    if part.has("alert.siren", "alert.signal", "alert.rockets_fire", "alert.hostile_aircraft", "alert.early_notice"):
        started = _siren(doc, part)
        if started:
            return started
    if part.has("alert.danger") and (danger := _danger(doc, part, so_far)):
        return danger
    return _threats(doc, part)


# ── still on, and ended ───────────────────────────────────────────────────────────────────────────


def _still(doc: Doc, part: Part, so_far: list[Proposal]) -> list[Proposal]:
    m = part.of("alert.still", "alert.lasts")[0]
    names_siren = part.has("alert.siren", "alert.all_clear", "alert.all_clear_siren") or m.data.get("siren")
    had_alert = any(p.status in ("end", "start") for p in so_far)
    names_siren = names_siren or part.has("alert.signal") or _says_siren(doc, m)
    if not (names_siren or had_alert) or part.has("weapon", "alert.threat", "alert.under_attack"):
        return []
    if blocks(doc, part, m, ignore=frozenset(("negation",))):
        return []
    out = []
    before = [s for s in part.sites if s.j <= m.i and not same_clause(doc, part, s.i, m.i)]
    before = before or [s for s in part.sites if s.j <= m.i and not any(x.i >= s.j for x in part.of("conj.but"))]
    clear = [x for x in part.of("alert.all_clear_siren", "alert.lifted") if x.i < m.i]
    if clear and before and not _is_doubtful(doc, part, clear[0]):
        ended = Proposal("end", "air", part, clear[0].concept)
        _add_sites(ended, before)
        out.append(ended)
        sites = [s for s in part.sites if s not in before]
    else:
        sites = part.sites
    proposal = Proposal("start", "air", part, m.concept, ongoing=True)
    _add_sites(proposal, sites)
    out.append(proposal)
    return out


def _still_behind(doc: Doc, part: Part, found: list[Proposal]) -> list[Proposal]:
    """ "... has passed, but the air alert in the region continues": on top of what the first clause says."""
    for cut in part.of("conj.but"):
        rest = [m for m in part.mentions if m.i >= cut.j]
        on = [m for m in rest if m.concept in ("alert.still", "alert.lasts")]
        siren = [m for m in rest if m.concept in ("alert.siren", "alert.signal")]
        siren = siren or [m for m in part.mentions if m.i < cut.i and m.concept in ("alert.siren", "alert.signal")]
        if not on or not (siren or _says_siren(doc, on[0])) or any(m.concept in _NOT_STILL for m in rest):
            continue
        proposal = Proposal("start", "air", part, on[0].concept, ongoing=True)
        _add_sites(proposal, [s for s in part.sites if s.i >= cut.j] or list(part.sites))
        return [proposal] if proposal.sites or found else []
    return []


def _says_siren(doc: Doc, m: Mention) -> bool:
    stems = doc.lexicon.settings.get("siren_stems", ())
    return any(doc.tokens[k].f.startswith(stem) for k in range(m.i, m.j) for stem in stems)


def _ended(doc: Doc, part: Part, so_far: list[Proposal]) -> list[Proposal] | None:
    """The end that a sentence announces; [] where it speaks of one without announcing it; None: not about an end."""
    named = _threats_named(doc, part)
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
    lifted = part.of("alert.lifted", "alert.over") if part.has("alert.siren") else []
    if bare and lifted and _is_headed(doc, part, bare[0], lifted[0]):
        bare = []
    if not clear and not bare and not lifted and part.has("alert.danger", "alert.threat"):
        ended = part.of("alert.lifted")
        if ended and not _is_doubtful(doc, part, ended[0]):
            return _ends_of_threats(doc, part, named, ended[0])
    announced = clear or bare or lifted
    if not announced:
        return None
    trigger = announced[0]
    if _is_doubtful(doc, part, trigger):
        doc.note(trigger.i, trigger.j, "an all-clear spoken of, not announced")
        return []
    if not clear and bare:
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
    _add_sites(proposal, _without_parents(doc, [s for s in part.sites if s.i < stop]))
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


def _is_taken_back(doc: Doc, part: Part) -> bool:
    """Whether what follows denies the end, or tells of the next alert."""
    for other in doc.parts[part.n + 1 : part.n + 3]:
        if other.line == part.line and other.has("veto.denied"):
            return True
        if other.has("time.again") and other.has("alert.siren", "alert.signal", "alert.declared"):
            return True
    return False


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


def _without_parents(doc: Doc, sites: list[Site]) -> list[Site]:
    """ "Of the Boryspil raion of the Kyiv oblast": the oblast only says where the raion lies."""
    out: list[Site] = []
    for site in sites:
        last = out[-1] if out else None
        if last is not None and site.i == last.j and site.ref.id in ancestors(doc.lexicon, last.ref.id):
            continue
        out.append(site)
    return out


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


def _is_doubtful(doc: Doc, part: Part, trigger: Mention) -> bool:
    """Whether an end is awaited, supposed, denied or mentioned in passing."""
    if part.vetoes & {"until", "question", "habit", "denied", "history"} or part.has(*_NO_END):
        return True
    if _is_elsewhen(doc, part) or doc.tokens[part.j - 1].text in "?\u2049\u061f":
        return True
    if part.has("alert.partial", "signal.retraction", "time.tomorrow", "veto.if"):
        return True
    if part.has("time.again", "veto.other_rule") or _is_taken_back(doc, part) or _is_told_after(doc, part, trigger):
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
        named = [x for x in named if any(_THREAT.get(_kind(m)) == x for m in here)] or named if there else named
    out = []
    for threat in named or ["other"]:
        proposal = Proposal("end", "other" if threat == "air" else threat, part, trigger.concept)
        _add_sites(proposal, sites)
        out.append(proposal)
    return out


def _kind(m: Mention) -> str:
    return str(m.data.get("weapon", "")) or m.concept.partition(".")[2]


def _threats_named(doc: Doc, part: Part) -> list[str]:
    out: list[str] = ["mig31k"] if part.has("weapon.mig31k") else []
    for weapon in weapons_of(doc, part):
        threat = _THREAT.get(weapon.kind)
        if threat is not None and threat not in out:
            out.append(threat)
    if "mig31k" in out and "ballistic" in out:
        out.remove("ballistic")
    if "missile" in out and "ballistic" in out and _is_adjacent_missile(part):
        out.remove("missile")
    if len(out) > 1 and "air" in out:
        out.remove("air")
    return out


def _is_adjacent_missile(part: Part) -> bool:
    ballistic = [m for m in part.mentions if m.concept == "weapon.ballistic" or m.data.get("weapon") == "ballistic"]
    missile = [m for m in part.mentions if m.concept == "weapon.missile"]
    return all(any(-2 <= b.i - m.j <= 2 or -2 <= m.i - b.j <= 2 for b in ballistic) for m in missile)


# ── begun ─────────────────────────────────────────────────────────────────────────────────────────


def _siren(doc: Doc, part: Part) -> list[Proposal]:
    early = part.of("alert.early_notice")
    if early:
        proposal = Proposal("threat", "missile", part, early[0].concept)
        _add_sites(proposal, part.sites)
        return [proposal]
    for concept, threat in (("alert.rockets_fire", "missile"), ("alert.hostile_aircraft", "drone")):
        formal = part.of(concept)
        if formal and not blocks(doc, part, formal[0]):
            proposal = Proposal("start", threat, part, concept)
            _add_sites(proposal, part.sites)
            return [proposal]
    siren = part.of("alert.siren") or part.of("alert.signal")
    if not siren:
        return []
    trigger = siren[0]
    if trigger.concept == "alert.signal" and not part.has("alert.declared", "mark.start"):
        return []
    if blocks(doc, part, trigger, ignore=frozenset(("safety",))) or part.has(
        "alert.lifted", "veto.until", "signal.retraction"
    ):
        return []
    if part.has("time.hour", "count.other") and not part.has("alert.declared", "mark.start"):
        return []
    if not part.has("alert.declared", "mark.start") and not _is_headline(doc, part, trigger):
        return []
    if part.has("mark.end"):
        doc.note(trigger.i, trigger.j, "the sign says all-clear, the words say alert: danger wins")
    proposal = Proposal("start", "air", part, trigger.concept, level=_level(part))
    proposal.is_everywhere = part.has("alert.everywhere")
    _add_sites(proposal, part.sites)
    if part.has("mark.partial", "mark.info") and not part.has("alert.declared", "mark.start"):
        proposal.ongoing = True
    return [proposal]


def _is_headline(doc: Doc, part: Part, trigger: Mention) -> bool:
    """A short announcement: nothing but places, signs, clock and the words of the alert."""
    stop = part.j
    if trigger.i == part.i:
        stop = next((k for k in range(trigger.j, part.j) if doc.tokens[k].text == ":"), part.j)
    unknown = sum(
        1
        for k in range(part.i, stop)
        if doc.at[k] is None and doc.tokens[k].kind == "w" and not (trigger.i <= k < trigger.j)
    )
    return unknown <= 2 and stop - part.i <= 40


def _level(part: Part) -> str | None:
    if part.has("alert.level_red"):
        return "red"
    return "yellow" if part.has("alert.level_yellow") else None


def _danger(doc: Doc, part: Part, so_far: list[Proposal]) -> list[Proposal]:
    trigger = part.of("alert.danger")[0]
    if blocks(doc, part, trigger):
        return []
    is_formal = part.has("alert.declared", "alert.still", "mark.start") or _is_headline(doc, part, trigger)
    if not is_formal:
        return []
    out = []
    for threat in _threats_named(doc, part) or ["air"]:
        proposal = Proposal("start", threat, part, trigger.concept, ongoing=part.has("alert.still"))
        _add_sites(proposal, part.sites)
        if proposal.ongoing and not part.sites and so_far and part.n - so_far[-1].part.n <= 1:
            proposal.sites = list(so_far[-1].sites)
        out.append(proposal)
    return out


# ── threats ───────────────────────────────────────────────────────────────────────────────────────


def _threats(doc: Doc, part: Part) -> list[Proposal]:
    if part.vetoes & {"video", "denied", "until", "habit", "question", "commentary"} or (
        part.has("count.money") and not part.has("alert.fly")
    ):
        return []
    stated = part.of("alert.threat", "alert.danger")
    named = _threats_named(doc, part)
    if not stated and not named and part.sites and _is_call(doc, part):
        return _threat_proposals(doc, part, ["other"], "alert.attention", 0.5)
    if not stated and part.numbers and _is_in_tally(doc, part):
        return []
    if stated:
        trigger = stated[0]
        if blocks(doc, part, trigger, ignore=frozenset(("hypothetical", "future", "safety"))):
            return []
        if not named and not part.has("alert.tactical", "alert.level_red", "alert.level_yellow") and not (
            part.has("mark") or part.has("alert.attention") or _is_headline(doc, part, trigger)
        ):  # fmt: skip
            return []
        return _threat_proposals(doc, part, named or ["air"], trigger.concept, 0.95)
    if part.has("weapon.mig31k") and part.has("alert.takeoff"):
        return [Proposal("threat", "mig31k", part, "alert.takeoff")]
    if part.has("alert.tactical") and not named and not part.has(*_PAST_ACTS):
        return _threat_proposals(doc, part, ["air"], "alert.tactical", 0.8)
    if not named and part.has("weapon.recon"):
        named = ["drone"]
    if not named or part.has(*_PAST_ACTS):
        return []
    if part.has("alert.clean") and not part.has("alert.fly") and not any(s.role == "target" for s in part.sites):
        return []
    weapon = next(m for m in part.mentions if m.group in ("weapon", "model"))
    if blocks(doc, part, weapon, ignore=frozenset(("safety", "hypothetical", "future", "negation"))):
        return []
    under = part.of("alert.under_attack")
    if under and part.sites:
        return _threat_proposals(doc, part, named, under[0].concept, 0.8)
    warned = part.has("alert.warned") and not part.has("strike.attack") and (
        bool(part.sites) or part.has("place.capital", "alert.everywhere"))  # fmt: skip
    flies = part.has("alert.fly")
    aimed = [s for s in part.sites if s.role == "target"]
    is_live = _is_live(doc, part)
    warned = warned and not part.has("veto.hypothetical", "veto.future")
    if flies and part.has("act.launched") and not warned and any(n.taken is None for n in part.numbers):
        return []
    if warned or (flies and (is_live or aimed)):
        return _threat_proposals(doc, part, named, "alert.warned" if warned else "alert.fly", 0.85)
    if is_live and part.has("mark.info", "mark.start") and part.j - part.i <= 12:
        return _threat_proposals(doc, part, named, weapon.concept, 0.8)
    if (
        is_live
        and part.sites
        and not part.has("strike.attack", "act.launched")
        and not (part.has("strike") and not aimed)
    ):
        placed = [
            s
            for s in part.sites
            if s.role == "target" or (s.role in ("at", "past", "name") and s.ref.level != "country")
        ]
        if placed:
            return _threat_proposals(doc, part, named, weapon.concept, 0.85)
    is_past = any(p.has("act.shot_down", "act.merged", "act.lost") for p in doc.parts[max(0, part.n - 6) : part.n + 6])
    if is_live and len(doc.parts) <= 3 and _is_bare(doc, part):
        return _threat_proposals(doc, part, named, weapon.concept, 0.6)
    if is_live and part.has("act.launch_noun") and not part.has("strike") and not is_past:
        return _threat_proposals(doc, part, named, "act.launch_noun", 0.8)
    return []


def _is_call(doc: Doc, part: Part) -> bool:
    """ "Dnipro, attention from the west": a post of a live channel that is a place and a call, nothing more."""
    unknown = sum(1 for k in range(part.i, part.j) if doc.at[k] is None and doc.tokens[k].kind == "w")
    others = part.has("veto", "strike", "toll", "claim", "person", "target", "count", "month", "weekday")
    others = others or any(m.concept != "act.launch_noun" for m in part.of("act"))
    is_terse = len(doc.parts) <= 2 and part.j - part.i <= 9 and unknown == 0
    return is_terse and not others and part.has("alert.attention", "alert.shelter", "act.launch_noun")


def _is_in_tally(doc: Doc, part: Part) -> bool:
    """A figure among lines that tell what was shot down over a night or a day: it counts, it warns nobody."""
    near = doc.parts[max(0, part.n - 8) : part.n + 8]
    told = any(p.numbers and p.has("act.shot_down", "act.merged", "act.lost", "act.detected") for p in near)
    return told and any(w.period in ("night", "day") for p in near for w in p.whens)


def _is_live(doc: Doc, part: Part) -> bool:
    """A terse line of a live channel: short, without the verbs and sources of a press sentence."""
    if part.is_title or part.j - part.i > 32 or part.has("claim", "veto.history", "toll"):
        return False
    if part.whens and any(w.period not in ("instant", "hours") for w in part.whens):
        return False
    unknown = sum(1 for k in range(part.i, part.j) if doc.at[k] is None and doc.tokens[k].kind == "w")
    return unknown <= (1 if doc.lang in doc.lexicon.settings.get("articled", ()) else 4)


def _is_bare(doc: Doc, part: Part) -> bool:
    """A post of a few words that is little more than the name of a weapon: "Two missiles"."""
    words = sum(1 for k in range(part.i, part.j) if doc.tokens[k].kind == "w")
    unknown = sum(1 for k in range(part.i, part.j) if doc.at[k] is None and doc.tokens[k].kind == "w")
    if part.n and doc.parts[part.n - 1].has("strike", "toll"):
        return False
    return (
        words <= 5
        and unknown <= 2
        and not part.has("veto", "alert.clean", "strike", "claim", "act.launched", "act.fired", "target", "count.money")
    )


def _elliptic_course(doc: Doc, part: Part) -> list[Proposal]:
    """ "Course for Kyiv!": a direction alone, in a terse post."""
    near = doc.parts[max(0, part.n - 3) : part.n + 3]
    if any(p.has("act.shot_down", "act.merged", "act.lost", "toll") and p.numbers for p in near):
        return []
    if part.has("act.launch_noun") and _is_call(doc, part) and part.sites:
        return _threat_proposals(doc, part, ["other"], "act.launch_noun", 0.5)
    if part.j - part.i > 10 or not part.sites or part.has("veto", "act", "strike", "toll", "claim", "target", "person"):
        return []
    heading = [m for m in part.mentions if m.concept == "prep.to" and m.data.get("is_course")]
    words = doc.lexicon.settings.get("course", ())
    named = any(doc.tokens[k].f in words for k in range(part.i, part.j))
    has_arrow = part.has("mark.arrow") or any(doc.tokens[k].text in "\u27a1\u2192\u27a4" for k in range(part.i, part.j))
    is_aim = any(s.role == "target" for s in part.sites) and len(doc.parts) <= 4 and (
        bool(part.numbers) or part.j - part.i <= 4)  # fmt: skip
    if not heading and not named and not has_arrow and not is_aim:
        return []
    aimed = [s for s in part.sites if s.role == "target"]
    if not aimed:
        return []
    proposal = Proposal("threat", "other", part, "prep.to", confidence=0.6)
    _add_sites(proposal, aimed)
    return [proposal]


def _threat_proposals(doc: Doc, part: Part, named: list[str], rule: str, confidence: float) -> list[Proposal]:
    sites = [s for s in part.sites if s.role != "from"]
    aimed = [s for s in sites if s.role == "target"]
    chosen = aimed or [s for s in sites if s.role in ("at", "name")] or [s for s in sites if s.role == "past"]
    passed = [s for s in sites if s.role == "past" and s.ref.level == "city"]
    if passed and not aimed and all(s.role == "name" and s.ref.level == "oblast" for s in chosen):
        chosen = passed
    if aimed:
        chosen = [*aimed, *(s for s in sites if s.role == "at" and _has_own_number(doc, part, s, aimed))]
    excepted = [s for s in sites if s.role == "except"]
    out = []
    for threat in named:
        proposal = Proposal("threat", threat, part, rule, level=_level(part), confidence=confidence)
        proposal.is_everywhere = part.has("alert.everywhere")
        _add_sites(proposal, [*chosen, *excepted])
        out.append(proposal)
    return out


def _has_own_number(doc: Doc, part: Part, site: Site, aimed: list[Site]) -> bool:
    """ "Three to A, one over B": B is told in a clause of its own with a number of its own."""
    if any(same_clause(doc, part, site.i, a.i) for a in aimed):
        return False
    if any(same_clause(doc, part, site.i, m.i) for m in part.of("alert.clean", "act", "strike")):
        return False
    return any(same_clause(doc, part, n.i, site.i) and n.taken is None for n in part.numbers)


# ── places, merging, safety ───────────────────────────────────────────────────────────────────────


def _add_sites(proposal: Proposal, sites: list[Site]) -> None:
    for site in sites:
        if site.is_tag:
            continue
        if site.role == "except":
            if site.ref not in proposal.excepted:
                proposal.excepted.append(site.ref)
        elif (
            site.role != "from"
            and len(proposal.sites) < _MOST
            and not any(_same(site.ref, other) for other in proposal.sites)
        ):
            proposal.sites.append(site.ref)


def _same(a: PlaceRef, b: PlaceRef) -> bool:
    return a.id == b.id if a.id and b.id else a.name == b.name


def _is_tag_line(part: Part) -> bool:
    return bool(part.sites) and part.sites[0].is_tag and all(site.is_tag for site in part.sites)


def _is_blank(part: Part) -> bool:
    return part.j - part.i <= 1


def _is_list_item(doc: Doc, part: Part) -> bool:
    if not part.sites or part.has("alert", "weapon", "model", "strike", "toll"):
        return False
    unknown = sum(1 for k in range(part.i, part.j) if doc.at[k] is None and doc.tokens[k].kind == "w")
    return unknown <= 3


def _take_header_places(doc: Doc, proposals: list[Proposal]) -> None:
    """A place alone on the line above ("city", then "Air alert") belongs to the announcement below it."""
    for proposal in proposals:
        if proposal.sites or proposal.is_everywhere:
            continue
        n = proposal.part.n
        for other in reversed(doc.parts[max(0, n - 2) : n]):
            if _is_list_item(doc, other) and not _is_tag_line(other) and not other.numbers:
                if not any(p.part is other for p in proposals):
                    _add_sites(proposal, other.sites)
                break


def _take_tags(doc: Doc, proposals: list[Proposal]) -> None:
    tags = [site for part in doc.parts for site in part.sites if site.is_tag]
    if not tags:
        return
    for proposal in proposals:
        if not proposal.sites and not proposal.ongoing and not proposal.is_everywhere:
            for tag in tags:
                if not any(_same(tag.ref, other) for other in proposal.sites):
                    proposal.sites.append(tag.ref)
            proposal.is_from_tag = True


def _merged(doc: Doc, proposals: list[Proposal]) -> list[Proposal]:
    out: list[Proposal] = []
    for proposal in proposals:
        twin = next(
            (p for p in out if (p.status, p.threat, p.ongoing) == (proposal.status, proposal.threat, proposal.ongoing)),
            None,
        )
        if twin is None:
            out.append(proposal)
            continue
        if _is_country_wide(twin) or _is_country_wide(proposal):
            if not _is_country_wide(twin):
                twin.sites, twin.is_everywhere, twin.part = proposal.sites, proposal.is_everywhere, proposal.part
            continue
        for place in proposal.sites:
            if not any(_same(place, other) for other in twin.sites):
                twin.sites.append(place)
        twin.level = twin.level or proposal.level
    if any(p.status == "end" and p.threat == "mig31k" for p in out):
        out = [p for p in out if p.status != "end" or p.threat != "other" or p.sites]
    threatened = {p.threat for p in out if p.status == "threat"}
    if (
        "mig31k" in threatened
        and "ballistic" in threatened
        and all(not p.sites for p in out if p.threat in ("mig31k", "ballistic"))
    ):
        out = [p for p in out if p.status != "threat" or p.threat != "ballistic"]
    if len(threatened) > 1:
        out = [p for p in out if p.status != "threat" or p.threat not in ("other", "air") or
               (p.threat == "air" and p.sites and not _are_named(p, out))]  # fmt: skip
    return _fail_safe(doc, out)


def _is_country_wide(proposal: Proposal) -> bool:
    """Of the whole country, said so: nothing narrower is added to it."""
    return proposal.status == "start" and (
        proposal.is_everywhere or (bool(proposal.sites) and all(s.level == "country" for s in proposal.sites))
    )


def _are_named(proposal: Proposal, others: list[Proposal]) -> bool:
    """Whether each place of a threat of no kind stands under a threat of a stated kind too."""
    named = [s for p in others if p is not proposal and p.status == "threat" for s in p.sites]
    return all(any(_same(a, b) for b in named) for a in proposal.sites)


def _fail_safe(doc: Doc, proposals: list[Proposal]) -> list[Proposal]:
    """What is said to be still on is taken out of every end; an end with nothing left is no end."""
    on = [place for p in proposals if p.status == "start" for place in p.sites]
    has_start = any(p.status == "start" or (p.status == "threat" and not p.sites) for p in proposals)
    out = []
    for proposal in proposals:
        if proposal.status == "end" and proposal.threat in ("air", None):
            had = bool(proposal.sites)
            proposal.sites = [place for place in proposal.sites if not any(_same(place, other) for other in on)]
            if proposal.excepted and not proposal.sites and not _is_whole(doc, proposal):
                doc.note(proposal.part.i, proposal.part.j, "an all-clear with exceptions, of no named area: never one")
                continue
            if (had and not proposal.sites) or (not had and has_start):
                doc.note(proposal.part.i, proposal.part.j, "cleared and re-listed: still on")
                continue
        out.append(proposal)
    return out


def _is_whole(doc: Doc, proposal: Proposal) -> bool:
    """Whether "the whole country" says which: then the exceptions stand beside it."""
    home = doc.lexicon.settings.get("home", {})
    return proposal.is_everywhere and bool(_country(doc, proposal.part) or home.get(doc.lang or ""))


def _reports(doc: Doc, proposals: list[Proposal]) -> list[AlertReport]:
    out = []
    home = doc.lexicon.settings.get("home", {})
    for p in proposals:
        sites = p.sites
        if p.is_everywhere and (country := _country(doc, p.part) or home.get(doc.lang or "")):
            sites = [ref(doc.lexicon, country)]
        if len(sites) > 1:
            sites = _most_specific(doc, sites)
        if not sites and p.status == "threat" and not p.is_everywhere and p.threat != "mig31k":
            sites = _of_the_alert_before(p, proposals)
        if not sites and doc.area and not p.is_everywhere and not (p.status == "threat" and p.threat in ("mig31k",)):
            sites = [ref(doc.lexicon, identity) for identity in doc.area]
        start, end = doc.span(p.part.i, p.part.j)
        moment = _moment(doc, p)
        evidence = Evidence(doc.source.raw[start:end], (start, end), f"{p.rule}", p.confidence, moment)
        out.append(
            AlertReport(
                p.status, scope(sites), tuple(sites), p.threat, evidence, p.ongoing, tuple(p.excepted), p.level,  # type: ignore[arg-type]
            )
        )  # fmt: skip
    return out


def _of_the_alert_before(p: Proposal, proposals: list[Proposal]) -> list[PlaceRef]:
    """ "Air alert in A! Guided bombs." : the threat is where the alert beside it is."""
    for other in proposals:
        is_narrow = all(site.level != "country" for site in other.sites)
        if other.status == "start" and not other.ongoing and is_narrow and 0 < p.part.n - other.part.n <= 2:
            return list(other.sites)
    return []


def _country(doc: Doc, part: Part) -> str | None:
    """The country that "the whole country" means: named in the sentence or by an adjective, else named last."""
    for site in part.sites:
        if site.ref.level == "country":
            return site.ref.id
    for m in part.of("side.ua", "side.ru", "claimant"):
        side = m.data.get("side") or m.data.get("country") or {"side.ua": "UA", "side.ru": "RU"}.get(m.concept)
        if side and m.concept not in ("side.ru", "claimant.mod_ru"):
            return str(side)
    for other in reversed(doc.parts[max(0, part.n - 30) : part.n]):
        for site in other.sites:
            if site.ref.level == "country":
                return site.ref.id
        if other.has("side.ua"):
            return "UA"
    return None


def _moment(doc: Doc, p: Proposal) -> Moment | None:
    for when in p.part.whens:
        if when.moment is not None and when.is_window is False:
            return when.moment
    return None


def _most_specific(doc: Doc, sites: list[PlaceRef]) -> list[PlaceRef]:
    """Without the country, where something in it is named too."""
    narrow = [s for s in sites if s.level != "country"]
    return narrow or sites
