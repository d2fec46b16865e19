"""Texts that speak of an all-clear and give none: no reading of them may end a siren. The worst error there is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.catalogue import load_lexicon
from monitor.extract import read
from monitor.model import AlertReport

AT = datetime(2026, 3, 4, 9, tzinfo=UTC)

TEXTS = [
    # to come
    "Сигнал «Відбій повітряної тривоги» пролунає після завершення атаки.",
    "Про відбій повітряної тривоги повідомимо окремо.",
    "Об отбое воздушной тревоги сообщим дополнительно.",
    "Отбой воздушной тревоги объявят позже.",
    "The all-clear will be sounded once the threat has passed.",
    "La fin d'alerte sera annoncée plus tard à Kiev.",
    "Die Entwarnung für Kiew wird später gegeben.",
    "Odwołanie alarmu w Kijowie zostanie ogłoszone później.",
    # on condition
    "У разі відбою повітряної тривоги рух метро відновлять.",
    "Після відбою повітряної тривоги заняття продовжаться.",
    "Якщо буде відбій тривоги, поїзди поїдуть о 10:00.",
    "После отбоя воздушной тревоги мост откроют.",
    "В случае отбоя воздушной тревоги занятия продолжатся.",
    "Once the air raid alert is lifted, trains will run again.",
    "If the alert is lifted in Kyiv, shops will reopen.",
    "Une fois l'alerte levée à Kiev, le métro reprendra.",
    "Nach der Entwarnung in Kiew fahren die Züge wieder.",
    # not given
    "Відбою тривоги ще немає, залишайтеся в укриттях.",
    "Відбій тривоги в Києві ще не оголошували.",
    "Не реагуйте на фейки: відбою повітряної тривоги не було.",
    "Отбоя воздушной тревоги в Белгороде пока не было.",
    "Отбой воздушной тревоги не объявлялся.",
    "The all-clear has not been given in Kyiv.",
    "Officials denied reports that the alert had been lifted in Kyiv.",
    "L'alerte aérienne n'est pas encore levée à Kiev.",
    "Der Luftalarm in Kiew wurde noch nicht aufgehoben.",
    "Alarm w Kijowie nie został jeszcze odwołany.",
    "La alerta aérea en Kiev todavía no ha terminado.",
    # in part
    "Частковий відбій тривоги в Харківській області.",
    "Частичный отбой воздушной тревоги в Харьковской области.",
    "Поступовий відбій тривоги по країні.",
    "A partial all-clear has been given in Kharkiv region.",
    "Fin d'alerte partielle dans la région de Kharkiv.",
    # long ago
    "Вчора о 23:40 в Києві оголосили відбій тривоги.",
    "Вчера вечером в Киеве дали отбой воздушной тревоги.",
    "The alert in Kyiv was lifted at 5 a.m. on Monday, 2 February, after nine hours.",
    # asked, waited for, explained
    "Коли буде відбій тривоги в Києві?",
    "Чекаємо на відбій тривоги.",
    "Ждём отбой воздушной тревоги.",
    "Влада просить не виходити з укриття до відбою тривоги.",
    "Не покидайте укриття до сигналу «Відбій повітряної тривоги».",
    "Оставайтесь в укрытии до отбоя воздушной тревоги.",
    "Stay in shelters until the all-clear.",
    "Restez à l'abri jusqu'à la fin de l'alerte.",
    "Bleiben Sie bis zur Entwarnung im Schutzraum.",
    "Що означає сигнал «Відбій повітряної тривоги»? Розповідаємо.",
    # another thing ends
    "Відбій загрози балістики в Києві.",
    "Відбій загрози застосування КАБ.",
    "Отбой ракетной опасности в Крыму. Воздушная тревога продолжается.",
    "Відбій тренування у Львові.",
    "Мінус шахед над Києвом. Чисто.",
    "По Києву поки чисто, не фіксується.",
    "🟢 Відбій повітряної тривоги у Києві скасовано, тривога триває.",
    # of a part, or of a place that is not named or not known
    "Відбій тривоги в Хмарський район.",
    "Відбій тривоги в селищі Хмаринське",
    "Відбій тривоги в усіх районах області, крім Чугуївського та Куп'янського.",
    "Відбій тривоги у північних громадах області",
    "Відбій тривоги у кількох районах Харківської області",
    "Відбій тривоги у двох громадах Нікопольського району",
    "Відбій тривоги на півночі Чернігівщини",
    "Відбій повітряної тривоги на більшій частині території України",
    "Відбій тривоги в центральних областях",
    "Відбій повітряної тривоги для лівого берега",
    "У половини областей відбій тривоги",
    "Відбій повітряної тривоги у всіх районах, окрім прифронтових",
    "Отбой воздушной тревоги в трёх районах Белгородской области",
    "Отбой тревоги на большей части области",
    "Отбой воздушной тревоги в районе аэропорта",
    "Отбой воздушной тревоги на юге Курской области",
    "Отбой воздушной тревоги во всех районах, кроме приграничных",
    # not now, not so, not meant
    "Через 10 хвилин відбій тривоги",
    "Відбій тривоги за 10 хвилин",
    "Через полчаса отбой воздушной тревоги",
    "Відбій тривоги у школах: діти повернулися до класів",
    "Нарешті відбій тривоги, як же ми всі на нього чекали… а ні, здалося",
    "Ага, відбій тривоги, розбіглись. Ще три борти в повітрі",
    "«Відбій тривоги» у тік-тоці став мемом",
    "Ночь без отбоя воздушной тревоги",
    "Сигнал «Відбій тривоги» в Одесі прозвучав о 03:10, але за сім хвилин тривогу оголосили знову",
    "Отбой воздушной тревоги в Севастополе прозвучал, но через минуту тревогу объявили вновь",
    "Під час навчань у Житомирі пролунав сигнал «Відбій повітряної тривоги»",
    "Отбой воздушной тревоги в Курской области был ошибочным",
    "Отбой воздушной тревоги в Курской области? Нет, опасность сохраняется",
    "Відбій тривоги. Увага! Загроза балістики!",
    "По Києву відбій тривоги дадуть, коли долетять останні два",
    "Хто написав про відбій тривоги в Києві? Тривога діє!",
    "Якби не відбій тривоги в Києві, ми б запізнились",
    "Відбій тривоги в Києві дали б ще о третій, якби не той шахед",
    "Очікуємо відбій тривоги по Києву найближчим часом",
    "Отбой тревоги в Брянске, скорее всего, скоро дадут",
    "Без отбоя воздушной тревоги в Севастополе движение катеров не возобновят",
    "Система сообщила об отбое тревоги в Севастополе по ошибке",
    "Отбой ракетной опасности в Курской области, опасность БПЛА сохраняется",
    "Відбій загрози ударних БпЛА в м. Харків та Харківська територіальна громада",
    "Відбій по МіГам, тривога триває",
    "Відбій! Ні, рано зрадів",
]

# An end of one place says nothing about another.
ENDS_ELSEWHERE = [
    ("Відбій тривоги в Полтавській області. На Харківщині тривога триває.", "UA-63"),
    ("Отбой воздушной тревоги в Севастополе, в Крыму тревога сохраняется.", "UA-43"),
    ("Відбій тривоги в Броварському районі, у Києві чекаємо.", "UA-30"),
    ("У Києві тривога триває, в області відбій.", "UA-30"),
    ("Відбій тривоги: Полтавщина, Сумщина. Харківщина ще під тривогою", "UA-63"),
]


@pytest.mark.parametrize("text", TEXTS, ids=[text[:50] for text in TEXTS])
def test_no_siren_ends(text: str) -> None:
    reading = read(text, load_lexicon(), published=AT)
    ends = [
        r for r in reading.reports if isinstance(r, AlertReport) and r.status == "end" and r.threat in ("air", None)
    ]
    assert not ends, [(end.places, end.evidence.rule) for end in ends]


@pytest.mark.parametrize(("text", "code"), ENDS_ELSEWHERE, ids=[text[:50] for text, _ in ENDS_ELSEWHERE])
def test_an_end_elsewhere_ends_nothing_here(text: str, code: str) -> None:
    reading = read(text, load_lexicon(), published=AT)
    ends = [
        r for r in reading.reports if isinstance(r, AlertReport) and r.status == "end" and r.threat in ("air", None)
    ]
    assert all(r.places for r in ends), "an end without a place"
    assert not [p for r in ends for p in r.places if code in (p.code, p.id)]


@pytest.mark.parametrize(
    "text",
    [
        "Відбій тривоги",
        "Відбій повітряної тривоги‼️",
        "Отбой воздушной тревоги!",
        "🟢 м. Київ\nВідбій повітряної тривоги",
        "✅ Відбій повітряної тривоги по Запорізькій області та м. Запоріжжя!",
        "🟢 Каховський район - відбій повітряної тривоги!",
        "Відбій тривоги в усіх районах Сумської області",
        "Відбій повітряної тривоги в Полтавській, Сумській та Черкаській областях",
        "Отбой воздушной тревоги на всей территории Республики Крым",
        "Объявлен отбой воздушной тревоги в Севастополе. Спасибо за терпение!",
        "Увага! Відбій повітряної тривоги у місті Дніпро та Дніпровському районі",
    ],
)
def test_an_end_that_was_announced_is_read(text: str) -> None:
    reading = read(text, load_lexicon(), published=AT)
    assert [r for r in reading.reports if isinstance(r, AlertReport) and r.status == "end" and r.threat == "air"]
