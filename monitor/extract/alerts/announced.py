"""Whether a sentence announces the end that it names: each of its words must be one of an announcement.

What a sentence can add to "the alert is over" to make it mean something else is without end (a forecast, a song, a
lesson, a rumour, a quarter of a city), so the words that leave it an announcement are listed, not the others: the
places, the words of the alert, the hour, who declared it, and the ``announcing`` words of the language.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from monitor.extract.alerts.howlong import is_length_told, is_of_the_past
from monitor.extract.text.doc import Doc, Part, is_bulleted
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["is_a_preposition", "is_announcing", "is_cleared", "is_said_over", "why_not_announced"]

_GROUPS: Final = frozenset(("place", "level", "mark", "claimant"))
_CONCEPTS: Final = frozenset(
    (
        "alert.siren", "alert.signal", "alert.declared", "alert.all_clear", "alert.all_clear_siren", "alert.lifted",
        "alert.over", "alert.event_over", "alert.still", "alert.lasts", "alert.everywhere", "alert.attention",
        "conj.and", "conj.but", "prep.at", "prep.by", "prep.of", "prep.over", "prep.to", "prep.on", "prep.except",
        "prep.agent", "prep.side", "time.now", "time.today", "time.oclock", "time.am", "time.pm", "time.at",
        "time.after", "time.morning", "time.noon", "time.midnight", "time.moscow", "time.kyiv", "verb.aux",
        "verb.passive", "place.capital", "place.country", "place.region", "place.this", "place.there", "num.all",
        "num.both", "num.only", "num.of",
    )
)  # fmt: skip
_BEHIND_BUT: Final = frozenset(
    ("weapon", "model", "alert.threat", "alert.danger", "strike.attack", "prep.from", "veto.cause")
)
_BESIDE: Final = frozenset(("toll", "num", "bound", "time.hour"))
_ITEM: Final = frozenset(
    ("mark.end", "mark.bullet", "mark.arrow", "conj.and", "prep.at", "prep.by", "prep.of", "prep.over", "prep.except",
     "num.all", "num.both", "alert.everywhere", "place.capital", "place.country")
)  # fmt: skip
_ITEM_SIGNS: Final = frozenset("\U0001f4cd.,;:!-\u2013\u2014\u2022*()/|#'\u2019\"\u00ab\u00bb\u201c\u201d\ufe0f\u203c")
_CALLS: Final = frozenset("\u2757\u203c\u26a0\U0001f4e2")
_HOURS: Final = frozenset(("time.oclock", "time.am", "time.pm", "time.at", "time.morning"))
_OVER: Final = frozenset(("prep.over", "bound.at_least"))
_EARLY: Final = timedelta(minutes=10)
_AHEAD, _DAY_BEFORE = 90, 12 * 60
"""Minutes: a clock so far ahead may be that of another zone, or of the day before."""
_LINE: Final = 8
"""Sentences of a line that are looked through."""
_STAMP: Final = 3
"""Tokens of a line before which a clock is its stamp."""


def why_not_announced(doc: Doc, part: Part, trigger: Mention) -> str | None:
    """Why an end spoken of is not announced here and now; None: it is."""
    if is_a_preposition(doc, part, trigger):
        return "the word of the end goes with what follows it"
    doubting = doc.lexicon.settings.get("doubting", "")
    if any(doc.tokens[k].kind == "p" and doc.tokens[k].text in doubting for k in range(part.i, part.j)):
        return "an all-clear with a sign of doubt"
    if _is_of_another_time(doc, part):
        return "an end at another hour or day"
    if _names_another_siren(doc, part, trigger):
        return "an end, and a siren beside it"
    but = next((m.i for m in part.of("conj.but") if m.i >= trigger.j), part.j)
    k = part.i
    while k < part.j:
        m = doc.at[k]
        if m is None or m.i < k or (m.j - m.i == 1 and is_announcing(doc, k)):
            if not _is_plain(doc, part, k):
                return f"an all-clear among other words: {doc.tokens[k].text[:40]}"
            k += 1
            continue
        if not _belongs(doc, part, m, trigger, but):
            return f"an all-clear among words of something else: {doc.words(m.i, m.j)[:40]}"
        k = m.j
    return None


def is_cleared(doc: Doc, part: Part, head: Part) -> bool:
    """Whether a line below an end, told by ``head``, is one more place that it holds for: nothing but places and
    harmless signs."""
    if not part.sites or _is_of_its_own(doc, part, head) or _is_head_of_another(doc, part, head):
        return False
    if not all(_is_harmless(m) for m in part.mentions):
        return False
    if doc.tokens[part.j - 1].text in DASHES:
        return False
    for k in range(part.i, part.j):
        if doc.at[k] is not None or is_announcing(doc, k):
            continue
        token = doc.tokens[k]
        if k == part.i and part.n < head.n and token.text in _CALLS:
            continue  # "(!) A region. All clear", the sign ahead of all
        if token.kind == "w" or (token.kind == "p" and token.text not in _ITEM_SIGNS):
            return False
    return not any(_is_a_figure(doc, part, k) for k in range(part.i, part.j))


def _is_a_figure(doc: Doc, part: Part, k: int) -> bool:
    """ "- 40 over A": no clock and not the number of the item; the line tells how many of something."""
    if doc.tokens[k].kind != "n" or doc.at[k] is not None or any(w.i <= k < w.j for w in part.whens):
        return False
    before, after = doc.tokens[max(part.i, k - 1) : k], doc.tokens[k + 1 : min(part.j, k + 2)]
    return not any(sign.text in ".):" for sign in (*before, *after))  # a clock, a date, "1) A"


def _is_head_of_another(doc: Doc, part: Part, head: Part) -> bool:
    """ "All clear in A", and in a line below "B. Two wounded by a drone", "B:", or "B" above what flies
    there: the name begins another story."""
    if part.n < head.n or part.line == head.line:
        return False
    if doc.tokens[part.j - 1].text == ":":
        return True
    behind = [other for other in doc.parts[part.n + 1 : part.n + 1 + _LINE] if other.line == part.line]
    if behind:
        return any(not p.sites or not all(_is_harmless(m) for m in p.mentions) for p in behind)
    below = doc.parts[part.n + 1] if part.n + 1 < len(doc.parts) and not is_bulleted(doc, part) else None
    return below is not None and not below.sites and below.has("alert", "weapon", "model")


def _is_harmless(m: Mention) -> bool:
    """Whether a word may stand in a line below an end that names one more place."""
    return m.group in ("place", "level") or m.concept in _ITEM


def _is_of_its_own(doc: Doc, part: Part, head: Part) -> bool:
    """ "All clear in A. B. Six dead at a school", "All clear in A. (a drone) B!": a name behind a full stop begins
    another story, unless it is listed; and one that is called at, or has the sign of what flies, is in danger."""
    armed = doc.lexicon.settings.get("armed", ())
    if part.n > head.n and (
        doc.tokens[part.j - 1].text in "!\u203c" or any(t.text in armed for t in doc.tokens[part.i : part.i + 2])
    ):
        return True
    k = head.j - 1
    while k > head.i and doc.tokens[k].text != "." and doc.tokens[k].kind == "p":
        k -= 1  # a sign behind the full stop: "All clear in A. (!) B. ..."
    if not head.sites or doc.tokens[k].text != ".":
        return False
    mark = doc.at[part.i]
    is_listed = doc.tokens[part.i].kind == "p" or (mark is not None and mark.group == "mark")
    return head.line == part.line or not is_listed


def _belongs(doc: Doc, part: Part, m: Mention, trigger: Mention, but: int) -> bool:
    """Whether a word of the lexicon may stand in an announcement."""
    if m.group in _GROUPS or m.concept in _CONCEPTS:
        return True
    if m.group == "side":
        beside = [doc.at[k] for k in (m.i - 1, m.j) if part.i <= k < part.j]
        return any(x is not None and x.concept in ("place.capital", "place.country") for x in beside)
    if m.concept == "alert.danger":
        regimes = part.of("alert.air_regime") if part.has("alert.air_regime") else ()
        return any(x.i == m.i for x in regimes) and same_clause(doc, part, m.i, trigger.i)  # what is lifted itself
    if m.group == "claim":
        return part.has("claimant")
    if m.concept == "time.as_of":
        return m.j < part.j and _is_of_a_clock(doc, part, m.j)
    if m.i >= but and (m.group in _BEHIND_BUT or m.concept in _BEHIND_BUT):
        return True
    if (m.group in _BESIDE or m.concept in _BESIDE) and not same_clause(doc, part, m.i, trigger.i):
        return True
    return _is_of_length(doc, part, m.i) or _is_of_a_clock(doc, part, m.i)


def _is_plain(doc: Doc, part: Part, k: int) -> bool:
    """A sign, a clock, a word that changes nothing, or the name of whoever speaks."""
    token = doc.tokens[k]
    if token.kind == "n":
        is_dated = any(w.i <= k < w.j for w in part.whens)
        after = doc.at[k + 1] if k + 1 < part.j else None
        return (
            is_dated
            or (after is not None and after.group == "toll")
            or _is_of_a_clock(doc, part, k)
            or _is_of_length(doc, part, k)
        )
    if token.kind != "w" or is_announcing(doc, k):
        return True
    if token.f.startswith(tuple(doc.lexicon.settings.get("siren_stems", ()))):
        return True
    return _is_capital(token.text) and _is_beside_speaker(doc, part, k)


def is_announcing(doc: Doc, k: int) -> bool:
    """Whether token ``k`` is a word that an announcement may hold and that changes nothing about it."""
    memo: dict[str | None, frozenset[str]] = doc.lexicon.memo("announcing")
    found = memo.get(doc.lang)
    if found is None:
        families = doc.lexicon.settings.get("families", ())
        langs = {doc.lang, *(lang for family in families if doc.lang in family for lang in family)}
        words = doc.lexicon.settings.get("announcing", {})
        found = memo[doc.lang] = frozenset(word for lang in langs for word in words.get(lang, ()))
    return doc.tokens[k].f in found


def _is_capital(text: str) -> bool:
    return text[0].isupper() and text[0].lower() != text[0]


def _is_beside_speaker(doc: Doc, part: Part, k: int) -> bool:
    """Whether capitals alone stand between a word and the office of whoever speaks."""
    for step in (-1, 1):
        n = k + step
        while part.i <= n < part.j and doc.at[n] is None and _is_capital(doc.tokens[n].text):
            n += step
        beside = doc.at[n] if part.i <= n < part.j else None
        if beside is not None and beside.group == "claimant":
            return True
    return False


def _is_of_a_clock(doc: Doc, part: Part, k: int) -> bool:
    """A figure of "04:17" or "04.03.2026", or a number beside a word of the hour."""
    tokens = doc.tokens
    if tokens[k].kind == "n":
        for sign, figure in ((k + 1, k + 2), (k - 1, k - 2)):
            if part.i <= figure < part.j and tokens[sign].text in (":", ".", "/") and tokens[figure].kind == "n":
                return True
    elif (own := doc.at[k]) is None or own.group not in ("num", "bound"):
        return False
    near = (doc.at[n] for n in (k - 1, k + 1, k + 2) if part.i <= n < part.j)
    return any(m is not None and m.concept in _HOURS for m in near)


def _is_of_length(doc: Doc, part: Part, k: int) -> bool:
    """ "After more than three hours": how long it was on."""
    own = doc.at[k]
    if own is not None and own.group not in ("num", "bound", "count", "time"):
        return False
    for n in range(k + 1, min(part.j, k + 3)):
        m = doc.at[n]
        if m is not None and m.concept == "time.after" and doc.at[k] is not None:
            return True  # "five hours after it began"
    for n in range(k - 1, part.i - 1, -1):
        m = doc.at[n]
        if m is not None and (
            m.concept in ("time.after", "time.at", "verb.aux")
            or (m.group == "prep" and is_announcing(doc, n))
            or (m.group == "alert" and is_of_the_past(doc, [m]))
        ):
            return True
        is_between = m.group in ("num", "bound", "conj", "count") if m is not None else doc.tokens[n].kind == "n"
        if not (is_between or is_announcing(doc, n)):
            return False
    return False


def is_said_over(doc: Doc, part: Part, siren: Mention) -> bool:
    """ "Air alert in A over, the metro resumes": no preposition, with nothing behind it, but the word of the end."""
    return any(m.i >= siren.j and (m.j >= part.j or doc.tokens[m.j].kind == "p") for m in part.of("prep.over"))


def is_a_preposition(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Air raid alert over Kyiv", "is over an hour old": the same word is a preposition where something follows."""
    if trigger.j >= part.j or doc.tokens[trigger.j].kind == "p":
        return False
    entries = doc.lexicon.trie.get(doc.tokens[trigger.j - 1].f, {}).get("", ())
    if not any(concept in _OVER and lang == doc.lang for concept, lang in entries):
        return False
    after = doc.at[trigger.j]
    return after is None or after.group in ("place", "num", "bound", "level", "side", "weapon", "model")


def _is_of_another_time(doc: Doc, part: Part) -> bool:
    """ "The alert in A is over at 15:00", written in the morning; "(03.03)" on another day. A clock that is far ahead
    is that of the day before, and one that begins a line is a stamp."""
    local = doc.local
    if local is None:
        return False
    starts = [w.moment.start for w in part.whens if w.moment is not None and w.moment.start is not None]
    if any(start > local + _EARLY for start in starts):
        return True
    tokens = doc.tokens
    for k in range(part.i, part.j - 2):
        if tokens[k].kind != "n" or tokens[k + 2].kind != "n" or tokens[k + 1].text not in (":", "."):
            continue
        first, second = tokens[k].text, tokens[k + 2].text
        if len(first) > 2 or len(second) != 2:
            continue
        if tokens[k + 1].text == ".":
            is_date = len(first) == 2 and int(second) <= 12 and not _is_of_a_clock_word(doc, part, k + 3)
            if is_date and (int(first), int(second)) != (local.day, local.month) and not _is_whole_date(doc, part, k):
                return True
        elif k - part.i > _STAMP and not part.has("time.moscow"):
            ahead = int(first) * 60 + int(second) - local.hour * 60 - local.minute
            if _AHEAD < ahead < _DAY_BEFORE:
                return True
    return False


def _is_of_a_clock_word(doc: Doc, part: Part, k: int) -> bool:
    m = doc.at[k] if k < part.j else None
    return m is not None and m.concept in _HOURS


def _is_whole_date(doc: Doc, part: Part, k: int) -> bool:
    """ "04.03.2026": with its year it is read elsewhere."""
    return any(part.i <= n < part.j and doc.tokens[n].text == "." for n in (k - 1, k + 3))


def _names_another_siren(doc: Doc, part: Part, trigger: Mention) -> bool:
    """A siren named in a clause that does not say what became of it."""
    stems = tuple(doc.lexicon.settings.get("siren_stems", ()))
    is_named = any(doc.tokens[k].f.startswith(stems) for k in range(trigger.i, trigger.j))
    said = part.of("alert.lifted", "alert.over", "alert.still", "alert.lasts", "alert.all_clear")
    for m in part.of("alert.siren", "alert.signal"):
        if m.i == trigger.i or (not is_named and same_clause(doc, part, m.i, trigger.i)):
            continue
        if any(same_clause(doc, part, m.i, x.i) and x.i < m.i for x in part.of("time.after")):
            continue  # "five hours after the alert began"
        if m.i > trigger.i and not is_named and is_length_told(doc, part, m):
            continue  # "the alert is lifted: the siren was sounding for 40 minutes"
        if not any(same_clause(doc, part, m.i, x.i) for x in said):
            return True
    return False
