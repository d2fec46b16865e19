"""Messages a second of our reader beside 300 `re` patterns and spaCy's EntityRuler over the same place names."""

from __future__ import annotations

import re

from bench.table import in_turns, show
from bench.texts import articles, cold_posts, place_forms, warm_posts

POSTS = 2_000
ARTICLES = 60
PATTERNS = 300
RULER_FORMS = 60_000


def main() -> None:
    from monitor.catalogue import load_lexicon
    from monitor.extract import read

    lexicon = load_lexicon()
    patterns = [re.compile(rf"\b{re.escape(form)}\w*", re.IGNORECASE) for form, _ in place_forms("uk", PATTERNS)]
    ruler = _ruler()

    def ours(texts: list[str]) -> object:
        return [read(text, lexicon) for text in texts]

    def by_patterns(texts: list[str]) -> object:
        return [[match.span() for p in patterns for match in p.finditer(text)] for text in texts]

    def by_ruler(texts: list[str]) -> object:
        return [[(span.start_char, span.ent_id_) for span in ruler(text).ents] for text in texts]

    rows = []
    for name, texts in (
        ("short posts, warm", warm_posts(POSTS)),
        ("short posts, cold vocabulary", cold_posts(POSTS)),
        ("articles of 5 kB", articles(ARTICLES)),
    ):
        few = texts[: max(20, len(texts) // 10)]
        mine, theirs, spacys = in_turns(
            3, lambda t=texts: ours(t), lambda t=few: by_patterns(t), lambda t=few: by_ruler(t)
        )
        speed = len(texts) / mine
        re_speed, ruler_speed = len(few) / theirs, len(few) / spacys
        rows.append(
            (name, f"{speed:,.0f}", f"{re_speed:,.0f}", f"{ruler_speed:,.0f}",
             f"{speed / re_speed:.1f}", f"{speed / ruler_speed:.1f}")
        )  # fmt: skip
    show(
        f"Reading, messages a second on one core; EntityRuler with {RULER_FORMS:,} names finds places only, "
        "ours reads whole reports with spans",
        ("texts", "monitor", f"{PATTERNS} re", "EntityRuler", "ratio to re", "ratio to EntityRuler"),
        rows,
    )


def _ruler():  # type: ignore[no-untyped-def]
    import spacy

    nlp = spacy.blank("xx")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    with nlp.select_pipes(disable=[]):
        ruler.add_patterns(
            [{"label": "PLACE", "pattern": form, "id": place} for form, place in place_forms("uk", RULER_FORMS)]
        )
    return nlp
