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

from monitor.cli.output import counted, error, json_line, print_json, write
from monitor.errors import ConfigError, InputError
from monitor.model import Reading, Report, SourceProfile

if TYPE_CHECKING:
    from monitor.extract import Lexicon
    from monitor.extract.explain import Trace

__all__ = [
    "Channels", "Record", "classify", "explain", "json_of", "opened", "overlay", "read_one", "record_of", "records",
    "told",
]  # fmt: skip


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
    if jsonl and path is None and given not in (None, "-"):
        raise InputError(f"--jsonl: {given}: there is no such file")
    if path is not None:
        if jsonl or path.name.endswith((".jsonl", ".jsonl.gz", ".ndjson")):
            return _lines(opened(path), str(path))
        return iter([_single(_decoded(opened(path).read()), title, published, channel)])
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

    lexicon = load_lexicon(overlay(config))
    known = Channels(config)
    code = 0
    for nth, one in enumerate(found, 1):
        if one.problem:
            error(f"{one.problem}; the line is left out")
            code = 1
            continue
        write(json_line(record(one.id if one.id is not None else str(nth), read_one(one, lexicon, known))))
    return code


def explain(found: Iterable[Record], config: Path | None, *, as_json: bool) -> None:
    """Print how each text was read: sentence by sentence what was found, then what came of it."""
    from monitor.catalogue import load_lexicon
    from monitor.extract.explain import explain as explained

    lexicon = load_lexicon(overlay(config))
    known = Channels(config)
    for one in found:
        if one.problem:
            raise InputError(one.problem)
        trace = explained(one.text, lexicon, title=one.title, published=one.published, **_light(known(one.channel)))
        if as_json:
            from monitor.web.plain import plain

            print_json(plain(trace))
        else:
            for line in told(trace):
                write(line)


def told(trace: Trace) -> Iterator[str]:
    """A trace in lines for people."""
    from monitor.logs import escape

    for nth, sentence in enumerate(trace.sentences, 1):
        yield f"{nth}. {escape(sentence.text)}"
        for step in sentence.steps:
            detail = f"  ({step.detail})" if step.detail else ""
            yield f"     {step.kind:<7} {escape(step.text)!s:<28} {step.what}{detail}"
        for veto in sentence.vetoes:
            yield f"     veto    {escape(veto)}"
    reading = trace.reading
    yield ""
    yield f"language {reading.lang or 'unknown'}; {counted(len(reading.reports), 'report')}"
    for report in reading.reports:
        fields = {k: v for k, v in report_fields(report).items() if v not in (None, [], False, "")}
        words = " ".join(f"{key}={value}" for key, value in fields.items())
        yield f"  {report.kind}: {words}"
        yield f"     because of {report.evidence.rule}: {escape(report.evidence.quote)}"
    for signal in reading.signals:
        yield f"  signal {signal.kind}: {escape(signal.evidence.quote)}"
    for note in reading.notes:
        yield f"  set aside: {escape(note.text)} ({escape(note.reason)})"


def report_fields(report: Report) -> dict[str, Any]:
    """What a report claims, without its evidence."""
    from monitor.formats.record import report_record

    hidden = ("kind", "quote", "span", "rule", "confidence", "occurred", "place_ids")
    return {key: value for key, value in report_record(report).items() if key not in hidden}


class Channels:
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


def read_one(one: Record, lexicon: Lexicon, known: Channels) -> Reading:
    from monitor.extract import read

    return read(one.text, lexicon, title=one.title, published=one.published, **_light(known(one.channel)))


def _light(profile: SourceProfile | None) -> dict[str, Any]:
    """The light that a channel's profile throws on its texts."""
    if profile is None:
        return {}
    return {"claimant": profile.claimant, "area": profile.area, "zone": profile.zone, "side": profile.side}


def overlay(config: Path | None) -> Path | None:
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


def opened(path: Path) -> IO[bytes]:
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
            yield record_of(line, f"{name}, line {number}")


def json_of(line: bytes, where: str) -> Any:
    """The value of a line, or a sentence that says what is wrong with it."""
    try:
        return json.loads(line.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as problem:
        return f"{where}: is not JSON ({short_problem(problem)})"


def short_problem(problem: Exception) -> str:
    """What the JSON parser says, without the document."""
    return getattr(problem, "msg", None) or type(problem).__name__


def record_of(line: bytes, where: str) -> Record:
    found = json_of(line, where)
    if isinstance(found, str):
        is_text = line.lstrip()[:1] == b'"'
        return Record(None, problem=f'{where}: is no record; write {{"text": …}}' if is_text else found)
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        return Record(None, problem=f'{where}: has no "text"')
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
