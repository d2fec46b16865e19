"""Every file of ``timelines/`` is a story: what sources said when, and what was known after each word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fuse_timeline import load, named, play, shown

STORIES = sorted((Path(__file__).parent / "timelines").glob("*.toml"))
QUIET = ("source.changed", "heartbeat", "coverage.restored", "system.clock_jump")


def _tell(path: Path) -> None:
    story = load(path)
    run = None
    for number, (run, step, changes) in enumerate(play(story), 1):
        where = f"{path.name}, step {number} at {step.get('at') or step.get('to')}"
        for line in step.get("want", ()):
            place, status, *flags = line.split()
            has = shown(run, place).split()
            assert has[1] == status, f"{where}: {line!r}, but {' '.join(has)!r}"
            for flag in flags:
                is_there = flag.lstrip("!") in has
                assert is_there != flag.startswith("!"), f"{where}: {line!r}, but {' '.join(has)!r}"
        if "changes" in step:
            told = [named(change) for change in changes if change.type not in QUIET]
            assert told == step["changes"], where
        for line in step.get("some", ()):
            assert line in [named(change) for change in changes], f"{where}: {[named(c) for c in changes]}"
        for kind in step.get("never", ()):
            assert not [c for c in changes if c.type == kind], f"{where}: {kind}"
    if "intervals" in story:
        assert run is not None
        assert [_row(one) for one in run.standing()] == story["intervals"], path.name


def _test_of(path: Path) -> Callable[[], None]:
    def test() -> None:
        _tell(path)

    test.__doc__ = load(path)["fact"]
    return test


for _path in STORIES:  # one test per story, named by it: a fault of the matrix is found by its id
    globals()[f"test_{_path.stem}"] = _test_of(_path)


def _row(one: object) -> str:
    start = f"{one.started_at:%H:%M:%S}" if one.started_at else "?"  # type: ignore[attr-defined]
    end = f"{one.ended_at:%H:%M:%S}" if one.ended_at else "…"  # type: ignore[attr-defined]
    extra = "" if one.is_confirmed else " unconfirmed"  # type: ignore[attr-defined]
    return f"{one.place} {one.regime} {start}-{end} {one.start_basis}/{one.end_basis}{extra}"  # type: ignore[attr-defined]
