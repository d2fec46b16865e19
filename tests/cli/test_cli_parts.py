"""Parts of the command line that need no process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.cli.health import zone_works
from monitor.cli.output import json_line
from monitor.errors import InputError
from monitor.formats.table import cell, csv_lines
from monitor.web.plain import plain


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\r=1", "|x", "%x", '=HYPERLINK("x")'])
def test_no_cell_starts_a_formula(text: str) -> None:
    assert cell(text).startswith("'")


def test_numbers_and_words_stay_as_they_are() -> None:
    assert [cell(value) for value in (5, -5, 1.5, True, None, "UA-63", "a\x00b")] == [
        "5", "-5", "1.5", "true", "", "UA-63", "ab",
    ]  # fmt: skip


def test_csv_quotes_what_needs_it() -> None:
    out = "".join(csv_lines([{"a": "x,y", "b": ["=1"]}, {"a": "line\nbreak", "c": 1}], ["a", "b", "c"]))
    assert out.splitlines()[0] == "a,b,c"
    assert '"x,y"' in out


def test_a_lone_surrogate_still_has_a_line() -> None:
    assert json_line({"a": "\ud800"}) == '{"a": "\\ud800"}'
    assert plain("\ud800x") == "?x" or plain("\ud800x").endswith("x")


def test_D14_summer_time_is_known_from_the_bundled_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    import zoneinfo

    zoneinfo.reset_tzpath(to=[])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        assert zone_works()
        assert not zone_works("Europe/Nowhere")
    finally:
        zoneinfo.reset_tzpath()


def test_an_export_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    from monitor.cli.exporting import _whole

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise InputError("no more")

    _whole(tmp_path / "out.csv", [b"a\r\n", b"1\r\n"])
    assert (tmp_path / "out.csv").read_bytes() == b"a\r\n1\r\n"
    with pytest.raises(InputError, match="cannot be written"):
        _whole(tmp_path / "missing" / "out.csv", [b"a"])
    with pytest.raises(InputError, match="no more"):
        _whole(tmp_path / "other.csv", broken())
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_replay_can_begin_on_a_leap_day() -> None:
    """Its clock stood at this day of 1990, which has no 29 February."""
    from monitor.cli.replaying import BEFORE
    from monitor.daemon.replay import HeldClock

    assert HeldClock(BEFORE).now().year == 1990
