"""Whether a sentence is a terse line of a live channel, a bare call, or little more than the name of a weapon."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.announced import is_announcing
from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Part, Site, unread
from monitor.extract.vetoes import is_under_way, same_clause
from monitor.extract.words.mentions import Mention

__all__ = [
    "does_not_fly",
    "is_attacked_now",
    "is_bare",
    "is_call",
    "is_flying",
    "is_going_on",
    "is_live",
    "is_seen_aloft",
    "is_speed",
]

_MANY: Final = 50
"""More than are told of in flight one by one: a figure of a night or a month."""
_OF_ALERTS: Final = ("weapon", "model", "act", "mark", "prep.side", "veto.until")
_NEWS: Final = 2
"""Words that nobody knows: with so many, what stands behind a call is of something else."""
_WORDS: Final = 5
_LINE: Final = 16
_HERE: Final = 10
"""Words of a post that names a weapon, and of one that says that it heads for the town."""
_ATTACKS: Final = frozenset(("strike.attack", "alert.under_attack"))
_MODALS: Final = frozenset(("veto.hypothetical", "veto.future"))
_NOT_BARE: Final = frozenset(
    ("veto", "alert.clean", "strike", "claim", "act.launched", "act.fired", "act.hit", "target", "count.money",
     "num.total", "time.tomorrow", "time.yesterday", "time.before_yesterday")
)  # fmt: skip


def is_live(doc: Doc, part: Part) -> bool:
    """A terse line of a live channel: short, without the verbs and sources of a press sentence."""
    if part.is_title or part.j - part.i > 32 or part.has("claim", "veto.history", "toll"):
        return False
    if part.has("verb.passive") and not part.has("act.present", "alert.fly", "alert.warned", "alert.threat"):
        return False
    if part.whens and any(w.period not in ("instant", "hours") for w in part.whens):
        return False
    after = doc.parts[part.n + 1] if part.n + 1 < len(doc.parts) else None
    if after is not None and after.line == part.line and after.has("toll") and not part.has("alert", "mark", "act"):
        return False  # "The A community - a drone. Nobody was hurt": told, not on its way
    most = 1 if doc.lang in doc.lexicon.settings.get("articled", ()) else 4
    words = unread(doc, part)
    if words > most and _opens_with_a_weapon(part):
        words -= sum(1 for k in range(part.i, part.j) if doc.at[k] is None and is_announcing(doc, k))
    return words <= most


def _opens_with_a_weapon(part: Part) -> bool:
    """ "A missile is heading for A": the weapon is the subject, behind an article at most, and it has an aim."""
    weapons = part.of("weapon", "model")
    return bool(weapons) and weapons[0].i - part.i <= 1 and any(s.role == "target" for s in part.sites)


def is_bare(doc: Doc, part: Part) -> bool:
    """A post of a few words that is little more than the name of a weapon: "Two missiles"."""
    words = sum(1 for k in range(part.i, part.j) if doc.tokens[k].kind == "w")
    if part.has("weapon.mixed") and (words == 1 or unread(doc, part) > 1):
        return False  # "A target" says nothing of what or where, "the others found a target" too
    before, after = doc.parts[part.n - 1] if part.n else None, doc.parts[part.n + 1 : part.n + 2]
    if before is not None and before.has("strike", "toll") and (
        before.line == part.line or not any(other.has("alert.shelter") and other.sites for other in after)
    ):  # fmt: skip
        return False
    if any(other.has("toll") for other in doc.parts[part.n + 1 : part.n + 3]):
        return False  # "Enemy artillery. A man died": told, not on its way
    if any(number.value > _MANY for number in part.numbers):
        return False
    if part.n + 1 < len(doc.parts) and "video" in doc.parts[part.n + 1].vetoes:
        return False  # "A bird in the sky! Footage of ..."
    most = _HERE if part.has("place.this") and not part.sites else _WORDS
    return words <= most and unread(doc, part) <= 2 and not part.has_any(_NOT_BARE)


def is_attacked_now(doc: Doc, part: Part) -> bool:
    """ "A is under attack": a live line of a town or region where alerts are sounded, that names no weapon; not "air
    defence at work in A", which says nothing of what comes."""
    if not any(_is_of_attack(doc, m) for m in part.of("alert.under_attack")):
        return False
    if not is_live(doc, part) or part.has("toll", "target", "strike.damage", "strike.hit", "veto"):
        return False
    if doc.has("toll", "strike.hit", "strike.damage"):
        return False  # "A under fire. In the night a bomb hit a hospital": the heading of what was done
    return is_where_sounded(doc, part)


def is_where_sounded(doc: Doc, part: Part) -> bool:
    """Whether towns and regions are named, all of them where air alerts are sounded."""
    sounded = doc.lexicon.settings.get("alert_countries", ())
    sites = [s for s in part.sites if s.role not in ("from", "speaker", "agent") and s.ref.level != "country"]
    lands = [set(ancestors(doc.lexicon, s.ref.id)) for s in sites if s.ref.id is not None]
    return bool(sites) and len(lands) == len(sites) and not any(above.isdisjoint(sounded) for above in lands)


def _is_of_attack(doc: Doc, m: Mention) -> bool:
    """ "Is attacking", "under attack": a phrase that holds a word for an attack."""
    return any(e[0] in _ATTACKS for t in doc.tokens[m.i : m.j] for e in t.own or ())


def is_call(doc: Doc, part: Part) -> bool:
    """ "Dnipro, attention from the west": a post of a live channel that is a place and a call, nothing more."""
    unknown = unread(doc, part)
    calls = part.of("alert.attention", "alert.shelter")
    vetoed = any(
        m.concept != "veto.until"
        and not (m.concept in _MODALS and calls and not same_clause(doc, part, m.i, calls[0].i))
        for m in part.of("veto")
    )
    others = vetoed or part.has("strike", "toll", "claim", "person", "target", "count", "month", "weekday")
    others = others or any(m.concept != "act.launch_noun" for m in part.of("act"))
    beside = sum(s.j - s.i + 1 for s in part.sites[1:])
    is_called = part.has("alert.attention", "alert.shelter")
    is_first = part.n == 0 or _is_behind_alarm(doc, part)
    is_short = len(doc.parts) <= (4 if is_first else 2) and part.j - part.i - beside <= 9
    is_terse = is_short and unknown <= (1 if is_called else 0)
    if not is_terse or others or not (is_called or part.has("act.launch_noun")):
        return False
    return not _is_ahead_of_other_news(doc, part)


def _is_of_an_alert(part: Part) -> bool:
    """Whether it says more of an alert than "urgently"."""
    return any(m.group == "alert" and m.concept != "alert.attention" for m in part.mentions)


def _is_ahead_of_other_news(doc: Doc, part: Part) -> bool:
    """ "Attention, A! Tomorrow they will blow up old shells", "... the water will be cut off": what is behind the call
    has words of its own, and none of them is of alerts or weapons."""
    behind = doc.parts[part.n + 1 :] if part.has("alert.attention") else []
    if any(p.has("time.tomorrow") and not p.has("alert") for p in behind):
        return True
    if not behind or any(p.has(*_OF_ALERTS) or _is_of_an_alert(p) for p in behind):
        return False
    is_planned = any(p.has("veto.future", "veto.safety") for p in behind)
    return is_planned or sum(unread(doc, p) for p in behind) >= _NEWS


def _is_behind_alarm(doc: Doc, part: Part) -> bool:
    """ "Air defence at work. A, B - into the shelters!", "Ballistic threat from C! A, B - attention!": the first
    sentence names no place that it is for."""
    first = doc.parts[0]
    if part.n != 1 or any(s.role != "from" for s in first.sites):
        return False
    is_threat = first.line == part.line and first.has("alert.threat", "alert.danger")
    return is_threat or (first.has("alert.under_attack") and first.j - first.i <= _WORDS)


def is_going_on(doc: Doc, part: Part) -> bool:
    """ "The drone attack on A goes on. Stay in the shelters!", "The attack on A goes on.": told to those who are under
    it, or in a sentence that says nothing else."""
    if part.has("toll", "veto.negation"):
        return False
    if part.has("alert.under_way") and not part.has("weapon", "model") and not is_where_sounded(doc, part):
        return False
    if any(is_under_way(doc, part, attack, on) for attack in part.of("strike.attack")
           for on in part.of("alert.under_way")):  # fmt: skip
        return True
    around = doc.parts[max(0, part.n - 1) : part.n + 2]
    if not any(p.has("alert.shelter") for p in around) and not _is_nothing_else(doc, part):
        return False
    return any(
        same_clause(doc, part, attack.i, still.i)
        for attack in part.of("strike.attack")
        for still in part.of("alert.still", "alert.lasts")
    )


def _is_nothing_else(doc: Doc, part: Part) -> bool:
    """Whether all that a sentence tells is an attack from the air, where, and that it goes on."""
    if unread(doc, part) or part.has("veto", "target", "claim", "act", "person", "prep.front", "place.vague", "month"):
        return False
    if any(s.role not in ("target", "at") or s.ref.level in ("country", "sea", "area") for s in part.sites):
        return False
    ground = doc.lexicon.settings.get("ground", ())
    return not any(doc.tokens[m.i].f in ground for m in part.of("strike.attack"))


def _is_of_flight(doc: Doc, m: Mention) -> bool:
    """ "Heading for", "flying toward": a phrase that holds a word for flying."""
    return m.j - m.i > 1 and any(e[0] == "alert.fly" for t in doc.tokens[m.i : m.j] for e in t.own or ())


def is_flying(doc: Doc, part: Part, warned: bool, aimed: list[Site], over: list[Site]) -> bool:
    """Whether "flies" says that it is under way."""
    first = next((w.j for w in part.mentions if w.group in ("weapon", "model")), part.j)
    is_headed = not part.has("act") and any(
        first <= m.i < s.i and s.ref.level != "country" and _is_of_flight(doc, m)
        for m in part.of("prep.to") for s in aimed
    )  # fmt: skip
    if not part.has("alert.fly") and not is_headed:
        return False  # "heading for A" is one word, as "flies" is
    if not aimed and not warned and part.has("strike.explosion", "claim"):
        return False  # heard of and told, not seen on its way
    if part.has("weapon.warhead") and not over:
        return False  # "it flies at 400 km/h and has a jet engine": what it is like
    # "Latvia: a drone flew in": news of a country, no course
    return not over or not all(s.ref.level == "country" and s.role == "name" for s in over)


def does_not_fly(doc: Doc, part: Part) -> bool:
    """ "Ballistics are not heading for Kyiv": a denial right before each verb of a course, and no other aim."""
    flies = part.of("alert.fly")
    if not flies or not part.has("veto.negation"):
        return False
    if any(s.role == "target" and not any(same_clause(doc, part, s.i, m.i) for m in flies) for s in part.sites):
        return False
    return all((no := doc.at[m.i - 1]) is not None and no.concept == "veto.negation" and no.j == m.i for m in flies)


def is_seen_aloft(doc: Doc, part: Part) -> bool:
    """ "Drones detected over A": seen there now, where a line tells no figure, no night and nothing done."""
    if part.numbers or part.whens or part.j - part.i > _LINE or part.has("strike", "toll", "veto", "claim"):
        return False
    words = doc.lexicon.settings.get("aloft", ())
    placed = any(s.role in ("at", "target") and s.ref.level != "country" for s in part.sites)
    return placed and any(doc.tokens[k].f in words for k in range(part.i, part.j))


def is_speed(doc: Doc, part: Part) -> bool:
    """ "A drone to A, 400 km an hour", "a drone, speed 400 km an hour, course: A": a measure behind where it heads or
    behind the word for what is measured, in a line of a few words."""
    aimed = [s for s in part.sites if s.role == "target"]
    if not aimed or part.j - part.i > _LINE:
        return False
    readings = doc.lexicon.settings.get("readings", ())
    return all(
        aimed[0].j <= m.i or any(t.f in readings for t in doc.tokens[max(part.i, m.i - 2) : m.i])
        for m in part.of("count.money")
    )
