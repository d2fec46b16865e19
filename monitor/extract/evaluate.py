"""Scores readings against annotated passages, as READING.md section 3 says. Pure: records in, figures out.

A gold record holds ``reports`` (some ``optional``), ``optional_reports`` and ``must_not``; report fields may have
``<field>_alt`` lists, ``places_opt`` and ``place_from_channel``. A predicted record is a line of ``monitor classify``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.extract.text.tokens import fold_form
from monitor.extract.words.lexicon import Lexicon

__all__ = ["Score", "Tally", "evaluate", "similarity"]

Record = Mapping[str, Any]
_ISO = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_MISSILES = frozenset(("missile", "ballistic", "rocket"))
_NAMES_LEAST = 0.3


@dataclass(slots=True)
class Tally:
    """Counts of one kind or language; ``soft`` is the sum of similarities, ``strict`` of strict matches."""

    gold: int = 0
    predicted: int = 0
    soft: float = 0.0
    strict: int = 0

    def f1(self, *, strict: bool = False) -> float:
        hits = float(self.strict if strict else self.soft)
        precision = hits / self.predicted if self.predicted else 0.0
        recall = hits / self.gold if self.gold else 0.0
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass(slots=True)
class Score:
    """The result: tallies by kind and by language, critical errors, negatives that yielded something."""

    kinds: dict[str, Tally] = field(default_factory=dict)
    languages: dict[str, Tally] = field(default_factory=dict)
    critical: list[tuple[str, str]] = field(default_factory=list)
    negatives: int = 0
    false_negatives: int = 0
    passages: int = 0

    @property
    def all(self) -> Tally:
        total = Tally()
        for tally in self.kinds.values():
            total.gold += tally.gold
            total.predicted += tally.predicted
            total.soft += tally.soft
            total.strict += tally.strict
        return total


class _Atlas:
    """Which names mean which place, and what is above it."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._known: dict[str, frozenset[str]] = {}
        self._by_name: dict[str, set[str]] = {}
        for identity, name, _level, _parent, code, _people in lexicon.places:
            for key in (identity, name, code):
                if key:
                    self._by_name.setdefault(_plain(key), set()).add(identity)

    def ids(self, name: str) -> frozenset[str]:
        """Every id that a printed name or code may mean; a name unknown here means itself."""
        found = self._known.get(name)
        if found is None:
            if _ISO.fullmatch(name):
                found = frozenset((name,))
            else:
                ids = self._by_name.get(_plain(name)) or self._by_form(name)
                found = frozenset(ids or (name,))
            self._known[name] = found
        return found

    def _by_form(self, name: str) -> set[str]:
        rows = self._lexicon.rows(" ".join(fold_form(name)))
        return {row.id for row in rows}

    def is_known(self, name: str) -> bool:
        return bool(_ISO.fullmatch(name)) or self.ids(name) != frozenset((name,))

    def above(self, identity: str) -> list[str]:
        out: list[str] = []
        n = self._lexicon.index.get(identity)
        while n is not None and len(out) < 6:
            parent = self._lexicon.places[n][3]
            if not parent or parent in out:
                break
            out.append(parent)
            n = self._lexicon.index.get(parent)
        return out


def _plain(name: str) -> str:
    return re.sub(r"[\u2019'`\u02bc\-\u2013\s]", "", re.sub(r"\s*\([^)]*\)\s*$", "", name)).casefold()


def evaluate(gold: Iterable[Record], predicted: Mapping[str, Sequence[Record]], lexicon: Lexicon) -> Score:
    """Score the predicted reports by passage id."""
    atlas = _Atlas(lexicon)
    score = Score()
    for passage in gold:
        _passage(passage, predicted.get(str(passage["id"]), ()), score, atlas)
    return score


def _passage(passage: Record, reports: Sequence[Record], score: Score, atlas: _Atlas) -> None:
    items = passage.get("items", passage.get("reports", []))
    spare = passage.get("optional_items", passage.get("optional_reports", []))
    wanted = [g for g in items if not g.get("optional")]
    optional = [g for g in items if g.get("optional")] + list(spare)
    pairs = _match(wanted, reports, atlas)
    used = {j for _, j, _, _ in pairs}
    rest = [p for j, p in enumerate(reports) if j not in used]
    dropped = {j for _, j, _, _ in _match(optional, rest, atlas)}
    extra = [p for j, p in enumerate(rest) if j not in dropped]
    language = score.languages.setdefault(str(passage.get("lang")), Tally())
    for g in wanted:
        score.kinds.setdefault(g["kind"], Tally()).gold += 1
        language.gold += 1
    for i, _, likeness, is_strict in pairs:
        for tally in (score.kinds[wanted[i]["kind"]], language):
            tally.predicted += 1
            tally.soft += likeness
            tally.strict += is_strict
    for p in extra:
        score.kinds.setdefault(p["kind"], Tally()).predicted += 1
        language.predicted += 1
    score.passages += 1
    if not items:
        score.negatives += 1
        score.false_negatives += bool(extra)
    _critical(passage, [*items, *spare], reports, score, atlas)


def _critical(passage: Record, items: Sequence[Record], reports: Sequence[Record], score: Score, atlas: _Atlas) -> None:
    for rule in passage.get("must_not", []):
        if any(_is_forbidden(rule, p, atlas) for p in reports):
            score.critical.append((str(passage["id"]), f"must not: {dict(rule)}"))
    ends = [
        g for g in items
        if g["kind"] == "alert" and g["status"] == "end" and "air" in {g["threat"], *g.get("threat_alt", [])}
    ]  # fmt: skip
    for p in reports:
        is_all_clear = p["kind"] == "alert" and p["status"] == "end" and p.get("threat") in ("air", None)
        if is_all_clear and not _is_cleared(ends, p, atlas):
            score.critical.append((str(passage["id"]), "false all-clear"))


def _is_forbidden(rule: Record, p: Record, atlas: _Atlas) -> bool:
    for name, value in rule.items():
        if name == "places":
            said = {identity for place in p.get(name) or [] for identity in atlas.ids(place)}
            if not said & {identity for place in value for identity in atlas.ids(place)}:
                return False
        elif name == "weapons":
            if not set(p.get(name) or []) & set(value):
                return False
        elif p.get(name) != value:
            return False
    return True


def _is_cleared(ends: Sequence[Record], p: Record, atlas: _Atlas) -> bool:
    named = {i for g in ends for a in (*g.get("places", []), *g.get("places_opt", [])) for i in atlas.ids(a)}
    if any(not g.get("places") and not g.get("place_from_channel") for g in ends) or "UA" in named:
        return True
    if not p.get("places"):
        return any(g.get("place_from_channel") for g in ends)
    return bool(ends) and all(
        any(i in named or set(atlas.above(i)) & named for i in atlas.ids(q)) for q in p["places"] if atlas.is_known(q)
    )


def _match(gold: Sequence[Record], reports: Sequence[Record], atlas: _Atlas) -> list[tuple[int, int, float, bool]]:
    """Greedy, one to one, the most alike first; ties by order."""
    found = []
    for i, g in enumerate(gold):
        for j, p in enumerate(reports):
            likeness, is_strict = similarity(g, p, atlas)
            found.append((-likeness, i, j, is_strict))
    out = []
    used_gold: set[int] = set()
    used: set[int] = set()
    for minus, i, j, is_strict in sorted(found, key=lambda row: row[:3]):
        if -minus < _NAMES_LEAST or i in used_gold or j in used:
            continue
        used_gold.add(i)
        used.add(j)
        out.append((i, j, -minus, is_strict))
    return out


def similarity(g: Record, p: Record, atlas: _Atlas) -> tuple[float, bool]:
    """How alike a gold and a predicted report are, 0 to 1, and whether they match strictly."""
    if g["kind"] != p.get("kind"):
        return 0.0, False
    return _SIMILAR[g["kind"]](g, p, atlas)


def _alert(g: Record, p: Record, atlas: _Atlas) -> tuple[float, bool]:
    status = 1.0 if _equal(g, p, "status") else 0.5 if {g["status"], p.get("status")} == {"start", "threat"} else 0.0
    threat = _threat(g, p)
    places = _places(g, p, atlas)
    width = 1.0 if _equal(g, p, "scope") else 0.0
    likeness = 0.0 if status == 0 else 0.35 * status + 0.35 * places + 0.2 * threat + 0.1 * width
    return likeness, status == 1 and threat == 1 and places >= 0.99


def _strike(g: Record, p: Record, atlas: _Atlas) -> tuple[float, bool]:
    said, wanted = set(p.get("weapons") or []), set(g["weapons"])
    allowed = set(g.get("weapons_alt", []))
    is_right = said == wanted or (bool(said) and said <= wanted | allowed and (bool(said & wanted) or said <= allowed))
    weapons = 1.0 if is_right else 0.5 if said & (wanted | allowed) or "unknown" in said | wanted else 0.0
    places = _places(g, p, atlas)
    killed, injured = _one_of(g, p, "killed"), _one_of(g, p, "injured")
    target = 1.0 if p.get("target_kind") in (g["target_kind"], *g.get("target_alt", [])) else 0.0
    likeness = (
        0.3 * places + 0.2 * weapons + 0.15 * killed + 0.15 * injured + 0.05 * target
        + 0.1 * _date(g, p, "date") + 0.05 * _who(g, p, "attributed_to")
    )  # fmt: skip
    return (likeness if places else 0.0), places >= 0.5 and weapons == 1 and killed == 1 and injured == 1


def _count(g: Record, p: Record, atlas: _Atlas) -> tuple[float, bool]:
    value = p.get("value") == g["value"]
    weapon = 1.0 if _equal(g, p, "weapon") else 0.5 if {g["weapon"], p.get("weapon")} <= _MISSILES else 0.0
    if not value or weapon == 0:
        return 0.0, False
    measure = 1.0 if _equal(g, p, "measure") else 0.0
    period = 1.0 if g.get("period") is None or _equal(g, p, "period") else 0.0
    attacker = 1.0 if p.get("attacker") == g["attacker"] else 0.0
    likeness = (
        0.3 + 0.2 * measure + 0.1 * weapon + 0.1 * period + 0.1 * _date(g, p, "date_or_period")
        + 0.1 * _places(g, p, atlas) + 0.05 * attacker + 0.03 * _model(g, p) + 0.02 * _who(g, p, "claimed_by")
    )  # fmt: skip
    return likeness, bool(measure and weapon == 1 and period)


_SIMILAR = {"alert": _alert, "strike": _strike, "count": _count}


def _equal(g: Record, p: Record, name: str) -> bool:
    return p.get(name) == g.get(name) or p.get(name) in g.get(f"{name}_alt", [])


def _one_of(g: Record, p: Record, name: str) -> float:
    return 1.0 if p.get(name) == g[name] or p.get(name) in g.get(f"{name}_alt", []) else 0.0


def _threat(g: Record, p: Record) -> float:
    if _equal(g, p, "threat"):
        return 1.0
    pair = {g.get("threat"), p.get("threat")}
    return 0.5 if pair <= {"missile", "ballistic", "mig31k"} or ("air" in pair and g["status"] != "end") else 0.0


def _places(g: Record, p: Record, atlas: _Atlas) -> float:
    """F1 over places: exact 1, parent or child 0.5, country 0.25."""
    gold, free, said = list(g.get("places", [])), list(g.get("places_opt", [])), list(p.get("places") or [])
    if not gold:
        return 1.0 if not said or said == ["UA"] or all(_same(q, o, atlas) for q in said for o in free[:1]) else 0.0
    if not said:
        return 0.5 if g.get("place_from_channel") else 0.0
    recall = sum(max(_credit(a, b, atlas) for b in said) for a in gold) / len(gold)
    scored = [b for b in said if not any(_same(b, o, atlas) for o in free)]
    precision = sum(max(_credit(a, b, atlas) for a in gold) for b in scored) / len(scored) if scored else (
        1.0 if recall else 0.5)  # fmt: skip
    if not scored and recall == 0:
        recall = 0.5
    return 0.0 if recall + precision == 0 else 2 * recall * precision / (recall + precision)


def _same(a: str, b: str, atlas: _Atlas) -> bool:
    return a == b or _plain(a) == _plain(b) or bool(atlas.ids(a) & atlas.ids(b))


def _credit(a: str, b: str, atlas: _Atlas) -> float:
    if _same(a, b, atlas):
        return 1.0
    for x in atlas.ids(a):
        for y in atlas.ids(b):
            if y in atlas.above(x)[:3] or x in atlas.above(y)[:3]:
                return 0.25 if len(x) == 2 or len(y) == 2 else 0.5
    return 0.0


def _range(text: str) -> tuple[str, str]:
    parts = text.split("/")
    return parts[0][:10], parts[-1][:10]


def _date(g: Record, p: Record, name: str) -> float:
    allowed, said = [g.get(name), *g.get("date_alt", [])], p.get(name)
    if said in allowed:
        return 1.0
    if said is None:
        return 0.0
    ends = _range(said)
    for one in allowed:
        if one is not None and set(_range(one)) & set(ends):
            return 0.5
    return 0.0


def _model(g: Record, p: Record) -> float:
    one, two = g.get("model"), p.get("model")
    if one is None and two is None:
        return 1.0
    if one is None or two is None:
        return 0.5
    return 1.0 if _plain(one)[:5] == _plain(two)[:5] else 0.0


def _who(g: Record, p: Record, name: str) -> float:
    if not g.get(name):
        return 1.0
    if not p.get(name):
        return 0.5
    wanted = {word for word in re.findall(r"\w+", g[name].casefold()) if len(word) > 3}
    return 1.0 if wanted & set(re.findall(r"\w+", str(p[name]).casefold())) else 0.5
