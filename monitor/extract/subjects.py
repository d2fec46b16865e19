"""Whether what one sentence is about, a match or a purchase, is what the others are about too."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import OF_A_DAY, Doc, Part, is_below_blank

__all__ = ["OF_A_STORY", "WHOLE_TEXT", "spread"]

WHOLE_TEXT: Final = frozenset(("labour", "sport", "game", "siren_test", "trade", "losses", "summary", "drill"))
"""Subjects that a short text has as a whole."""
OF_A_STORY: Final = frozenset(("labour", "sport", "game", "trade"))
"""Subjects of a story that may stand below another one: what the lines above tell is none of it."""
_EVENTS: Final = frozenset(("strike", "toll", "alert", "act", "weapon", "model"))
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
