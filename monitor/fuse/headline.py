"""The figure that is shown for a night: one claimant's claim, picked by a declared rule, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.fuse.rules import HeadlineRule, Rules
from monitor.model import Claim, Side

__all__ = ["Figure", "headline"]

_PARTS = frozenset(("subset", "regional"))


@dataclass(frozen=True, slots=True)
class Figure:
    """The headline of one measure and weapon. ``reasons`` say why this claim; ``others`` are claims not chosen.

    ``rule`` names the rule that chose, ``rule_why`` is the operator's reason for having another one than the default.
    """

    measure: str
    weapon: str
    value: int | None
    value_max: int | None
    bound: str | None
    claim: str
    claimant: str | None
    is_withheld: bool
    reasons: tuple[str, ...]
    others: tuple[str, ...] = ()
    rule: str = "default"
    rule_why: str | None = None


def headline(claims: Sequence[Claim], night: str, side: Side, rules: Rules) -> Mapping[tuple[str, str], Figure]:
    """Figures of ``night`` (``D-1/D``) for the attacks of ``side``, by (measure, weapon). Nothing is added up. The
    rule is the one declared for this night and side (``Rules.headline_of``).

    Left out: other nights and periods, subsets, figures of a part of the country, superseded and retracted claims,
    drills, and figures of one model where a figure of all is claimed. Of the rest the rule takes, in this order: the
    preferred side's own word, the best rank, first hand before second, the newest, of one post what stands furthest
    down: the body before the headline.
    """
    rule = rules.headline_of(night, side)
    fit: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        if _fits(claim, night, side, rule):
            fit.setdefault((claim.measure, claim.weapon), []).append(claim)
    whole = {key: [claim for claim in found if claim.model is None] or found for key, found in fit.items()}
    return {key: _figure(key, found, side, rules, rule) for key, found in sorted(whole.items())}


def _fits(claim: Claim, night: str, side: Side, rule: HeadlineRule) -> bool:
    return (
        claim.date_or_period == night
        and claim.period in rule.periods
        and claim.attacker == side
        and claim.nature == "actual"
        and claim.superseded_by is None
        and claim.retracted_at is None
        and (not claim.flags or _PARTS.isdisjoint(claim.flags))
    )


def _figure(key: tuple[str, str], claims: Sequence[Claim], side: Side, rules: Rules, rule: HeadlineRule) -> Figure:
    orders = {claim.id: _order(claim, side, rules, rule) for claim in claims}
    ordered = sorted(claims, key=lambda claim: (orders[claim.id], -claim.at.timestamp(), _depth(claim), claim.id))
    best = ordered[0]
    equal = sum(order == orders[best.id] for order in orders.values())
    return Figure(
        measure=key[0], weapon=key[1], value=best.value, value_max=best.value_max, bound=best.bound, claim=best.id,
        claimant=best.claimant, is_withheld=best.measure == "withheld" or "withheld" in best.flags,
        reasons=_reasons(best, len(ordered), equal, side, rules, rule), others=tuple(claim.id for claim in ordered[1:]),
        rule=rule.name, rule_why=rule.why,
    )  # fmt: skip


def _depth(claim: Claim) -> int:
    span = claim.evidence[0].span if claim.evidence else None
    return -span[0] if span else 0


def _order(claim: Claim, side: Side, rules: Rules, rule: HeadlineRule) -> tuple[int, int, int]:
    preferred = claim.claimant_side == _preferred(side, rule)
    profile = rules.profiles.get(claim.source)
    rank = profile.rank if profile is not None else "media"
    place = rule.ranks.index(rank) if rank in rule.ranks else len(rule.ranks)
    return (not preferred, place, _hand(claim) if rule.is_first_hand_first else 0)


def _hand(claim: Claim) -> int:
    """0: the claimant's own channel; 1: a quotation of a claimant who is named; 2: nobody is named."""
    return 1 if "second_hand" in claim.flags else 2 if "unattributed" in claim.flags else 0


def _preferred(side: Side, rule: HeadlineRule) -> str:
    defender = "UA" if side == "RU" else "RU"
    return defender if rule.prefer == "defender" else side


def _reasons(best: Claim, count: int, equal: int, side: Side, rules: Rules, rule: HeadlineRule) -> tuple[str, ...]:
    """Why the best of ``count`` claims is it; ``equal`` of them differ from it in their time alone."""
    reasons = [f"period:{best.period}"]
    if best.claimant_side == _preferred(side, rule):
        reasons.append(f"side:{rule.prefer}")
    profile = rules.profiles.get(best.source)
    reasons.append(f"rank:{profile.rank if profile else 'media'}")
    reasons.append(("first_hand", "second_hand", "unattributed")[_hand(best)])
    if count > 1:
        reasons.append(f"newest_of:{equal}" if equal > 1 else f"best_of:{count}")
    return tuple(reasons)
