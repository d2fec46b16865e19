"""What a text only shows: a sample of a message, a fake, a scene of a film, a rumour that it calls false."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Part, is_below_blank
from monitor.extract.words.mentions import Mention

__all__ = ["FRAMES", "mark_framed"]

FRAMES: Final = frozenset(("framed", "hearsay", "fake", "untrue"))
"""Kinds of veto that are of more, or less, than the sentence they stand in."""
_UNTRUE: Final = frozenset(("untrue",))
_DENIED: Final = frozenset(("denied",))
_EVENTS: Final = frozenset(("strike", "toll", "alert", "act", "weapon", "model"))
_TO_QUOTE: Final = 8
"""Tokens from "a sample of the message" to the quote or the colon behind it."""
_OPENING: Final = 3
_SHOWN: Final = 300
"""Tokens of a message that is shown, at most."""
_BACK: Final = 12
"""Sentences that "this is a fake" takes back, at most."""
_BARE: Final = 12
"""Tokens of "this is a fake that somebody spreads", which tells nothing else."""
_SHORT: Final = 420
"""Characters of a text that a line of its own calls fake as a whole."""


def mark_framed(doc: Doc, part: Part) -> None:
    """Marks what a sentence frames as untrue: what it quotes, what it tells itself, or what stands before it."""
    for m in part.of("veto.framed"):
        k = _colon_or_quote(doc, part, m)
        if k is not None:
            _mark(doc, part, _end_of_shown(doc, k))
        elif m.i - part.i < _OPENING:
            part.vetoes |= _UNTRUE
    for m in part.of("veto.untrue"):  # "they spread a fake: ...", where what is quoted has several sentences
        k = _colon_or_quote(doc, part, m)
        if k is not None and (doc.tokens[k].is_quote or (k + 1 < len(doc.tokens) and doc.tokens[k + 1].is_quote)):
            _mark(doc, part, _end_of_shown(doc, k))
    if part.has("veto.hearsay") and _is_denied_at_its_end(doc, part):
        part.vetoes |= _UNTRUE
    for m in part.of("veto.fake"):
        _mark_called_fake(doc, part, m)


def _mark_called_fake(doc: Doc, part: Part, m: Mention) -> None:
    """ "This is a fake", of what stands before; "a missile hit A: this is a fake", of the sentence that it ends."""
    is_bare = part.j - part.i <= _BARE and not part.has_any(_EVENTS) and not part.numbers
    if is_bare or (m.i == part.i and m.j < part.j and doc.tokens[m.j].text in ":,"):
        _mark_before(doc, part)
    elif part.j - m.j < _OPENING:
        part.vetoes |= _UNTRUE
    part.vetoes |= _DENIED


def _colon_or_quote(doc: Doc, part: Part, m: Mention) -> int | None:
    """The colon or the opening quote behind a frame, with no event told between: "if you read in the app: ..."."""
    tokens = doc.tokens
    for k in range(m.j - 1, min(m.j + _TO_QUOTE, len(tokens))):
        if tokens[k].text == ":" or tokens[k].is_quote:
            return k
        if tokens[k].is_break or ((held := doc.at[k]) is not None and held.group in _EVENTS and k >= m.j):
            return None
    return None


def _end_of_shown(doc: Doc, k: int) -> int:
    """Where ends what stands behind a colon or in quotes: at the last quote of its paragraph, at the paragraph's end
    where none is opened."""
    tokens = doc.tokens
    size = min(len(tokens), k + _SHOWN)
    stop = k + 1
    while stop < size and (tokens[stop].kind == "l" and stop <= k + 2):
        stop += 1  # "sample:" on a line of its own
    is_quoted = tokens[k].is_quote or (k + 1 < size and tokens[k + 1].is_quote)
    last = k
    while stop < size and not (tokens[stop].kind == tokens[stop - 1].kind == "l"):
        if tokens[stop].is_quote:
            last = stop
        stop += 1
    return last if is_quoted and last > k + 1 else stop


def _mark(doc: Doc, first: Part, end: int) -> None:
    """Marks the sentences from ``first`` up to the token ``end``."""
    for n in range(first.n, len(doc.parts)):
        if doc.parts[n].i >= end:
            return
        doc.parts[n].vetoes |= _UNTRUE


def _is_denied_at_its_end(doc: Doc, part: Part) -> bool:
    """ "The information that a missile hit A is false": it is called so last, of all that stands before."""
    if part.of("veto.hearsay")[0].i - part.i >= _OPENING:
        return False
    denied = part.of("veto.denied", "veto.untrue", "veto.fake")
    return bool(denied) and part.j - denied[-1].j < _OPENING


def _mark_before(doc: Doc, part: Part) -> None:
    """ "This is a fake.": of the sentences before it in its line; of the whole of a short text, or the paragraph
    before, where it opens a paragraph of its own."""
    opens = part.n > 0 and doc.parts[part.n - 1].line != part.line
    is_all = opens and len(doc.source.text) < _SHORT
    for n in range(part.n - 1, max(-1, part.n - 1 - _BACK), -1):
        before = doc.parts[n]
        if not is_all and not opens and before.line != part.line:
            return
        before.vetoes |= _UNTRUE
        if not is_all and opens and is_below_blank(doc, before):
            return
