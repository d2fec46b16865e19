"""`webhooks list|log|secret`: who is told, what came of it, and a new signing secret."""

from __future__ import annotations

import os
import secrets as randomness
from base64 import b64encode
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli.options import AsJson, Config, Db, open_reading, settings_of
from monitor.errors import InputError

__all__ = ["app"]

app = typer.Typer(help="Who is told, and what came of it.", no_args_is_help=True)


@app.command("list")
def list_(config: Config = None, as_json: AsJson = False) -> None:
    """List the endpoints; addresses and secrets are not shown."""
    from monitor.cli.output import print_json, table

    settings = settings_of(config)
    rows: list[dict[str, Any]] = [
        {
            "id": endpoint.id,
            "type": endpoint.type,
            "trusted": endpoint.is_trusted,
            "enabled": endpoint.is_enabled,
            "types": list(endpoint.subscription.types),
            "regions": list(endpoint.subscription.regions),
        }
        for endpoint in settings.endpoints
    ]
    if as_json:
        print_json(rows)
        return
    table(
        "Endpoints",
        ("Id", "Type", "Trusted", "Enabled", "Types", "Regions"),
        [
            (
                r["id"],
                r["type"],
                r["trusted"],
                r["enabled"],
                " ".join(r["types"]) or "all",
                " ".join(r["regions"]) or "all",
            )
            for r in rows
        ],
        empty="Nobody is told: add an [[endpoint]] to config/monitor.toml.",
    )


@app.command()
def log(
    endpoint: Annotated[str | None, typer.Argument(help="Id of an endpoint.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most rows.")] = 50,
    config: Config = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Show the newest attempts of delivery."""
    from monitor.cli.output import print_json, table, when
    from monitor.web.plain import plain

    with open_reading(config, db) as store:
        rows = store.delivery_log(endpoint, limit)
    if as_json:
        print_json(plain(list(rows)))
        return
    table(
        "Attempts",
        ("At", "Endpoint", "Outcome", "Message", "Detail"),
        [
            (when(row["at"]), row["endpoint"], row["outcome"], row["message_id"],
             " ".join(f"{k}={v}" for k, v in row.items() if k not in ("at", "endpoint", "outcome", "message_id")))
            for row in rows
        ],
        empty="No attempt has been made.",
    )  # fmt: skip


@app.command()
def secret(file: Annotated[Path, typer.Argument(help="File to write (mode 0600); it must not exist.")]) -> None:
    """Make a signing secret for an endpoint and keep it in a file that only you can open."""
    word = "whsec_" + b64encode(randomness.token_bytes(32)).decode()
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        raise InputError(f"{file}: cannot be made: {problem.strerror}") from None
    with os.fdopen(handle, "w") as out:
        out.write(word + "\n")
    typer.echo(f'wrote {file}; give the receiver its content, and the endpoint: secret_file = "{file}"')
