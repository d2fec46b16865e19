"""The text that is read, and the way back to the text as published.

Everything that would be slow or deceptive is taken out first: length and runs of combining marks are capped before
any composition, invisible characters go, look-alike letters and digits become what they look like, addresses of
the web are dropped.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["MAX_CHARS", "Text", "has_link", "may_need_cleaning", "normalise"]

MAX_CHARS: Final = 400_000
"""Characters of one item that are read; the rest is noted and left alone."""

_MAX_MARKS: Final = 8
_PLAIN: Final = (
    r"\t\n\x20-\x29\x2b-\x5e\x60-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0400-\u052f\u05d0-\u05ea\u1e00-\u1eff\u2010-\u2027"
    r"\u2030-\u205e\u20a0-\u20bf\u2190-\u2bff\U0001f300-\U0001faff\u2116"
)
_ODD_CHAR: Final = rf"[^{_PLAIN}*_]"
_LINK: Final = r"(?:\bhttps?://|\bt\.me/)[^\s()\[\]<>\"]+"
_SUSPECT: Final = re.compile(f"[^{_PLAIN}]")
"""Where a run of odd characters may begin. A pattern that is one set of characters is sought ten times as fast as any
other, so the others are tried only where it says."""
_ODD: Final = re.compile(_ODD_CHAR)
_ODD_RUN: Final = re.compile(rf"{_ODD_CHAR}+|\*\*+|__+")
_ODD_RUN_OR_LINK: Final = re.compile(rf"{_ODD_RUN.pattern}|{_LINK}")
_MIXED: Final = re.compile(r"[A-Za-z](?:(?=[\u0400-\u04ff])|(?<=[\u0400-\u04ff].))")
_ONE_SCRIPT: Final = re.compile(r" ?[\u0400-\u052f]+")
"""What nearly every word is that is not of ASCII alone."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_TO_CYRILLIC: Final = dict(
    zip(
        "ABCEHIKMOPTXYaceiopxykmt",
        "\u0410\u0412\u0421\u0415\u041d\u0406\u041a\u041c\u041e\u0420\u0422\u0425\u0423"
        "\u0430\u0441\u0435\u0456\u043e\u0440\u0445\u0443\u043a\u043c\u0442",
        strict=True,
    )
)
_TO_LATIN: Final = {v: k for k, v in _TO_CYRILLIC.items()}
_LINE_ENDS: Final = frozenset("\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


class Text:
    """What is read. ``offsets[i]`` is the place of character ``i`` in the original (None: they are the same)."""

    __slots__ = ("is_cut", "is_obfuscated", "offsets", "raw", "text")

    def __init__(
        self,
        raw: str,
        text: str,
        offsets: list[int] | None,
        is_cut: bool = False,
        is_obfuscated: bool = False,
    ) -> None:
        self.raw = raw
        self.text = text
        self.offsets = offsets
        self.is_cut = is_cut
        self.is_obfuscated = is_obfuscated

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original, in code points, that ``text[start:end]`` was made from."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1 if end > start else self.offsets[start]


def normalise(raw: str) -> Text:
    """Any string, to the text that is read and the map back."""
    is_cut = len(raw) > MAX_CHARS
    whole = raw[:MAX_CHARS] if is_cut else raw
    text, offsets, is_odd = whole, None, False
    if runs := _odd_runs(whole):
        text, offsets, is_odd = _clean(whole, runs)
    folded = _WORD.sub(_one_script, text) if _MIXED.search(text) else text
    return Text(raw, folded, offsets, is_cut, is_odd or folded != text)


def may_need_cleaning(piece: str) -> bool:
    """Whether a text with this piece (a word, a figure or a sign) may come out of ``normalise`` changed."""
    if piece.isascii() and piece.isprintable():
        return piece in ("*", "_")
    if _ONE_SCRIPT.fullmatch(piece) is not None:
        return False
    return _ODD.search(piece) is not None or _MIXED.search(piece) is not None


def has_link(text: str) -> bool:
    """Whether an address of the web may stand in it: what it is made of tells nothing, so ``normalise`` drops it."""
    return "/" in text and ("://" in text or "t.me/" in text)


def _odd_runs(text: str) -> list[tuple[int, int]]:
    """Where characters stand that are dropped or become others, and addresses of the web."""
    if has_link(text):
        return [run.span() for run in _ODD_RUN_OR_LINK.finditer(text)]
    out: list[tuple[int, int]] = []
    end = 0
    while (suspect := _SUSPECT.search(text, end)) is not None:
        run = _ODD_RUN.match(text, suspect.start())
        end = suspect.end() if run is None else run.end()
        if run is not None:
            out.append(run.span())
    return out


def _clean(raw: str, runs: list[tuple[int, int]]) -> tuple[str, list[int], bool]:
    out: list[str] = []
    offsets: list[int] = []
    is_odd = False
    done = 0
    for start, end in runs:
        if start > done:
            out.append(raw[done:start])
        offsets += range(done, start)
        done = end
        if raw[start] not in "*_ht":
            is_odd = _clean_run(raw, start, end, out, offsets) or is_odd
    out.append(raw[done:])
    offsets += range(done, len(raw))
    return "".join(out), offsets, is_odd


def _clean_run(raw: str, start: int, end: int, out: list[str], offsets: list[int]) -> bool:
    """Append what the odd characters ``start`` to ``end`` become; whether they look like a disguise."""
    is_odd = False
    marks = 0
    for at in range(start, end):
        char = raw[at]
        code = ord(char)
        kind = unicodedata.category(char)
        if kind in ("Mn", "Me", "Mc"):
            marks += 1
            if marks <= _MAX_MARKS and out and not 0xFE00 <= code <= 0xFE0F and not 0x591 <= code <= 0x5C7:
                composed = unicodedata.normalize("NFC", out[-1][-1] + char)
                if len(composed) == 1:
                    out[-1] = out[-1][:-1] + composed
            continue
        marks = 0
        if char in _LINE_ENDS:
            if char == "\r" and raw[at + 1 : at + 2] == "\n":
                continue
            char = "\n"
        elif kind in ("Cf", "Cs", "Co", "Cn"):
            is_odd = is_odd or code not in (0x200D, 0xFE0F, 0xFEFF)
            continue
        elif kind in ("Zs", "Cc", "Zl", "Zp"):
            char = "\n" if char == "\n" else " "
        elif kind == "Nd":
            char = str(unicodedata.decimal(char))
            is_odd = True
        elif code == 0x5BE:
            char = "-"  # the hyphen of Hebrew
        elif 0x1D400 <= code <= 0x1D7FF or 0xFF00 <= code <= 0xFF5E:
            plain = unicodedata.normalize("NFKC", char)
            char = plain if len(plain) == 1 else char
            is_odd = True
        out.append(char)
        offsets.append(at)
    return is_odd


def _one_script(match: re.Match[str]) -> str:
    """A word of two scripts, written in the one that most of its letters can only belong to."""
    word = match.group()
    if not _MIXED.search(word):
        return word
    cyrillic = sum(1 for c in word if "\u0400" <= c <= "\u04ff")
    latin = sum(1 for c in word if c < "\u0250")
    only_cyrillic = sum(1 for c in word if "\u0400" <= c <= "\u04ff" and c not in _TO_LATIN)
    only_latin = sum(1 for c in word if c < "\u0250" and c not in _TO_CYRILLIC)
    if only_latin > only_cyrillic or (only_latin == only_cyrillic and latin > cyrillic):
        return "".join(_TO_LATIN.get(c, c) for c in word)
    return "".join(_TO_CYRILLIC.get(c, c) for c in word)
