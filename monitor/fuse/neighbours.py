"""Where a chain of claims is found: by the days of its window, and in the line of its claimant's figures of one thing.

An index of names over ``State.chains``; it follows from the chains and is not kept in the memory. It finds candidates:
whether two windows overlap is for the caller to see.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import datetime

from monitor.fuse.records import Chain
from monitor.fuse.shelf import Draft
from monitor.model import Claim

__all__ = ["Names", "fold", "head_of", "kin_of", "last_day", "line_of", "near", "put_names", "unsettled"]

Names = tuple[str, ...]
"""Sorted; of an entry ``DAY␟KEY`` in a line, else keys of chains."""

_DAY = 86_400
_SIZES = (1, 8, 64, 512, 4096)
"""Days in a bucket. A window lies in at most two of the smallest that is as long as it, or in some of the largest."""

_TOO_MANY = 2_000
_BREAK = "\x1f"


def head_of(chain: Chain) -> Claim | None:
    """The claim that stands: the last of the line that nobody superseded or took back."""
    standing = [one for one in chain.claims if one.retracted_at is None and one.superseded_by is None]
    in_line = [one for one in standing if one.id in chain.first_hand] or standing
    return in_line[0] if in_line else None


def fold(name: str | None) -> str:
    return " ".join((name or "").casefold().split())


def kin_of(claim: Claim) -> str:
    """What is the same in two claims whose windows must not be counted twice."""
    same = (claim.measure, claim.weapon, claim.attacker, claim.nature, fold(claim.claimant), sorted(claim.places),
            claim.model)  # fmt: skip
    return repr(same)


def line_of(claim: Claim) -> str:
    """What is the same in one claimant's figures of one thing for different times."""
    same = (claim.measure, claim.weapon, claim.model, claim.attacker, claim.period, claim.subset_of, claim.nature,
            fold(claim.claimant), sorted(claim.places))  # fmt: skip
    return repr(same)


def put_names(names: Draft[Names], key: str, before: Chain | None, chain: Chain | None) -> None:
    """Bring the index from one state of a chain to the next; None where there is none."""
    old = set(_spots(key, before)) if before is not None else set()
    new = set(_spots(key, chain)) if chain is not None else set()
    for shelf, name in old - new:
        kept = names.get(shelf) or ()
        place = bisect_left(kept, name)
        names.put(shelf, (*kept[:place], *kept[place + 1 :]) or None)
    for shelf, name in new - old:
        kept = names.get(shelf) or ()
        place = bisect_left(kept, name)
        names.put(shelf, (*kept[:place], name, *kept[place:]))


def near(names: Draft[Names], claim: Claim) -> list[str] | None:
    """The chains whose windows may overlap with the claim's, sorted; None where all have to be looked at: a window
    of many years."""
    spans = list(_spans(claim))
    if sum(last - first + 1 for _, first, last in spans) > _TOO_MANY:
        return None
    kin = kin_of(claim)
    found = {
        name
        for size, first, last in spans
        for number in range(first, last + 1)
        for name in names.get(_bucket(kin, size, number)) or ()
    }
    return sorted(found)


def last_day(names: Draft[Names], line: str) -> str | None:
    """The latest day for which the line has a figure."""
    found = names.get(f"line{_BREAK}{line}")
    return found[-1].partition(_BREAK)[0] if found else None


def unsettled(names: Draft[Names], line: str) -> Iterator[tuple[str, str]]:
    """(day, chain) of those whose last word is not yet said to be final, and of those of the latest day."""
    last = last_day(names, line)
    of_last = names.get(f"last{_BREAK}{line}{_BREAK}{last}") or ()
    entries = {*(names.get(f"open{_BREAK}{line}") or ()), *(f"{last}{_BREAK}{key}" for key in of_last)}
    for entry in sorted(entries):
        day, _, key = entry.partition(_BREAK)
        yield day, key


def _spots(key: str, chain: Chain) -> Iterator[tuple[str, str]]:
    """(shelf, name) under which the chain is found by what its head says now."""
    head = head_of(chain)
    if head is None:
        return
    if head.date_or_period:
        line, day = line_of(head), head.date_or_period[-10:]
        yield f"line{_BREAK}{line}", f"{day}{_BREAK}{key}"
        yield f"last{_BREAK}{line}{_BREAK}{day}", key
        if head.stage == "updated":
            yield f"open{_BREAK}{line}", f"{day}{_BREAK}{key}"
    spans = list(_spans(head))
    if spans and "subset" not in head.flags:
        kin = kin_of(head)
        length = spans[0][2] - spans[0][1]
        size, first, last = next((span for span in spans if length <= span[0]), spans[-1])
        for number in range(first, last + 1):
            yield _bucket(kin, size, number), key


def _spans(claim: Claim) -> Iterable[tuple[int, int, int]]:
    """(size, first, last) bucket of each size that the claim's window touches; nothing without both ends."""
    window = claim.window
    if window is None or window.start is None or window.end is None:
        return ()
    first, last = sorted((_day(window.start), _day(window.end)))
    return ((size, first // size, last // size) for size in _SIZES)


def _day(moment: datetime) -> int:
    return int(moment.timestamp() // _DAY)


def _bucket(kin: str, size: int, number: int) -> str:
    return f"{size}{_BREAK}{number}{_BREAK}{kin}"
