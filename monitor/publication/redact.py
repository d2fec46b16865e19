"""Takes out of a text what never leaves in public: addresses, coordinates, positions, numbers of phones and cards.

Shapes of numbers are here, words are in ``words.toml``. Total and bounded: any text in, no exception, every
repetition has an upper limit. What is taken out is replaced by ``[…: kind]``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

from monitor.model import JSON

__all__ = ["LONGEST", "redact", "redact_json", "tells_positions", "words"]

LONGEST = 20_000
"""Longer texts are cut before anything else is done with them."""

_DASH = r"\-\u2010-\u2015\u2212"
_GAP = rf"[ \t\u00a0\u202f.{_DASH}/]"
_MARK = "[…: {}]"

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_PLACE_CODE = re.compile(r"UA\d{17}", re.ASCII)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]){11,30}\b")
_CARD = re.compile(rf"(?<!\d)(?<!\bUA)\d(?:[ \u00a0\u202f{_DASH}]?\d){{12,18}}(?!\d)")
_PHONE = re.compile(
    rf"(?:\+|\b00)[ ]?\d{{1,3}}(?:[ ]?\(?\d{{1,5}}\)?)(?:{_GAP}?\d){{4,11}}(?!\d)"
    rf"|(?<![\d+])[80]{_GAP}?\(\d{{2,5}}\)(?:{_GAP}{{0,2}}\d){{5,8}}(?!\d)"
    rf"|(?<![\d+,.:])0\d{{2}}(?:{_GAP}?\d){{7}}(?!\d)"
    rf"|(?<![\d+])8{_GAP}\d{{3}}(?:{_GAP}?\d){{7}}(?!\d)"
)
_HEMI = "NSEWnsew\u041d\u043f\u0421\u0441\u0412\u0432\u0417\u0437"
_DECIMAL = r"(?:\d{1,3}\.\d{3,10}|\d{1,3},\d{4,10})"
_DEGREES = re.compile(
    rf"(?<![\d.,])[{_DASH}+]?{_DECIMAL}\s?°?\s?[{_HEMI}]?\s{{0,3}}[,;/| ]\s{{0,3}}"
    rf"[{_DASH}+]?{_DECIMAL}(?!\d)(?:\s?°)?(?:\s?[{_HEMI}]\b)?"
)
_DMS = re.compile(
    rf"(?:[{_HEMI}]\s?)?\d{{1,3}}\s?[°º]\s?\d{{1,2}}(?:[.,]\d{{1,8}})?\s?['′’]"
    rf"(?:\s?\d{{1,2}}(?:[.,]\d{{1,8}})?\s?(?:[\"″”]|''|’’|′′))?(?:\s?[{_HEMI}]\b)?"
)
_DEGREE = re.compile(rf"\d{{1,3}}[.,]\d{{3,10}}\s?[°º](?:\s?[{_HEMI}]\b)?")
_MGRS = re.compile(r"\b\d{1,2}[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2}\s?\d{2,5}\s?\d{2,5}\b")
_PLUS_CODE = re.compile(r"\b[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}\b")
_MAP_LINK = re.compile(
    r"(?:geo:[^\s<>]{3,80}|(?:https?://)?(?:www\.)?[\w.-]{0,40}"
    r"(?:goo\.gl/maps|maps\.app\.goo\.gl|google\.[a-z.]{2,6}/maps|maps\.google\.|openstreetmap\.org|osm\.org|"
    r"yandex\.[a-z]{2,3}/maps|what3words\.com|w3w\.co|maps\.apple\.com|waze\.com)[^\s<>]{0,400})",
    re.IGNORECASE,
)
_WHAT3WORDS = re.compile(r"///[^\W\d_]{3,20}\.[^\W\d_]{3,20}\.[^\W\d_]{3,20}")
_SENTENCE = re.compile(r"[^.!?\n]{1,2000}(?:[.!?](?!\s|$)[^.!?\n]{0,2000}){0,40}[.!?\n]{0,4}\s{0,8}")
_YEAR = r"(?:19|20)\d{2}"


@lru_cache(maxsize=1)
def words() -> Mapping[str, JSON]:
    """The packaged word lists: the one file that is read, once."""
    return tomllib.loads(files("monitor.publication").joinpath("words.toml").read_text("utf-8"))


@lru_cache(maxsize=4096)
def redact(text: str) -> str:
    """The text without what never leaves. A text that holds none of it comes back as it is, but for hidden letters.

    Hidden characters (zero width, soft hyphen, bidi) are dropped and odd digits become plain ones before looking, so
    that they hide nothing.
    """
    if not text:
        return text
    plain = _unmask(text[:LONGEST])
    for mark, kind, pattern, is_it in _shapes():
        if mark.search(plain):
            plain = _take_out(plain, kind, pattern, is_it)
    return _without_positions(plain)


@lru_cache(maxsize=4096)
def tells_positions(text: str) -> bool:
    """True when a sentence of the text says where air defences or units stand: its places stay wide for ever."""
    unit, where = _position()
    plain = _unmask(text[:LONGEST])
    if not (unit.search(plain) and where.search(plain)):
        return False
    return any(unit.search(found[0]) and where.search(found[0]) for found in _SENTENCE.finditer(plain))


def redact_json(value: JSON) -> JSON:
    """Every text inside a JSON value redacted; keys that name coordinates are left out."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {
            str(key): redact_json(inner) for key, inner in value.items() if str(key).lower() not in _COORDINATE_KEYS
        }
    if isinstance(value, list | tuple):
        return [redact_json(inner) for inner in value]
    return value


_COORDINATE_KEYS = frozenset(
    {"lat", "lon", "lng", "latitude", "longitude", "coordinates", "geo", "geometry", "point", "address", "phone"}
)


def _unmask(text: str) -> str:
    if text.isascii():
        return text
    out = []
    for char in text:
        if unicodedata.category(char) == "Cf":
            continue
        digit = unicodedata.digit(char, None) if not char.isascii() else None
        out.append(str(digit) if digit is not None else char)
    return "".join(out)


_DIGIT, _DIGITS = re.compile(r"\d"), re.compile(r"\d\D{0,4}\d")
_NUMBER = re.compile(r"(?:\d\D{0,3}){9}")


@lru_cache(maxsize=1)
def _shapes() -> tuple[tuple[re.Pattern[str], str, re.Pattern[str], Callable[[str], bool]], ...]:
    """A cheap sign that it may be there, kind, pattern and second look, in the order in which they are applied."""
    return (
        (re.compile(r"geo:|\.\w{2,}/", re.IGNORECASE), "link", _MAP_LINK, _always),
        (re.compile("///"), "link", _WHAT3WORDS, _always),
        (re.compile("@"), "e-mail", _EMAIL, _always),
        (re.compile("[°º]"), "coordinates", _DMS, _always),
        (re.compile(r"\d[.,]\d{3}"), "coordinates", _DEGREES, _always),
        (re.compile("[°º]"), "coordinates", _DEGREE, _always),
        (_DIGITS, "coordinates", _MGRS, _always),
        (re.compile(r"\+"), "coordinates", _PLUS_CODE, _always),
        (_NUMBER, "account", _IBAN, _is_account),
        (_NUMBER, "card", _CARD, _is_card),
        (_NUMBER, "phone", _PHONE, _always),
        (re.compile(_YEAR), "person", _born(), _always),
        (_DIGIT, "address", _street(), _always),
    )


def _is_account(found: str) -> bool:
    """At least ten digits, and no code of the official register of places: accounts of that country are longer."""
    return sum(char.isdigit() for char in found) >= 10 and not _PLACE_CODE.fullmatch(found)


def _take_out(text: str, kind: str, pattern: re.Pattern[str], is_it: Callable[[str], bool]) -> str:
    mark = _MARK.format(kind)
    return pattern.sub(lambda found: mark if is_it(found[0]) else found[0], text)


def _always(_found: str) -> bool:
    return True


def _is_card(found: str) -> bool:
    """Four groups of four digits, or any 13 to 19 digits that pass the Luhn check."""
    if re.fullmatch(r"(?:\d{4}\D){3}\d{4}", found):
        return True
    digits = [int(char) for char in found if char.isdigit()]
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return total % 10 == 0


@lru_cache(maxsize=1)
def _street() -> re.Pattern[str]:
    rows = words()["street"]
    before, after, house = (_alternatives(rows[name]) for name in ("before", "after", "house"))
    number = r"\d{1,4}(?:[ ]?[^\W\d_](?![^\W\d_]))?(?:[/-]\d{1,4})?(?!\d|[ ]?%)"
    name = r"(?:[^\W\d_][\w'’.-]{0,30}|\d{1,3}[- ][^\W\d_]{1,12})"
    capital = r"(?:(?-i:[A-Z\u00c0-\u00de\u0400-\u042f\u0490\u0590-\u05ff])[\w'’.-]{0,30})"
    lead = rf"(?:,?[ ]{{0,2}}(?:{house})){{0,2}}[ ]{{0,2}}"
    tail = rf"(?:,?[ ]{{0,2}}(?:{house})[ ]?{number}){{0,3}}"
    return re.compile(
        rf"(?<!\w)(?:{before})(?!\w)[ ]{{0,2}}(?:[«\"]?{name}[»\"]?[ ]{{1,2}}){{0,3}}[«\"]?{capital}[»\"]?,?"
        rf"[ ]{{0,2}}{lead}{number}{tail}"
        rf"|(?<!\w){number},?[ ]{{1,2}}(?:{before})(?!\w)[ ](?:{name}[ ]){{0,3}}{capital}"
        rf"|(?<!\w){number},?[ ]{{1,2}}(?:{capital}[ ]){{1,3}}(?:{after})(?!\w)"
        rf"|(?<!\w)(?:{capital}[ -]){{0,2}}(?:{after})[ ]{{1,2}}{lead}{number}",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _born() -> re.Pattern[str]:
    born = _alternatives(words()["person"]["born"])
    capital = r"(?:(?-i:[A-Z\u00c0-\u00de\u0400-\u042f\u0490])[\w'’.-]{0,30}[ ,]{1,2}){0,3}"
    return re.compile(rf"(?:{capital}\(?{_YEAR}[ ]?(?:{born})\)?|{capital}(?:{born})[ ]?{_YEAR})(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _position() -> tuple[re.Pattern[str], re.Pattern[str]]:
    rows = words()["position"]
    return (
        re.compile(rf"(?<!\w)(?:{_alternatives(rows['unit'])})(?!\w)", re.IGNORECASE),
        re.compile(rf"(?<!\w)(?:{_alternatives(rows['where'])})(?!\w)", re.IGNORECASE),
    )


def _without_positions(text: str) -> str:
    unit, where = _position()
    if not (unit.search(text) and where.search(text)):
        return text

    def judge(found: re.Match[str]) -> str:
        sentence = found[0]
        if unit.search(sentence) and where.search(sentence):
            return _MARK.format("position") + sentence[len(sentence.rstrip()) :]
        return sentence

    return _SENTENCE.sub(judge, text)


def _alternatives(forms: Iterable[str]) -> str:
    """Word forms as one alternation; ``*`` is up to 30 letters, longest form first."""
    each = sorted(set(forms), key=lambda form: (-len(form), form))
    return "|".join(re.escape(form).replace(r"\*", r"[^\W\d_]{0,30}").replace(r"\ ", r"[ ]{1,3}") for form in each)
