"""Words for damage and hits behind which, or ahead of which, a "no" says that there were none."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Part
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["is_denied_before", "is_denied_too", "is_not_noted"]

_NEAR: Final = 8
_ANY: Final = 4
"""Tokens of "cause any serious"."""
_ROW_OF_NONE: Final = frozenset(("strike", "toll", "target", "conj", "prep"))
_NONE: Final = frozenset(("veto.negation", "veto.absence", "toll.none"))
_ROW: Final = 5
"""Tokens of "hits to the infrastructure of A or"."""


def is_denied_too(doc: Doc, part: Part, m: Mention) -> bool:
    """ "There were no casualties or damage": the "no" holds for both."""
    k = m.i - 1
    if k > part.i and doc.at[k] is None and doc.tokens[k].is_lower:
        k -= 1  # "or serious damage"
    if (
        is_not_noted(doc, part, m)
        or _is_of_none(doc, part, m)
        or _is_without_news(doc, part, m)
        or _is_in_row_of_none(doc, part, m)
        or (m.concept == "strike.damage" and (_did_none(doc, part, m) or _is_found(doc, part, m)))
    ):
        return True
    joint = doc.at[k] if k > part.i else None
    before = doc.at[joint.i - 1] if joint is not None and joint.concept == "conj.and" else None
    if m.concept == "strike.damage" and is_denied_before(doc, part, m):
        return True  # "without losses or damage"
    return before is not None and before.concept in ("toll.none", "toll.none_injured", "toll.none_killed")


def _is_of_none(doc: Doc, part: Part, m: Mention) -> bool:
    """ "No houses in A were damaged": the "no" stands right before what was not, and only where between them."""
    if m.concept not in ("strike.damage", "strike.hit"):
        return False
    for no in part.of("veto.negation"):
        what = next((t for t in part.of("target") if 0 <= t.i - no.j <= 1), None)
        if what is not None and no.j - no.i == 1 and what.j <= m.i and all(
            x.group in ("prep", "place", "level", "verb", "target", "conj") for x in doc.mentions_between(what.j, m.i)
        ) and same_clause(doc, part, what.i, m.i):  # fmt: skip
            return True
    return False


def _is_without_news(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Information on hits there was as of 21:10 none", "on damage the ministry as usual gave no details"."""
    if not part.has_any(_NONE):
        return False
    news = [k for k in range(max(part.i, m.i - _NEAR), part.j - 1) if same_clause(doc, part, k, m.i) and (
        f"{doc.tokens[k].f} {doc.tokens[k + 1].f}" in doc.lexicon.settings.get("tidings", ()))]  # fmt: skip
    is_ahead = any(k < m.i for k in news)
    behind = [no.i for no in part.of_any(_NONE) if m.j <= no.i] if news else []
    return any(i in news or (is_ahead and not any(t.text == "," for t in doc.tokens[m.j : i])) for i in behind)


def _is_in_row_of_none(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Falls, damage, casualties - none": nouns alone between the first and the "none" that ends the row."""
    if _is_ahead_of_none(doc, part, m):
        return True
    if not part.has_any(_NONE):
        return False
    for no in part.of_any(_NONE):
        is_row = 0 < no.i - m.j <= _NEAR and any(doc.tokens[k].text == "," for k in range(m.j, no.i)) and all(
            doc.tokens[k].text in ",/" if (x := doc.at[k]) is None else x.group in _ROW_OF_NONE
            for k in range(m.j, no.i)
        )  # fmt: skip
        before = doc.at[m.i - 1] if m.i > part.i else None
        is_noun = before is None or before.group in _ROW_OF_NONE  # not "a roof was damaged, casualties none"
        if is_row and is_noun and not _is_done(doc, part, m):
            return True
    return False


def _is_ahead_of_none(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Damage or casualties there are not": a sentence that begins so; not "damage and no casualties"."""
    joint = doc.at[m.j] if m.i == part.i and m.j < part.j else None
    none = doc.at[joint.j] if joint is not None and joint.concept == "conj.and" and joint.j < part.j else None
    if none is None or not none.concept.startswith("toll.none"):
        return False
    return all(concept != "veto.negation" for concept, _ in doc.tokens[none.i].own or ())


def _is_done(doc: Doc, part: Part, m: Mention) -> bool:
    """Whether a target right behind the word says what was hit: "damaged was a roof, ..."."""
    what = doc.at[m.j] if m.j < part.j else None
    return what is not None and what.group == "target"


def _is_found(doc: Doc, part: Part, m: Mention) -> bool:
    """ "A damaged drone was found in a field": what is damaged is the drone itself."""
    what = doc.at[m.j] if m.j < part.j else None
    if m.j - m.i > 1 or what is None or what.group != "weapon" or not part.has("strike.harmless", "strike.found"):
        return False
    return not part.has("strike.hit", "strike.attack", "target")


def is_not_noted(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Damage was, by what the city says, not noted": the verb of telling behind its "not", in the clause of both;
    "attacks on the grid were there not": nothing but "there was" ahead of a "not" that ends the clause."""
    noted, was = doc.lexicon.settings.get("noted", ()), doc.lexicon.settings.get("there_was", ())
    if not noted or "veto.negation" not in part.groups:
        return False
    tokens = doc.tokens
    for no in part.of("veto.negation"):
        if m.j > no.i or not same_clause(doc, part, m.i, no.i):
            continue
        is_last = no.j >= part.j or tokens[no.j].kind == "p"
        if tokens[min(no.j, part.j - 1)].f in noted or (is_last and any(
            f"{tokens[k].f} {tokens[k + 1].f}" in was for k in range(m.j, no.i - 1))):  # fmt: skip
            return True
    return False


def _did_none(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The attack did not cause any serious damage": words that nobody knows between the "not" and the damage."""
    if not part.has("veto.negation"):
        return False
    return any(
        no.j - no.i > 1 and 0 <= m.i - no.j <= _ANY and not doc.mentions_between(no.j, m.i)
        and not any(doc.tokens[k].kind == "p" for k in range(no.j, m.i))
        for no in part.of("veto.negation")
    )  # fmt: skip


def is_denied_before(doc: Doc, part: Part, m: Mention) -> bool:
    """ "No hits to infrastructure or casualties": what is denied ahead of the "or" is denied behind it."""
    k = m.i - 1
    if k > part.i and doc.at[k] is None and doc.tokens[k].is_lower:
        k -= 1  # "or material damage"
    joint = doc.at[k] if k > part.i else None
    if joint is None or joint.concept != "conj.and":
        return False
    return any(
        no.i < joint.i <= no.j + _ROW and same_clause(doc, part, no.i, m.i)
        and not any(x.group == "verb" for x in doc.mentions_between(no.j, joint.i))
        for no in part.of("veto.negation")
    )  # fmt: skip
