"""Frozen dataclasses to plain JSON and back: what lets the state of fuse be kept and read again unchanged."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

__all__ = ["Memo", "dump", "load"]

T = TypeVar("T")
Codec = Callable[[Any], Any]
Writer = Callable[[Any, "Memo"], Any]

Plan = tuple[dict[str, Codec], dict[str, Any]]

_PLANS: dict[type, Plan] = {}
_PLAIN = frozenset({str, int, float, bool, type(None)})
_WRITERS: dict[type, Writer] = {}


class Memo:
    """What has been written, by the identity of the record: of one step, and of the step ``before`` it.

    What stands in many records, or was written in the step before, is written once. Each step begins a memo of its own
    and carries over what it comes across, so that a memo never holds more than one step and its forerunner wrote.
    """

    __slots__ = ("_before", "_now")

    def __init__(self, before: Memo | None = None) -> None:
        self._now: dict[int, tuple[Any, dict[str, Any]]] = {}
        self._before = {} if before is None else before._now

    def known(self, record: Any) -> dict[str, Any] | None:
        """What this very record was written as. Kept records stay alive, so that no other has their identity."""
        found = self._now.get(id(record))
        if found is None and (found := self._before.get(id(record))) is not None:
            self._now[id(record)] = found
        return None if found is None else found[1]

    def keep(self, record: Any, written: dict[str, Any]) -> None:
        self._now[id(record)] = (record, written)


def dump(value: Any, seen: Memo | None = None) -> Any:
    """A record as JSON: times as ISO 8601, durations in seconds, tuples as lists, fields at their default left out.

    ``seen`` is shared by several calls: what it gives may stand in many places and is not to be changed.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    write = _WRITERS.get(kind)
    if write is None:
        write = _WRITERS[kind] = _writer(kind)
    return write(value, Memo() if seen is None else seen)


def _writer(kind: type) -> Writer:
    if issubclass(kind, datetime):
        return lambda value, _: value.isoformat()
    if issubclass(kind, timedelta):
        return lambda value, _: value.total_seconds()
    if issubclass(kind, (tuple, list)):
        return lambda value, seen: [one if type(one) in _PLAIN else dump(one, seen) for one in value]
    if issubclass(kind, Mapping):
        return lambda value, seen: {key: dump(one, seen) for key, one in value.items()}
    if not is_dataclass(kind):
        raise TypeError(f"no JSON for {kind.__name__}")
    specs = [(spec.name, spec.default) for spec in fields(kind) if spec.init]

    def write(value: Any, seen: Memo) -> dict[str, Any]:
        known = seen.known(value)
        if known is not None:
            return known
        out: dict[str, Any] = {}
        seen.keep(value, out)
        for name, default in specs:
            one = getattr(value, name)
            if one is None or one is default or one == () or one == default:
                continue
            out[name] = one if type(one) in _PLAIN else dump(one, seen)
        return out

    return write


def load(kind: type[T], data: Mapping[str, Any]) -> T:
    """The record that ``dump`` wrote; a field that is absent has its default, else None or ()."""
    plan = _PLANS.get(kind)
    if plan is None:
        plan = _PLANS[kind] = _plan_of(kind)
    readers, blanks = plan
    given: dict[str, Any] = dict(blanks)
    for name, value in data.items():
        given[name] = readers[name](value)
    return kind(**given)


def _plan_of(kind: type) -> Plan:
    hints = typing.get_type_hints(kind)
    specs = [spec for spec in fields(kind) if spec.init]
    bare = [spec.name for spec in specs if spec.default is MISSING and spec.default_factory is MISSING]
    blanks = {name: (() if typing.get_origin(hints[name]) is tuple else None) for name in bare}
    return {spec.name: _reader(hints[spec.name]) for spec in specs}, blanks


def _reader(hint: Any) -> Codec:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        inner = [one for one in typing.get_args(hint) if one is not type(None)]
        read = _reader(inner[0])
        return lambda value: None if value is None else read(value)
    if origin is tuple:
        parts = typing.get_args(hint)
        if len(parts) == 2 and parts[1] is Ellipsis:
            each = _reader(parts[0])
            return lambda value: tuple(each(one) for one in value)
        readers = [_reader(part) for part in parts]
        return lambda value: tuple(read(one) for read, one in zip(readers, value, strict=True))
    if hint is datetime:
        return datetime.fromisoformat
    if hint is timedelta:
        return lambda value: timedelta(seconds=value)
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda value: load(hint, value)
    return lambda value: value
