"""What the reader is measured beside: a list of `re` patterns, and spaCy over the same place names.

Both find places only; no rival here reads a report. Three ways:

- ``patterns``: one compiled `re` for each name, tried one after the other.
- ``as_written``: spaCy's EntityRuler as its manual shows it: a blank pipeline, phrases as strings, ``nlp(text)``.
- ``tuned``: the same names as phrases of one PhraseMatcher behind a tokenizer that only parts words from signs
  (no URL, prefix, infix or exception rules; spaCy keeps what it has parted before), run without the pipeline and
  without making entities of the matches.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Job = Callable[[list[str]], object]


def patterns(forms: list[tuple[str, str]]) -> Job:
    compiled = [re.compile(rf"\b{re.escape(form)}\w*", re.IGNORECASE) for form, _ in forms]
    return lambda texts: [[match.span() for each in compiled for match in each.finditer(text)] for text in texts]


def as_written(forms: list[tuple[str, str]]) -> Job:
    import spacy

    nlp = spacy.blank("xx")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns([{"label": "PLACE", "pattern": form, "id": place} for form, place in forms])  # type: ignore[attr-defined]
    return lambda texts: [[(span.start_char, span.ent_id_) for span in nlp(text).ents] for text in texts]


def tuned(forms: list[tuple[str, str]]) -> Job:
    import spacy
    from spacy.matcher import PhraseMatcher
    from spacy.tokenizer import Tokenizer

    vocab = spacy.blank("xx").vocab
    tokenizer = Tokenizer(vocab, prefix_search=re.compile(r"^[^\w]").search, suffix_search=re.compile(r"[^\w]$").search)
    matcher = PhraseMatcher(vocab, attr="LOWER")
    matcher.add("PLACE", [tokenizer(form) for form, _ in forms])

    def run(texts: list[str]) -> object:
        found = []
        for text in texts:
            doc = tokenizer(text)
            found.append([(doc[start].idx, end) for _, start, end in matcher(doc)])
        return found

    return run
