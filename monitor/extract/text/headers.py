"""A survey whose lines were joined into one ("A region: two to B C region: one to D"), cut where a region begins."""

from __future__ import annotations

from monitor.extract.text.tokens import Sentences, Token
from monitor.extract.words.mentions import Mention

__all__ = ["cut_at_headers"]


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
