"""The texts that are read in the benchmarks: the demo's own posts, and articles of about 5 kB made of its press.

``cold`` texts name a different place in each post, so that no cache of earlier texts helps.
"""

from __future__ import annotations

import csv
import itertools
from importlib.resources import files

from monitor.demo.server import load_pages


def place_forms(language: str, limit: int) -> list[tuple[str, str]]:
    """(form, id) of the gazetteer's names in one language, in the file's order."""
    path = files("monitor") / "gazetteer" / f"names.{language}.tsv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["form"], row["id"]) for row in itertools.islice(rows, limit)]


def warm_posts(count: int) -> list[str]:
    """The demo's posts, over and over."""
    posts = [post.text for channel in load_pages().posts.values() for post in channel]
    return list(itertools.islice(itertools.cycle(posts), count))


def cold_posts(count: int) -> list[str]:
    """The demo's posts, each followed by a name and a number that no other post has."""
    names = itertools.cycle(form for form, _ in place_forms("uk", 50_000)[::7])
    return [f"{post}\n{name} {n}" for n, (post, name) in enumerate(zip(warm_posts(count), names, strict=False))]


def articles(count: int) -> list[str]:
    """Articles of about 5,000 characters."""
    bodies = ["\n\n".join(article.body) for article in load_pages().articles]
    whole = "\n\n".join(bodies)
    size = 5_000
    long = whole * (2 + size // len(whole))
    return [long[n % len(whole) :][:size] for n in range(0, count * 61, 61)]
