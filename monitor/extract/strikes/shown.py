"""Blows that pictures show: told all the same, or only shown."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import OF_A_DAY, Doc, Part
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["is_shown_too"]

_MOMENT: Final = 5
"""Tokens from "the moment" to the verb of the blow."""


def is_shown_too(doc: Doc, part: Part, triggers: list[Mention]) -> bool:
    """ "Drones struck the plant, the video shows blasts": what was done is told before the pictures."""
    shown = part.of("veto.video")
    if "denied" in part.vetoes or not shown or not triggers:
        return False
    if _is_moment_of_blow(doc, part, triggers):
        return True
    return triggers[0].i < shown[0].i and not same_clause(doc, part, triggers[0].i, shown[0].i)


def _is_moment_of_blow(doc: Doc, part: Part, triggers: list[Mention]) -> bool:
    """ "Watch: the moment a missile hits a house in A": the weapon and what it struck, in a named town."""
    words = doc.lexicon.settings.get("moments", ())
    if len(part.vetoes) > 1 or not part.has("weapon") or not part.has("target"):
        return False
    if any(w.is_retro or w.period not in OF_A_DAY for w in part.whens):
        return False
    is_named = any(s.ref.level != "country" and s.role in ("at", "target", "name") for s in part.sites)
    return is_named and any(
        0 < m.i - k <= _MOMENT for m in triggers for k in range(part.i, m.i) if doc.tokens[k].f in words
    )
