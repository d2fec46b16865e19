"""A post of places with coloured dots and nothing else: a red dot says that the siren is on there. A green one says
nothing of what has ended, so that it ends nothing."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.proposals import Proposal, add_sites
from monitor.extract.merging import is_tag_line
from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Part, unread

__all__ = ["dotted"]

_RED: Final = "\U0001f534"
_BARE: Final = frozenset(("place", "level", "mark", "conj"))


def dotted(doc: Doc) -> list[Proposal]:
    """ "Shepetivka (red)", "Slavuta (red)", "Netishyn (green)", each in its line: alerts in the first two."""
    if not doc.parts[0].has("mark") or doc.title_end:
        return []
    out: list[Proposal] = []
    sounded = doc.lexicon.settings.get("alert_countries", ())
    for part in doc.parts:
        if is_tag_line(part):
            continue
        if part.numbers or unread(doc, part) or not part.sites or any(m.group not in _BARE for m in part.mentions):
            return []
        if not all(any(a in sounded for a in ancestors(doc.lexicon, s.ref.id)) for s in part.sites):
            return []
        if _is_red(doc, part):
            proposal = Proposal("start", "air", part, "mark.start", confidence=0.7)
            add_sites(proposal, part.sites)
            out.append(proposal)
    return out


def _is_red(doc: Doc, part: Part) -> bool:
    """Whether every sign of the line is a red dot."""
    signs = [doc.tokens[m.i].text for m in part.of("mark")]
    return bool(signs) and all(sign == _RED for sign in signs)
