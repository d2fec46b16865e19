"""The ledger of figures: who claimed what, in which order, and which claim stands. Nothing is ever added up.

A chain is one claimant's claim about one thing: the same measure, weapon, model, places, attacker and window. A newer
claim of the same chain takes the older one's place; the older stays in the ledger. The last of several is final once
its claimant has given the figure of a later time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.fuse.alerts import place_id, ref_of
from monitor.fuse.neighbours import fold, head_of, kin_of, last_day, line_of, near, unsettled
from monitor.fuse.records import Chain
from monitor.fuse.rules import Rules
from monitor.fuse.state import Work
from monitor.fuse.strikes import claimant_of
from monitor.identity import digest
from monitor.model import JSON, Change, Claim, CountReport, Moment, Side, Telling

__all__ = ["chain_of", "count_told", "take_back_count"]


def count_told(work: Work, telling: Telling) -> list[str]:
    """Hear one figure; the key of the chain that it belongs to."""
    what = telling.what
    assert isinstance(what, CountReport)
    claim, is_first_hand = _claim(work, telling, what)
    chain = work.chains.get(claim.chain) or Chain(claim.chain, ())
    if any(one.id == claim.id for one in chain.claims):
        return [f"chains:{claim.chain}"]
    before = head_of(chain)
    hands = (*chain.first_hand, claim.id) if is_first_hand else chain.first_hand
    claims = tuple(sorted((*chain.claims, claim), key=lambda one: (one.at, _version(one), one.id)))
    changed = _linked(work, Chain(claim.chain, claims, hands))
    _store(work, chain, changed)
    head = head_of(changed)
    mine = next(one for one in changed.claims if one.id == claim.id)
    if before is None or before.retracted_at is not None:
        _tell(work, "count.claimed", mine, {})
    elif head is not None and head.id == claim.id and _value(head) != _value(before):
        _tell(work, "count.updated", mine, {"supersedes": before.id, "was": _value(before)})
    elif (head is None or head.id != claim.id) and _value(mine) != _value(before):
        _tell(work, "count.claimed", mine, {"superseded_by": mine.superseded_by})
    return [f"chains:{claim.chain}"]


def take_back_count(
    work: Work, key: str, item: str, version: int, is_deleted: bool, replaced: Sequence[str] = ()
) -> None:
    """A post no longer stands. Deleted: the claim is marked, not erased. Edited: it is over, unless the new version
    claims the same thing again (``replaced`` are the chains it speaks of), which then is an update."""
    chain = work.chains.get(key)
    if chain is None:
        return
    mine = [one for one in chain.claims if one.evidence[0].item == item and _version(one) == version]
    if not mine or (not is_deleted and key in replaced):
        return
    claims = []
    for one in chain.claims:
        if one not in mine:
            claims.append(one)
        elif is_deleted:
            claims.append(replace(one, flags=_flagged(one.flags, "source_deleted")))
        else:
            claims.append(replace(one, retracted_at=work.now))
    changed = _linked(work, replace(chain, claims=tuple(claims)))
    _store(work, chain, changed)
    for one in changed.claims:
        if one.id in {other.id for other in mine}:
            if is_deleted:
                _tell(work, "count.updated", one, {"source_deleted": True})
            else:
                _tell(work, "report.retracted", one, {"retracts": [one.id]})


def _claim(work: Work, telling: Telling, what: CountReport) -> tuple[Claim, bool]:
    profile = work.rules.profiles.get(telling.source)
    claimant = claimant_of(work.rules, telling.source, what.claimed_by)
    is_first_hand = what.claimed_by is None or (profile is not None and fold(profile.claimant) == fold(claimant))
    nature = what.nature if what.nature != "actual" else telling.nature
    places = tuple(dict.fromkeys(place_id(place) for place in what.places))
    window = what.evidence.occurred
    chain = chain_of(work.rules, telling)
    claim = Claim(
        id=telling.id, chain=chain, measure=what.measure, weapon=what.weapon, value=what.value,
        value_max=what.value_max, bound=what.bound, model=what.model, places=places, attacker=what.attacker,
        period=what.period, date_or_period=what.date_or_period, claimant=claimant,
        claimant_side=_side(work, claimant, telling.source if is_first_hand else None), source=telling.source,
        at=telling.at, known_at=work.now, window=window, subset_of=what.subset_of, vocabulary=what.vocabulary,
        flags=_flags(work, telling, what, claimant, places, is_first_hand), is_retro=what.retro,
        is_late=telling.is_late, nature=nature, evidence=(ref_of(telling, claimant),),
    )  # fmt: skip
    return claim, is_first_hand


def chain_of(rules: Rules, telling: Telling) -> str:
    """The key of the chain that a figure belongs to."""
    what = telling.what
    assert isinstance(what, CountReport)
    nature = what.nature if what.nature != "actual" else telling.nature
    places = sorted(dict.fromkeys(place_id(place) for place in what.places))
    return digest(
        "chain", fold(claimant_of(rules, telling.source, what.claimed_by)), what.measure, what.weapon, what.model,
        places, what.period, what.date_or_period, _hours(what, what.evidence.occurred), what.attacker, what.subset_of,
        nature,
    )  # fmt: skip


def _hours(what: CountReport, window: Moment | None) -> list[str | None] | None:
    """Figures for some hours of a day are about those hours; a night or a day is named by its date alone."""
    if what.period not in ("hours", "instant") or window is None:
        return None
    return [moment.isoformat() if moment is not None else None for moment in (window.start, window.end)]


def _flags(
    work: Work, telling: Telling, what: CountReport, claimant: str, places: Sequence[str], is_first_hand: bool
) -> tuple[str, ...]:
    flags = []
    if what.subset_of is not None:
        flags.append("subset")
    profile = work.rules.profiles.get(telling.source)
    area = profile.area if profile else ()
    if (
        claimant in work.rules.regional
        or any(not work.rules.is_country(place) for place in places)
        or (not places and is_first_hand and area and not any(work.rules.is_country(place) for place in area))
    ):
        flags.append("regional")
    if what.measure == "withheld":
        flags.append("withheld")
    if what.vocabulary is not None:
        flags.append("merged_vocabulary")
    if not is_first_hand:
        flags.append("second_hand")
    elif what.claimed_by is None and (profile is None or profile.claimant is None):
        flags.append("unattributed")
    return tuple(flags)


def _side(work: Work, claimant: str, source: str | None) -> Side | None:
    """Whose claimant it is: the channel's own side at first hand, else that of the profile that speaks for it."""
    profile = work.rules.profiles.get(source) if source is not None else None
    if profile is not None and profile.side is not None:
        return profile.side
    wanted = fold(claimant)
    for key in sorted(work.rules.profiles):
        other = work.rules.profiles[key]
        if other.side is not None and other.claimant is not None and fold(other.claimant) == wanted:
            return other.side
    return None


def _linked(work: Work, chain: Chain) -> Chain:
    """Order the chain: at second hand an old figure told late takes no one's place; equal items are variants."""
    standing = [one for one in chain.claims if one.retracted_at is None]
    hands = [one for one in standing if one.id in chain.first_hand] or standing
    line: list[Claim] = []
    variants: set[str] = set()
    for one in hands:
        if line and _same_version(line[-1], one) and _value(line[-1]) != _value(one):
            variants.add(one.id)
            continue
        line.append(one)
    out: dict[str, Claim] = {one.id: replace(one, supersedes=None, superseded_by=None) for one in chain.claims}
    for number, one in enumerate(line):
        stage = "single" if len(line) == 1 else "preliminary" if number == 0 else "updated"
        out[one.id] = replace(
            out[one.id], stage=stage, supersedes=line[number - 1].id if number else None,
            superseded_by=line[number + 1].id if number + 1 < len(line) else None,
        )  # fmt: skip
    head = line[-1] if line else None
    for one in standing:
        if head is not None and one not in line and one.id not in variants:
            out[one.id] = replace(out[one.id], superseded_by=head.id)
        if one.id in variants or (variants and head is not None and _same_version(head, one)):
            out[one.id] = replace(out[one.id], flags=_flagged(one.flags, "headline_differs"))
    return replace(chain, claims=tuple(out[one.id] for one in chain.claims))


def _store(work: Work, before: Chain, chain: Chain) -> None:
    """Keep the chain, and write the rows that differ; then look for other windows that overlap with this one."""
    work.put_chain(chain.key, chain)
    old = {one.id: one for one in before.claims}
    for one in chain.claims:
        if old.get(one.id) != one:
            work.claims[one.id] = one
    _flag_overlaps(work, chain)
    _settle_finals(work, chain.key)


def _settle_finals(work: Work, key: str) -> None:
    """Of one claimant's chains about the same thing at different times, all but the latest have their last word."""
    chain = work.chains.get(key)
    head = head_of(chain) if chain is not None else None
    if head is None or not head.date_or_period:
        return
    line = line_of(head)
    newest = last_day(work.names, line)
    for day, name in list(unsettled(work.names, line)):
        current = work.chains.get(name)
        last = head_of(current) if current is not None else None
        if current is None or last is None or last.stage not in ("updated", "final"):
            continue
        stage = "updated" if day == newest else "final"
        if last.stage != stage:
            settled = replace(last, stage=stage)
            work.claims[last.id] = settled
            claims = tuple(settled if one.id == last.id else one for one in current.claims)
            work.put_chain(name, replace(current, claims=claims))


def _flag_overlaps(work: Work, chain: Chain) -> None:
    head = head_of(chain)
    if head is None or head.window is None or head.window.start is None or head.window.end is None:
        return
    names = near(work.names, head)
    for key in sorted(work.chains) if names is None else names:
        other = work.chains.get(key)
        rival = head_of(other) if other is not None else None
        if key == chain.key or rival is None or not _is_rival(head, rival) or not _overlap(head.window, rival.window):
            continue
        for name in (chain.key, key):
            current = work.chains.get(name)
            if current is None:
                continue
            claims = tuple(
                replace(one, flags=_flagged(one.flags, "overlapping_window")) if one.superseded_by is None else one
                for one in current.claims
            )
            for one, was in zip(claims, current.claims, strict=True):
                if one != was:
                    work.claims[one.id] = one
            if claims != current.claims:
                work.put_chain(name, replace(current, claims=claims))


def _is_rival(one: Claim, other: Claim) -> bool:
    return kin_of(one) == kin_of(other) and "subset" not in one.flags + other.flags


def _overlap(one: Moment | None, other: Moment | None) -> bool:
    ends = [moment for window in (one, other) if window is not None for moment in (window.start, window.end)]
    if len(ends) < 4 or any(moment is None for moment in ends):
        return False
    first, last, start, end = (moment for moment in ends if moment is not None)
    return first < end and start < last


def _value(claim: Claim) -> list[JSON]:
    return [claim.value, claim.value_max, claim.bound]


def _version(claim: Claim) -> int:
    return claim.evidence[0].version


def _same_version(one: Claim, other: Claim) -> bool:
    return (one.evidence[0].item, _version(one)) == (other.evidence[0].item, _version(other))


def _flagged(flags: tuple[str, ...], flag: str) -> tuple[str, ...]:
    return flags if flag in flags else (*flags, flag)


def _tell(work: Work, what: str, claim: Claim, extra: dict[str, JSON]) -> None:
    at: datetime = claim.at
    late = claim.is_retro or claim.is_late or work.now - at > work.rules.late_after
    names = [work.rules.gazetteer.name(place) for place in claim.places]
    work.changes.append(
        Change(
            id=digest(what, claim.id, bool(extra.get("source_deleted"))),
            type=what,
            key=f"count:{claim.date_or_period or 'undated'}:{fold(claim.claimant)}",
            subject=claim.id,
            occurred_at=at,
            known_at=work.now,
            places=claim.places,
            late=late,
            nature=claim.nature,
            evidence=claim.evidence,
            data={
                "measure": claim.measure,
                "weapon": claim.weapon,
                "value": claim.value,
                "value_max": claim.value_max,
                "bound": claim.bound,
                "model": claim.model,
                "names": names,
                "attacker": claim.attacker,
                "period": claim.period,
                "date_or_period": claim.date_or_period,
                "claimant": claim.claimant,
                "claimant_side": claim.claimant_side,
                "chain": claim.chain,
                "stage": claim.stage,
                "flags": list(claim.flags),
                "source": claim.source,
                "retro": claim.is_retro,
                **extra,
            },
        )
    )
