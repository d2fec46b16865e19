"""Counts: how many munitions were launched, shot down, lost, left, seen. Nothing else that can be numbered."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace

from monitor.extract.claims import claimant_of
from monitor.extract.doc import Doc, Number, Part, Site, When
from monitor.extract.mentions import Mention
from monitor.extract.places import ancestors, is_bystander, is_office, ref
from monitor.extract.vetoes import clause_starts, same_clause
from monitor.extract.weapons import Weapon, weapons_of
from monitor.model import CountReport, Evidence, PlaceRef

__all__ = ["read_counts"]

_ACTS = {
    "act.shot_down": "shot_down",
    "act.merged": "shot_down",
    "act.lost": "lost",
    "act.left": "left",
    "act.suppressed": "suppressed",
    "act.launched": "launched",
    "act.hit": "hit",
    "act.fired": "launched",
    "act.parted": "shot_down",
    "act.present": "present",
    "act.detected": "launched",
    "act.launch_noun": "launched",
    "strike.attack": "launched",
    "strike.hit": "hit",
    "alert.fly": "present",
}
_WEAK = {"strike.attack": 4, "alert.fly": 2, "act.present": 2, "strike.repelled": 6, "act.detected": 1, "strike.hit": 2}
_STOP_GROUPS = frozenset(
    ("count", "person", "toll", "month", "place", "claimant", "target", "weekday", "level", "strike")
)
_REACH = 60
_NEAR = 12
_DASHES = "\u2013\u2014-"
_LONG = frozenset(("week", "month", "season", "year", "war"))
_VETOES = frozenset(
    (
        "recycled",
        "denied",
        "habit",
        "drill",
        "game",
        "sport",
        "labour",
        "trade",
        "losses",
        "summary",
        "siren_test",
        "training",
        "video",
        "question",
        "history",
        "weather",
        "readiness",
    )
)


@dataclass(slots=True)
class _Found:
    number: Number
    part: Part
    weapon: Weapon
    measure: str
    act: Mention | None
    is_elliptic: bool
    value: int
    is_total: bool = False
    places: tuple[PlaceRef, ...] = ()
    is_subset: bool = False
    attacker: str | None = None
    is_joined: bool = False
    part_of_it: _Found | None = None


def read_counts(doc: Doc) -> list[CountReport]:
    """All count reports of a text, in order, no figure twice."""
    found: list[_Found] = []
    for part in doc.parts:
        if not part.numbers and not part.has("side"):
            continue
        found += _counts_of(doc, part, found)
    reports: list[CountReport] = []
    for n, one in enumerate(found):
        reports += _report(doc, one, found[max(0, n - _NEAR) : n + _NEAR])
    return _once(reports)


def _counts_of(doc: Doc, part: Part, so_far: list[_Found]) -> list[_Found]:
    free = [n for n in part.numbers if n.taken is None]
    weapons = weapons_of(doc, part)
    free = sorted([*free, *_singles(doc, part, weapons, free)], key=lambda n: n.i)
    if not free:
        return []
    out: list[_Found] = []
    starts = clause_starts(doc, part)
    skip: set[int] = set()
    for n, number in enumerate(free):
        if number.i in skip:
            continue
        after = free[n + 1] if n + 1 < len(free) else None
        weapon, is_elliptic = _weapon_for(doc, part, number, weapons, so_far, out)
        total = _total_of(doc, part, number, after)
        if total is not None and (weapon is None or is_elliptic):
            behind = weapon
            weapon, is_elliptic = _weapon_for(doc, part, total, weapons, so_far, out)
            weapon = weapon or (behind if _stands_alone(doc, part, total) else None)
        if weapon is None:
            continue
        if part.vetoes & _VETOES and not (part.vetoes & _VETOES == {"trade"} and _is_of_a_night(part)):
            doc.note(number.i, number.j, f"a number, but {min(part.vetoes & _VETOES)}")
            continue
        if number.is_article and (is_elliptic or not _is_paired(doc, number, free)):
            continue
        if is_elliptic and number.value == 1 and _is_one_of(doc, part, number):
            continue
        if is_elliptic and not number.is_word and number.i + 1 == number.j and 1900 <= number.value <= 2099:
            doc.note(number.i, number.j, "a number, but a year")
            continue
        act = _act_for(doc, part, number, weapon, starts, free)
        if (veto := _is_unreal(doc, part, number, act)) is not None:
            doc.note(number.i, number.j, f"a number, but {veto}")
            continue
        is_joined = bool(out) and _is_coordinated(doc, out[-1], number)
        measure, act = _told(out[-1]) if is_joined else _measure(doc, part, number, act, is_elliptic, so_far, out)
        if measure == "lost" and part.has("person.soldiers"):
            doc.note(number.i, number.j, "a tally of equipment lost")
            continue
        stop = min(part.j, number.j + 8, after.i if after is not None else part.j)
        if any(m.concept == "num.each" for m in doc.mentions_between(number.j, stop)):
            number.is_each = True
        if measure is None or (measure == "hit" and weapon.kind == "mixed"):
            continue
        one = _Found(number, part, weapon, measure, act, is_elliptic, number.value)
        one.is_joined = is_joined
        one.is_subset = _is_subset(doc, part, number, weapon)
        if total is not None:
            skip.add(total.i)
            whole = _Found(total, part, weapon, "launched", act, False, total.value)
            whole.part_of_it = one
            out.append(whole)
        elif number.is_all and measure == "launched" and part.has("act.shot_down", "act.merged"):
            out.append(_Found(number, part, weapon, "shot_down", act, False, number.value))
        elif number.is_all and measure in ("shot_down", "lost") and not number.is_each:
            out.append(_Found(number, part, weapon, "launched", act, False, number.value))
        out.append(one)
    _place_all(doc, part, out)
    return out


def _singles(doc: Doc, part: Part, weapons: list[Weapon], numbers: list[Number]) -> list[Number]:
    """A weapon in the singular counts one where the sentence tells a tally: "the Ukrainian drone was destroyed",
    "attacked with an Iskander-M missile and 133 drones". Elsewhere a noun alone is no number."""
    forms = doc.lexicon.settings.get("singulars", ())
    if not forms or not part.has("act", "strike.attack"):
        return []
    out = []
    for n, weapon in enumerate(weapons):
        if not any(doc.tokens[k].f in forms for k in range(weapon.i, weapon.j)):
            continue
        if any(number.i < weapon.i and weapon.i - number.j <= 3 for number in numbers):
            continue
        before = doc.mentions_between(max(part.i, weapon.i - 3), weapon.i)
        if any(m.group in ("num", "bound", "veto") or m.concept == "count.other" for m in before):
            continue
        is_downed = part.has("act.shot_down") and any(m.group == "side" and weapon.i - m.j <= 1 for m in before)
        is_listed = bool(weapon.model) and any(w.kind != weapon.kind for w in weapons[n + 1 :]) and any(
            number.i > weapon.j and not number.is_article for number in numbers
        )  # fmt: skip
        if is_downed or (is_listed and part.has("strike.attack", "act.launched")):
            out.append(Number(weapon.i, weapon.i, 1))
    return out


# ── what it counts ────────────────────────────────────────────────────────────────────────────────


def _weapon_for(
    doc: Doc, part: Part, number: Number, weapons: list[Weapon], so_far: list[_Found], here: list[_Found]
) -> tuple[Weapon | None, bool]:
    if (respective := _respective(part, number, [*so_far[-6:], *here])) is not None:
        return respective, True
    ahead = _weapon_ahead(doc, part, number, weapons)
    if ahead is not None:
        if ahead.kind == "device" and part.has("weapon.carrier", "weapon.mig31k"):
            return None, False
        if ahead.kind == "device":
            known = (here or so_far)[-1].weapon if (here or so_far) else None
            kind = known.kind if known else _recent_kind(doc, part) or "drone"
            return Weapon(ahead.i, ahead.j, kind, None), False
        return ahead, False
    if not _stands_alone(doc, part, number):
        return None, False
    if here and _is_of_both(here, number):
        last = here[-1].weapon
        return Weapon(last.i, last.j, "mixed", None), True
    behind = [
        w for w in weapons if w.j <= number.i and not _bars(doc, w.j, number.i) and not _is_of_group(doc, part, w)
    ]
    if behind and (here or number.i - behind[-1].j <= 6):
        return behind[-1], True
    if here:
        return here[-1].weapon, True
    if any(m.i < number.i and m.group in ("person", "target", "count") for m in part.mentions):
        return None, False
    if so_far and (so_far[-1].part.line == part.line or so_far[-1].part.line >= part.line - 3 or _is_item(doc, part)):
        last = so_far[-1].weapon
        return Weapon(last.i, last.j, "mixed" if _is_of_both(so_far, number) else last.kind, None), True
    if _is_item(doc, part) or part.has("act.shot_down", "act.merged", "act.lost"):
        recent = _recent_kind(doc, part)
        if recent is not None:
            return Weapon(part.i, part.i, recent, None), True
    return None, False


def _respective(part: Part, number: Number, so_far: list[_Found]) -> Weapon | None:
    """ "552 and 31 were respectively shot down": in the order of the figures before."""
    if not part.has("num.respectively"):
        return None
    launched = [f for f in so_far if f.measure == "launched"]
    theirs = [f for f in launched if f.part is launched[-1].part]
    start = theirs[-1].number.i if theirs and theirs[-1].part is part else -1
    mine = [n for n in part.numbers if n.taken is None and n.i > start]
    if len(mine) != len(theirs) or number not in mine:
        return None
    weapon = theirs[mine.index(number)].weapon
    return Weapon(weapon.i, weapon.j, weapon.kind, None)


def _is_of_both(so_far: list[_Found], number: Number) -> bool:
    """More than were launched of the kind named last, behind figures of two kinds: it is of both."""
    last = so_far[-1]
    if last.measure != "launched" or number.value <= last.value:
        return False
    return any(
        f.part is last.part and f.measure == "launched" and f.weapon.kind != last.weapon.kind for f in so_far[-3:]
    )


def _is_of_group(doc: Doc, part: Part, weapon: Weapon) -> bool:
    """ "Groups of drones": a bare number behind it counts groups."""
    before = doc.at[weapon.i - 1] if weapon.i > part.i else None
    return before is not None and before.concept == "count.other"


def _recent_kind(doc: Doc, part: Part) -> str | None:
    """The weapon last named before this sentence, at most three sentences back."""
    n = part.n
    for other in reversed(doc.parts[max(0, n - 3) : n]):
        named = weapons_of(doc, other)
        if named:
            return None if _is_of_group(doc, other, named[-1]) else named[-1].kind
    return None


def _weapon_ahead(doc: Doc, part: Part, number: Number, weapons: list[Weapon]) -> Weapon | None:
    k = number.j
    unknown = 0
    while k < part.j:
        mention = doc.at[k]
        weapon = next((w for w in weapons if w.i <= k < w.j), None)
        if weapon is not None:
            return weapon
        if mention is not None:
            concept = mention.concept
            if mention.rows and not any(s.i == mention.i for s in part.sites):
                unknown += 1  # a common word that is also the name of some village
                k = mention.j
                continue
            if concept == "bound.vague" or mention.group in _STOP_GROUPS:
                return None
            if mention.group == "time" and concept not in ("time.night", "time.daytime"):
                return None
            if concept in ("weapon.carrier", "weapon.recon", "weapon.warhead"):
                return None
            if mention.group == "num" and concept not in ("num.more", "num.total", "num.subset", "num.only"):
                return None
            if mention.group == "act" and k > number.j + 2:
                return None
            if concept in ("prep.to", "prep.on") and k == number.j and mention.j < part.j:
                aim = doc.at[mention.j]
                if aim is not None and aim.group == "place":
                    k = aim.j
                    continue
            if mention.group in ("conj", "prep") and concept not in ("prep.of", "prep.at", "prep.from"):
                return None
            if concept in ("prep.at", "prep.from") and mention.lang not in doc.lexicon.settings.get("articled", ()):
                return None
            k = mention.j
            continue
        token = doc.tokens[k]
        if token.kind == "n" or token.text in ".,;:!?()/\n" or (token.text in "\u2013\u2014" and k > number.j):
            return None
        if token.kind == "w" and not token.hyphen:
            unknown += 1
            if unknown > 3:
                return None
        k += 1
    return None


def _stands_alone(doc: Doc, part: Part, number: Number) -> bool:
    """Nothing that could be counted follows: the noun is left out."""
    k = number.j
    while k < part.j and ((m := doc.at[k]) is not None and m.concept in ("num.more", "num.total", "num.each")):
        k = m.j
    if k >= part.j:
        return True
    mention = doc.at[k]
    if mention is None:
        return (doc.tokens[k].kind == "p" and doc.tokens[k].text not in "%$\u20ac/\\:") or (
            doc.tokens[k].text == ":" and number.is_word
        )  # fmt: skip
    if mention.concept == "side.troops":
        return False
    if mention.group in ("prep", "conj", "act", "side", "alert", "mark", "verb") or (
        mention.concept == "strike.hit" and part.has("act.shot_down", "act.merged")
    ):
        after = doc.at[mention.j] if mention.j < part.j else None
        if after is not None and after.concept == "num.half":
            return False
        return mention.concept != "strike.explosion" and not (number.value >= 1900 and not number.is_word)
    return mention.concept in ("num.subset", "num.of", "time.night", "time.last_night", "prep.at", "model.shahed")


def _bars(doc: Doc, i: int, j: int) -> bool:
    """Something between a weapon and a number that keeps them apart."""
    return any(m.group in ("person", "toll", "count", "target") for m in doc.mentions_between(i, j))


def _is_item(doc: Doc, part: Part) -> bool:
    """An item of a list: begins with a bullet, a dash or the number itself."""
    k = part.i
    while k < part.j and (doc.tokens[k].kind == "p" or ((m := doc.at[k]) is not None and m.group == "mark")):
        k += 1
    return any(n.i - k <= 2 for n in part.numbers[:1])


def _total_of(doc: Doc, part: Part, number: Number, after: Number | None) -> Number | None:
    """The m of "n of m"."""
    if after is None or after.value < number.value or number.value_max is not None:
        return None
    between = doc.mentions_between(number.j, after.i)
    words = [m for m in between if m.group not in ("weapon", "model", "side", "act")]
    is_plain = len(words) == 1 and words[0].concept in ("num.of", "prep.from", "prep.of", "prep.on", "prep.to")
    if not is_plain and not (
        len(words) == 2 and {w.concept for w in words} <= {"num.of", "prep.of", "prep.from", "num.all"}
    ):
        return None
    gap = after.i - number.j
    unknown = sum(1 for k in range(number.j, after.i) if doc.at[k] is None)
    if gap > 5 or unknown > 1 or any(doc.tokens[k].text in ".,;:()" for k in range(number.j, after.i)):
        return None
    of = words[0]
    is_beside = of.i == number.j or of.j == after.i
    if of.concept == "prep.to" and not (is_beside and _stands_alone(doc, part, after)):
        return None
    if of.concept == "prep.on":
        return None
    return after


def _told(found: _Found) -> tuple[str | None, Mention | None]:
    return found.measure, found.act


def _is_one_of(doc: Doc, part: Part, number: Number) -> bool:
    """ "One of the largest attacks"."""
    after = doc.at[number.j] if number.j < part.j else None
    return after is not None and after.concept in ("num.of", "prep.of", "prep.from", "time.superlative")


def _is_of_a_night(part: Part) -> bool:
    """Whether a sentence tells what was done in a night: a company or a purchase in it changes nothing."""
    return part.has("time.night", "time.last_night") and part.has("act.shot_down", "act.merged", "act.launched")


def _is_unreal(doc: Doc, part: Part, number: Number, act: Mention | None) -> str | None:
    """The name of what makes a figure a supposition: "if", "could", "will"."""
    for m in part.mentions:
        if m.concept == "veto.if" and m.i < number.i:
            return "if"
        is_modal = m.concept in ("veto.hypothetical", "veto.future")
        if is_modal and 0 <= number.i - m.j <= 8 and same_clause(doc, part, m.i, number.i):
            return m.concept.partition(".")[2]
        is_modal = is_modal and act is not None and 0 <= act.i - m.j <= 3
        if is_modal and act is not None and same_clause(doc, part, m.i, act.i):
            return m.concept.partition(".")[2]
    return None


def _is_paired(doc: Doc, number: Number, numbers: list[Number]) -> bool:
    """An article counts only beside a real number: "a missile and 164 drones"."""
    for other in numbers:
        if other is number or other.is_article:
            continue
        low, high = (number.j, other.i) if number.i < other.i else (other.j, number.i)
        if high - low <= 5 and any(m.concept == "conj.and" for m in doc.mentions_between(low, high)):
            return not any(m.group in ("act", "strike", "toll", "count") for m in doc.mentions_between(low, high))
    return False


def _is_coordinated(doc: Doc, last: _Found, number: Number) -> bool:
    """Only the weapon and "and" or a comma stand between two numbers: they share what was done."""
    if last.number.i >= number.i or number.i - last.number.j > 8:
        return False
    low = max(last.number.j, last.weapon.j if last.weapon.i >= last.number.j else last.number.j)
    if low > number.i:
        return False
    tokens = doc.tokens[low : number.i]
    k = number.j
    while k < len(doc.at) and doc.tokens[k].text in _DASHES:
        k += 1
    after = doc.at[k] if k < len(doc.at) else None
    if after is not None and (after.group in ("act", "verb", "strike") or after.concept in ("num.subset", "prep.from")):
        return False
    joins = 0
    for k, token in enumerate(tokens, low):
        mention = doc.at[k]
        if token.text == "," or (mention is not None and mention.concept == "conj.and"):
            joins += 1
        elif (
            (mention is not None and mention.concept == "num.subset")
            or (mention is not None and mention.group not in ("num", "bound", "side", "model", "weapon"))
            or (mention is None and token.kind == "p" and token.text not in '\u00ab\u00bb"\u201c\u201d')
        ):
            return False
    return joins > 0


# ── what was done with it ─────────────────────────────────────────────────────────────────────────


def _act_for(
    doc: Doc, part: Part, number: Number, weapon: Weapon, starts: list[int], numbers: list[Number]
) -> Mention | None:
    best: Mention | None = None
    least = 60.0
    places = [n.i for n in numbers]
    for m in doc.mentions_between(max(part.i, number.i - _REACH), min(part.j, number.j + _REACH)):
        if m.concept not in _ACTS or (m.i < number.i < m.j):
            continue
        if (
            m.concept == "act.detected"
            and m.j < part.j
            and (x := doc.at[m.j]) is not None
            and x.concept == "strike.hit"
        ):
            continue
        if m.i > number.j and _has_vague_subject(doc, m):
            continue
        low, high = min(number.i, m.i), max(number.j, m.j)
        cost = float(m.i - number.j if m.i >= number.j else number.i - m.j)
        crossed = starts[bisect_right(starts, low) : bisect_left(starts, high)]
        cost += 5 * sum(0.2 if doc.tokens[s - 1].text in _DASHES else 1 for s in crossed)
        others = bisect_left(places, high) - bisect_right(places, low)
        cost += (others - (1 if low < number.i < high else 0)) * 5 + _WEAK.get(m.concept, 0)
        if m.i > number.j:
            cost += -2 if all((x := doc.at[k]) is not None and x.group == "verb" for k in range(number.j, m.i)) else 1.5
        if cost < least:
            best, least = m, cost
    return best


def _has_vague_subject(doc: Doc, act: Mention) -> bool:
    """ "..., several shot down": the act has a quantity of its own, which is no number."""
    k = act.i - 1
    while k >= 0 and (m := doc.at[k]) is not None and m.group == "verb":
        k = m.i - 1
    before = doc.at[k] if k >= 0 else None
    return before is not None and before.concept == "bound.vague"


def _measure(
    doc: Doc,
    part: Part,
    number: Number,
    act: Mention | None,
    is_elliptic: bool,
    so_far: list[_Found],
    here: list[_Found],
) -> tuple[str | None, Mention | None]:
    if act is not None:
        measure = _ACTS[act.concept]
        if act.concept == "act.parted" and not part.has("particle.down"):
            return None, None
        if act.concept == "strike.hit" and _is_means(doc, part, number):
            return "launched", act
        if act.concept == "act.fired":
            return ("shot_down" if part.has("particle.down") else "launched"), act
        if measure == "present" and part.has("act.shot_down", "act.merged", "act.lost"):
            measure = "launched"
        if measure == "present" and here and _is_behind_subset(doc, part, number):
            return here[-1].measure, here[-1].act
        if measure == "suppressed" and _is_merged(doc, part):
            return "shot_down", act
        if _opens_with_of(doc, part, number) and measure in ("shot_down", "lost") and act.i > number.j:
            return "launched", act
        return measure, act
    if here:
        return here[-1].measure, here[-1].act
    has_subject = any(s.ref.id in ("UA", "RU") and s.role == "name" for s in part.sites)
    if has_subject and _is_means(doc, part, number):
        return "launched", None
    if so_far and (is_elliptic or _is_item(doc, part) or _is_breakdown(so_far, part)):
        return so_far[-1].measure, so_far[-1].act
    if part.has("act.withheld"):
        return None, None
    n = part.n
    for other in reversed(doc.parts[max(0, n - 3) : n]):
        acts = [m for m in other.mentions if m.concept in _ACTS]
        if acts and (_is_item(doc, part) or other.line == part.line):
            return _ACTS[acts[-1].concept], acts[-1]
    if any(w.period in ("night", "day", "hours", *_LONG) for w in part.whens):
        return "launched", None
    narrow = [s for s in part.sites if s.ref.level != "country" or s.role == "target"]
    unknown = sum(1 for k in range(part.i, part.j) if doc.at[k] is None and doc.tokens[k].kind == "w")
    if unknown > (1 if doc.lang in doc.lexicon.settings.get("articled", ()) else 5):
        narrow = []
    if narrow and part.j - part.i <= 30 and not part.has("claim") and not part.is_title:
        return "present", None
    if part.has("alert") and part.j - part.i <= 30:
        return "present", None
    return ("launched" if part.when is not None and part.when.period == "night" else None), None


def _is_behind_subset(doc: Doc, part: Part, number: Number) -> bool:
    """ "Of them 32 were flying to the capital": what was done with the whole was done with these."""
    return any(m.concept == "num.subset" for m in doc.mentions_between(max(part.i, number.i - 3), number.i))


def _is_means(doc: Doc, part: Part, number: Number) -> bool:
    """ "Struck the site with 14 bombs": what was struck with was launched, what was struck is not counted."""
    k = number.i - 1
    while k > part.i and (m := doc.at[k]) is not None and m.group in ("bound", "num"):
        k = m.i - 1
    mention = doc.at[k] if k >= part.i else None
    return mention is not None and mention.concept == "prep.against"


def _is_breakdown(so_far: list[_Found], part: Part) -> bool:
    return so_far[-1].part.line >= part.line - 1


def _is_merged(doc: Doc, part: Part) -> bool:
    """ "Shot down and suppressed" as one figure: both verbs before the same number."""
    acts = [m for m in part.mentions if m.concept in ("act.shot_down", "act.suppressed")]
    return any(
        a.concept != b.concept and b.i - a.j <= 2 and not any(t.kind == "n" for t in doc.tokens[a.j : b.i])
        for a, b in itertools.pairwise(acts)
    )


def _opens_with_of(doc: Doc, part: Part, number: Number) -> bool:
    """ "Of the 14 drones 11 were shot down": the first number is what was launched."""
    k = number.i - 1
    while k >= part.i and (doc.tokens[k].kind == "p" or (doc.at[k] is not None and doc.at[k].group == "num")):  # type: ignore[union-attr]
        if (m := doc.at[k]) is not None and m.concept in ("num.of", "num.subset"):
            break
        k -= 1
    mention = doc.at[k] if k >= part.i else None
    if mention is None or mention.concept not in ("num.of", "prep.from", "prep.of"):
        return False
    return any(n.i > number.j and n.value <= number.value for n in part.numbers)


def _is_subset(doc: Doc, part: Part, number: Number, weapon: Weapon) -> bool:
    for m in doc.mentions_between(max(part.i, number.i - 5), min(part.j, number.j + 5)):
        if m.concept == "num.subset":
            if m.i > number.i and any(n is not number and m.j <= n.i <= m.j + 4 for n in part.numbers):
                continue
            low, high = min(m.i, number.i), max(m.i, number.j)
            return not any(n is not number and low < n.i < high for n in part.numbers)
    return False


# ── where, when, who ──────────────────────────────────────────────────────────────────────────────


def _place_all(doc: Doc, part: Part, found: list[_Found]) -> None:
    """Each number gets the places that follow it up to the next number; the first also those before it."""
    sites = [s for s in part.sites if s.role in ("target", "at", "name", "past") and s.ref.level != "country"]
    if not found:
        return
    sites = [s for s in sites if not is_office(doc, part, s)] or sites
    sites = [s for s in sites if not is_bystander(doc, part, s)]
    order = sorted(found, key=lambda f: f.number.i)
    numbers = sorted({f.number.i for f in order})
    for one in order:
        if one.measure == "left":
            continue
        later = [n for n in numbers if n > one.number.i]
        limit = later[0] if later else part.j
        limit = min([limit, *(m.i for m in part.of("num.rest") if m.i > one.number.i)])
        mine = [s for s in sites if one.number.i < s.i < limit and not _is_apart(doc, part, one, s)]
        ahead = [
            s for s in sites
            if s.i < one.number.i and same_clause(doc, part, s.i, one.number.i)
            and not any(s.i < n < one.number.i for n in numbers)
        ]  # fmt: skip
        is_place_first = bool(sites) and sites[0].i < numbers[0]
        if ahead and is_place_first and not any(same_clause(doc, part, s.i, one.number.i) for s in mine):
            mine = ahead
        if not mine and later and _ends_with_colon(doc, one.number, limit):
            continue
        wide = any(
            s.ref.level == "country" and s.role in ("target", "at") and one.number.i < s.i < limit for s in part.sites
        )
        if not mine and wide:
            continue
        if not mine and any(m.concept == "place.country" for m in doc.mentions_between(one.number.j, limit)):
            continue
        if not mine and len(numbers) == 1:
            mine = [s for s in sites if s.i < one.number.i and not _is_apart(doc, part, one, s)]
        if not mine and sites:
            before = [s for s in sites if s.i < one.number.i]
            mine = before if before and before[0].i < numbers[0] else []
        if not mine and later and all(f.is_joined for f in order if f.number.i > one.number.i):
            mine = [s for s in sites if s.i > numbers[-1] and not _is_apart(doc, part, one, s)]
        aimed = [s for s in mine if s.role == "target"]
        one.places = tuple(_distinct([s.ref for s in (aimed if one.measure == "present" and aimed else mine)]))
    for whole in found:
        if whole.part_of_it is not None and not whole.part_of_it.places:
            whole.part_of_it.places = whole.places


def _is_apart(doc: Doc, part: Part, one: _Found, site: Site) -> bool:
    """Whether a place belongs to something else: casualties, or a country named before it as the target."""
    low, high = (one.number.j, site.i) if site.i > one.number.i else (site.j, one.number.i)
    between = doc.mentions_between(low, high)
    if any(m.group == "toll" for m in between):
        return True
    if site.i > one.number.j and any(m.concept == "num.subset" for m in between):
        return True
    if any(m.concept == "strike.damage" for m in between) and not same_clause(doc, part, one.number.i, site.i):
        return True
    return site.i > one.number.i and one.measure == "launched" and any(
        s.ref.level == "country" and s.role == "target" and low <= s.i < high for s in part.sites)  # fmt: skip


def _ends_with_colon(doc: Doc, number: Number, limit: int) -> bool:
    return any(doc.tokens[k].text == ":" for k in range(number.j, limit))


def _distinct(places: list[PlaceRef]) -> list[PlaceRef]:
    out: list[PlaceRef] = []
    for place in places:
        if not any(place.name == other.name for other in out):
            out.append(place)
    return out


def _report(doc: Doc, one: _Found, found: list[_Found]) -> list[CountReport]:
    number, part = one.number, one.part
    when = _when(doc, one, found)
    period = when.period if when is not None else None
    if (one.measure == "present" and (when is None or when.period in (None, "day"))) or (
        one.act is not None and one.act.concept == "act.launch_noun" and period is None
    ):
        period = "instant"
    limit = 1_000_000 if period in _LONG else 5_000
    if not 0 <= one.value <= limit or (number.value_max or 0) > limit:
        doc.note(number.i, number.j, "out of range for its period")
        return []
    if one.value == 0:
        return []
    claimant, its_side, its_place = claimant_of(doc, part, number.i)
    attacker = _attacker(doc, one, its_side) or _told_attacker(doc, one, found)
    one.attacker = attacker
    places = one.places
    if not places and one.measure != "present":
        places = _inherited(doc, one, found)
    if not places and one.measure == "hit":
        places = _struck_before(doc, part)
    if not places and its_place is not None and one.measure in ("shot_down", "lost", "hit"):
        places = (ref(doc.lexicon, its_place),)
    if not places and one.measure in ("shot_down", "lost", "suppressed"):
        places = _third_country(part, one) or tuple(
            ref(doc.lexicon, m.data["country"]) for m in part.of("claimant")[:1] if m.data.get("country")
        )
    if not places:
        home = "UA" if attacker == "RU" else "RU" if attacker == "UA" else None
        has_area = one.measure == "present" and doc.area
        if has_area:
            places = tuple(ref(doc.lexicon, identity) for identity in doc.area)
        elif home and one.measure != "present" and not _is_from_launch_area(part, one):
            country = [s.ref for s in part.sites if s.ref.level == "country" and s.role in ("target", "at", "name")]
            places = tuple(country[:1]) if country and country[0].id == home else (ref(doc.lexicon, home),)
        elif one.measure != "present":
            places = _aimed_country(part, one)
    low, high = part.i, part.j
    start, end = doc.span(low, high)
    evidence = Evidence(
        doc.source.raw[start:end], (start, end), one.act.concept if one.act else f"weapon.{one.weapon.kind}",
        0.75 if one.is_elliptic else 0.9, when.moment if when else None,
    )  # fmt: skip
    kind = {"fast": "missile", "device": "drone"}.get(one.weapon.kind, one.weapon.kind)
    date = when.date if when is not None else (doc.local.date().isoformat() if doc.local else None)
    bound = number.bound if number.value_max is None else None
    vocabulary = "merged-2025" if one.act is not None and one.measure == "shot_down" and (
        one.act.concept == "act.merged" or _is_merged(doc, part)) else None  # fmt: skip
    report = CountReport(
        kind, one.measure, one.value, evidence, one.weapon.model or None, number.value_max, bound,  # type: ignore[arg-type]
        "launched" if one.is_subset and one.measure == "launched" else one.measure if one.is_subset else None,
        places, attacker, period, date, claimant, vocabulary, bool(when and when.is_retro),  # type: ignore[arg-type]
    )  # fmt: skip
    if number.is_each and len(places) > 1:
        return [replace(report, places=(place,)) for place in places]
    return [report]


def _third_country(part: Part, one: _Found) -> tuple[PlaceRef, ...]:
    """ "Poland shot down three drones": a country outside the war that is the subject did it over itself."""
    for site in part.sites:
        is_subject = site.ref.level == "country" and site.ref.id not in ("UA", "RU") and site.role == "name"
        if is_subject and one.act is not None and site.i < one.act.i < one.number.i:
            return (site.ref,)
    return ()


def _aimed_country(part: Part, one: _Found) -> tuple[PlaceRef, ...]:
    """The country told as the target, where neither side of the war at home is the attacker: nearest first."""
    aimed = [s for s in part.sites if s.ref.level == "country" and s.role in ("target", "at")]
    return (min(aimed, key=lambda s: abs(s.i - one.number.i)).ref,) if aimed else ()


def _is_from_launch_area(part: Part, one: _Found) -> bool:
    """A launch told with where it came from, not with where it went."""
    return one.act is not None and one.act.concept == "act.launch_noun" and any(s.role == "from" for s in part.sites)


def _when(doc: Doc, one: _Found, found: list[_Found]) -> When | None:
    """The time of the count's own clause, else of its sentence, else the one carried along the text."""
    own = one.part.whens
    if own:
        near = sorted(own, key=lambda w: min(abs(w.i - one.number.i), abs(w.j - one.number.i)))
        if near[0].period in _LONG or all(w.period in _LONG for w in own):
            return near[0]
        windows = [w for w in own if w.is_window and w.period == "night"] or [w for w in own if w.period == "night"]
        if windows and not any(w.is_window and w.period != "night" for w in own):
            return windows[0]
        return near[0]
    return one.part.when


def _inherited(doc: Doc, one: _Found, found: list[_Found]) -> tuple[PlaceRef, ...]:
    """The places of the attack told before, where the text has spoken of one area only."""
    earlier = [f for f in found if f.number.i < one.number.i and f is not one]
    if not earlier or not earlier[-1].places or one.part.line - earlier[-1].part.line > 2:
        return ()
    sets = {tuple(p.name for p in f.places) for f in earlier}
    if len(sets) == 1 and one.part is not earlier[-1].part and earlier[-1].measure == "launched":
        return earlier[-1].places
    return ()


def _struck_before(doc: Doc, part: Part) -> tuple[PlaceRef, ...]:
    """Hits told without a place were where the sentence before tells of a strike."""
    if part.n == 0 or part.sites:
        return ()
    other = doc.parts[part.n - 1]
    if other.line != part.line or not other.has("strike.hit", "strike.attack", "strike.damage"):
        return ()
    return tuple(_distinct([s.ref for s in other.sites if s.role in ("at", "target") and s.ref.level != "country"]))


def _attacker(doc: Doc, one: _Found, claimant_side: str | None) -> str | None:
    if one.part_of_it is not None:
        one = replace(one, measure=one.part_of_it.measure, part_of_it=None)
    part = one.part
    ahead = doc.mentions_between(one.number.j, min(part.j, max(one.weapon.j, one.number.j) + 2))
    behind = doc.mentions_between(max(part.i, one.number.i - 3), one.number.i)
    last_act = max((m.i for m in behind if m.group in ("act", "strike")), default=-1)
    for m in (*ahead, *(m for m in behind if m.i > last_act or one.measure == "launched")):
        if m.group == "side" and _is_of_victims(doc, part, m):
            continue
        if m.concept == "side.ua":
            return "UA"
        if m.concept in ("side.ru", "side.troops"):
            return "RU"
        if m.concept == "side.enemy":
            return _enemy(doc)
    if one.measure == "launched" and one.act is not None and one.act.i > part.i:
        actor = doc.at[one.act.i - 1]
        doer = next((s for s in part.sites if s.i == one.act.j and s.ref.level == "country"), None)
        if doer is None and actor is not None and actor.group == "claimant" and actor.data.get("side") in ("UA", "RU"):
            return str(actor.data["side"])
    for place in one.places:
        line = [place.id or "", *ancestors(doc.lexicon, place.id)]
        if "RU" in line:
            return "UA"
        if "UA" in line:
            return "UA" if line[0] in ("UA-43", "UA-40") else "RU"
    model = [m for m in part.mentions if m.group == "model" and m.data.get("side")]
    if model and not any(s.ref.level == "country" and s.ref.id not in ("UA", "RU") for s in part.sites):
        return str(model[0].data["side"])
    sides = [m.concept for m in part.mentions if m.group == "side" and not _is_of_victims(doc, part, m)]
    if ("side.ru" in sides or "side.troops" in sides) and one.measure in ("launched", "present", "hit"):
        return "RU"
    agents = [s.ref.id for s in part.sites if s.ref.level == "country" and s.role == "agent"]
    if agents and one.part.has("act.launched", "strike.attack") and agents[0] in ("RU", "UA"):
        return agents[0]
    countries = [s.ref.id for s in part.sites if s.ref.level == "country" and s.role in ("target", "at")]
    if "UA" in countries:
        return "RU"
    if "RU" in countries and one.measure != "launched":
        return "UA"
    subject = [s.ref.id for s in part.sites if s.ref.level == "country" and s.role == "name"]
    subject += [s.ref.id for s in part.sites if s.ref.level == "country" and s.role == "agent"]
    subject += [{"RU-MOW": "RU", "UA-30": "UA"}.get(s.ref.id or "") for s in part.sites if s.role == "speaker"]
    if (
        one.measure == "launched"
        and subject
        and (one.act is None or one.act.concept not in ("act.shot_down", "act.merged"))
    ):
        has_seen = one.act is not None and one.act.concept == "act.detected"
        if "RU" in subject:
            return "UA" if has_seen else "RU"
        if "UA" in subject and not sides:
            return "RU" if has_seen else "UA"
    side = claimant_side or doc.side
    if side in ("UA", "RU") and one.measure in ("shot_down", "lost", "suppressed", "left", "launched"):
        return "RU" if side == "UA" else "UA"
    if "side.enemy" in sides:
        return _enemy(doc)
    if "side.ua" in sides:
        return "UA" if one.measure == "launched" else "RU"
    for other in reversed(doc.parts[max(0, part.n - 4) : part.n]):
        for site in other.sites:
            if site.ref.id in ("UA", "RU") and site.role in ("target", "at"):
                return "RU" if site.ref.id == "UA" else "UA"
        for site in other.sites:
            if site.role in ("target", "at") and other.has("strike", "toll") and site.ref.level != "country":
                root = [a for a in ancestors(doc.lexicon, site.ref.id) if a in ("UA", "RU")]
                if root:
                    return "RU" if root[0] == "UA" else "UA"
            is_subject = site.ref.id in ("UA", "RU") and site.role == "name"
            if is_subject and one.measure == "launched" and other.has("act.launched", "strike.attack"):
                return site.ref.id
    earlier = doc.lexicon.settings.get("enemy_of", {}).get(doc.lang or "")
    return str(earlier) if earlier else None


def _is_of_victims(doc: Doc, part: Part, side: Mention) -> bool:
    """ "Ukrainian cities", "Ukrainian regions": a side that suffers, not one that attacks."""
    after = doc.at[side.j] if side.j < part.j else None
    return after is not None and (after.group in ("level", "target", "person") or after.concept == "count.other")


def _told_attacker(doc: Doc, one: _Found, found: list[_Found]) -> str | None:
    """The attacker told with a count before, else after."""
    for other in found:
        if other.attacker is not None and abs(other.part.n - one.part.n) <= 4:
            return other.attacker
    return None


def _enemy(doc: Doc) -> str | None:
    if doc.side is not None:
        return "RU" if doc.side == "UA" else "UA"
    found = doc.lexicon.settings.get("enemy_of", {}).get(doc.lang or "")
    return str(found) if found else None


def _once(reports: list[CountReport]) -> list[CountReport]:
    """Each figure once; of a general and a narrower statement of the same figure, the narrower."""
    out: list[CountReport] = []
    seen: dict[tuple[str, int | None], list[int]] = {}
    for report in reports:
        same = seen.setdefault((report.measure, report.value), [])
        twin = next((n for n in same[-_NEAR:] if _is_twin(report, out[n])), None)
        if twin is None:
            same.append(len(out))
            out.append(report)
        elif (out[twin].weapon in ("missile", "mixed") and report.weapon not in ("missile", "mixed")) or (
            out[twin].period is None and report.period is not None
        ):
            out[twin] = report
    return out


def _is_list_line(report: CountReport) -> bool:
    """A line that begins with its number: two such lines with one figure are two claims."""
    return report.evidence.quote.lstrip("-\u2013\u2014\u2022 \t\u25aa\u25ab\ufe0f").startswith(str(report.value))


def _is_twin(a: CountReport, b: CountReport) -> bool:
    if (a.measure, a.value, a.value_max) != (b.measure, b.value, b.value_max):
        return False
    same_weapon = (
        a.weapon == b.weapon or {a.weapon, b.weapon} <= {"missile", "ballistic"} or "mixed" in (a.weapon, b.weapon)
    )
    same_places = {p.name for p in a.places} == {p.name for p in b.places}
    same_model = a.model == b.model or a.model is None or b.model is None
    if _is_list_line(a) and _is_list_line(b) and a.evidence.span != b.evidence.span:
        return False
    if a.evidence.span == b.evidence.span:
        return (
            same_weapon
            and same_places
            and same_model
            and a.model == b.model
            and a.weapon == b.weapon
            and bool(a.places)
        )
    periods = a.period == b.period or None in (a.period, b.period)
    return same_weapon and same_places and same_model and periods and a.measure != "present"
