"""What was done with the munitions that a number counts: launched, shot down, lost, seen."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.apart import (
    is_merged,
    is_of_region,
    is_one_more_over,
    is_seen_abroad,
    is_whole_of_a_part,
)
from monitor.extract.counts.counted import is_item
from monitor.extract.counts.flights import is_course
from monitor.extract.counts.found import Found
from monitor.extract.counts.subsets import is_told_what, opens_with_of
from monitor.extract.counts.verbs import ACTS, DONE, act_for, is_of_the_subset, is_undone
from monitor.extract.strikes.doers import is_attacker
from monitor.extract.strikes.struck import is_hit_in_flight, is_weapon_hit
from monitor.extract.text.doc import LONG, Doc, Number, Part, is_below_blank, is_bulleted, is_of_days, unread
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = [
    "act_for",
    "done_ahead",
    "done_behind",
    "is_undone",
    "measure_of",
]

_MANY: Final = 50  # more than are told of in flight one by one
_BARE: Final = frozenset(("num", "bound", "weapon", "model", "mark", "side"))
_LOOSE: Final = frozenset(("prep", "place", "level", "time.again", "time.now", "alert", "conj"))
_PARTS: Final = 2
_BRIEF: Final = 30  # tokens of a post that tells what is in the air
_NOUN: Final = 3  # tokens of the noun behind a figure, and of its quotation marks
_UNDONE: Final = frozenset(("shot_down", "lost", "suppressed"))
_OVER: Final = _UNDONE | {"hit", "left"}
_ROW: Final = 1  # words of a row of figures that nobody knows
_OWN: Final = 3  # words that nobody knows: with more, a sentence has a verb of its own
_OF_A_TALLY: Final = LONG | {"night", "day", "hours"}


def done_behind(doc: Doc, part: Part, launched: Mention) -> Mention | None:
    """ "18 of the 36 missiles launched in the night were destroyed": what became of them, behind the participle."""
    for m in part.of("act.shot_down", "act.merged"):
        verb = doc.at[m.i - 1]
        is_verb = (verb is not None and verb.group == "verb") or m.lang in doc.lexicon.settings.get("verb_last", ())
        if m.i > launched.j and is_verb and same_clause(doc, part, launched.i, m.i):
            return m
    return None


def done_ahead(part: Part, number: Number) -> Mention | None:
    """ "They stopped 90 of the drones and six of the eight missiles launched": the participle is of the eight."""
    acts = [m for m in part.mentions if m.i < number.i and m.concept in ACTS]
    return acts[-1] if acts and acts[-1].concept in DONE else None


def _is_of_attacker(doc: Doc, part: Part, number: Number, hit: Mention) -> bool:
    """ "450 drones - Russia struck the grid again": a figure of its own clause, and a country that struck."""
    if hit.i < number.i or same_clause(doc, part, number.i, hit.i):
        return False
    return any(is_attacker(doc, part, s) and s.i >= number.j and s.j <= hit.i for s in part.sites)


Told = tuple[str | None, Mention | None]
"""What was done, as a measure, and the word that says so; no measure where the number counts nothing that is told."""


def measure_of(
    doc: Doc,
    part: Part,
    number: Number,
    act: Mention | None,
    is_elliptic: bool,
    so_far: list[Found],
    here: list[Found],
) -> Told:
    """What was done with what ``number`` counts. ``act`` is its verb, if it has one; ``so_far`` are the counts of the
    text, ``here`` those of this sentence; ``is_elliptic``: no weapon stands beside the number."""
    if act is not None:
        return _by_its_verb(doc, part, number, act, is_elliptic, here)
    if _is_minus(doc, part, number):
        is_told = any(w.period in ("night", "day", "hours") for w in part.whens)
        return ("shot_down" if is_told else None), None  # "minus three in the night"
    if here:
        return here[-1].measure, here[-1].act
    if part.has("act.withheld"):
        return None, None
    if _is_launched_by_sense(doc, part, number):
        return "launched", None
    return _carried_on(doc, part, number, is_elliptic, so_far) or _by_the_sentence(doc, part, number)


def _by_its_verb(doc: Doc, part: Part, number: Number, act: Mention, is_elliptic: bool, here: list[Found]) -> Told:
    measure = ACTS[act.concept]
    if act.concept == "act.reached" and (part.has("alert.fly") or is_of_region(part, act)):
        return ("present", act) if part.has("alert.fly") else (None, None)
    if act.concept == "act.parted" and not part.has("particle.down"):
        return None, None
    if act.concept == "strike.hit":
        if (act.i < number.i and _is_means(doc, part, number)) or _is_of_attacker(doc, part, number, act):
            return "launched", act
        if (is_elliptic and is_hit_in_flight(doc, part)) or is_weapon_hit(doc, part, act):
            return "shot_down", act
    if act.concept == "act.shot_down" and act.i < number.i and (
        _is_means(doc, part, number) or _is_in_case_of_means(doc, part, number)
    ):  # fmt: skip
        return _with_which_destroyed(doc, act, number), act
    if act.concept == "act.fired":
        return ("shot_down" if part.has("particle.down") else "launched"), act
    if measure == "present":
        return _of_those_seen(doc, part, number, act, is_elliptic, here)
    if measure == "launched" and here and here[-1].measure in _UNDONE and act.i >= number.j and (
        _is_behind_subset(doc, part, number)
    ):  # fmt: skip
        return here[-1].measure, here[-1].act  # "84 were downed, 36 of them fired at A"
    if act.concept == "act.detected" and is_seen_abroad(doc, part, number):
        return "present", act
    return _of_those_done(doc, part, number, act, measure)


def _of_those_seen(doc: Doc, part: Part, number: Number, act: Mention, is_elliptic: bool, here: list[Found]) -> Told:
    """A verb of flight: of munitions still in the air, unless their end is told beside it."""
    if _is_minus(doc, part, number):
        return None, None
    if here and (
        _is_behind_subset(doc, part, number) or here[-1].is_subset
        or (is_elliptic and is_one_more_over(doc, part, number, act))
    ):  # fmt: skip
        return here[-1].measure, here[-1].act
    measure = "present"
    if part.has("act.shot_down", "act.merged", "act.lost"):
        more = doc.at[number.i - 1] if number.i > part.i else None
        if more is None or more.concept != "num.more":  # "seven downed, two more in the air"
            measure = "launched"
    return _of_those_done(doc, part, number, act, measure)


def _of_those_done(doc: Doc, part: Part, number: Number, act: Mention, measure: str) -> Told:
    if measure == "suppressed" and is_merged(doc, part):
        return "shot_down", act
    if act.concept in DONE and is_whole_of_a_part(doc, part, number):
        return "launched", None
    if opens_with_of(doc, part, number) and measure in ("shot_down", "lost", "hit") and act.i > number.j:
        return "launched", act
    return measure, act


def _is_launched_by_sense(doc: Doc, part: Part, number: Number) -> bool:
    """Whether a number without a verb is that of all that came: "of the 14 drones heading for A 11 were downed", "A
    with 14 drones"."""
    if any(is_of_the_subset(doc, part, number, m) for m in part.of_any(DONE)):
        return True
    if part.has_any(DONE) and opens_with_of(doc, part, number):
        return True
    has_subject = any(s.ref.id in ("UA", "RU") and s.role == "name" for s in part.sites)
    is_done = any(m.i < number.i for m in part.of("strike.damage"))
    return (has_subject or is_done) and _is_means(doc, part, number)


def _carried_on(doc: Doc, part: Part, number: Number, is_elliptic: bool, so_far: list[Found]) -> Told | None:
    """What the header of its list, the count before it or a sentence before it says of a number without a verb."""
    if is_item(doc, part) and (told := _header_act(doc, part)) is not None and told.concept != "strike.attack":
        return ACTS[told.concept], told
    if part.has("num.total") and (_there_were(doc, part, number) or _is_all_that_came(part, is_elliptic, so_far)):
        return "launched", None  # "All but two were shot down. There were 38 in all"
    if so_far and (_is_in_the_air_now(doc, part, so_far[-1]) or _is_still_aloft(doc, part, number)):
        return "present", None
    if (
        so_far
        and _tells_on(doc, part, so_far[-1])
        and (is_elliptic or is_item(doc, part) or _is_breakdown(so_far, part))
    ):
        if so_far[-1].measure == "shot_down" and (
            is_told_what(doc, part, number)
            or (_there_were(doc, part, number) and (not is_elliptic or _is_of_months_launched(part, so_far)))
        ):
            return "launched", None
        last = so_far[-1] if is_elliptic else next((one for one in reversed(so_far) if not one.is_subset), so_far[-1])
        return last.measure, last.act
    n = part.n
    is_flight = is_course(doc, part)
    for other in reversed(doc.parts[max(0, n - 3) : n]):
        if is_flight and other.line != part.line and doc.tokens[other.j - 1].text != ":":
            break  # "14 attacks in the night", and in a line below "three bombs to A"
        acts = [m for m in other.mentions if m.concept in ACTS]
        is_next = is_item(doc, part) and (
            other.line == part.line or is_bulleted(doc, part) or _is_row_of_figures(doc, part))  # fmt: skip
        if acts and (is_next or (other.line == part.line and unread(doc, part) <= _OWN)):
            return ACTS[acts[-1].concept], acts[-1]
    return None


def _is_all_that_came(part: Part, is_elliptic: bool, so_far: list[Found]) -> bool:
    """ "Two missiles struck. In all 476 drones and 48 missiles; 442 downed": no more of those that struck."""
    return not is_elliptic and bool(so_far) and so_far[-1].measure == "hit" and so_far[-1].part is not part


def _tells_on(doc: Doc, part: Part, last: Found) -> bool:
    """Whether a sentence goes on with the figures before it; in a line of its own, only one with hardly a word that
    nobody knows ("One missile costs 10 million", "200 pilots were trained near A")."""
    return last.part.line == part.line or _is_row_of_figures(doc, part)


def _is_row_of_figures(doc: Doc, part: Part) -> bool:
    return unread(doc, part) <= _ROW and not part.has("count.money")


def _is_in_the_air_now(doc: Doc, part: Part, last: Found) -> bool:
    """ "30 were downed in the night", and in a line below it "2 to A": these fly. Of what was launched only in a
    paragraph of its own, where no header ends with a colon: "fired:" above "2 at A"."""
    if last.part.line == part.line or not is_course(doc, part):
        return False
    if last.measure in _OVER:
        return True
    above = doc.parts[last.part.n : part.n]
    is_apart = any(is_below_blank(doc, other) for other in doc.parts[last.part.n + 1 : part.n + 1])
    return is_apart and not any(doc.tokens[other.j - 1].text == ":" for other in above)


def _is_still_aloft(doc: Doc, part: Part, number: Number) -> bool:
    """ "74 were downed. As of 22:00 up to 20 more are in the sky": no place beside it, and no verb of what was done."""
    if not part.has("num.more") or part.sites or part.has("act", "strike.hit"):
        return False
    if not any(m.i < number.i for m in part.of("num.more")):
        return False
    words = doc.lexicon.settings.get("aloft", ())
    return any(doc.tokens[k].f in words for k in range(part.i, part.j))


def _is_of_months_launched(part: Part, so_far: list[Found]) -> bool:
    """ "Over 90 were launched today, 61 downed. In June there were 5,300": as many as came, of a longer time."""
    is_other = any(w.period in LONG for w in part.whens) or part.has("time.yesterday", "time.day_before")
    return is_other and any(f.measure == "launched" for f in so_far[-2:])


def _by_the_sentence(doc: Doc, part: Part, number: Number) -> Told:
    """What a sentence without any verb of its own tells: a tally, munitions seen in the air, or nothing."""
    if doc.tokens[part.i].is_quote and not part.is_title and not part.has("claimant"):
        return None, None  # "«And at night two missiles overhead»": what somebody remembers
    if any(is_of_days(w) for w in part.whens):
        return None, None  # "in the last three days 90 drones at A": of no day and no night
    is_told = any(w.period in _OF_A_TALLY for w in part.whens) or _is_below_long(doc, part)
    if is_told or _is_tallied(doc, part, number):
        return "launched", None
    if _is_gone(doc, part, number):
        return None, None
    if part.has("strike.found", "strike.fell") and not part.has("alert.fly"):
        return None, None  # "two drones were found in a field": they fly no more
    narrow = [s for s in part.sites if s.ref.level != "country" or s.role == "target"]
    is_articled = doc.lang in doc.lexicon.settings.get("articled", ())
    if part.has("strike.damage") or unread(doc, part) > (
        1 if is_articled else 3 + any(s.role == "target" for s in narrow)
    ):
        narrow = []  # "two drones damaged a depot in A": they fly no more
    if narrow and part.j - part.i <= _BRIEF and not part.has("claim") and not part.is_title:
        is_press = number.value > _MANY and is_articled
        return ("launched" if is_press else "present"), None
    if part.has("alert") and part.j - part.i <= _BRIEF:
        return "present", None
    if _is_of_target_before(doc, part) or _is_bare(doc, part, number):
        return "present", None
    night = part.when if part.when is not None and part.when.period == "night" else None
    is_of_it = night is not None and (doc.lines[part.line][0] <= night.i or unread(doc, part) <= _ROW)
    return ("launched" if is_of_it else None), None


def _is_below_long(doc: Doc, part: Part) -> bool:
    """ "In December:", and in a line below it "bombs - 3,980"."""
    return part.when is not None and part.when.period in LONG and part.when.i < doc.lines[part.line][0]


def _there_were(doc: Doc, part: Part, number: Number) -> bool:
    """ "30 were downed. There were also over 70 drones": how many came, with no verb of what became of them."""
    k = number.i - 1
    also = doc.lexicon.settings.get("also", ())
    while k > part.i and (doc.tokens[k].f in also or ((m := doc.at[k]) is not None and m.group in ("bound", "num"))):
        k -= 1
    return k >= part.i and doc.tokens[k].f in doc.lexicon.settings.get("there_were", ())


def _is_of_target_before(doc: Doc, part: Part) -> bool:
    """ "Ballistics for A! Three": a figure alone, right behind the course of a weapon."""
    before = doc.parts[part.n - 1] if part.n else None
    if before is None or before.line != part.line or before.j - before.i > 12:
        return False
    if before.has("alert.attention") and before.sites and part.j - part.i <= 14:
        return not part.has("strike", "toll", "claim")  # "A, this is for you! Six from the east"
    if part.j - part.i > 4:
        return False
    told = before.has("act", "strike", "toll", "claim")
    return not told and before.has("weapon", "model") and any(s.role == "target" for s in before.sites)


def _is_gone(doc: Doc, part: Part, number: Number) -> bool:
    """ "Three missiles, clear": seen no more, and not said to fly on."""
    cleans = part.of("alert.clean", "alert.over")
    is_said_of_it = any(0 <= m.i - number.j <= _NOUN for m in cleans)  # "two more drones, clear"
    if part.has("alert.fly") or (part.has("num.more") and not is_said_of_it) or any(
        s.role == "target" for s in part.sites
    ):  # fmt: skip
        return False
    return any(number.j <= m.i and (not part.sites or same_clause(doc, part, number.i, m.i)) for m in cleans)


def _is_minus(doc: Doc, part: Part, number: Number) -> bool:
    """ "Minus three drones": so many fewer, and not said how; no more in the air."""
    return number.i > part.i and (m := doc.at[number.i - 1]) is not None and m.concept == "alert.clean"


def _is_bare(doc: Doc, part: Part, number: Number) -> bool:
    """ "Two Zircons!", "4 missiles, over the city": a short post that is a figure and a weapon, little more."""
    if len(doc.parts) > _PARTS or part.is_title or part.j - part.i > 8 or doc.title_end:
        return False
    is_articled = doc.lang in doc.lexicon.settings.get("articled", ())
    if (is_articled and len(doc.parts) > 1) or part.has("alert.clean", "alert.over", "veto"):
        return False
    unknown = 0
    for k in range(part.i, part.j):
        m = doc.at[k]
        if m is None:
            unknown += doc.tokens[k].kind not in "np"
        elif m.concept == "count.other" and m.j < part.j and doc.tokens[m.j].text == "," and not is_articled:
            continue  # "a group target, two missiles"
        elif m.group not in _BARE and (is_articled or (m.group not in _LOOSE and m.concept not in _LOOSE)):
            return False
    is_news = number.value > _MANY or any(s.ref.level == "country" for s in part.sites)
    return unknown <= (0 if is_articled or is_news else 1)  # "Latvia ... 200 drones" is no flight


def _is_tallied(doc: Doc, part: Part, number: Number) -> bool:
    """ "The military reported 524 drones": a figure right behind the saying of an office of one side."""
    k = number.i - 1
    while k > part.i and (m := doc.at[k]) is not None and m.group in ("bound", "prep", "num"):
        k = m.i - 1
    said = doc.at[k] if k >= part.i else None
    return said is not None and said.group == "claim" and any(
        m.data.get("side") and not m.data.get("place") for m in part.of("claimant"))  # fmt: skip


def _header_act(doc: Doc, part: Part) -> Mention | None:
    """ "Shot down:" above a list: what was done with the figures of its lines."""
    for other in reversed(doc.parts[max(0, part.n - 16) : part.n]):
        if doc.tokens[other.j - 1].text == ":" and other.line != part.line:
            acts = [m for m in other.mentions if m.concept in ACTS]
            return acts[-1] if acts else None
        if not is_item(doc, other):
            return None
    return None


def _is_behind_subset(doc: Doc, part: Part, number: Number) -> bool:
    """ "Of them 32 were flying to the capital": what was done with the whole was done with these."""
    return any(m.concept == "num.subset" for m in doc.mentions_between(max(part.i, number.i - 3), number.i))


def _is_means(doc: Doc, part: Part, number: Number) -> bool:
    """ "Struck the site with 14 bombs": what was struck with was launched, what was struck is not counted."""
    k = number.i - 1
    while k > part.i and (doc.tokens[k].is_quote or ((m := doc.at[k]) is not None and m.group in ("bound", "num"))):
        k = m.i - 1 if (m := doc.at[k]) is not None else k - 1
    mention = doc.at[k] if k >= part.i else None
    return mention is not None and mention.concept == "prep.against"


def _is_in_case_of_means(doc: Doc, part: Part, number: Number) -> bool:
    """The same in a language whose noun says "with" by its case: "downed three drones with two missiles", "with one
    battery"."""
    if number.j >= part.j or part.has("strike.attack", "act.launched"):
        return False
    ends, what = tuple(doc.lexicon.settings.get("means", ())), doc.at[number.j]
    if what is None and doc.tokens[number.j].kind == "w":
        return number.is_word and doc.tokens[number.i].f.endswith(ends)
    return what is not None and what.group in ("weapon", "model") and doc.tokens[what.i].f.endswith(ends)


def _with_which_destroyed(doc: Doc, act: Mention, number: Number) -> str | None:
    """ "Destroyed two jets at the base with 40 drones": launched; "downed a missile with two others" tells no tally."""
    things = [m for m in doc.mentions_between(act.j, number.i) if m.group in ("weapon", "model", "target")]
    first = things[0] if things else None
    return "launched" if first is not None and (first.group == "target" or first.concept == "weapon.carrier") else None


def _is_breakdown(so_far: list[Found], part: Part) -> bool:
    return so_far[-1].part.line >= part.line - 1
