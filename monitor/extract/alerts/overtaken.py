"""An alert that the text itself says is over, by the hours that it tells, or was false; the hour that a sentence
tells."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Final

from monitor.extract.alerts.proposals import Proposal, is_same_place
from monitor.extract.alerts.sirens import says_siren
from monitor.extract.text.doc import Doc, Part
from monitor.model import Moment

__all__ = ["hour_told", "with_place_before", "without_false", "without_overtaken"]

_AIR: Final = ("air", None)
_FIGURES, _LAST_HOUR = 2, 23
_NEAR: Final = 2
"""Sentences from the beginning to an end that names no place of its own."""
_AHEAD: Final = timedelta(minutes=10)
_AT_MOST: Final = timedelta(hours=12)
"""An hour further ahead is of the day before; no alert is believed to have lasted longer."""
_BY_A_FAULT: Final = 3
"""Words of "was set off by a fault"."""
_SOON: Final = 3
"""Sentences from a siren to what says that it was false."""
_OTHER: Final = (
    "weapon", "model", "strike", "toll", "act", "time.again", "alert.still", "alert.lasts", "time.yesterday",
    "alert.all_clear", "alert.all_clear_siren", "alert.lifted", "alert.event_over", "alert.shelter", "veto.denied",
)  # fmt: skip
_STORY: Final = 4
"""Sentences from a beginning to an end that says "there"."""
_STAMP: Final = 8
"""Tokens of a line that is an hour and little else."""


def hour_told(doc: Doc, part: Part) -> Moment | None:
    """The one hour that the sentence tells in figures with a colon, as the last such minute before the text was
    published, in the zone of its source; None: none, more than one, of another zone, or a text without a date."""
    if doc.local is None or ":" not in doc.source.text:
        return None
    found: list[int] = []
    tokens = doc.tokens
    for k in range(part.i, part.j - 2):
        if tokens[k + 1].text != ":" or tokens[k].kind != "n" or tokens[k + 2].kind != "n":
            continue
        hour, minute = tokens[k].text, tokens[k + 2].text
        if len(minute) != _FIGURES or len(hour) > _FIGURES or int(hour) > _LAST_HOUR or int(minute) >= 60:
            return None
        if not (tokens[k + 1].glued and tokens[k + 2].glued):
            return None
        found.append(int(hour) * 60 + int(minute))
    if len(found) != 1 or part.has("time.moscow", "time.kyiv", "time.pm", "time.am"):
        return None
    told = doc.local.replace(hour=found[0] // 60, minute=found[0] % 60, second=0, microsecond=0)
    if told > doc.local + _AHEAD:
        told -= timedelta(days=1)
    start = told.astimezone(UTC)
    return Moment(start, start + timedelta(minutes=1), "minute")


def without_overtaken(doc: Doc, proposals: list[Proposal]) -> list[Proposal]:
    """The proposals without each beginning that is overtaken: its hour and a later one of an end in the same places
    are told. Where an hour is missing, or the end is a line of a chronicle that goes on with something else, what
    begins and ends in one text is still on."""
    ends = [p for p in proposals if p.status == "end" and p.threat in _AIR and not p.is_doubtful]
    if not ends or all(p.status != "start" for p in proposals):
        return proposals
    out = []
    for p in proposals:
        if p.status == "start" and p.threat in _AIR and not p.ongoing and p.sites and _is_over(doc, p, ends):
            doc.note(p.part.i, p.part.j, "an alert that the text says is over since")
        else:
            out.append(p)
    return out


def with_place_before(doc: Doc, proposals: list[Proposal]) -> list[Proposal]:
    """ "Sirens sounded in A. After two hours the alert was lifted", "the alert there has been lifted": an end without a
    place of its own, behind the one alert that the text tells of, ended there and nowhere else; never in a whole
    country."""
    starts = [p for p in proposals if p.status == "start" and p.threat in _AIR]
    ends = [p for p in proposals if p.status == "end" and p.threat in _AIR]
    if len(starts) != 1 or len(ends) != 1 or doc.area:
        return proposals
    start, end = starts[0], ends[0]
    if end.is_everywhere or end.is_doubtful or start.ongoing or start.is_everywhere or not start.sites:
        return proposals
    if any(site.level == "country" for site in start.sites) or not (
        _is_there(start, end) if end.part.has("place.there") else _is_right_behind(start, end)
    ):
        return proposals
    again = ("time.again", "alert.still", "alert.lasts")
    if end.part.has(*again) and not end.part.has("alert.lifted"):
        return proposals
    behind = doc.parts[end.part.n + 1 :]
    if any(p.vetoes or (p.has("alert", "time.again") and not _is_elsewhere(p, start)) for p in behind):
        return proposals
    doc.note(start.part.i, start.part.j, "an alert that a sentence behind says is over")
    end.sites = list(start.sites)
    return [p for p in proposals if p is not start]


def _is_right_behind(start: Proposal, end: Proposal) -> bool:
    part = end.part
    is_bare = not end.sites and not part.sites and not part.has("place")
    return is_bare and part.n - start.part.n == 1 and part.line == start.part.line


def _is_there(start: Proposal, end: Proposal) -> bool:
    """ "There": what was read as its place is that of the alert."""
    is_same = len(end.sites) == len(start.sites) and all(
        any(is_same_place(a, b) for b in end.sites) for a in start.sites
    )
    return is_same and 0 < end.part.n - start.part.n <= _STORY


def _is_elsewhere(part: Part, start: Proposal) -> bool:
    """Whether a sentence names places, none of them one of the alert's."""
    return bool(part.sites) and not any(is_same_place(s.ref, a) for s in part.sites for a in start.sites)


def _is_over(doc: Doc, start: Proposal, ends: list[Proposal]) -> bool:
    began = hour_told(doc, start.part)
    for end in ends:
        over = hour_told(doc, end.part) or _stamped(doc, start, end)
        if began is None or over is None or began.start is None or over.start is None or began.start >= over.start:
            continue
        if over.start - began.start > _AT_MOST or end.part.has("time.again", "alert.still", "alert.lasts"):
            continue
        if _goes_on(doc, max(start.part.n, end.part.n), is_told_back=end.part.n < start.part.n):
            continue
        if not end.sites and 0 < end.part.n - start.part.n <= _NEAR:
            end.sites = list(start.sites)
        if all(any(is_same_place(a, b) for b in end.sites) for a in start.sites):
            return True
    return False


def _stamped(doc: Doc, start: Proposal, end: Proposal) -> Moment | None:
    """The hour of a short line of its own right before the end."""
    before = doc.parts[end.part.n - 1]
    is_stamp = end.part.n - 1 > start.part.n and before.j - before.i <= _STAMP
    return hour_told(doc, before) if is_stamp else None


def _goes_on(doc: Doc, n: int, *, is_told_back: bool) -> bool:
    """Whether something of an alert or an attack is told behind both: a chronicle that the end is one line of. Behind a
    beginning that is told after its end there may be why it was declared."""
    rest = doc.parts[n + 1 :]
    if is_told_back:
        return any(p.has("alert.siren", "alert.signal", "alert.still", "time.again") for p in rest)
    return any(p.has("alert", "strike", "weapon", "model", "act") or hour_told(doc, p) is not None for p in rest)


def without_false(doc: Doc, proposals: list[Proposal]) -> list[Proposal]:
    """The proposals without each siren that a sentence close behind says was false: set off by mistake, by a fault, for
    a check. What ends is kept, and so is a siren of another place, or one beside weapons that are told of."""
    if not proposals or not any("signal" in part.groups or "siren_test" in part.vetoes for part in doc.parts):
        return proposals
    return [p for p in proposals if not (p.status == "start" and p.threat in _AIR and _is_false(doc, p))]


def _is_false(doc: Doc, start: Proposal) -> bool:
    for other in doc.parts[start.part.n + 1 : start.part.n + 1 + _SOON]:
        if not _says_false(doc, other) or other.has(*_OTHER):
            continue
        is_same = all(any(is_same_place(s.ref, mine) for mine in start.sites) for s in other.sites)
        is_last = not any(p.has("time.again", "alert.still", "alert.lasts") for p in doc.parts[other.n + 1 :])
        if is_same and is_last:
            doc.note(start.part.i, start.part.j, "a siren that the text says was false")
            return True
    return False


def _says_false(doc: Doc, part: Part) -> bool:
    """ "The siren went off by mistake", "a false alarm", "it was a test of the sirens"."""
    if "siren_test" in part.vetoes:
        return True
    told = part.of("signal.retraction")
    if not told or any(0 <= told[0].i - no.j <= 1 for no in part.of("veto.negation", "veto.untrue")):
        return False  # "this is no false alarm"
    if part.has("alert.declared") and told[0].j - told[0].i >= _BY_A_FAULT:
        return True  # "the warning was set off by a fault"
    return part.has("alert.siren", "alert.signal") or any(says_siren(doc, m.i, m.j) for m in told)
