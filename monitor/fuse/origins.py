"""How many have seen it: forwards, copies, channels of one family and echoes of one claimant are one witness."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.fuse.rules import Rules
from monitor.model import Telling

__all__ = ["count_origins", "marks_of"]


def marks_of(telling: Telling, rules: Rules, named: str | None = None) -> tuple[str, ...]:
    """What a report can be recognised by. A forward carries the marks of its origin and not those of its channel.

    ``named`` is the claimant or agency that the text gives as its source: everyone who quotes the same one is one
    witness with it, and with its own channel.
    """
    marks = [f"name:{_fold(named)}"] if named else []
    if telling.text_sha256:
        marks.append(f"text:{telling.text_sha256}")
    origin = telling.origin
    if origin is not None and origin.kind in ("forward", "copy") and (origin.key or origin.name):
        marks.append(f"item:{origin.key}" if origin.key else f"name:{_fold(origin.name or '')}")
        if origin.key and "/" in origin.key:
            marks.append(f"channel:{origin.key.rpartition('/')[0]}")
    else:
        marks += [f"item:{telling.item}", f"witness:{rules.witness(telling.source)}"]
        if "/" in telling.item and telling.item.startswith("tg:"):
            marks.append(f"channel:{telling.item.rpartition('/')[0]}")
        profile = rules.profiles.get(telling.source)
        names = {_fold(name) for name in (profile.name, profile.claimant) if name} if profile is not None else set()
        marks += sorted(f"name:{name}" for name in names)
    return tuple(marks)


def count_origins(told: Iterable[tuple[str, ...]]) -> int:
    """Groups of reports that share no mark with any other group."""
    groups: list[set[str]] = []
    for marks in told:
        joined = set(marks)
        apart = []
        for group in groups:
            if group & joined:
                joined |= group
            else:
                apart.append(group)
        groups = [*apart, joined]
    return len(groups)


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())
