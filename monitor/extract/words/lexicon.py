"""The compiled language data that a reading runs on: frozen, shared by every text, free of I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from monitor.extract.words.vocabulary import Vocabulary

__all__ = ["Candidate", "Lexicon", "PlaceRow"]

PlaceRow = tuple[str, str, str, str | None, str | None, int]
"""(id, printed name, level, parent id, code for ``place_ids``, population)."""


class Candidate:
    """A place that a name may be that of. ``note`` is what the gazetteer says of the form: ``is_adj`` where it is an
    adjective, ``is_common`` where it is also a common word."""

    __slots__ = ("id", "is_adj", "is_common", "level", "name", "note", "parent", "population")

    def __init__(self, id: str, name: str, level: str, parent: str | None, population: int, note: str = "") -> None:
        self.id = id
        self.name = name
        self.level = level
        self.parent = parent
        self.population = population
        self.note = note
        self.is_adj = "adj" in note
        self.is_common = "common" in note


@dataclass(frozen=True, slots=True, repr=False)
class Lexicon:
    """Words by concept and names of places, ready for matching.

    ``trie`` maps token keys to nodes; a key is a folded token, or a stem followed by ``*``. A node holds its entries
    (concept, language) under the empty key. ``stems`` are the stems that occur, so that a token's keys can be found
    by its prefixes. ``forms`` maps a folded name (tokens joined by one space) to its candidates as numbers (the place's
    place in ``places`` times 256, plus the note's in ``notes``; see ``rows``), ``starts`` the first
    token of names of several tokens to the most tokens of one that begins so, ``pairs`` tells which two tokens may
    begin one (``words.pairs``). ``concepts`` holds each concept's own
    data (such as a claimant's printed name). ``settings`` are named sections of the language folders. ``known`` is
    what readings have worked out of it so far, by name; it may be emptied at any time.
    """

    trie: dict[str, Any] = field(default_factory=dict)
    stems: frozenset[str] = frozenset()
    forms: dict[str, int | tuple[int, ...]] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)
    pairs: bytes = b""
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
        found: dict[Any, Any] | None = self.known.get(name)
        if found is None:
            found = self.known[name] = {}
        elif len(found) >= most:
            found.clear()
        return found

    def rows(self, name: str) -> tuple[Candidate, ...]:
        """The candidates of a folded name; () where nothing is called so."""
        found = self.forms.get(name)
        if found is None:
            return ()
        if isinstance(found, int):
            return (self._candidate(found),)
        return tuple([self._candidate(code) for code in found])

    def place(self, identity: str) -> Candidate | None:
        """The place of that id."""
        n = self.index.get(identity)
        return self._made(n, "") if n is not None else None

    def _candidate(self, code: int) -> Candidate:
        known: dict[int, Candidate] = self.memo("candidates")
        found = known.get(code)
        if found is None:
            found = known[code] = self._made(code >> 8, self.notes[code & 255])
        return found

    def _made(self, n: int, note: str) -> Candidate:
        identity, name, level, parent, _, population = self.places[n]
        return Candidate(identity, name, level, parent, population, note)
