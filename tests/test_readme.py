"""README's figures and ARCHITECTURE's layout are true today."""

from __future__ import annotations

import re
from pathlib import Path

from tools.readme_accuracy import BLOCK, README, measured


def test_the_accuracy_table_is_that_of_today_within_two_points() -> None:
    score = measured()
    block = BLOCK.search(README.read_text("utf-8"))
    assert block is not None
    stated = {
        cells[0].strip(" *"): [float(cell) for cell in cells[2:]]
        for row in re.findall(r"(?m)^\| (.*) \|$", block[0])
        if (cells := row.split("|"))[0].strip() and re.fullmatch(r"\s*\d+\s*", cells[1])
    }
    found = {**score.kinds, **score.languages, "all": score.all}
    assert set(stated) == set(found)
    for name, tally in found.items():
        assert abs(stated[name][2] - tally.f1()) <= 0.02, f"{name}: run python -m tools.readme_accuracy"
        assert abs(stated[name][3] - tally.f1(strict=True)) <= 0.02, f"{name}: run python -m tools.readme_accuracy"
    assert f"be read): {len(score.critical)};" in block[0]


def test_every_file_of_the_reader_has_its_place_in_the_architecture() -> None:
    rows = re.findall(
        r"(?m)^\| [^|]+ \| `(\w*)/` \| ((?:`\w+` ?)+)\|$", (README.parent / "ARCHITECTURE.md").read_text("utf-8")
    )
    named = sorted(str(Path(folder, name)) for folder, names in rows for name in re.findall(r"`(\w+)`", names))
    reader = README.parent / "monitor" / "extract"
    files = [path.relative_to(reader).with_suffix("") for path in reader.rglob("*.py")]
    assert named == sorted(str(file) for file in files if file.name != "__init__")
