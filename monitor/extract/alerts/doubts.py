"""Why an announced end may be none: awaited, supposed, denied, told in passing, taken back; headings of advice."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.announced import is_announcing
from monitor.extract.alerts.neighbours import is_elsewhen, is_taken_back
from monitor.extract.text.doc import Doc, Part
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["NO_END", "is_doubtful", "is_lesson"]

_VETOES: Final = frozenset(("until", "question", "habit", "denied", "history"))
NO_END: Final = frozenset(
    ("alert.expected", "veto.hypothetical", "veto.until", "veto.future", "veto.if", "veto.denied",
     "alert.clean", "time.yesterday", "time.before_yesterday", "time.last_night", "veto.joke")
)  # fmt: skip


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


def _is_of_something_else(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Lessons were cancelled because of an air alert", "the alert cancelled flights": something else was ended."""
    if "veto.cause" in part.groups:
        sirens = part.of("alert.siren", "alert.signal", "alert.all_clear_siren")
        if any(0 <= siren.i - cause.j <= 2 for cause in part.of("veto.cause") for siren in sirens):
            return True
    after = doc.at[trigger.j] if trigger.j < part.j else None
    return after is not None and after.group in ("count", "target", "person")


_BACK: Final = 3
"""Tokens from "then" to the alert: "then did again sound"."""


def is_on_once_more(part: Part, trigger: Mention) -> bool:
    """ "The all-clear was given, but within minutes the sirens were back": no place of its own behind the "but"."""
    for but in part.of("conj.but"):
        rest = [m for m in part.of("alert.siren", "alert.signal") if m.i >= but.j]
        if but.i > trigger.i and rest and not any(s.i >= but.j for s in part.sites):
            return True
    for again in part.of("time.again"):  # "lifted at two, then a new alert sounded at five"
        on = part.of("alert.siren", "alert.signal", "alert.declared")
        is_on = any(0 <= m.i - again.j <= _BACK or m.i == again.i for m in on)
        if is_on and again.i > trigger.i and not any(s.i >= again.j for s in part.sites):
            return True
    return False


def _is_hearsay(doc: Doc, part: Part) -> bool:
    """ "They say that ...": a verb of saying before everything else, and nobody named who says it."""
    first = doc.at[part.i] if part.i < part.j else None
    return first is not None and first.group == "claim" and not part.has("claimant")


def is_doubtful(doc: Doc, part: Part, trigger: Mention) -> bool:
    """Whether an end is awaited, supposed, denied or mentioned in passing."""
    if part.is_vetoed(_VETOES) or part.has_any(NO_END):
        return True
    if _is_hearsay(doc, part) or is_elsewhen(doc, part) or doc.tokens[part.j - 1].text in "?\u2049\u061f":
        return True
    if _is_of_something_else(doc, part, trigger) or is_on_once_more(part, trigger):
        return True
    if part.has("alert.partial", "signal.retraction", "time.tomorrow", "veto.if"):
        return True
    again = part.has("time.again") and (
        not part.has("alert.danger") or any(same_clause(doc, part, m.i, trigger.i) for m in part.of("time.again"))
    )
    if again or part.has("veto.other_rule") or is_taken_back(doc, part) or _is_told_after(doc, part, trigger):
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
    if _is_awaited(doc, part, trigger):
        return True
    unknown = sum(
        1 for k in range(part.i, trigger.i)
        if doc.at[k] is None and doc.tokens[k].kind == "w" and not is_announcing(doc, k)
    )  # fmt: skip
    return unknown > 3 and not part.has("alert.declared", "alert.lifted", "claim")


def is_lesson(doc: Doc, part: Part) -> bool:
    """ "AIR ALERT. What to do when the siren sounds": the heading of advice, of no place."""
    behind = doc.parts[part.n + 1 : part.n + 3]
    before = doc.parts[max(0, part.n - 2) : part.n]
    if any("game" in p.vetoes and p.line == part.line for p in before):
        return True  # "An actor gave his voice to: Attention. Air alert"
    return not doc.area and any(
        m.concept == "veto.question" and m.j - m.i > 1 and m.i - other.i <= 1
        for other in behind
        for m in other.of("veto")
    )


def _is_awaited(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "... until the lifting of the threat", "... till the danger has been lifted": no hour between."""
    return any(
        m.i < trigger.i
        and same_clause(doc, part, m.i, trigger.i)
        and not any(doc.tokens[k].kind == "n" for k in range(m.j, trigger.i))
        for m in part.of("prep.until", "veto.until")
    )
