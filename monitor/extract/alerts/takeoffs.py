"""The take-off of a plane whose missiles threaten the whole country."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.proposals import Proposal
from monitor.extract.text.doc import Part, Site
from monitor.extract.words.mentions import Mention

__all__ = ["take_off"]

_LANDS: Final = frozenset(("UA", "RU", "BY"))


def take_off(part: Part) -> list[Proposal]:
    """The take-off of a MiG-31K: a threat to the whole country."""
    is_off = part.has("weapon.mig31k") and part.has("alert.takeoff", "act.present")
    if is_off and any(_is_abroad(s) for s in part.sites):
        return []  # "three MiG-31s violated Estonian airspace", "Estonia says ..."
    offs = [m for m in part.of("alert.takeoff", "act.present") if not _is_of_others(part, m)] if is_off else []
    if offs and not part.has("veto.negation", "signal.retraction"):
        off = offs[0]
        if any(m.i < off.i for m in part.of("veto.hypothetical", "veto.habit")):
            return []  # "the MiG could take off and land again"
        if any(0 <= off.i - m.j <= 1 for m in part.of("veto.cause")):
            return []  # "the reason was the take-off of a MiG"
        if part.has("alert.siren") and part.has("veto.hypothetical", "veto.habit", "time.then"):
            return []  # "the alerts after a MiG takes off may last longer"
        return [Proposal("threat", "mig31k", part, "alert.takeoff", is_everywhere=part.has("alert.everywhere"))]
    return []


def _is_abroad(site: Site) -> bool:
    """A country that such planes neither take off in nor threaten; or one named with more words, as its airspace is."""
    return site.ref.level == "country" and (site.j - site.i > 1 or site.ref.id not in _LANDS)


def _is_of_others(part: Part, off: Mention) -> bool:
    """ "They scrambled jets after three MiG-31s had entered the airspace": who took off, and what the planes did."""
    migs = part.of("weapon.mig31k")
    behind = [m for m in part.of("time.after", "prep.to") if off.j <= m.i < migs[0].i]
    ahead = [m for m in part.of("time.after") if m.i < migs[0].i]
    return bool(behind) or (off.concept == "act.present" and bool(ahead))
