"""`rebuild`: every raw item read anew with today's rules; the difference first, then taken over."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import AsJson, Config, Db, settings_of
from monitor.errors import StoreCorrupt

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.fuse import Rules
    from monitor.ports import Reader
    from monitor.store import SqlStore
    from monitor.store.rebuild import Difference

__all__ = ["register"]

SHOWN = 40


def register(app: typer.Typer) -> None:
    app.command()(rebuild)


def rebuild(
    apply: Annotated[
        bool, typer.Option("--apply/--dry-run", help="Take the outcome over, or only show the difference.")
    ] = False,
    config: Config = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Read all raw items again with today's rules and show what they change, by kind, region and rule.

    With --apply the outcome is taken over in one transaction: ids stay, what was known before stays in the history,
    and nobody is told anything. The daemon must be stopped for that; a dry run can be made beside it. A database
    whose raw log was tampered with is refused.
    """
    from monitor.catalogue import load_gazetteer
    from monitor.cli.output import print_json
    from monitor.clock import SystemClock
    from monitor.store import open_store
    from monitor.store.rebuild import differences, replace_derived, state_hash
    from monitor.store.rereading import reread

    settings = settings_of(config)
    url = db if db is not None else settings.store_url
    line = load_gazetteer().line
    read, rules = _todays(settings)
    with open_store(url, create=False, lock=apply, lineage=line) as store, _scratch(line) as scratch:
        if apply:
            _refuse_tampered(store)
        with _bar(store, is_quiet=as_json) as advance:
            items = reread(store, scratch, read, rules, on_batch=advance)
        found: dict[str, Any] = {"items": items, "applied": apply, **_summary(differences(store, scratch))}
        if apply:
            found["rows"] = replace_derived(store, scratch, SystemClock().now())
        found["state_hash"] = state_hash(store if apply else scratch)
    if as_json:
        print_json(found)
    else:
        _show(found)


def _todays(settings: Settings) -> tuple[Reader, Rules]:
    """The reader and the rules as the daemon would start with now. Old items leap over hours: no leap is news."""
    from monitor.catalogue import load_gazetteer, load_lexicon
    from monitor.daemon.parts import make_rules, overlay_of
    from monitor.extract import reader
    from monitor.importers.rows import reading

    profiles = {profile.id: profile for profile in settings.profiles}
    rules = make_rules(settings, load_gazetteer(), profiles, is_replay=True)
    return reading(reader(load_lexicon(overlay_of(settings)))), rules


@contextmanager
def _scratch(line: Any) -> Iterator[SqlStore]:
    """An empty database that is gone afterwards."""
    from monitor.store import open_store

    with tempfile.TemporaryDirectory(prefix="monitor-rebuild-") as folder:
        scratch = open_store(str(Path(folder) / "scratch.db"), lineage=line)
        try:
            yield scratch
        finally:
            scratch.close()


def _refuse_tampered(store: SqlStore) -> None:
    """Raises ``StoreCorrupt`` if a raw item is not what was committed: what is read from it would be a forgery."""
    from monitor.store import verify

    raw = [problem for problem in verify(store) if problem.table in ("items", "database", "roots")]
    if raw:
        raise StoreCorrupt(
            f"{store.where}: {len(raw)} raw rows are not as they were written, first {raw[0]}. Nothing was changed: "
            "see `monitor verify`, and restore a backup."
        )


@contextmanager
def _bar(store: SqlStore, *, is_quiet: bool) -> Iterator[Any]:
    from monitor.cli.output import progress
    from monitor.store.series import counts_summary

    with progress(is_quiet=is_quiet) as bar:
        task = bar.add_task("reading anew", total=counts_summary(store).get("items"))
        yield lambda done: bar.update(task, completed=done)


def _summary(found: Iterable[Difference]) -> dict[str, Any]:
    """How many rows differ, by kind, region and rule, and the first of them one by one."""
    groups: Counter[tuple[str, str, str, str]] = Counter()
    first: list[dict[str, Any]] = []
    for one in found:
        regions, rules = _regions(one), _rules(one)
        groups.update((one.kind, region, rule, one.what) for region in regions for rule in rules)
        if len(first) < SHOWN:
            old, new = _words(one.old), _words(one.new)
            if old == new:  # what people look for first is the same: name what is not
                old, new = (" ".join([old or "", *_others(one, side)]) for side in (one.old, one.new))
            first.append({"kind": one.kind, "what": one.what, "id": one.id, "regions": regions, "rules": rules,
                          "old": old, "new": new})  # fmt: skip
    rows = [
        {"kind": kind, "region": region, "rule": rule, "what": what, "rows": number}
        for (kind, region, rule, what), number in sorted(groups.items())
    ]
    return {"by": rows, "first": first, "differs": bool(first)}


def _told(one: Difference) -> Any:
    """The newer side of a difference: a report or signal itself, or a derived row."""
    row = one.new if one.new is not None else one.old
    return getattr(row, "what", row)


def _regions(one: Difference) -> list[str]:
    """Gazetteer ids; ``-`` where it names no place."""
    told = _told(one)
    places = (told.place,) if hasattr(told, "place") else getattr(told, "places", ())
    return sorted({place if isinstance(place, str) else place.id or place.name for place in places}) or ["-"]


def _rules(one: Difference) -> list[str]:
    """The rules of extract behind it; ``snapshot`` where an alert API said it itself."""
    evidence = getattr(_told(one), "evidence", None)
    behind = evidence if isinstance(evidence, tuple) else (evidence,) if evidence is not None else ()
    return sorted({ref.rule for ref in behind if ref.rule}) or ["snapshot" if not behind else "-"]


def _words(row: Any) -> str | None:
    """What a row says, in a few words for people."""
    if row is None:
        return None
    told = getattr(row, "what", row)
    facts = ("kind", "status", "regime", "measure", "weapon", "value", "started_at", "ended_at", "end_basis", "date")
    named = [f"{name}={getattr(told, name)}" for name in facts if getattr(told, name, None) is not None]
    evidence = getattr(told, "evidence", None)
    ref = evidence[0] if isinstance(evidence, tuple) and evidence else evidence
    quote = getattr(ref, "quote", "")
    return " ".join([*named, f'"{quote[:60]}"' if quote else ""]).strip()


def _others(one: Difference, row: Any) -> list[str]:
    """The fields in which the two sides differ, as this side has them."""
    old: Any
    old, new, mine = (getattr(each, "what", each) for each in (one.old, one.new, row))
    is_alike = type(old) is type(new) and is_dataclass(old) and not isinstance(old, type)
    names = [part.name for part in fields(old)] if is_alike else []
    return [f"{name}={str(getattr(mine, name))[:60]}" for name in names if getattr(old, name) != getattr(new, name)]


def _show(found: dict[str, Any]) -> None:
    from monitor.catalogue import load_gazetteer
    from monitor.cli.output import names, note, table

    gazetteer = load_gazetteer()
    table(
        f"{found['items']} item versions read anew",
        ("Kind", "Region", "Rule", "What", "Rows"),
        [(r["kind"], names([r["region"]], gazetteer), r["rule"], r["what"], r["rows"]) for r in found["by"]],
        empty=f"{found['items']} item versions read anew: nothing differs.",
    )
    if found["first"]:
        table(
            "The first of them",
            ("Kind", "What", "Before", "Now"),
            [(r["kind"], r["what"], r["old"], r["new"]) for r in found["first"][:10]],
            empty="",
        )
    typer.echo(f"state {found['state_hash']}")
    if found["applied"]:
        typer.echo("taken over; what was known before stays in the history")
    elif found["differs"]:
        note("nothing was changed; stop the daemon and run `monitor rebuild --apply` to take this over")
