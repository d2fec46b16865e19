"""One weapon that no figure counts: "the drone was detected and destroyed"."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import Weapon

__all__ = ["has_subject_behind", "singles_in"]

_BEHIND: Final = frozenset(("prep", "claimant", "time", "conj", "place", "verb"))
_REACH: Final = 3
_FAR: Final = 7
_ASIDE: Final = 10


def downed_behind(doc: Doc, part: Part, weapon: Weapon) -> Mention | None:
    """The verb behind a weapon whose form says that it was one; not of "by a drone, a depot was destroyed"."""
    if not part.has("act.shot_down", "act.suppressed"):
        return None
    forms = doc.lexicon.settings.get("singular_verbs", ())
    name = doc.tokens[weapon.j - 1]
    is_named = weapon.is_model_only or name.f in doc.lexicon.settings.get("singulars", ())
    if not is_named and sum(letter.isupper() for letter in name.text) <= 2:  # an abbreviation has no cases
        return None
    start = _behind_aside(doc, part, weapon.j)
    verbs = ("act.shot_down", "act.suppressed") if weapon.kind == "drone" else ("act.shot_down",)  # guns are silenced
    for m in part.of(*verbs):
        if m.i < start:
            continue
        if m.i - start <= _REACH and doc.tokens[m.j - 1].f in forms:
            between = doc.mentions_between(start, m.i)
            is_plain = all(doc.tokens[k].kind == "w" for k in range(start, m.i))
            is_plain = is_plain and all(x.group in ("verb", "conj") or x.concept == "act.detected" for x in between)
            return m if is_plain and not has_subject_behind(doc, part, m) else None
    return None


def _behind_aside(doc: Doc, part: Part, k: int) -> int:
    """ "The drone, flying at Moscow, was destroyed": where the sentence goes on behind what stands between commas."""
    if k >= part.j or doc.tokens[k].text != ",":
        return k
    end = next((n for n in range(k + 1, min(part.j, k + _ASIDE)) if doc.tokens[n].text == ","), None)
    if end is None or any(m.group in ("weapon", "num", "toll") or m.concept == "act.shot_down"
                          for m in doc.mentions_between(k, end)):  # fmt: skip
        return k
    return end + 1


def has_subject_behind(doc: Doc, part: Part, verb: Mention) -> bool:
    after = doc.at[verb.j] if verb.j < part.j else None
    if after is not None:
        return after.group not in _BEHIND
    ends = tuple(doc.lexicon.settings.get("means", ()))  # "destroyed by crews on duty", in the case that says so
    if doc.tokens[verb.j - 1].f in doc.lexicon.settings.get("plural_actives", ()):
        return verb.j < part.j and doc.tokens[verb.j].kind == "w"  # "the drones destroyed an empty shed"
    return verb.j < part.j and doc.tokens[verb.j].kind == "w" and not doc.tokens[verb.j].f.endswith(ends)


def is_one_downed(doc: Doc, part: Part, weapon: Weapon, before: list[Mention]) -> bool:
    """Whether a side stands right before the weapon, or the verb right beside it; not of "destroyed by artillery"."""
    downed = part.of("act.shot_down")
    name = doc.tokens[weapon.j - 1].f
    settings = doc.lexicon.settings
    if weapon.kind == "artillery" and name not in settings.get("singulars", ()):
        return False
    ends = tuple(settings.get("means", ()))
    own = next((m.i for m in part.of("model") if weapon.i < m.i < weapon.j), weapon.j)  # "a missile «Grom-2»"
    is_means = any(doc.tokens[k].f.endswith(ends) for k in range(weapon.i, own))
    if is_means and any(0 <= weapon.i - m.j <= 1 or m.i == weapon.j for m in downed):
        return False  # "destroyed by a missile", "by an attack drone", in the case that says so
    if any(m.j <= weapon.i <= m.j + _FAR and _is_place_between(doc, m.j, weapon.i) for m in downed):
        return True  # "shot down over A a missile"
    return bool(downed) and (
        (
            any(m.group == "side" and weapon.i - m.j <= 1 for m in before)
            and not any(0 <= m.i - weapon.j <= 1 and _is_of_a_target(doc, part, m) for m in downed)
        )
        or any(
            0 <= weapon.i - m.j <= 1 or (0 <= m.i - weapon.j <= 1 and not _is_of_a_target(doc, part, m)) for m in downed
        )
    )


def _is_of_a_target(doc: Doc, part: Part, verb: Mention) -> bool:
    """ "The missile destroyed a depot", "the drone destroyed a tank": what was destroyed stands behind the verb, the
    weapon ahead of it did it."""
    after = doc.at[verb.j] if verb.j < part.j else None
    is_active = doc.tokens[verb.j - 1].f in doc.lexicon.settings.get("singular_actives", ())
    if after is not None:
        return after.group == "target" or (is_active and after.group not in _BEHIND)
    return is_active and verb.j < part.j and doc.tokens[verb.j].kind == "w"


def _is_place_between(doc: Doc, j: int, i: int) -> bool:
    """Whether a preposition and its place, and nothing else, stand at tokens ``j`` to ``i``."""
    here = [doc.at[k] for k in range(j, i)]
    groups = {m.group if m is not None else "" for m in here}
    return "place" in groups and groups <= {"prep", "place", "level"}


def singles_in(doc: Doc, part: Part, weapons: list[Weapon], numbers: list[Number]) -> list[Number]:
    """A weapon in the singular counts one where the sentence tells a tally: "the Ukrainian drone was destroyed",
    "attacked with an Iskander-M missile and 133 drones". Elsewhere a noun alone is no number."""
    forms = doc.lexicon.settings.get("singulars", ())
    if not forms or not part.has("act", "strike.attack"):
        return []
    out = []
    for n, weapon in enumerate(weapons):
        verb = downed_behind(doc, part, weapon)
        if verb is None and not any(doc.tokens[k].f in forms for k in range(max(part.i, weapon.i - 1), weapon.j)):
            continue
        if any(number.i < weapon.i and weapon.i - number.j <= 3 and not _is_number_of_a_target(doc, number, weapon)
               for number in numbers):  # fmt: skip
            continue
        before = doc.mentions_between(max(part.i, weapon.i - 3), weapon.i)
        if any((m.group in ("num", "bound", "veto") and m.concept != "num.of") or m.concept == "count.other"
               for m in before):  # fmt: skip
            continue
        is_downed = verb is not None or is_one_downed(doc, part, weapon, before)
        is_listed = bool(weapon.model) and any(w.kind != weapon.kind for w in weapons[n + 1 :]) and any(
            number.i > weapon.j and not number.is_article for number in numbers
        )  # fmt: skip
        if is_downed or (is_listed and part.has("strike.attack", "act.launched")):
            out.append(Number(weapon.i, weapon.i, 1))
    return out


def _is_number_of_a_target(doc: Doc, number: Number, weapon: Weapon) -> bool:
    """ "Over one of the plants a drone was shot down": the number is the plant's."""
    return any(m.group == "target" for m in doc.mentions_between(number.j, weapon.i))
