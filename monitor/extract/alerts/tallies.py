"""Figures of a night or a day: what they count warns nobody."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.flights import is_course
from monitor.extract.text.doc import Doc, Part

__all__ = ["is_chronicle", "is_in_tally", "is_told_beside"]

_HEAD: Final = 6
"""Tokens at the head of a post."""


def is_told_beside(doc: Doc, part: Part) -> bool:
    """Whether a sentence near by tells what was shot down, or the one before of which night or day the attack was:
    then a launch is told too, not announced."""
    near = doc.parts[max(0, part.n - 6) : part.n + 6]
    before = doc.parts[part.n - 1] if part.n else None
    if before is not None and before.has("strike.attack") and any(w.period in ("night", "day") for w in before.whens):
        return True
    return any(p.has("act.shot_down", "act.merged", "act.lost") for p in near)


def is_in_tally(doc: Doc, part: Part) -> bool:
    """A figure among lines that tell what was shot down over a night or a day: it counts, it warns nobody."""
    near = doc.parts[max(0, part.n - 8) : part.n + 8]
    for n in range(part.n - 1, max(-1, part.n - 9), -1):
        above = doc.parts[n]
        if doc.tokens[above.j - 1].text == ":" and above.line != part.line:
            if above.has("act.launched", "act.shot_down", "act.merged"):
                return True  # "used against the region of A:" above lines of weapons
            if above.has("strike.attack", "strike.hit") and any(w.period in ("night", "day") for w in above.whens):
                return True  # "in the past day A was attacked with:"
            break
    if is_course(doc, part) or not any(w.period in ("night", "day") for p in near for w in p.whens):
        return False
    return any(p.numbers and p.has("act.shot_down", "act.merged", "act.lost", "act.detected") for p in near)


def is_chronicle(doc: Doc) -> bool:
    """ "Timeline of the night. At 23:40 launches from A": what is told hour by hour is over."""
    heads = doc.lexicon.settings.get("chronicles", ())
    if not heads or len(doc.parts) < 2 or doc.has("alert.still"):
        return False
    last = min(doc.parts[0].j - 1, _HEAD)
    return any(f"{doc.tokens[k].f} {doc.tokens[k + 1].f}" in heads for k in range(last))
