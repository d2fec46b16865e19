"""Puts the demo's own words into README.md: `python -m tools.readme_demo < demo-output.txt`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
HEAD, WIDTH = 12, 118


def main() -> None:
    """The first lines and the summary, with what lies between left out."""
    lines = [line.rstrip()[:WIDTH] for line in sys.stdin.read().splitlines()]
    summary = next(n for n, line in enumerate(lines) if "REPLAY of 9-13 November" in line)
    claims = next(n for n, line in enumerate(lines) if line.startswith("Count claims"))
    ending = next(n for n, line in enumerate(lines) if line.startswith("Webhook:"))
    shown = [
        *lines[:HEAD], "…", *lines[summary : summary + 9], "…", *_from(lines, "Strikes:", 8), "…",
        *lines[claims : claims + 13], "…", *lines[ending:],
    ]  # fmt: skip
    block = "<!-- demo -->\n```\n" + "\n".join(shown).rstrip() + "\n```\n<!-- /demo -->"
    text = README.read_text("utf-8")
    README.write_text(re.sub(r"<!-- demo -->.*<!-- /demo -->", lambda _: block, text, flags=re.DOTALL), "utf-8")


def _from(lines: list[str], start: str, count: int) -> list[str]:
    first = next(n for n, line in enumerate(lines) if line.startswith(start))
    return lines[first : first + count]


if __name__ == "__main__":
    main()
