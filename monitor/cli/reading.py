"""`classify`, `explain`, `evaluate`: what a text says, why it is read so, and how good the reading is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import AsJson, Config

__all__ = ["register"]

Given = Annotated[str | None, typer.Argument(metavar="TEXT|FILE|-", help="A text, a file, or - for standard input.")]
Title = Annotated[str | None, typer.Option(help="Headline: it counts as the first line.")]
Published = Annotated[str | None, typer.Option(help="When it was published (ISO 8601); dates are read against it.")]
Channel = Annotated[str | None, typer.Option(help="Who published it: a source id, a handle or a name.")]


def register(app: typer.Typer) -> None:
    app.command()(classify)
    app.command()(explain)
    app.command()(evaluate)


def classify(
    given: Given = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Every line is a record {"id", "text", "title"?, "published"?, "channel"?}.')
    ] = False,
    title: Title = None,
    published: Published = None,
    channel: Channel = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Print what texts claim, one JSON record per text, in the order of the input.

    A file that ends in .jsonl or .jsonl.gz is read as records. A line that is no record is named on standard error,
    the others are read all the same, and the exit code is 1.
    """
    from monitor.cli import texts

    records = texts.records(given, jsonl=jsonl, title=title, published=published, channel=channel)
    raise typer.Exit(texts.classify(records, config))


def explain(
    given: Given = None,
    title: Title = None,
    published: Published = None,
    channel: Channel = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show which words made the reading: mentions, frames, what was vetoed and why."""
    from monitor.cli import texts

    records = texts.records(given, jsonl=False, title=title, published=published, channel=channel)
    texts.explain(records, config, as_json=as_json)


def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD.jsonl", help="Annotated records, one per line.")],
    as_json: AsJson = False,
) -> None:
    """Score the reading against annotated records; critical errors (a false all-clear) are counted apart."""
    from monitor.cli import scoring

    raise typer.Exit(scoring.evaluate(gold, as_json=as_json))
