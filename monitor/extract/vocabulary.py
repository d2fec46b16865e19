"""The tokens met so far: each piece of text is folded and looked up in the lexicon once."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Literal

from monitor.extract.normalise import may_need_cleaning
from monitor.extract.tokens import HYPHENS, Token, fold, parts_of

if TYPE_CHECKING:
    from monitor.extract.lexicon import Lexicon

__all__ = ["Vocabulary"]

_MOST = 40_000
_LONGEST = 48
"""Pieces that are kept, and characters of one: what a hostile text can make us hold stays bounded."""
_FOLDED = frozenset("\"'\u2019\u02bc`\u00b4\u05f4")
_NOTHING: frozenset[str] = frozenset()


class Vocabulary(dict[str, Token]):
    """Piece (space or hyphen before a token, and the token) → token. Filled as texts are read, emptied when full."""

    __slots__ = ("_abbreviations", "_elisions", "_enclitics", "_letters", "_lexicon", "_telling")

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__()
        settings = lexicon.settings
        self._lexicon = lexicon
        self._letters: dict[str, list[str]] = settings.get("letters", {})
        self._telling = frozenset(self._letters)
        self._elisions: Collection[str] = settings.get("elisions", _NOTHING)
        self._enclitics: Collection[str] = settings.get("enclitics", _NOTHING)
        self._abbreviations: Collection[str] = settings.get("abbreviations", _NOTHING)

    def __missing__(self, piece: str) -> Token:
        text = "\n" if piece[-1] == "\n" else piece.lstrip() or piece
        gap = len(piece) - len(text)
        is_joined = len(text) > 1 and text[0] in HYPHENS
        if is_joined:
            text = text[1:]
        token = self._token(text, gap == 0, is_joined)
        token.gap = gap
        if may_need_cleaning(piece):
            token.is_odd = token.is_split = True
        if len(piece) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[piece] = token
        return token

    def _token(self, text: str, glued: bool, is_joined: bool) -> Token:
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
        if _FOLDED.isdisjoint(text):
            return self._word(text, text.casefold(), glued, is_joined)
        parts = parts_of(text, self._elisions, self._enclitics)
        if parts == [(0, len(text))]:
            return self._word(text, fold(text), glued, is_joined)
        whole = Token(text, fold(text), "w", glued, is_joined)
        whole.is_split = True
        made = []
        for start, end in parts:
            word = text[start:end]
            is_plain = start > 0 and _FOLDED.isdisjoint(word)
            part = self[word] if is_plain else self._word(word, fold(word), glued, is_joined)
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
        if not self._telling.isdisjoint(folded):
            votes: dict[str, float] = {}
            for char in folded:
                for lang in self._letters.get(char, ()):
                    votes[lang] = votes.get(lang, 0.0) + 0.5
            token.votes = tuple(votes.items())
        return self._looked_up(token)

    def _keys(self, word: str) -> tuple[str, ...]:
        """The trie keys a word can stand for: itself, then its stems from the longest."""
        stems = self._lexicon.stems
        found = [word] + [word[:n] + "*" for n in range(min(len(word), 24), 1, -1) if word[:n] in stems]
        entries = self._lexicon.trie.get(word, {}).get("", ())
        if any(concept.startswith("num.") and concept[4:].isdigit() for concept, _ in entries):
            found.append("{number}")
        return tuple(found)

    def _looked_up(self, token: Token) -> Token:
        trie = self._lexicon.trie
        token.nodes = tuple((trie[key], trie[key].get("")) for key in token.keys if key in trie)
        if token.nodes and all(len(node) == 1 and entries for node, entries in token.nodes):
            token.only = token.nodes[0][1]
        token.longest = self._lexicon.starts.get(token.f, 0)
        if token.longest:
            token.rows = self._lexicon.rows(token.f)
        token.is_live = bool(token.nodes) or token.longest > 0
        return token
