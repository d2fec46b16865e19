"""Reads ``languages/`` and ``gazetteer/`` (packaged and overlaid) once, into what extract and fuse run on.

The compiled lexicon is kept in a file named after the hash of everything it was made from, beside the package or,
where that is read-only, in the user's cache. A missing, damaged or outdated file is made anew.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import marshal
import mmap
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from monitor.atlas import (
    GAZETTEER,
    LANGUAGES,
    PACKAGE,
    load_gazetteer,
    load_tags,
    regional_claimants,
    rows,
    shelves,
    toml,
)
from monitor.builds import check_reader
from monitor.errors import LanguageDataError
from monitor.extract.text.notation import expand
from monitor.extract.text.tokens import fold, fold_form
from monitor.extract.words.lexicon import Lexicon, PlaceRow
from monitor.extract.words.pairs import marks_of

__all__ = [
    "LANGUAGES",
    "compile_lexicon",
    "load_gazetteer",
    "load_lexicon",
    "load_tags",
    "regional_claimants",
    "rules_version",
]

_FORMAT = 7
_TRIED = frozenset(
    ("order", "families", "means", "siren_stems", "ward_stems", "store_stems", "attributive", "shelled", "damages")
)
"""Settings whose values are tried one after the other; all other lists are only asked whether they hold a word."""


@functools.cache
def load_lexicon(overlay: Path | None = None) -> Lexicon:
    """The compiled lexicon; ``overlay`` is a folder of the same shape as ``monitor/languages``, added on top.

    OperatorError where the reader that would run on it was compiled of other sources than those here.
    """
    check_reader()
    folders = (LANGUAGES, overlay) if overlay is not None else (LANGUAGES,)
    version = _digest(folders)
    for place in shelves():
        found = _unpack(place / f"lexicon-{version}.bin")
        if found is not None:
            return _lexicon(found, version)
    made = compile_lexicon(folders)
    _keep(made, version)
    return _lexicon(made, version)


def rules_version(lexicon: Lexicon) -> str:
    """A short hash of everything a reading depends on: words, names and the code of extract."""
    return hashlib.blake2b(f"{lexicon.version}:{_code_digest()}".encode(), digest_size=8).hexdigest()


def compile_lexicon(folders: tuple[Path, ...]) -> dict[str, Any]:
    """Everything a ``Lexicon`` is made of, as plain values that ``marshal`` keeps."""
    concepts, meanings, settings = _concepts(folders)
    trie: dict[str, Any] = {}
    stems: set[str] = set()
    order: list[str] = []
    for folder in _languages(folders):
        code = folder.name
        if code not in order:
            order.append(code)
        for concept, form in _forms(folder, settings, code):
            if any(one not in meanings for one in concept.split("+")):
                raise LanguageDataError(f"{folder}: no concept {concept!r} in concepts.toml (form {form!r})")
            for keys in expand(form):
                _plant(trie, keys, (concept, code))
                stems.update(key[:-1] for key in keys if key.endswith("*") and len(key) > 1)
    for concept, marks in settings.pop("marks", {}).items():
        for mark in marks:
            _plant(trie, fold_form(mark), (concept, "und"))
    _join_stems(trie)
    settings["order"] = sorted(order, key=lambda code: _RANK.get(code, 99))
    places, forms, tags = _names(order, folders)
    notes: dict[str, int] = {}
    starts: dict[str, int] = {}
    for name in forms:
        first, _, rest = name.partition(" ")
        if rest:
            starts[first] = max(starts.get(first, 0), rest.count(" ") + 2)
    names = {"trie": trie, "forms": _packed(forms, notes), "starts": starts, "places": places, "tags": tags}
    return {
        **_shared(names, {}),
        "stems": sorted(stems),
        "notes": tuple(notes),
        "pairs": marks_of(forms),
        "concepts": concepts,
        "settings": settings,
    }


_RANK = {code: n for n, code in enumerate(("uk", "ru", "en", "fr", "de", "pl", "es", "he"))}


def _shared(value: Any, same: dict[Any, Any]) -> Any:
    """The value with its equal words, tuples and tables kept once: most forms of one word end alike, and a name is met
    again as a place's, as the first word of longer ones and in the trie."""
    if isinstance(value, dict):
        out = {_shared(key, same): _shared(below, same) for key, below in value.items()}
        return same.setdefault(frozenset((key, id(below)) for key, below in out.items()), out)
    if isinstance(value, tuple):
        value = tuple([_shared(one, same) for one in value])
    return same.setdefault(value, value) if isinstance(value, (str, tuple)) else value


def _packed(forms: dict[str, list[tuple[int, str]]], notes: dict[str, int]) -> dict[str, int | tuple[int, ...]]:
    """The candidates of each name as bare numbers: a tenth of the objects, a third of the loading time."""
    out: dict[str, int | tuple[int, ...]] = {}
    same: dict[int, int] = {}
    for name, may_be in forms.items():
        codes = tuple((place << 8) | notes.setdefault(note, len(notes)) for place, note in may_be)
        out[name] = same.setdefault(codes[0], codes[0]) if len(codes) == 1 else codes
    if len(notes) > 256:
        raise LanguageDataError("gazetteer/names.*.tsv: more than 256 combinations of note and case")
    return out


def _lexicon(made: dict[str, Any], version: str) -> Lexicon:
    settings = dict(made["settings"])
    for name, given in settings.items():
        if isinstance(given, list):
            settings[name] = tuple(given) if name in _TRIED else frozenset(given)
    return Lexicon(
        trie=made["trie"],
        stems=frozenset(made["stems"]),
        forms=made["forms"],
        starts=made["starts"],
        pairs=made["pairs"],
        places=made["places"],
        index={row[0]: n for n, row in enumerate(made["places"])},
        tags=made["tags"],
        notes=made["notes"],
        concepts=made["concepts"],
        settings=settings,
        version=version,
    )


def _plant(trie: dict[str, Any], keys: tuple[str, ...], entry: tuple[str, str]) -> None:
    node = trie
    for key in keys:
        node = node.setdefault(key, {})
    held = node.get("", ())
    if entry not in held:
        node[""] = (*held, entry)


def _join_stems(node: dict[str, Any]) -> None:
    """A word that one language writes out and another only as a stem stands for both: a Polish "hotel*" is not hidden
    behind a German "hotel"."""
    for key, below in node.items():
        if not key:
            continue
        _join_stems(below)
        held = below.get("")
        if not held or key.endswith("*"):
            continue
        langs = {lang for _, lang in held}
        for n in range(min(len(key), 24), 1, -1):
            more = [entry for entry in node.get(key[:n] + "*", {}).get("", ()) if entry[1] not in langs]
            held = (*held, *more)
            langs.update(lang for _, lang in more)
        below[""] = held


# ── languages ─────────────────────────────────────────────────────────────────────────────────────


def _languages(folders: tuple[Path, ...]) -> list[Path]:
    return [
        path
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path.is_dir() and (path / "words.toml").exists()
    ]


def _concepts(folders: tuple[Path, ...]) -> tuple[dict[str, Any], set[str], dict[str, Any]]:
    data: dict[str, Any] = {}
    meanings: set[str] = set()
    settings: dict[str, Any] = {}
    for folder in folders:
        path = folder / "concepts.toml"
        if path.exists():
            read = toml(path)
            meanings.update(read.get("concepts", {}))
            meanings.update(read.get("data", {}))
            data.update(read.get("data", {}))
            settings.update(read.get("settings", {}))
    for n in (*range(101), 150, *range(200, 1001, 100), 1_500, 2_500, 1_000_000):
        data[f"num.{n}"] = {"value": n, "alone": n in (1_500, 2_500)}
        meanings.add(f"num.{n}")
    for n in range(1, 13):
        data[f"month.{n}"] = {"value": n}
        meanings.add(f"month.{n}")
    for n in range(1, 8):
        data[f"weekday.{n}"] = {"value": n}
        meanings.add(f"weekday.{n}")
    return data, meanings, settings


_NOT_SHARED: Final = frozenset(("announcing", "proclitics", "telling"))
"""Lists of `[spelling]` that each language keeps for itself."""


def _forms(folder: Path, settings: dict[str, Any], code: str) -> Iterator[tuple[str, str]]:
    """(concept, form) of one language; its spelling goes into ``settings``."""
    words = toml(folder / "words.toml")
    fronts = ("", *words.get("spelling", {}).get("proclitics", ()))
    for concept, forms in words.get("words", {}).items():
        for form in forms:
            for front in fronts if form[0] != "[" else ("",):
                yield concept, front + form
    for section, group in (("numbers", "num"), ("months", "month"), ("weekdays", "weekday")):
        for value, forms in words.get(section, {}).items():
            for form in forms:
                for front in fronts:
                    yield f"{group}.{value}", front + form
    compounds = words.get("compounds", {})
    for first, heads in compounds.get("first", {}).items():
        for last, tails in compounds.get("last", {}).items():
            for head in heads:
                for tail in tails:
                    yield f"{first}+{last}", head + tail
    peoples = settings.setdefault("peoples", {})
    for country, forms in words.get("peoples", {}).items():
        peoples.update({keys[0]: country for form in forms for keys in expand(form)})
    for value, forms in words.get("ordinals", {}).items():
        settings.setdefault("ordinals", {}).update({fold(form): int(value) for form in forms})
    spelling = words.get("spelling", {})
    for name, told in spelling.items():
        if isinstance(told, list) and name not in _NOT_SHARED:
            settings[name] = sorted({*settings.get(name, ()), *told})
    settings.setdefault("announcing", {})[code] = sorted(fold(word) for word in spelling.get("announcing", ()))
    if "romanised" in words:
        settings.setdefault("romanised", {})[code] = words["romanised"]
    letters = settings.setdefault("letters", {})
    for letter in spelling.get("letters", ""):
        letters[letter] = sorted({*letters.get(letter, ()), code})
    telling = settings.setdefault("telling", {})
    for word in spelling.get("telling", ()):
        telling[fold(word)] = sorted({*telling.get(fold(word), ()), code})
    phrases = folder / "phrases.toml"
    if phrases.exists():
        for phrase in toml(phrases).get("phrase", []):
            for form in phrase["forms"]:
                yield phrase["concept"], form


# ── gazetteer ─────────────────────────────────────────────────────────────────────────────────────


def _names(
    order: list[str], folders: tuple[Path, ...]
) -> tuple[tuple[PlaceRow, ...], dict[str, list[tuple[int, str]]], dict[str, str]]:
    places: list[PlaceRow] = []
    index: dict[str, int] = {}
    for row in rows(GAZETTEER / "places.tsv"):
        identity, level, parent, name, iso, katottg, geonames, _api, _lat, _lon, population, *_ = row
        index[identity] = len(places)
        people = int(population) if population else 0
        places.append((identity, iso or name, level, parent or None, katottg or geonames or None, people))
    forms: dict[str, list[tuple[int, str]]] = {}
    for path in sorted(GAZETTEER.glob("names.*.tsv")):
        for identity, form, case, note, *_ in rows(path):
            if identity in index:
                _name(forms, form, index[identity], f"{note};{case}")
    for identity, level, _parent, name, iso, *_ in rows(GAZETTEER / "places.tsv"):
        if level in ("city", "area", "sea", "country") or iso in ("UA-30", "UA-40"):
            _name(forms, name, index[identity], "")
    for folder in _languages(folders):
        path = folder / "places.toml"
        if path.exists():
            tables = toml(path)
            prefixes: dict[str, str] = tables.get("prefixes", {})
            for section, note in (("names", ""), ("adjectives", "adj")):
                for identity, names in tables.get(section, {}).items():
                    if identity not in index:
                        raise LanguageDataError(f"{path}: the gazetteer has no place {identity!r}")
                    made = {" ".join(keys): None for form in names for keys in expand(form)}
                    for name in made:
                        cases = [c for p, c in prefixes.items() if name.startswith(p) and name[len(p) :] in made]
                        _name(forms, name, index[identity], f"{note};{cases[0]}" if cases else note)
    tags: dict[str, str] = {}
    if (GAZETTEER / "tags.tsv").exists():
        tags = {" ".join(fold_form(tag.replace("_", " "))): place for tag, place, *_ in rows(GAZETTEER / "tags.tsv")}
    return tuple(places), forms, tags


_ELIDED = re.compile(r"\b(\w)['\u2019](?=[A-Z\u00c0-\u00dd])")


def _name(forms: dict[str, list[tuple[int, str]]], form: str, place: int, note: str) -> None:
    keys = {" ".join(fold_form(form))}
    if _ELIDED.search(form) is not None:  # "golfe d'Aden": two words in a text
        keys.add(" ".join(fold_form(_ELIDED.sub(r"\1 ", form))))
    if "-" in form:
        keys.add(" ".join(fold_form(form.replace("-", ""))))
    for key in keys:
        if len(key) > 1:
            may_be = forms.setdefault(key, [])
            if not any(one[0] == place for one in may_be):
                may_be.append((place, note))


# ── the compiled file ─────────────────────────────────────────────────────────────────────────────


def _digest(folders: tuple[Path, ...]) -> str:
    seen = hashlib.blake2b(f"{_FORMAT}:{sys.version_info[:2]}".encode(), digest_size=10)
    files = [path for folder in folders for path in sorted(folder.glob("*/*.toml"))]
    files += [folder / "concepts.toml" for folder in folders] + sorted(GAZETTEER.glob("*.tsv"))
    files += [
        Path(__file__),
        PACKAGE / "atlas.py",
        PACKAGE / "extract" / "text" / "notation.py",
        PACKAGE / "extract" / "text" / "tokens.py",
        PACKAGE / "extract" / "words" / "pairs.py",
    ]
    for path in files:
        if path.exists() and path.name != "known-failures.toml":
            seen.update(path.name.encode())
            seen.update(hashlib.blake2b(path.read_bytes(), digest_size=16).digest())
    return seen.hexdigest()


@functools.cache
def _code_digest() -> str:
    seen = hashlib.blake2b(digest_size=8)
    for path in sorted((PACKAGE / "extract").rglob("*.py")):
        seen.update(path.read_bytes())
    return seen.hexdigest()


def _unpack(path: Path) -> dict[str, Any] | None:
    """What the file holds; None where it is missing, empty or damaged. It is mapped, not read: what would be read and
    given back in one piece of its size leaves a hole that stays ours."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as packed:
            return _loaded(packed)
    except (OSError, ValueError):
        return None


def _loaded(packed: mmap.mmap) -> dict[str, Any] | None:
    with memoryview(packed) as whole, whole[16:] as body:
        if hashlib.blake2b(body, digest_size=16).digest() != whole[:16]:
            return None
        was_on = gc.isenabled()
        gc.disable()  # a hundred thousand new containers would otherwise be walked again and again
        try:
            found: dict[str, Any] = marshal.loads(body)  # noqa: S302 - our own file, its hash checked above
        finally:
            if was_on:
                gc.enable()
    return found


def _keep(made: dict[str, Any], version: str) -> None:
    body = marshal.dumps(made)
    packed = hashlib.blake2b(body, digest_size=16).digest() + body
    for shelf in shelves():
        try:
            shelf.mkdir(parents=True, exist_ok=True)
            draft = shelf / f".lexicon-{os.getpid()}.tmp"
            draft.write_bytes(packed)
            draft.replace(shelf / f"lexicon-{version}.bin")
        except OSError:
            continue
        for old in shelf.glob("lexicon-*.bin"):
            if old.name != f"lexicon-{version}.bin":
                old.unlink(missing_ok=True)
        return
