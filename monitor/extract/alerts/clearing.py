"""Whether an all-clear covers what it seems to cover: one for part of a region, or with a place that is not known,
must not clear the whole. Every function names the reason, for the note."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from monitor.extract.alerts.howlong import is_length_told
from monitor.extract.places.units import CAPITALS, ancestors, ref
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.words.mentions import Mention
from monitor.model import PlaceRef

__all__ = ["is_declared_again", "is_of_some", "why_narrower", "without_names_ahead"]

_PLURALS: Final = {
    "level.oblasts": frozenset(("country",)),
    "level.raions": frozenset(("country", "oblast")),
    "level.hromadas": frozenset(("country", "oblast", "raion", "district")),
}
_PLURAL: Final = frozenset(_PLURALS)
_NARROWING: Final = frozenset(
    ("level", "bound.vague", "place.vague", "prep.side", "prep.except", "num.half", "time.hour",
     "time.last_night")
)  # fmt: skip
_SOME: Final = frozenset(("num.part", "num.half", "num.rest", "time.superlative", "alert.partial", "num.percent"))
_OF_IT: Final = frozenset(("num.of", "prep.of", "num.all"))
_REACH: Final = 7
_ARTICLE: Final = 3
_NO_PLACE: Final = frozenset(("place", "level", "time", "weekday", "month", "num", "mark", "alert"))
_INTO: Final = frozenset(
    ("prep.at", "prep.by", "prep.to", "prep.on", "prep.until", "prep.from", "prep.border", "prep.between")
)  # fmt: skip


def why_narrower(
    doc: Doc, part: Part, trigger: Mention, sites: list[Site], *, is_everywhere: bool, own: Iterable[PlaceRef] = ()
) -> str | None:
    """Why an announced end holds for less than ``sites`` (none: than everything); None: it holds for all of it. ``own``
    are the places of whoever tells it, where that is not the channel."""
    placed = [s for s in sites if s.role not in ("from", "except")]
    if part.has("prep.except") and not any(s.role == "except" for s in part.sites):
        return "an exception whose place is not known"
    if any(s.is_part for s in part.sites if s.role == "except"):
        return "an exception for a district of a city"
    if part.is_unplaced:
        return "an all-clear for a place that may be any of several"
    if any(s.is_part for s in placed):
        return "an all-clear for a district of a city"
    if any(_is_beside(doc, part, s) for s in placed):
        return "an all-clear beside a place, not in it"
    if any(_is_most_of(doc, part, s) for s in placed):
        return "an all-clear for a part of a place"
    if is_everywhere:
        return "an all-clear for a side of a country" if part.has("prep.side") else None
    for m in part.of_any(_PLURAL):
        if not _is_all(doc, m) and all(s.ref.level in _PLURALS[m.concept] for s in placed):
            return "an all-clear for some of a region's parts"
    if any(_is_side_of(doc, part, m, placed) for m in part.of("prep.side")):
        return "an all-clear for a part of a place"
    if not placed:
        return _why_unplaced(doc, part, trigger, {place.level for place in own} or _own_levels(doc))
    return None


def without_names_ahead(doc: Doc, sites: list[Site]) -> list[Site]:
    """ "A, in B the alert is over": of a bare name ahead of the place, with no "and" between, nothing is said; the
    region that A lies in says where A is."""
    for n, site in enumerate(sites[1:], 1):
        if sites[n - 1].role != "name":
            break
        led = doc.at[site.i - 1]
        if site.role != "at" or led is None or led.group != "prep":
            continue
        is_cut = doc.tokens[led.i - 1].text in ",." or doc.tokens[led.i].is_capital
        around = any(x.ref.id and site.ref.id in ancestors(doc.lexicon, x.ref.id) for x in sites[:n])
        return sites[n:] if is_cut and not around else sites
    return sites


def is_of_some(doc: Doc, part: Part, sites: list[Site]) -> bool:
    """ "The missile threat is over in most regions of A": for how many is said, not for which."""
    if part.has("alert.partial") or any(_is_most_of(doc, part, s) for s in sites):
        return True
    return any(
        not _is_all(doc, m) and bool(sites) and all(s.ref.level in _PLURALS[m.concept] for s in sites)
        for m in part.of_any(_PLURAL)
    )


def _is_beside(doc: Doc, part: Part, site: Site) -> bool:
    """ "The alert is over near A": the words right before the place say beside it."""
    before = doc.at[site.i - 1] if site.i > part.i else None
    if before is None or before.group != "prep":
        return False
    settings = doc.lexicon.settings
    near = [doc.tokens[k].f for k in range(before.i, before.j)]
    return any(word in settings.get("beside", ()) or word in settings.get("lies_by", ()) for word in near)


def _is_most_of(doc: Doc, part: Part, site: Site) -> bool:
    """ "For most of A", "in almost all of A", "over some of A": words right ahead of the place that leave some out."""
    k = site.i - 1
    while k >= part.i and site.i - k <= _REACH:
        m = doc.at[k]
        if m is None:
            if doc.tokens[k].kind != "w" or len(doc.tokens[k].f) > _ARTICLE:
                return False
        elif m.concept in _SOME or m.group == "bound":
            return True
        elif m.concept not in _OF_IT and m.group != "level":
            return False
        k = (m.i if m is not None else k) - 1
    return False


def _why_unplaced(doc: Doc, part: Part, trigger: Mention, own: set[str | None]) -> str | None:
    """An end without a place is the channel's area's or everyone's only where the sentence says nothing else."""
    for m in part.of_any(_NARROWING):
        if m.concept == "level.city" and m.j - m.i == 1 and len(doc.tokens[m.i].f) == 1:
            continue
        if "oblast" in own and m.concept == "level.oblast" and _is_bare_after_preposition(doc, part, m):
            continue
        return "an all-clear for a place that is not known"
    for m in part.of("place.this", "place.region", "place.there"):
        if not _levels_of(doc, m) & own:
            return "an all-clear for a place that only the channel's readers know"
    if part.has("place.capital") and CAPITALS.isdisjoint(doc.area):
        return "an all-clear for a capital, and nothing says of which country"
    if any(m.j >= part.j or doc.tokens[m.j].kind == "p" for m in part.of("prep") if m.j - m.i > 1):
        return "an all-clear near something that is not named"
    k = trigger.j
    while k < part.j and doc.tokens[k].kind == "p":
        k += 1
    behind = doc.at[k] if k < part.j else None
    if behind is not None and behind.concept in _INTO and behind.j < part.j:
        aim = doc.at[behind.j]
        if doc.tokens[behind.j].kind == "w" and (aim is None or aim.group not in _NO_PLACE):
            return "an all-clear for a place that is not known"
    if any(_is_set_apart(doc, part, n) for n in range(part.i, part.j)):
        return "an all-clear for a place that is not known"
    unread_words = sum(1 for n in range(part.i, part.j) if doc.at[n] is None and doc.tokens[n].kind == "w")
    return "an all-clear among words that are not understood" if unread_words > 1 else None


def _own_levels(doc: Doc) -> set[str | None]:
    """The levels of the channel's own area."""
    return {ref(doc.lexicon, identity).level for identity in doc.area}


def _levels_of(doc: Doc, m: Mention) -> set[str | None]:
    """The levels that the words of "in the city", "in the region" name."""
    out: set[str | None] = set()
    for k in range(m.i, m.j):
        for concept, _ in doc.lexicon.trie.get(doc.tokens[k].f, {}).get("", ()):
            if concept.startswith("level."):
                out.add(concept.removeprefix("level."))
    return out


def _is_set_apart(doc: Doc, part: Part, n: int) -> bool:
    """A name that is no known place, with a sign between it and the rest of the sentence: "Busivka: all clear"."""
    word, m = doc.tokens[n], doc.at[n]
    if word.kind != "w" or not word.is_capital or (m is not None and not m.rows):
        return False
    after = doc.tokens[n + 1] if n + 1 < part.j else None
    before = doc.tokens[n - 1] if n > part.i else None
    if m is not None:
        return True
    if after is not None and after.kind == "p" and after.text in ":,\u2013\u2014-" and n - part.i <= 2:
        return True
    return after is None and before is not None and before.kind == "p" and before.text in ":,\u2013\u2014-"


def _is_all(doc: Doc, m: Mention) -> bool:
    return any(x.concept in ("num.all", "alert.everywhere") for x in doc.mentions_between(max(0, m.i - 3), m.i))


def _is_bare_after_preposition(doc: Doc, part: Part, m: Mention) -> bool:
    before = doc.at[m.i - 1] if m.i > part.i else None
    return before is not None and before.group == "prep"


def _is_side_of(doc: Doc, part: Part, m: Mention, sites: list[Site]) -> bool:
    """ "The north of the region", "the left bank of the city": a side right beside the place it is a part of."""
    for site in sites:
        gap = range(m.j, site.i) if site.i >= m.j else range(site.j, m.i)
        if len(gap) <= 3 and not any(doc.tokens[k].text in ".,;:!\n" for k in gap):
            return True
    return False


def is_declared_again(doc: Doc, part: Part, trigger: Mention) -> bool:
    """Whether the sentence goes on to say that the alert was sounded anew after that end."""
    later = [m for m in part.mentions if m.i >= trigger.j]
    behind = [m.j for m in later if m.concept == "time.after"]  # "five hours after the alert began" tells of the first
    sirens = [
        m for m in later
        if m.concept in ("alert.siren", "alert.signal")
        and not any(0 <= m.i - j <= 1 for j in behind)
        and not is_length_told(doc, part, m)
    ]  # fmt: skip
    return any(abs(m.i - s.i) <= 4 for s in sirens for m in later if m.concept == "alert.declared")
