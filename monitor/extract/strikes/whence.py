"""The clause that tells what the struck had done: "a brigade that shelled A", "a range from which B was fired at"."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.sides import side_against
from monitor.extract.places.units import CAPITALS
from monitor.extract.text.doc import Doc, Part, Site

__all__ = ["deed_of_the_struck", "without_their_deeds"]

_DEEDS: Final = ("strike.attack", "strike.hit", "act.launched", "act.fired", "weapon", "model")


def deed_of_the_struck(doc: Doc, part: Part) -> int | None:
    """Where the clause begins that has places of the other side: no blow strikes the lands of both."""
    if len(part.sites) < 2:
        return None
    words = {*doc.lexicon.settings.get("relatives", ()), *doc.lexicon.settings.get("whence", ())}
    for k in range(part.i + 1, part.sites[-1].i):
        led = doc.at[k + 1]
        first = led.j if led is not None and led.group == "prep" else k + 1
        if doc.tokens[k].text != "," or doc.tokens[first].f not in words:
            continue
        ahead = side_against(doc, [s.ref for s in part.sites if s.i < k and _is_struck_there(s)])
        behind = side_against(doc, [s.ref for s in part.sites if s.i > k and s.ref.level != "country"])
        is_done = any(m.group in _DEEDS or m.concept in _DEEDS for m in doc.mentions_between(k, part.j))
        if ahead is not None and behind is not None and ahead != behind and is_done:
            return k
    return None


def _is_struck_there(site: Site) -> bool:
    """Not "Moscow, which has stepped up its attacks, launched drones at A"."""
    return site.ref.level != "country" and (site.ref.id not in CAPITALS or site.role in ("at", "target"))


def without_their_deeds(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """The places of a sentence without those that the struck had struck."""
    cut = deed_of_the_struck(doc, part) if len(sites) > 1 else None
    return sites if cut is None else [s for s in sites if s.i < cut]
