"""`export`: rows for other programs, and the evidence of one event. A file appears whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from monitor.cli.options import AsJson, Config, Db, Since, Until, moment, open_reading, settings_or_package, stretch
from monitor.cli.series import AsOf, Region, check_region
from monitor.errors import InputError

if TYPE_CHECKING:
    from monitor.formats.about import About
    from monitor.store import SqlStore

__all__ = ["register"]

What = Literal["alerts", "strikes", "counts", "reports", "changes", "items", "rollups"]
Format = Literal["csv", "jsonl", "parquet", "geojson", "atom", "ical", "cap"]
Grain = Literal["hour", "day", "night", "week", "month"]


def register(app: typer.Typer) -> None:
    app.command()(export)


def export(
    what: Annotated[What | None, typer.Argument(help="Which rows.")] = None,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to write them.")] = "jsonl",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File (cap, --case: a new folder) [default: standard output]."),
    ] = None,
    case: Annotated[
        str | None, typer.Option("--case", metavar="EVENT", help="Write the evidence of this alert, strike or claim.")
    ] = None,
    region: Region = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    grain: Annotated[Grain, typer.Option(help="Of roll-ups: how long a cell is.")] = "day",
    public: Annotated[
        bool, typer.Option("--public", help="Only what the publication policy shows to everybody.")
    ] = False,
    config: Config = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Write rows for other programs, or with --case the evidence of one event.

    Everything is shown as it is stored; what is to be published goes through --public. Beside a file stands
    FILE.about.json: what was asked, and how well that time was being watched (an empty file of a time without coverage
    says nothing). CSV starts no formula in a spreadsheet; Parquet needs the extra `parquet`; iCalendar takes alerts;
    CAP writes a folder with one message a change of an alert or threat; Atom takes changes.
    """
    from monitor.cli.output import note, print_json

    if (what is None) == (case is None):
        raise InputError("name the rows to export (alerts, strikes, counts …), or one event with --case")
    with open_reading(config, db) as store:
        if case is not None:
            folder = output or Path(f"case-{case[:12]}")
            found = _write_case(store, case, folder)
        else:
            found = _write_rows(store, str(what), format, output, region, grain, public=public, config=config, db=db,
                                times=(since, until, as_of))  # fmt: skip
    if as_json and (output is not None or case is not None):
        print_json(found)
    else:
        note(" ".join(str(found[name]) for name in ("said", "coverage") if found.get(name)))


def _write_rows(
    store: SqlStore,
    what: str,
    style: str,
    output: Path | None,
    region: str | None,
    grain: str,
    *,
    public: bool,
    config: Path | None,
    db: str | None,
    times: tuple[str | None, str | None, str | None],
) -> dict[str, Any]:
    from monitor.catalogue import load_gazetteer
    from monitor.cli import rendering
    from monitor.cli.rows import Asked, ask

    gazetteer = load_gazetteer()
    check_region(region, gazetteer)
    rendering.check(what, style, region, is_public=public)
    since, until = stretch(*times[:2])
    as_of = moment(times[2], "--as-of")
    asked = Asked(
        "changes" if style == "cap" else what, region, since, until, as_of, grain, is_whole=style == "ical"
    )  # fmt: skip
    answer = ask(store, asked)
    settings = settings_or_package(config, db)
    about = rendering.about_of(asked, answer, is_public=public)
    audience = rendering.Audience(settings, gazetteer, is_public=public)
    if style == "cap":
        return {**_write_folder(audience.cap_files(answer.rows), about, output), "coverage": about.words}
    rows = audience.rows(answer.rows, what)
    pieces = rendering.pieces(rows, what, style, about, gazetteer)
    said = _write(pieces, about, output)
    return {
        "said": said,
        "rows": len(answer.rows),
        "coverage": about.words,
        **({"file": str(output)} if output else {}),
    }


def _write(pieces: Iterable[bytes], about: About, output: Path | None) -> str:
    """The file with what stands beside it, or standard output."""
    from monitor.cli.output import json_line

    if output is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return ""
    _whole(output, pieces)
    beside = output.with_name(output.name + ".about.json")
    _whole(beside, [(json_line(about.record()) + "\n").encode()])
    return f"wrote {output} and {beside.name}."


def _whole(path: Path, pieces: Iterable[bytes]) -> None:
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as problem:
        raise InputError(f"{path}: cannot be written: {problem.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


def _write_folder(files: Mapping[str, bytes], about: About, folder: Path | None) -> dict[str, Any]:
    from monitor.cli.output import json_line

    if folder is None:
        raise InputError("CAP writes one file a message: name a folder with --output")
    _folder({**files, "about.json": (json_line(about.record()) + "\n").encode()}, folder)
    return {"said": f"wrote {len(files)} messages into {folder}.", "folder": str(folder), "rows": len(files)}


def _folder(files: Mapping[str, bytes], folder: Path) -> None:
    """Every file, in a folder that appears whole or not at all. Raises ``InputError`` where it exists."""
    if folder.exists():
        raise InputError(f"{folder}: is there already; name a folder that does not exist")
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for name, body in files.items():
                path = draft / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(body)
            draft.replace(folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except OSError as problem:
        raise InputError(f"{folder}: cannot be written: {problem.strerror}") from None


def _write_case(store: SqlStore, event: str, folder: Path) -> dict[str, Any]:
    from monitor import __version__
    from monitor.catalogue import load_lexicon, rules_version
    from monitor.clock import SystemClock
    from monitor.store.casefiles import case_files
    from monitor.store.evidence import gather

    case = gather(store, event)
    now: datetime = SystemClock().now()
    program = f"airalert-monitor {__version__}"
    _folder(case_files(case, program=program, rules_now=rules_version(load_lexicon()), made_at=now), folder)
    versions = f"{len(case.items)} item version{'s' if len(case.items) != 1 else ''}"
    said = f"wrote {folder}: {case.event.kind} {case.event.id}, {versions}; `monitor verify --case {folder}` checks it"
    return {"said": said, "folder": str(folder), "event": case.event.id, "kind": case.event.kind,
            "items": len(case.items)}  # fmt: skip
