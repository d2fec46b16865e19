"""Dangers that a Russian region declares in words of its own: a threat that is declared, a level that stands alone.

Elsewhere a threat is only told; there the word for it names the same formal regime as "danger" does.
"""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.proposals import Proposal, add_sites, level_of
from monitor.extract.alerts.sirens import says_siren
from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Part, unread
from monitor.extract.vetoes import blocks, same_clause
from monitor.extract.words.mentions import ENDS, Mention

__all__ = ["declared_threat", "level_alone"]

_ENDS: Final = ENDS | {"alert.expected"}
_BARE: Final = frozenset(("place", "level", "mark", "prep", "conj", "weapon", "model"))
_LEVELS: Final = ("alert.level_red", "alert.level_yellow")


def declared_threat(doc: Doc, part: Part) -> Mention | None:
    """ "A threat of drones is declared in the region of A": the word for the threat, where it is a formal regime."""
    if not part.has("alert.declared") or not part.has("alert.threat") or part.has("alert.siren", "veto.other_rule"):
        return None
    if part.has_any(_ENDS) or not _is_of_regimes(doc, part) or says_siren(doc, part.i, part.j):
        return None  # "issued an alert over a risk of drones"
    declared = [d for d in part.of("alert.declared") if not _is_denied(doc, d)]
    return next(
        (m for m in part.of("alert.threat") if any(same_clause(doc, part, m.i, d.i) for d in declared)), None
    )  # fmt: skip


def level_alone(doc: Doc, part: Part) -> list[Proposal]:
    """ "Red level in A!", "in A the red level is declared": a level that names no danger is that of the alert."""
    levels = part.of(*_LEVELS)
    if len({m.concept for m in levels}) != 1 or part.has_any(_ENDS) or part.vetoes or part.has("veto"):
        return []
    if part.has("weapon", "model", "alert.threat", "alert.danger", "alert.siren") or not _is_of_regimes(doc, part):
        return []
    if blocks(doc, part, levels[0]) or doc.tokens[part.j - 1].text == "?":
        return []
    if not part.has("alert.declared", "alert.still") and not _is_all(doc, part):
        return []
    proposal = Proposal("start", "air", part, levels[0].concept, ongoing=part.has("alert.still"), level=level_of(part))
    add_sites(proposal, part.sites)
    return [proposal]


def _is_denied(doc: Doc, declared: Mention) -> bool:
    before = doc.at[declared.i - 1] if declared.i else None
    return before is not None and before.concept == "veto.negation"


def _is_of_regimes(doc: Doc, part: Part) -> bool:
    """Whether every place of a sentence lies where dangers are declared so."""
    lands = doc.lexicon.settings.get("regime_countries", ())
    sites = [s for s in part.sites if s.role not in ("from", "speaker", "agent")]
    return bool(sites) and all(any(a in lands for a in ancestors(doc.lexicon, s.ref.id)) for s in sites)


def _is_all(doc: Doc, part: Part) -> bool:
    """Whether the sentence is the level, places and signs, and nothing else."""
    return not unread(doc, part) and all(
        m.group in _BARE or m.concept in _LEVELS or m.concept in ("alert.attention", "time.now") for m in part.mentions
    )
