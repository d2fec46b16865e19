"""What makes a figure a supposition, a rate or one of what was not done: "could", "a month", "not shot down"."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.measures import is_undone
from monitor.extract.counts.subsets import opens_with_of
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import Weapon

__all__ = ["is_of_a_trait", "is_undone_ahead", "is_undone_behind", "is_unreal", "rate_beside"]

_QUOTES: Final = frozenset('\u00bb\u201d\u201c"')
_MODAL: Final = 4
"""Tokens between a figure and the "could" behind its noun."""
_FORECAST: Final = 12
_ROUND: Final = (10, 100, 1000)
_DONE: Final = ("act.launched", "act.shot_down", "act.merged")
_YET: Final = frozenset(("act.launch_noun", "act.launched", "strike.attack"))


def is_unreal(doc: Doc, part: Part, number: Number, act: Mention | None) -> str | None:
    """The name of what makes a figure a supposition: "if", "could", "will"."""
    if _is_rule(doc, part) or (act is not None and _is_reckoned(doc, part, act)):
        return "a reckoning"
    if _is_of_every_hundred(doc, part):
        return "a rate"
    if part.has("alert.expected") and _is_whenever(doc, part, number):
        return "a saying"
    if not part.has("veto.if", "veto.hypothetical", "veto.future", "veto.forecast"):
        return None
    for m in part.mentions:
        if m.concept == "veto.if" and m.i < number.i:
            return "if"
        if m.concept == "veto.forecast" and _is_forecast(doc, part, m, number, act):
            return "a forecast"
        is_modal = m.concept in ("veto.hypothetical", "veto.future") and not _is_claimed(doc, part, m)
        if is_modal and 0 <= number.i - m.j <= 8 and same_clause(doc, part, m.i, number.i):
            return m.kind
        if is_modal and act is None and 0 <= m.i - number.j <= _MODAL and same_clause(doc, part, number.i, m.i):
            return m.kind  # "one Russian missile could reach A"
        is_modal = is_modal and act is not None and 0 <= act.i - m.j <= 3
        if is_modal and act is not None and same_clause(doc, part, m.i, act.i):
            return m.kind
    return None


def _is_of_every_hundred(doc: Doc, part: Part) -> bool:
    """ "Of 100 drones that fly at night 40 are decoys", "of every ten ...": a round figure right behind the "of" that
    opens the sentence is of no one night, where none is named."""
    if len(part.numbers) < 2 or part.has("time.last_night", "time.today", "time.yesterday", "weekday", "month"):
        return False
    first = part.numbers[0]
    if first.value not in _ROUND or first.bound is not None or not opens_with_of(doc, part, first):
        return False
    before = doc.at[first.i - 1]
    if doc.tokens[first.i - 1].f in doc.lexicon.settings.get("definite", ()):
        return False
    return before is not None and (before.group == "prep" or before.concept in ("num.of", "num.each"))


def _is_whenever(doc: Doc, part: Part, number: Number) -> bool:
    """ "«When 700 drones fly at a country in a night, that is terror», he said": a quotation that opens with its "when"
    says what is so whenever it happens."""
    first = part.of("alert.expected")[0]
    is_quoted = first.i == part.i + 1 and doc.tokens[part.i].is_quote
    return is_quoted and part.has("claim") and same_clause(doc, part, first.i, number.i)


def _is_reckoned(doc: Doc, part: Part, act: Mention) -> bool:
    """ "260 drones - that is four raids of 65": what a figure would make, and no raid that was."""
    words = doc.lexicon.settings.get("that_is", ())
    if act.concept != "strike.attack":
        return False
    k = next((k for k in range(part.i + 1, part.j) if doc.tokens[k].f in words and doc.tokens[k - 1].text in DASHES), 0)
    return 0 < k <= act.i and _has_figure_behind(part, k)


def _has_figure_behind(part: Part, k: int) -> bool:
    return any(n.i > k for n in part.numbers) and any(n.i < k for n in part.numbers)


def _is_rule(doc: Doc, part: Part) -> bool:
    """ "Of 50 launched they shoot down 10 to 15": what is done as a rule, of no day."""
    if len(part.numbers) < 2 or part.whens or not part.has("act.shot_down"):
        return False
    words = doc.lexicon.settings.get("as_a_rule", ())
    return any(doc.tokens[m.j - 1].f in words for m in part.of("act.shot_down"))


def _is_forecast(doc: Doc, part: Part, forecast: Mention, number: Number, act: Mention | None) -> bool:
    """ "We expect 300 of them tonight", "launches of 40 are expected": not "30 are downed, more are expected"."""
    is_done = act is not None and act.concept not in _YET
    if is_done and act is not None and same_clause(doc, part, act.i, number.i):
        return False
    is_ahead = forecast.i < number.i
    low, high = (forecast.j, number.i) if is_ahead else (number.j, forecast.i)
    if high - low > (_FORECAST if is_ahead else _MODAL):
        return False
    return not any(token.is_parting and token.text != ":" for token in doc.tokens[low:high])


def _is_claimed(doc: Doc, part: Part, modal: Mention) -> bool:
    """ "Will 75 drones downed have": a modal that ends in "have" behind the participle is somebody's claim."""
    if modal.concept != "veto.future":
        return False
    return any(
        aux.i > modal.j and (act := doc.at[aux.i - 1]) is not None and act.group in ("act", "strike")
        and act.lang in doc.lexicon.settings.get("verb_last", ())
        for aux in part.of("verb.aux")
    )  # fmt: skip


def is_of_a_trait(doc: Doc, part: Part) -> bool:
    """What a weapon carries or costs, what somebody has done so far; also right behind whoever is mourned, in one
    line: "They buried a gunner. He had downed 40"."""
    if part.has("veto.trait", "claim.mourned"):
        return True
    before = doc.parts[part.n - 1] if part.n else None
    return before is not None and before.line == part.line and before.has("claim.mourned") and not part.sites


def is_undone_ahead(doc: Doc, part: Part, number: Number) -> bool:
    """ "Failed to stop only four": right behind a verb that is denied right before."""
    if not part.has("act.shot_down") or not part.has("veto.negation"):
        return False
    return any(
        0 <= number.i - m.j <= 1 and any(no.i <= m.i <= no.j for no in part.of("veto.negation"))
        for m in part.of("act.shot_down")
    )  # fmt: skip


def is_undone_behind(doc: Doc, part: Part, number: Number) -> bool:
    """ "18 missiles could not be intercepted": the verb of the number's own clause is denied."""
    if not part.has("act.shot_down"):
        return False
    later = next((n.i for n in part.numbers if n.i > number.i), part.j)
    return any(
        number.j <= m.i < later and is_undone(doc, part, m)
        and (same_clause(doc, part, number.i, m.i) or _is_behind_but(doc, part, number, m))
        for m in part.of("act.shot_down")
    )  # fmt: skip


def _is_behind_but(doc: Doc, part: Part, number: Number, act: Mention) -> bool:
    """ "59 more were seen, but not shot down": the denied verb is the second one of the same figure."""
    between = [m for m in part.mentions if number.j <= m.i < act.i]
    return any(m.concept == "conj.but" for m in between) and not any(m.concept in _DONE for m in between)


def rate_beside(doc: Doc, part: Part, weapon: Weapon, number: Number) -> Mention | None:
    """ "4,000 drones a month", "each with 400 drones": what is usual, not what was done."""
    k = number.i - 1
    while k > part.i and (m := doc.at[k]) is not None and m.group == "bound":
        k = m.i - 1
    if k > part.i and (ahead := doc.at[k]) is not None and ahead.concept == "num.rate":
        return ahead
    k = weapon.j
    while part.i < k < part.j and doc.tokens[k].text in _QUOTES:
        k += 1
    after = doc.at[k] if part.i < k < part.j else None
    is_rate = after is not None and (
        after.concept == "num.rate" or (after.concept == "time.daytime" and number.bound == "at_most"))  # fmt: skip
    return after if is_rate else _each_night(doc, part, k)  # "up to 85 drones in the day"


def _each_night(doc: Doc, part: Part, k: int) -> Mention | None:
    """ "1,000 drones a night": behind an article the bare word, and no "after" that makes it the night before."""
    if k + 1 >= part.j or doc.tokens[k].f not in doc.lexicon.settings.get("articles", ()):
        return None
    night = doc.at[k + 1]
    if night is None or night.concept != "time.night_of" or night.j - night.i > 1:
        return None
    after = doc.at[night.j] if night.j < part.j else None
    return None if after is not None and after.group == "time" else night
