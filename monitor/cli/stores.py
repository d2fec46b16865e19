"""`db backup|restore|copy`: copies of the database, also while the daemon runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import AsJson, Config, Db, open_reading, settings_of

if TYPE_CHECKING:
    from rich.progress import TaskID

__all__ = ["app"]

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="File to write; it must not exist.")],
    config: Config = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Write a copy of the database; the daemon may go on."""
    from monitor.cli.output import print_json
    from monitor.store import backup as back_up

    with open_reading(config, db) as store:
        path = back_up(store, file)
    if as_json:
        print_json({"file": str(path)})
    else:
        typer.echo(f"wrote {path}")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file written by `db backup`.")],
    config: Config = None,
    db: Db = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of a database that exists.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a copy in the place of the database; the daemon must be stopped."""
    from monitor.cli.output import print_json
    from monitor.store import restore as put_back

    url = db if db is not None else settings_of(config).store_url
    put_back(file, url, replace=replace)
    if as_json:
        print_json({"restored": str(file)})
    else:
        typer.echo(f"restored from {file}; `monitor verify` checks every row")


@app.command("copy")
def copy_to(
    source: Annotated[str, typer.Argument(help="File or URL of the database to read; its daemon must be stopped.")],
    target: Annotated[str, typer.Argument(help="File or URL of a database that is empty, such as PostgreSQL's.")],
    as_json: AsJson = False,
) -> None:
    """Move a whole store to another database, SQLite or PostgreSQL, and prove that every row arrived.

    Written in one transaction; each table is then compared by a SHA-256 over its rows.
    """
    from monitor.cli.output import print_json, progress
    from monitor.store import copy

    with progress(is_quiet=as_json) as bar:
        tasks: dict[str, TaskID] = {}

        def told(table: str, done: int) -> None:
            if table not in tasks:
                tasks[table] = bar.add_task(table, total=None)
            bar.update(tasks[table], completed=done)

        counts = copy(source, target, progress=told)
    if as_json:
        print_json({"rows": counts})
    else:
        typer.echo(f"copied {sum(counts.values())} rows of {len(counts)} tables; every table arrived as it was sent")
