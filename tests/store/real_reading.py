"""Posts in several languages, read by the real lexicon, told through the real pipeline: run by every CPython."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from made_commits import minutes

from monitor.catalogue import load_gazetteer, load_lexicon
from monitor.extract import reader
from monitor.fuse import Rules
from monitor.model import Authority, Batch, Item, Look, SourceProfile
from monitor.pipeline import Pipeline
from monitor.store import SqlStore, open_store
from monitor.store.rebuild import state_hash
from monitor.store.rereading import reread

SOURCES = {
    "siren": SourceProfile("siren", "file", "siren", rank="official", side="UA", authority=Authority(("UA",))),
    "force": SourceProfile("force", "file", "force", rank="official", side="UA", claimant="Ukrainian Air Force",
                           area=("UA",)),
    "paper": SourceProfile("paper", "file", "paper", rank="media", area=("UA",)),
}  # fmt: skip
POSTS = (
    ("siren", 0, "🔴 Харківська область - повітряна тривога!"),
    ("siren", 3, "🔴 Повітряна тривога в м. Київ"),
    ("paper", 9, "Explosions were heard in Kharkiv; two people were injured, the mayor said."),
    ("paper", 12, "В Харькове прогремели взрывы, есть двое раненых."),
    ("siren", 40, "🟢 Відбій тривоги в м. Київ."),
    ("siren", 55, "🟢 Харківська область - відбій повітряної тривоги!"),
    ("force", 420, "У ніч на 10 листопада ворог атакував 145 ударними БпЛА. Збито 62 дрони, 67 локаційно втрачено."),
    ("paper", 430, "Ukraine's air force said it shot down 62 of 145 drones launched by Russia overnight."),
    ("paper", 435, "La Russie a lancé 145 drones dans la nuit ; 62 ont été abattus."),
    ("paper", 440, "Минобороны РФ сообщило, что ночью уничтожены 23 украинских беспилотника."),
    ("siren", 500, "Nothing to report."),
)


def rules() -> Rules:
    return Rules(load_gazetteer(), SOURCES, heartbeat=None)


def live(store: SqlStore) -> None:
    pipeline = Pipeline(store, reader(load_lexicon()), rules())
    for number, (source, at, text) in enumerate(POSTS):
        now = minutes(at)
        item = Item(f"tg:1/{number}", source, text, now, now - timedelta(seconds=5))
        pipeline.run(Batch(source, (item,), Look(source, now, "ok", newest=now)), now)


def hash_of_rereading(raw: Path, scratch: Path) -> str:
    gazetteer = load_gazetteer()
    with (
        open_store(str(raw), lock=False, lineage=gazetteer.line) as store,
        open_store(str(scratch), lineage=gazetteer.line) as into,
    ):
        assert reread(store, into, reader(load_lexicon()), rules()) == len(POSTS)
        return state_hash(into)


if __name__ == "__main__":
    print(hash_of_rereading(Path(sys.argv[1]), Path(sys.argv[2])))
