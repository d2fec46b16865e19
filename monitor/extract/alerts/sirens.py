"""Whether it is the air alert itself that a sentence speaks of."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.announced import is_a_preposition, is_announcing
from monitor.extract.alerts.proposals import Proposal
from monitor.extract.places.units import ancestors, country_above
from monitor.extract.text.doc import Doc, Part, unread
from monitor.extract.vetoes import clause_starts, same_clause
from monitor.extract.words.mentions import Mention

__all__ = [
    "countries_of",
    "goes_on",
    "has_lasted",
    "is_all_of_country",
    "is_bare_alert",
    "is_behind_alert",
    "is_nationwide",
    "is_of_bare_alert",
    "is_of_siren",
    "is_on_a_side",
    "is_only_why",
    "is_quoted_name",
    "is_siren_headline",
    "is_whole_clear",
    "says_siren",
    "weapon_alert_lifted",
]

_ON: Final = frozenset(("prep.at", "prep.to"))
_TOLD: Final = 3
_ANNOUNCED: Final = 9
"""Tokens of the longest sentence that does nothing but announce."""
_LENGTH: Final = frozenset(("num", "bound", "conj", "time"))
_BARE: Final = frozenset(("alert", "place", "prep", "conj", "level", "mark"))
_AGAIN: Final = frozenset(("time.again", "time.now"))
_AROUND: Final = _AGAIN | {"prep.at"}
_OF_AIR: Final = frozenset(
    (
        "weapon", "model", "strike.explosion", "strike.attack", "strike.hit", "alert.shelter", "alert.takeoff",
        "alert.siren", "alert.threat", "alert.under_attack",
    )
)  # fmt: skip
_ENDED: Final = frozenset(("alert.all_clear", "alert.all_clear_siren", "alert.lifted", "alert.over"))
_HEADLINE: Final = 22
"""Tokens of the longest headline."""


def says_siren(doc: Doc, i: int, j: int) -> bool:
    """Whether one of the tokens ``i`` to ``j`` is a word for the alert."""
    stems = tuple(doc.lexicon.settings.get("siren_stems", ()))
    return any(doc.tokens[k].f.startswith(stems) for k in range(i, j))


def is_of_siren(doc: Doc, part: Part, lifted: Mention) -> bool:
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


def is_whole_clear(doc: Doc, part: Part, clear: Mention) -> bool:
    """ "All clear: Poltava": words that are said of the air alert alone, with a town where alerts are sounded, in a
    text that names no weapon and no threat."""
    if doc.tokens[clear.j - 1].f not in doc.lexicon.settings.get("whole_clears", ()) or part.has("level"):
        return False
    if says_siren(doc, part.i, part.j) or part.has("alert.siren", "alert.declared", "time.again"):
        return False
    if doc.has("weapon", "model", "alert.threat", "alert.danger", "strike"):
        return False
    ahead = (doc.at[k] for k in range(part.i, clear.i) if doc.tokens[k].kind == "w")
    if any(m is None or m.group not in ("place", "level", "mark") for m in ahead):
        return False
    sounded = doc.lexicon.settings.get("alert_countries", ())
    sites = [s for s in part.sites if s.role not in ("from", "except", "speaker", "agent")]
    return bool(sites) and all(any(a in sounded for a in ancestors(doc.lexicon, s.ref.id)) for s in sites)


def is_behind_alert(doc: Doc, part: Part, clear: Mention) -> bool:
    """ "All clear in Kyiv after a three-hour alert": the sentence ends with the alert that is over, how long it was on
    at most between."""
    sounded = doc.lexicon.settings.get("alert_countries", ())
    sites = [s for s in part.sites if s.role not in ("from", "except", "speaker", "agent")]
    if not sites or not all(any(a in sounded for a in ancestors(doc.lexicon, s.ref.id)) for s in sites):
        return False
    after = next((m for m in part.of("time.after", "prep.to") if m.i >= clear.j), None)
    if after is None or clear.i != part.i or any(s.i > after.i for s in sites):
        return False
    if part.has("weapon", "model", "alert.threat", "alert.danger", "level"):
        return False
    words = [k for k in range(after.j, part.j) if says_siren(doc, k, k + 1)]
    sirens = [m for m in part.of("alert.siren") if m.i >= after.j]
    if not words and not sirens:
        return False
    own = {k for m in sirens for k in range(m.i, m.j)}
    return all(
        k in own or k in words or doc.tokens[k].kind in "pn" or is_announcing(doc, k)
        or ((m := doc.at[k]) is not None and m.group in ("num", "bound", "time", "count", "alert"))
        for k in range(after.j, part.j)
    )  # fmt: skip


def weapon_alert_lifted(doc: Doc, part: Part) -> Mention | None:
    """ "Drone alert lifted in Eilat": the word of the end, where the alert is one of a named weapon and the town one
    where alerts are sounded."""
    lifted = [m for m in part.of("alert.lifted") if not is_a_preposition(doc, part, m)]
    sounded = doc.lexicon.settings.get("alert_countries", ())
    if not lifted or not part.sites or part.has("veto", "toll", "strike", "alert.still", "alert.lasts"):
        return None
    if not all(any(a in sounded for a in ancestors(doc.lexicon, s.ref.id)) for s in part.sites):
        return None
    unknown = sum(1 for k in range(part.i, part.j) if doc.at[k] is None and doc.tokens[k].kind == "w" and not (
        is_announcing(doc, k) or says_siren(doc, k, k + 1)))  # fmt: skip
    is_beside = any(
        says_siren(doc, k, k + 1) for m in part.of("weapon") for k in range(max(part.i, m.i - 3), min(part.j, m.j + 1))
    )
    return lifted[0] if is_beside and not unknown else None


def _is_specified(doc: Doc, part: Part, k: int) -> bool:
    """Whether an unknown word beside the alert says of what it is: "flood alert", "alerte pollution"."""
    m = doc.at[k]
    first, last = (m.i, m.j) if m is not None else (k, k + 1)
    for n in (first - 1, last):
        if part.i <= n < part.j and doc.at[n] is None and doc.tokens[n].kind == "w" and len(doc.tokens[n].f) > 3:
            return True
    after = doc.at[last] if last < part.j else None
    return after is not None and after.concept in ("prep.agent", "veto.cause", "prep.against")


def has_lasted(doc: Doc, part: Part) -> bool:
    """ "Stand-down in A. The alert lasted two hours": the sentence behind, that says how long the alert was on and
    nothing else, tells that it is the alert that has ended."""
    behind = doc.parts[part.n + 1] if part.n + 1 < len(doc.parts) else None
    if behind is None or behind.line - part.line > 1 or len(behind.mentions) < _TOLD:
        return False
    siren, verb = behind.mentions[0], behind.mentions[1]
    if siren.concept != "alert.siren" or siren.i != behind.i or verb.concept != "verb.aux" or verb.i != siren.j:
        return False
    if not is_announcing(doc, verb.i) or doc.tokens[behind.j - 1].text in "?\u2049\u061f":
        return False
    k = verb.j
    while k < behind.j:
        m = doc.at[k]
        if m is None and doc.tokens[k].kind == "w":
            return False
        if m is not None and m.group not in _LENGTH and m.concept != "count.other":
            return False
        k = m.j if m is not None else k + 1
    return any(m.concept in ("count.other", "time.hour", "time.oclock") for m in behind.mentions)


def goes_on(doc: Doc, part: Part, so_far: list[Proposal]) -> bool:
    """ "Air alert in A; in B it has been lifted", "Sirens sounded in A. It was lifted at five": the clause before names
    what is lifted."""
    last = so_far[-1] if so_far else None
    if last is None or last.part.n != part.n - 1 or last.part.line != part.line:
        return False
    if not part.sites and not any(doc.tokens[k].f in doc.lexicon.settings.get("it", ()) for k in range(part.i, part.j)):
        return False
    others = part.has("weapon", "model", "alert.threat", "alert.danger", "veto.other_rule", "target", "count")
    return last.status == "start" and last.rule == "alert.siren" and not others and unread(doc, part) <= 2


def is_only_why(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Vilnius airport closed after a drone alert": why something was closed, where no air alerts are sounded."""
    if not part.has("veto.closure"):
        return False
    before = part.of("time.after", "prep.to", "veto.cause")
    if not any(0 <= trigger.i - m.j <= 2 for m in before):
        return False
    sounded = doc.lexicon.settings.get("alert_countries", ())
    return not any(a in sounded for s in part.sites for a in ancestors(doc.lexicon, s.ref.id))


def is_quoted_name(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Who uses the app «Air alert»": the words in quotes of their own, where nothing says that it is sounded."""
    if (
        trigger.i == part.i
        or trigger.j >= part.j
        or part.has("mark", "alert.signal", "alert.attention", "alert.shelter")
    ):
        return False
    is_told = any(abs(m.i - trigger.i) <= _TOLD + 1 for m in part.of("alert.declared"))
    return doc.tokens[trigger.i - 1].is_quote and doc.tokens[trigger.j].is_quote and not is_told


def is_siren_headline(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Sirens in Tel Aviv - army: rocket intercepted": the word and a place open a short text."""
    if _is_all(doc, part, trigger):
        return True
    behind = doc.at[trigger.j] if trigger.j < part.j else None
    if behind is not None and behind.concept == "time.again" and behind.j < part.j:
        behind = doc.at[behind.j]  # "sirens again in A"
    is_placed = any(trigger.j <= s.i <= trigger.j + 5 for s in part.sites)
    words = says_siren(doc, trigger.i, trigger.j)  # the bare word "alert" opens many headlines
    is_end = part.n == 0 and part.j - part.i <= _HEADLINE and bool(part.sites) and part.j - part.sites[-1].j <= 1
    is_last = is_end and trigger.i > part.i and doc.tokens[trigger.i - 1].text == ","  # "A fires at B, sirens in C"
    opens = (
        _is_first(doc, part, trigger)
        or is_last
        or doc.tokens[trigger.i - 1].text == ":"
        or all(doc.tokens[k].kind in "np" for k in range(part.i, trigger.i))  # "07:45 Sirens in A"
        or _is_behind_headline(doc, part, trigger)
    )
    is_plain = not part.has("conj.but") and all(m.concept == "veto.cause" for m in part.of("veto"))
    if behind is None or not opens or not is_plain:
        return False
    if words and is_all_of_country(doc, part, trigger):
        return True
    if words:
        return is_placed and behind.concept == "prep.at" and _is_of_fire(doc, part, trigger)
    is_at = behind.concept in ("prep.at", "prep.to") or (  # "in the north of A", one name
        behind.group == "place" and not doc.tokens[trigger.j].is_capital
    )
    return (is_placed and is_at) or is_nationwide(doc, part, trigger)


def _is_read(doc: Doc, part: Part) -> bool:
    """Whether each word is known, or a little one that an announcement may hold."""
    return all(
        doc.at[k] is not None or doc.tokens[k].kind == "p" or is_announcing(doc, k) for k in range(part.i, part.j)
    )


def is_all_of_country(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Alert in the whole country!": the bare word and these, nothing else in the text or beside what comes by air."""
    behind = doc.at[trigger.j] if trigger.j < part.j else None
    if behind is None or behind.concept != "alert.everywhere" or any(m.group not in _BARE for m in part.mentions):
        return False
    return _is_read(doc, part) and (len(doc.parts) == 1 or _is_amid_war(doc, part))


def _is_of_fire(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Alert in Jerusalem: missiles fired from Iran", "Alerts in A and B": the bare word, in a town where air alerts
    are sounded, with where the fire came from, or with nothing else at all."""
    if not _is_sounded(doc, part) or part.has("toll", "count", "claim.comment", "veto.other_rule"):
        return False
    fire = part.of("weapon", "model", "strike.attack")
    origin = any(s.role == "from" for s in part.sites) or part.has("claimant.hezbollah", "claimant.houthis")
    if fire and origin and (all(m.i > trigger.i for m in fire) or all(m.i < trigger.i for m in fire)):
        return True
    before = doc.parts[part.n - 1] if part.n else None
    is_told = before is not None and not before.vetoes and before.has("act.launched") and before.has("weapon", "model")
    is_told = is_told or (before is not None and part.has("time.again") and before.has_any(_ENDED))
    is_alone = (
        len(doc.parts) == 1 or (is_told and part.n == 1) or _is_amid_war(doc, part) or _is_below_its_like(doc, part)
    )
    is_whole = is_alone and _is_read(doc, part)
    return is_whole and all(m.group in _BARE or m.concept in _AGAIN for m in part.mentions)


def is_bare_alert(doc: Doc, part: Part, alert: Mention) -> bool:
    """ "Alert over Kyiv": the bare word and towns or regions where air alerts are sounded, nothing else."""
    if not _is_sounded(doc, part) or not _is_first(doc, part, alert) or doc.tokens[part.j - 1].text in "?\u2049:":
        return False
    return all(doc.at[k] is not None or doc.tokens[k].kind == "p" for k in range(part.i, part.j)) and all(
        m.group in _BARE or m.concept in _AGAIN for m in part.mentions)  # fmt: skip


def _is_below_its_like(doc: Doc, part: Part) -> bool:
    """ "Alert in A", "Alert in B": lines of a list, each the bare word and where."""
    beside = [doc.parts[n] for n in (part.n - 1, part.n + 1) if 0 <= n < len(doc.parts)]
    return all(any(says_siren(doc, k, k + 1) for k in range(p.i, p.j)) and bool(p.sites) and all(
        m.group in _BARE for m in p.mentions) for p in beside)  # fmt: skip


def _is_sounded(doc: Doc, part: Part) -> bool:
    """Whether all the places of a sentence lie where air alerts are sounded."""
    sounded = doc.lexicon.settings.get("alert_countries", ())
    sites = [s for s in part.sites if s.role in ("at", "name", "target")]
    return bool(sites) and all(any(a in sounded for a in (s.ref.id, *ancestors(doc.lexicon, s.ref.id))) for s in sites)


def _is_first(doc: Doc, part: Part, trigger: Mention) -> bool:
    """Whether at most signs and "again" stand ahead of the word."""
    return all(
        doc.tokens[k].kind == "p" or ((m := doc.at[k]) is not None and (m.group == "mark" or m.concept in _AGAIN))
        for k in range(part.i, trigger.i)
    )


def _is_amid_war(doc: Doc, part: Part) -> bool:
    """ "Alert in A. Explosions are heard": the sentence right behind, or right ahead, speaks of what comes by air."""
    beside = [doc.parts[n] for n in (part.n - 1, part.n + 1) if 0 <= n < len(doc.parts)]
    return any(p.has_any(_OF_AIR) and not p.vetoes for p in beside)


def _is_all(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "A, B - siren!", "In A an alert again": places and the word, nothing else."""
    if not part.sites or doc.tokens[part.j - 1].text in "?\u2049" or part.sites[-1].j > trigger.i:
        return False
    if any(
        m is not trigger and m.group not in ("place", "level", "mark", "conj") and m.concept not in _AROUND
        for m in part.mentions
    ):
        return False
    if part.has("prep.at") and not _is_sounded(doc, part):
        return False
    return all(doc.at[k] is not None or doc.tokens[k].kind == "p" for k in range(part.i, part.j))


def countries_of(doc: Doc, part: Part) -> list[str]:
    """The countries of the towns and regions that a line names, up to the end of a sentence."""
    said = [p for p in doc.parts[: part.n + 1] if p.line == part.line]
    return [land for p in said for s in p.sites if (land := country_above(doc.lexicon, s.ref.id)) is not None]


def is_nationwide(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "...; sirens nationwide": the words right behind it, at the end of a headline."""
    behind = doc.at[trigger.j] if trigger.j < part.j else None
    return behind is not None and behind.concept == "alert.everywhere" and behind.j >= part.j - 1


def _is_behind_headline(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Missiles incoming, sirens across A": the second clause of a headline, behind weapons that were launched."""
    is_clause = any(k == trigger.i for k in clause_starts(doc, part)) and part.j - part.i <= _HEADLINE
    return is_clause and part.has("weapon", "model", "strike.explosion") and not part.has("veto.habit", "month") and (
        not part.has("toll") or doc.tokens[trigger.i - 1].text in ";\u2013\u2014-")  # fmt: skip


def is_on_a_side(doc: Doc, part: Part) -> bool:
    """ "On russia's side sirens are sounding": where it is is a side of the war, not the country of the channel."""
    sides = part.of("side.ru", "side.ua")
    return any((m := doc.at[s.i - 1]) is not None and m.concept in _ON for s in sides if s.i > part.i)
