"""How long one statement may take: a limit for those who ask on behalf of strangers.

``with patience(2.0):`` bounds every statement read within, in this thread and in those that copy its context; SQLite
is interrupted from within, PostgreSQL breaks off by ``statement_timeout``. Both come out as ``StoreSlow``. The
daemon's own reading and writing has no limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Engine, event

from monitor.errors import StoreSlow

__all__ = ["SLOW", "attach", "bounded", "patience"]

T = TypeVar("T")
SLOW = "The question took too long and was broken off. Ask for a shorter range, one region, or fewer rows."

_LIMIT: ContextVar[float | None] = ContextVar("seconds a statement may take", default=None)
_ROWS = 100
_STEPS = 5_000
"""Steps of SQLite's machine between two looks at the clock: some 0.1 ms."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Bound each statement in the block to so many seconds."""
    token = _LIMIT.set(seconds)
    try:
        yield
    finally:
        _LIMIT.reset(token)


def bounded(rows: Iterable[T]) -> Iterator[T]:
    """The rows one by one; what is done with them is bounded like a statement. Raises ``StoreSlow``."""
    limit = _LIMIT.get()
    if limit is None:
        yield from rows
        return
    end = monotonic() + limit
    for number, row in enumerate(rows):
        if number % _ROWS == 0 and monotonic() > end:
            raise StoreSlow(SLOW)
        yield row


def attach(engine: Engine, *, is_sqlite: bool) -> None:
    """Let an engine of readers obey ``patience``."""
    if is_sqlite:
        _attach_sqlite(engine)
    else:
        _attach_postgres(engine)


def _attach_sqlite(engine: Engine) -> None:
    """Counted from the start of the statement over all its rows; the watch is taken off with the transaction."""

    @event.listens_for(engine, "before_cursor_execute")
    def _start(connection: Any, cursor: Any, *_: Any) -> None:
        limit = _LIMIT.get()
        if limit is not None:
            end = monotonic() + limit
            driver = connection.connection.driver_connection
            driver.set_progress_handler(lambda: monotonic() > end, _STEPS)
            connection.connection.info["is_watched"] = True

    @event.listens_for(engine, "checkin")
    def _stop(driver: Any, record: Any) -> None:
        if driver is not None and record.info.pop("is_watched", False):
            driver.set_progress_handler(None, _STEPS)


def _attach_postgres(engine: Engine) -> None:
    """For the transaction alone, so that the next one of the pool starts without."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        limit = _LIMIT.get()
        if limit is not None:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {max(1, int(limit * 1000))}")
