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


def made_up_names(count: int) -> list[str]:
    """Names of one or two words that no text holds: the gazetteer's own, folded, with a number's letters behind."""
    letters = str.maketrans("0123456789", "abcdefghij")
    stems = [form.casefold() for form, _ in place_forms("uk", 1_000)]
    return [f"{stems[n % len(stems)]}{str(n).translate(letters)}" for n in range(count)]


def hostile_texts(size: int) -> dict[str, str]:
    """Texts of ``size`` characters that are dear to a careless reader, by what they are made of."""
    forms = [form for form, _ in place_forms("uk", 2_000)[::7]]
    units = {
        "one long word": "a",
        "digits": "7",
        "figures and spaces": "12 ",
        "figures and dots": "1.",
        "combining marks": "a" + "\u0301" * 40,
        "invisible characters": "a\u200b",
        "letters of two scripts": "a\u0430",
        "open brackets": "(",
        "full stops": ". ",
        "line ends": "\n",
        "apostrophes": "l'",
        "hyphens": "a-",
        "spaces": " ",
        "names of places": " ".join(forms) + ", ",
        "short posts in one line": " ".join(text.replace("\n", " ") for text in warm_posts(60)) + " ",
    }
    return {name: (unit * (1 + size // len(unit)))[:size] for name, unit in units.items()}
