"""A text as tokens, and the tokens met so far: each piece of text is folded and looked up in the lexicon once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final, Literal

from monitor.extract.text.normalise import may_need_cleaning
from monitor.extract.text.tokens import HYPHENS, PIECE, Token, fold, parts_of

if TYPE_CHECKING:
    from monitor.extract.words.lexicon import Lexicon

__all__ = ["Vocabulary", "tokenise"]

_MOST: Final = 40_000
_LONGEST: Final = 48
"""Pieces that are kept, and characters of one: what a hostile text can make us hold stays bounded."""
_BRIEF: Final = 4
"""Letters of a name too short to be known by its sound."""
_FOLDED: Final = re.compile("[\"'\u2019\u02bc`\u00b4\u05f4]")
_LETTER: Final = "\u02bc"
"""The one of them that is a letter."""
_ACUTE: Final = re.compile("[\u00e1\u00e9\u00ed\u00f3\u00fa\u00fd]")
"""Latin vowels with an acute."""
_PLAIN: Final = str.maketrans({vowel: unicodedata.normalize("NFD", vowel)[0] for vowel in _ACUTE.pattern[1:-1]})
_DAYS: Final = ("weekday.", "month.")
_NEVER: Final = re.compile("(?!)")
_NOTHING: Final[frozenset[str]] = frozenset()


def tokenise(text: str, known: Vocabulary, abbreviations: Collection[str] = ()) -> tuple[list[Token], list[int], bool]:
    """All tokens, where each of them ends in the text, and whether one of them says that the text may need cleaning.

    The full stop of an abbreviation leaves no token, unless a number stands before it (a year, a unit).
    """
    tokens = _by_words(text, known)
    if not tokens:
        return [], [], False
    ends: list[int] = []
    split: list[int] = []
    end = 0
    is_odd = False
    for token in tokens:
        if token.is_split:
            split.append(len(ends))
            is_odd = is_odd or token.is_odd
        end += token.width
        ends.append(end)
    first = tokens[0]
    if first.glued:
        if first.spaced is None:
            first.spaced = known[" " + text[: ends[0]]]
        tokens[0] = first.spaced
    if split:
        tokens, ends = _apart(tokens, ends, split, known, abbreviations)
    return tokens, ends, is_odd


def _by_words(text: str, known: Vocabulary) -> list[Token]:
    """The token of each piece of the text. No piece reaches across a single space, so what stands between two of them
    is looked up as a whole; a text with other spaces than single ones between its words is cut piece by piece."""
    tokens: list[Token] = []
    known.is_uneven = False
    line_end = known["\n"]
    at_line, after_space = known.at_line, known.after_space
    begun = blanks = 0
    for line in text.split("\n"):
        begun = -1  # the first word has no space before it, and may be none at all
        for word in line.split(" "):
            begun += 1
            if not word:
                if begun:
                    blanks += 1
                continue
            found = after_space[word] if begun else at_line[word]
            if len(found) == 1:
                tokens.append(found[0])
            else:
                tokens += found
        tokens.append(line_end)
        if blanks > 1:
            break
    tokens.pop()
    if not known.is_uneven and (not blanks or (blanks == 1 and text[-1] == " ")):  # one space behind the last word
        return tokens
    pieces = PIECE.findall(text)
    if pieces and pieces[-1].isspace() and pieces[-1][-1] != "\n":
        pieces.pop()
    return [known[piece] for piece in pieces]


def _apart(
    tokens: list[Token], ends: list[int], split: list[int], known: Vocabulary, abbreviations: Collection[str]
) -> tuple[list[Token], list[int]]:
    """Without the full stops of abbreviations, and with elided words taken apart."""
    out: list[Token] = []
    out_ends: list[int] = []
    at = 0
    size = len(tokens)
    for k in split:
        token = tokens[k]
        if not token.parts and (k + 1 == size or tokens[k + 1].text != "." or not tokens[k + 1].glued):
            continue
        out += tokens[at:k]
        out_ends += ends[at:k]
        if token.parts:
            for part, behind in token.parts:
                out.append(part)
                out_ends.append(ends[k] - behind)
        else:
            out.append(token)
            out_ends.append(ends[k])
        at = k + 1
        if at == size or tokens[at].text != "." or not tokens[at].glued or out[-1].f not in abbreviations:
            continue
        goes_on = at + 1 < size and tokens[at + 1].glued and tokens[at + 1].kind == "w"  # "10 p.m."
        if len(out) > 1 and out[-2].kind == "n" and not goes_on:
            continue
        if _is_half_of_day(out) and _begins_anew(tokens, at, size):
            continue  # "until 6 a.m. Debris fell": the last stop ends the sentence too
        at += 1
        if at + 1 < size and tokens[at].text in HYPHENS and tokens[at].glued:
            after = tokens[at + 1]
            if after.glued and after.kind in "wn":
                at += 1
                tokens[at] = known["-" + after.text]
    out += tokens[at:]
    out_ends += ends[at:]
    return out, out_ends


def _is_half_of_day(out: list[Token]) -> bool:
    """A number and two single letters: "6 a.m"."""
    return len(out) > 2 and len(out[-1].f) == len(out[-2].f) == 1 and out[-2].kind == "w" and out[-3].kind == "n"


def _begins_anew(tokens: list[Token], at: int, size: int) -> bool:
    """Whether a capital stands behind the full stop, no name of a place ("10 a.m. Moscow time"), no day ("8 p.m.
    Thursday") and no abbreviation ("10 a.m. GMT")."""
    after = tokens[at + 1] if at + 1 < size else None
    if after is None or after.kind != "w" or not after.is_capital or after.rows:
        return False
    if any(concept.startswith(_DAYS) for concept, _ in after.own or ()):
        return False
    return len(after.text) == 1 or not after.text.isupper()


class Words(dict[str, tuple[Token, ...]]):
    """What stands between two spaces → its tokens; ``before`` is the space before it, or "" at the start of a line."""

    __slots__ = ("_before", "_known")

    def __init__(self, known: Vocabulary, before: str) -> None:
        super().__init__()
        self._known = known
        self._before = before

    def __missing__(self, word: str) -> tuple[Token, ...]:
        known = self._known
        if word[-1].isspace():
            known.is_uneven = True
            return ()
        whole = self._before + word
        if word.isalpha():  # nearly every word that is met first
            tokens: tuple[Token, ...] = (known[whole],)
        else:
            tokens = tuple([known[piece] for piece in PIECE.findall(whole)])
        if len(word) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[word] = tokens
        return tokens


class Vocabulary(dict[str, Token]):
    """Piece (space or hyphen before a token, and the token) → token. Filled as texts are read, emptied when full.

    ``at_line`` and ``after_space`` hold whole words with their signs, ``is_uneven`` says that one of those looked up
    has a space of another kind in it that belongs to the next."""

    __slots__ = ("_maker", "after_space", "at_line", "is_uneven")

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__()
        self._maker = _Maker(lexicon)
        self.at_line = Words(self, "")
        self.after_space = Words(self, " ")
        self.is_uneven = False

    def __missing__(self, piece: str) -> Token:
        token = self._maker.made(piece, self)
        if len(piece) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[piece] = token
        return token


class _Maker:
    """Makes the token of a piece."""

    __slots__ = (
        "_abbreviations", "_elisions", "_enclitics", "_letters", "_lexicon", "_little", "_respelled", "_stems",
        "_telling",
    )  # fmt: skip

    def __init__(self, lexicon: Lexicon) -> None:
        settings = lexicon.settings
        self._lexicon = lexicon
        self._letters: dict[str, list[str]] = settings.get("letters", {})
        self._little: dict[str, list[str]] = settings.get("telling", {})
        self._telling = re.compile(f"[{re.escape(''.join(self._letters))}]") if self._letters else _NEVER
        self._stems: dict[str, list[str]] = {}
        for stem in sorted(lexicon.stems, key=len, reverse=True):
            if len(stem) > 1:
                self._stems.setdefault(stem[:2], []).append(stem)
        self._elisions: Collection[str] = settings.get("elisions", _NOTHING)
        self._enclitics: Collection[str] = settings.get("enclitics", _NOTHING)
        self._abbreviations: Collection[str] = settings.get("abbreviations", _NOTHING)
        self._respelled: dict[str, str] = settings.get("respelled", {})

    def made(self, piece: str, known: Vocabulary) -> Token:
        text = "\n" if piece[-1] == "\n" else piece.lstrip() or piece
        gap = len(piece) - len(text)
        is_joined = len(text) > 1 and text[0] in HYPHENS
        if is_joined:
            text = text[1:]
        token = self._token(text, gap == 0, is_joined, known)
        token.gap = gap
        token.width = len(piece)
        if may_need_cleaning(piece):
            token.is_odd = token.is_split = True
        return token

    def _token(self, text: str, glued: bool, is_joined: bool, known: Vocabulary) -> Token:
        first = text[0]
        if first == "\n":
            kind: Literal["w", "n", "p", "l"] = "l"
        elif first.isdecimal():
            kind = "n"
        elif first.isalnum():
            kind = "w"
        else:
            kind = "p"
        if kind != "w":
            token = Token(text, text, kind, glued, is_joined)
            if kind == "n":
                token.keys = (text, "{number}")
            return self._looked_up(token)
        if (text.isalpha() and _LETTER not in text) or not _FOLDED.search(text):
            return self._word(text, text.casefold(), glued, is_joined)
        parts = parts_of(text, self._elisions, self._enclitics)
        if parts == [(0, len(text))]:
            return self._word(text, fold(text), glued, is_joined)
        whole = Token(text, fold(text), "w", glued, is_joined)
        whole.is_split = True
        made = []
        for start, end in parts:
            word = text[start:end]
            is_plain = start > 0 and not _FOLDED.search(word)
            part = known[word] if is_plain else self._word(word, fold(word), glued, is_joined)
            made.append((part, len(text) - end))
            glued, is_joined = True, False
        whole.parts = tuple(made)
        return whole

    def _word(self, text: str, folded: str, glued: bool, is_joined: bool) -> Token:
        if "\u0451" in folded or "\u0491" in folded:
            folded = fold(folded)
        token = Token(text, folded, "w", glued, is_joined)
        token.is_split = folded in self._abbreviations
        token.keys = self._keys(folded)
        if letters := self._telling.findall(folded):
            votes: dict[str, float] = {}
            for letter in letters:
                for lang in self._letters[letter]:
                    votes[lang] = votes.get(lang, 0.0) + 0.5
            token.votes = tuple(votes.items())
        elif folded in self._little:
            token.votes = tuple((lang, 0.5) for lang in self._little[folded])
        return self._looked_up(token)

    def _keys(self, word: str) -> tuple[str, ...]:
        """The trie keys a word can stand for: itself, then its stems from the longest."""
        found = [word, *[stem + "*" for stem in self._stems.get(word[:2], ()) if word.startswith(stem)]]
        node = self._lexicon.trie.get(word)
        if node is not None:
            for concept, _ in node.get("", ()):
                if concept.startswith("num.") and concept[4:].isdigit():
                    found.append("{number}")
                    break
        return tuple(found)

    def _named_without_accents(self, token: Token) -> None:
        """ "Fástiv": a name that is stressed in one language as the gazetteer does not write it."""
        plain = token.f.translate(_PLAIN)
        if rows := self._lexicon.rows(plain):
            token.longest, token.rows = 1, rows

    def _named_by_sound(self, token: Token) -> None:
        """ "Avdiyivka": a name written by another way to romanise it than the gazetteer's."""
        ours = token.f[1:]
        for theirs, letters in self._respelled.items():
            ours = ours.replace(theirs, letters)
        if ours != token.f[1:] and (rows := self._lexicon.rows(token.f[0] + ours)):
            token.longest, token.rows = 1, rows

    def _looked_up(self, token: Token) -> Token:
        nodes: list[tuple[dict[str, Any], tuple[tuple[str, str], ...] | None]] = []
        for key in token.keys:
            node: dict[str, Any] | None = self._lexicon.trie.get(key)
            if node is None:
                continue
            entries: tuple[tuple[str, str], ...] | None = node.get("")
            nodes.append((node, entries))
            if token.own is None:
                token.own = entries
            if len(node) > (entries is not None):
                token.follow = node if token.follow is None else {**token.follow, **node}
        token.nodes = tuple(nodes)
        token.rows = self._lexicon.rows(token.f)
        token.longest = self._lexicon.starts.get(token.f, 1 if token.rows else 0)
        if not token.longest and token.kind == "w" and token.is_capital and _ACUTE.search(token.f):
            self._named_without_accents(token)
        if not token.longest and token.own is None and token.is_capital and len(token.f) > _BRIEF:
            self._named_by_sound(token)
        token.is_live = bool(token.nodes) or token.longest > 0
        return token
