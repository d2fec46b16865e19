"""What keeps a sentence from being a report: hypotheticals, negation, habit, history, drills, homonyms."""

from __future__ import annotations

from typing import Final

from monitor.extract.framed import FRAMES, mark_framed
from monitor.extract.subjects import OF_A_STORY, WHOLE_TEXT, mark_look_back, spread
from monitor.extract.text.doc import OF_A_DAY, Doc, Part
from monitor.extract.words.mentions import Mention

__all__ = [
    "blocks",
    "clause_starts",
    "is_before_court",
    "is_branded",
    "is_under_way",
    "mark_vetoes",
    "same_clause",
    "says_more",
    "was_under_attack",
]

_WHOLE_SENTENCE: Final = frozenset(
    ("drill", "siren_test", "game", "sport", "labour", "weather", "trade", "losses", "history", "question", "summary",
     "commentary", "training", "readiness", "safety", "video", "denied", "habit", "until", "recycled", "accident",
     "court", "front", "untrue")
)  # fmt: skip
_SHORTENED: Final = frozenset(("veto.accident", "veto.commentary"))
"""Whose words may be abbreviations themselves."""
_TESTED: Final = frozenset(("siren_test",))
_COMMENTARY: Final = frozenset(("commentary", "column"))
_TESTS: Final = frozenset(("siren_test", "drill"))
_OPENING: Final = 3
_NEAR_COURT: Final = 3
"""Sentences around the one that names a court."""
_SUMMARY: Final = frozenset(("summary",))
_WEATHER: Final = frozenset(("weather",))
_UNTRUE: Final = frozenset(("untrue",))
_LIFTED: Final = frozenset(("accident", "court", "front"))
_STRUCK: Final = frozenset(("game", "labour", "sport"))
_OBJECT: Final = 2
"""Tokens from the verb of a blow to what it struck."""
_WHOSE: Final = frozenset(("place", "level", "prep", "verb", "time", "side", "target", "weapon", "model", "conj"))
"""What an attack is told of by: where, whose, with what, since when."""
_LITTLE: Final = 4
"""Letters of "is", "ist", "está": words that need not be known."""
_DOUBTED: Final = frozenset(
    ("veto.negation", "veto.denied", "veto.untrue", "veto.subject", "veto.hypothetical", "veto.question")
)
_AT: Final = frozenset(("prep.at", "prep.on", "prep.to", "prep.against"))
_PHRASE: Final = 4
_LINKS: Final = 12
_SHORTEST: Final = 4
"""Letters of an abbreviation."""


def mark_vetoes(doc: Doc) -> None:
    """Fill every part's ``vetoes``. In a short text a subject named once is the subject of all of it."""
    every: set[str] = set()
    below: dict[str, int] = {}
    framing: list[Part] = []
    for part in doc.parts:
        found = _mark(doc, part)
        every |= found & WHOLE_TEXT
        if not found.isdisjoint(FRAMES):
            framing.append(part)
        for kind in found & OF_A_STORY:
            below.setdefault(kind, part.line)
        if "weather" in found and not doc.has("weapon", "model"):
            every.add("weather")
    for part in framing:
        mark_framed(doc, part)
    if doc.parts and doc.parts[0].has("veto", "signal.retraction") and is_branded(doc):
        for part in doc.parts:
            part.vetoes |= _UNTRUE
    if doc.parts and "commentary" in doc.parts[0].vetoes and _is_column(doc):
        for part in doc.parts:
            part.vetoes |= _COMMENTARY
    mark_look_back(doc)
    if doc.parts and "recycled" in doc.parts[0].vetoes and not any("alert" in part.groups for part in doc.parts):
        every.add("recycled")  # what a text about an old video tells is old; a siren named beside it is not
    if not every:
        return
    if not every.isdisjoint(_TESTS) and any(_is_sounded_for_test(part) for part in doc.parts[:_OPENING]):
        for part in doc.parts:
            if part.has("alert.siren", "alert.signal"):
                part.vetoes |= _TESTED
    spread(doc, every, below)


def _mark(doc: Doc, part: Part) -> set[str]:
    """Fill the ``vetoes`` of a sentence by its own words. Returns all that it names."""
    is_asked = doc.tokens[part.j - 1].text == "?" and _is_asked(doc, part)
    if "veto" not in part.groups and not is_asked:
        return set()
    found = {m.kind for m in part.mentions if m.group == "veto" and not _is_inside(doc, part, m)}
    if "not_drill" in found:
        found -= {"drill", "not_drill", "siren_test", "training"}
    if is_asked:
        found.add("question")
    if "lookback" in found:
        found.add("history")
    part.vetoes = _WHOLE_SENTENCE & found
    if "losses" in found and _is_unknown_loss(part):
        found.discard("losses")
    if "summary" in found and _is_of_one_night(doc, part):
        found.discard("summary")
        part.vetoes -= _SUMMARY
    if "weather" in found and _is_blow_in_bad_weather(doc, part):
        found.discard("weather")
        part.vetoes -= _WEATHER
    if found & _LIFTED and part.has("place"):
        part.vetoes -= _beside_a_blow(doc, part, found)
    if found & _STRUCK and part.has("place") and part.has("strike.hit"):
        struck = _struck_names(doc, part, found)
        part.vetoes -= struck
        found -= struck
    return found


def _is_of_one_night(doc: Doc, part: Part) -> bool:
    """ "The ministry's bulletin: overnight 97 drones were shot down": that of one night is a report of it. What heads
    the news of a day is not."""
    told = part.of("veto.summary")
    words = doc.lexicon.settings.get("bulletins", ())
    periods = {w.period for w in part.whens if not w.is_retro}
    return periods == {"night"} and len(told) == 1 and doc.tokens[told[0].i].f in words


def _is_column(doc: Doc) -> bool:
    """ "Opinion | ...", "Analysis: ...": the word for it and a sign head the text, all of which is somebody's view."""
    first = next((m for m in doc.parts[0].mentions if m.group != "mark"), None)
    if first is None or first.concept != "veto.commentary" or first.j + 1 >= len(doc.tokens):
        return False
    return first.i - doc.parts[0].i <= 1 and doc.tokens[first.j].text in "|:/"


def _is_sounded_for_test(part: Part) -> bool:
    """ "The sirens were triggered in a drill", "annual test of the sirens": of all sirens that the text names."""
    is_test = bool(part.vetoes & _TESTS) and (part.has("alert.siren", "alert.signal") or (
        part.n == 0 and "siren_test" in part.vetoes))  # fmt: skip
    return is_test and not part.has("veto.not_drill", "weapon", "veto.negation", "veto.future")


def _beside_a_blow(doc: Doc, part: Part, found: set[str]) -> set[str]:
    """The subjects that a sentence only names beside a blow from the air: "on 5 March the air force struck A and a
    strongpoint", "after the drone hit the house a boiler blew up", "last night drones struck A, a looter was held"."""
    out: set[str] = set()
    if "front" in found and part.has("strike.attack") and any(w.period in OF_A_DAY for w in part.whens):
        out.add("front")
    blow = _blow(doc, part) if found & {"accident", "court"} and not part.has_any(_DOUBTED) else None
    if blow is None:
        return out
    if "accident" in found and (blow.i < part.of("veto.accident")[0].i or _is_after(doc, part, blow)):
        out.add("accident")
    if "court" in found:
        held = part.of("veto.court")[0].i
        is_first = blow.i < held and not same_clause(doc, part, blow.i, held)
        is_first = is_first and not any(m.i > held for m in part.of("place"))  # where the court sits
        if is_first and any(w.i < held and w.period in OF_A_DAY and not w.is_retro for w in part.whens):
            out.add("court")
    return out


def _is_blow_in_bad_weather(doc: Doc, part: Part) -> bool:
    """ "They struck with 400 drones amid a cold snap": weapons that are counted beside a verb of war, or a blow."""
    if not part.has("weapon", "model") or part.has_any(_DOUBTED) or part.has("strike.fell"):
        return False
    is_counted = any(0 <= w.i - n.j <= 1 for w in part.of("weapon", "model") for n in part.numbers if not n.is_article)
    if is_counted and part.has("act.launched", "act.shot_down", "act.merged", "strike.attack", "strike.hit"):
        return True
    return _blow(doc, part) is not None and part.has("place")


def _struck_names(doc: Doc, part: Part, found: set[str]) -> set[str]:
    """The subjects that only say what a weapon struck: "a drone hit a concert hall", "a missile hit a film studio"."""
    if not any(p.has("toll") for p in doc.parts[part.n : part.n + 2]):
        return set()  # a scene of the film itself
    weapons = part.of("weapon", "model")
    hits = [h for h in part.of("strike.hit") if any(0 <= h.i - w.j <= 1 for w in weapons)]
    out: set[str] = set()
    for name in found & _STRUCK:
        said = [m for m in part.of("veto") if m.kind == name]
        if all(any(0 <= m.i - h.j <= _OBJECT for h in hits) for m in said):
            out.add(name)
    return out


def _blow(doc: Doc, part: Part) -> Mention | None:
    """ "A drone struck", "the attack of drones": a weapon right beside what it did, but for one word."""
    weapons = part.of("weapon", "model")
    for m in part.of("strike.attack", "strike.hit", "strike.debris") if weapons else ():
        for w in weapons:
            k = m.j if w.i >= m.j else w.j
            if (w.i == m.i or 0 <= w.i - m.j <= 1 or 0 <= m.i - w.j <= 1) and (
                k in (m.i, w.i) or (between := doc.at[k]) is None or between.concept not in _AT
            ):
                return m
    return None


def _is_after(doc: Doc, part: Part, blow: Mention) -> bool:
    """ "After the drone hit", "because of a hit by a drone"."""
    return any(0 <= blow.i - m.j <= 2 for m in part.of("time.after", "veto.cause"))


def is_branded(doc: Doc) -> bool:
    """ "Fake: ...", "That is not true: ...": a heading that denies all that follows."""
    return any(
        m.i <= 1 and m.j < len(doc.tokens) and doc.tokens[m.j].text == ":"
        for m in doc.parts[0].of("veto.denied", "veto.untrue", "signal.retraction")
    )


def _is_asked(doc: Doc, part: Part) -> bool:
    """ "Is it true that missiles fly to A?": the word that asks stands among the first of the sentence; figures asked
    about."""
    words = doc.lexicon.settings.get("asking", ())
    if part.has("weapon", "model") and not part.has("strike", "toll", "alert", "act"):
        return True  # "Missile or drone?": what it was nobody says
    if part.is_title:
        return False
    if part.numbers and part.has("weapon", "model"):
        return True  # "Seven missiles were fired at A? No, one"
    return any(doc.tokens[k].f in words for k in range(part.i, min(part.j, part.i + 3)))


def _is_unknown_loss(part: Part) -> bool:
    """ "Of losses there is no word yet", "a loss for all of us": the sentence tells no tally."""
    return part.n > 0 and not part.numbers and all(m.j - m.i == 1 for m in part.of("veto.losses"))


def _is_inside(doc: Doc, part: Part, m: Mention) -> bool:
    """A question word of one word inside a sentence that asks nothing: "as the air force said"; "do not ignore"."""
    if m.concept == "veto.denied":
        before = doc.at[m.i - 1] if m.i > part.i else None
        return before is not None and before.concept == "veto.negation" and before.j - before.i == 1
    if m.concept == "veto.trade" and _is_bar_of_links(doc, part):
        return True
    if m.j - m.i == 1 and m.concept not in _SHORTENED and (
        _is_a_name(doc, part, m.i) or _is_a_given_name(doc, part, m.i)
    ):  # fmt: skip
        return True
    if m.concept != "veto.question" or m.j - m.i > 1:
        return False
    comma = next((k for k in range(m.j, part.j) if doc.tokens[k].text == ","), m.j + 2)
    if m.i - part.i <= 1 and not any(x.group == "claim" for x in doc.mentions_between(m.j, max(comma, m.j + 2))):
        return False  # "as the air force said, ..." asks nothing
    return doc.tokens[part.j - 1].text != "?"


def _is_bar_of_links(doc: Doc, part: Part) -> bool:
    """ "Subscribe | Donate": the links below a post say nothing of what is told above them."""
    if part.n == 0 or part.j - part.i > _LINKS or part.numbers or part.has("weapon", "model"):
        return False
    return any(doc.tokens[k].text == "|" for k in range(part.i, part.j))


def _is_a_given_name(doc: Doc, part: Part, k: int) -> bool:
    """ "Roman Mrochko": a given name that is also a word, a surname behind it."""
    is_led = doc.tokens[k].is_capital and k + 1 < part.j and doc.tokens[k + 1].is_capital
    return is_led and doc.tokens[k].f in doc.lexicon.settings.get("given_names", ())


def _is_a_name(doc: Doc, part: Part, k: int) -> bool:
    """A word in quotes of its own behind another ("the drone «Storm»"), or an abbreviation that is written like one."""
    word = doc.tokens[k].text
    if 1 < len(word) <= _SHORTEST and word.isupper():
        near = doc.tokens[max(part.i, k - 3) : min(part.j, k + 4)]
        return any(token.kind == "w" and len(token.text) > 1 and not token.text.isupper() for token in near)
    is_quoted = k > part.i + 1 and k + 1 < part.j and doc.tokens[k - 1].is_quote and doc.tokens[k + 1].is_quote
    return is_quoted and word[0].isupper() and doc.at[k - 2] is not None


def clause_starts(doc: Doc, part: Part) -> list[int]:
    """Token indices at which a clause of the sentence begins."""
    if part.starts is not None:
        return part.starts
    out = part.starts = [part.i]
    tokens, at = doc.tokens, doc.at
    has_but = "conj.but" in part.groups or ("conj.and" in part.groups and "claim" in part.groups)
    for k in range(part.i, part.j):
        if tokens[k].is_parting:
            is_within = tokens[k].glued and k + 1 < part.j and tokens[k + 1].glued and tokens[k + 1].kind == "n"
            if is_within and tokens[k - 1].kind == "n":
                continue  # "3,000"
            if not (tokens[k].text in "()" and (_is_of_letters(doc, part, k) or _is_of_a_level(doc, part, k))):
                out.append(k + 1)
        elif has_but and (m := at[k]) is not None and m.i == k and (
            m.concept == "conj.but" or (m.concept == "conj.and" and says_more(doc, m))):  # fmt: skip
            out.append(k)
    return out


def says_more(doc: Doc, joint: Mention) -> bool:
    """ "It said that 40 were downed and that two hit A": what is said goes on behind "and that"."""
    return joint.j < len(doc.tokens) and doc.tokens[joint.j].f in doc.lexicon.settings.get("and_that", ())


def is_before_court(doc: Doc, part: Part) -> bool:
    """ "A pilot was arrested. He had dropped two bombs on A": what somebody stands before a court for, told near it in
    the line, was on no day that is told."""
    near = doc.parts[max(0, part.n - _NEAR_COURT) : part.n + _NEAR_COURT]
    return any("court" in p.vetoes and p.line == part.line for p in near)


def _is_of_letters(doc: Doc, part: Part, k: int) -> bool:
    """ "The Rapid Support Forces (RSF) fired": the brackets around the letters of a name part nothing."""
    i = k if doc.tokens[k].text == "(" else k - 2
    if i < part.i or i + 2 >= part.j or doc.tokens[i].text != "(" or doc.tokens[i + 2].text != ")":
        return False
    name = doc.tokens[i + 1]
    return name.kind == "w" and len(name.text) > 1 and name.text.isupper() and doc.at[i + 1] is None


def _is_of_a_level(doc: Doc, part: Part, k: int) -> bool:
    """ "The missile danger (red level) is over": nor do the brackets around the level of the danger."""
    if not part.has("alert.level_red", "alert.level_yellow"):
        return False
    beside = k + 1 if doc.tokens[k].text == "(" else k - 1
    level = doc.at[beside] if part.i <= beside < part.j else None
    if level is None or level.concept not in ("alert.level_red", "alert.level_yellow"):
        return False
    return (
        level.i > part.i
        and doc.tokens[level.i - 1].text == "("
        and (level.j < part.j and doc.tokens[level.j].text == ")")
    )


def same_clause(doc: Doc, part: Part, a: int, b: int) -> bool:
    low, high = (a, b) if a < b else (b, a)
    for start in clause_starts(doc, part):
        if start > low:
            return start > high
    return True


def blocks(doc: Doc, part: Part, trigger: Mention, *, ignore: frozenset[str] = frozenset()) -> str | None:
    """The name of the veto that keeps ``trigger`` from being a report, or None."""
    if part.vetoes:
        for name in sorted(part.vetoes - ignore):
            return name
    if "veto" not in part.groups:
        return None
    for m in part.mentions:
        if m.group != "veto":
            continue
        name = m.kind
        if name in ignore:
            continue
        if name in ("hypothetical", "future") and m.i < trigger.i and same_clause(doc, part, m.i, trigger.i):
            if any(m.j <= after.i < trigger.i for after in part.of("time.after")):
                continue  # "vows to rebuild it after the strike on A"
            return name
        if name == "if" and m.i < trigger.i:
            return name
        start = m.i if m.j - m.i < _PHRASE else m.j - 1  # "no reports of damage from debris"
        if name == "negation" and 0 < trigger.i - start <= 3 and same_clause(doc, part, m.i, trigger.i):
            return name
        if name == "other_rule" and trigger.concept == "strike.attack" and 0 <= trigger.i - m.j <= 2:
            return name  # "a ban on strikes": what is forbidden, not what was done
        if name == "negation" and 0 <= m.i - trigger.j <= 3 and same_clause(doc, part, m.i, trigger.i):
            return name
    return None


def was_under_attack(part: Part) -> bool:
    """ "In the night A was under an attack of drones", "under fire and air strikes was A": a blow, told of a time that
    the sentence names or by a word of its own."""
    if not part.has("veto.flown") or part.has("time.now", "alert.fly", "alert.still"):
        return False
    return part.has("alert.under_attack") and (part.has("strike.attack") or any(w.date for w in part.whens))


def is_under_way(doc: Doc, part: Part, attack: Mention, on: Mention) -> bool:
    """ "The drone attack on A is under way": it is the attack that goes on, not the rescue work behind it."""
    if on.i < attack.j or not same_clause(doc, part, attack.i, on.i):
        return False
    return all(
        len(doc.tokens[k].f) <= _LITTLE if (m := doc.at[k]) is None else
        m.group in _WHOSE and m.concept != "time.after"
        for k in range(attack.j, on.i) if doc.tokens[k].kind == "w"
    ) and not any(m.concept == "time.after" and m.i < attack.i for m in part.mentions)  # fmt: skip
