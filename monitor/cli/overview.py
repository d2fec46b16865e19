"""What `monitor status` shows: the state, the sources and the outbox, from the database alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.cli.output import names, print_json, span, table, when

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.model import Gazetteer, RegionState

__all__ = ["show"]


def show(settings: Settings | None, db: str | None, *, as_json: bool) -> None:
    """Print it. With ``db`` alone there are no profiles: every region that no standing alert holds is unknown."""
    from monitor.catalogue import load_gazetteer
    from monitor.clock import SystemClock
    from monitor.config import Settings
    from monitor.daemon.parts import make_rules
    from monitor.store import open_store, series

    gazetteer = load_gazetteer()
    chosen = settings or Settings()
    rules = make_rules(chosen, gazetteer, {profile.id: profile for profile in chosen.profiles})
    url = db if db is not None else chosen.store_url
    now = SystemClock().now()
    with open_store(url, create=False, lock=False, lineage=gazetteer.line) as store:
        states = series.state(store, at=now, rules=rules)
        looks = {look.source: look for look in series.sources(store)}
        waiting = store.waiting()
        counted = series.counts_summary(store)
        disabled = [endpoint.id for endpoint in store.endpoints() if not endpoint.is_enabled]
    watched = [profile.id for profile in chosen.watched]
    sources = [_source(name, looks.get(name), now) for name in {**dict.fromkeys(watched), **looks}]
    found: dict[str, Any] = {
        "now": now,
        "regions": dict(Counter(state.status for state in states.values())),
        "states": [_state(state, gazetteer, now) for state in _in_order(states.values())],
        "sources": sources,
        "deliveries": dict(waiting),
        "disabled_endpoints": disabled,
        "rows": dict(counted),
    }  # fmt: skip
    if as_json:
        print_json(found)
        return
    _tables(found)


def _in_order(states: Iterable[RegionState]) -> list[RegionState]:
    """What is on first, then what is not known."""
    ranks = {"active": 0, "partial": 1, "unknown": 2, "clear": 3}
    return sorted(states, key=lambda state: (state.is_standing, ranks[state.status], state.place))


def _state(state: RegionState, gazetteer: Gazetteer, now: datetime) -> dict[str, Any]:
    """A state with what it rests on. ``age``: seconds since its sources last confirmed it, null where none did."""
    heard = state.last_confirmed_at
    return {
        "place": state.place, "name": names([state.place], gazetteer), "status": state.status, "since": state.since,
        "basis": state.basis, "age": None if heard is None else round(max((now - heard).total_seconds(), 0)),
        "last_confirmed_at": heard, "sources": list(state.sources), "stale": state.is_stale,
        "confirmed": state.is_confirmed, "conflict": state.in_conflict, "level": state.level,
        "regimes": list(state.regimes), "threats": list(state.threats), "standing": state.is_standing,
        "reason": state.reason,
    }  # fmt: skip


def _remarks(row: dict[str, Any]) -> str:
    marks = [name for name in ("stale", "conflict") if row[name]]
    if row["status"] in ("active", "partial") and not row["confirmed"]:
        marks.append("not confirmed")
    return ", ".join([*marks, *([row["reason"]] if row["reason"] else [])])


def _source(name: str, look: Any, now: datetime) -> dict[str, Any]:
    if look is None:
        return {
            "source": name,
            "outcome": "never",
            "at": None,
            "ok_at": None,
            "failures": 0,
            "reason": None,
            "detail": None,
        }
    return {
        "source": name,
        "outcome": look.look.outcome,
        "at": look.look.at,
        "ok_at": look.ok_at,
        "failures": look.failures,
        "reason": look.look.reason,
        "detail": look.look.detail,
    }


def _tables(found: dict[str, Any]) -> None:
    by_state = ", ".join(f"{number} {state}" for state, number in sorted(found["regions"].items())) or "none known"
    print(f"{when(found['now'])}  regions: {by_state}  (unknown is not clear: it is not known)")
    table(
        "Regions",
        ("Region", "State", "Since", "Basis", "Confirmed", "Sources", "Remarks"),
        [
            (row["name"], row["status"], when(row["since"]), row["basis"],
             "" if row["age"] is None else f"{span(row['age'])} ago", ", ".join(row["sources"]), _remarks(row))
            for row in found["states"]
        ],
        empty="No region is known.",
    )  # fmt: skip
    table(
        "Sources",
        ("Source", "Last look", "Outcome", "Last success", "Failures", "Reason"),
        [
            (row["source"], when(row["at"]), row["outcome"], when(row["ok_at"]), row["failures"] or "",
             row["detail"] or row["reason"])
            for row in found["sources"]
        ],
        empty="No source is configured.",
    )  # fmt: skip
    told = ", ".join(f"{number} {state}" for state, number in sorted(found["deliveries"].items())) or "none"
    print(f"Deliveries: {told}")
    if found["disabled_endpoints"]:
        print(f"Disabled endpoints: {', '.join(found['disabled_endpoints'])}")
