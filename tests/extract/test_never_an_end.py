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
]


@pytest.mark.parametrize("text", TEXTS, ids=[text[:50] for text in TEXTS])
def test_no_siren_ends(text: str) -> None:
    reading = read(text, load_lexicon(), published=AT)
    ends = [
        r for r in reading.reports if isinstance(r, AlertReport) and r.status == "end" and r.threat in ("air", None)
    ]
    assert not ends, [(end.places, end.evidence.rule) for end in ends]
