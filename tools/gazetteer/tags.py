"""The hashtags of the siren channel, by rule from the official names (`data/tag_rules.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict

from collect import LEVEL_ORDER, Gazetteer
from tables import DATA, read_tsv


def tag_of(name: str) -> str:
    """`m. X ta X-ska hromada` → `m_X_ta_Xska_hromada`: apostrophes, hyphens and dots go, spaces become `_`."""
    rules = tomllib.loads((DATA / "tag_rules.toml").read_text("utf-8"))
    return re.sub(r"\s+", "_", re.sub(rules["dropped"], "", name).strip())


def tag_rows(gaz: Gazetteer) -> list[list[str]]:
    """Rows (tag, id, note), one for each tag; `note` lists the other places it may mean, joined by `|`."""
    rules = tomllib.loads((DATA / "tag_rules.toml").read_text("utf-8"))
    words = re.compile(rules["names"])
    found: dict[str, set[str]] = defaultdict(set)
    for (place_id, form), (cases, note, _) in gaz.names["uk"].items():
        place = gaz.places[place_id]
        if not place_id.startswith("UA") or "nom" not in cases or note not in ("", "old", "abbr", "seat"):
            continue
        if words.fullmatch(form) and (place.level != "district"):
            found[tag_of(form)].add(place_id)
        elif place.level == "city" and place.kind == "city" and note != "abbr":
            found[tag_of(rules["city_prefix"] + form)].add(place_id)
    first = {row["tag"]: row["id"] for row in read_tsv(DATA / "tag_overrides.tsv")}
    rows = []
    for tag in sorted(found):
        ids = sorted(
            found[tag],
            key=lambda i: (first.get(tag) != i, LEVEL_ORDER.index(gaz.places[i].level), -_people(gaz, i), i),
        )
        rows.append([tag, ids[0], "|".join(ids[1:])])
    return rows


def _people(gaz: Gazetteer, place_id: str) -> int:
    """Population of the place or, for a hromada, of the settlements in it."""
    own = gaz.places[place_id].population
    if own:
        return int(own)
    return sum(int(p.population or 0) for p in gaz.places.values() if p.parent == place_id)
