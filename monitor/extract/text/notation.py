"""The notation of forms in the language files, expanded to sequences of token keys.

space        the next word            (a|b)     one of several, also within a word: strike(|s)
``*``        any ending of the word   [words]   may be missing
``{number}`` a number stands here

There is no raw regex. A key is a folded token, a stem followed by ``*``, or a slot in braces.
"""

from __future__ import annotations

import re
from typing import Final

from monitor.errors import MonitorError
from monitor.extract.text.tokens import fold_form

__all__ = ["expand"]

_MAX: Final = 4096
_SLOT: Final = re.compile(r"\{(\w+)\}")


def expand(form: str) -> list[tuple[str, ...]]:
    """Every key sequence of a form, in the order written, without doubles."""
    found: dict[tuple[str, ...], None] = {}
    for plain in _choices(form):
        keys: list[str] = []
        for word in plain.split():
            slot = _SLOT.fullmatch(word)
            if slot:
                keys.append(word)
            elif word == "*":
                raise MonitorError(f"an ending of no word in the form {form!r}: * stands for no word of its own")
            elif word.endswith("*"):
                tokens = fold_form(word[:-1])
                keys += [*tokens[:-1], tokens[-1] + "*"]
            else:
                keys += fold_form(word)
        if keys:
            found[tuple(keys)] = None
    return list(found)


def _choices(form: str) -> list[str]:
    outs, rest = _sequence(form, 0, "")
    if rest != len(form):
        raise MonitorError(f"unbalanced bracket in the form {form!r}")
    return outs


def _sequence(form: str, at: int, closing: str) -> tuple[list[str], int]:
    outs = [""]
    done: list[str] = []
    while at < len(form):
        char = form[at]
        if char in "([":
            inner, at = _sequence(form, at + 1, ")" if char == "(" else "]")
            if at >= len(form):
                raise MonitorError(f"unbalanced bracket in the form {form!r}")
            if char == "[":
                inner = [*inner, ""]
            outs = [a + b for a in outs for b in inner]
            if len(outs) > _MAX:
                raise MonitorError(f"the form {form!r} stands for too many others")
            at += 1
        elif char in ")]":
            break
        elif char == "|" and closing:
            done += outs
            outs = [""]
            at += 1
        else:
            outs = [a + char for a in outs]
            at += 1
    return done + outs, at
