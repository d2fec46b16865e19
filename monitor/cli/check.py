"""`init`, `check-config`, `doctor`, `verify`: before the start, and when something is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import AsJson, Config, Db, open_reading, settings_of

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command()(init)
    app.command("check-config")(check_config)
    app.command()(doctor)
    app.command()(verify)


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write config/.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Write an annotated config/ into a directory, and say what to do next."""
    from monitor.cli.output import print_json
    from monitor.cli.starting import write_config

    written = write_config(folder)
    if as_json:
        print_json({"written": [str(path) for path in written]})
        return
    for path in written:
        typer.echo(f"wrote {path}")
    where = "" if folder == Path() else f"cd {folder} && "
    typer.echo(
        "\nNext:\n"
        f"  {where}monitor check-config      what is configured, and whether it is sound\n"
        f"  {where}monitor sources check     ask each source once\n"
        f"  {where}monitor run               start; the API is at http://127.0.0.1:8787/v1/state\n"
        "Your own channels go into config/sources/, one [[source]] table each.\n"
        "Without a network: monitor demo"
    )


def check_config(config: Config = None, as_json: AsJson = False) -> None:
    """Read the configuration and nothing else: exit code 2 with file, line and suggestion when it is wrong."""
    from monitor.cli.output import counted, note, print_json
    from monitor.config import check_regions
    from monitor.daemon.parts import check_kinds

    settings = settings_of(config)
    check_kinds(settings)
    if any(endpoint.subscription.regions for endpoint in settings.endpoints):
        from monitor.atlas import load_gazetteer

        check_regions(settings.endpoints, load_gazetteer())
    if as_json:
        found = {
            "files": [str(path) for path in settings.files],
            "sources": [profile.id for profile in settings.watched],
            "endpoints": [endpoint.id for endpoint in settings.endpoints],
            "warnings": list(settings.warnings),
        }
        print_json(found)
        return
    for words in settings.warnings:
        note(f"warning: {words}")
    typer.echo(
        f"{counted(len(settings.files), 'file')} sound: "
        f"{len(settings.watched)} of {len(settings.profiles)} sources enabled, "
        f"{counted(len(settings.endpoints), 'endpoint')}, database {settings.store_url.rsplit('@', 1)[-1]}"
    )


def doctor(config: Config = None, as_json: AsJson = False) -> None:
    """Check this machine: Python, time zones, configuration, database, port, permissions. Exit code 1 on trouble."""
    from monitor.cli import health

    raise typer.Exit(health.doctor(config, as_json=as_json))


def verify(
    case: Annotated[
        Path | None, typer.Option("--case", metavar="FOLDER", help="Check the folder of a case instead.")
    ] = None,
    config: Config = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Check the hash chain of the raw items: exit code 1, naming each row, if anything was altered.

    With --case the files of a folder that `export --case` wrote, and the chain in them; with --db besides, whether the
    roots of its days are those of the database.
    """
    from monitor.cli.output import print_json, table
    from monitor.store import verify as verified
    from monitor.store.casefiles import verify_case

    if case is not None and db is None:
        problems = verify_case(case)
    else:
        with open_reading(config, db) as store:
            problems = verified(store) if case is None else verify_case(case, store)
    rows = [{"table": problem.table, "row": problem.row, "what": problem.what} for problem in problems]
    if as_json:
        print_json({"sound": not rows, "problems": rows})
    elif rows:
        table("Not as it was written", ("Table", "Row", "What"), [tuple(row.values()) for row in rows], empty="")
    else:
        typer.echo("Every row is as it was written." if case is None else "Every file is as it was written.")
    raise typer.Exit(1 if rows else 0)
