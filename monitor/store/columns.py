"""What columns are made of: times in UTC, words that every database takes, and the few shapes that tables repeat."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from monitor.errors import StoreCorrupt

__all__ = [
    "CLEAN", "SURROGATE", "Utc", "Words", "clean", "flag", "key", "number", "number_key", "optional", "sealed",
    "stamp", "time", "words",
]  # fmt: skip

CLEAN = "is_clean"
"""Marks a column whose words are the program's own or were cleaned by whoever made the row."""


class Utc(TypeDecorator[datetime]):
    """An aware time, always UTC. SQLite keeps it as text of fixed width, so that it sorts; PostgreSQL natively."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Any:
        return _stamp_in if dialect.name == "sqlite" else _moment_in

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _stamp_out if dialect.name == "sqlite" else _moment_out


class Words(TypeDecorator[str]):
    """Text without what a database refuses: NUL (PostgreSQL) and lone surrogates (every driver) become U+FFFD."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        return _clean_in


def _moment_out(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)


def _stamp_out(value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise StoreCorrupt(f"a stored time is no time: {value!r}. Run `monitor verify`, restore a backup.") from None


SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """The text with NUL and lone surrogates as U+FFFD: same length, so that spans still fit."""
    if text.isascii():
        return text.replace("\x00", "\ufffd") if "\x00" in text else text
    return SURROGATE.sub("\ufffd", text.replace("\x00", "\ufffd"))


def _clean_in(value: str | None) -> str | None:
    return None if value is None else clean(value)


_YEAR = tuple(f"{number:04}" for number in range(10_000))
_TWO = tuple(f"{number:02}" for number in range(100))
_THREE = tuple(f"{number:03}" for number in range(1_000))


def stamp(moment: datetime) -> str:
    """``2024-11-10T00:00:00.000000+00:00``: the one text form of a time, 32 characters."""
    at = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    micro = at.microsecond
    # Looked up rather than formatted: a third of the cost of isoformat, and a commit writes very many times.
    return (
        f"{_YEAR[at.year]}-{_TWO[at.month]}-{_TWO[at.day]}T{_TWO[at.hour]}:{_TWO[at.minute]}:{_TWO[at.second]}"
        f".{_THREE[micro // 1000]}{_THREE[micro % 1000]}+00:00"
    )


def _moment_in(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError(f"a time without zone reached the store: {value!r}")
    return value


def _stamp_in(value: datetime | None) -> str | None:
    return None if value is None else stamp(value if value.tzinfo is UTC else cast(datetime, _moment_in(value)))


_Id = BigInteger().with_variant(Integer(), "sqlite")


def key(name: str) -> Column[str]:
    """A primary key, or a part of one, in words."""
    return Column(name, Words, primary_key=True)


def number_key(name: str, *, is_given: bool = True) -> Column[int]:
    """A primary key that is a number; ``is_given``: by us, never by the database."""
    return Column(name, _Id, primary_key=True, autoincrement=False if is_given else "auto")


def words(name: str, *, is_clean: bool = False, **more: Any) -> Column[str]:
    return Column(name, Words, nullable=False, info={CLEAN: is_clean}, **more)


def optional(name: str, *, is_clean: bool = False) -> Column[str]:
    return Column(name, Words, info={CLEAN: is_clean})


def time(name: str, *, null: bool = False) -> Column[datetime]:
    return Column(name, Utc, nullable=null)


def flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def number(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, _Id, nullable=null)


def sealed(*, as_bytes: bool = False) -> tuple[Column[Any], Column[str]]:
    """``body`` and the SHA-256 of it. JSON of ours escapes what a database refuses."""
    body = Column("body", LargeBinary, nullable=False) if as_bytes else words("body", is_clean=True)
    return body, words("digest", is_clean=True)
