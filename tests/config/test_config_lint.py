"""What is allowed and yet worth a second look."""

from __future__ import annotations

import pytest

from monitor.config import lint
from monitor.config.lint import distance
from monitor.model import SourceProfile


def channel(id: str, address: str, **more: object) -> SourceProfile:
    return SourceProfile(id, "telegram_web", address, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("twin", ["kpszsu_", "kpsszu", "kpszsu0", "kpszzsu", "KPSZSU_"])
def test_T14_a_look_alike_of_a_handle_is_remarked(twin: str) -> None:
    given = [channel("real", "https://t.me/s/kpszsu", channel_id=1), channel("twin", f"https://t.me/s/{twin}")]
    remarks = lint(given)
    assert any("imitation" in remark for remark in remarks) == (distance("kpszsu", twin.casefold(), 2) <= 1)


def test_T14_a_cyrillic_letter_in_a_handle_is_remarked() -> None:
    given = [channel("real", "https://t.me/s/kpszsu"), channel("twin", "https://t.me/s/k\u0440szsu")]
    remarks = lint(given)
    assert any("look-alike" in remark and "CYRILLIC" in remark for remark in remarks)
    assert any("imitation" in remark for remark in remarks)


def test_T14_mixed_scripts_are_shown_escaped() -> None:
    [remark, *_] = lint([channel("x", "kpszsu\u0430")])
    assert "\\u0430" in remark
    assert "\u0430" not in remark.split("`kpszsu")[1].split("`")[0]


def test_T14_official_rank_asks_for_a_pinned_channel() -> None:
    assert any("channel_id" in remark for remark in lint([channel("x", "kpszsu", rank="official")]))
    assert not lint([channel("x", "kpszsu", rank="official", channel_id=5)])


def test_a_source_that_is_off_is_not_remarked_alone() -> None:
    assert not lint([channel("x", "kpszsu", rank="official", enabled=False)])


def test_one_channel_read_in_two_ways_is_no_imitation() -> None:
    assert not lint([channel("web", "kpszsu", channel_id=7), channel("tg", "@KPSZSU", channel_id=7)])


def test_more_than_twenty_sources_are_remarked() -> None:
    feeds = [SourceProfile(f"f{n}", "feed", f"https://example.org/{n}") for n in range(21)]
    assert any("21 sources" in remark for remark in lint(feeds))
