"""A sentence with several strikes in it, cut where the next place with a toll of its own begins."""

from __future__ import annotations

import itertools
from typing import Final

from monitor.extract.places.offices import is_office
from monitor.extract.places.units import ancestors
from monitor.extract.strikes.bydate import by_day
from monitor.extract.strikes.bymonth import past_beside
from monitor.extract.strikes.byweapon import by_weapon
from monitor.extract.strikes.cutting import piece, without
from monitor.extract.strikes.dayafter import HERE, ends_with_other_day, is_counted_on, today_begins
from monitor.extract.strikes.elided import noun_behind, verb_before
from monitor.extract.strikes.entries import clock_cuts
from monitor.extract.strikes.partly import (
    aside_in_brackets,
    parts_by_town,
    rows_behind,
    rows_of,
    segments_behind,
    stands_alone,
)
from monitor.extract.text.doc import LONG, OF_A_DAY, Doc, Number, Part, Site
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import clause_starts
from monitor.extract.words.mentions import Mention

__all__ = ["pieces"]

_MOST: Final = 8
_ROW: Final = 3
"""Places of a list."""
_ARTICLE: Final = 3
"""Letters of the longest word that may stand unread in such an ellipsis: an article."""
_EFFECT: Final = frozenset(("strike.damage", "strike.hit"))
_ELIDED: Final = frozenset(("num", "bound", "person", "prep", "place", "level", "conj"))
_BLOWS: Final = frozenset(("strike.attack", "strike.hit", "side.enemy", "side.ru", "side.ua"))
_HARM: Final = frozenset(("toll.killed", "toll.injured", "toll.victims", "toll.harmed"))
_TOLD: Final = _HARM | _EFFECT
_UNHARMED: Final = frozenset(("strike.harmless",))
_SPARED: Final = frozenset(("toll.none", "toll.none_killed", "toll.none_injured"))


def pieces(doc: Doc, part: Part) -> list[Part]:
    """The sentence itself, or its parts in order: "three were killed in A | and two wounded in B"."""
    if cuts_at := clock_cuts(doc, part):
        for one in (told := [piece(part, i, j) for i, j in itertools.pairwise([*cuts_at, part.j])]):
            one.sites = one.sites or [s for s in part.sites if s.i < cuts_at[1]]
        return told
    if len(part.whens) > 1 and (days := by_day(doc, part)) is not None:
        return days
    if len(part.sites) > 1 and (weapons := by_weapon(doc, part)) is not None:
        return [piece(part, i, j, verb) for i, j, verb in weapons]
    if not part.has_any(_HARM):
        verb = verb_before(doc, part)
        return [part if verb is None else piece(part, part.i, part.j, verb)]
    if any(w.period in LONG for w in part.whens) and (total := _total_behind(doc, part)) is not None:
        blow = piece(part, part.i, total)
        blow.when = blow.whens[0] if blow.whens else None
        return [*pieces(doc, blow), piece(part, total, part.j)]
    if (past := past_beside(doc, part)) is not None:
        before = piece(part, *past)
        before.sites = before.sites or [s for s in part.sites if s.i < past[0]][-1:]
        return [without(part, *past), before]
    if part.has("time.day_after") and (now := _now_after(doc, part)) is not None:
        return now
    if part.has("num.subset") and part.sites and (some := parts_by_town(doc, part)) is not None:
        return [piece(part, i, j, verb) for i, j, verb in some]
    if len(part.sites) < 2:
        return [part]
    if part.has("time.after") and (after := _answered(doc, part)) is not None:
        return [piece(part, part.i, after), piece(part, after, part.j)]
    is_of_one = len(part.numbers) < 2 and len(part.of("person.one")) < 2
    if is_of_one and len(part.of_any(_TOLD)) < 2 and not part.has_any(_SPARED):
        return [part]
    if len(part.numbers) > 1 and (ahead := noun_behind(doc, part)) is not None:
        return [*(piece(part, i, j, noun) for i, j, noun in ahead), *pieces(doc, piece(part, ahead[-1][1] + 1, part.j))]
    if _is_sum(doc, part) or _is_of_all(doc, part) or _is_by_town(doc, part) or rows_behind(doc, part) or (
        segments_behind(doc, part)):  # fmt: skip
        return [part]
    return _by_clause(doc, part)


def _by_clause(doc: Doc, part: Part) -> list[Part]:
    """The sentence cut where a clause, or what stands behind an "and", has a toll and a place of its own."""
    cuts = _cuts(doc, part)
    out: list[Part] = []
    end = part.j
    head = _head(doc, part)
    if head is not None:
        cuts = [cut for cut in cuts if cut > head]
        whole, part = part, piece(part, head, part.j)
    for cut in cuts:
        if len(out) >= _MOST or cut >= end or _is_behind_figure(doc, part, cut):
            continue
        if (verb := _left_out(doc, part, cut, end)) is not None or _is_apart(doc, part, cut, end):
            out.append(piece(part, cut, end, verb))
            end = cut
    if not out:
        return [part if head is None else whole]
    return [piece(part, part.i, end), *reversed(out)]


def _cuts(doc: Doc, part: Part) -> list[int]:
    """The tokens at which it may be cut, the last first."""
    relatives = doc.lexicon.settings.get("relatives", ())
    cuts = sorted(
        {
            *clause_starts(doc, part)[1:],
            *(m.i for m in part.of("conj.and", "conj.but")),
            *(k for k in range(part.i + 1, part.j) if doc.tokens[k].f in relatives and _is_harm_behind(part, k)),
        },
        reverse=True,
    )
    aside = aside_in_brackets(doc, part)
    return [cut for cut in cuts if cut not in aside] if aside else cuts


def _is_harm_behind(part: Part, k: int) -> bool:
    """ "An attack on A that also hurt 27 in B": the clause of the "that" tells of people first."""
    return any(0 < m.i - k <= _ARTICLE + 1 for m in part.of_any(_HARM))


def _now_after(doc: Doc, part: Part) -> list[Part] | None:
    """ "A day after a bomb killed six in A, | a drone hit a house in the same town": what is told of today."""
    after = part.of("time.day_after")[0]
    if after.i != part.i:
        return pieces(doc, piece(part, part.i, after.i)) if ends_with_other_day(doc, part, after) else None
    cut = today_begins(doc, part, after)
    if cut is None:
        return None
    before, now = piece(part, part.i, cut), piece(part, cut, part.j)
    if not now.sites and is_counted_on(part):
        return [part]
    if not now.sites and now.has(*HERE):
        now.sites = before.sites
    return [before, *pieces(doc, now)]


def _total_behind(doc: Doc, part: Part) -> int | None:
    """ "A drone killed two in A, bringing the number killed there this year to 311": where the clause begins that sums
    up a longer time; behind an "and" only where a place or a day stands before it: "attacks killed 38 and wounded 272
    in A in April" is all of the month."""
    long = [w for w in part.whens if w.period in LONG]
    starts = clause_starts(doc, part)
    own = [*(s.i for s in part.sites), *(w.i for w in part.whens if w.period in OF_A_DAY)]
    first = min(own, default=part.j)
    told = [m.i for m in part.of("conj.and") if _harm(part, part.i, m.i) and any(n.i < m.i for n in part.numbers)]
    told = [k for k in told if first < k]
    for start in sorted((k for k in {*starts[1:], *told} if k <= long[0].i), reverse=True):
        is_blow = any(m.i < start for m in part.of("strike.attack", "strike.hit", "weapon", "model"))
        stop = next((k for k in starts if k > start), part.j)
        if is_blow and long[0].i < stop and _harm(part, start, part.j) and any(n.i >= start for n in part.numbers):
            return start
    return None


def _answered(doc: Doc, part: Part) -> int | None:
    """ "A was fired at after a blow on B killed two": where the blow begins that was answered and has the toll."""
    for after in part.of("time.after"):
        blow = next((m for m in part.of("strike.attack") if after.j <= m.i <= after.j + _ARTICLE), None)
        if blow is None or after.i - part.i < _ARTICLE or _harm(part, part.i, after.i):
            continue
        if not any(m.i < after.i for m in part.of("act.launched", "act.fired", "strike.attack")):
            continue
        left, right = _struck(doc, part, part.i, after.i), _struck(doc, part, after.i, part.j)
        harm = [m for m in part.of_any(_HARM) if m.i > blow.j]
        if left and right and harm and right[0].i < harm[0].i and _are_apart(doc, left, right):
            return after.i
    return None


def _is_behind_figure(doc: Doc, part: Part, cut: int) -> bool:
    """ "..., four more - in the shelling of B", "..., a drone - a market in B": the clause begins at the figure or at
    the weapon, not behind the dash."""
    if doc.tokens[cut - 1].text not in DASHES:
        return False
    weapons = part.of("weapon", "model")
    return any(n.j == cut - 1 for n in part.numbers) or any(
        m.j == cut - 1 and m.i > part.i and doc.tokens[m.i - 1].kind == "p" for m in weapons
    )


def _is_sum(doc: Doc, part: Part) -> bool:
    """ "Three were killed in the region: two in A, one in B": the figures behind the colon add up to that before it."""
    colon = next((k for k in range(part.i + 1, part.j - 1) if doc.tokens[k].text == ":" and _harm(part, part.i, k)), -1)
    if colon < 0 or _harm(part, colon, part.j):
        return False
    whole = [n for n in part.numbers if n.i < colon and not n.is_article]
    rest = [n for n in part.numbers if n.i > colon]
    return bool(whole) and len(rest) > 1 and sum(_told_of(doc, part, n, rest) for n in rest) == whole[-1].value


def _is_by_town(doc: Doc, part: Part) -> bool:
    """ "Five were killed, three in A and two in B": no other word of harm behind the first figure's."""
    harm = part.of_any(_HARM)
    rows = rows_of(doc, part)
    return bool(rows) and all(m.i < rows[0][1].i for m in harm)


def _is_of_all(doc: Doc, part: Part) -> bool:
    """ "A missile hit a house in A, a drone a market in B: four were killed", "... four in all": one toll of them all,
    behind the last place, a colon or the word for a total between."""
    harm, last = part.of_any(_HARM), max(s.j for s in part.sites)
    if harm[0].i < last:
        return False
    figures = [n.i for n in part.numbers if last <= n.i]
    stop = min(harm[0].i, figures[0]) if figures else harm[0].i
    if any(last <= m.i <= harm[-1].i for m in part.of("num.total")):
        return True
    return any(doc.tokens[k].text == ":" for k in range(last, stop))


def _told_of(doc: Doc, part: Part, number: Number, others: list[Number]) -> int:
    """The number, or "one each in A and B"."""
    by = doc.at[number.i - 1] if number.i > part.i else None
    if by is None or by.concept not in ("prep.by", "num.each"):
        return number.value
    stop = min((n.i for n in others if n.i > number.i), default=part.j)
    return number.value * max(1, sum(1 for s in part.sites if number.j <= s.i < stop))


def _head(doc: Doc, part: Part) -> int | None:
    """The token behind a colon, where the places told before it are told again behind it, each with its toll."""
    for k in range(part.i + 1, part.j - 1):
        if doc.tokens[k].text != ":":
            continue
        before, behind = _struck(doc, part, part.i, k), _struck(doc, part, k, part.j)
        again = {s.ref.id for s in before} & {s.ref.id for s in behind}
        return k + 1 if len(again) > 1 and not _harm(part, part.i, k) else None
    return None


def _is_apart(doc: Doc, part: Part, cut: int, end: int) -> bool:
    """Whether both sides of the cut have a place and a toll, and the places are not one within the other."""
    left, right = _struck(doc, part, part.i, cut), _struck(doc, part, cut, end)
    if not right or _is_in_list(part, cut):
        return False
    if not left:
        return _is_of_others(doc, part, cut, end)
    is_clause = right[0].i - cut <= 3 and (doc.at[cut - 1] is None or doc.tokens[cut - 1].kind == "p")
    is_clause = is_clause or _is_other_target(part, cut, end)
    is_clause = is_clause or _is_but(doc, cut)
    if is_clause and _harm(part, part.i, cut) and not _harm(part, cut, end) and _are_apart(doc, left, right):
        spared = [m.i for m in part.of_any(_SPARED | _UNHARMED) if cut <= m.i < end]
        if spared and right[0].i < spared[0]:
            return True  # "... two hurt in A, in B nobody was"
    is_spared = any(m.i < cut for m in part.of_any(_SPARED)) and _is_but(doc, cut)
    if is_spared and _harm(part, cut, end) and _are_apart(doc, left, right):
        return True  # "no deaths in the attack on A, but one person was killed in a strike on B"
    if not _harm(part, part.i, cut) or not _harm(part, cut, end):
        if not is_clause or not _told(part, part.i, cut) or not _told(part, cut, end):
            return False
        return _are_apart(doc, left, right)
    if any(m.concept == "num.subset" for m in part.mentions if cut - 2 <= m.i < min(end, cut + 2)):
        return False
    numbered = any(cut <= n.i < end for n in part.numbers) or any(cut <= m.i < end for m in part.of("person.one"))
    return numbered and _are_apart(doc, left, right)


def _is_but(doc: Doc, k: int) -> bool:
    """Whether a "but" begins at the token."""
    return (but := doc.at[k]) is not None and but.concept == "conj.but"


def _is_in_list(part: Part, cut: int) -> bool:
    """ "... strikes on A, B | and C at 31 dead": between places named side by side, three or more."""
    run = 1
    cuts = False
    for before, site in itertools.pairwise(part.sites):
        if site.i - before.j != 1:
            if cuts and run >= _ROW:
                return True
            run, cuts = 1, False
            continue
        run += 1
        cuts = cuts or before.j <= cut <= site.i
    return cuts and run >= _ROW


def _is_of_others(doc: Doc, part: Part, cut: int, end: int) -> bool:
    """ "A says shelling killed 16, while B put the toll of strikes on C at 31": two blows, each with a figure, and the
    first has no place."""
    but = doc.at[cut]
    if but is None or but.concept != "conj.but":
        return False
    return all(
        any(i <= n.i < j for n in part.numbers) and _harm(part, i, j) and any(i <= m.i < j for m in part.of("strike"))
        for i, j in ((part.i, cut), (cut, end))
    )


def _is_other_target(part: Part, cut: int, end: int) -> bool:
    """ "Two killed in A, oil depot in B hit": a clause with a target and a hit of its own, and nobody harmed."""
    is_hit = any(cut <= m.i < end for m in part.of_any(_EFFECT))
    return is_hit and any(cut <= m.i < end for m in part.of("target")) and not _harm(part, cut, end)


def _left_out(doc: Doc, part: Part, cut: int, end: int) -> Mention | None:
    """ "Two were killed in A and three | in B": the verb that a number and a place behind it go without; None: one of
    them is no toll of its own."""
    right = _struck(doc, part, cut, end)
    people = [m for m in part.of("person.one") if cut <= m.i < end]
    numbers = [
        n for n in part.numbers
        if cut <= n.i < end and (not n.is_article or stands_alone(doc, part, n)) and not (people and people[0].i < n.i)
    ]  # fmt: skip
    verbs = [m for m in part.of_any(_HARM) if m.i < cut]
    left = _struck(doc, part, part.i, cut)
    if len(numbers) != 1 and not (people and not numbers):
        return None
    if not right or not left or not verbs or _harm(part, cut, end):
        return None
    is_led = False
    stop = max(numbers[0].j if numbers else people[0].j, right[-1].j)
    for k in range(cut, stop):
        m = doc.at[k]
        if m is None:
            if doc.tokens[k].kind == "w" and len(doc.tokens[k].f) > _ARTICLE:
                return None
        elif m.group in ("cause", "prep"):
            is_led = True
        elif is_led and (m.concept in _BLOWS or m.group in ("weapon", "model")):
            continue  # "..., three more - in the shelling of B"
        elif m.group not in _ELIDED and m.concept != "count.age":
            return None
    ahead = [n.i for n in part.numbers if n.i < cut] + [m.i for m in part.of("person.one") if m.i < cut]
    since = max(ahead, default=-1)
    if since < 0 or any(m.i > since and m.concept != verbs[-1].concept for m in verbs):
        return None
    if any(_is_of_whole(doc, left, right, m) for m in part.of("num.subset") if m.i < cut):
        return None
    return verbs[-1] if _are_apart(doc, left, right) else None


def _is_of_whole(doc: Doc, left: list[Site], right: list[Site], subset: Mention) -> bool:
    """ "Eight in A region, including three in B | and two in C": all of them are parts of the first."""
    whole = {s.ref.id for s in left if s.i < subset.i}
    return all(not whole.isdisjoint(ancestors(doc.lexicon, s.ref.id)) for s in right)


def _told(part: Part, i: int, j: int) -> bool:
    return any(i <= m.i < j for m in part.of_any(_TOLD))


def _are_apart(doc: Doc, left: list[Site], right: list[Site]) -> bool:
    around_others = {a for s in left for a in ancestors(doc.lexicon, s.ref.id)}
    left = [s for s in left if s.ref.id not in around_others]  # the region that the first of them lies in
    names = {s.ref.name for s in left}
    above = {a for s in left for a in ancestors(doc.lexicon, s.ref.id)}
    around = doc.lexicon.settings.get("around", {})
    held = {s.ref.id for s in left}
    above.update(around[s.ref.id] for s in left if s.ref.id in around)
    return all(
        s.ref.name not in names and s.ref.id not in above and held.isdisjoint(ancestors(doc.lexicon, s.ref.id))
        for s in right
    )


def _struck(doc: Doc, part: Part, i: int, j: int) -> list[Site]:
    return [
        s for s in part.sites
        if i <= s.i < j and s.ref.level not in ("country", "sea") and s.role in ("at", "target", "name")
        and not is_office(doc, part, s)
    ]  # fmt: skip


def _harm(part: Part, i: int, j: int) -> bool:
    return any(i <= m.i < j for m in part.of_any(_HARM))
