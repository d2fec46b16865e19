"""Why an item is stored as a new version, or is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.identity import text_sha256
from monitor.model import Head, Item
from monitor.pipeline import admit

AT = datetime(2024, 11, 10, 7, 36, tzinfo=UTC)


def item(text: str, **more: object) -> Item:
    return Item(key="tg:1/2", source="s", text=text, received=AT, **more)  # type: ignore[arg-type]


def head(text: str, **more: object) -> Head:
    return Head(1, text_sha256(None, text), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "known", "reason"),
    [
        (item("a"), None, "new"),
        (item("", deleted=True), None, "same"),
        (item("a"), head("a"), "same"),
        (item(" a \n b"), head("a b"), "same"),
        (item("b"), head("a"), "edited"),
        (item("", deleted=True), head("a"), "deleted"),
        (item("", deleted=True), head("a", deleted=True), "same"),
        (item("a"), head("a", deleted=True), "restored"),
        (item("b", edited=AT), head("a", edited=AT - timedelta(minutes=1)), "edited"),
        (item("b", edited=AT - timedelta(minutes=1)), head("a", edited=AT), "outdated"),
        (item("b"), head("a", edited=AT), "outdated"),
        (item("b", flags=("edited",)), head("a", edited=AT), "edited"),
    ],
)
def test_admission_names_its_reason(given: Item, known: Head | None, reason: str) -> None:
    assert admit(given, known) == reason
