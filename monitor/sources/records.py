"""One line of JSON → one item, or a record of why not. Nothing is lost: the line itself is kept either way.

Keys that are read: ``id`` (optional); ``published`` | ``date`` | ``timestamp`` | ``posted_utc`` (ISO 8601, a naive one
is UTC; or Unix seconds or milliseconds); ``channel`` | ``channel_id`` | ``channel_title``; ``text``; ``title``;
``lang``; ``url``; ``reply_to``; ``forwarded_from``. All others are ignored.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from monitor.errors import InputError
from monitor.model import Item, Origin, SourceProfile
from monitor.sources.feed_dates import read_stamp

__all__ = [
    "MAX_TEXT",
    "Find",
    "InputProblem",
    "clean_text",
    "finder",
    "item_of_record",
    "open_bytes",
    "parse_json",
    "read_jsonl",
    "record_id",
]

MAX_LINE = 32_000_000
MAX_TEXT = 5_000_000
_TIMES = ("published", "date", "timestamp", "posted_utc")
_AHEAD = timedelta(minutes=10)
_SURROGATE = re.compile("[\ud800-\udfff]")
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)

Find = Callable[[str | None, int | None], SourceProfile | None]
"""(channel, channel id) → the profile that they belong to, or None."""


@dataclass(frozen=True, slots=True)
class InputProblem:
    """A line that is no item: its number from 1, why, its start in printable form, and its bytes."""

    line: int
    reason: str
    sample: str = ""
    raw: bytes = b""

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


def open_bytes(where: str | Path | IO[bytes]) -> IO[bytes]:
    """A path (``-``: standard input; ``.gz`` is unpacked while reading) or a stream. Raises ``InputError``."""
    if not isinstance(where, str | Path):
        return where
    if str(where) == "-":
        return sys.stdin.buffer
    path = Path(where)
    try:
        return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file") from error
    except IsADirectoryError as error:
        raise InputError(f"{path}: this is a folder; name a file") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror})") from error


def read_jsonl(
    where: str | Path | IO[bytes],
    *,
    source: str = "file",
    received: datetime | None = None,
    find: Find | None = None,
    skip: int = 0,
) -> Iterator[Item | InputProblem]:
    """Items of a JSONL file or stream, line by line, in order; blank lines are passed over.

    ``received`` None: each item counts as received when it was published (a replay). ``find`` names the profile of a
    record's channel, ``source`` is the id for the rest. ``skip`` lines at the start are not read.
    """
    stream = open_bytes(where)
    try:
        for number, line in enumerate(_lines(stream), 1):
            if number <= skip or not (isinstance(line, InputProblem) or line.strip()):
                continue
            if isinstance(line, InputProblem):
                yield InputProblem(number, line.reason, line.sample, line.raw)
                continue
            try:
                yield item_of_record(parse_json(line), line, source=source, received=received, find=find)
            except ValueError as error:
                yield InputProblem(number, str(error), _printable(line), line)
    except (OSError, EOFError) as error:
        raise InputError(f"{where}: reading stopped: {error}") from error
    finally:
        if stream is not where and stream is not sys.stdin.buffer:
            stream.close()


def parse_json(data: bytes) -> Any:
    """JSON as RFC 8259 has it. Raises ``ValueError`` for NaN, twice-named keys, absurd depth or length."""
    try:
        return _DECODER.decode(data.decode("utf-8", "surrogateescape").removeprefix("\ufeff"))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from error


def item_of_record(
    record: Any,
    raw: bytes,
    *,
    source: str = "file",
    received: datetime | None = None,
    find: Find | None = None,
) -> Item:
    """The item of one parsed record. Raises ``ValueError`` when it has no text."""
    if not isinstance(record, Mapping):
        raise ValueError("not a JSON object")
    text, flags = clean_text(_text(record))
    title, title_flags = clean_text(record["title"]) if isinstance(record.get("title"), str) else (None, ())
    now = datetime.now(UTC)
    published, time_flags = _published(record, received or now)
    channel, channel_id = _channel(record)
    profile = find(channel, channel_id) if find else None
    number = record.get("id", record.get("msg_id", record.get("message_id")))
    known_as = profile.id if profile else source
    number_of_channel = (profile.channel_id if profile else None) or channel_id
    return Item(
        key=_key(known_as, channel, number_of_channel, number, f"{published}\n{title}\n{text}"),
        source=known_as,
        text=text,
        received=received or published or now,
        published=published,
        title=title,
        url=_short(record.get("url")),
        lang=_short(record.get("lang")),
        channel=channel or (str(channel_id) if channel_id else None),
        origin=_origin(record, number_of_channel),
        is_late=False,
        flags=tuple(dict.fromkeys((*flags, *title_flags, *time_flags))),
        raw=raw.rstrip(b"\r\n"),
    )


def record_id(item: Item) -> Any:
    """The ``id`` that the record of an item had, or None."""
    try:
        found = json.loads(item.raw or b"null")
    except (ValueError, RecursionError):
        return None
    return found.get("id") if isinstance(found, dict) else None


def finder(profiles: Iterable[SourceProfile]) -> Find:
    """Finds a profile by numeric id, by id, or by the last part of its address (``t.me/name`` → ``name``)."""
    by_name: dict[str, SourceProfile] = {}
    by_number: dict[int, SourceProfile] = {}
    for profile in profiles:
        handle = profile.address.split("?")[0].rstrip("/").rpartition("/")[2].removeprefix("@").lower()
        for name in (handle, profile.id.lower()):
            if name:
                by_name.setdefault(name, profile)
        if profile.channel_id:
            by_number.setdefault(profile.channel_id, profile)

    def find(channel: str | None, channel_id: int | None) -> SourceProfile | None:
        found = by_number.get(channel_id) if channel_id else None
        return found or by_name.get((channel or "").lower().removeprefix("@"))

    return find


def clean_text(text: str) -> tuple[str, tuple[str, ...]]:
    """The text as it can be stored and sent, and what was changed: surrogates and NUL replaced, length capped."""
    flags = []
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        flags.append("replaced_surrogates")
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
        flags.append("replaced_nul")
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
        flags.append("text_truncated")
    return text, tuple(flags)


def _lines(stream: IO[bytes]) -> Iterator[bytes | InputProblem]:
    while line := stream.readline(MAX_LINE + 1):
        if len(line) <= MAX_LINE:
            yield line
            continue
        start, length = line[:4096], len(line)
        while not line.endswith(b"\n") and (line := stream.readline(MAX_LINE)):
            length += len(line)
        yield InputProblem(0, f"{length} bytes long, more than {MAX_LINE}", _printable(start), start)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:40]!r} stands twice")
    return made


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_no_constant)


def _text(record: Mapping[str, Any]) -> str:
    found = record.get("text", record.get("message"))
    if isinstance(found, list):
        found = "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in _parts(found))
    if found is None and isinstance(record.get("title"), str):
        return ""
    if not isinstance(found, str):
        raise ValueError('no "text"')
    return found


def _parts(found: list[Any]) -> Iterator[str | Mapping[str, Any]]:
    return (part for part in found if isinstance(part, str | Mapping))


def _published(record: Mapping[str, Any], latest: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    stated = next((record[name] for name in _TIMES if record.get(name) not in (None, "")), None)
    if stated is None:
        return None, ("no_date",)
    at = read_stamp(stated)
    if at is None:
        return None, ("unread_date",)
    return at, () if _OLDEST <= at <= latest + _AHEAD else ("time_suspect",)


def _channel(record: Mapping[str, Any]) -> tuple[str | None, int | None]:
    name = _short(record.get("channel")) or _short(record.get("channel_title"))
    number = record.get("channel_id")
    if isinstance(number, str):
        digits = number.removeprefix("-100").removeprefix("-")
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else name
    if isinstance(number, int) and not isinstance(number, bool) and abs(number) < 10**18:
        number = abs(number)
        return name, number - 10**12 if number > 10**12 else number or None
    return name or _short(record.get("channel_id")), None


def _key(source: str, channel: str | None, channel_id: int | None, number: Any, words: str) -> str:
    is_number = isinstance(number, int) and not isinstance(number, bool)
    if channel_id and (is_number or (isinstance(number, str) and number.isascii() and number.isdigit())):
        return f"tg:{channel_id}/{number}"
    where = channel or (str(channel_id) if channel_id else source)
    if is_number or (isinstance(number, str) and number):
        return f"file:{clean_text(where)[0][:80]}/{clean_text(str(number))[0][:120]}"
    made = hashlib.sha256(f"{where}\n{words}".encode("utf-8", "replace")).hexdigest()[:24]
    return f"file:{clean_text(where)[0][:80]}/{made}"


def _origin(record: Mapping[str, Any], channel_id: int | None) -> Origin | None:
    forward = _short(record.get("forwarded_from"))
    if forward:
        return Origin("forward", name=forward)
    reply = record.get("reply_to", record.get("reply_to_message_id"))
    if isinstance(reply, int) and not isinstance(reply, bool):
        return Origin("reply", f"tg:{channel_id}/{reply}" if channel_id else None)
    return None


def _short(value: Any) -> str | None:
    return clean_text(value)[0][:500] if isinstance(value, str) and value else None


def _printable(line: bytes) -> str:
    text = line[:600].decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "\ufffd" for char in text.strip())[:120]
