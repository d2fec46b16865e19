"""One text laid out for the grammar: tokens, mentions, numbers, times and places, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from operator import attrgetter
from typing import Any, Final

from monitor.extract.text.normalise import Text
from monitor.extract.text.tokens import Token
from monitor.extract.words.lexicon import Lexicon
from monitor.extract.words.mentions import Mention
from monitor.model import Moment, Note, PlaceRef, Side

__all__ = [
    "IN_ORDER",
    "LONG",
    "OF_A_DAY",
    "Doc",
    "Number",
    "Part",
    "Site",
    "When",
    "is_below_blank",
    "is_bulleted",
    "is_days_ago",
    "is_of_days",
    "is_unknown",
    "is_yet_to_come",
    "some_time",
    "tells_its_own_matter",
    "unread",
]


LONG: Final = frozenset(("week", "month", "season", "year", "war"))
OF_A_DAY: Final = frozenset(("day", "night", "instant", "hours"))
"""Periods, as ``When`` has them."""
_OTHER_MATTERS: Final = frozenset(("venue", "veto"))
_LENGTH: Final = 3
"""Words that nobody knows of a saying on a matter of its own; a word for another matter is worth two."""
IN_ORDER: Final = attrgetter("i")
"""Sorts by place in the text. A lambda would make the function around it keep its names in an object, when compiled."""


class Number:
    """A number at tokens ``i`` to ``j``. ``value_max`` of a printed range; ``of`` is the m of "n of m";
    ``is_each`` of "seven each", ``is_all`` of "both, all 14"; ``taken`` says what it was found to count."""

    __slots__ = (
        "bound", "i", "is_all", "is_article", "is_each", "is_subset", "is_word", "j", "of", "taken", "value",
        "value_max",
    )  # fmt: skip

    def __init__(self, i: int, j: int, value: int, is_word: bool = False) -> None:
        self.i = i
        self.j = j
        self.value = value
        self.value_max: int | None = None
        self.bound: str | None = None
        self.of: Number | None = None
        self.is_each = False
        self.is_all = False
        self.is_article = False
        self.is_subset = False
        self.is_word = is_word
        self.taken: str | None = None

    def __repr__(self) -> str:
        return f"#{self.value}@{self.i}"


@dataclass(frozen=True, slots=True)
class When:
    """A stated time: the ``period`` it names, as READING.md writes it, and the same as instants."""

    i: int
    j: int
    period: str | None
    date: str | None
    moment: Moment | None = None
    is_retro: bool = False
    is_window: bool = False
    is_rare: bool = False
    """Since when there was nothing like it: of the figures behind it alone."""


class Site:
    """A place where it stands in the text. ``role``: target | at | from | past | except | direction | name.
    ``is_part``: a district within the city ``ref``, of which only the city is printed."""

    __slots__ = ("i", "is_part", "is_tag", "j", "parent", "population", "ref", "role")

    def __init__(
        self,
        i: int,
        j: int,
        ref: PlaceRef,
        role: str,
        parent: str | None = None,
        population: int = 0,
        is_tag: bool = False,
        is_part: bool = False,
    ) -> None:
        self.i = i
        self.j = j
        self.ref = ref
        self.role = role
        self.parent = parent
        self.population = population
        self.is_tag = is_tag
        self.is_part = is_part


_NO_VETOES: Final[frozenset[str]] = frozenset()


class Part:
    """One sentence: its tokens ``i`` to ``j`` and what was found in them. ``groups`` holds the concepts of its
    mentions and their first parts, ``n`` is its place in the text, ``starts`` its clauses,
    ``is_unplaced`` says that no place was found for a name of several words, ``weapons`` are the weapons once they are
    asked for."""

    __slots__ = (
        "groups", "i", "is_title", "is_unplaced", "j", "line", "mentions", "n", "numbers", "sites", "starts",
        "vetoes",
        "weapons", "when", "whens",
    )  # fmt: skip

    def __init__(self, i: int, j: int, line: int, mentions: list[Mention], n: int = 0) -> None:
        self.i = i
        self.j = j
        self.line = line
        self.mentions = mentions
        self.n = n
        groups: set[str] = set()
        for m in mentions:
            known = len(groups)
            groups.add(m.concept)
            if len(groups) > known:
                groups.add(m.group)
        self.groups = groups
        self.numbers: list[Number] = []
        self.whens: list[When] = []
        self.sites: list[Site] = []
        self.is_unplaced = False
        self.vetoes: frozenset[str] = _NO_VETOES
        self.when: When | None = None
        self.is_title = False
        self.starts: list[int] | None = None
        self.weapons: list[Any] | None = None

    def has(self, one: str, two: str = "", three: str = "", *others: str) -> bool:
        """Whether one of these concepts or groups is mentioned. Asked a thousand times an article, nearly always for no
        more than three, which then need not be made a tuple of."""
        groups = self.groups
        if one in groups or (two and two in groups) or (three and three in groups):
            return True
        for other in others:  # noqa: SIM110 - twice as fast as any()
            if other in groups:
                return True
        return False

    def is_vetoed(self, names: frozenset[str]) -> bool:
        return bool(self.vetoes) and not self.vetoes.isdisjoint(names)

    def has_any(self, concepts: frozenset[str]) -> bool:
        """``has`` for a set that has a name."""
        return not self.groups.isdisjoint(concepts)

    def of(self, one: str, two: str = "", *others: str) -> tuple[Mention, ...]:
        """Mentions of these groups or concepts, in order."""
        groups = self.groups
        if two:
            for other in others:
                if other in groups:
                    return self._of_several((one, two, *others))
            if two in groups:
                return tuple(
                    [m for m in self.mentions
                     if m.concept == one or m.group == one or m.concept == two or m.group == two]
                )  # fmt: skip
        if one in groups:
            return tuple([m for m in self.mentions if m.concept == one or m.group == one])
        return ()

    def _of_several(self, names: tuple[str, ...]) -> tuple[Mention, ...]:
        out = []
        for m in self.mentions:
            for name in names:
                if m.concept == name or m.group == name:
                    out.append(m)
                    break
        return tuple(out)

    def of_any(self, groups: frozenset[str]) -> tuple[Mention, ...]:
        """``of`` for a set that has a name."""
        if self.groups.isdisjoint(groups):
            return ()
        return tuple([m for m in self.mentions if m.group in groups or m.concept in groups])


class Doc:
    """A laid-out text. ``ends`` says where each token ends, ``at`` maps a token to the mention that covers it,
    ``local`` is ``published`` in ``zone``."""

    __slots__ = (
        "area", "at", "claimant", "ends", "lang", "lexicon", "lines", "local", "mentions", "notes", "parts",
        "said", "side", "source", "third", "title_end", "tokens", "trace", "zone",
    )  # fmt: skip

    def __init__(
        self,
        source: Text,
        tokens: list[Token],
        ends: list[int],
        mentions: list[Mention],
        at: list[Mention | None],
        lines: list[tuple[int, int]],
        parts: list[Part],
        lexicon: Lexicon,
        lang: str | None,
        zone: tzinfo,
        local: datetime | None,
        claimant: str | None,
        area: Sequence[str],
        side: Side | None,
        title_end: int,
    ) -> None:
        self.source = source
        self.tokens = tokens
        self.ends = ends
        self.mentions = mentions
        self.at = at
        self.lines = lines
        self.parts = parts
        self.lexicon = lexicon
        self.lang = lang
        self.zone = zone
        self.local = local
        self.claimant = claimant
        self.area = area
        self.side = side
        self.title_end = title_end
        self.notes: list[Note] = []
        self.trace: list[dict[str, Any]] | None = None
        self.third: bool | None = None
        self.said: set[str] | None = None

    def has(self, *names: str) -> bool:
        """Whether some sentence of the text mentions one of these concepts or groups. Asked once all are laid out."""
        if self.said is None:
            self.said = {name for part in self.parts for name in part.groups}
        return not self.said.isdisjoint(names)

    def mentions_between(self, i: int, j: int) -> list[Mention]:
        """The mentions that begin at tokens ``i`` to ``j``."""
        at, mentions = self.at, self.mentions
        k = max(i, 0)
        stop = min(j, len(at))
        while k < stop:
            m = at[k]
            if m is None:
                k += 1
                continue
            first = m.n + 1
            if m.i >= i:
                while first > 0 and mentions[first - 1].i == m.i:  # several concepts can begin at one token
                    first -= 1
            out = []
            for n in range(first, len(mentions)):
                other = mentions[n]
                if other.i >= j:
                    break
                out.append(other)
            return out
        return []

    def span(self, i: int, j: int) -> tuple[int, int]:
        """Tokens ``i`` to ``j`` as a span of the original text."""
        return self.source.span(self.ends[i] - len(self.tokens[i].text), self.ends[j - 1 if j > i else i])

    def words(self, i: int, j: int) -> str:
        start, end = self.span(i, j)
        return self.source.raw[start:end]

    def note(self, i: int, j: int, reason: str) -> None:
        if len(self.notes) < 200:
            self.notes.append(Note(self.words(i, j)[:200], reason, self.span(i, j)))

    def line_of(self, part: Part) -> tuple[int, int]:
        return self.lines[part.line]


def unread(doc: Doc, part: Part) -> int:
    """How many words of a sentence nobody knows."""
    return sum(1 for k in range(part.i, part.j) if doc.at[k] is None and doc.tokens[k].kind == "w")


def tells_its_own_matter(doc: Doc, part: Part) -> bool:
    """ "B said that the talks would go on on Monday": a saying that opens with who says it, or with what he said, of
    no weapon, blow or harm, at some length; not "B reported this on his channel"."""
    if not part.has("claim") or not part.has("claimant") or part.has("strike", "act", "weapon", "model", "toll"):
        return False
    others = sum(1 for m in part.mentions if m.group in _OTHER_MATTERS)
    if part.numbers or (part.has("target", "person") and not others):
        return False
    first = next(m for m in part.mentions if m.group in ("claimant", "claim"))
    if first.i - part.i > 1 and not doc.tokens[part.i].is_quote:
        return False
    pointing = (*doc.lexicon.settings.get("this_one", ()), *doc.lexicon.settings.get("it", ()))
    if any(doc.tokens[k].f in pointing for k in range(part.i, part.j)) and not doc.tokens[part.i].is_quote:
        return False
    return unread(doc, part) + 2 * others >= _LENGTH


def is_bulleted(doc: Doc, part: Part) -> bool:
    """Whether a sentence begins with a sign, as the items of a list do."""
    return doc.tokens[part.i].kind == "p"


def is_yet_to_come(doc: Doc, when: When) -> bool:
    """A day or night later than the day after publication: "105 downed ahead of the parade of 9 May"."""
    if when.date is None or when.period in LONG or doc.local is None:
        return False
    return when.date[-len("2026-03-08") :] > (doc.local + timedelta(days=1)).date().isoformat()


def is_below_blank(doc: Doc, part: Part) -> bool:
    """Whether a sentence begins a paragraph: it opens a line, and the line above is empty."""
    i = part.i
    return i > 1 and doc.lines[part.line][0] == i and doc.tokens[i - 1].kind == doc.tokens[i - 2].kind == "l"


def some_time(i: int, j: int) -> When:
    """Some night or day of the past, nobody knows which, told by the tokens ``i`` to ``j``."""
    return When(i, j, None, None, is_retro=True)


def is_unknown(when: When) -> bool:
    """Whether it is ``some_time``."""
    return when.is_retro and when.period is None and when.date is None


def is_of_days(when: When) -> bool:
    """Several days together, "in the last three days": more than a day, and no period that has a name."""
    return when.period is None and when.date is None and not when.is_retro and not when.is_rare


def is_days_ago(doc: Doc, when: When) -> bool:
    """A day by its date, the day before yesterday or earlier."""
    if when.period != "day" or when.date is None or doc.local is None:
        return False
    return len(when.date) == len("2026-03-08") and when.date < (doc.local - timedelta(days=1)).date().isoformat()
