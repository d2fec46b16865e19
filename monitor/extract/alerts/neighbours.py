"""What the sentences beside an end say of it: that it was long ago, a joke, not so, or that the siren is on again."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.announced import is_announcing
from monitor.extract.alerts.elsewhere import is_of_the_rest
from monitor.extract.counts.beside import dateline_of_line
from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import LONG, Doc, Part, Site
from monitor.extract.vetoes import is_branded
from monitor.extract.words.mentions import Mention

__all__ = ["is_elsewhen", "is_of_the_past", "is_recalled", "is_taken_back", "names_a_year", "why_turned_round"]

_DOUBT_BEFORE: Final = frozenset(
    ("veto.denied", "veto.joke", "signal.retraction", "signal.correction", "veto.drill", "veto.siren_test",
     "veto.history", "veto.recycled", "veto.game", "veto.if", "alert.expected", "veto.hypothetical")
)  # fmt: skip
_DOUBT_RIGHT_BEFORE: Final = _DOUBT_BEFORE | frozenset(("veto.negation", "time.again", "alert.still", "alert.lasts"))
_DOUBT_AFTER: Final = _DOUBT_BEFORE | frozenset(
    ("veto.negation", "time.yesterday", "time.before_yesterday", "time.ago", "alert.lifted", "alert.still",
     "alert.lasts", "veto.future")
)  # fmt: skip
_NAMED_OR_GONE: Final = frozenset(
    ("weapon", "model", "act", "toll", "claim", "count", "person", "alert.clean", "veto.negation", "veto.absence")
)
_OVER: Final = frozenset(("alert.all_clear_siren", "alert.all_clear", "alert.lifted", "alert.event_over"))
_PLURALS: Final = ("level.raions", "level.hromadas", "level.oblasts")
_TOLD_OTHERWISE: Final = frozenset(("strike", "act", "toll", "weapon", "model", "target", "claim", "alert.clean"))
_HEADING: Final = frozenset(("place", "level", "mark", "conj"))
_LIST: Final = 12
"""Lines of a list that are looked through."""
_REMARK: Final = 7
"""Words of a remark: what is longer tells something of its own."""
_FEW: Final = 4
_BEFORE: Final = frozenset(("time.yesterday", "time.before_yesterday", "time.ago", "time.then"))
_STORY: Final = 6
"""Sentences that a date long past holds for, until one says that it is of today."""
_DATELINE: Final = 8
"""Tokens of a sentence that is little more than a date: what follows it happened then."""


def is_taken_back(doc: Doc, part: Part) -> bool:
    """Whether a sentence beside the end, or the heading of it all, denies it, or tells of the next alert."""
    if is_branded(doc):
        return True
    if _flies_on(doc, part):
        return True
    for other in doc.parts[part.n + 1 : part.n + 3]:
        if other.line == part.line and any(not _is_negated(doc, other, m) for m in other.of("veto.denied")):
            return True
        if other.has("veto.joke") or (_begins_with_no(doc, other) and not other.has("alert.still", "alert.lasts")):
            return True
        if not other.has("time.again", "alert.declared") or _begins_elsewhere(doc, part, other):
            continue
        if other.has("time.again") and (other.has("alert.siren", "alert.signal", "alert.declared") or _is_short(other)):
            return True
        if any(_says_siren(doc, m.i, m.j) for m in other.of("alert.declared")) and not other.has("alert.still"):
            return True
    return False


def _begins_elsewhere(doc: Doc, part: Part, other: Part) -> bool:
    """ "The alert is over in A. A new alert in B": the next one is of known places, none in or around the end's."""
    if not (other.sites or other.has("place.vague", "prep.side")) or other.is_unplaced:
        return False
    if not all(s.ref.id for s in part.sites) or not all(s.ref.id for s in other.sites):
        return False
    if not _is_of_other_places(doc, part, other):
        return False
    return other.has("alert.siren", "alert.signal") or _says_siren(doc, other.i, other.j)


def _flies_on(doc: Doc, part: Part) -> bool:
    """ "The danger of drones is over. Five more are coming": what flies, and where, the sentence behind leaves out."""
    other = doc.parts[part.n + 1] if part.n + 1 < len(doc.parts) else None
    if other is None or other.line != part.line or other.sites or other.has_any(_NAMED_OR_GONE):
        return False
    return other.has("alert.fly") or (other.has("num.more") and bool(other.numbers))


def why_turned_round(doc: Doc, part: Part) -> str | None:
    """Why a short remark beside the end of an air alert leaves it in doubt; None: nothing does."""
    for other in doc.parts[part.n + 1 : part.n + 3]:
        if _is_aside(doc, part, other, _DOUBT_AFTER):
            return "an all-clear, and a remark behind it that may turn it round"
    if _tells_of_some(doc, part):
        return "an all-clear, and what is told of some parts of the place is not understood"
    if _is_listed_again(doc, part):
        return "an all-clear, and the same place below a heading that is not understood"
    if not part.sites and _is_item_of_a_list(doc, part):
        return "an all-clear among the items of a list"
    before = doc.parts[part.n - 1] if part.n else None
    if before is not None and (_is_header(doc, before) or _is_doubtful_header(doc, before)):
        return "an all-clear below a heading that is not understood"
    if before is None:
        return None
    doubts = _DOUBT_BEFORE if before.line != part.line else _DOUBT_RIGHT_BEFORE
    is_anew = before.line == part.line and any(_says_siren(doc, m.i, m.j) for m in before.of("alert.declared"))
    if (is_anew and not before.sites) or _is_aside(doc, part, before, doubts):
        return "an all-clear, and a remark before it that may turn it round"
    return None


def _is_listed_again(doc: Doc, part: Part) -> bool:
    """ "All clear in A. Mind that it ... in: - A": what the list is of nobody knows, it may be of the alerts left."""
    mine = {s.ref.id for s in part.sites}
    for head in doc.parts[part.n + 1 : part.n + 3]:
        if doc.tokens[head.j - 1].text != ":" or head.sites or head.has("alert.still", "alert.lasts"):
            continue
        if mine and _unread(doc, head):
            items = doc.parts[head.n + 1 : head.n + 1 + _LIST]
            return any(s.ref.id in mine and not s.is_tag for item in items for s in item.sites)
    return False


def _tells_of_some(doc: Doc, part: Part) -> bool:
    """ "All clear in A. In some of its districts it ...": nobody knows what goes on there, and it may be the alert."""
    behind = doc.parts[part.n + 1] if part.n + 1 < len(doc.parts) else None
    if behind is None or behind.line != part.line or behind.sites or not _unread(doc, behind):
        return False
    is_heading = doc.tokens[behind.j - 1].text == ":"
    return behind.has("alert.partial", *_PLURALS) and not is_heading and not behind.has_any(_TOLD_OTHERWISE)


def _is_aside(doc: Doc, part: Part, other: Part, doubts: frozenset[str]) -> bool:
    """Whether a short remark beside an end may turn it round: a word of doubt, or words that nobody knows."""
    is_doubtful, is_call = other.has_any(doubts), other.has("alert.shelter")
    is_beside = other.line == part.line and abs(other.n - part.n) <= 1
    if not (is_doubtful or is_call or is_beside):
        return False
    words = [k for k in range(other.i, other.j) if doc.tokens[k].kind == "w"]
    if (
        not words
        or len(words) > _REMARK
        or doc.tokens[other.j - 1].text == ":"
        or _is_of_other_places(doc, part, other)
    ):
        return False
    if is_doubtful:
        return True
    if other.n > part.n and other.has("alert.under_attack") and not other.has("verb.aux", "verb.passive"):
        return True  # "All clear in A! Air defence is at work"
    unread = [k for k in words if doc.at[k] is None and not is_announcing(doc, k)]
    if is_call and (unread or not any(is_announcing(doc, k) for k in words)):
        return True
    if not is_beside:
        return False
    wishes = doc.lexicon.settings.get("wishes", ()) if other.n > part.n else ()
    is_unread = any(doc.tokens[k].f not in wishes for k in unread)
    return doc.tokens[other.j - 1].text in "?\u2049\u061f" or (is_unread and len(words) <= _FEW)


def _unread(doc: Doc, part: Part) -> bool:
    return any(
        doc.tokens[k].kind == "w" and doc.at[k] is None and not is_announcing(doc, k) for k in range(part.i, part.j)
    )


def _is_header(doc: Doc, part: Part) -> bool:
    """ "A sample of the message:" """
    return doc.tokens[part.j - 1].text == ":" and not part.sites and _unread(doc, part)


def _is_doubtful_header(doc: Doc, part: Part) -> bool:
    return doc.tokens[part.j - 1].text == ":" and part.has_any(_DOUBT_BEFORE)


def _is_item_of_a_list(doc: Doc, part: Part) -> bool:
    """Whether a line beside it begins with the same sign and names something else: "our bot shows the weather"."""
    sign = doc.tokens[part.i]
    return sign.kind == "p" and any(
        doc.tokens[other.i].text == sign.text and other.line != part.line and not other.sites and _unread(doc, other)
        for other in (*doc.parts[max(0, part.n - 1) : part.n], *doc.parts[part.n + 1 : part.n + 2])
    )


def _is_of_other_places(doc: Doc, part: Part, other: Part) -> bool:
    """Whether the remark has places of its own, none of them in, or around, one of the end's."""
    is_plain = other.n > part.n and not part.sites and not other.has("veto.negation", "veto.denied", "conj.but")
    head = dateline_of_line(doc, part) if is_plain else None
    mine = {s.ref.id for s in (head or part).sites or _sites_above(doc, part) if s.ref.id}
    if mine and is_of_the_rest(doc, other):
        return all(s.ref.level != "country" for s in part.sites)
    theirs = other.sites or (_sites_above(doc, other) if other.n - part.n == 2 else [])
    if not theirs or not mine:
        return False
    stills = other.of("alert.still", "alert.lasts")
    if (
        stills
        and (other.has("alert.siren") or any(_says_siren(doc, m.i, m.j) for m in stills))
        and all(_is_apart(doc, s.ref.id, mine) for s in theirs)
    ):
        return True  # what goes on in a part of the region is taken out of its end, or goes on around the town
    for s in theirs:
        line = {s.ref.id, *ancestors(doc.lexicon, s.ref.id)}
        if line & mine or any(s.ref.id in ancestors(doc.lexicon, x) for x in mine):
            return False
    return True


def _sites_above(doc: Doc, part: Part) -> list[Site]:
    """ "(red) A / The alert goes on": the places of the line above, where it is nothing else."""
    above = doc.parts[part.n - 1] if part.n else None
    is_heading = above is not None and above.line != part.line and all(m.group in _HEADING for m in above.mentions)
    return above.sites if above is not None and is_heading else []


def _is_apart(doc: Doc, identity: str | None, mine: set[str]) -> bool:
    """A part of one of these places, or what is around them."""
    if identity is None or identity in mine:
        return False
    is_part = not mine.isdisjoint(ancestors(doc.lexicon, identity))
    return is_part or all(identity in ancestors(doc.lexicon, one) for one in mine)


def _is_short(part: Part) -> bool:
    return part.j - part.i <= _DATELINE


def _says_siren(doc: Doc, i: int, j: int) -> bool:
    stems = tuple(doc.lexicon.settings.get("siren_stems", ()))
    return any(doc.tokens[k].f.startswith(stems) for k in range(i, j))


def _is_negated(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Do not ignore": a denial that is itself denied."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    return before is not None and before.concept == "veto.negation"


def _begins_with_no(doc: Doc, part: Part) -> bool:
    """ "Oh no, ...": a denial that stands alone before a comma or a stop takes back what was said before it."""
    return any(m.i - part.i <= 2 and m.j < part.j and doc.tokens[m.j].kind == "p" for m in part.of("veto.negation"))


def is_elsewhen(doc: Doc, part: Part) -> bool:
    """Whether the sentence, or a dateline before it, names a time before today: what ended then may have begun again
    since."""
    if is_of_the_past(doc, part):
        return True
    if any(
        _is_short(other) and (other.has_any(_BEFORE) or _is_past(doc, other) or names_a_year(doc, other))
        for other in doc.parts[max(0, part.n - 2) : part.n]
    ):
        return True
    for other in reversed(doc.parts[max(0, part.n - _STORY) : part.n]):
        if other.has("time.now", "time.today"):
            return False
        if other.has("time.ago") or any(w.is_retro for w in other.whens) or (
            names_a_year(doc, other) and other.has("month")
        ):  # fmt: skip
            return True  # "Three years ago, on 4 March 2023, ...": a story of that day
        if other.has("time.yesterday", "time.before_yesterday") and other.line == part.line and any(
            doc.tokens[k].text == ":" for k in range(other.i, other.j)
        ):  # fmt: skip
            return True  # "Yesterday channels wrote: ...": what they wrote
    return False


def is_of_the_past(doc: Doc, part: Part) -> bool:
    """Whether the sentence itself names a time before today."""
    return part.has_any(_BEFORE) or _is_past(doc, part)


def names_a_year(doc: Doc, part: Part) -> bool:
    """A bare year before this one: "in 1940"."""
    this = doc.local.year if doc.local is not None else 2022
    since = part.of("time.first_since")
    for k in range(part.i, since[0].i if since else part.j):
        text = doc.tokens[k].text
        if doc.tokens[k].kind == "n" and len(text) == 4 and 1900 <= int(text) < this:
            return True
    return False


def _is_past(doc: Doc, part: Part) -> bool:
    today = doc.local.date().isoformat() if doc.local is not None else None
    for when in part.whens:
        if when.period in LONG or when.is_retro:
            return True
        if when.date is not None and (when.date[-10:] < today if today is not None else part.has("month")):
            return True
    return False


def is_recalled(doc: Doc, part: Part) -> bool:
    """Whether the alert that a sentence declares is the one whose end is told: "All clear in A. Earlier the mayor spoke
    of an alert", "the alert in A was lifted. Sirens sounded at 16:35. They were switched off in an hour"."""
    over = [other for other in doc.parts[: part.n] if other.has_any(_OVER)]
    first = part.mentions[0]
    if first.concept in ("time.before", "time.recall") and first.i - part.i <= 1:
        cleared = {s.ref.id for other in over for s in other.sites}
        is_same = bool(over) and all(s.ref.id in cleared for s in part.sites)
        return not part.sites or part.has("veto.closure") or is_same
    if not over or part.sites or part.has("time.again", "time.now", "mark.start") or not _names_a_clock(doc, part):
        return False
    behind = doc.parts[part.n + 1 : part.n + _FEW]
    return any(other.has("alert.lifted", "alert.all_clear_siren") and not other.sites for other in behind)


def _names_a_clock(doc: Doc, part: Part) -> bool:
    tokens = doc.tokens
    return any(
        tokens[k].kind == "n" and tokens[k + 1].text in (":", ".") and tokens[k + 2].kind == "n"
        for k in range(part.i, part.j - 2)
    )
