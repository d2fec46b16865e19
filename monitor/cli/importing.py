"""`import`: a file that somebody else made into the database, as history."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import AsJson, Config, Db, settings_of

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.importers import Importer

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("import")(import_)


def import_(
    kind: Annotated[
        str,
        typer.Argument(
            help="Kind of file: telegram-export (Telegram Desktop's result.json), intervals (a CSV of alerts), "
            "alerts-in-ua (a saved history), missile-table (Kaggle's daily table), table (CSV or GeoJSON of one's own)."
        ),
    ],
    file: Annotated[Path, typer.Argument(help="The file; one that ends in .gz is unpacked while reading.")],
    source: Annotated[
        str | None, typer.Option("--source", help="Id of the source that the file belongs to, where it does not say.")
    ] = None,
    config: Config = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Import a file into the database, as history: it raises no alert, nobody is told, and the daemon must be stopped.

    The same command again goes on where it stopped; what is known already is left as it is.
    """
    import asyncio

    from monitor import logs
    from monitor.cli.output import print_json
    from monitor.config.models import StoreSection
    from monitor.importers import importer

    chosen = importer(kind)
    settings = settings_of(config)
    if db is not None:
        url = db if "://" in db else f"sqlite:///{Path(db).resolve()}"
        settings = replace(settings, store=StoreSection(url=url))
    logs.setup(level="error", style="console").add(settings.secrets())
    size = file.stat().st_size if file.is_file() and file.suffix != ".gz" else None
    found = asyncio.run(_import(settings, chosen, file, source, size, is_quiet=as_json))
    if as_json:
        print_json(found)
    else:
        numbers = {name: number for name, number in found.items() if isinstance(number, int)}
        counts = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in numbers.items())
        typer.echo(f"{file}: {', '.join(found['sources'])}: {counts}")
        _show(found)


def _show(found: dict[str, Any]) -> None:
    """Figures that differ from what we were told, side by side, and rows that make no claim, by line."""
    from monitor.cli.output import short, table

    figures = [one for one in found.get("conflicts", ()) if "theirs" in one]
    if figures:
        heads = ("When", "Attacker", "Weapon", "Measure", "Table", "Told us", "By")
        rows = [
            (one["when"], one["attacker"], one["model"] or one["weapon"], one["measure"], one["theirs"],
             ", ".join(_value(ours) for ours in one["ours"]), ", ".join(str(ours["claimant"]) for ours in one["ours"]))
            for one in figures
        ]  # fmt: skip
        table("The table says otherwise than what we were told", heads, rows, empty="")
    if found.get("notes"):
        notes = [(one["line"], one["why"], short(str(one["cell"]))) for one in found["notes"][:20]]
        table("Kept, but no claim (the first of them)", ("Line", "Why", "Cell"), notes, empty="")


def _value(ours: dict[str, Any]) -> str:
    most = f"-{ours['value_max']}" if ours["value_max"] is not None else ""
    return f"{ours['value']}{most}"


async def _import(
    settings: Settings, chosen: Importer, file: Path, source: str | None, size: int | None, *, is_quiet: bool
) -> dict[str, Any]:
    import asyncio

    from monitor.cli.output import progress
    from monitor.clock import SystemClock
    from monitor.daemon.parts import build_parts
    from monitor.importers import Into

    clock = SystemClock()
    parts = build_parts(settings, clock, None, None, lambda delivery, at: None)
    # Years of old strikes are no news to anybody; `webhooks redeliver --since` tells them to who wants them.
    parts.pipeline.outbox = None
    try:
        with progress(is_quiet=is_quiet) as bar:
            task = bar.add_task(f"importing {file.name}", total=size)
            into = Into(
                parts.pipeline, parts.rules.profiles, clock, source, lambda done: bar.update(task, completed=done)
            )
            return dict(await asyncio.to_thread(chosen, file, into))
    finally:
        await parts.http.close()
        parts.store.close()
