"""Run in a process of its own with the package to use first on its path: reads texts as JSON lines from its standard
input and writes one line for each, everything that was read from it and how it was laid out."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime


def main() -> None:
    from monitor.builds import reader_build
    from monitor.catalogue import load_lexicon
    from monitor.extract import read

    lexicon = load_lexicon()
    print(json.dumps(reader_build()))
    published = datetime(2024, 11, 10, 7, 30, tzinfo=UTC)
    for n, line in enumerate(sys.stdin):
        text = json.loads(line)
        title, _, rest = text.partition("\n")
        readings = [
            read(text, lexicon, published=published if n % 2 else None),
            read(text, lexicon, published=published, area=("UA-63",), claimant="Air Force of Ukraine", side="UA"),
            read(rest, lexicon, title=title, zone="Europe/Moscow", side="RU"),
        ]
        print(json.dumps([repr(reading) for reading in readings]))


if __name__ == "__main__":
    main()
