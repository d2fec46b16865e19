"""Names in a row: each with its figure in a tally, whose noun is left out, or the two ends of a train's run."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.text.tokens import DASHES
from monitor.extract.words.caseforms import case_of
from monitor.extract.words.lexicon import Candidate
from monitor.extract.words.mentions import Mention

__all__ = ["is_counted_in", "is_figured", "is_in_row", "is_row", "is_row_of_centres", "over_adjective", "without_runs"]

_REACH: Final = 12
_ROW: Final = 6
_TRAIN: Final = 4
_LEAST: Final = 2
_RUN: Final = 7


def is_figured(doc: Doc, part: Part, m: Mention) -> bool:
    """ "... (Belgorod's - 20, Oryol's - 12)", "Voronezh's: 5 drones": one of a tally, each with its figure."""
    k = m.j + 1
    is_told = len(part.numbers) > 2 and part.has("act.shot_down", "act.merged", "act.launched")
    if is_told and doc.tokens[m.i - 1].text in DASHES and any(n.j == m.i - 1 for n in part.numbers):
        return True  # "17 - Belgorod's, nine - Voronezh's"
    is_told = is_told or (m.i == part.i and k < part.j and doc.tokens[m.j].text == ":" and part.has("weapon", "model"))
    return is_told and k < part.j and doc.tokens[m.j].text in "-\u2013\u2014:" and any(n.i == k for n in part.numbers)


def is_row(doc: Doc, part: Part) -> bool:
    """ "Kharkiv's - 3": a line of a table of weapons, that is a name and a figure."""
    if not part.numbers or part.j - part.i > _ROW:
        return False
    return any(p.has("weapon", "model") for p in doc.parts[max(0, part.n - _REACH) : part.n + 1])


def is_counted_in(doc: Doc, part: Part, over: Mention) -> bool:
    """ "29 in the Belgorod", "8 - in the Kursk": a figure right ahead of the preposition, below a figure of weapons."""
    k = over.i - 1
    if k > part.i and doc.tokens[k].text in DASHES:
        k -= 1
    if not any(n.j == k + 1 and not n.is_article for n in part.numbers):
        return False
    return any(p.numbers and p.has("weapon", "model") and p.has("act.shot_down", "act.merged", "act.launched")
               for p in doc.parts[max(0, part.n - _REACH) : part.n + 2])  # fmt: skip


def is_in_row(doc: Doc, part: Part, m: Mention) -> bool:
    """ "40 over the Volgograd region, 22 over Rostov, five over Kursk": a row that began with regions goes on so."""
    if not part.has("act.shot_down", "act.merged") or not _is_counted_over(doc, part, m):
        return False
    if any(doc.tokens[k].text == ":" for r in part.of("level.oblasts") for k in range(r.j, min(r.j + 2, m.i))):
        return True  # "downed over several regions: 7 in Kursk, 3 in Belgorod"
    is_told = part.has("claimant.mod_ru", "claimant.mod")  # a ministry counts by regions
    for name in part.of("place"):
        if name.i >= m.i or not name.rows or not (is_told or _is_counted_over(doc, part, name)):
            continue
        after, before = doc.at[name.j], doc.at[name.i - 1]
        is_long = name.j - name.i > 1 and all(one.level == "oblast" for one in name.rows)
        if is_long or any(x is not None and x.concept == "level.oblast" for x in (before, after)):
            return True
    return False


def is_row_of_centres(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The Russian ministry: 29 in Belgorod, 18 in Bryansk, 12 in Kursk": a ministry counts by regions, and they are
    told by their centres. One other town in the row, and it is a row of towns."""
    if not part.has("claimant.mod_ru", "claimant.mod") or not part.has("act.shot_down", "act.merged"):
        return False
    if part.has("level") or not _is_counted_over(doc, part, m):
        return False
    row = [name for name in part.of("place") if name.rows and _is_counted_over(doc, part, name)]
    centres = [name for name in row if any(_is_centre(doc, one) for one in name.rows)]
    first = [name for name in row if name not in centres and any(one.level == "oblast" for one in name.rows)]
    return len(centres) >= _LEAST and len(centres) + len(first) == len(row)


def _is_centre(doc: Doc, one: Candidate) -> bool:
    """Whether a region is called by the name of a town."""
    if one.level != "city" or not one.parent:
        return False
    named = doc.lexicon.rows(f"{one.name.casefold()} {doc.lexicon.settings.get('centre_of', '')}")
    return any(region.id == one.parent for region in named)


def _is_counted_over(doc: Doc, part: Part, m: Mention) -> bool:
    """Whether a number and "over" stand before a name, another name joined to it at most between."""
    k = m.i - 1
    for _ in range(3):
        joint = doc.at[k] if k > part.i else None
        if joint is None or joint.concept != "conj.and" or (other := doc.at[k - 1]) is None or not other.rows:
            break
        k = other.i - 1
    over = doc.at[k] if k > part.i else None
    if over is not None and over.concept == "level.oblast":
        over = doc.at[over.i - 1]  # "29 in the region of A"
    if over is None or over.i <= part.i or over.concept not in ("prep.over", "prep.at"):
        return False
    before = doc.at[over.i - 1]
    if before is not None and before.group == "weapon" and before.i > part.i:
        return doc.tokens[before.i - 1].kind == "n"
    return doc.tokens[over.i - 1].kind == "n" or (before is not None and before.group == "num")


def without_runs(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """Without the two ends of a train's run: "the train A - B", "the A-B train"; or where it goes: "the train to A"."""
    sites = [s for s in sites if not _is_end_of_quoted_run(doc, part, s)]
    if not part.has("target.rail", "target.other"):
        return sites
    trains = tuple(doc.lexicon.settings.get("trains", ()))
    ends = {s.i for s in sites if part.has("target.rail") and _is_where_it_goes(doc, part, s, trains)}
    for one, other in pairwise(sites) if ends else ():
        if one.i in ends and _is_row(doc, one, other):
            ends.add(other.i)  # "the trains to A, B and C"
    for one, other in pairwise(sites):
        gap = range(one.j, other.i)
        if len(gap) > 1 or not all(doc.tokens[k].text in DASHES for k in gap):
            continue
        ahead = range(max(part.i, one.i - _TRAIN), one.i)
        behind = range(other.j, min(part.j, other.j + 2))
        no = doc.at[one.i - 2] if one.i - 2 >= part.i and doc.tokens[one.i - 1].kind == "n" else None
        if any(doc.tokens[k].f.startswith(trains) for k in (*ahead, *behind)) or (
            no is not None and no.concept == "num.no"  # "No. 31 A - B"
        ):
            ends |= {one.i, other.i}
    runs = doc.lexicon.settings.get("runs", ())
    for k in range(part.i, part.j):
        if doc.tokens[k].f not in runs:
            continue
        behind_it = [s for s in sites if k < s.i <= k + _RUN][:2]  # "the train linking A to B"
        past = doc.at[behind_it[0].i - 1] if behind_it else None
        if past is not None and past.concept == "prep.past":
            ends.add(behind_it[0].i)  # "the trains go round by way of A"
        elif any(t.f.startswith(trains) for t in doc.tokens[max(part.i, k - _RUN) : k]):
            dashed = [s.i for s in behind_it if _is_beside_dash(doc, part, s)]  # "... A - B", where A is not known
            ends.update(dashed or ([s.i for s in behind_it] if len(behind_it) > 1 else ()))
    return [s for s in sites if s.i not in ends] if ends else sites


def _is_end_of_quoted_run(doc: Doc, part: Part, site: Site) -> bool:
    """ "The ferry «A - B»": one half of what stands in quotes around a dash."""
    before, behind = (
        doc.tokens[site.i - 1] if site.i > part.i else None,
        doc.tokens[site.j] if site.j < part.j else None,
    )
    if before is None or behind is None:
        return False
    if behind.is_quote and before.text in DASHES:
        return any(token.is_quote for token in doc.tokens[max(part.i, site.i - _RUN) : site.i - 1])
    if before.is_quote and behind.text in DASHES:
        return any(token.is_quote for token in doc.tokens[site.j + 1 : min(part.j, site.j + _RUN)])
    return False


def _is_where_it_goes(doc: Doc, part: Part, site: Site, trains: tuple[str, ...]) -> bool:
    """ "The trains to A are late": right behind the train; not "the train in A"."""
    prep = doc.at[site.i - 1] if site.i - 1 > part.i else None
    if prep is None or prep.concept not in ("prep.to", "prep.at") or not doc.tokens[prep.i - 1].f.startswith(trains):
        return False
    case = case_of(doc, site)
    return case == "acc" or (prep.concept == "prep.to" and case != "loc")


def _is_row(doc: Doc, one: Site, other: Site) -> bool:
    """Whether a comma, or the word for "and", alone stands between two names."""
    joint = doc.at[one.j]
    is_comma = other.i == one.j + 1 and doc.tokens[one.j].text == ","
    return is_comma or (joint is not None and joint.concept == "conj.and" and joint.j == other.i)


def _is_beside_dash(doc: Doc, part: Part, site: Site) -> bool:
    return any(part.i <= k < part.j and doc.tokens[k].text in DASHES for k in (site.i - 1, site.j))


def over_adjective(doc: Doc, part: Part, k: int) -> int:
    """ "The border region of A", in a language that writes its adjectives behind: the token ahead of the adjective."""
    ahead = doc.at[k - 1] if k - 1 >= part.i and doc.at[k] is None and doc.tokens[k].is_lower else None
    return k - 1 if ahead is not None and ahead.group == "level" else k
