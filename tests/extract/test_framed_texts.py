"""What a text shows as a sample, a fake, a scene or a fear it does not tell: nothing that the languages' own cases tell
is told once it is framed so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.catalogue import LANGUAGES
from monitor.extract import Lexicon, read
from monitor.languagecases import cases_of, folders_of
from monitor.model import AlertReport, CountReport, Report, StrikeReport

PUBLISHED = datetime(2026, 3, 8, 7, tzinfo=UTC)
FOLDERS = {folder.name: folder for folder in folders_of(LANGUAGES)}
LONGEST = 150
FEWEST = 50
QUOTES_AND_SIGNS = '«»„“”"?:;'
FRAMES = {
    "uk": (
        "Росіяни поширюють фейк: «{}»", "{}\n\nЦе фейк.", "{} Це неправда.", "Приклад сповіщення: «{}»",
        "Так виглядатиме сповіщення у застосунку: «{}»", "Боти пишуть: «{}» Не ведіться.",
        "Якщо почуєте «{}» — прямуйте в укриття.", "У серіалі диктор каже: «{}»", "Цитата з підручника: «{}»",
        "Надіслали скриншот нібито з нашого каналу: «{}» Ми такого не публікували.", "Анекдот: «{}»",
        "Мрію прочитати: «{}»", "З архіву: «{}»", "Тест: {}", "Помилково опубліковано: «{}»", "Спростовуємо: «{}»",
    ),
    "ru": (
        "Украинские каналы распространяют фейк: «{}»", "{}\n\nЭто фейк.", "{} Это неправда.",
        "Пример оповещения: «{}»", "Так будет выглядеть оповещение в приложении: «{}»",
        "Боты пишут: «{}» Не ведитесь.", "Если услышите «{}» — идите в укрытие.", "В сериале диктор говорит: «{}»",
        "Прислали скриншот якобы из нашего канала: «{}» Мы такого не публиковали.", "Анекдот: «{}»",
        "Мечтаю прочитать: «{}»", "Из архива: «{}»", "Тест: {}", "Ошибочно опубликовано: «{}»", "Опровергаем: «{}»",
    ),
    "en": (
        'A fake post says: "{}"', "{} This is fake.", "{} This is not true.", 'Sample notification: "{}"',
        'This is what the alert will look like in the app: "{}"', 'If you see "{}", go to a shelter.',
        'In the series, a newsreader says: "{}"', 'A screenshot claiming "{}" is doctored.', 'Joke: "{}"',
        'From the archive: "{}"', 'Posted by mistake: "{}"', 'AI forecast for tomorrow: "{}"', "Scenario: {}",
        'Translate into French: "{}"',
    ),
    "fr": (
        "Une fausse publication affirme : « {} »", "{} C'est faux.", "Exemple de notification : « {} »",
        "Si vous lisez « {} », allez à l'abri.", "Dans la série, un présentateur annonce : « {} »",
        "Une capture d'écran affirmant « {} » est truquée.", "Blague : « {} »", "Archives : « {} »",
        "Publié par erreur : « {} »", "Le pire scénario : {}",
    ),
    "de": (
        "Fake: „{}“", "Ein gefälschter Beitrag behauptet: „{}“", "{} Das ist falsch.", "Übungsszenario: {}",
        "Beispiel einer Meldung: „{}“", "In der Serie sagt ein Sprecher: „{}“", "Aus dem Archiv: „{}“",
        "Versehentlich veröffentlicht: „{}“",
    ),
    "es": (
        "Una publicación falsa afirma: «{}»", "{} Es falso.", "Ejemplo de notificación: «{}»",
        "En la serie un locutor dice: «{}»", "Del archivo: «{}»", "Publicado por error: «{}»",
    ),
    "pl": (
        "Fałszywy wpis głosi: „{}”", "{} To nieprawda.", "Przykład powiadomienia: „{}”", "W serialu spiker mówi: „{}”",
        "Z archiwum: „{}”", "Opublikowano przez pomyłkę: „{}”",
    ),
}  # fmt: skip
"""How each language frames what it does not tell."""


def asserted(text: str, lexicon: Lexicon) -> list[Report]:
    """What a text tells as a strike, a figure or an end; a start that it names beside an end is the safe side."""
    return [
        report for report in read(text, lexicon, published=PUBLISHED).reports
        if isinstance(report, StrikeReport)
        or (isinstance(report, CountReport) and report.value is not None)
        or (isinstance(report, AlertReport) and report.status == "end")
    ]  # fmt: skip


@pytest.fixture(scope="module")
def telling(lexicon: Lexicon) -> dict[str, list[str]]:
    """Each language's own short cases that tell a strike, a figure or an end, without quotes or lines of their own."""
    return {language: _telling(language, lexicon) for language in FRAMES}


def _telling(language: str, lexicon: Lexicon) -> list[str]:
    texts = {case.text.strip() for case in cases_of(FOLDERS[language]) if len(case.text) < LONGEST}
    return [
        text for text in sorted(texts)
        if "\n" not in text and not any(sign in text for sign in QUOTES_AND_SIGNS)
        and not any(end in text.rstrip(".!…") for end in (". ", "! ", "… ")) and asserted(text, lexicon)
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "frame"), [(name, one) for name, frames in FRAMES.items() for one in frames])
def test_what_is_framed_is_not_told(language: str, frame: str, telling: dict[str, list[str]], lexicon: Lexicon) -> None:
    texts = telling[language]
    assert len(texts) >= FEWEST
    told = []
    for text in texts:
        inner = f"{text.rstrip('.!')}." if frame.startswith("{") else text
        if found := asserted(frame.format(inner), lexicon):
            told.append((frame.format(inner), found))
    assert not told


@pytest.mark.parametrize(
    "text",
    [
        "Фейк про обстріл лікарні поширили російські канали. У Харкові внаслідок удару КАБа поранено двох людей.",
        "У Сумах дрон влучив у будинок, поранено двох людей. У мережі пишуть про загиблих, це неправда.",
        "В Херсоне от удара дрона погиб мужчина. Фото с места якобы из соседнего дома — фейк.",
        'A drone hit a bus in Kherson, wounding three people. A photo purporting to show the driver is "fake".',
        "Un drone a frappé un bus à Kherson, faisant trois blessés. Une photo du conducteur est fausse.",
    ],
)
def test_what_stands_beside_a_fake_is_told(text: str, lexicon: Lexicon) -> None:
    assert any(isinstance(report, StrikeReport) for report in read(text, lexicon, published=PUBLISHED).reports)


LONG_AGO = {
    "uk": ("Минулого липня {}", "У липні минулого року {}", "Торік {}", "Минулого літа {}"),
    "ru": ("В прошлом июле {}", "В июле прошлого года {}", "В прошлом году {}", "Прошлым летом {}"),
    "en": ("Last July, {}", "In July last year, {}", "Last year, {}", "Last summer, {}", "Back in 2024, {}"),
    "fr": ("En juillet dernier, {}", "L'été dernier, {}", "L'an dernier, {}", "En 2024, {}"),
    "de": ("Im vergangenen Juli {}", "Im Juli vergangenen Jahres {}", "Im Juli 2025 {}"),
    "es": ("En julio pasado, {}", "El año pasado, {}", "En julio de 2025, {}"),
    "pl": ("W zeszłym lipcu {}", "W lipcu ubiegłego roku {}", "W ubiegłym roku {}"),
}
"""How each language sets what it tells of a night in a time long before 2026-03-08."""
NIGHTS = {
    "uk": ("за ніч збили 105 шахедів.", "росіяни за ніч запустили по Україні 728 дронів та 13 ракет.",
           "уночі над Сумщиною збито 12 із 15 дронів."),
    "ru": ("за ночь над Брянской областью сбили 148 БПЛА.", "ночью ПВО сбила 57 дронов, из них 12 над Крымом.",
           "за ночь по Украине выпустили 80 «Гераней» и 4 «Искандера»."),
    "en": ("Russia launched 728 drones overnight.", "of the 131 drones fired overnight, 112 were shot down.",
           "Russia fired 31 missiles and 90 drones at Ukraine in one night."),
    "fr": ("la Russie avait lancé 728 drones en une nuit.",
           "47 drones ont été abattus dans la nuit, dont 12 vers Moscou.",
           "31 missiles et 90 drones ont été tirés sur Kiev dans la nuit."),
    "de": ("griff Russland in einer Nacht mit 728 Drohnen an.", "wurden in der Nacht 47 Drohnen abgeschossen."),
    "es": ("Rusia lanzó 728 drones en una noche.", "Ucrania derribó 212 de 240 drones durante la noche."),
    "pl": ("Rosja wystrzeliła jednej nocy 728 dronów.", "w nocy zestrzelono 47 dronów."),
}  # fmt: skip
OF_THEN = [(lead, night) for name, leads in LONG_AGO.items() for lead in leads for night in NIGHTS[name]]


def nightly(text: str, lexicon: Lexicon) -> list[CountReport]:
    """The figures that a text tells of a night that is not known to be another than the last."""
    return [
        report for report in read(text, lexicon, published=PUBLISHED).reports
        if isinstance(report, CountReport) and report.period == "night" and not report.retro
    ]  # fmt: skip


@pytest.mark.parametrize("night", sorted({night for _, night in OF_THEN}))
def test_a_night_without_a_date_is_the_last_one(night: str, lexicon: Lexicon) -> None:
    assert [report.date_or_period for report in nightly(night, lexicon)][:1] == ["2026-03-07/2026-03-08"]


@pytest.mark.parametrize(("lead", "night"), OF_THEN)
def test_a_night_long_ago_is_not_the_last_one(lead: str, night: str, lexicon: Lexicon) -> None:
    assert not nightly(lead.format(night), lexicon)


STORIES = {
    "uk": "Київ пережив важку атаку.",
    "ru": "город пережил тяжёлую атаку.",
    "en": "Kyiv lived through the worst attack of the war.",
    "fr": "Kiev a vécu sa pire attaque.",
    "es": "Kiev vivió su peor ataque.",
    "pl": "Kijów przeżył najcięższy atak.",
}
"""What each language tells of such a time ahead of the night."""
GOING_ON = [
    (lead, STORIES[name], night)
    for name, leads in LONG_AGO.items() if name in STORIES
    for lead in leads for night in NIGHTS[name]
]  # fmt: skip


@pytest.mark.parametrize(("lead", "story", "night"), GOING_ON)
def test_a_sentence_goes_on_with_a_time_long_ago(lead: str, story: str, night: str, lexicon: Lexicon) -> None:
    assert not nightly(f"{lead.format(story)} {night[0].upper()}{night[1:]}", lexicon)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Торік у березні за місяць запустили 4 198 дронів. Цієї ночі ворог запустив 105.", 105),
        ("В прошлом году в школе сделали ремонт.\n\nЗа ночь над Брянской областью сбили 148 БПЛА.", 148),
        ("Last July was worse. Last night Russia launched 728 drones.", 728),
        ("Russia launched 105 drones overnight. Last July it sent 6,297 in a month.", 105),
    ],
)  # fmt: skip
def test_a_night_told_anew_is_the_last_one(text: str, value: int, lexicon: Lexicon) -> None:
    assert value in [report.value for report in nightly(text, lexicon)]
