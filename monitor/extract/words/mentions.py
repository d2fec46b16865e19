"""Words of the lexicon found in a text: mentions by concept, and names of places, longest first, in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from monitor.extract.text.tokens import Token
from monitor.extract.words.apart import join_apart
from monitor.extract.words.lexicon import Candidate, Lexicon
from monitor.extract.words.pairs import mark_of, may_begin

__all__ = ["ADMINISTRATIONS", "ENDS", "Mention", "find"]

_VOTERS: Final = 400
"""Tokens whose letters say what language a text is in."""

Entries = tuple[tuple[str, str], ...]
Rows = tuple[Candidate, ...]

_NO_LANGUAGE: Final = "und"
"""What signs and marks are in: they say nothing of the language of a text (ISO 639-2)."""


_NONE: Final[dict[str, Any]] = {}


class Mention:
    """Tokens ``i`` to ``j`` (not included) that name ``concept``; ``group`` is its first part, ``kind`` the rest,
    ``data`` the concept's own table. A place has group ``place`` and its candidates in ``rows``. ``n`` is its place
    among the mentions of the text. What it names is found in two steps: first the ``entries`` of the lexicon, then,
    once the language of the text is known, the one of them that is meant (``means``)."""

    __slots__ = ("concept", "data", "entries", "group", "i", "j", "kind", "lang", "n", "rows")

    def __init__(self, i: int, j: int, entries: Entries | None, rows: Rows = ()) -> None:
        self.i = i
        self.j = j
        self.entries = entries
        self.rows = rows
        self.concept = "place"
        self.group = "place"
        self.kind = ""
        self.lang = ""
        self.data = _NONE
        self.n = 0

    def means(self, sense: Sense) -> None:
        self.concept = sense.concept
        self.group = sense.group
        self.kind = sense.kind
        self.lang = sense.lang
        self.data = sense.data

    def __repr__(self) -> str:
        return f"{self.concept}[{self.i}:{self.j}]"


class Sense:
    """A concept that entries stand for in a text of one language."""

    __slots__ = ("concept", "data", "group", "kind", "lang")

    def __init__(self, concept: str, lang: str, data: dict[str, Any]) -> None:
        self.concept = concept
        self.group, _, self.kind = concept.partition(".")
        self.lang = lang
        self.data = data


ENDS: Final = frozenset(("alert.all_clear_siren", "alert.all_clear", "alert.lifted", "alert.event_over", "alert.over"))
"""Words that an alert or a danger is over."""
ADMINISTRATIONS: Final = ("claimant.military_administration", "claimant.city_administration")
_OF_A_TOWN: Final = (
    "target.residential", "target.rail", "target.medical", "target.school", "target.other", "level.",
    "claimant.mayor", *ADMINISTRATIONS,
)  # fmt: skip
_WORDS_OF_A_TOWN: Final = 4
_BEHIND_A_SIDE: Final = (*_OF_A_TOWN, "prep.", "conj.")
_ZONES: Final = frozenset(("time.kyiv", "time.moscow"))
_ANY_PLACE: Final = frozenset(("place.region", "place.this"))
_TO: Final = frozenset(("prep.to", "prep.past"))


def find(tokens: list[Token], lexicon: Lexicon) -> tuple[list[Mention], str | None]:
    """All mentions in order, none overlapping, and the language most of them belong to."""
    hits: list[Mention] = []
    votes: dict[str, float] = {}
    voted, vote = "", 0.0
    """The language voted for last, nearly always that of the next word too; its votes are not in ``votes`` yet."""
    size = len(tokens)
    i = 0
    for k, token in enumerate(tokens):
        if not token.is_live or k < i:
            continue
        found = token.own
        end = k if found is None else k + 1
        if token.follow is not None and _is_followed(token.follow, tokens, k + 1, size):
            end, found = _longest_of(tokens, k, token, size)
            if end > k + 1 and found is not None and tokens[end - 1].longest and (
                _ends_with_a_name(tokens, k, end, found, lexicon, size)):  # fmt: skip
                end, found = k + 1, token.own
            if token.rows and end == k + 2 and found is not None and found[0][0].startswith("side.") and (
                _is_the_town_s(tokens, end, size)):  # fmt: skip
                end, found = k, None
        if token.longest:
            place_end, rows = _name(tokens, k, token, lexicon, size)
            if place_end > end or (place_end == end and found is not None and _is_a_name(tokens, k, rows, lexicon)):
                hits.append(Mention(k, place_end, None, rows))
                i = place_end
                continue
        if found is None:
            continue
        if len(found) > 1:
            found = _as_month(tokens, k, end, size, found)
        hits.append(Mention(k, end, found))
        if len(found) == 1:
            lang = found[0][1]
            if lang == voted:
                vote += end - k
            elif lang != _NO_LANGUAGE:
                if voted:
                    votes[voted] = vote
                voted, vote = lang, votes.get(lang, 0.0) + (end - k)
        else:
            langs = _languages_of(found, token)
            share = (end - k) / len(langs)
            for lang in langs:
                if lang == voted:
                    vote += share
                else:
                    votes[lang] = votes.get(lang, 0.0) + share
        i = end
    if voted:
        votes[voted] = vote
    own = _language(tokens, votes, lexicon)
    if own is not None and own in lexicon.settings.get("verb_last", ()):
        join_apart(hits, tokens, own, lexicon)
    return _settle(hits, tokens, own, lexicon), own


def _ends_with_a_name(tokens: list[Token], k: int, end: int, found: Entries, lexicon: Lexicon, size: int) -> bool:
    """ "A strike on Kyiv", not "at 11:20 by Kyiv"; "in the Republic of A", "in El Obeid", not "in the republic", "in
    the": the last word of what was found begins a name."""
    concept = found[0][0]
    last = tokens[end - 1]
    if concept in _ZONES:
        return end == k + 2 and not _is_behind_clock(tokens, k)
    may_hold = last.longest > 1 and last.is_capital and (concept.startswith("prep.") or concept in _ANY_PLACE)
    return may_hold and _name(tokens, end - 1, last, lexicon, size)[0] > end


def _is_the_town_s(tokens: list[Token], k: int, size: int) -> bool:
    """ "Kyiv's mayor", "Kyiv's main station", "Kyiv's Darnytskyi district": what a town has, not its government."""
    end, is_side = k, False
    for nth in range(_WORDS_OF_A_TOWN):
        if end >= size or tokens[end].kind != "w":
            return is_side  # "Kyiv's suburbs."
        token, at = tokens[end], end
        end, after = _longest_of(tokens, at, token, size) if token.nodes else (at, None)
        if after is None:
            if nth == 0 and token.is_capital:
                return True
            if is_side or token.is_capital:
                return False
            end = at + 1  # "Kyiv's largest hospital"
        elif after[0][0] != "prep.side":
            return after[0][0].startswith(_BEHIND_A_SIDE if is_side else _OF_A_TOWN)
        else:
            is_side = True
    return is_side


def _is_behind_clock(tokens: list[Token], k: int) -> bool:
    """Whether a clock time stands right before token ``k``, or right before the bracket it opens."""
    k -= 1
    if k > 0 and tokens[k].text == "(":
        k -= 1
    if k < 0:
        return False
    if tokens[k].kind == "n":
        return tokens[k].glued and k > 1 and tokens[k - 1].text in ":.h" and tokens[k - 2].kind == "n"
    return any(concept == "time.oclock" for concept, _ in tokens[k].own or ())


def _languages_of(entries: Entries, token: Token) -> tuple[str, ...]:
    """The languages that have such a word; those of its own entries a token keeps."""
    if entries is not token.own:
        return tuple({lang for _, lang in entries})
    if not token.langs:
        token.langs = tuple({lang for _, lang in entries})
    return token.langs


def _as_month(tokens: list[Token], i: int, j: int, size: int, found: Entries) -> Entries:
    """A word that is both a month and something else is the month beside a number, where it has a capital."""
    is_dated = (j < size and tokens[j].kind == "n") or (i > 0 and tokens[i - 1].kind == "n")
    if not is_dated or not tokens[i].is_capital:
        return found
    return tuple(entry for entry in found if entry[0].startswith("month.")) or found


def _is_followed(follow: dict[str, Any], tokens: list[Token], at: int, size: int) -> bool:
    """Whether the next token that is no quotation mark goes on with one of the entries that ``follow`` goes on with."""
    while at < size and tokens[at].is_quote:
        at += 1
    if at == size:
        return False
    for key in tokens[at].keys:  # noqa: SIM110 - twice as fast as any()
        if key in follow:
            return True
    return False


def _longest_of(tokens: list[Token], k: int, token: Token, size: int) -> tuple[int, Entries | None]:
    """The longest entry that begins with any of the token's keys, the first of them where several are as long."""
    end, found = k, None
    for node, entries in token.nodes:
        hit_end, hit = _longest(node, entries, tokens, k + 1, size)
        if hit is not None and hit_end > end:
            end, found = hit_end, hit
    return end, found


def _longest(
    node: dict[str, Any], best: Entries | None, tokens: list[Token], at: int, size: int
) -> tuple[int, Entries | None]:
    """The longest entry below ``node``, whose own is ``best``. Branching is bounded: a word has few stems and the
    trie little depth."""
    end = at
    if len(node) > (best is not None):
        while at < size and tokens[at].is_quote:
            at += 1
        if at < size:
            for key in tokens[at].keys:
                below: dict[str, Any] = node.get(key, _NONE)
                if below is not _NONE:
                    hit_end, hit = _longest(below, below.get(""), tokens, at + 1, size)
                    if hit is not None and (best is None or hit_end > end):
                        best, end = hit, hit_end
    return end, best


def _name(tokens: list[Token], i: int, token: Token, lexicon: Lexicon, size: int) -> tuple[int, Rows]:
    """The longest name of a place that begins at ``i``: where it ends and what may be called so."""
    end, longest = (i + 1 if token.rows else i), ""
    if i + 1 == size or token.longest == 1 or not may_begin(lexicon.pairs, _mark(token), _mark(tokens[i + 1])):
        return end, token.rows
    forms = lexicon.forms
    name = token.f
    for k in range(i + 1, min(size, i + token.longest)):
        after = tokens[k]
        if after.kind == "l":
            break
        name += " " + after.f
        if name in forms:
            end, longest = k + 1, name
    return end, lexicon.rows(longest) if longest else token.rows


def _mark(token: Token) -> int:
    if token.mark < 0:
        token.mark = mark_of(token.f)
    return token.mark


_HAPPENED: Final = ("strike.", "toll.", "alert.declared", "alert.siren")


def _is_a_name(tokens: list[Token], i: int, rows: Rows, lexicon: Lexicon) -> bool:
    """Whether a word that is both in the lexicon and a place stands here for the place: a capital inside a line."""
    if not tokens[i].is_capital:
        return False
    if i == 0 or tokens[i - 1].kind == "l":
        return all(row.is_common for row in rows) and _is_listed(tokens, i)
    return not all(row.is_common for row in rows) or _is_aim(tokens, i, lexicon) or _is_listed(tokens, i) or (
        _is_told_of(tokens, i))  # fmt: skip


def _is_listed(tokens: list[Token], i: int) -> bool:
    """ "A, B", "A and B": a capital right beside the name of another place, a comma or an "and" between."""
    for joint, other in ((i - 1, i - 2), (i + 1, i + 2)):
        if not 0 <= other < len(tokens) or not (tokens[other].is_capital and tokens[other].rows):
            continue
        if any(row.level == "city" for row in tokens[other].rows) and (
            tokens[joint].text == "," or any(entry[0] == "conj.and" for entry in tokens[joint].own or ())
        ):  # fmt: skip
            return True
    return False


def _is_told_of(tokens: list[Token], i: int) -> bool:
    """ "In the town of A", "in A blasts were heard": behind the word for a town, or between "in" and a word of what
    happened there."""
    before = [entry[0] for entry in tokens[i - 1].own or ()]
    if "level.city" in before:
        return True
    if "prep.at" not in before or i + 1 >= len(tokens):
        return False
    return any(entry[0].startswith(_HAPPENED) for entry in tokens[i + 1].own or ())


def _is_aim(tokens: list[Token], i: int, lexicon: Lexicon) -> bool:
    """Whether a word stands right behind "to" or "through" and nothing that it could belong to behind it; not behind
    "course", where it is a side of the sky."""
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    if (after is not None and after.kind in "wn") or tokens[i - 1].f in lexicon.settings.get("course", ()):
        return False
    return any(entry[0] in _TO for entry in tokens[i - 1].own or ())


def _language(tokens: list[Token], votes: dict[str, float], lexicon: Lexicon) -> str | None:
    for k in range(min(len(tokens), _VOTERS)):
        token = tokens[k]
        if token.votes:
            for lang, vote in token.votes:
                votes[lang] = votes.get(lang, 0.0) + vote
    if not votes:
        return None
    leader, most, is_tie = "", -1.0, False
    for lang, vote in votes.items():
        if vote > most:
            leader, most, is_tie = lang, vote, False
        elif vote == most:
            is_tie = True
    if not is_tie:
        return leader
    return _first_of(votes, lexicon.settings.get("order", ()))


def _first_of(votes: dict[str, float], order: Sequence[str]) -> str:
    """The language with most votes; of several the one that is listed first."""
    return max(votes, key=lambda lang: (votes[lang], -order.index(lang) if lang in order else -99))


def _settle(hits: list[Mention], tokens: list[Token], lang: str | None, lexicon: Lexicon) -> list[Mention]:
    """One concept for each place in the text: the one of the text's own language where a form has several. A token
    keeps what its own entries were last taken for."""
    chosen: dict[Entries, tuple[Sense, ...]] = lexicon.memo(f"chosen {lang}")
    out: list[Mention] = []
    for hit in hits:
        entries = hit.entries
        if entries is None:
            hit.lang = lang or ""
            hit.n = len(out)
            out.append(hit)
            continue
        token = tokens[hit.i]
        is_own = entries is token.own
        if is_own and token.senses_in == lang:
            senses = token.senses
        else:
            known = chosen.get(entries)
            if known is None:
                known = chosen[entries] = _choose(entries, lang, lexicon)
            senses = known
            if is_own:
                token.senses, token.senses_in = senses, lang
        for n, sense in enumerate(senses):
            m = hit if n == 0 else Mention(hit.i, hit.j, entries)
            m.means(sense)
            m.n = len(out)
            out.append(m)
    return out


def _choose(entries: Entries, lang: str | None, lexicon: Lexicon) -> tuple[Sense, ...]:
    """The concepts that these entries stand for in a text of ``lang``."""
    concept, found = entries[0]
    for one, its_lang in entries:
        if its_lang == lang:
            concept, found = one, its_lang
            break
    else:
        small = lexicon.settings.get("function_groups", frozenset())
        is_small = concept in small or concept.partition(".")[0] in small
        if is_small and lang is not None and not _same_script(found, lang, lexicon):
            return ()
    return tuple([Sense(part, found, lexicon.concepts.get(part, _NONE)) for part in concept.split("+")])


def _same_script(one: str, other: str, lexicon: Lexicon) -> bool:
    """Function words are lent only between the two languages that share a channel's every other post."""
    families = lexicon.settings.get("families", ())
    return any(one in family and other in family for family in families)
