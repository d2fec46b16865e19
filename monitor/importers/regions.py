"""Names of Ukrainian regions as foreign tables write them → places, by the names of the siren channel."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from monitor.catalogue import load_gazetteer, load_tags

__all__ = ["candidates", "find_region"]


def find_region(names: Sequence[str]) -> str | None:
    """The place whose name stands last (``oblast, raion, hromada``), within all those before it, whatever their order;
    None if there is no such place. Of several the likeliest."""
    named = [candidates(name) for name in names if name]
    if not named:
        return None
    *around, last = named
    for place in last:
        line = set(load_gazetteer().line(place))
        if all(line.intersection(places) for places in around):
            return place
    return None


def candidates(name: str) -> tuple[str, ...]:
    """The places that a name may mean, the likeliest first.

    A town that was renamed still goes by the name of its hromada, which stands behind the town's.
    """
    found = _known().get(_fold(name), ())
    words = name.split()
    for connective in (_data()["connective"], _latin(_data()["connective"])):
        if not found and connective in words:
            found = _known().get(_fold("".join(words[words.index(connective) + 1 :])), ())
    return found


@cache
def _known() -> Mapping[str, tuple[str, ...]]:
    """Folded name, in Ukrainian and in Latin letters → the places that it may mean, the likeliest first."""
    out: dict[str, list[str]] = {}
    data = _data()
    for tag, places in load_tags():
        words = tag.split("_")
        forms = [words]
        if data["connective"] in words:
            forms.append(words[words.index(data["connective"]) + 1 :])
        if words[0] == data["city_mark"]:
            forms.append(words[1:])
        for form in forms:
            for name in ("".join(form), "".join(_latin(word) for word in form)):
                kept = out.setdefault(_fold(name), [])
                kept += [place for place in places if place not in kept]
    for name, place in data["names"].items():
        out.setdefault(_fold(name), []).insert(0, place)
    return {name: tuple(places) for name, places in out.items()}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("monitor.importers").joinpath("names.toml").read_text("utf-8"))


def _latin(word: str) -> str:
    data = _data()
    word = word.casefold()
    for pair, letters in data["joined"].items():
        word = word.replace(pair, letters)
    first: str = data["at_the_start"].get(word[:1], data["letters"].get(word[:1], word[:1]))
    return first + "".join(data["letters"].get(letter, letter) for letter in word[1:])


def _fold(name: str) -> str:
    """Letters and figures alone: hyphens, apostrophes, dots and spaces are written in many ways."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())
