"""The evidence of one event, gathered and written as files, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.errors import InputError
from monitor.store import SqlStore, series
from monitor.store.casefiles import case_files, verify_case
from monitor.store.evidence import gather

AT = datetime(2026, 1, 1, tzinfo=UTC)


def written(store: SqlStore, event: str, folder: Path) -> Path:
    for name, body in case_files(gather(store, event), program="test", rules_now="now", made_at=AT).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder


def test_the_chain_of_a_case_leads_to_the_root_that_the_database_holds(filled: SqlStore, tmp_path: Path) -> None:
    for number, row in enumerate(series.claims(filled).rows[:3]):
        folder = written(filled, row.id, tmp_path / str(number))
        assert list((folder / "items").glob("*.json"))
        assert verify_case(folder, filled) == []


def test_the_same_case_is_the_same_bytes(filled: SqlStore) -> None:
    claim = series.claims(filled).rows[0]
    first, again = (case_files(gather(filled, claim.id), program="test", rules_now="now", made_at=AT) for _ in range(2))
    assert first == again


def test_a_row_tampered_with_in_the_database_is_found_from_the_case(filled: SqlStore, tmp_path: Path) -> None:
    """The case was written before; what the database says now is something else, and the folder still holds."""
    claim = series.claims(filled).rows[0]
    folder = written(filled, claim.id, tmp_path / "case")
    with filled.transaction() as connection:
        connection.execute(text("UPDATE items SET text = 'forged' WHERE key = :key"), {"key": claim.evidence[0].item})
    assert verify_case(folder, filled) == []
    forged = written(filled, claim.id, tmp_path / "forged")
    assert {problem.row.partition("/")[0] for problem in verify_case(forged)} == {"chain", "items"}


def test_an_id_is_known_by_its_beginning_where_that_is_enough(filled: SqlStore) -> None:
    claim = series.claims(filled).rows[0]
    assert gather(filled, claim.id).event.id == claim.id
    with pytest.raises(InputError, match="no alert, strike or claim"):
        gather(filled, "%")
    with pytest.raises(InputError, match="no alert, strike or claim"):
        gather(filled, "")
