"""Places beside a siren where none sounds: beyond the border, or abroad in a clause that tells of something else."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.vetoes import clause_starts, same_clause

__all__ = ["under_alert"]

_LITTLE: Final = 3


def under_alert(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """``sites`` but those that lie abroad, where no air alerts are sounded, and that only say where the border runs or
    what the alert led to there."""
    sounded = doc.lexicon.settings.get("alert_countries", ())
    away = [s for s in sites if not any(a in sounded for a in (s.ref.id or "", *ancestors(doc.lexicon, s.ref.id)))]
    away = [s for s in away if s.ref.id is not None]
    if not away:
        return sites
    sirens = part.of("alert.siren", "alert.signal")
    beside = [s for s in sites if s not in away and any(same_clause(doc, part, s.i, m.i) for m in sirens)]
    out = [s for s in away if _is_beyond_border(doc, s) or (beside and _is_of_what_followed(doc, part, s))]
    return [s for s in sites if s not in out]


def _is_beyond_border(doc: Doc, site: Site) -> bool:
    """ "In the communities bordering A"."""
    before = doc.at[site.i - 1] if site.i else None
    return before is not None and before.concept == "prep.border"


def _is_of_what_followed(doc: Doc, part: Part, site: Site) -> bool:
    """ "Alert across A, prompting B to scramble jets": a word of its own in the clause, and no siren."""
    start = max((k for k in clause_starts(doc, part) if k <= site.i), default=part.i)
    sirens = part.of("alert.siren", "alert.signal", "alert.declared")
    if start == part.i or any(m.i >= start for m in sirens):
        return False
    return any(
        doc.tokens[k].kind == "w" and doc.tokens[k].is_lower and len(doc.tokens[k].f) > _LITTLE
        and ((m := doc.at[k]) is None or m.group in ("verb", "weapon", "strike", "act"))
        for k in range(start, site.i)
    )  # fmt: skip
