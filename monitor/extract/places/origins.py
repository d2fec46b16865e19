"""Places that something came from: rows of launch areas, also where their names are not known."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import HELD, ancestors
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = [
    "is_around",
    "is_below_launches",
    "is_in_areas",
    "is_row_of_origins",
    "is_where_its_owner_fires",
    "is_where_planes_fire",
    "is_where_took_off",
]

_ROW: Final = 4
_LIST: Final = 20
_NEAR: Final = 6
_TAKEN_OFF: Final = 6
_AHEAD: Final = 2
_LINE: Final = 12
_LINES: Final = 10
_BETWEEN: Final = frozenset(",/;-\u2013")
_LAUNCHES: Final = frozenset(("act.launched", "act.fired", "act.launch_noun"))


def is_where_planes_fire(doc: Doc, part: Part, site: Site, sites: list[Site]) -> bool:
    """ "Bombs launched from aircraft in the Russian region of A": in Russia, or abroad from what they hit."""
    if not part.has("weapon.carrier", "count.other") or not part.has_any(_LAUNCHES):
        return False
    k = site.i - 1
    while k > part.i and (m := doc.at[k]) is not None and m.group in ("prep", "level", "side", "place"):
        k = m.i - 1
    planes = doc.at[k] if site.i - k <= _NEAR + 1 and k < site.i - 1 else None
    if planes is None or planes.concept not in ("weapon.carrier", "count.other") or planes.i <= part.i:
        return False
    by = doc.at[planes.i - 1]
    if by is not None and by.concept not in ("prep.from", "prep.agent") and by.concept not in _LAUNCHES:
        return False  # "over from its side": whose planes are told
    is_fired = any(same_clause(doc, part, min(m.i, site.i), max(m.i, site.i)) for m in part.of(*_LAUNCHES))
    own = set(ancestors(doc.lexicon, site.ref.id)) | {site.ref.id}
    return is_fired and ("RU" in own or any(_is_abroad(doc, s, own) for s in sites if s is not site))


def _is_abroad(doc: Doc, site: Site, own: set[str | None]) -> bool:
    return site.ref.level != "country" and not own & set(ancestors(doc.lexicon, site.ref.id))


def is_below_launches(doc: Doc, part: Part, sites: list[Site]) -> bool:
    """ "Launches of drones:", and below it "A - 10", "B - 6": where they started, in Russia or what it holds."""
    if not sites or part.n == 0 or not _is_line_of_launches(part):
        return False
    for other in reversed(doc.parts[max(0, part.n - _LINES) : part.n]):
        if other.has("act.launch_noun") and not other.sites:
            is_head = other.has("weapon", "model") and not other.has("strike")
            return is_head and other.line < part.line and all(_is_russian(doc, s) for s in sites)
        if not other.sites or not _is_line_of_launches(other):
            return False
    return False


def _is_line_of_launches(part: Part) -> bool:
    return bool(part.numbers) and part.j - part.i <= _LINE and not part.has("act", "strike", "alert", "toll", "claim")


def _is_russian(doc: Doc, site: Site) -> bool:
    own = {site.ref.id, *ancestors(doc.lexicon, site.ref.id)}
    return "RU" in own or not own.isdisjoint(HELD)


def is_row_of_origins(doc: Doc, i: int, j: int) -> bool:
    """ "From Russia and the annexed Crimea": words that nobody knows say what the second is like."""
    joint = doc.at[i] if i < j <= i + _ROW else None
    return joint is not None and joint.concept == "conj.and" and all(
        doc.at[k] is None and doc.tokens[k].is_lower for k in range(joint.j, j))  # fmt: skip


def is_around(doc: Doc, last: Site, site: Site, told: Mention | None) -> bool:
    """ "From A in the region of B", "from A (the coast of B)": where the launch area before it lies."""
    if doc.tokens[last.j].text == "(" and site.i - last.j <= _ROW:
        return all(doc.tokens[k].kind == "w" for k in range(last.j + 1, site.i))
    if told is None or told.concept not in ("prep.at", "prep.of", "level.oblast") or site.ref.level == "city":
        return False
    return site.i - last.j <= _ROW and site.ref.id in ancestors(doc.lexicon, last.ref.id)


def is_in_areas(doc: Doc, part: Part, site: Site) -> bool:
    """ "From the directions of Nowhere, A, B": launch areas whose first names nobody knows."""
    if "prep.areas" not in part.groups:
        return False
    areas = [m for m in part.of("prep.areas") if m.j <= site.i]
    if not areas or site.i - areas[-1].j > _LIST:
        return False
    is_among = False
    for k in range(areas[-1].j, site.i):
        m, token = doc.at[k], doc.tokens[k]
        if m is not None and (m.group in ("level", "side") or m.concept == "conj.and"):
            continue
        if m is not None and m.concept == "count.other" and k + 1 < site.i and doc.tokens[k + 1].is_capital:
            continue  # "from around the (Russian) towns of Nowhere, A"
        if m is not None and m.concept == "num.subset":
            is_among = True  # "including the occupied A"
            continue
        if m is not None and m.concept == "prep.at" and m.j == site.i and doc.tokens[k - 1].is_capital:
            continue  # "from three directions - cape A in B"
        is_what = k + 1 < site.i and doc.tokens[k + 1].is_capital and doc.at[k + 1] is None  # "the cape of A"
        if m is not None or (
            token.kind == "w" and not token.is_capital and not is_among and not is_what
        ) or token.kind == "n":  # fmt: skip
            return False
    return True


def is_where_took_off(doc: Doc, part: Part, site: Site) -> bool:
    """ "The take-off of a MiG-31K in the region of A", "in A a MiG took off": in Russia, beside the word for it; "at
    the airfield of A six bombers stand loaded", where nothing else is told of."""
    if not part.has("weapon.mig31k", "weapon.carrier"):
        return False
    if site.ref.id != "RU" and "RU" not in ancestors(doc.lexicon, site.ref.id):
        return False
    if part.has("weapon.carrier") and not part.has("strike", "toll", "act", "alert"):
        return True
    return "alert.takeoff" in part.groups and any(
        (0 <= site.i - m.j <= _TAKEN_OFF or 0 <= m.i - site.j <= _AHEAD) and same_clause(doc, part, m.i, site.i)
        for m in part.of("alert.takeoff")
    )


def is_where_its_owner_fires(doc: Doc, part: Part, site: Site) -> bool:
    """ "25 Iskander-M (Bryansk, Voronezh)", "seven Kinzhals (airspace of Lipetsk)": in brackets behind a missile that
    one side alone has, a place of that side, or a sea."""
    k = site.i - 1
    while k > part.i and doc.tokens[k].text != "(":
        m = doc.at[k]
        is_row = doc.tokens[k].text in _BETWEEN or (m is not None and m.group in ("place", "level", "conj", "prep"))
        if not is_row and not (m is None and doc.tokens[k].kind == "w" and doc.tokens[k].is_lower):
            return False
        k -= 1
    model = doc.at[k - 1] if k > part.i else None
    if model is None or model.group != "model" or model.data.get("side") != "RU":
        return False
    return site.ref.level == "sea" or _is_russian(doc, site)
