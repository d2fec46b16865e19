"""How fast the reader is, beside named alternatives, in one run: messages a second of processor time on one core.

`read` is everything `monitor` does with a text: reports with spans, rules and notes. `find` is the part of it that
the rivals do too: the words and place names of the lexicon with their spans (see ``bench.rivals`` for the rivals
and what "tuned" means). A cold run begins with nothing remembered of earlier texts, and each of its posts holds a
name that no other has. The other tables: what more place names cost, memory, hostile texts, growth.

All of it is measured as the reader runs here, plain or compiled; where it runs plain and can be compiled, the speeds
are measured once more with a compiled copy, in a process of its own with the same rivals.
"""

from __future__ import annotations

import dataclasses
import gc
import itertools
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import rivals
from bench.table import in_turns, show
from bench.texts import articles, cold_posts, hostile_texts, made_up_names, place_forms, warm_posts
from monitor.builds import reader_build
from monitor.catalogue import load_lexicon
from monitor.extract import Lexicon, read
from monitor.extract.words.mentions import find
from monitor.extract.words.pairs import marks_of
from monitor.extract.words.vocabulary import tokenise

POSTS = 2_000
ARTICLES = 60
PATTERNS = 300
RULER_FORMS = 60_000
FEW, MANY = 5_000, 300_000
RUNS = 5


def main() -> None:
    lexicon = load_lexicon()
    speeds(lexicon)
    print()
    _memory(lexicon)
    print()
    _hostile(lexicon)
    print()
    _growth(lexicon)
    if reader_build() == "plain Python":
        print()
        _compiled()


def speeds(lexicon: Lexicon) -> None:
    print(f"The reader is {reader_build()}")
    _speed(lexicon)
    print()
    _names(lexicon)


def _compiled() -> None:
    from tools.compiled import tree

    with tempfile.TemporaryDirectory() as folder:
        try:
            root = tree(Path(folder))
        except RuntimeError:
            print("The compiled reader is not measured: it could not be compiled on this machine")
            return
        (root / "bench").symlink_to(Path(__file__).parent)
        sys.stdout.flush()
        own = "from bench.classify import speeds; from monitor.catalogue import load_lexicon; speeds(load_lexicon())"
        subprocess.run([sys.executable, "-c", own], cwd=root, check=True)


def _read_all(texts: list[str], lexicon: Lexicon) -> object:
    return [read(text, lexicon) for text in texts]


def _find_all(texts: list[str], lexicon: Lexicon) -> object:
    abbreviations = lexicon.settings.get("abbreviations", ())
    return [find(tokenise(text, lexicon.words, abbreviations)[0], lexicon) for text in texts]


def _speed(lexicon: Lexicon) -> None:
    forms = place_forms("uk", RULER_FORMS)
    others = {
        f"{PATTERNS} re": rivals.patterns(forms[:PATTERNS]),
        "EntityRuler": rivals.as_written(forms),
        "tuned": rivals.tuned(forms),
    }
    gc.freeze()  # as the daemon does: what was there before is no garbage, nor are the rivals' patterns
    rows = []
    for name, texts, is_cold in (
        ("short posts, warm", warm_posts(POSTS), False),
        ("short posts, cold vocabulary", cold_posts(POSTS), True),
        ("articles of 5 kB", articles(ARTICLES), False),
    ):
        few = texts[: max(20, len(texts) // 10)]

        def forget(cold: bool = is_cold) -> None:
            if cold:
                lexicon.known.clear()

        spent = in_turns(
            RUNS,
            lambda t=texts: (forget(), _read_all(t, lexicon)),
            lambda t=texts: (forget(), _find_all(t, lexicon)),
            *(lambda t=few, job=job: job(t) for job in others.values()),
            clock=time.process_time,
        )
        ours, found = len(texts) / spent[0], len(texts) / spent[1]
        theirs = [len(few) / seconds for seconds in spent[2:]]
        rows.append(
            (name, f"{ours:,.0f}", f"{found:,.0f}", *(f"{speed:,.0f}" for speed in theirs),
             *(f"{ours / speed:.1f}" for speed in theirs), *(f"{found / speed:.1f}" for speed in theirs))
        )  # fmt: skip
    show(
        f"Messages a second; {PATTERNS} re and the rulers ({RULER_FORMS:,} names) find places only",
        ("texts", "read", "find", *others, *(f"read/{o}" for o in others), *(f"find/{o}" for o in others)),
        rows,
    )


def _names(lexicon: Lexicon) -> None:
    texts = warm_posts(POSTS)
    own = dict(lexicon.forms)
    names = itertools.chain(own.items(), ((name, n << 8) for n, name in enumerate(made_up_names(MANY))))
    both = []
    for count in (FEW, MANY):
        forms = dict(itertools.islice(names if count == MANY else own.items(), count))
        starts: dict[str, int] = {}
        for name in forms:
            first = name.partition(" ")[0]
            starts[first] = max(starts.get(first, 0), name.count(" ") + 1)
        forms = {
            name: rows if isinstance(rows, tuple) else rows % (len(lexicon.places) << 8) for name, rows in forms.items()
        }
        both.append(dataclasses.replace(lexicon, forms=forms, starts=starts, pairs=marks_of(forms), known={}))
    few, many = in_turns(RUNS, *(lambda one=one: _find_all(texts, one) for one in both), clock=time.process_time)
    show(
        "What place names cost: the same short posts, words and places found",
        ("place names", "messages a second", "time, relative"),
        [
            (f"{FEW:,}", f"{len(texts) / few:,.0f}", "1.00"),
            (f"{MANY:,}", f"{len(texts) / many:,.0f}", f"{many / few:.2f}"),
        ],
    )


MEMORY = """
import sys
from bench.texts import place_forms, warm_posts
def resident():
    return next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmRSS')) // 1024
posts, kind, count = warm_posts(500), sys.argv[1], int(sys.argv[2])
forms = place_forms('uk', count)
if kind == 'monitor':
    from monitor.catalogue import load_lexicon
    from monitor.extract import read
else:
    import spacy
    from bench import rivals
before = resident()
if kind == 'monitor':
    lexicon = load_lexicon()
    [read(post, lexicon) for post in posts]
else:
    getattr(rivals, kind)(forms)(posts)
print(resident() - before)
"""


def _memory(lexicon: Lexicon) -> None:
    """Growth of the resident memory by the names and 500 posts read, each in a process of its own."""
    own = len(lexicon.forms)
    kinds = (
        (f"monitor: {own:,} names, the words of every language", "monitor", own),
        (f"EntityRuler: {RULER_FORMS:,} names", "as_written", RULER_FORMS),
        (f"tuned: {RULER_FORMS:,} names", "tuned", RULER_FORMS),
    )
    grown = []
    for _, kind, _ in kinds:
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, kind, str(RULER_FORMS)], capture_output=True, text=True, check=True
        )
        grown.append(int(done.stdout))
    show(
        "Memory of the names, grown in a process of its own",
        ("what", "MB", "ours as a share", "kB a name"),
        [
            (name, size, f"{grown[0] / size:.2f}", f"{size * 1024 / count:.2f}")
            for (name, _, count), size in zip(kinds, grown, strict=True)
        ],
    )


def _hostile(lexicon: Lexicon) -> None:
    rows = []
    for name, text in hostile_texts(4_096).items():
        (seconds,) = in_turns(RUNS, lambda t=text: read(t, lexicon), clock=time.process_time)
        rows.append((name, f"{seconds * 1000:.1f}"))
    show("Hostile texts of 4,096 characters", ("text", "ms"), rows)


def _growth(lexicon: Lexicon) -> None:
    (article,) = articles(1)
    sizes = (article, article * 2, article * 4, article * 8)
    spent = in_turns(RUNS, *(lambda t=text: read(t, lexicon) for text in sizes), clock=time.process_time)
    show(
        "Growth: an article, twice, four and eight times itself",
        ("characters", "ms", "ratio to half of it"),
        [
            (f"{len(text):,}", f"{now * 1000:.1f}", f"{now / before:.2f}" if before else "")
            for text, now, before in zip(sizes, spent, (0.0, *spent), strict=False)
        ],
    )
