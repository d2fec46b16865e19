"""Where sentences are cut otherwise than at their stops: a survey whose lines were joined into one ("A region: two to B
C region: one to D") where a region begins; and not at all behind the dot of an ordinal ("4. March")."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.tokens import Sentences, Token
from monitor.extract.words.mentions import Mention

__all__ = ["cut_at_headers", "join_numbers"]

_FIGURES: Final = 2
"""Figures of a day, or of a unit, that has a dot of its own."""
_SHORT: Final = 4
_ADDED: Final = 3
"""Letters of a shortened scale, figures of what is added to it."""


def cut_at_headers(tokens: list[Token], at: list[Mention | None], sentences: Sentences) -> Sentences:
    """The sentences, each that begins with a region and a colon cut before every later region with a colon."""
    out: Sentences = []
    for i, j, line in sentences:
        begin = i
        if j - i > 2 and _first_head(tokens, at, i, j):
            for k in range(i + 1, j):
                head = _head_before(tokens, at, k)
                if head is not None and head.i > begin + 1 and not _is_joined(tokens, at, head.i - 1):
                    out.append((begin, head.i, line))
                    begin = head.i
        out.append((begin, j, line))
    return out


def _first_head(tokens: list[Token], at: list[Mention | None], i: int, j: int) -> bool:
    """Whether a sentence begins with a region and a colon, signs aside."""
    k = i
    while k < j and tokens[k].kind == "p":
        k += 1
    mention = at[k] if k < j else None
    return mention is not None and mention.j < j and _head_before(tokens, at, mention.j) is mention


def _head_before(tokens: list[Token], at: list[Mention | None], k: int) -> Mention | None:
    """The region that stands right before a colon."""
    if tokens[k].text != ":":
        return None
    mention = at[k - 1]
    if mention is None or not any(row.level == "oblast" and not row.is_adj for row in mention.rows):
        return None
    return mention


def _is_joined(tokens: list[Token], at: list[Mention | None], k: int) -> bool:
    """Whether a comma or a little word stands before the region: then it goes on with the sentence."""
    mention = at[k]
    return tokens[k].text in ",;" or (mention is not None and mention.group in ("prep", "conj"))


def join_numbers(tokens: list[Token], at: list[Mention | None], sentences: Sentences, *, is_dotted: bool) -> Sentences:
    """The sentences, without a stop behind a day, an ordinal or a short scale: "on the 4. | March", "the 93. |
    brigade", "1 thsd. | 200"."""
    out: Sentences = []
    for i, j, line in sentences:
        last = out[-1] if out and out[-1][2] == line else None
        if last is not None and (
            (is_dotted and _is_ordinal(tokens, at, last[0], last[1])) or _is_scale(tokens, at, last[0], last[1])
        ):
            out[-1] = (out[-1][0], j, line)
        else:
            out.append((i, j, line))
    return out


def _is_ordinal(tokens: list[Token], at: list[Mention | None], i: int, j: int) -> bool:
    number = tokens[j - 2] if j - 2 >= i and tokens[j - 1].text == "." else None
    if number is None or number.kind != "n" or len(number.text) > _FIGURES:
        return False
    noun = at[j] if j < len(tokens) else None
    if noun is not None and noun.group in ("prep", "conj") and j + 3 < len(tokens) and tokens[j + 1].kind == "n":
        noun = at[j + 3] if tokens[j + 2].text == "." else noun  # "vom 1. bis 31. Mai"
        return noun is not None and noun.group == "month"
    return noun is not None and (noun.group == "month" or noun.concept == "count.other")


def _is_scale(tokens: list[Token], at: list[Mention | None], i: int, j: int) -> bool:
    """Whether a number with a short word for thousands ends here and what is added to it stands behind."""
    scale = at[j - 2] if j - 3 >= i and tokens[j - 1].text == "." and tokens[j - 3].kind == "n" else None
    if scale is None or scale.group != "num" or scale.data.get("value", 0) < 1000 or len(tokens[j - 2].text) > _SHORT:
        return False
    return j < len(tokens) and tokens[j].kind == "n" and tokens[j].gap == 1 and len(tokens[j].text) <= _ADDED
