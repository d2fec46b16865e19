"""A case file: a published text with what is read in it, as a case of ``languages/<code>/cases/``, to be corrected."""

from __future__ import annotations

import json
from datetime import UTC

from monitor.languagecases import short
from monitor.model import Item, Reading, SourceProfile

__all__ = ["case_file"]


def case_file(item: Item, reading: Reading | None, profile: SourceProfile | None) -> str:
    """TOML with one ``[[case]]``: text, time and channel as published, ``reports`` as read today."""
    at = (item.published or item.received).astimezone(UTC)
    language = (reading.lang if reading else None) or item.lang or ""
    language = language if language.isascii() and language.isalpha() else "xx"
    lines = [
        "# Somebody calls this reading wrong. Correct `reports` (delete what the text does not say, add what it does),",
        f"# put the file into languages/{language}/cases/ and run: monitor languages check {language}",
        "[[case]]",
        f"name = {_text('wrong-' + ''.join(c if c.isalnum() else '-' for c in item.key)[:60])}",
    ]
    if item.title is not None:
        lines.append(f"title = {_text(item.title)}")
    lines += [f"text = {_text(item.text)}", f"published = {at:%Y-%m-%dT%H:%M:%SZ}"]
    if profile is not None:
        lines += [f"area = [{', '.join(map(_text, profile.area))}]"] if profile.area else []
        lines += [f"claimant = {_text(profile.claimant)}"] if profile.claimant else []
        lines += [f"zone = {_text(profile.zone)}"] if profile.zone != "Europe/Kyiv" else []
        lines += [f"side = {_text(profile.side)}"] if profile.side else []
    read = reading.reports if reading else ()
    return "\n".join([*lines, "reports = [", *(f"    {_text(short(report))}," for report in read), "]", ""])


def _text(value: str) -> str:
    """A basic string of TOML: JSON's escapes are a subset of it, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
