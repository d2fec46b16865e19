"""The figure that is shown for a night: one claimant's claim, picked by a declared rule, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.fuse.rules import HeadlineRule, Rules
from monitor.model import Claim, Side

__all__ = ["Figure", "headline"]


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
        and not {"subset", "regional"} & set(claim.flags)
    )


def _figure(key: tuple[str, str], claims: Sequence[Claim], side: Side, rules: Rules, rule: HeadlineRule) -> Figure:
    ordered = sorted(
        claims, key=lambda claim: (_order(claim, side, rules, rule), -claim.at.timestamp(), _depth(claim), claim.id)
    )
    best = ordered[0]
    return Figure(
        measure=key[0], weapon=key[1], value=best.value, value_max=best.value_max, bound=best.bound, claim=best.id,
        claimant=best.claimant, is_withheld=best.measure == "withheld" or "withheld" in best.flags,
        reasons=_reasons(best, ordered, side, rules, rule), others=tuple(claim.id for claim in ordered[1:]),
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


def _reasons(best: Claim, ordered: Sequence[Claim], side: Side, rules: Rules, rule: HeadlineRule) -> tuple[str, ...]:
    reasons = [f"period:{best.period}"]
    if best.claimant_side == _preferred(side, rule):
        reasons.append(f"side:{rule.prefer}")
    profile = rules.profiles.get(best.source)
    reasons.append(f"rank:{profile.rank if profile else 'media'}")
    reasons.append(("first_hand", "second_hand", "unattributed")[_hand(best)])
    if len(ordered) > 1:
        rest = [claim for claim in ordered[1:] if _order(claim, side, rules, rule) == _order(best, side, rules, rule)]
        reasons.append(f"newest_of:{len(rest) + 1}" if rest else f"best_of:{len(ordered)}")
    return tuple(reasons)
