"""What this state has forgotten and needs again: a correction may come after the claims that it corrects are pruned."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.fuse.counts import chain_of
from monitor.fuse.records import Chain, Reached
from monitor.fuse.rules import Rules
from monitor.fuse.state import State, Work
from monitor.model import Claim, CountReport, Telling, Withdrawal

__all__ = ["forgotten", "recall"]


def forgotten(
    state: State, tellings: Sequence[Telling], withdrawals: Sequence[Withdrawal], rules: Rules
) -> tuple[list[str], list[str]]:
    """(chains, items) that are spoken of and not in the state: new ones, and those that were pruned."""
    chains = {chain_of(rules, one) for one in tellings if isinstance(one.what, CountReport)}
    items = {one.item for one in withdrawals}
    return sorted(key for key in chains if key not in state.chains), sorted(i for i in items if i not in state.items)


def recall(work: Work, claims: Sequence[Claim]) -> None:
    """Put whole chains back as they were, with the way from their posts to them."""
    chains: dict[str, list[Claim]] = {}
    for claim in claims:
        chains.setdefault(claim.chain, []).append(claim)
    for key, found in sorted(chains.items()):
        if work.chains.get(key) is not None:
            continue
        found.sort(key=lambda one: (one.at, one.evidence[0].version, one.id))
        hands = tuple(one.id for one in found if "second_hand" not in one.flags)
        work.put_chain(key, Chain(key, tuple(found), hands))
        for one in found:
            _reach(work, key, one)


def _reach(work: Work, key: str, claim: Claim) -> None:
    item, version, target = claim.evidence[0].item, claim.evidence[0].version, f"chains:{key}"
    known = work.items.get(item) or Reached(item, claim.source, claim.at, claim.known_at, version, ())
    work.items.put(
        item,
        Reached(
            item, known.source, known.said_at, max(known.at, claim.known_at), max(known.version, version),
            (*known.tellings, claim.id) if claim.id not in known.tellings else known.tellings,
            known.targets if target in known.targets else (*known.targets, target),
            known.is_deleted or "source_deleted" in claim.flags,
        ),
    )  # fmt: skip
