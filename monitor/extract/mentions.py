"""Words of the lexicon found in a text: mentions by concept, and names of places, longest first, in one pass."""

from __future__ import annotations

from typing import Any, Final

from monitor.extract.lexicon import Lexicon
from monitor.extract.tokens import Token

__all__ = ["Mention", "find"]

_QUOTES: Final = frozenset('\u00ab\u00bb\u201c\u201d\u201e"')
_VOTERS: Final = 400
"""Tokens whose letters say what language a text is in."""

Entries = tuple[tuple[str, str], ...]
Rows = tuple[tuple[int, str], ...]

_NO_LANGUAGE: Final = "und"
"""What signs and marks are in: they say nothing of the language of a text (ISO 639-2)."""


class Mention:
    """Tokens ``i`` to ``j`` (not included) that name ``concept``; ``group`` is its first part, ``data`` the
    concept's own table. A place has group ``place`` and its candidate rows in ``rows``."""

    __slots__ = ("concept", "data", "group", "i", "j", "lang", "rows")

    def __init__(
        self, i: int, j: int, concept: str, group: str, lang: str, data: dict[str, Any], rows: Rows = ()
    ) -> None:
        self.i = i
        self.j = j
        self.concept = concept
        self.group = group
        self.lang = lang
        self.data = data
        self.rows = rows

    def __repr__(self) -> str:
        return f"{self.concept}[{self.i}:{self.j}]"


_NONE: Final[dict[str, Any]] = {}


def find(tokens: list[Token], lexicon: Lexicon) -> tuple[list[Mention], str | None]:
    """All mentions in order, none overlapping, and the language most of them belong to."""
    raw: list[tuple[int, int, Entries | None, Rows]] = []
    votes: dict[str, float] = {}
    size = len(tokens)
    i = 0
    for k in [k for k, token in enumerate(tokens) if token.is_live]:
        if k < i:
            continue
        token = tokens[k]
        i = end = k
        found = token.only
        if found is not None:
            end = k + 1
        elif token.nodes:
            after = _after(tokens, k + 1, size)
            for node, entries in token.nodes:
                for key in after:
                    if key in node:
                        hit_end, hit = _longest(node, entries, tokens, k + 1, size)
                        if hit is not None and hit_end > end:
                            end, found = hit_end, hit
                        break
                else:
                    if entries is not None and end == k:
                        end, found = k + 1, entries
        if token.longest:
            place_end, rows = _name(tokens, k, token, lexicon, size)
            if place_end > end or (place_end == end and found is not None and _is_a_name(tokens, k, rows)):
                raw.append((k, place_end, found if place_end == end else None, rows))
                i = place_end
                continue
        if found is None:
            continue
        if len(found) > 1:
            found = _as_month(tokens, k, end, size, found)
        raw.append((k, end, found, ()))
        if len(found) == 1:
            lang = found[0][1]
            if lang != _NO_LANGUAGE:
                votes[lang] = votes.get(lang, 0.0) + (end - k)
        else:
            langs = {lang for _, lang in found}
            for lang in langs:
                votes[lang] = votes.get(lang, 0.0) + (end - k) / len(langs)
        i = end
    own = _language(tokens, votes, lexicon)
    return _settle(raw, own, lexicon), own


def _as_month(tokens: list[Token], i: int, j: int, size: int, found: Entries) -> Entries:
    """A word that is both a month and something else is the month beside a number, where it has a capital."""
    months = tuple(entry for entry in found if entry[0].startswith("month."))
    if not months or len(months) == len(found):
        return found
    is_dated = (j < size and tokens[j].kind == "n") or (i > 0 and tokens[i - 1].kind == "n")
    return months if is_dated and tokens[i].text[0].isupper() else found


def _longest(
    node: dict[str, Any], best: Entries | None, tokens: list[Token], at: int, size: int
) -> tuple[int, Entries | None]:
    """The longest entry below ``node``, whose own is ``best``. Branching is bounded: a word has few stems and the
    trie little depth."""
    end = at
    if len(node) > (best is not None):
        while at < size and tokens[at].f in _QUOTES:
            at += 1
        if at < size:
            for key in tokens[at].keys:
                below = node.get(key)
                if below is not None:
                    hit_end, hit = _longest(below, below.get(""), tokens, at + 1, size)
                    if hit is not None and (best is None or hit_end > end):
                        best, end = hit, hit_end
    return end, best


def _after(tokens: list[Token], at: int, size: int) -> tuple[str, ...]:
    """The keys of the next token that is no quotation mark."""
    while at < size and tokens[at].f in _QUOTES:
        at += 1
    return tokens[at].keys if at < size else ()


def _name(tokens: list[Token], i: int, token: Token, lexicon: Lexicon, size: int) -> tuple[int, Rows]:
    """The longest name of a place that begins at ``i``: where it ends and what may be called so."""
    forms = lexicon.forms
    end = min(size, i + token.longest)
    while end > i + 1:
        name = " ".join([token.f for token in tokens[i:end]])
        if name in forms:
            return end, lexicon.rows(name)
        end -= 1
    return (i + 1, token.rows) if token.rows and end > i else (i, ())


def _is_a_name(tokens: list[Token], i: int, rows: Rows) -> bool:
    """Whether a word that is both in the lexicon and a place stands here for the place: a capital inside a line."""
    if not tokens[i].text[0].isupper() or (i and tokens[i - 1].kind == "l") or i == 0:
        return False
    return any("common" not in note for _, note in rows)


def _language(tokens: list[Token], votes: dict[str, float], lexicon: Lexicon) -> str | None:
    for token in tokens[:_VOTERS]:
        for lang, vote in token.votes:
            votes[lang] = votes.get(lang, 0.0) + vote
    if not votes:
        return None
    if len(votes) == 1:
        return next(iter(votes))
    most = max(votes.values())
    leaders = [lang for lang, vote in votes.items() if vote == most]
    if len(leaders) == 1:
        return leaders[0]
    order = lexicon.settings.get("order", ())
    return max(votes, key=lambda lang: (votes[lang], -order.index(lang) if lang in order else -99))


def _settle(raw: list[tuple[int, int, Entries | None, Rows]], lang: str | None, lexicon: Lexicon) -> list[Mention]:
    """One concept for each place in the text: the one of the text's own language where a form has several."""
    chosen = lexicon.memo(f"chosen {lang}")
    out: list[Mention] = []
    add = out.append
    for i, j, entries, rows in raw:
        if rows:
            add(Mention(i, j, "place", "place", lang or "", _NONE, rows))
            continue
        settled = chosen.get(entries)
        if settled is None:
            assert entries is not None
            settled = chosen[entries] = _choose(entries, lang, lexicon)
        for concept, group, found, data in settled:
            add(Mention(i, j, concept, group, found, data))
    return out


def _choose(entries: Entries, lang: str | None, lexicon: Lexicon) -> tuple[tuple[str, str, str, dict[str, Any]], ...]:
    """(concept, group, language, data) of each concept that these entries stand for in a text of ``lang``."""
    concept, found = entries[0]
    for one, its_lang in entries:
        if its_lang == lang:
            concept, found = one, its_lang
            break
    else:
        small = lexicon.settings.get("function_groups", frozenset())
        if concept.partition(".")[0] in small and lang is not None and not _same_script(found, lang, lexicon):
            return ()
    return tuple(
        (part, part.partition(".")[0], found, lexicon.concepts.get(part, _NONE)) for part in concept.split("+")
    )


def _same_script(one: str, other: str, lexicon: Lexicon) -> bool:
    """Function words are lent only between the two languages that share a channel's every other post."""
    families = lexicon.settings.get("families", ())
    return any(one in family and other in family for family in families)
