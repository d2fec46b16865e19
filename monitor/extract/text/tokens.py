"""Text → tokens, lines and sentences.

A token is a run of letters, a run of digits, or one sign. Hyphens inside a word part it in two without leaving a
token, so that compounds are matched however they are joined; apostrophes inside a word vanish from the folded form.
What stands between two spaces is cut into pieces by one expression; a piece is what stands before a token (space, or
the hyphen that joins it) and the token, so that equal pieces are equal tokens and each is looked at once
(``vocabulary``).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from monitor.extract.words.lexicon import Candidate
    from monitor.extract.words.mentions import Sense

__all__ = ["DASHES", "HYPHENS", "PIECE", "Token", "fold", "fold_form", "parts_of", "structure"]

_WORD: Final = r"[^\W\d_]+(?:['\u2019\u02bc\u00b4`][^\W\d_]+|[\"\u05f4\u05f3'](?=[\u05d0-\u05ea])[^\W\d_]+)*"
_TOKEN: Final = re.compile(rf"({_WORD})|(\d+)|(\n)|([^\s\w]|_)")
PIECE: Final = re.compile(
    # first what nearly every piece is, so that the rest is seldom tried
    r" ?(?:[^\W\d_]++(?!['\"\u2019\u02bc\u00b4`\u05f4\u05f3])|\d++|[.,:])|"
    rf"(?:[^\S\n]+|(?<=[^\W_])[-\u2010\u2011_](?=[^\W_]))?(?:{_WORD}|\d+|[^\s\w]|\n|_)|[^\S\n]+",
)
_APOSTROPHES: Final = re.compile(r"['\u2019\u02bc\u00b4`\u05f3\u05f4\"]")
_ENDS: Final = frozenset(".!?;\u2026\u203c\u2049\u2757\u2755\u061f")
_FACES: Final = frozenset("👏💪🙏👍👌🤝🤞🫡🥳😅😂🤣😎😁😊🙃🤬😡😱❤🤍🖤💙💛🔥☕")
"""Signs of feeling, that end a sentence before a capital."""
_PLUS: Final = "+"
_QUOTES: Final = frozenset('\u00ab\u00bb\u201c\u201d\u201e"')
_OPENERS: Final = frozenset("\u00ab\u201c\u201e\"'(\u2039\u2014\u2013-*")
DASHES: Final = "\u2013\u2014-"
HYPHENS: Final = "-\u2010\u2011_"
_SHORT: Final = 24
"""Characters within which an elided or enclitic word ends: a word full of apostrophes is walked once."""
_LONG_WORD: Final = 4
"""Letters of a word that is hardly a short form."""
_SHORTENED: Final = 3
"""Tokens of a note in brackets that ends with a short form."""
_LONG: Final = 120
"""Tokens after which a sentence is cut at the next comma: what is done per sentence stays bounded."""
_STOP_CASE: Final = str.maketrans({"\u0451": "\u0435", "\u0401": "\u0435", "\u0490": "\u0433", "\u0491": "\u0433"})


class Token:
    """One token. ``f`` is its folded form, ``glued`` says that nothing stands between it and the one before, ``gap``
    how many spaces do; ``width`` counts the characters of the text that it takes, with what stands before it;
    ``spaced`` is the same behind a space. Equal pieces of a text share one token, so it knows no place in the text
    (``Doc.span`` does).

    What the lexicon knows of it: ``keys`` it can stand for in the trie, ``nodes`` that begin with one of them and
    their own entries, the first of which are ``own`` (in ``langs``; ``senses`` in a text of ``senses_in``); ``follow``
    holds every key that goes on from one of the nodes (None: nothing longer begins so). ``longest`` name of a place
    that begins so (in tokens), ``mark`` in the table of how such names begin (``words.pairs``; -1: not asked yet),
    ``rows`` of the place called just so, ``votes`` for languages by its letters.

    ``is_capital`` and ``is_lower`` tell of the first letter. ``is_live`` says that a mention can begin here;
    ``is_break`` that a line or sentence can end here, ``is_parting`` that a clause can; ``is_split`` that it stands
    for several tokens (``parts``, each with the characters behind it), is an abbreviation, or ``is_odd``: the text
    may have to be cleaned first.
    """

    __slots__ = (
        "f", "follow", "gap", "glued", "hyphen", "is_break", "is_capital", "is_figure", "is_live", "is_lower",
        "is_odd", "is_parting", "is_quote", "is_split", "keys", "kind", "langs", "longest", "mark", "nodes", "own",
        "parts", "rows", "senses", "senses_in", "spaced", "text", "votes", "width",
    )  # fmt: skip

    def __init__(self, text: str, f: str, kind: Literal["w", "n", "p", "l"], glued: bool, hyphen: bool) -> None:
        self.text = text
        self.f = f
        self.kind: Literal["w", "n", "p", "l"] = kind
        self.glued = glued
        self.hyphen = hyphen
        self.gap = 0
        self.width = 0
        self.keys: tuple[str, ...] = (f,)
        self.nodes: tuple[tuple[dict[str, Any], tuple[tuple[str, str], ...] | None], ...] = ()
        self.own: tuple[tuple[str, str], ...] | None = None
        self.langs: tuple[str, ...] = ()
        self.senses: tuple[Sense, ...] = ()
        self.senses_in: str | None = ""
        self.spaced: Token | None = None
        self.follow: dict[str, Any] | None = None
        self.longest = 0
        self.mark = -1
        self.rows: tuple[Candidate, ...] = ()
        self.votes: tuple[tuple[str, float], ...] = ()
        self.parts: tuple[tuple[Token, int], ...] = ()
        self.is_live = False
        self.is_odd = False
        self.is_split = False
        self.is_figure = kind == "n"
        self.is_capital = kind == "w" and text[0].isupper()
        self.is_lower = kind == "w" and text[0].islower()
        self.is_quote = text in _QUOTES
        self.is_parting = kind == "p" and (text in ",;:()" or (text in DASHES and not glued))
        self.is_break = kind == "l" or (kind == "p" and (text in _ENDS or text in _FACES or text == _PLUS))

    def __repr__(self) -> str:
        return f"<{self.f}>"


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


def parts_of(word: str, elisions: Collection[str], enclitics: Collection[str]) -> list[tuple[int, int]]:
    """Where a word with apostrophes falls apart. ``elisions`` are words cut off before one, ``enclitics`` behind."""
    cuts = [m.start() for m in _APOSTROPHES.finditer(word)]
    parts: list[tuple[int, int]] = []
    at = 0
    for cut in cuts:
        is_elided = cut - at <= _SHORT and word[at:cut].casefold() in elisions
        if is_elided or (len(word) - cut <= _SHORT and word[cut + 1 :].casefold() in enclitics):
            parts.append((at, cut))
            at = cut + 1
    parts.append((at, len(word)))
    return [(a, b) for a, b in parts if b > a]


_WHOLE_WORD: Final = 4
"""Letters of a word that is no abbreviation and no part of an address."""
Lines = list[tuple[int, int]]
Sentences = list[tuple[int, int, int]]


def structure(tokens: list[Token]) -> tuple[Lines, Sentences]:
    """Lines (first token, last + 1; no line ends) and sentences (first token, last + 1, line).

    A full stop ends a sentence before a capital, a quote, a sign or the end of the line, unless it stands behind an
    abbreviation or between digits. A sentence of great length is cut at a comma, or at last anywhere. The "+++" of a
    ticker ends a line.
    """
    lines: Lines = []
    sentences: Sentences = []
    first = begin = 0
    size = len(tokens)
    is_low = _is_low(tokens)
    breaks = [k for k, token in enumerate(tokens) if token.is_break]
    breaks.append(size)
    for k in breaks:
        while k - begin >= _LONG and (cut := _cut(tokens, begin, k)) is not None:
            sentences.append((begin, cut + 1, len(lines)))
            begin = cut + 1
        if k < size and tokens[k].text == _PLUS and not _is_ticker(tokens, k):
            continue
        if k == size or tokens[k].kind == "l" or tokens[k].text == _PLUS:
            if k > first:
                if k > begin:
                    sentences.append((begin, k, len(lines)))
                lines.append((first, k))
            first = begin = k + 1
        elif k > begin:
            after = tokens[k + 1] if k + 1 < size else None
            if after is None or after.kind == "l" or (after.kind == "p" and after.text in _ENDS):
                continue
            if tokens[k].text in _FACES and not _is_begun(after):
                continue
            if after.is_quote and after.glued and k + 2 < size and tokens[k + 2].kind == "w" and tokens[k + 2].is_lower:
                continue  # the signal "Missile danger!" is given
            if tokens[k].text == "." and not _is_stop(tokens, k, after, is_low=is_low):
                continue
            sentences.append((begin, k + 1, len(lines)))
            begin = k + 1
    return lines, sentences


def _is_ticker(tokens: list[Token], k: int) -> bool:
    """The last sign of a "+++" that parts the news of a ticker."""
    if k < 2 or not tokens[k].glued or not tokens[k - 1].glued:
        return False
    is_run = tokens[k - 1].text == tokens[k - 2].text == _PLUS
    return is_run and (k + 1 == len(tokens) or tokens[k + 1].text != _PLUS)


def _cut(tokens: list[Token], begin: int, end: int) -> int | None:
    """Where the sentence that begins at ``begin`` is cut before ``end``."""
    for k in range(begin + _LONG, min(end, begin + 2 * _LONG)):
        if tokens[k].text in ",:":
            return k
    return begin + 2 * _LONG if begin + 2 * _LONG < end else None


def _is_begun(after: Token) -> bool:
    """Whether a sentence begins here: a capital."""
    return after.kind == "w" and after.is_capital and not after.text.isupper()


def _is_low(tokens: list[Token]) -> bool:
    """Whether the text begins with a small letter: its writer begins no sentence with a capital."""
    first = next((token for token in tokens if token.kind == "w"), None)
    return first is not None and first.is_lower


def _is_mark(tokens: list[Token], k: int) -> bool:
    """The last letter of a mark, "MiG-31K", "Iskander-M": no initial of a name."""
    return tokens[k].glued and k > 0 and tokens[k - 1].kind in "nw"


def _is_run_on(before: Token, after: Token) -> bool:
    """ "Nobody was hurt.The fire is out": a page that lost its spaces; a long word in small letters, then a capital."""
    if before.kind != "w" or not before.is_lower or len(before.text) < _WHOLE_WORD or after.kind != "w":
        return False
    return after.is_capital and (len(after.text) == 1 or not after.text.isupper())


def _is_stop(tokens: list[Token], k: int, after: Token, *, is_low: bool = False) -> bool:
    before = tokens[k - 1]
    if after.glued and after.kind != "p":
        return _is_run_on(before, after)
    if before.kind == "w" and len(before.text) == 1 and before.text.isupper() and not _is_mark(tokens, k - 1):
        return False
    if after.kind == "w":
        return not after.is_lower or (is_low and before.kind == "w" and len(before.text) >= _LONG_WORD)
    if after.kind == "n":
        return before.kind != "n" or not after.glued
    if after.text == ")" and any(token.text == "(" for token in tokens[max(0, k - _SHORTENED) : k]):
        return False  # "A (Chern. obl.) - B": what is shortened in brackets
    return after.text in _OPENERS or not after.text.isalnum()
