"""Build `monitor/gazetteer/*.tsv` from public registers and the tables beside this file.

Usage: python tools/gazetteer/build.py --shared ../shared/data --out monitor/gazetteer
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from collect import LEVEL_ORDER, NAME_HEADER, PLACE_HEADER, Gazetteer
from common import CommonWords
from decline import Decliner
from russia import add_cities, add_districts, add_subjects
from seats import add_seats, mark_big_seats
from tables import DATA, read_tsv, write_tsv
from tags import tag_rows
from ukraine import add_ukraine
from world import add_countries, add_regions, add_sites, add_world


def main() -> None:
    """Read the inputs, build the tables, write them and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder of the public registers")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    gaz = Gazetteer(decliners={lang: Decliner(lang) for lang in ("uk", "ru")})
    shared: Path = args.shared
    geonames = shared / "settlements_geonames_ua_ru_by_md.csv.gz"
    add_countries(gaz)
    add_regions(gaz, shared / "regions_iso3166-2.csv")
    add_subjects(gaz)
    add_districts(gaz)
    add_cities(gaz, geonames)
    add_world(gaz)
    add_ukraine(
        gaz,
        shared / "katottg_2025-05-16.csv.gz",
        geonames,
        shared / "air_alert_ua_places_states.json.gz",
    )
    add_sites(gaz)
    for row in read_tsv(DATA / "coordinates.tsv"):
        gaz.places[row["id"]].lat, gaz.places[row["id"]].lon = row["lat"], row["lon"]
    add_seats(gaz)
    mark_big_seats(gaz)
    places = sorted(gaz.places.values(), key=lambda p: (LEVEL_ORDER.index(p.level), p.id))
    common = CommonWords()
    counts = {"places": write_tsv(args.out / "places.tsv", PLACE_HEADER, (p.row() for p in places))}
    for lang in sorted(gaz.names):
        counts[lang] = write_tsv(args.out / f"names.{lang}.tsv", NAME_HEADER, gaz.rows(lang, common.note))
    counts["tags"] = write_tsv(args.out / "tags.tsv", ("tag", "id", "note"), tag_rows(gaz))
    standing = [list(row.values()) for row in read_tsv(DATA / "standing.tsv")]
    counts["standing"] = write_tsv(args.out / "standing.tsv", ("id", "since", "until", "cite"), standing)
    print(counts)


if __name__ == "__main__":
    main()
