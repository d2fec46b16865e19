"""The tree of commands. Only what help needs is imported here; each command imports its own world when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli import (
    backfill,
    check,
    exporting,
    importing,
    languages,
    reading,
    rebuilding,
    replaying,
    running,
    series,
    sources,
    stores,
    telegram,
    tokens,
    watching,
    webhooks,
)

__all__ = ["app"]

app = typer.Typer(
    name="monitor",
    help="Reads public channels and news for air alerts, strikes and counts, and keeps them with their evidence.\n\n"
    "Not a warning system: follow official sirens.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        from monitor import __version__
        from monitor.builds import reader_build

        typer.echo(f"monitor {__version__}, reader: {reader_build()}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and how the reader runs.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    pass


for module in (running, watching, reading, replaying, rebuilding, backfill, importing, series, exporting, check):
    module.register(app)
app.add_typer(languages.app, name="languages")
app.add_typer(sources.app, name="sources")
app.add_typer(stores.app, name="db")
app.add_typer(telegram.app, name="telegram")
app.add_typer(tokens.app, name="tokens")
app.add_typer(webhooks.app, name="webhooks")
