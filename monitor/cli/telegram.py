"""`telegram login|status`: the accounts that read Telegram itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import AsJson, Config, settings_of
from monitor.errors import ConfigError, InputError

if TYPE_CHECKING:
    from monitor.config import Settings

__all__ = ["app"]

app = typer.Typer(help="Accounts for reading through Telegram itself.", no_args_is_help=True)


@app.command()
def login(
    account: Annotated[str | None, typer.Argument(help="Id of a [[telegram.account]].")] = None,
    qr: Annotated[
        bool, typer.Option("--qr", help="Print an address to be scanned instead of asking for a code.")
    ] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Log an account in: asks for phone, code and password on the terminal, and keeps the session (mode 0600)."""
    import asyncio

    from monitor.cli.output import note, print_json
    from monitor.clock import SystemClock
    from monitor.sources import telegram
    from monitor.web.plain import plain

    settings = settings_of(config)
    name = _account(settings, account)
    if not sys.stdin.isatty():
        raise InputError("telegram login asks for a code: run it on a terminal (the daemon never asks)")
    made = telegram.accounts(settings.accounts, settings.state_folder, SystemClock())[name]
    show = (lambda address: note(f"scan this address as a QR code: {address}")) if qr else None
    found = asyncio.run(telegram.login(made, _ask, show))
    if as_json:
        print_json(plain(found))
    else:
        typer.echo(f"{name}: {found.detail}; the session is {found.session}")


@app.command()
def status(config: Config = None, as_json: AsJson = False) -> None:
    """Say whether each account's session is there, sound and logged in. Exit code 1 if one is not."""
    import asyncio

    from monitor.cli.output import print_json, table
    from monitor.clock import SystemClock
    from monitor.errors import MonitorError
    from monitor.sources import telegram
    from monitor.web.plain import plain

    settings = settings_of(config)
    rows: list[dict[str, Any]] = []
    for name in settings.accounts:
        try:
            one = telegram.accounts({name: settings.accounts[name]}, settings.state_folder, SystemClock())[name]
            rows.append(plain(asyncio.run(telegram.status(one))))
        except MonitorError as problem:
            rows.append({"account": name, "state": "unsafe", "detail": str(problem)})
    if as_json:
        print_json(rows)
    else:
        table(
            "Telegram accounts",
            ("Account", "State", "Detail"),
            [(row["account"], row["state"], row["detail"]) for row in rows],
            empty="No account is configured: add a [[telegram.account]] to config/monitor.toml.",
        )
    raise typer.Exit(1 if any(row["state"] not in ("logged_in", "in_use") for row in rows) else 0)


def _ask(question: str) -> str:
    """One answer from the person at the terminal; a password is not shown."""
    words = {"phone": "Phone number with country code", "code": "Code that Telegram sent", "password": "Password (2FA)"}
    answer: str = typer.prompt(words[question], hide_input=question == "password", err=True)
    return answer


def _account(settings: Settings, account: str | None) -> str:
    known = list(settings.accounts)
    if account is None and len(known) == 1:
        return known[0]
    if account is None or account not in settings.accounts:
        where = Path(settings.files[0]) if settings.files else Path("config/monitor.toml")
        raise ConfigError(
            f"{where}: no [[telegram.account]] is called {account!r}; known: {', '.join(known) or 'none'}"
        )
    return account
