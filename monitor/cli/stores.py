"""`db backup|restore`: copies of the database, also while the daemon runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import AsJson, Config, Db, open_reading, settings_of

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
