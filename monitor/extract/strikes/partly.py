"""A toll of many places and the towns told of a part of it, "23 were killed, including seven in A and five in B", or
of all of it: "five were killed, three in A and two in B"."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import CAPITALS, ancestors
from monitor.extract.text.doc import Doc, Number, Part, Site
from monitor.extract.text.tokens import DASHES
from monitor.extract.words.ages import before_age, is_age
from monitor.extract.words.mentions import Mention

__all__ = ["aside_in_brackets", "parts_by_town", "rows_behind", "rows_of", "segments_behind", "stands_alone"]

_TOWN: Final = 4
"""Tokens from a figure to its town: "four were killed in A"."""
_PERSON: Final = 6
"""Tokens from a person to the town: "a woman of 64 years in A"."""
_LEAST: Final = 2
_HARM: Final = frozenset(("toll.killed", "toll.injured"))
_BETWEEN: Final = frozenset(("num", "bound", "person", "prep", "level", "toll", "count", "place"))
_PLACED: Final = frozenset(("at", "name", "target"))
_WIDE: Final = frozenset(("country", "sea"))


def parts_by_town(doc: Doc, part: Part) -> list[tuple[int, int, Mention | None]] | None:
    """Tokens of the pieces of such a sentence, first of what is said of all, each with the verb that it goes without;
    None where the towns are no part of the whole. A region holds its towns: only the whole is told of it."""
    for subset in part.of("num.subset"):
        verb = next((m for m in reversed(part.of_any(_HARM)) if m.j <= subset.i), None)
        whole = next((n for n in reversed(part.numbers) if n.j <= subset.i and not n.is_article), None)
        if verb is None or whole is None:
            continue
        rows = _rows(doc, part, subset, verb)
        regions = [s for s in part.sites if s.i < subset.i and _is_struck(s)]
        if len(rows) == 1 and (part.sites[0].i < subset.i or part.has("person.many")):
            continue  # "five killed in the country, including two in A"; "12, including three children in A"
        if not rows or sum(n.value for n, _ in rows) > whole.value or not _are_apart(doc, [s for _, s in rows]):
            continue
        if any(r.ref.id not in ancestors(doc.lexicon, s.ref.id) for r in regions for _, s in rows):
            continue
        out: list[tuple[int, int, Mention | None]] = [(part.i, subset.i, None)]
        end = max(max(n.j, s.j) for n, s in rows)
        if any(m.i >= end for m in part.of_any(_HARM)) and part.sites[0].i < subset.i:
            out.append((end, part.j, None))
        return out if regions else [*out, *((min(n.i, s.i), max(n.j, s.j), verb) for n, s in rows)]
    return None


def rows_behind(doc: Doc, part: Part) -> list[tuple[int, Site]]:
    """ "Three died: two men in A and a woman of 64 in B": people behind a colon, each with the town right behind, that
    add up to the figure ahead of it; [] where they do not."""
    colon = next((k for k in range(part.i, part.j) if doc.tokens[k].text == ":"), None)
    whole = [n.value for n in part.numbers if colon is not None and n.j <= colon and not n.is_article]
    if colon is None or not whole or not part.has("person.one") or len(part.sites) < _LEAST:
        return []
    told = [(n.i, n.j, n.value) for n in part.numbers if n.i > colon and not n.is_article and not is_age(doc, part, n)]
    told += [
        (m.i, m.j, 1) for m in part.of("person.one")
        if m.i > colon and not any(j == m.i or j == before_age(doc, part, m.i) + 1 for _, j, _ in told)
    ]  # fmt: skip
    told.sort()
    rows: list[tuple[int, Site]] = []
    for n, (_, end, value) in enumerate(told):
        stop = told[n + 1][0] if n + 1 < len(told) else part.j
        towns = [s for s in part.sites if end <= s.i < stop and _is_struck(s)]
        if len(towns) != 1 or towns[0].i - end > _PERSON:
            return []
        rows.append((value, towns[0]))
    is_sum = len(rows) >= _LEAST and sum(value for value, _ in rows) == whole[-1]
    return rows if is_sum and _are_apart(doc, [site for _, site in rows]) else []


def segments_behind(doc: Doc, part: Part) -> list[tuple[int, Site]]:
    """ "Five were killed: in A three, one each in B and C": behind a colon or in brackets, each figure with the towns
    between the commas around it, ahead of it or behind, that add up to the figure ahead; [] where they do not."""
    opens = next((k for k in range(part.j - 1, part.i, -1) if doc.tokens[k].text in ":("), None)
    whole = [n for n in part.numbers if opens is not None and n.j <= opens and not n.is_article]
    if opens is None or not whole or len(part.sites) < _LEAST:
        return []
    rows: list[tuple[int, Site]] = []
    each: int | None = None
    segments = _segments(doc, part, opens + 1)
    for i, j in segments if len(segments) >= _LEAST else ():
        figures = [n for n in part.numbers if i <= n.i < j and not is_age(doc, part, n)]
        towns = [s for s in part.sites if i <= s.i < j and _is_struck(s)]
        if not towns and any(i <= m.i < j for m in part.of("place.capital")):
            towns = [s for s in part.sites if s.ref.id in CAPITALS][:1]  # the one named before
        if len(figures) > 1 or not towns or (not figures and each is None):
            return []
        by = doc.at[figures[0].i - 1] if figures else None
        value = figures[0].value if figures else each or 0
        each = value if by is not None and by.concept in ("prep.by", "num.each") else None if figures else each
        rows += [(value, s) for s in (towns if each is not None else towns[:1])]
        if each is None and len(towns) > 1:
            return []
    is_sum = len(rows) >= _LEAST and sum(value for value, _ in rows) == whole[-1].value
    return rows if is_sum and _are_apart(doc, [site for _, site in rows]) else []


def _segments(doc: Doc, part: Part, i: int) -> list[tuple[int, int]]:
    """What stands between commas and "and" from token ``i`` on, up to a bracket or to what has neither figure nor
    town."""
    out = []
    start = i
    for k in range(i, part.j + 1):
        m = doc.at[k] if k < part.j else None
        is_end = k == part.j or doc.tokens[k].text in ",;)." or (m is not None and m.concept == "conj.and")
        if not is_end:
            continue
        if any(start <= s.i < k for s in part.sites) or any(start <= n.i < k for n in part.numbers) or (
            any(start <= m.i < k for m in part.of("place.capital"))):  # fmt: skip
            out.append((start, k))
        if k < part.j and doc.tokens[k].text == ")":
            break
        start = k + 1
    return out


def _rows(doc: Doc, part: Part, subset: Mention, verb: Mention) -> list[tuple[Number, Site]]:
    """The figures behind the word for a part, each with the town right behind it, or right ahead of it."""
    figures = [n for n in part.numbers if n.i >= subset.j and not n.is_article]
    towns = [s for s in part.sites if s.i >= subset.j and _is_struck(s)]
    rows: list[tuple[Number, Site]] = []
    for figure, town in zip(figures, towns, strict=False):
        first, last = (figure.j, town.i) if figure.i < town.i else (town.j, figure.i)
        if last - first > _TOWN or not _is_plain(doc, first, last, verb):
            break
        rows.append((figure, town))
    if not rows or min(rows[0][0].i, rows[0][1].i) - subset.j > 1:
        return []
    return rows if len(towns) == len(rows) else []


def _is_plain(doc: Doc, i: int, j: int, verb: Mention) -> bool:
    """Whether nothing but people, little words and the verb of the toll stand between a figure and its town."""
    between = doc.mentions_between(i, j)
    if any(doc.at[k] is None and doc.tokens[k].text not in DASHES for k in range(i, j)):
        return False  # "eight wounded, two of them badly, in A"
    return all(m.group in _BETWEEN and (m.group != "toll" or m.concept == verb.concept) for m in between)


def _is_struck(site: Site) -> bool:
    return site.ref.level not in _WIDE and site.role in _PLACED


def _are_apart(doc: Doc, towns: list[Site]) -> bool:
    names = {s.ref.name for s in towns}
    above = {a for s in towns for a in ancestors(doc.lexicon, s.ref.id)}
    return len(names) == len(towns) and all(s.ref.id not in above for s in towns)


def aside_in_brackets(doc: Doc, part: Part) -> set[int]:
    """ "A (one killed, three hurt), B (five hurt)": the tokens of a toll in brackets right behind its town."""
    out: set[int] = set()
    for site in part.sites:
        if site.j >= part.j or doc.tokens[site.j].text != "(":
            continue
        close = next((k for k in range(site.j, part.j) if doc.tokens[k].text == ")"), None)
        if close is not None and any(site.j < m.i < close for m in part.of("toll")):
            out.update(range(site.j, close + 2))
    return out


def rows_of(doc: Doc, part: Part) -> list[tuple[int, Site]]:
    """The figures that add up to the first of the sentence, each with its town; [] where they do not, or where one
    stands by no town or by several."""
    figures = _from_sum(doc, part)
    if len(figures) < 3 or len(part.sites) < 2:
        return []
    own = [s for s in part.sites if figures[0].j <= s.i < figures[1].i]
    if any(s.ref.level not in ("country", "oblast") for s in own):
        return []  # "three in A, two in B and one in C": the first is of A
    rows: list[tuple[int, Site]] = []
    for n, figure in enumerate(figures[1:], 1):
        stop = figures[n + 1].i if n + 1 < len(figures) else part.j
        sites = [s for s in part.sites if figure.j <= s.i < stop]
        by = doc.at[figure.i - 1]
        if by is not None and by.concept in ("prep.by", "num.each"):
            rows += [(figure.value, s) for s in sites]
            continue
        if len(sites) != 1 or sites[0].i - figure.j > _TOWN or sites[0].ref.level == "country":
            return []
        rows.append((figure.value, sites[0]))
    names = {site.ref.name for _, site in rows}
    return rows if len(names) == len(rows) > 1 and sum(v for v, _ in rows) == figures[0].value else []


def _from_sum(doc: Doc, part: Part) -> list[Number]:
    """The figures from the one ahead of a colon or bracket on that is their sum, else from the last of those: "two
    died, five were hurt: two in A, three in B", "... five were hurt (two - A, three - B)"."""
    figures = [n for n in part.numbers if not n.is_article or stands_alone(doc, part, n)]
    if len(figures) < 4:
        return figures
    opens = next((k for k in range(part.j - 1, part.i, -1) if doc.tokens[k].text in ":("), -1)
    ahead = [n for n in figures if n.i < opens]
    if len(ahead) < 2:
        return figures
    behind = figures[len(ahead) :]
    total = sum(n.value for n in behind)
    return [next((n for n in reversed(ahead) if n.value == total), ahead[-1]), *behind]


def stands_alone(doc: Doc, part: Part, one: Number) -> bool:
    """ "and one in B", where the word may be an article: right before where it was."""
    after = doc.at[one.j] if one.j < part.j else None
    return after is not None and after.concept in ("prep.at", "prep.near")
