"""`languages status|try|check|new`: the tools of someone who speaks a language and writes no Python."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import AsJson, Config

__all__ = ["app"]

app = typer.Typer(help="The languages that are read: their words, cases and known failures.", no_args_is_help=True)

Folder = Annotated[
    Path | None,
    typer.Option("--folder", help="Your own language folders [default: languages/ beside the configuration]."),
]


@app.command()
def status(config: Config = None, folder: Folder = None, as_json: AsJson = False) -> None:
    """List the languages: forms, phrases, cases, and how many cases are still read wrongly."""
    from dataclasses import asdict

    from monitor.catalogue import LANGUAGES
    from monitor.cli.output import print_json, table
    from monitor.languagecases import folders_of
    from monitor.languagecheck import state_of

    own = _own(folder, config)
    states = [state_of(path) for path in folders_of(*((LANGUAGES, own) if own else (LANGUAGES,)))]
    if as_json:
        print_json([asdict(state) for state in states])
        return
    table(
        f"{len(states)} languages",
        ("Code", "Language", "Concepts", "Forms", "Phrases", "Place names", "Cases", "of nothing", "Known failures"),
        [tuple(asdict(state).values()) for state in states],
        empty="No language folder was found.",
    )


@app.command("try")
def try_(
    text: Annotated[str, typer.Argument(help="A text.")],
    title: Annotated[str | None, typer.Option(help="Headline: it counts as the first line.")] = None,
    published: Annotated[str | None, typer.Option(help="When it was published (ISO 8601).")] = None,
    area: Annotated[list[str] | None, typer.Option(help="Place meant where none is named, such as UA-63.")] = None,
    config: Config = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show what a text says, in the short words of a case, and which words made it so."""
    from monitor.catalogue import load_lexicon
    from monitor.cli.options import moment
    from monitor.cli.output import print_json, write
    from monitor.cli.texts import told
    from monitor.extract.explain import explain
    from monitor.languagecases import PUBLISHED, short

    at = moment(published, "--published") or PUBLISHED
    trace = explain(text, load_lexicon(_own(folder, config)), title=title, published=at, area=area or ())
    reports = [short(report) for report in trace.reading.reports]
    if as_json:
        print_json({"lang": trace.reading.lang, "reports": reports})
        return
    for line in told(trace):
        write(line)
    write("\nas a case:")
    write("reports = []" if not reports else "reports = [")
    for line in reports:
        write(f"    {_quoted(line)},")
    if reports:
        write("]")


@app.command()
def check(
    codes: Annotated[list[str] | None, typer.Argument(help="Codes of languages; none: all.")] = None,
    config: Config = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Check words, phrases, places and cases: exit code 1, with file and line, if a rule is broken."""
    from monitor.cli.output import print_json, write
    from monitor.languagecheck import check as problems_of

    problems = problems_of(_own(folder, config), codes or ())
    if as_json:
        print_json([{"file": str(one.file), "line": one.line, "what": one.what} for one in problems])
    else:
        for one in problems:
            write(str(one).replace("\n", " "))
        typer.echo(f"{len(problems)} problems" if problems else "Every rule is kept and every case is read as written.")
    raise typer.Exit(1 if problems else 0)


@app.command()
def new(
    code: Annotated[str, typer.Argument(help="Language code, such as ro.")],
    folder: Annotated[Path, typer.Option("--folder", help="Where to write CODE/.")] = Path("config/languages"),
    name: Annotated[str, typer.Option(help="English name of the language.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write an annotated, empty language folder."""
    from monitor.cli.output import print_json
    from monitor.languagecheck import new_language

    written = new_language(code, folder, name)
    if as_json:
        print_json({"written": [str(path) for path in written]})
        return
    for path in written:
        typer.echo(f"wrote {path}")
    typer.echo(f"\nNext: fill words.toml, write cases, run `monitor languages check {code} --folder {folder}`")


def _own(folder: Path | None, config: Path | None) -> Path | None:
    """The user's own language folders, where there are any."""
    from monitor.cli.texts import overlay
    from monitor.errors import InputError

    if folder is not None and not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder; `monitor languages new CODE --folder {folder}` makes one")
    return folder if folder is not None else overlay(config)


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)
