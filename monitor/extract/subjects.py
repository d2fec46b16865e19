"""Whether what one sentence is about, a match, a purchase or years past, is what the others are about too."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import OF_A_DAY, Doc, Part, is_below_blank

__all__ = ["OF_A_STORY", "WHOLE_TEXT", "mark_look_back", "spread"]

WHOLE_TEXT: Final = frozenset(("labour", "sport", "game", "siren_test", "trade", "losses", "summary", "drill"))
"""Subjects that a short text has as a whole."""
OF_A_STORY: Final = frozenset(("labour", "sport", "game", "trade"))
"""Subjects of a story that may stand below another one: what the lines above tell is none of it."""
_EVENTS: Final = frozenset(("strike", "toll", "alert", "act", "weapon", "model"))
_HISTORY: Final = frozenset(("history",))
_SAID: Final = 9
"""Tokens of "it was almost exactly three years ago to the day"."""
_SHORT: Final = 420
"""Characters of a text that is about one thing."""


def spread(doc: Doc, every: set[str], below: dict[str, int]) -> None:
    """What ``every`` names is the subject of the other sentences too, but of those that tell of weapons at work, and of
    another story: in the lines above that of ``below``, or in a paragraph of its own."""
    is_all_drill = "drill" in doc.parts[0].vetoes and not doc.has("veto.not_drill")
    is_long = len(doc.source.text) >= _SHORT
    if is_long and every.isdisjoint(("summary", "losses")) and not is_all_drill:
        return
    of_long = {"summary", "losses", "drill"} if is_all_drill else {"summary", "losses"}
    is_another = False
    for part in doc.parts:
        if is_below_blank(doc, part):
            is_another = _is_another_story(part)
        if every == {"losses"} and (_is_blow_of_a_day(part) or _is_of_air_defence(part)):
            continue
        if _is_told(part) and not every & {"losses", "summary", "drill"} and (
            "siren_test" not in every or not ("alert" in part.groups or "siren_test" in part.vetoes)
        ):  # fmt: skip
            continue
        later = {kind for kind, line in below.items() if line > part.line and part.has_any(_EVENTS)}
        if is_another:
            later |= OF_A_STORY - part.vetoes
        part.vetoes |= (every - later) & (of_long if is_long else WHOLE_TEXT | {"weather", "recycled"})


def _is_blow_of_a_day(part: Part) -> bool:
    """A blow told with its day, its place and its weapon, beside a list of what it cost."""
    return (
        _is_dated(part)
        and part.has("strike.attack", "strike.hit")
        and part.has("weapon", "model")
        and part.has("place")
    )


def _is_dated(part: Part) -> bool:
    return any(w.period in OF_A_DAY for w in part.whens)


def _is_of_air_defence(part: Part) -> bool:
    """ "Air defence downed 12 drones": a sentence that names no losses and nothing on the ground; one that tells what
    was launched."""
    is_counted = bool(part.numbers) and part.has("weapon", "model")
    if is_counted and part.has("act.launched") and "losses" not in part.vetoes:
        return True  # "the enemy dropped 140 bombs", in the staff's summary of a day that ends with losses
    is_downed = is_counted and part.has("act.shot_down")
    others = part.has("target", "count", "person", "toll", "weapon.artillery")
    return is_downed and not others and "losses" not in part.vetoes


def _is_another_story(part: Part) -> bool:
    """Whether a paragraph begins with where the enemy struck, or who was hurt there by what weapon."""
    if not part.has("place") or not part.has("strike", "toll"):
        return False
    return part.has("side") or (part.has("weapon", "model") and part.has("toll.killed", "toll.injured"))


def _is_told(part: Part) -> bool:
    """A sentence that tells of weapons at work, with its night, its toll or its source."""
    if not part.has("weapon", "model"):
        return False
    is_done = part.has("act", "strike") and part.has("time.night", "claimant")
    is_summed = part.has("time.week", "time.last_week", "time.day")
    is_done = is_done or (is_summed and part.has("act.launched", "act.shot_down"))
    is_done = is_done or (len(part.numbers) > 1 and part.has("act.launched") and part.has("act.shot_down"))
    return is_done or part.has("toll.killed", "toll.injured")


def mark_look_back(doc: Doc) -> None:
    """Marks the sentences of which another one says that they tell of years past."""
    if doc.parts and doc.parts[0].has("veto.lookback") and not doc.parts[0].whens:
        _mark_below(doc)
    for part in doc.parts:
        if "history" in part.vetoes and _is_how_long_ago(doc, part):
            _mark_beside(doc, part)


def _mark_below(doc: Doc) -> None:
    """ "A look back at the raid, one year on. 117 drones had been used": what has no time of its own is of then."""
    for part in doc.parts[1:]:
        if not part.whens and not part.has("alert", "time.now", "time.today", "time.night", "weekday"):
            part.vetoes |= _HISTORY


def _is_how_long_ago(doc: Doc, part: Part) -> bool:
    """ "That was three years ago.": nothing but how long ago it was that the sentences beside it tell of."""
    years = doc.lexicon.settings.get("year_words", ())
    if part.j - part.i > _SAID or part.has("strike", "toll", "place", "weapon", "model", "act", "alert"):
        return False
    return any(doc.tokens[k].f in years for k in range(part.i, part.j))


def _mark_beside(doc: Doc, part: Part) -> None:
    """The sentences before and behind it in its paragraph, where they have no time of their own, are of then."""
    for step in (-1, 1):
        n = part.n + step
        while 0 <= n < len(doc.parts) and doc.parts[n].line == part.line and not doc.parts[n].whens:
            if "history" in doc.parts[n].vetoes:
                break
            doc.parts[n].vetoes |= _HISTORY
            n += step
