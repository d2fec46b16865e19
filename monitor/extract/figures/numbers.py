"""Numbers in figures and in words, with thin groups, ranges and bounds, "n of m", "seven each", "both"."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Number
from monitor.extract.text.tokens import Token
from monitor.extract.words.mentions import Mention

__all__ = ["find_numbers", "word_value"]

_DASHES: Final = frozenset("-\u2010\u2011\u2013\u2014")
_CURRENCIES: Final = frozenset("$\u20ac\u00a3\u20b4\u20bd\u20aa")
_CUT: Final = frozenset(("...", "\u2026", "."))
"""What stands in "<...>", a cut in a quotation."""
_MAX_DIGITS: Final = 9
_OF: Final = frozenset(("num.of", "prep.of", "prep.from"))
_PARTICLE: Final = 3


def find_numbers(
    tokens: list[Token],
    at: list[Mention | None],
    j: int,
    starts: list[int],
    used: set[int],
    suffixes: frozenset[str],
    articles: frozenset[str],
    approximates: frozenset[str] = frozenset(),
    either: frozenset[str] = frozenset(),
) -> list[Number]:
    """All numbers of a sentence that ends before ``j``. ``starts`` are the tokens that a number can begin at, in
    order: figures and number words; tokens in ``used`` (dates, times) are passed over; ``approximates`` are number
    words that are about right ("a score or so")."""
    out: list[Number] = []
    k = 0
    for start in starts:
        if start < k or start in used:
            continue
        if out and (again := at[start]) is not None and again.concept == "num.same":
            out.append(Number(start, again.j, out[-1].value, True))  # "12 over A, the same number over B"
            k = again.j
            continue
        is_figure = tokens[start].kind == "n"
        number = _figure(tokens, at, start, j, suffixes) if is_figure else _words(tokens, at, start, j)
        if number is None:
            continue
        if number.is_word and tokens[number.j - 1].f in approximates:
            number.bound = "approx"
        number.is_article = number.value == 1 and number.is_word and tokens[start].f in articles
        if number.is_article and (each := at[start - 1] if start else None) is not None and each.concept == "num.each":
            number.is_article = False  # "one each over A and B"
        if number.is_article and _is_one_of_some(tokens, at, number.j, j):
            number.is_article = False
        if number.is_article and start and tokens[start - 1].text == "(" and number.j < j and (
            tokens[number.j].text == ")"
        ):  # fmt: skip
            number.is_article = False  # "over A (five) and B (one)"
        k = max(start + 1, number.j)
        if number.is_article and len(tokens[start].f) <= _PARTICLE and (k >= j or tokens[k].kind == "p") and not (
            k + 1 < j and tokens[k].text == "," and (over := at[k + 1]) is not None and over.concept == "prep.over"
        ):  # fmt: skip
            continue  # a little word that is the other piece of a verb too: no article without a noun
        out.append(number)
    return _joined(tokens, at, out, either)


def _is_one_of_some(tokens: list[Token], at: list[Mention | None], k: int, j: int) -> bool:
    """ "One of two", "one of the 12": a figure behind the word, an article at most before it."""
    of = at[k] if k < j else None
    if of is None or of.concept not in _OF or of.j >= j:
        return False
    k = of.j if at[of.j] is not None or tokens[of.j].kind == "n" else of.j + 1
    some = at[k] if k < j else None
    is_both = some is not None and some.concept == "num.both"
    return k < j and (tokens[k].kind == "n" or is_both or (some is not None and some.data.get("value", 0) > 1))


def _is_inflected_one(at: list[Mention | None], value: int, k: int, j: int) -> bool:
    """Numbers that end in "one" take its endings ("41st" and "41" look alike): before a weapon they count."""
    is_one = value > 20 and value % 10 == 1 and value % 100 != 11
    return is_one and any(m is not None and m.group in ("weapon", "model") for m in at[k : min(j, k + 2)])


def _figure(tokens: list[Token], at: list[Mention | None], k: int, j: int, suffixes: frozenset[str]) -> Number | None:
    """A number in figures, unless it belongs to a name, a sum of money, a clock, a share or another word."""
    token = tokens[k]
    if _is_of_a_name(tokens, at, k) or _is_money(tokens, k) or _is_round_the_clock(tokens, k, j):
        return None
    if len(token.text) > _MAX_DIGITS or (token.text[0] == "0" and len(token.text) > 1):
        return None
    value, end = int(token.text), k + 1
    if len(token.text) <= 3 and token.text[0] != "0":
        value, end = _groups(tokens, k, j, value)
    if end < j and tokens[end].glued and tokens[end].kind == "w":
        past = _past_ending(tokens, at, end, j, value, suffixes)
        if past is None:
            return None
        end = past
    if end < j and (tokens[end].text == "%" or _is(at, end, "num.percent")):
        return None
    if end + 1 < j and tokens[end].text in _DASHES and tokens[end].glued and not tokens[end + 1].glued and (
        tokens[end + 1].text == "," or _is(at, end + 1, "conj.and")
    ):  # fmt: skip
        return None  # "women of 60- and 64 years": half a word
    is_point = end + 1 < j and tokens[end].text in ".,:" and tokens[end].glued and tokens[end + 1].glued
    if is_point and tokens[end + 1].kind == "n":
        return _fraction(tokens, at, k, end, j, value)
    if k >= 2 and token.glued and tokens[k - 1].text in ".,:" and tokens[k - 2].kind == "n":
        return None
    scale = at[end] if end < j else None
    if scale is not None and scale.group == "num" and scale.data.get("value", 0) >= 1000:
        value, end = _with_rest(tokens, at, value * scale.data["value"], scale, j)
    elif scale is not None and scale.concept == "num.dozen":
        value, end = value * 12, scale.j
    return Number(k, end, value)


def _is_of_a_name(tokens: list[Token], at: list[Mention | None], k: int) -> bool:
    """Whether figures are part of a type, of a house or of what is numbered: "Kh-101", "9A82", "No. 5"."""
    token, mention = tokens[k], at[k]
    if mention is not None and mention.group in ("model", "weapon", "claimant", "time", "veto", "alert"):
        return True
    if not k:
        return False
    before = tokens[k - 1]
    if token.glued and before.kind == "w":
        is_prefix = len(before.text) == 1 and before.text > "\u0590"  # of a script that writes "in" as one letter
        is_joint = (joint := at[k - 1]) is not None and joint.group in ("prep", "conj", "bound")
        if not is_prefix and not is_joint:
            return True
        if k >= 2 and before.glued and tokens[k - 2].kind == "n":
            return True  # "9A82" is a type
    if token.glued and before.text != "/" and before.text in "#\u2116/\\":
        return True
    return _is(at, k - 1, "num.no")


def _past_ending(
    tokens: list[Token], at: list[Mention | None], end: int, j: int, value: int, suffixes: frozenset[str]
) -> int | None:
    """Where a number ends whose figures have letters at ``end`` joined to them; None: they make it an ordinal or
    another word."""
    word, unit = tokens[end].f, at[end]
    is_unit = unit is not None and unit.group == "count"
    if tokens[end].hyphen:
        is_ordinal = any(word == s or (s[-1] == "*" and word.startswith(s[:-1])) for s in suffixes)
        if (is_ordinal and not _is_inflected_one(at, value, end + 1, j)) or len(word) > 3 or is_unit:
            return None
        return end + 1
    if unit is not None and unit.group in ("weapon", "num", "model"):
        return end
    if is_unit or len(word) > 1 or not (_is_times(tokens, at, end, j) or _is_weapon(at, end + 1, j)):
        return None
    return end + 1  # "2x drones"


def _is_times(tokens: list[Token], at: list[Mention | None], k: int, j: int) -> bool:
    """The letter of "2x to A", "2x" at the end of a clause."""
    word = tokens[k].f
    if word == "\u0445":
        if k + 1 >= j or tokens[k + 1].text in ",;.":
            return True
        return _is(at, k + 1, "prep.to") or _is_thing(tokens, at, k + 1)
    return word in "x\u0445" and k + 1 < j and _is(at, k + 1, "prep.to")


def _with_rest(tokens: list[Token], at: list[Mention | None], value: int, scale: Mention, j: int) -> tuple[int, int]:
    """Behind a scale its dot and what is added to it: "1 thsd. 200", "1 million 300 thousand"."""
    end, unit = _past_dot(tokens, scale.j, j), int(scale.data["value"])
    while end < j and tokens[end].kind == "n" and len(tokens[end].text) <= 3 and tokens[end].gap == 1:
        after = at[end + 1] if end + 1 < j else None
        smaller = int(after.data.get("value", 0)) if after is not None and after.group == "num" else 0
        if (smaller >= 1000 and smaller >= unit) or (smaller < 1000 and unit > 1000) or tokens[end].text[0] == "0":
            break
        if smaller < 1000:
            return value + int(tokens[end].text), end + 1
        value, unit = value + int(tokens[end].text) * smaller, smaller
        end = _past_dot(tokens, end + 2, j)
    return value, end


def _is_thing(tokens: list[Token], at: list[Mention | None], k: int) -> bool:
    """Behind "2x": a word that is no time and no other number."""
    mention = at[k]
    return tokens[k].kind == "w" and (mention is None or mention.group not in ("count", "time", "num", "month"))


def _is_round_the_clock(tokens: list[Token], k: int, j: int) -> bool:
    """ "24/7"."""
    i = k if tokens[k].text == "24" else k - 2
    if not 0 <= i < j - 2 or tokens[i].text != "24":
        return False
    return tokens[i + 1].text == "/" and tokens[i + 2].text == "7"


def _is_money(tokens: list[Token], k: int) -> bool:
    """Behind the sign of a currency, or a group of thousands of such a sum."""
    while k > 1 and tokens[k].gap == 1 and len(tokens[k].text) == 3 and tokens[k - 1].kind == "n":
        k -= 1
    return k > 0 and tokens[k].glued and tokens[k - 1].text in _CURRENCIES


def _is_weapon(at: list[Mention | None], k: int, j: int) -> bool:
    mention = at[k] if k < j else None
    return mention is not None and mention.group in ("weapon", "model")


def _fraction(tokens: list[Token], at: list[Mention | None], k: int, end: int, j: int, value: int) -> Number | None:
    """1.5 million; any other fraction is no number of things."""
    scale = at[end + 2] if end + 2 < j else None
    if scale is None or scale.group != "num" or scale.data.get("value", 0) < 1000:
        return None
    digits = tokens[end + 1].text[:6]
    return Number(
        k, _past_dot(tokens, scale.j, j), int((value + int(digits) / 10 ** len(digits)) * scale.data["value"])
    )


def _past_dot(tokens: list[Token], k: int, j: int) -> int:
    """Behind the dot of an abbreviated scale, where the sentence goes on."""
    return k + 1 if k + 1 < j and tokens[k].text == "." and tokens[k].glued else k


def _groups(tokens: list[Token], k: int, j: int, value: int) -> tuple[int, int]:
    """Thousands: 10 000, 1.600, 20,000."""
    end = k + 1
    while end < j:
        nxt = tokens[end]
        if nxt.kind == "n" and len(nxt.text) == 3 and nxt.gap == 1:
            value, end = value * 1000 + int(nxt.text), end + 1
        elif (
            nxt.text in ".,'\u2019"
            and nxt.glued
            and end + 1 < j
            and tokens[end + 1].kind == "n"
            and tokens[end + 1].glued
            and len(tokens[end + 1].text) == 3
        ):
            value, end = value * 1000 + int(tokens[end + 1].text), end + 2
        else:
            break
    return value, end


def _words(tokens: list[Token], at: list[Mention | None], k: int, j: int) -> Number | None:
    mention = at[k]
    if mention is not None and (mention.group in ("toll", "strike") or mention.concept == "num.newest"):
        within = word_value(tokens[k])  # the number word of a phrase: "claimed seven lives"
        return None if within is None else Number(k, k + 1, within, True)
    if mention is None or mention.group != "num" or mention.i != k:
        return None
    if mention.concept == "num.both":
        number = Number(k, mention.j, 2, True)
        number.is_all = True
        return number
    if mention.concept == "num.dozen":
        return Number(k, mention.j, 12, True)
    value = mention.data.get("value")
    if value is None:
        return None
    total, current, last, end = 0, 0, 1000, k
    is_lone_scale = False
    here: Mention | None = mention
    while here is not None and here.group == "num" and here.i == end and end < j:
        if here.concept == "num.dozen" and current:
            current, end = current * 12, here.j
            break
        step = here.data.get("value")
        if step is None:
            break
        if step >= 1000:
            is_lone_scale = is_lone_scale or (current == 0 and total == 0 and not here.data.get("alone"))
            total, current, last = total + max(current, 1) * step, 0, 1000
        elif step == 100 and 0 < current < 10:
            current, last = current * 100, 100
        elif step < last and (last >= 100 or (last >= 20 and step < 10) or (last in (60, 80) and step < 20)):
            current, last = current + step, step if step else 1
        elif current == 4 and step == 20 and tokens[here.i].hyphen:
            current, last = 80, 80
        else:
            break
        end = here.j
        here = at[end] if end < j else None
        if here is not None and here.concept == "conj.and" and end + 1 < j and current >= 20:
            after = at[end + 1]
            if after is not None and after.group == "num" and 0 < after.data.get("value", 0) < min(last, 100):
                end, here = end + 1, after
    if (is_lone_scale and not current) or end == k:
        return None  # "thousands"; "of a thousand four hundred" is a number
    return Number(k, end, total + current, True)


def word_value(token: Token) -> int | None:
    """What a number word counts: "seven"; None: it is none."""
    for concept, _ in token.own or ():
        if concept.startswith("num.") and concept[4:].isdigit():
            return int(concept[4:])
    return None


def _is(at: list[Mention | None], k: int, concept: str) -> bool:
    mention = at[k]
    return mention is not None and mention.concept == concept


def _is_unread(tokens: list[Token], at: list[Mention | None], k: int) -> bool:
    return k < len(at) and at[k] is None and tokens[k].is_lower


def _joined(
    tokens: list[Token], at: list[Mention | None], numbers: list[Number], either: frozenset[str]
) -> list[Number]:
    """Ranges, bounds, "each", "all", "n of m" and the rest that stands around a number."""
    out: list[Number] = []
    for number in numbers:
        if _is_range_of_another(tokens, numbers, number):
            continue  # "10-30-fold"
        last = out[-1] if out else None
        gap = tokens[last.j : number.i] if last is not None else []
        if last is not None and last.of is None and last.value_max is None:
            is_dash = (len(gap) == 1 and gap[0].text in _DASHES) or (not gap and tokens[number.i].hyphen)
            is_to = len(gap) == 1 and _one_of(at, last.j, "prep.until", "prep.to") and _one_of(
                at, last.i - 1, "prep.from", "prep.between"
            )  # fmt: skip
            is_between = len(gap) == 1 and _one_of(at, last.j, "conj.and") and _one_of(at, last.i - 1, "prep.between")
            is_row = (
                len(gap) == 1
                and _one_of(at, last.j, "prep.until", "prep.to")
                and _is_weapon(at, number.j + _is_unread(tokens, at, number.j), len(at))  # "two to three large drones"
            )
            is_or = (
                len(gap) == 1 and gap[0].f in either and last.value < number.value <= 2 * last.value
                and last.value > 1 and last.is_word == number.is_word
            )  # fmt: skip
            if (is_dash or is_to or is_between or is_row or is_or) and number.value > last.value:
                last.value_max, last.j = number.value, number.j
                continue
        out.append(number)
    for number in out:
        _before(tokens, at, number)
    return out


def _is_range_of_another(tokens: list[Token], numbers: list[Number], number: Number) -> bool:
    """Whether a dash and figures that are no number of things stand right behind: neither is the first."""
    k = number.j
    if number.is_word or k + 1 >= len(tokens) or tokens[k].text not in _DASHES or tokens[k + 1].kind != "n":
        return False
    is_close = tokens[k].glued and tokens[k + 1].glued
    return is_close and not any(other.i <= k + 1 < other.j for other in numbers)


def _one_of(at: list[Mention | None], k: int, *concepts: str) -> bool:
    if not 0 <= k < len(at):
        return False
    mention = at[k]
    return mention is not None and mention.concept in concepts


def _before(tokens: list[Token], at: list[Mention | None], number: Number) -> None:
    k = number.i - 1
    if number.j < len(tokens) and tokens[number.j].text == "+" and tokens[number.j].glued:
        number.bound = "at_least"  # "20+"
    for _ in range(4):
        if k < 0:
            return
        if tokens[k].text in ("~", "\u2248", "\u00b1"):
            number.bound = number.bound or "approx"
            k -= 1
            continue
        is_sum = tokens[k].text == "+" and k > 0 and tokens[k - 1].kind == "w"  # "5 missiles + 31 drones"
        if (tokens[k].text == "+" and not is_sum) or (tokens[k].text == ">" and not (k and tokens[k - 1].text in _CUT)):
            number.bound = number.bound or "at_least"
            k -= 1
            continue
        mention = at[k]
        if mention is None:
            return
        if mention.group == "bound" and mention.concept != "bound.vague":
            found = mention.kind
            if number.bound is None or found != "approx":
                number.bound = found
        elif mention.concept == "prep.over":
            number.bound = number.bound or "at_least"
        elif mention.concept == "prep.until":
            number.bound = number.bound or "at_most"
        elif mention.concept in ("prep.by", "num.each"):
            number.is_each = True
        elif mention.concept == "num.all":
            number.is_all = True
        elif mention.concept not in ("num.more", "num.only", "num.total"):
            return
        k = mention.i - 1
