"""What goes without the word of the toll: "In A three were hurt. In B - a woman of 49", "in A three, in B two hurt"."""

from __future__ import annotations

import itertools
from typing import Final

from monitor.extract.text.doc import Doc, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.words.mentions import Mention

__all__ = ["noun_behind", "verb_before"]

_MOST: Final = 30
"""Tokens of such a sentence."""
_BACK: Final = 6
"""Sentences of such a row behind the one with the verb."""
_HARM: Final = frozenset(("toll.killed", "toll.injured"))
_OTHERS: Final = frozenset(("strike", "act", "alert", "toll", "veto", "weapon", "model", "claim", "target"))
_TELLING: Final = frozenset(("act", "toll", "veto", "target", "time"))
_WEAPONS: Final = frozenset(("weapon", "model"))
_WORD: Final = 3
"""Letters of the longest word that may stand unread ahead of the dash."""
_UNREAD: Final = 3
"""Words of a town's clause that nobody knows."""
_COUNTED: Final = frozenset(("num", "bound", "person", "verb", "prep"))
_BEFORE_VERB: Final = _COUNTED | frozenset(("strike", "weapon", "model"))
"""What may stand between the last figure and the verb at the end: "two in C were in drone attacks hurt"."""


def verb_before(doc: Doc, part: Part) -> Mention | None:
    """The verb of the toll that a sentence of a place, a dash and people goes without."""
    if not part.n or part.j - part.i > _MOST or not part.sites or not part.has("person"):
        return None
    if not part.groups.isdisjoint(_OTHERS) or not _is_row(doc, part):
        return None
    for other in reversed(doc.parts[max(0, part.n - _BACK) : part.n]):
        if verbs := other.of_any(_HARM):
            told = {m.concept for m in verbs}
            return verbs[-1] if len(told) == 1 and other.sites and not other.vetoes else None
        if not _is_row(doc, other):
            return None
    return None


def _is_row(doc: Doc, part: Part) -> bool:
    """Whether a sentence is a place, a dash behind it, and people behind that."""
    dash = next((k for k in range(part.i, part.j) if doc.tokens[k].text in DASHES and k > part.i), -1)
    if dash < 0 or not any(s.j <= dash for s in part.sites) or any(s.i > dash for s in part.sites):
        return False
    first = next((m.i for m in part.of("person") if m.i > dash), None)
    first = first if first is not None else next((n.i for n in part.numbers if n.i > dash), None)
    if first is None or any(m.group in _OTHERS for m in part.mentions):
        return False
    named = {k for s in part.sites for k in range(s.i, s.j)}
    return not any(
        doc.at[k] is None and doc.tokens[k].kind == "w" and len(doc.tokens[k].f) > _WORD and k not in named
        for k in range(part.i, dash)
    )


def noun_behind(doc: Doc, part: Part) -> list[tuple[int, int, Mention]] | None:
    """ "In A three, in B four | and in C two hurt", "three in A | and two in B were hurt": the clauses that go without
    the word of the last, each with it."""
    harm = part.of_any(_HARM)[0]
    ahead = [n for n in part.numbers if n.j <= harm.i and n.taken in (None, harm.kind)]
    ahead = [n for n in ahead if not n.is_article or n is ahead[-1]]
    if len(ahead) < 2 or not _is_counted(doc, ahead[-1].j, harm.i, _BEFORE_VERB):
        return None
    ends: list[int] = []
    for one, following in itertools.pairwise(ahead):
        end = next((k for k in range(following.i - 1, one.j - 1, -1) if _is_end(doc, k)), None)
        if end is None:
            return None
        ends.append(end)
    if not any(ends[-1] <= s.i < harm.i for s in part.sites):
        return None
    cuts = [part.i, *(end + 1 for end in ends)]
    rows = [(i, end, harm) for i, end in zip(cuts, ends, strict=False)]
    return rows if all(_is_of_town(doc, part, i, j) for i, j, _ in rows) else None


def _is_counted(doc: Doc, i: int, j: int, groups: frozenset[str] = _COUNTED) -> bool:
    """Whether nothing but people and where they were stands between a figure and the word for the hurt."""
    return all(doc.tokens[k].kind == "w" for k in range(i, j)) and all(
        m.rows or m.group in groups for m in doc.mentions_between(i, j))  # fmt: skip


def _is_end(doc: Doc, k: int) -> bool:
    """Whether a clause ends there, at a comma or at an "and"."""
    joint = doc.at[k]
    return doc.tokens[k].text in ",;" or (joint is not None and joint.concept == "conj.and")


def _is_of_town(doc: Doc, part: Part, i: int, j: int) -> bool:
    """Whether a clause has one town beside one figure, and nothing else is told of it."""
    sites = [s for s in part.sites if i <= s.i < j]
    if len(sites) != 1 or sites[0].ref.level == "country" or any(i <= w.i and w.j == j for w in part.whens):
        return False
    number = next(n for n in reversed(part.numbers) if n.i < j)
    if number.j != j and not (sites[0].j == j and number.i >= i and _is_counted(doc, number.j, sites[0].i)):
        return False
    own = doc.mentions_between(i, j)
    named = {k for s in sites for k in range(s.i, s.j)}
    plain = [k for k in range(i, j) if doc.at[k] is None and doc.tokens[k].kind == "w" and k not in named]
    return len(plain) <= _UNREAD and not any(
        m.group in _TELLING or (m.group in _WEAPONS and m.i > sites[0].i) for m in own)  # fmt: skip
