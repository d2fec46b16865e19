"""Puts the accuracy of the reading into README.md: `python -m tools.readme_accuracy`.

Scores every passage of ``tests/corpus/`` as READING.md says (``monitor evaluate`` does the same for one file).
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

from monitor.catalogue import load_lexicon
from monitor.extract import read
from monitor.extract.evaluate import Score, Tally, evaluate
from monitor.formats.record import record

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"<!-- accuracy -->.*<!-- /accuracy -->", re.DOTALL)


def measured() -> Score:
    """The score of every passage of the project's own corpus."""
    lexicon = load_lexicon()
    gold = [
        json.loads(line)
        for path in sorted((ROOT / "tests" / "corpus").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    predicted = {}
    for passage in gold:
        published = datetime.fromisoformat(passage["published"]) if passage["published"] else None
        reading = read(passage["text"], lexicon, title=passage.get("title"), published=published)
        predicted[passage["id"]] = record(passage["id"], reading)["reports"]
    return evaluate(gold, predicted, lexicon)


def table(score: Score) -> str:
    """Markdown: a row a kind and a language."""
    rows = [_row(kind, tally) for kind, tally in sorted(score.kinds.items())]
    rows += [_row(language, tally) for language, tally in sorted(score.languages.items())]
    return "\n".join(
        [
            "| | reports | precision | recall | F1 | strict F1 |",
            "|---|---:|---:|---:|---:|---:|",
            *rows,
            _row("**all**", score.all),
            "",
            f"{score.passages} passages; critical errors (a false all-clear, a week's figure read as a night, what must"
            f" not be read): {len(score.critical)}; passages that say nothing and were read as something: "
            f"{score.false_negatives} of {score.negatives}.",
        ]
    )


def _row(name: str, tally: Tally) -> str:
    precision = tally.soft / tally.predicted if tally.predicted else 0.0
    recall = tally.soft / tally.gold if tally.gold else 0.0
    figures = (precision, recall, tally.f1(), tally.f1(strict=True))
    return f"| {name} | {tally.gold} | " + " | ".join(f"{figure:.2f}" for figure in figures) + " |"


def main() -> None:
    block = f"<!-- accuracy -->\n{table(measured())}\n<!-- /accuracy -->"
    text = README.read_text("utf-8")
    if not BLOCK.search(text):
        raise SystemExit("README.md has no accuracy block")
    README.write_text(BLOCK.sub(lambda _: block, text), "utf-8")
    print(block)


if __name__ == "__main__":
    main()
