"""Figures that are said not to be published: "did not say how many missiles were shot down". Neither 0 nor unknown."""

from __future__ import annotations

from typing import Final

from monitor.extract.claims import claimant_of
from monitor.extract.counts.attackers import attacker_of
from monitor.extract.counts.found import Found
from monitor.extract.counts.when import time_of
from monitor.extract.counts.whereabouts import aimed_country
from monitor.extract.places.units import ref
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import REPORTED, Weapon, weapons_of
from monitor.model import CountReport, Evidence

__all__ = ["withheld_in"]

_REACH: Final = 10
_COUNTED: Final = frozenset(("weapon", "person", "toll", "count", "target"))
_BESIDE: Final = _COUNTED | frozenset(("model",))
_VETOES: Final = frozenset(
    ("drill", "game", "sport", "labour", "trade", "losses", "history", "habit", "question", "training")
)


def withheld_in(doc: Doc, part: Part) -> list[CountReport]:
    """A report without a value for each kind of weapon whose number the sentence says is not told."""
    if not part.has("act.withheld") or part.is_vetoed(_VETOES):
        return []
    m = part.of("act.withheld")[0]
    out: list[CountReport] = []
    for weapon in _unnumbered(doc, part, m):
        if all(report.weapon != weapon.kind for report in out):
            out.append(_report(doc, part, m, weapon))
    return out


def _unnumbered(doc: Doc, part: Part, m: Mention) -> list[Weapon]:
    """The weapons that the words for "how many" are followed by, else those right before a passive."""
    weapons = weapons_of(doc, part)
    behind = [x for x in doc.mentions_between(m.j, min(part.j, m.j + _REACH)) if x.group in _BESIDE]
    ahead = [x for x in doc.mentions_between(max(part.i, m.i - _REACH), m.i) if x.group in _BESIDE]
    numbered = {n.i for n in part.numbers}
    if behind and behind[0].group in ("weapon", "model"):
        return [w for w in weapons if w.i >= m.j and not any(w.i - 3 <= n < w.i for n in numbered)]
    if not behind and ahead and ahead[-1].group in ("weapon", "model"):
        return [w for w in weapons[-1:] if w.j <= m.i and not any(w.i - 3 <= n < w.i for n in numbered)]
    return []


def _report(doc: Doc, part: Part, m: Mention, weapon: Weapon) -> CountReport:
    found = Found(Number(m.i, m.j, 0), part, weapon, "shot_down", None, False, 0)
    when = time_of(doc, found, [])
    claimant, side, _ = claimant_of(doc, part, m.i)
    attacker = attacker_of(doc, found, side)
    home = {"RU": "UA", "UA": "RU"}.get(attacker or "")
    places = (ref(doc.lexicon, home),) if home else aimed_country(doc, part, found)
    start, end = doc.span(part.i, part.j)
    evidence = Evidence(doc.source.raw[start:end], (start, end), m.concept, 0.8, when.moment if when else None)
    date = when.date if when is not None else (doc.local.date().isoformat() if doc.local else None)
    kind = REPORTED.get(weapon.kind, weapon.kind)
    return CountReport(
        kind, "withheld", None, evidence, weapon.model or None, places=places, attacker=attacker,  # type: ignore[arg-type]
        period=when.period if when else None, date_or_period=date, claimed_by=claimant,  # type: ignore[arg-type]
    )  # fmt: skip
