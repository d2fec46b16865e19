"""A database with a night in it, read by the real reader: an edited figure, a deleted post, an alert with its end and
one without, a strike told of by two channels, and a drill."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.catalogue import load_gazetteer, load_lexicon, rules_version
from monitor.extract import reader
from monitor.fuse import Rules
from monitor.model import Authority, Batch, Item, Look, SourceProfile
from monitor.pipeline import Pipeline
from monitor.store import open_store

NIGHT = datetime(2024, 11, 10, 1, tzinfo=UTC)
PROFILES = {
    "sirens": SourceProfile(
        "sirens", "file", "sirens", "Sirens", ("uk",), "official", "UA", "Sirens", Authority(("UA",)), ("UA-63",)
    ),
    "force": SourceProfile("force", "file", "force", "Air Force", ("uk",), "official", "UA", "Air Force"),
    "news": SourceProfile("news", "file", "news", "News", ("uk",), "media", None, "News"),
}


def _post(source: str, number: int, minutes: int, text: str, edited: int | None = None, gone: bool = False) -> Item:
    at = NIGHT + timedelta(minutes=minutes)
    known = at if edited is None else NIGHT + timedelta(minutes=edited)
    return Item(
        f"tg:{100 + len(source)}/{number}", source, "" if gone else text, known, at,
        url=f"https://t.me/{source}/{number}", edited=None if edited is None else known, deleted=gone,
        raw=None if gone else f"<div>{text}</div>".encode(),
    )  # fmt: skip


FIGURE = "У ніч на 10 листопада ворог атакував {} ударними БпЛА. Збито 62 БпЛА."
POSTS = [
    (0, _post("sirens", 1, 0, "🔴 Повітряна тривога!")),
    (30, _post("news", 1, 30, "Росіяни вдарили дроном по Харкову, є влучання у житловий будинок, двоє поранених.")),
    (40, _post("force", 1, 40, "Російський дрон влучив у житловий будинок у Харкові, поранено двох людей.")),
    (70, _post("sirens", 2, 70, "🟢 Відбій повітряної тривоги!")),
    (300, _post("force", 2, 300, FIGURE.format(141))),
    (320, _post("force", 2, 300, FIGURE.format(145), edited=320)),
    (330, _post("news", 2, 330, 'У Харкові "=1+1" пролунав вибух, один загиблий.')),
    (340, _post("news", 1, 30, "", edited=340, gone=True)),
    (400, _post("sirens", 3, 400, "🔴 Повітряна тривога!")),
]


def make(path: Path) -> None:
    """Write the database."""
    lexicon, gazetteer = load_lexicon(), load_gazetteer()
    with open_store(f"sqlite:///{path}", lineage=gazetteer.line) as store:
        pipeline = Pipeline(store, reader(lexicon), Rules(gazetteer, PROFILES), version=rules_version(lexicon))
        for minutes, post in POSTS:
            at = NIGHT + timedelta(minutes=minutes)
            pipeline.run(Batch(post.source, (post,), Look(post.source, at, "ok", newest=at)), at)
