"""`monitor series counts|alerts --plot`: what is stored, drawn; what is not known looks like nothing else."""

from __future__ import annotations

import json
import struct
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from cli import configuration, run

from monitor.catalogue import load_gazetteer
from monitor.errors import InputError
from monitor.formats.png import png
from monitor.model import Claim, Commit, Coverage, Fused, Interval, Look
from monitor.store import open_store

NIGHT = "2024-11-09/2024-11-10"
NOON = datetime(2024, 11, 9, 10, tzinfo=UTC)


def claim(number: int, measure: str, value: int | None, side: str = "RU", **more: Any) -> Claim:
    at = NOON + timedelta(hours=20)
    values: dict[str, Any] = {
        "id": f"c{number}", "chain": f"c{number}", "measure": measure, "weapon": "drone", "value": value,
        "value_max": None, "bound": None, "model": None, "places": (), "attacker": side, "period": "night",
        "date_or_period": NIGHT, "claimant": "Air Force", "claimant_side": "UA" if side == "RU" else "RU",
        "source": "siren", "at": at, "known_at": at,
    }  # fmt: skip
    return Claim(**{**values, **more})


def alert(place: str, hour: float, hours: float, basis: str | None) -> Interval:
    at = NOON + timedelta(hours=hour)
    ended = at + timedelta(hours=hours) if basis else None
    return Interval(f"i-{place}-{hour}", place, "air", at, "explicit", at, ended_at=ended, end_basis=basis,
                    end_known_at=ended, sources=("siren",))  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    configuration(tmp_path)
    end = NOON + timedelta(hours=24)
    fused = Fused(
        None,
        claims=(
            claim(1, "launched", 145), claim(2, "shot_down", 62), claim(3, "lost", 67),
            claim(4, "withheld", None, "UA"),
            claim(5, "launched", 10, date_or_period="2024-11-10/2024-11-11", value_max=14),
        ),
        intervals=(alert("UA-63", 10, 2, "explicit"), alert("UA-63", 11, 2, "explicit"), alert("UA-32", 12, 1, None)),
        coverage=(Coverage("v", "siren", "live", None, NOON, end),),
    )  # fmt: skip
    with open_store(str(tmp_path / "data.db"), lineage=load_gazetteer().line) as store, store.writing() as unit:
        unit.save(Commit("siren", end, (), (), fused, (), look=Look("siren", end, "ok")))
    return tmp_path


def drawn(folder: Path, *arguments: str) -> ElementTree.Element:
    done = run("series", *arguments, "--plot", "out.svg", folder=folder)
    assert done.code == 0, done.err
    assert done.out == "wrote out.svg\n"
    return ElementTree.parse(folder / "out.svg").getroot()


def titles(picture: ElementTree.Element, kind: str) -> list[str]:
    return [
        "".join(bar.itertext()) for bar in picture.iter("{http://www.w3.org/2000/svg}rect") if bar.get("class") == kind
    ]


def test_counts_draw_both_sides_and_a_night_without_coverage_is_no_zero(folder: Path) -> None:
    picture = drawn(folder, "counts", "--since", "2024-11-09", "--until", "2024-11-12")
    words = " ".join(picture.itertext())
    assert "against Ukraine" in words
    assert "against Russia" in words
    assert titles(picture, "launched") == [f"{NIGHT}: launched 145", "2024-11-10/2024-11-11: launched 10"]
    assert titles(picture, "shot") == [f"{NIGHT}: shot down 62"]
    assert titles(picture, "lost") == [f"{NIGHT}: lost 67"]
    assert titles(picture, "withheld") == [f"{NIGHT}: withheld"]
    assert "2024-11-11/2024-11-12: no coverage" in titles(picture, "none")
    assert [line.get("class") for line in picture.iter("{http://www.w3.org/2000/svg}line")].count("whisker") == 3


def test_counts_as_of_a_time_before_they_were_known_are_not_there(folder: Path) -> None:
    picture = drawn(folder, "counts", "--since", "2024-11-09", "--until", "2024-11-12", "--as-of", "2024-11-10T01:00Z")
    assert titles(picture, "launched") == []


def test_alerts_draw_a_line_a_place_with_its_time_each_moment_once(folder: Path) -> None:
    picture = drawn(folder, "alerts", "--since", "2024-11-09T12:00Z", "--until", "2024-11-11")
    words = [text.text or "" for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert any(word.startswith("Kharkiv") and word.endswith(" 3:00 h") for word in words)
    assert any(word.startswith("Kyiv") and word.endswith(" 0:00+ h") for word in words), "nobody saw that one end"
    assert len(titles(picture, "alert")) == 2
    assert [title.endswith("end not seen") for title in titles(picture, "open")] == [True]
    assert titles(picture, "none"), "after the last look nobody listened"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("counts", "--plot", "out.gif"), "ends in .svg or .png"),
        (("strikes", "--plot", "out.svg"), "no picture of strikes"),
        (("counts", "--since", "2020-01-01", "--plot", "out.svg"), "400 nights"),
        (("counts", "--plot", "absent/out.svg"), "cannot be written"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    done = run("series", *arguments, folder=folder)
    assert done.code == 1
    assert words in done.err


@pytest.mark.parametrize("what", ["counts", "alerts"])
def test_a_png_is_the_same_picture_twice_as_large(folder: Path, what: str) -> None:
    drawn(folder, what, "--since", "2024-11-09", "--until", "2024-11-12")
    height = int(ElementTree.parse(folder / "out.svg").getroot().get("height") or 0)
    done = run("series", what, "--since", "2024-11-09", "--until", "2024-11-12", "--plot", "out.png", folder=folder)
    assert done.code == 0, done.err
    body = (folder / "out.png").read_bytes()
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", body[16:24]) == (1920, 2 * height)


def test_a_png_without_its_library_or_without_a_font_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import resvg_py

    whole = resvg_py.svg_to_bytes
    monkeypatch.setattr(resvg_py, "svg_to_bytes", lambda **more: whole(skip_system_fonts=True, font_dirs=[], **more))
    with pytest.raises(InputError, match="fonts-dejavu-core"):
        png("<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>")
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(InputError, match=r"airalert-monitor\[png\]"):
        png("<svg/>")


def test_the_headline_of_each_night_is_shown_with_its_rule_and_reasons(folder: Path) -> None:
    file = folder / "config" / "monitor.toml"
    rule = f'[[series.headline]]\nnight = "{NIGHT}"\nattacker = "RU"\nwhy = "because"\n'
    file.write_text(f"{file.read_text('utf-8')}\n{rule}", "utf-8")
    asked = ("series", "counts", "--rule", "--since", "2024-11-10T12:00Z", "--until", "2024-11-11T12:00Z")
    rows = json.loads(run(*asked, "--json", folder=folder).out)["rows"]
    chosen = {(row["night"][-2:], row["attacker"]): row for row in rows}
    assert sorted(chosen) == [("10", "RU"), ("10", "UA"), ("11", "RU"), ("11", "UA")]
    ours = chosen["10", "RU"]
    assert {one["measure"]: one["value"] for one in ours["figures"]} == {"launched": 145, "shot_down": 62, "lost": 67}
    assert (ours["rule"]["name"], ours["rule"]["why"]) == (f"night {NIGHT}, attacks of RU", "because")
    assert all(one["rule"] == ours["rule"]["name"] and one["reasons"] for one in ours["figures"])
    assert chosen["11", "RU"]["rule"]["name"] == "default"
    assert chosen["11", "UA"]["figures"] == []
    shown = run(*asked, folder=folder).out
    assert "drone launched 145" in shown
    assert "attacks of RU: because" in shown
    refused = run("series", "alerts", "--rule", folder=folder)
    assert (refused.code, "among counts" in refused.err) == (1, True)


def test_coverage_and_sources_are_shown_as_of_a_time(folder: Path) -> None:
    end = NOON + timedelta(hours=24)
    spans = json.loads(run("series", "coverage", "--json", folder=folder).out)
    assert [(row["source"], row["health"]) for row in spans["rows"]] == [("siren", "live")]
    assert spans["holes"] == []
    (look,) = json.loads(run("series", "sources", "--as-of", end.isoformat(), "--json", folder=folder).out)["rows"]
    assert (look["source"], look["look"]["outcome"], look["failures"]) == ("siren", "ok", 0)
    before = (end - timedelta(hours=1)).isoformat()
    for what in ("coverage", "sources"):
        then = json.loads(run("series", what, "--as-of", before, "--json", folder=folder).out)
        assert (then["rows"], then["coverage"]["status"]) == ([], "none"), "it was committed later"
        assert "Nothing is recorded" in run("series", what, "--as-of", before, folder=folder).out
