"""Text → tokens, lines and sentences.

A token is a run of letters, a run of digits, or one sign. Hyphens inside a word part it in two without leaving a
token, so that compounds are matched however they are joined; apostrophes inside a word vanish from the folded form.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

__all__ = ["Sentence", "Token", "Tokens", "fold", "fold_form", "structure", "tokenise"]

_TOKEN = re.compile(
    r"([^\W\d_]+(?:['\u2019\u02bc\u00b4`][^\W\d_]+|[\"\u05f4\u05f3'](?=[\u05d0-\u05ea])[^\W\d_]+)*)|(\d+)|(\n)|([^\s\w]|_)",
)
_APOSTROPHES = re.compile(r"['\u2019\u02bc\u00b4`\u05f3\u05f4\"]")
_ENDS = frozenset(".!?;\u2026\u203c\u2049\u2757\u2755\u061f")
_OPENERS = frozenset("\u00ab\u201c\u201e\"'(\u2039\u2014\u2013-*")
_LONG = 120
"""Tokens after which a sentence is cut at the next comma: what is done per sentence stays bounded."""
_STOP_CASE = str.maketrans({"\u0451": "\u0435", "\u0401": "\u0435", "\u0490": "\u0433", "\u0491": "\u0433"})


class Token:
    """One token. ``f`` is its folded form, ``glued`` says that nothing stands between it and the one before."""

    __slots__ = ("end", "f", "glued", "hyphen", "kind", "start", "text")

    def __init__(self, text: str, f: str, start: int, end: int, kind: str, glued: bool, hyphen: bool) -> None:
        self.text = text
        self.f = f
        self.start = start
        self.end = end
        self.kind: Literal["w", "n", "p", "l"] = kind  # type: ignore[assignment]
        self.glued = glued
        self.hyphen = hyphen

    def __repr__(self) -> str:
        return f"<{self.f}>"


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens ``i`` to ``j`` (not included) on line ``line``."""

    i: int
    j: int
    line: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tokenised text; lines and sentences as token ranges. ``lines`` hold no line ends."""

    text: str
    all: list[Token]
    lines: list[tuple[int, int]]
    sentences: list[Sentence]


def fold(word: str) -> str:
    """The form that words are compared in: case and apostrophes gone, the letters that are often swapped joined."""
    return _APOSTROPHES.sub("", word.casefold()).translate(_STOP_CASE)


def fold_form(form: str) -> tuple[str, ...]:
    """A listed form as the sequence of folded tokens it will meet in a text."""
    out = []
    for match in _TOKEN.finditer(form):
        word, digits, _, sign = match.groups()
        if word:
            out.append(fold(word))
        elif digits:
            out.append(digits)
        elif sign and sign not in "-\u2010\u2011.'\u2019\u02bc`\"":
            out.append(sign)
    return tuple(out)


def tokenise(
    text: str, elisions: Collection[str] = (), enclitics: Collection[str] = (), abbreviations: Collection[str] = ()
) -> list[Token]:
    """All tokens. ``elisions`` are words cut off before an apostrophe, ``enclitics`` those after one.

    The full stop of an abbreviation leaves no token, unless a number stands before it (a year, a unit).
    """
    out: list[Token] = []
    last_end = -1
    is_hyphen = False
    add = out.append
    for match in _TOKEN.finditer(text):
        group = match.lastindex
        start, end = match.span()
        piece = match.group()
        glued = start == last_end
        if group == 1:
            if (
                '"' in piece
                or "\u05f4" in piece
                or "'" in piece
                or "\u2019" in piece
                or "\u02bc" in piece
                or "`" in piece
                or "\u00b4" in piece
            ):
                for part_start, part_end in _apart(piece, elisions, enclitics):
                    word = piece[part_start:part_end]
                    add(Token(word, fold(word), start + part_start, start + part_end, "w", glued, is_hyphen))
                    glued, is_hyphen = True, False
            else:
                folded = piece.casefold()
                if "\u0451" in folded or "\u0491" in folded:
                    folded = folded.translate(_STOP_CASE)
                add(Token(piece, folded, start, end, "w", glued or is_hyphen, is_hyphen))
            is_hyphen = False
        elif group == 2:
            add(Token(piece, piece, start, end, "n", glued or is_hyphen, is_hyphen))
            is_hyphen = False
        elif group == 3:
            add(Token(piece, piece, start, end, "l", glued, False))
            is_hyphen = False
        else:
            if piece in "-\u2010\u2011_" and glued and out[-1].kind in "wn" and text[end : end + 1].isalnum():
                is_hyphen = True
            elif piece == "." and glued and out[-1].f in abbreviations and not (len(out) > 1 and out[-2].kind == "n"):
                is_hyphen = False
            else:
                is_hyphen = False
                add(Token(piece, piece, start, end, "p", glued, False))
        last_end = end
    return out


def _apart(piece: str, elisions: Collection[str], enclitics: Collection[str]) -> list[tuple[int, int]]:
    cuts = [m.start() for m in _APOSTROPHES.finditer(piece)]
    parts: list[tuple[int, int]] = []
    at = 0
    for cut in cuts:
        before, after = piece[at:cut].casefold(), piece[cut + 1 :].casefold()
        if before in elisions or after in enclitics:
            parts.append((at, cut))
            at = cut + 1
    parts.append((at, len(piece)))
    return [(a, b) for a, b in parts if b > a]


def structure(text: str, tokens: list[Token]) -> Tokens:
    """Lines and sentences. A full stop ends a sentence before a capital, a quote, a sign or the end of the line,
    unless it stands behind an abbreviation or between digits."""
    lines: list[tuple[int, int]] = []
    sentences: list[Sentence] = []
    first = begin = 0
    size = len(tokens)
    for k in range(size + 1):
        token = tokens[k] if k < size else None
        if token is None or token.kind == "l":
            if k > first:
                if k > begin:
                    sentences.append(Sentence(begin, k, len(lines)))
                lines.append((first, k))
            first = begin = k + 1
        elif k - begin >= _LONG and (token.text in ",:" or k - begin >= 2 * _LONG):
            sentences.append(Sentence(begin, k + 1, len(lines)))
            begin = k + 1
        elif token.kind == "p" and token.text in _ENDS and k > begin:
            after = tokens[k + 1] if k + 1 < size else None
            if after is None or after.kind == "l" or (after.kind == "p" and after.text in _ENDS):
                continue
            if token.text == "." and not _is_stop(tokens, k):
                continue
            sentences.append(Sentence(begin, k + 1, len(lines)))
            begin = k + 1
    return Tokens(text, tokens, lines, sentences)


def _is_stop(tokens: list[Token], k: int) -> bool:
    before, after = tokens[k - 1], tokens[k + 1]
    if after.glued and after.kind != "p":
        return False
    if before.kind == "w" and len(before.text) == 1 and before.text.isupper():
        return False
    if after.kind == "w":
        return not after.text[0].islower()
    if after.kind == "n":
        return before.kind != "n" or not token_touches(tokens[k], after)
    return after.text in _OPENERS or not after.text.isalnum()


def token_touches(first: Token, second: Token) -> bool:
    """No space between the two."""
    return first.end == second.start
