"""Remarks about profiles that are allowed and yet worth a second look: the operator is told, nothing is refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import combinations

from monitor.model import SourceProfile

CHANNEL_KINDS = ("telegram", "telegram_web")
DEFAULT_LIMIT = 20


def lint(profiles: Iterable[SourceProfile]) -> tuple[str, ...]:
    """One sentence per remark: mixed scripts, look-alikes, official rank without a pinned channel, too many.

    Only sources that are read are judged; those that are switched off matter as what they may be mistaken for.
    """
    given = tuple(profiles)
    channels = [profile for profile in given if profile.kind in CHANNEL_KINDS]
    read = [profile for profile in channels if profile.enabled]
    return (*_scripts(read), *_look_alikes(channels), *_unpinned(read), *_too_many(given))


def handle(address: str) -> str:
    """The channel's name in an address: ``https://t.me/s/NAME``, ``@NAME`` and ``NAME`` are one."""
    return address.split("?", 1)[0].rstrip("/").rsplit("/", 1)[-1].removeprefix("@")


def scripts(word: str) -> frozenset[str]:
    """The scripts of the letters of a word: LATIN, CYRILLIC, GREEK …"""
    return frozenset(unicodedata.name(char, "UNKNOWN").split(" ", 1)[0] for char in word if char.isalpha())


def distance(a: str, b: str, most: int = 2) -> int:
    """Insertions, deletions and changes that make one word the other; counting stops above ``most``."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        last, row = row, [i]
        for j, right in enumerate(b, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right)))
    return row[-1]


def _scripts(channels: list[SourceProfile]) -> Iterator[str]:
    for profile in channels:
        name = handle(profile.address)
        if not name.isascii():
            found = ", ".join(sorted(scripts(name))) or "no letters"
            yield (
                f"source `{profile.id}`: the handle `{ascii(name)[1:-1]}` has letters outside a-z ({found}): "
                f"Telegram's names are ASCII, so this is a typing error or a look-alike"
            )


def _look_alikes(channels: list[SourceProfile]) -> Iterator[str]:
    for one, other in combinations(channels, 2):
        if not (one.enabled or other.enabled):
            continue
        same_channel = one.channel_id is not None and one.channel_id == other.channel_id
        if same_channel or handle(one.address).casefold() == handle(other.address).casefold():
            continue
        a, b = _bare(handle(one.address)), _bare(handle(other.address))
        if a == b or (min(len(a), len(b)) >= 6 and distance(a, b, 1) <= 1):
            yield (
                f"sources `{one.id}` and `{other.id}`: the handles `{ascii(handle(one.address))[1:-1]}` and "
                f"`{ascii(handle(other.address))[1:-1]}` differ so little that one may be an imitation"
            )


def _unpinned(channels: list[SourceProfile]) -> Iterator[str]:
    for profile in channels:
        if profile.rank == "official" and profile.channel_id is None:
            yield (
                f"source `{profile.id}`: rank official without `channel_id`: the name can change hands; "
                f"`monitor sources check {profile.id}` prints the number to pin"
            )


def _too_many(given: tuple[SourceProfile, ...]) -> Iterator[str]:
    enabled = sum(profile.enabled for profile in given)
    if enabled > DEFAULT_LIMIT:
        yield f"{enabled} sources are enabled; more than {DEFAULT_LIMIT} is not polite from one address"


_LOOK = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u03bf\u03b1\u03c1\u03bd",
    "aeopcyxijshdqwoapv",
)


def _bare(name: str) -> str:
    """A handle as a reader sees it: look-alike letters as Latin, digits as what they imitate, no underscore."""
    folded = unicodedata.normalize("NFKD", name.casefold()).translate(_LOOK)
    return folded.replace("_", "").replace("0", "o").replace("1", "l")
