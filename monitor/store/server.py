"""Questions asked again and again of a PostgreSQL server: it keeps their plan for as long as the connection lasts.

psycopg forgets what it has prepared with each rollback, and its cursor costs as much as a small question itself. Its
connection for readers therefore prepares nothing on its own (``OPTIONS``), and what is asked here is prepared by name
once and goes to the server in one call of libpq. See https://www.psycopg.org/psycopg3/docs/api/pq.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import count
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection

__all__ = ["OPTIONS", "ask", "can_ask"]

OPTIONS = {"prepare_threshold": None}
"""How a connection that ``ask`` is to work on is opened: where psycopg prepares on its own, it also throws away."""

_KEPT = "statements the server keeps"
_NUMBERS = count()


def can_ask(connection: Connection) -> bool:
    """Whether this is a connection opened with ``OPTIONS``, within a transaction that the server knows of."""
    driver: Any = connection.connection.driver_connection
    return driver.prepare_threshold is None and driver.pgconn.transaction_status == _libpq().INTRANS


def ask(connection: Connection, words: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a select whose parameters are written $1, $2, …, each with its cast. Raises the driver's errors."""
    driver: Any = connection.connection.driver_connection
    its, link = _libpq(), driver.pgconn
    kept: dict[str, bytes] = connection.info.setdefault(_KEPT, {})
    name = kept.get(words)
    if name is None:
        name = f"monitor_{next(_NUMBERS)}".encode()
        _checked(link.prepare(name, words.encode()))
        kept[words] = name
    turn = its.Transformer.from_context(driver)
    given = turn.dump_sequence(values, [its.TEXT] * len(values))
    found = link.exec_prepared(name, given, None, its.BINARY)
    if found.status not in its.DONE and found.error_field(its.SQLSTATE) == b"26000":
        del kept[words]  # the server has lost it (DEALLOCATE, a pool in between): prepared anew when asked once more
    _checked(found)
    turn.set_pgresult(found)
    return turn.load_rows(0, found.ntuples, tuple)  # type: ignore[no-any-return]


def _checked(result: Any) -> Any:
    if result.status not in _libpq().DONE:
        from psycopg.errors import error_from_result

        raise error_from_result(result)
    return result


@cache
def _libpq() -> Any:
    """What is needed of psycopg, which those alone have who have a server."""
    from psycopg.adapt import PyFormat, Transformer
    from psycopg.pq import DiagnosticField, ExecStatus, Format, TransactionStatus

    return SimpleNamespace(
        Transformer=Transformer,
        TEXT=PyFormat.TEXT,
        BINARY=Format.BINARY,
        INTRANS=TransactionStatus.INTRANS,
        DONE=(ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK),
        SQLSTATE=DiagnosticField.SQLSTATE,
    )
