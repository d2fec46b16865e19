"""Which renderer writes which rows, and rows as their audience may see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.cli.rows import columns, flat, is_placed
from monitor.errors import InputError
from monitor.formats.plain import plain, utc

if TYPE_CHECKING:
    from monitor.cli.rows import Asked
    from monitor.config import Settings
    from monitor.formats.about import About
    from monitor.model import Change, Gazetteer

__all__ = ["Audience", "about_of", "check", "pieces"]

ONLY = {"atom": ("changes",), "ical": ("alerts",), "cap": ("alerts", "changes")}
PUBLIC = ("alerts", "strikes", "counts", "changes", "rollups")


def check(what: str, style: str, region: str | None, *, is_public: bool) -> None:
    """Raises ``InputError`` for rows that a format cannot hold."""
    fit = ONLY.get(style, ())
    if (fit and what not in fit) or (style == "geojson" and not is_placed(what)):
        takes = " and ".join(fit) or "rows that name places"
        raise InputError(f"--format {style}: there is none of {what}; it takes {takes}")
    if region is not None and what == "items":
        raise InputError("--region: items are texts as they came; what they say of a region is in `reports`")
    if is_public and what not in PUBLIC:
        raise InputError(f"--public: {what} hold texts as they came; it takes {', '.join(PUBLIC)}")


def about_of(asked: Asked, answer: Any, *, is_public: bool) -> About:
    """What stands beside the rows."""
    from monitor.clock import SystemClock
    from monitor.formats.about import About

    return About(
        asked.what, utc(asked.since), utc(asked.until), asked.region, utc(asked.as_of), utc(SystemClock().now()),
        plain(answer.coverage), is_public,
    )  # fmt: skip


class Audience:
    """Who the rows are for: the operator, who sees everything, or everybody, who sees what the policy shows now."""

    def __init__(self, settings: Settings, gazetteer: Gazetteer, *, is_public: bool) -> None:
        from monitor.clock import SystemClock
        from monitor.daemon.parts import make_policy, make_rules
        from monitor.web.public import Public

        rules = make_rules(settings, gazetteer, {profile.id: profile for profile in settings.profiles})
        self.rules = rules
        self.public = Public(make_policy(settings), rules, SystemClock().now()) if is_public else None

    def rows(self, rows: Sequence[Any], what: str) -> list[dict[str, Any]]:
        """Rows as plain JSON."""
        public = self.public
        if public is None or what == "rollups":
            return [flat(plain(row), what) for row in rows]
        if what == "changes":
            withheld = public.withheld(tuple(rows))
            return [public.change(row, withheld) for row in rows]
        show: Any = {"alerts": public.alert, "strikes": public.strike, "counts": public.claim}[what]
        return [show(row) for row in rows]

    def cap_files(self, changes: Sequence[Change]) -> dict[str, bytes]:
        """One CAP document a change of an alert or a threat, named by its place in the order of changes."""
        from monitor.formats import cap
        from monitor.sinks.payload import event

        gazetteer, profiles = self.rules.gazetteer, self.rules.profiles
        out = {}
        for change in changes:
            if cap.is_told(change.type):
                told = event(self._shown(change), {}, gazetteer, profiles, is_trusted=self.public is None)
                out[f"{change.seq:09}-{change.type}.xml"] = cap.message(told.model_dump(mode="json"))
        return out

    def _shown(self, change: Change) -> Change:
        from monitor.publication import public_change

        if self.public is None:
            return change
        policy, now = self.public.policy, self.public.now
        withheld = self.public.withheld((change,))
        return public_change(change, policy, now, self.rules.gazetteer, self.rules.profiles, withheld)


def pieces(
    rows: Sequence[dict[str, Any]], what: str, style: str, about: About, gazetteer: Gazetteer
) -> Iterator[bytes]:
    """The file, piece by piece."""
    from monitor.formats import atom, geojson, ical, table

    now = _moment(about)
    names = {place.id: place.name for place in gazetteer.places.values()}
    match style:
        case "csv":
            yield from _encoded(table.csv_lines(rows, list(_heads(rows, what))))
        case "jsonl":
            yield from _encoded(table.jsonl_lines(rows))
        case "parquet":
            yield table.parquet(rows, _heads(rows, what), about)
        case "geojson":
            yield (table.json_line(geojson.collection(rows, about, gazetteer)) + "\n").encode()
        case "ical":
            yield from _encoded(ical.calendar(rows, about, now=now, name=lambda one: names.get(one, one)))
        case "atom":
            yield atom.feed(rows, about, now=now, name=lambda one: names.get(one, one))
        case _:
            raise InputError(f"--format: {style} is not known")


def _heads(rows: Iterable[dict[str, Any]], what: str) -> dict[str, type]:
    """The columns of this kind with their types, and whatever a row has besides."""
    return {**{key: str for row in rows for key in row}, **columns(what)} if rows else dict(columns(what))


def _encoded(lines: Iterable[str]) -> Iterator[bytes]:
    return (line.encode("utf-8", "backslashreplace") for line in lines)


def _moment(about: About) -> datetime:
    """The time that the file speaks of: that of the question, else that of its making."""
    return datetime.fromisoformat(about.as_of or about.made_at or "")
