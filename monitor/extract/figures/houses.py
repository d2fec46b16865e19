"""Figures that number a house in its street: they count nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from monitor.extract.text.tokens import Token

__all__ = ["without_houses"]

_AHEAD: Final = 3
"""Tokens from the word for a street to the figure behind its name: "Pushkin Street, 14"."""
_SHORT: Final = 2
"""Letters of short words for a street, which mean other things too."""


def without_houses(tokens: list[Token], figures: list[int], i: int, j: int, streets: Collection[str]) -> list[int]:
    """The figures of a sentence without those of addresses: "14, rue A", "calle A, 14"."""
    if not streets or not any(tokens[k].f in streets for k in range(i, j)):
        return figures
    return [k for k in figures if tokens[k].kind != "n" or not _is_house(tokens, k, i, j, streets)]


def _is_house(tokens: list[Token], k: int, i: int, j: int, streets: Collection[str]) -> bool:
    n = k + 2 if k + 1 < j and tokens[k + 1].text == "," else k + 1
    if n < j and tokens[n].is_lower and len(tokens[n].f) > _SHORT and tokens[n].f in streets:
        return True
    street = next((m for m in range(k - 1, max(i, k - _AHEAD) - 1, -1) if tokens[m].f in streets), None)
    if street is None or street + 1 >= k or (k + 1 < j and tokens[k + 1].kind != "p"):
        return False
    return all(tokens[m].is_capital or tokens[m].text == "," for m in range(street + 1, k))
