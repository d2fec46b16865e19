"""Weapons named in a sentence, with the model that stands beside them."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Part
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = [
    "REPORTED",
    "Weapon",
    "is_borne",
    "is_on_watch",
    "is_stored",
    "is_traded",
    "strike_kinds",
    "used_in",
    "weapons_of",
]

_KINDS: Final = frozenset(
    ("drone", "missile", "ballistic", "guided_bomb", "rocket", "artillery", "mixed", "fast", "device")
)
REPORTED: Final = {"fast": "missile", "device": "drone"}
"""The kind that a report gives to weapons of which only what they do is named."""
_CLAUSE: Final = 5
"""Tokens of "that makes"."""
_BORNE: Final = 7
"""Tokens from "armed with up to" to the weapon."""
_ABOARD: Final = frozenset(("num", "bound", "verb", "alert", "particle", "model", "weapon"))
_BETWEEN_BORNE: Final = frozenset(("num", "bound", "side", "weapon", "model", "prep"))
_ATTRIBUTES: Final = 3
"""Tokens between a noun and the weapon that it is of."""
_OTHER_BEHIND_COMMA: Final = frozenset((("ballistic", "missile"), ("artillery", "rocket")))
"""A noun and a model that are two weapons, where anything stands between them."""
_NO_DRONE: Final = frozenset(("missile", "ballistic", "guided_bomb", "rocket", "artillery"))
"""Side by side with a drone they are another weapon: a language may write its "and" into the second word."""


class Weapon:
    """A weapon at tokens ``i`` to ``j``: its kind, the model's English name, and how many models are named with it."""

    __slots__ = ("i", "is_model_only", "j", "kind", "model")

    def __init__(self, i: int, j: int, kind: str, model: str | None, is_model_only: bool = False) -> None:
        self.i = i
        self.j = j
        self.kind = kind
        self.model = model
        self.is_model_only = is_model_only

    def __repr__(self) -> str:
        return f"{self.kind}/{self.model}@{self.i}"


def weapons_of(doc: Doc, part: Part) -> list[Weapon]:
    """The weapons of a sentence in order; a noun and the model beside it are one."""
    if part.weapons is None:
        part.weapons = _weapons_of(doc, part) if part.has("weapon", "model") else []
    return part.weapons


def _weapons_of(doc: Doc, part: Part) -> list[Weapon]:
    out: list[Weapon] = []
    for m in part.mentions:
        if m.group == "weapon":
            kind = m.kind
            if kind == "both":
                if not _is_counted(doc, m):
                    out += [Weapon(m.i, m.j, "missile", None), Weapon(m.i, m.j, "drone", None)]
                    continue
                kind = "mixed"
            if kind not in _KINDS:
                continue
            last = out[-1] if out else None
            if kind == "artillery" and any(w.kind == "rocket" for w in out) and not _is_joined(doc, m):
                kind = "rocket"  # "ten shells were fired from a launcher"
            if (
                last is not None
                and not last.is_model_only
                and last.j == m.i
                and last.model is None
                and not (last.kind == "drone" and kind in _NO_DRONE)
                and not (kind == "drone" and last.kind in _NO_DRONE)
            ):
                last.kind = _narrower(last.kind, kind)
                last.j = m.j
                continue
            if last is not None and last.is_model_only and m.i - last.j == 0 and _agree(last.kind, kind):
                last.j, last.is_model_only = m.j, False
                continue
            out.append(Weapon(m.i, m.j, kind, None))
        elif m.group == "model":
            kind = m.data.get("weapon", "")
            if kind not in _KINDS:
                continue
            last = out[-1] if out else None
            after = doc.at[m.j] if m.j < part.j else None
            if after is not None and after.concept == "num.subset":
                continue  # "40 missiles, Kinzhals among them": some of those told
            gap = m.i - last.j - doc.tokens[last.j].is_quote if last is not None else 0
            is_other = last is not None and (last.kind, kind) in _OTHER_BEHIND_COMMA and gap > 0
            if last is not None and not is_other and _is_beside(doc, last.j, m.i) and (
                _agree(last.kind, kind) or last.is_model_only
            ):  # fmt: skip
                _join(doc, last, m, kind)
            else:
                out.append(Weapon(m.i, m.j, kind, m.data.get("name"), True))
    return out


def _is_joined(doc: Doc, m: Mention) -> bool:
    """ "From launchers and guns": "and" or a comma stands right before the second."""
    before = doc.at[m.i - 1] if m.i else None
    return doc.tokens[m.i - 1].text == "," or (before is not None and before.concept == "conj.and")


def _is_counted(doc: Doc, m: Mention) -> bool:
    """Whether a number stands before it: "550 drones and missiles" is one figure of both."""
    k = m.i - 1
    while k >= 0 and (before := doc.at[k]) is not None and before.group in ("side", "bound"):
        k = before.i - 1
    before = doc.at[k] if k >= 0 else None
    is_number = before is not None and before.group == "num" and before.concept != "num.of"
    return k >= 0 and (doc.tokens[k].kind == "n" or is_number)


def _join(doc: Doc, last: Weapon, m: Mention, kind: str) -> None:
    """A model behind its noun names it; a second model of the list makes it a mixture without a model."""
    name = m.data.get("name")
    if last.model is None and not getattr(last, "is_model_only", False) and last.i >= 0 and last.j <= m.i:
        if last.kind in ("missile", "mixed", "fast", "device", "artillery") or last.kind == kind:
            last.kind = kind
        last.model = name
    elif last.model != name:
        last.model = ""
    last.j = m.j


def _is_beside(doc: Doc, j: int, i: int) -> bool:
    if i - j > 4 or i < j:
        return False
    for k in range(j, i):
        mention = doc.at[k]
        is_launcher = mention is not None and mention.concept == "target.military" and mention.i == j
        if mention is not None and mention.group not in ("conj", "side", "weapon") and not is_launcher:
            return False
        if doc.tokens[k].kind == "n" or doc.tokens[k].text in ".:;()":
            return False
    return True


def _agree(noun: str, model: str) -> bool:
    if noun == model or noun in ("mixed", "device") or (model == "rocket" and noun in ("artillery", "missile")):
        return True
    return {noun, model} <= {"missile", "ballistic", "fast"} or {noun, model} <= {"drone", "missile", "mixed"}


def _narrower(a: str, b: str) -> str:
    if {a, b} == {"missile", "ballistic"}:
        return "ballistic"
    if {a, b} == {"missile", "rocket"}:
        return "rocket"
    if a in ("mixed", "device", "fast"):
        return b
    return a


def used_in(doc: Doc, part: Part) -> list[Weapon]:
    """The weapons that a strike may have been made with: not those that only say what was struck."""
    return [weapon for weapon in weapons_of(doc, part) if not _is_struck(doc, part, weapon)]


def is_on_watch(part: Part) -> bool:
    """ "Black Sea: two carriers, up to eight missiles": ships at sea and what they carry, with nothing fired."""
    if not part.has("weapon.carrier") or part.has("act", "alert", "strike") or not part.sites or not part.numbers:
        return False
    if any(m.j == ship.i for ship in part.of("weapon.carrier") for m in part.of("prep.from")):
        return False
    return all(site.ref.level == "sea" for site in part.sites)


def is_traded(doc: Doc, part: Part, weapon: Weapon) -> bool:
    """ "A missile treaty", "the drone deal": the weapon only says what a paper is about."""
    after = doc.at[weapon.j] if weapon.j < part.j else None
    return after is not None and after.concept == "veto.trade" and (
        after.lang in doc.lexicon.settings.get("compounds", ()))  # fmt: skip


def _is_struck(doc: Doc, part: Part, weapon: Weapon) -> bool:
    """A weapon that describes a target: "a depot of missiles", "a drone factory", "a battery of S-400", "a plant that
    makes missiles". A word in the case of the means ("struck the port with drones") is none."""
    settings = doc.lexicon.settings
    after = doc.at[weapon.j] if weapon.j < part.j else None
    if is_traded(doc, part, weapon):
        return True
    if after is not None and after.group == "target" and after.lang in settings.get("compounds", ()):
        return not any(m.i == weapon.i and m.group == "strike" for m in part.mentions)  # "drones strike a depot"
    led = doc.at[weapon.i - 1] if weapon.i > part.i else None
    if led is not None and led.concept == "prep.by" and led.lang in settings.get("struck_by", ()):
        return True  # "a strike on Iskanders"
    if is_stored(doc, part, weapon) or _is_made_or_steered(doc, part, weapon) or is_borne(doc, part, weapon):
        return True
    last = doc.tokens[weapon.j - 1]
    is_means = last.f.endswith(tuple(settings.get("means", ()))) or (last.text.isupper() and not weapon.is_model_only)
    before = [m for m in part.mentions if m.j <= weapon.i and m.group in ("target", "veto", "strike", "act")]
    nearest = before[-1] if before else None
    if nearest is None or is_means:
        return False
    if nearest.concept == "strike.damage" and nearest.j == weapon.i and nearest.j - nearest.i > 1:
        return True  # "destroyed a depot of missiles", the verb and its object told as one
    if after is not None and after.concept == "strike.hit" and doc.tokens[weapon.i - 1].text == ",":
        return False  # "broke a garage, a drone hit the yard": the weapon begins a clause
    if after is not None and (after.group == "toll" or after.concept in ("strike.hit", "strike.attack")) and (
        nearest.group == "target" and not same_clause(doc, part, nearest.i, weapon.i)
    ):  # fmt: skip
        return False  # "outside her flat in A, where a drone killed a neighbour"
    relatives = settings.get("relatives", ())
    if nearest.group == "target" and weapon.i - nearest.j <= _CLAUSE and any(
        doc.tokens[k].f in relatives for k in range(nearest.j, weapon.i)):  # fmt: skip
        return True  # "a plant that makes missiles"
    if nearest.group == "target":
        blow = doc.at[nearest.i - 1] if nearest.i > part.i else None
        if blow is not None and blow.concept == "strike.attack" and weapon.is_model_only:
            return False  # "a strike of the complex «Iskander»"
        between = range(nearest.j, weapon.i)
        if any(doc.tokens[k].text == "," and doc.at[k + 1] is None and doc.tokens[k + 1].kind == "w" for k in between):
            return False  # "a hit on a plant, by first word an Iskander"
        words = [k for k in between if not doc.tokens[k].is_quote and not _is_of_row(doc, k)]
        if len(words) == 1 and (of := doc.at[words[0]]) is not None and of.concept in ("num.of", "prep.of"):
            return True  # "a warehouse of drones"
        return len(words) <= 1 and all(doc.tokens[k].kind == "w" and doc.at[k] is None for k in words)
    return nearest.concept == "veto.trade" and any(m.group == "target" for m in before)


def is_stored(doc: Doc, part: Part, weapon: Weapon) -> bool:
    """ "A base for the storage of attack drones", "a depot with missiles": what lies there."""
    settings = doc.lexicon.settings
    k = _noun_of(doc, part, weapon)
    if k < part.i:
        return False
    stores: tuple[str, ...] = settings.get("store_stems", ())
    led = doc.at[k]
    is_means = doc.tokens[weapon.j - 1].f.endswith(tuple(settings.get("means", ())))
    if led is not None and led.concept == "prep.from" and k > part.i and (is_means or weapon.is_model_only):
        return doc.tokens[k - 1].f.startswith(stores)
    return not is_means and doc.tokens[k].f.startswith(stores)


def is_borne(doc: Doc, part: Part, weapon: Weapon) -> bool:
    """ "A ship carrying eight missiles", "a ship with eight missiles on board": it was not struck with them. Where
    what carries them strikes ("jets carrying missiles struck A"), they were used."""
    if part.has("prep.aboard") and any(
        0 <= m.i - weapon.j <= 1 or (0 < weapon.i - m.i <= _BORNE and _is_what_is_aboard(doc, m, weapon))
        for m in part.of("prep.aboard")
    ):
        return True
    words, named = doc.lexicon.settings.get("bearing", ()), {m.i for m in part.of("strike")}
    if weapon.i in named:
        return False  # "carried out four missile strikes"
    for k in range(weapon.i - 1, max(part.i, weapon.i - _BORNE) - 1, -1):
        m = doc.at[k]
        if doc.tokens[k].f in words:
            bearer = doc.at[k - 1] if k > part.i else None
            return k > part.i and (weapon.j not in named or (bearer is not None and bearer.group == "target"))
        is_between = m is None or m.group in _BETWEEN_BORNE or m.concept == "count.other"
        if not is_between or doc.tokens[k].text in ",;:":
            return False
    return False


def _is_what_is_aboard(doc: Doc, aboard: Mention, weapon: Weapon) -> bool:
    """ "On board were eight missiles": a figure behind it, and between them nothing else that is there."""
    between = doc.mentions_between(aboard.j, weapon.i)
    if any(m.group not in _ABOARD for m in between):
        return False
    return any(m.group == "num" for m in between) or any(doc.tokens[k].kind == "n" for k in range(aboard.j, weapon.i))


def _is_made_or_steered(doc: Doc, part: Part, weapon: Weapon) -> bool:
    """ "A post for steering drones", "a plant for the making of missiles"."""
    settings = doc.lexicon.settings
    k = _noun_of(doc, part, weapon)
    if k < part.i or doc.tokens[k].f not in settings.get("about_weapons", ()):
        return False
    return not doc.tokens[weapon.j - 1].f.endswith(tuple(settings.get("means", ())))


def _noun_of(doc: Doc, part: Part, weapon: Weapon) -> int:
    """The word ahead of a weapon and its adjectives."""
    k = weapon.i - 1
    while k > part.i and weapon.i - k <= _ATTRIBUTES and _is_attribute(doc, k):
        k -= 1
    return k


def _is_attribute(doc: Doc, k: int) -> bool:
    """An adjective between a noun and the weapon behind it: "of enemy attack drones"."""
    m = doc.at[k]
    if m is not None:
        return m.group == "side" or doc.tokens[k].is_quote
    token, settings = doc.tokens[k], doc.lexicon.settings
    if token.is_quote or token.kind != "w" or not token.is_lower:
        return token.is_quote
    return token.f not in settings.get("about_weapons", ()) and not token.f.startswith(settings.get("store_stems", ()))


def _is_of_row(doc: Doc, k: int) -> bool:
    """A bracket, a comma or another weapon of "depots (glide bombs, cruise missiles)"."""
    m = doc.at[k]
    return doc.tokens[k].text in "(," if m is None else m.group in ("weapon", "model")


def strike_kinds(weapons: list[Weapon]) -> list[str]:
    """The kinds for a strike report, without doubles, the vague ones only when nothing else is named."""
    out: list[str] = []
    for weapon in weapons:
        kind = REPORTED.get(weapon.kind, weapon.kind)
        if kind != "mixed" and kind not in out:
            out.append(kind)
    return out
