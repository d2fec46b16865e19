"""What `monitor languages` does: the state of each language, what breaks a rule, and a skeleton for a new one."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.catalogue import LANGUAGES, load_gazetteer, load_lexicon
from monitor.errors import InputError, LanguageDataError, MonitorError
from monitor.extract import Lexicon
from monitor.extract.layout import lay_out
from monitor.extract.text.notation import expand
from monitor.languagecases import cases_of, differences, folders_of, known_failures, read_case

__all__ = ["Problem", "State", "check", "new_language", "state_of"]

_SECTIONS = (("numbers", "num."), ("months", "month."), ("weekdays", "weekday."))


@dataclass(frozen=True, slots=True)
class State:
    """How far one language is: forms as written, phrases, place names, cases and those still read wrongly."""

    code: str
    name: str
    concepts: int
    forms: int
    phrases: int
    place_names: int
    cases: int
    cases_of_nothing: int
    known_failures: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: where (``line`` 0: the file as a whole) and what to do about it."""

    file: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.what}" if self.line else f"{self.file}: {self.what}"


def state_of(folder: Path) -> State:
    """The state of a language folder. Raises ``LanguageDataError``."""
    words = _toml(folder / "words.toml")
    cases = cases_of(folder)
    forms = list(_forms(words))
    return State(
        code=folder.name,
        name=str(words.get("language", {}).get("name", "")),
        concepts=len({concept for concept, _ in forms}),
        forms=len(forms),
        phrases=len(_phrases(folder)),
        place_names=sum(map(len, _toml(folder / "places.toml").get("names", {}).values())),
        cases=len(cases),
        cases_of_nothing=sum(not case.reports for case in cases),
        known_failures=len(known_failures(folder)),
    )


def check(overlay: Path | None, codes: Sequence[str] = ()) -> list[Problem]:
    """Every broken rule of the languages (``codes``: of these only), packaged and overlaid."""
    folders = [f for f in folders_of(*_roots(overlay)) if not codes or f.name in codes]
    concepts = _concepts(overlay)
    known_places = load_gazetteer().places
    out: list[Problem] = []
    for folder in folders:
        try:
            out += _check_words(folder, concepts)
            out += _check_places(folder, known_places)
        except MonitorError as error:
            out.append(Problem(folder, 0, str(error)))
    if out:
        return out  # the cases mean nothing before the words can be compiled
    lexicon = load_lexicon(overlay)
    for folder in folders:
        try:
            out += _check_phrases(folder, lexicon)
            out += _check_cases(folder, lexicon)
        except MonitorError as error:
            out.append(Problem(folder, 0, str(error)))
    return out


def _roots(overlay: Path | None) -> tuple[Path, ...]:
    return (LANGUAGES, overlay) if overlay is not None and overlay.is_dir() else (LANGUAGES,)


# ── words, places ─────────────────────────────────────────────────────────────────────────────────


def _check_words(folder: Path, concepts: frozenset[str]) -> Iterator[Problem]:
    """Unknown concepts, concepts in a table of something else, forms that cannot be written so, forms that stand under
    two concepts unannounced."""
    path = folder / "words.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    meant = {tuple(keys) for form in _toml(folder / "two-meanings.toml").get("forms", []) for keys in expand(form)}
    first: dict[tuple[str, ...], str] = {}
    for section, table in _toml(path).items():
        for name in table if section != "words" else ():
            if name in concepts or "." in name:
                yield Problem(
                    path, _line(lines, name), f"{name!r} is a concept and stands under [{section}], not [words]"
                )
    for concept, form in _forms(_toml(path)):
        line = _line(lines, form, concept)
        for one in concept.split("+"):
            if one not in concepts and not one.startswith(tuple(prefix for _, prefix in _SECTIONS)):
                yield Problem(path, line, f"concepts.toml has no {one!r}")
        try:
            keys = expand(form)
        except MonitorError as error:
            yield Problem(path, line, str(error))
            continue
        for key in keys:
            other = first.setdefault(key, concept)
            if other != concept and key not in meant:
                meant.add(key)
                yield Problem(
                    path,
                    line,
                    f'"{" ".join(key)}" stands under {other} and under {concept}: choose one, '
                    "or name it in two-meanings.toml if it truly means both",
                )


def _check_places(folder: Path, known: Any) -> Iterator[Problem]:
    path = folder / "places.toml"
    if path.is_file():
        lines = path.read_text(encoding="utf-8").splitlines()
        for identity in _toml(path).get("names", {}):
            if identity not in known:
                yield Problem(path, _line(lines, identity), f"the gazetteer has no place {identity!r}")


def _forms(words: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for concept, forms in words.get("words", {}).items():
        yield from ((concept, form) for form in forms)
    for section, prefix in _SECTIONS:
        for value, forms in words.get(section, {}).items():
            yield from ((prefix + value, form) for form in forms)


def _concepts(overlay: Path | None) -> frozenset[str]:
    out: set[str] = set()
    for root in _roots(overlay):
        read = _toml(root / "concepts.toml")
        out.update(read.get("concepts", {}), read.get("data", {}))
    return frozenset(out)


# ── phrases, cases ────────────────────────────────────────────────────────────────────────────────


def _check_phrases(folder: Path, lexicon: Lexicon) -> Iterator[Problem]:
    """A phrase is found in each of its ``yes`` lines and in none of its ``no`` lines."""
    path = folder / "phrases.toml"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for phrase in _phrases(folder):
        concept = phrase["concept"]
        if not phrase.get("yes") or not phrase.get("no"):
            yield Problem(path, _line(lines, phrase["forms"][0]), f"the phrase of {concept} needs yes and no lines")
        for text in phrase.get("yes", []):
            if not _says(text, concept, lexicon):
                yield Problem(path, _line(lines, text), f'{concept} is not found in its yes line "{text}"')
        for text in phrase.get("no", []):
            if _says(text, concept, lexicon):
                yield Problem(path, _line(lines, text), f'{concept} is found in its no line "{text}"')


def _says(text: str, concept: str, lexicon: Lexicon) -> bool:
    return any(mention.concept == concept for mention in lay_out(text, lexicon).mentions)


def _phrases(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _toml(folder / "phrases.toml").get("phrase", [])
    return found


def _check_cases(folder: Path, lexicon: Lexicon) -> Iterator[Problem]:
    """Cases that are read otherwise than written, known failures that are mended or name no case."""
    known = known_failures(folder)
    path = folder / "known-failures.toml"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    names = set()
    for case in cases_of(folder):
        names.add(case.name)
        found = differences(case, read_case(case, lexicon))
        if found and case.name not in known:
            yield Problem(case.file, case.line, f"{case.name}: " + "; ".join(found))
        if not found and case.name in known:
            yield Problem(path, _line(lines, case.name), f"{case.name} is read rightly now: delete this line")
    for name in sorted(set(known) - names):
        yield Problem(path, _line(lines, name), f"there is no case {name!r}: delete this line")


# ── a new language ────────────────────────────────────────────────────────────────────────────────


def new_language(code: str, root: Path, name: str = "") -> list[Path]:
    """Write an annotated skeleton into ``root/code``: every concept with its meaning, nothing to translate yet.

    Raises ``InputError`` where the code is no language code or something stands there already.
    """
    if not (2 <= len(code) <= 3 and code.isascii() and code.isalpha() and code.islower()):
        raise InputError(f"{code!r} is no language code: two or three small letters, such as ro or it")
    folder = root / code
    if folder.exists() or (LANGUAGES / code).exists():
        raise InputError(f"there is a language {code} already: edit {folder if folder.exists() else LANGUAGES / code}")
    files = {
        folder / "words.toml": _words_skeleton(name or code),
        folder / "places.toml": _PLACES,
        folder / "cases" / "first.toml": _CASES,
        folder / "known-failures.toml": _FAILURES,
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def _words_skeleton(name: str) -> str:
    """Every concept of the closed vocabulary as an empty line under its meaning."""
    out = [_WORDS_HEAD.format(name=json.dumps(name, ensure_ascii=False))]
    for concept, meaning in _toml(LANGUAGES / "concepts.toml").get("concepts", {}).items():
        out.append(f'# {meaning}\n"{concept}" = []\n')
    out.append("\n[numbers]\n# small numbers as words, in every form\n")
    out += [f'"{n}" = []\n' for n in (*range(1, 21), *range(30, 101, 10), 1000)]
    out.append("\n[months]\n# 1 is January\n")
    out += [f'"{n}" = []\n' for n in range(1, 13)]
    out.append("\n[weekdays]\n# 1 is Monday\n")
    out += [f'"{n}" = []\n' for n in range(1, 8)]
    return "".join(out)


_WORDS_HEAD = """\
# Words of one language. Behind each concept stand the forms that mean it; an empty list is fine.
#
# A form:  space = the next word     * = any ending     (a|b) = one of several     [word] = may be missing
#          dron(|e|ei|elor)          = four forms of one word
# `monitor languages check` says what is wrong, `monitor languages try TEXT` what a text says.
# Begin with weapon.drone, weapon.missile, act.*, alert.*, prep.*, time.* and the veto.* words.

[language]
name = {name}

[spelling]
# letters of the alphabet by which a text of this language is known
letters = ""

[words]
"""

_PLACES = """\
# Names of places in this language that the gazetteer lacks, by its id (ISO code, KATOTTG or GeoNames number).
# The same notation as in words.toml.

[names]
# "UA-30" = ["Kiev", "Kiew"]
"""

_CASES = """\
# Whole texts and exactly what they say. Begin with texts that say nothing: false reports are the worst fault.
#
# reports = []                                                 nothing is said
# reports = ["alert start air UA-30"]                          alert STATUS THREAT PLACES
# reports = ["alert end air [UA-30, UA-32]", "alert start air UA-59 ongoing"]
# reports = ["strike Ternopil killed=12 injured=48 weapons=missile"]
# reports = ["count shot_down 62 drone UA period=night"]       count MEASURE VALUE WEAPON PLACES
#
# Only what is written is compared, but the number of reports must be equal.

# [[case]]
# name = "a-show-is-no-attack"
# text = "500 drones will draw a dove over the bay on Saturday."
# reports = []
"""

_FAILURES = """\
# Cases that are read wrongly today, and why. They must still fail: whoever mends one deletes its line.

[failures]
# "name of the case" = "why it is read wrongly"
"""


# ── files ─────────────────────────────────────────────────────────────────────────────────────────


def _toml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LanguageDataError(f"{path}: {error}") from error


def _line(lines: Sequence[str], text: str, key: str = "") -> int:
    """The line in which a text stands (behind ``key``, where that is given), or 0."""
    quoted = json.dumps(text, ensure_ascii=False)
    at = [n for n, line in enumerate(lines, 1) if quoted in line or text in line]
    under = [n for n in at if key and lines[n - 1].lstrip().startswith((f'"{key}"', key))]
    return (under or at or [0])[0]
