"""`evaluate`: annotated passages against what is read in them today."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.cli.output import print_json
from monitor.cli.texts import Channels, Record, json_of, opened, read_one, record_of
from monitor.errors import InputError

if TYPE_CHECKING:
    from monitor.extract.evaluate import Tally

__all__ = ["evaluate"]


def evaluate(gold: Path, *, as_json: bool) -> int:
    """Print the scores; 1 if there are critical errors."""
    from monitor.catalogue import load_lexicon
    from monitor.extract.evaluate import evaluate as score
    from monitor.formats.record import record

    passages = list(_gold(gold))
    lexicon = load_lexicon()
    known = Channels(None)
    predicted = {}
    for passage, one in passages:
        predicted[str(passage["id"])] = record(str(passage["id"]), read_one(one, lexicon, known))["reports"]
    found = score([passage for passage, _ in passages], predicted, lexicon)
    rows = [("all", found.all), *found.kinds.items(), *found.languages.items()]
    scores = {
        "passages": found.passages,
        "negatives": found.negatives,
        "negatives_with_reports": found.false_negatives,
        "critical": [{"id": id, "what": what} for id, what in found.critical],
        "scores": {name: _figures(tally) for name, tally in rows},
    }
    if as_json:
        print_json(scores)
    else:
        _scores(scores)
    return 1 if found.critical else 0


def _figures(tally: Tally) -> dict[str, Any]:
    return {
        "gold": tally.gold,
        "predicted": tally.predicted,
        "soft_f1": round(tally.f1(), 4),
        "strict_f1": round(tally.f1(strict=True), 4),
    }


def _gold(gold: Path) -> Iterator[tuple[dict[str, Any], Record]]:
    """The passages of a gold file. A broken one stops the evaluation: a score over the rest would mislead."""
    for number, line in enumerate(opened(gold), 1):
        if not line.strip():
            continue
        where = f"{gold}, line {number}"
        one = record_of(line, where)
        if one.problem:
            raise InputError(one.problem)
        passage = json_of(line, where)
        if "id" not in passage or not isinstance(passage.get("reports", passage.get("items")), list):
            raise InputError(f'{where}: needs "id" and "reports"')
        yield passage, one


def _scores(scores: dict[str, Any]) -> None:
    from monitor.cli.output import table

    wrong = f"{scores['negatives_with_reports']} of {scores['negatives']} negatives with reports"
    table(
        f"{scores['passages']} passages, {wrong}",
        ("", "Gold", "Predicted", "Soft F1", "Strict F1"),
        [
            (name, row["gold"], row["predicted"], f"{row['soft_f1']:.3f}", f"{row['strict_f1']:.3f}")
            for name, row in scores["scores"].items()
        ],
        empty="Nothing was scored.",
    )
    table(
        "Critical errors",
        ("Passage", "What"),
        [(row["id"], row["what"]) for row in scores["critical"]],
        empty="No critical errors.",
    )
