"""`webhooks …`: who is told, what came of it, and what an operator does about it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import AsJson, Config, Db, Since, moment, open_reading, settings_of
from monitor.errors import InputError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.daemon.book import Book
    from monitor.model import Change, Endpoint
    from monitor.sinks.outbox import WireOutbox
    from monitor.store import SqlStore

__all__ = ["app"]

app = typer.Typer(help="Who is told, and what came of it.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="Id of an endpoint; `monitor webhooks list` shows them.")]

# The options of `add`: how an endpoint is reached, and what it is told.
Name = Annotated[str, typer.Argument(metavar="ID", help="Name of the endpoint.")]
Url = Annotated[str, typer.Argument(help="Where it is told; for other kinds than webhook see docs/howto.")]
Kind = Annotated[str, typer.Option("--type", help="Kind of sink.")]
Types = Annotated[list[str] | None, typer.Option("--only", help="Change types, such as alert.*; again for more.")]
Regions = Annotated[list[str] | None, typer.Option("--region", help="Gazetteer ids; again for more.")]
Weapons = Annotated[list[str] | None, typer.Option("--weapon", help="Weapons; again for more.")]
Sides = Annotated[list[str] | None, typer.Option("--side", help="Sides of claimants: UA, RU.")]
Natures = Annotated[
    list[str] | None, typer.Option("--nature", help="actual, exercise, test, system. Unsaid: actual, system.")
]
MinRank = Annotated[str | None, typer.Option(help="Least rank of source: official, monitor, media.")]
MinValue = Annotated[int | None, typer.Option(help="Least figure of a count.")]
MinConfidence = Annotated[float | None, typer.Option(help="Least confidence of a reading, 0 to 1.")]
MinOrigins = Annotated[int | None, typer.Option(help="Independent witnesses needed.")]
Quiet = Annotated[
    tuple[str, str, str] | None,
    typer.Option(metavar="FROM UNTIL ZONE", help="Quiet hours, 23:00 07:00 Europe/Kyiv; alerts always pass."),
]
DigestMinutes = Annotated[
    float | None, typer.Option(help="Gather strikes, counts and news of sources into one message.")
]
SecretFile = Annotated[
    Path | None, typer.Option(help="File (0600) with a secret or token. Unsaid: a webhook is given a new secret.")
]
Networks = Annotated[
    list[str] | None, typer.Option("--allow-network", help="A network of your own that may be dialled.")
]
Ports = Annotated[list[int] | None, typer.Option("--port", help="A port beside 443 and 8443.")]
AllowHttp = Annotated[bool, typer.Option("--allow-http", help="Send in clear.")]
Trusted = Annotated[bool, typer.Option("--trusted", help="Without publication delays and redaction.")]


@app.command("list")
def list_(config: Config = None, db: Db = None, as_json: AsJson = False) -> None:
    """List the endpoints, of the configuration and added ones; addresses and secrets are not shown."""
    from monitor.cli.output import print_json, table

    settings = settings_of(config)
    configured = {endpoint.id for endpoint in settings.endpoints}
    rows: list[dict[str, Any]] = [
        {
            "id": endpoint.id,
            "type": endpoint.type,
            "trusted": endpoint.is_trusted,
            "enabled": endpoint.is_enabled,
            "from": "config" if endpoint.id in configured else "added",
            "types": list(endpoint.subscription.types),
            "regions": list(endpoint.subscription.regions),
        }
        for endpoint in _endpoints(settings, config, db)
    ]
    if as_json:
        print_json(rows)
        return
    table(
        "Endpoints",
        ("Id", "Type", "Trusted", "Enabled", "From", "Types", "Regions"),
        [
            (
                r["id"],
                r["type"],
                r["trusted"],
                r["enabled"],
                r["from"],
                " ".join(r["types"]) or "all",
                " ".join(r["regions"]) or "all",
            )
            for r in rows
        ],
        empty="Nobody is told: add an [[endpoint]] to config/monitor.toml, or `monitor webhooks add`.",
    )


@app.command()
def add(
    endpoint: Name,
    url: Url,
    type_: Kind = "webhook",
    types: Types = None,
    regions: Regions = None,
    weapons: Weapons = None,
    sides: Sides = None,
    natures: Natures = None,
    min_rank: MinRank = None,
    min_value: MinValue = None,
    min_confidence: MinConfidence = None,
    min_origins: MinOrigins = None,
    quiet: Quiet = None,
    digest_minutes: DigestMinutes = None,
    secret_file: SecretFile = None,
    allow_networks: Networks = None,
    ports: Ports = None,
    allow_http: AllowHttp = False,
    trusted: Trusted = False,
    config: Config = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Add an endpoint. A webhook's signing secret is printed once: keep it."""
    from monitor.atlas import load_gazetteer
    from monitor.config import check_regions, subscription
    from monitor.config.secrets import from_file
    from monitor.deliver import desk
    from monitor.model import Endpoint

    asked_for = {
        "types": types, "regions": regions, "weapons": weapons, "sides": sides, "natures": natures,
        "min_rank": min_rank, "min_value": min_value, "min_confidence": min_confidence, "min_origins": min_origins,
        "quiet": quiet, "digest_minutes": digest_minutes,
    }  # fmt: skip
    options: dict[str, Any] = {"ports": ports} if ports else {}
    if allow_http:
        options["allow_http"] = True
    asked = Endpoint(
        id=endpoint,
        type=type_,
        target=url,
        secrets=from_file(secret_file, "--secret-file") if secret_file else (),
        subscription=subscription({name: value for name, value in asked_for.items() if value is not None}),
        is_trusted=trusted,
        allow_networks=tuple(allow_networks or ()),
        options=options,
    )
    if regions:
        check_regions([asked], load_gazetteer())
    with _desk(config, db) as (book, _settings):
        made = desk.add(book, asked, _now())
    _say_added(as_json, made, made.secrets[0] if made.secrets and not secret_file else None)


def _say_added(as_json: bool, made: Endpoint, new_secret: str | None) -> None:
    from monitor.cli.output import print_json

    if as_json:
        print_json({"id": made.id, "type": made.type, "secret": new_secret})
        return
    typer.echo(f"added {made.id}; try it: monitor webhooks test {made.id}")
    if new_secret:
        typer.echo(f"its signing secret, for the receiver: {new_secret}")


@app.command("test")
def send_test(endpoint: Id, config: Config = None, db: Db = None, as_json: AsJson = False) -> None:
    """Send a test (nature `test`: nothing sounds). A running daemon delivers it within seconds."""
    from monitor.deliver import desk

    with _desk(config, db) as (book, settings):
        with book.store.writing() as unit:
            seq = unit.last_seq()
        made = desk.ping(book, _outbox(book, settings), endpoint, _now(), seq)
        waits = _waits(book, endpoint)
    _say(as_json, {"endpoint": endpoint, "message": made.message_id}, f"queued {made.message_id} for {endpoint}{waits}")


@app.command()
def redeliver(
    endpoint: Id,
    message: Annotated[str | None, typer.Argument(help="Id of a message; see `monitor webhooks log`.")] = None,
    since: Since = None,
    config: Config = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Tell again: one message, or everything since a time that the endpoint has not got. Same ids, same bytes."""
    from monitor.deliver import desk

    start = moment(since, "--since")
    if (message is None) == (start is None):
        raise InputError("give the id of a message, or --since TIME")
    with _desk(config, db) as (book, settings):
        if message is not None:
            desk.redeliver(book, endpoint, message, _now())
            count = 1
        else:
            outbox = _outbox(book, settings)
            count = sum(
                desk.recover(book, outbox, endpoint, some, _now(), lambda _places: {})
                for some in _changes_since(book.store, start)
            )
        waits = _waits(book, endpoint)
    _say(as_json, {"endpoint": endpoint, "queued": count}, f"queued {count} for {endpoint}{waits}")


@app.command()
def rotate(endpoint: Id, config: Config = None, db: Db = None, as_json: AsJson = False) -> None:
    """Give an added webhook a new secret; the old one goes on signing for a day."""
    from monitor.deliver import desk

    with _desk(config, db) as (book, settings):
        _not_configured(
            settings, endpoint, "put the new secret on the first line of its secret file, the old one below"
        )
        made = desk.rotate(book, endpoint, _now())
    _say(
        as_json,
        {"endpoint": endpoint, "secret": made.secrets[0], "old_until": made.options["old_secrets_until"]},
        f"new signing secret: {made.secrets[0]}\nthe old one goes on signing until {made.options['old_secrets_until']}",
    )


@app.command()
def pause(endpoint: Id, config: Config = None, db: Db = None, as_json: AsJson = False) -> None:
    """Attempt nothing more; `redeliver --since` tells afterwards what was missed."""
    from monitor.deliver import desk

    with _desk(config, db) as (book, _settings):
        desk.pause(book, endpoint, _now())
    _say(as_json, {"endpoint": endpoint, "enabled": False}, f"paused {endpoint}")


@app.command()
def resume(endpoint: Id, config: Config = None, db: Db = None, as_json: AsJson = False) -> None:
    """Deliver again: first the state as it is now, then what still waits."""
    from monitor.deliver import desk

    with _desk(config, db) as (book, _settings):
        desk.resume(book, endpoint, _now())
    _say(as_json, {"endpoint": endpoint, "enabled": True}, f"resumed {endpoint}")


@app.command()
def remove(endpoint: Id, config: Config = None, db: Db = None, as_json: AsJson = False) -> None:
    """Forget an added endpoint and drop what waits for it; its log stays."""
    from monitor.deliver import desk

    with _desk(config, db) as (book, settings):
        _not_configured(settings, endpoint, "delete its [[endpoint]] there, or pause it")
        desk.remove(book, endpoint, _now())
    _say(as_json, {"endpoint": endpoint, "removed": True}, f"removed {endpoint}")


@app.command()
def log(
    endpoint: Annotated[str | None, typer.Argument(help="Id of an endpoint.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most rows.")] = 50,
    body: Annotated[
        str | None, typer.Option("--body", help="Id of a message: print what it said, as it was frozen.")
    ] = None,
    config: Config = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Show the newest attempts of delivery, or what one message said."""
    from monitor.cli.output import print_json, table, when, write
    from monitor.sinks.stdout import HIDDEN
    from monitor.web.plain import plain

    with open_reading(config, db) as store:
        if body is not None:
            found = next((row.body for row in store.find([body], endpoint) if row.body), None)
            if found is None:
                raise InputError(f"no bytes of a message {body} are kept; they are let go after a time")
            write(found.decode("utf-8").translate(HIDDEN))
            return
        rows = store.delivery_log(endpoint, limit)
    if endpoint is not None and not rows:
        _must_be_known(endpoint, config, db)
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
    from monitor.sinks.signing import new_secret

    word = new_secret()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        raise InputError(f"{file}: cannot be made: {problem.strerror}") from None
    with os.fdopen(handle, "w") as out:
        out.write(word + "\n")
    typer.echo(f'wrote {file}; give the receiver its content, and the endpoint: secret_file = "{file.absolute()}"')


def _endpoints(settings: Settings, config: Path | None, db: str | None) -> Sequence[Endpoint]:
    """Those of the configuration alone, before there is a database."""
    url = db if db is not None else settings.store_url
    if "://" in url.removeprefix("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists():
        with _desk(config, db) as (book, _settings):
            return book.endpoints()
    return settings.endpoints


@contextmanager
def _desk(config: Path | None, db: str | None) -> Iterator[tuple[Book, Settings]]:
    """The endpoints of configuration and database, beside a running daemon or without one."""
    from monitor.catalogue import load_gazetteer
    from monitor.clock import SystemClock
    from monitor.daemon.book import Book
    from monitor.daemon.parts import open_for
    from monitor.store import open_store

    settings, gazetteer = settings_of(config), load_gazetteer()
    opened = (
        open_for(settings, gazetteer, lock=False) if db is None else open_store(db, lock=False, lineage=gazetteer.line)
    )
    with opened as store:
        book = Book(store, settings, SystemClock())
        book.endpoints()
        yield book, settings


def _outbox(book: Book, settings: Settings) -> WireOutbox:
    from monitor.catalogue import load_gazetteer
    from monitor.daemon.parts import make_policy
    from monitor.sinks.outbox import WireOutbox

    profiles = {profile.id: profile for profile in settings.profiles}
    return WireOutbox(lambda: book.known, make_policy(settings), load_gazetteer(), profiles)


def _changes_since(store: SqlStore, start: datetime | None) -> Iterator[Sequence[Change]]:
    from monitor.store import series

    after = 0
    while found := series.changes(store, after_seq=after, limit=1_000):
        after = found[-1].seq
        if some := [change for change in found if start is None or change.known_at >= start]:
            yield some


def _waits(book: Book, endpoint: str) -> str:
    """Says so where nothing is attempted: the words alone would read as if it were on its way."""
    is_off = any(each.id == endpoint and not each.is_enabled for each in book.known)
    return f"; it is switched off and goes out after `monitor webhooks resume {endpoint}`" if is_off else ""


def _must_be_known(endpoint: str, config: Path | None, db: str | None) -> None:
    """Raises ``InputError``. The log of one that was removed stays, so that only an empty log asks for it."""
    if all(each.id != endpoint for each in _endpoints(settings_of(config), config, db)):
        raise InputError(f"no endpoint is called {endpoint}; `monitor webhooks list` shows them")


def _not_configured(settings: Settings, endpoint: str, hint: str) -> None:
    if any(each.id == endpoint for each in settings.endpoints):
        raise InputError(f"endpoint {endpoint} is in the configuration: {hint}")


def _say(as_json: bool, what: dict[str, Any], words: str) -> None:
    from monitor.cli.output import print_json

    if as_json:
        print_json(what)
    else:
        typer.echo(words)


def _now() -> datetime:
    from monitor.clock import SystemClock

    return SystemClock().now()
