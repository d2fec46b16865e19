"""Run the benchmarks named on the command line, or all of them, and print their tables."""

from __future__ import annotations

import argparse
import importlib
import platform

BENCHES = ("classify", "latency", "delivery", "telegram", "footprint", "ingest", "series", "web", "history", "instant")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", default=BENCHES, metavar="NAME", help=f"any of {', '.join(BENCHES)}")
    arguments = parser.parse_args()
    print(f"CPython {platform.python_version()}, {platform.machine()}; medians; compare ratios, not seconds\n")
    for name in arguments.names or BENCHES:
        importlib.import_module(f"bench.{name}").main()
        print()


if __name__ == "__main__":
    main()
