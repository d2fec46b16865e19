"""What the form of a name says of its part in the sentence, where it can be one case alone."""

from __future__ import annotations

from monitor.extract.text.doc import Doc, Site

__all__ = ["case_of"]


def case_of(doc: Doc, site: Site) -> str:
    """``acc`` where the form can only be an object ("attacked the Odesa region"), ``loc`` where it can only say where
    something is, which turns "onto" into "in"; "" where it can be another or its case is not known."""
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
    return "loc" if "loc" in case else "other" if case else ""
