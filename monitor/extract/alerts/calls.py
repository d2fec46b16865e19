"""Who a call is to: "A, attention!" before or behind the threat that it calls for."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.proposals import Proposal
from monitor.extract.claims import claimant_of
from monitor.extract.merging import is_list_item
from monitor.extract.places.units import country_of, ref
from monitor.extract.text.doc import Doc, Part, unread
from monitor.extract.vetoes import clause_starts
from monitor.extract.words.mentions import Mention
from monitor.model import PlaceRef

__all__ = [
    "heads_of",
    "is_bare_call",
    "is_behind_call",
    "is_below_notice",
    "is_call_of",
    "is_called_before",
    "is_course_read",
    "is_danger_called",
    "is_in_other_lands",
    "is_read_whole",
    "is_unplaced",
    "is_unplaced_siren",
    "is_unplaced_threat",
    "is_where_it_burst",
    "of_danger_before",
    "of_danger_told",
    "of_quoted",
    "threat_ended",
]

_TOLD: Final = 3
_TERSE: Final = 7
_FEW: Final = 3
_NOTICE: Final = 4
"""Sentences from an early notice to the places below it."""
_ROW: Final = 10
"""Tokens of a sentence that calls at a row of places."""


def is_called_before(found: list[Proposal], so_far: list[Proposal], n: int) -> bool:
    """ "Nizhyn, attention! Two drones from the north": who is called is under the threat that follows."""
    last = so_far[-1] if so_far else None
    is_call = last is not None and n - last.part.n == 1 and (
        last.rule == "alert.attention" or (last.rule == "alert.under_attack" and last.threat == "air")
        or (last.rule == "alert.threat" and _is_danger_called(last))
    )  # fmt: skip
    is_told = found[0].status == "threat" or found[0].rule == "alert.danger"
    return is_call and is_told and not found[0].sites and not found[0].is_everywhere


def _is_danger_called(call: Proposal) -> bool:
    """ "A, danger!": what the danger is, the sentence behind says."""
    beside = 2 * max(0, len(call.part.sites) - 1)  # "A, B: danger!"
    return call.status == "threat" and call.threat == "air" and call.part.j - call.part.i <= _TERSE + beside and not (
        call.part.has("weapon", "model"))  # fmt: skip


def is_unplaced(found: Proposal) -> bool:
    return not found.sites and not found.is_everywhere and (found.rule == "alert.danger" or found.status == "threat")


def is_bare_call(doc: Doc, part: Part) -> bool:
    """ "Belgorod, attention!", "Sumy, it flies at you": a place and a call, nothing else."""
    if part.j - part.i <= _ROW and doc.tokens[part.j - 1].text == "!" and part.sites and all(
        m.group in ("place", "level", "mark", "conj") for m in part.mentions
    ):  # fmt: skip
        return is_read_whole(doc, part)  # "A, B, C! Drones are over the road"
    is_call = part.has("alert.attention", "alert.fly") and not part.has("weapon", "model", "veto", "alert.clean")
    beside = sum(s.j - s.i + 1 for s in part.sites[1:])
    return bool(part.sites) and is_call and part.j - part.i - beside <= 8 and is_read_whole(doc, part)


def heads_of(doc: Doc, part: Part) -> list[PlaceRef]:
    """ "A, B: the airport is closed." before a danger without a place: who the post is for."""
    colon = next((k for k in range(part.i, part.j) if doc.tokens[k].text == ":"), -1)
    heads = [s for s in part.sites if s.j <= colon]
    is_head = bool(heads) and all(
        ((m := doc.at[k]) is not None and m.group in ("place", "level", "mark", "conj")) or doc.tokens[k].kind == "p"
        for k in range(part.i, colon)
    )
    return [s.ref for s in heads] if is_head else []


def is_unplaced_threat(so_far: list[Proposal], n: int) -> bool:
    """ "Missile threat! Residents of A, go to the shelters": the sentence right behind a threat or a danger without a
    place."""
    last = so_far[-1] if so_far else None
    is_on = last is not None and (last.status == "threat" or (last.status == "start" and last.rule == "alert.danger"))
    return last is not None and is_on and not last.sites and n - last.part.n == 1


def is_unplaced_siren(so_far: list[Proposal], n: int) -> bool:
    """ "Air alert! A, take shelter!": the same of a siren that has just been sounded."""
    last = so_far[-1] if so_far else None
    if last is None or last.status != "start" or last.ongoing or last.sites or last.is_everywhere:
        return False
    return last.rule == "alert.siren" and n - last.part.n == 1


def is_below_notice(doc: Doc, part: Part, so_far: list[Proposal]) -> bool:
    """ "Alerts are expected in your area. Go near a shelter. Areas: A, B": the row of places a few sentences below the
    early notice, of which nothing else is told."""
    last = so_far[-1] if so_far else None
    if last is None or last.rule != "alert.early_notice" or last.sites or part.n - last.part.n > _NOTICE:
        return False
    between = doc.parts[last.part.n + 1 : part.n]
    is_row = all(m.group in ("place", "level", "mark", "conj", "count") for m in part.mentions)
    return is_row and not part.numbers and is_list_item(doc, part) and not any(p.sites or p.numbers for p in between)


def is_behind_call(found: list[Proposal], so_far: list[Proposal], n: int) -> bool:
    """ "Kharkiv, take cover! A fast target": the threat behind the call is the one that it calls for."""
    last = so_far[-1] if so_far else None
    return (
        len(found) == 1
        and found[0].status == "threat"
        and not found[0].sites
        and not found[0].part.has("alert.everywhere")
        and last is not None
        and last.rule == "alert.attention"
        and last.threat == "other"
        and n - last.part.n == 1
    )


def is_call_of(found: list[Proposal], so_far: list[Proposal], n: int) -> bool:
    """ "Ballistics from the south! Odesa, Mykolaiv, take shelter": the call names who is under the threat before it."""
    last = so_far[-1] if so_far else None
    return (
        found[0].rule == "alert.attention"
        and last is not None
        and (
            last.status == "threat"
            or (last.rule == "alert.danger" and last.status == "start" and not last.sites)
            or is_unplaced_siren(so_far, n)
        )
        and last.rule != "alert.attention"
        and found[0].threat == "other"
        and not last.is_everywhere
        and n - last.part.n == 1
    )


def is_course_read(doc: Doc, part: Part) -> bool:
    """Whether every word of the clauses up to the last place is known: a remark behind a comma may follow."""
    last = part.sites[-1].j if part.sites else part.j
    stop = next((k for k in clause_starts(doc, part) if k > last), part.j)
    return all(
        doc.at[k] is not None or doc.tokens[k].kind != "w" or len(doc.tokens[k].f) == 1 for k in range(part.i, stop)
    )  # fmt: skip


def is_read_whole(doc: Doc, part: Part) -> bool:
    return all(
        doc.at[k] is not None or doc.tokens[k].kind != "w" or len(doc.tokens[k].f) == 1 for k in range(part.i, part.j)
    )  # fmt: skip


def is_where_it_burst(part: Part, so_far: list[Proposal]) -> bool:
    """ "Launches from A! B, explosions!": where it is heard is where it was aimed at."""
    is_terse = part.j - part.i <= _TERSE and bool(part.sites) and part.has("strike.explosion")
    return is_terse and not part.has("veto", "claim") and is_unplaced_threat(so_far, part.n) and (
        so_far[-1].part.line == part.line and so_far[-1].part.j - so_far[-1].part.i <= _TERSE)  # fmt: skip


def of_quoted(doc: Doc, part: Part) -> list[PlaceRef]:
    """ "«Air alert!», the governor of A wrote": of whoever is quoted, told behind the mark of quotation."""
    behind = doc.parts[part.n + 1] if part.n + 1 < len(doc.parts) else None
    if behind is None or behind.line != part.line or not doc.tokens[behind.i].is_quote or not behind.has("claim"):
        return []
    office = claimant_of(doc, behind, behind.i)[2] if behind.has("claimant") else None
    return [ref(doc.lexicon, office)] if office else []


def of_danger_before(doc: Doc, part: Part) -> list[PlaceRef]:
    """ "The danger of missiles was on in A for an hour. It was lifted at 9": that danger, where it was."""
    before = doc.parts[part.n - 1] if part.n and not part.sites else None
    if before is None or not before.has("alert.danger"):
        return []
    named = [s.ref for s in before.sites if s.role in ("at", "target", "name") and s.ref.level != "country"]
    return named if len(named) == 1 else []


def threat_ended(doc: Doc, p: Proposal, proposals: list[Proposal]) -> tuple[list[PlaceRef], str | None]:
    """ "A threat of guided bombs in A. The threat is over": the places of the sentence before, which the end cannot be
    wider than, and the threat that it told there. ([], None) where it tells nothing of alerts or attacks."""
    n = p.part.n - 1
    while n > 0 and not doc.parts[n].sites and _is_bare(doc.parts[n]):
        n -= 1  # "Attention!"
    before = doc.parts[n] if n >= 0 and not p.part.sites else None
    if before is None or not before.sites:
        return [], None
    told = [o for o in proposals if o.part.n == n and o.sites and o.status != "end" and not o.is_everywhere]
    own = [o for o in told if o.threat == p.threat] if p.threat != "other" else told
    if own:
        kinds = {o.threat for o in own}
        kind = own[0].threat if len(kinds) == 1 and own[0].threat not in ("air", None) else None
        return list(dict.fromkeys(site for o in own for site in o.sites)), kind
    if told or p.threat != "other" or not before.has("strike", "alert"):
        return [], None
    return [s.ref for s in before.sites if s.role in ("at", "target", "name") and s.ref.level != "country"], None


def _is_bare(part: Part) -> bool:
    return part.j - part.i <= _FEW and not part.has("weapon", "model", "strike", "toll")


def of_danger_told(p: Proposal, proposals: list[Proposal]) -> list[PlaceRef]:
    """ "A missile danger is declared in A, the governor says. Sirens!": where the danger told before it is."""
    for other in reversed(proposals):
        is_danger = other.status in ("start", "threat") and other.threat != "air" and not other.is_everywhere
        if is_danger and 0 < p.part.n - other.part.n <= _TOLD and all(s.level != "country" for s in other.sites):
            return list(other.sites)
    return []


def is_in_other_lands(doc: Doc, part: Part) -> bool:
    """Whether all that has been named up to a sentence lies in countries where no air alerts are sounded."""
    named = [s.ref.id or "" for one in doc.parts[: part.n + 1] for s in one.sites]
    lands = {land for identity in named if (land := country_of(doc.lexicon, identity)) is not None}
    return bool(lands) and lands.isdisjoint(doc.lexicon.settings.get("alert_countries", ()))


def is_danger_called(doc: Doc, part: Part, stated: Mention) -> bool:
    """ "Attention! Threat of an attack from the air.": the whole of a sentence, behind the call."""
    before = doc.parts[part.n - 1] if part.n else None
    is_alone = stated.j - stated.i > 1 and stated.i == part.i and unread(doc, part) == 0
    return is_alone and before is not None and before.line == part.line and before.has("alert.attention")
