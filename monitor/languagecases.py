"""Cases: whole texts and exactly what they say, written by speakers who write no code.

A file of ``languages/<code>/cases/`` holds ``[[case]]`` tables; ``known-failures.toml`` beside the folder names the
cases that are read wrongly today. A report is written in short words, see ``parse``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.errors import LanguageDataError
from monitor.extract import Lexicon, read
from monitor.model import AlertReport, CountReport, PlaceRef, Reading, Report, Signal, StrikeReport

__all__ = ["Case", "Wanted", "cases_of", "differences", "folders_of", "known_failures", "parse", "read_case", "short"]

PUBLISHED = datetime(2026, 3, 4, 9, tzinfo=UTC)
"""When a case was published that does not say so: Wednesday, 4 March 2026, 11:00 in Kyiv."""

_KEYS = frozenset(("name", "text", "title", "published", "area", "claimant", "zone", "side", "reports", "signals"))
_FIELD = re.compile(r"\s(\w+)=")
_NAMES = {
    "alert": {"except": "except_places"},
    "strike": {"target": "target_kind", "by": "attributed_to"},
    "count": {"of": "subset_of", "date": "date_or_period", "by": "claimed_by", "max": "value_max"},
}
_FLAGS = {"alert": ("ongoing",), "strike": ("retro",), "count": ("retro",)}
_HEADS: dict[str, tuple[str, ...]] = {
    "alert": ("status", "threat"),
    "strike": (),
    "count": ("measure", "value", "weapon"),
}
_UNSHOWN = ("kind", "evidence", "places", "nature", "scope", "vocabulary", "attacker")
_FIELDS = {
    kind: tuple(field.name for field in fields(of))
    for kind, of in (("alert", AlertReport), ("strike", StrikeReport), ("count", CountReport))
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One report as a case writes it. ``fields`` holds only what was written; ``places`` None: not compared."""

    words: str
    kind: str
    fields: Mapping[str, str | bool | None]
    places: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Case:
    """One text with everything it says. ``signals`` None: not compared. ``line`` is where its table begins."""

    language: str
    name: str
    text: str
    reports: tuple[Wanted, ...]
    file: Path
    line: int
    signals: tuple[str, ...] | None = None
    title: str | None = None
    published: datetime = PUBLISHED
    area: tuple[str, ...] = ()
    claimant: str | None = None
    zone: str = "Europe/Kyiv"
    side: str | None = None

    @property
    def id(self) -> str:
        return f"{self.language}/{self.name}"


# ── the short words ───────────────────────────────────────────────────────────────────────────────


def parse(words: str) -> Wanted:
    """A report in short words. Raises ``ValueError`` with a sentence.

    ``alert STATUS THREAT [PLACES] ongoing level=… except=…``, ``strike [PLACES] killed=… injured=… weapons=a+b
    target=… date=… retro``, ``count MEASURE VALUE WEAPON [PLACES] period=… date=… by=… of=… bound=… max=… model=…``.
    One place needs no brackets, ``[]`` is no place, no place at all is not compared. A field written ``null`` must
    be empty; a hyphen in the head is not compared.
    """
    starts = list(_FIELD.finditer(words))
    head = words[: starts[0].start()] if starts else words
    kind, _, rest = head.strip().partition(" ")
    if kind not in _NAMES:
        raise ValueError(f"a report begins with alert, strike or count, not with {kind!r}")
    said: dict[str, str | bool | None] = {}
    for nth, start in enumerate(starts):
        end = starts[nth + 1].start() if nth + 1 < len(starts) else len(words)
        value = _flags(kind, words[start.end() : end].strip(), said)
        name = _NAMES[kind].get(start[1], start[1])
        if name not in _FIELDS[kind]:
            raise ValueError(f"{kind} has no field {start[1]!r}")
        said[name] = None if value == "null" else value
    rest = _flags(kind, rest, said)
    for name in _HEADS[kind]:
        value, _, rest = rest.strip().partition(" ")
        if not value or value.startswith("["):
            raise ValueError(f"{kind} needs its {name} before the places")
        if value != "-":
            said[name] = None if value == "null" else value
    return Wanted(words, kind, said, _listed(rest))


def _tabled(table: Mapping[str, Any]) -> Wanted:
    """A report written as a table with the fields of READING.md."""
    said: dict[str, str | bool | None] = {}
    for name, value in table.items():
        if name in ("kind", "places"):
            continue
        if name not in _FIELDS[table["kind"]]:
            raise ValueError(f"{table['kind']} has no field {name!r}")
        if isinstance(value, list):
            value = ("+" if name == "weapons" else ", ").join(value)
        said[name] = value if isinstance(value, bool) else str(value)
    places = tuple(table["places"]) if "places" in table else None
    return Wanted(str(dict(table)), table["kind"], said, places)


def _flags(kind: str, words: str, said: dict[str, str | bool | None]) -> str:
    """The words without the flags at their end, which go into ``said``."""
    for flag in _FLAGS[kind]:
        if words == flag or words.endswith(" " + flag):
            said[flag] = True
            words = words[: -len(flag)].rstrip()
    return words


def _listed(words: str) -> tuple[str, ...] | None:
    words = words.strip()
    if not words:
        return None
    if words.startswith("[") and words.endswith("]"):
        words = words[1:-1]
    return tuple(name.strip() for name in words.split(",") if name.strip())


def short(report: Report) -> str:
    """A report in the same short words, with every field that says something."""
    heads = _HEADS[report.kind]
    shown = {full: name for name, full in _NAMES[report.kind].items()}
    flags: list[str] = []
    pairs: list[str] = []
    for name in _FIELDS[report.kind]:
        value = getattr(report, name)
        if name in _UNSHOWN or name in heads or value in (None, (), False, ""):
            continue
        if value is True:
            flags.append(name)
        else:
            pairs.append(f"{shown.get(name, name)}={_plain(name, value)}")
    places = "[" + ", ".join(place.name for place in report.places) + "]"
    return " ".join((report.kind, *(str(getattr(report, name)) for name in heads), places, *flags, *pairs))


def _plain(name: str, value: Any) -> str:
    if isinstance(value, tuple):
        return "+".join(value) if name == "weapons" else ", ".join(place.name for place in value)
    return str(value)


# ── comparing ─────────────────────────────────────────────────────────────────────────────────────


def differences(case: Case, reading: Reading) -> list[str]:
    """What the reading says otherwise than the case, in sentences; none: it is read as written."""
    wanted, found = case.reports, reading.reports
    partner: dict[int, int] = {}
    for nth in range(len(wanted)):
        _pair(nth, wanted, found, partner, set())
    missed = sorted(set(range(len(wanted))) - set(partner.values()))
    extra = sorted(set(range(len(found))) - set(partner))
    out = [f"not read: {wanted[nth].words}" for nth in missed]
    out += [f"read but not meant: {short(found[nth])}" for nth in extra]
    if case.signals is not None:
        said = sorted(_signal(signal) for signal in reading.signals)
        if not _same_signals(sorted(case.signals), said):
            out.append(f"signals are {said}, not {sorted(case.signals)}")
    return out


def _pair(
    nth: int, wanted: Sequence[Wanted], found: Sequence[Report], partner: dict[int, int], tried: set[int]
) -> bool:
    """Give wanted report ``nth`` a found one, moving others where that helps."""
    for at, report in enumerate(found):
        if at not in tried and _fits(wanted[nth], report):
            tried.add(at)
            if at not in partner or _pair(partner[at], wanted, found, partner, tried):
                partner[at] = nth
                return True
    return False


def _fits(wanted: Wanted, report: Report) -> bool:
    if wanted.kind != report.kind:
        return False
    if wanted.places is not None and not _same_places(wanted.places, report.places):
        return False
    return all(_same(name, value, getattr(report, name)) for name, value in wanted.fields.items())


def _same(name: str, wanted: str | bool | None, found: Any) -> bool:
    if isinstance(wanted, bool):
        return wanted is found
    if name == "weapons":
        return set((wanted or "").split("+")) - {""} == set(found)
    if name == "except_places":
        return _same_places(_listed(wanted or "") or (), found)
    if name == "threat" and wanted == "air":
        return found in (None, "air")
    return (wanted is None and found is None) or (found is not None and str(found) == wanted)


def _same_places(wanted: Sequence[str], found: Sequence[PlaceRef]) -> bool:
    """Each wanted name (or id) stands for one found place, and none is left."""
    left = list(found)
    for name in wanted:
        hit = next((place for place in left if name in (place.name, place.id, place.code)), None)
        if hit is None:
            return False
        left.remove(hit)
    return not left


def _signal(signal: Signal) -> str:
    return f"{signal.kind} {signal.of}" if signal.of else signal.kind


def _signal_words(given: str | Mapping[str, Any]) -> str:
    """``drill`` or ``retraction alert``, also where it is written as a table."""
    if isinstance(given, str):
        return given
    return f"{given['kind']} {given['of']}" if given.get("of") else str(given["kind"])


def _same_signals(wanted: Sequence[str], found: Sequence[str]) -> bool:
    return len(wanted) == len(found) and all(
        one == other or one == other.partition(" ")[0] for one, other in zip(wanted, found, strict=True)
    )


def read_case(case: Case, lexicon: Lexicon) -> Reading:
    """What is read in the text of a case."""
    return read(
        case.text,
        lexicon,
        title=case.title,
        published=case.published,
        claimant=case.claimant,
        area=case.area,
        zone=case.zone,
        side=case.side,  # type: ignore[arg-type]
    )


# ── files ─────────────────────────────────────────────────────────────────────────────────────────


def folders_of(*roots: Path) -> list[Path]:
    """The language folders below some roots."""
    return [
        path for root in roots if root.is_dir() for path in sorted(root.iterdir()) if (path / "words.toml").is_file()
    ]


def cases_of(folder: Path) -> list[Case]:
    """Every case of a language folder. Raises ``LanguageDataError`` with file and line."""
    out: list[Case] = []
    seen: dict[str, Case] = {}
    for path in sorted((folder / "cases").glob("*.toml")):
        for case in _cases(path, folder.name):
            if case.name in seen:
                raise LanguageDataError(f"{path}, line {case.line}: there is another case named {case.name!r}")
            seen[case.name] = case
            out.append(case)
    return out


def _cases(path: Path, language: str) -> Iterator[Case]:
    text = path.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text).get("case", [])
    except tomllib.TOMLDecodeError as error:
        raise LanguageDataError(f"{path}: {error}") from error
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == "[[case]]"]
    for nth, table in enumerate(tables):
        line = lines[nth] if nth < len(lines) else 1
        try:
            yield _case({"name": f"{path.stem}-{nth + 1}", **table}, path, language, line)
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            what = f"needs {problem}" if isinstance(problem, KeyError) else problem
            raise LanguageDataError(f"{path}, line {line}: {what}") from problem


def _case(table: dict[str, Any], path: Path, language: str, line: int) -> Case:
    unknown = set(table) - _KEYS
    if unknown:
        raise ValueError(f"a case has no {', '.join(sorted(unknown))}")
    published = table.get("published", PUBLISHED)
    if isinstance(published, str):
        published = datetime.fromisoformat(published)
    area = table.get("area", ())
    return Case(
        language=language,
        name=table["name"],
        text=table["text"].strip("\n"),
        reports=tuple(parse(words) if isinstance(words, str) else _tabled(words) for words in table["reports"]),
        file=path,
        line=line,
        signals=tuple(map(_signal_words, table["signals"])) if "signals" in table else None,
        title=table.get("title"),
        published=published if published.tzinfo else published.replace(tzinfo=UTC),
        area=(area,) if isinstance(area, str) else tuple(area),
        claimant=table.get("claimant"),
        zone=table.get("zone", "Europe/Kyiv"),
        side=table.get("side"),
    )


def known_failures(folder: Path) -> dict[str, str]:
    """Case name → why it is read wrongly today."""
    path = folder / "known-failures.toml"
    if not path.is_file():
        return {}
    try:
        found: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8")).get("failures", {})
    except tomllib.TOMLDecodeError as error:
        raise LanguageDataError(f"{path}: {error}") from error
    if any(not isinstance(reason, str) or not reason.strip() for reason in found.values()):
        raise LanguageDataError(f'{path}: write "name of the case" = "why it is read wrongly"')
    return found
