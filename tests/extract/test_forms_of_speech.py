"""Ways of saying it, one line each: every line stands for a form that press and channels use, not for a sample.

An expectation is the report in short: ``shot_down 62 drone [UA]``, ``end air [UA-30]``, ``strike [Ternopil] k12 i48``.
``none`` means that nothing is read. Only what is written here is compared.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.catalogue import load_lexicon
from monitor.extract import read
from monitor.model import AlertReport, CountReport, Report

AT = datetime(2026, 3, 4, 9, tzinfo=UTC)

FORMS = [
    # a number that counts people is no munition, wherever it stands
    (
        "Russia used about 600 drones in the past week. Officials put the number of foreign soldiers there at 10,000.",
        ["launched 600 drone [UA]"],
    ),
    # lost from the radar: a dash, a verb, an ellipsis
    ("⚡️ ЗБИТО 62 ВОРОЖІ БПЛА, ЩЕ 67 – ЛОКАЦІЙНО ВТРАЧЕНО", ["shot_down 62 drone [UA]", "lost 67 drone [UA]"]),
    (
        "Ukraine's air force shot down 62 of 145 drones, while 67 dropped off radar and 10 left Ukrainian airspace.",
        ["launched 145 drone [UA]", "shot_down 62 drone [UA]", "lost 67 drone [UA]", "left 10 drone [UA]"],
    ),
    # n of m in other word orders
    (
        "Die ukrainische Luftwaffe meldete 75 von 96 Drohnen abgeschossen.",
        ["launched 96 drone [UA]", "shot_down 75 drone [UA]"],
    ),
    (
        "Les défenses ukrainiennes ont abattu 88 des 112 drones lancés par la Russie.",
        ["launched 112 drone [UA]", "shot_down 88 drone [UA]"],
    ),
    # hits counted apart
    (
        "Противник атакував 73 ударними БпЛА. Зафіксовано влучання 8 ударних БпЛА.",
        ["launched 73 drone [UA]", "hit 8 drone [UA]"],
    ),
    # breakdowns by adjective alone, and "each"
    (
        "Уничтожены 42 украинских БПЛА: 20 — над Брянской областью, 12 — над Курской, "
        "по пять — над Белгородской и Орловской.",
        [
            "shot_down 42 drone [RU]",
            "shot_down 20 drone [RU-BRY]",
            "shot_down 12 drone [RU-KRS]",
            "shot_down 5 drone [RU-BEL]",
            "shot_down 5 drone [RU-ORL]",
        ],
    ),
    # a person's surname is no place
    (
        "Над Воронежской областью сбили 12 беспилотников, сообщил губернатор Александр Гусев.",
        ["shot_down 12 drone [RU-VOR]"],
    ),
    # what is promised, bought or tallied with tanks is no attack
    ("Ukraine will receive 5,000 drones from Germany this year.", ["none"]),
    ("Втрати ворога за добу: 1200 осіб, 34 танки, 56 БпЛА оперативно-тактичного рівня.", ["none"]),
    # launched at a country is a count, not a strike
    (
        "La Russie avait lancé 145 drones contre l'Ukraine, un nombre jamais atteint selon Volodymyr Zelensky.",
        ["launched 145 drone [UA]"],
    ),
    # tolls: "at least", elided nouns, vague dozens
    (
        "At least 12 people were killed and 48 wounded when a Russian missile hit an apartment block in Ternopil.",
        ["strike [Ternopil] k12 i48"],
    ),
    (
        "Une frappe russe à Kostiantynivka a fait au moins 16 morts et une trentaine de blessés.",
        ["strike [Kostiantynivka] k16 i30"],
    ),
    # memory is no news
    ("Three years ago today a missile strike on Kramatorsk station killed 61 people.", ["none"]),
    # ends: partial, of a named regime, of a carrier
    (
        "Alerte levée à Kyiv, mais toujours en cours dans la région de Soumy.",
        ["end air [UA-30]", "start air [UA-59] ongoing"],
    ),
    ("В Белгородской области отменена ракетная опасность.", ["end missile [RU-BEL]"]),
    ("МіГ-31К сіли. Відбій по мігах.", ["end mig31k []"]),
    # the widest place stated
    ("Luftalarm in Kiew und der gesamten Ukraine ausgelöst.", ["start air [UA]"]),
]


@pytest.mark.parametrize(("text", "wanted"), FORMS, ids=[text[:40] for text, _ in FORMS])
def test_form(text: str, wanted: list[str]) -> None:
    found = [short(report) for report in read(text, load_lexicon(), published=AT).reports]
    assert sorted(found or ["none"]) == sorted(wanted)


def short(report: Report) -> str:
    """The report in the words of this file."""
    places = ",".join(place.name for place in report.places)
    if isinstance(report, AlertReport):
        return f"{report.status} {report.threat} [{places}]" + (" ongoing" if report.ongoing else "")
    if isinstance(report, CountReport):
        return f"{report.measure} {report.value} {report.weapon} [{places}]"
    return f"strike [{places}] k{report.killed} i{report.injured}".replace(" kNone", "").replace(" iNone", "")
