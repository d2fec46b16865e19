"""`tokens …`: who may see more of the API than everyone."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from monitor.cli.options import AsJson, Config, Db, open_reading

__all__ = ["app"]

app = typer.Typer(help="Tokens of the API.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Whom it is for; stands in the list and in the log.")],
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", help="read, deliveries, operate or full; again for more [default: read]."),
    ] = None,
    days: Annotated[int | None, typer.Option("--days", min=1, max=3650, help="Days until it expires.")] = None,
    config: Config = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Make a token. Its secret is printed once and kept nowhere: store it now.

    deliveries: who is told and what came of it. operate: the same, and telling again. full: also what the publication
    policy withholds. A program sends it as `Authorization: Bearer SECRET`.
    """
    from monitor.cli.output import print_json
    from monitor.clock import SystemClock
    from monitor.store import tokens

    now = SystemClock().now()
    expires = now + timedelta(days=days) if days is not None else None
    with open_reading(config, db) as store:
        made, secret = tokens.add(store, name, scope or ("read",), now, expires_at=expires)
    if as_json:
        print_json({"id": made.id, "name": made.name, "scopes": list(made.scopes), "expires_at": made.expires_at,
                    "secret": secret})  # fmt: skip
        return
    typer.echo(f"made token {made.id} for {made.name}: {' '.join(made.scopes)}")
    typer.echo(f"its secret, shown only now: {secret}")


@app.command("list")
def list_(config: Config = None, db: Db = None, as_json: AsJson = False) -> None:
    """List the tokens, revoked and expired ones too; secrets are not known."""
    from monitor.cli.output import print_json, table, when
    from monitor.clock import SystemClock
    from monitor.store import tokens

    now = SystemClock().now()
    with open_reading(config, db) as store:
        found = tokens.listed(store)
    if as_json:
        print_json(
            [
                {"id": one.id, "name": one.name, "scopes": list(one.scopes), "standing": one.standing(now),
                 "created_at": one.created_at, "expires_at": one.expires_at, "revoked_at": one.revoked_at,
                 "used_at": one.used_at}
                for one in found
            ]
        )  # fmt: skip
        return
    table(
        "Tokens",
        ("Id", "Name", "Scopes", "Standing", "Made", "Expires", "Last used"),
        [
            (one.id, one.name, " ".join(one.scopes), one.standing(now), when(one.created_at), when(one.expires_at),
             when(one.used_at))
            for one in found
        ],
        empty="There is no token: the API shows everyone the same. `monitor tokens add NAME` makes one.",
    )  # fmt: skip


@app.command()
def revoke(
    token: Annotated[str, typer.Argument(metavar="ID", help="Id of a token; `monitor tokens list` shows them.")],
    config: Config = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """End a token. A running daemon refuses it at once."""
    from monitor.cli.output import print_json
    from monitor.clock import SystemClock
    from monitor.store import tokens

    with open_reading(config, db) as store:
        ended = tokens.revoke(store, token, SystemClock().now())
    if as_json:
        print_json({"id": ended.id, "name": ended.name, "revoked_at": ended.revoked_at})
    else:
        typer.echo(f"token {ended.id} ({ended.name}) is revoked")
