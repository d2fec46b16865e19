"""The compiled language data that a reading runs on: frozen, shared by every text, free of I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from monitor.extract.vocabulary import Vocabulary

__all__ = ["Lexicon", "PlaceRow"]

PlaceRow = tuple[str, str, str, str | None, str | None, int]
"""(id, printed name, level, parent id, code for ``place_ids``, population)."""


@dataclass(frozen=True, slots=True, repr=False)
class Lexicon:
    """Words by concept and names of places, ready for matching.

    ``trie`` maps token keys to nodes; a key is a folded token, or a stem followed by ``*``. A node holds its entries
    (concept, language) under the empty key. ``stems`` are the stems that occur, so that a token's keys can be found
    by its prefixes. ``forms`` maps a folded name (tokens joined by one space) to its candidates as numbers (the place's
    place in ``places`` times 256, plus the note's in ``notes``; see ``rows``), ``starts`` the first
    token of names of several tokens to the most tokens of one that begins so. ``concepts`` holds each concept's own
    data (such as a claimant's printed name). ``settings`` are named sections of the language folders. ``known`` is
    what readings have worked out of it so far, by name; it may be emptied at any time.
    """

    trie: dict[str, Any] = field(default_factory=dict)
    stems: frozenset[str] = frozenset()
    forms: dict[str, int | tuple[int, ...]] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)
    places: tuple[PlaceRow, ...] = ()
    index: dict[str, int] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    concepts: dict[str, dict[str, Any]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    version: str = ""
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __repr__(self) -> str:
        return f"Lexicon({self.version!r})"

    @property
    def words(self) -> Vocabulary:
        """The tokens met so far."""
        found = self.known.get("words")
        if found is None:
            found = self.known["words"] = Vocabulary(self)
        return found

    def memo(self, name: str, most: int = 20_000) -> dict[Any, Any]:
        """A table of answers that depend on the lexicon alone; emptied when it holds ``most``."""
        found = self.known.get(name)
        if found is None:
            found = self.known[name] = {}
        elif len(found) >= most:
            found.clear()
        return found

    def rows(self, name: str) -> tuple[tuple[int, str], ...]:
        """The candidates of a folded name: (index in ``places``, "note;case"); () where nothing is called so."""
        found = self.forms.get(name)
        if found is None:
            return ()
        if isinstance(found, int):
            return ((found >> 8, self.notes[found & 255]),)
        return tuple((code >> 8, self.notes[code & 255]) for code in found)
