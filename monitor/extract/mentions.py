"""Words of the lexicon found in a text: mentions by concept, and names of places, longest first, in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.extract.lexicon import Lexicon
from monitor.extract.tokens import Token

__all__ = ["Mention", "find"]

_MAX_CACHE = 50_000
_QUOTES = frozenset('\u00ab\u00bb\u201c\u201d\u201e"')


class Mention:
    """Tokens ``i`` to ``j`` (not included) that name ``concept``; ``group`` is its first part, ``data`` the
    concept's own table. A place has group ``place`` and its candidate rows in ``rows``."""

    __slots__ = ("concept", "data", "group", "i", "j", "lang", "rows")

    def __init__(
        self,
        i: int,
        j: int,
        concept: str,
        lang: str,
        data: Mapping[str, Any],
        rows: tuple[tuple[int, str], ...] = (),
    ) -> None:
        self.i = i
        self.j = j
        self.concept = concept
        self.group = concept.partition(".")[0]
        self.lang = lang
        self.data = data
        self.rows = rows

    def __repr__(self) -> str:
        return f"{self.concept}[{self.i}:{self.j}]"


_NONE: Mapping[str, Any] = {}


def find(tokens: list[Token], lexicon: Lexicon) -> tuple[list[Mention], str | None]:
    """All mentions in order, none overlapping, and the language most of them belong to."""
    keys = [
        _keys(token, lexicon) if token.kind == "w" else (token.f, "{number}") if token.kind == "n" else (token.f,)
        for token in tokens
    ]
    raw: list[tuple[int, int, tuple[tuple[str, str], ...] | None, tuple[tuple[int, str], ...]]] = []
    votes: dict[str, float] = {}
    trie, starts = lexicon.trie, lexicon.starts
    size = len(tokens)
    i = 0
    while i < size:
        found: tuple[tuple[str, str], ...] | None = None
        end = i
        for key in keys[i]:
            node = trie.get(key)
            if node is not None:
                hit_end, hit = _longest(node, keys, i + 1, size)
                if hit is not None and hit_end > end:
                    end, found = hit_end, hit
        longest = starts.get(tokens[i].f)
        if longest is not None:
            place_end, rows = _name(tokens, i, longest, lexicon, size)
            if place_end > end or (place_end == end and found is not None and _is_a_name(tokens, i, rows, lexicon)):
                raw.append((i, place_end, found if place_end == end else None, rows))
                i = place_end
                continue
        if found is None:
            i += 1
            continue
        raw.append((i, end, found, ()))
        langs = {lang for _, lang in found}
        for lang in langs:
            votes[lang] = votes.get(lang, 0.0) + (end - i) / len(langs)
        i = end
    own = _language(tokens, votes, lexicon)
    return _settle(raw, own, lexicon), own


def _keys(token: Token, lexicon: Lexicon) -> tuple[str, ...]:
    """The trie keys a word can stand for: itself, then its stems from the longest."""
    cached = lexicon.cache.get(token.f)
    if cached is not None:
        return cached  # type: ignore[no-any-return]
    stems = lexicon.stems
    word = token.f
    found = [word] + [word[:n] + "*" for n in range(min(len(word), 24), 1, -1) if word[:n] in stems]
    entries = lexicon.trie.get(word, {}).get("", ())
    if any(concept.startswith("num.") and concept[4:].isdigit() for concept, _ in entries):
        found.append("{number}")
    if len(lexicon.cache) > _MAX_CACHE:
        lexicon.cache.clear()
    lexicon.cache[word] = out = tuple(found)
    return out


def _longest(
    node: Mapping[str, Any], keys: list[tuple[str, ...]], at: int, size: int
) -> tuple[int, tuple[tuple[str, str], ...] | None]:
    """The longest entry below ``node``. Branching is bounded: a word has few stems and the trie little depth."""
    best = node.get("")
    end = at
    while at < size and keys[at][0] in _QUOTES:
        at += 1
    if at < size:
        for key in keys[at]:
            below = node.get(key)
            if below is not None:
                hit_end, hit = _longest(below, keys, at + 1, size)
                if hit is not None and (best is None or hit_end > end):
                    best, end = hit, hit_end
    return end, best


def _name(
    tokens: list[Token], i: int, longest: int, lexicon: Lexicon, size: int
) -> tuple[int, tuple[tuple[int, str], ...]]:
    end = min(size, i + longest)
    while end > i:
        name = tokens[i].f if end == i + 1 else " ".join([token.f for token in tokens[i:end]])
        if name in lexicon.forms:
            return end, lexicon.rows(name)
        end -= 1
    return i, ()


def _is_a_name(tokens: list[Token], i: int, rows: tuple[tuple[int, str], ...], lexicon: Lexicon) -> bool:
    """Whether a word that is both in the lexicon and a place stands here for the place: a capital inside a line."""
    if not tokens[i].text[0].isupper() or (i and tokens[i - 1].kind == "l") or i == 0:
        return False
    return any("common" not in note for _, note in rows)


def _language(tokens: list[Token], votes: dict[str, float], lexicon: Lexicon) -> str | None:
    letters = lexicon.settings.get("letters", {})
    for token in tokens[:400]:
        if token.kind == "w":
            for char in token.f:
                for lang in letters.get(char, ()):
                    votes[lang] = votes.get(lang, 0.0) + 0.5
    if not votes:
        return None
    order = lexicon.settings.get("order", ())
    return max(votes, key=lambda lang: (votes[lang], -order.index(lang) if lang in order else -99))


def _settle(
    raw: list[tuple[int, int, tuple[tuple[str, str], ...] | None, tuple[tuple[int, str], ...]]],
    lang: str | None,
    lexicon: Lexicon,
) -> list[Mention]:
    """One concept for each place in the text: the one of the text's own language where a form has several."""
    small = lexicon.settings.get("function_groups", frozenset())
    concepts = lexicon.concepts
    out = []
    for i, j, entries, rows in raw:
        if rows:
            out.append(Mention(i, j, "place", lang or "", _NONE, rows))
            continue
        assert entries is not None
        concept, found = entries[0]
        for one, its_lang in entries:
            if its_lang == lang:
                concept, found = one, its_lang
                break
        else:
            if concept.partition(".")[0] in small and lang is not None and not _same_script(found, lang, lexicon):
                continue
        out += [Mention(i, j, part, found, concepts.get(part, _NONE)) for part in concept.split("+")]
    return out


def _same_script(one: str, other: str, lexicon: Lexicon) -> bool:
    """Function words are lent only between the two languages that share a channel's every other post."""
    families = lexicon.settings.get("families", ())
    return any(one in family and other in family for family in families)
