"""One level of an alert is lifted while the other stays: the place is still under alert."""

from __future__ import annotations

from typing import Final, Literal

from monitor.extract.alerts.proposals import Proposal, add_sites, threats_named
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import ENDS, Mention

__all__ = ["level_left"]

_ONS: Final = frozenset(("alert.still", "alert.lasts", "alert.declared"))
_UNSURE: Final = frozenset(
    ("veto.if", "veto.question", "veto.hypothetical", "veto.future", "veto.habit", "veto.other_rule", "veto.weather",
     "veto.negation", "veto.denied", "veto.joke")
)  # fmt: skip


def level_left(doc: Doc, part: Part, so_far: list[Proposal]) -> list[Proposal] | None:
    """ "The red level is lifted in A, the yellow one stays": A is under alert, at the level that stays. None: the
    sentence tells no such thing. What ends is a level, so that nothing is said to have ended."""
    levels = part.of("alert.level_red", "alert.level_yellow")
    if part.has_any(_UNSURE) or (part.has("weapon", "model") and len(threats_named(doc, part)) > 1):
        return None  # "the missile danger (red) is over, that of drones (yellow) goes on": each is named
    stays = _stays(doc, part, levels)
    if stays is None or _is_of_a_weapon(doc, part, stays):
        return None
    level: Literal["red", "yellow"] = "red" if stays.concept == "alert.level_red" else "yellow"
    if (before := _end_before(part, so_far)) is not None and not _placed(part):
        before.status, before.threat, before.level, before.ongoing = "start", "air", level, True
        return []
    if before is None and len({m.concept for m in levels}) == 1 and not _is_step(part, stays):
        return None
    proposal = Proposal("start", "air", part, stays.concept, ongoing=True, level=level)
    sites = _placed(part)
    own = [s for s in sites if same_clause(doc, part, s.i, stays.i)] if part.has_any(ENDS) else []
    add_sites(proposal, own or sites)
    return [proposal]


def _is_of_a_weapon(doc: Doc, part: Part, level: Mention) -> bool:
    """ "The threat of drones goes on (yellow level)", "from yellow to red: missiles": the level of a named threat."""
    if not part.has("weapon", "model"):
        return False
    weapons = part.of("weapon", "model")
    return _is_step(part, level) or any(same_clause(doc, part, w.i, level.i) for w in weapons) or (
        not part.has_any(ENDS))  # fmt: skip


def _stays(doc: Doc, part: Part, levels: tuple[Mention, ...]) -> Mention | None:
    """The level that is said to stay: in a clause that ends nothing, or one that was stepped to."""
    if (step := next((m for m in levels if _is_step(part, m)), None)) is not None:
        return step
    ends, ons = part.of_any(ENDS), part.of_any(_ONS)
    for m in levels:
        others = [x for x in levels if x.concept != m.concept]
        if not any(same_clause(doc, part, m.i, on.i) for on in ons):
            continue
        if any(same_clause(doc, part, m.i, end.i) for end in ends):
            continue
        if not others or any(same_clause(doc, part, x.i, end.i) for x in others for end in ends):
            return m
    return None


def _is_step(part: Part, m: Mention) -> bool:
    """ "From red to yellow": one phrase says which level it is now."""
    return m.j - m.i > 1 and any(x.i == m.i and x.concept == "alert.still" for x in part.of("alert.still"))


def _end_before(part: Part, so_far: list[Proposal]) -> Proposal | None:
    """The end of the other level, in the sentence right before."""
    last = so_far[-1] if so_far else None
    if last is None or last.status != "end" or not 0 < part.n - last.part.n <= 1:
        return None
    return last if last.part.has("alert.level_red", "alert.level_yellow") else None


def _placed(part: Part) -> list[Site]:
    return [s for s in part.sites if s.role not in ("from", "speaker", "agent")]
