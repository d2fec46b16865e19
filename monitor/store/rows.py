"""Dataclasses of the model to JSON and back, exactly: ``load(T, dump(x)) == x`` for every type of the model.

A field that holds its empty default (None, ``()`` or False) is left out. A union of dataclasses carries its class
name under ``"$"``. Times are ISO 8601 in UTC, durations are seconds as a decimal string, bytes are base64.
"""

from __future__ import annotations

import base64
import hashlib
import json
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

__all__ = ["dump", "load", "load_all", "pack", "seal", "sealed", "unpack"]

T = TypeVar("T")
Convert = Callable[[Any], Any]


def dump(value: Any) -> Any:
    """A dataclass of the model as plain JSON values."""
    kind: Any = type(value)
    return _encoder(kind)(value)


def load(kind: type[T], data: Any) -> T:
    """The dataclass that ``dump`` was given."""
    what: Any = kind
    return cast(T, _decoder(what)(data))


def pack(data: Any) -> str:
    """JSON text with sorted keys and no spaces. Lone surrogates, which no database takes, are escaped."""
    text = _NATURAL(data)
    try:
        text.encode()
    except UnicodeEncodeError:
        return _ASCII(data)
    return text


def seal(body: str | bytes) -> dict[str, Any]:
    """The columns ``body`` and ``digest``, its SHA-256."""
    return {"body": body, "digest": hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest()}


def sealed(value: Any) -> dict[str, Any]:
    """The columns ``body`` and ``digest`` of a model type."""
    return seal(pack(dump(value)))


def unpack(text: str) -> Any:
    return json.loads(text)


def load_all(kind: type[T], bodies: Sequence[str]) -> list[T]:
    """Many at once, as ``load`` of ``unpack`` of each: one text of JSON is read faster than very many."""
    what: Any = kind
    return list(map(_decoder(what), json.loads(f"[{','.join(bodies)}]")))


def _plain(value: Any) -> Any:
    """Open JSON fields now and then hold a time, a set or another mapping."""
    if isinstance(value, datetime):
        return _time_out(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"no JSON: {type(value).__name__}")


_NATURAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode
_ASCII = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=_plain).encode


def _same(value: Any) -> Any:
    return value


def _time_out(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _time_in(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _span_out(value: timedelta) -> list[int]:
    return [value.days, value.seconds, value.microseconds]


def _span_in(value: list[int]) -> timedelta:
    return timedelta(*value)


def _bytes_out(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _is_empty(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, tuple) and not value)


def _empty_default(part: Field[Any]) -> bool:
    return part.default is not MISSING and _is_empty(part.default)


@cache
def _encoder(kind: Any) -> Convert:
    if is_dataclass(kind):
        return _dataclass_encoder(kind)
    if kind is datetime:
        return _time_out
    if kind is timedelta:
        return _span_out
    if kind is bytes:
        return _bytes_out
    origin, args = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _tuple(args, _encoder)
    if origin in (Union, types.UnionType):
        return _union_encoder(args)
    if origin is Mapping or kind is dict:
        return lambda value: dict(value)
    return _same


@cache
def _decoder(kind: Any) -> Convert:
    if is_dataclass(kind):
        return _dataclass_decoder(kind)
    if kind is datetime:
        return _time_in
    if kind is timedelta:
        return _span_in
    if kind is bytes:
        return base64.b64decode
    origin, args = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _tuple(args, _decoder, tuple)
    if origin in (Union, types.UnionType):
        return _union_decoder(args)
    return _same


def _dataclass_encoder(kind: Any) -> Convert:
    hints = get_type_hints(kind)
    parts = [(part.name, _empty_default(part), _encoder(hints[part.name])) for part in fields(kind)]

    def encode(value: Any) -> dict[str, Any]:
        out = {}
        for name, skip_empty, convert in parts:
            here = getattr(value, name)
            if skip_empty and _is_empty(here):
                continue
            out[name] = convert(here)
        return out

    return encode


def _dataclass_decoder(kind: Any) -> Convert:
    hints = get_type_hints(kind)
    parts = [(part, _decoder(hints[part.name])) for part in fields(kind)]
    known = {part.name: convert for part, convert in parts}

    def by_name(data: dict[str, Any]) -> Any:
        return kind(**{name: known[name](value) for name, value in data.items() if name in known})

    if "__slots__" not in vars(kind) or hasattr(kind, "__post_init__") or not all(part.init for part, _ in parts):
        return by_name
    # What ``kind(**data)`` does, at half its cost: the ``__init__`` of a frozen class looks every field up anew.
    steps = [(_setter(kind, part), part.name, part.default, convert) for part, convert in parts]
    alike = [step[:3] for step in steps if step[3] is _same]
    turned = [step for step in steps if step[3] is not _same]
    new = cast(Callable[[Any], Any], object.__new__)

    def decode(data: dict[str, Any]) -> Any:
        made, get = new(kind), data.get
        for keep, name, default in alike:
            value = get(name, default)
            if value is MISSING:
                return by_name(data)  # which makes it, or says that it is missing
            keep(made, value)
        for keep, name, default, convert in turned:
            value = get(name, MISSING)
            if value is not MISSING:
                keep(made, convert(value))
            elif default is MISSING:
                return by_name(data)
            else:
                keep(made, default)
        return made

    return decode


def _setter(kind: Any, part: Field[Any]) -> Callable[[Any, Any], None]:
    """Sets a field of a frozen object that is being made."""
    return cast(Callable[[Any, Any], None], getattr(kind, part.name).__set__)


def _tuple(args: tuple[Any, ...], make: Callable[[Any], Convert], into: Callable[[Any], Any] = list) -> Convert:
    if len(args) == 2 and args[1] is ...:
        each = make(args[0])
        if each is _same:
            return into
        return lambda value: into([each(one) for one in value])
    all_of = [make(arg) for arg in args]
    return lambda value: into([convert(one) for convert, one in zip(all_of, value, strict=True)])


def _union_encoder(args: tuple[Any, ...]) -> Convert:
    real = [arg for arg in args if arg is not type(None)]
    if len(real) == 1 or all(get_origin(arg) is Literal for arg in real):
        only = _encoder(real[0])
        return lambda value: None if value is None else only(value)

    def encode(value: Any) -> Any:
        if value is None:
            return None
        kind: Any = type(value)
        return {"$": kind.__name__, **_encoder(kind)(value)}

    return encode


def _union_decoder(args: tuple[Any, ...]) -> Convert:
    real = [arg for arg in args if arg is not type(None)]
    if len(real) == 1 or all(get_origin(arg) is Literal for arg in real):
        only = _decoder(real[0])
        return _same if only is _same else lambda value: None if value is None else only(value)
    by_name = {arg.__name__: _decoder(arg) for arg in real}
    return lambda value: None if value is None else by_name[value["$"]](value)
