"""A piece of a sentence as a sentence of its own."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.extract.text.doc import Part
from monitor.extract.words.mentions import Mention

__all__ = ["piece", "without"]


def piece(part: Part, i: int, j: int, verb: Mention | None = None, ahead: Sequence[Mention] = ()) -> Part:
    """Tokens ``i`` to ``j`` of a sentence as a sentence of their own, with the vetoes and the time of the whole, and
    with the ``verb`` before it that it leaves out, and whatever else is told ``ahead``."""
    own = [m for m in part.mentions if i <= m.i < j]
    told = [*ahead, *own] if verb is None else [*ahead, verb, *own]
    out = Part(i, j, part.line, told, part.n)
    out.numbers = [n for n in part.numbers if i <= n.i < j]
    out.whens = [w for w in part.whens if i <= w.i < j]
    out.sites = [s for s in part.sites if i <= s.i < j]
    out.vetoes = part.vetoes
    out.is_title = part.is_title
    out.when = out.whens[0] if out.whens else part.when
    return out


def without(part: Part, i: int, j: int) -> Part:
    """The sentence around the clause of tokens ``i`` to ``j``, which tells of another time."""
    around = Part(part.i, part.j, part.line, [m for m in part.mentions if not i <= m.i < j], part.n)
    around.numbers = [n for n in part.numbers if not i <= n.i < j]
    around.whens = [w for w in part.whens if not i <= w.i < j]
    around.sites = [s for s in part.sites if not i <= s.i < j]
    around.vetoes, around.is_title, around.when = part.vetoes, part.is_title, around.whens[0]
    return around
