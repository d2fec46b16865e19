"""An all-clear for one place among sentences that tell of others clears no other place."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.extract import Lexicon, read
from monitor.model import AlertReport

CORPUS = Path(__file__).parents[1] / "corpus"
ENDS = {
    "uk": "У Луцьку відбій повітряної тривоги.",
    "ru": "В Луцке отбой воздушной тревоги.",
    "en": "The air raid alert in Lutsk is over.",
    "fr": "L'alerte aérienne est levée à Loutsk.",
    "de": "In Luzk ist der Luftalarm aufgehoben.",
    "es": "Finaliza la alerta aérea en Lutsk.",
    "pl": "W Łucku odwołano alarm lotniczy.",
}
PUBLISHED = datetime(2026, 3, 4, 9, tzinfo=UTC)
LUTSK = {"Lutsk", "Lutsk Raion", "UA-07"}


def cleared(text: str, lexicon: Lexicon) -> set[str]:
    ends = [
        r for r in read(text, lexicon, published=PUBLISHED).reports if isinstance(r, AlertReport) and r.status == "end"
    ]
    return {p.name for r in ends if r.threat in ("air", None) for p in r.places} | {
        "everywhere" for r in ends if r.threat in ("air", None) and not r.places
    }


def ends_something(passage: dict[str, object]) -> bool:
    return "end" in json.dumps(passage["reports"]) or '"status": "end"' in json.dumps(
        passage.get("optional_reports", [])
    )


@pytest.mark.parametrize("lang", ENDS)
def test_an_end_put_among_other_sentences_clears_its_own_place_only(lang: str, lexicon: Lexicon) -> None:
    lines = [json.loads(line) for path in sorted(CORPUS.glob("*.jsonl")) for line in path.open("rb")]
    texts = [p["text"] for p in lines if p["lang"] == lang and not ends_something(p)]
    for text in texts[:: max(1, len(texts) // 60)]:
        sentences = [s if s[-1:] in ".!?:" else s + "." for s in re.split(r"(?<=[.!?\n])\s+", text) if s]
        for gap in (0, len(sentences) // 2, len(sentences)):
            for joint in (" ", "\n"):
                joined = joint.join([*sentences[:gap], ENDS[lang], *sentences[gap:]])
                assert cleared(joined, lexicon) <= LUTSK, joined


@pytest.mark.parametrize(
    "text",
    [
        "В Луцке отбой воздушной тревоги. Рыльск. Ракета попала в школу.",
        "Відбій тривоги в Луцьку.\nРівне.\nУдар по депо.",
        "Відбій тривоги в Луцьку.\n🛵 Одеса!\nГрупа БпЛА з моря.",
        "Відбій тривоги в Луцьку. Ковель! В укриття!",
    ],
)
def test_a_name_behind_the_full_stop_of_an_end_is_not_cleared(text: str, lexicon: Lexicon) -> None:
    assert cleared(text, lexicon) == {"Lutsk"}


@pytest.mark.parametrize(
    "text",
    [
        "Три роки тому, 4 березня 2023 року. МіГи сіли. Відбій тривоги по всій Україні.",
        "Три года назад, 4 марта 2023 года. Мост открыли. Отбой воздушной тревоги в Керчи.",
        "Three years ago, on 4 March 2023. A warehouse burned in Brovary. The alert in Kyiv was lifted.",
        "Trzy lata temu, 4 marca 2023 roku. W Kijowie odwołano alarm lotniczy.",
        "Yesterday channels wrote: the MiG has landed at last. The air raid alert in Lutsk is over.",
        "Вчора канали писали: МіГ нарешті сів на аеродром. У Луцьку відбій повітряної тривоги.",
        "Fake: the air raid alert in Lutsk is over.",
        "Фейк: у Луцьку відбій повітряної тривоги.",
    ],
)
def test_an_end_in_a_story_of_another_year_or_under_the_word_fake_clears_nothing(text: str, lexicon: Lexicon) -> None:
    assert cleared(text, lexicon) == set()
