"""What the form of a name says of its part in the sentence, where it can be one case alone."""

from __future__ import annotations

from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.words.lexicon import Candidate
from monitor.extract.words.mentions import Mention

__all__ = ["by_case", "case_of"]


def case_of(doc: Doc, site: Site) -> str:
    """``acc`` where the form can only be an object ("attacked the Odesa region"), ``loc`` where it can only say where
    something is, which turns "onto" into "in", ``abl`` where it says where something came from, ``all`` where to;
    "" where it can be another or its case is not known."""
    mention = doc.at[site.i]
    if mention is None or site.ref.id is None:
        return ""
    known: dict[str, str] = doc.lexicon.memo("cases")
    found = ""
    for row in mention.rows:
        if row.id != site.ref.id:
            continue
        case = known.get(row.note)
        if case is None:
            case = known[row.note] = _case_of(row.note)
        if case == "other" or (case and found and case != found):
            return ""
        found = found or case
    return found


def _case_of(note: str) -> str:
    """``acc`` or ``loc`` where a note of the gazetteer says that a form can be this but not "nom" or "acc", ``other``
    where it says something else, "" where it names no case."""
    case = note.rpartition(";")[2]
    if "acc" in case:
        return "other" if "nom" in case else "acc"
    if case in ("abl", "all"):
        return case
    return "loc" if "loc" in case else "other" if case else ""


def by_case(doc: Doc, part: Part, m: Mention, fit: list[Candidate]) -> list[Candidate]:
    """Those whose form can stand behind "on", where the language has a case for what is struck: no "acc" alone."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    if before is None or before.lang not in doc.lexicon.settings.get("struck_by", ()):
        return fit
    last = doc.lexicon.trie.get(doc.tokens[m.i - 1].f, {}).get("", ())  # "struck on" as one phrase too
    if before.concept != "prep.by" and not any(concept == "prep.by" for concept, _ in last):
        return fit
    return [one for one in fit if {"dat", "loc"} & set(one.note.rpartition(";")[2].split("|"))] or fit
