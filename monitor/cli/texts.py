"""Texts from an argument, a file or standard input → readings on standard output, one by one as they come."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from monitor.cli.output import error, json_line, print_json, write
from monitor.errors import ConfigError, InputError
from monitor.model import Reading, SourceProfile

if TYPE_CHECKING:
    from monitor.extract import Lexicon

__all__ = ["Record", "classify", "evaluate", "explain", "records"]


@dataclass(frozen=True, slots=True)
class Record:
    """One text to be read, as READING.md section 1 has it. ``problem``: the line was no record."""

    id: str | None
    text: str = ""
    title: str | None = None
    published: datetime | None = None
    channel: str | None = None
    problem: str | None = None


def records(
    given: str | None, *, jsonl: bool, title: str | None, published: str | None, channel: str | None
) -> Iterator[Record]:
    """What the command was given. A text that is the name of a file is that file."""
    path = _file(given)
    if path is not None:
        if jsonl or path.name.endswith((".jsonl", ".jsonl.gz", ".ndjson")):
            return _lines(_opened(path), str(path))
        return iter([_single(_decoded(_opened(path).read()), title, published, channel)])
    if given is None or given == "-":
        if given is None and not jsonl and sys.stdin.isatty():
            raise InputError("nothing to read: give a text, a file, or - for standard input")
        if jsonl:
            return _lines(sys.stdin.buffer, "standard input")
        return iter([_single(_decoded(sys.stdin.buffer.read()), title, published, channel)])
    return iter([_single(given, title, published, channel)])


def classify(found: Iterable[Record], config: Path | None) -> int:
    """Print one record per text; 1 if a line was no record."""
    from monitor.catalogue import load_lexicon
    from monitor.formats.record import record

    lexicon = load_lexicon(_overlay(config))
    known = _Channels(config)
    code = 0
    for nth, one in enumerate(found, 1):
        if one.problem:
            error(one.problem)
            code = 1
            continue
        write(json_line(record(one.id if one.id is not None else str(nth), _read(one, lexicon, known))))
    return code


def explain(found: Iterable[Record], config: Path | None, *, as_json: bool) -> None:
    """Print how each text was read."""
    from monitor.catalogue import load_lexicon
    from monitor.extract.explain import explain as explained

    lexicon = load_lexicon(_overlay(config))
    for one in found:
        told = explained(one.text, lexicon, title=one.title, published=one.published)
        if as_json:
            from monitor.web.plain import plain

            print_json(plain(told))
        else:
            write(told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, indent=2, default=str))


def evaluate(gold: Path, *, as_json: bool) -> int:
    """Print the scores; 1 if there are critical errors."""
    from monitor.catalogue import load_lexicon
    from monitor.extract.evaluate import evaluate as score

    lines = [_json(line, f"{gold}, line {n}") for n, line in enumerate(_opened(gold), 1) if line.strip()]
    for number, line in enumerate(lines, 1):
        if isinstance(line, str):
            raise InputError(line)
        if not isinstance(line, dict) or "text" not in line:
            raise InputError(f'{gold}, record {number}: needs "text"')
    found = score(lines, load_lexicon())
    from monitor.web.plain import plain

    scores = plain(found)
    if as_json:
        print_json(scores)
    else:
        _scores(scores)
    return 1 if isinstance(scores, dict) and scores.get("critical") else 0


def _scores(scores: Any) -> None:
    from monitor.cli.output import table

    flat = _flat(scores) if isinstance(scores, dict) else [("result", str(scores))]
    table("Scores", ("Measure", "Value"), flat, empty="Nothing was scored.")


def _flat(value: dict[str, Any], prefix: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for key, inner in value.items():
        if isinstance(inner, dict):
            rows += _flat(inner, f"{prefix}{key}.")
        elif isinstance(inner, list):
            rows.append((f"{prefix}{key}", len(inner)))
        else:
            rows.append((f"{prefix}{key}", round(inner, 4) if isinstance(inner, float) else inner))
    return rows


class _Channels:
    """Profiles by id, handle or name, loaded when a record first names a channel."""

    def __init__(self, config: Path | None) -> None:
        self._config = config
        self._known: dict[str, SourceProfile] | None = None

    def __call__(self, channel: str | None) -> SourceProfile | None:
        if not channel:
            return None
        if self._known is None:
            self._known = _profiles(self._config)
        return self._known.get(channel.casefold().removeprefix("@"))


def _profiles(config: Path | None) -> dict[str, SourceProfile]:
    """The profiles of the configuration, where there is one; those that come with the program otherwise."""
    from monitor.cli.options import settings_of
    from monitor.cli.starting import packaged_config
    from monitor.config.lint import handle

    try:
        settings = settings_of(config)
    except ConfigError:
        if config is not None:
            raise
        settings = settings_of(packaged_config() / "monitor.toml")
    out: dict[str, SourceProfile] = {}
    for profile in settings.profiles:
        for name in (profile.name, handle(profile.address), profile.id, str(profile.channel_id or "")):
            if name:
                out[name.casefold()] = profile
    return out


def _read(one: Record, lexicon: Lexicon, known: _Channels) -> Reading:
    from monitor.extract import read

    profile = known(one.channel)
    return read(
        one.text,
        lexicon,
        title=one.title,
        published=one.published,
        claimant=profile.claimant if profile else None,
        area=profile.area if profile else (),
        zone=profile.zone if profile else "Europe/Kyiv",
        side=profile.side if profile else None,
    )


def _overlay(config: Path | None) -> Path | None:
    """``languages/`` beside the configuration, where there is one."""
    base = config.parent if config is not None and config.is_file() else config or Path("config")
    folder = base / "languages"
    return folder if folder.is_dir() else None


def _file(given: str | None) -> Path | None:
    if not given or given == "-" or len(given) > 1000 or "\n" in given:
        return None
    path = Path(given)
    try:
        if path.is_file():
            return path
    except (OSError, ValueError):
        return None
    if path.suffix in (".jsonl", ".txt", ".gz", ".ndjson") and " " not in given:
        raise InputError(f"{given}: there is no such file")
    return None


def _opened(path: Path) -> IO[bytes]:
    try:
        # Read lazily, line by line, by whoever iterates; the process ends with the command.
        opened: Any = gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # noqa: SIM115
        opened.peek(1)
    except (OSError, EOFError) as problem:
        raise InputError(f"{path}: cannot be read: {getattr(problem, 'strerror', None) or problem}") from None
    found: IO[bytes] = opened
    return found


def _decoded(data: bytes) -> str:
    """Text of any bytes: what is no UTF-8 is shown as the replacement character."""
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n").rstrip("\n")


def _single(text: str, title: str | None, published: str | None, channel: str | None) -> Record:
    at = None
    if published is not None:
        from monitor.cli.options import moment

        at = moment(published, "--published")
    return Record("1", text, title, at, channel)


def _lines(lines: Iterable[bytes], name: str) -> Iterator[Record]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _record(line, f"{name}, line {number}")


def _json(line: bytes, where: str) -> Any:
    """The value of a line, or a sentence that says what is wrong with it."""
    try:
        return json.loads(line.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as problem:
        return f"{where}: is not JSON ({short_problem(problem)}); the line is left out"


def short_problem(problem: Exception) -> str:
    """What the JSON parser says, without the document."""
    return getattr(problem, "msg", None) or type(problem).__name__


def _record(line: bytes, where: str) -> Record:
    found = _json(line, where)
    if isinstance(found, str):
        is_text = line.lstrip()[:1] == b'"'
        return Record(None, problem=f'{where}: is no record; write {{"text": …}}' if is_text else found)
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        return Record(None, problem=f'{where}: has no "text"; the line is left out')
    title = found.get("title")
    channel = found.get("channel")
    return Record(
        id=found.get("id"),
        text=found["text"],
        title=title if isinstance(title, str) else None,
        published=_published(found.get("published")),
        channel=channel if isinstance(channel, str) else None,
    )


def _published(value: object) -> datetime | None:
    """The time of a record; one that cannot be read counts as not stated."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
