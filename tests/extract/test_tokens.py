"""A text looked up word by word has the tokens that one expression over all of it would give."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.extract import Lexicon
from monitor.extract.text.tokens import PIECE
from monitor.extract.words.vocabulary import Vocabulary, tokenise

PIECES = [
    "a", "Київ", "12", " ", "  ", "\n", "\u00a0", "\t", "\r", "-", "\u2011", "_", "'", "\u2019", "\u05f3",
    "\u05d0", ".", ",", "\U0001f6f5", "\ufe0f", "\u0301", "\u00b2", "(", "*", "\x85", "\u2028",
]  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(st.sampled_from(PIECES), max_size=24).map("".join) | st.text(max_size=60))
@example(text="a \u00a0b")
@example(text="a\u00a0 b")
@example(text=" a\n b ")
@example(text="a- b -c a-b")
def test_a_text_is_cut_alike_word_by_word_and_piece_by_piece(text: str, lexicon: Lexicon) -> None:
    words = Vocabulary(lexicon)
    pieces = PIECE.findall(text)
    if pieces and pieces[-1].isspace() and pieces[-1][-1] != "\n":
        pieces.pop()
    tokens, ends, is_odd = tokenise(text, words)
    cut = [words[piece] for piece in pieces]
    assert is_odd == any(token.is_odd for token in cut)
    if not any(token.is_split for token in cut):
        assert [(t.text, t.kind, t.gap, t.hyphen) for t in tokens[1:]] == [
            (t.text, t.kind, t.gap, t.hyphen) for t in cut[1:]
        ]
        assert [text[end - len(token.text) : end] for token, end in zip(tokens, ends, strict=True)] == [
            t.text for t in tokens
        ]
        assert not tokens or tokens[0].text == cut[0].text
