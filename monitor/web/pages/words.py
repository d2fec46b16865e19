"""The words of the pages: one TOML file a language, read once. Plural forms by rule, never by joining."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from monitor.model import Gazetteer

__all__ = ["DEFAULT", "Words", "languages", "names", "words"]

DEFAULT = "en"
KYIV = ZoneInfo("Europe/Kyiv")


def _western(n: int) -> str:
    return "one" if n == 1 else "other"


def _french(n: int) -> str:
    return "one" if n in (0, 1) else "other"


def _slavic(n: int) -> str:
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    return "few" if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else "many"


PLURALS: Mapping[str, Callable[[int], str]] = {"western": _western, "french": _french, "slavic": _slavic}


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language. ``t("now.in_part", n=2)`` fills the slots and picks the plural form of ``n``."""

    code: str
    name: str
    table: Mapping[str, Any]
    plural: Callable[[int], str]

    def t(self, key: str, **slots: Any) -> str:
        """The text under ``section.key``; KeyError where no language file has it, so that a test notices."""
        section, _, name = key.partition(".")
        found = self.table[section][name]
        if isinstance(found, Mapping):
            found = found[self.plural(int(slots["n"]))]
        return str(found).format(**slots) if slots else str(found)

    def known(self, key: str) -> str:
        """The text under a key that comes from data; the bare word where there is none."""
        section, _, name = key.partition(".")
        found = self.table.get(section, {}).get(name, name)
        return str(found)

    def place(self, gazetteer: Gazetteer, place: str) -> str:
        """The short name of a region in this language; else the gazetteer's name; else the words it was called by."""
        known = self.table["place"].get(place)
        if known is not None:
            return str(known)
        return gazetteer.name(place)

    def clock(self, at: datetime, form: str = "h") -> str:
        """A moment in Kyiv time for readers without a script. ``form``: d day, y year, h time, s seconds."""
        local = at.astimezone(KYIV)
        parts = []
        if "d" in form:
            parts.append(f"{local.day} {self._month(local)}" + (f" {local:%Y}" if "y" in form else ""))
        if "h" in form:
            parts.append(f"{local:%H:%M:%S}" if "s" in form else f"{local:%H:%M}")
        return ", ".join(parts)

    def day(self, day: date, *, year: bool = True) -> str:
        """``10 Nov 2024``, or without the year."""
        return f"{day.day} {self._month(day)}" + (f" {day.year}" if year else "")

    def night(self, day: date) -> str:
        """The night that ends on ``day``: ``9–10 Nov 2024``, ``31 Oct – 1 Nov 2024``."""
        first = day - timedelta(days=1)
        last = f"{day.day} {self._month(day)} {day.year}"
        if first.month == day.month:
            return f"{first.day}–{last}"
        year = f" {first.year}" if first.year != day.year else ""
        return f"{first.day} {self._month(first)}{year} – {last}"

    def _month(self, day: date) -> str:
        return str(self.table["time"]["months"][day.month - 1])

    def seconds(self, seconds: float) -> str:
        """The same of a number of seconds."""
        return self.lasted(timedelta(seconds=seconds))

    def lasted(self, span: timedelta) -> str:
        """``18 min``, ``1 h 43 min``, ``2 d 3 h``."""
        seconds = max(0, int(span.total_seconds()))
        if seconds < 60:
            return self.t("time.second", n=seconds)
        minutes = seconds // 60
        if minutes < 60:
            return self.t("time.minute", n=minutes)
        hours, days = minutes // 60, minutes // 1440
        if not days:
            return self.t("time.hour", n=hours, m=minutes % 60) if minutes % 60 else self.t("time.hour_sharp", n=hours)
        return self.t("time.day", n=days, m=hours % 24) if hours % 24 else self.t("time.day_sharp", n=days)


@cache
def words(code: str) -> Words:
    """The texts of a language; the default ones where there are none."""
    if code not in languages():
        code = DEFAULT
    table = tomllib.loads(_text(code))
    return Words(code, table["name"], table, PLURALS[table["plural"]])


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that there are texts for, the default first."""
    found = sorted(
        entry.name.removesuffix(".toml")
        for entry in (files("monitor.web.pages") / "texts").iterdir()
        if entry.name.endswith(".toml")
    )
    return (DEFAULT, *(code for code in found if code != DEFAULT))


@cache
def names() -> tuple[tuple[str, str], ...]:
    """Codes and names of the languages, from the heads of their files."""
    return tuple((code, str(tomllib.loads(_text(code).partition("\n[")[0])["name"])) for code in languages())


def _text(code: str) -> str:
    return (files("monitor.web.pages") / "texts" / f"{code}.toml").read_text("utf-8")
