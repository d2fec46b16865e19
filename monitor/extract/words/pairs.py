"""Which two words may begin a name of several: a table of marks, that is never wrong where it says no.

Most words that some long name begins with are followed by a word that goes on with none of them ("the", "region"), and
then no longer name is put together to be looked up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from zlib import crc32

__all__ = ["mark_of", "marks_of", "may_begin"]

_BITS: Final = 20
"""A million marks for a hundred thousand pairs: one no in ten is taken for a maybe."""
_PLACES: Final = (1 << _BITS) - 1
_FACTOR: Final = 31


def mark_of(word: str) -> int:
    """What stands for a folded word in the table."""
    return crc32(word.encode("utf-8", "surrogatepass")) & _PLACES


def marks_of(names: Iterable[str]) -> bytes:
    """The table of these folded names."""
    marks = bytearray(1 << (_BITS - 3))
    for name in names:
        first, _, rest = name.partition(" ")
        if rest:
            place = _place_of(mark_of(first), mark_of(rest.partition(" ")[0]))
            marks[place >> 3] |= 1 << (place & 7)
    return bytes(marks)


def may_begin(marks: bytes, first: int, second: int) -> bool:
    """Whether a name of several words may begin with the two words of these marks; without a table any may."""
    if not marks:
        return True
    place = _place_of(first, second)
    return marks[place >> 3] & (1 << (place & 7)) != 0


def _place_of(first: int, second: int) -> int:
    return (first * _FACTOR + second) & _PLACES
