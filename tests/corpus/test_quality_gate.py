"""The quality gate: our own annotated passages, scored as READING.md says. The floors only rise."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from monitor.catalogue import load_lexicon
from monitor.extract import read
from monitor.extract.evaluate import evaluate
from monitor.formats.record import record

GOLD = Path(__file__).parent / "own.jsonl"
FLOORS = {"soft": 0.98, "strict": 0.97}


def test_the_reading_of_our_own_corpus_stays_above_its_floors() -> None:
    lexicon = load_lexicon()
    gold = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    predicted = {}
    for passage in gold:
        published = datetime.fromisoformat(passage["published"]) if passage["published"] else None
        predicted[passage["id"]] = record(passage["id"], read(passage["text"], lexicon, published=published))["reports"]
    score = evaluate(gold, predicted, lexicon)
    assert score.critical == []
    assert score.all.f1() >= FLOORS["soft"]
    assert score.all.f1(strict=True) >= FLOORS["strict"]
    assert score.false_negatives == 0
