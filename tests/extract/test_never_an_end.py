"""Texts that speak of an all-clear and give none: no reading of them may end a siren. The worst error there is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.catalogue import load_lexicon
from monitor.extract import read
from monitor.model import AlertReport

AT = datetime(2026, 3, 4, 9, tzinfo=UTC)

TEXTS = [
    "Отбой тревоги в Киеве. Шутка.",
    "Кажуть, у Львові відбій тривоги",
    "У Львові відбій тривоги. Ой ні, знову МіГ",
    "Говорят, в Севастополе отбой воздушной тревоги",
    "Пишуть, що в Одесі вже відбій тривоги",
    "They say the air raid alert in Kyiv is over",
    "Air raid alert lifted in Lviv. Just kidding.",
    "טרם הסתיים האירוע, יש להישאר במרחב המוגן - אשקלון",
    "האירוע עדיין לא הסתיים באשקלון",
    "Минулої ночі відбій тривоги оголосили о 05:40.",
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
    "🟡 10:00 Відбій тривоги в Дніпропетровська область\n(тривога ще триває у якомусь районі)",
    "Відбій тривоги в Полтавській області\nТривога ще триває в одному районі",
    "Мешканці Харкова думали, що тривогу скасовано",
    "За даними ЗМІ, у Києві нібито скасовано тривогу",
    "Відбій тривоги в Києві, підтвердження немає",
    "По слухам, отбой воздушной тревоги в Симферополе",
    "В Севастополе якобы дали отбой тревоги",
    "Наче відбій тривоги в Одесі",
    "Попередня тривога в Одесі закінчилась о 02:15",
    "Тривогу в Києві не скасовано, загроза балістики минула",
    "Воздушная тревога в Севастополе отменена не будет",
    "Умовний відбій тривоги на навчаннях у Рівному",
    "Відбій тривоги в Одесі був о 3-й, зараз знову літає",
    "До відбою тривоги в Одесі лишилось зовсім трохи",
    "Загроза балістики для Сум знята, тривога через БпЛА продовжується",
    "Загрозу ракетного удару по Одесі знято, але тривога через дрони триває",
    "Ракетная опасность снята, воздушная тревога в Севастополе продолжается",
    "Беспилотная опасность в Крыму отменена, тревога остаётся",
    "Скасовано ракетну загрозу для Києва, тривога ще діє",
    "Балістика більше не загрожує, тривога в Києві поки не знята",
    "Угроза ракетного удара по Киеву миновала, тревога из-за дронов действует",
    "Жители Сочи сообщают, что сирены замолчали, но официального отбоя пока нет",
    # taken back, declared anew, told in passing, of something else: the western languages
    "The all-clear in Kyiv has not been given yet.",
    "Kyiv: the air raid alert was lifted by mistake; stay in shelters.",
    "The air raid alert in Kyiv will be lifted soon.",
    "Officials hope the air raid alert in Kharkiv will be lifted by morning.",
    "Once the air raid alert in Lviv is lifted, trains will run again.",
    "Air raid alert in Kyiv lifted? No, it is still on.",
    "Rumours that the air raid alert in Odesa has been lifted are false.",
    "The air raid alert in Kyiv was lifted at 3 a.m. but declared again ten minutes later.",
    "The air raid alert was lifted in Kyiv overnight, then sirens sounded again.",
    "After the air raid alert in Kyiv was lifted, a second wave of drones approached the city.",
    "The air raid alert in Kyiv, lifted at noon, has been declared anew.",
    "The artillery alert in Nikopol is over.",
    "The drone threat for Sumy is over; the air raid alert continues.",
    "The alert for guided bombs in Kharkiv has been lifted.",
    "Kyiv region: all clear for ballistic missiles.",
    "The air raid alert has ended in some districts of Kyiv region.",
    "In most regions the air raid alert has been lifted.",
    "The flood alert in Kherson has been lifted.",
    "The weather alert has been lifted in Kyiv.",
    "Evacuation order lifted in Kupiansk.",
    "The air raid alert was lifted in Kyiv, an unnamed source claimed, but the city administration denied it.",
    "The siren in Kyiv stopped, but the alert has not been lifted.",
    "Air raid sirens fell silent in Dnipro.",
    "Do not leave the shelter until the all clear is given in Kyiv.",
    "If the air raid alert is lifted in Poltava, schools will open.",
    "Yesterday the air raid alert in Kyiv was lifted at 5 a.m.",
    "A year ago the air raid alert in Kyiv was lifted after nine hours.",
    "The mayor asked whether the air raid alert in Lviv had been lifted.",
    "The restrictions under the air raid alert in Kyiv have been lifted.",
    "Kyiv's curfew was lifted during an air raid alert.",
    "The ban on mass events under air raid alert was lifted in Kyiv.",
    "The air raid alert app is back; the alert in Kyiv is over for the app only.",
    "Kyiv metro resumed after the air raid alert.",
    "It is safe to leave the shelter in Kyiv? Not yet.",
    "In the film, the all-clear sounds over Kyiv.",
    "Exercise: the air raid alert in Kyiv has been lifted. Exercise.",
    "L'alerte aérienne n'a pas encore été levée à Kiev.",
    "L'alerte aérienne devrait être levée à Kiev dans l'heure.",
    "L'alerte aérienne a été levée à Kiev par erreur.",
    "Levée puis redéclenchée : l'alerte aérienne est de nouveau en vigueur à Kiev.",
    "L'alerte aérienne a été levée à Kiev avant d'être redéclenchée dix minutes plus tard.",
    "Après la levée de l'alerte aérienne à Kiev, de nouvelles explosions ont retenti.",
    "Fin de la menace de drones à Kiev, l'alerte aérienne reste en vigueur.",
    "Fin d'alerte pour les bombes guidées à Kharkiv.",
    "L'alerte balistique est levée à Kiev.",
    "L'alerte aérienne a été partiellement levée dans la région de Kiev.",
    "Une fois l'alerte aérienne levée à Kiev, les écoles rouvriront.",
    "L'alerte aérienne est-elle levée à Kiev ?",
    "Personne ne sait si l'alerte aérienne a été levée à Kiev.",
    "Hier, l'alerte aérienne a été levée à Kiev vers 5 heures.",
    "L'alerte aérienne a été levée à Kiev, affirment des chaînes Telegram ; la mairie dément.",
    "L'alerte orange a été levée à Kiev.",
    "Le couvre-feu a été levé à Kiev pendant l'alerte aérienne.",
    "Ne quittez pas les abris tant que l'alerte aérienne n'est pas levée à Kiev.",
    "Der Luftalarm in Kiew wird bald aufgehoben.",
    "Der Luftalarm in Kiew wurde irrtümlich aufgehoben.",
    "Der Luftalarm in Kiew wurde aufgehoben und kurz darauf erneut ausgelöst.",
    "Nach Ende des Luftalarms in Kiew gab es neue Explosionen.",
    "Entwarnung für Gleitbomben in Charkiw.",
    "Ist der Luftalarm in Kiew aufgehoben?",
    "Sobald der Luftalarm in Kiew aufgehoben ist, fahren die Züge wieder.",
    "Teilweise Entwarnung in der Region Kiew.",
    "Gestern wurde der Luftalarm in Kiew gegen 5 Uhr aufgehoben.",
    "Keine Entwarnung in Kiew.",
    "Die Ausgangssperre in Kiew wurde trotz Luftalarm aufgehoben.",
    "Alarm przeciwlotniczy w Kijowie nie został jeszcze odwołany.",
    "Alarm przeciwlotniczy w Kijowie wkrótce zostanie odwołany.",
    "Alarm przeciwlotniczy w Kijowie odwołano przez pomyłkę.",
    "Alarm przeciwlotniczy w Kijowie odwołano, ale po chwili ogłoszono go ponownie.",
    "Odwołano zagrożenie balistyczne w Kijowie, alarm trwa.",
    "Czy odwołano alarm przeciwlotniczy w Kijowie?",
    "Po odwołaniu alarmu przeciwlotniczego w Kijowie słychać było wybuchy.",
    "Wczoraj o piątej odwołano alarm przeciwlotniczy w Kijowie.",
    "Nie wychodźcie ze schronów, dopóki nie odwołają alarmu przeciwlotniczego w Kijowie.",
    "Odwołano godzinę policyjną w Kijowie mimo alarmu przeciwlotniczego.",
    "La alerta aérea en Kiev aún no se ha levantado.",
    "La alerta aérea en Kiev será levantada pronto.",
    "La alerta aérea en Kiev fue levantada por error.",
    "La alerta aérea en Kiev fue levantada y reactivada diez minutos después.",
    "Tras levantarse la alerta aérea en Kiev se oyeron explosiones.",
    "Levantada la amenaza de bombas guiadas en Járkov.",
    "¿Se ha levantado la alerta aérea en Kiev?",
    "Cuando se levante la alerta aérea en Kiev abrirán las escuelas.",
    "Ayer se levantó la alerta aérea en Kiev a las cinco.",
    "Levantada parcialmente la alerta aérea en la región de Kiev.",
    "האירוע טרם הסתיים בתל אביב.",
    "האירוע עדיין לא הסתיים בחיפה, הישארו במרחב המוגן.",
    "לא ניתן לצאת מהמרחב המוגן באשקלון.",
    "אין לצאת מהמרחב המוגן עד להודעה שהאירוע הסתיים.",
    "האם האירוע הסתיים בשדרות?",
    "ההודעה שהאירוע הסתיים בתל אביב נשלחה בטעות.",
    "כאשר האירוע יסתיים תישלח הודעה לתושבי אילת.",
    "תרגיל: האירוע הסתיים באשדוד.",
    "אתמול האירוע הסתיים בתל אביב לאחר עשר דקות.",
    # of something else because of an alert, on once more, a false report: the western languages
    "Air raid alert over? Kyiv residents still in the metro.",
    "Kyiv: alert over for MiG-31K, sirens continue for drones.",
    "The all clear sounded in Kyiv at 4 a.m., but within minutes the sirens were back.",
    "Military administration: the all clear in Kyiv is expected around noon.",
    "Nobody has called off the air raid alert in Kyiv.",
    "The air raid alert in Kyiv was nearly lifted when new missiles were detected.",
    "The air raid alert in Kyiv was lifted in the afternoon of 24 February 2022.",
    "Air raid alert in Lviv region cancelled? Wait for the official message.",
    "Attention: fake messages say the air raid alert in Kharkiv has been lifted.",
    "The mayor urged people to ignore messages that the air raid alert in Kyiv has ended.",
    "Until the air raid alert in Kyiv is lifted, shops stay closed.",
    "Air alert cancelled flights at Vilnius airport.",
    "The air raid alert in Kyiv forced the match to be called off.",
    "The concert in Odesa was cancelled because of an air raid alert.",
    "School exams in Kharkiv were cancelled over an air raid alert.",
    "The G7 meeting in Kyiv ended during an air raid alert.",
    "Le concert à Odessa a été annulé en raison d'une alerte aérienne.",
    "Le match à Lviv a été annulé pendant l'alerte aérienne.",
    "La réunion à Kiev s'est terminée pendant une alerte aérienne.",
    "La mairie appelle à ignorer les messages disant que l'alerte aérienne à Kiev est levée.",
    "Alerte aérienne à Kiev : fin prévue vers midi.",
    "L'alerte aérienne est levée à Kiev ? Attendez le message officiel.",
    "Das Konzert in Odessa wurde wegen Luftalarms abgesagt.",
    "Der Unterricht in Charkiw wurde wegen Luftalarm beendet.",
    "Die Meldung, der Luftalarm in Kiew sei aufgehoben, ist falsch.",
    "Koncert w Odessie został odwołany z powodu alarmu przeciwlotniczego.",
    "Lekcje w Charkowie odwołano z powodu alarmu przeciwlotniczego.",
    "Informacja o odwołaniu alarmu przeciwlotniczego w Kijowie jest fałszywa.",
    "El concierto en Odesa fue cancelado por la alerta aérea.",
    "El partido en Leópolis terminó en plena alerta aérea.",
    "Es falso que se haya levantado la alerta aérea en Kiev.",
    "המשחק בחיפה הסתיים בזמן אזעקה.",
    "דיווח שקרי: האירוע הסתיים באשקלון.",
    "ייתכן שהאירוע הסתיים בשדרות, המתינו להודעה.",
    # a bare stand-down, and a word of how long an alert was on
    "В Ізмаїлі відбій? Тривога тривала дві години.",
    "В Ізмаїлі відбій КАБ. Тривога тривала дві години.",
    "В Ізмаїлі відбій по балістиці. Тривога тривала дві години.",
    "В Ізмаїлі відбій. Тривога тривала дві години, і знову летять",
    "В Ізмаїлі відбій. Тривога тривала дві години. Увага, знову зліт МіГ!",
    "В Ізмаїлі відбій. Тривога триває дві години.",
    "В Ізмаїлі відбій. Тривога тривала б іще дві години.",
    "В Ізмаїлі відбій. Вчора тривога тривала дві години.",
    "В Ізмаїлі чекаємо відбій. Тривога тривала дві години.",
    "В Ізмаїлі відбій скасували. Тривога тривала дві години.",
    "В Ізмаїлі відбій комендантської години. Тривога тривала дві години.",
    "В Ізмаїлі відбій навчань. Тривога тривала дві години.",
    "Вчора в Ізмаїлі відбій. Тривога тривала дві години.",
    "Коли в Ізмаїлі відбій? Тривога тривала вже дві години.",
    "Частковий відбій в Ізмаїлі. Тривога тривала дві години.",
    "Хто сказав, що в Ізмаїлі відбій. Тривога тривала дві години.",
    "В Изюме отбой? Тревога длилась два часа.",
    "Відбій тривоги в Ізмаїлі 😂 Жартую",
    "Мрію почути 🙏 Відбій тривоги в Ізмаїлі",
    "Відбій тривоги в Ізмаїлі 🙏 Ні, рано",
    "Отбой опасности БПЛА в Курске, в Белгороде воздушная тревога",
    "В Изюме отбой ракетной опасности. Тревога длилась два часа.",
    "В Изюме отбой. Тревога длится два часа.",
    "В Изюме ждём отбой. Тревога длилась два часа.",
    "В Изюме отбой отменили. Тревога длилась два часа.",
    "Якобы в Изюме отбой. Тревога длилась два часа.",
]

# An end of one place says nothing about another.
ENDS_ELSEWHERE = [
    ("Відбій тривоги в Полтавській області. На Харківщині тривога триває.", "UA-63"),
    ("Отбой воздушной тревоги в Севастополе, в Крыму тревога сохраняется.", "UA-43"),
    ("Відбій тривоги в Броварському районі, у Києві чекаємо.", "UA-30"),
    ("У Києві тривога триває, в області відбій.", "UA-30"),
    ("Об отбое в Керчи сказали зря: в Феодосии тревога действует", "UA-43"),
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


EXCEPTED = [
    "Levantada la alerta aérea en toda Ucrania salvo en Járkov.",
    "L'alerte aérienne a été levée dans toute l'Ukraine, sauf à Kharkiv.",
]


@pytest.mark.parametrize("text", EXCEPTED)
def test_an_end_of_a_country_names_what_it_leaves_out(text: str) -> None:
    ends = [r for r in read(text, load_lexicon(), published=AT).reports if isinstance(r, AlertReport)]
    assert all(r.status != "end" or [p.name for p in r.except_places] == ["Kharkiv"] for r in ends)


UNKNOWN = [
    "The air raid alert in Zzyzxville has been lifted.",
    "L'alerte aérienne a été levée à Trucmuche-sur-Rien.",
    "Der Luftalarm in Musterhausen wurde aufgehoben.",
    "Odwołano alarm przeciwlotniczy w Nigdzieborowie.",
    "Levantada la alerta aérea en Ningunaparte.",
    "האירוע הסתיים באזורים הבאים: אבגדהוז.",
]


@pytest.mark.parametrize("text", UNKNOWN)
def test_an_end_for_an_unknown_place_is_never_one_for_everything(text: str) -> None:
    ends = [r for r in read(text, load_lexicon(), published=AT).reports if isinstance(r, AlertReport)]
    assert not any(r.status == "end" and r.threat in ("air", None) and not r.places for r in ends)
