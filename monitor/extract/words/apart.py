"""Verbs in two pieces, the second far behind the first: "took the air defence 40 of the 50 drones out", "hit he in
London in", which means that he arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from monitor.extract.text.tokens import Token, fold
from monitor.extract.words.lexicon import Lexicon

if TYPE_CHECKING:
    from monitor.extract.words.mentions import Mention

__all__ = ["join_apart"]

_REACH: Final = 40
"""Tokens from a verb to its other piece."""
_DONE: Final = "act.shot_down"
_OTHER: Final = "verb.aux"
"""A verb that tells of nothing by itself."""


def join_apart(hits: list[Mention], tokens: list[Token], lang: str, lexicon: Lexicon) -> None:
    """Each verb whose other piece ends its clause means what both mean together: something was shot down, or somebody
    arrived."""
    downed, arrived = _pairs(lexicon, "apart"), _pairs(lexicon, "arrives")
    for hit in hits:
        if hit.entries is None or hit.j != hit.i + 1:
            continue
        verb = tokens[hit.i].f
        if (rests := downed.get(verb)) is not None and _is_whole(tokens, hit.j, rests, downed):
            hit.entries = ((_DONE, lang),)
        elif (rests := arrived.get(verb)) is not None and _is_whole(tokens, hit.j, rests, arrived):
            hit.entries = ((_OTHER, lang),)


def _is_whole(
    tokens: list[Token], at: int, rests: list[tuple[str, ...]], pairs: dict[str, list[tuple[str, ...]]]
) -> bool:
    for k in range(at, min(len(tokens), at + _REACH)):
        token = tokens[k]
        if token.is_break or token.text == ";" or token.f in pairs:
            return False
        for rest in rests:
            end = k + len(rest)
            if token.f == rest[0] and all(t.f == f for t, f in zip(tokens[k:end], rest, strict=False)) and (
                end >= len(tokens) or _closes(tokens[end])):  # fmt: skip
                return True
    return False


def _closes(token: Token) -> bool:
    """Whether a clause is over before this token."""
    return token.kind in "pl" or any(concept == "conj.and" for concept, _ in token.own or ())


def _pairs(lexicon: Lexicon, setting: str) -> dict[str, list[tuple[str, ...]]]:
    known: dict[str, list[tuple[str, ...]]] = lexicon.memo(setting)
    if not known:
        for form in sorted(lexicon.settings.get(setting, ())):
            verb, *rest = (fold(word) for word in form.split())
            known.setdefault(verb, []).append(tuple(rest))
    return known
