"""Whether a sentence tells how long or how often the sirens were on: then it declares nothing here and now."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Part
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["is_length_told", "is_of_the_past", "is_told_how_often"]

_AUX: Final = 3
"""Tokens of the longest helping verb: a longer one tells the hours too."""


def is_told_how_often(doc: Doc, part: Part) -> bool:
    """ "The siren sounded 1,000 times", "twice in the night", "for hours": how often or how long it was heard."""
    if part.has("alert.times") and not part.has("time.now", "alert.still", "alert.lasts"):
        return True
    twice = doc.lexicon.settings.get("twice", ())
    if any(doc.tokens[k].f in twice for k in range(part.i, part.j)):
        return True
    if not part.numbers or not part.has("count.other"):
        return False
    words = doc.lexicon.settings.get("times_over", ())
    return any(n.value > 1 and n.j < part.j and doc.tokens[n.j].f in words for n in part.numbers)


def is_of_the_past(doc: Doc, declared: list[Mention]) -> bool:
    """Whether a verb says that it was sounding, as one that tells how long something was."""
    return any(
        concept == "verb.aux" for m in declared for k in range(m.i, m.j) for concept, _ in doc.tokens[k].own or ()
    )


def is_length_told(doc: Doc, part: Part, siren: Mention) -> bool:
    """ "The alert lasted for more than six hours": how long it was on says that it is over, not that it begins."""
    told = part.of("alert.declared")
    if told and _is_told_aside(doc, siren, told[0]) and any(
        m.i > told[0].j and (m.j - m.i > _AUX or _is_length(doc, part, m.j)) for m in part.of("verb.aux")
    ):  # fmt: skip
        return True  # "the alert, declared at 23:40, lasted more than nine hours"
    declared = [m for m in told if same_clause(doc, part, siren.i, m.i)]
    if declared:
        if any(0 <= x.i - m.j <= 1 for m in declared for x in part.of("time.hour")):
            return True  # "sounded for 12 minutes"
        if is_of_the_past(doc, declared) and any(_is_length(doc, part, n.i) for n in part.numbers):
            return True  # "the siren was sounding in A for 40 minutes"
        is_over = part.n > 0 and doc.parts[part.n - 1].has("alert.all_clear", "alert.all_clear_siren", "alert.lifted")
        return is_over and any(_is_length(doc, part, m.j) for m in declared)
    for m in part.of("verb.aux"):
        if m.i < siren.j or not same_clause(doc, part, siren.i, m.i) or m.j >= part.j:
            continue
        behind = doc.at[m.j]
        if m.j - m.i > _AUX or doc.tokens[m.j].kind == "n" or (behind is not None and behind.group in ("num", "bound")):
            return True
    return False


def _is_told_aside(doc: Doc, siren: Mention, declared: Mention) -> bool:
    return declared.i > siren.j and doc.tokens[declared.i - 1].text == ","


def _is_length(doc: Doc, part: Part, k: int) -> bool:
    """ "... 1 hour 48 minutes" right behind the verb; not "five minutes ago"."""
    while k < part.j and (bound := doc.at[k]) is not None and bound.group == "bound":
        k = bound.j
    number = doc.at[k] if k < part.j else None
    if k >= part.j or (doc.tokens[k].kind != "n" and (number is None or number.group != "num")):
        return False
    k = number.j if number is not None else k + 1
    unit = doc.at[k] if k < part.j else None
    behind = doc.at[unit.j] if unit is not None and unit.j < part.j else None
    return unit is not None and unit.concept in ("count.other", "time.oclock") and (
        behind is None or behind.concept not in ("time.ago", "time.before", "time.after"))  # fmt: skip
